/* test_endpoint.c: the socket on which a program listens. */
#define _GNU_SOURCE
#include "platform/world.h"
#include "support/fds.h"
#include "support/suite.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- The endpoint ---- */

START_TEST(a_connection_reaches_the_program) {
  int fd;
  START_READY("line", "first");
  fd = fcl__process_connect(it.process);
  ck_assert_int_ge(fd, 0);
  ck_assert_int_ne(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
  ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
  close(fd);
}
END_TEST

START_TEST(a_full_backlog_says_eagain) {
  int fds[64], n = 0, fd;
  START_READY("stubborn");
  while (n < 64 && (fd = fcl__process_connect(it.process)) >= 0)
    fds[n++] = fd;
  ck_assert_int_eq(fd, -EAGAIN);
  ck_assert_int_ge(n, 16);
  while (n > 0)
    close(fds[--n]);
}
END_TEST

START_TEST(a_connection_that_was_never_accepted_is_seen_after_the_exit) {
  int fd;
  START_READY("status-7-on-term");
  fd = fcl__process_connect(it.process);
  ck_assert_int_eq(send(fd, "request", 7, MSG_NOSIGNAL), 7);
  fcl__process_stop(it.process, 0);
  run_to_its_end();
  close(fd);
  ck_assert_int_eq(it.unaccepted, 1);
}
END_TEST

START_TEST(a_connection_that_was_accepted_is_not_unaccepted) {
  int fd;
  world_start(&it, "accept", "1", "exit", "0", NULL);
  world_run_until(it.pid != 0);
  fd = fcl__process_connect(it.process);
  run_to_its_end();
  close(fd);
  ck_assert_int_eq(it.unaccepted, 0);
}
END_TEST

START_TEST(a_connection_that_we_closed_ourselves_is_not_unaccepted) {
  int fd;
  START_READY("status-7-on-term");
  fd = fcl__process_connect(it.process);
  ck_assert_int_eq(send(fd, "request", 7, MSG_NOSIGNAL), 7);
  close(fd);
  fcl__process_stop(it.process, 0);
  run_to_its_end();
  ck_assert_int_eq(it.unaccepted, 0);
}
END_TEST

START_TEST(a_dead_connection_does_not_hide_a_living_one) {
  int dead, living;
  START_READY("status-7-on-term");
  dead = fcl__process_connect(it.process);
  living = fcl__process_connect(it.process);
  close(dead);
  fcl__process_stop(it.process, 0);
  run_to_its_end();
  close(living);
  ck_assert_int_eq(it.unaccepted, 1);
}
END_TEST

static void list_sockets(char *text, size_t cap, int *count) {
  DIR *d = opendir(w.directory), *inner;
  const struct dirent *e;
  char path[400];
  struct stat st;
  *count = 0;
  path[0] = text[0] = 0;
  while (d && (e = readdir(d)) != NULL)
    if (strncmp(e->d_name, "fcl-", 4) == 0)
      snprintf(path, sizeof path, "%s/%s", w.directory, e->d_name);
  closedir(d);
  ck_assert_int_eq(lstat(path, &st), 0);
  ck_assert_uint_eq(st.st_mode, S_IFDIR | 0700);
  inner = opendir(path);
  while (inner && (e = readdir(inner)) != NULL)
    if (e->d_name[0] != '.') {
      snprintf(text, cap, "%s/%s", path, e->d_name);
      ++*count;
    }
  closedir(inner);
}

START_TEST(sockets_are_for_their_owner_only_and_go_with_the_process) {
  char path[700];
  struct stat st;
  int count;
  umask(0);
  START_READY("status-7-on-term");
  list_sockets(path, sizeof path, &count);
  ck_assert_int_eq(count, 1);
  ck_assert_int_eq(lstat(path, &st), 0);
  ck_assert_uint_eq(st.st_mode, S_IFSOCK | 0600);
  fcl__process_stop(it.process, 0);
  run_to_its_end();
  list_sockets(path, sizeof path, &count);
  ck_assert_int_eq(count, 0);
}
END_TEST

START_TEST(a_directory_that_was_cleaned_away_is_made_anew) {
  char path[700];
  int count, fd;
  world_start(&it, "exit", "0", NULL);
  run_to_its_end();
  list_sockets(path, sizeof path, &count);
  ck_assert_int_eq(count, 0);
  {
    DIR *d = opendir(w.directory);
    const struct dirent *e;
    while ((e = readdir(d)) != NULL)
      if (strncmp(e->d_name, "fcl-", 4) == 0)
        ck_assert_int_eq(unlinkat(dirfd(d), e->d_name, AT_REMOVEDIR), 0);
    closedir(d);
  }
  memset(&it, 0, sizeof it);
  START_READY("status-7-on-term");
  fd = fcl__process_connect(it.process);
  ck_assert_int_ge(fd, 0);
  close(fd);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("endpoint");
  tcase_set_timeout(t, 60);
  tcase_add_checked_fixture(t, world_open, world_close);
  tcase_add_test(t, a_connection_reaches_the_program);
  tcase_add_test(t, a_full_backlog_says_eagain);
  tcase_add_test(t, a_connection_that_was_never_accepted_is_seen_after_the_exit);
  tcase_add_test(t, a_connection_that_was_accepted_is_not_unaccepted);
  tcase_add_test(t, a_connection_that_we_closed_ourselves_is_not_unaccepted);
  tcase_add_test(t, a_dead_connection_does_not_hide_a_living_one);
  tcase_add_test(t, sockets_are_for_their_owner_only_and_go_with_the_process);
  tcase_add_test(t, a_directory_that_was_cleaned_away_is_made_anew);
  return test_suite_run("endpoint", &t, 1);
}
