// Tiles of bf16 products: a few rows by at most 64 columns, the sums in registers.
#include "tile_bf16.h"

#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "avx512.h"
#include "prism_matmul.h"
#include "scalar.h"

static _Atomic enum prism_sums chosen = PRISM_SUMS_MEASURED;

void prism_choose_sums(enum prism_sums sums) { atomic_store(&chosen, sums); }

int prism_has_bf16_product(void) { return prism_has_avx512(); }

#if defined(__x86_64__)
#define TARGET PRISM_AVX512
#define TILE PRISM_AVX512_INLINE

// 6 rows x 64 columns: 24 sums, 4 weights and a broadcast fill the 32 registers without spilling.
#define TILE_ROWS PRISM_TILE_ROWS
// Pairs of x that are widened at a time: six rows of them stay in the first-level cache.
#define WIDENED 128

// The upper halves of each row's pairs as fp32, then the lower ones.
TILE void widen(
    const int rows, const uint16_t *x, long x_stride, long pairs, float wide[][2 * WIDENED]) {
  const __m512i upper = _mm512_set1_epi32((int)0xFFFF0000u);
  for (long pair = 0; pair < pairs; pair += 16) {
    __mmask16 lanes = prism_lanes(pairs - pair);
    for (int r = 0; r < rows; r++) {
      __m512i both = _mm512_maskz_loadu_epi32(lanes, x + r * x_stride + 2 * pair);
      _mm512_store_si512(wide[r] + pair, _mm512_and_si512(both, upper));
      _mm512_store_si512(wide[r] + WIDENED + pair, _mm512_slli_epi32(both, 16));
    }
  }
}

// One step of the sums in fp32: products of bf16 numbers are exact there, and the pair instruction adds
// the upper ones first, so the sums have its bits.
TILE void add_wide(
    const int rows, const int vectors, const char *panel, float wide[][2 * WIDENED], long at,
    __m512 sums[][4]) {
  __m512 w[4];
  for (int v = 0; v < vectors; v++) {
    __m512i both = _mm512_loadu_si512(panel + 64 * v);
    w[v] = _mm512_castsi512_ps(_mm512_and_si512(both, _mm512_set1_epi32((int)0xFFFF0000u)));
  }
  for (int r = 0; r < rows; r++) {
    __m512 a = _mm512_set1_ps(wide[r][at]);
    for (int v = 0; v < vectors; v++) sums[r][v] = _mm512_fmadd_ps(a, w[v], sums[r][v]);
  }
  for (int v = 0; v < vectors; v++) {
    w[v] = _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_loadu_si512(panel + 64 * v), 16));
  }
  for (int r = 0; r < rows; r++) {
    __m512 a = _mm512_set1_ps(wide[r][WIDENED + at]);
    for (int v = 0; v < vectors; v++) sums[r][v] = _mm512_fmadd_ps(a, w[v], sums[r][v]);
  }
}

TILE void add_pairs(
    const int rows, const int vectors, const char *panel, const uint16_t *x, long x_stride,
    __m512 sums[][4]) {
  __m512i w[4];
  for (int v = 0; v < vectors; v++) w[v] = _mm512_loadu_si512(panel + 64 * v);
  for (int r = 0; r < rows; r++) {
    int32_t both;
    memcpy(&both, x + r * x_stride, 4);
    __m512i a = _mm512_set1_epi32(both);
    for (int v = 0; v < vectors; v++) {
      sums[r][v] = _mm512_dpbf16_ps(sums[r][v], (__m512bh)a, (__m512bh)w[v]);
    }
  }
}

