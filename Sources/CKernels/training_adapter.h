// The adapter's share of one block of rows.
#ifndef PRISM_TRAINING_ADAPTER_H
#define PRISM_TRAINING_ADAPTER_H

#include "prism_training.h"

/// Rows of one task; even, so that pairs of rows stay together.
#define PRISM_TASK_ROWS 24

/// low = x A^T of rows first..<first + rows, with the mask drawn and applied. `x` and what is in
/// `product` start at row 0 of the batch.
void prism_adapter_down(
    const prism_stage_product *product, const uint16_t *x, long first, long rows);

/// low = dy B.
void prism_adapter_down_back(
    const prism_stage_product *product, const uint16_t *dy, long first, long rows);

/// y += low B^T.
void prism_adapter_up(const prism_stage_product *product, float *y, long first, long rows);

/// dx += mask (low A).
void prism_adapter_up_back(const prism_stage_product *product, float *dx, long first, long rows);

#endif
