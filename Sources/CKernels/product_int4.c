// Products with 4-bit weights and 8-bit inputs. Every group of 32 weights of a column is scale * q + minimum
// with q in 0...15, as Q4_0 and Q4_1 store them; inputs are 8-bit integers with a scale for each group
// of 32. Sums within a group are exact integers, |q x| <= 15 * 127 * 32 < 2^16.
#include "product_internal.h"

#include <math.h>
#include <string.h>

#include "clones.h"
#include "scalar.h"

#define COLUMNS PRISM_INT4_PANEL
#define GROUP PRISM_INT4_GROUP
#define LEVELS 15
#define NIBBLES (COLUMNS * GROUP / 2)

/// A group of a panel: nibbles [vector of 16 columns][quad pair][column][4], the low ones for quad p and
/// the high ones for quad p + 4, then scales and minima in half precision.
struct group {
  uint8_t nibbles[NIBBLES];
  uint16_t scales[COLUMNS];
  uint16_t minima[COLUMNS];
};

size_t prism_int4_bytes(long k, long n) {
  return (size_t)((n + COLUMNS - 1) / COLUMNS) * (size_t)(k / GROUP) * sizeof(struct group);
}

// Whether the values are scale * q + minimum up to the rounding of fp32; writes q.
PRISM_INLINE int fits(
    const float *values, float scale, float minimum, float tolerance, uint8_t *q) {
  float inverse = scale > 0 ? 1 / scale : 0;
  int misfits = 0;
  for (int i = 0; i < GROUP; i++) {
    float level = rintf((values[i] - minimum) * inverse);
    // Values that are not numbers must not reach the conversion.
    level = level >= 0 && level <= LEVELS ? level : 0;
    misfits += !(fabsf(scale * level + minimum - values[i]) <= tolerance);
    q[i] = (uint8_t)level;
  }
  return misfits == 0;
}

// Finds scale and minimum in half precision that give the values back.
PRISM_INLINE int recover(const float *values, uint16_t *scale, uint16_t *minimum, uint8_t *q) {
  float low = values[0], high = values[0];
  for (int i = 1; i < GROUP; i++) {
    low = fminf(low, values[i]);
    high = fmaxf(high, values[i]);
  }
  float size = fmaxf(fabsf(low), fabsf(high));
  // A wrong scale is off by at least a thirtieth of the range somewhere.
  float tolerance = size * 0x1p-20f;
  for (int levels = LEVELS; levels >= 1; levels--) {
    *scale = prism_to_half((high - low) / (float)levels);
    float step = prism_from_half(*scale);
    for (int below = 0; below <= LEVELS - levels; below++) {
      *minimum = prism_to_half(low - step * (float)below);
      if (fits(values, step, prism_from_half(*minimum), tolerance, q)) return 1;
    }
  }
  return 0;
}

PRISM_CLONES int prism_int4_pack(
    const float *source, long k, long n, int transposed, void *weights) {
  if (k % GROUP != 0) return 0;
  long groups = k / GROUP;
  memset(weights, 0, prism_int4_bytes(k, n));
  struct group *panels = weights;
  for (long column = 0; column < n; column++) {
    const float *from = source + (transposed ? column * k : column);
    long step = transposed ? 1 : n, lane = column % COLUMNS;
    for (long g = 0; g < groups; g++) {
      float values[GROUP];
      uint8_t q[GROUP];
      for (int i = 0; i < GROUP; i++) values[i] = from[(g * GROUP + i) * step];
      struct group *to = panels + column / COLUMNS * groups + g;
      if (!recover(values, &to->scales[lane], &to->minima[lane], q)) return 0;
      uint8_t *out = to->nibbles + lane / 16 * (NIBBLES / 2) + lane % 16 * 4;
      for (int i = 0; i < GROUP / 2; i++) {
        out[i / 4 * 64 + i % 4] = (uint8_t)(q[i] | q[i + GROUP / 2] << 4);
      }
    }
  }
  return 1;
}

// The same sums without special instructions.
PRISM_CLONES static void plain_columns(
    const struct group *panel, long groups, const int8_t *x, const float *x_scales,
    const int32_t *x_sums, long width, float *y, int accumulate) {
  float total[COLUMNS] = {0};
  for (long g = 0; g < groups; g++) {
    const struct group *in = panel + g;
    const int8_t *values = x + g * GROUP;
    float offset = x_scales[g] * (float)x_sums[g];
    for (int c = 0; c < COLUMNS; c++) {
      const uint8_t *nibbles = in->nibbles + c / 16 * (NIBBLES / 2) + c % 16 * 4;
      int32_t sum = 0;
      for (int i = 0; i < GROUP / 2; i++) {
        uint8_t both = nibbles[i / 4 * 64 + i % 4];
        sum += values[i] * (both & 15) + values[i + GROUP / 2] * (both >> 4);
      }
      float factor = x_scales[g] * prism_from_half(in->scales[c]);
      total[c] = fmaf((float)sum, factor, total[c]);
      total[c] = fmaf(offset, prism_from_half(in->minima[c]), total[c]);
    }
  }
  for (long i = 0; i < width; i++) y[i] = accumulate ? y[i] + total[i] : total[i];
}

