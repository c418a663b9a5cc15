/* test_guardian.c: hosts, guardians and programs are killed in every order, and nothing is left two
 * seconds later. */
#define _GNU_SOURCE
#include "platform/host_run.h"
#include "platform/marks.h"
#include "support/suite.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- The host dies ---- */

static const char *const kinds[] = {
    "child",           "group-child",    "session-child",        "orphan",
    "runner",          "stubborn child", "stubborn group-child", "stubborn session-child",
    "stubborn orphan", "stubborn runner"};
#define KINDS ((int) (sizeof kinds / sizeof *kinds))

START_TEST(a_killed_host_leaves_nothing) { /* loop test: over kinds of children */
  start_host("%s 5000 -- %s %s line ready wait -- line ready wait", host.directory, kinds[_i],
             kinds[_i]);
  wait_for("ready", 2);
  kill_host();
  wait_until_nothing_is_left();
}
END_TEST

START_TEST(programs_that_leave_at_once_are_not_waited_for) {
  start_host("%s 5000 -- line ready wait -- line ready wait", host.directory);
  wait_for("ready", 2);
  kill_host();
  ck_assert_int_lt(wait_until_nothing_is_left(), 700);
}
END_TEST

START_TEST(a_stubborn_program_has_its_second_and_no_more) {
  long took;
  start_host("%s 5000 -- stubborn line ready wait", host.directory);
  wait_for("ready", 1);
  kill_host();
  took = wait_until_nothing_is_left();
  ck_assert_int_ge(took, 900);
  ck_assert_int_lt(took, 1600);
}
END_TEST

/* Returns whether the program had the time to leave as it wanted. */
static int is_signed(int stop_ms, int needs_ms) {
  char sign[100];
  snprintf(sign, sizeof sign, "%s-sign", host.directory);
  start_host("%s %d -- sign-on-term %s %d line ready wait", host.directory, stop_ms, sign,
             needs_ms);
  wait_for("ready", 1);
  kill_host();
  wait_until_nothing_is_left();
  return unlink(sign) == 0;
}

START_TEST(a_program_may_leave_in_its_own_way_within_stop_ms) {
  ck_assert_int_eq(is_signed(5000, 300), 1);
}
END_TEST

START_TEST(a_program_that_takes_longer_than_stop_ms_is_killed) {
  ck_assert_int_eq(is_signed(100, 600), 0);
}
END_TEST

START_TEST(a_program_without_stop_ms_is_killed_at_once) {
  ck_assert_int_eq(is_signed(0, 10), 0);
}
END_TEST

START_TEST(a_host_that_exits_without_a_word_leaves_nothing) {
  int status;
  start_host("--exit %s 200 -- stubborn child line ready wait", host.directory);
  ck_assert_int_eq(waitpid(host.pid, &status, 0), host.pid);
  ck_assert_int_eq(status, 0);
  wait_until_nothing_is_left();
}
END_TEST

/* The same process number lives on, the pidfd too: the end of the socket tells. */
START_TEST(a_host_that_becomes_another_program_leaves_nothing) {
  start_host("--exec %s 200 -- stubborn child line ready wait", host.directory);
  wait_for("all", 1);
  wait_until_nothing_is_left();
  ck_assert_int_eq(kill(host.pid, 0), 0);
  kill_host();
}
END_TEST

/* A server that forks without exec: the socket lives on in the copy.  The pidfd tells. */
static void kill_host_with_copy(const char *more) {
  start_host("--copy %s %s 200 -- stubborn child line ready wait", more, host.directory);
  wait_for("all", 1);
  host.copy = atol(strstr(host.text, "copy ") + 5);
  ck_assert_int_gt(host.copy, 1);
  kill_host();
  wait_until_nothing_is_left();
  ck_assert_int_eq(kill((pid_t) host.copy, 0), 0); /* it was there all the time */
  kill((pid_t) host.copy, SIGKILL);
}

START_TEST(a_fork_of_the_host_that_holds_every_descriptor_keeps_nothing_alive) {
  kill_host_with_copy("");
}
END_TEST

START_TEST(it_works_without_pidfd_and_close_range) {
  kill_host_with_copy("--old-kernel");
}
END_TEST

START_TEST(the_thread_that_started_a_program_may_end) {
  start_host("--thread --stop %s 200 -- status-7-on-term line ready wait", host.directory);
  wait_for("exited 7 0", 1);
  kill_host();
  wait_until_nothing_is_left();
}
END_TEST

