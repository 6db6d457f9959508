#include "training_product.h"

#include <stdlib.h>
#include <string.h>

#include "avx512.h"
#include "scalar.h"
#include "tile_bf16.h"

void *prism_training_scratch(int slot, long bytes) {
  static _Thread_local void *buffers[PRISM_SCRATCH_SLOTS];
  static _Thread_local long capacities[PRISM_SCRATCH_SLOTS];
  if (bytes > capacities[slot]) {
    free(buffers[slot]);
    capacities[slot] = bytes + bytes / 2;
    if (posix_memalign(&buffers[slot], 64, (size_t)capacities[slot]) != 0) abort();
  }
  return buffers[slot];
}

static void multiply_plain(const struct prism_pair_product *p, long rows, long columns) {
  for (long row = 0; row < rows; row++) {
    for (long column = 0; column < columns; column++) {
      if (p->keep && !(p->keep[row * p->keep_stride + column / 16] >> (column % 16) & 1)) continue;
      float sum = 0;
      for (long pair = 0; pair < p->pairs; pair++) {
        uint32_t a = p->a[row * p->a_row + pair * p->a_pair], b = p->b[pair * p->ldb + column];
        sum += prism_from_bf16((uint16_t)a) * prism_from_bf16((uint16_t)b);
        sum += prism_from_bf16((uint16_t)(a >> 16)) * prism_from_bf16((uint16_t)(b >> 16));
      }
      float *c = p->c + row * p->ldc + column;
      *c = p->alpha * sum + (p->accumulate ? *c : 0);
    }
  }
}

#if defined(__x86_64__)
#define NATIVE PRISM_AVX512

#define TILE PRISM_AVX512_INLINE

// One step of the sums with the instruction for pairs.
TILE void add_pairs(
    const int rows, const int vectors, const uint32_t *a, long a_row, const uint32_t *b,
    __m512 sums[][4]) {
  __m512bh right[4];
  PRISM_UNROLL for (int v = 0; v < vectors; v++) right[v] = (__m512bh)_mm512_loadu_si512(b + 16 * v);
  PRISM_UNROLL for (int r = 0; r < rows; r++) {
    __m512bh left = (__m512bh)_mm512_set1_epi32((int)a[r * a_row]);
    PRISM_UNROLL for (int v = 0; v < vectors; v++) sums[r][v] = _mm512_dpbf16_ps(sums[r][v], left, right[v]);
  }
}

// The same bits in fp32: the upper half of each pair, then the lower.
TILE void add_wide(
    const int rows, const int vectors, const uint32_t *a, long a_row, const uint32_t *b,
    __m512 sums[][4]) {
  const __m512i upper = _mm512_set1_epi32((int)0xFFFF0000u);
  __m512 right[4];
  PRISM_UNROLL for (int v = 0; v < vectors; v++) {
    right[v] = _mm512_castsi512_ps(_mm512_and_si512(_mm512_loadu_si512(b + 16 * v), upper));
  }
  PRISM_UNROLL for (int r = 0; r < rows; r++) {
    __m512i both = _mm512_set1_epi32((int)a[r * a_row]);
    __m512 left = _mm512_castsi512_ps(_mm512_and_si512(both, upper));
    PRISM_UNROLL for (int v = 0; v < vectors; v++) sums[r][v] = _mm512_fmadd_ps(left, right[v], sums[r][v]);
  }
  PRISM_UNROLL for (int v = 0; v < vectors; v++) {
    right[v] = _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_loadu_si512(b + 16 * v), 16));
  }
  PRISM_UNROLL for (int r = 0; r < rows; r++) {
    __m512i both = _mm512_set1_epi32((int)a[r * a_row]);
    __m512 left = _mm512_castsi512_ps(_mm512_slli_epi32(both, 16));
    PRISM_UNROLL for (int v = 0; v < vectors; v++) sums[r][v] = _mm512_fmadd_ps(left, right[v], sums[r][v]);
  }
}

// rows x (16 vectors) sums in registers: enough chains to hide the latency of one product.
TILE void tile(
    const int is_wide, const int rows, const int vectors, const struct prism_pair_product *p,
    const uint32_t *a, const uint32_t *b, float *c, const uint16_t *keep, __mmask16 tail) {
  __m512 sums[8][4];
  PRISM_UNROLL for (int r = 0; r < rows; r++) {
    PRISM_UNROLL for (int v = 0; v < vectors; v++) sums[r][v] = _mm512_setzero_ps();
  }
  const long a_row = p->a_row, a_pair = p->a_pair, ldb = p->ldb;
  for (long pair = p->pairs; pair > 0; pair--, a += a_pair, b += ldb) {
    if (is_wide) {
      add_wide(rows, vectors, a, a_row, b, sums);
    } else {
      add_pairs(rows, vectors, a, a_row, b, sums);
    }
  }
  const __m512 alpha = _mm512_set1_ps(p->alpha);
  PRISM_UNROLL for (int r = 0; r < rows; r++) {
    PRISM_UNROLL for (int v = 0; v < vectors; v++) {
      __mmask16 mask = v == vectors - 1 ? tail : (__mmask16)0xFFFF;
      if (keep) mask &= keep[r * p->keep_stride + v];
      float *at = c + r * p->ldc + 16 * v;
      __m512 old = p->accumulate ? _mm512_maskz_loadu_ps(mask, at) : _mm512_setzero_ps();
      _mm512_mask_storeu_ps(at, mask, _mm512_fmadd_ps(sums[r][v], alpha, old));
    }
  }
}

