// Products with 8-bit weights and 8-bit inputs. Every group of 128 weights of a column has a scale, and
// so has every group of 128 inputs of a row. Sums within a group are exact integers:
// |w x| <= 255 * 127 * 128 < 2^23. The instruction takes its first factor unsigned, so weights are
// stored with 128 added, and every sum starts at -128 times the sum of the group's inputs.
#include "product_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "clones.h"
#include "scalar.h"

#define QUADS (PRISM_GROUP / 4)
#define OFFSET 128

long prism_int8_groups(long k) { return (k + PRISM_GROUP - 1) / PRISM_GROUP; }
long prism_int8_padded(long k) { return (k + 3) / 4 * 4; }

void prism_int8_pack(
    const float *source, long k, long n, int transposed, uint8_t *weights, float *scales) {
  long groups = prism_int8_groups(k), padded = prism_int8_padded(k);
  long panels = (n + PRISM_PANEL - 1) / PRISM_PANEL;
  memset(weights, OFFSET, (size_t)(panels * padded * PRISM_PANEL));
  memset(scales, 0, (size_t)(panels * groups * PRISM_PANEL) * sizeof *scales);
  for (long column = 0; column < n; column++) {
    const float *from = source + (transposed ? column * k : column);
    long step = transposed ? 1 : n;
    long panel = column / PRISM_PANEL, lane = column % PRISM_PANEL;
    uint8_t *to = weights + panel * padded * PRISM_PANEL;
    for (long g = 0; g < groups; g++) {
      long start = g * PRISM_GROUP, end = start + PRISM_GROUP < k ? start + PRISM_GROUP : k;
      float largest = 0;
      for (long i = start; i < end; i++) largest = fmaxf(largest, fabsf(from[i * step]));
      float scale = largest / 127.0f, inverse = largest > 0 ? 127.0f / largest : 0;
      scales[(panel * groups + g) * PRISM_PANEL + lane] = scale;
      for (long i = start; i < end; i++) {
        // A NaN or an overflow must not reach the conversion.
        float value = fminf(fmaxf(rintf(from[i * step] * inverse), -127.0f), 127.0f);
        to[i / 4 * 4 * PRISM_PANEL + lane * 4 + i % 4] = (uint8_t)((int)value + OFFSET);
      }
    }
  }
}

PRISM_CLONES void prism_int8_quantize(
    const uint16_t *x, long k, long rows, long group, int8_t *quantized, float *scales,
    int32_t *sums) {
  long groups = (k + group - 1) / group, padded = prism_int8_padded(k);
  for (long r = 0; r < rows; r++) {
    const uint16_t *row = x + r * k;
    int8_t *out = quantized + r * padded;
    for (long g = 0; g < groups; g++) {
      long start = g * group, end = start + group < k ? start + group : k;
      // Without their sign bf16 numbers are in the order of their bits, and integers vectorise.
      uint16_t bits = 0;
      for (long i = start; i < end; i++) {
        uint16_t size = row[i] & 0x7FFF;
        bits = size > bits ? size : bits;
      }
      float largest = prism_from_bf16(bits);
      float inverse = largest > 0 ? 127.0f / largest : 0;
      int32_t sum = 0;
      for (long i = start; i < end; i++) {
        float value = rintf(prism_from_bf16(row[i]) * inverse);
        // A NaN or an overflow must not reach the conversion.
        value = value > -127.0f ? value : -127.0f;
        value = value < 127.0f ? value : 127.0f;
        int32_t integer = (int32_t)value;
        out[i] = (int8_t)integer;
        sum += integer;
      }
      scales[r * groups + g] = largest / 127.0f;
      sums[r * groups + g] = sum;
    }
    for (long i = k; i < padded; i++) out[i] = 0;
  }
}