// `is_wide`, `rows` and `vectors` (of 16 columns) are constants wherever this is inlined.
TILE void tile(
    const int is_wide, const int rows, const int vectors, const uint16_t *weights, long pitch, long k,
    const uint16_t *x, long x_stride, float *y, long y_stride, float scale, int accumulate,
    const enum prism_fetch fetch, const char *next, __mmask16 last) {
  __attribute__((aligned(64))) float wide[TILE_ROWS][2 * WIDENED];
  __m512 sums[TILE_ROWS][4];
  for (int r = 0; r < rows; r++) {
    for (int v = 0; v < vectors; v++) sums[r][v] = _mm512_setzero_ps();
  }
  const char *panel = (const char *)weights;
  for (long pair = 0; pair < k / 2; pair++, panel += 2 * pitch) {
    if (is_wide && pair % WIDENED == 0) {
      long left = k / 2 - pair;
      widen(rows, x + 2 * pair, x_stride, left < WIDENED ? left : WIDENED, wide);
    }
    if (fetch == PRISM_FETCH_OWN) {
      const char *ahead = next + (panel - (const char *)weights);
      for (int v = 0; v < vectors; v++) _mm_prefetch(ahead + 64 * v, _MM_HINT_T0);
    } else if (fetch == PRISM_FETCH_AFTER) {
      const char *after = next + (panel - (const char *)weights);
      for (int v = 0; v < vectors; v++) _mm_prefetch(after + 64 * v, _MM_HINT_T1);
    } else if (fetch == PRISM_FETCH_NEXT) {
      _mm_prefetch(next + 64 * pair, _MM_HINT_T1);
    }
    if (is_wide) {
      add_wide(rows, vectors, panel, wide, pair % WIDENED, sums);
    } else {
      add_pairs(rows, vectors, panel, x + 2 * pair, x_stride, sums);
    }
  }
  __m512 factor = _mm512_set1_ps(scale);
  for (int r = 0; r < rows; r++) {
    for (int v = 0; v < vectors; v++) {
      float *out = y + r * y_stride + 16 * v;
      __mmask16 mask = v == vectors - 1 ? last : (__mmask16)0xFFFF;
      __m512 sum = scale == 1.0f ? sums[r][v] : _mm512_mul_ps(sums[r][v], factor);
      if (accumulate) sum = _mm512_add_ps(sum, _mm512_maskz_loadu_ps(mask, out));
      _mm512_mask_storeu_ps(out, mask, sum);
    }
  }
}

#define CASE(W, R, V, F) \
  case (((W)*8 + (R)) * 8 + (V)) * 4 + (F): \
    tile(W, R, V, weights, pitch, k, x, x_stride, y, y_stride, scale, accumulate, F, next, last); \
    break;
#define FETCHES(W, R, V) \
  CASE(W, R, V, PRISM_FETCH_NOTHING) CASE(W, R, V, PRISM_FETCH_OWN) \
  CASE(W, R, V, PRISM_FETCH_NEXT) CASE(W, R, V, PRISM_FETCH_AFTER)
#define ROWS(W, R) FETCHES(W, R, 1) FETCHES(W, R, 2) FETCHES(W, R, 3) FETCHES(W, R, 4)
#define CASES(W) ROWS(W, 1) ROWS(W, 2) ROWS(W, 3) ROWS(W, 4) ROWS(W, 5) ROWS(W, 6)

TARGET static void tile_of(
    int is_wide, long rows, long vectors, const uint16_t *weights, long pitch, long k,
    const uint16_t *x, long x_stride, float *y, long y_stride, float scale, int accumulate,
    enum prism_fetch fetch, const char *next, __mmask16 last) {
  switch (((is_wide * 8 + rows) * 8 + vectors) * 4 + fetch) {
    CASES(0) CASES(1)
  }
}

