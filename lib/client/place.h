/* place.h: what a pool's member really is, with the connections and the process that it has. */
#ifndef FCL__CLIENT_PLACE_H
#define FCL__CLIENT_PLACE_H
#include "client/crowd.h"
#include "client/stake.h"
#include "platform/process.h"
#include "pool/pool.h"
#include "transport/multiplex.h"
#include <fcgiclient/codec.h>
#include <fcgiclient/fcgiclient.h>

typedef struct fcl__place fcl__place;

/* A request that asks an address whether it lives, or a process whether it is ready.  Counted; the
   loop's. */
typedef struct fcl__probe {
  unsigned refs;
  const fcl__memory *memory;
  fcl_params params;
  fcl_slice image;
  unsigned status; /* that the answer must have; 0: any below 400 */
} fcl__probe;

/* A connection of ours, or a request's part of one that it shares. */
typedef struct fcl__lane {
  fcl__connection connection; /* first */
  /* Of an address's: while it is kept, and while it is new.  Of a part: while the application has
     not ended what was aborted. */
  fcl__clock clock;
  fcl__duration *patience; /* of a part: the clock's, which may outlive its pool */
  unsigned is_unheard : 1; /* new, and no answer has begun on it */
  unsigned is_counted : 1; /* in its crowd */
  fcl_identity *identity;  /* for whom it speaks; NULL: for ourselves */
} fcl__lane;

/* What a member really is: a process or an address, its kept connections, and the requests that are
 * connected to it. */
struct fcl__place {
  fcl_pool *pool;
  fcl__member *member;
  const fcl__address *address; /* NULL: a process */
  struct fcl__name *name;      /* whose address that is; NULL: it was given as it is */
  fcl__process *process;
  fcl__list kept;       /* connections without a request, most recently used first */
  fcl__crowd_part part; /* address: among those who reach it too */
  fcl__lane *first;     /* address: unheard, and alone when it came: it has no clock yet */
  unsigned reading;     /* requests that are connected to it */
  fcl__list shared;     /* connections that several requests share; those with room first */
  fcl__connection *probe;
  struct fcl__checkup *checkup;   /* a probe that is not answered */
  struct fcl__question *question; /* GET_VALUES, while it is not answered */
  unsigned has_asked : 1;         /* address: GET_VALUES went out */
  char unready[96];     /* process: why it is not ready yet, as a phrase behind its name */
  char last_words[240]; /* that the process printed, lines with " | " between; or in STDERR records
                         */
  fcl__exit how;
  unsigned has_exited : 1; /* and the pool does not know yet, because its last answer is still being
                              read */
};

/* places.c: its connections. */
/* "process 4711" or "unix:/run/app.sock" */
const char *fcl__place_name(const fcl__place *place, char *out, size_t cap);
void fcl__place_probe(fcl__place *place);
int fcl__place_taken(fcl__place *place);
void fcl__place_forget(fcl__place *place);
/* Which connection will do: a kept one may die under its request, which then must be one that can
   be sent again; a quiet one was alive when it was taken. */
typedef enum fcl__choice { FCL__KEPT, FCL__KEPT_QUIET, FCL__FRESH } fcl__choice;
#define FCL__NOT_FOR_USER (UV_ERRNO_MAX - 1) /* beside uv's: it cannot speak for that user */
/* Such a connection, or else a new one, that speaks for `identity` (NULL: for ourselves).  Returns
   1: ready, 0: events->opened follows, or a negative uv error; FCL__NOT_FOR_USER: *why says why. */
int fcl__place_connect(fcl__place *place, fcl__connection **out, fcl__choice choice,
                       const fcl_identity *identity, fcl_error *why);
/* Opens a connection with `open`, which returns as fcl__wire_connect does, while this thread speaks
   for `identity`. */
int fcl__place_open_as(fcl__place *place, const fcl_identity *identity,
                       int (*open)(fcl__place *place, void *connection), void *connection,
                       fcl_error *why);
/* An answer has begun on the connection for the first time. */
void fcl__place_heard(fcl__connection *c);
/* Whether the application is asked to keep this connection. */
int fcl__place_keeps(const fcl__connection *c);
/* The application has closed the connection, which was kept, before it answered another request. */
void fcl__place_closed(const fcl__connection *c);
/* The connection's request is over: keeps it or closes it. */
void fcl__place_done(fcl__place *place, fcl__connection *c);
/* Closes a connection that is nobody's any more (its owner is cleared by its owner). */
void fcl__place_drop(fcl__connection *c);
void fcl__place_drop_kept(fcl__place *place); /* all that wait for a request */
void fcl__place_make_room(fcl__place *place); /* somebody else in this process needs it */

/* processes.c: its process. */
extern const fcl__process_events fcl__place_process_events;
fcl_code fcl__place_spawn(fcl__place *place, fcl_error *e);
void fcl__place_stop(fcl__place *place, int force);
/* Tells the pool now, if it has not been told yet, that the place's process has exited. */
void fcl__place_settle(fcl__place *place);

/* describe.c: what is known about its process, for sentences. */
/* A line that it printed, or wrote to STDERR. */
void fcl__place_hear(fcl__place *place, const char *line, size_t len);
void fcl__place_describe(const fcl__place *place, fcl__fact fact, char *out, size_t cap);

/* lanes.c: the memory of connections, from the client's spare ones. */
fcl__lane *fcl__lane_new(fcl__place *place); /* NULL: there is none */
/* The event `closed` of every connection: with it may go the last thing that a closing client waits
   for. */
void fcl__lane_free(fcl__connection *c);
void fcl__lanes_free(fcl_client *c);

/* shared.c: connections that several requests share. */
/* As fcl__place_connect. */
int fcl__shared_connect(fcl__place *place, fcl__connection **out, fcl__choice choice,
                        const fcl_identity *identity, fcl_error *why);
/* What it had in hand was aborted: the application has so long to end it. */
void fcl__shared_owes(fcl__connection *c, fcl__duration *patience);
/* No more requests on any of them: they close when they are empty. */
void fcl__shared_shut(fcl__place *place);
/* The application said that it did not run this request: so fewer share a connection from now on.
 */
void fcl__shared_refused(fcl__connection *c, unsigned protocol_status);
/* Connections on which nothing has ever come. */
unsigned fcl__shared_unheard(const fcl__place *place);
static inline int fcl__connection_has_heard(const fcl__connection *c) {
  return c->multiplex ? c->multiplex->has_heard : c->is_answered || c->served > 0;
}

/* health.c: does an address live, is a process ready? */
/* An address: fcl__address_probed follows.  A process, unless it is asked already: when it is well,
   fcl__member_proven. */
void fcl__health_ask(fcl__place *place);
void fcl__health_stop(fcl__place *place);
fcl_code fcl__health_prepare(fcl_pool *p, fcl_error *e); /* what it is asked */
void fcl__probe_unref(fcl__probe *probe);                /* NULL is harmless */

/* learn.c: what an application says of itself (§4.1). */
void fcl__learn(fcl__place *place); /* asks, unless it was asked, or nobody wants to know */
void fcl__learn_stop(fcl__place *place);
void fcl__learn_anew(fcl_pool *p); /* its processes are others from now on: they are asked again */

#endif
