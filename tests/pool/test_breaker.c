/* test_breaker.c: rapid-fail protection, and the back-off between starts. */
#include "pool/recorder.h"
#include <signal.h>
#include <string.h>

/* A request in which process `index` crashes. */
static void crash(unsigned index) {
  serve('a');
  dies(index, SIGSEGV);
}

static void restart(void) {
  submit('b');
  started(0);
  connected('b');
  answered('b');
  finished('b');
}

/* One process at a time, three failures within a minute, of which `fails` have happened. */
static void with_failures(int fails) {
  w.settings.max_processes = 1;
  w.settings.rapid_fails = 3;
  world_open();
  while (fails-- > 0) {
    restart();
    crash(0);
  }
  told();
  said();
}

/* ---- Rapid-fail ---- */

START_TEST(failures_below_the_limit_change_nothing) {
  with_failures(2);
  submit('c');
  ck_assert_str_eq(told(), "spawn 0\n");
}
END_TEST

START_TEST(rapid_failures_refuse_new_requests) { /* KF-147 */
  with_failures(3);
  pass(18000);
  submit('c');
  ck_assert_str_eq(told(), "fail c RAPID_FAIL\n");
  ck_assert_str_eq(w.sentence, "php: /usr/bin/php-cgi failed 3 times within 60 s (rapid_fails, "
                               "rapid_fail_ms), so requests are refused for "
                               "another 42 s. The events before this one say how it failed.");
  ck_assert_uint_eq(fcl__pool_retry_after(&w.pool, w.now), 42);
}
END_TEST

START_TEST(rapid_failures_are_an_event) {
  with_failures(2);
  restart();
  said();
  crash(0);
  ck_assert_str_eq(said(),
                   "warning php: process 100 (/usr/bin/php-cgi) was ended by signal 11 (SIGSEGV), "
                   "0 ms after it was started, having taken 2 requests; its "
                   "answer is cut short. It crashed: look for its core dump or its error log.\n"
                   "error php: /usr/bin/php-cgi failed 3 times within 60 s (rapid_fails, "
                   "rapid_fail_ms), so requests are refused "
                   "for another 60 s. The events before this one say how it failed.\n");
}
END_TEST

START_TEST(rapid_failures_refuse_who_waits) {
  with_failures(2);
  restart();
  serve('a');
  submit('c');
  submit('d');
  told();
  dies(0, SIGSEGV);
  ck_assert_str_eq(told(), "fail a TRUNCATED\nforget 0\nfail c RAPID_FAIL\nfail d RAPID_FAIL\n");
}
END_TEST

START_TEST(rapid_failures_lift_by_themselves) { /* KF-135, KF-147 */
  with_failures(3);
  pass(59999);
  submit('c');
  ck_assert_str_eq(told(), "fail c RAPID_FAIL\n");
  said();
  pass(1);
  ck_assert_str_eq(said(), "info php: /usr/bin/php-cgi is started again, 60 s (rapid_fail_ms) "
                           "after its first failure.\n");
  submit('c');
  ck_assert_str_eq(told(), "spawn 0\n");
}
END_TEST

START_TEST(counting_starts_anew_after_the_window) {
  with_failures(2);
  pass(60000);
  ck_assert_uint_eq(w.pool.breaker.fails, 0);
  restart();
  crash(0);
  told();
  submit('c');
  ck_assert_str_eq(told(), "spawn 0\n");
}
END_TEST

START_TEST(the_window_begins_with_its_first_failure) {
  with_failures(1);
  pass(59999);
  restart();
  crash(0);
  restart();
  crash(0);
  ck_assert(w.pool.breaker.is_open);
  pass(1);
  ck_assert(!w.pool.breaker.is_open);
}
END_TEST

START_TEST(a_lifted_window_is_no_event_unless_requests_were_refused) {
  with_failures(2);
  pass(60000);
  ck_assert_str_eq(said(), "");
}
END_TEST

START_TEST(open_requests_go_on_during_rapid_fail) {
  w.settings.rapid_fails = 1;
  world_open();
  world_with_idle(2);
  serve('a');
  serve('b');
  told();
  dies(1, SIGSEGV);
  ck_assert_str_eq(told(), "fail a TRUNCATED\nforget 1\n");
  finished('b');
  ck_assert_str_eq(state(0), "idle");
}
END_TEST

