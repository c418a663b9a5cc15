/* test_member.c: a member's life: its table of states, start, idle, worn, stopped. */
#include "pool/parts.h"
#include "pool/recorder.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>

/* ---- The table ---- */

START_TEST(the_table_of_states_is_as_designed) {
  char text[2048] = "";
  int s, e;
  for (s = FCL__ABSENT; s <= FCL__KILLING; s++)
    for (e = FCL__ORDERED; e <= FCL__GONE; e++) {
      int to = fcl__member_next((fcl__member_state) s, (fcl__member_event) e);
      if (to >= 0 && to != s)
        sprintf(text + strlen(text), "%s %s %s\n", fcl__member_state_name((fcl__member_state) s),
                fcl__member_event_name((fcl__member_event) e),
                fcl__member_state_name((fcl__member_state) to));
    }
  ck_assert_str_eq(text,
                   "absent ordered starting\nabsent room idle\nabsent full busy\nstarting started "
                   "idle\nstarting drain stopping\nstarting asked stopping\nstarting forced "
                   "killing\nstarting gone absent\nidle full busy\nidle drain stopping\nidle asked "
                   "stopping\nidle forced killing\nidle gone absent\nbusy room idle\nbusy drain "
                   "draining\nbusy asked stopping\nbusy forced killing\nbusy gone absent\ndraining "
                   "asked stopping\ndraining forced killing\ndraining gone absent\nstopping forced "
                   "killing\nstopping gone absent\nkilling gone absent\n");
}
END_TEST

START_TEST(numbers_that_are_no_state_have_no_name) {
  ck_assert_str_eq(fcl__member_state_name((fcl__member_state) 7), "?");
  ck_assert_str_eq(fcl__member_event_name((fcl__member_event) 8), "?");
  ck_assert_int_eq(fcl__member_next((fcl__member_state) 7, FCL__GONE), -1);
  ck_assert_int_eq(fcl__member_next(FCL__IDLE, (fcl__member_event) 8), -1);
}
END_TEST

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

/* ---- Idle, worn ---- */

START_TEST(idle_ms_ends_a_process) {
  world_with_idle(1);
  pass(299999);
  ck_assert_str_eq(told(), "");
  pass(1);
  ck_assert_str_eq(told(), "stop 0\n");
  ck_assert_str_eq(said(), "info php: process 100 was idle for 300 s (idle_ms) and is ended.\n");
}
END_TEST

START_TEST(the_process_least_used_idles_out_first) {
  world_with_idle(2);
  pass(200000);
  submit('a');
  connected('a');
  finished('a');
  told();
  pass(100000);
  ck_assert_str_eq(told(), "stop 0\n");
}
END_TEST

START_TEST(min_processes_stay_however_idle) {
  w.settings.max_processes = 3;
  w.settings.min_processes = 2;
  world_open();
  world_with_idle(3);
  pass(300000);
  ck_assert_str_eq(told(), "stop 0\n");
  exits(0, 0);
  pass(3000000);
  ck_assert_str_eq(told(), "forget 0\n");
  ck_assert_str_eq(state(1), "idle");
  ck_assert_str_eq(state(2), "idle");
}
END_TEST

START_TEST(a_death_below_min_processes_is_replaced) {
  w.settings.min_processes = 1;
  world_open();
  world_with_idle(1);
  exits(0, 0);
  ck_assert_str_eq(told(), "forget 0\nspawn 0\n");
}
END_TEST

START_TEST(min_processes_starts_none_that_never_were) {
  w.settings.max_processes = 4;
  w.settings.min_processes = 3;
  world_open();
  world_with_idle(1);
  exits(0, 0);
  started(0);
  pass(1000);
  ck_assert_uint_eq(w.pool.live, 1);
}
END_TEST

START_TEST(a_replacement_waits_for_the_back_off) {
  w.settings.min_processes = 1;
  world_open();
  world_with_idle(1);
  exits(0, 0);
  start_fails(0);
  told();
  pass(999);
  ck_assert_str_eq(told(), "");
  pass(1);
  ck_assert_str_eq(told(), "spawn 0\n");
}
END_TEST

START_TEST(max_requests_wear_a_process_out) {
  int i;
  w.settings.max_requests = 3;
  world_open();
  for (i = 0; i < 3; i++) {
    submit('a');
    if (i == 0)
      started(0);
    connected('a');
    answered('a');
    said();
    finished('a');
  }
  ck_assert_str_eq(told(), "spawn 0\nbegin a on 0\nbegin a on 0\nbegin a on 0\nstop 0\n");
  ck_assert_str_eq(said(),
                   "info php: process 100 has served 3 requests (max_requests) and is replaced.\n");
}
END_TEST

START_TEST(a_worn_process_is_replaced_while_it_leaves) {
  w.settings.max_processes = 1;
  w.settings.max_requests = 1;
  world_open();
  submit('a');
  started(0);
  connected('a');
  submit('b');
  told();
  finished('a');
  ck_assert_str_eq(told(), "stop 0\nspawn 1\n");
}
END_TEST

START_TEST(a_request_that_was_never_sent_does_not_wear) {
  w.settings.max_requests = 1;
  world_open();
  submit('a');
  started(0);
  canceled('a');
  ck_assert_str_eq(state(0), "idle");
  ck_assert_uint_eq(member(0)->served, 0);
}
END_TEST

/* ---- Stop ---- */

