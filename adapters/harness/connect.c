/* connect.c: connections to an address. */
#include "net.h"
#include <errno.h>
#include <stdio.h>

static int refuse(fcl_error *e, const char *address, const char *why) {
  if (e) {
    e->code = FCL_E_CONNECT;
    e->sys = errno;
    snprintf(e->text, sizeof e->text, "cannot connect to %.300s: %s", address, why);
  }
  return -1;
}

int fcl__connect(const char *address, fcl_error *e) {
  fcl__address a;
  const char *why = fcl__address_find(&a, address, 0);
  int fd;
  errno = 0;
  if (why)
    return refuse(e, address, why);
  fd = fcl__net_connect(&a);
  return fd < 0 ? refuse(e, address, fcl__net_why(errno)) : fd;
}

int fcl__dial(const char *address) {
  fcl__address a;
  if (fcl__address_find(&a, address, 0) == NULL)
    return fcl__net_dial(&a);
  errno = EADDRNOTAVAIL;
  return -1;
}

int fcl__is_served(const char *address) {
  int fd = fcl__dial(address);
  fcl__net_close(fd);
  return fd >= 0;
}
