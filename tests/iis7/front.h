/* front.h: HTTP for the test's server: as much of it as IIS has around its modules. */
#ifndef IIS7_FRONT_H
#define IIS7_FRONT_H
#include "server.h"

typedef struct front {
  const char *root;      /* of the site, without a '/' at its end */
  const char *processor; /* serves what ends in .php */
  server_kind kind;
  DWORD limit;
  unsigned port;
} front;

/* Serves one connection until it ends, and closes it. */
void front_serve(const front *f, int fd);
#endif
