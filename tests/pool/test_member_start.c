/* test_member_start.c: a process that is being started, and until it is proven. */
#include "pool/parts.h"
#include "pool/recorder.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>

/* ---- Start ---- */

START_TEST(a_spawn_refused_on_the_spot_fails_who_waits_with_the_cause) {
  w.refused_spawns = 1;
  submit('a');
  ck_assert_str_eq(told(), "spawn 0\nfail a SPAWN\n");
  ck_assert_str_eq(w.sentence, "php: /usr/bin/php-cgi is not there. Starting again in 1 s.");
  ck_assert_str_eq(said(), "error php: /usr/bin/php-cgi is not there. Starting again in 1 s.\n");
  ck_assert_str_eq(state(0), "absent");
}
END_TEST

START_TEST(a_start_that_fails_fails_all_who_wait_with_the_cause) {
  w.settings.max_processes = 1;
  world_open();
  submit('a');
  submit('b');
  told();
  start_fails(0);
  ck_assert_str_eq(told(), "forget 0\nfail a SPAWN\nfail b SPAWN\n");
  ck_assert_str_eq(w.sentence, "php: /usr/bin/php-cgi may not be run. Starting again in 1 s.");
}
END_TEST

START_TEST(a_start_that_fails_beside_others_lets_everybody_wait_for_them) {
  submit('a');
  submit('b');
  told();
  start_fails(0);
  ck_assert_str_eq(told(), "forget 0\n");
  started(1);
  ck_assert_str_eq(told(), "begin a on 1\n");
}
END_TEST

START_TEST(a_refused_spawn_beside_others_lets_everybody_wait_for_them) {
  submit('a');
  w.refused_spawns = 1;
  submit('b');
  ck_assert_str_eq(told(), "spawn 0\nspawn 1\n");
  started(0);
  ck_assert_str_eq(told(), "begin a on 0\n");
}
END_TEST

START_TEST(start_ms_ends_a_start_that_is_never_reported) {
  submit_about('a', "/a.php", "t1");
  submit('b');
  fcl__member_leave(member(1), w.now);
  told();
  pass(9999);
  ck_assert_str_eq(told(), "");
  pass(1);
  ck_assert_str_eq(told(), "stop 0 by force\nfail a TIMEOUT_START\nstop 1 by force\n");
  ck_assert_str_eq(w.sentence, "php: a new process (/usr/bin/php-cgi) took no request within 10 s "
                               "(start_ms) and was ended. See that it speaks FastCGI on its "
                               "standard input, or raise start_ms. Starting again in 1 s. [t1]");
  ck_assert_str_eq(state(0), "killing");
}
END_TEST

START_TEST(a_start_reported_after_it_was_ended_is_ended_again) {
  submit('a');
  pass(10000);
  told();
  started(0);
  ck_assert_str_eq(told(), "stop 0 by force\n");
  dies(0, 9);
  ck_assert_str_eq(told(), "forget 0\n");
}
END_TEST

START_TEST(a_start_that_fails_after_it_was_ended_counts_once) {
  submit('a');
  pass(10000);
  said();
  start_fails(0);
  ck_assert_str_eq(said(), "");
  ck_assert_uint_eq(w.pool.breaker.failed_starts, 1);
}
END_TEST

START_TEST(start_ms_ends_a_process_that_never_takes_its_request) {
  submit_about('a', "/a.php", "");
  pass(4000);
  started(0);
  connected('a');
  told();
  said();
  pass(5999);
  ck_assert_str_eq(told(), "");
  pass(1);
  ck_assert_str_eq(told(), "fail a TIMEOUT_START\nstop 0 by force\n");
  ck_assert_str_eq(said(), "error php: process 100 (/usr/bin/php-cgi) took no request within 10 s "
                           "(start_ms) and was ended. See that it speaks FastCGI on its standard "
                           "input, or raise start_ms. Starting again in 1 s.\n");
}
END_TEST

START_TEST(a_process_that_has_taken_its_request_is_proven) {
  submit('a');
  started(0);
  connected('a');
  w.has_taken = 1;
  told();
  pass(10000);
  ck_assert_str_eq(told(), "");
  ck_assert(member(0)->is_proven);
}
END_TEST

START_TEST(a_process_that_has_answered_is_proven) {
  submit('a');
  started(0);
  connected('a');
  answered('a');
  told();
  pass(20000);
  ck_assert_str_eq(told(), "");
  ck_assert(member(0)->is_proven);
}
END_TEST

