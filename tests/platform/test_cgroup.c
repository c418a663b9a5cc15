/* test_cgroup.c: control groups: a process of an application has one, with its limits where the
   system can, is ended with all that is in it, and leaves none behind. */
#define _GNU_SOURCE
#include "platform/byte_host.h"
#include "support/suite.h"
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char mount_point[256], top[300], term[320], app[4096];

/* ---- The world ---- */

static int find_mount(void) {
  char line[1024];
  FILE *f = fopen("/proc/self/mountinfo", "re");
  int found = 0;
  while (f && !found && fgets(line, sizeof line, f))
    found = strstr(line, " - cgroup2 ") && sscanf(line, "%*s %*s %*s %*s %255s", mount_point) == 1;
  if (f)
    fclose(f);
  return found;
}

static int make_top(void) {
  if (!find_mount())
    return 0;
  snprintf(top, sizeof top, "%s/fcl-test-%ld", mount_point, (long) getpid());
  return mkdir(top, 0755) == 0;
}

static void setup(void) {
  ssize_t n = readlink("/proc/self/exe", app, sizeof app - 32);
  app[n > 0 ? n : 0] = 0;
  strcpy(strrchr(app, '/'), "/platform_app");
  ck_assert(make_top());
  snprintf(term, sizeof term, "cgroup=%s", top);
  byte_host_begin();
}

/* Nothing may be left. */
static void teardown(void) {
  byte_host_end();
  ck_assert_msg(rmdir(top) == 0, "something is left in %s", top);
}

static void say_where(void) {
  const char *const terms[] = {term};
  fcl__order o = {.kind = FCL__ORDER_POLICY, .terms = terms, .termc = 1};
  greet();
  send_order(&o);
}

/* Starts app.c with these words; returns the report STARTED. */
static fcl__report start_app(const char *const *argv, const char *limit) {
  fcl__order o = start_true(7);
  fcl__report r;
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  o.path = app;
  o.argv = argv;
  o.argc = 0;
  while (argv[o.argc])
    o.argc++;
  o.terms = &limit;
  o.termc = limit != NULL;
  send_with_fds(&o, null, null);
  close(null);
  ck_assert_int_eq(receive(&r), 1);
  ck_assert_msg(r.kind == FCL__REPORT_STARTED, "stage %u: %s", r.detail, strerror((int) r.number));
  return r;
}

static void group_path(char *out, size_t cap, const char *file) {
  snprintf(out, cap, "%s/fcl-%ld-7%s", top, (long) pid, file);
}

static int exists(void) {
  char path[400];
  group_path(path, sizeof path, "");
  return access(path, F_OK) == 0;
}

static void wait_until_gone(void) {
  int i;
  for (i = 0; i < 2000 && exists(); i++)
    usleep(5000);
  ck_assert_msg(!exists(), "the group is still there");
}

static int count_inside(void) {
  char path[400], line[64];
  FILE *f;
  int n = 0;
  group_path(path, sizeof path, "/cgroup.procs");
  f = fopen(path, "re");
  while (f && fgets(line, sizeof line, f))
    n++;
  if (f)
    fclose(f);
  return n;
}

static void wait_for_inside(int count) {
  int i;
  for (i = 0; i < 2000 && count_inside() != count; i++)
    usleep(5000);
  ck_assert_int_eq(count_inside(), count);
}

static void stop_by_force(void) {
  fcl__order stop = {.kind = FCL__ORDER_STOP, .id = 7, .number = 1};
  fcl__report r;
  send_order(&stop);
  ck_assert_int_eq(receive(&r), 1);
  ck_assert_int_eq(r.kind, FCL__REPORT_EXITED);
  ck_assert_uint_eq(r.detail, SIGKILL);
}

static const char *const waits[] = {"app", "wait", NULL};

/* ---- Tests ---- */

START_TEST(each_process_is_in_a_group_of_its_own) {
  char path[64], line[1024] = "", own[400];
  fcl__report r;
  FILE *f;
  int found = 0;
  say_where();
  r = start_app(waits, NULL);
  ck_assert_uint_eq(r.detail, 0);
  group_path(own, sizeof own, "\n");
  snprintf(path, sizeof path, "/proc/%u/cgroup", r.number);
  f = fopen(path, "re");
  ck_assert_ptr_nonnull(f);
  while (!found && fgets(line, sizeof line, f))
    found = strncmp(line, "0::", 3) == 0;
  fclose(f);
  ck_assert_str_eq(strrchr(line, '/'), strrchr(own, '/'));
  stop_by_force();
  wait_until_gone();
}
END_TEST

START_TEST(force_ends_all_that_is_in_it_wherever_it_has_fled) {
  static const char *const argv[] = {"app",    "stubborn", "child", "session-child",
                                     "orphan", "wait",     NULL};
  say_where();
  start_app(argv, NULL);
  wait_for_inside(4);
  stop_by_force();
  wait_until_gone();
}
END_TEST

