// Matrix products through oneDNN's C API, 2.x and 3.x.
#include "prism_matmul.h"

#include <oneapi/dnnl/dnnl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "prism_counters.h"
#include "helpers.h"
#include "prism_memory.h"
#include "product_internal.h"

static dnnl_engine_t engine;
static dnnl_stream_t stream;
static pthread_once_t started = PTHREAD_ONCE_INIT;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void start(void) {
  if (dnnl_engine_create(&engine, dnnl_cpu, 0) != dnnl_success) engine = NULL;
  if (engine && dnnl_stream_create(&stream, engine, dnnl_stream_in_order) != dnnl_success) {
    engine = NULL;
  }
}

// One primitive per (k, n, precision, layout, rows, accumulate), shared by all layers.
struct entry {
  struct entry *next;
  long rows;
  int accumulate;
  dnnl_primitive_t primitive;
  dnnl_memory_t source, destination, weights;
};

// Matrices of one size and precision share a shape: its packed layout and its primitives.
struct shape {
  struct shape *next;
  long k, n;
  int precision;
  dnnl_memory_desc_t layout;
  size_t bytes;
  /// Elements from one panel of 64 columns to the next, where oneDNN packs in panels; else 0.
  long panel_stride;
  struct entry *entries[256];
};

struct prism_weights {
  struct shape *shape;
  void *data;
  struct prism_int8 *eight;
  struct prism_int4 *four;
  struct prism_panels next;
};

static struct shape *shapes;

static dnnl_data_type_t type_of(int precision) { return precision == PRISM_BF16 ? dnnl_bf16 : dnnl_f32; }

static int describe(dnnl_memory_desc_t *out, long a, long b, dnnl_data_type_t type, dnnl_format_tag_t tag) {
  dnnl_dims_t dims = {a, b};
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_memory_desc_create_with_tag(out, 2, dims, type, tag);
#else
  return dnnl_memory_desc_init_by_tag(out, 2, dims, type, tag);
#endif
}

static void forget(dnnl_memory_desc_t *description) {
#if DNNL_VERSION_MAJOR >= 3
  dnnl_memory_desc_destroy(*description);
#else
  (void)description;
#endif
}

#if DNNL_VERSION_MAJOR >= 3
#define DESC(d) (d)
#else
#define DESC(d) (&(d))
#endif

static int describe_product(
    dnnl_primitive_desc_t *out, long rows, long k, long n, int precision,
    const dnnl_memory_desc_t *weights, int accumulate) {
  dnnl_memory_desc_t x, y;
  int status = describe(&x, rows, k, type_of(precision), dnnl_ab);
  if (status == dnnl_success) status = describe(&y, rows, n, dnnl_f32, dnnl_ab);
  if (status != dnnl_success) return status;
  dnnl_primitive_attr_t attributes = NULL;
  dnnl_post_ops_t sum = NULL;
  if (accumulate) {
    status = dnnl_primitive_attr_create(&attributes);
    if (status == dnnl_success) status = dnnl_post_ops_create(&sum);
#if DNNL_VERSION_MAJOR >= 3
    if (status == dnnl_success) status = dnnl_post_ops_append_sum(sum, 1.0f, 0, dnnl_data_type_undef);
#else
    if (status == dnnl_success) status = dnnl_post_ops_append_sum(sum, 1.0f);
#endif
    if (status == dnnl_success) status = dnnl_primitive_attr_set_post_ops(attributes, sum);
  }
  if (status == dnnl_success) {
#if DNNL_VERSION_MAJOR >= 3
    status = dnnl_matmul_primitive_desc_create(out, engine, x, *weights, NULL, y, attributes);
#else
    dnnl_matmul_desc_t product;
    status = dnnl_matmul_desc_init(&product, &x, weights, NULL, &y);
    if (status == dnnl_success) {
      status = dnnl_primitive_desc_create(out, &product, attributes, engine, NULL);
    }
#endif
  }
  if (sum) dnnl_post_ops_destroy(sum);
  if (attributes) dnnl_primitive_attr_destroy(attributes);
  forget(&x);
  forget(&y);
  return status;
}

