/* socket_posix.c: connections by Berkeley's calls. */
#define _GNU_SOURCE
#include "support/socket.h"
#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

int test_socket_connect(unsigned port, unsigned patience_s) {
  struct sockaddr_in a;
  struct timeval patience = {(time_t) patience_s, 0};
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  memset(&a, 0, sizeof a);
  a.sin_family = AF_INET;
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  a.sin_port = htons((unsigned short) port);
  signal(SIGPIPE, SIG_IGN);
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (connect(fd, (struct sockaddr *) &a, sizeof a) == 0)
    return fd;
  close(fd);
  return -1;
}

/* With a time limit a call is not restarted by itself. */
long test_socket_send(int fd, const char *data, size_t len) {
  ssize_t n;
  do
    n = send(fd, data, len, MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  return (long) n;
}

long test_socket_receive(int fd, char *data, size_t len) {
  ssize_t n;
  do
    n = recv(fd, data, len, 0);
  while (n < 0 && errno == EINTR);
  return (long) n;
}

void test_socket_close(int fd) {
  close(fd);
}

int test_socket_listen(char *address, size_t cap) {
  static atomic_uint count;
  struct sockaddr_un name;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  snprintf(address, cap, "unix:@fcl-test-%ld-%u", (long) getpid(), atomic_fetch_add(&count, 1));
  memset(&name, 0, sizeof name);
  name.sun_family = AF_UNIX;
  strcpy(name.sun_path + 1, address + 6);
  ck_assert_int_eq(bind(fd, (struct sockaddr *) &name,
                        (socklen_t) (offsetof(struct sockaddr_un, sun_path) + strlen(address) - 5)),
                   0);
  ck_assert_int_eq(listen(fd, 100), 0);
  return fd;
}

int test_socket_accept(int listener) {
  return accept(listener, NULL, NULL);
}

void test_socket_stop(int listener) {
  shutdown(listener, SHUT_RDWR);
}
