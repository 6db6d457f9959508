// An adapter's two products for some rows of a batch. The first comes before the frozen weights' product, the
// second goes along with it: each panel of y gets the adapter's share while it is in the first-level cache.
// The zeros beside B's bands are neither read nor multiplied.
#include "prism_counters.h"
#include "prism_kernels.h"
#include "prism_matmul.h"
#include "prism_parallel.h"
#include "product_internal.h"
#include "scratch.h"

int prism_has_bands(long rank, long n, long bands, const long *ends) {
  if (bands < 1 || rank % (2 * bands) != 0 || ends[bands - 1] != n) return 0;
  for (long i = 0, start = 0; i < bands; start = ends[i++]) {
    if (start % 16 != 0 || ends[i] <= start) return 0;
  }
  return 1;
}

struct columns {
  long first, last;
};

// Asks for `pairs` rows of some columns of packed weights, for the second-level cache.
static void fetch(const uint16_t *weights, long stride, long pairs, struct columns columns) {
  for (long column = columns.first, end; column < columns.last; column = end) {
    end = (column / PRISM_PANEL + 1) * PRISM_PANEL;
    if (end > columns.last) end = columns.last;
    const uint16_t *row = weights + column / PRISM_PANEL * stride + column % PRISM_PANEL * 2;
    for (long pair = 0; pair < pairs; pair++, row += 2 * PRISM_PANEL) {
      for (long at = 0; at < end - column; at += 16) __builtin_prefetch(row + 2 * at, 0, 2);
    }
  }
}

// Those of the band that lie in `part`; none where `last` is not after `first`.
static struct columns columns_of(const prism_low_rank *p, long band, struct columns part) {
  long first = band > 0 ? p->ends[band - 1] : 0, last = p->ends[band];
  return (struct columns){
      first > part.first ? first : part.first, last < part.last ? last : part.last};
}

static const uint16_t *band_of(const prism_low_rank *p, long band) {
  return p->up + p->rank / p->bands * band * PRISM_PANEL;
}

void prism_fetch_updates(struct prism_updates updates, long first, long last) {
  for (long i = 0; i < updates.count; i++) {
    const prism_low_rank *p = updates.first[i].pair;
    if (i > 0 && p == updates.first[i - 1].pair) continue;
    for (long band = 0; band < p->bands; band++) {
      struct columns c = columns_of(p, band, (struct columns){first, last});
      fetch(band_of(p, band), p->up_stride, p->rank / p->bands / 2, c);
    }
  }
}

void prism_update_rows(
    struct prism_updates updates, long top, long rows, float *y, long y_stride, long first, long last) {
  for (long i = 0; i < updates.count; i++) {
    const prism_update *u = &updates.first[i];
    const prism_low_rank *p = u->pair;
    long begin = u->first > top ? u->first : top;
    long end = u->first + u->rows < top + rows ? u->first + u->rows : top + rows;
    long rank = p->rank / p->bands;
    for (long band = 0; begin < end && band < p->bands; band++) {
      struct columns c = columns_of(p, band, (struct columns){first, last});
      if (c.first >= c.last) continue;
      prism_product_bf16(
          band_of(p, band), p->up_stride, rank, u->low + (begin - u->first) * p->rank + band * rank,
          p->rank, end - begin, y + (begin - top) * y_stride + c.first - first, y_stride, c.first, c.last,
          p->scale, 1, PRISM_UNKNOWN);
    }
  }
}

struct job {
  const prism_update *updates;
  long count;
  const uint16_t *x;
  float *y;
  // Rows of one turn, and turns whose thread has not seen the weights yet.
  long block, cold;
};

// Rows of one thread's turn at most: their low-rank values stay in its cache.
#define MOST_ROWS (16 * PRISM_TILE_ROWS)

// A single tile is shared out by its columns, sixteen at a time.
static long cuts_of(const prism_update *u) {
  return u->rows <= PRISM_TILE_ROWS ? (u->pair->rank + 15) / 16 : 1;
}

static long turns_of(const struct job *job, const prism_update *u) {
  return (u->rows + job->block - 1) / job->block * cuts_of(u);
}

static void low_task(void *context, long index, int worker) {
  (void)worker;
  const struct job *job = context;
  int is_cold = index < job->cold;
  const prism_update *u = job->updates;
  for (; index >= turns_of(job, u); u++) index -= turns_of(job, u);
  const prism_low_rank *p = u->pair;
  long cuts = cuts_of(u), first = index % cuts * 16, top = index / cuts * job->block;
  long last = cuts > 1 && first + 16 < p->rank ? first + 16 : p->rank;
  long rows = u->rows - top < job->block ? u->rows - top : job->block;
  if (is_cold) fetch(p->down, p->down_stride, p->k / 2, (struct columns){first, last});
  float *low = prism_scratch((size_t)(rows * (last - first)));
  prism_product_bf16(
      p->down, p->down_stride, p->k, job->x + (u->first + top) * p->k, p->k, rows, low, last - first,
      first, last, 1, 0, PRISM_UNKNOWN);
  for (long row = 0; row < rows; row++) {
    prism_narrow(
        low + row * (last - first), u->low + (top + row) * p->rank + first, last - first);
  }
}

void prism_low_rows(const prism_update *updates, long count, const void *x) {
  long rows = 0, turns = 0, threads = prism_thread_count();
  for (long i = 0; i < count; i++) {
    const prism_low_rank *p = updates[i].pair;
    long rank = p->rank / p->bands;
    rows += updates[i].rows;
    prism_count_product(updates[i].rows, p->k, p->rank, (size_t)(p->k * p->rank) * sizeof(uint16_t));
    prism_count_product(updates[i].rows, rank, p->n, (size_t)(rank * p->n) * sizeof(uint16_t));
  }
  // Every thread does rows of its own.
  long tiles = ((rows + threads - 1) / threads + PRISM_TILE_ROWS - 1) / PRISM_TILE_ROWS;
  long block = tiles * PRISM_TILE_ROWS < MOST_ROWS ? tiles * PRISM_TILE_ROWS : MOST_ROWS;
  struct job job = {updates, count, x, NULL, block, threads};
  for (long i = 0; i < count; i++) turns += turns_of(&job, &updates[i]);
  prism_parallel_for(turns, low_task, &job);
}

static void add_task(void *context, long panel, int worker) {
  (void)worker;
  const struct job *job = context;
  long n = job->updates->pair->n, first = panel * PRISM_PANEL;
  long last = first + PRISM_PANEL < n ? first + PRISM_PANEL : n;
  for (long i = 0; i < job->count; i++) {
    const prism_update *u = &job->updates[i];
    prism_update_rows(
        (struct prism_updates){u, 1}, u->first, u->rows, job->y + u->first * n + first, n, first, last);
  }
}

void prism_add_updates(const prism_update *updates, long count, float *y) {
  if (count == 0) return;
  struct job job = {.updates = updates, .count = count, .y = y};
  prism_parallel_for((updates->pair->n + PRISM_PANEL - 1) / PRISM_PANEL, add_task, &job);
}
