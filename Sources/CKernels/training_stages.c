// Forward stages between two products, by blocks of rows: each block is read once from memory.
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "avx512.h"
#include "clones.h"
#include "prism_parallel.h"
#include "prism_training.h"
#include "scalar.h"
#include "training_adapter.h"
#include "training_stages.h"

#pragma clang fp reassociate(on) contract(fast)

static void stage_task(void *context, long first, long end, long column) {
  (void)column;
  const struct prism_stage *stage = context;
  stage->block(stage, first, end - first);
}

// Rows are packed in pairs: blocks begin at even ones.
_Static_assert(PRISM_TASK_ROWS % 2 == 0 && PRISM_OWN_ROWS % 2 == 0, "blocks split pairs of rows");

void prism_stage_run(struct prism_stage *stage) {
  prism_parallel_rows(stage->rows, PRISM_TASK_ROWS, 1, stage_task, stage);
}

PRISM_CLONES static void norm_row(
    const float *x, const float *weight, float epsilon, long columns, uint16_t *out) {
  float sum = 0;
  for (long i = 0; i < columns; i++) sum += x[i] * x[i];
  float scale = 1.0f / sqrtf(sum / (float)columns + epsilon);
  for (long i = 0; i < columns; i++) out[i] = prism_to_bf16(x[i] * scale * weight[i]);
}

static void norm_block(const struct prism_stage *s, long first, long rows) {
  long columns = s->columns;
  if (s->up) prism_adapter_up(s->up, s->wide, first, rows);
  if (!s->narrow) return;
  for (long row = first; row < first + rows; row++) {
    const float *x = s->wide + row * columns;
    if (s->saved) memcpy(s->saved + row * columns, x, (size_t)columns * sizeof(float));
    norm_row(x, s->weight, s->epsilon, columns, s->narrow + row * columns);
  }
  if (s->down) prism_adapter_down(s->down, s->narrow, first, rows);
}

void prism_train_norm(
    long rows, long columns, float *hidden, const prism_stage_product *up, float *input,
    const float *weight, float epsilon, uint16_t *normed, const prism_stage_product *down) {
  struct prism_stage s = {
      .block = norm_block, .rows = rows, .columns = columns, .wide = hidden, .up = up,
      .saved = input, .weight = weight, .epsilon = epsilon, .narrow = normed, .down = down};
  prism_stage_run(&s);
}

PRISM_CLONES static void qkv_row(
    float *x, const float *bias, const float *cosine, long columns, long heads, long head_size,
    uint16_t *out) {
  if (bias) {
    for (long i = 0; i < columns; i++) x[i] += bias[i];
  }
  long half = head_size / 2;
  const float *sine = cosine + half;
  for (long h = 0; h < heads; h++) {
    const float *low = x + h * head_size, *high = low + half;
    uint16_t *to = out + h * head_size;
    for (long i = 0; i < half; i++) to[i] = prism_to_bf16(low[i] * cosine[i] - high[i] * sine[i]);
    for (long i = 0; i < half; i++) {
      to[half + i] = prism_to_bf16(high[i] * cosine[i] + low[i] * sine[i]);
    }
  }
  for (long i = heads * head_size; i < columns; i++) out[i] = prism_to_bf16(x[i]);
}

static void qkv_block(const struct prism_stage *s, long first, long rows) {
  long columns = s->columns;
  if (s->up) prism_adapter_up(s->up, s->wide, first, rows);
  for (long row = first; row < first + rows; row++) {
    qkv_row(
        s->wide + row * columns, s->weight, s->table + s->positions[row] * s->head_size, columns,
        s->heads, s->head_size, s->narrow + row * columns);
  }
}

void prism_train_qkv(
    long rows, long columns, float *qkv, const prism_stage_product *up, const float *bias,
    const int32_t *positions, const float *table, long heads, long head_size, uint16_t *narrow) {
  struct prism_stage s = {
      .block = qkv_block, .rows = rows, .columns = columns, .wide = qkv, .up = up, .weight = bias,
      .positions = positions, .table = table, .heads = heads, .head_size = head_size,
      .narrow = narrow};
  prism_stage_run(&s);
}

PRISM_CLONES static void narrow_rows(const float *x, long count, uint16_t *out) {
  for (long i = 0; i < count; i++) out[i] = prism_to_bf16(x[i]);
}

static void narrow_block(const struct prism_stage *s, long first, long rows) {
  narrow_rows(s->wide + first * s->columns, rows * s->columns, s->narrow + first * s->columns);
  if (!s->down) return;
  if (s->backward) {
    prism_adapter_down_back(s->down, s->narrow, first, rows);
  } else {
    prism_adapter_down(s->down, s->narrow, first, rows);
  }
}

void prism_train_narrow(
    long rows, long columns, const float *x, uint16_t *narrow, int backward,
    const prism_stage_product *down) {
  struct prism_stage s = {
      .block = narrow_block, .rows = rows, .columns = columns, .wide = (float *)x,
      .narrow = narrow, .backward = backward, .down = down};
  prism_stage_run(&s);
}

PRISM_CLONES static void swiglu_row_plain(
    const float *gate_up, long columns, uint16_t *saved, uint16_t *out) {
  const float *up = gate_up + columns;
  for (long i = 0; i < columns; i++) {
    out[i] = prism_to_bf16(gate_up[i] * prism_sigmoid(gate_up[i]) * up[i]);
  }
  if (!saved) return;
  for (long i = 0; i < 2 * columns; i++) saved[i] = prism_to_bf16(gate_up[i]);
}

#if defined(__x86_64__)
PRISM_AVX512 static void swiglu_row_wide(
    const float *gate_up, long columns, uint16_t *saved, uint16_t *out) {
  for (long i = 0; i < columns; i += 16) {
    __mmask16 lanes = prism_lanes(columns - i);
    __m512 gate = _mm512_maskz_loadu_ps(lanes, gate_up + i);
    __m512 up = _mm512_maskz_loadu_ps(lanes, gate_up + columns + i);
    __m512 silu = _mm512_mul_ps(gate, prism_sigmoid16(gate));
    prism_store_bf16_lanes(out + i, lanes, _mm512_mul_ps(silu, up));
    if (!saved) continue;
    prism_store_bf16_lanes(saved + i, lanes, gate);
    prism_store_bf16_lanes(saved + columns + i, lanes, up);
  }
}
#endif

static void swiglu_row(const float *gate_up, long columns, uint16_t *saved, uint16_t *out) {
#if defined(__x86_64__)
  if (prism_has_avx512()) {
    swiglu_row_wide(gate_up, columns, saved, out);
    return;
  }
#endif
  swiglu_row_plain(gate_up, columns, saved, out);
}

static void swiglu_block(const struct prism_stage *s, long first, long rows) {
  long columns = s->columns;
  if (s->up) prism_adapter_up(s->up, s->wide, first, rows);
  for (long row = first; row < first + rows; row++) {
    swiglu_row(
        s->wide + row * 2 * columns, columns, s->other ? s->other + row * 2 * columns : NULL,
        s->narrow + row * columns);
  }
  if (s->down) prism_adapter_down(s->down, s->narrow, first, rows);
}

void prism_train_swiglu(
    long rows, long columns, float *gate_up, const prism_stage_product *up, uint16_t *narrow,
    uint16_t *activated, const prism_stage_product *down) {
  struct prism_stage s = {
      .block = swiglu_block, .rows = rows, .columns = columns, .wide = gate_up, .up = up,
      .other = narrow, .narrow = activated, .down = down};
  prism_stage_run(&s);
}
