/* pool.h: who serves which request, and until when.  A pure state machine: no libuv, no clock, no
   process.  Time and events come in as arguments, actions go out through fcl__pool_ops; tests pass
   a recorder and a made-up clock.

   A pool has members: processes that it starts, or addresses that it reaches.  A ticket is a
   request's place in the pool.

   All functions on the client's loop.  Ops do not call back into the pool from inside, but that
   `begin` may say at once what became of its ticket, and `probe` that the process is proven.  Any
   function here may fail tickets, other than the one it is about too, and may call ops->closed. */
#ifndef FCL__POOL_H
#define FCL__POOL_H
#include "base/error.h"
#include "base/memory.h"
#include "pool/least.h"
#include "pool/member.h"
#include "pool/quota.h"
#include "pool/settings.h"
#include "pool/size.h"

/* ---- What the pool does to the world ---- */

/* What the world knows about a process, and the pool does not. */
typedef enum fcl__fact {
  FCL__COMMAND,    /* to start it by hand: "/usr/bin/php-cgi -c 'a b'" */
  FCL__LAST_WORDS, /* the last lines that it wrote on stdout, stderr or STDERR */
  FCL__DOING_NOW,  /* "in connect() to 10.0.0.5:3306" */
  FCL__UNREADY     /* why it is not ready yet: "answered with status 503" */
} fcl__fact;

typedef struct fcl__pool_ops {
  /* Starts a process for `m`.  FCL_OK: fcl__member_started or fcl__member_failed follows.  Else *e
     says why not, and nothing is kept (forget is not called). */
  fcl_code (*spawn)(void *io, fcl__member *m, fcl_error *e);
  /* Asks the process to leave (force 0), or ends it and its children (force 1).  fcl__member_exited
     follows.  With force also before its start was reported (then fcl__member_failed may follow),
     and again when it is. */
  void (*stop)(void *io, fcl__member *m, int force);
  /* Sends the request to the member: on a kept connection, or on a new one.  FCL_OK:
     fcl__pool_connected follows, or one of the ways to end.  Else the connection was refused on the
     spot, *e says how: as fcl__pool_refused. t->tries > 1: what is left of the earlier try (a
     connect that took longer than connect_ms) is closed first. */
  fcl_code (*begin)(void *io, fcl__member *m, fcl__ticket *t, fcl_error *e);
  /* Ends the exchange (if it was begun: its connection is closed) and tells the caller *e.  The
   * pool has forgotten the ticket. */
  void (*fail)(void *io, fcl__ticket *t, const fcl_error *e);
  /* Asks the process, on a new connection, for a sign that it is free, or ready:
     fcl__member_proven or fcl__member_hung_up follows, or silence.  With FCL_READY_PROBED one that
     is starting is asked again and again, unless it is being asked.  An address: whether it lives:
     fcl__address_probed follows, unless `forget` comes before. */
  void (*probe)(void *io, fcl__member *m);
  /* 1 if the process has taken the connection of its request (or of the probe); 0 if not, or if
     nobody can tell. */
  int (*taken)(void *io, fcl__member *m);
  /* The member is ABSENT: close what is kept for it. */
  void (*forget)(void *io, fcl__member *m);
  /* Something for the log.  m may be NULL. */
  void (*event)(void *io, fcl__member *m, const fcl_error *e, int level);
  /* The pool is closed: no ticket is left, every member is ABSENT, no clock runs.  The last call;
     the pool may be freed inside.  It comes at the end of the pool function (or tick) that brought
     it about, fcl__pool_close among them. */
  void (*closed)(void *io);
  /* Bytes of memory that the process uses; 0: nobody can tell. */
  uint64_t (*memory)(void *io, fcl__member *m);
  /* Words about a process for a sentence, NUL-terminated; empty: there is nothing to say.  NULL:
     nobody knows anything. */
  void (*describe)(void *io, fcl__member *m, fcl__fact fact, char *out, size_t cap);
  /* Nanoseconds for which it has wanted a processor since its start; 0: nobody can tell. */
  uint64_t (*wanted)(void *io, fcl__member *m);
  void (*machine)(void *io, fcl__machine *out);
  /* The rest: settings.is_common only.
     1: one more process may be started; 0: fcl__pool_go_on follows when it may.  is_needed 0:
     nobody waits for it (min_processes); then nothing follows. */
  int (*take)(void *io, int is_needed);
  /* A process is free.  1: it shall leave, for a pool elsewhere. */
  int (*yields)(void *io, uint64_t now);
  /* It has idled for idle_ms.  1: it stays, one of min_processes. */
  int (*stays)(void *io);
  /* What the pool has, wants and keeps waiting may be another: at the end of each round. */
  void (*changed)(void *io, uint64_t now);
  /* 1: more wait in all of them than may. */
  int (*is_crowded)(void *io);
} fcl__pool_ops;

