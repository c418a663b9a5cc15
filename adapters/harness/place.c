/* place.c: listens on an address. */
#include "place.h"
#include "address.h"
#include "script.h"
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Distinct in this process; the pid makes it so among others. */
static unsigned next_name(void) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  static unsigned last;
  unsigned mine;
  pthread_mutex_lock(&lock);
  mine = ++last;
  pthread_mutex_unlock(&lock);
  return mine;
}

static void own_address(fcl__place *p) {
#ifdef __linux__
  snprintf(p->address, sizeof p->address, "unix:@fcl-script-%ld-%u", (long) getpid(), next_name());
#else
  snprintf(p->address, sizeof p->address, "tcp:127.0.0.1:0");
#endif
}

static const char *socket_file(const fcl__place *p) {
  return strncmp(p->address, "unix:", 5) == 0 && p->address[5] != '@' ? p->address + 5 : "";
}

/* What a dead application left is in the way of the next one. */
static void remove_stale(const fcl__place *p) {
  struct stat s;
  if (socket_file(p)[0] && lstat(socket_file(p), &s) == 0 && S_ISSOCK(s.st_mode) &&
      !fcl__is_served(p->address) && errno == ECONNREFUSED)
    unlink(socket_file(p));
}

static int bind_and_listen(fcl__place *p, const fcl__address *a, int backlog) {
  int on = 1;
  p->fd = socket(a->at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (p->fd < 0)
    return 0;
  if (a->at.ss_family != AF_UNIX)
    setsockopt(p->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  remove_stale(p);
  if (bind(p->fd, (const struct sockaddr *) &a->at, a->len))
    return 0;
  memcpy(p->path, socket_file(p), strlen(socket_file(p)) + 1);
  return listen(p->fd, backlog ? backlog : 1024) == 0;
}

/* The port may have been 0: says which it became. */
static int name_tcp(fcl__place *p) {
  struct sockaddr_storage bound;
  socklen_t len = sizeof bound;
  char host[64], port[16];
  if (getsockname(p->fd, (struct sockaddr *) &bound, &len) ||
      getnameinfo((struct sockaddr *) &bound, len, host, sizeof host, port, sizeof port,
                  NI_NUMERICHOST | NI_NUMERICSERV))
    return 0;
  snprintf(p->address, sizeof p->address, bound.ss_family == AF_INET6 ? "tcp:[%s]:%s" : "tcp:%s:%s",
           host, port);
  return 1;
}

static int fail(fcl__place *p, fcl_error *e, fcl_code code, const char *why) {
  char address[sizeof p->address];
  memcpy(address, p->address, sizeof address);
  fcl__place_close(p);
  return fcl__script_error(e, code, "cannot listen on %s: %s", address, why);
}

int fcl__place_open(fcl__place *p, const char *address, int backlog, fcl_error *e) {
  fcl__address a;
  const char *why;
  memset(p, 0, sizeof *p);
  p->fd = -1;
  if (address && strlen(address) >= sizeof p->address)
    return fcl__script_error(e, FCL_E_INVAL, "the address to listen on has %zu bytes; %zu fit",
                             strlen(address), sizeof p->address - 1);
  if (address)
    snprintf(p->address, sizeof p->address, "%s", address);
  else
    own_address(p);
  why = fcl__address_find(&a, p->address, 1);
  if (why)
    return fail(p, e, FCL_E_INVAL, why);
  if (!bind_and_listen(p, &a, backlog) || (a.at.ss_family != AF_UNIX && !name_tcp(p)))
    return fail(p, e, FCL_E_CONFIG, strerror(errno));
  return FCL_OK;
}

void fcl__place_wait(fcl__place *p) {
  fcntl(p->fd, F_SETFL, fcntl(p->fd, F_GETFL) & ~O_NONBLOCK);
}

void fcl__place_close(fcl__place *p) {
  if (p->fd >= 0)
    close(p->fd);
  p->fd = -1;
  if (p->path[0])
    unlink(p->path);
  p->path[0] = 0;
}
