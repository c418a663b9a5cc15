/* internal.h: what the files of the client room know of each other. */
#ifndef FCL__CLIENT_INTERNAL_H
#define FCL__CLIENT_INTERNAL_H
#include "client/notes.h"
#include "client/place.h"
#include "client/monitor.h"
#include "client/names.h"
#include "client/window.h"
#include "stats/stats.h"
#include <fcgiclient/codec.h>
#include <fcgiclient/fcgiclient.h>

typedef struct fcl__stderr fcl__stderr;

/* ---- Client (client.c, loop.c) ---- */

enum { FCL__CLIENT_CLOSE = 1, FCL__CLIENT_CONTROL = 2 }; /* its notes */

struct fcl_client {
  fcl__memory memory;
  fcl_client_options options; /* strings copied */
  uint64_t secret[2];         /* of the keys of sources */
  fcl_policy policy;          /* numbers only */
  uv_loop_t own_loop, *loop;
  uv_thread_t thread;
  _Atomic(void *) owner; /* tells the thread that runs the loop (loop.c) */
  uv_async_t async;
  uv_timer_t timer;
  uv_prepare_t prepare;
  uv_check_t check;
  uv_idle_t idle;
  fcl__notes notes;
  fcl__note note;
  fcl__timeouts timeouts;  /* the clocks of pools, requests and kept connections */
  fcl__duration *grace;    /* how long a broken connection waits for the exit that explains it */
  fcl__duration *again;    /* until a full backlog is tried again */
  fcl__duration *haste;    /* until a kept connection makes room for a new one */
  fcl__duration *patience; /* until the next one does */
  uint64_t timer_due;      /* UINT64_MAX: it stands still */
  fcl__blocks blocks;
  size_t gathered;           /* bytes of blocks that hold request bodies (gather_memory_all) */
  fcl__processes *processes; /* NULL until one is wanted */
  fcl__list pools;           /* those that are not closed */
  fcl_stats *past;           /* what others have done; NULL: there were none */
  uint64_t born_ms;
  struct fcl__control *control; /* NULL: it has no control address */
  struct {                      /* events.c */
    uint64_t began, dropped_in_all;
    unsigned told, dropped; /* since then */
    fcl__duration *second;
    fcl__clock clock; /* while some were dropped */
  } events;
  unsigned busy;        /* reasons for the loop to go on */
  unsigned requests;    /* started, and not done */
  unsigned connections; /* not closed */
  unsigned questions;   /* of fcl__ask, that are to come home */
  fcl__list turns;      /* shared connections that have something to do in the next turn */
  fcl__list lanes;      /* spare ones: see fcl__lane */
  unsigned lane_count;
  fcl__duration *asking; /* how long GET_VALUES is waited for */
  uv_mutex_t changing;   /* guards the options of pools, where other threads look at them */
  uv_mutex_t lock;       /* guards `spare`, `is_closed` */
  fcl_request *spare;
  unsigned spare_count;
  atomic_uint refs; /* its pools, and itself until it is closed */
  void (*closed)(void *user);
  void *closed_user;
  unsigned handles; /* of ours that are not closed */
  int is_closed;
  int is_sealed;         /* there is a policy */
  atomic_int is_leaving; /* fcl_client_close was called */
  unsigned has_begun : 1, is_waking : 1, is_closing : 1, is_ending : 1;
};

uint64_t fcl__client_now(const fcl_client *c);
/* [any thread]  Takes note for `note`; the loop will act. */
void fcl__client_post(fcl_client *c, fcl__note *note, unsigned bit);
int fcl__client_is_owner(const fcl_client *c);
/* The loop must not end before the same number of _rest calls. */
void fcl__client_work(fcl_client *c);
void fcl__client_rest(fcl_client *c);
/* Something that a closing client waits for is over: a pool, a request, a connection. */
void fcl__client_maybe_end(fcl_client *c);
/* The loop's handles are closed. */
void fcl__client_ended(fcl_client *c);
void fcl__client_unref(fcl_client *c);
/* events.c: for on_event; the sentence is whole.  [loop] */
void fcl__client_event(fcl_client *c, const char *pool, fcl_level level, long pid, const char *tag,
                       fcl_code code, const char *sentence);
/* A line that a process wrote. */
void fcl__client_printed(fcl_client *c, const char *pool, long pid, const char *line, size_t len);
int fcl__events_init(fcl_client *c); /* 0: no memory */
void fcl__events_end(fcl_client *c); /* no clock of theirs runs from now on */
/* Programs can be started from now on. */
fcl_code fcl__client_processes(fcl_client *c, fcl__processes **out, fcl_error *e);

