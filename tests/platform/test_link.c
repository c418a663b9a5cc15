/* test_link.c: guardians that come, die, and are none; and the end of a client. */
#define _GNU_SOURCE
#include "platform/world.h"
#include "support/fds.h"
#include "support/suite.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- Guardians ---- */

START_TEST(there_is_no_guardian_before_the_first_process) {
  ck_assert_int_eq(world_guardian(), 0);
  world_start(&it, "exit", "0", NULL);
  run_to_its_end();
  ck_assert_int_ne(world_guardian(), 0);
}
END_TEST

START_TEST(a_dead_guardian_is_noticed_and_replaced) {
  long first, second;
  START_READY("stubborn", "child", "child");
  first = world_guardian();
  kill((pid_t) first, SIGKILL);
  run_to_its_end();
  ck_assert_int_eq(it.status, -1);
  ck_assert_int_eq(it.signal, SIGKILL);
  ck_assert_int_eq(is_alive(first), 0);
  memset(&it, 0, sizeof it);
  START_READY("status-7-on-term");
  second = world_guardian();
  ck_assert_int_ne(second, 0);
  ck_assert_int_ne(second, first);
  fcl__process_stop(it.process, 0);
  run_to_its_end();
  ck_assert_int_eq(it.status, 7);
}
END_TEST

static void reap_everybody(int signal) {
  int e = errno;
  while (waitpid(-1, NULL, WNOHANG) > 0)
    ;
  errno = e;
}

/* KF-138 */
START_TEST(a_host_may_ignore_sigchld_or_reap_everybody) { /* loop test */
  signal(SIGCHLD, _i ? SIG_IGN : reap_everybody);
  START_READY("stubborn");
  kill((pid_t) world_guardian(), SIGKILL);
  run_to_its_end();
  ck_assert_int_eq(it.signal, SIGKILL);
  memset(&it, 0, sizeof it);
  START_READY("stubborn");
}
END_TEST

START_TEST(a_start_right_after_the_guardians_death_gets_a_new_one) {
  seen second = {0};
  START_READY("stubborn");
  kill((pid_t) world_guardian(), SIGKILL);
  while (is_alive(it.pid)) /* killed by the kernel; we have not run the loop */
    usleep(1000);
  world_start(&second, "exit", "3", NULL);
  world_run_until(seen_end(&second) && seen_end(&it));
  ck_assert_int_eq(second.status, 3);
  ck_assert_int_eq(it.signal, SIGKILL);
}
END_TEST

START_TEST(what_was_ordered_from_a_guardian_that_died_fails) {
  world_start(&it, "exit", "0", NULL);
  run_to_its_end();
  memset(&it, 0, sizeof it);
  kill((pid_t) world_guardian(), SIGSTOP);
  world_start(&it, "wait", NULL);
  kill((pid_t) world_guardian(), SIGKILL);
  run_to_its_end();
  ck_assert_int_eq(it.has_failed, 1);
  ck_assert_msg(strstr(it.error.text, "was ended by signal 9") != NULL, "%s", it.error.text);
}
END_TEST

START_TEST(an_idle_client_does_not_keep_the_loop_running) {
  START_READY("stubborn");
  ck_assert_int_eq(uv_run(&w.loop, UV_RUN_DEFAULT), 0);
}
END_TEST

START_TEST(two_clients_have_two_guardians) {
  fcl__processes *first = w.all;
  static const fcl__process_events none;
  fcl__processes *second;
  fcl_error e;
  fcl__process *p;
  const char *argv[] = {w.app, "wait", NULL};
  fcl__program program = {.path = w.app, .argv = argv};
  long guardian;
  START_READY("stubborn");
  guardian = world_guardian();
  ck_assert_int_eq(fcl__processes_open(&second, &w.loop, &w.memory, NULL, w.directory, &none, &e),
                   0);
  ck_assert_int_eq(fcl__process_start(second, &program, NULL, &p, &e), 0);
  fcl__processes_close(second, NULL, NULL);
  uv_run(&w.loop, UV_RUN_DEFAULT);
  ck_assert_ptr_eq(w.all, first);
  ck_assert_int_eq(is_alive(guardian), 1);
  ck_assert_int_eq(is_alive(it.pid), 1);
}
END_TEST

static void close_in_event(seen *from) {
  fcl__processes *all = w.all;
  w.all = NULL;
  if (all)
    fcl__processes_close(all, NULL, NULL);
}

START_TEST(closing_inside_an_event_is_the_end_of_events) {
  it.on_line = close_in_event;
  world_start(&it, "line", "one", "line", "two", "exit", "0", NULL);
  world_run_until(w.all == NULL);
  uv_run(&w.loop, UV_RUN_DEFAULT);
  ck_assert_uint_eq(it.lines, 1);
  ck_assert_int_eq(seen_end(&it), 0);
}
END_TEST

