#include "training_adapter.h"

#include <string.h>

#include "prism_parallel.h"
#include "scalar.h"
#include "training_product.h"

static long output_sum(const prism_adapter_group *g) {
  long sum = 0;
  for (long i = 0; i < g->count; i++) sum += g->outputs[i];
  return sum;
}

long prism_adapter_units(const prism_adapter_group *g) {
  long ranks = g->count * g->rank;
  long units = g->inputs / 2 * prism_up16(ranks) + ranks / 2 * prism_up16(g->inputs);
  for (long i = 0; i < g->count; i++) {
    units += g->rank / 2 * prism_up16(g->outputs[i]) + g->outputs[i] / 2 * prism_up16(g->rank);
  }
  return units;
}

void prism_adapter_place(prism_adapter_group *g, uint32_t *memory) {
  long ranks = g->count * g->rank;
  g->a_low = memory;
  memory += g->inputs / 2 * prism_up16(ranks);
  g->a_up = memory;
  memory += ranks / 2 * prism_up16(g->inputs);
  for (long i = 0; i < g->count; i++) {
    g->b_up[i] = memory;
    memory += g->rank / 2 * prism_up16(g->outputs[i]);
    g->b_low[i] = memory;
    memory += g->outputs[i] / 2 * prism_up16(g->rank);
  }
}

PRISM_INLINE uint32_t unit(float low, float high) {
  return prism_to_bf16(low) | (uint32_t)prism_to_bf16(high) << 16;
}

void prism_adapter_pack(
    const prism_adapter_group *g, long true_rank, const float *a, const float *const *b,
    float scale) {
  long ranks = g->count * g->rank, low = prism_up16(ranks), high = prism_up16(g->inputs);
  for (long p = 0; p < g->count; p++) {
    for (long r = 0; r < g->rank; r += 2) {
      // A padded rank has rows and columns of zeros.
      const float *even = a + (p * true_rank + r) * g->inputs;
      int has_odd = r + 1 < true_rank;
      uint32_t *up = g->a_up + (p * g->rank + r) / 2 * high;
      uint32_t *down = g->a_low + p * g->rank + r;
      for (long i = 0; i < g->inputs; i++) up[i] = unit(even[i], has_odd ? even[g->inputs + i] : 0);
      for (long i = 0; i < g->inputs; i += 2) {
        uint32_t first = up[i], second = up[i + 1];
        down[i / 2 * low] = (first & 0xFFFFu) | second << 16;
        down[i / 2 * low + 1] = first >> 16 | (second & 0xFFFF0000u);
      }
    }
    long outputs = g->outputs[p], wide = prism_up16(outputs), narrow = prism_up16(g->rank);
    for (long n = 0; n < outputs; n += 2) {
      const float *even = b[p] + n * true_rank, *odd = even + true_rank;
      uint32_t *down = g->b_low[p] + n / 2 * narrow;
      for (long r = 0; r < true_rank; r++) down[r] = unit(scale * even[r], scale * odd[r]);
      for (long r = 0; r < g->rank; r += 2) {
        uint32_t first = down[r], second = r + 1 < true_rank ? down[r + 1] : 0;
        uint32_t *up = g->b_up[p] + r / 2 * wide + n;
        up[0] = (first & 0xFFFFu) | second << 16;
        up[1] = first >> 16 | (second & 0xFFFF0000u);
      }
    }
  }
}

// Narrows [rows, width] into both forms of `low`.
PRISM_CLONES static void store_low(
    const float *values, long stride, long width, long first, long rows, const prism_low *low) {
  for (long row = 0; row < rows; row++) {
    uint32_t *wide = low->wide + (first + row) * (width / 2);
    const float *from = values + row * stride;
    for (long i = 0; i < width / 2; i++) wide[i] = unit(from[2 * i], from[2 * i + 1]);
  }
  long tall_stride = prism_up16(width);
  for (long row = 0; row < rows; row += 2) {
    uint32_t *tall = low->tall + (first + row) / 2 * tall_stride;
    const float *even = values + row * stride, *odd = even + stride;
    if (row + 1 < rows) {
      for (long i = 0; i < width; i++) tall[i] = unit(even[i], odd[i]);
    } else {
      for (long i = 0; i < width; i++) tall[i] = unit(even[i], 0);
    }
  }
}

