/* fuzz.h: what the fuzzers share: claims, and input in a block of its own, so that any step beyond
 * it is seen. */
#ifndef FUZZ_H
#define FUZZ_H
#include <fcgiclient/codec.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What does not hold is said, and is the end. */
#define claim(holds) ((holds) ? (void) 0 : not_so(#holds, __FILE__, __LINE__))

static inline void not_so(const char *claim_text, const char *file, int line) {
  fprintf(stderr, "%s:%d: not so: %s\n", file, line, claim_text);
  abort();
}

static inline char *copy(const uint8_t *data, size_t size) {
  char *block = calloc(1, size + (size == 0));
  if (size)
    memcpy(block, data, size);
  return block;
}

/* 1 if the slice lies in block[0, size). */
static inline int inside(fcl_slice s, const char *block, size_t size) {
  return s.len == 0 || (s.base >= block && s.base + s.len <= block + size);
}
#endif
