#include "prism_select.h"

#include <math.h>
#include <stddef.h>

#include "clones.h"

#pragma clang fp reassociate(on) contract(fast)

// NaNs count as the smallest value there is.
static float key(const float *x, long i) { return x[i] == x[i] ? x[i] : -INFINITY; }

// Whether a comes after b in the result.
static int is_behind(const float *x, int32_t a, int32_t b) {
  float left = key(x, a), right = key(x, b);
  return left < right || (left == right && a > b);
}

// Restores below `at` a heap whose root is the last of its indices in the result.
static void sift(const float *x, int32_t *heap, long count, long at) {
  int32_t moved = heap[at];
  for (;;) {
    long child = 2 * at + 1;
    if (child >= count) break;
    if (child + 1 < count && is_behind(x, heap[child + 1], heap[child])) child++;
    if (!is_behind(x, heap[child], moved)) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = moved;
}

static void start_heap(const float *x, int32_t *heap, long k) {
  for (long i = 0; i < k; i++) heap[i] = (int32_t)i;
  for (long i = k / 2 - 1; i >= 0; i--) sift(x, heap, k, i);
}

// Takes indices from..<to into a heap of smaller ones, so that of equal values the first stay.
static void offer(const float *x, long from, long to, int32_t *heap, long k) {
  float smallest = key(x, heap[0]);
  for (long i = from; i < to; i++) {
    if (x[i] > smallest) {
      heap[0] = (int32_t)i;
      sift(x, heap, k, 0);
      smallest = key(x, heap[0]);
    }
  }
}

#define LANES 1024

// Largest value of each of LANES interleaved parts of x.
PRISM_CLONES static void lane_maxima(const float *x, long count, float *maxima) {
  for (long i = 0; i < LANES; i++) maxima[i] = -INFINITY;
  for (long start = 0; start + LANES <= count; start += LANES) {
    for (long i = 0; i < LANES; i++) {
      float value = x[start + i];
      maxima[i] = value > maxima[i] ? value : maxima[i];
    }
  }
}

PRISM_CLONES static int reaches(const float *x, long count, float bar) {
  int any = 0;
  for (long i = 0; i < count; i++) any |= x[i] >= bar;
  return any;
}

void prism_top_k(const float *x, long count, long k, int32_t *indices) {
  float maxima[LANES];
  // k lanes reach `bar`, so that no value below it is among the k largest.
  float bar = -INFINITY;
  if (k < LANES && count >= 2 * LANES) {
    lane_maxima(x, count, maxima);
    start_heap(maxima, indices, k);
    offer(maxima, k, LANES, indices, k);
    bar = maxima[indices[0]];
  }
  start_heap(x, indices, k);
  const long step = 128;
  for (long from = k; from < count; from += step) {
    long to = from + step < count ? from + step : count;
    if (reaches(x + from, to - from, bar)) offer(x, from, to, indices, k);
  }
  // The root is the last of those left: fill up from the back.
  for (long end = k - 1; end > 0; end--) {
    int32_t last = indices[0];
    indices[0] = indices[end];
    sift(x, indices, end, 0);
    indices[end] = last;
  }
}

PRISM_CLONES static double sum_of(const float *x, long count) {
  double sum = 0;
  for (long i = 0; i < count; i++) sum += x[i];
  return sum;
}

int32_t prism_pick(const float *weights, long count, double point) {
  const long step = 256;
  for (long start = 0; start < count; start += step) {
    long end = start + step < count ? start + step : count;
    double sum = sum_of(weights + start, end - start);
    if (sum <= point) {
      point -= sum;
      continue;
    }
    for (long i = start; i < end; i++) {
      point -= weights[i];
      if (point < 0) return (int32_t)i;
    }
  }
  // Rounding can leave a rest behind the last weight.
  long last = count - 1;
  while (last > 0 && !(weights[last] > 0)) last--;
  return (int32_t)last;
}
