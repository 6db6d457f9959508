#include "prism_kernels.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "avx512.h"
#include "clones.h"
#include "prism_parallel.h"
#include "product_internal.h"
#include "scalar.h"

#pragma clang fp reassociate(on) contract(fast)

PRISM_CLONES void prism_narrow(const float *x, uint16_t *y, long count) {
  for (long i = 0; i < count; i++) y[i] = prism_to_bf16(x[i]);
}

PRISM_CLONES void prism_widen(const uint16_t *x, float *y, long count) {
  for (long i = 0; i < count; i++) y[i] = prism_from_bf16(x[i]);
}

PRISM_CLONES static void norm_row(
    const float *row, const float *weight, float epsilon, long columns, float *wide,
    uint16_t *narrow) {
  float sum = 0;
  for (long i = 0; i < columns; i++) sum += row[i] * row[i];
  float scale = 1.0f / sqrtf(sum / (float)columns + epsilon);
  if (wide) {
    for (long i = 0; i < columns; i++) wide[i] = row[i] * scale * weight[i];
  }
  if (narrow) {
    for (long i = 0; i < columns; i++) narrow[i] = prism_to_bf16(row[i] * scale * weight[i]);
  }
}

struct norm {
  const float *x, *weight;
  float epsilon;
  long columns;
  float *wide;
  uint16_t *narrow;
};

// Rows of one work item: enough that handing it out costs little beside it.
#define ITEM_ROWS 8

static void norm_task(void *context, long first, long end, long column) {
  (void)column;
  const struct norm *n = context;
  for (long r = first; r < end; r++) {
    norm_row(
        n->x + r * n->columns, n->weight, n->epsilon, n->columns,
        n->wide ? n->wide + r * n->columns : NULL, n->narrow ? n->narrow + r * n->columns : NULL);
  }
}

void prism_rms_norm(
    const float *x, const float *weight, float epsilon, long rows, long columns, float *wide,
    uint16_t *narrow) {
  struct norm n = {x, weight, epsilon, columns, wide, narrow};
  prism_parallel_rows(rows, ITEM_ROWS, 1, norm_task, &n);
}

// With s = 1/rms, y_i = x_i s w_i:  dx_i = s (w_i dy_i - x_i s^2 mean_j(x_j w_j dy_j)).
PRISM_CLONES void prism_rms_norm_backward(
    const float *x, const float *weight, float epsilon, const float *dy, long rows, long columns,
    float *dx) {
  for (long r = 0; r < rows; r++) {
    const float *row = x + r * columns;
    const float *up = dy + r * columns;
    float *out = dx + r * columns;
    float sum = 0, product = 0;
    for (long i = 0; i < columns; i++) {
      sum += row[i] * row[i];
      product += row[i] * weight[i] * up[i];
    }
    float scale = 1.0f / sqrtf(sum / (float)columns + epsilon);
    float pull = scale * scale * scale * product / (float)columns;
    for (long i = 0; i < columns; i++) out[i] += scale * weight[i] * up[i] - pull * row[i];
  }
}

PRISM_CLONES void prism_rope(
    float *x, long stride, const int32_t *positions, const float *table, long rows, long heads,
    long head_size, float sign) {
  long half = head_size / 2;
  for (long r = 0; r < rows; r++) {
    const float *cosine = table + (long)positions[r] * head_size;
    const float *sine = cosine + half;
    for (long h = 0; h < heads; h++) {
      float *low = x + r * stride + h * head_size;
      float *high = low + half;
      for (long i = 0; i < half; i++) {
        float a = low[i], b = high[i], s = sign * sine[i];
        low[i] = a * cosine[i] - b * s;
        high[i] = b * cosine[i] + a * s;
      }
    }
  }
}

PRISM_CLONES void prism_add_bias(float *x, const float *bias, long rows, long columns) {
  for (long r = 0; r < rows; r++) {
    float *row = x + r * columns;
    for (long i = 0; i < columns; i++) row[i] += bias[i];
  }
}

PRISM_CLONES static void swiglu_row_plain(
    const float *gate, const float *up, long columns, float *wide, uint16_t *narrow) {
  if (wide) {
    for (long i = 0; i < columns; i++) wide[i] = gate[i] * prism_sigmoid(gate[i]) * up[i];
  }
  if (narrow) {
    for (long i = 0; i < columns; i++) {
      narrow[i] = prism_to_bf16(gate[i] * prism_sigmoid(gate[i]) * up[i]);
    }
  }
}

#if defined(__x86_64__)
PRISM_AVX512 static void swiglu_row_narrow(
    const float *gate, const float *up, long columns, uint16_t *narrow) {
  for (long i = 0; i < columns; i += 16) {
    __mmask16 lanes = prism_lanes(columns - i);
    __m512 x = _mm512_maskz_loadu_ps(lanes, gate + i);
    __m512 silu = _mm512_mul_ps(x, prism_sigmoid16(x));
    prism_store_bf16_lanes(
        narrow + i, lanes, _mm512_mul_ps(silu, _mm512_maskz_loadu_ps(lanes, up + i)));
  }
}
#endif

