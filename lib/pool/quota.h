/* quota.h: pools whose processes are counted together: those of one application for different
   users. Each has processes, queue and clocks of its own, so that no process ever serves another's
   requests; in all, no more than `max` serve at once.

   One that may start nothing since the others use it all has an idle process of theirs ended; where
   nobody idles, it waits in line, and a process that becomes free leaves for it where that is fair:
   at once if its pool would still not have fewer than the one that waits; after a second also if
   the one that waits has none at all. */
#ifndef FCL__QUOTA_H
#define FCL__QUOTA_H
#include "base/list.h"
#include <stdint.h>

struct fcl__pool;
struct fcl__member;

typedef struct fcl__quota {
  unsigned max, queue_length; /* of all of them */
  unsigned serving, starting, queued;
  fcl__list pools;
  fcl__list starving; /* pools that want a process and have none, in line */
  fcl__list wanting;  /* those that want more than they have */
  fcl__list idle;     /* idle processes, the most recently used first */
  unsigned is_serving : 1;
} fcl__quota;

void fcl__quota_init(fcl__quota *q, unsigned max, unsigned queue_length);
/* Counts the pool in, also one that is at work; its processes and requests too. */
void fcl__quota_join(fcl__quota *q, struct fcl__pool *pool);
/* Other limits: idle processes beyond them leave, and busy ones as they are wanted elsewhere. */
void fcl__quota_resize(fcl__quota *q, unsigned max, unsigned queue_length, uint64_t now);
void fcl__quota_leave(struct fcl__pool *pool); /* NULL or not in any: harmless */

/* Of these, a pool that is in no quota is free to do anything. */
/* 1: the pool may start a process for those who wait, which may be the end of another's; 0: it is
   in line. */
int fcl__quota_take(struct fcl__pool *pool, uint64_t now);
/* 1: a process of the pool that is free now shall leave, for another pool. */
int fcl__quota_yields(const struct fcl__pool *pool, uint64_t now);
/* Those in line get what there is; the last thing that a pool of the quota does. */
void fcl__quota_serve(fcl__quota *q, uint64_t now);
/* More wait in all of them than may: the pool in which most do; else NULL. */
struct fcl__pool *fcl__quota_crowded(const fcl__quota *q);
#endif
