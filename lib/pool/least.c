/* least.c: a tree of which each node has the least number below it: changing one and finding the
   next take as many steps as the tree is high, and mostly one. */
#include "pool/least.h"

int fcl__least_init(fcl__least *l, const fcl__memory *memory, unsigned count) {
  uint32_t i;
  for (l->first = 1; l->first < count;)
    l->first *= 2;
  l->at = fcl__realloc(memory, NULL, 2 * (size_t) l->first * sizeof *l->at);
  if (l->at == NULL)
    return 0;
  for (i = 0; i < 2 * l->first; i++)
    l->at[i] = FCL__LEAST_NONE;
  return 1;
}

void fcl__least_free(fcl__least *l, const fcl__memory *memory) {
  fcl__free(memory, l->at);
  l->at = NULL;
}

void fcl__least_set(fcl__least *l, unsigned index, uint32_t number) {
  uint32_t at = l->first + index;
  l->at[at] = number;
  while (at > 1) {
    const uint32_t a = l->at[at], b = l->at[at ^ 1], least = a < b ? a : b;
    at /= 2;
    if (l->at[at] == least)
      return;
    l->at[at] = least;
  }
}

/* The first below this node that has the least number of all. */
static long first_below(const fcl__least *l, uint32_t at) {
  while (at < l->first) {
    at *= 2;
    at += l->at[at] != l->at[1];
  }
  return (long) (at - l->first);
}

long fcl__least_next(const fcl__least *l, unsigned from) {
  const uint32_t least = l->at[1];
  uint32_t at = l->first + from;
  if (least == FCL__LEAST_NONE)
    return -1;
  if (l->at[at] == least)
    return (long) from;
  for (; at > 1; at /= 2)
    if (at % 2 == 0 && l->at[at + 1] == least)
      return first_below(l, at + 1);
  return first_below(l, 1);
}
