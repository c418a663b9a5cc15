/* test_quota.c: pools that are counted together: no more processes in all than may be, who makes
   room for whom, and that nobody waits for ever. */
#include "pool/parts.h"
#include "support/allocator.h"
#include "support/suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POOLS    4
#define TICKETS  4000
#define UNPROVEN 100 /* pids begin there */

typedef struct house { /* one pool, and what it did */
  fcl__pool pool;
  unsigned begun, failed;
  char last[1024];
} house;

static house houses[POOLS];
static unsigned house_count;
static fcl__quota quota;
static fcl__timeouts timeouts;
static fcl__memory memory;
static uint64_t now;
static long pids;
static unsigned closed;
static char log_text[4096];

static void note(const char *what, const fcl__member *m) {
  size_t len = strlen(log_text);
  const house *h = m->pool->io;
  if (len < sizeof log_text - 40)
    snprintf(log_text + len, sizeof log_text - len, "%s %c%u; ", what, (char) ('A' + (h - houses)),
             m->index);
}

static fcl_code on_spawn(void *io, fcl__member *m, fcl_error *e) {
  note("spawn", m);
  return FCL_OK;
}

static void on_stop(void *io, fcl__member *m, int force) {
  note(force ? "kill" : "stop", m);
}

static fcl_code on_begin(void *io, fcl__member *m, fcl__ticket *t, fcl_error *e) {
  house *h = io;
  ck_assert_ptr_eq(m->pool, &h->pool); /* its own, and nobody else's */
  ck_assert_ptr_eq(t->pool, &h->pool);
  h->begun++;
  note("begin", m);
  return FCL_OK;
}

static void on_fail(void *io, fcl__ticket *t, const fcl_error *e) {
  house *h = io;
  h->failed++;
  snprintf(h->last, sizeof h->last, "%s", e->text);
}

static void on_probe(void *io, fcl__member *m) {
}

static int on_taken(void *io, fcl__member *m) {
  return 1;
}

static void on_forget(void *io, fcl__member *m) {
}

static void on_event(void *io, fcl__member *m, const fcl_error *e, int level) {
}

static void on_closed(void *io) {
  closed++;
}

static uint64_t on_memory(void *io, fcl__member *m) {
  return 0;
}

static const fcl__pool_ops ops = {.spawn = on_spawn,
                                  .stop = on_stop,
                                  .begin = on_begin,
                                  .fail = on_fail,
                                  .probe = on_probe,
                                  .taken = on_taken,
                                  .forget = on_forget,
                                  .event = on_event,
                                  .closed = on_closed,
                                  .memory = on_memory};

/* `count` pools with so many processes in all, and at most `each` of one. */
static void open_houses(unsigned count, unsigned max, unsigned each) {
  fcl__pool_settings s = {.name = "php",
                          .program = "/bin/php",
                          .max_requests = FCL_NEVER,
                          .queue_length = 10,
                          .rapid_fails = FCL_NEVER,
                          .start_ms = 10000,
                          .connect_ms = 5000,
                          .queue_ms = 30000,
                          .first_ms = FCL_NEVER,
                          .activity_ms = 70000,
                          .request_ms = 90000,
                          .idle_ms = 300000,
                          .stop_ms = 5000};
  unsigned i;
  s.max_processes = each;
  fcl__quota_init(&quota, max, 20);
  fcl__timeouts_init(&timeouts, &memory);
  house_count = count;
  now = closed = 0;
  pids = UNPROVEN;
  for (i = 0; i < count; i++) {
    memset(&houses[i], 0, sizeof houses[i]);
    ck_assert_int_eq(
        fcl__pool_init(&houses[i].pool, &s, &ops, &houses[i], &memory, &timeouts, NULL), FCL_OK);
    fcl__quota_join(&quota, &houses[i].pool);
  }
  log_text[0] = 0;
}

static const char *logged(void) {
  static char copy[sizeof log_text];
  memcpy(copy, log_text, sizeof copy);
  log_text[0] = 0;
  return copy;
}

static fcl__member *of(unsigned h, unsigned i) {
  return &houses[h].pool.members[i];
}

static void started(fcl__member *m) {
  fcl__member_started(m, ++pids, now);
}

static void exits(fcl__member *m) {
  const fcl__exit how = {0, 0};
  fcl__member_exited(m, &how, now);
}

static void submit(unsigned h, fcl__ticket *t) {
  memset(t, 0, sizeof *t);
  fcl__pool_submit(&houses[h].pool, t, now);
}

