/* test_shared_storm.c: requests on one connection, answered in any order and in any pieces, while
   their callers hold, leave and come at random: each ends once, and no byte is anybody else's. */
#include "client/wire.h"
#include <stdio.h>
#include <stdlib.h>

#define ALL     150
#define AT_ONCE 12
#define PENDING 5 /* that the application leaves unanswered */

static world w;
static exchange xs[ALL], flush;
static unsigned seeds[2]; /* the callers' and the application's, which has its own thread */
static int is_held[ALL], has_left[ALL];

static unsigned chance(int whose, unsigned below) {
  seeds[whose] = seeds[whose] * 1664525u + 1013904223u;
  return (seeds[whose] >> 8) % below;
}

/* ---- The application ---- */

typedef struct pending {
  unsigned id;
  size_t at, size; /* of its body; the head is out when at > 0 or it is empty */
  int has_head;
} pending;

static void send_head(fcl_script *s, pending *p) {
  char head[96];
  int n = snprintf(head, sizeof head, "Content-Type: text/plain\r\nContent-Length: %zu\r\n\r\n",
                   p->size);
  p->has_head = 1;
  fcl_script_send_record(s, FCL_STDOUT, p->id, head, (size_t) n, chance(1, 8));
}

static void send_piece(fcl_script *s, pending *p) {
  static char block[20000];
  size_t n = 0, most = 1 + chance(1, sizeof block);
  while (n < most && p->at < p->size)
    block[n++] = wire_byte(p->at++);
  if (n > 0)
    fcl_script_send_record(s, FCL_STDOUT, p->id, block, n, chance(1, 8));
}

/* Goes on with one of them; returns 1 when that is over. */
static int go_on(fcl_script *s, pending *p) {
  static const char end[8] = {0};
  if (!p->has_head) {
    send_head(s, p);
  } else if (p->at < p->size) {
    send_piece(s, p);
  } else {
    fcl_script_send_record(s, FCL_STDOUT, p->id, NULL, 0, 0);
    fcl_script_send_record(s, FCL_END_REQUEST, p->id, end, sizeof end, 0);
    return 1;
  }
  return 0;
}

static void answer_until(fcl_script *s, pending *all, unsigned *count, unsigned most) {
  while (*count > most && !fcl_script_failed(s)) {
    unsigned which = chance(1, *count);
    if (go_on(s, &all[which]))
      all[which] = all[--*count];
  }
}

static int wants_all(fcl_script *s) {
  fcl_slice method;
  return fcl_seen_param(fcl_script_seen(s), "REQUEST_METHOD", &method) && method.base[0] == 'O';
}

static void play(fcl_script *s, void *user) {
  static pending all[ALL + 100];
  unsigned count = 0;
  while (fcl_script_next(s)) {
    fcl_script_may_close(s);
    if (!fcl_script_read_params(s))
      return;
    memset(&all[count], 0, sizeof all[count]);
    all[count].id = fcl_script_id(s);
    all[count++].size = chance(1, 3) ? chance(1, 2000) : chance(1, 300000);
    answer_until(s, all, &count, wants_all(s) ? 0 : chance(1, PENDING));
    fcl_script_flush(s);
  }
}

/* ---- The callers ---- */

static void then(exchange *x, const char *what) {
  long i = x - xs;
  if (strcmp(what, "body") == 0)
    is_held[i] = x->body_flow == FCL_HOLD;
  if (strcmp(what, "done") != 0 && !has_left[i] && chance(0, 30) == 0) {
    has_left[i] = 1;
    fcl_request_cancel(x->request);
  }
}

static void start_one(unsigned i) {
  xs[i].then = then;
  xs[i].body_flow = chance(0, 3) ? FCL_NEXT : FCL_HOLD;
  exchange_get(&xs[i], &w);
}

static void go_on_with(unsigned i) {
  if (xs[i].dones > 0 || !is_held[i] || chance(0, 4) > 0)
    return;
  is_held[i] = 0;
  xs[i].body_flow = chance(0, 3) ? FCL_NEXT : FCL_HOLD;
  fcl_request_resume(xs[i].request);
}

static unsigned count_done(unsigned started) {
  unsigned i, n = 0;
  for (i = 0; i < started; i++)
    n += xs[i].dones > 0;
  return n;
}

/* Asks the application to answer all that it has left. */
static void ask_for_all(void) {
  if (flush.request && flush.dones == 0)
    return;
  memset(&flush, 0, sizeof flush);
  exchange_new(&flush, &w, "OPTIONS");
  fcl_request_start(flush.request);
  fcl_request_finish(flush.request);
}

START_TEST(each_ends_once_and_no_byte_is_anybody_elses) {
  unsigned started = 0, done = 0, whole = 0, i;
  memset(&w, 0, sizeof w);
  memset(xs, 0, sizeof xs);
  memset(&flush, 0, sizeof flush);
  memset(is_held, 0, sizeof is_held);
  memset(has_left, 0, sizeof has_left);
  seeds[0] = (unsigned) _i;
  seeds[1] = (unsigned) _i + 1000;
  w.multiplexed = 1;
  w.options.per_connection = 2 * ALL; /* aborted ids too */
  w.options.max_connections = 1;
  w.options.read_ahead = 1 << 20; /* nobody's window is full, so that there is one connection */
  world_start(&w, FCL_LOOP_UV, play);
  while ((done = count_done(started)) < ALL) {
    while (started < ALL && started - done < AT_ONCE)
      start_one(started++);
    if (started == ALL)
      ask_for_all();
    world_turn(&w);
    for (i = 0; i < started; i++)
      go_on_with(i);
  }
  for (i = 0; i < ALL; i++) {
    ck_assert_int_eq(xs[i].result.error.code,
                     has_left[i] && xs[i].result.error.code ? FCL_E_CANCELED : FCL_OK);
    ck_assert_body(&xs[i], (size_t) xs[i].received);
    whole += xs[i].result.error.code == FCL_OK;
  }
  ck_assert_uint_gt(whole, ALL / 3);
  ck_assert_uint_lt(whole, ALL);
  if (flush.request && flush.dones == 0)
    exchange_wait(&flush);
  world_end(&w);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("shared storm");
  tcase_set_timeout(t, 120);
  test_add_loop(t, each_ends_once_and_no_byte_is_anybody_elses, 0,
                getenv("FCGICLIENT_TEST_ALL") ? 200 : 10);
  return test_suite_run("shared_storm", &t, 1);
}