START_TEST(idle_processes_take_nothing_during_rapid_fail) {
  w.settings.rapid_fails = 1;
  world_open();
  world_with_idle(2);
  crash(1);
  told();
  submit('c');
  ck_assert_str_eq(told(), "fail c RAPID_FAIL\n");
  pass(60000);
  submit('c');
  ck_assert_str_eq(told(), "begin c on 0\n");
}
END_TEST

START_TEST(a_retry_during_rapid_fail_is_refused) {
  w.settings.rapid_fails = 1;
  world_open();
  world_with_idle(2);
  submit('a');
  connected('a');
  dies(0, SIGSEGV);
  told();
  ck_assert_int_eq(retried('a', 1), 1);
  ck_assert_str_eq(told(), "probe 1\nfail a RAPID_FAIL\n");
}
END_TEST

START_TEST(a_process_started_during_rapid_fail_idles) {
  w.settings.rapid_fails = 1;
  world_open();
  world_with_idle(1);
  serve('a');
  submit('c'); /* starts process 1 */
  dies(0, SIGSEGV);
  told();
  started(1);
  ck_assert_str_eq(told(), "");
  ck_assert_str_eq(state(1), "idle");
}
END_TEST

START_TEST(min_processes_are_restored_when_rapid_fail_lifts) {
  w.settings.rapid_fails = 1;
  w.settings.min_processes = 1;
  world_open();
  world_with_idle(1);
  dies(0, SIGSEGV);
  pass(59999);
  ck_assert_str_eq(told(), "forget 0\n");
  pass(1);
  ck_assert_str_eq(told(), "spawn 0\n");
}
END_TEST

START_TEST(rapid_fails_0_and_never_are_off) {
  int i;
  w.settings.rapid_fails = _i ? FCL_NEVER : 0;
  world_open();
  for (i = 0; i < 100; i++) {
    restart();
    crash(0);
  }
  told();
  submit('c');
  ck_assert_str_eq(told(), "spawn 0\n");
}
END_TEST

START_TEST(without_rapid_fail_ms_only_resume_lifts) {
  w.settings.rapid_fail_ms = FCL_NEVER;
  with_failures(3);
  pass(1000000);
  submit('c');
  ck_assert_str_eq(told(), "fail c RAPID_FAIL\n");
  ck_assert_ptr_nonnull(
      strstr(w.sentence, ", so requests are refused until fcl_pool_resume. The events"));
  ck_assert_uint_eq(fcl__pool_retry_after(&w.pool, w.now), 0);
  fcl__pool_resume(&w.pool, w.now);
  submit('c');
  ck_assert_str_eq(told(), "spawn 0\n");
}
END_TEST

START_TEST(resume_lifts_rapid_fail) {
  with_failures(3);
  fcl__pool_resume(&w.pool, w.now);
  submit('c');
  ck_assert_str_eq(told(), "spawn 0\n");
  ck_assert_uint_eq(w.pool.breaker.fails, 0);
}
END_TEST

START_TEST(hung_processes_count_as_failures) {
  w.settings.rapid_fails = 2;
  world_open();
  world_with_idle(2);
  serve('a');
  serve('b');
  told();
  pass(70000);
  ck_assert_str_eq(
      told(),
      "fail a TIMEOUT_ACTIVITY\nstop 1 by force\nfail b TIMEOUT_ACTIVITY\nstop 0 by force\n");
  ck_assert(w.pool.breaker.is_open);
}
END_TEST

START_TEST(refused_spawns_count_as_failures) {
  w.settings.rapid_fails = 1;
  world_open();
  w.refused_spawns = 1;
  submit('a');
  ck_assert_str_eq(told(), "spawn 0\nfail a SPAWN\n"); /* the cause, not the refusal */
  submit('b');
  ck_assert_str_eq(told(), "fail b RAPID_FAIL\n");
}
END_TEST

/* ---- Back-off ---- */

START_TEST(the_back_off_doubles_from_one_second_to_thirty) {
  static const unsigned seconds[] = {1, 2, 4, 8, 16, 30, 30, 30};
  unsigned i;
  w.settings.queue_ms = FCL_NEVER;
  world_open();
  submit('a');
  for (i = 0; i < 8; i++) {
    told();
    start_fails(0);
    ck_assert_str_eq(told(), "forget 0\nfail a SPAWN\n");
    submit('a');
    pass(seconds[i] * 1000 - 1);
    ck_assert_str_eq(told(), "");
    pass(1);
    ck_assert_str_eq(told(), "spawn 0\n");
  }
}
END_TEST

