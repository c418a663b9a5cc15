/* request.h: a request on its way from building to on_done, and what each file of the room does of
   it.  Comes with internal.h. */
#ifndef FCL__CLIENT_REQUEST_H
#define FCL__CLIENT_REQUEST_H
#include "client/internal.h"

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
