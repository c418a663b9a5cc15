/* least.h: which of many numbers is the least, and who is next among those that have it, without
   looking at each. */
#ifndef FCL__LEAST_H
#define FCL__LEAST_H
#include "base/memory.h"
#include <stdint.h>

#define FCL__LEAST_NONE UINT32_MAX /* the number of who is not to be found */

/* Zeroed: there is nobody. */
typedef struct fcl__least {
  uint32_t *at;   /* a tree: at[1] is the least of all, at[i] that of at[2 * i] and at[2 * i + 1] */
  uint32_t first; /* at[first] is the number of the first; a power of two */
} fcl__least;

/* All are NONE.  0: no memory. */
int fcl__least_init(fcl__least *l, const fcl__memory *memory, unsigned count);
void fcl__least_free(fcl__least *l, const fcl__memory *memory);
void fcl__least_set(fcl__least *l, unsigned index, uint32_t number);
/* The first with the least number, from `from` on and round; -1: all are NONE. */
long fcl__least_next(const fcl__least *l, unsigned from);

static inline uint32_t fcl__least_of(const fcl__least *l, unsigned index) {
  return l->at[l->first + index];
}
#endif
