/* socket_posix.c: sockets as POSIX has them; telling that a client has left as Linux does. */
#define _GNU_SOURCE
#include "adapters/socket.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

int socket_listen(unsigned *port) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t len = sizeof a;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(fd, (struct sockaddr *) &a, sizeof a) != 0 || listen(fd, 100) != 0 ||
      getsockname(fd, (struct sockaddr *) &a, &len) != 0)
    return -1;
  *port = ntohs(a.sin_port);
  return fd;
}

int socket_accept(int listener) {
  return accept4(listener, NULL, NULL, SOCK_CLOEXEC);
}

void socket_stop(int listener) {
  shutdown(listener, SHUT_RDWR);
}

void socket_forget(uv_thread_t *thread) {
  pthread_detach(*thread);
}

int socket_send(int fd, const void *data, size_t len) {
  const char *at = data;
  while (len > 0) {
    ssize_t n = send(fd, at, len, MSG_NOSIGNAL);
    if (n <= 0)
      return 0;
    at += n;
    len -= (size_t) n;
  }
  return 1;
}

long socket_receive(int fd, void *data, size_t size) {
  return (long) recv(fd, data, size, 0);
}

void socket_address(int fd, int is_ours, char address[64], char port[16]) {
  struct sockaddr_in a = {0};
  socklen_t len = sizeof a;
  (is_ours ? getsockname : getpeername)(fd, (struct sockaddr *) &a, &len);
  inet_ntop(AF_INET, &a.sin_addr, address, 64);
  snprintf(port, 16, "%u", ntohs(a.sin_port));
}

void socket_reset(int fd) {
  struct linger now = {1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

void socket_close_gently(int fd) {
  char rest[4096];
  struct timeval second = {1, 0};
  shutdown(fd, SHUT_WR);
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second);
  while (recv(fd, rest, sizeof rest, 0) > 0)
    ;
  close(fd);
}

void socket_close(int fd) {
  close(fd);
}

/* ---- Clients that leave ---- */

static void watch(void *of) {
  socket_watch *w = of;
  struct pollfd fds[2] = {{w->fd, POLLRDHUP, 0}, {w->over, POLLIN, 0}};
  while (poll(fds, 2, -1) < 0)
    ;
  if (fds[0].revents)
    w->left(w->of);
}

void socket_watch_begin(socket_watch *w) {
  w->over = eventfd(0, EFD_CLOEXEC);
  uv_thread_create(&w->thread, watch, w);
}

void socket_watch_end(socket_watch *w) {
  uint64_t one = 1;
  if (write(w->over, &one, sizeof one) < 0)
    abort();
  uv_thread_join(&w->thread);
  close(w->over);
}
