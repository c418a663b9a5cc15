/* stake.h: pools of this process, in whatever client, that have their limits in common
   (common_limits): who holds how much of it, who waits for more, and who makes room.  What is
   counted is processes, and the requests that wait.

   A stake is one pool's part in one limit.  It is told what the pool has and wants; who wants more
   than is left stands in line, and the others are asked by a note to their pools. */
#ifndef FCL__CLIENT_STAKE_H
#define FCL__CLIENT_STAKE_H
#include "base/list.h"
#include "pool/timeouts.h"
#include <stdint.h>

struct fcl_pool;
typedef struct fcl__common fcl__common;

typedef struct fcl__limits_in_common {
  unsigned max;          /* so many are held at most, */
  unsigned min;          /* and so many stay when nobody needs them */
  unsigned queue_length; /* so many requests wait */
} fcl__limits_in_common;

/* What a pool has of it, and wants. */
typedef struct fcl__holding {
  unsigned held;   /* places that it has */
  unsigned giving; /* of these, those that will come back by themselves */
  unsigned live;   /* processes, leaving ones among them: at most twice the limit */
  unsigned wanted; /* places beyond these */
  unsigned beyond; /* requests that count in the queue */
} fcl__holding;

/* Zeroed: none, and everything is allowed.  Its numbers and flags are written under the lock, by
   its own loop alone, which may read them without; its lists are everybody's. */
typedef struct fcl__stake {
  fcl__common *common;
  struct fcl_pool *pool;
  fcl__list link;    /* in common->stakes; linked until it leaves */
  fcl__list in_line; /* in common->line */
  fcl__holding has;
  uint64_t since;           /* in line since then */
  uint64_t first_at;        /* when it took the first of those that it has */
  unsigned is_in : 1;       /* it has joined, and not left */
  unsigned is_waiting : 1;  /* it is in line, */
  unsigned is_starving : 1; /* as one that has nothing */
  fcl__clock clock;         /* in line: when the others are asked again */
} fcl__stake;

/* [any thread]  A stake in `name`.  0: there is no memory. */
int fcl__stake_join(fcl__stake *s, struct fcl_pool *pool, const char *name);
/* The limit is this from now on, for all: the last one counts. */
void fcl__stake_limit(fcl__stake *s, const fcl__limits_in_common *limits);
/* It gives back what it had, and nobody asks it for anything any more. */
void fcl__stake_leave(fcl__stake *s);
void fcl__stake_forget(fcl__stake *s); /* likewise, and it is none any more */

/* [loop]  All of these are harmless for a stake that is none. */
/* It has so much now, whatever it wants.  1: and one more place.  is_needed 0: only up to `min`. */
int fcl__stake_take(fcl__stake *s, const fcl__holding *has, int is_needed, uint64_t now);
void fcl__stake_tell(fcl__stake *s, const fcl__holding *has, uint64_t now);
/* 1: a place that it has not used for so long (0: that is free just now, though its pool could go
   on with it) is to come back, for a stake that waits, or since there are too many. */
int fcl__stake_claim(fcl__stake *s, unsigned idle_ms, uint64_t now);
int fcl__stake_stays(fcl__stake *s);      /* 1: a place that nobody needs stays, by `min` */
int fcl__stake_is_crowded(fcl__stake *s); /* 1: more wait than may */
/* Its part of a number, by what it holds; at least 1. */
unsigned fcl__stake_portion(fcl__stake *s, unsigned all);
/* 1: it is the one of all that tells their limits. */
int fcl__stake_speaks(fcl__stake *s);
#endif