// Whether the layout is [n/64][k/32][16][64][2], which our own kernel reads; the distance of panels.
static long panel_stride(const dnnl_memory_desc_t *layout, long k, long n) {
  dnnl_memory_desc_t panels;
  if (describe(&panels, k, n, dnnl_bf16, dnnl_BA16a64b2a) != dnnl_success) return 0;
  int same = dnnl_memory_desc_equal(DESC(*layout), DESC(panels));
  forget(&panels);
  return same && k % 2 == 0 ? (k + 31) / 32 * 32 * PRISM_PANEL : 0;
}

// Finds or makes the shape; the caller holds the lock.
static struct shape *shape_for(long k, long n, int precision) {
  for (struct shape *s = shapes; s; s = s->next) {
    if (s->k == k && s->n == n && s->precision == precision) return s;
  }
  dnnl_memory_desc_t any;
  if (describe(&any, k, n, type_of(precision), dnnl_format_tag_any) != dnnl_success) return NULL;
  dnnl_primitive_desc_t description;
  // 64 rows: a middling batch; the layout then serves every row count.
  int status = describe_product(&description, 64, k, n, precision, &any, 0);
  forget(&any);
  if (status != dnnl_success) return NULL;
  struct shape *s = calloc(1, sizeof *s);
  if (s) {
    s->k = k;
    s->n = n;
    s->precision = precision;
#if DNNL_VERSION_MAJOR >= 3
    if (dnnl_memory_desc_clone(
            &s->layout, dnnl_primitive_desc_query_md(description, dnnl_query_weights_md, 0))
        != dnnl_success) {
      free(s);
      s = NULL;
    } else {
      s->bytes = dnnl_memory_desc_get_size(s->layout);
    }
#else
    s->layout = *dnnl_primitive_desc_query_md(description, dnnl_query_weights_md, 0);
    s->bytes = dnnl_memory_desc_get_size(&s->layout);
#endif
  }
  dnnl_primitive_desc_destroy(description);
  if (s) {
    if (precision == PRISM_BF16) s->panel_stride = panel_stride(&s->layout, k, n);
    s->next = shapes;
    shapes = s;
  }
  return s;
}

static int reorder(struct shape *shape, const float *source, int transposed, void *destination) {
  dnnl_memory_desc_t plain;
  int status = describe(&plain, shape->k, shape->n, dnnl_f32, transposed ? dnnl_ba : dnnl_ab);
  if (status != dnnl_success) return status;
  dnnl_memory_t from = NULL, to = NULL;
  dnnl_primitive_desc_t description = NULL;
  dnnl_primitive_t primitive = NULL;
  status = dnnl_memory_create(&from, DESC(plain), engine, (void *)source);
  if (status == dnnl_success) status = dnnl_memory_create(&to, DESC(shape->layout), engine, destination);
  if (status == dnnl_success) {
    status = dnnl_reorder_primitive_desc_create(
        &description, DESC(plain), engine, DESC(shape->layout), engine, NULL);
  }
  if (status == dnnl_success) status = dnnl_primitive_create(&primitive, description);
  if (status == dnnl_success) {
    dnnl_exec_arg_t arguments[] = {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}};
    status = dnnl_primitive_execute(primitive, stream, 2, arguments);
    if (status == dnnl_success) status = dnnl_stream_wait(stream);
  }
  if (primitive) dnnl_primitive_destroy(primitive);
  if (description) dnnl_primitive_desc_destroy(description);
  if (to) dnnl_memory_destroy(to);
  if (from) dnnl_memory_destroy(from);
  forget(&plain);
  return status;
}

