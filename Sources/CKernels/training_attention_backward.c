// Gradient of prism_train_attention, one (sequence, query head) at a time, blocks of 64 by 64:
//   P = exp(S - lse), dV = P^T dO, dP = dO V^T, dS = P (dP - delta), dQ = dS K, dK = dS^T Q,
// with scores and slopes transposed, [keys, queries], as in the forward pass.
#include <math.h>
#include <stddef.h>

#include "clones.h"
#include "prism_parallel.h"
#include "prism_training.h"
#include "scalar.h"
#include "training_product.h"

#pragma clang fp reassociate(on) contract(fast)

#define BLOCK 64

struct backward {
  const uint16_t *qkv;
  long query_heads, heads, size, rows;
  const prism_segment *segments;
  const float *lse, *delta;
  const uint16_t *dout;
  float *dq, *parts;
};

// A block's operands. Forms: rows as they lie in memory, pairs of columns transposed, pairs of rows.
struct tile {
  float scores[BLOCK * BLOCK], slopes[BLOCK * BLOCK];
  /// bf16 [keys, queries]
  uint16_t weights[BLOCK * BLOCK], gradients[BLOCK * BLOCK];
  /// The gradients as pairs of keys, [keys / 2, queries].
  uint32_t gradient_pairs[BLOCK / 2 * BLOCK];
  float lse[BLOCK], delta[BLOCK];
};

// Query i of the block sees its keys up to `shift` + i; queries from `queries` on do not exist.
PRISM_CLONES static void slope_columns(
    struct tile *t, long keys, long queries, long shift, float scale) {
  for (long j = 0; j < keys; j++) {
    const float *scores = t->scores + j * BLOCK, *slopes = t->slopes + j * BLOCK;
    uint16_t *weights = t->weights + j * BLOCK, *gradients = t->gradients + j * BLOCK;
    for (long i = 0; i < BLOCK; i++) {
      int seen = shift + i >= j && i < queries;
      float p = seen ? prism_exp(scores[i] - t->lse[i]) : 0.0f;
      float slope = seen ? p * (slopes[i] - t->delta[i]) * scale : 0.0f;
      weights[i] = prism_to_bf16(p);
      gradients[i] = prism_to_bf16(slope);
    }
  }
}

static void multiply(
    const uint32_t *a, long a_row, long a_pair, const uint32_t *b, long ldb, long pairs,
    float alpha, int accumulate, float *c, long ldc, long rows, long columns) {
  struct prism_pair_product p = {
      .a = a, .a_row = a_row, .a_pair = a_pair, .b = b, .ldb = ldb, .pairs = pairs, .alpha = alpha,
      .accumulate = accumulate, .c = c, .ldc = ldc};
  prism_pair_multiply(&p, rows, columns);
}

static void backward_task(void *context, long index, int worker) {
  (void)worker;
  const struct backward *b = context;
  const prism_segment *segment = &b->segments[index / b->query_heads];
  long q = index % b->query_heads, size = b->size, columns = prism_up16(size);
  long stride = (b->query_heads + 2 * b->heads) * size, width = b->query_heads * size;
  const uint16_t *query = b->qkv + segment->row * stride + q * size;
  const uint16_t *key = b->qkv + segment->row * stride
      + (b->query_heads + q / (b->query_heads / b->heads)) * size;
  const uint16_t *value = key + b->heads * size;
  const uint16_t *dout = b->dout + segment->row * width + q * size;
  float *dq = b->dq + segment->row * width + q * size;
  float *part = b->parts + (q * b->rows + segment->row) * 2 * size;
  float scale = 1.0f / sqrtf((float)size);

  struct tile *t = prism_training_scratch(0, sizeof *t);
  uint32_t *key_pairs = prism_training_scratch(1, (segment->rows + 1) / 2 * columns * 4);
  prism_pair_rows(key, stride, segment->rows, size, NULL, 0, key_pairs, columns);
  uint32_t *query_columns = prism_training_scratch(2, 2 * size / 2 * BLOCK * 4);
  uint32_t *dout_columns = query_columns + size / 2 * BLOCK;
  uint32_t *query_pairs = prism_training_scratch(3, 2 * BLOCK / 2 * columns * 4);
  uint32_t *dout_pairs = query_pairs + BLOCK / 2 * columns;

  for (long first = 0; first < segment->rows; first += BLOCK) {
    long queries = segment->rows - first < BLOCK ? segment->rows - first : BLOCK;
    prism_pair_transpose(query + first * stride, stride, queries, size / 2, query_columns, BLOCK);
    prism_pair_transpose(dout + first * width, width, queries, size / 2, dout_columns, BLOCK);
    prism_pair_rows(query + first * stride, stride, queries, size, NULL, 0, query_pairs, columns);
    prism_pair_rows(dout + first * width, width, queries, size, NULL, 0, dout_pairs, columns);
    for (long i = 0; i < queries; i++) {
      long at = (segment->row + first + i) * b->query_heads + q;
      t->lse[i] = b->lse[at];
      t->delta[i] = b->delta[at];
    }
    for (long start = 0; start <= first; start += BLOCK) {
      long keys = segment->rows - start < BLOCK ? segment->rows - start : BLOCK;
      multiply(
          (const uint32_t *)(key + start * stride), stride / 2, 1, query_columns, BLOCK, size / 2,
          scale, 0, t->scores, BLOCK, keys, queries);
      multiply(
          (const uint32_t *)(value + start * stride), stride / 2, 1, dout_columns, BLOCK, size / 2,
          1, 0, t->slopes, BLOCK, keys, queries);
      slope_columns(t, keys, queries, first - start, scale);
      prism_pair_rows(t->gradients, BLOCK, keys, queries, NULL, 0, t->gradient_pairs, BLOCK);
      // The first block of queries that sees these keys is their own.
      int seen = start < first;
      float *keys_part = part + start * 2 * size;
      multiply(
          (const uint32_t *)t->gradients, BLOCK / 2, 1, query_pairs, columns, (queries + 1) / 2, 1,
          seen, keys_part, 2 * size, keys, size);
      multiply(
          (const uint32_t *)t->weights, BLOCK / 2, 1, dout_pairs, columns, (queries + 1) / 2, 1,
          seen, keys_part + size, 2 * size, keys, size);
      multiply(
          t->gradient_pairs, 1, BLOCK, key_pairs + start / 2 * columns, columns, (keys + 1) / 2, 1,
          start > 0, dq + first * width, width, queries, size);
    }
  }
}

void prism_train_attention_backward(
    const uint16_t *qkv, long query_heads, long heads, long head_size,
    const prism_segment *segments, long count, long rows, const float *lse, const float *delta,
    const uint16_t *dout, float *dq, float *parts) {
  struct backward b = {qkv, query_heads, heads,    head_size, rows, segments,
                       lse, delta,       dout,     dq,        parts};
  prism_parallel_for(count * query_heads, backward_task, &b);
}
