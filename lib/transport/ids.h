/* ids.h: request ids of one connection (§3.3): 1 to 65,535, the lowest free one first. */
#ifndef FCL__IDS_H
#define FCL__IDS_H
#include "base/memory.h"
#include <stdint.h>

#define FCL__ID_MAX 65535u

/* Zeroed is ready. */
typedef struct fcl__ids {
  uint64_t *used; /* a bit for each id, id 1 first */
  void **owners;  /* 64 for each word */
  unsigned words;
  unsigned from;  /* no word before it has a free id */
  unsigned count; /* in use */
} fcl__ids;

/* The lowest free id; 0: there is no memory, or all are in use. */
unsigned fcl__id_take(fcl__ids *ids, const fcl__memory *memory, void *owner);
void fcl__id_give(fcl__ids *ids, unsigned id); /* one that is in use */
/* Whose it is; NULL: it is free. */
void *fcl__id_owner(const fcl__ids *ids, unsigned id);
/* The lowest id in use that is greater than `id`; 0: none. */
unsigned fcl__id_next(const fcl__ids *ids, unsigned id);
void fcl__ids_free(fcl__ids *ids, const fcl__memory *memory);
#endif
