/* timeouts.h: many clocks, few durations: one list per distinct duration, so that setting, touching
   and clearing a clock costs two pointers however many run.  No real clock: `now` is an argument,
   in milliseconds, and never goes back. */
#ifndef FCL__TIMEOUTS_H
#define FCL__TIMEOUTS_H
#include "base/list.h"
#include "base/memory.h"
#include <stdint.h>

typedef struct fcl__timeouts fcl__timeouts; /* all clocks of a client */
typedef struct fcl__duration fcl__duration; /* those that run equally long */
typedef struct fcl__clock fcl__clock;

/* One clock, inside what it belongs to.  Zeroed, it stands still. */
struct fcl__clock {
  fcl__list link;
  fcl__duration *list; /* NULL: it stands still */
  uint64_t due;
  void (*expired)(
      fcl__clock *c,
      uint64_t now); /* what fcl__pools_tick does; set once by the owner, before the clock */
};

struct fcl__duration {
  fcl__list link;   /* in timeouts->durations */
  fcl__list in_use; /* in timeouts->running, when a clock runs (and a while longer) */
  fcl__list clocks; /* in the order in which they are due */
  fcl__timeouts *timeouts;
  unsigned users;
  uint32_t ms;
};

struct fcl__timeouts {
  const fcl__memory *memory;
  fcl__list durations, running;
};

void fcl__timeouts_init(fcl__timeouts *t, const fcl__memory *memory);
void fcl__timeouts_free(
    fcl__timeouts *t); /* every clock must stand still, every duration be dropped */

/* Durations are counted: a pool takes those of its settings once, so that setting a clock can never
   fail. fcl__duration_take returns NULL when there is no memory; equal lengths share one. */
fcl__duration *fcl__duration_take(fcl__timeouts *t, uint32_t ms);
void fcl__duration_drop(fcl__duration *d); /* NULL is harmless; one whose clocks run
                                              goes when the last of them has stopped */
uint32_t fcl__duration_ms(const fcl__duration *d);

/* Moves a duration, none of whose clocks runs, to other timeouts: returns the one that is there
   already, or this one.  Takes no memory. */
fcl__duration *fcl__duration_move(fcl__duration *d, fcl__timeouts *t);

/* Starts the clock, or starts it again from `now`; it is due `ms` later.  O(1).  d NULL: never, the
 * clock stands still. */
void fcl__clock_set(fcl__clock *c, fcl__duration *d, uint64_t now);
void fcl__clock_clear(fcl__clock *c);
static inline int fcl__clock_runs(const fcl__clock *c) {
  return c->list != NULL;
}

/* Starts a running clock again with the same duration; one that stands still is left alone. */
static inline void fcl__clock_touch(fcl__clock *c, uint64_t now) {
  if (c->list == NULL || c->due == now + c->list->ms)
    return;
  c->due = now + c->list->ms;
  fcl__list_remove(&c->link);
  fcl__list_append(&c->list->clocks, &c->link);
}

static inline uint64_t fcl__clock_left(const fcl__clock *c, uint64_t now) {
  return c->list != NULL && c->due > now ? c->due - now : 0;
}

/* The earliest due time of all, or UINT64_MAX.  O(number of durations in use). */
uint64_t fcl__timeouts_next(fcl__timeouts *t);
/* The clock that has been due for the longest at `now`, already cleared; NULL when none is due. */
fcl__clock *fcl__timeouts_expired(fcl__timeouts *t, uint64_t now);
#endif
