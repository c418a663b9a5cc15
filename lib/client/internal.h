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
  size_t gathered; /* bytes of blocks that hold request bodies (gather_memory_all) */
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

/* ---- Requests ---- */

enum { /* notes, in the order in which they are acted on */
       FCL__REQUEST_START = 1,
       FCL__REQUEST_CANCEL = 2,  /* what follows only brings back what is lent */
       FCL__REQUEST_STEPPED = 4, /* not a verb: its authorizer is done */
       FCL__REQUEST_WRITE = 8,
       FCL__REQUEST_FINISH = 16,
       FCL__REQUEST_DATA = 32,
       FCL__REQUEST_RESUME = 64,
       FCL__REQUEST_WAKE = 128,
       FCL__REQUEST_FREE = 256,
       FCL__REQUEST_GO_ON = 512, /* not a verb: there is more to deliver than in one turn */
       FCL__REQUEST_PUMP = 1024  /* not a verb: there is more of a gathered body to send */
};

typedef enum fcl__phase {
  FCL__PHASE_BUILDING,
  FCL__PHASE_STARTED,
  FCL__PHASE_SETTLING,
  FCL__PHASE_DONE
} fcl__phase;
typedef enum fcl__held {
  FCL__HELD_NOT,
  FCL__HELD_HEAD,
  FCL__HELD_BODY,
  FCL__HELD_AHEAD /* a part of the body that lies in the window */
} fcl__held;
typedef struct fcl__ahead fcl__ahead;
typedef struct fcl__gather fcl__gather;

/* How far the answer has been understood (response.c). */
typedef struct fcl__response {
  fcl_head_scan scan;
  char *gathered; /* a block: a head that came in pieces */
  size_t gathered_len;
  char *room;   /* a block: the head and its fields, while they are lent */
  int64_t left; /* of Content-Length; -1: not said */
  unsigned has_head : 1, has_no_body : 1, is_long : 1;
} fcl__response;

struct fcl_request {
  fcl__note note;
  fcl_pool *pool;
  fcl_pool *authorizer;   /* NULL: none is to be asked */
  fcl_identity *identity; /* for whom its connection speaks; NULL: for ourselves */
  fcl_request *step;      /* ours to it, while it is running */
  fcl__ticket ticket;
  fcl_handlers handlers;
  void *user;
  fcl_params params;
  fcl_slice image;
  fcl_request *next_spare;
  fcl__place *place;           /* where it was begun last */
  fcl__connection *connection; /* NULL: none, or let go */
  fcl__response response;
  fcl__clock
      alarm; /* waits for the exit that explains a broken connection; or for room in a backlog */
  const void *lend; /* the caller's part of the body, or of a filter's data */
  size_t lend_len;
  int64_t body_length; /* 0: none, -1: not known */
  int64_t body_left;   /* of what was announced */
  int64_t data_length; /* a filter's, else 0 */
  int64_t data_left;
  fcl_body body_unknown;
  fcl__phase phase;
  fcl__held held;
  char *kept_block;    /* what a held span lies in, when its connection is gone or reads on */
  fcl__gather *gather; /* the body, while it may have to be sent; NULL: it is not gathered */
  fcl__ahead *ahead;   /* what has been read meanwhile; NULL: nothing yet */
  fcl_error *error;    /* NULL: none, or no memory for it (then `failed` is set) */
  fcl_code failed;
  uint64_t started_ns, begun_ns, opened_ns, first_ns, received, sent;
  uint32_t app_status;
  int protocol_status; /* -1: END_REQUEST has not come */
  long pid;
  fcl__stderr *errors; /* NULL: nothing came on STDERR */
  /* Of the thread that builds it, while the loop may act already. */
  unsigned char role, is_safe, is_head, is_raw;
  unsigned has_lend : 1, is_lent_out : 1, is_data : 1 /* the lend */, is_finished : 1,
      has_begun_body : 1, is_unclean : 1, is_canceled : 1, is_awaiting : 1, is_acting : 1;
  unsigned is_stepping : 1, is_authorized : 1;
  unsigned has_complained : 1; /* on STDERR */
  unsigned is_spoiled : 1;     /* by STDERR: there will be no answer */
  unsigned char graces;        /* times that the alarm has rung for the exit that it waits for */
  char tag[64];
};