/* Loop modes: loop.c. */
int fcl__loop_init(fcl_client *c);      /* a loop, on which nothing runs yet */
int fcl__loop_start(fcl_client *c);     /* its handles, and a thread where it has one */
void fcl__loop_undo(fcl_client *c);     /* where that has failed */
void fcl__loop_schedule(fcl_client *c); /* arms the timer for what is due first */
void fcl__loop_end(fcl_client *c);      /* closes the handles; then the client is closed */

/* rights.c: the policy of a client; whom the processes of a pool run as, and with which limits. */
fcl_code fcl__policy_check(const fcl_policy *policy, fcl_error *e);
void fcl__policy_copy(fcl_policy *copy, const fcl_policy *policy); /* every number real */
fcl_code fcl__rights_check(const fcl_client *c, const fcl_pool_options *o, fcl_error *e);
void fcl__rights_limits(const fcl_pool_options *o, fcl__limits *limits);

/* ---- Pools (pools.c, options.c) ---- */

enum {
  FCL__POOL_OPENED = 1,
  FCL__POOL_RECYCLE = 2,
  FCL__POOL_RESUME = 4,
  FCL__POOL_CLOSED = 8,
  FCL__POOL_EXITS = 16,
  FCL__POOL_MAKE_ROOM = 32, /* not a verb: others reach its addresses too, and may need the workers
                               that its kept connections hold */
  FCL__POOL_COMMON = 64 /* not a verb: of limits in common there is more, or somebody needs some */
};

struct fcl_pool {
  fcl__note note;
  fcl__note
      close; /* of its own, so that it comes behind the requests that were started before it */
  fcl_client *client;
  fcl__list link; /* in client->pools */
  fcl__pool pool;
  fcl_pool_stats counts;    /* what the requests have come to; the rest is filled in by collect.c */
  fcl_pool_stats *tally;    /* these; behind its end, what is kept for its name */
  fcl_pool_options options; /* strings copied, numbers real */
  fcl_pool *root;           /* of a branch: the pool that the caller has; else NULL */
  fcl__list branches,
      branch;         /* a root's: pools for other users (identity.c); guarded by client->lock */
  fcl__quota quota;   /* a root's: of it and its branches */
  fcl__stake stake;   /* in the processes that pools elsewhere have too */
  fcl__limits limits; /* of its processes */
  void *strings[7];   /* the copies: name, program, directory, argv, env, monitor, common_limits;
                         addresses are in `addresses` */
  const char **address_texts;
  fcl__address *addresses;
  unsigned address_count;  /* as they were given */
  const char **slot_texts; /* of each member; NULL: one of a name's */
  const fcl__address **slot_addresses;
  unsigned slot_count;
  fcl__probe *probe;                   /* NULL: GET_VALUES asks */
  atomic_size_t max_params, max_param; /* what the options say; read by any thread */
  fcl__monitor monitor;
  fcl__name *names;
  unsigned name_count;
  fcl__list drained;  /* by call: addresses that a name has, had or will have (drain.c) */
  fcl__place *places; /* one for each member */
  unsigned place_count;
  fcl__timeouts staging; /* its durations, until the loop takes them over */
  fcl__duration *kept;   /* how long a connection to an address may idle; NULL: for ever */
  fcl__window_limits read_ahead, gather; /* of each request */
  fcl__list gathering;                   /* requests whose bodies are coming; they count as steps */
  fcl__clock leave;                      /* is_leaving: until drain_ms is over */
  fcl__duration *leaving;
  uint64_t leave_by;
  unsigned drain_ms;
  atomic_uint refs;  /* its requests, and itself until closed and let go */
  unsigned changes;  /* a root's: times that it was configured; a branch's: its root's, then */
  unsigned steps;    /* requests whose authorizers are being asked */
  unsigned closings; /* connections that the application closed behind their first answer, until it
                        has kept one */
  unsigned is_open : 1, is_closed : 1;
  unsigned has_warned : 1;  /* that limits are not kept */
  unsigned has_options : 1; /* theirs, not the user's */
  unsigned is_learning : 1; /* per_connection is what the application says */
  unsigned has_asked : 1;   /* processes: one of them */
  unsigned has_kept : 1;    /* a connection has had two requests */
  unsigned is_leaving : 1;  /* it shall be shut behind the last of these */
};

/* Fills p->options, addresses and *settings from what the user gave. */
fcl_code fcl__options_read(fcl_pool *p, const fcl_pool_options *given, fcl__pool_settings *settings,
                           fcl_error *e);
