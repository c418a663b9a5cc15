/* place.h: an address that is listened on, for players and relays. */
#ifndef FCL_HARNESS_PLACE_H
#define FCL_HARNESS_PLACE_H
#include "script.h"

typedef struct fcl__place {
  fcl_script is; /* only its address, listener and path are used */
} fcl__place;

/* "unix:/path", "unix:@name", "tcp:host:port" (0: a free port); NULL: a free address of its own. */
int fcl__place_open(fcl__place *p, const char *address, fcl_error *e); /* FCL_OK, or why not */
const char *fcl__place_address(const fcl__place *p);
int fcl__place_fd(const fcl__place *p); /* not blocking; -1: closed */
void fcl__place_close(fcl__place *p);
#endif
