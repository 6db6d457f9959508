// Stages of the backward pass between two products, by blocks of rows.
#include <math.h>
#include <stddef.h>

#include "avx512.h"
#include "clones.h"
#include "scalar.h"
#include "training_adapter.h"
#include "training_product.h"
#include "training_stages.h"

#pragma clang fp reassociate(on) contract(fast)

PRISM_CLONES static void swiglu_row_plain(
    const float *dh, const uint16_t *gate_up, long columns, uint16_t *out) {
  for (long i = 0; i < columns; i++) {
    float gate = prism_from_bf16(gate_up[i]), up = prism_from_bf16(gate_up[columns + i]);
    float sigmoid = prism_sigmoid(gate);
    float silu = gate * sigmoid;
    out[i] = prism_to_bf16(dh[i] * up * (sigmoid + silu * (1.0f - sigmoid)));
    out[columns + i] = prism_to_bf16(dh[i] * silu);
  }
}

#if defined(__x86_64__)
PRISM_AVX512 static void swiglu_row_wide(
    const float *dh, const uint16_t *gate_up, long columns, uint16_t *out) {
  const __m512 one = _mm512_set1_ps(1.0f);
  for (long i = 0; i < columns; i += 16) {
    __mmask16 lanes = prism_lanes(columns - i);
    __m512 gate = prism_load_bf16(lanes, gate_up + i);
    __m512 up = prism_load_bf16(lanes, gate_up + columns + i);
    __m512 slope = _mm512_maskz_loadu_ps(lanes, dh + i);
    __m512 sigmoid = prism_sigmoid16(gate), silu = _mm512_mul_ps(gate, sigmoid);
    __m512 inner = _mm512_fmadd_ps(silu, _mm512_sub_ps(one, sigmoid), sigmoid);
    prism_store_bf16_lanes(out + i, lanes, _mm512_mul_ps(_mm512_mul_ps(slope, up), inner));
    prism_store_bf16_lanes(out + columns + i, lanes, _mm512_mul_ps(slope, silu));
  }
}
#endif

static void swiglu_row(const float *dh, const uint16_t *gate_up, long columns, uint16_t *out) {
#if defined(__x86_64__)
  if (prism_has_avx512()) {
    swiglu_row_wide(dh, gate_up, columns, out);
    return;
  }
#endif
  swiglu_row_plain(dh, gate_up, columns, out);
}

static void swiglu_block(const struct prism_stage *s, long first, long rows) {
  long columns = s->columns;
  if (s->up) prism_adapter_up_back(s->up, s->wide, first, rows);
  for (long row = first; row < first + rows; row++) {
    swiglu_row(
        s->wide + row * columns, s->other + row * 2 * columns, columns,
        s->narrow + row * 2 * columns);
  }
  if (s->down) prism_adapter_down_back(s->down, s->narrow, first, rows);
}

void prism_train_swiglu_backward(
    long rows, long columns, float *dh, const prism_stage_product *up, const uint16_t *gate_up,
    uint16_t *d_gate_up, const prism_stage_product *down) {
  struct prism_stage s = {
      .block = swiglu_block, .rows = rows, .columns = columns, .wide = dh, .up = up,
      .other = (uint16_t *)gate_up, .narrow = d_gate_up, .down = down};
  prism_stage_run(&s);
}

// With s = 1/rms:  dx_i += s (w_i dy_i - x_i s^2 mean_j(x_j w_j dy_j)).
PRISM_CLONES static void norm_row(
    const float *dy, const float *x, const float *weight, float epsilon, long columns, float *dx,
    uint16_t *narrow) {
  float sum = 0, product = 0;
  for (long i = 0; i < columns; i++) {
    sum += x[i] * x[i];
    product += x[i] * weight[i] * dy[i];
  }
  float scale = 1.0f / sqrtf(sum / (float)columns + epsilon);
  float pull = scale * scale * scale * product / (float)columns;
  for (long i = 0; i < columns; i++) {
    float value = dx[i] + scale * weight[i] * dy[i] - pull * x[i];
    dx[i] = value;
    narrow[i] = prism_to_bf16(value);
  }
}

static void norm_block(const struct prism_stage *s, long first, long rows) {
  long columns = s->columns;
  if (s->up) prism_adapter_up_back(s->up, s->wide, first, rows);
  for (long row = first; row < first + rows; row++) {
    norm_row(
        s->wide + row * columns, s->x + row * columns, s->weight, s->epsilon, columns,
        s->saved + row * columns, s->narrow + row * columns);
  }
  if (s->down) prism_adapter_down_back(s->down, s->narrow, first, rows);
}