// Seconds of one tile, at best: what else the machine does only adds.
TARGET static double seconds_of(int is_wide) {
  enum { PAIRS = 128, TURNS = 4 };
  static const uint16_t weights[PAIRS * 2 * PRISM_PANEL], x[TILE_ROWS * 2 * PAIRS];
  float y[TILE_ROWS * PRISM_PANEL];
  double best = INFINITY;
  for (int i = 0; i < 8; i++) {
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (int turn = 0; turn < TURNS; turn++) {
      tile_of(
          is_wide, TILE_ROWS, 4, weights, 2 * PRISM_PANEL, 2 * PAIRS, x, 2 * PAIRS, y, PRISM_PANEL, 1,
          0, PRISM_FETCH_NOTHING, NULL, 0xFFFF);
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    double seconds =
        (double)(end.tv_sec - start.tv_sec) + 1e-9 * (double)(end.tv_nsec - start.tv_nsec);
    best = seconds < best ? seconds : best;
  }
  return best;
}

// Processors differ by a factor of three here: some do a pair instruction in the time of one of fp32, some
// in that of four. Several threads may race; they set the same or as good an answer.
int prism_sums_are_wide(void) {
  enum prism_sums sums = atomic_load_explicit(&chosen, memory_order_relaxed);
  if (sums == PRISM_SUMS_MEASURED) {
    seconds_of(0);
    sums = seconds_of(1) < seconds_of(0) ? PRISM_SUMS_IN_FP32 : PRISM_SUMS_BY_PAIRS;
    enum prism_sums measured = PRISM_SUMS_MEASURED;
    if (!atomic_compare_exchange_strong(&chosen, &measured, sums)) sums = measured;
  }
  return sums == PRISM_SUMS_IN_FP32;
}

TARGET void prism_tile_bf16_fast(
    long rows, long columns, const uint16_t *weights, long pitch, long k, const uint16_t *x,
    long x_stride, float *y, long y_stride, float scale, int accumulate, enum prism_fetch fetch,
    const char *next) {
  __mmask16 mask = (__mmask16)(0xFFFFu >> ((16 - columns % 16) % 16));
  tile_of(
      prism_sums_are_wide(), rows, (columns + 15) / 16, weights, pitch, k, x, x_stride, y, y_stride,
      scale, accumulate, fetch, next, mask);
}

#else

int prism_sums_are_wide(void) { return 0; }

void prism_tile_bf16_fast(
    long rows, long columns, const uint16_t *weights, long pitch, long k, const uint16_t *x,
    long x_stride, float *y, long y_stride, float scale, int accumulate, enum prism_fetch fetch,
    const char *next) {
  (void)fetch;
  prism_tile_bf16_plain(
      weights, pitch, k, columns, x, x_stride, rows, y, y_stride, scale, accumulate, next);
}

#endif

void prism_tile_bf16_plain(
    const uint16_t *weights, long pitch, long k, long columns, const uint16_t *x, long x_stride,
    long rows, float *y, long y_stride, float scale, int accumulate, const void *next) {
  (void)next;
  for (long r = 0; r < rows; r++) {
    float *out = y + r * y_stride;
    float sums[PRISM_PANEL] = {0};
    for (long pair = 0; pair < k / 2; pair++) {
      const uint16_t *w = weights + pair * pitch;
      float low = prism_from_bf16(x[r * x_stride + 2 * pair]);
      float high = prism_from_bf16(x[r * x_stride + 2 * pair + 1]);
      for (long i = 0; i < columns; i++) {
        sums[i] += low * prism_from_bf16(w[2 * i]) + high * prism_from_bf16(w[2 * i + 1]);
      }
    }
    for (long i = 0; i < columns; i++) out[i] = (accumulate ? out[i] : 0) + sums[i] * scale;
  }
}

void prism_tile_bf16(
    const uint16_t *weights, long pitch, long k, long columns, const uint16_t *x, long x_stride,
    long rows, float *y, long y_stride, float scale, int accumulate, const void *next) {
  // The same answer in every thread, so a race writes what is there already.
  static atomic_int known = -1;
  int fast = atomic_load_explicit(&known, memory_order_relaxed);
  if (fast < 0) atomic_store(&known, fast = prism_has_bf16_product());
  if (fast) {
    prism_tile_bf16_fast(
        rows, columns, weights, pitch, k, x, x_stride, y, y_stride, scale, accumulate,
        next ? PRISM_FETCH_AFTER : PRISM_FETCH_NOTHING, next);
  } else {
    prism_tile_bf16_plain(
        weights, pitch, k, columns, x, x_stride, rows, y, y_stride, scale, accumulate, next);
  }
}
