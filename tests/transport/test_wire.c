/* test_wire.c: a stream of bytes: connected in every way, closed in every phase of that. */
#include "transport/stream_world.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/un.h>

static char address[64];

/* ---- Names: this program's own, so that it asks no network ---- */

static int lists; /* that were not given back */

static int count_lists(void) {
  return lists;
}

static struct addrinfo *link_address(const char *ip, const char *port, struct addrinfo *next) {
  struct addrinfo *a = calloc(1, sizeof *a + sizeof(struct sockaddr_in));
  a->ai_addr = (struct sockaddr *) (a + 1);
  a->ai_family = AF_INET;
  a->ai_socktype = SOCK_STREAM;
  a->ai_addrlen = sizeof(struct sockaddr_in);
  uv_ip4_addr(ip, atoi(port), (struct sockaddr_in *) a->ai_addr);
  a->ai_next = next;
  return a;
}

/* "three.test" has nobody at its first two addresses.  libuv finds this before the system's. */
int getaddrinfo(const char *name, const char *port, const struct addrinfo *hints,
                struct addrinfo **found) {
  if (strcmp(name, "three.test") != 0)
    return EAI_NONAME;
  *found = link_address("127.0.0.1", port, NULL);
  *found = link_address("127.0.0.3", port, *found);
  *found = link_address("127.0.0.2", port, *found);
  lists++;
  return 0;
}

void freeaddrinfo(struct addrinfo *a) {
  lists -= a != NULL;
  while (a) {
    struct addrinfo *next = a->ai_next;
    free(a);
    a = next;
  }
}

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

static int listen_tcp(const char *host) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t len = sizeof a;
  listen_at(&a, sizeof a, AF_INET);
  getsockname(listener, (struct sockaddr *) &a, &len);
  snprintf(address, sizeof address, "tcp:%s:%d", host, ntohs(a.sin_port));
  return ntohs(a.sin_port);
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
  listen_tcp("127.0.0.1");
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

START_TEST(every_address_of_a_name_is_tried) {
  listen_tcp("three.test");
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

static void be_refused(const char *host) {
  listen_tcp(host);
  close(listener);
  listener = -1;
  if (connect_to(address) == 0)
    run_until(&opened);
  ck_assert_int_eq(opened, 1);
  ck_assert_int_lt(status, 0);
  ck_assert_uint_eq(w.is_open, 0);
}

START_TEST(a_port_that_nobody_listens_on_is_told) {
  be_refused("127.0.0.1");
  ck_assert_int_eq(status, UV_ECONNREFUSED);
}
END_TEST

START_TEST(a_name_of_which_no_address_answers_is_told_once) {
  be_refused("three.test");
  ck_assert_int_eq(status, UV_ECONNREFUSED);
}
END_TEST

START_TEST(a_name_that_does_not_exist_is_told) {
  ck_assert_int_eq(connect_to("tcp:no-such-host.invalid:9"), 0);
  run_until(&opened);
  ck_assert_int_lt(status, 0);
  ck_assert_int_eq(w.has_handle, 0);
  ck_assert_int_eq(w.is_resolving, 0);
}
END_TEST

/* ---- Closing in every phase: `closed` comes once, and `opened` no more ---- */

static void assert_closed_only(void) {
  run_until(&closed);
  ck_assert_int_eq(closed, 1);
  ck_assert_int_eq(opened, 0);
}

START_TEST(a_wire_closes_while_a_name_is_resolved) {
  ck_assert_int_eq(connect_to("tcp:three.test:9"), 0);
  ck_assert_uint_eq(w.is_resolving, 1);
  fcl__wire_close(&w);
  assert_closed_only();
}
END_TEST

START_TEST(a_wire_closes_while_it_connects) {
  listen_tcp("127.0.0.1");
  ck_assert_int_eq(connect_to(address), 0);
  fcl__wire_close(&w);
  assert_closed_only();
}
END_TEST

START_TEST(a_wire_closes_while_an_address_of_a_name_is_tried) {
  listen_tcp("three.test");
  ck_assert_int_eq(connect_to(address), 0);
  while (w.is_resolving)
    uv_run(&loop, UV_RUN_ONCE);
  ck_assert_uint_eq(w.has_handle, 1);
  fcl__wire_close(&w);
  assert_closed_only();
}
END_TEST

static void close_between(uv_check_t *check) {
  if (w.has_handle && uv_is_closing(&w.uv.handle) && !w.is_closing)
    fcl__wire_close(&w);
}

/* The handle that failed is being closed, the next one is not there yet. */
START_TEST(a_wire_closes_between_two_addresses_of_a_name) {
  static uv_check_t check;
  uv_check_init(&loop, &check);
  uv_check_start(&check, close_between);
  listen_tcp("three.test");
  ck_assert_int_eq(connect_to(address), 0);
  assert_closed_only();
  uv_close((uv_handle_t *) &check, NULL);
}
END_TEST

static TCase *connecting(void) {
  TCase *t = stream_case("connecting", count_lists);
  tcase_add_test(t, a_unix_socket_is_connected_at_once);
  tcase_add_test(t, an_abstract_name_is_connected_at_once);
  tcase_add_test(t, ipv4_is_connected);
  tcase_add_test(t, ipv6_is_connected);
  tcase_add_test(t, every_address_of_a_name_is_tried);
  tcase_add_test(t, a_missing_socket_file_is_told_at_once);
  tcase_add_test(t, a_socket_file_that_nobody_listens_on_is_told_at_once);
  tcase_add_test(t, a_full_backlog_is_told_at_once);
  tcase_add_test(t, a_port_that_nobody_listens_on_is_told);
  tcase_add_test(t, a_name_of_which_no_address_answers_is_told_once);
  tcase_add_test(t, a_name_that_does_not_exist_is_told);
  return t;
}

static TCase *closing(void) {
  TCase *t = stream_case("closing", count_lists);
  tcase_add_test(t, a_wire_closes_while_a_name_is_resolved);
  tcase_add_test(t, a_wire_closes_while_it_connects);
  tcase_add_test(t, a_wire_closes_while_an_address_of_a_name_is_tried);
  tcase_add_test(t, a_wire_closes_between_two_addresses_of_a_name);
  return t;
}

int main(void) {
  TCase *cases[] = {connecting(), closing()};
  return test_suite_run("wire", cases, 2);
}
