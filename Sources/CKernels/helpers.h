#ifndef PRISM_HELPERS_H
#define PRISM_HELPERS_H

#include <stddef.h>

/// Work that any number of threads can share; it returns when there is nothing left to begin.
typedef void (*prism_shared_work)(void *context, int worker);

/// Runs `work` on the calling thread, as worker 0, and on up to `threads - 1` helpers. Over when all of them that
/// came have returned: a helper whose core is taken away before it comes is not waited for. Returns 0,
/// with nothing done, where another thread has the helpers or oneDNN has just used OpenMP's.
int prism_with_helpers(prism_shared_work work, void *context, int threads);

/// What the calling thread reads next: while it waits, for the others or for work, it asks memory for some of it.
/// It is only asked for, so it may be gone by then.
void prism_reads_soon(const void *start, size_t bytes);

/// oneDNN uses OpenMP's team now, so what follows is left to that for a while.
void prism_leave_to_openmp(void);

/// Whether the calling thread is at such work now.
int prism_is_sharing(void);

#endif
