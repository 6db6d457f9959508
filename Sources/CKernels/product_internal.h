// Products of few and many rows with weights in panels: 64 columns side by side, k in pairs,
// [n/64][k/2][64][2], zero-padded to whole blocks. oneDNN packs bf16 weights the same way.
#ifndef PRISM_PRODUCT_INTERNAL_H
#define PRISM_PRODUCT_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include "prism_matmul.h"
#include "prism_parallel.h"

#define PRISM_PANEL 64

/// Whether this processor has the instructions of `prism_product_bf16`.
int prism_has_bf16_product(void);

/// y (fp32, row stride `y_stride`) = or += x W for columns `first..<last`, multiples of 16 (the last
/// may be n itself); y is where the first of them goes. x is bf16 with row stride `x_stride`; k is even; `panel_stride` counts elements.
/// Each output is one chain of pair products in the order of k, whatever the other rows are. `following` is
/// the column whose panel the thread multiplies next, or PRISM_UNKNOWN.
void prism_product_bf16(
    const uint16_t *weights, long panel_stride, long k, const uint16_t *x, long x_stride, long rows,
    float *y, long y_stride, long first, long last, float scale, int accumulate, long following);

/// The panels come one after the other, and what is after the last is not known.
#define PRISM_UNKNOWN (-1)

/// Rows of x that one tile takes at most.
#define PRISM_TILE_ROWS PRISM_OWN_ROWS

/// One tile: at most PRISM_TILE_ROWS rows and 64 columns of y = or += scale x W. Row `pair` of W starts
/// at weights + pair * pitch. Meanwhile it fetches as much as it reads from `next` on, unless that is NULL.
/// Runs on every processor; the plain version is what it is tested against.
void prism_tile_bf16(
    const uint16_t *weights, long pitch, long k, long columns, const uint16_t *x, long x_stride,
    long rows, float *y, long y_stride, float scale, int accumulate, const void *next);
void prism_tile_bf16_plain(
    const uint16_t *weights, long pitch, long k, long columns, const uint16_t *x, long x_stride,
    long rows, float *y, long y_stride, float scale, int accumulate, const void *next);

/// What a tile asks memory for while it runs: nothing; weights of its own a little ahead of itself; a line for
/// each of its steps of the panel that comes next; or as much as it reads of what comes after it. Only its
/// own go to the first-level cache, which the others would not fit in.
enum prism_fetch { PRISM_FETCH_NOTHING, PRISM_FETCH_OWN, PRISM_FETCH_NEXT, PRISM_FETCH_AFTER };

/// With more than four tiles, those whose weights are in the cache fetch the next panel: memory and
/// arithmetic at once. With fewer, each panel's first tile fetches its own.
#define PRISM_FETCHING_TILES 4
static inline enum prism_fetch prism_fetch_of(long tile, long tiles, int is_fetched) {
  int fetches_next = tiles > PRISM_FETCHING_TILES;
  if (tile == 0) return fetches_next && is_fetched ? PRISM_FETCH_NOTHING : PRISM_FETCH_OWN;
  return fetches_next && tile <= PRISM_FETCHING_TILES ? PRISM_FETCH_NEXT : PRISM_FETCH_NOTHING;
}

/// The panel that is fetched while the one with `column` is multiplied, which ends before `end`.
static inline long prism_panel_after(long column, long end, long last, long following) {
  return end >= last && following != PRISM_UNKNOWN ? following / PRISM_PANEL : column / PRISM_PANEL + 1;
}

/// Inputs of one column that share a scale.
#define PRISM_GROUP 128

/// 8-bit weights with 128 added: [n/64][k/4][64][4], and their scales [n/64][groups][64].
struct prism_int8 {
  long k, n;
  uint8_t *weights;
  float *scales;
};

/// Rows of x as 8-bit integers [rows, padded k], with the scale and the sum of each group's integers,
/// both [rows, groups].
struct prism_int8_rows {
  int8_t *integers;
  float *scales;
  int32_t *sums;
};

long prism_int8_groups(long k);
/// k rounded up to whole quads.
long prism_int8_padded(long k);
/// Rounds fp32 weights, [k, n] or [n, k] when `transposed`; whole panels are written.
void prism_int8_pack(
    const float *source, long k, long n, int transposed, uint8_t *weights, float *scales);
