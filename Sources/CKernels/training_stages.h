// One stage's operands; which of them a stage reads is its own business.
#ifndef PRISM_TRAINING_STAGES_H
#define PRISM_TRAINING_STAGES_H

#include "prism_training.h"

struct prism_stage {
  void (*block)(const struct prism_stage *, long first, long rows);
  long rows, columns, heads, query_heads, head_size;
  /// fp32, read and changed in place.
  float *wide;
  const prism_stage_product *up;
  const float *x, *weight, *table;
  const int32_t *positions;
  float epsilon;
  int backward;
  float *saved;
  uint16_t *other;
  uint16_t *narrow;
  const prism_stage_product *down;
};

/// Runs the stage's block function on all rows, PRISM_TASK_ROWS at a time, on the thread team.
void prism_stage_run(struct prism_stage *stage);

#endif