// The same sums without special instructions.
PRISM_CLONES static void plain_columns(
    const uint8_t *weights, const float *weight_scales, long groups, long quads, const int8_t *x,
    const float *x_scales, const int32_t *x_sums, long width, float *y, int accumulate) {
  float total[PRISM_PANEL] = {0};
  for (long g = 0; g < groups; g++) {
    int32_t sums[PRISM_PANEL];
    for (long i = 0; i < PRISM_PANEL; i++) sums[i] = -OFFSET * x_sums[g];
    long end = (g + 1) * QUADS < quads ? (g + 1) * QUADS : quads;
    for (long quad = g * QUADS; quad < end; quad++) {
      const uint8_t *w = weights + quad * 4 * PRISM_PANEL;
      const int8_t *four = x + 4 * quad;
      for (long i = 0; i < PRISM_PANEL; i++) {
        sums[i] += four[0] * w[4 * i] + four[1] * w[4 * i + 1] + four[2] * w[4 * i + 2]
                   + four[3] * w[4 * i + 3];
      }
    }
    for (long i = 0; i < PRISM_PANEL; i++) {
      total[i] += (float)sums[i] * (x_scales[g] * weight_scales[g * PRISM_PANEL + i]);
    }
  }
  for (long i = 0; i < width; i++) y[i] = accumulate ? y[i] + total[i] : total[i];
}

void prism_product_int8_plain(
    const struct prism_int8 *w, const struct prism_int8_rows *x, long rows, float *y, long first,
    long last, int accumulate) {
  long padded = prism_int8_padded(w->k), groups = prism_int8_groups(w->k);
  for (long column = first; column < last; column += PRISM_PANEL) {
    long panel = column / PRISM_PANEL;
    long width = last - column < PRISM_PANEL ? last - column : PRISM_PANEL;
    for (long r = 0; r < rows; r++) {
      plain_columns(
          w->weights + panel * padded * PRISM_PANEL, w->scales + panel * groups * PRISM_PANEL,
          groups, padded / 4, x->integers + r * padded, x->scales + r * groups,
          x->sums + r * groups, width, y + r * w->n + column, accumulate);
    }
  }
}

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")))
#define TILE static inline __attribute__((always_inline)) TARGET
#define TILE_ROWS PRISM_TILE_ROWS
#define HALF_TILE (TILE_ROWS / 2)
#define PREFETCH_BYTES 4096
// Of a panel's weights, those of one step.
#define STEP_BYTES (4 * PRISM_PANEL)
// Steps in a row without counting: where another thread shares the core, every instruction tells.
#define STEPS 4

int prism_has_int8_product(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512dq")
         && __builtin_cpu_supports("avx512vl");
}

// What a tile reads: a panel of weights and the first of its rows of x.
struct tile_inputs {
  const uint8_t *weights;
  const float *weight_scales;
  long groups, quads;
  const int8_t *x;
  const float *x_scales;
  const int32_t *x_sums;
  /// Where the weights begin that come after these.
  const char *next;
};

// Four inputs of every row.
TILE void step(
    const int rows, const int vectors, const struct tile_inputs *in, long quad, const char *panel,
    const enum prism_fetch fetch, __m512i sums[][4]) {
  __m512i w[4];
  for (int v = 0; v < vectors; v++) w[v] = _mm512_loadu_si512(panel + 64 * v);
  if (fetch == PRISM_FETCH_OWN) {
    for (int v = 0; v < vectors; v++) _mm_prefetch(panel + PREFETCH_BYTES + 64 * v, _MM_HINT_T0);
  } else if (fetch == PRISM_FETCH_NEXT) {
    _mm_prefetch(in->next + 64 * quad, _MM_HINT_T1);
  }
  // Each half of the rows is at most two strides from a start: addresses that need no sums of their own.
  const int8_t *x = in->x + 4 * quad, *lower = x + HALF_TILE * 4 * in->quads;
  for (int r = 0; r < rows; r++) {
    int32_t four;
    const int8_t *row =
        r < HALF_TILE ? x + r * 4 * in->quads : lower + (r - HALF_TILE) * 4 * in->quads;
    memcpy(&four, row, 4);
    __m512i a = _mm512_set1_epi32(four);
    for (int v = 0; v < vectors; v++) sums[r][v] = _mm512_dpbusd_epi32(sums[r][v], w[v], a);
  }
}