/// Rounds rows of x (bf16) to 8 bits in groups of `group` inputs.
void prism_int8_quantize(
    const uint16_t *x, long k, long rows, long group, int8_t *quantized, float *scales,
    int32_t *sums);

/// Columns of a panel and inputs of a group of 4-bit weights.
#define PRISM_INT4_PANEL 32
#define PRISM_INT4_GROUP 32

/// 4-bit weights, groups of a panel one after the other; k is a multiple of a group.
struct prism_int4 {
  long k, n;
  void *weights;
};

size_t prism_int4_bytes(long k, long n);
/// Packs fp32 weights as `prism_int8_pack` does. Returns 0 where a group of 32 cannot be given back by 4
/// bits, a scale and a minimum.
int prism_int4_pack(const float *source, long k, long n, int transposed, void *weights);

/// Products with 8-bit inputs by the processor's own instructions.
int prism_has_int8_product(void);
/// y (row stride `y_stride`) = or += x W for columns `first..<last`, of which the first goes to y; `first` is
/// a multiple of 32.
void prism_product_int8_fast(
    const struct prism_int8 *w, const struct prism_int8_rows *x, long rows, float *y, long y_stride,
    long first, long last, int accumulate, long following);
/// y [rows, n] = or += x W for columns `first..<last`; `first` is a multiple of 64.
void prism_product_int8_plain(
    const struct prism_int8 *w, const struct prism_int8_rows *x, long rows, float *y, long first,
    long last, int accumulate);

/// The same with 4-bit weights; `first` is a multiple of 32.
void prism_product_int4_fast(
    const struct prism_int4 *w, const struct prism_int8_rows *x, long rows, float *y, long first,
    long last, int accumulate);
void prism_product_int4_plain(
    const struct prism_int4 *w, const struct prism_int8_rows *x, long rows, float *y, long first,
    long last, int accumulate);

/// Weights that are multiplied next: where their panels begin, `columns` each. Only asked for, never read.
struct prism_panels {
  const char *start;
  size_t panel_bytes;
  long columns, n;
};

/// What adapters add to a product along the way.
struct prism_updates {
  const prism_update *first;
  long count;
};

/// The whole product on the thread team: x [rows, k] is bf16, y [rows, n]. `next` may have no start.
void prism_run_bf16(
    const uint16_t *weights, long panel_stride, long k, long n, const uint16_t *x, long rows, float *y,
    int accumulate, struct prism_updates updates, const struct prism_panels *next);

/// Whether products can begin at every band: parts of even rank, columns in multiples of 16.
int prism_has_bands(long rank, long n, long bands, const long *ends);

/// Asks memory for what updates of columns `first..<last` read.
void prism_fetch_updates(struct prism_updates updates, long first, long last);

/// Adds updates to rows top..<top + rows of y, row stride `y_stride`, of which the first goes to y.
void prism_update_rows(
    struct prism_updates updates, long top, long rows, float *y, long y_stride, long first, long last);

/// More rows than these are a prompt's: what a product gives no longer stays in the cache, and a whole panel is
/// too much of the work to end on.
#define PRISM_MOST_IN_TURNS 48

/// Both halves of a product together: out [rows, n / 2] = silu(x W_gate) (x W_up) in bf16. `eight` or, where
/// that is NULL, panels of bf16. Returns 0 when memory is short.
int prism_run_gated(
    const uint16_t *weights, long panel_stride, const struct prism_int8 *eight, long k, long n,
    const uint16_t *x, long rows, uint16_t *out, struct prism_updates updates);

/// silu(gate) up for one row, to either or both.
void prism_swiglu_row(
    const float *gate, const float *up, long columns, float *wide, uint16_t *narrow);

/// x [rows, k] is bf16, contiguous; y [rows, n]. Returns 0 when memory is short.
int prism_run_int8(
    const struct prism_int8 *weights, const uint16_t *x, long rows, float *y, int accumulate,
    struct prism_updates updates, const struct prism_panels *next);
int prism_run_int4(
    const struct prism_int4 *weights, const uint16_t *x, long rows, float *y, int accumulate,
    struct prism_updates updates, const struct prism_panels *next);

#endif
