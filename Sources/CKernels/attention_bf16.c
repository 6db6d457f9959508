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
#include "scratch.h"

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

PRISM_CLONES static void scale_row(float *x, float factor, long count) {
  for (long i = 0; i < count; i++) x[i] *= factor;
}

// Query rows that attend together: `rows` of each of `heads` key-value heads, a head's after another's.
struct group {
  const prism_cache_layout *layout;
  const prism_segment *segment;
  long layer, head, heads, rows;
  // Row i of every head sees visible + i * step positions.
  long visible, step;
  // Scratch: queries [heads * rows, size], scores and weights [heads * rows, columns], and one over each
  // row's sum of weights.
  uint16_t *queries, *weights;
  float *scores, *inverse;
  long columns;
  float *out;
  long out_stride;
  // Few rows wait for memory: while one block of a head is multiplied, the next is fetched.
  int is_fetching;
};

static const uint16_t *panel_of(const struct group *g, int value, long head, long block) {
  return panel(g->layout, g->layer, value, g->head + head, g->segment->blocks[block]);
}

// What is read after a head's block: the heads of a block lie side by side, values are read after all keys.
static const uint16_t *panel_after(
    const struct group *g, int value, long head, long block, long blocks) {
  if (!g->is_fetching) return NULL;
  if (head + 1 < g->heads) return panel_of(g, value, head + 1, block);
  if (block + 1 < blocks) return panel_of(g, value, 0, block + 1);
  return value ? NULL : panel_of(g, 1, 0, 0);
}

// Scores of one block of keys; only columns that somebody sees are read.
static void score_block(const struct group *g, long block, long blocks, long positions) {
  long size = g->layout->head_size, columns = (positions + 15) / 16 * 16;
  float scale = 1.0f / sqrtf((float)size);
  for (long head = 0; head < g->heads; head++) {
    const uint16_t *next = panel_after(g, 0, head, block, blocks);
    for (long i = 0; i < g->rows; i += PRISM_TILE_ROWS, next = NULL) {
      long rows = g->rows - i < PRISM_TILE_ROWS ? g->rows - i : PRISM_TILE_ROWS;
      long first = head * g->rows + i;
      prism_tile_bf16(
          panel_of(g, 0, head, block), 2 * PRISM_BLOCK, size, columns, g->queries + first * size,
          size, rows, g->scores + first * g->columns + block * PRISM_BLOCK, g->columns, scale, 0,
          next);
    }
  }
}

static void sum_block(const struct group *g, long block, long blocks, long positions) {
  long size = g->layout->head_size, pairs = (positions + 1) / 2 * 2;
  for (long head = 0; head < g->heads; head++) {
    const uint16_t *values = panel_of(g, 1, head, block);
    const uint16_t *next = panel_after(g, 1, head, block, blocks);
    for (long i = 0; i < g->rows; i += PRISM_TILE_ROWS, next = NULL) {
      long rows = g->rows - i < PRISM_TILE_ROWS ? g->rows - i : PRISM_TILE_ROWS;
      long first = head * g->rows + i;
      for (long column = 0; column < size; column += PRISM_PANEL) {
        long width = size - column < PRISM_PANEL ? size - column : PRISM_PANEL;
        prism_tile_bf16(
            values + 2 * column, 2 * size, pairs, width,
            g->weights + first * g->columns + block * PRISM_BLOCK, g->columns, rows,
            g->out + first * g->out_stride + column, g->out_stride, 1, block > 0,
            next ? next + 2 * column : NULL);
      }
    }
  }
}

