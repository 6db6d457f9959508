#include "prism_attention.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "attention_internal.h"
#include "clones.h"
#include "prism_kernels.h"
#include "prism_matmul.h"
#include "prism_parallel.h"
#include "scalar.h"

#pragma clang fp reassociate(on) contract(fast)

// Scratch of one thread, kept between calls: fresh pages for every call would cost more than the work.
float *prism_scratch(size_t count) {
  static _Thread_local float *buffer;
  static _Thread_local size_t capacity;
  if (count > capacity) {
    free(buffer);
    capacity = count + count / 2;
    if (posix_memalign((void **)&buffer, 64, capacity * sizeof(float)) != 0) abort();
  }
  return buffer;
}

// Offset, in elements, of one head's [PRISM_BLOCK, head_size] panel inside a block.
static size_t panel(const prism_cache_layout *layout, long layer, int value, long head) {
  return (size_t)(((layer * 2 + value) * layout->heads + head) * PRISM_BLOCK * layout->head_size);
}

static const void *panel_address(
    const prism_cache_layout *layout, long layer, int value, long head, const void *block) {
  size_t size = layout->precision == PRISM_BF16 ? 2 : 4;
  return (const char *)block + panel(layout, layer, value, head) * size;
}

void prism_cache_write(
    const prism_cache_layout *layout, long layer, const float *qkv, long stride, long query_heads,
    const prism_segment *segments, long count) {
  long size = layout->head_size;
  for (long s = 0; s < count; s++) {
    for (long i = 0; i < segments[s].rows; i++) {
      long position = segments[s].past + i;
      void *block = segments[s].blocks[position / PRISM_BLOCK];
      const float *row = qkv + (segments[s].row + i) * stride + query_heads * size;
      for (int value = 0; value < 2; value++) {
        for (long head = 0; head < layout->heads; head++, row += size) {
          size_t at = panel(layout, layer, value, head) + (size_t)(position % PRISM_BLOCK * size);
          if (layout->precision == PRISM_BF16) {
            prism_narrow(row, (uint16_t *)block + at, size);
          } else {
            memcpy((float *)block + at, row, (size_t)size * sizeof(float));
          }
        }
      }
    }
  }
}

// Turns row i's first `valid` scores into probabilities and the rest into zeros.
PRISM_CLONES static void softmax_row(float *scores, long valid, long columns, float *lse) {
  float largest = -INFINITY;
  for (long j = 0; j < valid; j++) largest = scores[j] > largest ? scores[j] : largest;
  float sum = 0;
  for (long j = 0; j < valid; j++) {
    scores[j] = prism_exp(scores[j] - largest);
    sum += scores[j];
  }
  float scale = 1.0f / sum;
  for (long j = 0; j < valid; j++) scores[j] *= scale;
  for (long j = valid; j < columns; j++) scores[j] = 0;
  if (lse) *lse = largest + logf(sum);
}

struct attention {
  const prism_cache_layout *layout;
  long layer;
  const float *qkv;
  long stride, query_heads;
  const prism_segment *segments;
  long count;
  float *out, *lse;
};

#define QUERY_ROWS 64

static long query_blocks(const prism_segment *segment) {
  return (segment->rows + QUERY_ROWS - 1) / QUERY_ROWS;
}

// Gathers one head's cached keys or values as fp32 [positions, head_size].
static void gather(
    const prism_cache_layout *layout, long layer, int value, long head,
    const prism_segment *segment, long positions, float *out) {
  long size = layout->head_size;
  for (long start = 0; start < positions; start += PRISM_BLOCK) {
    long rows = positions - start < PRISM_BLOCK ? positions - start : PRISM_BLOCK;
    const void *from =
        panel_address(layout, layer, value, head, segment->blocks[start / PRISM_BLOCK]);
    if (layout->precision == PRISM_BF16) {
      prism_widen(from, out + start * size, rows * size);
    } else {
      memcpy(out + start * size, from, (size_t)(rows * size) * sizeof(float));
    }
  }
}

