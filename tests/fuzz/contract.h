/* contract.h: the parts of fuzz_contract: a caller that breaks no rule, an application that may
   break all, a host that starts it and connects to it in this process, and a clock that is set by
   hand. */
#ifndef FUZZ_CONTRACT_H
#define FUZZ_CONTRACT_H
#include "fuzz.h"
#include "support/allocator.h"
#include <fcgiclient/fcgiclient.h>
#include <uv.h>

enum { ASKS_MAX = 12, LINES_MAX = 24, BACKLOG = 4, ENDPOINTS = 3, CASE_BYTES = 700000 };

/* ---- The clock (contract_clock.c) ---- */

void clock_pass(unsigned ms);

/* ---- What a case is made of ---- */

typedef struct input {
  const uint8_t *at, *end;
} input;

static inline unsigned take(input *in) {
  return in->at < in->end ? *in->at++ : 0;
}

/* ---- The host (contract_host.c): what stands between the library and the application ---- */

/* Where connections wait to be accepted. */
typedef struct endpoint {
  int waiting[BACKLOG];
  unsigned count;
  int is_refusing;
} endpoint;

extern endpoint endpoints[ENDPOINTS]; /* of addresses "unix:@0" to "@2" */

typedef enum happens { NOTHING, STARTS, FAILS, PRINTS, EXITS, IS_KILLED } happens;

/* What a start or a connection gives from now on, and how much a socket holds. */
typedef struct host_mood {
  int fails_to_start, obeys, is_narrow;
} host_mood;
extern host_mood mood;

void host_reset(void);                      /* behind each case: closes what waits */
void host_happens(unsigned which, happens); /* to a process, in the next turn of the loop */
endpoint *host_endpoint(unsigned which);    /* of a process that has started, or NULL */
int host_fd(endpoint *e);                   /* the next connection that waits, or -1 */

/* ---- The application (contract_app.c) ---- */

typedef struct ask ask;

/* One request as the application saw it, and what it has answered. */
typedef struct exchange {
  struct exchange *next;
  ask *ask; /* NULL until its parameters are here */
  unsigned id, role;
  enum { IN_PARAMS, IN_STDIN, IN_DATA, COMPLETE } phase;
  char *params, *out;
  size_t params_len, out_len;
  uint64_t stdin_len, data_len;
  long long content_length; /* -1: not said */
  uint8_t begin[8], tail[8];
  unsigned begin_len, tail_len;
  int is_ended, is_step;
} exchange;

extern int
    app_is_vague; /* it said something that was nobody's: what is whose cannot be told any more */
extern size_t app_bytes; /* sent and received, to bound a case */

void app_reset(void);
void app_accept(endpoint *e);
void app_hear_all(void);                /* reads what has arrived, except where it is deaf */
void app_flush_all(void);               /* sends what was cut off */
void app_listen_all(void);              /* nothing is deaf any more */
void app_gone(const endpoint *e);       /* its process: all its connections are closed */
void app_act(input *in, unsigned what); /* one of APP_ACTS */
void app_serve(unsigned kind);          /* accepts all, reads all, answers all */
enum { APP_ACTS = 8 };

/* ---- The caller (contract_caller.c) ---- */

/* What a caller does in callbacks. */
enum {
  HOLDS_HEAD = 1,
  HOLDS_BODY = 2,
  RESUMES_AT_ONCE = 4, /* before FCL_HOLD is returned */
  CANCELS_IN_HEAD = 8,
  CANCELS_IN_BODY = 16,
  UPLOADS = 32, /* writes the next part in on_sent, and finishes behind the last */
  WAKES = 64,
  KEEPS = 128 /* is not freed in on_done */
};

struct ask {
  fcl_request *r; /* NULL: freed */
  int serial;
  unsigned acts, limit;
  fcl_role role;
  int is_raw, is_head, has_authorizer, is_too_large, has_body_handler;
  int64_t body, data, written, data_written, finished_with; /* -1: not finished while it may */
  int is_started, is_finished, is_canceled, is_done;
  char *lend; /* NULL: none is out */
  int is_held, is_resumed;
  const char *span;
  size_t span_len;
  uint64_t span_hash;
  unsigned wakes, woken; /* woken: begun since the last wake */
  int needs_wake;
  int has_move; /* when the clock was set forward last */
  unsigned heads;
  uint64_t received;
  exchange *exchange, *step; /* the last of each that the application has understood */
};

/* What is open.  Pools are NULL when closed, or not to be used any more. */
typedef struct world {
  fcl_client *client;
  fcl_pool *pool, *authorizer;
  test_allocator memory;
  fcl_stderr stderr_mode;
  size_t max_stderr;
  unsigned per_connection;
  unsigned calls, depth; /* verbs, callbacks: that are running */
  int is_running, is_closed;
} world;
extern world w;

extern ask asks[ASKS_MAX];
extern unsigned ask_count;

/* A call of the library: no callback may come inside. */
#define CALL(statement)                                                                            \
  do {                                                                                             \
    w.calls++;                                                                                     \
    statement;                                                                                     \
    w.calls--;                                                                                     \
  } while (0)

void enter(void); /* what every callback does first and last */
void leave(void);
uint8_t body_byte(int serial, uint64_t at);
void caller_reset(void);
void caller_new(input *in);
void caller_act(input *in, unsigned what); /* one of CALLER_ACTS */
enum { CALLER_ACTS = 9 };
void caller_start(ask *a);
void caller_free(ask *a);
void caller_moves(int is_passing); /* notes who has the next move before the clock is set forward */
void caller_settle(int cancels);   /* holds nothing, finishes or cancels everything */
unsigned caller_open(void);        /* started and not done */
void caller_check_wakes(void);
#endif
