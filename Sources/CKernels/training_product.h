// Small bf16 products of the training pass, on pairs: one 32-bit unit holds two bf16 values that
// are neighbours along the inner dimension, the lower half first.
#ifndef PRISM_TRAINING_PRODUCT_H
#define PRISM_TRAINING_PRODUCT_H

#include <stdint.h>

#include "clones.h"

/// C = alpha A B, or C += alpha A B. A's unit (row, pair) lies at a[row * a_row + pair * a_pair],
/// B's unit (pair, column) at b[pair * ldb + column]. `keep`, when given, has one bit a column in
/// 16-bit words, `keep_stride` words a row: only elements whose bit is set are written.
/// B's rows are readable up to the next multiple of 16 columns.
struct prism_pair_product {
  const uint32_t *a;
  long a_row, a_pair;
  const uint32_t *b;
  long ldb, pairs;
  float alpha;
  int accumulate;
  float *c;
  long ldc;
  const uint16_t *keep;
  long keep_stride;
};

void prism_pair_multiply(const struct prism_pair_product *product, long rows, long columns);

PRISM_INLINE long prism_up16(long count) { return (count + 15) & ~15L; }

/// Units of row pairs (2i, 2i + 1): out[i * ldo + column]. Rows are bf16 with `stride` elements between
/// them; a missing last row is zero. `keep`, when given, has one bit a column of each row, in 16-bit
/// words, `keep_stride` words a row, and starts at the first column; dropped elements become zero.
void prism_pair_rows(
    const uint16_t *x, long stride, long rows, long columns, const uint16_t *keep,
    long keep_stride, uint32_t *out, long ldo);

/// Units of columns, transposed: out[pair * ldo + row] = (x[row][2 pair], x[row][2 pair + 1]).
void prism_pair_transpose(
    const uint16_t *x, long stride, long rows, long pairs, uint32_t *out, long ldo);

/// At least `bytes` bytes of the calling thread, one of several slots, until its next call.
enum { PRISM_SCRATCH_SLOTS = 4 };
void *prism_training_scratch(int slot, long bytes);

#endif
