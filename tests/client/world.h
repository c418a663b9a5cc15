/* world.h: a client on one of the three kinds of loop, a pool that reaches a scripted application,
 * and exchanges that write down every callback. */
#ifndef TEST_WORLD_H
#define TEST_WORLD_H
#include <check.h>
#include <fcgiclient/fcgiclient.h>
#include <fcgiclient/harness.h>
#include <stdatomic.h>
#include <uv.h>
#include "client/system.h"
#include "support/allocator.h"

#undef TEXT /* Windows has one of its own */
#define TEXT  "Content-Type: text/plain\r\n\r\n"
#define HELLO TEXT "hello"

typedef struct world {
  fcl_pool_options options; /* for world_start; addresses NULL: the script's */
  int multiplexed;          /* the script takes several requests on a connection */
  const char *listen;       /* where the script listens; NULL: TEST_LISTEN, or a free address */
  fcl_loop mode;
  fcl_client *client;
  fcl_pool *pool;
  fcl_script *script;
  uv_loop_t loop; /* FCL_LOOP_UV */
  uv_async_t woken;
  uv_timer_t bell;
  by_hand hand;   /* FCL_LOOP_MANUAL */
  unsigned turns; /* of the wait's own loop, in every mode */
  int has_rung;
  unsigned closed;     /* calls of it */
  int is_over;         /* callbacks may come behind `closed` */
  unsigned events;     /* calls of on_event */
  char sentence[1024]; /* of the last one */
  char said[16384];    /* of all, as far as they fit: "1 SENTENCE\n" with the level */
  test_allocator memory;
  int fds;
  uv_mutex_t lock;
  uv_cond_t changed;
  uv_thread_t thread; /* on which callbacks come */
  int has_thread;
  atomic_int inside; /* callbacks that run now */
  char fault[256];   /* the first rule that a callback broke */
} world;

/* One request, with handlers that log what comes: "head 200; body \"hi\"; sent OK; done OK; ".
 * Zeroed is ready. */
typedef struct exchange exchange;
struct exchange {
  world *w;
  fcl_request *request;
  char log[2048];
  unsigned heads, bodies, errs, sents, wakes, dones;
  uint64_t received, hash; /* FNV-1a of the body */
  const fcl_head *head;    /* as on_head was given it */
  const char *data;        /* the last span */
  size_t len;
  fcl_flow head_flow, body_flow;               /* what the handlers return */
  int is_kept;                                 /* not freed in on_done */
  void (*then)(exchange *x, const char *what); /* at the end of each callback: "head", "body",
                                                  "err", "sent", "wake", "done" */
  void *user;
  fcl_result result;
};

/* Opens everything.  `play` NULL: an application that answers HELLO to everybody. */
void world_start(world *w, fcl_loop mode, void (*play)(fcl_script *, void *));
/* The same in two steps: a client alone, and what it is to reach. */
void world_open(world *w, fcl_loop mode);
void world_reach(world *w, void (*play)(fcl_script *, void *));
/* Closes everything, and asserts that the contract's rules were kept by every callback, that the
   script saw what it expected, that the loop closed clean, and that no descriptor and no memory is
   left. */
void world_end(world *w);
/* Only closes the client, and waits for that; in two steps: fcl_client_close with world_closed, and
 * a wait for w->closed. */
void world_close(world *w);
void world_closed(void *w);

/* Turn the loop until it has come to that, within a bound: `*counter` has reached n; the script has
 * signalled `point`. */
void world_wait(world *w, const unsigned *counter, unsigned n);
void world_wait_point(world *w, const char *point);
/* A time that a local application needs only if this machine is very busy. */
unsigned world_short_ms(void);
/* Lets time pass, on the loop: only where a test is about time. */
void world_pass(world *w, unsigned ms);
/* One turn without waiting.  FCL_LOOP_UV and _MANUAL. */
void world_turn(world *w);
/* Turns until nothing more happens by itself: what was sent before is read, what was noted is acted
 * on. */
void world_rest(world *w);

/* TEST_READ_AHEAD: pools read ahead so many bytes in memory, and a MiB in a file; 0: they do not.
 */
size_t world_ahead(void);

/* Whether this is the thread on which callbacks come. */
int world_is_here(const world *w);

/* What every callback of a test does first and last. */
void world_enter(world *w);
void world_leave(world *w);

/* In between no callback gets beyond world_enter: for verbs on a request that on_done frees,
   perhaps behind the first of them already, where the loop has a thread of its own. */
void world_lock(world *w);
void world_unlock(world *w);

/* A request with the handlers, and with REQUEST_METHOD and SCRIPT_NAME. */
void exchange_new(exchange *x, world *w, const char *method);
/* Starts and finishes it, locked. */
void exchange_go(exchange *x);
/* A new one, started: a GET, and finished; a POST whose body is to be written. */
void exchange_get(exchange *x, world *w);
void exchange_post(exchange *x, world *w, int64_t length);
/* Waits for on_done. */
void exchange_wait(exchange *x);

#define ck_assert_log(x, expected) ck_assert_str_eq((x)->log, (expected))
#define ck_assert_error(x, expected_code, words)                                                   \
  do {                                                                                             \
    ck_assert_msg((x)->result.error.code == (expected_code), "%s: %s",                             \
                  fcl_code_name((x)->result.error.code), (x)->result.error.text);                  \
    ck_assert_msg(strstr((x)->result.error.text, (words)) != NULL, "\"%s\" is not in: %s",         \
                  (words), (x)->result.error.text);                                                \
  } while (0)
#endif
