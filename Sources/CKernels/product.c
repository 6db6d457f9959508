// Shares the columns of a product among the team: each thread reads its own weights, once.
#include "product_internal.h"

#include <stdlib.h>

#include "helpers.h"
#include "prism_parallel.h"
#include "shares.h"

struct product {
  const uint16_t *weights;
  const struct prism_int8 *eight;
  const struct prism_int4 *four;
  long panel_stride, k, n, rows, parts, unit;
  // Panels that are handed out whole; of those after them, halves.
  long whole;
  const uint16_t *x;
  const struct prism_int8_rows *rounded;
  float *y;
  int accumulate;
  const struct prism_panels *next;
  // For few rows: columns of a panel, and every part's panels.
  long panel;
  struct prism_share *shares;
};

static void multiply(const struct product *p, long first, long last, long following) {
  int is_fast = p->unit < PRISM_PANEL;
  if (p->four) {
    (is_fast ? prism_product_int4_fast : prism_product_int4_plain)(
        p->four, p->rounded, p->rows, p->y, first, last, p->accumulate);
  } else if (p->eight && is_fast) {
    prism_product_int8_fast(
        p->eight, p->rounded, p->rows, p->y, first, last, p->accumulate, following);
  } else if (p->eight) {
    prism_product_int8_plain(p->eight, p->rounded, p->rows, p->y, first, last, p->accumulate);
  } else {
    prism_product_bf16(
        p->weights, p->panel_stride, p->k, p->x, p->k, p->rows, p->y, p->n, first, last, 1,
        p->accumulate, following);
  }
}

static long panels_of(long n, long columns) { return (n + columns - 1) / columns; }

// The next product's panels `first..<last` are likely this thread's.
static void announce(const struct prism_panels *next, long first, long last) {
  if (!next->start || first >= last) return;
  prism_reads_soon(
      next->start + (size_t)first * next->panel_bytes, (size_t)(last - first) * next->panel_bytes);
}

static void part_task(void *context, long part, int worker) {
  (void)worker;
  const struct product *p = context;
  long units = panels_of(p->n, p->unit);
  long first = units * part / p->parts * p->unit;
  long last = units * (part + 1) / p->parts * p->unit;
  if (last > p->n) last = p->n;
  if (first < last) multiply(p, first, last, PRISM_UNKNOWN);
}

static void share_task(void *context, long part, int worker) {
  (void)worker;
  const struct product *p = context;
  for (long i = 0; i < p->parts; i++) {
    struct prism_share *share = &p->shares[(part + i) % p->parts];
    for (long panel; (panel = prism_take(share, i == 0)) >= 0;) {
      long first = panel * p->panel, last = first + p->panel;
      multiply(p, first, last < p->n ? last : p->n, PRISM_UNKNOWN);
    }
  }
  if (!p->next->start) return;
  long panels = panels_of(p->next->n, p->next->columns);
  announce(p->next, panels * part / p->parts, panels * (part + 1) / p->parts);
}

static long first_column(const struct product *p, long index) {
  return p->whole * PRISM_PANEL
         + (index - p->whole) * (index < p->whole ? PRISM_PANEL : PRISM_PANEL / 2);
}

static void panel_task(void *context, long index, long next, int worker) {
  const struct product *p = context;
  long last = first_column(p, index + 1);
  multiply(
      p, first_column(p, index), last < p->n ? last : p->n,
      first_column(p, next < 0 ? index : next));
  // Everybody begins by taking two panels.
  if (next < 0 && 2 * worker * p->next->columns < p->next->n) {
    announce(p->next, 2 * worker, 2 * worker + 1);
  }
}

// Below this many multiply-adds waking the team costs more than it saves.
#define ALONE 40000

// With fewer rows memory decides, which likes whole panels, one after the other: each thread has its own, and
// who is done takes others' last ones. From here on a panel has tiles enough to fetch the next meanwhile, so
// panels are taken in turns. With more rows than that a few panels would be most of the work.
#define FEWEST_IN_TURNS (PRISM_FETCHING_TILES * PRISM_TILE_ROWS + 1)
#define MOST_IN_TURNS 48

