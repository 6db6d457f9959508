#include "product_internal.h"

#include <stdatomic.h>
#include <string.h>

#include "scalar.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")))
#define TILE static inline __attribute__((always_inline)) TARGET

int prism_has_bf16_product(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512dq")
         && __builtin_cpu_supports("avx512vl");
}

// 6 rows x 64 columns: 24 sums, 4 weights and a broadcast fill the 32 registers without spilling.
#define TILE_ROWS PRISM_TILE_ROWS
// How far ahead of itself a tile asks for weights that nothing has asked for yet.
#define PREFETCH_BYTES 8192

// Rows of x that stay in the second-level cache while a panel passes over them.
#define BLOCK_BYTES (384 * 1024)

// `rows` and `vectors` (of 16 columns) are constants wherever this is inlined.
TILE void tile(
    const int rows, const int vectors, const uint16_t *weights, long pitch, long k, const uint16_t *x,
    long x_stride, float *y, long y_stride, float scale, int accumulate, const enum prism_fetch fetch,
    const char *next, __mmask16 last) {
  __m512 sums[TILE_ROWS][4];
  for (int r = 0; r < rows; r++) {
    for (int v = 0; v < vectors; v++) sums[r][v] = _mm512_setzero_ps();
  }
  const char *panel = (const char *)weights;
  for (long pair = 0; pair < k / 2; pair++, panel += 2 * pitch) {
    __m512i w[4];
    for (int v = 0; v < vectors; v++) w[v] = _mm512_loadu_si512(panel + 64 * v);
    if (fetch == PRISM_FETCH_OWN) {
      const char *ahead = next + (panel - (const char *)weights);
      for (int v = 0; v < vectors; v++) _mm_prefetch(ahead + 64 * v, _MM_HINT_T0);
    } else if (fetch == PRISM_FETCH_AFTER) {
      const char *after = next + (panel - (const char *)weights);
      for (int v = 0; v < vectors; v++) _mm_prefetch(after + 64 * v, _MM_HINT_T1);
    } else if (fetch == PRISM_FETCH_NEXT) {
      _mm_prefetch(next + 64 * pair, _MM_HINT_T1);
    }
    for (int r = 0; r < rows; r++) {
      int32_t both;
      memcpy(&both, x + r * x_stride + 2 * pair, 4);
      __m512i a = _mm512_set1_epi32(both);
      for (int v = 0; v < vectors; v++) {
        sums[r][v] = _mm512_dpbf16_ps(sums[r][v], (__m512bh)a, (__m512bh)w[v]);
      }
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

#define CASE(R, V, F) \
  case ((R)*8 + (V)) * 4 + (F): \
    tile(R, V, weights, pitch, k, x, x_stride, y, y_stride, scale, accumulate, F, next, last); \
    break;
#define FETCHES(R, V) \
  CASE(R, V, PRISM_FETCH_NOTHING) CASE(R, V, PRISM_FETCH_OWN) \
  CASE(R, V, PRISM_FETCH_NEXT) CASE(R, V, PRISM_FETCH_AFTER)
#define CASES(R) FETCHES(R, 1) FETCHES(R, 2) FETCHES(R, 3) FETCHES(R, 4)

TARGET static void tile_of(
    long rows, long vectors, const uint16_t *weights, long pitch, long k, const uint16_t *x,
    long x_stride, float *y, long y_stride, float scale, int accumulate, enum prism_fetch fetch,
    const char *next, __mmask16 last) {
  switch ((rows * 8 + vectors) * 4 + fetch) {
    CASES(1) CASES(2) CASES(3) CASES(4) CASES(5) CASES(6)
  }
}

TARGET static void fast_tile(
    const uint16_t *weights, long pitch, long k, long columns, const uint16_t *x, long x_stride,
    long rows, float *y, long y_stride, float scale, int accumulate, const void *next) {
  __mmask16 mask = (__mmask16)(0xFFFFu >> ((16 - columns % 16) % 16));
  tile_of(
      rows, (columns + 15) / 16, weights, pitch, k, x, x_stride, y, y_stride, scale, accumulate,
      next ? PRISM_FETCH_AFTER : PRISM_FETCH_NOTHING, next, mask);
}

TARGET void prism_product_bf16(
    const uint16_t *weights, long panel_stride, long k, const uint16_t *x, long x_stride, long rows,
    float *y, long y_stride, long first, long last, float scale, int accumulate, long following) {
  long block = BLOCK_BYTES / (2 * k) / TILE_ROWS * TILE_ROWS;
  if (block < 8 * TILE_ROWS) block = 8 * TILE_ROWS;
  for (long top = 0; top < rows; top += block) {
    long height = rows - top < block ? rows - top : block;
    for (long column = first; column < last;) {
      long end = (column / PRISM_PANEL + 1) * PRISM_PANEL;
      if (end > last) end = last;
      long vectors = (end - column + 15) / 16;
      __mmask16 mask = (__mmask16)(0xFFFFu >> (16 * vectors - (end - column)));
      const uint16_t *panel =
          weights + column / PRISM_PANEL * panel_stride + column % PRISM_PANEL * 2;
      const char *after =
          (const char *)(weights + prism_panel_after(column, end, last, following) * panel_stride);
      // Tiles of even height: seven rows are 4 + 3, not 6 + 1.
      long tiles = (height + TILE_ROWS - 1) / TILE_ROWS;
      for (long t = 0, row = top; t < tiles; t++) {
        long count = (top + height - row) / (tiles - t);
        enum prism_fetch fetch =
            prism_fetch_of(t, tiles, column > first || following != PRISM_UNKNOWN);
        const char *next =
            t == 0 ? (const char *)panel + PREFETCH_BYTES : after + (t - 1) * (k / 2) * 64;
        tile_of(
            count, vectors, panel, 2 * PRISM_PANEL, k, x + row * x_stride, x_stride,
            y + row * y_stride + column, y_stride, scale, accumulate,
            fetch, next, mask);
        row += count;
      }
      column = end;
    }
  }
}

#else

int prism_has_bf16_product(void) { return 0; }

void prism_product_bf16(
    const uint16_t *weights, long panel_stride, long k, const uint16_t *x, long x_stride, long rows,
    float *y, long y_stride, long first, long last, float scale, int accumulate, long following) {
  (void)weights, (void)panel_stride, (void)k, (void)x, (void)x_stride, (void)rows, (void)y;
  (void)y_stride, (void)first, (void)last, (void)scale, (void)accumulate, (void)following;
}

#define fast_tile prism_tile_bf16_plain

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
  (fast ? fast_tile : prism_tile_bf16_plain)(
      weights, pitch, k, columns, x, x_stride, rows, y, y_stride, scale, accumulate, next);
}
