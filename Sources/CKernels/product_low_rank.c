// An adapter's two products for some rows of a batch. They are so small that reading their weights is most
// of it, so these are asked for all at once, and the zeros beside the bands are neither read nor multiplied.
#include "prism_kernels.h"
#include "prism_parallel.h"
#include "product_internal.h"
#include "scratch.h"

struct job {
  const struct prism_low_rank *pair;
  const uint16_t *x;
  float *y;
  // Rows of one turn; into how many the columns are cut; turns whose thread has not seen the weights yet.
  long rows, block, cuts, cold;
};

int prism_has_bands(long rank, long n, long bands, const long *ends) {
  if (bands < 1 || rank % (2 * bands) != 0 || ends[bands - 1] != n) return 0;
  for (long i = 0, start = 0; i < bands; start = ends[i++]) {
    if (start % 16 != 0 || ends[i] <= start) return 0;
  }
  return 1;
}

// Asks for `pairs` rows of a panel, `columns` wide, for the second-level cache.
static void fetch(const uint16_t *panel, long pairs, long columns) {
  for (long pair = 0; pair < pairs; pair++, panel += 2 * PRISM_PANEL) {
    for (long column = 0; column < columns; column += 16) {
      __builtin_prefetch(panel + 2 * column, 0, 2);
    }
  }
}

static const uint16_t *band_of(const struct prism_low_rank *p, long band) {
  return p->up + p->rank / p->bands * band * PRISM_PANEL;
}

struct columns {
  long first, last;
};

// Those of the band that lie in `part`; none where `last` is not after `first`.
static struct columns columns_of(const struct prism_low_rank *p, long band, struct columns part) {
  long first = band > 0 ? p->ends[band - 1] : 0, last = p->ends[band];
  return (struct columns){
      first > part.first ? first : part.first, last < part.last ? last : part.last};
}

static void fetch_band(const struct prism_low_rank *p, long band, struct columns columns) {
  const uint16_t *weights = band_of(p, band);
  for (long column = columns.first; column < columns.last;) {
    long end = (column / PRISM_PANEL + 1) * PRISM_PANEL;
    if (end > columns.last) end = columns.last;
    fetch(
        weights + column / PRISM_PANEL * p->up_stride + column % PRISM_PANEL * 2,
        p->rank / p->bands / 2, end - column);
    column = end;
  }
}

static void fetch_all(const struct prism_low_rank *p, struct columns part) {
  for (long column = 0; column < p->rank; column += PRISM_PANEL) {
    long width = p->rank - column < PRISM_PANEL ? p->rank - column : PRISM_PANEL;
    fetch(p->down + column / PRISM_PANEL * p->down_stride, p->k / 2, width);
  }
  for (long band = 0; band < p->bands; band++) fetch_band(p, band, columns_of(p, band, part));
}

static void turn(void *context, long index, int worker) {
  (void)worker;
  const struct job *job = context;
  const struct prism_low_rank *p = job->pair;
  long top = index / job->cuts * job->block, cut = index % job->cuts;
  long rows = job->rows - top < job->block ? job->rows - top : job->block;
  long units = (p->n + PRISM_PANEL / 2 - 1) / (PRISM_PANEL / 2);
  struct columns part = {
      units * cut / job->cuts * (PRISM_PANEL / 2), units * (cut + 1) / job->cuts * (PRISM_PANEL / 2)};
  if (index < job->cold) fetch_all(p, part);
  float *low = prism_scratch((size_t)(rows * p->rank * 3 / 2 + 1));
  uint16_t *narrow = (uint16_t *)(low + rows * p->rank);
  prism_product_bf16(
      p->down, p->down_stride, p->k, job->x + top * p->k, p->k, rows, low, p->rank, 0, p->rank, 1, 0,
      PRISM_UNKNOWN);
  prism_narrow(low, narrow, rows * p->rank);
  long rank = p->rank / p->bands;
  for (long band = 0; band < p->bands; band++) {
    struct columns columns = columns_of(p, band, part);
    if (columns.first >= columns.last) continue;
    prism_product_bf16(
        band_of(p, band), p->up_stride, rank, narrow + band * rank, p->rank, rows,
        job->y + top * p->n + columns.first, p->n, columns.first, columns.last, p->scale, 1, PRISM_UNKNOWN);
  }
}

// Rows of one thread's turn at most: their low-rank values stay in its cache.
#define MOST_ROWS (16 * PRISM_TILE_ROWS)

void prism_run_low_rank(const struct prism_low_rank *pair, const uint16_t *x, long rows, float *y) {
  long threads = prism_thread_count();
  // Every thread does rows of its own; where there is but one tile of them, columns of its own.
  long tiles = ((rows + threads - 1) / threads + PRISM_TILE_ROWS - 1) / PRISM_TILE_ROWS;
  long block = tiles * PRISM_TILE_ROWS < MOST_ROWS ? tiles * PRISM_TILE_ROWS : MOST_ROWS;
  long cuts = rows <= PRISM_TILE_ROWS ? threads : 1;
  struct job job = {pair, x, y, rows, block, cuts, threads};
  prism_parallel_for((rows + block - 1) / block * cuts, turn, &job);
}
