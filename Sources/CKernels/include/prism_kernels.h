#ifndef PRISM_KERNELS_H
#define PRISM_KERNELS_H

#include <stdint.h>

// Shapes: R rows, D columns of one row. Rows are contiguous unless a stride is given.
// Outputs named `wide` are fp32, `narrow` bf16; either may be NULL.

/// bf16 <-> fp32, round to nearest even.
void prism_narrow(const float *x, uint16_t *y, long count);
void prism_widen(const uint16_t *x, float *y, long count);

/// y = x / sqrt(mean(x^2) + epsilon) * weight, per row.
void prism_rms_norm(
    const float *x, const float *weight, float epsilon, long rows, long columns, float *wide,
    uint16_t *narrow);

/// dx += gradient of prism_rms_norm with respect to x, given dy.
void prism_rms_norm_backward(
    const float *x, const float *weight, float epsilon, const float *dy, long rows, long columns,
    float *dx);

/// Rotary position embedding in place on `heads` heads of `head_size` per row, half-split order.
/// `table` holds cos then sin, [position, head_size]; `sign` -1 rotates back (the gradient).
void prism_rope(
    float *x, long stride, const int32_t *positions, const float *table, long rows, long heads,
    long head_size, float sign);

/// x[r, :] += bias.
void prism_add_bias(float *x, const float *bias, long rows, long columns);

/// y = silu(gate) * up; gate_up rows hold gate then up, [R, 2F].
void prism_swiglu(
    const float *gate_up, long rows, long columns, float *wide, uint16_t *narrow);

/// d_gate_up from dh, both fp32.
void prism_swiglu_backward(
    const float *gate_up, const float *dh, long rows, long columns, float *d_gate_up);

/// y[i] = keep ? x[i] / (1 - rate) : 0; the mask is a pure function of (seed, index), so the
/// backward pass draws the same one. In place when x == y.
void prism_dropout(const float *x, float *y, long count, float rate, uint64_t seed);

/// y += alpha * x.
void prism_axpy(float alpha, const float *x, float *y, long count);

/// log(sum(exp(x))) of one row; the largest value's index goes to *argmax.
float prism_log_sum_exp(const float *x, long count, int32_t *argmax);

/// y = exp((x - largest) * inverse), with values below `floor` set to 0; returns their sum.
double prism_exp_scaled(
    const float *x, float *y, long count, float largest, float inverse, float floor);

/// Dot product with an fp32 or bf16 vector.
float prism_dot(const float *x, const float *y, long count);
float prism_dot_narrow(const float *x, const uint16_t *y, long count);
/// y += alpha * (bf16) x.
void prism_axpy_narrow(float alpha, const uint16_t *x, float *y, long count);

#endif
