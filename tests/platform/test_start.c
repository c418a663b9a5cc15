/* test_start.c: what a program finds when it starts, and what is said when it cannot. */
#define _GNU_SOURCE
#include "platform/world.h"
#include "support/fds.h"
#include "support/suite.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- What a program finds ---- */

/* KF-151 */
START_TEST(fd_0_listens_and_1_and_2_are_output_and_nothing_else_is_open) {
  world_start(&it, "report", NULL);
  run_to_its_end();
  ck_assert(seen_line(&it, "fd 0 socket")); /* and blocking: programs call accept */
  ck_assert(seen_line(&it, "fd 0 listens"));
  ck_assert(seen_line(&it, "fd 1 pipe"));
  ck_assert(seen_line(&it, "fd 2 pipe"));
  ck_assert_msg(strstr(it.out, "fd 3") == NULL, "%s", it.out);
}
END_TEST

START_TEST(no_signal_is_blocked_or_ignored) {
  sigset_t all;
  sigfillset(&all);
  sigdelset(&all, SIGCHLD); /* Check waits for its timer and children */
  sigprocmask(SIG_BLOCK, &all, NULL);
  signal(SIGUSR2, SIG_IGN);
  world_start(&it, "report", NULL);
  run_to_its_end();
  ck_assert(seen_line(&it, "SigBlk:\t0000000000000000"));
  ck_assert(seen_line(&it, "SigIgn:\t0000000000000000"));
}
END_TEST

START_TEST(it_leads_a_group_and_dies_with_the_guardian) {
  world_start(&it, "report", NULL);
  run_to_its_end();
  ck_assert(seen_line(&it, "leads its group 1"));
  ck_assert(seen_line(&it, "deathsig 9"));
}
END_TEST

START_TEST(it_gets_its_arguments) {
  world_start(&it, "report", "", "exit", "0", "a b", "\xff\n", NULL);
  run_to_its_end();
  ck_assert(seen_line(&it, "argv 1 "));
  ck_assert(seen_line(&it, "argv 4 a b"));
  ck_assert(seen_line(&it, "argv 5 \xff"));
}
END_TEST

START_TEST(without_argv_it_gets_its_own_path) {
  fcl__program program = {.path = "/proc/self/exe"}; /* the guardian's child: fcl-guardian */
  fcl_error e;
  ck_assert_int_eq(world_start_program(&it, &program, &e), FCL_OK);
  run_to_its_end();
  ck_assert_int_eq(it.status, 0); /* it takes fd 0 for a host that has gone */
}
END_TEST

START_TEST(without_env_it_gets_ours_as_it_is_now) {
  setenv("PLATFORM_TEST", "first", 1);
  world_start(&it, "exit", "0", NULL);
  run_to_its_end();
  memset(&it, 0, sizeof it);
  setenv("PLATFORM_TEST", "changed since", 1);
  world_start(&it, "report", NULL);
  run_to_its_end();
  ck_assert(seen_line(&it, "env PLATFORM_TEST=changed since"));
}
END_TEST

static fcl__program report_program(const char **argv) {
  fcl__program program = {.path = w.app, .argv = argv};
  argv[0] = w.app;
  argv[1] = "report";
  argv[2] = NULL;
  return program;
}

START_TEST(with_env_it_gets_that_and_nothing_else) {
  const char *argv[3], *const env[] = {"A=1", "B=two words", NULL};
  fcl__program program = report_program(argv);
  const char *first;
  fcl_error e;
  program.env = env;
  ck_assert_int_eq(world_start_program(&it, &program, &e), FCL_OK);
  run_to_its_end();
  first = strstr(it.out, "env ");
  ck_assert_ptr_nonnull(first);
  ck_assert_str_eq(first, "env A=1\nenv B=two words\n");
}
END_TEST

