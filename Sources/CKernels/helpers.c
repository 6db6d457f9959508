// A thread team that meets without a barrier. At OpenMP's every thread waits for every other one, so when
// another process takes a core, each of the hundreds of regions of a pass waits until it gives it back.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "helpers.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>

#define MOST_HELPERS 255
// Of a helper without work before it sleeps: a few milliseconds, more than lie between two passes.
#define SPINS 300000
// What helpers watch and what they write lie apart.
#define LINE _Alignas(64)

static struct {
  /// Held by the thread whose work it is.
  pthread_mutex_t owner;
  pthread_mutex_t sleep;
  pthread_cond_t wake;
  /// Counts the works, so that a helper sees that there is a new one.
  LINE atomic_uint generation;
  /// How many are inside; whether more may still come; how many sleep.
  LINE atomic_int inside;
  LINE atomic_int is_open;
  atomic_int sleeping;
  int threads, helpers;
  prism_shared_work work;
  void *context;
} team = {
    .owner = PTHREAD_MUTEX_INITIALIZER,
    .sleep = PTHREAD_MUTEX_INITIALIZER,
    .wake = PTHREAD_COND_INITIALIZER,
};

static _Thread_local int is_sharing;

int prism_is_sharing(void) { return is_sharing; }

static void pause_briefly(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

// What this thread reads next and has not asked for.
static _Thread_local struct {
  const char *at, *end;
} soon;

// Beside other data in the second-level cache.
#define MOST_SOON ((size_t)128 << 10)
// Asked for between two looks at whether the waiting is over: as many as memory serves meanwhile.
#define SOON_LINES 4

void prism_reads_soon(const void *start, size_t bytes) {
  soon.at = start;
  soon.end = soon.at + (bytes < MOST_SOON ? bytes : MOST_SOON);
}

static void wait_a_little(void) {
  for (int i = 0; i < SOON_LINES && soon.at < soon.end; i++, soon.at += 64) {
    __builtin_prefetch(soon.at, 0, 2);
  }
  pause_briefly();
}

static unsigned next_generation(unsigned seen) {
  for (int i = 0; i < SPINS; i++) {
    unsigned now = atomic_load_explicit(&team.generation, memory_order_acquire);
    if (now != seen) return now;
    wait_a_little();
  }
  pthread_mutex_lock(&team.sleep);
  atomic_fetch_add(&team.sleeping, 1);
  unsigned now;
  while ((now = atomic_load(&team.generation)) == seen) {
    pthread_cond_wait(&team.wake, &team.sleep);
  }
  atomic_fetch_sub(&team.sleeping, 1);
  pthread_mutex_unlock(&team.sleep);
  return now;
}

static void *help(void *number) {
  int worker = (int)(intptr_t)number;
  is_sharing = 1;
  for (unsigned seen = 0;;) {
    seen = next_generation(seen);
    // First in, then look: whoever closes the work looks in the other order, so one of both sees the other.
    atomic_fetch_add(&team.inside, 1);
    if (atomic_load(&team.is_open) && worker < team.threads) team.work(team.context, worker);
    atomic_fetch_sub(&team.inside, 1);
  }
  return NULL;
}

// Signals are for the program's own threads. Where no thread can be made, those that are there have to do.
static void hire(int helpers) {
  if (team.helpers >= helpers || team.helpers >= MOST_HELPERS) return;
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  while (team.helpers < helpers && team.helpers < MOST_HELPERS
         && pthread_create(&thread, NULL, help, (void *)(intptr_t)(team.helpers + 1)) == 0) {
    pthread_detach(thread);
    team.helpers++;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

// Works that are OpenMP's because oneDNN has just used its team, which still waits awake.
static atomic_int left_to_openmp;
#define LEFT_TO_OPENMP 1000

void prism_leave_to_openmp(void) {
  atomic_store_explicit(&left_to_openmp, LEFT_TO_OPENMP, memory_order_relaxed);
}

static int is_left_to_openmp(void) {
  int left = atomic_load_explicit(&left_to_openmp, memory_order_relaxed);
  // When two threads count at once, one step is lost, which does not matter.
  if (left > 0) atomic_store_explicit(&left_to_openmp, left - 1, memory_order_relaxed);
  return left > 0;
}

int prism_with_helpers(prism_shared_work work, void *context, int threads) {
  if (is_left_to_openmp() || pthread_mutex_trylock(&team.owner) != 0) return 0;
  hire(threads - 1);
  is_sharing = 1;
  team.work = work;
  team.context = context;
  team.threads = threads;
  atomic_store(&team.is_open, 1);
  atomic_fetch_add(&team.generation, 1);
  if (atomic_load(&team.sleeping) > 0) {
    pthread_mutex_lock(&team.sleep);
    pthread_cond_broadcast(&team.wake);
    pthread_mutex_unlock(&team.sleep);
  }
  work(context, 0);
  atomic_store(&team.is_open, 0);
  while (atomic_load(&team.inside) > 0) wait_a_little();
  is_sharing = 0;
  pthread_mutex_unlock(&team.owner);
  return 1;
}
