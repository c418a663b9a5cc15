/* test_program.c: programs that a test or a tool starts: reached by their socket, ended for
 * certain. */
#define _GNU_SOURCE
#include "support/suite.h"
#include "support/fds.h"
#include <errno.h>
#include <fcgiclient/harness.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Says its process id on the line that the shell is told, and stays, in a session of its own. */
#define STAYS "setsid sh -c 'echo $$ >&3; exec sleep 86' & "

static int told[2]; /* what the program writes to descriptor 3, by way of its stderr */

static fcl_program *start(const char *script) {
  const char *const argv[] = {"sh", "-c", script, NULL};
  fcl_program_options o = {.path = "/bin/sh", .argv = argv, .stop_ms = 300};
  fcl_program *p = NULL;
  fcl_error e;
  ck_assert_msg(fcl_program_start(&p, &o, &e) == FCL_OK, "%s", e.text);
  return p;
}

/* The program's stderr is ours: a pipe for as long as it starts. */
static fcl_program *start_telling(const char *script) {
  int kept = dup(STDERR_FILENO);
  fcl_program *p;
  ck_assert_int_eq(pipe(told), 0);
  dup2(told[1], STDERR_FILENO);
  close(told[1]);
  p = start(script);
  dup2(kept, STDERR_FILENO);
  close(kept);
  return p;
}

static pid_t hear_pid(void) {
  char line[32] = "";
  size_t len = 0;
  while (len < sizeof line - 1 && read(told[0], line + len, 1) == 1 && line[len] != '\n')
    len++;
  return (pid_t) atol(line);
}

/* The pipe's other ends are closed when all that holds them is gone. */
static int all_gone(void) {
  char byte;
  ssize_t n;
  alarm(20);
  do
    n = read(told[0], &byte, 1);
  while (n > 0);
  alarm(0);
  close(told[0]);
  return n == 0;
}

START_TEST(a_program_listens_on_descriptor_0) {
  static const uint8_t ask[] = {1,   9,   0,   0,   0,   17,  0,   0,   15,  0,   'F', 'C', 'G',
                                'I', '_', 'M', 'P', 'X', 'S', '_', 'C', 'O', 'N', 'N', 'S'};
  fcl_program_options o = {.path = TEST_APP};
  struct sockaddr_un at = {.sun_family = AF_UNIX};
  fcl_program *p;
  fcl_error e;
  const char *name;
  uint8_t got[8] = {0};
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  ck_assert_msg(fcl_program_start(&p, &o, &e) == FCL_OK, "%s", e.text);
  name = fcl_program_address(p) + strlen("unix:@");
  memcpy(at.sun_path + 1, name, strlen(name));
  ck_assert_int_eq(connect(fd, (struct sockaddr *) &at,
                           (socklen_t) (offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name))),
                   0);
  ck_assert_int_eq(write(fd, ask, sizeof ask), sizeof ask);
  ck_assert_int_eq(recv(fd, got, sizeof got, MSG_WAITALL), sizeof got);
  ck_assert_uint_eq(got[1], FCL_GET_VALUES_RESULT);
  close(fd);
  fcl_program_end(p);
}
END_TEST

START_TEST(what_a_program_has_started_ends_with_it) {
  fcl_program *p = start_telling("exec 3>&2; " STAYS STAYS "wait");
  pid_t one = hear_pid(), two = hear_pid();
  ck_assert_int_eq(kill(one, 0), 0);
  fcl_program_end(p);
  ck_assert_int_eq(kill(one, 0), -1);
  ck_assert_int_eq(kill(two, 0), -1);
  ck_assert_int_eq(all_gone(), 1);
}
END_TEST

START_TEST(what_outlived_the_program_ends_too) {
  fcl_program *p = start_telling("exec 3>&2; " STAYS "exit 3");
  pid_t one = hear_pid();
  char how[64];
  ck_assert_int_eq(fcl_program_is_over(p, 10000, how, sizeof how), 1);
  ck_assert_str_eq(how, "ended with exit status 3");
  ck_assert_int_eq(kill(one, 0), 0);
  fcl_program_end(p);
  ck_assert_int_eq(all_gone(), 1);
}
END_TEST

START_TEST(a_program_that_does_not_leave_is_killed) {
  fcl_program *p = start_telling("exec 3>&2; trap '' TERM; echo 1 >&3; while :; do sleep 9; done");
  ck_assert_int_eq(hear_pid(), 1);
  ck_assert_int_eq(fcl_program_is_over(p, 0, NULL, 0), 0);
  fcl_program_end(p);
  ck_assert_int_eq(all_gone(), 1);
}
END_TEST

START_TEST(it_ends_when_we_are_killed) {
  pid_t us;
  ck_assert_int_eq(pipe(told), 0);
  us = fork();
  if (us == 0) {
    dup2(told[1], STDERR_FILENO);
    start("exec 3>&2; " STAYS "wait");
    pause();
  }
  close(told[1]);
  hear_pid();
  kill(us, SIGKILL);
  waitpid(us, NULL, 0);
  ck_assert_int_eq(all_gone(), 1);
}
END_TEST

START_TEST(its_socket_file_goes_with_it) {
  fcl_program_options o = {.path = TEST_APP};
  char address[64], folder[] = "/tmp/fcl-program-XXXXXX";
  fcl_program *p;
  fcl_error e;
  ck_assert_ptr_nonnull(mkdtemp(folder));
  snprintf(address, sizeof address, "unix:%s/app", folder);
  o.address = address;
  ck_assert_msg(fcl_program_start(&p, &o, &e) == FCL_OK, "%s", e.text);
  ck_assert_int_eq(access(address + 5, F_OK), 0);
  fcl_program_end(p);
  ck_assert_int_eq(access(address + 5, F_OK), -1);
  ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

START_TEST(what_is_no_program_is_an_error) {
  fcl_program_options o = {.path = "/no/such/program"};
  fcl_program *p;
  fcl_error e;
  ck_assert_int_eq(fcl_program_start(&p, &o, &e), FCL_E_SPAWN);
  ck_assert_str_eq(e.text, "cannot start /no/such/program: No such file or directory");
  o.path = "/bin/sh";
  o.address = "http:80";
  ck_assert_int_eq(fcl_program_start(&p, &o, &e), FCL_E_INVAL);
  ck_assert_str_eq(e.text, "cannot listen on http:80: it is none of unix:/PATH, unix:@NAME, "
                           "tcp:HOST:PORT, pipe:\\\\.\\pipe\\NAME");
}
END_TEST

START_TEST(no_descriptor_stays_open) {
  int before = test_fds();
  fcl_program_end(start("exit 0"));
  ck_assert_fds(before);
}
END_TEST

int main(void) {
  TCase *all = tcase_create("program");
  tcase_add_test(all, a_program_listens_on_descriptor_0);
  tcase_add_test(all, what_a_program_has_started_ends_with_it);
  tcase_add_test(all, what_outlived_the_program_ends_too);
  tcase_add_test(all, a_program_that_does_not_leave_is_killed);
  tcase_add_test(all, it_ends_when_we_are_killed);
  tcase_add_test(all, its_socket_file_goes_with_it);
  tcase_add_test(all, what_is_no_program_is_an_error);
  tcase_add_test(all, no_descriptor_stays_open);
  return test_suite_run("program", &all, 1);
}
