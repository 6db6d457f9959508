// Attention over a bf16 cache, read where it lies. A block holds 64 positions of one head: keys as
// [head_size/2][64][2] and values as [32][head_size][2], so that scores and sums of values are tiles of
// the product kernel. Memory grows with the context, not with its square.
#include <math.h>
#include <string.h>

#include "attention_internal.h"
#include "clones.h"
#include "prism_attention.h"
#include "prism_kernels.h"
#include "prism_matmul.h"
#include "prism_parallel.h"
#include "product_internal.h"
#include "scalar.h"

#pragma clang fp reassociate(on) contract(fast)

static uint16_t *panel(
    const prism_cache_layout *layout, long layer, int value, long head, void *block) {
  return (uint16_t *)block
         + ((layer * 2 + value) * layout->heads + head) * PRISM_BLOCK * layout->head_size;
}

// `at` is the position within the block.
PRISM_CLONES static void store_key(const float *key, long size, uint16_t *keys, long at) {
  for (long pair = 0; pair < size / 2; pair++) {
    uint32_t both =
        prism_to_bf16(key[2 * pair]) | (uint32_t)prism_to_bf16(key[2 * pair + 1]) << 16;
    memcpy(keys + pair * 2 * PRISM_BLOCK + 2 * at, &both, 4);
  }
}

// An even position clears its neighbour, which may hold what another sequence left there.
PRISM_CLONES static void store_value(const float *value, long size, uint16_t *values, long at) {
  uint32_t *row = (uint32_t *)(values + at / 2 * 2 * size);
  if (at % 2 == 0) {
    for (long i = 0; i < size; i++) row[i] = prism_to_bf16(value[i]);
  } else {
    for (long i = 0; i < size; i++) {
      row[i] = (row[i] & 0xFFFFu) | (uint32_t)prism_to_bf16(value[i]) << 16;
    }
  }
}

void prism_store_bf16(
    const prism_cache_layout *layout, long layer, const float *keys, const float *values,
    void *block, long at) {
  long size = layout->head_size;
  for (long head = 0; head < layout->heads; head++) {
    store_key(keys + head * size, size, panel(layout, layer, 0, head, block), at);
    store_value(values + head * size, size, panel(layout, layer, 1, head, block), at);
  }
}

// Scores become exp(score - largest) in bf16, zero past `valid`; returns one over their sum.
PRISM_CLONES static float weights_row(
    const float *scores, long valid, long columns, uint16_t *weights) {
  float largest = prism_largest(scores, valid);
  float sum = 0;
  for (long j = 0; j < valid; j++) {
    float weight = prism_exp(scores[j] - largest);
    sum += weight;
    weights[j] = prism_to_bf16(weight);
  }
  for (long j = valid; j < columns; j++) weights[j] = 0;
  return 1.0f / sum;
}

PRISM_CLONES static void scale_row(float *x, float factor, long count) {
  for (long i = 0; i < count; i++) x[i] *= factor;
}

// At most PRISM_TILE_ROWS query rows against one head: row i of the tile sees valid[i] positions.
// `queries` and `out` have the given strides; scores and weights are scratch of [rows, columns].
static void attend_tile(
    const prism_cache_layout *layout, long layer, long head, const prism_segment *segment,
    const uint16_t *queries, long query_stride, long rows, const long *valid, float *scores,
    uint16_t *weights, float *out, long out_stride) {
  long size = layout->head_size, longest = valid[rows - 1];
  long blocks = (longest + PRISM_BLOCK - 1) / PRISM_BLOCK, columns = blocks * PRISM_BLOCK;
  float scale = 1.0f / sqrtf((float)size), inverse[PRISM_TILE_ROWS];
  // Full tiles compute; those of a single query wait for memory, so while a block's keys are multiplied
  // its values are fetched, and then the next head's keys (after the last head: the next layer's).
  int is_fetching = rows < PRISM_TILE_ROWS;
  for (long b = 0; b < blocks; b++) {
    const uint16_t *values = panel(layout, layer, 1, head, segment->blocks[b]);
    prism_tile_bf16(
        panel(layout, layer, 0, head, segment->blocks[b]), 2 * PRISM_BLOCK, size, PRISM_BLOCK,
        queries, query_stride, rows, scores + b * PRISM_BLOCK, columns, scale, 0,
        is_fetching ? values : NULL);
  }
  for (long i = 0; i < rows; i++) {
    inverse[i] = weights_row(scores + i * columns, valid[i], columns, weights + i * columns);
  }
  long is_last = head == layout->heads - 1;
  for (long b = 0; b < blocks; b++) {
    long positions = longest - b * PRISM_BLOCK < PRISM_BLOCK ? longest - b * PRISM_BLOCK : PRISM_BLOCK;
    const uint16_t *values = panel(layout, layer, 1, head, segment->blocks[b]);
    const uint16_t *keys =
        panel(layout, layer + is_last, 0, is_last ? 0 : head + 1, segment->blocks[b]);
    for (long first = 0; first < size; first += PRISM_PANEL) {
      long width = size - first < PRISM_PANEL ? size - first : PRISM_PANEL;
      prism_tile_bf16(
          values + 2 * first, 2 * size, (positions + 1) / 2 * 2, width, weights + b * PRISM_BLOCK,
          columns, rows, out + first, out_stride, 1, b > 0, is_fetching ? keys + 2 * first : NULL);
    }
  }
  for (long i = 0; i < rows; i++) scale_row(out + i * out_stride, inverse[i], size);
}