START_TEST(an_environment_of_a_megabyte_arrives) {
  enum { VARIABLES = 10, SIZE = 100000 };
  static char text[VARIABLES][SIZE];
  const char *argv[] = {w.app, "line", "here", NULL}, *env[VARIABLES + 1] = {0};
  fcl__program program = {.path = w.app, .argv = argv, .env = env};
  fcl_error e;
  int i;
  for (i = 0; i < VARIABLES; i++) {
    memset(text[i], 'a' + i, SIZE - 1);
    text[i][1] = '=';
    env[i] = text[i];
  }
  ck_assert_int_eq(world_start_program(&it, &program, &e), FCL_OK);
  run_to_its_end();
  ck_assert_msg(seen_line(&it, "here"), "%s", it.error.text);
}
END_TEST

START_TEST(it_starts_in_its_directory) {
  const char *argv[3];
  fcl__program program = report_program(argv);
  fcl_error e;
  program.directory = "/usr";
  ck_assert_int_eq(world_start_program(&it, &program, &e), FCL_OK);
  run_to_its_end();
  ck_assert(seen_line(&it, "cwd /usr"));
}
END_TEST

START_TEST(without_a_directory_it_starts_in_ours_as_it_is_now) {
  world_start(&it, "exit", "0", NULL);
  run_to_its_end();
  memset(&it, 0, sizeof it);
  ck_assert_int_eq(chdir("/usr"), 0);
  world_start(&it, "report", NULL);
  run_to_its_end();
  ck_assert(seen_line(&it, "cwd /usr"));
}
END_TEST

START_TEST(a_relative_directory_is_relative_to_ours) {
  const char *argv[3];
  fcl__program program = report_program(argv);
  fcl_error e;
  ck_assert_int_eq(chdir("/usr"), 0);
  program.directory = "bin/..";
  ck_assert_int_eq(world_start_program(&it, &program, &e), FCL_OK);
  run_to_its_end();
  ck_assert(seen_line(&it, "cwd /usr"));
}
END_TEST

/* A daemon may have closed these: then our sockets get such numbers. */
START_TEST(a_host_without_descriptors_0_to_2_can_start_programs) {
  int held[3], i;
  for (i = 0; i < 3; i++) {
    held[i] = fcntl(i, F_DUPFD_CLOEXEC, 10);
    close(i);
  }
  world_start(&it, "report", NULL);
  run_to_its_end();
  world_close();
  for (i = 0; i < 3; i++) {
    dup2(held[i], i);
    close(held[i]);
  }
  ck_assert(seen_line(&it, "fd 0 socket"));
  ck_assert(seen_line(&it, "fd 1 pipe"));
  ck_assert(seen_line(&it, "fd 2 pipe"));
  ck_assert_msg(strstr(it.out, "fd 3") == NULL, "%s", it.out);
  world_open();
}
END_TEST

/* ---- What it may use ---- */

static const fcl__limits ours = {-1,        FCL__OURS, FCL__OURS, FCL__OURS, FCL__OURS,
                                 FCL__OURS, 0,         0,         0};

/* Runs `rights` with these limits. */
static void run_limited(const fcl__limits *limits) {
  const char *argv[] = {w.app, "rights", NULL};
  fcl__program program = {.path = w.app, .argv = argv, .limits = limits};
  fcl_error e;
  ck_assert_int_eq(world_start_program(&it, &program, &e), FCL_OK);
  run_to_its_end();
}

START_TEST(limits_that_are_set_are_its_limits) {
  fcl__limits l = ours;
  l.umask = 027;
  l.open_files = 100;
  l.file_size = 4096;
  l.address_space = UINT64_C(1) << 46; /* more than what ASan takes */
  l.cpu_s = 60;
  l.core = 0;
  l.no_new_privileges = 1;
  run_limited(&l);
  ck_assert_msg(seen_line(&it, "umask 0027"), "%s", it.out);
  ck_assert(seen_line(&it, "limit open-files 100 100"));
  ck_assert(seen_line(&it, "limit file-size 4096 4096"));
  ck_assert(seen_line(&it, "limit address-space 70368744177664 70368744177664"));
  ck_assert(seen_line(&it, "limit cpu 60 60"));
  ck_assert(seen_line(&it, "limit core 0 0"));
  ck_assert(seen_line(&it, "NoNewPrivs:\t1"));
}
END_TEST

