/* app_listen_posix.c: listening sockets and connections for app, by POSIX. */
#define _GNU_SOURCE
#include "app_system.h"
#include <errno.h>
#include <netdb.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int listen_at(const struct sockaddr *address, socklen_t len) {
  int fd = socket(address->sa_family, SOCK_STREAM, 0), on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  return bind(fd, address, len) || listen(fd, 128) ? -1 : fd;
}

static int listen_unix(const char *path) {
  struct sockaddr_un address = {0};
  size_t len = strlen(path);
  address.sun_family = AF_UNIX;
  if (len >= sizeof address.sun_path)
    return errno = ENAMETOOLONG, -1;
  memcpy(address.sun_path, path, len);
  if (path[0] == '@') /* Linux' abstract names begin with a NUL */
    address.sun_path[0] = 0;
  else
    unlink(path);
  return listen_at((struct sockaddr *) &address,
                   (socklen_t) (offsetof(struct sockaddr_un, sun_path) + len));
}

static int listen_tcp(char *where) {
  struct addrinfo hints = {0}, *found;
  char *colon = strrchr(where, ':');
  size_t len = colon ? (size_t) (colon - where) : 0;
  int fd;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  if (len == 0)
    return errno = EINVAL, -1;
  *colon = 0;
  if (where[0] == '[' && where[len - 1] == ']')
    where[len - 1] = 0, where++;
  if (getaddrinfo(where, colon + 1, &hints, &found))
    return errno = EADDRNOTAVAIL, -1;
  fd = listen_at(found->ai_addr, found->ai_addrlen);
  freeaddrinfo(found);
  return fd;
}

int app_listen(const char *address, const char **why) {
  char where[256];
  int fd = -1;
  snprintf(where, sizeof where, "%s", address);
  errno = EINVAL;
  if (strncmp(address, "unix:", 5) == 0)
    fd = listen_unix(address + 5);
  else if (strncmp(address, "tcp:", 4) == 0)
    fd = listen_tcp(where + 4);
  *why = fd < 0 ? strerror(errno) : NULL;
  return fd;
}

int app_inherited(void) {
  int on = 0;
  socklen_t len = sizeof on;
  return getsockopt(0, SOL_SOCKET, SO_ACCEPTCONN, &on, &len) == 0 && on ? 0 : -1;
}

int app_accept(int listener) {
  return accept(listener, NULL, NULL);
}

ptrdiff_t app_receive(int fd, void *bytes, size_t len) {
  ssize_t n;
  do
    n = read(fd, bytes, len);
  while (n < 0 && errno == EINTR);
  return n;
}

ptrdiff_t app_send(int fd, const void *bytes, size_t len) {
  ssize_t n;
  do
    n = write(fd, bytes, len);
  while (n < 0 && errno == EINTR);
  return n;
}

void app_close(int fd) {
  close(fd);
}