TILE void tile(
    const int rows, const int vectors, const struct tile_inputs *in, float *y, long y_stride,
    int accumulate, const enum prism_fetch fetch, __mmask16 last) {
  const long groups = in->groups, quads = in->quads;
  __m512 totals[TILE_ROWS][4];
  for (int r = 0; r < rows; r++) {
    for (int v = 0; v < vectors; v++) totals[r][v] = _mm512_setzero_ps();
  }
  for (long g = 0; g < groups; g++) {
    __m512i sums[TILE_ROWS][4];
    for (int r = 0; r < rows; r++) {
      __m512i start = _mm512_set1_epi32(-OFFSET * in->x_sums[r * groups + g]);
      for (int v = 0; v < vectors; v++) sums[r][v] = start;
    }
    long quad = g * QUADS, end = quad + QUADS < quads ? quad + QUADS : quads;
    const char *panel = (const char *)in->weights + quad * STEP_BYTES;
    for (; quad + STEPS <= end; quad += STEPS, panel += STEPS * STEP_BYTES) {
      PRISM_UNROLL for (int s = 0; s < STEPS; s++) {
        step(rows, vectors, in, quad + s, panel + s * STEP_BYTES, fetch, sums);
      }
    }
    for (; quad < end; quad++, panel += STEP_BYTES) {
      step(rows, vectors, in, quad, panel, fetch, sums);
    }
    for (int r = 0; r < rows; r++) {
      __m512 scale = _mm512_set1_ps(in->x_scales[r * groups + g]);
      for (int v = 0; v < vectors; v++) {
        __m512 factor =
            _mm512_mul_ps(scale, _mm512_loadu_ps(in->weight_scales + g * PRISM_PANEL + 16 * v));
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

#define CASE(R, V, F) \
  case ((R)*8 + (V)) * 4 + (F): \
    tile(R, V, in, y, y_stride, accumulate, F, last); \
    break;
#define FETCHES(R, V) \
  CASE(R, V, PRISM_FETCH_NOTHING) CASE(R, V, PRISM_FETCH_OWN) CASE(R, V, PRISM_FETCH_NEXT)
#define CASES(R) FETCHES(R, 1) FETCHES(R, 2) FETCHES(R, 3) FETCHES(R, 4)

TARGET static void tile_of(
    long rows, long vectors, const struct tile_inputs *in, float *y, long y_stride, int accumulate,
    enum prism_fetch fetch, __mmask16 last) {
  switch ((rows * 8 + vectors) * 4 + fetch) {
    CASES(1) CASES(2) CASES(3) CASES(4) CASES(5) CASES(6)
  }
}

TARGET void prism_product_int8_fast(
    const struct prism_int8 *w, const struct prism_int8_rows *x, long rows, float *y, long y_stride,
    long first, long last, int accumulate, long following) {
  long padded = prism_int8_padded(w->k), groups = prism_int8_groups(w->k);
  for (long column = first; column < last;) {
    long panel = column / PRISM_PANEL, lane = column % PRISM_PANEL;
    long end = (panel + 1) * PRISM_PANEL;
    if (end > last) end = last;
    long vectors = (end - column + 15) / 16;
    __mmask16 mask = (__mmask16)(0xFFFFu >> (16 * vectors - (end - column)));
    long tiles = (rows + TILE_ROWS - 1) / TILE_ROWS;
    const char *after =
        (const char *)w->weights
        + prism_panel_after(column, end, last, following) * padded * PRISM_PANEL;
    struct tile_inputs in = {
        .weights = w->weights + panel * padded * PRISM_PANEL + lane * 4,
        .weight_scales = w->scales + panel * groups * PRISM_PANEL + lane,
        .groups = groups, .quads = padded / 4};
    for (long t = 0, row = 0; t < tiles; t++) {
      long count = (rows - row) / (tiles - t);
      enum prism_fetch fetch = prism_fetch_of(t, tiles, column > first || following != PRISM_UNKNOWN);
      in.x = x->integers + row * padded;
      in.x_scales = x->scales + row * groups;
      in.x_sums = x->sums + row * groups;
      in.next = after + (t - 1) * padded * 16;
      tile_of(
          count, vectors, &in, y + row * y_stride + column - first, y_stride, accumulate, fetch, mask);
      row += count;
    }
    column = end;
  }
}

#else

int prism_has_int8_product(void) { return 0; }

void prism_product_int8_fast(
    const struct prism_int8 *w, const struct prism_int8_rows *x, long rows, float *y, long y_stride,
    long first, long last, int accumulate, long following) {
  (void)w, (void)x, (void)rows, (void)y, (void)y_stride, (void)first, (void)last, (void)accumulate;
  (void)following;
}

#endif
