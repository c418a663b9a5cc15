/* arena.c: memory of a transcript: taken piece by piece, bounded, and given back all at once. */
#include "transcript.h"
#include <stdlib.h>

struct fcl__arena_block {
  struct fcl__arena_block *next;
  union {
    void *aligned;
    uint64_t too;
  } bytes[];
};

void *fcl__arena_take(fcl__arena *a, size_t size) {
  struct fcl__arena_block *b;
  size_t cost = size + 32; /* with what the system takes */
  if (size > FCL__BYTES_MAX || a->total + cost > FCL__BYTES_MAX)
    return NULL;
  b = calloc(1, sizeof *b + size);
  if (b == NULL)
    return NULL;
  a->total += cost;
  b->next = a->blocks;
  a->blocks = b;
  return b->bytes;
}

void fcl__arena_free(fcl__arena *a) {
  while (a->blocks) {
    struct fcl__arena_block *next = a->blocks->next;
    free(a->blocks);
    a->blocks = next;
  }
}
