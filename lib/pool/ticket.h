/* ticket.h: a request's place in a pool. */
#ifndef FCL__TICKET_H
#define FCL__TICKET_H
#include "pool/queue.h"
#include "pool/timeouts.h"
#include <fcgiclient/base.h> /* fcl_slice */

typedef struct fcl__pool fcl__pool;
typedef struct fcl__member fcl__member;
typedef struct fcl__ticket fcl__ticket;

typedef enum fcl__ticket_state {
  FCL__NEW,
  FCL__QUEUED,
  FCL__CONNECTING, /* a member was chosen; bytes cannot flow yet */
  FCL__OPEN,       /* sent, or being sent */
  FCL__ENDED       /* the pool has forgotten it */
} fcl__ticket_state;

/* Zeroed is NEW.  The client embeds it in its request. */
struct fcl__ticket {
  fcl__list link; /* in the queue, or in member->tickets */
  fcl__pool *pool;
  fcl__member *member; /* CONNECTING, OPEN */
  fcl__ticket_state state;
  unsigned refusals;        /* of these, connections that were refused */
  unsigned tries;           /* times that it was begun */
  unsigned is_answered : 1; /* a byte of the answer came: first_ms is over */
  unsigned has_affinity : 1;
  uint64_t affinity;      /* fcl__affinity_hash of the caller's key */
  fcl__member *avoided;   /* refused it as overloaded: only if there is nobody else */
  unsigned is_paused : 1; /* the next move is the caller's */
  fcl__clock clock;       /* QUEUED: queue; CONNECTING: connect; OPEN: first */
  fcl__clock activity;    /* OPEN */
  fcl__clock limit;       /* OPEN: request */
  uint64_t opened_at, paused_at;
  uint64_t paused_ms;  /* in all, since it was opened, before paused_at */
  fcl_slice subject;   /* what it is about ("/var/www/report.php"), for sentences; the client's, may
                          be empty */
  fcl_slice tag;       /* the caller's tag, for sentences; may be empty */
  uint64_t key;        /* of its source: as good as random; 0: it has none */
  fcl__source *source; /* QUEUED, CONNECTING, OPEN */
  unsigned is_again : 1; /* QUEUED: it is tried again */
};
#endif
