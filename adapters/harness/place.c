/* place.c: listens on an address. */
#include "place.h"
#include "script.h"
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/* Distinct in this process; the pid makes it so among others. */
static void own_address(fcl__place *p, int is_pipe) {
  static atomic_uint last;
  unsigned number = atomic_fetch_add(&last, 1) + 1;
  if (is_pipe)
    fcl__address_own_pipe(p->address, sizeof p->address, number);
  else
    fcl__address_own(p->address, sizeof p->address, number);
}

static const char *socket_file(const fcl__place *p) {
  return strncmp(p->address, "unix:", 5) == 0 && p->address[5] != '@' ? p->address + 5 : "";
}

/* What a dead application left is in the way of the next one. */
static void remove_stale(const fcl__place *p) {
  if (socket_file(p)[0] && fcl__address_is_socket(socket_file(p)) && !fcl__is_served(p->address) &&
      errno == ECONNREFUSED)
    remove(socket_file(p));
}

/* The port may have been 0: the address becomes the real one. */
static int listen_there(fcl__place *p, const fcl__address *a, int backlog) {
  remove_stale(p);
  p->fd = fcl__net_listen(a, backlog ? backlog : 1024);
  if (p->fd < 0)
    return 0;
  memcpy(p->path, socket_file(p), strlen(socket_file(p)) + 1);
  return !a->is_tcp || fcl__net_name(p->fd, p->address, sizeof p->address);
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
  if (address == NULL || strcmp(address, "pipe:") == 0)
    own_address(p, address != NULL);
  else
    snprintf(p->address, sizeof p->address, "%s", address);
  why = fcl__address_find(&a, p->address, 1);
  if (why)
    return fail(p, e, FCL_E_INVAL, why);
  if (!listen_there(p, &a, backlog))
    return fail(p, e, FCL_E_CONFIG, fcl__net_why(errno));
  return FCL_OK;
}

void fcl__place_wait(fcl__place *p) {
  fcl__net_wait(p->fd, 1);
}

void fcl__place_close(fcl__place *p) {
  fcl__net_close(p->fd);
  p->fd = -1;
  if (p->path[0])
    remove(p->path);
  p->path[0] = 0;
}
