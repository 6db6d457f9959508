// Products with 8-bit weights: every group of 128 inputs of a column has its own scale. The inputs
// become 16-bit integers with a scale of their own per row and group, so that nearly all of the error
// is the weights' rounding. Sums within a group are exact integers: |w x| <= 127 * 32767 * 128 < 2^30.
#include "product_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "clones.h"
#include "scalar.h"

#define PAIRS (PRISM_GROUP / 2)

long prism_int8_groups(long k) { return (k + PRISM_GROUP - 1) / PRISM_GROUP; }

void prism_int8_pack(
    const float *source, long k, long n, int transposed, int8_t *weights, float *scales) {
  long groups = prism_int8_groups(k), padded = (k + 1) / 2 * 2;
  for (long column = 0; column < n; column++) {
    const float *from = source + (transposed ? column * k : column);
    long step = transposed ? 1 : n;
    long panel = column / PRISM_PANEL, lane = column % PRISM_PANEL;
    int8_t *to = weights + panel * padded * PRISM_PANEL;
    for (long g = 0; g < groups; g++) {
      long start = g * PRISM_GROUP, end = start + PRISM_GROUP < k ? start + PRISM_GROUP : k;
      float largest = 0;
      for (long i = start; i < end; i++) largest = fmaxf(largest, fabsf(from[i * step]));
      float scale = largest / 127.0f, inverse = largest > 0 ? 127.0f / largest : 0;
      scales[(panel * groups + g) * PRISM_PANEL + lane] = scale;
      for (long i = start; i < end; i++) {
        // A NaN or an overflow must not reach the conversion.
        float value = fminf(fmaxf(rintf(from[i * step] * inverse), -127.0f), 127.0f);
        to[i / 2 * 2 * PRISM_PANEL + lane * 2 + i % 2] = (int8_t)value;
      }
    }
  }
}

PRISM_CLONES void prism_int8_quantize(
    const uint16_t *x, long k, long rows, int16_t *quantized, float *scales) {
  long groups = prism_int8_groups(k), padded = (k + 1) / 2 * 2;
  for (long r = 0; r < rows; r++) {
    const uint16_t *row = x + r * k;
    int16_t *out = quantized + r * padded;
    for (long g = 0; g < groups; g++) {
      long start = g * PRISM_GROUP, end = start + PRISM_GROUP < k ? start + PRISM_GROUP : k;
      float largest = 0;
      for (long i = start; i < end; i++) {
        float size = fabsf(prism_from_bf16(row[i]));
        largest = size > largest ? size : largest;
      }
      float inverse = largest > 0 ? 32767.0f / largest : 0;
      scales[r * groups + g] = largest / 32767.0f;
      for (long i = start; i < end; i++) {
        float value = rintf(prism_from_bf16(row[i]) * inverse);
        value = value > -32767.0f ? value : -32767.0f;
        value = value < 32767.0f ? value : 32767.0f;
        out[i] = (int16_t)value;
      }
    }
    if (padded > k) out[k] = 0;
  }
}

// The same sums without special instructions.
PRISM_CLONES static void plain_columns(
    const int8_t *weights, const float *weight_scales, long groups, long pairs, const int16_t *x,
    const float *x_scales, long width, float *y, int accumulate) {
  float total[PRISM_PANEL] = {0};
  for (long g = 0; g < groups; g++) {
    int32_t sums[PRISM_PANEL] = {0};
    long end = (g + 1) * PAIRS < pairs ? (g + 1) * PAIRS : pairs;
    for (long pair = g * PAIRS; pair < end; pair++) {
      const int8_t *w = weights + pair * 2 * PRISM_PANEL;
      int32_t low = x[2 * pair], high = x[2 * pair + 1];
      for (long i = 0; i < PRISM_PANEL; i++) sums[i] += low * w[2 * i] + high * w[2 * i + 1];
    }
    for (long i = 0; i < PRISM_PANEL; i++) {
      total[i] += (float)sums[i] * (x_scales[g] * weight_scales[g * PRISM_PANEL + i]);
    }
  }
  for (long i = 0; i < width; i++) y[i] = accumulate ? y[i] + total[i] : total[i];
}

void prism_product_int8_plain(
    const struct prism_int8 *w, const int16_t *x, const float *x_scales, long rows, float *y,
    long first, long last, int accumulate) {
  long padded = (w->k + 1) / 2 * 2, groups = prism_int8_groups(w->k);
  for (long column = first; column < last; column += PRISM_PANEL) {
    long panel = column / PRISM_PANEL;
    long width = last - column < PRISM_PANEL ? last - column : PRISM_PANEL;
    for (long r = 0; r < rows; r++) {
      plain_columns(
          w->weights + panel * padded * PRISM_PANEL, w->scales + panel * groups * PRISM_PANEL,
          groups, padded / 2, x + r * padded, x_scales + r * groups, width, y + r * w->n + column,
          accumulate);
    }
  }
}

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")))
#define TILE static inline __attribute__((always_inline)) TARGET
#define TILE_ROWS 6
#define PREFETCH_BYTES 8192

