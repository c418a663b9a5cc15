/* address.h: addresses as texts, for all who listen or connect. */
#ifndef FCL_HARNESS_ADDRESS_H
#define FCL_HARNESS_ADDRESS_H
#include <fcgiclient/codec.h>
#include <sys/socket.h>

typedef struct fcl__address {
  struct sockaddr_storage at;
  socklen_t len;
} fcl__address;

/* "unix:/path", "unix:@name", "tcp:host:port", "tcp:[host]:port".  `is_passive`: to listen on.
   NULL, or what is wrong with it; lent. */
const char *fcl__address_find(fcl__address *a, const char *text, int is_passive);

/* ---- connect.c ---- */

/* A connection, not blocking; may be underway.  -1: *e says why. */
int fcl__connect(const char *address, fcl_error *e);
int fcl__connect_failed(int fd); /* errno of a connection that was underway; 0: none */
/* A connected socket, closed by exec; -1 with errno. */
int fcl__dial(const char *address);
/* 1 when somebody takes connections there. */
int fcl__is_served(const char *address);
#endif