/* ---- The guardian ---- */

START_TEST(the_guardian_ignores_what_is_meant_for_the_host) {
  static const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGPIPE};
  size_t i;
  start_host("%s 200 -- line ready wait -- /bin/cat /dev/null", host.directory);
  wait_for("ready", 1);
  for (i = 0; i < sizeof signals / sizeof *signals; i++)
    kill((pid_t) marks_guardian(), signals[i]);
  wait_for("exited 0 0", 1);
  ck_assert_int_ne(marks_guardian(), 0);
  ck_assert_int_eq(count_lines("exited -1 9"), 0);
  kill_host();
  wait_until_nothing_is_left();
}
END_TEST

static void read_guardians_fds(char *list, size_t cap) {
  char path[64], target[256];
  int fd;
  list[0] = 0;
  for (fd = 0; fd < 1024; fd++) {
    ssize_t n;
    snprintf(path, sizeof path, "/proc/%ld/fd/%d", marks_guardian(), fd);
    n = readlink(path, target, sizeof target - 1);
    if (n < 0)
      continue;
    target[strcspn(target, ":")] = 0;
    target[n] = 0;
    snprintf(list + strlen(list), cap - strlen(list), "%d %s, ", fd, target);
  }
}

START_TEST(the_guardian_holds_none_of_the_hosts_descriptors) { /* loop test: new kernel, old */
  char list[4096];
  start_host("%s --port %s 200 -- line ready wait", _i ? "--old-kernel" : "--port", host.directory);
  wait_for("ready", 1);
  read_guardians_fds(list, sizeof list);
  ck_assert_str_eq(list, _i ? "0 socket, 1 /dev/null, 2 /dev/null, "
                            : "0 socket, 1 /dev/null, 2 /dev/null, 3 anon_inode, ");
  kill_host();
  wait_until_nothing_is_left();
}
END_TEST

START_TEST(the_guardian_has_a_session_of_its_own_and_a_title) {
  char path[64], title[64] = "", expected[64];
  int fd;
  start_host("%s 200 -- line ready wait", host.directory);
  wait_for("ready", 1);
  ck_assert_int_eq(getsid((pid_t) marks_guardian()), (pid_t) marks_guardian());
  snprintf(path, sizeof path, "/proc/%ld/cmdline", marks_guardian());
  fd = open(path, O_RDONLY);
  ck_assert_int_gt(read(fd, title, sizeof title - 1), 0);
  close(fd);
  snprintf(expected, sizeof expected, "fcl-guardian: platform_host %ld", (long) host.pid);
  ck_assert_str_eq(title, expected);
  kill_host();
  wait_until_nothing_is_left();
}
END_TEST

static void remove_directories(void) { /* nobody is left who could */
  char command[100];
  snprintf(command, sizeof command, "rm -r %s/fcl-*", host.directory);
  ck_assert_int_eq(system(command), 0);
}

START_TEST(a_killed_guardian_takes_its_programs_along) { /* loop test: child, group-child */
  start_host("%s 5000 -- stubborn %s line ready wait -- stubborn %s line ready wait",
             host.directory, kinds[_i], kinds[_i]);
  wait_for("ready", 2);
  kill((pid_t) marks_guardian(), SIGKILL);
  wait_for("exited -1 9", 2);
  ck_assert_int_eq(kill(host.pid, 0), 0);
  for (long end = now_ms() + LEFT_MS; marks_count() > 1 && now_ms() < end;)
    usleep(1000);
  ck_assert_int_eq(marks_count(), 1); /* the host */
  kill_host();
  remove_directories();
}
END_TEST

START_TEST(a_host_killed_after_its_guardian_leaves_no_process) {
  start_host("%s 5000 -- stubborn child line ready wait", host.directory);
  wait_for("ready", 1);
  kill((pid_t) marks_guardian(), SIGKILL);
  wait_for("exited -1 9", 1);
  kill_host();
  remove_directories();
  wait_until_nothing_is_left();
}
END_TEST

START_TEST(when_both_are_killed_at_once_direct_children_die_too) {
  long guardian;
  start_host("%s 5000 -- stubborn line ready wait -- stubborn line ready wait", host.directory);
  wait_for("ready", 2);
  guardian = marks_guardian();
  kill(host.pid, SIGSTOP); /* so that it does nothing in between */
  kill((pid_t) guardian, SIGKILL);
  kill_host();
  remove_directories();
  wait_until_nothing_is_left();
}
END_TEST

