/* pair_posix.c: a pair of Unix sockets. */
#include "transport/pair.h"
#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

const int pair_is_tcp = 0;

void pair_warm_up(uv_loop_t *loop) {
  uv_loop_init(loop);
  uv_loop_close(loop);
}

void pair_begin(uv_loop_t *loop) {
  signal(SIGPIPE, SIG_IGN);
}

void pair_end(uv_loop_t *loop) {
}

int pair_open(int *remote) {
  int pair[2];
  ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair), 0);
  *remote = pair[1];
  return pair[0];
}

void pair_turn(uv_loop_t *loop) {
  uv_run(loop, UV_RUN_NOWAIT);
}

long pair_send(int remote, const char *bytes, size_t len) {
  return (long) send(remote, bytes, len, MSG_NOSIGNAL);
}

long pair_receive(int remote, void *into, size_t size) {
  return (long) recv(remote, into, size, 0);
}

void pair_shut_writes(int remote) {
  shutdown(remote, SHUT_WR);
}

void pair_shut_reads(int remote) {
  shutdown(remote, SHUT_RD);
}

void pair_close(int remote) {
  close(remote);
}

void pair_narrow(const uv_handle_t *own) {
  uv_os_fd_t fd;
  int small = 4096;
  ck_assert_int_eq(uv_fileno(own, &fd), 0);
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
}

int pair_listen(int is_ipv6, unsigned *port) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct sockaddr_in6 b = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
  struct sockaddr *at = is_ipv6 ? (struct sockaddr *) &b : (struct sockaddr *) &a;
  socklen_t len = is_ipv6 ? sizeof b : sizeof a;
  int listener = socket(is_ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0 || bind(listener, at, len) != 0)
    return -1;
  ck_assert_int_eq(listen(listener, 8), 0);
  ck_assert_int_eq(getsockname(listener, at, &len), 0);
  *port = ntohs(is_ipv6 ? b.sin6_port : a.sin_port);
  return listener;
}

int pair_accept(int listener) {
  return accept(listener, NULL, NULL);
}
