#ifndef PRISM_PARALLEL_H
#define PRISM_PARALLEL_H

#include <stddef.h>

/// One piece of work: `index` of the item, `worker` in 0..<prism_thread_count().
typedef void (*prism_task)(void *context, long index, int worker);

/// Runs `task` for every index in 0..<count on as many threads as oneDNN uses, handing items out one by
/// one. Falls back to the calling thread where no OpenMP runtime is loaded.
void prism_parallel_for(long count, prism_task task, void *context);

/// The same, and the index of the item that this worker does after this one, or -1.
typedef void (*prism_ahead_task)(void *context, long index, long next, int worker);

/// `prism_parallel_for` where a worker takes its next item before it does one, so that it can fetch what
/// that needs.
void prism_parallel_ahead(long count, prism_ahead_task task, void *context);

/// Rows `first..<end` in one of several columns of work.
typedef void (*prism_rows_task)(void *context, long first, long end, long column);

/// A worker's rows begin at a multiple of these: whole tiles of the products.
#define PRISM_OWN_ROWS 6

/// Runs `task` for all rows, `unit` at a time, in every one of `columns`. Each worker has neighbouring rows to
/// itself, in every call with as many rows the same ones, and goes through them column by column; who is
/// done takes others' last ones.
void prism_parallel_rows(long rows, long unit, long columns, prism_rows_task task, void *context);

/// Size of the team.
int prism_thread_count(void);

/// Sets the size of the team; values below 1 are ignored.
void prism_set_thread_count(int count);

/// Ends the calling thread's part of OpenMP's team; its next work there starts a new one. Every thread that
/// starts such work has one, and while they are more of all together than cores, OpenMP's threads no
/// longer wait for each other awake: each product then costs a sleep.
void prism_release_threads(void);

#endif
