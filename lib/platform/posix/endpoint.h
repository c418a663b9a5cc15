/* endpoint.h: listening sockets, one per process: Unix sockets in a private directory, or ports of
   127.0.0.1. */
#ifndef FCL__ENDPOINT_H
#define FCL__ENDPOINT_H
#include "base/error.h"
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#define FCL__BACKLOG 16

typedef struct fcl__directory {
  char path[sizeof((struct sockaddr_un *) 0)->sun_path]; /* "": not chosen yet */
  int is_made;
  unsigned sockets; /* ever made: the next one's name */
} fcl__directory;

typedef struct fcl__endpoint {
  int fd; /* listening, blocking; -1: closed */
  struct sockaddr_un address;
  uint16_t port; /* of 127.0.0.1, in the network's order; 0: the address is a Unix socket's */
} fcl__endpoint;

/* Chooses a name that nobody else has, and makes nothing yet: so that the guardian can be told
   first.  Under `base`, or NULL: under $XDG_RUNTIME_DIR where that can be used, else under /tmp. */
fcl_code fcl__directory_choose(fcl__directory *d, const char *base, fcl_error *e);
fcl_code fcl__directory_make(fcl__directory *d, fcl_error *e);
void fcl__directory_remove(fcl__directory *d); /* only when the sockets are closed */

/* FCL_E_SPAWN with sys ENOENT: somebody has removed the directory. */
fcl_code fcl__endpoint_open(fcl__endpoint *p, fcl__directory *d, fcl_error *e);
/* Any free port. */
fcl_code fcl__endpoint_open_tcp(fcl__endpoint *p, fcl_error *e);
int fcl__endpoint_connect(const fcl__endpoint *p);    /* as fcl__process_connect */
int fcl__endpoint_is_awaited(const fcl__endpoint *p); /* as fcl__process_is_awaited */
int fcl__endpoint_unaccepted(fcl__endpoint *p);       /* as fcl__process_unaccepted */
void fcl__endpoint_close(fcl__endpoint *p);           /* closes, and removes the file */
#endif
