#ifndef PRISM_ATTENTION_H
#define PRISM_ATTENTION_H

/// Positions per key-value block.
#define PRISM_BLOCK 64

/// How a key-value block is laid out: [layer][key, value][head][PRISM_BLOCK][head_size].
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

/// Copies keys and values of the batch (rows of [q heads | k heads | v heads], `stride` floats) into
/// the segments' blocks.
void prism_cache_write(
    const prism_cache_layout *layout, long layer, const float *qkv, long stride, long query_heads,
    const prism_segment *segments, long count);

/// Causal attention with grouped queries; out is [R, query_heads * head_size]. `lse`, when given, gets
/// the log of each softmax denominator, [R, query_heads].
void prism_attention(
    const prism_cache_layout *layout, long layer, const float *qkv, long stride, long query_heads,
    const prism_segment *segments, long count, float *out, float *lse);

/// Gradient of prism_attention (training form): dqkv, all of it written.
void prism_attention_backward(
    const prism_cache_layout *layout, const float *qkv, long stride, long query_heads,
    const prism_segment *segments, long count, const float *out, const float *lse,
    const float *dout, float *dqkv);

#endif