START_TEST(limits_that_are_not_set_are_the_hosts) {
  struct rlimit few;
  char line[80];
  umask(031);
  ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &few), 0);
  few.rlim_cur = 333;
  ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
  run_limited(&ours);
  snprintf(line, sizeof line, "limit open-files 333 %lld", (long long) few.rlim_max);
  ck_assert_msg(seen_line(&it, line), "%s", it.out);
  ck_assert(seen_line(&it, "umask 0031"));
  ck_assert(seen_line(&it, "NoNewPrivs:\t0"));
}
END_TEST

/* ---- What cannot be started ---- */

static void fail_to_start(const char *path, const char *directory) {
  fcl__program program = {.path = path, .directory = directory};
  fcl_error e;
  ck_assert_int_eq(world_start_program(&it, &program, &e), FCL_OK);
  run_to_its_end();
  ck_assert_int_eq(it.has_failed, 1);
  ck_assert_int_eq(it.error.code, FCL_E_SPAWN);
}

START_TEST(a_program_that_is_not_there_is_named) {
  fail_to_start("/usr/bin/php-cg", NULL);
  ck_assert_int_eq(it.error.sys, ENOENT);
  ck_assert_str_eq(it.error.text, "cannot start /usr/bin/php-cg: No such file or directory; set "
                                  "program to an existing executable");
}
END_TEST

START_TEST(a_file_that_may_not_be_executed_is_named) {
  fail_to_start("/etc/passwd", NULL);
  ck_assert_int_eq(it.error.sys, EACCES);
  ck_assert_msg(strstr(it.error.text, "make it") != NULL, "%s", it.error.text);
}
END_TEST

static char made[100]; /* a file made by a test */

static void make_program(const char *text) {
  int fd;
  strcpy(made, "/tmp/fcl-test-program-XXXXXX");
  fd = mkstemp(made);
  ck_assert_int_ge(fd, 0);
  ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t) strlen(text));
  fchmod(fd, 0700);
  close(fd);
}

START_TEST(a_script_whose_interpreter_is_missing_is_explained) {
  make_program("#!/nowhere/at/all\n");
  fail_to_start(made, NULL);
  unlink(made);
  ck_assert_msg(strstr(it.error.text, "interpreter") != NULL, "%s", it.error.text);
}
END_TEST

START_TEST(a_text_that_is_no_program_is_explained) {
  make_program("hello\n");
  fail_to_start(made, NULL);
  unlink(made);
  ck_assert_int_eq(it.error.sys, ENOEXEC);
  ck_assert_msg(strstr(it.error.text, "first line") != NULL, "%s", it.error.text);
}
END_TEST

START_TEST(a_directory_that_is_not_there_is_named) {
  fail_to_start(w.app, "/nowhere");
  ck_assert_int_eq(it.error.sys, ENOENT);
  ck_assert_msg(strstr(it.error.text, "in the directory /nowhere: No such file or directory; set "
                                      "directory") != NULL,
                "%s", it.error.text);
}
END_TEST

START_TEST(arguments_that_the_system_refuses_are_told) {
  static char big[200000]; /* one string of more than 128 KiB */
  const char *argv[] = {w.app, big, NULL};
  fcl__program program = {.path = w.app, .argv = argv};
  fcl_error e;
  memset(big, 'x', sizeof big - 1);
  ck_assert_int_eq(world_start_program(&it, &program, &e), FCL_OK);
  run_to_its_end();
  ck_assert_int_eq(it.error.sys, E2BIG);
  ck_assert_msg(strstr(it.error.text, "shorten") != NULL, "%s", it.error.text);
}
END_TEST

