#ifndef PRISM_DEQUANTIZE_H
#define PRISM_DEQUANTIZE_H

#include <stddef.h>
#include <stdint.h>

// Expand ggml tensor blocks to fp32. `source` holds `count` blocks back to back, at any alignment;
// `destination` receives `count` times the block's values: 1 for f16 and bf16, 32 for q4_0 to q8_0,
// 256 for the K types. Every result has the bits that the Python package `gguf` computes:
// products are rounded before they are added.

void prism_dequantize_f16(const uint8_t *source, size_t count, float *destination);
void prism_dequantize_bf16(const uint8_t *source, size_t count, float *destination);
void prism_dequantize_q4_0(const uint8_t *source, size_t count, float *destination);
void prism_dequantize_q4_1(const uint8_t *source, size_t count, float *destination);
void prism_dequantize_q5_0(const uint8_t *source, size_t count, float *destination);
void prism_dequantize_q5_1(const uint8_t *source, size_t count, float *destination);
void prism_dequantize_q8_0(const uint8_t *source, size_t count, float *destination);
void prism_dequantize_q4_k(const uint8_t *source, size_t count, float *destination);
void prism_dequantize_q5_k(const uint8_t *source, size_t count, float *destination);
void prism_dequantize_q6_k(const uint8_t *source, size_t count, float *destination);

#endif
