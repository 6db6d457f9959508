// Causal attention of the training pass on bf16 rows. Scores are computed transposed, [keys, queries]:
// then softmax runs along vectors, and the same numbers serve as the left operand of the next product.
#include <math.h>
#include <stddef.h>

#include "clones.h"
#include "prism_parallel.h"
#include "prism_training.h"
#include "scalar.h"
#include "training_product.h"

#pragma clang fp reassociate(on) contract(fast)

#define BLOCK 64

struct attention {
  const uint16_t *qkv;
  long query_heads, heads, size;
  const prism_segment *segments;
  float *out, *lse;
};

// In: scaled scores [keys, BLOCK]. Out: exponentials as pairs of keys, [keys / 2, BLOCK], their sums'
// inverses and log denominators. Query i sees keys up to first + i.
PRISM_CLONES static void softmax_columns(
    float *scores, long keys, long first, uint32_t *pairs, float *inverse, float *log_sum) {
  float largest[BLOCK], sums[BLOCK];
  for (long i = 0; i < BLOCK; i++) {
    largest[i] = -INFINITY;
    sums[i] = 0;
  }
  for (long j = 0; j < keys; j++) {
    float *row = scores + j * BLOCK;
    for (long i = 0; i < j - first; i++) row[i] = -INFINITY;
    for (long i = 0; i < BLOCK; i++) largest[i] = row[i] > largest[i] ? row[i] : largest[i];
  }
  for (long j = 0; j < keys; j++) {
    float *row = scores + j * BLOCK;
    uint32_t *to = pairs + j / 2 * BLOCK;
    int shift = j % 2 * 16;
    for (long i = 0; i < BLOCK; i++) {
      float value = first + i < j ? 0.0f : prism_exp(row[i] - largest[i]);
      sums[i] += value;
      uint32_t half = (uint32_t)prism_to_bf16(value) << shift;
      to[i] = shift ? to[i] | half : half;
    }
  }
  for (long i = 0; i < BLOCK; i++) {
    inverse[i] = 1.0f / sums[i];
    log_sum[i] = largest[i] + logf(sums[i]);
  }
}

static long block_count(const prism_segment *segment) { return (segment->rows + BLOCK - 1) / BLOCK; }

static void attend(const struct attention *a, const prism_segment *segment, long head, long first) {
  long size = a->size, group = a->query_heads / a->heads;
  long stride = (a->query_heads + 2 * a->heads) * size, width = a->query_heads * size;
  long rows = segment->rows - first < BLOCK ? segment->rows - first : BLOCK, keys = first + rows;
  const uint16_t *batch = a->qkv + segment->row * stride;
  const uint16_t *key = batch + (a->query_heads + head) * size, *value = key + a->heads * size;
  long columns = prism_up16(size), key_pairs = (keys + 1) / 2;
  float *scores = prism_training_scratch(0, keys * BLOCK * 4);
  uint32_t *pairs = prism_training_scratch(1, key_pairs * BLOCK * 4);
  uint32_t *values = prism_training_scratch(2, key_pairs * columns * 4);
  uint32_t *query = prism_training_scratch(3, size / 2 * BLOCK * 4);
  prism_pair_rows(value, stride, keys, size, NULL, 0, values, columns);
  for (long q = head * group; q < (head + 1) * group; q++) {
    prism_pair_transpose(
        batch + first * stride + q * size, stride, rows, size / 2, query, BLOCK);
    struct prism_pair_product score = {
        .a = (const uint32_t *)key, .a_row = stride / 2, .a_pair = 1, .b = query, .ldb = BLOCK,
        .pairs = size / 2, .alpha = 1.0f / sqrtf((float)size), .c = scores, .ldc = BLOCK};
    prism_pair_multiply(&score, keys, rows);
    float inverse[BLOCK], log_sum[BLOCK];
    softmax_columns(scores, keys, first, pairs, inverse, log_sum);
    float *out = a->out + (segment->row + first) * width + q * size;
    struct prism_pair_product mix = {
        .a = pairs, .a_row = 1, .a_pair = BLOCK, .b = values, .ldb = columns, .pairs = key_pairs,
        .alpha = 1, .c = out, .ldc = width};
    prism_pair_multiply(&mix, rows, size);
    for (long i = 0; i < rows; i++) {
      for (long e = 0; e < size; e++) out[i * width + e] *= inverse[i];
      a->lse[(segment->row + first + i) * a->query_heads + q] = log_sum[i];
    }
  }
}

static void attention_task(void *context, long index, int worker) {
  (void)worker;
  const struct attention *a = context;
  const prism_segment *segment = a->segments;
  for (; index >= block_count(segment) * a->heads; segment++) {
    index -= block_count(segment) * a->heads;
  }
  // The last rows see the most keys: start with them, so that no thread ends on a long item.
  long block = block_count(segment) - 1 - index / a->heads;
  attend(a, segment, index % a->heads, block * BLOCK);
}

void prism_train_attention(
    const uint16_t *qkv, long query_heads, long heads, long head_size,
    const prism_segment *segments, long count, float *out, float *lse) {
  struct attention a = {qkv, query_heads, heads, head_size, segments, out, lse};
  long items = 0;
  for (long s = 0; s < count; s++) items += block_count(&segments[s]) * heads;
  prism_parallel_for(items, attention_task, &a);
}
