/* test_endpoint.c: the socket on which a program listens. */
#define _GNU_SOURCE
#include "platform/posix/endpoint.h"
#include "platform/world.h"
#include "support/fds.h"
#include "support/suite.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
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

START_TEST(a_connection_is_awaited_until_it_is_accepted) {
  int first, second;
  START_READY("status-7-on-term");
  ck_assert_int_eq(fcl__process_is_awaited(it.process), 0);
  first = fcl__process_connect(it.process);
  ck_assert_int_eq(fcl__process_is_awaited(it.process), 1);
  fcl__process_stop(it.process, 0);
  run_to_its_end();
  close(first);
  memset(&it, 0, sizeof it);
  world_start(&it, "accept", "1", "line", "accepted", "wait", NULL);
  world_run_until(it.pid != 0);
  second = fcl__process_connect(it.process);
  world_run_until(seen_line(&it, "accepted"));
  ck_assert_int_eq(fcl__process_is_awaited(it.process), 0);
  close(second);
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

/* KF-151 */
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

/* ---- Where the directory is ---- */

static fcl__directory d;
static fcl_error e;

static void choose(const char *base, const char *expected) {
  memset(&d, 0, sizeof d);
  ck_assert_msg(fcl__directory_choose(&d, base, &e) == FCL_OK, "%s", e.text);
  ck_assert_uint_eq(strlen(d.path), strlen(expected) + 15);
  ck_assert_int_eq(strncmp(d.path, expected, strlen(expected)), 0);
  ck_assert_int_eq(strncmp(d.path + strlen(expected), "/fcl-", 5), 0);
  ck_assert_int_eq(access(d.path, F_OK), -1); /* not made yet */
}

START_TEST(the_users_runtime_directory_is_the_default) {
  char own[] = "/tmp/fcl-test-XXXXXX";
  ck_assert_ptr_nonnull(mkdtemp(own));
  setenv("XDG_RUNTIME_DIR", own, 1);
  choose(NULL, own);
  rmdir(own);
}
END_TEST

START_TEST(without_a_usable_one_it_is_tmp) { /* loop test: over what is not usable */
  static const char *const bad[] = {"", "/nowhere", "relative", "/etc/passwd"};
  setenv("XDG_RUNTIME_DIR", bad[_i], 1);
  choose(NULL, "/tmp");
}
END_TEST

START_TEST(a_default_too_long_for_sockets_is_passed_over) {
  char deep[200];
  snprintf(deep, sizeof deep, "/tmp/fcl-test-%080ld", (long) getpid());
  ck_assert_int_eq(mkdir(deep, 0700), 0);
  setenv("XDG_RUNTIME_DIR", deep, 1);
  choose(NULL, "/tmp");
  ck_assert_int_eq(rmdir(deep), 0);
}
END_TEST

START_TEST(a_relative_one_is_made_absolute) {
  ck_assert_int_eq(chdir("/usr"), 0);
  choose("lib/", "/usr/lib");
}
END_TEST

START_TEST(names_do_not_repeat) {
  char first[sizeof d.path];
  choose("/tmp", "/tmp");
  strcpy(first, d.path);
  choose("/tmp", "/tmp");
  ck_assert_str_ne(d.path, first);
}
END_TEST

START_TEST(the_longest_possible_one_works) {
  char base[sizeof d.path], longer[sizeof d.path + 1];
  fcl__endpoint p;
  size_t max = sizeof d.path - 1 - strlen("/fcl-0123456789/4294967295.sock");
  memset(&d, 0, sizeof d);
  snprintf(base, sizeof base, "/tmp/%0*d", (int) max - 5, (int) getpid());
  ck_assert_int_eq(mkdir(base, 0700), 0);
  ck_assert_int_eq(fcl__directory_choose(&d, base, &e), FCL_OK);
  ck_assert_int_eq(fcl__directory_make(&d, &e), FCL_OK);
  d.sockets = 4294967295u;
  ck_assert_msg(fcl__endpoint_open(&p, &d, &e) == FCL_OK, "%s", e.text);
  fcl__endpoint_close(&p);
  fcl__directory_remove(&d);
  ck_assert_int_eq(rmdir(base), 0);
  snprintf(longer, sizeof longer, "%sx", base);
  ck_assert_int_eq(fcl__directory_choose(&d, longer, &e), FCL_E_SPAWN);
  ck_assert_int_eq(e.sys, ENAMETOOLONG);
}
END_TEST

/* ---- Ports of 127.0.0.1 ---- */

static int port_of(int fd) {
  struct sockaddr_in address;
  socklen_t len = sizeof address;
  ck_assert_int_eq(getpeername(fd, (struct sockaddr *) &address, &len), 0);
  ck_assert_int_eq(address.sin_family, AF_INET);
  ck_assert_uint_eq(address.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
  return ntohs(address.sin_port);
}

START_TEST(a_program_may_listen_on_a_port_of_this_machine_alone) {
  const char *argv[] = {w.app, "accept", "1", "line", "accepted", "wait", NULL};
  fcl__program program = {.path = w.app, .argv = argv, .stop_ms = 1000, .is_tcp = 1};
  int fd;
  ck_assert_int_eq(world_start_program(&it, &program, &e), FCL_OK);
  world_run_until(it.pid != 0);
  fd = fcl__process_connect(it.process);
  ck_assert_int_ge(fd, 0);
  ck_assert_int_gt(port_of(fd), 0);
  ck_assert_int_ne(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
  ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
  world_run_until(seen_line(&it, "accepted"));
  ck_assert_int_eq(fcl__process_is_awaited(it.process), 0);
  close(fd);
}
END_TEST

START_TEST(connections_to_a_port_that_nobody_accepts_are_awaited_and_told) {
  const char *argv[] = {w.app, "line", "ready", "wait", NULL};
  fcl__program program = {.path = w.app, .argv = argv, .stop_ms = 1000, .is_tcp = 1};
  int fd;
  ck_assert_int_eq(world_start_program(&it, &program, &e), FCL_OK);
  world_run_until(seen_line(&it, "ready"));
  fd = fcl__process_connect(it.process);
  ck_assert_int_ge(fd, 0);
  ck_assert_int_eq(fcl__process_is_awaited(it.process), 1);
  fcl__process_stop(it.process, 1);
  world_run_until(it.has_exited);
  ck_assert_int_eq(it.unaccepted, 1);
  close(fd);
}
END_TEST

START_TEST(a_full_backlog_of_a_port_says_eagain) {
  int fds[64], n = 0, fd = -1;
  fcl__endpoint p;
  ck_assert_int_eq(fcl__endpoint_open_tcp(&p, &e), FCL_OK);
  while (n < 64 && (fd = fcl__endpoint_connect(&p)) >= 0)
    fds[n++] = fd;
  ck_assert_int_eq(fd, -EAGAIN);
  ck_assert_int_ge(n, 16);
  while (n > 0)
    close(fds[--n]);
  fcl__endpoint_close(&p);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("endpoint"), *where = tcase_create("directory"), *cases[2];
  tcase_set_timeout(t, 60);
  tcase_add_checked_fixture(t, world_open, world_close);
  tcase_add_test(t, a_connection_reaches_the_program);
  tcase_add_test(t, a_full_backlog_says_eagain);
  tcase_add_test(t, a_connection_is_awaited_until_it_is_accepted);
  tcase_add_test(t, a_connection_that_was_never_accepted_is_seen_after_the_exit);
  tcase_add_test(t, a_connection_that_was_accepted_is_not_unaccepted);
  tcase_add_test(t, a_connection_that_we_closed_ourselves_is_not_unaccepted);
  tcase_add_test(t, a_dead_connection_does_not_hide_a_living_one);
  tcase_add_test(t, sockets_are_for_their_owner_only_and_go_with_the_process);
  tcase_add_test(t, a_directory_that_was_cleaned_away_is_made_anew);
  tcase_add_test(t, a_program_may_listen_on_a_port_of_this_machine_alone);
  tcase_add_test(t, connections_to_a_port_that_nobody_accepts_are_awaited_and_told);
  tcase_add_test(t, a_full_backlog_of_a_port_says_eagain);
  tcase_add_test(where, the_users_runtime_directory_is_the_default);
  tcase_add_loop_test(where, without_a_usable_one_it_is_tmp, 0, 4);
  tcase_add_test(where, a_default_too_long_for_sockets_is_passed_over);
  tcase_add_test(where, a_relative_one_is_made_absolute);
  tcase_add_test(where, names_do_not_repeat);
  tcase_add_test(where, the_longest_possible_one_works);
  cases[0] = t;
  cases[1] = where;
  return test_suite_run("endpoint", cases, 2);
}
