/* address.c: finds what a socket needs of an address. */
#include "address.h"
#include <netdb.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

/* "@name" is Linux' abstract namespace: a NUL, and the name without one behind it. */
static const char *find_unix(fcl__address *a, const char *path) {
  struct sockaddr_un *to = (struct sockaddr_un *) (void *) &a->at;
  size_t len = strlen(path);
  if (len == 0 || len >= sizeof to->sun_path)
    return "a socket's path has 1 to 107 bytes";
  to->sun_family = AF_UNIX;
  memcpy(to->sun_path, path, len + 1);
  a->len = sizeof *to;
  if (path[0] == '@') {
    to->sun_path[0] = 0;
    a->len = (socklen_t) (offsetof(struct sockaddr_un, sun_path) + len);
  }
  return NULL;
}

static const char *find_tcp(fcl__address *a, const char *where, int is_passive) {
  struct addrinfo hints, *found;
  const char *colon = strrchr(where, ':');
  char host[256];
  size_t len = colon ? (size_t) (colon - where) : 0;
  int is_bracketed = len > 1 && where[0] == '[' && where[len - 1] == ']', code;
  if (len == 0 || len >= sizeof host || colon[1] == 0)
    return "it is not tcp:HOST:PORT";
  snprintf(host, sizeof host, "%.*s", (int) len - 2 * is_bracketed, where + is_bracketed);
  memset(&hints, 0, sizeof hints);
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = is_passive ? AI_PASSIVE : 0;
  code = getaddrinfo(host, colon + 1, &hints, &found);
  if (code)
    return gai_strerror(code);
  memcpy(&a->at, found->ai_addr, found->ai_addrlen);
  a->len = found->ai_addrlen;
  freeaddrinfo(found);
  return NULL;
}

const char *fcl__address_find(fcl__address *a, const char *text, int is_passive) {
  memset(a, 0, sizeof *a);
  if (strncmp(text, "unix:", 5) == 0)
    return find_unix(a, text + 5);
  if (strncmp(text, "tcp:", 4) == 0)
    return find_tcp(a, text + 4, is_passive);
  return "it is none of unix:/PATH, unix:@NAME, tcp:HOST:PORT";
}
