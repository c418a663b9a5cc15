/* test_host.c: what the service does in the operating system's way, behind the server's back. */
#define _GNU_SOURCE
#include "host.h"
#include "support/suite.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int ours, theirs; /* two ends of a connection */
static unsigned local_port, remote_port;

static unsigned port_of(int fd) {
  struct sockaddr_storage a;
  socklen_t len = sizeof a;
  ck_assert_int_eq(getsockname(fd, (struct sockaddr *) &a, &len), 0);
  return ntohs(a.ss_family == AF_INET ? ((struct sockaddr_in *) (void *) &a)->sin_port
                                      : ((struct sockaddr_in6 *) (void *) &a)->sin6_port);
}

/* A socket that another one may share its port with.  0: any port. */
static int client_at(unsigned port) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t) port)};
  int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  ck_assert_int_eq(bind(fd, (struct sockaddr *) &a, sizeof a), 0);
  return fd;
}

/* A server that listens for IPv6 sees IPv4 clients as ::ffff:127.0.0.1. */
static void connect_through(int family) {
  struct sockaddr_in v4 = {.sin_family = AF_INET};
  struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
  int listener = socket(family, SOCK_STREAM, 0);
  v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ck_assert_int_eq(family == AF_INET ? bind(listener, (struct sockaddr *) &v4, sizeof v4)
                                     : bind(listener, (struct sockaddr *) &v6, sizeof v6),
                   0);
  ck_assert_int_eq(listen(listener, 1), 0);
  v4.sin_port = htons((uint16_t) (local_port = port_of(listener)));
  theirs = client_at(0);
  ck_assert_int_eq(connect(theirs, (struct sockaddr *) &v4, sizeof v4), 0);
  remote_port = port_of(theirs);
  ours = accept(listener, NULL, NULL);
  ck_assert_int_ge(ours, 0);
  close(listener);
}

static void setup(void) {
  connect_through(AF_INET);
}

static int is_reset(void) {
  char byte;
  return recv(theirs, &byte, 1, 0) < 0 && errno == ECONNRESET;
}

static int is_alive(void) {
  char byte = 0;
  return send(ours, "x", 1, MSG_NOSIGNAL) == 1 && recv(theirs, &byte, 1, 0) == 1 && byte == 'x';
}

static int reset(const char *remote, unsigned remote_at, const char *local, unsigned local_at) {
  host_connection c = {remote, local, remote_at, local_at};
  return host_reset(&c);
}

static int reset_it(void) {
  return reset("127.0.0.1", remote_port, "127.0.0.1", local_port);
}

START_TEST(a_connection_is_reset_and_not_just_closed) {
  ck_assert_int_eq(reset_it(), 1);
  ck_assert(is_reset());
}
END_TEST

START_TEST(a_client_by_IPv4_on_a_socket_of_IPv6_is_found) {
  close(ours);
  close(theirs);
  connect_through(AF_INET6);
  ck_assert_int_eq(reset_it(), 1);
  ck_assert(is_reset());
}
END_TEST

START_TEST(another_connection_is_left_alone) { /* loop: what is different */
  ck_assert_int_eq(reset(_i == 0 ? "127.0.0.2" : "127.0.0.1", remote_port + (_i == 1),
                         _i == 2 ? "127.0.0.2" : "127.0.0.1", local_port + (_i == 2)),
                   0);
  ck_assert(is_alive());
}
END_TEST

START_TEST(a_local_port_that_the_client_made_up_does_not_matter) {
  ck_assert_int_eq(reset("127.0.0.1", remote_port, "127.0.0.1", local_port + 1), 1);
  ck_assert(is_reset());
}
END_TEST

/* The same port of the client, connected to two of the server's. */
START_TEST(between_two_connections_the_local_port_decides) { /* loop: it is right, or made up */
  unsigned was = local_port, same = remote_port;
  int first = ours, first_theirs = theirs, listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in to = {.sin_family = AF_INET};
  socklen_t len = sizeof to;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ck_assert_int_eq(bind(listener, (struct sockaddr *) &to, sizeof to), 0);
  ck_assert_int_eq(listen(listener, 1), 0);
  getsockname(listener, (struct sockaddr *) &to, &len);
  theirs = client_at(same);
  ck_assert_int_eq(connect(theirs, (struct sockaddr *) &to, sizeof to), 0);
  ours = accept(listener, NULL, NULL);
  close(listener);
  ck_assert_int_eq(reset("127.0.0.1", same, "127.0.0.1", _i ? 1 : was), !_i);
  ck_assert(is_alive());
  theirs = first_theirs;
  ours = first;
  ck_assert(_i ? is_alive() : is_reset());
}
END_TEST

START_TEST(a_port_that_is_not_known_matches_nothing) {
  int pair[2];
  ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  ck_assert_int_eq(reset("", 0, "", 0), 0);
  ck_assert_int_eq(send(pair[0], "x", 1, MSG_NOSIGNAL), 1);
}
END_TEST

START_TEST(the_servers_own_descriptor_stays_open) {
  reset_it();
  ck_assert_int_eq(close(ours), 0);
}
END_TEST

START_TEST(a_line_of_the_log_has_its_prefix_and_its_end) {
  int pipes[2];
  char line[100];
  ck_assert_int_eq(pipe(pipes), 0);
  ck_assert_int_eq(dup2(pipes[1], STDERR_FILENO), STDERR_FILENO);
  host_log(FCL_LEVEL_ERROR, "A sentence.");
  ck_assert_int_eq(read(pipes[0], line, sizeof line), 24);
  ck_assert_mem_eq(line, "fcgiclient: A sentence.\n", 24);
}
END_TEST

START_TEST(a_line_that_is_too_long_is_cut) {
  int pipes[2];
  char line[8000];
  ssize_t len;
  ck_assert_int_eq(pipe(pipes), 0);
  ck_assert_int_eq(dup2(pipes[1], STDERR_FILENO), STDERR_FILENO);
  memset(line, 'x', sizeof line);
  line[sizeof line - 1] = 0;
  host_log(FCL_LEVEL_ERROR, line);
  len = read(pipes[0], line, sizeof line);
  ck_assert_int_lt(len, 4096);
  ck_assert_int_eq(line[len - 1], '\n');
}
END_TEST

int main(void) {
  TCase *t = tcase_create("host");
  tcase_add_checked_fixture(t, setup, NULL);
  tcase_add_test(t, a_connection_is_reset_and_not_just_closed);
  tcase_add_test(t, a_client_by_IPv4_on_a_socket_of_IPv6_is_found);
  tcase_add_loop_test(t, another_connection_is_left_alone, 0, 3);
  tcase_add_test(t, a_local_port_that_the_client_made_up_does_not_matter);
  tcase_add_loop_test(t, between_two_connections_the_local_port_decides, 0, 2);
  tcase_add_test(t, a_port_that_is_not_known_matches_nothing);
  tcase_add_test(t, the_servers_own_descriptor_stays_open);
  tcase_add_test(t, a_line_of_the_log_has_its_prefix_and_its_end);
  tcase_add_test(t, a_line_that_is_too_long_is_cut);
  return test_suite_run("isapi/host", &t, 1);
}
