/* test_member.c: a member's life: its table of states, start, idle, worn, stopped, gone; every exit
 * in every state. */
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

/* ---- Exit, in each state ---- */

START_TEST(exit_while_starting_fails_who_waits) {
  submit_about('a', "/a.php", "");
  told();
  pass(12);
  exits(0, 255);
  ck_assert_str_eq(told(), "forget 0\nfail a EXITED\n");
  ck_assert_str_eq(
      w.sentence,
      "php: a new process (/usr/bin/php-cgi) exited with status 255 (0xff), 12 ms after it was "
      "started, before it answered anything. Run it by hand to see why. Starting again in 1 s.");
}
END_TEST

START_TEST(exit_before_the_first_answer_fails_all_who_wait) {
  w.settings.max_processes = 1;
  world_open();
  submit_about('a', "/a.php", "");
  submit('b');
  started(0);
  connected('a');
  told();
  pass(12);
  exits(0, 255);
  ck_assert_str_eq(told(), "fail a EXITED\nforget 0\nfail b EXITED\n");
  ck_assert_str_eq(w.sentence,
                   "php: process 100 (/usr/bin/php-cgi) exited with status 255 (0xff) while "
                   "running /a.php, 12 ms after it was started, before it answered anything. Run "
                   "it by hand to see why. Starting again in 1 s.");
}
END_TEST

START_TEST(exit_before_the_first_answer_is_told_to_who_was_retried) {
  w.settings.max_processes = 1;
  world_open();
  submit('a');
  started(0);
  connected('a');
  ck_assert_int_eq(retried('a', 1), 1);
  told();
  exits(0, 1);
  ck_assert_str_eq(told(), "forget 0\nfail a EXITED\n");
}
END_TEST

START_TEST(a_program_that_exits_with_0_at_once_is_a_failed_start) { /* KF-135 */
  submit('a');
  started(0);
  connected('a');
  retried('a', 1);
  told();
  exits(0, 0);
  ck_assert_str_eq(told(),
                   "forget 0\n"); /* a waits for process 1, started beside the suspect one */
  ck_assert_uint_eq(w.pool.breaker.failed_starts, 1);
}
END_TEST

START_TEST(exit_0_while_idle_is_no_failure) { /* KF-134 */
  w.settings.rapid_fails = 1;
  world_open();
  world_with_idle(1);
  pass(500);
  exits(0, 0);
  ck_assert_str_eq(told(), "forget 0\n");
  ck_assert_str_eq(said(),
                   "info php: process 100 exited with status 0, having served 1 requests.\n");
  ck_assert_uint_eq(w.pool.breaker.fails, 0);
}
END_TEST

START_TEST(a_crash_while_idle_is_a_failure) {
  w.settings.rapid_fails = 5;
  world_open();
  world_with_idle(1);
  pass(500);
  dies(0, SIGSEGV);
  ck_assert_str_eq(
      said(), "warning php: process 100 (/usr/bin/php-cgi) was ended by signal 11 (SIGSEGV), 500 "
              "ms after it was started. It crashed: look for its core dump or its error log.\n");
  ck_assert_uint_eq(w.pool.breaker.fails, 1);
}
END_TEST

START_TEST(exit_while_busy_fails_its_request) {
  world_with_idle(1);
  submit_about('a', "/a.php", "t9");
  connected('a');
  told();
  pass(60000);
  exits(0, 3);
  ck_assert_str_eq(told(), "fail a EXITED\nforget 0\n");
  ck_assert_str_eq(w.sentence,
                   "php: process 100 (/usr/bin/php-cgi) exited with status 3 while running /a.php, "
                   "60 s after it was started. Its own error log may say why. [t9]");
}
END_TEST

START_TEST(exit_after_the_first_byte_cuts_the_answer_short) {
  world_with_idle(1);
  submit_about('a', "/a.php", "");
  connected('a');
  answered('a');
  told();
  dies(0, SIGKILL);
  ck_assert_str_eq(told(), "fail a TRUNCATED\nforget 0\n");
  ck_assert_str_eq(w.sentence,
                   "php: process 100 (/usr/bin/php-cgi) was ended by signal 9 (SIGKILL) while "
                   "running /a.php, 0 ms after it was started; its answer is cut short. If nobody "
                   "ended it by hand, the system may have run out of memory.");
}
END_TEST