static void run_in_turns(struct product *p) {
  long panels = panels_of(p->n, PRISM_PANEL), threads = prism_thread_count();
  p->whole = panels > threads ? panels - threads : 0;
  long halves = panels_of(p->n - p->whole * PRISM_PANEL, PRISM_PANEL / 2);
  prism_parallel_ahead(p->whole + halves, panel_task, p);
}

static void run_in_shares(struct product *p) {
  struct prism_share shares[PRISM_MOST_SHARES];
  int threads = prism_thread_count();
  p->parts = threads < PRISM_MOST_SHARES ? threads : PRISM_MOST_SHARES;
  p->panel = p->four ? PRISM_INT4_PANEL : PRISM_PANEL;
  p->shares = shares;
  prism_share_out(shares, p->parts, panels_of(p->n, p->panel));
  prism_parallel_for(p->parts, share_task, p);
}

static void run(struct product *p) {
  int fetches = p->unit < PRISM_PANEL && !p->four;
  if ((double)p->rows * (double)p->k * (double)p->n < ALONE) {
    multiply(p, 0, p->n, PRISM_UNKNOWN);
  } else if (p->rows < FEWEST_IN_TURNS) {
    run_in_shares(p);
  } else if (fetches && p->rows <= MOST_IN_TURNS) {
    run_in_turns(p);
  } else {
    p->parts = prism_thread_count();
    prism_parallel_for(p->parts, part_task, p);
  }
}

void prism_run_bf16(
    const uint16_t *weights, long panel_stride, long k, long n, const uint16_t *x, long rows, float *y,
    int accumulate, const struct prism_panels *next) {
  struct product p = {
      .weights = weights, .panel_stride = panel_stride, .k = k, .n = n, .x = x, .rows = rows, .y = y,
      .accumulate = accumulate, .unit = PRISM_PANEL / 2, .next = next};
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

struct rounding {
  const uint16_t *x;
  long k, rows, group, parts;
  const struct prism_int8_rows *to;
};

static void rounding_task(void *context, long part, int worker) {
  (void)worker;
  const struct rounding *job = context;
  long first = job->rows * part / job->parts, last = job->rows * (part + 1) / job->parts;
  long padded = prism_int8_padded(job->k), groups = (job->k + job->group - 1) / job->group;
  prism_int8_quantize(
      job->x + first * job->k, job->k, last - first, job->group, job->to->integers + first * padded,
      job->to->scales + first * groups, job->to->sums + first * groups);
}

// Below this many inputs one thread rounds them sooner than the team would wake.
#define ROUNDED_ALONE 32768

// Rounds the inputs in groups of `group`, then runs the product. Returns 0 when memory is short.
static int run_rounded(struct product *p, long group) {
  long k = p->k, rows = p->rows, padded = prism_int8_padded(k), groups = (k + group - 1) / group;
  size_t integers = ((size_t)(rows * padded) + 63) / 64 * 64, scales = (size_t)(rows * groups);
  char *memory = integer_scratch(integers + scales * (sizeof(float) + sizeof(int32_t)));
  if (!memory) return 0;
  struct prism_int8_rows rounded = {
      .integers = (int8_t *)memory, .scales = (float *)(memory + integers),
      .sums = (int32_t *)(memory + integers) + scales};
  struct rounding job = {
      p->x, k, rows, group, rows * k < ROUNDED_ALONE ? 1 : prism_thread_count(), &rounded};
  prism_parallel_for(job.parts, rounding_task, &job);
  p->rounded = &rounded;
  p->unit = prism_has_int8_product() ? PRISM_PANEL / 2 : PRISM_PANEL;
  run(p);
  return 1;
}

int prism_run_int8(
    const struct prism_int8 *weights, const uint16_t *x, long rows, float *y, int accumulate,
    const struct prism_panels *next) {
  struct product p = {
      .eight = weights, .k = weights->k, .n = weights->n, .x = x, .rows = rows, .y = y,
      .accumulate = accumulate, .next = next};
  return run_rounded(&p, PRISM_GROUP);
}

int prism_run_int4(
    const struct prism_int4 *weights, const uint16_t *x, long rows, float *y, int accumulate,
    const struct prism_panels *next) {
  struct product p = {
      .four = weights, .k = weights->k, .n = weights->n, .x = x, .rows = rows, .y = y,
      .accumulate = accumulate, .next = next};
  return run_rounded(&p, PRISM_INT4_GROUP);
}
