/* ids.c: request ids as bits, 64 to a word. */
#include "transport/ids.h"
#include <string.h>

#define FULL UINT64_MAX

/* The lowest bit that is set; of a word that has one. */
static unsigned lowest(uint64_t word) {
  unsigned at = 0, step;
  for (step = 32; step > 0; step /= 2) {
    if ((word & ((UINT64_C(1) << step) - 1)) == 0) {
      word >>= step;
      at += step;
    }
  }
  return at;
}

/* Twice as many; the 65,536th does not exist. */
static int grow(fcl__ids *ids, const fcl__memory *memory) {
  unsigned words = ids->words ? 2 * ids->words : 1;
  uint64_t *used;
  void **owners;
  if (words * 64 > FCL__ID_MAX + 1)
    return 0;
  used = fcl__realloc(memory, ids->used, words * sizeof *used);
  if (used == NULL)
    return 0;
  ids->used = used;
  owners = fcl__realloc(memory, ids->owners, words * 64 * sizeof *owners);
  if (owners == NULL)
    return 0;
  ids->owners = owners;
  memset(used + ids->words, 0, (words - ids->words) * sizeof *used);
  memset(owners + ids->words * 64, 0, (words - ids->words) * 64 * sizeof *owners);
  ids->words = words;
  return 1;
}

unsigned fcl__id_take(fcl__ids *ids, const fcl__memory *memory, void *owner) {
  unsigned bit;
  while (ids->from < ids->words && ids->used[ids->from] == FULL)
    ids->from++;
  if (ids->from == ids->words && !grow(ids, memory))
    return 0;
  bit = ids->from * 64 + lowest(~ids->used[ids->from]);
  if (bit == FCL__ID_MAX)
    return 0;
  ids->used[bit / 64] |= UINT64_C(1) << bit % 64;
  ids->owners[bit] = owner;
  ids->count++;
  return bit + 1;
}

void fcl__id_give(fcl__ids *ids, unsigned id) {
  unsigned bit = id - 1;
  ids->used[bit / 64] &= ~(UINT64_C(1) << bit % 64);
  ids->owners[bit] = NULL;
  ids->count--;
  if (bit / 64 < ids->from)
    ids->from = bit / 64;
}

void *fcl__id_owner(const fcl__ids *ids, unsigned id) {
  return id > 0 && (id - 1) / 64 < ids->words ? ids->owners[id - 1] : NULL;
}

unsigned fcl__id_next(const fcl__ids *ids, unsigned id) {
  unsigned word = id / 64;
  uint64_t left;
  if (word >= ids->words)
    return 0;
  left = ids->used[word] & (FULL << id % 64);
  while (left == 0 && ++word < ids->words)
    left = ids->used[word];
  return left ? word * 64 + lowest(left) + 1 : 0;
}

void fcl__ids_free(fcl__ids *ids, const fcl__memory *memory) {
  fcl__free(memory, ids->used);
  fcl__free(memory, ids->owners);
  memset(ids, 0, sizeof *ids);
}
