/* test_size.c: how many processes there are by load: the rules, and a pool through a step of load.
 */
#include "pool/recorder.h"
#include <stdio.h>
#include <string.h>

#define GIB ((uint64_t) 1 << 30)

/* ---- The rules ---- */

static fcl__size size;
static fcl__load load;

/* 4 of 1 to 64 may serve, and do; 2 processors; 8 GiB, half of them free. */
static void usual(void) {
  static const fcl__size four = {4, 1, 64, 0};
  memset(&load, 0, sizeof load);
  size = four;
  load.busy = load.serving = 4;
  load.machine.processors = 2;
  load.machine.memory = 8 * GIB;
  load.machine.available = 4 * GIB;
}

static unsigned after(unsigned steps) {
  while (steps-- > 0)
    fcl__size_step(&size, &load);
  return size.limit;
}

/* The limit behind so many steps with so many processes' worth of requests that wait. */
static unsigned with_waiting(unsigned waiting, unsigned steps) {
  load.waiting = waiting;
  return after(steps);
}

static void compute(unsigned percent) {
  load.is_wanted_known = 1;
  load.wanted = percent;
}

/* 40 may serve, and so many are in use. */
static void use_of_40(unsigned busy) {
  size.limit = 40;
  load.busy = busy;
}

START_TEST(while_requests_wait_there_are_twice_as_many) {
  ck_assert_uint_eq(with_waiting(100, 1), 8);
  ck_assert_uint_eq(with_waiting(100, 1), 16);
}
END_TEST

START_TEST(there_are_no_more_than_would_be_used) {
  ck_assert_uint_eq(with_waiting(3, 1), 7);
}
END_TEST

START_TEST(one_grows_by_two) {
  size.limit = 1;
  ck_assert_uint_eq(with_waiting(10, 1), 3);
}
END_TEST

START_TEST(there_are_never_more_than_the_most) {
  ck_assert_uint_eq(with_waiting(1000, 20), 64);
}
END_TEST

START_TEST(processes_that_compute_get_four_for_each_processor) {
  size.limit = 1;
  compute(100);
  ck_assert_uint_eq(with_waiting(100, 20), 8);
}
END_TEST

START_TEST(processes_that_wait_for_something_else_get_more) {
  compute(20);
  ck_assert_uint_eq(with_waiting(1000, 20), 40);
}
END_TEST

START_TEST(processes_that_compute_nothing_get_as_many_as_wait) {
  compute(0);
  ck_assert_uint_eq(with_waiting(1000, 20), 64);
}
END_TEST

START_TEST(a_tenth_of_the_memory_stays_free) {
  load.each = GIB / 2;
  load.machine.available = 2 * GIB; /* 1.2 GiB for more */
  ck_assert_uint_eq(with_waiting(100, 1), 6);
}
END_TEST

START_TEST(without_free_memory_there_are_fewer_although_requests_wait) {
  load.machine.available = 8 * GIB / 25;
  ck_assert_uint_eq(with_waiting(100, 1), 3);
}
END_TEST

START_TEST(what_is_used_stays) {
  load.busy = 4;
  ck_assert_uint_eq(after(100), 4);
}
END_TEST

START_TEST(what_was_not_used_for_10_s_goes_by_quarters) {
  use_of_40(1);
  ck_assert_uint_eq(after(10), 40);
  ck_assert_uint_eq(after(1), 30);
  ck_assert_uint_eq(after(1), 22);
  ck_assert_uint_eq(after(20), 1);
}
END_TEST

START_TEST(a_quarter_of_what_is_used_is_kept_beside_it) {
  use_of_40(16);
  ck_assert_uint_eq(after(100), 20);
}
END_TEST

START_TEST(a_pause_in_quiet_begins_it_anew) {
  use_of_40(1);
  after(9);
  load.busy = 39;
  after(1);
  load.busy = 1;
  ck_assert_uint_eq(after(10), 40);
}
END_TEST

START_TEST(there_are_never_fewer_than_the_floor) {
  size.floor = 3;
  load.busy = 0;
  ck_assert_uint_eq(after(100), 3);
}
END_TEST

START_TEST(where_nothing_is_known_of_the_machine_who_waits_decides) {
  memset(&load.machine, 0, sizeof load.machine);
  ck_assert_uint_eq(with_waiting(1000, 20), 64);
}
END_TEST

/* ---- A pool through a step of load: clients that send the next when they have their answer ----
 */

enum { FIRST = 128, CLIENTS = 50, SERVICE_MS = 100, START_MS = 200, TICK = 10 };

static uint64_t until[FIRST + CLIENTS]; /* when its answer is there */
static unsigned done;                   /* requests, in this second */
static int computes;                    /* serving takes a processor, of which there are two */

static unsigned count_open(void) {
  return w.pool.open;
}

static unsigned service_ms(void) {
  unsigned n = count_open();
  return computes && n > 2 ? SERVICE_MS * n / 2 : SERVICE_MS;
}

static uint64_t wants(fcl__member *m) {
  return (w.now - m->started_at + 1) * (computes ? 1000000 : 50000);
}

static void serve_one(int id) {
  if (!is_here(id))
    return;
  if (guest(id)->state == FCL__OPEN && until[id] == 0)
    until[id] = w.now + service_ms();
  if (until[id] == 0 || w.now < until[id])
    return;
  until[id] = 0;
  done++;
  answered(id);
  finished(id);
}

static void tick(unsigned clients) {
  unsigned i;
  for (i = 0; i < w.pool.member_count; i++) {
    if (member(i)->state == FCL__STARTING && w.now >= member(i)->started_at + START_MS)
      started(i);
    if (member(i)->state == FCL__STOPPING)
      exits(i, 0);
  }
  for (i = 0; i < CLIENTS; i++)
    serve_one((int) (FIRST + i));
  for (i = 0; i < clients; i++)
    if (!is_here((int) (FIRST + i)))
      submit((int) (FIRST + i));
  forget_logs();
  pass(TICK);
}

