/* cost.c: what a pool's steps cost, in instructions, with 10, 1,000 and 100,000 requests waiting,
   and with 1 to 1,000 members or pools; prints a table, and claims that the cost stays the same. */
#include "pool/pool.h"
#include "steps.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TIMES = 2, SPARE = 2 * TIMES, WAITING_MAX = 100000, MEMBERS_MAX = 1000 };

typedef struct setting {
  unsigned waiting, members, pools;
  unsigned sources; /* that the waiting come from; 0: one */
  int has_addresses;
  fcl_balance balance;
} setting;

static fcl__pool pools[MEMBERS_MAX], *pool = pools;
static fcl__timeouts timeouts;
static fcl__memory memory;
static fcl__ticket open_tickets[MEMBERS_MAX], spare[SPARE], waiting[WAITING_MAX];
static const char *addresses[MEMBERS_MAX];
static const uint64_t now = 1000000;

/* ---- A world where everything succeeds, and costs nothing ---- */

static fcl_code do_spawn(void *io, fcl__member *m, fcl_error *e) {
  return FCL_OK;
}

static fcl_code do_begin(void *io, fcl__member *m, fcl__ticket *t, fcl_error *e) {
  return FCL_OK;
}

static void do_stop(void *io, fcl__member *m, int force) {
}

static void do_fail(void *io, fcl__ticket *t, const fcl_error *e) {
  fprintf(stderr, "cost: %s\n", e->text);
  abort();
}

static void do_probe(void *io, fcl__member *m) {
}

static int do_taken(void *io, fcl__member *m) {
  return 0;
}

static void do_forget(void *io, fcl__member *m) {
}

static void do_event(void *io, fcl__member *m, const fcl_error *e, int level) {
}

static void do_closed(void *io) {
}

static uint64_t do_number(void *io, fcl__member *m) {
  return 0;
}

static void do_machine(void *io, fcl__machine *out) {
  memset(out, 0, sizeof *out);
}

static const fcl__pool_ops ops = {.spawn = do_spawn,
                                  .stop = do_stop,
                                  .begin = do_begin,
                                  .fail = do_fail,
                                  .probe = do_probe,
                                  .taken = do_taken,
                                  .forget = do_forget,
                                  .event = do_event,
                                  .closed = do_closed,
                                  .memory = do_number,
                                  .wanted = do_number,
                                  .machine = do_machine};

static fcl__pool_settings settings_of(const setting *s, unsigned number) {
  fcl__pool_settings p = {
      .name = "cost",
      .program = "/usr/bin/php-cgi",
      .max_processes = s->members,
      .max_connections = 1,
      .max_requests = FCL_NEVER,
      .queue_length = WAITING_MAX + SPARE,
      .rapid_fails = FCL_NEVER,
      .start_ms = 10000,
      .connect_ms = 5000,
      .queue_ms = 30000 + number, /* each pool's clocks are its own */
      .first_ms = FCL_NEVER,
      .activity_ms = 70000,
      .request_ms = 90000,
      .idle_ms = 300000,
      .stop_ms = 5000,
      .balance = s->balance,
  };
  if (s->has_addresses) {
    p.program = NULL;
    p.addresses = addresses;
    p.address_count = s->members;
  }
  return p;
}

static void get_going(fcl__ticket *t) {
  fcl__pool_connected(t, now);
  fcl__pool_answered(t, now);
}

/* Every member has a request. */
static void fill(const setting *s) {
  unsigned i;
  for (i = 0; i < s->members; i++) {
    fcl__ticket *t = &open_tickets[i];
    fcl__pool_submit(pool, t, now);
    if (!s->has_addresses && t->state != FCL__CONNECTING)
      fcl__member_started(&pool->members[i], 100 + (long) i, now);
    get_going(t);
  }
}

static void wait_all(const setting *s) {
  unsigned i;
  for (i = 0; i < s->waiting; i++) {
    waiting[i].key = s->sources ? (i % s->sources + 1) * 0x9e3779b97f4a7c15u : 0;
    fcl__pool_submit(pool, &waiting[i], now);
  }
}

static void open_pools(const setting *s) {
  unsigned i;
  fcl_error e;
  for (i = 0; i < s->members; i++) {
    char text[32];
    snprintf(text, sizeof text, "tcp:10.0.%u.%u:9000", i / 250, i % 250);
    addresses[i] = strdup(text);
  }
  fcl__timeouts_init(&timeouts, &memory);
  for (i = 0; i < s->pools; i++) {
    fcl__pool_settings p = settings_of(s, i);
    if (fcl__pool_init(&pools[i], &p, &ops, NULL, &memory, &timeouts, &e))
      abort();
  }
}

/* ---- What is counted: TIMES of it, behind one that finds the way ---- */

static void prepare_busy(void *arg) {
  const setting *s = arg;
  open_pools(s);
  fill(s);
  wait_all(s);
  fcl__pool_submit(pool, &spare[TIMES], now);
}

static void queue(void *arg) {
  unsigned i;
  for (i = 0; i < TIMES; i++)
    fcl__pool_submit(pool, &spare[i], now);
}

static void cancel(void *arg) {
  const setting *s = arg;
  unsigned i;
  for (i = 0; i < TIMES; i++)
    fcl__pool_cancel(&waiting[s->waiting / 2 + i - TIMES / 2], now);
}

static void touch(void *arg) {
  unsigned i;
  for (i = 0; i < TIMES; i++)
    fcl__pool_touch(&open_tickets[0], now + 1 + i);
}