struct attention {
  const prism_cache_layout *layout;
  long layer;
  const float *qkv;
  long stride, query_heads;
  const prism_segment *segments;
  float *out;
  uint16_t *narrow;
  // Heads of one work item of a single row: all of them where there are rows enough for every thread,
  // because their keys lie side by side in memory.
  long heads_together;
};

// Query rows of one work item, a multiple of the tile.
#define ITEM_ROWS (10 * PRISM_TILE_ROWS)

static long heads_of_item(const struct attention *a, const prism_segment *segment) {
  return segment->rows == 1 ? a->heads_together : 1;
}

static long items_of(const struct attention *a, const prism_segment *segment) {
  return (segment->rows + ITEM_ROWS - 1) / ITEM_ROWS * (a->layout->heads / heads_of_item(a, segment));
}

// Rows first..<end of one segment against one key-value head.
static void attend(
    const struct attention *a, const prism_segment *segment, long head, long first, long end) {
  long size = a->layout->head_size, group = a->query_heads / a->layout->heads;
  long columns = (segment->past + end + PRISM_BLOCK - 1) / PRISM_BLOCK * PRISM_BLOCK;
  long width = a->query_heads * size;
  float *scores = prism_scratch((size_t)(PRISM_TILE_ROWS * (columns * 3 / 2 + size)));
  uint16_t *weights = (uint16_t *)(scores + PRISM_TILE_ROWS * columns);
  uint16_t *queries = weights + PRISM_TILE_ROWS * columns;
  // One row: the heads of the group are the rows of a tile. More: the rows of each head are.
  long inner = end - first == 1 ? group : end - first, outer = end - first == 1 ? 1 : group;
  for (long o = 0; o < outer; o++) {
    for (long start = 0; start < inner; start += PRISM_TILE_ROWS) {
      long rows = inner - start < PRISM_TILE_ROWS ? inner - start : PRISM_TILE_ROWS;
      long valid[PRISM_TILE_ROWS];
      for (long i = 0; i < rows; i++) {
        long row = end - first == 1 ? first : first + start + i;
        long q = head * group + (end - first == 1 ? start + i : o);
        valid[i] = segment->past + row + 1;
        prism_narrow(a->qkv + (segment->row + row) * a->stride + q * size, queries + i * size, size);
      }
      long row = segment->row + (end - first == 1 ? first : first + start);
      long q = head * group + (end - first == 1 ? start : o);
      float *out = a->out + row * width + q * size;
      long out_stride = end - first == 1 ? size : width;
      attend_tile(
          a->layout, a->layer, head, segment, queries, size, rows, valid, scores, weights, out,
          out_stride);
      if (!a->narrow) continue;
      for (long i = 0; i < rows; i++) {
        prism_narrow(out + i * out_stride, a->narrow + (out - a->out) + i * out_stride, size);
      }
    }
  }
}

static void attention_task(void *context, long index, int worker) {
  (void)worker;
  const struct attention *a = context;
  const prism_segment *segment = a->segments;
  for (; index >= items_of(a, segment); segment++) index -= items_of(a, segment);
  long together = heads_of_item(a, segment), columns = a->layout->heads / together;
  // The last rows see the most keys: start with them, so that no thread ends on a long item.
  long blocks = (segment->rows + ITEM_ROWS - 1) / ITEM_ROWS;
  long first = (blocks - 1 - index / columns) * ITEM_ROWS;
  long end = first + ITEM_ROWS < segment->rows ? first + ITEM_ROWS : segment->rows;
  for (long i = 0; i < together; i++) {
    attend(a, segment, index % columns * together + i, first, end);
  }
}

void prism_attention_paged(
    const prism_cache_layout *layout, long layer, const float *qkv, long stride, long query_heads,
    const prism_segment *segments, long count, float *out, uint16_t *narrow) {
  if (layout->precision != PRISM_BF16) {
    prism_attention(layout, layer, qkv, stride, query_heads, segments, count, out, NULL);
    return;
  }
  long together = count >= 4 * prism_thread_count() ? layout->heads : 1;
  struct attention a = {layout, layer, qkv, stride, query_heads, segments, out, narrow, together};
  long items = 0;
  for (long s = 0; s < count; s++) items += items_of(&a, &segments[s]);
  prism_parallel_for(items, attention_task, &a);
}
