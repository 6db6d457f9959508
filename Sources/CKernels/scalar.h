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

// No branch depends on the value, so loops over it vectorise.
PRISM_INLINE float prism_from_half(uint16_t half) {
  uint32_t magnitude = half & 0x7FFFu, sign = (uint32_t)(half & 0x8000u) << 16;
  uint32_t normal = (magnitude << 13) + (112u << 23), special = (magnitude << 13) | 0x7F800000u;
  float tiny = (float)(int32_t)magnitude * 0x1p-24f;
  uint32_t bits;
  memcpy(&bits, &tiny, 4);
  bits = magnitude < 0x400 ? bits : normal;
  bits = (magnitude >= 0x7C00 ? special : bits) | sign;
  float value;
  memcpy(&value, &bits, 4);
  return value;
}

// Rounds to the nearest half-precision number, ties to even; too large becomes infinite.
PRISM_INLINE uint16_t prism_to_half(float value) {
  uint32_t bits;
  memcpy(&bits, &value, 4);
  uint16_t sign = (uint16_t)(bits >> 16 & 0x8000u);
  bits &= 0x7FFFFFFFu;
  if (bits > 0x7F800000u) return (uint16_t)(sign | 0x7E00u);
  if (bits >= 0x47800000u) return (uint16_t)(sign | 0x7C00u);
  if (bits < 0x38800000u) {
    // Below the normal range: the addition rounds to multiples of 2^-24.
    float size;
    memcpy(&size, &bits, 4);
    size += 0.5f;
    memcpy(&bits, &size, 4);
    return (uint16_t)(sign | (bits - 0x3F000000u));
  }
  bits += 0xFFFu + (bits >> 13 & 1u);
  return (uint16_t)(sign | (bits - 0x38000000u) >> 13);
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