void prism_product_int4_plain(
    const struct prism_int4 *w, const struct prism_int8_rows *x, long rows, float *y, long first,
    long last, int accumulate) {
  long groups = w->k / GROUP;
  for (long column = first; column < last; column += COLUMNS) {
    const struct group *panel = (const struct group *)w->weights + column / COLUMNS * groups;
    long width = last - column < COLUMNS ? last - column : COLUMNS;
    for (long r = 0; r < rows; r++) {
      plain_columns(
          panel, groups, x->integers + r * w->k, x->scales + r * groups, x->sums + r * groups,
          width, y + r * w->n + column, accumulate);
    }
  }
}

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")))
#define TILE static inline __attribute__((always_inline)) TARGET
#define TILE_ROWS 6
#define PREFETCH_BYTES 5120

// What a tile reads: a panel of weights and the first of its rows of x.
struct tile_inputs {
  const struct group *panel;
  long groups;
  const int8_t *x;
  const float *x_scales;
  const int32_t *x_sums;
};

TILE void tile(
    const int rows, const struct tile_inputs *in, float *y, long y_stride, int accumulate,
    const int fetches, const __mmask16 *masks) {
  const long groups = in->groups;
  const __m512i low_bits = _mm512_set1_epi8(15);
  __m512 totals[TILE_ROWS][2];
  for (int r = 0; r < rows; r++) totals[r][0] = totals[r][1] = _mm512_setzero_ps();
  for (long g = 0; g < groups; g++) {
    const struct group *from = in->panel + g;
    if (fetches) {
      for (unsigned line = 0; line < sizeof *from; line += 64) {
        _mm_prefetch((const char *)from + PREFETCH_BYTES + line, _MM_HINT_T0);
      }
    }
    __m512i sums[TILE_ROWS][2];
    for (int r = 0; r < rows; r++) sums[r][0] = sums[r][1] = _mm512_setzero_si512();
    for (int pair = 0; pair < 4; pair++) {
      __m512i low[2], high[2];
      for (int v = 0; v < 2; v++) {
        __m512i both = _mm512_loadu_si512(from->nibbles + v * (NIBBLES / 2) + pair * 64);
        low[v] = _mm512_and_si512(both, low_bits);
        high[v] = _mm512_and_si512(_mm512_srli_epi16(both, 4), low_bits);
      }
      for (int r = 0; r < rows; r++) {
        int32_t first, second;
        const int8_t *x = in->x + (r * groups + g) * GROUP + 4 * pair;
        memcpy(&first, x, 4);
        memcpy(&second, x + GROUP / 2, 4);
        __m512i a = _mm512_set1_epi32(first), b = _mm512_set1_epi32(second);
        for (int v = 0; v < 2; v++) {
          sums[r][v] = _mm512_dpbusd_epi32(sums[r][v], low[v], a);
          sums[r][v] = _mm512_dpbusd_epi32(sums[r][v], high[v], b);
        }
      }
    }
    for (int v = 0; v < 2; v++) {
      __m512 scale = _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(from->scales + 16 * v)));
      __m512 minimum = _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(from->minima + 16 * v)));
      for (int r = 0; r < rows; r++) {
        float x_scale = in->x_scales[r * groups + g];
        __m512 offset = _mm512_set1_ps(x_scale * (float)in->x_sums[r * groups + g]);
        __m512 factor = _mm512_mul_ps(_mm512_set1_ps(x_scale), scale);
        totals[r][v] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums[r][v]), factor, totals[r][v]);
        totals[r][v] = _mm512_fmadd_ps(offset, minimum, totals[r][v]);
      }
    }
  }
  for (int r = 0; r < rows; r++) {
    for (int v = 0; v < 2; v++) {
      float *out = y + r * y_stride + 16 * v;
      __m512 sum = totals[r][v];
      if (accumulate) sum = _mm512_add_ps(sum, _mm512_maskz_loadu_ps(masks[v], out));
      _mm512_mask_storeu_ps(out, masks[v], sum);
    }
  }
}

#define CASE(R) \
  case R: \
    if (fetches) { \
      tile(R, in, y, y_stride, accumulate, 1, masks); \
    } else { \
      tile(R, in, y, y_stride, accumulate, 0, masks); \
    } \
    break;

TARGET static void tile_of(
    long rows, const struct tile_inputs *in, float *y, long y_stride, int accumulate, int fetches,
    const __mmask16 *masks) {
  switch (rows) { CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) }
}

TARGET void prism_product_int4_fast(
    const struct prism_int4 *w, const struct prism_int8_rows *x, long rows, float *y, long first,
    long last, int accumulate) {
  long groups = w->k / GROUP, tiles = (rows + TILE_ROWS - 1) / TILE_ROWS;
  for (long column = first; column < last; column += COLUMNS) {
    long width = last - column < COLUMNS ? last - column : COLUMNS;
    uint32_t lanes = width == COLUMNS ? ~0u : (1u << width) - 1;
    __mmask16 masks[2] = {(__mmask16)lanes, (__mmask16)(lanes >> 16)};
    for (long t = 0, row = 0; t < tiles; t++) {
      long count = (rows - row) / (tiles - t);
      struct tile_inputs in = {
          .panel = (const struct group *)w->weights + column / COLUMNS * groups, .groups = groups,
          .x = x->integers + row * w->k, .x_scales = x->scales + row * groups,
          .x_sums = x->sums + row * groups};
      tile_of(count, &in, y + row * w->n + column, w->n, accumulate, t == 0, masks);
      row += count;
    }
  }
}

#else

void prism_product_int4_fast(
    const struct prism_int4 *w, const struct prism_int8_rows *x, long rows, float *y, long first,
    long last, int accumulate) {
  prism_product_int4_plain(w, x, rows, y, first, last, accumulate);
}

#endif
