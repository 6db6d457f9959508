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
#include "scratch.h"

#pragma clang fp reassociate(on) contract(fast)

// Offset, in elements, of one head's [PRISM_BLOCK, head_size] panel inside a block.
static size_t panel(const prism_cache_layout *layout, long layer, int value, long head) {
  return (size_t)(((layer * 2 + value) * layout->heads + head) * PRISM_BLOCK * layout->head_size);
}

static const float *panel_address(
    const prism_cache_layout *layout, long layer, int value, long head, const void *block) {
  return (const float *)block + panel(layout, layer, value, head);
}

// Rotates (when there is a table) and stores the rows of one segment that fall into one block: no two
// items write the same memory.
struct store {
  const prism_cache_layout *layout;
  long layer;
  float *qkv;
  long stride, query_heads;
  const prism_segment *segments;
  const float *table;
};

static long blocks_touched(const prism_segment *segment) {
  return (segment->past + segment->rows + PRISM_BLOCK - 1) / PRISM_BLOCK - segment->past / PRISM_BLOCK;
}

static void store_task(void *context, long index, int worker) {
  (void)worker;
  const struct store *s = context;
  const prism_segment *segment = s->segments;
  long size = s->layout->head_size, heads = s->layout->heads;
  for (; index >= blocks_touched(segment); segment++) index -= blocks_touched(segment);
  long block = segment->past / PRISM_BLOCK + index;
  long first = block * PRISM_BLOCK > segment->past ? block * PRISM_BLOCK : segment->past;
  long end = segment->past + segment->rows;
  if (end > (block + 1) * PRISM_BLOCK) end = (block + 1) * PRISM_BLOCK;
  for (long position = first; position < end; position++) {
    float *row = s->qkv + (segment->row + position - segment->past) * s->stride;
    if (s->table) {
      int32_t place = (int32_t)position;
      prism_rope(row, s->stride, &place, s->table, 1, s->query_heads + heads, size, 1);
    }
    const float *keys = row + s->query_heads * size, *values = keys + heads * size;
    long at = position % PRISM_BLOCK;
    if (s->layout->precision == PRISM_BF16) {
      prism_store_bf16(s->layout, s->layer, keys, values, segment->blocks[block], at);
      continue;
    }
    for (long head = 0; head < heads; head++) {
      float *base = (float *)segment->blocks[block];
      size_t bytes = (size_t)size * sizeof(float);
      memcpy(base + panel(s->layout, s->layer, 0, head) + at * size, keys + head * size, bytes);
      memcpy(base + panel(s->layout, s->layer, 1, head) + at * size, values + head * size, bytes);
    }
  }
}

void prism_rotate_and_store(
    const prism_cache_layout *layout, long layer, float *qkv, long stride, long query_heads,
    const prism_segment *segments, long count, const float *table) {
  struct store s = {layout, layer, qkv, stride, query_heads, segments, table};
  long items = 0;
  for (long i = 0; i < count; i++) items += blocks_touched(&segments[i]);
  prism_parallel_for(items, store_task, &s);
}

// Turns row i's first `valid` scores into probabilities and the rest into zeros.
PRISM_CLONES static void softmax_row(float *scores, long valid, long columns, float *lse) {
  float largest = prism_largest(scores, valid);
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
    const float *from =
        panel_address(layout, layer, value, head, segment->blocks[start / PRISM_BLOCK]);
    memcpy(out + start * size, from, (size_t)(rows * size) * sizeof(float));
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

static void attention_task(void *context, long index, int worker) {
  (void)worker;
  struct attention *a = context;
  const prism_segment *segment = a->segments;
  for (; index >= query_blocks(segment) * a->layout->heads; segment++) {
    index -= query_blocks(segment) * a->layout->heads;
  }
  long head = index % a->layout->heads, block = index / a->layout->heads;
  // The last rows see the most keys: start with them, so that no thread ends on a long item.
  attend_block(a, segment, head, (query_blocks(segment) - 1 - block) * QUERY_ROWS);
}

void prism_attention(
    const prism_cache_layout *layout, long layer, const float *qkv, long stride, long query_heads,
    const prism_segment *segments, long count, float *out, float *lse) {
  struct attention a = {layout, layer, qkv, stride, query_heads, segments, count, out, lse};
  long items = 0;
  for (long s = 0; s < count; s++) items += query_blocks(&segments[s]) * layout->heads;
  prism_parallel_for(items, attention_task, &a);
}
