/* byte_host.c: a host that speaks to a guardian in bytes, for tests. */
#define _GNU_SOURCE
#include "platform/byte_host.h"
#include "platform/posix/find.h"
#include "support/fds.h"
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int to;
pid_t pid;
static int fds;

void byte_host_begin(void) {
  char path[FCL__PATH_MAX];
  fcl_error e;
  int pair[2];
  fds = test_fds();
  ck_assert_msg(fcl__find_guardian(path, NULL, &e) == FCL_OK, "%s", e.text);
  ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
  pid = fork();
  if (pid == 0) {
    dup2(pair[1], 0);
    execl(path, "fcl-guardian: test", (char *) NULL);
    _exit(127);
  }
  close(pair[1]);
  to = pair[0];
}

/* It leaves whenever its socket ends. */
void byte_host_end(void) {
  int status = -1;
  if (to >= 0)
    close(to);
  ck_assert_int_eq(waitpid(pid, &status, 0), pid);
  ck_assert_int_eq(status, 0);
  ck_assert_fds(fds);
}

void send_bytes(const void *bytes, size_t len) {
  ck_assert_int_eq(send(to, bytes, len, MSG_NOSIGNAL), (ssize_t) len);
}

size_t build(uint8_t *out, const fcl__order *o) {
  fcl__order_write(o, out);
  return fcl__order_size(o);
}

void send_order(const fcl__order *o) {
  uint8_t bytes[4096];
  send_bytes(bytes, build(bytes, o));
}

fcl__order hello(void) {
  fcl__order o = {.kind = FCL__ORDER_HELLO, .number = FCL__ORDER_VERSION};
  o.id = (uint32_t) getpid();
  return o;
}

static const char *const true_argv[] = {"true", NULL}, *const no_env[] = {NULL};

fcl__order start_true(uint32_t id) {
  fcl__order o = {.kind = FCL__ORDER_START, .id = id, .argc = 1, .path = "/bin/true"};
  o.directory = "/";
  o.argv = true_argv;
  o.env = no_env;
  return o;
}

void send_with_fds(const fcl__order *o, int a, int b) {
  uint8_t bytes[4096];
  union {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(2 * sizeof(int))];
  } control = {{0}};
  struct iovec v = {bytes, build(bytes, o)};
  struct msghdr m = {0};
  int both[2] = {a, b};
  m.msg_iov = &v;
  m.msg_iovlen = 1;
  m.msg_control = control.bytes;
  m.msg_controllen = sizeof control.bytes;
  control.align.cmsg_level = SOL_SOCKET;
  control.align.cmsg_type = SCM_RIGHTS;
  control.align.cmsg_len = CMSG_LEN(sizeof both);
  memcpy(CMSG_DATA(&control.align), both, sizeof both);
  ck_assert_int_eq(sendmsg(to, &m, MSG_NOSIGNAL), (ssize_t) v.iov_len);
}

/* Reads one report; 0 when the guardian has left. */
int receive(fcl__report *r) {
  uint8_t bytes[FCL__REPORT_SIZE];
  size_t have = 0;
  while (have < sizeof bytes) {
    struct pollfd p = {to, POLLIN, 0};
    ssize_t n;
    ck_assert_msg(poll(&p, 1, BYTE_HOST_PATIENCE_MS) > 0, "the guardian says nothing");
    n = recv(to, bytes + have, sizeof bytes - have, 0);
    if (n <= 0)
      return 0;
    have += (size_t) n;
  }
  ck_assert_int_eq(fcl__report_read(bytes, r), 0);
  return 1;
}

void expect(fcl__report_kind kind, uint32_t id) {
  fcl__report r;
  ck_assert_int_eq(receive(&r), 1);
  ck_assert_int_eq(r.kind, kind);
  ck_assert_uint_eq(r.id, id);
}

void expect_the_end(void) {
  fcl__report r;
  ck_assert_int_eq(receive(&r), 0);
}

void greet(void) {
  fcl__order o = hello();
  send_order(&o);
  expect(FCL__REPORT_READY, 0);
}
