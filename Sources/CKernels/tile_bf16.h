#ifndef PRISM_TILE_BF16_H
#define PRISM_TILE_BF16_H

#include "product_internal.h"

/// Whether two fp32 instructions are faster here than the one for pairs of bf16 (measured once, in under a
/// millisecond, or chosen by `prism_choose_sums`). Both give the same bits, but for numbers below 1e-38.
int prism_sums_are_wide(void);

/// `prism_tile_bf16` where `prism_has_bf16_product`, with a say in what it fetches meanwhile.
void prism_tile_bf16_fast(
    long rows, long columns, const uint16_t *weights, long pitch, long k, const uint16_t *x,
    long x_stride, float *y, long y_stride, float scale, int accumulate, enum prism_fetch fetch,
    const char *next);

#endif