/* ---- The pool ---- */

/* Durations that every pool holds, as indices of pool->durations. */
enum {
  FCL__D_START,
  FCL__D_CONNECT,
  FCL__D_QUEUE,
  FCL__D_FIRST,
  FCL__D_ACTIVITY,
  FCL__D_REQUEST,
  FCL__D_IDLE,
  FCL__D_STOP,
  FCL__D_ABORT,
  FCL__D_RAPID,
  FCL__D_PROBE,
  FCL__D_LIFETIME,
  FCL__D_WATCH,
  FCL__D_RETURN,                     /* 10 ms */
  FCL__D_CHECK,                      /* 20 ms, doubling to 1 s */
  FCL__D_BACKOFF = FCL__D_CHECK + 7, /* 1 s, doubling to 30 s */
  FCL__DURATIONS = FCL__D_BACKOFF + 6
};
#define FCL__STEPS                                                                                 \
  64 /* what a pause leaves of request_ms is rounded up to a multiple of request_ms / 64 */

struct fcl__pool {
  fcl__pool_settings settings;
  const fcl__pool_ops *ops;
  void *io;
  const fcl__memory *memory;
  fcl__timeouts *timeouts; /* shared by all pools of a client */
  fcl__member *members;    /* 2 * max_processes, or address_count */
  unsigned member_count;
  fcl__queue queue;
  unsigned queued;
  fcl__list idle;    /* members with room, most recently used first */
  fcl__list roomy;   /* processes that are BUSY and have room, each in turn */
  fcl__list absent;  /* places for processes */
  fcl__quota *quota; /* NULL: its processes are counted alone */
  fcl__list sibling; /* in quota->pools */
  fcl__list in_line; /* in quota->starving or wanting */
  uint64_t in_line_since;
  unsigned is_starving : 1; /* it is in line there */
  unsigned live;            /* members that are not ABSENT */
  unsigned serving; /* of these, those that are STARTING, IDLE or BUSY: at most `limit`, but that
                       those that are busy when it shrinks finish */
  unsigned starting;
  unsigned giving;       /* members that are */
  unsigned is_short : 1; /* of processes, which pools elsewhere have */
  unsigned
      kept; /* the most that were ever serving, up to min_processes: one that dies is replaced */
  unsigned open; /* tickets CONNECTING or OPEN */
  unsigned next_address;
  fcl__least
      least; /* of several addresses: how much each has in hand; NONE: it takes nothing now */
  uint64_t *hashes;    /* of several addresses, side by side: of the text of each, for affinity */
  unsigned slow;       /* addresses that are in their slow start */
  unsigned awaited;    /* names of addresses that have never been resolved yet: requests wait */
  const char *fault;   /* why there are no addresses; NULL: nothing is known */
  const char *blocked; /* why nobody is served; NULL: they are */
  struct { /* since it was made; `starts` is the sum of `left` and the processes that are there */
    uint64_t starts, left[FCL_LEFT_MAX];
    uint64_t waited;     /* tickets that were not begun at once */
    uint64_t retries;    /* tickets put back in front of the queue */
    unsigned queued_max; /* the most that were ever queued when one was submitted */
  } counts;
  fcl__ticket *submitting;  /* it has found no place yet */
  struct {                  /* breaker.c */
    unsigned fails;         /* in the current window */
    unsigned failed_starts; /* in a row */
    unsigned is_open : 1;   /* rapid-fail: nothing is started or begun until the window ends */
    fcl__clock window;      /* from the first failure */
    fcl__clock back_off;    /* nothing is started while it runs */
  } breaker;
  unsigned is_dispatching : 1;
  unsigned is_closing : 1;  /* takes no more */
  unsigned is_lending : 1;  /* it drains: its places in common are others', as those of an old
                               generation */
  unsigned is_stopping : 1; /* every member was told to leave */
  unsigned is_closed : 1;
  uint64_t drain_until;
  fcl__clock drain;
  fcl__clock hold;  /* while a place is kept for who may be back at once */
  unsigned idles;   /* members that are IDLE */
  fcl__clock watch; /* while there are processes: when to look at them again */
  unsigned rings;   /* of it */
  fcl__size size;   /* size.limit: processes that may serve at once; max_processes, or by load */
  unsigned open_most, queued_least;         /* since the last ring */
  fcl__duration *durations[FCL__DURATIONS]; /* taken once; NULL: never */
  fcl__duration *steps[FCL__STEPS];         /* taken when first needed */
};

/* Members and durations are made here, once: later calls take no memory but for sentences on their
   stack.  `settings` is copied, the strings are not.  FCL_E_NOMEM. */
fcl_code fcl__pool_init(fcl__pool *pool, const fcl__pool_settings *settings,
                        const fcl__pool_ops *ops, void *io, const fcl__memory *memory,
                        fcl__timeouts *timeouts, fcl_error *e);
