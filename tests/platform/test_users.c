/* test_users.c: programs that run as other users, as root starts them: who they are, what they may,
   and that a host which has given up its privileges goes on. */
#define _GNU_SOURCE
#include "platform/host_run.h"
#include "platform/marks.h"
#include "support/suite.h"
#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534

/* ---- The world: programs where everybody can reach them ---- */

static char installed[64], own[4096];

static void install(const char *name, const char *from) {
  char command[8400];
  snprintf(command, sizeof command, "cp %s/%s%s %s/", own, from, name, installed);
  ck_assert_int_eq(system(command), 0);
}

static void setup(void) {
  strcpy(installed, "/tmp/fcl-users-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(installed));
  ck_assert_int_eq(chmod(installed, 0755), 0);
  memset(&host, 0, sizeof host);
  host_beside(own, "");
  install("platform_app", "");
  install("platform_host", "");
  install("fcl-guardian", "../bin/");
  host_begin();
  strcpy(host.programs, installed);
  ck_assert_int_eq(chmod(host.directory, 01777), 0);
  ck_assert_int_eq(chdir("/"), 0);
}

static void teardown(void) {
  char command[100];
  host_end();
  snprintf(command, sizeof command, "rm -r %s", installed);
  ck_assert_int_eq(system(command), 0);
}

static void end(void) {
  kill_host();
  wait_until_nothing_is_left();
}

static void expect_line(const char *line) {
  ck_assert_msg(count_lines(line) == 1, "not one line \"%s\" in: %s", line, host.text);
}

/* Runs `rights` with these options of platform_host. */
static void ask_rights(const char *options) {
  start_host("%s %s 200 -- rights line ready wait", options, host.directory);
  wait_for("ready", 1);
}

static void expect_daemon(void) {
  expect_line("Uid:\t1\t1\t1\t1");
  expect_line("Gid:\t1\t1\t1\t1");
  expect_line("Groups:\t1 ");
}

static void expect_no_capabilities(void) {
  expect_line("CapInh:\t0000000000000000");
  expect_line("CapPrm:\t0000000000000000");
  expect_line("CapEff:\t0000000000000000");
  expect_line("CapAmb:\t0000000000000000");
}

/* ---- Who they are ---- */

START_TEST(a_program_is_its_user_in_every_respect) { /* KF-137 */
  ask_rights("--seal --user=daemon");
  expect_daemon();
  expect_no_capabilities();
  end();
}
END_TEST

START_TEST(groups_of_the_host_are_not_taken_along) {
  const gid_t more[] = {4, 20, 27};
  ck_assert_int_eq(setgroups(3, more), 0);
  ask_rights("--seal --user=daemon");
  expect_line("Groups:\t1 ");
  end();
}
END_TEST

START_TEST(a_host_that_has_given_up_its_privileges_goes_on) {
  ask_rights("--seal --drop --user=daemon");
  expect_daemon();
  expect_no_capabilities();
  end();
}
END_TEST

START_TEST(its_own_user_is_then_the_one_that_it_has_become) {
  ask_rights("--seal --drop");
  expect_line("Uid:\t65534\t65534\t65534\t65534");
  expect_line("Groups:\t65534 ");
  end();
}
END_TEST

START_TEST(three_capabilities_are_enough_and_are_not_handed_on) {
  ask_rights("--capabilities --seal --user=daemon");
  expect_daemon();
  expect_no_capabilities();
  end();
}
END_TEST

/* ---- What is refused ---- */

static const char privilege_is_missing[] = "failed cannot start %s/platform_app as daemon (uid 1): "
                                           "Operation not permitted; make the client as root, or "
                                           "with the capabilities CAP_SETUID, CAP_SETGID and "
                                           "CAP_KILL, and give up the privileges behind that";

START_TEST(without_privilege_the_sentence_says_what_to_do) {
  char line[400];
  start_host("--nobody --seal --user=daemon %s 200 -- rights", host.directory);
  snprintf(line, sizeof line, privilege_is_missing, installed);
  wait_for(line, 1);
  end();
}
END_TEST

START_TEST(root_is_refused_in_a_sentence) {
  char line[400];
  start_host("--seal %s 200 -- rights", host.directory);
  snprintf(line, sizeof line,
           "failed the guardian refuses to start %s/platform_app as uid 0: nothing is started as "
           "root (uid 0), or with root's group (gid 0); set run_as to another user",
           installed);
  wait_for(line, 1);
  end();
}
END_TEST

START_TEST(without_a_policy_other_users_are_refused_in_a_sentence) {
  char line[400];
  start_host("--user=daemon %s 200 -- rights", host.directory);
  snprintf(
      line, sizeof line,
      "failed the guardian refuses to start %s/platform_app as daemon (uid 1): no policy allows "
      "other users; set fcl_client_options.policy",
      installed);
  wait_for(line, 1);
  end();
}
END_TEST

/* ---- The end ---- */

static const char *const hosts[] = {"--seal", "--seal --drop"};

START_TEST(a_killed_host_leaves_nothing_of_other_users) { /* loop test: over hosts */
  start_host("%s --user=daemon %s 200 -- stubborn child session-child orphan line ready wait",
             hosts[_i], host.directory);
  wait_for("ready", 1);
  end();
}
END_TEST

static void remove_directories(void) {
  char command[100];
  snprintf(command, sizeof command, "rm -r %s/fcl-*", host.directory);
  ck_assert_int_eq(system(command), 0);
}

/* The death signal is set behind the change of users, which clears it. */
START_TEST(a_killed_guardian_takes_programs_of_other_users_with_it) { /* loop test: over hosts */
  start_host("%s --user=daemon %s 200 -- stubborn line ready wait", hosts[_i], host.directory);
  wait_for("ready", 1);
  kill((pid_t) marks_guardian(), SIGKILL);
  wait_for("exited -1 9", 1);
  kill_host();
  remove_directories(); /* there was nobody to do that */
  wait_until_nothing_is_left();
}
END_TEST

START_TEST(a_program_of_another_user_is_stopped) { /* loop test: over hosts */
  start_host("%s --thread --stop --user=daemon %s 200 -- status-7-on-term line ready wait",
             hosts[_i], host.directory);
  wait_for("exited 7 0", 1);
  end();
}
END_TEST

/* ---- Sockets ---- */

/* The only socket in the only directory. */
static void find_socket(char *out, size_t cap) {
  char pattern[200];
  FILE *f;
  snprintf(pattern, sizeof pattern, "ls %s/fcl-*/*.sock", host.directory);
  f = popen(pattern, "r");
  ck_assert_ptr_nonnull(fgets(out, (int) cap, f));
  out[strcspn(out, "\n")] = 0;
  pclose(f);
}

/* As that user: 0, or the errno. */
static int connect_as(unsigned uid, const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  int status;
  pid_t child = fork();
  if (child == 0) {
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    if (setgroups(0, NULL) != 0 || setgid(uid) != 0 || setuid(uid) != 0)
      _exit(255);
    _exit(connect(fd, (struct sockaddr *) &address, sizeof address) == 0 ? 0 : errno);
  }
  ck_assert_int_eq(waitpid(child, &status, 0), child);
  return WEXITSTATUS(status);
}

START_TEST(only_the_host_can_connect_to_the_socket) {
  char path[200];
  start_host("--seal --drop --user=daemon %s 200 -- line ready wait", host.directory);
  wait_for("ready", 1);
  find_socket(path, sizeof path);
  ck_assert_int_eq(connect_as(1, path), EACCES); /* not even the program's own user */
  ck_assert_int_eq(connect_as(33, path), EACCES);
  ck_assert_int_eq(connect_as(NOBODY, path), 0); /* the host's */
  end();
}
END_TEST

int main(void) {
  TCase *t = tcase_create("users");
  if (geteuid() != 0) {
    puts("skipped: only root can start programs as other users");
    return 77;
  }
  tcase_set_timeout(t, 60);
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, a_program_is_its_user_in_every_respect);
  tcase_add_test(t, groups_of_the_host_are_not_taken_along);
  tcase_add_test(t, a_host_that_has_given_up_its_privileges_goes_on);
  tcase_add_test(t, its_own_user_is_then_the_one_that_it_has_become);
  tcase_add_test(t, three_capabilities_are_enough_and_are_not_handed_on);
  tcase_add_test(t, without_privilege_the_sentence_says_what_to_do);
  tcase_add_test(t, root_is_refused_in_a_sentence);
  tcase_add_test(t, without_a_policy_other_users_are_refused_in_a_sentence);
  tcase_add_loop_test(t, a_killed_host_leaves_nothing_of_other_users, 0, 2);
  tcase_add_loop_test(t, a_killed_guardian_takes_programs_of_other_users_with_it, 0, 2);
  tcase_add_loop_test(t, a_program_of_another_user_is_stopped, 0, 2);
  tcase_add_test(t, only_the_host_can_connect_to_the_socket);
  return test_suite_run("users", &t, 1);
}