void prism_swiglu_row(
    const float *gate, const float *up, long columns, float *wide, uint16_t *narrow) {
#if defined(__x86_64__)
  // The narrow form has the same bits whether or not the wide one is asked for too.
  if (narrow && prism_has_avx512()) {
    swiglu_row_narrow(gate, up, columns, narrow);
    narrow = NULL;
  }
#endif
  swiglu_row_plain(gate, up, columns, wide, narrow);
}

struct swiglu {
  const float *gate_up;
  const float *dh;
  float *wide;
  uint16_t *narrow;
  float *d_gate_up;
  long columns;
};

static void swiglu_task(void *context, long first, long end, long column) {
  (void)column;
  const struct swiglu *s = context;
  for (long row = first; row < end; row++) {
    const float *gate = s->gate_up + row * 2 * s->columns;
    prism_swiglu_row(
        gate, gate + s->columns, s->columns, s->wide ? s->wide + row * s->columns : NULL,
        s->narrow ? s->narrow + row * s->columns : NULL);
  }
}

void prism_swiglu(const float *gate_up, long rows, long columns, float *wide, uint16_t *narrow) {
  struct swiglu s = {gate_up, NULL, wide, narrow, NULL, columns};
  prism_parallel_rows(rows, 1, 1, swiglu_task, &s);
}

PRISM_CLONES static void swiglu_backward_row(
    const float *gate, const float *up, const float *dh, long columns, float *d_gate, float *d_up) {
  for (long i = 0; i < columns; i++) {
    float sigmoid = prism_sigmoid(gate[i]);
    float silu = gate[i] * sigmoid;
    d_up[i] = dh[i] * silu;
    d_gate[i] = dh[i] * up[i] * (sigmoid + silu * (1.0f - sigmoid));
  }
}

static void swiglu_backward_task(void *context, long row, int worker) {
  (void)worker;
  struct swiglu *s = context;
  const float *gate = s->gate_up + row * 2 * s->columns;
  float *d_gate = s->d_gate_up + row * 2 * s->columns;
  swiglu_backward_row(
      gate, gate + s->columns, s->dh + row * s->columns, s->columns, d_gate, d_gate + s->columns);
}

void prism_swiglu_backward(
    const float *gate_up, const float *dh, long rows, long columns, float *d_gate_up) {
  struct swiglu s = {gate_up, dh, NULL, NULL, d_gate_up, columns};
  prism_parallel_for(rows, swiglu_backward_task, &s);
}

PRISM_CLONES void prism_dropout(const float *x, float *y, long count, float rate, uint64_t seed) {
  float scale = 1.0f / (1.0f - rate);
  uint32_t limit = (uint32_t)(rate * 16777216.0f);
  // Neighbouring seeds must not give masks that agree more often than chance has it.
  seed = (seed ^ (seed >> 30)) * 0xBF58476D1CE4E5B9u;
  seed = (seed ^ (seed >> 27)) * 0x94D049BB133111EBu;
  seed ^= seed >> 31;
  uint32_t low = (uint32_t)seed, high = (uint32_t)(seed >> 32);
  for (long i = 0; i < count; i++) {
    // lowbias32 (Wellons): a 32-bit hash that vectorises, salted twice with the seed.
    uint32_t h = (uint32_t)i * 0x9E3779B9u ^ low;
    h = (h ^ (h >> 16)) * 0x21F0AAADu;
    h = (h ^ (h >> 15)) * 0x735A2D97u + high;
    h = (h ^ (h >> 15)) * 0x21F0AAADu;
    h ^= h >> 15;
    y[i] = (h >> 8) < limit ? 0.0f : x[i] * scale;
  }
}

PRISM_CLONES void prism_axpy(float alpha, const float *x, float *y, long count) {
  for (long i = 0; i < count; i++) y[i] += alpha * x[i];
}

PRISM_CLONES void prism_axpy_narrow(float alpha, const uint16_t *x, float *y, long count) {
  for (long i = 0; i < count; i++) y[i] += alpha * prism_from_bf16(x[i]);
}

PRISM_CLONES float prism_dot(const float *x, const float *y, long count) {
  float sum = 0;
  for (long i = 0; i < count; i++) sum += x[i] * y[i];
  return sum;
}

PRISM_CLONES float prism_dot_narrow(const float *x, const uint16_t *y, long count) {
  float sum = 0;
  for (long i = 0; i < count; i++) sum += x[i] * prism_from_bf16(y[i]);
  return sum;
}

PRISM_CLONES float prism_log_sum_exp(const float *x, long count, int32_t *argmax) {
  float largest = prism_largest(x, count);
  float sum = 0;
  for (long i = 0; i < count; i++) sum += prism_exp(x[i] - largest);
  if (argmax) {
    *argmax = 0;
    for (long i = 0; i < count; i++) {
      if (x[i] == largest) {
        *argmax = (int32_t)i;
        break;
      }
    }
  }
  return largest + logf(sum);
}

PRISM_CLONES double prism_exp_scaled(
    const float *x, float *y, long count, float largest, float inverse, float floor) {
  double sum = 0;
  for (long i = 0; i < count; i++) {
    float value = prism_exp((x[i] - largest) * inverse);
    y[i] = value < floor ? 0.0f : value;
    sum += y[i];
  }
  return sum;
}