/* ---- Whenever it may be ---- */

static void kill_at_random(const char *programs) {
  int moment_us = (int) (random() % 100000);
  start_host("%s %s %ld %s", random() % 4 ? "--port" : "--copy", host.directory,
             (long) (random() % 3 * 150), programs);
  usleep((unsigned) moment_us);
  kill_host();
  if (fcntl(host.out, F_SETFL, O_NONBLOCK) == 0) { /* the copy, if it was made */
    char *copy;
    ssize_t n = read(host.out, host.text, sizeof host.text - 1);
    host.text[n > 0 ? n : 0] = 0;
    copy = strstr(host.text, "copy ");
    host.copy = copy && strchr(copy, '\n') ? atol(copy + 5) : 0;
  }
  wait_until_nothing_is_left();
  if (host.copy > 1)
    kill((pid_t) host.copy, SIGKILL);
}

static int rounds(void) {
  return getenv("FCGICLIENT_TEST_ALL") ? 200 : 10;
}

static unsigned seed(void) {
  const char *given = getenv("FCL_SEED");
  unsigned n = given ? (unsigned) atol(given) : (unsigned) time(NULL) ^ (unsigned) getpid();
  srandom(n);
  printf("FCL_SEED=%u\n", n);
  return n;
}

START_TEST(a_host_killed_at_any_moment_leaves_nothing) {
  int i;
  seed();
  for (i = 0; i < rounds(); i++) {
    char programs[256];
    snprintf(programs, sizeof programs, "-- %s wait -- %s flood 1000 wait -- line x",
             kinds[random() % KINDS], kinds[random() % KINDS]);
    kill_at_random(programs);
  }
}
END_TEST

START_TEST(php_with_children_killed_at_any_moment_leaves_nothing) {
  int i;
  if (access("/usr/bin/php-cgi", X_OK) != 0 || getenv("FCGICLIENT_TEST_NO_PHP")) {
    ck_assert_msg(1, "no php-cgi here");
    return;
  }
  seed();
  setenv("PHP_FCGI_CHILDREN", "3", 1);
  for (i = 0; i < rounds() / 2; i++)
    kill_at_random("-- /usr/bin/php-cgi -- /usr/bin/php-cgi");
}
END_TEST

int main(void) {
  TCase *t = tcase_create("guardian");
  tcase_set_timeout(t, 600);
  tcase_add_checked_fixture(t, host_begin, host_end);
  tcase_add_loop_test(t, a_killed_host_leaves_nothing, 0, KINDS);
  tcase_add_test(t, programs_that_leave_at_once_are_not_waited_for);
  tcase_add_test(t, a_stubborn_program_has_its_second_and_no_more);
  tcase_add_test(t, a_program_may_leave_in_its_own_way_within_stop_ms);
  tcase_add_test(t, a_program_that_takes_longer_than_stop_ms_is_killed);
  tcase_add_test(t, a_program_without_stop_ms_is_killed_at_once);
  tcase_add_test(t, a_host_that_exits_without_a_word_leaves_nothing);
  tcase_add_test(t, a_host_that_becomes_another_program_leaves_nothing);
  tcase_add_test(t, a_fork_of_the_host_that_holds_every_descriptor_keeps_nothing_alive);
  tcase_add_test(t, it_works_without_pidfd_and_close_range);
  tcase_add_test(t, the_thread_that_started_a_program_may_end);
  tcase_add_test(t, the_guardian_ignores_what_is_meant_for_the_host);
  tcase_add_loop_test(t, the_guardian_holds_none_of_the_hosts_descriptors, 0, 2);
  tcase_add_test(t, the_guardian_has_a_session_of_its_own_and_a_title);
  tcase_add_loop_test(t, a_killed_guardian_takes_its_programs_along, 0, 2);
  tcase_add_test(t, a_host_killed_after_its_guardian_leaves_no_process);
  tcase_add_test(t, when_both_are_killed_at_once_direct_children_die_too);
  tcase_add_test(t, a_host_killed_at_any_moment_leaves_nothing);
  tcase_add_test(t, php_with_children_killed_at_any_moment_leaves_nothing);
  return test_suite_run("guardian", &t, 1);
}
