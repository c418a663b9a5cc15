/* test_pool.c: the pool as a whole: start on demand, the queue, memory, Retry-After. */
#include "pool/recorder.h"
#include <string.h>

/* ---- Start on demand ---- */

START_TEST(nothing_is_started_before_a_request) {
  ck_assert_str_eq(told(), "");
  ck_assert_uint_eq(w.pool.live, 0);
}
END_TEST

START_TEST(a_request_starts_a_process_and_is_begun_when_it_runs) {
  submit('a');
  ck_assert_str_eq(told(), "spawn 0\n");
  started(0);
  ck_assert_str_eq(told(), "begin a on 0\n");
  ck_assert_str_eq(state(0), "busy");
  ck_assert_str_eq(
      said(),
      "info php: process 100 (/usr/bin/php-cgi) was started; 1 of 2 (max_processes) run.\n");
}
END_TEST

START_TEST(each_waiting_request_has_a_process_started_up_to_the_maximum) { /* KF-131 */
  submit('a');
  submit('b');
  submit('c');
  ck_assert_str_eq(told(), "spawn 0\nspawn 1\n");
}
END_TEST

START_TEST(a_hundred_requests_start_no_more_than_the_maximum) { /* KF-131, KF-132 */
  int i;
  w.settings.queue_length = 100;
  world_open();
  for (i = 0; i < 100; i++)
    submit(200 + i);
  ck_assert_uint_eq(w.spawned, 2);
  started(0);
  started(1);
  ck_assert_uint_eq(w.spawned, 2);
}
END_TEST

START_TEST(an_idle_process_is_used_before_another_is_started) {
  world_with_idle(1);
  submit('a');
  ck_assert_str_eq(told(), "begin a on 0\n");
}
END_TEST

START_TEST(a_free_process_takes_who_has_waited_longest) {
  world_with_idle(2);
  serve('a');
  serve('b');
  submit('c');
  submit('d');
  told();
  finished('b');
  ck_assert_str_eq(told(), "begin c on 0\n");
  finished('a');
  ck_assert_str_eq(told(), "begin d on 1\n");
}
END_TEST

START_TEST(a_started_process_nobody_waits_for_any_more_idles) {
  submit('a');
  canceled('a');
  started(0);
  ck_assert_str_eq(told(), "spawn 0\n");
  ck_assert_str_eq(state(0), "idle");
}
END_TEST

START_TEST(a_maximum_of_0_is_1) {
  w.settings.max_processes = 0;
  world_open();
  submit('a');
  submit('b');
  ck_assert_str_eq(told(), "spawn 0\n");
}
END_TEST

START_TEST(a_maximum_without_limit_is_ten_thousand) {
  w.settings.max_processes = FCL_NEVER;
  world_open();
  ck_assert_uint_eq(w.pool.settings.max_processes, 10000);
  ck_assert_uint_eq(w.pool.member_count, 20000);
}
END_TEST

START_TEST(a_request_that_begins_on_the_spot_disturbs_nobody) {
  world_with_idle(2);
  w.connects_at_once = 1;
  submit('a');
  submit('b');
  ck_assert_str_eq(told(), "begin a on 1\nbegin b on 0\n");
  ck_assert_int_eq(guest('a')->state, FCL__OPEN);
}
END_TEST

/* ---- The queue ---- */

START_TEST(a_full_queue_refuses_the_newcomer) {
  w.settings.queue_length = 1;
  world_open();
  world_with_idle(2);
  serve('a');
  serve('b');
  submit('c');
  told();
  submit('d');
  ck_assert_str_eq(told(), "fail d QUEUE_FULL\n");
  ck_assert_str_eq(
      w.sentence,
      "php: all 2 processes (max_processes) were busy and 1 requests (queue_length) were waiting; "
      "this one was refused. Raise max_processes, or find what is slow.");
}
END_TEST