START_TEST(exit_0_in_a_request_is_a_failure_that_names_the_likely_limit) {
  w.settings.rapid_fails = 5;
  world_open();
  world_with_idle(1);
  serve('a');
  exits(0, 0);
  ck_assert_str_eq(w.sentence,
                   "php: process 100 (/usr/bin/php-cgi) exited with status 0, 0 ms after it was "
                   "started; its answer is cut short. If it ends itself after a number of requests "
                   "(PHP_FCGI_MAX_REQUESTS), keep max_requests below that.");
  ck_assert_uint_eq(w.pool.breaker.fails, 1);
}
END_TEST

START_TEST(an_exit_nobody_knows_about_is_a_failure) {
  world_with_idle(1);
  exits(0, -1);
  ck_assert_ptr_nonnull(
      strstr(said(), "process 100 (/usr/bin/php-cgi) exited (nobody knows how), 0 ms after"));
}
END_TEST

START_TEST(a_signal_without_a_name_has_a_number) {
  world_with_idle(1);
  dies(0, 99);
  ck_assert_ptr_nonnull(strstr(said(), "was ended by signal 99 (no name known)"));
}
END_TEST

START_TEST(exit_while_draining_fails_its_request) {
  world_with_idle(1);
  serve('a');
  fcl__pool_recycle(&w.pool, w.now);
  told();
  exits(0, 1);
  ck_assert_str_eq(told(), "fail a TRUNCATED\nforget 0\n");
}
END_TEST

START_TEST(exit_while_stopping_is_no_failure) {
  w.settings.rapid_fails = 1;
  world_open();
  world_with_idle(1);
  fcl__pool_recycle(&w.pool, w.now);
  said();
  exits(0, 15);
  ck_assert_str_eq(said(), "info php: process 100 left as asked: it exited with status 15 (0xf), "
                           "having served 1 requests.\n");
  ck_assert_uint_eq(w.pool.breaker.fails, 0);
}
END_TEST

START_TEST(exit_while_killing_is_no_second_failure) {
  w.settings.rapid_fails = 5;
  world_open();
  world_with_idle(1);
  serve('a');
  pass(70000);
  ck_assert_uint_eq(w.pool.breaker.fails, 1);
  dies(0, SIGKILL);
  ck_assert_uint_eq(w.pool.breaker.fails, 1);
}
END_TEST

START_TEST(after_an_exit_a_waiting_request_has_another_process_started) {
  w.settings.max_processes = 1;
  world_open();
  world_with_idle(1);
  serve('a');
  submit('b');
  told();
  exits(0, 1);
  ck_assert_str_eq(told(), "fail a TRUNCATED\nforget 0\nspawn 0\n");
}
END_TEST

START_TEST(a_thousand_lives_leave_nothing_behind) { /* KF-136 */
  int i;
  for (i = 0; i < 1000; i++) {
    world_with_idle(2);
    exits(0, 0);
    exits(1, 0);
    told();
    said();
  }
  ck_assert_uint_eq(w.pool.live, 0);
  ck_assert_uint_eq(w.spawned, 2000);
}
END_TEST

/* ---- Exited, and its last answer is still being read ---- */

static void gone(unsigned index) {
  fcl__member_drain(member(index), w.now);
  world_check();
}

START_TEST(a_process_known_to_be_gone_takes_no_more) {
  w.settings.max_processes = 1;
  world_open();
  world_with_idle(1);
  serve('a');
  told();
  gone(0);
  submit('b');
  ck_assert_str_eq(told(), "spawn 1\n");
  finished('a');
  pass(100000);
  exits(0, 0);
  ck_assert_ptr_nonnull(
      strstr(said(), "info php: process 100 exited with status 0, having served 2 requests.\n"));
  ck_assert_ptr_null(strstr(told(), "stop 0"));
}
END_TEST

START_TEST(a_crash_behind_a_whole_answer_is_a_failure) {
  w.settings.rapid_fails = 5;
  world_open();
  world_with_idle(1);
  serve('a');
  gone(0);
  finished('a');
  told();
  dies(0, SIGSEGV);
  ck_assert_str_eq(told(), "forget 0\n");
  ck_assert_uint_eq(w.pool.breaker.fails, 1);
}
END_TEST

START_TEST(a_process_known_to_be_gone_is_asked_for_no_proof) {
  world_with_idle(2);
  serve('a');
  submit('b');
  connected('b');
  told();
  gone(0);
  gone(1);
  canceled('a');
  ck_assert_int_eq(retried('b', 0), 1);
  ck_assert_str_eq(told(), "spawn 2\n");
  ck_assert_str_eq(state(0), "stopping");
  ck_assert_str_eq(state(1), "stopping");
}
END_TEST