START_TEST(starts_that_fail_together_double_it_once) {
  world_open();
  submit('a');
  submit('b');
  start_fails(0);
  start_fails(1);
  ck_assert_uint_eq(w.pool.breaker.failed_starts, 1);
}
END_TEST

START_TEST(a_proven_process_ends_the_back_off) {
  world_open();
  submit('a');
  submit('b');
  start_fails(0);
  started(1);
  connected('a');
  told();
  answered('a');
  ck_assert_str_eq(told(), "spawn 0\n");
  ck_assert_uint_eq(w.pool.breaker.failed_starts, 0);
  ck_assert(!fcl__clock_runs(&w.pool.breaker.back_off));
}
END_TEST

START_TEST(resume_ends_the_back_off) {
  world_open();
  submit('a');
  start_fails(0);
  submit('b');
  told();
  fcl__pool_resume(&w.pool, w.now);
  ck_assert_str_eq(told(), "spawn 0\n");
}
END_TEST

START_TEST(a_proven_process_that_dies_is_replaced_without_back_off) {
  world_open();
  world_with_idle(1);
  serve('a');
  dies(0, SIGSEGV);
  told();
  submit('b');
  ck_assert_str_eq(told(), "spawn 0\n");
}
END_TEST

START_TEST(a_process_that_dies_unproven_and_canceled_backs_off_but_does_not_count) {
  w.settings.rapid_fails = 1;
  world_open();
  submit('a');
  started(0);
  connected('a');
  canceled('a');
  exits(0, 1);
  ck_assert_uint_eq(w.pool.breaker.fails, 0);
  ck_assert(fcl__clock_runs(&w.pool.breaker.back_off));
}
END_TEST

/* A minute of a program that exits at once, with somebody always waiting for it. */
START_TEST(a_program_that_exits_at_once_is_started_a_few_times_a_minute) { /* KF-135 */
  uint64_t end;
  world_open();
  for (end = w.now + 60000; w.now < end; pass(10)) {
    if (w.pool.queued == 0)
      submit('a');
    if (member(0)->state == FCL__STARTING)
      exits(0, 255);
    said();
    told();
  }
  ck_assert_uint_le(w.spawned, 7);
  ck_assert_uint_ge(w.spawned, 5);
}
END_TEST

#define ADD(test) tcase_add_test(tc, test)

static TCase *rapid(void) {
  TCase *tc = tcase_create("rapid-fail");
  tcase_add_checked_fixture(tc, world_prepare, world_end);
  ADD(failures_below_the_limit_change_nothing);
  ADD(rapid_failures_refuse_new_requests);
  ADD(rapid_failures_are_an_event);
  ADD(rapid_failures_refuse_who_waits);
  ADD(rapid_failures_lift_by_themselves);
  ADD(counting_starts_anew_after_the_window);
  ADD(the_window_begins_with_its_first_failure);
  ADD(a_lifted_window_is_no_event_unless_requests_were_refused);
  ADD(open_requests_go_on_during_rapid_fail);
  ADD(idle_processes_take_nothing_during_rapid_fail);
  ADD(a_retry_during_rapid_fail_is_refused);
  ADD(a_process_started_during_rapid_fail_idles);
  ADD(min_processes_are_restored_when_rapid_fail_lifts);
  tcase_add_loop_test(tc, rapid_fails_0_and_never_are_off, 0, 2);
  ADD(without_rapid_fail_ms_only_resume_lifts);
  ADD(resume_lifts_rapid_fail);
  ADD(hung_processes_count_as_failures);
  ADD(refused_spawns_count_as_failures);
  return tc;
}

static TCase *back_off(void) {
  TCase *tc = tcase_create("back-off");
  tcase_add_checked_fixture(tc, world_prepare, world_end);
  ADD(the_back_off_doubles_from_one_second_to_thirty);
  ADD(starts_that_fail_together_double_it_once);
  ADD(a_proven_process_ends_the_back_off);
  ADD(resume_ends_the_back_off);
  ADD(a_proven_process_that_dies_is_replaced_without_back_off);
  ADD(a_process_that_dies_unproven_and_canceled_backs_off_but_does_not_count);
  ADD(a_program_that_exits_at_once_is_started_a_few_times_a_minute);
  return tc;
}

int main(void) {
  TCase *cases[] = {rapid(), back_off()};
  return test_suite_run("breaker", cases, 2);
}