// The hash of prism_dropout, one bit an element.
PRISM_CLONES static void draw_row(
    const prism_mask *mask, long first, long columns, uint16_t *bits) {
  uint32_t limit = (uint32_t)(mask->rate * 16777216.0f);
  uint64_t seed = mask->seed;
  seed = (seed ^ (seed >> 30)) * 0xBF58476D1CE4E5B9u;
  seed = (seed ^ (seed >> 27)) * 0x94D049BB133111EBu;
  seed ^= seed >> 31;
  uint32_t low = (uint32_t)seed, high = (uint32_t)(seed >> 32);
  for (long start = 0; start < columns; start += 16) {
    uint32_t word = 0;
    for (long i = 0; i < 16; i++) {
      uint32_t h = (uint32_t)(first + start + i) * 0x9E3779B9u ^ low;
      h = (h ^ (h >> 16)) * 0x21F0AAADu;
      h = (h ^ (h >> 15)) * 0x735A2D97u + high;
      h = (h ^ (h >> 15)) * 0x21F0AAADu;
      h ^= h >> 15;
      word |= (uint32_t)((h >> 8) >= limit) << i;
    }
    bits[start / 16] = (uint16_t)word;
  }
}

PRISM_CLONES static void keep_row(
    const uint16_t *x, const uint16_t *bits, long columns, uint16_t *out) {
  for (long start = 0; start < columns; start += 16) {
    uint32_t word = bits[start / 16];
    long width = columns - start < 16 ? columns - start : 16;
    for (long i = 0; i < width; i++) out[start + i] = x[start + i] & (uint16_t)(0u - (word >> i & 1u));
  }
}

void prism_adapter_down(
    const prism_stage_product *product, const uint16_t *x, long first, long rows) {
  const prism_adapter_group *g = product->group;
  long inputs = g->inputs, width = g->count * g->rank, stride = prism_up16(width);
  x += first * inputs;
  if (product->mask.bits) {
    long words = prism_up16(inputs) / 16;
    uint16_t *kept = prism_training_scratch(0, rows * inputs * 2);
    for (long row = 0; row < rows; row++) {
      uint16_t *bits = product->mask.bits + (first + row) * words;
      draw_row(&product->mask, (first + row) * inputs, inputs, bits);
      keep_row(x + row * inputs, bits, inputs, kept + row * inputs);
    }
    x = kept;
  }
  float *values = prism_training_scratch(1, rows * stride * 4);
  struct prism_pair_product p = {
      .a = (const uint32_t *)x, .a_row = inputs / 2, .a_pair = 1, .b = g->a_low, .ldb = stride,
      .pairs = inputs / 2, .alpha = product->mask.factor, .c = values, .ldc = stride};
  prism_pair_multiply(&p, rows, width);
  store_low(values, stride, width, first, rows, &product->low);
}

void prism_adapter_down_back(
    const prism_stage_product *product, const uint16_t *dy, long first, long rows) {
  const prism_adapter_group *g = product->group;
  long outputs = output_sum(g), width = g->count * g->rank, stride = prism_up16(width);
  float *values = prism_training_scratch(1, rows * stride * 4);
  dy += first * outputs;
  for (long i = 0; i < g->count; i++) {
    struct prism_pair_product p = {
        .a = (const uint32_t *)dy, .a_row = outputs / 2, .a_pair = 1, .b = g->b_low[i],
        .ldb = prism_up16(g->rank), .pairs = g->outputs[i] / 2, .alpha = 1,
        .c = values + i * g->rank, .ldc = stride};
    prism_pair_multiply(&p, rows, g->rank);
    dy += g->outputs[i];
  }
  store_low(values, stride, width, first, rows, &product->low);
}

void prism_adapter_up(const prism_stage_product *product, float *y, long first, long rows) {
  const prism_adapter_group *g = product->group;
  long outputs = output_sum(g), units = g->count * g->rank / 2;
  y += first * outputs;
  for (long i = 0; i < g->count; i++) {
    struct prism_pair_product p = {
        .a = product->low.wide + first * units + i * g->rank / 2, .a_row = units, .a_pair = 1,
        .b = g->b_up[i], .ldb = prism_up16(g->outputs[i]), .pairs = g->rank / 2, .alpha = 1,
        .accumulate = 1, .c = y, .ldc = outputs};
    prism_pair_multiply(&p, rows, g->outputs[i]);
    y += g->outputs[i];
  }
}

void prism_adapter_up_back(const prism_stage_product *product, float *dx, long first, long rows) {
  const prism_adapter_group *g = product->group;
  long units = g->count * g->rank / 2, words = prism_up16(g->inputs) / 16;
  struct prism_pair_product p = {
      .a = product->low.wide + first * units, .a_row = units, .a_pair = 1, .b = g->a_up,
      .ldb = prism_up16(g->inputs), .pairs = units, .alpha = product->mask.factor, .accumulate = 1,
      .c = dx + first * g->inputs, .ldc = g->inputs,
      .keep = product->mask.bits ? product->mask.bits + first * words : NULL, .keep_stride = words};
  prism_pair_multiply(&p, rows, g->inputs);
}

