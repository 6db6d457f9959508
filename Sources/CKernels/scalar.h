// Scalar building blocks written so that loops over them vectorise.
#ifndef PRISM_SCALAR_H
#define PRISM_SCALAR_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "clones.h"

PRISM_INLINE uint16_t prism_to_bf16(float value) {
  uint32_t bits;
  memcpy(&bits, &value, 4);
  uint32_t rounded = (bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16;
  // A NaN keeps a quiet bit instead of rounding into infinity.
  return (uint16_t)((bits & 0x7FFFFFFFu) > 0x7F800000u ? (bits >> 16) | 0x40u : rounded);
}

PRISM_INLINE float prism_from_bf16(uint16_t value) {
  uint32_t bits = (uint32_t)value << 16;
  float result;
  memcpy(&result, &bits, 4);
  return result;
}

// The largest of `count` values, -infinity for none. Sixteen running ones, because a single one makes a
// loop that does not vectorise.
PRISM_INLINE float prism_largest(const float *x, long count) {
  float lanes[16];
  for (long i = 0; i < 16; i++) lanes[i] = -INFINITY;
  long whole = count / 16 * 16;
  for (long start = 0; start < whole; start += 16) {
    for (long i = 0; i < 16; i++) lanes[i] = x[start + i] > lanes[i] ? x[start + i] : lanes[i];
  }
  for (long i = whole; i < count; i++) lanes[0] = x[i] > lanes[0] ? x[i] : lanes[0];
  float largest = lanes[0];
  for (long i = 1; i < 16; i++) largest = lanes[i] > largest ? lanes[i] : largest;
  return largest;
}

// exp by 2^n * P(r), |r| <= ln2/2, degree 6: relative error below 2e-7 over the whole range.
PRISM_INLINE float prism_exp(float x) {
  x = x < -87.0f ? -87.0f : x;
  x = x > 88.0f ? 88.0f : x;
  float n = x * 1.44269504088896341f;
  int32_t k = (int32_t)(n + (n < 0 ? -0.5f : 0.5f));
  float whole = (float)k;
  float r = x - whole * 0.693145751953125f;
  r = r - whole * 1.42860682030941723e-6f;
  float p = 1.0f / 720.0f;
  p = p * r + 1.0f / 120.0f;
  p = p * r + 1.0f / 24.0f;
  p = p * r + 1.0f / 6.0f;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  uint32_t bits = (uint32_t)(k + 127) << 23;
  float power;
  memcpy(&power, &bits, 4);
  return p * power;
}

PRISM_INLINE float prism_sigmoid(float x) { return 1.0f / (1.0f + prism_exp(-x)); }

#endif