/* Takes the pool, in which no clock runs yet, over to other timeouts: a pool can be made on any
   thread with timeouts of its own, and be attached to its client's on the loop.  Takes no memory.
 */
void fcl__pool_attach(fcl__pool *pool, fcl__timeouts *timeouts);
void fcl__pool_free(fcl__pool *pool); /* only after ops->closed, or before anything was submitted */

/* A new request, with a zeroed ticket but for subject and tag.  It is begun, queued, or failed,
   through ops, before this returns. */
void fcl__pool_submit(fcl__pool *pool, fcl__ticket *t, uint64_t now);
/* The caller has lost interest.  Works in every state; ops->fail is not called: the client ends the
   exchange by itself before this call.  A process is BUSY until it proves itself free. */
void fcl__pool_cancel(fcl__ticket *t, uint64_t now);
/* CONNECTING -> OPEN: connected, the request is going out. */
void fcl__pool_connected(fcl__ticket *t, uint64_t now);
/* The connection could not be made.  FCL_E_CONNECT, FCL_E_TIMEOUT_CONNECT: the member's fault: an
   address is not tried for a while, a process must leave, and the ticket is tried on another member
   if there is one (at most 2 refusals; 3 where there are more than 2 addresses), else failed with
   *e.  Any other code, or a lack of descriptors or memory in e->sys: this request's trouble alone:
   failed with *e. */
void fcl__pool_refused(fcl__ticket *t, const fcl_error *e, uint64_t now);
/* The request fails with *e, which has no tag yet, and its process is ended as for a timeout,
   because of what it did. */
void fcl__pool_condemn(fcl__ticket *t, const fcl_error *e, uint64_t now);
/* Bytes have moved, either way.  O(1). */
void fcl__pool_touch(fcl__ticket *t, uint64_t now);
/* The first byte of the answer has come: the process is proven, first_ms is over.  Counts as a
 * touch. */
void fcl__pool_answered(fcl__ticket *t, uint64_t now);
/* The next move is the caller's / the application's again.  Each only in turn; also before the
 * ticket is OPEN. */
void fcl__pool_pause(fcl__ticket *t, uint64_t now);
void fcl__pool_unpause(fcl__ticket *t, uint64_t now);

/* The exchange is over; the client tells its caller.  */
typedef enum fcl__release {
  FCL__FREE,   /* the application is done with it: END_REQUEST came, or it closed the connection */
  FCL__UNKNOWN /* the connection was closed by us: the process must prove itself free */
} fcl__release;
void fcl__pool_release(fcl__ticket *t, fcl__release how, uint64_t now);
/* How long an application may go on with a request that is given up now; NULL: for ever. */
fcl__duration *fcl__ticket_patience(fcl__ticket *t, uint64_t now);
/* The application cannot have run it (a kept connection died before the first byte, it was never
   accepted, OVERLOADED, CANT_MPX_CONN): it goes to the front of the queue and is begun again.  A
   process that it leaves must prove itself free first, for it may be dying: so these retries can be
   made before fcl__member_exited. Returns 1 (it was begun again, waits, or was failed through ops:
   do not touch it), or 0 when it has had its tries (2, or 4 + max_processes when `is_certain`):
   then the client must release it and tell its caller. */
int fcl__pool_retry(fcl__ticket *t, int is_certain, uint64_t now);
/* Likewise, certain, and the application lives, for it has just said so: nothing is to be proven.
 */
int fcl__pool_return(fcl__ticket *t, uint64_t now);

/* What happens to processes. */
void fcl__member_started(fcl__member *m, long pid, uint64_t now);
void fcl__member_failed(fcl__member *m, const fcl_error *e,
                        uint64_t now); /* it could not be started */
/* It is gone.  Tickets it has in hand are failed (FCL_E_EXITED before the first byte of the answer,
   else FCL_E_TRUNCATED), except that the client has retried those it could before this call. */
void fcl__member_exited(fcl__member *m, const fcl__exit *how, uint64_t now);
/* It takes no more requests, since it is known to be gone, although its last answer is still being
   read; fcl__member_exited follows when that is done. */
void fcl__member_drain(fcl__member *m, uint64_t now);
/* From now on so many requests share a connection, and there are no more than so many connections
   (of a process: one).  What it has in hand stays. */
void fcl__member_share(fcl__member *m, unsigned per_connection, unsigned connections, uint64_t now);
/* It has not ended a request that was aborted on a connection that others share: a process takes no
   more, and leaves when the others are done. */
void fcl__member_overdue(fcl__member *m, uint64_t now);
void fcl__member_proven(fcl__member *m,
                        uint64_t now); /* the probe was answered; harmless when it is not proving */

