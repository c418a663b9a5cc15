/* crowd.h: everybody in this process who reaches the same address, in whatever client: so that no
   kept connection of one holds a worker that another waits for.  A connection holds a worker of
   php-fpm as long as it is kept, and a new one that is not answered may wait for just that. */
#ifndef FCL__CLIENT_CROWD_H
#define FCL__CLIENT_CROWD_H
#include "base/list.h"
#include <stdatomic.h>
#include <stdint.h>

typedef struct fcl__crowd fcl__crowd;
struct fcl__place;

/* A place's part in it; zeroed: none. */
typedef struct fcl__crowd_part {
  fcl__crowd *crowd;
  fcl__list link;    /* in crowd->parts; under the lock of all crowds */
  atomic_uint kept;  /* connections that wait for a request */
  atomic_uint asked; /* how many of these shall be closed */
} fcl__crowd_part;

/* [any thread]  0: there is no memory. */
int fcl__crowd_join(struct fcl__place *place, const char *address);
/* Nobody asks it for anything any more; its connections still count. */
void fcl__crowd_leave(struct fcl__place *place);
void fcl__crowd_forget(struct fcl__place *place); /* they are gone */

/* A connection was made, which nobody has answered yet.  1: it may have to wait for another.  The
   first may as well, as soon as there is a second: that was perhaps accepted before it, and is
   kept. So the others are told (FCL__POOL_MAKE_ROOM); the own place is the caller's. */
int fcl__crowd_enter(struct fcl__place *place, uint64_t now);
void fcl__crowd_heard(struct fcl__place *place);         /* an answer came, or none will */
void fcl__crowd_exit(struct fcl__place *place);          /* a connection is closed */
int fcl__crowd_is_alone(const struct fcl__place *place); /* there is no other connection */
/* A new one has not been answered for a while: somebody makes room, now or when his request is
   over. */
void fcl__crowd_ask(struct fcl__place *place, uint64_t now);
/* A request is over.  1: its connection shall be closed, for somebody waits. */
int fcl__crowd_owes(struct fcl__place *place);
/* What this place was asked to close; it has nothing any more for `unpaid` of it. */
unsigned fcl__crowd_asked(struct fcl__place *place);
void fcl__crowd_unpaid(struct fcl__place *place, unsigned unpaid);
#endif
