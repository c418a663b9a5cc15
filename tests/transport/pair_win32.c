/* pair_win32.c: two ends of a TCP connection on this machine.

   What is sent comes a little later.  So each turn of the loop sends a byte on a connection of its
   own, and goes on until that has come the same way. */
#include "transport/pair.h"
#include <check.h>
#include <string.h>

#define SMALL 65536 /* what each end holds, which does not grow then */

const int pair_is_tcp = 1;

static struct {
  uv_tcp_t own;
  int remote, sent, come;
  char byte[16];
} bell;

static void narrow(SOCKET s, int size) {
  setsockopt(s, SOL_SOCKET, SO_SNDBUF, (const char *) &size, sizeof size);
  setsockopt(s, SOL_SOCKET, SO_RCVBUF, (const char *) &size, sizeof size);
}

int pair_listen(int is_ipv6, unsigned *port) {
  struct sockaddr_in6 a;
  struct sockaddr_in *four = (struct sockaddr_in *) &a;
  int len = is_ipv6 ? sizeof a : sizeof *four;
  SOCKET s = socket(is_ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0);
  memset(&a, 0, sizeof a);
  a.sin6_family = is_ipv6 ? AF_INET6 : AF_INET;
  if (is_ipv6)
    a.sin6_addr = in6addr_loopback;
  else
    four->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (s == INVALID_SOCKET)
    return -1;
  narrow(s, SMALL); /* its connections take over from it */
  if (bind(s, (struct sockaddr *) &a, len) != 0) {
    closesocket(s);
    return -1;
  }
  ck_assert_int_eq(listen(s, 8), 0);
  ck_assert_int_eq(getsockname(s, (struct sockaddr *) &a, &len), 0);
  *port = ntohs(a.sin6_port); /* where the other kind has it too */
  return (int) s;
}

int pair_accept(int listener) {
  return (int) accept((SOCKET) listener, NULL, NULL);
}

int pair_open(int *remote) {
  struct sockaddr_in a = {0};
  unsigned port;
  u_long is_nonblocking = 1;
  int listener = pair_listen(0, &port), nodelay = 1;
  SOCKET own = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
  narrow(own, SMALL);
  a.sin_family = AF_INET;
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  a.sin_port = htons((unsigned short) port);
  ck_assert_int_eq(connect(own, (struct sockaddr *) &a, sizeof a), 0);
  *remote = pair_accept(listener);
  closesocket((SOCKET) listener);
  setsockopt((SOCKET) *remote, IPPROTO_TCP, TCP_NODELAY, (const char *) &nodelay, sizeof nodelay);
  setsockopt(own, IPPROTO_TCP, TCP_NODELAY, (const char *) &nodelay, sizeof nodelay);
  ioctlsocket((SOCKET) *remote, FIONBIO, &is_nonblocking);
  return (int) own;
}

/* ---- Turning ---- */

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf) {
  *buf = uv_buf_init(bell.byte, sizeof bell.byte);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf) {
  bell.come += n > 0 ? (int) n : 0;
}

void pair_begin(uv_loop_t *loop) {
  memset(&bell, 0, sizeof bell);
  uv_tcp_init(loop, &bell.own);
  ck_assert_int_eq(uv_tcp_open(&bell.own, (uv_os_sock_t) pair_open(&bell.remote)), 0);
  ck_assert_int_eq(uv_read_start((uv_stream_t *) &bell.own, on_alloc, on_read), 0);
  uv_unref((uv_handle_t *) &bell.own);
}

void pair_end(uv_loop_t *loop) {
  uv_close((uv_handle_t *) &bell.own, NULL);
  pair_close(bell.remote);
  uv_run(loop, UV_RUN_DEFAULT);
}

void pair_warm_up(uv_loop_t *loop) {
  static int is_warm;
  if (is_warm)
    return;
  is_warm = 1;
  uv_loop_init(loop);
  pair_begin(loop);
  pair_turn(loop);
  pair_end(loop);
  uv_loop_close(loop);
}

void pair_turn(uv_loop_t *loop) {
  uv_ref((uv_handle_t *) &bell.own);
  ck_assert_int_eq((int) pair_send(bell.remote, "!", 1), 1);
  bell.sent++;
  while (bell.come < bell.sent)
    uv_run(loop, UV_RUN_ONCE);
  uv_unref((uv_handle_t *) &bell.own);
}

/* ---- The test's end ---- */

long pair_send(int remote, const char *bytes, size_t len) {
  return send((SOCKET) remote, bytes, (int) len, 0);
}

long pair_receive(int remote, void *into, size_t size) {
  return recv((SOCKET) remote, into, (int) size, 0);
}

void pair_shut_writes(int remote) {
  shutdown((SOCKET) remote, SD_SEND);
}

void pair_shut_reads(int remote) {
  shutdown((SOCKET) remote, SD_RECEIVE);
}

void pair_close(int remote) {
  closesocket((SOCKET) remote);
}

void pair_narrow(const uv_handle_t *own) {
  uv_os_fd_t fd;
  ck_assert_int_eq(uv_fileno(own, &fd), 0);
  narrow((SOCKET) fd, 4096);
}
