/* address.h: addresses as texts, for all who listen or connect. */
#ifndef FCL_HARNESS_ADDRESS_H
#define FCL_HARNESS_ADDRESS_H
#include <fcgiclient/codec.h>

/* What a socket needs of an address: room for any that the system has.  A named pipe: its name. */
typedef struct fcl__address {
  uint64_t at[40];
  unsigned len;
  int is_tcp, is_pipe;
} fcl__address;

/* "unix:/path", "unix:@name", "tcp:host:port", "tcp:[host]:port", "pipe:\\\\.\\pipe\\name".
   `is_passive`: to listen on. NULL, or what is wrong with it; lent. */
const char *fcl__address_find(fcl__address *a, const char *text, int is_passive);

/* ---- By system: net_posix.c, net_win32.c; likewise NULL or what is wrong ---- */

const char *fcl__address_find_unix(fcl__address *a, const char *path);
const char *fcl__address_find_pipe(fcl__address *a, const char *name);
const char *fcl__address_find_tcp(fcl__address *a, const char *host, const char *port,
                                  int is_passive);
/* A free one, of our own: distinct for each `number`. */
void fcl__address_own(char *out, size_t cap, unsigned number);
void fcl__address_own_pipe(char *out, size_t cap, unsigned number); /* likewise, where there are */
int fcl__address_is_socket(const char *path); /* a socket lies there as a file */
int fcl__address_has_unix(void);              /* there are Unix sockets */

/* ---- connect.c ---- */

/* A connection, not blocking; may be underway.  -1: *e says why. */
int fcl__connect(const char *address, fcl_error *e);
/* A connected socket, closed by exec; -1 with errno. */
int fcl__dial(const char *address);
/* 1 when somebody takes connections there. */
int fcl__is_served(const char *address);
#endif
