// Neighbouring items for every thread, in order, as memory likes them; who is done takes others' last ones.
#ifndef PRISM_SHARES_H
#define PRISM_SHARES_H

#include <stdatomic.h>
#include <stdint.h>

#define PRISM_MOST_SHARES 128

/// Items `begin..<end` that nobody has taken, in the upper and the lower half. A line each, as every thread
/// mostly takes from its own.
struct prism_share {
  _Alignas(64) _Atomic uint64_t range;
};

static inline void prism_share_items(struct prism_share *share, long begin, long end) {
  atomic_init(&share->range, (uint64_t)begin << 32 | (uint64_t)end);
}

/// The share's first item, or its last one for a thread that is done with its own; -1 when none is left.
static inline long prism_take(struct prism_share *share, int is_own) {
  uint64_t range = atomic_load_explicit(&share->range, memory_order_relaxed);
  for (;;) {
    uint64_t begin = range >> 32, end = range & UINT32_MAX;
    if (begin >= end) return -1;
    uint64_t rest = is_own ? range + (UINT64_C(1) << 32) : range - 1;
    if (atomic_compare_exchange_weak_explicit(
            &share->range, &range, rest, memory_order_relaxed, memory_order_relaxed)) {
      return (long)(is_own ? begin : end - 1);
    }
  }
}

#endif