// Rows first..<last of one segment against one key-value head, as three products per query head.
static void attend_block(struct attention *a, const prism_segment *segment, long head, long first) {
  long size = a->layout->head_size, group = a->query_heads / a->layout->heads;
  long rows = segment->rows - first < QUERY_ROWS ? segment->rows - first : QUERY_ROWS;
  long columns = segment->past + first + rows;
  float *scores = prism_scratch((size_t)(columns * (QUERY_ROWS + 2 * size)));
  const float *keys, *values;
  long ld;
  if (segment->blocks) {
    float *gathered = scores + QUERY_ROWS * columns;
    gather(a->layout, a->layer, 0, head, segment, columns, gathered);
    gather(a->layout, a->layer, 1, head, segment, columns, gathered + columns * size);
    keys = gathered;
    values = gathered + columns * size;
    ld = size;
  } else {
    keys = a->qkv + segment->row * a->stride + (a->query_heads + head) * size;
    values = keys + a->layout->heads * size;
    ld = a->stride;
  }
  float scale = 1.0f / sqrtf((float)size);
  for (long g = 0; g < group; g++) {
    long q = head * group + g, row = segment->row + first;
    const float *query = a->qkv + row * a->stride + q * size;
    float *out = a->out + row * a->query_heads * size + q * size;
    prism_sgemm(0, 1, rows, columns, size, scale, query, a->stride, keys, ld, 0, scores, columns);
    for (long i = 0; i < rows; i++) {
      float *lse = a->lse ? a->lse + (row + i) * a->query_heads + q : NULL;
      softmax_row(scores + i * columns, segment->past + first + i + 1, columns, lse);
    }
    prism_sgemm(
        0, 0, rows, size, columns, 1, scores, columns, values, ld, 0, out, a->query_heads * size);
  }
}

// One new row: every key and value is read once, for all query heads of the group.
PRISM_CLONES static void decode_narrow(
    const struct attention *a, const prism_segment *segment, long head, float *scores, float *wide) {
  long size = a->layout->head_size, group = a->query_heads / a->layout->heads;
  long positions = segment->past + 1;
  const float *query = a->qkv + segment->row * a->stride + head * group * size;
  float *out = a->out + segment->row * a->query_heads * size + head * group * size;
  float scale = 1.0f / sqrtf((float)size);
  for (long p = 0; p < positions; p++) {
    const uint16_t *key =
        (const uint16_t *)panel_address(a->layout, a->layer, 0, head, segment->blocks[p / PRISM_BLOCK])
        + p % PRISM_BLOCK * size;
    for (long i = 0; i < size; i++) wide[i] = prism_from_bf16(key[i]);
    for (long g = 0; g < group; g++) {
      float sum = 0;
      for (long i = 0; i < size; i++) sum += query[g * size + i] * wide[i];
      scores[g * positions + p] = sum * scale;
    }
  }
  for (long g = 0; g < group; g++) softmax_row(scores + g * positions, positions, positions, NULL);
  for (long i = 0; i < group * size; i++) out[i] = 0;
  for (long p = 0; p < positions; p++) {
    const uint16_t *value =
        (const uint16_t *)panel_address(a->layout, a->layer, 1, head, segment->blocks[p / PRISM_BLOCK])
        + p % PRISM_BLOCK * size;
    for (long i = 0; i < size; i++) wide[i] = prism_from_bf16(value[i]);
    for (long g = 0; g < group; g++) {
      float weight = scores[g * positions + p];
      for (long i = 0; i < size; i++) out[g * size + i] += weight * wide[i];
    }
  }
}

static void attention_task(void *context, long index, int worker) {
  (void)worker;
  struct attention *a = context;
  const prism_segment *segment = a->segments;
  for (; index >= query_blocks(segment) * a->layout->heads; segment++) {
    index -= query_blocks(segment) * a->layout->heads;
  }
  long head = index % a->layout->heads, block = index / a->layout->heads;
  if (segment->rows == 1 && segment->blocks && a->layout->precision == PRISM_BF16 && !a->lse) {
    long group = a->query_heads / a->layout->heads;
    float *scores = prism_scratch((size_t)((segment->past + 1) * group + a->layout->head_size));
    decode_narrow(a, segment, head, scores, scores + (segment->past + 1) * group);
  } else {
    // The last rows see the most keys: start with them, so that no thread ends on a long item.
    attend_block(a, segment, head, (query_blocks(segment) - 1 - block) * QUERY_ROWS);
  }
}

void prism_attention(
    const prism_cache_layout *layout, long layer, const float *qkv, long stride, long query_heads,
    const prism_segment *segments, long count, float *out, float *lse) {
  struct attention a = {layout, layer, qkv, stride, query_heads, segments, count, out, lse};
  long items = 0;
  for (long s = 0; s < count; s++) items += query_blocks(&segments[s]) * layout->heads;
  prism_parallel_for(items, attention_task, &a);
}
