/* connect.c: connections to an address, without waiting for them. */
#include "player.h"
#include <errno.h>
#include <netdb.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int refuse(fcl_error *e, const char *address, const char *why) {
  if (e) {
    e->code = FCL_E_CONNECT;
    e->sys = errno;
    snprintf(e->text, sizeof e->text, "cannot connect to %.300s: %s", address, why);
  }
  return -1;
}

static int start(const struct sockaddr *to, socklen_t len, const char *address, fcl_error *e) {
  int fd = socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return refuse(e, address, strerror(errno));
  if (connect(fd, to, len) == 0 || errno == EINPROGRESS)
    return fd;
  refuse(e, address, strerror(errno));
  close(fd);
  return -1;
}

static int connect_unix(const char *path, const char *address, fcl_error *e) {
  struct sockaddr_un to;
  size_t len = strlen(path);
  memset(&to, 0, sizeof to);
  to.sun_family = AF_UNIX;
  if (len == 0 || len >= sizeof to.sun_path)
    return refuse(e, address, "a socket's path has 1 to 107 bytes");
  memcpy(to.sun_path, path, len);
  if (path[0] != '@')
    return start((struct sockaddr *) &to, sizeof to, address, e);
  to.sun_path[0] = 0;
  return start((struct sockaddr *) &to, (socklen_t) (offsetof(struct sockaddr_un, sun_path) + len),
               address, e);
}

static int connect_tcp(const char *where, const char *address, fcl_error *e) {
  struct addrinfo hints, *found;
  const char *colon = strrchr(where, ':');
  char host[256] = "";
  size_t len = colon ? (size_t) (colon - where) : 0;
  int fd;
  if (len == 0 || len >= sizeof host)
    return refuse(e, address, "it is not tcp:HOST:PORT");
  memcpy(host, where + (where[0] == '['), len - (where[0] == '[') - (where[len - 1] == ']'));
  memset(&hints, 0, sizeof hints);
  hints.ai_socktype = SOCK_STREAM;
  fd = getaddrinfo(host, colon + 1, &hints, &found);
  if (fd)
    return refuse(e, address, gai_strerror(fd));
  fd = start(found->ai_addr, found->ai_addrlen, address, e);
  freeaddrinfo(found);
  return fd;
}

int fcl__connect(const char *address, fcl_error *e) {
  if (strncmp(address, "unix:", 5) == 0)
    return connect_unix(address + 5, address, e);
  if (strncmp(address, "tcp:", 4) == 0)
    return connect_tcp(address + 4, address, e);
  return refuse(e, address, "it is none of unix:/PATH, unix:@NAME, tcp:HOST:PORT");
}

int fcl__connect_failed(int fd) {
  int failed = 0;
  socklen_t len = sizeof failed;
  return getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &len) ? errno : failed;
}