static void finish(fcl__ticket *t) {
  fcl__pool_connected(t, now);
  fcl__pool_answered(t, now);
  fcl__pool_release(t, FCL__FREE, now);
}

static void end_houses(void) {
  unsigned i, k;
  for (i = 0; i < house_count; i++)
    fcl__pool_close(&houses[i].pool, 0, now);
  for (i = 0; i < house_count; i++)
    for (k = 0; k < houses[i].pool.member_count; k++)
      if (of(i, k)->state != FCL__ABSENT)
        exits(of(i, k));
  ck_assert_uint_eq(closed, house_count);
  ck_assert_uint_eq(quota.serving, 0);
  ck_assert_uint_eq(quota.starting, 0);
  ck_assert_uint_eq(quota.queued, 0);
  ck_assert(fcl__list_empty(&quota.pools) && fcl__list_empty(&quota.idle));
  ck_assert(fcl__list_empty(&quota.starving) && fcl__list_empty(&quota.wanting));
  for (i = 0; i < house_count; i++)
    fcl__pool_free(&houses[i].pool);
  fcl__timeouts_free(&timeouts);
}

/* ---- Room ---- */

START_TEST(each_pool_starts_processes_while_there_is_room) {
  fcl__ticket a, b;
  open_houses(2, 2, 2);
  submit(0, &a);
  submit(1, &b);
  ck_assert_str_eq(logged(), "spawn A0; spawn B0; ");
  end_houses();
}
END_TEST

START_TEST(an_idle_process_of_another_makes_room) {
  fcl__ticket a, b;
  open_houses(2, 1, 1);
  submit(0, &a);
  started(of(0, 0));
  finish(&a);
  logged();
  submit(1, &b);
  ck_assert_str_eq(logged(), "stop A0; spawn B0; ");
  end_houses();
}
END_TEST

START_TEST(the_one_that_has_been_idle_for_longest_goes_first) {
  fcl__ticket t[3];
  open_houses(3, 2, 2);
  submit(0, &t[0]);
  submit(1, &t[1]);
  started(of(0, 0));
  started(of(1, 0));
  finish(&t[1]);
  finish(&t[0]);
  logged();
  submit(2, &t[2]);
  ck_assert_str_eq(logged(), "stop B0; spawn C0; ");
  end_houses();
}
END_TEST

START_TEST(while_there_is_room_nobody_is_ended) {
  fcl__ticket a, b;
  open_houses(2, 2, 2);
  submit(0, &a);
  started(of(0, 0));
  finish(&a);
  logged();
  submit(1, &b);
  ck_assert_str_eq(logged(), "spawn B0; ");
  end_houses();
}
END_TEST

START_TEST(one_pool_has_no_more_than_its_own_limit) {
  fcl__ticket t[3];
  open_houses(2, 3, 1);
  submit(0, &t[0]);
  submit(0, &t[1]);
  submit(0, &t[2]);
  ck_assert_str_eq(logged(), "spawn A0; ");
  end_houses();
}
END_TEST

START_TEST(processes_beyond_need_end_nobody_elses) {
  fcl__ticket a, b;
  open_houses(2, 2, 2);
  houses[0].pool.settings.min_processes = 1;
  submit(0, &a);
  started(of(0, 0));
  finish(&a);
  submit(1, &b);
  started(of(1, 0));
  finish(&b);
  quota.max = 1; /* as if it had been lowered */
  exits(of(0, 0));
  ck_assert_str_eq(fcl__member_state_name(of(1, 0)->state), "idle");
  end_houses();
}
END_TEST

/* ---- In line ---- */

START_TEST(who_finds_no_room_waits_for_the_next_that_idles) {
  fcl__ticket a, b;
  open_houses(2, 1, 1);
  submit(0, &a);
  started(of(0, 0));
  submit(1, &b);
  logged();
  finish(&a);
  ck_assert_str_eq(logged(), "stop A0; spawn B0; ");
  end_houses();
}
END_TEST

START_TEST(a_busy_pool_gives_way_to_one_that_has_nothing) {
  fcl__ticket t[5];
  open_houses(2, 2, 2);
  submit(0, &t[0]);
  submit(0, &t[1]);
  started(of(0, 0));
  started(of(0, 1));
  submit(0, &t[2]); /* A has more to do */
  submit(1, &t[3]);
  logged();
  finish(&t[0]);
  ck_assert_str_eq(logged(), "stop A0; spawn B0; ");
  finish(&t[1]); /* now each has one: A goes on with its own */
  ck_assert_str_eq(logged(), "begin A1; ");
  end_houses();
}
END_TEST

