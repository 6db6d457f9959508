// Builds each kernel for several instruction sets; the loader picks one. Reductions may be
// reordered within a kernel, the same way on every call.
#ifndef PRISM_CLONES_H
#define PRISM_CLONES_H

#if defined(__x86_64__) && defined(__linux__)
#define PRISM_CLONES \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define PRISM_CLONES
#endif
#define PRISM_INLINE static inline __attribute__((always_inline))
/// Before a loop over the parts of a tile: its counts are constants, and sums must stay in registers.
#define PRISM_UNROLL _Pragma("clang loop unroll(full)")

#endif
