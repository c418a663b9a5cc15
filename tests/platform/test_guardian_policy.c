/* test_guardian_policy.c: a guardian that was sealed, and a hostile host that speaks its language.
 */
#define _GNU_SOURCE
#include "platform/byte_host.h"
#include "support/suite.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534u
#define SWAPS  200

static char top[64], good[128], bad[128], bin[128], dir[128], link_path[128];
static char user[256]; /* the one that the guardian may start programs as */

/* ---- The world ---- */

static void copy(const char *from, const char *to_path) {
  char command[400];
  snprintf(command, sizeof command, "cp -L %s %s && chmod 755 %s", from, to_path, to_path);
  ck_assert_int_eq(system(command), 0);
}

static void own_user(char *out, size_t cap) {
  gid_t groups[64];
  int i, n = getgroups(64, groups);
  size_t len = (size_t) snprintf(out, cap, "user=%u:%u:%u", geteuid(), getegid(), getegid());
  for (i = 0; i < n; i++)
    len += (size_t) snprintf(out + len, cap - len, ",%u", groups[i]);
}

/* Root may start things as nobody; others only as themselves. */
static void choose_user(void) {
  if (geteuid() == 0)
    snprintf(user, sizeof user, "user=%u:%u:%u", NOBODY, NOBODY, NOBODY);
  else
    own_user(user, sizeof user);
}

