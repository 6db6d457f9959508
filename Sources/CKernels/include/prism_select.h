#ifndef PRISM_SELECT_H
#define PRISM_SELECT_H

#include <stdint.h>

/// Indices of the `k` largest of `count` values, largest first, equal ones by index; a NaN counts as
/// the smallest value. 1 <= k <= count < 2^31.
void prism_top_k(const float *x, long count, long k, int32_t *indices);

/// The index at which the running sum of `weights`, none of them negative, passes `point`; the last
/// index above 0 where it never does, 0 where none is.
int32_t prism_pick(const float *weights, long count, double point);

#endif
