#ifndef PRISM_MATMUL_H
#define PRISM_MATMUL_H

#include <stddef.h>
#include <stdint.h>

/// PRISM_INT4 takes 4 bits over where weights have no more, and is PRISM_INT8 elsewhere.
enum { PRISM_F32 = 0, PRISM_BF16 = 1, PRISM_INT8 = 2, PRISM_INT4 = 3 };

/// A frozen matrix in the layout oneDNN likes best.
typedef struct prism_weights prism_weights;

/// Packs W for y = x W, x is [rows, k], y is [rows, n]. `source` is fp32, row-major [k, n], or
/// [n, k] when `transposed`. Returns NULL when oneDNN refuses or memory is short.
prism_weights *prism_weights_create(
    const float *source, long k, long n, int transposed, int precision);
void prism_weights_destroy(prism_weights *weights);

/// Products with `next` usually follow those with `weights`: threads that wait ask memory for what comes. Only
/// while nobody else uses `weights`; `next` may be destroyed before them.
void prism_weights_precede(prism_weights *weights, const prism_weights *next);

size_t prism_weights_bytes(const prism_weights *weights);

/// An adapter's two packed matrices beside one product: A [k, rank] and B [rank, n]. B is block-diagonal: of
/// `bands` equal parts of the rank, part i has columns ends[i - 1]..<ends[i] to itself, and the last ends at n.
typedef struct prism_low_rank {
  const uint16_t *down, *up;
  long down_stride, up_stride, k, rank, n, bands;
  const long *ends;
  float scale;
} prism_low_rank;

/// Fills `pair` from `down`, A, and `up`, B, which must outlive it, as must `ends`. Only for bf16 weights where
/// our own kernel runs and sizes fit, else dnnl_unimplemented.
int prism_low_rank_of(
    const prism_weights *down, const prism_weights *up, long bands, const long *ends, float scale,
    prism_low_rank *pair);

/// Rows first..<first + rows of a product, to which an adapter adds scale * low B; `low` is x A of these rows in
/// bf16, [rows, rank].
typedef struct prism_update {
  const prism_low_rank *pair;
  long first, rows;
  uint16_t *low;
} prism_update;

/// Computes `low` of all updates from the inputs of their product, x [.., k] in bf16.
void prism_low_rows(const prism_update *updates, long count, const void *x);

/// y [.., n] += scale * low B in the rows of the updates, all of one n.
void prism_add_updates(const prism_update *updates, long count, float *y);

/// y (fp32) = x W, or y += x W when `accumulate`, with `count` updates added. `x` has the precision of the weights,
/// bf16 for 8-bit and 4-bit ones. Both hold `prism_padded_rows(rows)` rows; the rows past `rows` may hold
/// anything. Returns a dnnl_status.
int prism_matmul(
    const prism_weights *weights, long rows, const void *x, float *y, int accumulate,
    const prism_update *updates, long count);

/// out [rows, n / 2] (bf16) = silu(x W_gate) (x W_up), the gate being the first half of W's columns: the same
/// bits as the product with its updates and prism_swiglu after it, without writing the product to memory.
/// dnnl_unimplemented where nothing would be won or our own kernels do not run.
int prism_matmul_gated(
    const prism_weights *weights, long rows, const void *x, uint16_t *out, const prism_update *updates,
    long count);

/// Makes the result of a row the same to the last bit whatever the other rows of the product are, also
/// where that is slower: on processors with tile units (AMX). Elsewhere it holds for bf16 anyway.
void prism_require_row_independence(int required);

/// Rows actually computed for `rows`: few distinct shapes keep the primitive cache small.
long prism_padded_rows(long rows);

/// C = alpha op(A) op(B) + beta C, row-major fp32 with leading dimensions. Returns a dnnl_status.
int prism_sgemm(
    int transpose_a, int transpose_b, long m, long n, long k, float alpha, const float *a, long lda,
    const float *b, long ldb, float beta, float *c, long ldc);

/// How bf16 products are summed where the processor has an instruction for pairs of them: in the way that is
/// faster here, measured once, or in one of the two. The sums have the same bits.
enum prism_sums { PRISM_SUMS_MEASURED, PRISM_SUMS_BY_PAIRS, PRISM_SUMS_IN_FP32 };
void prism_choose_sums(enum prism_sums sums);

/// Whether this processor multiplies bf16 faster than fp32.
int prism_has_fast_bf16(void);

#endif
