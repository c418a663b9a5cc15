/* fuzz.h: what the fuzzers share: claims, and input in a block of its own, so that any step beyond
 * it is seen. */
#ifndef FUZZ_H
#define FUZZ_H
#include <fcgiclient/codec.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void claim(int holds) {
  if (!holds)
    abort();
}

static inline char *copy(const uint8_t *data, size_t size) {
  char *block = malloc(size + (size == 0));
  if (size)
    memcpy(block, data, size);
  return block;
}

/* 1 if the slice lies in block[0, size). */
static inline int inside(fcl_slice s, const char *block, size_t size) {
  return s.len == 0 || (s.base >= block && s.base + s.len <= block + size);
}
#endif
