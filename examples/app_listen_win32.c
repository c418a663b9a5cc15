/* app_listen_win32.c: listening sockets and connections for app, by Windows; standard input may be
   a named pipe too. */
#include <winsock2.h>
#include <ws2tcpip.h>
#include "app_win32.h"
#include <limits.h>
#include <stdio.h>
#include <string.h>

static void start(void) {
  WSADATA data;
  WSAStartup(MAKEWORD(2, 2), &data);
}

static int listen_at(const struct addrinfo *a) {
  SOCKET s = socket(a->ai_family, SOCK_STREAM, 0);
  if (s == INVALID_SOCKET)
    return -1;
  SetHandleInformation((HANDLE) s, HANDLE_FLAG_INHERIT, 0);
  if (bind(s, a->ai_addr, (int) a->ai_addrlen) == 0 && listen(s, 128) == 0)
    return (int) s;
  closesocket(s);
  return -1;
}

static int listen_tcp(char *where, const char **why) {
  struct addrinfo hints = {0}, *found;
  char *colon = strrchr(where, ':');
  size_t len = colon ? (size_t) (colon - where) : 0;
  int fd;
  *why = "it is not tcp:HOST:PORT";
  if (len == 0)
    return -1;
  *colon = 0;
  if (where[0] == '[' && where[len - 1] == ']')
    where[len - 1] = 0, where++;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  *why = "that host is not known";
  if (getaddrinfo(where, colon + 1, &hints, &found))
    return -1;
  fd = listen_at(found);
  freeaddrinfo(found);
  *why = "another program has that port, or it may not be used";
  return fd;
}

int app_listen(const char *address, const char **why) {
  char where[256];
  start();
  snprintf(where, sizeof where, "%s", address);
  if (strncmp(address, "tcp:", 4) == 0)
    return listen_tcp(where + 4, why);
  *why = "it is not tcp:HOST:PORT, and there is nothing else here";
  return -1;
}

/* A socket that listens has an address, and nobody at the other end. */
int app_inherited(void) {
  int fd = (int) (intptr_t) GetStdHandle(STD_INPUT_HANDLE), len = sizeof(struct sockaddr_storage);
  struct sockaddr_storage at;
  start();
  if (app_pipe_take(fd))
    return fd;
  if (getsockname((SOCKET) fd, (struct sockaddr *) &at, &len))
    return -1;
  len = sizeof at;
  return getpeername((SOCKET) fd, (struct sockaddr *) &at, &len) ? fd : -1;
}

/* A connection takes its ways from the listener, which a web server may not wait for. */
int app_accept(int listener) {
  u_long never_waits = 0;
  SOCKET s;
  if (app_pipe_is(listener))
    return app_pipe_accept();
  s = accept((SOCKET) listener, NULL, NULL);
  if (s == INVALID_SOCKET)
    return -1;
  SetHandleInformation((HANDLE) s, HANDLE_FLAG_INHERIT, 0);
  ioctlsocket(s, (long) FIONBIO, &never_waits);
  return (int) s;
}

static int length(size_t len) {
  return len < INT_MAX ? (int) len : INT_MAX;
}

ptrdiff_t app_receive(int fd, void *bytes, size_t len) {
  return app_pipe_is(fd) ? app_pipe_receive(bytes, len) : recv((SOCKET) fd, bytes, length(len), 0);
}

ptrdiff_t app_send(int fd, const void *bytes, size_t len) {
  return app_pipe_is(fd) ? app_pipe_send(bytes, len) : send((SOCKET) fd, bytes, length(len), 0);
}

void app_close(int fd) {
  if (app_pipe_is(fd))
    app_pipe_close();
  else
    closesocket((SOCKET) fd);
}
