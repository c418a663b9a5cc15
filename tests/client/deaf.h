/* deaf.h: somebody who listens and has no room: who connects waits. */
#ifndef TEST_DEAF_H
#define TEST_DEAF_H
#include <stdint.h>

typedef struct deaf {
  char address[64]; /* as fcl_pool_options.addresses has it */
  intptr_t listener, clients[4], taken;
} deaf;

/* By TCP, or by what this system has for itself: a Unix socket, a named pipe. */
void deaf_open(deaf *d, int is_tcp);
/* Those that wait are let in, and others after them. */
void deaf_listen(deaf *d);
/* Does not wait.  1: one of those has said something; that is its first byte, and its connection
   is closed. */
int deaf_takes(deaf *d, char *byte);
void deaf_close(deaf *d);
#endif
