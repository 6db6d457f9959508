// Walks a bf16 product's panels; each one passes over all rows while it is in the cache.
#include "tile_bf16.h"

// How far ahead of itself a tile asks for weights that nothing has asked for yet.
#define PREFETCH_BYTES 8192

// Rows of x that stay in the second-level cache while a panel passes over them.
#define BLOCK_BYTES (384 * 1024)

void prism_product_bf16(
    const uint16_t *weights, long panel_stride, long k, const uint16_t *x, long x_stride, long rows,
    float *y, long y_stride, long first, long last, float scale, int accumulate, long following) {
  long block = BLOCK_BYTES / (2 * k) / PRISM_TILE_ROWS * PRISM_TILE_ROWS;
  if (block < 8 * PRISM_TILE_ROWS) block = 8 * PRISM_TILE_ROWS;
  for (long top = 0; top < rows; top += block) {
    long height = rows - top < block ? rows - top : block;
    for (long column = first; column < last;) {
      long end = (column / PRISM_PANEL + 1) * PRISM_PANEL;
      if (end > last) end = last;
      const uint16_t *panel =
          weights + column / PRISM_PANEL * panel_stride + column % PRISM_PANEL * 2;
      const char *after =
          (const char *)(weights + prism_panel_after(column, end, last, following) * panel_stride);
      // Tiles of even height: seven rows are 4 + 3, not 6 + 1.
      long tiles = (height + PRISM_TILE_ROWS - 1) / PRISM_TILE_ROWS;
      for (long t = 0, row = top; t < tiles; t++) {
        long count = (top + height - row) / (tiles - t);
        enum prism_fetch fetch =
            prism_fetch_of(t, tiles, column > first || following != PRISM_UNKNOWN);
        const char *next =
            t == 0 ? (const char *)panel + PREFETCH_BYTES : after + (t - 1) * (k / 2) * 64;
        prism_tile_bf16_fast(
            count, end - column, panel, 2 * PRISM_PANEL, k, x + row * x_stride, x_stride,
            y + row * y_stride + column - first, y_stride, scale, accumulate, fetch, next);
        row += count;
      }
      column = end;
    }
  }
}
