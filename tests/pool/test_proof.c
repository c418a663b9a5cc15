/* test_proof.c: a process whose request was given up is busy until it proves itself free. */
#include "pool/recorder.h"
#include <signal.h>
#include <string.h>

/* ---- Proof ---- */

START_TEST(a_canceled_request_leaves_its_process_busy_until_it_is_proven) {
  world_with_idle(1);
  serve('a');
  told();
  canceled('a');
  ck_assert_str_eq(told(), "probe 0\n");
  ck_assert_str_eq(state(0), "busy");
  proven(0);
  ck_assert_str_eq(state(0), "idle");
}
END_TEST

START_TEST(a_proven_process_takes_who_waits) {
  w.settings.max_processes = 1;
  world_open();
  world_with_idle(1);
  serve('a');
  submit('b');
  canceled('a');
  told();
  proven(0);
  ck_assert_str_eq(told(), "begin b on 0\n");
}
END_TEST

START_TEST(a_process_that_takes_bytes_again_is_free) {
  world_with_idle(1);
  serve('a');
  canceled('a');
  pass(19);
  w.has_taken = 1;
  ck_assert_str_eq(state(0), "busy");
  pass(1);
  ck_assert_str_eq(state(0), "idle");
}
END_TEST

START_TEST(a_busy_process_is_looked_at_ever_more_rarely) {
  static const unsigned steps[] = {20, 40, 80, 160, 320, 640, 1000, 1000};
  unsigned i;
  world_with_idle(1);
  serve('a');
  canceled('a');
  for (i = 0; i < 8; i++) {
    ck_assert_uint_eq(member(0)->check.due, w.now + steps[i]);
    pass(steps[i]);
  }
}
END_TEST

START_TEST(abort_ms_asks_a_process_to_leave) {
  w.settings.abort_ms = 4000;
  w.settings.rapid_fails = 1;
  world_open();
  world_with_idle(1);
  serve('a');
  canceled('a');
  told();
  pass(3999);
  ck_assert_str_eq(told(), "");
  pass(1);
  ck_assert_str_eq(told(), "stop 0\n");
  ck_assert_str_eq(said(), "warning php: process 100 was still busy with a request that had been "
                           "given up after 4 s (abort_ms), and is asked to leave.\n");
  dies(0, 15);
  ck_assert_uint_eq(w.pool.breaker.fails, 0);
}
END_TEST

START_TEST(without_abort_ms_a_process_has_what_request_ms_leaves) {
  world_with_idle(1);
  serve('a');
  pass(45000);
  canceled('a');
  told();
  pass(44999);
  ck_assert_str_eq(told(), "");
  pass(1);
  ck_assert_str_eq(told(), "stop 0\n");
  ck_assert_str_eq(said(),
                   "warning php: process 100 was still busy with a request that had been given up "
                   "after what was left of 90 s (request_ms), and is asked to leave.\n");
}
END_TEST

START_TEST(an_abort_takes_at_least_a_second) {
  w.settings.activity_ms = FCL_NEVER;
  world_open();
  world_with_idle(1);
  serve('a');
  pass(89999);
  canceled('a');
  told();
  pass(999);
  ck_assert_str_eq(told(), "");
  pass(1);
  ck_assert_str_eq(told(), "");
  pass(407); /* a 64th of request_ms is longer than a second */
  ck_assert_str_eq(told(), "stop 0\n");
}
END_TEST

START_TEST(an_abort_of_a_short_request_takes_a_second) {
  w.settings.request_ms = 3000;
  world_open();
  world_with_idle(1);
  serve('a');
  pass(2900);
  canceled('a');
  told();
  pass(999);
  ck_assert_str_eq(told(), "");
  pass(1);
  ck_assert_str_eq(told(), "stop 0\n");
}
END_TEST

START_TEST(without_any_limit_a_given_up_request_may_run_for_ever) {
  w.settings.request_ms = FCL_NEVER;
  world_open();
  world_with_idle(1);
  serve('a');
  canceled('a');
  told();
  pass(1000000);
  ck_assert_str_eq(told(), "");
  ck_assert_str_eq(state(0), "busy");
}
END_TEST