static int fill(prism_weights *weights, const float *source, long k, long n, int transposed, int precision) {
  pthread_mutex_lock(&lock);
  weights->shape = shape_for(k, n, precision);
  if (weights->shape) weights->data = prism_memory(weights->shape->bytes);
  int done = weights->data && reorder(weights->shape, source, transposed, weights->data) == dnnl_success;
  pthread_mutex_unlock(&lock);
  return done;
}

static int fill_int8(prism_weights *weights, const float *source, long k, long n, int transposed) {
  size_t panels = (size_t)(n + PRISM_PANEL - 1) / PRISM_PANEL;
  size_t padded = (size_t)prism_int8_padded(k);
  size_t bytes = panels * padded * PRISM_PANEL;
  size_t scales = panels * (size_t)prism_int8_groups(k) * PRISM_PANEL * sizeof(float);
  weights->eight = calloc(1, sizeof *weights->eight);
  if (weights->eight) weights->data = prism_memory(bytes + scales);
  if (!weights->data) return 0;
  *weights->eight =
      (struct prism_int8){k, n, weights->data, (float *)((char *)weights->data + bytes)};
  prism_int8_pack(source, k, n, transposed, weights->eight->weights, weights->eight->scales);
  return 1;
}

// Also false, with nothing kept, where the weights have more than 4 bits.
static int fill_int4(prism_weights *weights, const float *source, long k, long n, int transposed) {
  weights->four = calloc(1, sizeof *weights->four);
  if (weights->four && k % PRISM_INT4_GROUP == 0) {
    weights->data = prism_memory(prism_int4_bytes(k, n));
  }
  if (weights->data && prism_int4_pack(source, k, n, transposed, weights->data)) {
    *weights->four = (struct prism_int4){k, n, weights->data};
    return 1;
  }
  prism_memory_release(weights->data);
  free(weights->four);
  weights->data = weights->four = NULL;
  return 0;
}

static int fill_as(
    prism_weights *weights, const float *source, long k, long n, int transposed, int precision) {
  if (precision == PRISM_INT4 && fill_int4(weights, source, k, n, transposed)) return 1;
  if (precision == PRISM_INT4 || precision == PRISM_INT8) {
    return fill_int8(weights, source, k, n, transposed);
  }
  return fill(weights, source, k, n, transposed, precision);
}

prism_weights *prism_weights_create(
    const float *source, long k, long n, int transposed, int precision) {
  pthread_once(&started, start);
  if (!engine) return NULL;
  prism_weights *weights = calloc(1, sizeof *weights);
  if (!weights) return NULL;
  if (fill_as(weights, source, k, n, transposed, precision)) return weights;
  prism_weights_destroy(weights);
  return NULL;
}

void prism_weights_destroy(prism_weights *weights) {
  if (!weights) return;
  prism_memory_release(weights->data);
  free(weights->eight);
  free(weights->four);
  free(weights);
}

void prism_weights_precede(prism_weights *weights, const prism_weights *next) {
  if (next->four) {
    size_t panel = prism_int4_bytes(next->four->k, 1);
    weights->next = (struct prism_panels){
        next->four->weights, panel, PRISM_INT4_PANEL, next->four->n};
  } else if (next->eight) {
    size_t panel = (size_t)prism_int8_padded(next->eight->k) * PRISM_PANEL;
    weights->next = (struct prism_panels){
        (const char *)next->eight->weights, panel, PRISM_PANEL, next->eight->n};
  } else if (next->shape->panel_stride) {
    size_t panel = (size_t)next->shape->panel_stride * sizeof(uint16_t);
    weights->next = (struct prism_panels){next->data, panel, PRISM_PANEL, next->shape->n};
  }
}

size_t prism_weights_bytes(const prism_weights *weights) {
  if (weights->shape) return weights->shape->bytes;
  if (weights->four) return prism_int4_bytes(weights->four->k, weights->four->n);
  const struct prism_int8 *w = weights->eight;
  size_t panels = (size_t)(w->n + PRISM_PANEL - 1) / PRISM_PANEL * PRISM_PANEL;
  return panels * (size_t)prism_int8_padded(w->k)
         + panels * (size_t)prism_int8_groups(w->k) * sizeof(float);
}

