#include "prism_dequantize.h"

#include <string.h>

#include "scalar.h"

// A fused multiply-add would differ from the reference in the last bit.
#pragma STDC FP_CONTRACT OFF

static inline float float_of_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static inline uint32_t half_bits_at(const uint8_t *source) {
  return (uint32_t)source[0] | (uint32_t)source[1] << 8;
}

static inline float half_at(const uint8_t *source) {
  return prism_from_half((uint16_t)half_bits_at(source));
}

void prism_dequantize_f16(const uint8_t *restrict source, size_t count, float *restrict destination) {
  for (size_t i = 0; i < count; i++) destination[i] = half_at(source + 2 * i);
}

void prism_dequantize_bf16(const uint8_t *restrict source, size_t count, float *restrict destination) {
  for (size_t i = 0; i < count; i++) destination[i] = float_of_bits(half_bits_at(source + 2 * i) << 16);
}

// Block: scale, 16 bytes of nibbles; the low nibbles come first.
void prism_dequantize_q4_0(const uint8_t *restrict source, size_t count, float *restrict destination) {
  for (size_t block = 0; block < count; block++, source += 18, destination += 32) {
    const float scale = half_at(source);
    const uint8_t *nibbles = source + 2;
    for (int i = 0; i < 16; i++) {
      destination[i] = scale * (float)((int)(nibbles[i] & 15) - 8);
      destination[i + 16] = scale * (float)((int)(nibbles[i] >> 4) - 8);
    }
  }
}

// Block: scale, minimum, 16 bytes of nibbles.
void prism_dequantize_q4_1(const uint8_t *restrict source, size_t count, float *restrict destination) {
  for (size_t block = 0; block < count; block++, source += 20, destination += 32) {
    const float scale = half_at(source);
    const float minimum = half_at(source + 2);
    const uint8_t *nibbles = source + 4;
    for (int i = 0; i < 16; i++) {
      destination[i] = scale * (float)(nibbles[i] & 15) + minimum;
      destination[i + 16] = scale * (float)(nibbles[i] >> 4) + minimum;
    }
  }
}

static inline uint32_t word_at(const uint8_t *source) {
  return (uint32_t)source[0] | (uint32_t)source[1] << 8 | (uint32_t)source[2] << 16 | (uint32_t)source[3] << 24;
}

// Block: scale, 32 fifth bits, 16 bytes of nibbles.
void prism_dequantize_q5_0(const uint8_t *restrict source, size_t count, float *restrict destination) {
  for (size_t block = 0; block < count; block++, source += 22, destination += 32) {
    const float scale = half_at(source);
    const uint32_t high = word_at(source + 2);
    const uint8_t *nibbles = source + 6;
    for (int i = 0; i < 16; i++) {
      const int low_value = (int)(nibbles[i] & 15) | (int)(high >> i & 1) << 4;
      const int high_value = (int)(nibbles[i] >> 4) | (int)(high >> (i + 16) & 1) << 4;
      destination[i] = scale * (float)(low_value - 16);
      destination[i + 16] = scale * (float)(high_value - 16);
    }
  }
}

// Block: scale, minimum, 32 fifth bits, 16 bytes of nibbles.
void prism_dequantize_q5_1(const uint8_t *restrict source, size_t count, float *restrict destination) {
  for (size_t block = 0; block < count; block++, source += 24, destination += 32) {
    const float scale = half_at(source);
    const float minimum = half_at(source + 2);
    const uint32_t high = word_at(source + 4);
    const uint8_t *nibbles = source + 8;
    for (int i = 0; i < 16; i++) {
      const int low_value = (int)(nibbles[i] & 15) | (int)(high >> i & 1) << 4;
      const int high_value = (int)(nibbles[i] >> 4) | (int)(high >> (i + 16) & 1) << 4;
      destination[i] = scale * (float)low_value + minimum;
      destination[i + 16] = scale * (float)high_value + minimum;
    }
  }
}

