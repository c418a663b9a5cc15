/* test_wire.c: a stream of bytes: connected in every way, closed in every phase of that. */
#include "transport/stream_world.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/un.h>

static char address[64];

/* ---- Addresses ---- */

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

static void listen_tcp(void) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t len = sizeof a;
  listen_at(&a, sizeof a, AF_INET);
  getsockname(listener, (struct sockaddr *) &a, &len);
  snprintf(address, sizeof address, "tcp:127.0.0.1:%d", ntohs(a.sin_port));
}

static int listen_ipv6(void) {
  struct sockaddr_in6 a = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
  socklen_t len = sizeof a;
  listener = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0 || bind(listener, (struct sockaddr *) &a, sizeof a) != 0)
    return 0;
  ck_assert_int_eq(listen(listener, 8), 0);
  getsockname(listener, (struct sockaddr *) &a, &len);
  snprintf(address, sizeof address, "tcp:[::1]:%d", ntohs(a.sin6_port));
  return 1;
}

static int connect_to(const char *text) {
  fcl__address a;
  fcl_error e;
  int n;
  ck_assert_msg(fcl__address_parse(&a, text, &e) == FCL_OK, "%s", e.text);
  n = fcl__wire_connect(&w, &loop, &a, &blocks, &events);
  return n;
}

static void converse(int n) {
  fcl_slice ping = {"ping", 4};
  char pong[8];
  if (n == 0)
    run_until(&opened);
  ck_assert_int_eq(status, 0);
  ck_assert_uint_eq(w.is_open, 1);
  far = accept(listener, NULL, NULL);
  ck_assert_int_eq((int) fcl__wire_write(&w, &ping, 1), 4);
  ck_assert_int_eq((int) recv(far, pong, sizeof pong, 0), 4);
  ck_assert_int_eq((int) send(far, "pong", 4, 0), 4);
  close(far);
  far = -1;
  ck_assert_int_eq(fcl__wire_read(&w), 0);
  run_until(&ended);
  ck_assert_int_eq(ended, UV_EOF);
  ck_assert_uint_eq(came, 4);
  ck_assert_mem_eq(got, "pong", 4);
}

/* ---- Connecting ---- */

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

START_TEST(ipv4_is_connected) {
  listen_tcp();
  ck_assert_int_eq(connect_to(address), 0);
  converse(0);
  ck_assert_int_eq(opened, 1);
}
END_TEST

START_TEST(ipv6_is_connected) {
  if (!listen_ipv6()) { /* this machine has none: then that is what it says */
    connect_to("tcp:[::1]:9");
    run_until(&opened);
    ck_assert_int_lt(status, 0);
    return;
  }
  ck_assert_int_eq(connect_to(address), 0);
  converse(0);
}
END_TEST

START_TEST(a_missing_socket_file_is_told_at_once) {
  ck_assert_int_eq(connect_to("unix:/tmp/there is no such socket"), UV_ENOENT);
  ck_assert_int_eq(w.has_handle, 0);
}
END_TEST

START_TEST(a_socket_file_that_nobody_listens_on_is_told_at_once) {
  listen_unix();
  close(listener);
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

START_TEST(a_port_that_nobody_listens_on_is_told) {
  listen_tcp();
  close(listener);
  listener = -1;
  if (connect_to(address) == 0)
    run_until(&opened);
  ck_assert_int_eq(opened, 1);
  ck_assert_int_eq(status, UV_ECONNREFUSED);
  ck_assert_uint_eq(w.is_open, 0);
}
END_TEST

START_TEST(a_name_is_for_others_to_resolve) {
  ck_assert_int_eq(connect_to("tcp:localhost:9"), UV_EINVAL);
  ck_assert_uint_eq(w.has_handle, 0);
}
END_TEST

/* ---- Closing in every phase: `closed` comes once, and `opened` no more ---- */

static void assert_closed_only(void) {
  run_until(&closed);
  ck_assert_int_eq(closed, 1);
  ck_assert_int_eq(opened, 0);
}

START_TEST(a_wire_closes_while_it_connects) {
  listen_tcp();
  ck_assert_int_eq(connect_to(address), 0);
  fcl__wire_close(&w);
  assert_closed_only();
}
END_TEST

static TCase *connecting(void) {
  TCase *t = stream_case("connecting");
  tcase_add_test(t, a_unix_socket_is_connected_at_once);
  tcase_add_test(t, an_abstract_name_is_connected_at_once);
  tcase_add_test(t, ipv4_is_connected);
  tcase_add_test(t, ipv6_is_connected);
  tcase_add_test(t, a_missing_socket_file_is_told_at_once);
  tcase_add_test(t, a_socket_file_that_nobody_listens_on_is_told_at_once);
  tcase_add_test(t, a_full_backlog_is_told_at_once);
  tcase_add_test(t, a_port_that_nobody_listens_on_is_told);
  tcase_add_test(t, a_name_is_for_others_to_resolve);
  return t;
}

static TCase *closing(void) {
  TCase *t = stream_case("closing");
  tcase_add_test(t, a_wire_closes_while_it_connects);
  return t;
}

int main(void) {
  TCase *cases[] = {connecting(), closing()};
  return test_suite_run("wire", cases, 2);
}