long prism_padded_rows(long rows) { return rows <= 64 ? rows : (rows + 31) / 32 * 32; }

// Finds or makes the primitive; the caller holds the lock.
static struct entry *entry_for(struct shape *shape, long rows, int accumulate, int *status) {
  struct entry **bucket = &shape->entries[(rows * 2 + accumulate) & 255];
  for (struct entry *e = *bucket; e; e = e->next) {
    if (e->rows == rows && e->accumulate == accumulate) return e;
  }
  dnnl_primitive_desc_t description;
  *status = describe_product(
      &description, rows, shape->k, shape->n, shape->precision, &shape->layout, accumulate);
  if (*status != dnnl_success) return NULL;
  struct entry *e = calloc(1, sizeof *e);
  if (!e) *status = dnnl_out_of_memory;
  if (*status == dnnl_success) *status = dnnl_primitive_create(&e->primitive, description);
  dnnl_primitive_desc_destroy(description);
  dnnl_memory_desc_t x, y;
  if (*status == dnnl_success) *status = describe(&x, rows, shape->k, type_of(shape->precision), dnnl_ab);
  if (*status == dnnl_success) *status = describe(&y, rows, shape->n, dnnl_f32, dnnl_ab);
  if (*status == dnnl_success) *status = dnnl_memory_create(&e->source, DESC(x), engine, DNNL_MEMORY_NONE);
  if (*status == dnnl_success) *status = dnnl_memory_create(&e->destination, DESC(y), engine, DNNL_MEMORY_NONE);
  if (*status == dnnl_success) {
    *status = dnnl_memory_create(&e->weights, DESC(shape->layout), engine, DNNL_MEMORY_NONE);
  }
  if (*status != dnnl_success) return NULL;
  e->rows = rows;
  e->accumulate = accumulate;
  e->next = *bucket;
  *bucket = e;
  return e;
}

static int product_by_dnnl(
    const prism_weights *weights, long rows, const void *x, float *y, int accumulate) {
  int status = dnnl_success;
  prism_leave_to_openmp();
  // The lock also keeps one caller's data handles apart from another's.
  pthread_mutex_lock(&lock);
  struct entry *e = entry_for(weights->shape, prism_padded_rows(rows), accumulate, &status);
  if (e) {
    status = dnnl_memory_set_data_handle(e->source, (void *)x);
    if (status == dnnl_success) status = dnnl_memory_set_data_handle(e->destination, y);
    if (status == dnnl_success) status = dnnl_memory_set_data_handle(e->weights, weights->data);
    if (status == dnnl_success) {
      dnnl_exec_arg_t arguments[] = {
          {DNNL_ARG_SRC, e->source}, {DNNL_ARG_WEIGHTS, e->weights}, {DNNL_ARG_DST, e->destination}};
      status = dnnl_primitive_execute(e->primitive, stream, 3, arguments);
      if (status == dnnl_success) status = dnnl_stream_wait(stream);
    }
  }
  pthread_mutex_unlock(&lock);
  return status;
}

static int has_amx(void) {
#if defined(__x86_64__)
  unsigned a, b, c, d;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d >> 22 & 1);
#else
  return 0;
#endif
}

static atomic_int row_independence;

void prism_require_row_independence(int required) { atomic_store(&row_independence, required); }

// Tile units beat our kernel as soon as there are rows to fill them.
#define ROWS_FOR_TILES 8

static int is_ours(const prism_weights *weights, long rows) {
  static atomic_int known = -1;
  int kind = atomic_load_explicit(&known, memory_order_relaxed);
  if (kind < 0) {
    kind = !prism_has_bf16_product() ? 0 : has_amx() ? 1 : 2;
    atomic_store(&known, kind);
  }
  if (!weights->shape->panel_stride || kind == 0) return 0;
  return kind == 2 || rows <= ROWS_FOR_TILES || atomic_load(&row_independence);
}

