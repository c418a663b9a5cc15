/* multiplex.h: one wire that many requests share (§3.3): ids, what comes for whom, and writes that
   go out once per turn of the loop, each request's in its turn.

   A request has an fcl__connection of its own, with the same events and the same functions as one
   that is alone on its wire, but that nothing stops the reading: what a request does not take at
   once its owner must keep.  On the client's loop. */
#ifndef FCL__MULTIPLEX_H
#define FCL__MULTIPLEX_H
#include "transport/connection.h"
#include "transport/ids.h"

/* What the owner of the wire hears, beside what each request hears of itself. */
typedef struct fcl__multiplex_events {
  void (*changed)(fcl__multiplex *m); /* an id is free again, or it takes no more requests */
  /* A record came that belongs to no request, or is of no known type: it takes no more requests. */
  void (*stray)(fcl__multiplex *m, const fcl_record *record);
  void (*over)(fcl__multiplex *m);   /* nothing more comes, and every request knows: close it */
  void (*closed)(fcl__multiplex *m); /* the memory may go */
} fcl__multiplex_events;

struct fcl__multiplex {
  fcl__wire wire;
  const fcl__multiplex_events *events;
  const fcl__memory *memory;
  fcl__list *turns; /* those that have something to do in the loop's next turn */
  fcl__list turn;   /* in that */
  fcl__list link;   /* the owner's */
  void *place;      /* the owner's */
  fcl_decoder decoder;
  fcl__ids ids;      /* of connections whose END_REQUEST has not come */
  unsigned limit;    /* requests at once, with those that were aborted and are not over */
  unsigned aborted;  /* of these */
  unsigned crowded;  /* requests that have no room for what comes for them */
  fcl__list writers; /* connections that have something to write, the next one first */
  fcl__list leaving; /* connections that were closed and have not heard so */
  char *rest;        /* of a record that did not go out whole */
  unsigned served;   /* requests that ended here */
  unsigned is_shut : 1, has_heard : 1, has_failed : 1, is_broken : 1, is_closing : 1;
};

/* `m` zeroed but for `limit`; returns as fcl__wire_connect does.  After an error call
   fcl__multiplex_close if m->wire.has_handle. */
int fcl__multiplex_open(fcl__multiplex *m, uv_loop_t *loop, const fcl__address *to,
                        fcl__blocks *blocks, fcl__list *turns, const fcl__multiplex_events *events);
int fcl__multiplex_adopt(fcl__multiplex *m, uv_loop_t *loop, int fd, int is_tcp,
                         fcl__blocks *blocks, fcl__list *turns,
                         const fcl__multiplex_events *events);
int fcl__multiplex_has_room(const fcl__multiplex *m);
/* Makes `c`, zeroed, one that shares the wire.  Returns 1: ready; 0: events->opened follows; or
   UV_ENOMEM. */
int fcl__multiplex_attach(fcl__multiplex *m, fcl__connection *c,
                          const fcl__connection_events *events);
/* Nobody's request is on it, but perhaps some that were aborted. */
static inline int fcl__multiplex_is_empty(const fcl__multiplex *m) {
  return m->ids.count == m->aborted;
}
/* Takes no more requests. */
void fcl__multiplex_shut(fcl__multiplex *m);
/* No new requests while one of those on it has no room for what comes for it. */
void fcl__multiplex_crowd(fcl__connection *c, int is_crowding);
/* Every connection on it hears `closed`, then m->events->closed comes. */
void fcl__multiplex_close(fcl__multiplex *m);

/* Once a turn: writes what there is, and tells those that have left.  Returns 1 if more can go out
   at once, so that the loop must not sleep. */
int fcl__multiplex_turns(fcl__list *turns);

/* For connection.c. */
void fcl__multiplex_write_soon(fcl__multiplex *m, fcl__connection *c);
void fcl__multiplex_leave(fcl__multiplex *m, fcl__connection *c);

/* multiplex.c and multiplex_write.c for each other. */
void fcl__multiplex_break(fcl__multiplex *m, fcl__break how, const fcl_error *e);
void fcl__multiplex_write(fcl__multiplex *m);
void fcl__multiplex_written(fcl__multiplex *m, int status);
void fcl__multiplex_schedule(fcl__multiplex *m);
#endif