#define TILE_OF(ROWS, VECTORS, NAME, IS_WIDE)                                             \
  NATIVE static void NAME##_##ROWS##_##VECTORS(                                           \
      const struct prism_pair_product *p, const uint32_t *a, const uint32_t *b, float *c, \
      const uint16_t *keep, __mmask16 tail) {                                             \
    tile(IS_WIDE, ROWS, VECTORS, p, a, b, c, keep, tail);                                 \
  }
#define BOTH(ROWS, VECTORS) TILE_OF(ROWS, VECTORS, pairs, 0) TILE_OF(ROWS, VECTORS, wide, 1)
#define TILES(VECTORS) BOTH(1, VECTORS) BOTH(2, VECTORS) BOTH(4, VECTORS)
TILES(1) TILES(2) TILES(3) TILES(4)
BOTH(8, 1) BOTH(8, 2) BOTH(8, 3) BOTH(6, 4)

typedef void (*tile_function)(
    const struct prism_pair_product *, const uint32_t *, const uint32_t *, float *,
    const uint16_t *, __mmask16);

// By vectors: rows of the tiles, largest first, and the tiles by pairs and in fp32.
#define SIZES(MOST, V)                                                                     \
  {                                                                                        \
    {MOST, 4, 2, 1}, {                                                                     \
      {pairs_##MOST##_##V, pairs_4_##V, pairs_2_##V, pairs_1_##V}, {                       \
        wide_##MOST##_##V, wide_4_##V, wide_2_##V, wide_1_##V                              \
      }                                                                                    \
    }                                                                                      \
  }
static const struct {
  int rows[4];
  tile_function run[2][4];
} tiles[] = {SIZES(8, 1), SIZES(8, 2), SIZES(8, 3), SIZES(6, 4)};

static void multiply_native(const struct prism_pair_product *p, long rows, long columns) {
  int is_wide = prism_sums_are_wide();
  for (long column = 0; column < columns; column += 64) {
    long width = columns - column < 64 ? columns - column : 64;
    long vectors = (width + 15) / 16;
    __mmask16 tail = (__mmask16)(0xFFFFu >> (vectors * 16 - width));
    int size = 0;
    for (long row = 0; row < rows; row += tiles[vectors - 1].rows[size]) {
      while (tiles[vectors - 1].rows[size] > rows - row) size++;
      tiles[vectors - 1].run[is_wide][size](
          p, p->a + row * p->a_row, p->b + column, p->c + row * p->ldc + column,
          p->keep ? p->keep + row * p->keep_stride + column / 16 : NULL, tail);
    }
  }
}
#endif

void prism_pair_multiply(const struct prism_pair_product *product, long rows, long columns) {
#if defined(__x86_64__)
  if (prism_has_avx512()) {
    multiply_native(product, rows, columns);
    return;
  }
#endif
  multiply_plain(product, rows, columns);
}

PRISM_CLONES static void interleave(
    const uint16_t *even, const uint16_t *odd, long columns, uint32_t *out) {
  for (long i = 0; i < columns; i++) out[i] = even[i] | (uint32_t)odd[i] << 16;
}

static void interleave_kept_plain(
    const uint16_t *even, const uint16_t *odd, const uint16_t *keep, const uint16_t *keep_odd,
    long columns, uint32_t *out) {
  for (long i = 0; i < columns; i++) {
    uint32_t low = keep[i / 16] >> (i % 16) & 1, high = keep_odd[i / 16] >> (i % 16) & 1;
    out[i] = (low ? even[i] : 0) | (uint32_t)(high ? odd[i] : 0) << 16;
  }
}

#if defined(__x86_64__)
NATIVE static void interleave_kept_native(
    const uint16_t *even, const uint16_t *odd, const uint16_t *keep, const uint16_t *keep_odd,
    long columns, uint32_t *out) {
  for (long i = 0; i < columns; i += 16) {
    __m256i low = _mm256_loadu_si256((const __m256i *)(even + i));
    __m256i high = _mm256_loadu_si256((const __m256i *)(odd + i));
    __m512i units = _mm512_maskz_cvtepu16_epi32(keep[i / 16], low);
    units = _mm512_or_si512(
        units, _mm512_maskz_slli_epi32(keep_odd[i / 16], _mm512_cvtepu16_epi32(high), 16));
    _mm512_storeu_si512(out + i, units);
  }
}
#endif

