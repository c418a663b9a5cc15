/* test_storm.c: 100,000 random events in each of several pools, recounted after each one: every
   request ends exactly once, nobody waits needlessly, never more members than the limit. */
#include "pool/parts.h"
#include "pool/recorder.h"

#define STEPS    100000
#define FIRST    128 /* ids of requests */
#define REQUESTS 60

static unsigned seed;

static unsigned chance(unsigned below) {
  seed = seed * 1664525u + 1013904223u;
  return (seed >> 8) % below;
}

/* ---- Requests ---- */

static void end_somehow(int id) {
  if (chance(8) == 0)
    canceled(id);
  else if (chance(8) == 0)
    dropped(id);
  else
    finished(id);
}

static void retry(int id) {
  if (guest(id)->state == FCL__OPEN && chance(3) == 0) {
    if (!returned(id))
      end_somehow(id);
    return;
  }
  if (!retried(id, (int) chance(2)))
    end_somehow(id);
}

static void while_connecting(int id) {
  switch (chance(12)) {
  case 0:
    refused(id);
    break;
  case 1:
    canceled(id);
    break;
  case 2:
    retry(id);
    break;
  case 3:
    turned(id);
    break;
  default:
    connected(id);
  }
}

static void while_open(int id) {
  switch (chance(8)) {
  case 0:
    touched(id);
    break;
  case 1:
    turned(id);
    break;
  case 2:
    retry(id);
    break;
  case 3:
  case 4:
    answered(id);
    break;
  default:
    end_somehow(id);
  }
}

static void while_queued(int id) {
  if (chance(4) == 0)
    canceled(id);
  else if (chance(4) == 0)
    turned(id);
}

static void request_event(void) {
  int id = FIRST + (int) chance(REQUESTS);
  if (!is_here(id)) {
    if (chance(2))
      submit_from(id, chance(4));
    else
      submit_about(id, "/x.php", "tag");
    return;
  }
  switch (guest(id)->state) {
  case FCL__QUEUED:
    while_queued(id);
    break;
  case FCL__CONNECTING:
    while_connecting(id);
    break;
  case FCL__OPEN:
    while_open(id);
    break;
  case FCL__NEW:
  case FCL__ENDED:
    ck_abort_msg("request %d is here and not alive", id);
  }
}

/* ---- Members ---- */

static void exit_somehow(unsigned i) {
  if (chance(3) == 0)
    dies(i, 1 + (int) chance(30));
  else
    exits(i, chance(3) ? 0 : (int) chance(256));
}

static void before_start(unsigned i) {
  switch (chance(16)) {
  case 0:
    start_fails(i);
    break;
  case 1:
    exit_somehow(i);
    break;
  default:
    started(i);
  }
}

/* How many requests share a connection is learnt, and taken back. */
static void share_event(unsigned i) {
  if (chance(3) == 0)
    overdue(i);
  else
    shares(i, 1 + chance(w.settings.per_connection), 1 + chance(2));
}

static void process_event(unsigned i) {
  const fcl__member *m = member(i);
  if (w.settings.per_connection > 1 && chance(50) == 0) {
    share_event(i);
    return;
  }
  if (m->state == FCL__ABSENT)
    return;
  if (m->pid == 0)
    before_start(i);
  else if (m->state == FCL__STOPPING || m->state == FCL__KILLING)
    exit_somehow(i);
  else if (m->state == FCL__STARTING && chance(4))
    (chance(2) ? proven : hung_up)(i);
  else if (m->is_proving && chance(4))
    proven(i);
  else if (m->is_gone || chance(40) == 0)
    exit_somehow(i);
  else if (chance(100) == 0)
    fcl__member_drain(member(i), w.now);
}

/* ---- The world ---- */

static void rare_event(void) {
  switch (chance(6)) {
  case 0:
    fcl__pool_recycle(&w.pool, w.now);
    break;
  case 1:
    fcl__pool_resume(&w.pool, w.now);
    break;
  case 2:
    w.refused_spawns = chance(3);
    break;
  case 3:
    w.refused_begins = chance(3);
    w.refuse_with = chance(3) ? FCL_E_CONNECT : FCL_E_NOMEM;
    break;
  case 4:
    test_allocator_fail(&w.allocator, chance(2), 1);
    break;
  default:
    pass(chance(100000));
  }
  if (!w.is_closed)
    world_check();
}

