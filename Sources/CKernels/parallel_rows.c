// Work on rows, each thread's always the same: what one step writes is still in its own cache at the next.
#include "prism_parallel.h"
#include "shares.h"

struct rows {
  long rows, unit, columns, parts;
  prism_rows_task task;
  void *context;
  struct prism_share *shares;
};

// The same for every unit, so that one step and the next agree on whose a row is.
static long first_row(const struct rows *r, long part) {
  long first = (r->rows + PRISM_OWN_ROWS - 1) / PRISM_OWN_ROWS * part / r->parts * PRISM_OWN_ROWS;
  return first < r->rows ? first : r->rows;
}

static long blocks_of(const struct rows *r, long part) {
  return (first_row(r, part + 1) - first_row(r, part) + r->unit - 1) / r->unit;
}

static void perform(const struct rows *r, long part, long index) {
  long blocks = blocks_of(r, part), last = first_row(r, part + 1);
  long first = first_row(r, part) + index % blocks * r->unit;
  r->task(r->context, first, first + r->unit < last ? first + r->unit : last, index / blocks);
}

// Whose rows come first is a matter of the worker: items are handed out to whoever is there.
static void rows_task(void *context, long index, int worker) {
  (void)index;
  struct rows *r = context;
  for (long i = 0; i < r->parts; i++) {
    long part = (worker + i) % r->parts;
    for (long item; (item = prism_take(&r->shares[part], i == 0)) >= 0;) perform(r, part, item);
  }
}

void prism_parallel_rows(long rows, long unit, long columns, prism_rows_task task, void *context) {
  long threads = prism_thread_count();
  struct prism_share shares[PRISM_MOST_SHARES];
  struct rows r = {rows, unit, columns, 1, task, context, shares};
  if (rows * columns > unit) r.parts = threads < PRISM_MOST_SHARES ? threads : PRISM_MOST_SHARES;
  for (long part = 0; part < r.parts; part++) {
    prism_share_items(&shares[part], 0, blocks_of(&r, part) * columns);
  }
  prism_parallel_for(r.parts, rows_task, &r);
}