// Block: scale, 32 signed bytes.
void prism_dequantize_q8_0(const uint8_t *restrict source, size_t count, float *restrict destination) {
  for (size_t block = 0; block < count; block++, source += 34, destination += 32) {
    const float scale = half_at(source);
    const int8_t *values = (const int8_t *)(source + 2);
    for (int i = 0; i < 32; i++) destination[i] = (float)values[i] * scale;
  }
}

// Eight 6-bit scales and eight 6-bit minima in 12 bytes.
static inline void unpack_scales(const uint8_t *packed, uint8_t *scales, uint8_t *minima) {
  for (int i = 0; i < 4; i++) {
    scales[i] = packed[i] & 63;
    minima[i] = packed[i + 4] & 63;
    scales[i + 4] = (uint8_t)((packed[i + 8] & 15) | (packed[i] >> 2 & 48));
    minima[i + 4] = (uint8_t)((packed[i + 8] >> 4) | (packed[i + 4] >> 2 & 48));
  }
}

// Block: scale, scale of minima, 12 bytes of sub-scales, 128 bytes of nibbles.
void prism_dequantize_q4_k(const uint8_t *restrict source, size_t count, float *restrict destination) {
  for (size_t block = 0; block < count; block++, source += 144) {
    const float scale = half_at(source);
    const float minimum = half_at(source + 2);
    uint8_t scales[8], minima[8];
    unpack_scales(source + 4, scales, minima);
    for (int part = 0; part < 8; part++, destination += 32) {
      const uint8_t *nibbles = source + 16 + part / 2 * 32;
      const float part_scale = scale * (float)scales[part];
      const float part_minimum = minimum * (float)minima[part];
      const int shift = part % 2 * 4;
      for (int i = 0; i < 32; i++)
        destination[i] = part_scale * (float)(nibbles[i] >> shift & 15) - part_minimum;
    }
  }
}

// Block: scale, scale of minima, 12 bytes of sub-scales, 32 bytes of fifth bits, 128 of nibbles.
void prism_dequantize_q5_k(const uint8_t *restrict source, size_t count, float *restrict destination) {
  for (size_t block = 0; block < count; block++, source += 176) {
    const float scale = half_at(source);
    const float minimum = half_at(source + 2);
    const uint8_t *high = source + 16;
    uint8_t scales[8], minima[8];
    unpack_scales(source + 4, scales, minima);
    for (int part = 0; part < 8; part++, destination += 32) {
      const uint8_t *nibbles = source + 48 + part / 2 * 32;
      const float part_scale = scale * (float)scales[part];
      const float part_minimum = minimum * (float)minima[part];
      const int shift = part % 2 * 4;
      for (int i = 0; i < 32; i++) {
        const int value = (nibbles[i] >> shift & 15) | (high[i] >> part & 1) << 4;
        destination[i] = part_scale * (float)value - part_minimum;
      }
    }
  }
}

// Block: 128 bytes of nibbles, 64 bytes of upper bit pairs, 16 signed sub-scales, scale.
void prism_dequantize_q6_k(const uint8_t *restrict source, size_t count, float *restrict destination) {
  for (size_t block = 0; block < count; block++, source += 210) {
    const float scale = half_at(source + 208);
    const int8_t *scales = (const int8_t *)(source + 192);
    for (int part = 0; part < 8; part++) {
      const uint8_t *nibbles = source + part / 4 * 64 + part % 2 * 32;
      const uint8_t *high = source + 128 + part / 4 * 32;
      const int nibble_shift = part % 4 / 2 * 4;
      const int high_shift = part % 4 * 2;
      for (int half = 0; half < 2; half++, destination += 16) {
        const float part_scale = scale * (float)scales[part * 2 + half];
        for (int i = half * 16; i < half * 16 + 16; i++) {
          const int value = (nibbles[i] >> nibble_shift & 15) | (high[i] >> high_shift & 3) << 4;
          destination[i - half * 16] = part_scale * (float)(value - 32);
        }
      }
    }
  }
}