START_TEST(a_crash_in_a_canceled_request_is_no_failure) { /* KF-147 */
  w.settings.rapid_fails = 1;
  world_open();
  world_with_idle(1);
  serve('a');
  canceled('a');
  dies(0, SIGSEGV);
  ck_assert_str_eq(
      said(),
      "info php: process 100 was ended by signal 11 (SIGSEGV), having served 2 requests.\n");
  ck_assert_uint_eq(w.pool.breaker.fails, 0);
}
END_TEST

START_TEST(a_crash_after_a_canceled_request_is_a_failure) {
  w.settings.rapid_fails = 5;
  world_open();
  world_with_idle(1);
  serve('a');
  canceled('a');
  proven(0);
  dies(0, SIGSEGV);
  ck_assert_uint_eq(w.pool.breaker.fails, 1);
}
END_TEST

START_TEST(the_first_request_canceled_leaves_the_start_clock) {
  submit('a');
  started(0);
  connected('a');
  canceled('a');
  told();
  pass(10000);
  ck_assert_str_eq(told(), "stop 0 by force\n");
}
END_TEST

START_TEST(bytes_taken_when_start_ms_ends_prove_a_process_free) {
  submit('a');
  started(0);
  connected('a');
  pass(9999);
  canceled('a');
  w.has_taken = 1;
  pass(1);
  ck_assert_str_eq(state(0), "idle");
  ck_assert(member(0)->is_proven);
}
END_TEST

START_TEST(a_proof_on_the_spot_frees_at_once) {
  world_with_idle(1);
  serve('a');
  w.proves_at_once = 1;
  canceled('a');
  ck_assert_str_eq(state(0), "idle");
  ck_assert(!fcl__clock_runs(&member(0)->check));
}
END_TEST

START_TEST(a_draining_process_leaves_when_it_is_proven) {
  world_with_idle(1);
  serve('a');
  fcl__pool_recycle(&w.pool, w.now);
  canceled('a');
  ck_assert_str_eq(state(0), "draining");
  told();
  proven(0);
  ck_assert_str_eq(told(), "stop 0\n");
}
END_TEST

START_TEST(a_draining_process_that_is_canceled_is_bounded_too) {
  world_with_idle(1);
  serve('a');
  fcl__pool_recycle(&w.pool, w.now);
  canceled('a');
  told();
  pass(90000);
  ck_assert_str_eq(told(), "stop 0\n");
}
END_TEST

START_TEST(a_proof_nobody_asked_for_is_harmless) {
  world_with_idle(1);
  proven(0);
  ck_assert_str_eq(state(0), "idle");
  serve('a');
  proven(0);
  ck_assert_str_eq(state(0), "busy");
}
END_TEST

#define ADD(test) tcase_add_test(tc, test)

static TCase *usual(void) {
  TCase *tc = tcase_create("usual settings");
  tcase_add_checked_fixture(tc, world_make, world_end);
  ADD(a_canceled_request_leaves_its_process_busy_until_it_is_proven);
  ADD(a_process_that_takes_bytes_again_is_free);
  ADD(a_busy_process_is_looked_at_ever_more_rarely);
  ADD(without_abort_ms_a_process_has_what_request_ms_leaves);
  ADD(the_first_request_canceled_leaves_the_start_clock);
  ADD(bytes_taken_when_start_ms_ends_prove_a_process_free);
  ADD(a_proof_on_the_spot_frees_at_once);
  ADD(a_draining_process_leaves_when_it_is_proven);
  ADD(a_draining_process_that_is_canceled_is_bounded_too);
  ADD(a_proof_nobody_asked_for_is_harmless);
  return tc;
}

static TCase *special(void) {
  TCase *tc = tcase_create("settings of its own");
  tcase_add_checked_fixture(tc, world_prepare, world_end);
  ADD(a_proven_process_takes_who_waits);
  ADD(abort_ms_asks_a_process_to_leave);
  ADD(an_abort_takes_at_least_a_second);
  ADD(an_abort_of_a_short_request_takes_a_second);
  ADD(without_any_limit_a_given_up_request_may_run_for_ever);
  ADD(a_crash_in_a_canceled_request_is_no_failure);
  ADD(a_crash_after_a_canceled_request_is_a_failure);
  return tc;
}

int main(void) {
  TCase *cases[] = {usual(), special()};
  return test_suite_run("proof", cases, 2);
}