START_TEST(a_crash_under_a_canceled_request_is_no_failure_when_it_is_known_first) {
  w.settings.rapid_fails = 5;
  world_open();
  world_with_idle(1);
  serve('a');
  gone(0);
  canceled('a');
  dies(0, SIGSEGV);
  ck_assert_uint_eq(w.pool.breaker.fails, 0);
}
END_TEST

START_TEST(a_process_known_to_be_gone_with_nothing_in_hand_takes_nothing) {
  world_with_idle(2);
  serve('a');
  canceled('a'); /* on 1 */
  told();
  gone(0);
  gone(1);
  submit('b');
  ck_assert_str_eq(told(), "spawn 2\n");
  fcl__pool_recycle(&w.pool, w.now);
  gone(0);
  ck_assert_str_eq(state(0), "stopping");
}
END_TEST

START_TEST(a_timeout_behind_an_exit_counts_once) {
  w.settings.rapid_fails = 5;
  world_open();
  world_with_idle(1);
  serve('a');
  told();
  gone(0);
  pass(70000);
  ck_assert_str_eq(told(), "fail a TIMEOUT_ACTIVITY\nstop 0 by force\n");
  exits(0, 1);
  ck_assert_uint_eq(w.pool.breaker.fails, 1);
}
END_TEST

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

static TCase *life(void) {
  TCase *tc = tcase_create("life");
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

static TCase *life_with_settings(void) {
  TCase *tc = tcase_create("life with settings");
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

static TCase *exits_in_each_state(void) {
  TCase *tc = tcase_create("exit");
  tcase_add_checked_fixture(tc, world_make, world_end);
  ADD(exit_while_starting_fails_who_waits);
  ADD(a_program_that_exits_with_0_at_once_is_a_failed_start);
  ADD(exit_while_busy_fails_its_request);
  ADD(exit_after_the_first_byte_cuts_the_answer_short);
  ADD(an_exit_nobody_knows_about_is_a_failure);
  ADD(a_signal_without_a_name_has_a_number);
  ADD(exit_while_draining_fails_its_request);
  ADD(a_thousand_lives_leave_nothing_behind);
  ADD(a_process_known_to_be_gone_is_asked_for_no_proof);
  ADD(a_process_known_to_be_gone_with_nothing_in_hand_takes_nothing);
  return tc;
}

static TCase *exits_with_settings(void) {
  TCase *tc = tcase_create("exit with settings");
  tcase_add_checked_fixture(tc, world_prepare, world_end);
  ADD(exit_before_the_first_answer_fails_all_who_wait);
  ADD(exit_before_the_first_answer_is_told_to_who_was_retried);
  ADD(exit_0_while_idle_is_no_failure);
  ADD(a_crash_while_idle_is_a_failure);
  ADD(exit_0_in_a_request_is_a_failure_that_names_the_likely_limit);
  ADD(exit_while_stopping_is_no_failure);
  ADD(exit_while_killing_is_no_second_failure);
  ADD(a_process_known_to_be_gone_takes_no_more);
  ADD(a_crash_behind_a_whole_answer_is_a_failure);
  ADD(a_crash_under_a_canceled_request_is_no_failure_when_it_is_known_first);
  ADD(a_timeout_behind_an_exit_counts_once);
  ADD(after_an_exit_a_waiting_request_has_another_process_started);
  return tc;
}

static TCase *proof(void) {
  TCase *tc = tcase_create("proof");
  tcase_add_checked_fixture(tc, world_make, world_end);
  ADD(a_canceled_request_leaves_its_process_busy_until_it_is_proven);
  ADD(a_process_that_takes_bytes_again_is_free);
  ADD(a_busy_process_is_looked_at_ever_more_rarely);
  ADD(without_abort_ms_a_process_has_what_request_ms_leaves);
  ADD(a_proof_on_the_spot_frees_at_once);
  ADD(the_first_request_canceled_leaves_the_start_clock);
  ADD(bytes_taken_when_start_ms_ends_prove_a_process_free);
  ADD(a_draining_process_leaves_when_it_is_proven);
  ADD(a_draining_process_that_is_canceled_is_bounded_too);
  ADD(a_proof_nobody_asked_for_is_harmless);
  return tc;
}

static TCase *proof_with_settings(void) {
  TCase *tc = tcase_create("proof with settings");
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
  TCase *cases[] = {life(),  life_with_settings(), exits_in_each_state(), exits_with_settings(),
                    proof(), proof_with_settings()};
  return test_suite_run("member", cases, 6);
}
