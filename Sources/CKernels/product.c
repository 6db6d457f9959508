// Shares the columns of a product among the team: each thread reads its own weights, once.
#include "product_internal.h"

#include <stdlib.h>

#include "prism_parallel.h"

struct product {
  const uint16_t *weights;
  const struct prism_int8 *eight;
  long panel_stride, k, n, x_stride, y_stride, rows, parts, unit;
  const void *x;
  const float *x_scales;
  float *y;
  float scale;
  int accumulate;
};

static void product_task(void *context, long part, int worker) {
  (void)worker;
  const struct product *p = context;
  long units = (p->n + p->unit - 1) / p->unit;
  long first = units * part / p->parts * p->unit;
  long last = units * (part + 1) / p->parts * p->unit;
  if (last > p->n) last = p->n;
  if (first >= last) return;
  if (!p->eight) {
    prism_product_bf16(
        p->weights, p->panel_stride, p->k, p->x, p->x_stride, p->rows, p->y, p->y_stride, first,
        last, p->scale, p->accumulate);
  } else if (p->unit < PRISM_PANEL) {
    prism_product_int8_fast(
        p->eight, p->x, p->x_scales, p->rows, p->y, first, last, p->accumulate);
  } else {
    prism_product_int8_plain(
        p->eight, p->x, p->x_scales, p->rows, p->y, first, last, p->accumulate);
  }
}

// Below this many multiply-adds waking the team costs more than it saves.
#define ALONE 40000

static void run(struct product *p) {
  p->parts = (double)p->rows * (double)p->k * (double)p->n < ALONE ? 1 : prism_thread_count();
  prism_parallel_for(p->parts, product_task, p);
}

void prism_run_bf16(
    const uint16_t *weights, long panel_stride, long k, long n, const uint16_t *x, long x_stride,
    long rows, float *y, long y_stride, float scale, int accumulate) {
  struct product p = {
      .weights = weights, .panel_stride = panel_stride, .k = k, .n = n, .x = x,
      .x_stride = x_stride, .rows = rows, .y = y, .y_stride = y_stride, .scale = scale,
      .accumulate = accumulate, .unit = PRISM_PANEL / 2};
  run(&p);
}

// Integer rows of the calling thread, kept between calls.
static void *integer_scratch(size_t bytes) {
  static _Thread_local void *buffer;
  static _Thread_local size_t capacity;
  if (bytes > capacity) {
    free(buffer);
    capacity = bytes + bytes / 2;
    if (posix_memalign(&buffer, 64, capacity) != 0) {
      buffer = NULL;
      capacity = 0;
    }
  }
  return buffer;
}

int prism_run_int8(
    const struct prism_int8 *weights, const uint16_t *x, long rows, float *y, int accumulate) {
  long padded = (weights->k + 1) / 2 * 2, groups = prism_int8_groups(weights->k);
  size_t scales_at = ((size_t)(rows * padded) * sizeof(int16_t) + 63) / 64 * 64;
  char *memory = integer_scratch(scales_at + (size_t)(rows * groups) * sizeof(float));
  if (!memory) return 0;
  int16_t *integers = (int16_t *)memory;
  float *scales = (float *)(memory + scales_at);
  prism_int8_quantize(x, weights->k, rows, integers, scales);
  struct product p = {
      .eight = weights, .k = weights->k, .n = weights->n, .x = integers, .x_scales = scales,
      .rows = rows, .y = y, .accumulate = accumulate,
      .unit = prism_has_int8_product() ? PRISM_PANEL / 2 : PRISM_PANEL};
  run(&p);
  return 1;
}