START_TEST(who_does_not_leave_within_stop_ms_is_ended_by_force) { /* KF-146 */
  world_with_idle(1);
  fcl__pool_recycle(&w.pool, w.now);
  told();
  said();
  pass(4999);
  ck_assert_str_eq(told(), "");
  pass(1);
  ck_assert_str_eq(told(), "stop 0 by force\n");
  ck_assert_str_eq(
      said(),
      "warning php: process 100 did not leave within 5 s (stop_ms) and is ended by force.\n");
  dies(0, SIGKILL);
  ck_assert_str_eq(said(), "info php: process 100 is gone: it was ended by signal 9 (SIGKILL), "
                           "having served 1 requests.\n");
}
END_TEST

START_TEST(with_stop_ms_0_force_is_the_first_word) {
  w.settings.stop_ms = 0;
  world_open();
  world_with_idle(1);
  fcl__pool_recycle(&w.pool, w.now);
  ck_assert_str_eq(told(), "stop 0 by force\n");
  ck_assert_str_eq(state(0), "killing");
}
END_TEST

START_TEST(without_stop_ms_a_process_has_all_the_time) {
  w.settings.stop_ms = FCL_NEVER;
  world_open();
  world_with_idle(1);
  fcl__pool_recycle(&w.pool, w.now);
  told();
  pass(10000000);
  ck_assert_str_eq(told(), "");
}
END_TEST

START_TEST(with_stop_ms_0_a_start_is_forced_when_it_is_reported) {
  w.settings.stop_ms = 0;
  world_open();
  submit('a');
  canceled('a');
  fcl__pool_recycle(&w.pool, w.now);
  told();
  started(0);
  ck_assert_str_eq(told(), "stop 0 by force\n");
}
END_TEST

START_TEST(a_start_that_must_stop_is_bounded_by_start_ms) {
  submit('a');
  canceled('a');
  fcl__pool_recycle(&w.pool, w.now);
  told();
  said();
  pass(10000);
  ck_assert_str_eq(told(), "stop 0 by force\n");
  ck_assert_str_eq(
      said(),
      "warning php: a new process did not leave within 10 s (start_ms) and is ended by force.\n");
}
END_TEST

START_TEST(a_start_that_must_stop_may_fail) {
  submit('a');
  canceled('a');
  fcl__pool_recycle(&w.pool, w.now);
  told();
  said();
  start_fails(0);
  ck_assert_str_eq(told(), "forget 0\n");
  ck_assert_str_eq(said(), "");
  ck_assert_uint_eq(w.pool.breaker.failed_starts, 0);
}
END_TEST

#define ADD(test) tcase_add_test(tc, test)

static TCase *usual(void) {
  TCase *tc = tcase_create("usual settings");
  tcase_add_checked_fixture(tc, world_make, world_end);
  ADD(the_table_of_states_is_as_designed);
  ADD(numbers_that_are_no_state_have_no_name);
  ADD(a_spawn_refused_on_the_spot_fails_who_waits_with_the_cause);
  ADD(a_start_that_fails_beside_others_lets_everybody_wait_for_them);
  ADD(a_refused_spawn_beside_others_lets_everybody_wait_for_them);
  ADD(start_ms_ends_a_start_that_is_never_reported);
  ADD(a_start_reported_after_it_was_ended_is_ended_again);
  ADD(a_start_that_fails_after_it_was_ended_counts_once);
  ADD(start_ms_ends_a_process_that_never_takes_its_request);
  ADD(a_process_that_has_taken_its_request_is_proven);
  ADD(a_process_that_has_answered_is_proven);
  ADD(a_process_nobody_needed_gets_the_benefit_of_the_doubt);
  ADD(the_start_clock_runs_again_with_the_first_request);
  ADD(the_start_clock_goes_on_while_an_unproven_process_idles);
  ADD(a_process_nobody_ever_needed_idles_out);
  ADD(idle_ms_ends_a_process);
  ADD(the_process_least_used_idles_out_first);
  ADD(who_does_not_leave_within_stop_ms_is_ended_by_force);
  ADD(a_start_that_must_stop_is_bounded_by_start_ms);
  ADD(a_start_that_must_stop_may_fail);
  return tc;
}

static TCase *special(void) {
  TCase *tc = tcase_create("settings of its own");
  tcase_add_checked_fixture(tc, world_prepare, world_end);
  ADD(a_start_that_fails_fails_all_who_wait_with_the_cause);
  ADD(without_start_ms_a_start_may_take_for_ever);
  ADD(without_start_ms_an_unproven_process_idles_out);
  ADD(without_start_ms_abort_bounds_an_unproven_process);
  ADD(min_processes_stay_however_idle);
  ADD(a_death_below_min_processes_is_replaced);
  ADD(min_processes_starts_none_that_never_were);
  ADD(a_replacement_waits_for_the_back_off);
  ADD(max_requests_wear_a_process_out);
  ADD(a_worn_process_is_replaced_while_it_leaves);
  ADD(a_request_that_was_never_sent_does_not_wear);
  ADD(with_stop_ms_0_force_is_the_first_word);
  ADD(without_stop_ms_a_process_has_all_the_time);
  ADD(with_stop_ms_0_a_start_is_forced_when_it_is_reported);
  return tc;
}

int main(void) {
  TCase *cases[] = {usual(), special()};
  return test_suite_run("member", cases, 2);
}