#define OUTER_COLUMNS 64
#define OUTER_ROWS 256

struct outer {
  const prism_adapter_group *group;
  long true_rank, rows;
  const uint16_t *x;
  const prism_mask *mask;
  const uint16_t *dy;
  const prism_low *low, *dlow;
  float scale;
  float *da, *const *db;
};

static long blocks(long columns) { return (columns + OUTER_COLUMNS - 1) / OUTER_COLUMNS; }

// dA[:, columns] += dlow^T x.
static void outer_a(const struct outer *o, long column) {
  const prism_adapter_group *g = o->group;
  long width = g->inputs - column < OUTER_COLUMNS ? g->inputs - column : OUTER_COLUMNS;
  long stride = prism_up16(g->count * g->rank), words = prism_up16(g->inputs) / 16;
  uint32_t *panel = prism_training_scratch(2, OUTER_ROWS / 2 * OUTER_COLUMNS * 4);
  for (long first = 0; first < o->rows; first += OUTER_ROWS) {
    long rows = o->rows - first < OUTER_ROWS ? o->rows - first : OUTER_ROWS;
    prism_pair_rows(
        o->x + first * g->inputs + column, g->inputs, rows, width,
        o->mask->bits ? o->mask->bits + first * words + column / 16 : NULL, words, panel,
        OUTER_COLUMNS);
    for (long i = 0; i < g->count; i++) {
      struct prism_pair_product p = {
          .a = o->dlow->tall + first / 2 * stride + i * g->rank, .a_row = 1, .a_pair = stride,
          .b = panel, .ldb = OUTER_COLUMNS, .pairs = (rows + 1) / 2, .alpha = o->mask->factor,
          .accumulate = 1, .c = o->da + i * o->true_rank * g->inputs + column, .ldc = g->inputs};
      prism_pair_multiply(&p, o->true_rank, width);
    }
  }
}

// dB[columns, :] += scale dy^T low.
static void outer_b(const struct outer *o, long i, long offset, long column) {
  const prism_adapter_group *g = o->group;
  long width = g->outputs[i] - column < OUTER_COLUMNS ? g->outputs[i] - column : OUTER_COLUMNS;
  long stride = prism_up16(g->count * g->rank), outputs = output_sum(g);
  uint32_t *panel = prism_training_scratch(2, OUTER_ROWS / 2 * OUTER_COLUMNS * 4);
  for (long first = 0; first < o->rows; first += OUTER_ROWS) {
    long rows = o->rows - first < OUTER_ROWS ? o->rows - first : OUTER_ROWS;
    prism_pair_rows(
        o->dy + first * outputs + offset + column, outputs, rows, width, NULL, 0, panel,
        OUTER_COLUMNS);
    struct prism_pair_product p = {
        .a = panel, .a_row = 1, .a_pair = OUTER_COLUMNS,
        .b = o->low->tall + first / 2 * stride + i * g->rank, .ldb = stride,
        .pairs = (rows + 1) / 2, .alpha = o->scale, .accumulate = 1,
        .c = o->db[i] + column * o->true_rank, .ldc = o->true_rank};
    prism_pair_multiply(&p, width, o->true_rank);
  }
}

static void outer_task(void *context, long index, int worker) {
  (void)worker;
  const struct outer *o = context;
  const prism_adapter_group *g = o->group;
  if (index < blocks(g->inputs)) {
    outer_a(o, index * OUTER_COLUMNS);
    return;
  }
  index -= blocks(g->inputs);
  long i = 0, offset = 0;
  for (; index >= blocks(g->outputs[i]); i++) {
    index -= blocks(g->outputs[i]);
    offset += g->outputs[i];
  }
  outer_b(o, i, offset, index * OUTER_COLUMNS);
}

void prism_adapter_gradient(
    const prism_adapter_group *group, long true_rank, long rows, const uint16_t *x,
    const prism_mask *mask, const uint16_t *dy, const prism_low *low, const prism_low *dlow,
    float scale, float *da, float *const *db) {
  struct outer o = {group, true_rank, rows, x, mask, dy, low, dlow, scale, da, db};
  long count = blocks(group->inputs);
  for (long i = 0; i < group->count; i++) count += blocks(group->outputs[i]);
  prism_parallel_for(count, outer_task, &o);
}
