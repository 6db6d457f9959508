#ifndef PRISM_ATTENTION_INTERNAL_H
#define PRISM_ATTENTION_INTERNAL_H

#include "prism_attention.h"

/// Stores one row's keys and values, [heads, head_size] each, at position `at` of a bf16 block.
void prism_store_bf16(
    const prism_cache_layout *layout, long layer, const float *keys, const float *values,
    void *block, long at);

/// Weights become exp(score - largest score) in bf16, and zero from `count` to `columns`; returns one over
/// their sum.
float prism_attention_weights(const float *scores, long count, long columns, uint16_t *weights);

#endif