START_TEST(without_a_queue_a_request_still_waits_for_a_process_being_started) {
  w.settings.queue_length = 0;
  world_open();
  submit('a');
  submit('b');
  submit('c');
  ck_assert_str_eq(told(), "spawn 0\nspawn 1\nfail c QUEUE_FULL\n");
}
END_TEST

START_TEST(without_a_queue_nobody_waits_for_a_busy_process) {
  w.settings.queue_length = 0;
  world_open();
  world_with_idle(2);
  serve('a');
  serve('b');
  told();
  submit('c');
  ck_assert_str_eq(told(), "fail c QUEUE_FULL\n");
}
END_TEST

START_TEST(who_waits_for_a_start_does_not_fill_the_queue) {
  w.settings.queue_length = 1;
  world_open();
  submit('a');
  submit('b');
  submit('c');
  submit('d');
  ck_assert_str_eq(told(), "spawn 0\nspawn 1\nfail d QUEUE_FULL\n");
}
END_TEST

START_TEST(processes_that_are_still_starting_are_not_told_to_be_busy) {
  w.settings.queue_length = 1;
  world_open();
  world_with_idle(1);
  serve('a');
  submit('b');
  submit('c');
  submit('d');
  ck_assert_str_eq(
      w.sentence,
      "php: of 2 processes (max_processes) 1 were still starting and the others busy and 2 "
      "requests "
      "(queue_length) were waiting; this one was refused. Raise max_processes, or find what is "
      "slow.");
}
END_TEST

START_TEST(queue_ms_ends_the_wait) {
  world_with_idle(2);
  w.pool.settings.request_ms = FCL_NEVER;
  serve('a');
  serve('b');
  submit_about('c', "/c.php", "ray-7");
  told();
  pass(29999);
  ck_assert_str_eq(told(), "");
  pass(1);
  ck_assert_str_eq(told(), "fail c TIMEOUT_QUEUE\n");
  ck_assert_str_eq(
      w.sentence,
      "php: a request waited for 30 s (queue_ms): all 2 processes (max_processes) were busy. Raise "
      "max_processes, or find what is slow. [ray-7]");
}
END_TEST

START_TEST(a_request_that_left_the_queue_has_no_queue_clock) {
  world_with_idle(1);
  submit('a');
  told();
  pass(4999);
  connected('a');
  pass(60000);
  ck_assert_str_eq(told(), "");
}
END_TEST

START_TEST(a_canceled_request_leaves_the_queue) {
  w.settings.max_processes = 1;
  world_open();
  world_with_idle(1);
  serve('a');
  submit('b');
  submit('c');
  canceled('b');
  told();
  finished('a');
  ck_assert_str_eq(told(), "begin c on 0\n");
}
END_TEST

START_TEST(the_queue_sentence_tells_of_a_back_off) {
  w.settings.queue_ms = 500;
  world_open();
  submit('a');
  exits(0, 1);
  submit('b');
  pass(500);
  ck_assert_str_eq(
      w.sentence,
      "php: a request waited for 500 ms (queue_ms): 0 of 2 processes (max_processes) ran, and "
      "starting "
      "one failed and is tried again in 500 ms. Raise max_processes, or find what is slow.");
}
END_TEST

/* ---- Memory ---- */

START_TEST(every_allocation_of_init_may_fail) {
  size_t i;
  fcl_error e;
  for (i = 1; i < 100; i++) {
    test_allocator_fail(&w.allocator, i, 0);
    fcl__timeouts_init(&w.timeouts, &w.memory);
    if (fcl__pool_init(&w.pool, &w.settings, w.pool.ops, &w, &w.memory, &w.timeouts, &e) == FCL_OK)
      break;
    ck_assert_int_eq(e.code, FCL_E_NOMEM);
    ck_assert_str_eq(e.text, "php: out of memory for the pool's members and clocks.");
    ck_assert_uint_eq(w.allocator.live, 0);
  }
  ck_assert_uint_ge(i, 10);
  ck_assert_uint_eq(w.allocator.failed, 0);
  fcl__pool_free(&w.pool);
  ck_assert_uint_eq(w.allocator.live, 0);
}
END_TEST

