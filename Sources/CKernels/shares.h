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

static inline void prism_share_out(struct prism_share *shares, long parts, long items) {
  for (long part = 0; part < parts; part++) {
    uint64_t begin = (uint64_t)(items * part / parts), end = (uint64_t)(items * (part + 1) / parts);
    atomic_init(&shares[part].range, begin << 32 | end);
  }
}

/// The share's first item, or its last one for a thread that is done with its own; -1 when none is left.
/// `in_pairs` its owner takes an even item together with the one after it: `count` says whether.
static inline long prism_take(struct prism_share *share, int is_own, int in_pairs, long *count) {
  uint64_t range = atomic_load_explicit(&share->range, memory_order_relaxed);
  for (;;) {
    uint64_t begin = range >> 32, end = range & UINT32_MAX;
    if (begin >= end) return -1;
    uint64_t taken = is_own && in_pairs && begin % 2 == 0 && end - begin > 1 ? 2 : 1;
    uint64_t rest = is_own ? range + (taken << 32) : range - 1;
    if (atomic_compare_exchange_weak_explicit(
            &share->range, &range, rest, memory_order_relaxed, memory_order_relaxed)) {
      *count = (long)taken;
      return (long)(is_own ? begin : end - 1);
    }
  }
}

#endif