void fcl__options_free(fcl_pool *p);
void fcl__pool_unref(fcl_pool *p); /* [any thread] */
/* Closes a pool that is not closed yet; with drain_ms, behind the requests whose authorizers are
   being asked.  [loop] */
void fcl__pool_shut(fcl_pool *p, unsigned drain_ms);

/* A pool that never opens: options, and the settings and durations that they make.  [any thread] */
fcl_code fcl__pool_draft(fcl_pool **draft, fcl_client *c, const fcl_pool_options *given,
                         fcl_pool *root, fcl_error *e);
void fcl__pool_scrap(fcl_pool *draft);

/* Makes a pool, which may be a branch of another.  [any thread] */
fcl_code fcl__pool_make(fcl_pool **pool, fcl_client *c, const fcl_pool_options *options,
                        fcl_pool *root, fcl_error *e);

/* commons.c: a pool's limits that others have too. */
fcl_code fcl__commons_join(fcl_pool *p, fcl_error *e); /* [any thread] */
void fcl__commons_limit(fcl_pool *p);                  /* they are others now */
void fcl__commons_leave(fcl_pool *p);
void fcl__commons_forget(fcl_pool *p);
void fcl__commons_act(fcl_pool *p);
/* What the policy asks (fcl__pool_ops). */
int fcl__commons_take(void *pool, int is_needed);
int fcl__commons_yields(void *pool, uint64_t now);
int fcl__commons_stays(void *pool);
void fcl__commons_changed(void *pool, uint64_t now);
int fcl__commons_is_crowded(void *pool);

/* drain.c: addresses that take no more requests, by call. */
/* It was said of an address that a name gets now. */
int fcl__drain_is_wanted(const fcl_pool *p, const char *address);
void fcl__drain_forget(fcl_pool *p); /* what was said; the pool's memory goes */

/* identity.c: branches, the pools of a pool for other users. */
void fcl__branch_open(fcl_pool *p);         /* its root's loop has it now */
int fcl__branch_is_late(const fcl_pool *p); /* its root is being closed */
void fcl__branch_ended(fcl_pool *p);        /* nobody finds it any more */
/* As fcl__pool_draft: what it is to be by its root's options. */
fcl_code fcl__branch_draft(fcl_pool **draft, const fcl_pool *p, fcl_error *e);
/* The least room for processes that a branch has; FCL_NEVER: there are none.  [any thread] */
unsigned fcl__branches_room(fcl_pool *root);
void fcl__branches_configured(fcl_pool *root); /* its options are others: theirs become so */
void fcl__configure_branch(fcl_pool *p, void *unused); /* configure.c */
/* Calls for each branch of the pool that is open. */
void fcl__branches_each(fcl_pool *root, void (*fn)(fcl_pool *branch, void *arg), void *arg);

void fcl__pool_stepped(fcl_pool *p); /* one of these has been submitted, or has ended */

/* ---- Seeing (ask.c, collect.c; control.c, with control.h) ---- */

/* A question that goes from client to client, on the loop of each, and comes home to the first. */
typedef struct fcl__ask fcl__ask;
struct fcl__ask {
  fcl__note note;
  fcl_client **clients; /* kept alive meanwhile */
  size_t count, at;
  void (*visit)(fcl__ask *ask, fcl_client *c);
  void (*home)(fcl__ask *ask); /* the last call: frees what it is in */
  unsigned is_away : 1;
};
/* [any thread]  visit, home and the memory are the caller's.  FCL_E_NOMEM: nobody is asked. */
fcl_code fcl__ask_begin(fcl__ask *ask, fcl_client *const *clients, size_t count);

/* The control address, where one is wanted: before the loop runs; _abandon: it will not.  [any
   thread] */
fcl_code fcl__control_open(fcl_client *c, fcl_error *e);
void fcl__control_abandon(fcl_client *c);
void fcl__control_ready(fcl_client *c); /* notes are taken from now on */
void fcl__control_begin(fcl_client *c); /* [loop]  it listens, if it is its turn */
void fcl__control_close(fcl_client *c); /* [loop]  fcl__client_maybe_end follows */

/* Adds what the client's pools have done, and are doing.  0: no memory. */
int fcl__collect(fcl_client *c, fcl_stats *s);
/* The pool is closed: what it has done is kept for its name. */
void fcl__collect_past(fcl_pool *p);
/* The request is about to be done. */
void fcl__count_ended(fcl_request *r, uint64_t end_ns);

#include "client/request.h"
#endif
