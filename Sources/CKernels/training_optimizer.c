#include <math.h>

#include "clones.h"
#include "prism_parallel.h"
#include "prism_training.h"
#include "training_product.h"

#define CHUNK 65536

struct adamw {
  long count;
  float *parameters;
  const float *gradients;
  float *first, *second;
  float factor, keep, step_size, root_correction, blend1, decay2, blend2, epsilon;
};

PRISM_CLONES static void adamw_chunk(const struct adamw *a, long start, long end) {
  const float *gradients = a->gradients;
  float *parameters = a->parameters, *first = a->first, *second = a->second;
  for (long i = start; i < end; i++) {
    float gradient = gradients[i] * a->factor;
    float mean = first[i] + a->blend1 * (gradient - first[i]);
    float square = second[i] * a->decay2 + a->blend2 * gradient * gradient;
    first[i] = mean;
    second[i] = square;
    float root = sqrtf(square) / a->root_correction + a->epsilon;
    parameters[i] = parameters[i] * a->keep - a->step_size * (mean / root);
  }
}

static void adamw_task(void *context, long index, int worker) {
  (void)worker;
  const struct adamw *a = context;
  long start = index * CHUNK, end = start + CHUNK < a->count ? start + CHUNK : a->count;
  adamw_chunk(a, start, end);
}

void prism_adamw(
    long count, float *parameters, const float *gradients, float *first, float *second,
    float factor, float keep, float step_size, float root_correction, float blend1, float decay2,
    float blend2, float epsilon) {
  struct adamw a = {count,  parameters, gradients,       first,  second, factor, keep,
                    step_size, root_correction, blend1, decay2, blend2, epsilon};
  prism_parallel_for((count + CHUNK - 1) / CHUNK, adamw_task, &a);
}

struct squares {
  const float *x;
  long count;
  double *sums;
};

PRISM_CLONES static double squares_chunk(const float *x, long count) {
  double lanes[8] = {0};
  long whole = count & ~7L;
  for (long start = 0; start < whole; start += 8) {
    for (int lane = 0; lane < 8; lane++) {
      double value = x[start + lane];
      lanes[lane] += value * value;
    }
  }
  for (long i = whole; i < count; i++) lanes[i % 8] += (double)x[i] * x[i];
  double sum = 0;
  for (int lane = 0; lane < 8; lane++) sum += lanes[lane];
  return sum;
}

static void squares_task(void *context, long index, int worker) {
  (void)worker;
  struct squares *s = context;
  long start = index * CHUNK, count = s->count - start < CHUNK ? s->count - start : CHUNK;
  s->sums[index] = squares_chunk(s->x + start, count);
}

double prism_sum_of_squares(const float *x, long count) {
  long chunks = (count + CHUNK - 1) / CHUNK;
  struct squares s = {x, count, prism_training_scratch(0, chunks * (long)sizeof(double))};
  prism_parallel_for(chunks, squares_task, &s);
  double sum = 0;
  for (long i = 0; i < chunks; i++) sum += s.sums[i];
  return sum;
}
