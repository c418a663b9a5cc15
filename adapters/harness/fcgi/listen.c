/* listen.c: listens on an address, in any form that TARGET has. */
#define _GNU_SOURCE
#include "listen.h"
#include "fcgi.h"
#include <errno.h>
#include <netdb.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

typedef struct place {
  struct sockaddr_storage at;
  socklen_t len;
} place;

static const char *find_unix(place *p, const char *path) {
  struct sockaddr_un *a = (struct sockaddr_un *) (void *) &p->at;
  size_t len = strlen(path);
  if (len == 0 || len >= sizeof a->sun_path)
    return "the path is empty, or longer than a socket's may be (107 bytes)";
  a->sun_family = AF_UNIX;
  memcpy(a->sun_path, path, len + 1);
  p->len = sizeof *a;
  if (path[0] == '@') {
    a->sun_path[0] = 0;
    p->len = (socklen_t) (offsetof(struct sockaddr_un, sun_path) + len);
  }
  return NULL;
}

static const char *find_tcp(place *p, const char *where) {
  struct addrinfo hints, *found;
  const char *colon = strrchr(where, ':');
  char host[64];
  size_t len = colon ? (size_t) (colon - where) : 0;
  int code, is_bracketed = where[0] == '[' && len > 2 && where[len - 1] == ']';
  if (len == 0 || len >= sizeof host)
    return "it is not tcp:HOST:PORT";
  snprintf(host, sizeof host, "%.*s", (int) len - 2 * is_bracketed, where + is_bracketed);
  memset(&hints, 0, sizeof hints);
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  code = getaddrinfo(host, colon + 1, &hints, &found);
  if (code)
    return gai_strerror(code);
  memcpy(&p->at, found->ai_addr, found->ai_addrlen);
  p->len = found->ai_addrlen;
  freeaddrinfo(found);
  return NULL;
}

static const char *find(place *p, const char *address) {
  memset(p, 0, sizeof *p);
  if (strncmp(address, "unix:", 5) == 0)
    return find_unix(p, address + 5);
  if (strncmp(address, "tcp:", 4) == 0)
    return find_tcp(p, address + 4);
  return "it is none of unix:/PATH, unix:@NAME, tcp:HOST:PORT";
}

/* A connected socket, or -1 with errno. */
static int dial(const place *p) {
  int fd = socket(p->at.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0), error;
  if (fd < 0 || connect(fd, (const struct sockaddr *) &p->at, p->len) == 0)
    return fd;
  error = errno;
  close(fd);
  errno = error;
  return -1;
}

/* Returns 0, or errno. */
static int try_connect(const place *p) {
  int fd = dial(p);
  if (fd < 0)
    return errno;
  close(fd);
  return 0;
}

int fcgi_dial(const char *address) {
  place p;
  if (find(&p, address) == NULL)
    return dial(&p);
  errno = EADDRNOTAVAIL;
  return -1;
}

int fcgi_is_served(const char *address) {
  place p;
  return find(&p, address) == NULL && try_connect(&p) == 0;
}

/* What a dead application left is in the way of the next one. */
static void remove_stale(const place *p, const char *address) {
  struct stat s;
  if (strncmp(address, "unix:/", 6) == 0 && lstat(address + 5, &s) == 0 && S_ISSOCK(s.st_mode) &&
      try_connect(p) == ECONNREFUSED)
    unlink(address + 5);
}

static int bind_to(fcgi_listener *l, const place *p, const char *address) {
  int on = 1;
  l->fd = socket(p->at.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (l->fd < 0)
    return 0;
  if (p->at.ss_family != AF_UNIX)
    setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  else
    remove_stale(p, address);
  return bind(l->fd, (const struct sockaddr *) &p->at, p->len) == 0 && listen(l->fd, 1024) == 0;
}

/* Port 0 has become another. */
static int name_it(fcgi_listener *l, const char *address) {
  struct sockaddr_storage bound;
  socklen_t len = sizeof bound;
  char host[64], port[16];
  if (strncmp(address, "tcp:", 4) != 0)
    return snprintf(l->address, sizeof l->address, "%s", address) < (int) sizeof l->address;
  if (getsockname(l->fd, (struct sockaddr *) &bound, &len) ||
      getnameinfo((struct sockaddr *) &bound, len, host, sizeof host, port, sizeof port,
                  NI_NUMERICHOST | NI_NUMERICSERV))
    return 0;
  snprintf(l->address, sizeof l->address, bound.ss_family == AF_INET6 ? "tcp:[%s]:%s" : "tcp:%s:%s",
           host, port);
  return 1;
}

static int try_listen(fcgi_listener *l, const char *address) {
  place p;
  const char *why = find(&p, address);
  if (why == NULL && bind_to(l, &p, address) && name_it(l, address))
    return 1;
  snprintf(l->why, sizeof l->why, "cannot listen on %s: %s", address, why ? why : strerror(errno));
  if (l->fd >= 0)
    close(l->fd);
  l->fd = -1;
  return 0;
}

int fcgi_listen(fcgi_listener *l, const char *address) {
  char *whole = fcgi_whole_address(address);
  int listens;
  memset(l, 0, sizeof *l);
  l->fd = -1;
  listens = try_listen(l, whole ? whole : address);
  free(whole);
  return listens;
}

void fcgi_unlisten(fcgi_listener *l) {
  if (l->fd < 0)
    return;
  close(l->fd);
  l->fd = -1;
  if (strncmp(l->address, "unix:/", 6) == 0)
    unlink(l->address + 5);
}
