/* test_reaper.c: how the guardian finds children and ends trees of processes; run in this very
 * process. */
#define _GNU_SOURCE
#include "platform/posix/guardian.h"
#include "support/suite.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define COUNT 100 /* more than one step of the list's growth */

static pid_t children[COUNT];

static pid_t make_child(void) {
  pid_t pid = fork();
  if (pid == 0) {
    alarm(60);
    for (;;)
      pause();
  }
  ck_assert_int_gt(pid, 0);
  return pid;
}

static void make_children(void) {
  int i;
  for (i = 0; i < COUNT; i++)
    children[i] = make_child();
}

static void end_children(void) {
  int i;
  for (i = 0; i < COUNT; i++)
    kill(children[i], SIGKILL);
  while (waitpid(-1, NULL, 0) > 0)
    ;
}

static int compare(const void *a, const void *b) {
  return *(const pid_t *) a < *(const pid_t *) b ? -1 : 1;
}

static void expect_children(pids *list) {
  ck_assert_uint_eq(list->count, COUNT);
  qsort(list->at, COUNT, sizeof *list->at, compare);
  qsort(children, COUNT, sizeof *children, compare);
  ck_assert_mem_eq(list->at, children, sizeof children);
  free(list->at);
}

START_TEST(the_kernels_list_names_every_child) {
  pids list = {0};
  make_children();
  ck_assert_int_eq(reaper_list_children(&list, getpid()), 1);
  end_children();
  expect_children(&list);
}
END_TEST

START_TEST(the_search_names_every_child) {
  pids list = {0};
  make_children();
  reaper_search_children(&list, getpid());
  end_children();
  expect_children(&list);
}
END_TEST

/* A name that looks like the rest of its line in /proc/PID/stat. */
START_TEST(the_search_is_not_misled_by_names) {
  pids list = {0};
  pid_t pid = fork();
  if (pid == 0) {
    prctl(PR_SET_NAME, "x) S 1 (");
    alarm(60);
    raise(SIGSTOP);
    _exit(0);
  }
  ck_assert_int_eq(waitpid(pid, NULL, WUNTRACED), pid);
  reaper_search_children(&list, getpid());
  kill(pid, SIGKILL);
  waitpid(pid, NULL, 0);
  ck_assert_uint_eq(list.count, 1);
  ck_assert_int_eq(list.at[0], pid);
  free(list.at);
}
END_TEST

START_TEST(a_process_that_is_not_there_has_no_children) {
  pids list = {0};
  pid_t pid = make_child();
  kill(pid, SIGKILL);
  waitpid(pid, NULL, 0);
  ck_assert_int_eq(reaper_list_children(&list, pid), 0);
  reaper_search_children(&list, pid);
  ck_assert_uint_eq(list.count, 0);
}
END_TEST

START_TEST(ending_all_leaves_no_child_however_deep) {
  sigset_t all;
  int depth;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, NULL); /* as in the guardian */
  reaper_adopt();
  if (fork() == 0) {
    for (depth = 0; depth < 30; depth++)
      if (fork() != 0)
        break;
    setsid();
    alarm(60);
    for (;;)
      pause();
  }
  reaper_end_all();
  ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
  ck_assert_int_eq(errno, ECHILD);
}
END_TEST

/* ---- The directory ---- */

static char directory[64];

static void make_directory(mode_t mode) {
  strcpy(directory, "/tmp/fcl-test-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(directory));
  chmod(directory, mode);
}

static void make_file(const char *name) {
  char path[128];
  snprintf(path, sizeof path, "%s/%s", directory, name);
  close(open(path, O_CREAT | O_WRONLY, 0600));
}

static int is_there(const char *name) {
  char path[128];
  snprintf(path, sizeof path, "%s/%s", directory, name);
  return access(path, F_OK) == 0;
}

START_TEST(a_directory_of_sockets_is_removed) {
  make_directory(0700);
  make_file("0.sock");
  make_file("17.sock");
  reaper_remove(directory, geteuid());
  ck_assert_int_eq(access(directory, F_OK), -1);
}
END_TEST

START_TEST(what_is_no_socket_of_ours_stays) {
  char command[128];
  make_directory(0700);
  make_file("0.sock");
  make_file("precious");
  reaper_remove(directory, geteuid());
  ck_assert_int_eq(is_there("0.sock"), 0);
  ck_assert_int_eq(is_there("precious"), 1);
  snprintf(command, sizeof command, "rm -r %s", directory);
  ck_assert_int_eq(system(command), 0);
}
END_TEST

START_TEST(a_directory_that_others_may_enter_is_not_ours) {
  char command[128];
  make_directory(0755);
  make_file("0.sock");
  reaper_remove(directory, geteuid());
  ck_assert_int_eq(is_there("0.sock"), 1);
  snprintf(command, sizeof command, "rm -r %s", directory);
  ck_assert_int_eq(system(command), 0);
}
END_TEST

START_TEST(a_link_to_a_directory_is_not_followed) {
  char link_path[80], command[128];
  make_directory(0700);
  make_file("0.sock");
  snprintf(link_path, sizeof link_path, "%s-link", directory);
  ck_assert_int_eq(symlink(directory, link_path), 0);
  reaper_remove(link_path, geteuid());
  ck_assert_int_eq(is_there("0.sock"), 1);
  unlink(link_path);
  snprintf(command, sizeof command, "rm -r %s", directory);
  ck_assert_int_eq(system(command), 0);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("reaper");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, the_kernels_list_names_every_child);
  tcase_add_test(t, the_search_names_every_child);
  tcase_add_test(t, the_search_is_not_misled_by_names);
  tcase_add_test(t, a_process_that_is_not_there_has_no_children);
  tcase_add_test(t, ending_all_leaves_no_child_however_deep);
  tcase_add_test(t, a_directory_of_sockets_is_removed);
  tcase_add_test(t, what_is_no_socket_of_ours_stays);
  tcase_add_test(t, a_directory_that_others_may_enter_is_not_ours);
  tcase_add_test(t, a_link_to_a_directory_is_not_followed);
  return test_suite_run("reaper", &t, 1);
}
