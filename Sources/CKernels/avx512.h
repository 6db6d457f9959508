// Sixteen numbers at a time, for products of bf16 and for the rows of exponentials that a compiler leaves at a
// third of the speed. Only where `prism_has_avx512` says so; each user has a plain version beside it.
#ifndef PRISM_AVX512_H
#define PRISM_AVX512_H

#include <stdint.h>

#if defined(__x86_64__)
#include <immintrin.h>

#define PRISM_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")))
#define PRISM_AVX512_INLINE static inline __attribute__((always_inline)) PRISM_AVX512

static inline int prism_has_avx512(void) {
  return __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512bw")
         && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

/// Lanes of the `left` numbers that are still to come.
PRISM_AVX512_INLINE __mmask16 prism_lanes(long left) {
  return left < 16 ? (__mmask16)((1u << left) - 1) : (__mmask16)0xFFFF;
}

/// exp as `prism_exp` has it: 2^n P(r), |r| <= ln2/2. A NaN stays one.
PRISM_AVX512_INLINE __m512 prism_exp16(__m512 x) {
  // Of a NaN and a number both give the second.
  x = _mm512_max_ps(_mm512_set1_ps(-87.0f), x);
  x = _mm512_min_ps(_mm512_set1_ps(88.0f), x);
  __m512 n = _mm512_roundscale_ps(_mm512_mul_ps(x, _mm512_set1_ps(1.44269504088896341f)), 8);
  __m512 r = _mm512_fnmadd_ps(n, _mm512_set1_ps(0.693145751953125f), x);
  r = _mm512_fnmadd_ps(n, _mm512_set1_ps(1.42860682030941723e-6f), r);
  __m512 p = _mm512_set1_ps(1.0f / 720.0f);
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.0f / 120.0f));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.0f / 24.0f));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.0f / 6.0f));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(0.5f));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.0f));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.0f));
  return _mm512_scalef_ps(p, n);
}

PRISM_AVX512_INLINE __m512 prism_sigmoid16(__m512 x) {
  __m512 one = _mm512_set1_ps(1.0f);
  return _mm512_div_ps(one, _mm512_add_ps(one, prism_exp16(_mm512_sub_ps(_mm512_setzero_ps(), x))));
}

PRISM_AVX512_INLINE __m512 prism_load_bf16(__mmask16 lanes, const uint16_t *x) {
  __m512i wide = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(lanes, x));
  return _mm512_castsi512_ps(_mm512_slli_epi32(wide, 16));
}

PRISM_AVX512_INLINE void prism_store_bf16_lanes(uint16_t *to, __mmask16 lanes, __m512 x) {
  _mm256_mask_storeu_epi16(to, lanes, (__m256i)_mm512_cvtneps_pbh(x));
}

#else
static inline int prism_has_avx512(void) { return 0; }
#endif

#endif
