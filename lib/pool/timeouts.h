/* timeouts.h: many clocks, few durations: one list per distinct duration, so that setting, touching and clearing a clock
   costs two pointers however many run.  No real clock: `now` is an argument, in milliseconds. */
#ifndef FCL__TIMEOUTS_H
#define FCL__TIMEOUTS_H
#include "base/list.h"
#include "base/memory.h"
#include <stdint.h>

typedef struct fcl__timeouts fcl__timeouts;       /* all clocks of a client */
typedef struct fcl__duration fcl__duration;       /* those that run equally long */

/* One clock, inside what it belongs to.  Zeroed, it stands still. */
typedef struct fcl__clock {
  fcl__list link;
  fcl__duration *list; /* NULL: it stands still */
  uint64_t due;
} fcl__clock;

struct fcl__timeouts {
  const fcl__memory *memory;
  fcl__list durations;
};

void fcl__timeouts_init(fcl__timeouts *t, const fcl__memory *memory);
void fcl__timeouts_free(fcl__timeouts *t); /* every clock must stand still */

/* Durations are counted: a pool takes those of its settings once, so that setting a clock can never fail.
   fcl__duration_take returns NULL when there is no memory; equal lengths share one. */
fcl__duration *fcl__duration_take(fcl__timeouts *t, uint32_t ms);
void fcl__duration_drop(fcl__duration *d);
uint32_t fcl__duration_ms(const fcl__duration *d);

/* Starts the clock, or starts it again from `now`; it is due `ms` later.  O(1).  d NULL: never, the clock stands still. */
void fcl__clock_set(fcl__clock *c, fcl__duration *d, uint64_t now);
void fcl__clock_clear(fcl__clock *c);
static inline int fcl__clock_runs(const fcl__clock *c) {
  return c->list != NULL;
}

/* The earliest due time of all, or UINT64_MAX.  O(number of durations). */
uint64_t fcl__timeouts_next(const fcl__timeouts *t);
/* The clock that has been due for the longest at `now`, already cleared; NULL when none is due. */
fcl__clock *fcl__timeouts_expired(fcl__timeouts *t, uint64_t now);
#endif
