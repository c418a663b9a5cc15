/* test_exit.c: what the end of a process means, in each state that it can be in. */
#include "pool/recorder.h"
#include <signal.h>
#include <string.h>

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

START_TEST(what_is_known_of_a_process_that_failed_is_told) {
  w.facts[FCL__COMMAND] = "/usr/bin/php-cgi -c 'a b'";
  w.facts[FCL__LAST_WORDS] = "no memory | giving up";
  world_open();
  submit('a');
  started(0);
  connected('a');
  exits(0, 1);
  ck_assert_str_eq(
      w.sentence,
      "php: process 100 (/usr/bin/php-cgi) exited with status 1, 0 ms after it was started, "
      "before it answered anything; its last words: \"no "
      "memory | giving up\". Run /usr/bin/php-cgi -c 'a b' by hand to see why. "
      "Starting again in 1 s.");
}
END_TEST

START_TEST(php_that_is_no_php_cgi_is_recognized) {
  static const struct {
    const char *program;
    int is_cli;
  } rows[] = {
      {"/usr/bin/php", 1},        {"/usr/bin/php8.2", 1},  {"php7", 1},  {"C:\\php\\php.exe", 1},
      {"/usr/bin/php-cgi8.2", 0}, {"/usr/bin/phpunit", 0}, {"/php/x", 0}};
  size_t i;
  for (i = 0; i < sizeof rows / sizeof *rows; i++) {
    world_prepare();
    w.settings.program = rows[i].program;
    world_open();
    submit('a');
    started(0);
    connected('a');
    exits(0, 1);
    ck_assert_int_eq(strstr(w.sentence, "This is PHP's command line program, which does not speak "
                                        "FastCGI: give php-cgi. Starting") != NULL,
                     rows[i].is_cli);
    if (i + 1 < sizeof rows / sizeof *rows)
      world_end();
  }
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

START_TEST(a_crash_on_windows_has_its_name) {
  world_open();
  world_with_idle(1);
  pass(500);
  exits(0, (int) 0xc0000005);
  ck_assert_str_eq(
      said(), "warning php: process 100 (/usr/bin/php-cgi) exited with STATUS_ACCESS_VIOLATION "
              "(0xc0000005), 500 ms after it was started. It crashed: the event log of Windows "
              "(Application) may name the module that was to blame.\n");
}
END_TEST

START_TEST(a_status_of_windows_without_a_name_is_told_in_hexadecimal_too) {
  world_open();
  world_with_idle(1);
  pass(500);
  exits(0, (int) 0xc0000338);
  ck_assert_ptr_nonnull(strstr(said(), " exited with status -1073741000 (0xc0000338), "));
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
                   "60 s after it was started, having taken 2 requests. Its own error log may say "
                   "why. [t9]");
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
  ck_assert_str_eq(
      w.sentence,
      "php: process 100 (/usr/bin/php-cgi) was ended by signal 9 (SIGKILL) while "
      "running /a.php, 0 ms after it was started, having taken 2 requests; its answer is "
      "cut short. If nobody "
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
                   "started, having taken 2 requests; its answer is cut short. If it ends itself "
                   "after a number of requests "
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

#define ADD(test) tcase_add_test(tc, test)

static TCase *usual(void) {
  TCase *tc = tcase_create("usual settings");
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

static TCase *special(void) {
  TCase *tc = tcase_create("settings of its own");
  tcase_add_checked_fixture(tc, world_prepare, world_end);
  ADD(exit_before_the_first_answer_fails_all_who_wait);
  ADD(what_is_known_of_a_process_that_failed_is_told);
  ADD(php_that_is_no_php_cgi_is_recognized);
  ADD(exit_before_the_first_answer_is_told_to_who_was_retried);
  ADD(exit_0_while_idle_is_no_failure);
  ADD(a_crash_while_idle_is_a_failure);
  ADD(a_crash_on_windows_has_its_name);
  ADD(a_status_of_windows_without_a_name_is_told_in_hexadecimal_too);
  ADD(exit_0_in_a_request_is_a_failure_that_names_the_likely_limit);
  ADD(exit_while_stopping_is_no_failure);
  ADD(exit_while_killing_is_no_second_failure);
  ADD(after_an_exit_a_waiting_request_has_another_process_started);
  ADD(a_process_known_to_be_gone_takes_no_more);
  ADD(a_crash_behind_a_whole_answer_is_a_failure);
  ADD(a_crash_under_a_canceled_request_is_no_failure_when_it_is_known_first);
  ADD(a_timeout_behind_an_exit_counts_once);
  return tc;
}

int main(void) {
  TCase *cases[] = {usual(), special()};
  return test_suite_run("exit", cases, 2);
}