void fcl__request_act(fcl__note *note, unsigned bits);
void fcl__request_recycle(fcl_request *r);
static inline uint64_t fcl__request_now(const fcl_request *r) {
  return fcl__client_now(r->pool->client);
}
/* Nothing that it changes, and no body that is gone: it may be sent again. */
static inline int fcl__request_is_repeatable(const fcl_request *r) {
  return r->is_safe && (r->body_length == 0 || r->gather) && r->data_length == 0;
}
void fcl__request_keep_error(fcl_request *r, const fcl_error *e); /* the first one sticks */
/* One of these verbs has been called, and is not acted on yet. */
static inline int fcl__request_has_noted(const fcl_request *r, unsigned bits) {
  return (atomic_load_explicit(&r->note.bits, memory_order_relaxed) & bits) != 0;
}

/* Ends the image, names the errors; once all parameters are set. */
fcl_code fcl__request_end_params(fcl_request *r, fcl_error *e);
/* Looks anew at what the parameters say of the request. */
void fcl__request_look(fcl_request *r);
/* Starts and finishes a request without a body, at once.  [loop] */
void fcl__request_submit(fcl_request *r);

/* authorize.c: another pool is asked first. */
fcl_code fcl__authorize_check(const fcl_request *r, fcl_error *e);
void fcl__authorize_begin(fcl_request *r);
/* If that is running: *e is how the request ends when it is over.  Else 0. */
int fcl__authorize_give_up(fcl_request *r, const fcl_error *e);
void fcl__authorize_conclude(fcl_request *r); /* it is over */

/* role.c: what each role is sent. */
const char *fcl__role_name(unsigned role); /* "authorizer" */
/* Makes the parameters those of the request's role, before they are ended.  Else *e says what the
   caller has forgotten. */
fcl_code fcl__role_complete(fcl_request *r, fcl_error *e);
void fcl__role_strip(fcl_params *params); /* of what no authorizer is sent (§6.3) */

/* exchange.c: one request on one connection. */
extern const fcl__connection_events fcl__exchange_events;
void fcl__exchange_submit(fcl_request *r, int is_canceled);
/* Gathers the body if that is wanted, then enters the pool. */
void fcl__exchange_approach(fcl_request *r);
void fcl__exchange_enter(fcl_request *r);
fcl_code fcl__exchange_begin(fcl__place *place, fcl_request *r, fcl_error *e);
void fcl__exchange_resume(fcl_request *r);
void fcl__exchange_go_on(fcl_request *r); /* with the response, where it stopped */
/* The clocks stand still while the next move is the caller's. */
void fcl__exchange_watch(fcl_request *r);
void fcl__exchange_rings(fcl__clock *alarm, uint64_t now); /* a request's alarm */

/* body.c: the request body and a filter's data on their way out. */
void fcl__body_write(fcl_request *r);
void fcl__body_finish(fcl_request *r);
void fcl__body_data(fcl_request *r);
/* Lends what there is behind BEGIN_REQUEST and the parameters.  Returns 0 when the request has
   ended instead. */
int fcl__body_begin(fcl_request *r);
void fcl__body_pump(fcl_request *r); /* lends the next part of a gathered one */
/* Ends the request and returns 1 if it is finished with less than was announced. */
int fcl__body_is_refused(fcl_request *r);
void fcl__body_on_sent(fcl__connection *c, fcl_code code);
/* The caller has lent and finished all that was to come.  No body ends with the parameters; but a
   filter's DATA only where the caller says so. */
static inline int fcl__body_is_complete(const fcl_request *r) {
  return (r->is_finished || (r->body_length == 0 && r->role != FCL_FILTER)) && r->data_left == 0;
}

/* outcome.c: how a request ends. */
/* Who has served it: "process 4711", "unix:/run/app.sock", "the application". */
const char *fcl__request_who(const fcl_request *r, char *out, size_t cap);
/* "POOL: PLACE PHRASE while running SUBJECT [TAG]. ADVICE" */
void fcl__outcome_sentence(fcl_request *r, fcl_error *e, fcl_code code, int sys, const char *phrase,
                           const char *advice);