static void attend_group(const struct group *g) {
  long size = g->layout->head_size, count = g->heads * g->rows;
  long longest = g->visible + (g->rows - 1) * g->step;
  long blocks = (longest + PRISM_BLOCK - 1) / PRISM_BLOCK;
  long last = longest - (blocks - 1) * PRISM_BLOCK;
  for (long b = 0; b < blocks; b++) {
    score_block(g, b, blocks, b + 1 < blocks ? PRISM_BLOCK : last);
  }
  for (long i = 0; i < count; i++) {
    g->inverse[i] = prism_attention_weights(
        g->scores + i * g->columns, g->visible + i % g->rows * g->step, blocks * PRISM_BLOCK,
        g->weights + i * g->columns);
  }
  for (long b = 0; b < blocks; b++) {
    sum_block(g, b, blocks, b + 1 < blocks ? PRISM_BLOCK : last);
  }
  for (long i = 0; i < count; i++) scale_row(g->out + i * g->out_stride, g->inverse[i], size);
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

// A group with scratch for `rows` query rows of each head and positions up to `end`.
static struct group group_for(
    const struct attention *a, const prism_segment *segment, long head, long heads, long rows,
    long end) {
  long size = a->layout->head_size, count = heads * rows;
  long columns = (end + PRISM_BLOCK - 1) / PRISM_BLOCK * PRISM_BLOCK;
  float *scores = prism_scratch((size_t)(count * (columns * 3 / 2 + size / 2 + 1)));
  float *inverse = scores + count * columns;
  uint16_t *weights = (uint16_t *)(inverse + count);
  return (struct group){
      .layout = a->layout, .segment = segment, .layer = a->layer, .head = head, .heads = heads,
      .scores = scores, .inverse = inverse, .weights = weights,
      .queries = weights + count * columns, .columns = columns};
}

// The row of a segment that has only one: heads in a row, the query heads that share one as its rows.
static void attend_row(
    const struct attention *a, const prism_segment *segment, long head, long heads) {
  long size = a->layout->head_size, shared = a->query_heads / a->layout->heads;
  struct group g = group_for(a, segment, head, heads, shared, segment->past + 1);
  long first = head * shared * size, count = heads * shared * size;
  long place = segment->row * a->query_heads * size + first;
  prism_narrow(a->qkv + segment->row * a->stride + first, g.queries, count);
  g.rows = shared;
  g.visible = segment->past + 1;
  g.out = a->out + place;
  g.out_stride = size;
  g.is_fetching = 1;
  attend_group(&g);
  if (a->narrow) prism_narrow(g.out, a->narrow + place, count);
}

// Rows first..<end of a segment against one key-value head.
static void attend_rows(
    const struct attention *a, const prism_segment *segment, long head, long first, long end) {
  long size = a->layout->head_size, shared = a->query_heads / a->layout->heads;
  long width = a->query_heads * size;
  struct group g = group_for(a, segment, head, 1, PRISM_TILE_ROWS, segment->past + end);
  g.step = 1;
  g.out_stride = width;
  for (long query = head * shared; query < (head + 1) * shared; query++) {
    for (long start = first; start < end; start += PRISM_TILE_ROWS) {
      g.rows = end - start < PRISM_TILE_ROWS ? end - start : PRISM_TILE_ROWS;
      g.visible = segment->past + start + 1;
      g.is_fetching = g.rows < PRISM_TILE_ROWS;
      const float *queries = a->qkv + (segment->row + start) * a->stride + query * size;
      for (long i = 0; i < g.rows; i++) {
        prism_narrow(queries + i * a->stride, g.queries + i * size, size);
      }
      long place = (segment->row + start) * width + query * size;
      g.out = a->out + place;
      attend_group(&g);
      for (long i = 0; a->narrow && i < g.rows; i++) {
        prism_narrow(g.out + i * width, a->narrow + place + i * width, size);
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
  if (segment->rows == 1) {
    attend_row(a, segment, index * together, together);
    return;
  }
  // The last rows see the most keys: start with them, so that no thread ends on a long item.
  long blocks = (segment->rows + ITEM_ROWS - 1) / ITEM_ROWS;
  long first = (blocks - 1 - index / columns) * ITEM_ROWS;
  long end = first + ITEM_ROWS < segment->rows ? first + ITEM_ROWS : segment->rows;
  attend_rows(a, segment, index % columns, first, end);
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