START_TEST(an_only_process_goes_on_for_a_second_before_it_gives_way) {
  fcl__ticket t[4];
  open_houses(2, 1, 1);
  submit(0, &t[0]);
  started(of(0, 0));
  submit(0, &t[1]);
  submit(0, &t[2]);
  submit(1, &t[3]);
  logged();
  now += 999;
  finish(&t[0]);
  ck_assert_str_eq(logged(), "begin A0; ");
  now += 1;
  finish(&t[1]);
  ck_assert_str_eq(logged(), "stop A0; spawn B0; ");
  end_houses();
}
END_TEST

START_TEST(a_pool_whose_last_waiter_is_gone_stands_in_line_no_more) {
  fcl__ticket a, b;
  open_houses(2, 1, 1);
  submit(0, &a);
  started(of(0, 0));
  submit(1, &b);
  fcl__pool_cancel(&b, now);
  ck_assert(fcl__list_empty(&quota.starving));
  logged();
  finish(&a);
  ck_assert_str_eq(logged(), "");
  end_houses();
}
END_TEST

START_TEST(the_exit_of_a_process_is_room_for_another) {
  fcl__ticket a, b;
  open_houses(2, 1, 1);
  submit(0, &a);
  started(of(0, 0));
  submit(1, &b);
  logged();
  exits(of(0, 0));
  ck_assert_str_eq(logged(), "spawn B0; ");
  end_houses();
}
END_TEST

/* ---- The queue ---- */

START_TEST(too_many_waiters_in_all_are_refused_where_most_wait) {
  static fcl__ticket t[32];
  unsigned i;
  open_houses(4, 1, 1);
  submit(0, &t[0]);
  started(of(0, 0));
  for (i = 1; i <= 9; i++)
    submit(0, &t[i]);
  for (; i <= 17; i++)
    submit(1, &t[i]);
  for (; i <= 20; i++)
    submit(2, &t[i]);
  ck_assert_uint_eq(houses[0].failed + houses[1].failed + houses[2].failed, 0);
  submit(3, &t[21]);
  ck_assert_uint_eq(houses[0].failed, 1);
  ck_assert_uint_eq(houses[3].failed, 0);
  end_houses();
}
END_TEST

START_TEST(who_waits_too_long_is_told_whose_processes_are_busy) {
  fcl__ticket a, b;
  open_houses(2, 1, 1);
  submit(0, &a);
  started(of(0, 0));
  fcl__pool_connected(&a, now);
  submit(1, &b);
  now += 30000;
  fcl__pools_tick(&timeouts, now);
  ck_assert_str_eq(
      houses[1].last,
      "php: a request waited for 30 s (queue_ms): all 1 processes (max_processes) were "
      "busy, 0 of them for this user. Raise max_processes, or find what is slow.");
  end_houses();
}
END_TEST

/* ---- A pool that comes later ---- */

START_TEST(a_pool_at_work_is_counted_in) {
  fcl__ticket a, b;
  open_houses(2, 1, 1);
  fcl__quota_leave(&houses[0].pool);
  submit(0, &a);
  started(of(0, 0));
  finish(&a);
  fcl__quota_join(&quota, &houses[0].pool);
  ck_assert_uint_eq(quota.serving, 1);
  logged();
  submit(1, &b);
  ck_assert_str_eq(logged(), "stop A0; spawn B0; ");
  end_houses();
}
END_TEST

/* ---- Anything at all ---- */

static void recount(unsigned max, unsigned each) {
  unsigned i, serving = 0, queued = 0, starting = 0;
  for (i = 0; i < house_count; i++) {
    const fcl__pool *p = &houses[i].pool;
    ck_assert_uint_le(p->serving, each);
    serving += p->serving;
    queued += p->queued;
    starting += p->starting;
  }
  ck_assert_uint_eq(serving, quota.serving);
  ck_assert_uint_eq(queued, quota.queued);
  ck_assert_uint_eq(starting, quota.starting);
  ck_assert_uint_le(serving, max);
  if (serving < max) /* then whoever waits has been given what there is */
    for (i = 0; i < house_count; i++)
      ck_assert(houses[i].pool.queued <= fcl__pool_expected(&houses[i].pool) ||
                houses[i].pool.serving == each || fcl__list_empty(&houses[i].pool.absent) ||
                !fcl__breaker_allows(&houses[i].pool));
}

static fcl__ticket crowd[TICKETS];

