/* socket_win32.c: sockets as Windows has them. */
#include "adapters/socket.h"
#include <stdio.h>
#include <winsock2.h>
#include <ws2tcpip.h>

enum { LOOK_EACH_MS = 20 };

static SRWLOCK lock = SRWLOCK_INIT; /* who has found something to read still finds it */

int socket_listen(unsigned *port) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int len = sizeof a;
  WSADATA data;
  SOCKET fd;
  if (WSAStartup(MAKEWORD(2, 2), &data) != 0)
    return -1;
  fd = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_NO_HANDLE_INHERIT);
  if (bind(fd, (struct sockaddr *) &a, sizeof a) != 0 || listen(fd, 100) != 0 ||
      getsockname(fd, (struct sockaddr *) &a, &len) != 0)
    return -1;
  *port = ntohs(a.sin_port);
  return (int) fd;
}

int socket_accept(int listener) {
  SOCKET fd = accept((SOCKET) listener, NULL, NULL);
  if (fd == INVALID_SOCKET)
    return -1;
  SetHandleInformation((HANDLE) fd, HANDLE_FLAG_INHERIT, 0);
  return (int) fd;
}

void socket_stop(int listener) {
  closesocket((SOCKET) listener);
}

void socket_forget(uv_thread_t *thread) {
  CloseHandle(*thread);
}

int socket_send(int fd, const void *data, size_t len) {
  const char *at = data;
  while (len > 0) {
    int n = send((SOCKET) fd, at, len < 1 << 20 ? (int) len : 1 << 20, 0);
    if (n <= 0)
      return 0;
    at += n;
    len -= (size_t) n;
  }
  return 1;
}

static int may_read(int fd, int waits) {
  struct timeval none = {0, 0};
  fd_set readable;
  FD_ZERO(&readable);
  FD_SET((SOCKET) fd, &readable);
  return select(0, &readable, NULL, NULL, waits ? NULL : &none) > 0;
}

long socket_receive(int fd, void *data, size_t size) {
  long n = -1;
  may_read(fd, 1);
  AcquireSRWLockExclusive(&lock);
  if (may_read(fd, 0))
    n = recv((SOCKET) fd, data, (int) size, 0);
  ReleaseSRWLockExclusive(&lock);
  return n;
}

void socket_address(int fd, int is_ours, char address[64], char port[16]) {
  struct sockaddr_in a = {0};
  int len = sizeof a;
  if (is_ours)
    getsockname((SOCKET) fd, (struct sockaddr *) &a, &len);
  else
    getpeername((SOCKET) fd, (struct sockaddr *) &a, &len);
  inet_ntop(AF_INET, &a.sin_addr, address, 64);
  snprintf(port, 16, "%u", ntohs(a.sin_port));
}

void socket_reset(int fd) {
  struct linger now = {1, 0};
  setsockopt((SOCKET) fd, SOL_SOCKET, SO_LINGER, (const char *) &now, sizeof now);
}

void socket_close_gently(int fd) {
  char rest[4096];
  DWORD second = 1000;
  shutdown((SOCKET) fd, SD_SEND);
  setsockopt((SOCKET) fd, SOL_SOCKET, SO_RCVTIMEO, (const char *) &second, sizeof second);
  while (recv((SOCKET) fd, rest, sizeof rest, 0) > 0)
    ;
  closesocket((SOCKET) fd);
}

void socket_close(int fd) {
  closesocket((SOCKET) fd);
}

/* ---- Clients that leave: looked for, since waiting would take the socket's blocking away ---- */

static int has_left(int fd) {
  char byte;
  int left;
  AcquireSRWLockExclusive(&lock);
  left = may_read(fd, 0) && recv((SOCKET) fd, &byte, 1, MSG_PEEK) <= 0;
  ReleaseSRWLockExclusive(&lock);
  return left;
}

static void watch(void *of) {
  socket_watch *w = of;
  HANDLE over = (HANDLE) (intptr_t) w->over;
  while (WaitForSingleObject(over, LOOK_EACH_MS) == WAIT_TIMEOUT)
    if (has_left(w->fd)) {
      w->left(w->of);
      return;
    }
}

void socket_watch_begin(socket_watch *w) {
  w->over = (int) (intptr_t) CreateEventW(NULL, TRUE, FALSE, NULL);
  uv_thread_create(&w->thread, watch, w);
}

void socket_watch_end(socket_watch *w) {
  SetEvent((HANDLE) (intptr_t) w->over);
  uv_thread_join(&w->thread);
  CloseHandle((HANDLE) (intptr_t) w->over);
}