START_TEST(closing_a_start_under_way_is_the_end_of_it) {
  world_start(&it, "line", "one", "wait", NULL);
  fcl__processes_close(w.all, NULL, NULL);
  w.all = NULL;
  uv_run(&w.loop, UV_RUN_DEFAULT);
  ck_assert_int_eq(it.pid, 0);
  ck_assert_int_eq(seen_end(&it), 0);
  ck_assert_int_eq(world_guardian(), 0);
}
END_TEST

/* ---- Programs that are no guardian ---- */

static void refuse_to_start(const fcl__program *program, const char *words) {
  fcl_error e = {0};
  ck_assert_int_eq(world_start_program(&it, program, &e), FCL_E_SPAWN);
  ck_assert_int_eq(e.code, FCL_E_SPAWN);
  ck_assert_msg(strstr(e.text, words) != NULL, "%s", e.text);
  ck_assert_ptr_null(it.process);
}

START_TEST(a_guardian_that_is_not_there_is_told_at_once) {
  fcl__program program = {.path = w.app};
  world_reopen("/nowhere/fcl-guardian", w.directory);
  refuse_to_start(&program, "the guardian /nowhere/fcl-guardian: No such file or directory; set "
                            "guardian to the path");
}
END_TEST

static void fail_with_guardian(const char *guardian, const char *words) {
  fcl__program program = {.path = w.app};
  fcl_error e = {0};
  world_reopen(guardian, w.directory);
  ck_assert_int_eq(world_start_program(&it, &program, &e), FCL_OK);
  run_to_its_end();
  ck_assert_int_eq(it.has_failed, 1);
  ck_assert_msg(strstr(it.error.text, words) != NULL, "%s", it.error.text);
}

START_TEST(a_program_that_leaves_is_no_guardian) {
  fail_with_guardian("/bin/false", "left with status 1");
}
END_TEST

START_TEST(a_program_that_talks_otherwise_is_no_guardian) {
  fail_with_guardian("/bin/cat", "cannot start");
}
END_TEST

START_TEST(a_program_that_says_nothing_is_no_guardian) {
  fail_with_guardian("/usr/bin/tail", "said nothing for 5000 ms; set guardian");
}
END_TEST

START_TEST(a_program_that_says_nothing_does_not_delay_the_end_for_ever) {
  fcl__program program = {.path = w.app};
  fcl_error e = {0};
  uint64_t begin = uv_hrtime();
  world_reopen("/usr/bin/tail", w.directory);
  ck_assert_int_eq(world_start_program(&it, &program, &e), FCL_OK);
  world_reopen(NULL, w.directory);
  ck_assert_uint_lt((uv_hrtime() - begin) / 1000000, 4500);
}
END_TEST

START_TEST(a_runtime_directory_that_is_not_there_is_told_at_once) {
  fcl__program program = {.path = w.app};
  world_reopen(NULL, "/nowhere/at/all");
  refuse_to_start(&program, "No such file or directory; set runtime_directory");
}
END_TEST

START_TEST(a_runtime_directory_too_long_for_a_socket_is_told_at_once) {
  char deep[200];
  fcl__program program = {.path = w.app};
  snprintf(deep, sizeof deep, "/tmp/%0100d", 0);
  world_reopen(NULL, deep);
  refuse_to_start(&program, "set runtime_directory to a path of at most");
}
END_TEST

int main(void) {
  TCase *t = tcase_create("link");
  tcase_set_timeout(t, 60);
  tcase_add_checked_fixture(t, world_open, world_close);
  tcase_add_test(t, there_is_no_guardian_before_the_first_process);
  tcase_add_test(t, a_dead_guardian_is_noticed_and_replaced);
  tcase_add_loop_test(t, a_host_may_ignore_sigchld_or_reap_everybody, 0, 2);
  tcase_add_test(t, a_start_right_after_the_guardians_death_gets_a_new_one);
  tcase_add_test(t, what_was_ordered_from_a_guardian_that_died_fails);
  tcase_add_test(t, an_idle_client_does_not_keep_the_loop_running);
  tcase_add_test(t, two_clients_have_two_guardians);
  tcase_add_test(t, closing_inside_an_event_is_the_end_of_events);
  tcase_add_test(t, closing_a_start_under_way_is_the_end_of_it);
  tcase_add_test(t, a_guardian_that_is_not_there_is_told_at_once);
  tcase_add_test(t, a_program_that_leaves_is_no_guardian);
  tcase_add_test(t, a_program_that_talks_otherwise_is_no_guardian);
  tcase_add_test(t, a_program_that_says_nothing_is_no_guardian);
  tcase_add_test(t, a_program_that_says_nothing_does_not_delay_the_end_for_ever);
  tcase_add_test(t, a_runtime_directory_that_is_not_there_is_told_at_once);
  tcase_add_test(t, a_runtime_directory_too_long_for_a_socket_is_told_at_once);
  return test_suite_run("link", &t, 1);
}