static fcl__ticket *some_in_hand(unsigned submitted) {
  unsigned i, from = (unsigned) rand() % (submitted + 1);
  for (i = 0; i < submitted; i++) {
    fcl__ticket *t = &crowd[(from + i) % submitted];
    if (t->state == FCL__CONNECTING || t->state == FCL__OPEN)
      return t;
  }
  return NULL;
}

static fcl__member *some_in_state(fcl__member_state state, long may_be_new) {
  unsigned i, k, from = (unsigned) rand() % house_count;
  for (i = 0; i < house_count; i++)
    for (k = 0; k < houses[0].pool.member_count; k++) {
      fcl__member *m = of((from + i) % house_count, k);
      if (m->state == state && (may_be_new || m->pid != 0))
        return m;
    }
  return NULL;
}

static void step(unsigned *submitted) {
  fcl__member *m;
  fcl__ticket *t;
  now += (unsigned) rand() % 300;
  fcl__pools_tick(&timeouts, now);
  switch (rand() % 6) {
  case 0:
  case 1:
    if (*submitted < TICKETS)
      submit((unsigned) rand() % house_count, &crowd[(*submitted)++]);
    break;
  case 2:
    if ((m = some_in_state(FCL__STARTING, 1)) != NULL)
      started(m);
    break;
  case 3:
    if ((t = some_in_hand(*submitted)) != NULL)
      finish(t);
    break;
  case 4:
    if ((m = some_in_state(rand() % 2 ? FCL__STOPPING : FCL__KILLING, 0)) != NULL)
      exits(m);
    break;
  case 5:
    if (rand() % 20 == 0 && (m = some_in_state(FCL__BUSY, 0)) != NULL)
      exits(m);
    break;
  }
}

/* Nothing new comes, but what there is goes on. */
static void settle(unsigned submitted) {
  fcl__member *m;
  fcl__ticket *t;
  int moved = 1;
  while (moved) {
    moved = 0;
    now += 400;
    fcl__pools_tick(&timeouts, now);
    while ((m = some_in_state(FCL__KILLING, 0)) != NULL)
      exits(m), moved = 1;
    while ((m = some_in_state(FCL__STARTING, 1)) != NULL)
      started(m), moved = 1;
    while ((m = some_in_state(FCL__STOPPING, 0)) != NULL)
      exits(m), moved = 1;
    if ((t = some_in_hand(submitted)) != NULL)
      finish(t), moved = 1;
    moved |= quota.queued > 0; /* time alone helps: back-off, queue_ms */
  }
}

START_TEST(in_any_course_of_events_the_quota_holds_and_nobody_is_forgotten) { /* loop: over seeds */
  unsigned i, submitted = 0, max = 1 + (unsigned) _i % 4, each = 1 + (unsigned) _i % 3;
  srand((unsigned) _i);
  open_houses(POOLS, max, each);
  quota.queue_length = 1000;
  for (i = 0; i < POOLS; i++)
    houses[i].pool.settings.queue_length = 1000;
  for (i = 0; i < TICKETS; i++) {
    step(&submitted);
    log_text[0] = 0;
    recount(max, each);
  }
  settle(submitted);
  for (i = 0; i < submitted; i++)
    ck_assert_int_eq(crowd[i].state, FCL__ENDED);
  end_houses();
}
END_TEST

int main(void) {
  TCase *t = tcase_create("quota");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, each_pool_starts_processes_while_there_is_room);
  tcase_add_test(t, an_idle_process_of_another_makes_room);
  tcase_add_test(t, the_one_that_has_been_idle_for_longest_goes_first);
  tcase_add_test(t, while_there_is_room_nobody_is_ended);
  tcase_add_test(t, one_pool_has_no_more_than_its_own_limit);
  tcase_add_test(t, processes_beyond_need_end_nobody_elses);
  tcase_add_test(t, who_finds_no_room_waits_for_the_next_that_idles);
  tcase_add_test(t, a_busy_pool_gives_way_to_one_that_has_nothing);
  tcase_add_test(t, an_only_process_goes_on_for_a_second_before_it_gives_way);
  tcase_add_test(t, a_pool_whose_last_waiter_is_gone_stands_in_line_no_more);
  tcase_add_test(t, the_exit_of_a_process_is_room_for_another);
  tcase_add_test(t, too_many_waiters_in_all_are_refused_where_most_wait);
  tcase_add_test(t, who_waits_too_long_is_told_whose_processes_are_busy);
  tcase_add_test(t, a_pool_at_work_is_counted_in);
  tcase_add_loop_test(t, in_any_course_of_events_the_quota_holds_and_nobody_is_forgotten, 0, 40);
  return test_suite_run("quota", &t, 1);
}