/* Somebody wants the process gone: it finishes what it has and leaves.  `at_once`: what it has
   fails (FCL_E_EXITED), and it is asked to leave now, by force after stop_ms.  An address: nothing.
 */
void fcl__member_stop(fcl__member *m, int at_once, uint64_t now);

/* ---- What is counted with pools elsewhere (common.c); harmless where it is not ---- */

/* Places that it holds: a process that makes room does so until it is gone. */
unsigned fcl__pool_held(const fcl__pool *pool);
unsigned fcl__pool_giving(const fcl__pool *pool); /* of these, those that will come back */
unsigned fcl__pool_wanted(const fcl__pool *pool); /* processes, beyond those that it could take */
/* Requests that count in the queue: all but one for each process that is being started. */
unsigned fcl__pool_beyond(const fcl__pool *pool);
/* For how long the process has been idle that was used last of all; 0: there is none, or not for a
   moment yet. */
unsigned fcl__pool_idle_ms(const fcl__pool *pool, uint64_t now);
/* 1: all are busy, and with requests that come and go, so that none may ever be free. */
int fcl__pool_is_shared(const fcl__pool *pool);
/* Such a process leaves: the idle one, or a shared one when the requests that it has are done. */
void fcl__pool_yield(fcl__pool *pool, uint64_t now);
void fcl__pool_go_on(fcl__pool *pool, uint64_t now); /* a process may be started, perhaps */

/* ---- Members that are addresses ---- */

/* They are probed from now on, where that is wanted. */
void fcl__pool_begin(fcl__pool *pool, uint64_t now);
/* An address comes (or comes back, before it has left); `text` is lent until it is gone.  Where
   others were there before, it starts slowly. */
void fcl__address_add(fcl__member *m, const char *text, uint64_t now);
/* It takes no more, and is gone when it has nothing in hand. */
void fcl__address_remove(fcl__member *m, uint64_t now);
int fcl__address_is_free(const fcl__member *m); /* its place can be another's */
/* It takes no more until it is taken back; what it has in hand goes on. */
void fcl__address_drain(fcl__member *m, uint64_t now);
void fcl__address_undrain(fcl__member *m, uint64_t now);
/* How the probe went: e NULL: it lives. */
void fcl__address_probed(fcl__member *m, const fcl_error *e, uint64_t now);
/* Its host is gone: it takes no more for a while.  What it has in hand is told one by one. */
void fcl__address_lost(fcl__member *m, const fcl_error *e, uint64_t now);
/* So many names were never resolved yet; where nobody is there, `fault` (lent; a sentence without
   the pool's name) says why. */
void fcl__pool_names(fcl__pool *pool, unsigned awaited, const char *fault, uint64_t now);
/* Equal keys have equal ones, everywhere. */
uint64_t fcl__affinity_hash(const char *data, size_t len);

/* The probe of a process could not be sent (we lack descriptors or memory): `probe` again, soon. */
void fcl__member_unasked(fcl__member *m);
/* It has closed the connection of the probe without a word, which is an answer unless its exit
   follows. */
void fcl__member_hung_up(fcl__member *m, uint64_t now);

void fcl__pool_recycle(fcl__pool *pool, uint64_t now);
/* Likewise, because a file has changed that is monitored. */
void fcl__pool_changed(fcl__pool *pool, uint64_t now);
/* Other settings, with the durations for them: those of `to`, a pool of the same timeouts that
   nothing was submitted to, and that is to be freed behind this call.  Its name and its addresses
   stay; max_processes is at most `room`.  Clocks that run go on. */
void fcl__pool_take_settings(fcl__pool *pool, fcl__pool *to, uint64_t now);
/* How many connections and requests a member takes is as the settings say, whatever was learnt. */
void fcl__pool_share_anew(fcl__pool *pool, uint64_t now);
/* Requests fail with FCL_E_CONFIG and `why` (lent; a sentence without the pool's name), those that
   wait too, until it is NULL; what is in hand goes on. */
void fcl__pool_block(fcl__pool *pool, const char *why, uint64_t now);
void fcl__pool_resume(fcl__pool *pool, uint64_t now); /* lifts rapid-fail and back-off */
/* Takes no more (FCL_E_CLOSING); what waits and what is open goes on for drain_ms (0: ends now;
   FCL_NEVER: no limit), then every member leaves, and ops->closed comes: from inside this call if
   nothing is left.  Once; later calls do nothing. */
void fcl__pool_close(fcl__pool *pool, unsigned drain_ms, uint64_t now);

/* Handles every clock of every pool in `t` that is due at `now`; returns when it wants to be called
 * next (UINT64_MAX: not). */
uint64_t fcl__pools_tick(fcl__timeouts *t, uint64_t now);
/* Seconds after which a refused request may be tried again; 0: nothing is known. */
unsigned fcl__pool_retry_after(const fcl__pool *pool, uint64_t now);
#endif