static void refuse_to_start(const fcl__program *program, const char *words) {
  fcl_error e = {0};
  ck_assert_int_eq(world_start_program(&it, program, &e), FCL_E_SPAWN);
  ck_assert_int_eq(e.code, FCL_E_SPAWN);
  ck_assert_msg(strstr(e.text, words) != NULL, "%s", e.text);
  ck_assert_ptr_null(it.process);
}

START_TEST(arguments_beyond_8_mib_are_refused_at_once) {
  const char *argv[] = {w.app, NULL, NULL};
  fcl__program program = {.path = w.app, .argv = argv};
  char *big = malloc(9 << 20);
  memset(big, 'x', (9 << 20) - 1);
  big[(9 << 20) - 1] = 0;
  argv[1] = big;
  refuse_to_start(&program, "more than 8388608 bytes");
  free(big);
}
END_TEST

START_TEST(a_relative_program_is_refused_at_once) {
  fcl__program program = {.path = "php-cgi"};
  refuse_to_start(&program, "absolute path");
}
END_TEST

/* Lowers the limit on descriptors so that `room` more can be opened. */
static void leave_room(int room, struct rlimit *old) {
  struct rlimit tight;
  int highest = open("/dev/null", O_RDONLY);
  close(highest);
  ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, old), 0);
  tight = *old;
  tight.rlim_cur = (rlim_t) (highest + room);
  ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &tight), 0);
}

START_TEST(too_few_descriptors_are_told_at_once_and_pass) { /* loop test: _i are left */
  fcl__program program = {.path = w.app};
  struct rlimit old;
  seen next;
  int before;
  START_READY("stubborn");
  before = test_fds();
  it.process = NULL;
  leave_room(_i, &old);
  refuse_to_start(&program, "Too many open files");
  setrlimit(RLIMIT_NOFILE, &old);
  ck_assert_fds(before);
  memset(&next, 0, sizeof next);
  world_start(&next, "exit", "3", NULL);
  world_run_until(seen_end(&next));
  ck_assert_int_eq(next.status, 3);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("start");
  tcase_set_timeout(t, 60);
  tcase_add_checked_fixture(t, world_open, world_close);
  tcase_add_test(t, fd_0_listens_and_1_and_2_are_output_and_nothing_else_is_open);
  tcase_add_test(t, no_signal_is_blocked_or_ignored);
  tcase_add_test(t, it_leads_a_group_and_dies_with_the_guardian);
  tcase_add_test(t, it_gets_its_arguments);
  tcase_add_test(t, without_argv_it_gets_its_own_path);
  tcase_add_test(t, without_env_it_gets_ours_as_it_is_now);
  tcase_add_test(t, limits_that_are_set_are_its_limits);
  tcase_add_test(t, limits_that_are_not_set_are_the_hosts);
  tcase_add_test(t, with_env_it_gets_that_and_nothing_else);
  tcase_add_test(t, an_environment_of_a_megabyte_arrives);
  tcase_add_test(t, it_starts_in_its_directory);
  tcase_add_test(t, without_a_directory_it_starts_in_ours_as_it_is_now);
  tcase_add_test(t, a_relative_directory_is_relative_to_ours);
  tcase_add_test(t, a_host_without_descriptors_0_to_2_can_start_programs);
  tcase_add_test(t, a_program_that_is_not_there_is_named);
  tcase_add_test(t, a_file_that_may_not_be_executed_is_named);
  tcase_add_test(t, a_script_whose_interpreter_is_missing_is_explained);
  tcase_add_test(t, a_text_that_is_no_program_is_explained);
  tcase_add_test(t, a_directory_that_is_not_there_is_named);
  tcase_add_test(t, arguments_that_the_system_refuses_are_told);
  tcase_add_test(t, arguments_beyond_8_mib_are_refused_at_once);
  tcase_add_test(t, a_relative_program_is_refused_at_once);
  tcase_add_loop_test(t, too_few_descriptors_are_told_at_once_and_pass, 0, 3);
  return test_suite_run("start", &t, 1);
}
