// Our kernels run on helpers of their own, except around products of oneDNN's, which wants OpenMP's team: two
// teams that wait awake would fight over the same cores. That runtime is the one libdnnl brought
// along, found by name so that nothing links against a particular OpenMP.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "prism_parallel.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>

#include "helpers.h"

typedef void (*gomp_parallel_fn)(void (*)(void *), void *, unsigned, unsigned);
typedef int (*int_fn)(void);
typedef void (*set_int_fn)(int);
typedef int (*int_int_fn)(int);

static gomp_parallel_fn gomp_parallel;
static int_fn thread_number;
static int_fn maximum_threads;
static int_fn inside_parallel;
static set_int_fn set_threads;
static int_int_fn pause_all;
static pthread_once_t resolved = PTHREAD_ONCE_INIT;

static void resolve(void) {
  gomp_parallel = (gomp_parallel_fn)dlsym(RTLD_DEFAULT, "GOMP_parallel");
  thread_number = (int_fn)dlsym(RTLD_DEFAULT, "omp_get_thread_num");
  maximum_threads = (int_fn)dlsym(RTLD_DEFAULT, "omp_get_max_threads");
  inside_parallel = (int_fn)dlsym(RTLD_DEFAULT, "omp_in_parallel");
  set_threads = (set_int_fn)dlsym(RTLD_DEFAULT, "omp_set_num_threads");
  pause_all = (int_int_fn)dlsym(RTLD_DEFAULT, "omp_pause_resource_all");
  if (!thread_number || !maximum_threads || !inside_parallel) gomp_parallel = 0;
}

int prism_thread_count(void) {
  pthread_once(&resolved, resolve);
  return gomp_parallel ? maximum_threads() : 1;
}

void prism_set_thread_count(int count) {
  pthread_once(&resolved, resolve);
  if (count >= 1 && set_threads) set_threads(count);
}

// omp_pause_hard of OpenMP 5.
#define PAUSE_HARD 2

void prism_release_threads(void) {
  pthread_once(&resolved, resolve);
  if (pause_all && gomp_parallel && !inside_parallel()) pause_all(PAUSE_HARD);
}

struct job {
  // One of the two.
  prism_task task;
  prism_ahead_task ahead_task;
  void *context;
  long count;
  atomic_long next;
};

static long take(struct job *job) {
  long index = atomic_fetch_add_explicit(&job->next, 1, memory_order_relaxed);
  return index < job->count ? index : -1;
}

static void perform(const struct job *job, long index, long next, int worker) {
  if (job->ahead_task) {
    job->ahead_task(job->context, index, next, worker);
  } else {
    job->task(job->context, index, worker);
  }
}

// Who need not know its next item takes it late, so that long items spread evenly.
static void work(void *data, int worker) {
  struct job *job = data;
  for (long index = take(job); index >= 0;) {
    long next = job->ahead_task ? take(job) : -1;
    perform(job, index, next, worker);
    index = job->ahead_task ? next : take(job);
  }
}

static void work_in_team(void *data) { work(data, thread_number()); }

static void work_alone(struct job *job) {
  for (long i = 0; i < job->count; i++) perform(job, i, i + 1 < job->count ? i + 1 : -1, 0);
}

static void run(struct job *job) {
  pthread_once(&resolved, resolve);
  if (job->count <= 0) return;
  if (job->count == 1 || !gomp_parallel || prism_is_sharing() || inside_parallel()
      || maximum_threads() == 1) {
    work_alone(job);
    return;
  }
  int threads = maximum_threads();
  if (prism_with_helpers(work, job, threads)) return;
  gomp_parallel(work_in_team, job, (unsigned)(threads < job->count ? threads : job->count), 0);
}

void prism_parallel_for(long count, prism_task task, void *context) {
  run(&(struct job){.task = task, .context = context, .count = count});
}

void prism_parallel_ahead(long count, prism_ahead_task task, void *context) {
  run(&(struct job){.ahead_task = task, .context = context, .count = count});
}
