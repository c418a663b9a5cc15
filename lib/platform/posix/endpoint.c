/* endpoint.c: makes, reaches and removes the sockets on which applications listen. */
#define _GNU_SOURCE
#include "platform/posix/endpoint.h"
#include "platform/socket.h"
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_MAX_LEN (sizeof "/fcl-0123456789/4294967295.sock" - 1)

/* ---- The directory ---- */

static int may_write(const char *path) {
  return path && path[0] == '/' && access(path, W_OK | X_OK) == 0;
}

static const char *default_base(void) {
  const char *own = secure_getenv("XDG_RUNTIME_DIR");
  size_t room = sizeof((fcl__directory *) 0)->path - 1 - NAME_MAX_LEN;
  return may_write(own) && strlen(own) <= room ? own : "/tmp";
}

static fcl_code too_long(const char *base, size_t room, fcl_error *e) {
  return fcl__error_setx(
      e, FCL_E_SPAWN, ENAMETOOLONG,
      "cannot make sockets in %s: their paths would be longer than a Unix socket's "
      "may be; set runtime_directory to a path of at most %lu bytes",
      base, (unsigned long) room);
}

static fcl_code absolute(char *out, size_t cap, const char *base, fcl_error *e) {
  char here[4096] = "";
  size_t room = cap - 1 - NAME_MAX_LEN;
  int n;
  if (base[0] != '/' && getcwd(here, sizeof here) == NULL)
    return fcl__error_set(e, FCL_E_SPAWN, errno, "cannot tell where the runtime_directory %s is",
                          base);
  n = snprintf(out, cap, "%s%s%s", here, base[0] == '/' ? "" : "/", base);
  while (n > 1 && (size_t) n < cap && out[n - 1] == '/')
    out[--n] = 0;
  return n < 0 || (size_t) n > room ? too_long(base, room, e) : FCL_OK;
}

/* 50 random bits: nobody has made this one before, nor will before us. */
static int append_name(char *path) {
  static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";
  unsigned char random[10];
  size_t i, n = strlen(path);
  if (getentropy(random, sizeof random) != 0)
    return -1;
  memcpy(path + n, "/fcl-", 5);
  for (i = 0; i < sizeof random; i++)
    path[n + 5 + i] = digits[random[i] % 32];
  path[n + 5 + i] = 0;
  return 0;
}

fcl_code fcl__directory_choose(fcl__directory *d, const char *base, fcl_error *e) {
  const char *under = base ? base : default_base();
  fcl_code code = absolute(d->path, sizeof d->path, under, e);
  d->is_made = 0;
  if (code == FCL_OK && append_name(d->path) != 0)
    code = fcl__error_set(e, FCL_E_SPAWN, errno, "cannot get random bytes");
  if (code != FCL_OK)
    d->path[0] = 0;
  return code;
}

fcl_code fcl__directory_make(fcl__directory *d, fcl_error *e) {
  if (mkdir(d->path, 0700) == 0) {
    d->is_made = 1;
    return FCL_OK;
  }
  fcl__error_set(e, FCL_E_SPAWN, errno, "cannot make the directory %s for sockets", d->path);
  fcl__error_append(e, "; set runtime_directory to a directory that we may write to");
  d->path[0] = 0;
  return FCL_E_SPAWN;
}

void fcl__directory_remove(fcl__directory *d) {
  if (d->is_made)
    rmdir(d->path);
  d->is_made = 0;
  d->path[0] = 0;
}

/* ---- One socket ---- */

static int listen_at(const struct sockaddr_un *address) {
  int e, fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -errno;
  if (bind(fd, (const struct sockaddr *) address, sizeof *address) == 0 &&
      chmod(address->sun_path, 0600) == 0 && listen(fd, FCL__BACKLOG) == 0)
    return fd;
  e = errno;
  close(fd);
  return -e;
}

