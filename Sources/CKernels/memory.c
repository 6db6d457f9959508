// Memory of packed weights and key-value blocks. Every token reads all of it: with pages of 4 KiB the
// address translations alone cost as much as a tenth of that, so matrices lie side by side in chunks
// that the kernel can back with large pages.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "prism_memory.h"
#include "scratch.h"

#define CHUNK_BYTES ((size_t)32 << 20)
#define LARGE_PAGE ((size_t)2 << 20)
#define SMALLEST ((size_t)128 << 10)
#define ALIGNMENT ((size_t)4096)

struct chunk {
  struct chunk *next;
  char *memory;
  size_t bytes, used;
  long pieces;
};

static struct chunk *chunks;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct chunk *new_chunk(size_t bytes) {
  struct chunk *chunk = calloc(1, sizeof *chunk);
  void *memory = NULL;
  if (!chunk || posix_memalign(&memory, LARGE_PAGE, bytes) != 0) {
    free(chunk);
    return NULL;
  }
#ifdef MADV_HUGEPAGE
  madvise(memory, bytes, MADV_HUGEPAGE);
#endif
  chunk->memory = memory;
  chunk->bytes = bytes;
  chunk->next = chunks;
  chunks = chunk;
  return chunk;
}

void *prism_memory(size_t bytes) {
  void *memory = NULL;
  if (bytes < SMALLEST) return posix_memalign(&memory, ALIGNMENT, bytes) == 0 ? memory : NULL;
  size_t rounded = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  pthread_mutex_lock(&lock);
  struct chunk *chunk = chunks;
  while (chunk && chunk->bytes - chunk->used < rounded) chunk = chunk->next;
  if (!chunk) chunk = new_chunk(rounded > CHUNK_BYTES ? rounded : CHUNK_BYTES);
  if (chunk) {
    memory = chunk->memory + chunk->used;
    chunk->used += rounded;
    chunk->pieces++;
  }
  pthread_mutex_unlock(&lock);
  return memory;
}

void prism_memory_release(void *memory) {
  pthread_mutex_lock(&lock);
  struct chunk **place = &chunks;
  while (*place
         && ((char *)memory < (*place)->memory
             || (char *)memory >= (*place)->memory + (*place)->bytes)) {
    place = &(*place)->next;
  }
  struct chunk *chunk = *place;
  if (chunk && --chunk->pieces == 0) {
    *place = chunk->next;
    free(chunk->memory);
    free(chunk);
  }
  pthread_mutex_unlock(&lock);
  if (!chunk) free(memory);
}

// Scratch of one thread, kept between calls: fresh pages for every call would cost more than the work.
float *prism_scratch(size_t count) {
  static _Thread_local float *buffer;
  static _Thread_local size_t capacity;
  if (count > capacity) {
    free(buffer);
    capacity = count + count / 2;
    if (posix_memalign((void **)&buffer, 64, capacity * sizeof(float)) != 0) abort();
  }
  return buffer;
}
