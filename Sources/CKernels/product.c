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
  struct prism_updates updates;
  const struct prism_panels *next;
  // Where both halves of the columns make one: that takes the place of y.
  uint16_t *gated;
  // Columns of one item, and every part's items.
  long panel;
  struct prism_share *shares;
};

// Rows top..<top + rows of the fast products; y is where the first of the columns goes.
static void multiply_rows(
    const struct product *p, long top, long rows, float *y, long y_stride, long first, long last,
    long following) {
  prism_fetch_updates(p->updates, first, last);
  if (p->eight) {
    long groups = prism_int8_groups(p->k);
    struct prism_int8_rows x = {
        p->rounded->integers + top * prism_int8_padded(p->k), p->rounded->scales + top * groups,
        p->rounded->sums + top * groups};
    prism_product_int8_fast(
        p->eight, &x, rows, y, y_stride, first, last, p->accumulate, following);
  } else {
    prism_product_bf16(
        p->weights, p->panel_stride, p->k, p->x + top * p->k, p->k, rows, y, y_stride, first, last, 1,
        p->accumulate, following);
  }
  prism_update_rows(p->updates, top, rows, y, y_stride, first, last);
}

static void multiply(const struct product *p, long first, long last, long following) {
  int is_fast = p->unit < PRISM_PANEL;
  if (is_fast && !p->four) {
    multiply_rows(p, 0, p->rows, p->y + first, p->n, first, last, following);
    return;
  }
  if (p->four) {
    (is_fast ? prism_product_int4_fast : prism_product_int4_plain)(
        p->four, p->rounded, p->rows, p->y, first, last, p->accumulate);
  } else {
    prism_product_int8_plain(p->eight, p->rounded, p->rows, p->y, first, last, p->accumulate);
  }
  prism_update_rows(p->updates, 0, p->rows, p->y + first, p->n, first, last);
}

static long panels_of(long n, long columns) { return (n + columns - 1) / columns; }

// The next product's panels `first..<last` are likely this thread's.
static void announce(const struct prism_panels *next, long first, long last) {
  if (!next->start || first >= last) return;
  prism_reads_soon(
      next->start + (size_t)first * next->panel_bytes, (size_t)(last - first) * next->panel_bytes);
}

// Rows of one item: whole tiles, whose gate and up stay in the first-level cache.
#define OWN_ROWS (8 * PRISM_TILE_ROWS)

// Rows top..<end of one panel; the next panel is fetched meanwhile.
static void rows_task(void *context, long top, long end, long panel) {
  const struct product *p = context;
  long first = panel * PRISM_PANEL, last = first + PRISM_PANEL < p->n ? first + PRISM_PANEL : p->n;
  multiply_rows(p, top, end - top, p->y + top * p->n + first, p->n, first, last, first + PRISM_PANEL);
}

// Panels of both halves side by side: what they give never leaves the first-level cache.
static void gated_task(void *context, long top, long end, long panel) {
  const struct product *p = context;
  long half = p->n / 2, gate_column = panel * PRISM_PANEL, up_column = half + gate_column;
  float gate[OWN_ROWS * PRISM_PANEL], up[OWN_ROWS * PRISM_PANEL];
  multiply_rows(
      p, top, end - top, gate, PRISM_PANEL, gate_column, gate_column + PRISM_PANEL, up_column);
  multiply_rows(
      p, top, end - top, up, PRISM_PANEL, up_column, up_column + PRISM_PANEL,
      gate_column + PRISM_PANEL);
  for (long row = top; row < end; row++) {
    long at = (row - top) * PRISM_PANEL;
    prism_swiglu_row(gate + at, up + at, PRISM_PANEL, NULL, p->gated + row * half + gate_column);
  }
}

static void gated_panel_task(void *context, long panel, int worker) {
  (void)worker;
  long rows = ((const struct product *)context)->rows;
  for (long top = 0; top < rows; top += OWN_ROWS) {
    gated_task(context, top, rows - top < OWN_ROWS ? rows : top + OWN_ROWS, panel);
  }
}