int prism_has_int8_product(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512dq")
         && __builtin_cpu_supports("avx512vl");
}

TILE void tile(
    const int rows, const int vectors, const int8_t *weights, const float *weight_scales, long groups,
    long pairs, const int16_t *x, const float *x_scales, float *y, long y_stride, int accumulate,
    int prefetch, __mmask16 last) {
  __m512 totals[TILE_ROWS][4];
  for (int r = 0; r < rows; r++) {
    for (int v = 0; v < vectors; v++) totals[r][v] = _mm512_setzero_ps();
  }
  for (long g = 0; g < groups; g++) {
    __m512i sums[TILE_ROWS][4];
    for (int r = 0; r < rows; r++) {
      for (int v = 0; v < vectors; v++) sums[r][v] = _mm512_setzero_si512();
    }
    long end = (g + 1) * PAIRS < pairs ? (g + 1) * PAIRS : pairs;
    for (long pair = g * PAIRS; pair < end; pair++) {
      const char *panel = (const char *)weights + pair * 2 * PRISM_PANEL;
      __m512i w[4];
      for (int v = 0; v < vectors; v++) {
        w[v] = _mm512_cvtepi8_epi16(_mm256_loadu_si256((const void *)(panel + 32 * v)));
      }
      if (prefetch) {
        for (int v = 0; v < vectors; v += 2) {
          _mm_prefetch(panel + PREFETCH_BYTES + 32 * v, _MM_HINT_T0);
        }
      }
      for (int r = 0; r < rows; r++) {
        int32_t both;
        memcpy(&both, x + r * 2 * pairs + 2 * pair, 4);
        __m512i a = _mm512_set1_epi32(both);
        for (int v = 0; v < vectors; v++) sums[r][v] = _mm512_dpwssd_epi32(sums[r][v], a, w[v]);
      }
    }
    for (int r = 0; r < rows; r++) {
      __m512 scale = _mm512_set1_ps(x_scales[r * groups + g]);
      for (int v = 0; v < vectors; v++) {
        __m512 factor = _mm512_mul_ps(scale, _mm512_loadu_ps(weight_scales + g * PRISM_PANEL + 16 * v));
        totals[r][v] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums[r][v]), factor, totals[r][v]);
      }
    }
  }
  for (int r = 0; r < rows; r++) {
    for (int v = 0; v < vectors; v++) {
      float *out = y + r * y_stride + 16 * v;
      __mmask16 mask = v == vectors - 1 ? last : (__mmask16)0xFFFF;
      __m512 sum = totals[r][v];
      if (accumulate) sum = _mm512_add_ps(sum, _mm512_maskz_loadu_ps(mask, out));
      _mm512_mask_storeu_ps(out, mask, sum);
    }
  }
}

#define CASE(R, V) \
  case (R)*8 + (V): \
    tile(R, V, weights, weight_scales, groups, pairs, x, x_scales, y, y_stride, accumulate, prefetch, last); \
    break;
#define CASES(R) CASE(R, 1) CASE(R, 2) CASE(R, 3) CASE(R, 4)

TARGET static void tile_of(
    long rows, long vectors, const int8_t *weights, const float *weight_scales, long groups,
    long pairs, const int16_t *x, const float *x_scales, float *y, long y_stride, int accumulate,
    int prefetch, __mmask16 last) {
  switch (rows * 8 + vectors) {
    CASES(1) CASES(2) CASES(3) CASES(4) CASES(5) CASES(6)
  }
}

TARGET void prism_product_int8_fast(
    const struct prism_int8 *w, const int16_t *x, const float *x_scales, long rows, float *y,
    long first, long last, int accumulate) {
  long padded = (w->k + 1) / 2 * 2, groups = prism_int8_groups(w->k);
  for (long column = first; column < last;) {
    long panel = column / PRISM_PANEL, lane = column % PRISM_PANEL;
    long end = (panel + 1) * PRISM_PANEL;
    if (end > last) end = last;
    long vectors = (end - column + 15) / 16;
    __mmask16 mask = (__mmask16)(0xFFFFu >> (16 * vectors - (end - column)));
    long tiles = (rows + TILE_ROWS - 1) / TILE_ROWS;
    for (long t = 0, row = 0; t < tiles; t++) {
      long count = (rows - row) / (tiles - t);
      tile_of(
          count, vectors, w->weights + panel * padded * PRISM_PANEL + lane * 2,
          w->scales + panel * groups * PRISM_PANEL + lane, groups, padded / 2, x + row * padded,
          x_scales + row * groups, y + row * w->n + column, w->n, accumulate, t == 0, mask);
      row += count;
    }
    column = end;
  }
}

#else

int prism_has_int8_product(void) { return 0; }

void prism_product_int8_fast(
    const struct prism_int8 *w, const int16_t *x, const float *x_scales, long rows, float *y,
    long first, long last, int accumulate) {
  prism_product_int8_plain(w, x, x_scales, rows, y, first, last, accumulate);
}

#endif