static void setup(void) {
  strcpy(top, "/tmp/fcl-policy-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(top));
  ck_assert_int_eq(chmod(top, 0755), 0);
  snprintf(bin, sizeof bin, "%s/bin", top);
  snprintf(dir, sizeof dir, "%s/dir", top);
  snprintf(good, sizeof good, "%s/good", top);
  snprintf(bad, sizeof bad, "%s/bad", top);
  snprintf(link_path, sizeof link_path, "%s/link", top);
  ck_assert_int_eq(mkdir(bin, 0755) | mkdir(dir, 0755), 0);
  copy("/bin/true", good);
  copy("/bin/false", bad);
  choose_user();
  byte_host_begin();
}

static void teardown(void) {
  char command[100];
  byte_host_end();
  snprintf(command, sizeof command, "rm -r %s", top);
  ck_assert_int_eq(system(command), 0);
}

static void send_policy(const char *const *terms) {
  fcl__order o = {.kind = FCL__ORDER_POLICY, .terms = terms};
  while (terms[o.termc])
    o.termc++;
  send_order(&o);
}

/* `good`, what lies below `bin`, run in or below `dir`, as the uids and gids 60000 to 65534. */
static void seal(void) {
  char program[160], below[160], directory[160];
  const char *const terms[] = {
      "seal", program, below, directory, "uid=60000-65534", "gid=60000-65534", NULL};
  snprintf(program, sizeof program, "program=%s", good);
  snprintf(below, sizeof below, "program=%s/", bin);
  snprintf(directory, sizeof directory, "directory=%s", dir);
  greet();
  send_policy(terms);
}

static fcl__order start_of(const char *path, const char *directory, const char *const *terms) {
  fcl__order o = start_true(7);
  o.path = path;
  o.directory = directory;
  o.terms = terms;
  while (terms && terms[o.termc])
    o.termc++;
  return o;
}

/* What the guardian says first: STARTED, or FAILED. */
static fcl__report answer(const fcl__order *o) {
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  fcl__report r;
  send_with_fds(o, null, null);
  close(null);
  ck_assert_int_eq(receive(&r), 1);
  ck_assert_uint_eq(r.id, o->id);
  return r;
}

static void expect_refusal(const fcl__order *o, fcl__refusal why) {
  fcl__report r = answer(o);
  ck_assert_int_eq(r.kind, FCL__REPORT_FAILED);
  ck_assert_uint_eq(r.detail, FCL__STAGE_POLICY);
  ck_assert_uint_eq(r.number, why);
}

static void expect_status(const fcl__order *o, unsigned status) {
  fcl__report r = answer(o);
  ck_assert_msg(r.kind == FCL__REPORT_STARTED, "failed: stage %u, %u", r.detail, r.number);
  ck_assert_int_eq(receive(&r), 1);
  ck_assert_int_eq(r.kind, FCL__REPORT_EXITED);
  ck_assert_uint_eq(r.number, status);
}

static void expect_program_refused(const char *path) {
  const char *const terms[] = {user, NULL};
  fcl__order o = start_of(path, dir, terms);
  expect_refusal(&o, FCL__REFUSED_PROGRAM);
}

static void expect_directory_refused(const char *path) {
  const char *const terms[] = {user, NULL};
  fcl__order o = start_of(good, path, terms);
  expect_refusal(&o, FCL__REFUSED_DIRECTORY);
}

static void expect_user_refused(const char *term, fcl__refusal why) {
  const char *const terms[] = {term, NULL};
  fcl__order o = start_of(good, dir, terms);
  expect_refusal(&o, why);
}

static void expect_runs(const char *path, const char *directory) {
  const char *const terms[] = {user, NULL};
  fcl__order o = start_of(path, directory, terms);
  expect_status(&o, 0);
}

/* ---- Programs ---- */

START_TEST(what_the_policy_lists_is_started) {
  seal();
  expect_runs(good, dir);
}
END_TEST

START_TEST(an_unlisted_program_is_refused) {
  seal();
  expect_program_refused(bad);
  expect_program_refused("/bin/sh");
}
END_TEST

START_TEST(a_program_that_does_not_exist_is_refused) {
  seal();
  expect_program_refused("/nonexistent/program");
}
END_TEST

START_TEST(what_lies_below_a_listed_directory_is_started) {
  char path[300];
  snprintf(path, sizeof path, "%s/deeper", bin);
  mkdir(path, 0755);
  strcat(path, "/program");
  copy("/bin/true", path);
  seal();
  expect_runs(path, dir);
}
END_TEST

START_TEST(two_dots_lead_nowhere) {
  char path[300];
  seal();
  snprintf(path, sizeof path, "%s/../bad", bin);
  expect_program_refused(path);
  snprintf(path, sizeof path, "%s/../../../bin/sh", bin);
  expect_program_refused(path);
}
END_TEST

START_TEST(a_name_that_only_begins_like_the_directory_is_refused) {
  char path[300];
  snprintf(path, sizeof path, "%s-evil", bin);
  copy("/bin/true", path);
  seal();
  expect_program_refused(path);
}
END_TEST

START_TEST(a_link_out_of_a_listed_directory_is_refused) {
  char path[300];
  snprintf(path, sizeof path, "%s/innocent", bin);
  ck_assert_int_eq(symlink("/bin/sh", path), 0);
  seal();
  expect_program_refused(path);
}
END_TEST

START_TEST(a_link_to_a_listed_program_starts_that_program) {
  ck_assert_int_eq(symlink(good, link_path), 0);
  seal();
  expect_runs(link_path, dir);
}
END_TEST

/* Now the listed program, now another, as fast as can be. */
static pid_t swap_for_ever(void) {
  char aside[160];
  pid_t swapper = fork();
  if (swapper != 0)
    return swapper;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  snprintf(aside, sizeof aside, "%s.new", link_path);
  for (;;) {
    if (symlink(bad, aside) == 0)
      rename(aside, link_path);
    if (symlink(good, aside) == 0)
      rename(aside, link_path);
  }
}

/* A check of the path and then an execution of the path: the two would see two files. */
START_TEST(a_link_that_is_swapped_meanwhile_never_starts_the_other_program) {
  const char *const terms[] = {user, NULL};
  fcl__order o = start_of(link_path, dir, terms);
  int i, ran = 0, refused = 0;
  pid_t swapper;
  ck_assert_int_eq(symlink(good, link_path), 0);
  seal();
  swapper = swap_for_ever();
  for (i = 0; i < SWAPS || ran == 0 || refused == 0; i++) {
    fcl__report r = answer(&o);
    if (r.kind == FCL__REPORT_FAILED) {
      ck_assert_uint_eq(r.number, FCL__REFUSED_PROGRAM);
      refused++;
      continue;
    }
    ck_assert_int_eq(receive(&r), 1);
    ck_assert_int_eq(r.kind, FCL__REPORT_EXITED);
    ck_assert_msg(r.number == 0, "the other program ran");
    ran++;
  }
  kill(swapper, SIGKILL);
  waitpid(swapper, NULL, 0);
}
END_TEST

START_TEST(the_listed_path_counts_as_it_is_now) {
  seal();
  ck_assert_int_eq(unlink(good), 0);
  copy("/bin/true", good); /* a new version */
  expect_runs(good, dir);
}
END_TEST

START_TEST(a_variable_that_the_loader_obeys_is_refused) {
  static const char *const evil[] = {"A=1", "LD_PRELOAD=/tmp/evil.so", NULL};
  const char *const terms[] = {user, NULL};
  fcl__order o = start_of(good, dir, terms);
  o.env = evil;
  o.envc = 2;
  seal();
  expect_refusal(&o, FCL__REFUSED_VARIABLE);
}
END_TEST

START_TEST(arguments_may_look_like_such_variables) {
  static const char *const args[] = {"true", "LD_PRELOAD=/tmp/evil.so", NULL};
  const char *const terms[] = {user, NULL};
  fcl__order o = start_of(good, dir, terms);
  o.argv = args;
  o.argc = 2;
  seal();
  expect_status(&o, 0);
}
END_TEST

/* ---- Directories ---- */

START_TEST(a_directory_below_a_listed_one_is_good) {
  char path[300];
  snprintf(path, sizeof path, "%s/deeper", dir);
  mkdir(path, 0755);
  seal();
  expect_runs(good, path);
}
END_TEST

START_TEST(a_directory_out_of_bounds_is_refused) {
  char path[300];
  seal();
  expect_directory_refused("/");
  expect_directory_refused(top);
  snprintf(path, sizeof path, "%s/..", dir);
  expect_directory_refused(path);
}
END_TEST

START_TEST(a_link_to_a_directory_out_of_bounds_is_refused) {
  char path[300];
  snprintf(path, sizeof path, "%s/innocent", dir);
  ck_assert_int_eq(symlink("/", path), 0);
  seal();
  expect_directory_refused(path);
}
END_TEST

/* ---- Users ---- */

START_TEST(root_is_refused_whatever_the_policy_says) {
  static const char *const all[] = {
      "seal", "program=/", "directory=/", "uid=0-4294967294", "gid=0-4294967294", NULL};
  greet();
  send_policy(all);
  expect_user_refused("user=0:0:0", FCL__REFUSED_ROOT);
  expect_user_refused("user=0:65534:65534", FCL__REFUSED_ROOT);
  expect_user_refused("user=65533:0:0", FCL__REFUSED_ROOT);
  expect_user_refused("user=65533:65534:0,65534", FCL__REFUSED_ROOT);
}
END_TEST

START_TEST(a_uid_outside_the_range_is_refused) {
  seal();
  expect_user_refused("user=59999:60000:60000", FCL__REFUSED_UID);
  expect_user_refused("user=65535:60000:60000", FCL__REFUSED_UID);
}
END_TEST

START_TEST(every_group_must_lie_in_the_range) {
  seal();
  expect_user_refused("user=60000:59999:59999", FCL__REFUSED_GID);
  expect_user_refused("user=60000:60000:60000,65535", FCL__REFUSED_GID);
}
END_TEST

START_TEST(without_a_policy_there_are_no_other_users) {
  greet();
  expect_user_refused("user=65533:65533:65533", FCL__REFUSED_UNSEALED);
}
END_TEST

START_TEST(a_policy_without_users_allows_none) {
  static const char *const terms[] = {"seal", "program=/", "directory=/", NULL};
  greet();
  send_policy(terms);
  expect_user_refused("user=1:1:1", FCL__REFUSED_UID);
}
END_TEST

/* The guardian's own user would be that. */
START_TEST(no_user_at_all_is_root_and_refused) {
  fcl__order o = start_of(good, dir, NULL);
  seal();
  expect_refusal(&o, FCL__REFUSED_ROOT);
}
END_TEST

/* ---- The seal ---- */

START_TEST(a_second_policy_is_the_end) {
  static const char *const all[] = {"seal", "program=/", "directory=/", "uid=0-4294967294", NULL};
  seal();
  send_policy(all);
  expect_the_end();
}
END_TEST

START_TEST(a_policy_behind_a_start_is_the_end) {
  static const char *const all[] = {"program=/", NULL};
  fcl__order o = start_true(7);
  greet();
  ck_assert_int_eq(answer(&o).kind, FCL__REPORT_STARTED);
  expect(FCL__REPORT_EXITED, 7);
  send_policy(all);
  expect_the_end();
}
END_TEST

START_TEST(a_policy_with_a_word_of_the_future_is_the_end) {
  static const char *const terms[] = {"seal", "moon=full", NULL};
  greet();
  send_policy(terms);
  expect_the_end();
}
END_TEST

static const char *const bad_terms[] = {"moon=full",
                                        "user=",
                                        "user=1",
                                        "user=1:1",
                                        "user=1:1:",
                                        "user=1:1:1,",
                                        "user=1:1:1,,2",
                                        "user=-1:1:1",
                                        "user=1:1:1 ",
                                        "user=4294967295:1:1",
                                        "user=1:1:1,x",
                                        "umask=",
                                        "umask=512",
                                        "umask=0x1",
                                        "open-files=",
                                        "open-files=-1",
                                        "cpu=1s",
                                        "no-new-privileges=2",
                                        "memory=18446744073709551616",
                                        "tasks"};

START_TEST(terms_that_nobody_understands_are_refused) { /* loop test: over the terms */
  seal();
  expect_user_refused(bad_terms[_i], FCL__REFUSED_TERMS);
}
END_TEST

START_TEST(two_users_are_one_too_many) {
  const char *const terms[] = {user, "user=65533:65533:65533", NULL};
  fcl__order o = start_of(good, dir, terms);
  seal();
  expect_refusal(&o, FCL__REFUSED_TERMS);
}
END_TEST

/* ---- What is removed in the end ---- */

static void say_directory(const char *path) {
  fcl__order o = {.kind = FCL__ORDER_DIRECTORY, .directory = path};
  send_order(&o);
}

static void leave(void) {
  siginfo_t unused;
  shutdown(to, SHUT_WR);
  ck_assert_int_eq(waitid(P_PID, (id_t) pid, &unused, WEXITED | WNOWAIT), 0);
}

START_TEST(a_directory_of_sockets_is_removed) {
  ck_assert_int_eq(chmod(bin, 0700), 0);
  seal();
  say_directory(bin);
  leave();
  ck_assert_int_ne(access(bin, F_OK), 0);
}
END_TEST

START_TEST(a_directory_of_another_user_is_not_removed) {
  ck_assert_int_eq(chmod(bin, 0700), 0);
  ck_assert_int_eq(chown(bin, NOBODY, NOBODY), 0);
  seal();
  say_directory(bin);
  leave();
  ck_assert_int_eq(access(bin, F_OK), 0);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("policy");
  tcase_set_timeout(t, 60);
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, an_unlisted_program_is_refused);
  tcase_add_test(t, a_program_that_does_not_exist_is_refused);
  tcase_add_test(t, two_dots_lead_nowhere);
  tcase_add_test(t, a_name_that_only_begins_like_the_directory_is_refused);
  tcase_add_test(t, a_link_out_of_a_listed_directory_is_refused);
  tcase_add_test(t, a_variable_that_the_loader_obeys_is_refused);
  tcase_add_test(t, a_directory_out_of_bounds_is_refused);
  tcase_add_test(t, a_link_to_a_directory_out_of_bounds_is_refused);
  tcase_add_test(t, what_the_policy_lists_is_started);
  tcase_add_test(t, what_lies_below_a_listed_directory_is_started);
  tcase_add_test(t, a_link_to_a_listed_program_starts_that_program);
  tcase_add_test(t, a_link_that_is_swapped_meanwhile_never_starts_the_other_program);
  tcase_add_test(t, the_listed_path_counts_as_it_is_now);
  tcase_add_test(t, arguments_may_look_like_such_variables);
  tcase_add_test(t, a_directory_below_a_listed_one_is_good);
  tcase_add_test(t, root_is_refused_whatever_the_policy_says);
  tcase_add_test(t, a_uid_outside_the_range_is_refused);
  tcase_add_test(t, every_group_must_lie_in_the_range);
  tcase_add_test(t, without_a_policy_there_are_no_other_users);
  tcase_add_test(t, a_policy_without_users_allows_none);
  tcase_add_test(t, a_second_policy_is_the_end);
  tcase_add_test(t, a_policy_behind_a_start_is_the_end);
  tcase_add_test(t, a_policy_with_a_word_of_the_future_is_the_end);
  tcase_add_loop_test(t, terms_that_nobody_understands_are_refused, 0,
                      (int) (sizeof bad_terms / sizeof *bad_terms));
  tcase_add_test(t, two_users_are_one_too_many);
  tcase_add_test(t, a_directory_of_sockets_is_removed);
  if (geteuid() == 0) {
    tcase_add_test(t, no_user_at_all_is_root_and_refused);
    tcase_add_test(t, a_directory_of_another_user_is_not_removed);
  } else {
    puts("skipped: 2 tests that only root can make");
  }
  return test_suite_run("guardian_policy", &t, 1);
}
