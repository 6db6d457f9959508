// From scores of a query to the weights of the values, in bf16.
#include <math.h>
#include <string.h>

#include "attention_internal.h"
#include "avx512.h"
#include "clones.h"
#include "scalar.h"

#pragma clang fp reassociate(on) contract(fast)

PRISM_CLONES static float weights_plain(const float *scores, long count, uint16_t *weights) {
  float largest = prism_largest(scores, count);
  float sum = 0;
  for (long j = 0; j < count; j++) {
    float weight = prism_exp(scores[j] - largest);
    sum += weight;
    weights[j] = prism_to_bf16(weight);
  }
  return sum;
}

#if defined(__x86_64__)
PRISM_AVX512 static float weights_wide(const float *scores, long count, uint16_t *weights) {
  __m512 largest = _mm512_set1_ps(-INFINITY), sum = _mm512_setzero_ps();
  long whole = count / 16 * 16;
  __mmask16 rest = prism_lanes(count - whole);
  for (long j = 0; j < whole; j += 16) {
    largest = _mm512_max_ps(largest, _mm512_loadu_ps(scores + j));
  }
  __m512 last = _mm512_maskz_loadu_ps(rest, scores + whole);
  largest = _mm512_mask_max_ps(largest, rest, largest, last);
  largest = _mm512_set1_ps(_mm512_reduce_max_ps(largest));
  for (long j = 0; j < whole; j += 16) {
    __m512 weight = prism_exp16(_mm512_sub_ps(_mm512_loadu_ps(scores + j), largest));
    sum = _mm512_add_ps(sum, weight);
    _mm256_storeu_si256((__m256i *)(weights + j), (__m256i)_mm512_cvtneps_pbh(weight));
  }
  __m512 weight = prism_exp16(_mm512_sub_ps(last, largest));
  prism_store_bf16_lanes(weights + whole, rest, weight);
  return _mm512_reduce_add_ps(_mm512_mask_add_ps(sum, rest, sum, weight));
}
#endif

float prism_attention_weights(const float *scores, long count, long columns, uint16_t *weights) {
#if defined(__x86_64__)
  float sum = (prism_has_avx512() ? weights_wide : weights_plain)(scores, count, weights);
#else
  float sum = weights_plain(scores, count, weights);
#endif
  memset(weights + count, 0, (size_t)(columns - count) * sizeof *weights);
  return 1.0f / sum;
}
