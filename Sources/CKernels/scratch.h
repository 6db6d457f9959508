#ifndef PRISM_SCRATCH_H
#define PRISM_SCRATCH_H

#include <stddef.h>

/// At least `count` floats owned by the calling thread until its next call.
float *prism_scratch(size_t count);

#endif