START_TEST(after_init_no_memory_is_needed) {
  test_allocator_fail(&w.allocator, 1, 1);
  world_with_idle(2);
  serve('a');
  submit('b');
  submit('c');
  refused('b');
  pass(20000);
  fcl__pool_recycle(&w.pool, w.now);
  fcl__pool_close(&w.pool, 3000, w.now);
  pass(1000);
  ck_assert_uint_eq(w.allocator.calls, 0);
}
END_TEST

START_TEST(a_pool_moves_to_its_clients_clocks) {
  fcl__timeouts client;
  fcl__timeouts_init(&client, &w.memory);
  fcl__pool_attach(&w.pool, &client);
  fcl__timeouts_free(&w.timeouts);
  fcl__timeouts_init(&w.timeouts, &w.memory);
  fcl__pool_attach(&w.pool, &w.timeouts);
  submit('a');
  pass(10000);
  ck_assert_str_eq(told(), "spawn 0\nstop 0 by force\nfail a TIMEOUT_START\n");
}
END_TEST

/* ---- Retry-After ---- */

START_TEST(a_full_queue_knows_no_better_time) {
  world_with_idle(2);
  ck_assert_uint_eq(fcl__pool_retry_after(&w.pool, w.now), 0);
}
END_TEST

START_TEST(a_back_off_tells_when_to_come_again) {
  submit('a');
  start_fails(0);
  ck_assert_uint_eq(fcl__pool_retry_after(&w.pool, w.now), 1);
  ck_assert_uint_eq(fcl__pool_retry_after(&w.pool, w.now + 2000), 1);
}
END_TEST

#define ADD(test) tcase_add_test(tc, test)

static TCase *usual(void) {
  TCase *tc = tcase_create("usual settings");
  tcase_add_checked_fixture(tc, world_make, world_end);
  ADD(nothing_is_started_before_a_request);
  ADD(a_request_starts_a_process_and_is_begun_when_it_runs);
  ADD(each_waiting_request_has_a_process_started_up_to_the_maximum);
  ADD(an_idle_process_is_used_before_another_is_started);
  ADD(a_free_process_takes_who_has_waited_longest);
  ADD(a_started_process_nobody_waits_for_any_more_idles);
  ADD(a_request_that_begins_on_the_spot_disturbs_nobody);
  ADD(queue_ms_ends_the_wait);
  ADD(a_request_that_left_the_queue_has_no_queue_clock);
  ADD(after_init_no_memory_is_needed);
  ADD(a_pool_moves_to_its_clients_clocks);
  ADD(a_full_queue_knows_no_better_time);
  ADD(a_back_off_tells_when_to_come_again);
  return tc;
}

static TCase *special(void) {
  TCase *tc = tcase_create("settings of its own");
  tcase_add_checked_fixture(tc, world_prepare, world_end);
  ADD(a_hundred_requests_start_no_more_than_the_maximum);
  ADD(a_maximum_of_0_is_1);
  ADD(a_maximum_without_limit_is_ten_thousand);
  ADD(a_full_queue_refuses_the_newcomer);
  ADD(without_a_queue_a_request_still_waits_for_a_process_being_started);
  ADD(without_a_queue_nobody_waits_for_a_busy_process);
  ADD(who_waits_for_a_start_does_not_fill_the_queue);
  ADD(processes_that_are_still_starting_are_not_told_to_be_busy);
  ADD(a_canceled_request_leaves_the_queue);
  ADD(the_queue_sentence_tells_of_a_back_off);
  return tc;
}

static TCase *bare(void) {
  TCase *tc = tcase_create("no pool");
  tcase_add_checked_fixture(tc, world_prepare, NULL);
  ADD(every_allocation_of_init_may_fail);
  return tc;
}

int main(void) {
  TCase *cases[] = {usual(), special(), bare()};
  return test_suite_run("pool", cases, 3);
}
