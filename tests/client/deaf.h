/* deaf.h: a listening socket whose backlog is full: who connects waits. */
#ifndef TEST_DEAF_H
#define TEST_DEAF_H

typedef struct deaf {
  char address[64]; /* as fcl_pool_options.addresses has it */
  int listener, clients[4];
} deaf;

void deaf_open(deaf *d, int is_tcp);
/* Those that wait are let in, and others after them. */
void deaf_listen(deaf *d);
void deaf_close(deaf *d);
#endif