/* Ends the request with *e, wherever it stands; the application must prove itself free. */
void fcl__outcome_give_up(fcl_request *r, const fcl_error *e);
/* Likewise, because the caller has canceled it. */
void fcl__outcome_cancel(fcl_request *r);
/* The pool has ended it. */
void fcl__outcome_fail(fcl_request *r, const fcl_error *e);
/* The pool has been told, or never knew: the request ends with what is known of it. */
void fcl__outcome_end(fcl_request *r);
/* Calls on_done when every lend is back.  The request may be gone afterwards. */
void fcl__outcome_settle(fcl_request *r);
/* Its connection, NULL: none, goes its own way; what it holds for the caller stays. */
fcl__connection *fcl__outcome_let_go(fcl_request *r);
/* Lets go of it, and closes it. */
void fcl__outcome_drop(fcl_request *r);
/* Likewise, of one whose request the application has not ended, and tells the pool. */
void fcl__outcome_abandon(fcl_request *r);
/* Its answer is, by its length: END_REQUEST has not come. */
int fcl__outcome_is_whole(fcl_request *r);
extern const char fcl__outcome_left[]; /* the phrase for a request that was canceled */
void fcl__outcome_return_lend(fcl_request *r, fcl_code code);

/* verdict.c: what it means that the application ends, hangs up, exits. */
void fcl__verdict_on_end(fcl__connection *c, const fcl_end *end);
void fcl__verdict_on_broke(fcl__connection *c, fcl__break how, const fcl_error *phrase);
/* The alarm has rung: 1 if the exit is still to be waited for. */
int fcl__verdict_awaits_still(fcl_request *r);
/* Its process is gone: whatever explained a broken connection, this explains it better. */
void fcl__verdict_exited(fcl_request *r);
/* Its process is gone, and has never accepted its connection. */
void fcl__verdict_unaccepted(fcl_request *r);

/* stderr.c: what is written on STDERR. */
void fcl__stderr_take(fcl_request *r, const char *data, size_t len); /* may end the request */
/* Nothing more comes.  Returns 1 if there was text that counts. */
int fcl__stderr_end(fcl_request *r);
/* 1 if that takes the place of the answer, which is complete: *phrase says what was written. */
int fcl__stderr_spoils(fcl_request *r, fcl_error *phrase);
void fcl__stderr_free(fcl_request *r);

/* gather.c: a body that is here before any process is taken. */
/* Ends the request and returns 1 if its body was announced as larger than what is gathered. */
int fcl__gather_is_refused(fcl_request *r);
int fcl__gather_finds_length(const fcl_request *r); /* the parameters are ended behind it */
/* Returns 0 when this body is not to be gathered: the request can go on. */
int fcl__gather_begin(fcl_request *r);
int fcl__gather_is_coming(const fcl_request *r);
void fcl__gather_take(fcl_request *r);          /* the lend; it is given back */
void fcl__gather_conclude(fcl_request *r);      /* it is complete: submits the request */
void fcl__gather_stop(fcl_request *r);          /* the request ends */
void fcl__gather_refuse(fcl_pool *p);           /* ends all that are coming */
int fcl__gather_has_more(const fcl_request *r); /* that was not lent yet, since the last rewind */
int fcl__gather_is_lent(const fcl_request *r);
void fcl__gather_rewind(fcl_request *r);
fcl_code fcl__gather_lend(fcl_request *r, fcl_slice *span, fcl_error *e); /* the next part */
size_t fcl__gather_sent(fcl_request *r); /* that part has gone; returns its size */
void fcl__gather_spend(fcl_request *r);  /* gives it back if it cannot be needed any more */
void fcl__gather_clear(fcl_request *r);

/* ahead.c: what comes while the caller holds a part of the response. */
int fcl__ahead_is_on(const fcl_request *r);
/* Keeps what there is room for, and returns how much that was. */
size_t fcl__ahead_keep(fcl_request *r, const char *data, size_t len);
/* It cannot be kept, nor can its connection wait: ends the request. */
void fcl__ahead_overflow(fcl_request *r);
int fcl__ahead_has_room(const fcl_request *r);
/* There is something that the caller shall get before its on_done. */
int fcl__ahead_is_pending(const fcl_request *r);
/* Hands out what was kept until the caller holds it.  The request may have ended then. */
void fcl__ahead_deliver(fcl_request *r);
void fcl__ahead_taken(fcl_request *r); /* the caller has given back what it held of it */
/* The application has ended, but the caller, who had not, is leaving. */
void fcl__ahead_cancel(fcl_request *r);
void fcl__ahead_clear(fcl_request *r);

/* response.c: STDOUT into head and body. */
size_t fcl__response_take(fcl_request *r, const char *data, size_t len, int *hold);
/* FCL_OK if the answer is whole when nothing more comes; `has_ended`: END_REQUEST came.  Else what
   is wrong with it: a phrase behind the application's name. */
fcl_code fcl__response_check(fcl_request *r, int has_ended, fcl_error *phrase);
void fcl__response_clear(fcl_request *r); /* gives its blocks back */

#endif
