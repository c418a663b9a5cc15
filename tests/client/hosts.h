/* hosts.h: several scripted applications, each at an address of its own, that answer with their
   number; and a pool that reaches them all. */
#ifndef TEST_HOSTS_H
#define TEST_HOSTS_H
#include "client/world.h"

#define HOSTS 4

typedef struct host {
  unsigned number;
  const char *listen;    /* where; NULL: a Unix socket of its own */
  atomic_int is_crowded; /* it refuses requests as OVERLOADED */
  atomic_int is_mute;    /* it takes requests, and does not answer */
  atomic_int status;     /* of its answers; 0: none is said */
  atomic_uint served;    /* answers */
  atomic_uint muted;     /* requests without one */
  char subject[128];     /* of the last: its method, SCRIPT_NAME, SCRIPT_FILENAME, X */
  fcl_script *script;
} host;

typedef struct hosts {
  world w;
  host host[HOSTS];
  unsigned count;
  const char *addresses[HOSTS + 1];
} hosts;

/* A client in that mode, and so many applications; then the pool, of h->w.options with their
   addresses (or those that are set in it). */
void hosts_open(hosts *h, fcl_loop mode, unsigned count);
void hosts_reach(hosts *h);
void hosts_end(hosts *h);
void host_start(host *h);
void host_stop(host *h); /* nobody listens there any more */

/* The number of the host that answers a GET with that key (NULL: none); fails the test where none
   does. */
unsigned hosts_ask(hosts *h, const char *key);
/* The result of one. */
void hosts_get(hosts *h, exchange *x, const char *key);
#endif
