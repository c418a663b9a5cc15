/* address.c: finds what a socket needs of an address. */
#include "address.h"
#include <stdio.h>
#include <string.h>

static const char *find_tcp(fcl__address *a, const char *where, int is_passive) {
  const char *colon = strrchr(where, ':');
  char host[256];
  size_t len = colon ? (size_t) (colon - where) : 0;
  int is_bracketed = len > 1 && where[0] == '[' && where[len - 1] == ']';
  if (len == 0 || len >= sizeof host || colon[1] == 0)
    return "it is not tcp:HOST:PORT";
  snprintf(host, sizeof host, "%.*s", (int) len - 2 * is_bracketed, where + is_bracketed);
  a->is_tcp = 1;
  return fcl__address_find_tcp(a, host, colon + 1, is_passive);
}

const char *fcl__address_find(fcl__address *a, const char *text, int is_passive) {
  memset(a, 0, sizeof *a);
  if (strncmp(text, "unix:", 5) == 0)
    return fcl__address_find_unix(a, text + 5);
  if (strncmp(text, "tcp:", 4) == 0)
    return find_tcp(a, text + 4, is_passive);
  if (strncmp(text, "pipe:", 5) == 0)
    return fcl__address_find_pipe(a, text + 5);
  return "it is none of unix:/PATH, unix:@NAME, tcp:HOST:PORT, pipe:\\\\.\\pipe\\NAME";
}