void prism_train_norm_backward(
    long rows, long columns, float *dy, const prism_stage_product *up, const float *x,
    const float *weight, float epsilon, float *dhidden, uint16_t *narrow,
    const prism_stage_product *down) {
  struct prism_stage s = {
      .block = norm_block, .rows = rows, .columns = columns, .wide = dy, .up = up, .x = x,
      .weight = weight, .epsilon = epsilon, .saved = dhidden, .narrow = narrow, .down = down};
  prism_stage_run(&s);
}

PRISM_CLONES static void attended_row(
    const float *dout, const uint16_t *out, long heads, long head_size, uint16_t *narrow,
    float *delta) {
  for (long h = 0; h < heads; h++) {
    float sum = 0;
    for (long i = h * head_size; i < (h + 1) * head_size; i++) {
      narrow[i] = prism_to_bf16(dout[i]);
      sum += dout[i] * prism_from_bf16(out[i]);
    }
    delta[h] = sum;
  }
}

static void attended_block(const struct prism_stage *s, long first, long rows) {
  if (s->up) prism_adapter_up_back(s->up, s->wide, first, rows);
  for (long row = first; row < first + rows; row++) {
    attended_row(
        s->wide + row * s->columns, s->other + row * s->columns, s->heads, s->head_size,
        s->narrow + row * s->columns, s->saved + row * s->heads);
  }
}

void prism_train_attended_backward(
    long rows, long heads, long head_size, float *dout, const prism_stage_product *up,
    const uint16_t *out, uint16_t *narrow, float *delta) {
  struct prism_stage s = {
      .block = attended_block, .rows = rows, .columns = heads * head_size, .heads = heads,
      .head_size = head_size, .wide = dout, .up = up, .other = (uint16_t *)out, .narrow = narrow,
      .saved = delta};
  prism_stage_run(&s);
}

// The transposed rotation of one head.
PRISM_CLONES static void rotate_back(
    const float *x, const float *cosine, long head_size, uint16_t *out) {
  long half = head_size / 2;
  const float *sine = cosine + half;
  for (long i = 0; i < half; i++) {
    out[i] = prism_to_bf16(x[i] * cosine[i] + x[half + i] * sine[i]);
    out[half + i] = prism_to_bf16(x[half + i] * cosine[i] - x[i] * sine[i]);
  }
}

// Sums dk and dv of a group's query heads; `step` floats lie between the heads' parts.
PRISM_CLONES static void sum_parts(
    const float *parts, long step, long count, long width, float *out) {
  for (long i = 0; i < width; i++) out[i] = parts[i];
  for (long part = 1; part < count; part++) {
    for (long i = 0; i < width; i++) out[i] += parts[part * step + i];
  }
}

static void qkv_block(const struct prism_stage *s, long first, long rows) {
  long size = s->head_size, group = s->query_heads / s->heads;
  for (long row = first; row < first + rows; row++) {
    const float *table = s->table + s->positions[row] * size;
    uint16_t *out = s->narrow + row * s->columns;
    for (long h = 0; h < s->query_heads; h++) {
      rotate_back(s->wide + (row * s->query_heads + h) * size, table, size, out + h * size);
    }
    uint16_t *keys = out + s->query_heads * size;
    for (long h = 0; h < s->heads; h++) {
      float *sum = prism_training_scratch(0, 2 * size * 4);
      sum_parts(
          s->x + (h * group * s->rows + row) * 2 * size, s->rows * 2 * size, group, 2 * size, sum);
      rotate_back(sum, table, size, keys + h * size);
      uint16_t *values = keys + (s->heads + h) * size;
      for (long i = 0; i < size; i++) values[i] = prism_to_bf16(sum[size + i]);
    }
  }
  if (s->down) prism_adapter_down_back(s->down, s->narrow, first, rows);
}

void prism_train_qkv_backward(
    long rows, long query_heads, long heads, long head_size, const float *dq, const float *parts,
    const int32_t *positions, const float *table, uint16_t *narrow,
    const prism_stage_product *down) {
  struct prism_stage s = {
      .block = qkv_block, .rows = rows, .columns = (query_heads + 2 * heads) * head_size,
      .heads = heads, .query_heads = query_heads, .head_size = head_size, .wide = (float *)dq,
      .x = parts, .positions = positions, .table = table, .narrow = narrow, .down = down};
  prism_stage_run(&s);
}
