/* queue.h: the requests that wait: each source of requests has its turn, whatever the others send.

   Of those who have somebody waiting, the source with the fewest requests in the pool's hand is
   next (as powers of two go), and among equals each in turn; its oldest request first.  When there
   is no room, the source with the most waiting gives way.  Requests of no source are one source
   together; requests that are tried again come before all others.

   A source that has its share (an equal part) in hand does not take the place of one that has just
   been served: who sends its next request at once finds its place free.  Everything is O(1). */
#ifndef FCL__QUEUE_H
#define FCL__QUEUE_H
#include "base/list.h"
#include "base/memory.h"
#include <stdint.h>

struct fcl__ticket;

#define FCL__CLASSES 33 /* numbers by their length in bits: 0, 1, 2 to 3, 4 to 7 ... */

typedef struct fcl__source {
  fcl__list tickets; /* that wait, oldest first */
  fcl__list turn;    /* in queue->turns, by in_hand, while one waits */
  fcl__list size;    /* in queue->sizes, by `waiting`, likewise */
  fcl__list recent;  /* in queue->recent, when it has been served, and has nothing else here */
  uint64_t left_at;
  uint64_t key;
  unsigned waiting, in_hand;
  unsigned users; /* tickets that wait or are in hand: 0: free for another key */
} fcl__source;

typedef struct fcl__queue {
  fcl__list again; /* tried again: before all others */
  fcl__list turns[FCL__CLASSES], sizes[FCL__CLASSES];
  fcl__source nobody;       /* requests without a source */
  fcl__source *sources;     /* NULL until one is named */
  fcl__source *last;        /* of the request that was pushed last */
  fcl__list recent;         /* who may be back soon, the one that left first in front */
  unsigned recents, active; /* sources in `recent`; these, and those that have users */
} fcl__queue;

void fcl__queue_init(fcl__queue *q);
void fcl__queue_free(fcl__queue *q, const fcl__memory *memory);
/* Without memory for sources, and where more than 1024 are here at once, some share their turn. */
void fcl__queue_push(fcl__queue *q, struct fcl__ticket *t, const fcl__memory *memory);
void fcl__queue_push_again(fcl__queue *q, struct fcl__ticket *t, const fcl__memory *memory);
void fcl__queue_remove(fcl__queue *q, struct fcl__ticket *t);
/* Behind _remove: it was put into a member's hand; and is out of it. */
void fcl__queue_hold(fcl__queue *q, struct fcl__ticket *t);
void fcl__queue_let_go(fcl__queue *q, struct fcl__ticket *t);
/* Behind _let_go: it was served to its end. */
void fcl__queue_left(fcl__queue *q, struct fcl__ticket *t, uint64_t now);
/* 1: the request has to wait, though one of `room` places is free: for FCL__RETURN_MS at most.
   `places`: how many there are in all. */
#define FCL__RETURN_MS 10
int fcl__queue_holds(fcl__queue *q, const struct fcl__ticket *t, unsigned places, unsigned room,
                     uint64_t now);
struct fcl__ticket *fcl__queue_next(const fcl__queue *q); /* NULL: nobody waits */
/* Who has to give way, where the last one that was pushed is too many: it may be that one.  NULL:
   all are tried again. */
struct fcl__ticket *fcl__queue_surplus(const fcl__queue *q);
#endif
