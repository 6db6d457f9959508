#ifndef PRISM_MEMORY_H
#define PRISM_MEMORY_H

#include <stddef.h>

/// Memory for a packed matrix or a key-value block, aligned to 4096 bytes and in large pages where the
/// kernel has them; not zeroed. NULL when there is none left.
void *prism_memory(size_t bytes);

/// Gives it back; NULL is allowed.
void prism_memory_release(void *memory);

#endif