/* The one member ends what it has, and is given the next one that waits: with one source, the
 * oldest. */
static void hand_over(void *arg) {
  unsigned i;
  fcl__ticket *t = &open_tickets[0];
  for (i = 0; i < TIMES; i++) {
    fcl__pool_release(t, FCL__FREE, now);
    t = FCL__OF(pool->members[0].tickets.next, fcl__ticket, link);
    get_going(t);
  }
}

static void tick(void *arg) {
  unsigned i;
  for (i = 0; i < TIMES; i++)
    fcl__pools_tick(&timeouts, now);
}

static void prepare_idle(void *arg) {
  const setting *s = arg;
  unsigned i;
  open_pools(s);
  fill(s);
  for (i = 0; i < s->members; i++)
    fcl__pool_release(&open_tickets[i], FCL__FREE, now);
}

/* One is chosen, serves, and is done. */
static void choose(void *arg) {
  unsigned i;
  for (i = 0; i < TIMES; i++) {
    spare[i].has_affinity = 1;
    spare[i].affinity = i * 0x9e3779b97f4a7c15u;
    fcl__pool_submit(pool, &spare[i], now);
    get_going(&spare[i]);
    fcl__pool_release(&spare[i], FCL__FREE, now);
  }
}

/* One request waits in each of many pools. */
static void prepare_pools(void *arg) {
  const setting *s = arg;
  unsigned i;
  open_pools(s);
  for (i = 0; i < s->pools; i++)
    fcl__pool_submit(&pools[i], &waiting[i], now);
  fill(s);
}

/* ---- The table ---- */

typedef enum axis { WAITING, MEMBERS, POOLS } axis;

static int failures, checks, is_possible = 1;

static long cost(void (*prepare)(void *), void (*what)(void *), setting s) {
  long n = steps_of(prepare, what, &s);
  is_possible = is_possible && n >= 0;
  return n / TIMES;
}

static void set(setting *s, axis a, unsigned n) {
  if (a == WAITING)
    s->waiting = n;
  else if (a == MEMBERS)
    s->members = n;
  else
    s->pools = n;
}

/* `each`: instructions that every one of what grows may add; 0: the cost must stay the same. */
static void measure(const char *name, void (*prepare)(void *), void (*what)(void *), setting s,
                    axis a, long each) {
  static const unsigned scales[][3] = {{10, 1000, 100000}, {1, 100, 1000}, {1, 100, 1000}};
  long n[3], bound;
  unsigned i;
  for (i = 0; i < 3; i++) {
    set(&s, a, scales[a][i]);
    n[i] = cost(prepare, what, s);
  }
  bound = 2 * n[0] + each * (long) scales[a][2];
  printf("| %-58s | %7ld | %7ld | %7ld |\n", name, n[0], n[1], n[2]);
  checks++;
  if (n[2] <= bound)
    return;
  failures++;
  printf("FAILED: %s: %ld instructions, more than %ld\n", name, n[2], bound);
}

static void head(const char *what, const char *a, const char *b, const char *c) {
  printf("\n| %-58s | %7s | %7s | %7s |\n|%.60s|--------:|--------:|--------:|\n", what, a, b, c,
         "------------------------------------------------------------");
}

static void with_waiting(void) {
  setting one = {.members = 1, .pools = 1}, many = {.members = 1, .pools = 1, .sources = 1000},
          address = {.members = 1, .pools = 1, .has_addresses = 1};
  head("instructions, with so many requests waiting", "10", "1,000", "100,000");
  measure("a request is queued", prepare_busy, queue, one, WAITING, 0);
  measure("... where the waiting come from 1,000 sources", prepare_busy, queue, many, WAITING, 0);
  measure("a request that waits is canceled", prepare_busy, cancel, one, WAITING, 0);
  measure("a process is done, and begins the next request", prepare_busy, hand_over, one, WAITING,
          0);
  measure("an address is done, and begins the next request", prepare_busy, hand_over, address,
          WAITING, 0);
  measure("bytes came: the timeout is touched", prepare_busy, touch, one, WAITING, 0);
  measure("all timeouts are looked at, none is due", prepare_busy, tick, one, WAITING, 0);
}

static void with_members(void) {
  setting s = {.members = 1, .pools = 1};
  head("instructions, with so many members, or pools", "1", "100", "1,000");
  measure("a request: its process is chosen, serves it, is done", prepare_idle, choose, s, MEMBERS,
          0);
  s.has_addresses = 1;
  measure("... an address, the one with the least to do", prepare_idle, choose, s, MEMBERS, 0);
  s.balance = FCL_BALANCE_ROUND_ROBIN;
  measure("... an address, each in turn", prepare_idle, choose, s, MEMBERS, 0);
  s.balance = FCL_BALANCE_AFFINITY;
  measure("... an address, by affinity", prepare_idle, choose, s, MEMBERS, 16);
  s.has_addresses = 0;
  s.waiting = 0;
  measure("bytes came: the timeout is touched, of so many pools", prepare_pools, touch, s, POOLS,
          0);
  measure("all timeouts of so many pools are looked at, none is due", prepare_pools, tick, s, POOLS,
          60);
}

int main(void) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  with_waiting();
  with_members();
  if (!is_possible) {
    printf("skipped: instructions cannot be counted here (ptrace)\n");
    return 77;
  }
  printf("\nChecks: %d, Failures: %d, Errors: 0\n", checks, failures);
  return failures != 0;
}
