/* pool.h: who serves which request, and until when.  A pure state machine: no libuv, no clock, no process.  Time and events
   come in as arguments, actions go out through fcl__pool_ops; tests pass a recorder and a made-up clock.

   A pool has members: processes that it starts, or addresses that it reaches.  A ticket is a request's place in the pool.
   All functions on the client's loop.  Ops never call back into the pool from inside. */
#ifndef FCL__POOL_H
#define FCL__POOL_H
#include "base/error.h"
#include "base/list.h"
#include "base/memory.h"
#include "pool/timeouts.h"

typedef struct fcl__pool fcl__pool;
typedef struct fcl__member fcl__member;
typedef struct fcl__ticket fcl__ticket;

/* ---- Settings: every number real; FCL_NEVER (0xffffffff) where there is no limit ---- */

typedef struct fcl__pool_settings {
  const char *name;    /* lent for the pool's life */
  const char *program; /* NULL: the members are addresses; for sentences */
  const char *const *addresses; /* one member each; for sentences */
  unsigned address_count;
  unsigned max_processes, min_processes, max_connections, max_requests, queue_length;
  unsigned rapid_fails, rapid_fail_ms;
  unsigned start_ms, connect_ms, queue_ms, first_ms, activity_ms, request_ms;
  unsigned idle_ms, stop_ms, abort_ms; /* stop_ms 0: force at once.  abort_ms 0: what is left of request_ms */
} fcl__pool_settings;

/* ---- Members ---- */

/* An address is only ever IDLE (room for more) or BUSY (max_connections in use), or, while it is not to be tried, ABSENT. */
typedef enum fcl__member_state {
  FCL__ABSENT,
  FCL__STARTING, /* ordered, not yet reported as started */
  FCL__IDLE,
  FCL__BUSY,     /* has a request, or has yet to prove that it is done with a canceled one */
  FCL__DRAINING, /* finishes what it has, then stops */
  FCL__STOPPING, /* was asked to leave */
  FCL__KILLING   /* was ended by force; its exit is awaited */
} fcl__member_state;
const char *fcl__member_state_name(fcl__member_state state); /* "idle" */

struct fcl__member {
  fcl__pool *pool;
  unsigned index; /* in pool->members; for addresses also in settings.addresses */
  fcl__member_state state;
  fcl__list link;       /* in pool->idle, while IDLE */
  fcl__list tickets;    /* what it has in hand */
  unsigned in_hand;
  unsigned served;      /* requests since its start */
  unsigned failures;    /* addresses: connects that failed in a row */
  long pid;             /* 0: an address, or not started yet */
  unsigned is_proven : 1;  /* it has answered, or taken bytes, since its start */
  unsigned is_proving : 1; /* its request was given up; it is BUSY (or DRAINING) until it proves itself free */
  fcl__clock clock;     /* STARTING, and until proven: start; IDLE: idle; STOPPING: stop; proving: abort; ABSENT address: back-off */
  fcl__clock check;     /* proving: when to look at it again */
  uint64_t started_at;
  void *io;             /* the client's */
};

/* How a process ended. */
typedef struct fcl__exit {
  int status; /* exit status; -1 when it was ended by a signal, or nothing is known */
  int signal; /* 0: none */
} fcl__exit;

/* ---- Tickets ---- */

typedef enum fcl__ticket_state {
  FCL__NEW,
  FCL__QUEUED,
  FCL__CONNECTING, /* a member was chosen; bytes cannot flow yet */
  FCL__OPEN,       /* sent, or being sent */
  FCL__ENDED       /* the pool has forgotten it */
} fcl__ticket_state;

/* Zeroed is NEW.  The client embeds it in its request. */
struct fcl__ticket {
  fcl__list link; /* in pool->queue, or in member->tickets */
  fcl__pool *pool;
  fcl__member *member; /* CONNECTING, OPEN */
  fcl__ticket_state state;
  unsigned tries;     /* times that it was begun */
  unsigned is_answered : 1; /* a byte of the answer came: first_ms is over */
  unsigned is_paused : 1;   /* the next move is the caller's */
  fcl__clock clock;   /* QUEUED: queue; CONNECTING: connect; OPEN: first, then activity */
  fcl__clock activity; /* OPEN, while first_ms runs too */
  fcl__clock limit;   /* OPEN: request */
  uint64_t opened_at, paused_at, paused_ms;
  fcl_slice subject;  /* what it is about ("/var/www/report.php"), for sentences; the client's, may be empty */
  fcl_slice tag;      /* the caller's tag, for sentences; may be empty */
};

/* ---- What the pool does to the world ---- */

typedef struct fcl__pool_ops {
  /* Starts a process for `m`.  FCL_OK: fcl__member_started or fcl__member_failed follows.  Else *e says why not. */
  fcl_code (*spawn)(void *io, fcl__member *m, fcl_error *e);
  /* Asks the process to leave (force 0), or ends it and its children (force 1).  fcl__member_exited follows. */
  void (*stop)(void *io, fcl__member *m, int force);
  /* Sends the request to the member: on a kept connection, or on a new one.  FCL_OK: fcl__pool_connected follows, or one
     of the ways to end.  Else the connection was refused on the spot, *e says how: as fcl__pool_refused. */
  fcl_code (*begin)(void *io, fcl__member *m, fcl__ticket *t, fcl_error *e);
  /* Ends the exchange (if it was begun: its connection is closed) and tells the caller *e.  The pool has forgotten the ticket. */
  void (*fail)(void *io, fcl__ticket *t, const fcl_error *e);
  /* Asks the process, on a new connection, for a sign that it is free: fcl__member_proven follows, or silence. */
  void (*probe)(void *io, fcl__member *m);
  /* 1 if the process has taken bytes from the connection of its request (or of the probe) since these were sent; 0 if
     not, or if nobody can tell. */
  int (*taken)(void *io, fcl__member *m);
  /* The member is ABSENT: close what is kept for it. */
  void (*forget)(void *io, fcl__member *m);
  /* Something for the log.  m may be NULL. */
  void (*event)(void *io, fcl__member *m, const fcl_error *e, int level);
  /* The pool is closed: no ticket is left, every member is ABSENT.  The last call. */
  void (*closed)(void *io);
} fcl__pool_ops;

