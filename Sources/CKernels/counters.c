// Products are started by one thread, which waits for them: its own counters see all of its work and
// nothing of anybody else's, such as tests that run beside it.
#include "prism_counters.h"

static _Thread_local prism_counters counters;

void prism_count_product(long rows, long k, long n, size_t bytes) {
  if (rows <= 0 || k <= 0 || n <= 0) return;
  counters.products += 1;
  counters.multiply_adds += (uint64_t)rows * (uint64_t)k * (uint64_t)n;
  counters.weight_bytes += bytes;
}

prism_counters prism_counters_read(void) { return counters; }

void prism_counters_reset(void) { counters = (prism_counters){0}; }