START_TEST(a_process_nobody_needed_gets_the_benefit_of_the_doubt) {
  submit('a');
  canceled('a');
  started(0);
  told();
  pass(10000);
  ck_assert_str_eq(told(), "");
  ck_assert_str_eq(state(0), "idle");
  ck_assert(!member(0)->is_proven);
}
END_TEST

START_TEST(the_start_clock_runs_again_with_the_first_request) {
  submit('a');
  canceled('a');
  started(0);
  pass(50000);
  submit('b');
  connected('b');
  told();
  pass(9999);
  ck_assert_str_eq(told(), "");
  pass(1);
  ck_assert_str_eq(told(), "fail b TIMEOUT_START\nstop 0 by force\n");
}
END_TEST

START_TEST(the_start_clock_goes_on_while_an_unproven_process_idles) {
  submit('a');
  started(0);
  canceled('a');
  pass(6000);
  submit('b');
  connected('b');
  told();
  pass(4000);
  ck_assert_str_eq(told(), "fail b TIMEOUT_START\nstop 0 by force\n");
}
END_TEST

START_TEST(a_process_nobody_ever_needed_idles_out) {
  submit('a');
  canceled('a');
  started(0);
  told();
  pass(10000 + 299999);
  ck_assert_str_eq(told(), "");
  pass(1);
  ck_assert_str_eq(told(), "stop 0\n");
}
END_TEST

START_TEST(without_start_ms_a_start_may_take_for_ever) {
  w.settings.start_ms = FCL_NEVER;
  world_open();
  submit('a');
  pass(20000);
  started(0);
  connected('a');
  pass(60000);
  ck_assert_str_eq(told(), "spawn 0\nbegin a on 0\n");
}
END_TEST

START_TEST(without_start_ms_an_unproven_process_idles_out) {
  w.settings.start_ms = FCL_NEVER;
  world_open();
  submit('a');
  canceled('a');
  started(0);
  pass(1000);
  submit('b'); /* the idle clock stops */
  canceled('b');
  told();
  pass(299999);
  ck_assert_str_eq(told(), "");
  pass(1);
  ck_assert_str_eq(told(), "stop 0\n");
}
END_TEST

START_TEST(without_start_ms_abort_bounds_an_unproven_process) {
  w.settings.start_ms = FCL_NEVER;
  w.settings.abort_ms = 4000;
  world_open();
  submit('a');
  started(0);
  connected('a');
  canceled('a');
  told();
  pass(4000);
  ck_assert_str_eq(told(), "stop 0\n");
}
END_TEST

int main(void) {
  TCase *usual = tcase_create("usual settings");
  TCase *special = tcase_create("settings of its own");
  TCase *cases[] = {usual, special};
  tcase_add_checked_fixture(usual, world_make, world_end);
  tcase_add_checked_fixture(special, world_prepare, world_end);
  tcase_add_test(usual, a_spawn_refused_on_the_spot_fails_who_waits_with_the_cause);
  tcase_add_test(special, a_start_that_fails_fails_all_who_wait_with_the_cause);
  tcase_add_test(usual, a_start_that_fails_beside_others_lets_everybody_wait_for_them);
  tcase_add_test(usual, a_refused_spawn_beside_others_lets_everybody_wait_for_them);
  tcase_add_test(usual, start_ms_ends_a_start_that_is_never_reported);
  tcase_add_test(usual, a_start_reported_after_it_was_ended_is_ended_again);
  tcase_add_test(usual, a_start_that_fails_after_it_was_ended_counts_once);
  tcase_add_test(usual, start_ms_ends_a_process_that_never_takes_its_request);
  tcase_add_test(usual, a_process_that_has_taken_its_request_is_proven);
  tcase_add_test(usual, a_process_that_has_answered_is_proven);
  tcase_add_test(usual, a_process_nobody_needed_gets_the_benefit_of_the_doubt);
  tcase_add_test(usual, the_start_clock_runs_again_with_the_first_request);
  tcase_add_test(usual, the_start_clock_goes_on_while_an_unproven_process_idles);
  tcase_add_test(usual, a_process_nobody_ever_needed_idles_out);
  tcase_add_test(special, without_start_ms_a_start_may_take_for_ever);
  tcase_add_test(special, without_start_ms_an_unproven_process_idles_out);
  tcase_add_test(special, without_start_ms_abort_bounds_an_unproven_process);
  return test_suite_run("member_start", cases, 2);
}