/* ---- The pool ---- */

struct fcl__pool {
  fcl__pool_settings settings;
  const fcl__pool_ops *ops;
  void *io;
  const fcl__memory *memory;
  fcl__timeouts *timeouts; /* shared by all pools of a client */
  fcl__member *members;    /* max_processes, or address_count */
  unsigned member_count;
  fcl__list queue; /* tickets, oldest first */
  unsigned queued;
  fcl__list idle;  /* members with room, most recently used first */
  unsigned live;   /* members that are not ABSENT */
  unsigned starting;
  unsigned open;   /* tickets CONNECTING or OPEN */
  unsigned next_address;
  struct {         /* breaker.c */
    unsigned fails;        /* in the current window */
    uint64_t window_ends;
    uint64_t open_until;   /* rapid-fail: nothing is started until then; 0: closed */
    unsigned failed_starts; /* in a row */
    uint64_t start_after;  /* back-off */
    fcl__clock clock;
  } breaker;
  unsigned is_closing : 1, is_closed : 1;
  fcl__clock drain;
  fcl__duration *durations[16]; /* taken once, by kind; pool.c */
};

/* Members and durations are made here, once: later calls take no memory but for sentences on their stack.  `settings` is
   copied, the strings are not.  FCL_E_NOMEM. */
fcl_code fcl__pool_init(fcl__pool *pool, const fcl__pool_settings *settings, const fcl__pool_ops *ops, void *io,
                        const fcl__memory *memory, fcl__timeouts *timeouts, fcl_error *e);
void fcl__pool_free(fcl__pool *pool); /* only after ops->closed, or before anything was submitted */

/* A new request.  It is begun, queued, or failed, through ops, before this returns. */
void fcl__pool_submit(fcl__pool *pool, fcl__ticket *t, uint64_t now);
/* The caller has lost interest.  Works in every state; ops->fail is not called: the client ends the exchange by itself
   before this call.  A process is BUSY until it proves itself free. */
void fcl__pool_cancel(fcl__ticket *t, uint64_t now);
/* CONNECTING -> OPEN: connected, the request is going out. */
void fcl__pool_connected(fcl__ticket *t, uint64_t now);
/* The connection could not be made.  Tried on another member if there is one (at most 2 tries), else failed with *e. */
void fcl__pool_refused(fcl__ticket *t, const fcl_error *e, uint64_t now);
/* Bytes have moved, either way.  O(1). */
void fcl__pool_touch(fcl__ticket *t, uint64_t now);
/* The first byte of the answer has come: the process is proven, first_ms is over.  Counts as a touch. */
void fcl__pool_answered(fcl__ticket *t, uint64_t now);
/* The next move is the caller's / the application's again.  Each only in turn. */
void fcl__pool_pause(fcl__ticket *t, uint64_t now);
void fcl__pool_unpause(fcl__ticket *t, uint64_t now);

/* The exchange is over; the client tells its caller.  */
typedef enum fcl__release {
  FCL__FREE,   /* the application is done with it: END_REQUEST came, or it closed the connection */
  FCL__UNKNOWN /* the connection was closed by us: the process must prove itself free */
} fcl__release;
void fcl__pool_release(fcl__ticket *t, fcl__release how, uint64_t now);
/* The application cannot have run it (a kept connection died before the first byte, it was never accepted, OVERLOADED,
   CANT_MPX_CONN): it goes to the front of the queue and is begun again.  Returns 1, or 0 when it has had its tries (2, or 5
   when `is_certain`): then the client must release it and tell its caller. */
int fcl__pool_retry(fcl__ticket *t, int is_certain, uint64_t now);

/* What happens to processes. */
void fcl__member_started(fcl__member *m, long pid, uint64_t now);
void fcl__member_failed(fcl__member *m, const fcl_error *e, uint64_t now); /* it could not be started */
/* It is gone.  Tickets it has in hand are failed (FCL_E_EXITED before the first byte of the answer, else FCL_E_TRUNCATED),
   except that the client has retried those it could before this call. */
void fcl__member_exited(fcl__member *m, const fcl__exit *how, uint64_t now);
void fcl__member_proven(fcl__member *m, uint64_t now); /* the probe was answered */

void fcl__pool_recycle(fcl__pool *pool, uint64_t now);
void fcl__pool_resume(fcl__pool *pool, uint64_t now); /* lifts rapid-fail and back-off */
void fcl__pool_close(fcl__pool *pool, unsigned drain_ms, uint64_t now);

/* Handles every clock of every pool in `t` that is due at `now`; returns when it wants to be called next (UINT64_MAX: not). */
uint64_t fcl__pools_tick(fcl__timeouts *t, uint64_t now);
/* Seconds after which a refused request may be tried again; 0: nothing is known. */
unsigned fcl__pool_retry_after(const fcl__pool *pool, uint64_t now);
#endif
