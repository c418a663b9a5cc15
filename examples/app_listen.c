/* app_listen.c: a listening socket for app.c, where no web server passes one. */
#define _GNU_SOURCE
#include "app.h"
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

int app_listen(const char *address) {
  char where[256];
  snprintf(where, sizeof where, "%s", address);
  if (strncmp(address, "unix:", 5) == 0)
    return listen_unix(address + 5);
  if (strncmp(address, "tcp:", 4) == 0)
    return listen_tcp(where + 4);
  return errno = EINVAL, -1;
}
