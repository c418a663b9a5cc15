/* test_wire_local.c: a stream of bytes over a Unix socket: connected, or told at once why not. */
#include "transport/stream_world.h"
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static char address[64], path[48];

static void unlink_path(void) {
  if (path[0])
    unlink(path);
}

static void listen_at(const void *a, socklen_t len, int family) {
  listener = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ck_assert_int_eq(bind(listener, a, len), 0);
  ck_assert_int_eq(listen(listener, 8), 0);
}

static void listen_unix(void) {
  struct sockaddr_un a = {AF_UNIX, ""};
  snprintf(path, sizeof path, "/tmp/fcl-wire-%ld", (long) getpid());
  snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
  snprintf(address, sizeof address, "unix:%s", path);
  unlink(path);
  listen_at(&a, sizeof a, AF_UNIX);
}

static void listen_abstract(void) {
  struct sockaddr_un a = {AF_UNIX, ""};
  int n = snprintf(address, sizeof address, "unix:@fcl-wire-%ld", (long) getpid()) - 5;
  memcpy(a.sun_path + 1, address + 6, (size_t) n - 1);
  listen_at(&a, (socklen_t) (sizeof a.sun_family + (size_t) n), AF_UNIX);
}

START_TEST(a_unix_socket_is_connected_at_once) {
  int n;
  listen_unix();
  n = connect_to(address);
  ck_assert_int_eq(n, 1);
  converse(n);
  ck_assert_int_eq(opened, 0); /* no event follows */
}
END_TEST

START_TEST(an_abstract_name_is_connected_at_once) {
  listen_abstract();
  ck_assert_int_eq(connect_to(address), 1);
  converse(1);
}
END_TEST

START_TEST(a_missing_socket_file_is_told_at_once) {
  ck_assert_int_eq(connect_to("unix:/tmp/there is no such socket"), UV_ENOENT);
  ck_assert_int_eq(w.has_handle, 0);
}
END_TEST

START_TEST(a_socket_file_that_nobody_listens_on_is_told_at_once) {
  listen_unix();
  pair_close(listener);
  listener = -1;
  ck_assert_int_eq(connect_to(address), UV_ECONNREFUSED);
}
END_TEST

START_TEST(a_full_backlog_is_told_at_once) {
  int fds[3], i;
  listen_abstract();
  ck_assert_int_eq(listen(listener, 0), 0);
  for (i = 0; i < 3; i++) {
    struct sockaddr_un a = {AF_UNIX, ""};
    memcpy(a.sun_path + 1, address + 6, strlen(address + 6));
    fds[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    connect(fds[i], (struct sockaddr *) &a,
            (socklen_t) (sizeof a.sun_family + strlen(address + 5)));
  }
  ck_assert_int_eq(connect_to(address), UV_EAGAIN);
  for (i = 0; i < 3; i++)
    close(fds[i]);
}
END_TEST

int main(void) {
  TCase *t = stream_case("local");
  tcase_add_checked_fixture(t, NULL, unlink_path);
  tcase_add_test(t, a_unix_socket_is_connected_at_once);
  tcase_add_test(t, an_abstract_name_is_connected_at_once);
  tcase_add_test(t, a_missing_socket_file_is_told_at_once);
  tcase_add_test(t, a_socket_file_that_nobody_listens_on_is_told_at_once);
  tcase_add_test(t, a_full_backlog_is_told_at_once);
  return test_suite_run("wire_local", &t, 1);
}
