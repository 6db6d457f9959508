#ifndef PRISM_TRAINING_H
#define PRISM_TRAINING_H

#include <stdint.h>

#include "prism_attention.h"

// Kernels of the training pass of a bf16 model. Products take bf16 and sum in fp32; the residual
// stream, its gradient and all parameters stay fp32. Work is shared by blocks of rows, or of columns
// for sums over rows, so that results do not depend on the number of threads.

/// Projections at most in one group.
#define PRISM_GROUP 3

/// The adapter of projections that share one input, narrowed for a pass; see prism_adapter_pack.
/// All widths are even. Ranks are padded to `rank`, also even.
typedef struct {
  long inputs, count, rank;
  long outputs[PRISM_GROUP];
  /// A for x A^T: pairs along the inputs, [inputs / 2, up16(count rank)].
  uint32_t *a_low;
  /// A for d A: pairs along the ranks, [count rank / 2, up16(inputs)].
  uint32_t *a_up;
  /// scale B for low B^T: pairs along the rank, [rank / 2, up16(outputs)].
  uint32_t *b_up[PRISM_GROUP];
  /// scale B for dy B: pairs along the outputs, [outputs / 2, up16(rank)].
  uint32_t *b_low[PRISM_GROUP];
} prism_adapter_group;

/// 32-bit units of the group's four packed forms together.
long prism_adapter_units(const prism_adapter_group *group);

/// Lays the group's forms out from `memory` on, prism_adapter_units of them.
void prism_adapter_place(prism_adapter_group *group, uint32_t *memory);

/// Fills the forms. `a` is [count * true_rank, inputs]; b[i] is [outputs[i], true_rank].
void prism_adapter_pack(
    const prism_adapter_group *group, long true_rank, const float *a, const float *const *b,
    float scale);

/// x A^T of some rows, or dy B: bf16 in two forms.
typedef struct {
  /// [rows, count rank], pairs along the ranks.
  uint32_t *wide;
  /// [up2(rows) / 2, up16(count rank)], pairs along the rows.
  uint32_t *tall;
} prism_low;

/// Dropout: one bit an element of x, [rows, up16(inputs) / 16] words of 16 bits; set bits are kept
/// and multiplied by `factor`. No dropout: NULL and 1.
typedef struct {
  uint16_t *bits;
  float factor;
  /// Share dropped, and the seed of the mask, for kernels that draw it.
  float rate;
  uint64_t seed;
} prism_mask;

/// Adds the gradients of A and B, laid out as in prism_adapter_pack, from the pass's bf16 values:
/// x [rows, inputs], dy [rows, sum of outputs], x A^T and dy B.
void prism_adapter_gradient(
    const prism_adapter_group *group, long true_rank, long rows, const uint16_t *x,
    const prism_mask *mask, const uint16_t *dy, const prism_low *low, const prism_low *dlow,
    float scale, float *da, float *const *db);

// Stages between two products, fused by blocks of rows. Where `up` is given, low B^T (or, going back,
// the masked dlow A) is added to what the stage reads first; where `down` is given, the stage's
// output runs through the adapter's narrow side. Either may be NULL.

/// One adapter product of a stage.
typedef struct {
  const prism_adapter_group *group;
  prism_low low;
  prism_mask mask;
} prism_stage_product;

/// hidden += up; input = hidden; normed = norm(hidden). `input`, and with it weight and normed, may
/// be NULL where nothing follows.
void prism_train_norm(
    long rows, long columns, float *hidden, const prism_stage_product *up, float *input,
    const float *weight, float epsilon, uint16_t *normed, const prism_stage_product *down);

/// qkv += up; bias; rotary embedding; narrow = qkv. Heads are those rotated.
void prism_train_qkv(
    long rows, long columns, float *qkv, const prism_stage_product *up, const float *bias,
    const int32_t *positions, const float *table, long heads, long head_size, uint16_t *narrow);

/// narrow = x; it is the adapter's input, or going `backward` the gradient of its output.
void prism_train_narrow(
    long rows, long columns, const float *x, uint16_t *narrow, int backward,
    const prism_stage_product *down);

/// gate_up += up; narrow = gate_up; activated = silu(gate) up. `narrow` may be NULL.
void prism_train_swiglu(
    long rows, long columns, float *gate_up, const prism_stage_product *up, uint16_t *narrow,
    uint16_t *activated, const prism_stage_product *down);

/// dh += up; d_gate_up from dh and gate_up.
void prism_train_swiglu_backward(
    long rows, long columns, float *dh, const prism_stage_product *up, const uint16_t *gate_up,
    uint16_t *d_gate_up, const prism_stage_product *down);

/// dy += up; dhidden += gradient through norm(x); narrow = dhidden.
void prism_train_norm_backward(
    long rows, long columns, float *dy, const prism_stage_product *up, const float *x,
    const float *weight, float epsilon, float *dhidden, uint16_t *narrow,
    const prism_stage_product *down);

/// dout += up; narrow = dout; delta[row, head] = sum(dout out) of the head.
void prism_train_attended_backward(
    long rows, long heads, long head_size, float *dout, const prism_stage_product *up,
    const uint16_t *out, uint16_t *narrow, float *delta);

/// narrow = d_qkv rotated back, from dq [rows, query_heads head_size] and the parts of dk and dv of
/// every query head, [query_heads, rows, 2 head_size].
void prism_train_qkv_backward(
    long rows, long query_heads, long heads, long head_size, const float *dq, const float *parts,
    const int32_t *positions, const float *table, uint16_t *narrow,
    const prism_stage_product *down);

/// prism_attention on bf16 qkv rows of [q heads | k heads | v heads], training form.
void prism_train_attention(
    const uint16_t *qkv, long query_heads, long heads, long head_size,
    const prism_segment *segments, long count, float *out, float *lse);

/// Its gradient, as prism_train_qkv_backward reads it.
void prism_train_attention_backward(
    const uint16_t *qkv, long query_heads, long heads, long head_size,
    const prism_segment *segments, long count, long rows, const float *lse, const float *delta,
    const uint16_t *dout, float *dq, float *parts);

/// One step of AdamW over `count` parameters on the thread team; gradients are multiplied by `factor`.
void prism_adamw(
    long count, float *parameters, const float *gradients, float *first, float *second,
    float factor, float keep, float step_size, float root_correction, float blend1, float decay2,
    float blend2, float epsilon);

/// Sum of squares in double precision, in an order that the number of threads does not change.
double prism_sum_of_squares(const float *x, long count);

#endif
