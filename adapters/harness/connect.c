/* connect.c: connections to an address. */
#include "address.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int refuse(fcl_error *e, const char *address, const char *why) {
  if (e) {
    e->code = FCL_E_CONNECT;
    e->sys = errno;
    snprintf(e->text, sizeof e->text, "cannot connect to %.300s: %s", address, why);
  }
  return -1;
}

/* A connected socket, or one underway where `flags` say that it does not wait; -1 with errno. */
static int reach(const fcl__address *a, int flags) {
  int fd = socket(a->at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | flags, 0), error;
  if (fd < 0 || connect(fd, (const struct sockaddr *) &a->at, a->len) == 0 || errno == EINPROGRESS)
    return fd;
  error = errno;
  close(fd);
  errno = error;
  return -1;
}

int fcl__connect(const char *address, fcl_error *e) {
  fcl__address a;
  const char *why = fcl__address_find(&a, address, 0);
  int fd;
  errno = 0;
  if (why)
    return refuse(e, address, why);
  fd = reach(&a, SOCK_NONBLOCK);
  return fd < 0 ? refuse(e, address, strerror(errno)) : fd;
}

int fcl__connect_failed(int fd) {
  int failed = 0;
  socklen_t len = sizeof failed;
  return getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &len) ? errno : failed;
}

int fcl__dial(const char *address) {
  fcl__address a;
  if (fcl__address_find(&a, address, 0) == NULL)
    return reach(&a, 0);
  errno = EADDRNOTAVAIL;
  return -1;
}

int fcl__is_served(const char *address) {
  int fd = fcl__dial(address);
  if (fd >= 0)
    close(fd);
  return fd >= 0;
}