/* Requests served in a second. */
static unsigned second(unsigned clients) {
  unsigned i;
  done = 0;
  for (i = 0; i < 1000 / TICK; i++)
    tick(clients);
  return done;
}

/* Likewise, of the last of so many seconds; of all of them. */
static unsigned seconds(unsigned clients, unsigned n) {
  unsigned rate = 0;
  while (n-- > 0)
    rate = second(clients);
  return rate;
}

static unsigned average(unsigned clients, unsigned n) {
  unsigned i, sum = 0;
  for (i = 0; i < n; i++)
    sum += second(clients);
  return sum / n;
}

static void world_of_load(unsigned is_sized, unsigned most) {
  world_prepare();
  memset(until, 0, sizeof until);
  w.settings.is_sized = is_sized;
  w.settings.max_processes = most;
  w.settings.processors = w.machine.processors = 2;
  w.settings.queue_length = 100;
  w.machine.memory = 8 * GIB;
  w.machine.available = 6 * GIB;
  w.wanted = wants;
  w.connects_at_once = 1;
  world_open();
}

/* The world goes down with nobody left. */
static void leave(void) {
  unsigned i;
  for (i = 0; i < 10000 / TICK; i++)
    tick(0);
  world_end();
}

static unsigned best_rate(void) {
  static const unsigned fixed[] = {1, 2, 4, 8, 16, 32, 50};
  unsigned i, best = 0;
  for (i = 0; i < sizeof fixed / sizeof *fixed; i++) {
    unsigned rate;
    world_of_load(0, fixed[i]);
    seconds(CLIENTS, 12);
    rate = average(CLIENTS, 10);
    printf("%s, %2u processes: %u requests/s\n", computes ? "computing" : "waiting", fixed[i],
           rate);
    best = rate > best ? rate : best;
    leave();
  }
  return best;
}

START_TEST(a_step_to_50_clients_is_followed_in_10_s_and_back_in_60) { /* computes or not */
  unsigned best, rate;
  computes = _i;
  best = best_rate();
  world_of_load(1, 128);
  seconds(1, 20);
  ck_assert_uint_eq(w.pool.serving, 1);
  seconds(CLIENTS, 9);
  rate = average(CLIENTS, 10);
  printf("%s, by load: %u requests/s from the 10th second on, %u processes\n",
         computes ? "computing" : "waiting", rate, w.pool.serving);
  ck_assert_uint_ge(rate * 10, best * 9);
  if (computes)
    ck_assert_uint_le(w.pool.serving, 8);
  seconds(1, 60);
  ck_assert_uint_eq(w.pool.serving, 1);
  leave();
}
END_TEST

START_TEST(what_ends_a_process_is_that_it_is_surplus) {
  computes = 0;
  world_of_load(1, 128);
  seconds(CLIENTS, 10);
  seconds(1, 60);
  ck_assert_uint_ge(w.pool.counts.left[FCL_LEFT_SURPLUS], 40);
  leave();
}
END_TEST

START_TEST(the_event_says_how_many_and_why) {
  unsigned i;
  world_of_load(1, 128);
  for (i = 0; i < 10; i++)
    submit((int) (FIRST + i));
  said();
  pass(1000);
  ck_assert_str_eq(said(),
                   "info php: 4 processes may run now, and not 2 (max_processes by load): 0 "
                   "were in use and 10 requests waited.\n");
  for (i = 0; i < 10; i++)
    canceled((int) (FIRST + i));
  world_end();
}
END_TEST

START_TEST(a_pool_at_rest_needs_no_clock) {
  world_of_load(1, 128);
  w.settings.idle_ms = FCL_NEVER;
  seconds(1, 30);
  for (unsigned i = 0; i < 10000 / TICK; i++)
    tick(0);
  ck_assert(!fcl__clock_runs(&w.pool.watch));
  leave();
}
END_TEST

#define RULE(test) tcase_add_test(rules, test)

int main(void) {
  TCase *rules = tcase_create("rules"), *pool = tcase_create("a pool"), *cases[2];
  tcase_add_checked_fixture(rules, usual, NULL);
  RULE(while_requests_wait_there_are_twice_as_many);
  RULE(there_are_no_more_than_would_be_used);
  RULE(one_grows_by_two);
  RULE(there_are_never_more_than_the_most);
  RULE(processes_that_compute_get_four_for_each_processor);
  RULE(processes_that_wait_for_something_else_get_more);
  RULE(processes_that_compute_nothing_get_as_many_as_wait);
  RULE(a_tenth_of_the_memory_stays_free);
  RULE(without_free_memory_there_are_fewer_although_requests_wait);
  RULE(what_is_used_stays);
  RULE(what_was_not_used_for_10_s_goes_by_quarters);
  RULE(a_quarter_of_what_is_used_is_kept_beside_it);
  RULE(a_pause_in_quiet_begins_it_anew);
  RULE(there_are_never_fewer_than_the_floor);
  RULE(where_nothing_is_known_of_the_machine_who_waits_decides);
  tcase_set_timeout(pool, 120);
  tcase_add_loop_test(pool, a_step_to_50_clients_is_followed_in_10_s_and_back_in_60, 0, 2);
  tcase_add_test(pool, what_ends_a_process_is_that_it_is_surplus);
  tcase_add_test(pool, the_event_says_how_many_and_why);
  tcase_add_test(pool, a_pool_at_rest_needs_no_clock);
  cases[0] = rules;
  cases[1] = pool;
  return test_suite_run("size", cases, 2);
}
