#ifndef PRISM_COUNTERS_H
#define PRISM_COUNTERS_H

#include <stddef.h>
#include <stdint.h>

/// Work asked of matrix products by one thread since it last set its counters to zero. Counts do not
/// depend on the machine, so a test of them guards speed where a clock could not.
typedef struct {
  /// Calls.
  uint64_t products;
  /// Multiply-adds of the rows asked for, padding left out.
  uint64_t multiply_adds;
  /// Bytes of packed weights read, each product reading its matrix once.
  uint64_t weight_bytes;
} prism_counters;

/// Counts y = x W with x [rows, k] and W [k, n] of `bytes` bytes packed; 0 where W is no packed matrix.
void prism_count_product(long rows, long k, long n, size_t bytes);

/// What the calling thread has counted.
prism_counters prism_counters_read(void);

/// Sets the calling thread's counters to zero.
void prism_counters_reset(void);

#endif
