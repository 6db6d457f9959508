#ifndef PRISM_ATTENTION_H
#define PRISM_ATTENTION_H

#include <stdint.h>

/// Positions per key-value block.
#define PRISM_BLOCK 64

/// How a key-value block is laid out: [layer][key, value][head], then in fp32 [PRISM_BLOCK][head_size];
/// in bf16, as the product kernel reads them, keys [head_size/2][PRISM_BLOCK][2] and values
/// [PRISM_BLOCK/2][head_size][2].
typedef struct {
  long layers;
  long heads;
  long head_size;
  int precision;
} prism_cache_layout;

/// New rows of one sequence inside a packed batch.
typedef struct {
  /// First row in the batch and number of rows.
  long row, rows;
  /// Positions the cache held before these rows.
  long past;
  /// Base address of each block, enough for past + rows positions; NULL in training, where keys and
  /// values are read from the batch itself and past is 0.
  void *const *blocks;
} prism_segment;

/// Rotates queries and keys of the batch in place (rows of [q heads | k heads | v heads], `stride` floats)
/// when a rotation `table` is given, and copies keys and values into the segments' blocks.
void prism_rotate_and_store(
    const prism_cache_layout *layout, long layer, float *qkv, long stride, long query_heads,
    const prism_segment *segments, long count, const float *table);

/// Causal attention with grouped queries over cached keys and values; out is
/// [R, query_heads * head_size]. With a bf16 cache `narrow`, when given, gets the same in bf16.
void prism_attention_paged(
    const prism_cache_layout *layout, long layer, const float *qkv, long stride, long query_heads,
    const prism_segment *segments, long count, float *out, uint16_t *narrow);

/// The same in fp32, from the batch itself or an fp32 cache. `lse`, when given, gets the log of each
/// softmax denominator, [R, query_heads].
void prism_attention(
    const prism_cache_layout *layout, long layer, const float *qkv, long stride, long query_heads,
    const prism_segment *segments, long count, float *out, float *lse);

/// Gradient of prism_attention (training form): dqkv, all of it written.
void prism_attention_backward(
    const prism_cache_layout *layout, const float *qkv, long stride, long query_heads,
    const prism_segment *segments, long count, const float *out, const float *lse,
    const float *dout, float *dqkv);

#endif