static void share_task(void *context, long part, int worker) {
  (void)worker;
  const struct product *p = context;
  for (long i = 0; i < p->parts; i++) {
    struct prism_share *share = &p->shares[(part + i) % p->parts];
    for (long index; (index = prism_take(share, i == 0)) >= 0;) {
      long first = index * p->panel, last = first + p->panel;
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
// panels are taken in turns. A prompt's rows are more than weights wait for: they are what threads share out.
#define FEWEST_IN_TURNS (PRISM_FETCHING_TILES * PRISM_TILE_ROWS + 1)

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
  long panels = panels_of(p->n, p->panel);
  for (long part = 0; part < p->parts; part++) {
    prism_share_items(&shares[part], panels * part / p->parts, panels * (part + 1) / p->parts);
  }
  prism_parallel_for(p->parts, share_task, p);
}

// With fewer rows for each thread, every one of them would wait for all the weights.
#define FEWEST_OWN_ROWS (PRISM_MOST_IN_TURNS / 2)

static void run(struct product *p) {
  int fetches = p->unit < PRISM_PANEL && !p->four;
  int has_own_rows =
      p->rows > PRISM_MOST_IN_TURNS && p->rows > FEWEST_OWN_ROWS * prism_thread_count();
  long panels = panels_of(p->gated ? p->n / 2 : p->n, PRISM_PANEL);
  if (p->gated && has_own_rows) {
    prism_parallel_rows(p->rows, OWN_ROWS, panels, gated_task, p);
  } else if (p->gated) {
    prism_parallel_for(panels, gated_panel_task, p);
  } else if ((double)p->rows * (double)p->k * (double)p->n < ALONE) {
    multiply(p, 0, p->n, PRISM_UNKNOWN);
  } else if (fetches && has_own_rows) {
    prism_parallel_rows(p->rows, OWN_ROWS, panels, rows_task, p);
  } else if (fetches && p->rows >= FEWEST_IN_TURNS && p->rows <= PRISM_MOST_IN_TURNS) {
    run_in_turns(p);
  } else {
    run_in_shares(p);
  }
}

void prism_run_bf16(
    const uint16_t *weights, long panel_stride, long k, long n, const uint16_t *x, long rows, float *y,
    int accumulate, struct prism_updates updates, const struct prism_panels *next) {
  struct product p = {
      .weights = weights, .panel_stride = panel_stride, .k = k, .n = n, .x = x, .rows = rows, .y = y,
      .accumulate = accumulate, .updates = updates, .unit = PRISM_PANEL / 2, .next = next};
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
  long k, group;
  const struct prism_int8_rows *to;
};

static void rounding_task(void *context, long first, long last, long column) {
  (void)column;
  const struct rounding *job = context;
  long padded = prism_int8_padded(job->k), groups = (job->k + job->group - 1) / job->group;
  prism_int8_quantize(
      job->x + first * job->k, job->k, last - first, job->group, job->to->integers + first * padded,
      job->to->scales + first * groups, job->to->sums + first * groups);
}

// Fewer inputs than these one thread rounds sooner than the team would wake.
#define ROUNDED_ALONE 32768
#define ROUNDED_ROWS 12

// Rounds the inputs in groups of `group`, then runs the product. Returns 0 when memory is short.
static int run_rounded(struct product *p, long group) {
  long k = p->k, rows = p->rows, padded = prism_int8_padded(k), groups = (k + group - 1) / group;
  size_t integers = ((size_t)(rows * padded) + 63) / 64 * 64, scales = (size_t)(rows * groups);
  char *memory = integer_scratch(integers + scales * (sizeof(float) + sizeof(int32_t)));
  if (!memory) return 0;
  struct prism_int8_rows rounded = {
      .integers = (int8_t *)memory, .scales = (float *)(memory + integers),
      .sums = (int32_t *)(memory + integers) + scales};
  struct rounding job = {p->x, k, group, &rounded};
  prism_parallel_rows(rows, rows * k < ROUNDED_ALONE ? rows : ROUNDED_ROWS, 1, rounding_task, &job);
  p->rounded = &rounded;
  p->unit = prism_has_int8_product() ? PRISM_PANEL / 2 : PRISM_PANEL;
  run(p);
  return 1;
}

int prism_run_int8(
    const struct prism_int8 *weights, const uint16_t *x, long rows, float *y, int accumulate,
    struct prism_updates updates, const struct prism_panels *next) {
  struct product p = {
      .eight = weights, .k = weights->k, .n = weights->n, .x = x, .rows = rows, .y = y,
      .accumulate = accumulate, .updates = updates, .next = next};
  return run_rounded(&p, PRISM_GROUP);
}

int prism_run_int4(
    const struct prism_int4 *weights, const uint16_t *x, long rows, float *y, int accumulate,
    struct prism_updates updates, const struct prism_panels *next) {
  struct product p = {
      .four = weights, .k = weights->k, .n = weights->n, .x = x, .rows = rows, .y = y,
      .accumulate = accumulate, .updates = updates, .next = next};
  return run_rounded(&p, PRISM_INT4_GROUP);
}

int prism_run_gated(
    const uint16_t *weights, long panel_stride, const struct prism_int8 *eight, long k, long n,
    const uint16_t *x, long rows, uint16_t *out, struct prism_updates updates) {
  struct product p = {
      .weights = weights, .eight = eight, .panel_stride = panel_stride, .k = k, .n = n, .x = x,
      .rows = rows, .gated = out, .updates = updates, .unit = PRISM_PANEL / 2};
  if (eight) return run_rounded(&p, PRISM_GROUP);
  run(&p);
  return 1;
}