START_TEST(one_that_exits_leaves_no_group) {
  static const char *const argv[] = {"app", "exit", "0", NULL};
  say_where();
  start_app(argv, NULL);
  expect(FCL__REPORT_EXITED, 7);
  wait_until_gone();
}
END_TEST

/* Of the two inside, the one that leads a session of its own. */
static pid_t find_child(pid_t leader) {
  char path[400];
  long inside[2] = {0, 0};
  FILE *f;
  pid_t child;
  group_path(path, sizeof path, "/cgroup.procs");
  f = fopen(path, "re");
  ck_assert_int_eq(fscanf(f, "%ld %ld", &inside[0], &inside[1]), 2);
  fclose(f);
  child = (pid_t) (inside[0] == leader ? inside[1] : inside[0]);
  while (getsid(child) != child) /* its group is its leader's until then */
    usleep(1000);
  return child;
}

START_TEST(a_group_stays_while_a_descendant_does) {
  static const char *const argv[] = {"app", "session-child", "wait", NULL};
  fcl__order stop = {.kind = FCL__ORDER_STOP, .id = 7};
  pid_t leader, child;
  say_where();
  leader = (pid_t) start_app(argv, NULL).number;
  wait_for_inside(2);
  child = find_child(leader);
  send_order(&stop);
  expect(FCL__REPORT_EXITED, 7);
  wait_for_inside(1);
  kill(child, SIGKILL);
  wait_until_gone();
}
END_TEST

START_TEST(the_end_of_the_host_leaves_no_group) {
  say_where();
  start_app(waits, NULL);
  wait_for_inside(1);
  /* teardown looks */
}
END_TEST

START_TEST(groups_of_guardians_that_were_killed_are_removed) {
  char stale[400];
  snprintf(stale, sizeof stale, "%s/fcl-2000000000-1", top);
  ck_assert_int_eq(mkdir(stale, 0755), 0);
  say_where();
  start_app(waits, NULL);
  ck_assert_int_ne(access(stale, F_OK), 0);
  stop_by_force();
}
END_TEST

static int can_bound(const char *file) {
  char path[400];
  group_path(path, sizeof path, file);
  return access(path, F_OK) == 0;
}

static void expect_content(const char *file, const char *text) {
  char path[400], line[64] = "";
  FILE *f;
  group_path(path, sizeof path, file);
  f = fopen(path, "re");
  ck_assert_ptr_nonnull(f);
  ck_assert_ptr_nonnull(fgets(line, sizeof line, f));
  fclose(f);
  ck_assert_str_eq(line, text);
}

static void expect_limit(const char *limit, const char *file, const char *text) {
  fcl__report r;
  say_where();
  r = start_app(waits, limit);
  ck_assert_uint_eq(r.detail, !can_bound(file));
  if (can_bound(file))
    expect_content(file, text);
  else
    printf("only that its lack is told: this system's cgroup v2 has no %s\n", file + 1);
  stop_by_force();
}

START_TEST(a_limit_of_memory_is_kept_or_its_lack_is_told) {
  expect_limit("memory=67108864", "/memory.max", "67108864\n");
}
END_TEST

START_TEST(a_limit_of_tasks_is_kept_or_its_lack_is_told) {
  expect_limit("tasks=30", "/pids.max", "30\n");
}
END_TEST

START_TEST(a_directory_that_cannot_be_used_is_no_group_and_no_failure) {
  static const char *const argv[] = {"app", "exit", "0", NULL};
  const char *const terms[] = {"cgroup=/nonexistent"};
  fcl__order o = {.kind = FCL__ORDER_POLICY, .terms = terms, .termc = 1};
  greet();
  send_order(&o);
  ck_assert_uint_eq(start_app(argv, "tasks=30").detail, 1);
  expect(FCL__REPORT_EXITED, 7);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("cgroup");
  if (!make_top()) {
    puts("skipped: there is no cgroup v2 hierarchy that we may write to");
    return 77;
  }
  rmdir(top);
  tcase_set_timeout(t, 60);
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, each_process_is_in_a_group_of_its_own);
  tcase_add_test(t, force_ends_all_that_is_in_it_wherever_it_has_fled);
  tcase_add_test(t, one_that_exits_leaves_no_group);
  tcase_add_test(t, a_group_stays_while_a_descendant_does);
  tcase_add_test(t, the_end_of_the_host_leaves_no_group);
  tcase_add_test(t, groups_of_guardians_that_were_killed_are_removed);
  tcase_add_test(t, a_limit_of_memory_is_kept_or_its_lack_is_told);
  tcase_add_test(t, a_limit_of_tasks_is_kept_or_its_lack_is_told);
  tcase_add_test(t, a_directory_that_cannot_be_used_is_no_group_and_no_failure);
  return test_suite_run("cgroup", &t, 1);
}