int prism_matmul(
    const prism_weights *weights, long rows, const void *x, float *y, int accumulate,
    const prism_update *updates, long count) {
  if (rows <= 0) return dnnl_success;
  struct prism_updates added = {updates, count};
  if (weights->eight) {
    prism_count_product(rows, weights->eight->k, weights->eight->n, prism_weights_bytes(weights));
    int done = prism_run_int8(weights->eight, x, rows, y, accumulate, added, &weights->next);
    return done ? dnnl_success : dnnl_out_of_memory;
  }
  if (weights->four) {
    prism_count_product(rows, weights->four->k, weights->four->n, prism_weights_bytes(weights));
    int done = prism_run_int4(weights->four, x, rows, y, accumulate, added, &weights->next);
    return done ? dnnl_success : dnnl_out_of_memory;
  }
  const struct shape *shape = weights->shape;
  prism_count_product(rows, shape->k, shape->n, shape->bytes);
  if (!is_ours(weights, rows)) {
    int status = product_by_dnnl(weights, rows, x, y, accumulate);
    if (status == dnnl_success) prism_add_updates(updates, count, y);
    return status;
  }
  prism_run_bf16(
      weights->data, shape->panel_stride, shape->k, shape->n, x, rows, y, accumulate, added,
      &weights->next);
  return dnnl_success;
}

int prism_matmul_gated(
    const prism_weights *weights, long rows, const void *x, uint16_t *out, const prism_update *updates,
    long count) {
  const struct prism_int8 *eight = weights->eight;
  int is_fast = eight ? prism_has_int8_product() : weights->shape && is_ours(weights, rows);
  // No error: callers then multiply and activate one after the other.
  if (!is_fast || rows <= PRISM_MOST_IN_TURNS) return dnnl_unimplemented;
  long k = eight ? eight->k : weights->shape->k, n = eight ? eight->n : weights->shape->n;
  if (n % (2 * PRISM_PANEL) != 0) return dnnl_unimplemented;
  prism_count_product(rows, k, n, prism_weights_bytes(weights));
  int done = prism_run_gated(
      weights->data, eight ? 0 : weights->shape->panel_stride, eight, k, n, x, rows, out,
      (struct prism_updates){updates, count});
  return done ? dnnl_success : dnnl_out_of_memory;
}

static int is_low_rank(const prism_weights *weights) {
  return weights->shape && weights->shape->panel_stride && prism_has_bf16_product();
}

int prism_low_rank_of(
    const prism_weights *down, const prism_weights *up, long bands, const long *ends, float scale,
    prism_low_rank *pair) {
  // No error: callers then add the adapter by sgemm.
  if (!is_low_rank(down) || !is_low_rank(up) || down->shape->n != up->shape->k) {
    return dnnl_unimplemented;
  }
  const struct shape *a = down->shape, *b = up->shape;
  // Elsewhere the zeros around the bands are multiplied too, to the same end.
  if (!prism_has_bands(b->k, b->n, bands, ends)) {
    bands = 1;
    ends = &b->n;
  }
  *pair = (prism_low_rank){
      .down = down->data, .up = up->data, .down_stride = a->panel_stride, .up_stride = b->panel_stride,
      .k = a->k, .rank = a->n, .n = b->n, .bands = bands, .ends = ends, .scale = scale};
  return dnnl_success;
}

int prism_sgemm(
    int transpose_a, int transpose_b, long m, long n, long k, float alpha, const float *a, long lda,
    const float *b, long ldb, float beta, float *c, long ldc) {
  if (m <= 0 || n <= 0) return dnnl_success;
  prism_leave_to_openmp();
  return dnnl_sgemm(
      transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N', m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

int prism_has_fast_bf16(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512bf16") != 0;
#else
  return 0;
#endif
}