fcl_code fcl__endpoint_open(fcl__endpoint *p, fcl__directory *d, fcl_error *e) {
  int n;
  memset(p, 0, sizeof *p);
  p->address.sun_family = AF_UNIX;
  n = snprintf(p->address.sun_path, sizeof p->address.sun_path, "%s/%u.sock", d->path,
               d->sockets++);
  p->fd = n < (int) sizeof p->address.sun_path ? listen_at(&p->address) : -ENAMETOOLONG;
  if (p->fd >= 0)
    return FCL_OK;
  fcl__error_set(e, FCL_E_SPAWN, -p->fd, "cannot listen on %s", p->address.sun_path);
  p->fd = -1;
  return FCL_E_SPAWN;
}

/* ---- A port ---- */

#define CONNECT_MS 2 /* this machine answers at once, unless the backlog is full */

static void loopback(struct sockaddr_in *address, uint16_t port) {
  memset(address, 0, sizeof *address);
  address->sin_family = AF_INET;
  address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address->sin_port = port;
}

/* Connections that are accepted there send small records at once, as ours do. */
static int listen_on_port(uint16_t *port) {
  struct sockaddr_in address;
  socklen_t len = sizeof address;
  int e, on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -errno;
  loopback(&address, 0);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (bind(fd, (const struct sockaddr *) &address, sizeof address) == 0 &&
      listen(fd, FCL__BACKLOG) == 0 && getsockname(fd, (struct sockaddr *) &address, &len) == 0) {
    *port = address.sin_port;
    return fd;
  }
  e = errno;
  close(fd);
  return -e;
}

fcl_code fcl__endpoint_open_tcp(fcl__endpoint *p, fcl_error *e) {
  memset(p, 0, sizeof *p);
  p->fd = listen_on_port(&p->port);
  if (p->fd >= 0)
    return FCL_OK;
  fcl__error_set(e, FCL_E_SPAWN, -p->fd, "cannot listen on a port of 127.0.0.1 (tcp)");
  p->fd = -1;
  return FCL_E_SPAWN;
}

static int has_connected(int fd) {
  struct pollfd connecting = {fd, POLLOUT, 0};
  int error = EAGAIN;
  socklen_t len = sizeof error;
  if (poll(&connecting, 1, CONNECT_MS) > 0)
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len);
  return -error;
}

static int connect_port(uint16_t port) {
  struct sockaddr_in address;
  int status = 0, on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return -errno;
  loopback(&address, port);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(fd, (const struct sockaddr *) &address, sizeof address) != 0)
    status = errno == EINPROGRESS ? has_connected(fd) : -errno;
  if (status == 0)
    return fd;
  close(fd);
  return status;
}

/* ---- Either ---- */

int fcl__endpoint_connect(const fcl__endpoint *p) {
  if (p->port)
    return connect_port(p->port);
  return fcl__socket_connect_unix(p->address.sun_path);
}

/* Bytes that were read would tell less: PHP reads the end of STDIN when its script is over, and
   until then what was sent in the same call counts as unread. */
int fcl__endpoint_is_awaited(const fcl__endpoint *p) {
  struct pollfd listener = {p->fd, POLLIN, 0};
  return p->fd >= 0 && poll(&listener, 1, 0) > 0;
}

/* Living: the other side has not closed it.  What it has sent is read away; nobody else would. */
static int is_living(int fd) {
  char waste[4096];
  ssize_t n;
  do
    n = recv(fd, waste, sizeof waste, MSG_DONTWAIT);
  while (n > 0 || (n < 0 && errno == EINTR));
  return n < 0 && errno == EAGAIN;
}

int fcl__endpoint_unaccepted(fcl__endpoint *p) {
  int fd, living = 0;
  if (p->fd < 0)
    return 0;
  fcntl(p->fd, F_SETFL, fcntl(p->fd, F_GETFL) | O_NONBLOCK);
  while (!living && (fd = accept4(p->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
    living = is_living(fd);
    close(fd);
  }
  return living;
}

void fcl__endpoint_close(fcl__endpoint *p) {
  if (p->fd < 0)
    return;
  if (p->port == 0)
    unlink(p->address.sun_path);
  close(p->fd);
  p->fd = -1;
}
