// Gradient of causal grouped-query attention, one (sequence, key-value head) at a time:
//   P = exp(S - lse), dV = P^T dO, dP = dO V^T, dS = P (dP - rowsum(dO O)), dQ = dS K, dK = dS^T Q.
#include <math.h>
#include <string.h>

#include "clones.h"
#include "prism_attention.h"
#include "prism_kernels.h"
#include "prism_matmul.h"
#include "prism_parallel.h"
#include "scalar.h"
#include "scratch.h"

#pragma clang fp reassociate(on) contract(fast)

struct backward {
  const prism_cache_layout *layout;
  const float *qkv;
  long stride, query_heads;
  const prism_segment *segments;
  const float *out, *lse, *dout;
  float *dqkv;
};

#define QUERY_ROWS 64

// scores become P, slopes (dP) become dS = P (dP - delta) scale; columns past `valid` become zero.
PRISM_CLONES static void slope_row(
    float *scores, float *slopes, long valid, long columns, float lse, float delta, float scale) {
  for (long j = 0; j < valid; j++) {
    float p = prism_exp(scores[j] - lse);
    scores[j] = p;
    slopes[j] = p * (slopes[j] - delta) * scale;
  }
  for (long j = valid; j < columns; j++) {
    scores[j] = 0;
    slopes[j] = 0;
  }
}

static void backward_task(void *context, long index, int worker) {
  (void)worker;
  struct backward *b = context;
  long heads = b->layout->heads, size = b->layout->head_size, group = b->query_heads / heads;
  const prism_segment *segment = &b->segments[index / heads];
  long head = index % heads, stride = b->stride, width = b->query_heads * size;
  const float *keys = b->qkv + segment->row * stride + (b->query_heads + head) * size;
  const float *values = keys + heads * size;
  float *dkeys = b->dqkv + segment->row * stride + (b->query_heads + head) * size;
  float *dvalues = dkeys + heads * size;
  for (long i = 0; i < segment->rows; i++) {
    memset(dkeys + i * stride, 0, (size_t)size * sizeof(float));
    memset(dvalues + i * stride, 0, (size_t)size * sizeof(float));
  }
  float scale = 1.0f / sqrtf((float)size);
  float *scores = prism_scratch((size_t)(2 * QUERY_ROWS * segment->rows));
  float *slopes = scores + QUERY_ROWS * segment->rows;
  for (long first = 0; first < segment->rows; first += QUERY_ROWS) {
    long rows = segment->rows - first < QUERY_ROWS ? segment->rows - first : QUERY_ROWS;
    long columns = first + rows, row = segment->row + first;
    for (long g = 0; g < group; g++) {
      long q = head * group + g;
      const float *query = b->qkv + row * stride + q * size;
      const float *dout = b->dout + row * width + q * size;
      const float *out = b->out + row * width + q * size;
      prism_sgemm(0, 1, rows, columns, size, scale, query, stride, keys, stride, 0, scores, columns);
      prism_sgemm(0, 1, rows, columns, size, 1, dout, width, values, stride, 0, slopes, columns);
      for (long i = 0; i < rows; i++) {
        slope_row(
            scores + i * columns, slopes + i * columns, first + i + 1, columns,
            b->lse[(row + i) * b->query_heads + q],
            prism_dot(dout + i * width, out + i * width, size), scale);
      }
      prism_sgemm(1, 0, columns, size, rows, 1, scores, columns, dout, width, 1, dvalues, stride);
      prism_sgemm(
          0, 0, rows, size, columns, 1, slopes, columns, keys, stride, 0,
          b->dqkv + row * stride + q * size, stride);
      prism_sgemm(1, 0, columns, size, rows, 1, slopes, columns, query, stride, 1, dkeys, stride);
    }
  }
}

void prism_attention_backward(
    const prism_cache_layout *layout, const float *qkv, long stride, long query_heads,
    const prism_segment *segments, long count, const float *out, const float *lse,
    const float *dout, float *dqkv) {
  struct backward b = {layout, qkv, stride, query_heads, segments, out, lse, dout, dqkv};
  prism_parallel_for(count * layout->heads, backward_task, &b);
}