static void interleave_kept(
    const uint16_t *even, const uint16_t *odd, const uint16_t *keep, const uint16_t *keep_odd,
    long columns, uint32_t *out) {
#if defined(__x86_64__)
  long whole = prism_has_avx512() ? columns & ~15L : 0;
  interleave_kept_native(even, odd, keep, keep_odd, whole, out);
#else
  long whole = 0;
#endif
  interleave_kept_plain(
      even + whole, odd + whole, keep + whole / 16, keep_odd + whole / 16, columns - whole,
      out + whole);
}

void prism_pair_rows(
    const uint16_t *x, long stride, long rows, long columns, const uint16_t *keep,
    long keep_stride, uint32_t *out, long ldo) {
  for (long row = 0; row + 1 < rows; row += 2) {
    const uint16_t *even = x + row * stride;
    uint32_t *to = out + row / 2 * ldo;
    if (keep) {
      const uint16_t *bits = keep + row * keep_stride;
      interleave_kept(even, even + stride, bits, bits + keep_stride, columns, to);
    } else {
      interleave(even, even + stride, columns, to);
    }
  }
  if (rows % 2 == 0) return;
  const uint16_t *last = x + (rows - 1) * stride;
  for (long i = 0; i < columns; i++) {
    int kept = !keep || keep[(rows - 1) * keep_stride + i / 16] >> (i % 16) & 1;
    out[rows / 2 * ldo + i] = kept ? last[i] : 0;
  }
}

#if defined(__x86_64__)
// 16 rows of 16 units, exchanged by halves of growing size: 4, 8, 16 and 32 bytes.
NATIVE static void transpose_block(const uint16_t *x, long stride, uint32_t *out, long ldo) {
  __m512i a[16], b[16];
  PRISM_UNROLL for (int i = 0; i < 16; i++) a[i] = _mm512_loadu_si512(x + i * stride);
  PRISM_UNROLL for (int i = 0; i < 16; i += 2) {
    b[i] = _mm512_unpacklo_epi32(a[i], a[i + 1]);
    b[i + 1] = _mm512_unpackhi_epi32(a[i], a[i + 1]);
  }
  PRISM_UNROLL for (int i = 0; i < 16; i += 4) {
    a[i] = _mm512_unpacklo_epi64(b[i], b[i + 2]);
    a[i + 1] = _mm512_unpackhi_epi64(b[i], b[i + 2]);
    a[i + 2] = _mm512_unpacklo_epi64(b[i + 1], b[i + 3]);
    a[i + 3] = _mm512_unpackhi_epi64(b[i + 1], b[i + 3]);
  }
  // a[4 g + k] holds rows 4 g ..< 4 g + 4 of columns k, k + 4, k + 8 and k + 12.
  PRISM_UNROLL for (int k = 0; k < 4; k++) {
    __m512i low = _mm512_shuffle_i32x4(a[k], a[4 + k], 0x88);
    __m512i high = _mm512_shuffle_i32x4(a[k], a[4 + k], 0xDD);
    __m512i low2 = _mm512_shuffle_i32x4(a[8 + k], a[12 + k], 0x88);
    __m512i high2 = _mm512_shuffle_i32x4(a[8 + k], a[12 + k], 0xDD);
    _mm512_storeu_si512(out + k * ldo, _mm512_shuffle_i32x4(low, low2, 0x88));
    _mm512_storeu_si512(out + (k + 8) * ldo, _mm512_shuffle_i32x4(low, low2, 0xDD));
    _mm512_storeu_si512(out + (k + 4) * ldo, _mm512_shuffle_i32x4(high, high2, 0x88));
    _mm512_storeu_si512(out + (k + 12) * ldo, _mm512_shuffle_i32x4(high, high2, 0xDD));
  }
}
#endif

void prism_pair_transpose(
    const uint16_t *x, long stride, long rows, long pairs, uint32_t *out, long ldo) {
  long whole_rows = 0, whole_pairs = 0;
#if defined(__x86_64__)
  if (prism_has_avx512()) {
    whole_rows = rows & ~15L;
    whole_pairs = pairs & ~15L;
  }
  for (long row = 0; row < whole_rows; row += 16) {
    for (long pair = 0; pair < whole_pairs; pair += 16) {
      transpose_block(x + row * stride + 2 * pair, stride, out + pair * ldo + row, ldo);
    }
  }
#endif
  for (long row = 0; row < rows; row++) {
    const uint16_t *from = x + row * stride;
    for (long pair = row < whole_rows ? whole_pairs : 0; pair < pairs; pair++) {
      memcpy(out + pair * ldo + row, from + 2 * pair, 4);
    }
  }
}
