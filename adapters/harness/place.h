/* place.h: an address that is listened on: by scripts, players, relays, and for programs. */
#ifndef FCL_HARNESS_PLACE_H
#define FCL_HARNESS_PLACE_H
#include <fcgiclient/codec.h>

typedef struct fcl__place {
  int fd;            /* closed by exec; -1: closed */
  char address[192]; /* as others connect to it: port 0 has become a real one */
  char path[192];    /* of the socket file to remove; "": none */
} fcl__place;

/* "unix:/path" (a socket file that nobody serves is replaced), "unix:@name", "tcp:host:port" (0: a
   free port); NULL: a free address of its own.  `backlog` 0: 1024.  Accepting does not wait.
   FCL_OK, or why not; p->fd is -1 then. */
int fcl__place_open(fcl__place *p, const char *address, int backlog, fcl_error *e);
/* From here on accepting waits: it is about to be a program's descriptor 0. */
void fcl__place_wait(fcl__place *p);
void fcl__place_close(fcl__place *p); /* and removes its socket file; again is harmless */
#endif