static void step(void) {
  w.memories[chance(32)] = chance(110);
  w.has_taken = chance(3) == 0;
  w.connects_at_once = chance(3) == 0;
  w.proves_at_once = chance(5) == 0;
  if (chance(200) == 0)
    rare_event();
  else if (chance(4) == 0)
    pass(chance(60));
  else if (!w.settings.program && w.settings.per_connection > 1 && chance(50) == 0)
    share_event(chance(w.pool.member_count));
  else if (w.settings.program && chance(2))
    process_event(chance(w.pool.member_count));
  else
    request_event();
  forget_logs();
}

static void run_down(void) {
  unsigned i;
  fcl__pool_close(&w.pool, chance(3) ? chance(50000) : chance(2) ? 0 : FCL_NEVER, w.now);
  for (i = 0; !w.is_closed; i++) {
    if (i == 10 * STEPS)
      ck_abort_msg("the pool never closes");
    step();
  }
}

typedef struct storm {
  const char *program;
  unsigned members, min, max_connections, max_requests, queue, rapid_fails, first, start, idle,
      stop, abort, per_connection;
} storm;

static const storm storms[] = {
    {"/bin/app", 1, 0, 0, 7, 3, FCL_NEVER, FCL_NEVER, 1000, 500, 500, 0, 1},
    {"/bin/app", 4, 2, 0, FCL_NEVER, 10, 10, 300, 2000, 1000, 0, 300, 1},
    {"/bin/app", 4, 0, 0, 3, 0, 0, 100, 500, 0, 100, 0, 1},
    {"/bin/app", 16, 16, 0, 50, 1000, 20, FCL_NEVER, FCL_NEVER, FCL_NEVER, FCL_NEVER, FCL_NEVER, 1},
    {"/bin/app", 3, 1, 0, 1, 20, 5, 200, 100, 100, 50, 50, 1},
    {NULL, 1, 0, FCL_NEVER, 0, 10, 0, FCL_NEVER, 0, 0, 0, 0, 1},
    {NULL, 4, 0, 3, 0, 10, 0, 300, 0, 0, 0, 0, 1},
    {NULL, 3, 0, 1, 0, 0, 0, 300, 0, 0, 0, 0, 1},
    {"/bin/app", 1, 0, 0, FCL_NEVER, 10, 20, FCL_NEVER, 1000, 500, 500, 0, 8},
    {"/bin/app", 3, 1, 0, 20, 10, 0, 300, 2000, 1000, 100, 300, 5},
    {"/bin/app", 2, 0, 0, 3, 5, 0, 200, 300, 100, 50, 50, 50},
    {NULL, 2, 0, 2, 0, 10, 0, 300, 0, 0, 0, 0, 7},
};

enum { STORMS = sizeof storms / sizeof storms[0] };

static void prepare(const storm *s) {
  if (s->program)
    world_prepare();
  else
    world_prepare_addresses(s->members);
  w.settings.max_processes = s->members;
  w.settings.min_processes = s->min;
  w.settings.max_connections = s->max_connections;
  w.settings.max_requests = s->max_requests;
  w.settings.queue_length = s->queue;
  w.settings.rapid_fails = s->rapid_fails;
  w.settings.rapid_fail_ms = 5000;
  w.settings.first_ms = s->first;
  w.settings.start_ms = s->start;
  w.settings.idle_ms = s->idle;
  w.settings.stop_ms = s->stop;
  w.settings.abort_ms = s->abort;
  w.settings.per_connection = s->per_connection;
  w.settings.connect_ms = 400;
  w.settings.queue_ms = 2000;
  w.settings.activity_ms = 700;
  w.settings.request_ms = 3000;
}

/* Processes that take several connections, grow old, and grow; that show that they are ready; and
 * as many as the load asks for. */
static void prepare_policy(unsigned n) {
  w.settings.per_process = 1 + n % 3 * 2;
  w.settings.lifetime_ms = 1500;
  w.settings.max_memory = 100;
  w.settings.ready = (fcl_ready) (n % 4);
  w.settings.is_sized = n % 2;
}

START_TEST(a_storm_of_events_loses_nobody_and_starts_no_more_than_the_limit) { /* KF-131 */
  int i;
  seed = 1 + (unsigned) _i;
  prepare(&storms[_i % STORMS]);
  if (_i >= STORMS)
    prepare_policy((unsigned) _i);
  world_open();
  for (i = 0; i < STEPS; i++)
    step();
  run_down();
  ck_assert_uint_gt(w.submitted, STEPS / 50);
  world_end();
}
END_TEST

int main(void) {
  TCase *tc = tcase_create("storm");
  tcase_set_timeout(tc, 300);
  tcase_add_loop_test(tc, a_storm_of_events_loses_nobody_and_starts_no_more_than_the_limit, 0,
                      2 * STORMS);
  return test_suite_run("storm", &tc, 1);
}
