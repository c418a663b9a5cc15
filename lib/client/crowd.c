/* crowd.c: who else in this process reaches the same address, and who of them makes room. */
#include "client/crowd.h"
#include "client/internal.h"
#include <string.h>

#define LIMIT_MS 10000 /* how long it is believed that an address has only so many workers */

struct fcl__crowd {
  fcl__list link; /* in `all` */
  fcl__list parts;
  unsigned refs;           /* under the lock, as these two */
  atomic_uint connections; /* that lead there, kept ones among them */
  atomic_uint unheard;     /* of these, new ones on which no answer has begun */
  atomic_uint owed;        /* to be closed when their requests are over; at most `unheard` */
  atomic_uint limit;       /* so many were being served when one had to wait; 0: not known */
  _Atomic uint64_t limit_until;
  char address[];
};

static const fcl__memory memory; /* the C library's: it belongs to no client */
static uv_once_t once = UV_ONCE_INIT;
static uv_mutex_t lock;
static fcl__list all;

static void begin(void) {
  uv_mutex_init(&lock);
  fcl__list_init(&all);
}

static fcl__crowd *crowd(const fcl__place *place) {
  return place->part.crowd;
}

/* ---- Joining ---- */

static fcl__crowd *find(const char *address) {
  fcl__list *at;
  for (at = all.next; at != &all; at = at->next) {
    fcl__crowd *c = FCL__OF(at, fcl__crowd, link);
    if (strcmp(c->address, address) == 0)
      return c;
  }
  return NULL;
}

static fcl__crowd *make(const char *address) {
  size_t len = strlen(address) + 1;
  fcl__crowd *c = fcl__zalloc(&memory, sizeof *c + len);
  if (c == NULL)
    return NULL;
  memcpy(c->address, address, len);
  fcl__list_init(&c->parts);
  fcl__list_append(&all, &c->link);
  return c;
}

int fcl__crowd_join(fcl__place *place, const char *address) {
  fcl__crowd *c;
  uv_once(&once, begin);
  uv_mutex_lock(&lock);
  c = find(address);
  if (c == NULL)
    c = make(address);
  if (c) {
    c->refs++;
    fcl__list_append(&c->parts, &place->part.link);
    place->part.crowd = c;
  }
  uv_mutex_unlock(&lock);
  return c != NULL;
}

void fcl__crowd_leave(fcl__place *place) {
  if (crowd(place) == NULL)
    return;
  uv_mutex_lock(&lock);
  fcl__list_remove(&place->part.link);
  uv_mutex_unlock(&lock);
}

void fcl__crowd_forget(fcl__place *place) {
  fcl__crowd *c = crowd(place);
  if (c == NULL)
    return;
  uv_mutex_lock(&lock);
  fcl__list_remove(&place->part.link);
  place->part.crowd = NULL;
  if (--c->refs == 0) {
    fcl__list_remove(&c->link);
    fcl__free(&memory, c);
  }
  uv_mutex_unlock(&lock);
}

/* ---- Making room ---- */

/* Nobody owes more than there are who wait. */
static void owe(fcl__crowd *c, unsigned more) {
  unsigned owed = atomic_load(&c->owed), most = atomic_load(&c->unheard), sum;
  do {
    sum = owed + more < most ? owed + more : most;
  } while (!atomic_compare_exchange_weak(&c->owed, &owed, sum));
}

/* Reserves one of the place's kept connections. */
static int reserve(fcl__place *place) {
  unsigned asked = atomic_load(&place->part.asked);
  do {
    if (asked >= atomic_load(&place->part.kept))
      return 0;
  } while (!atomic_compare_exchange_weak(&place->part.asked, &asked, asked + 1));
  return 1;
}

/* The first that has one; it goes to the end, so that the next time it is another's turn. */
static int ask_another(fcl__crowd *c, const fcl__place *place) {
  fcl__list *at, *after;
  int is_asked = 0;
  uv_mutex_lock(&lock);
  FCL__LIST_EACH (at, after, &c->parts) {
    fcl__place *other = FCL__OF(at, fcl__place, part.link);
    if (other == place || !reserve(other))
      continue;
    fcl__list_remove(at);
    fcl__list_append(&c->parts, at);
    fcl__client_post(other->pool->client, &other->pool->note, FCL__POOL_MAKE_ROOM);
    is_asked = 1;
    break;
  }
  uv_mutex_unlock(&lock);
  return is_asked;
}

static int make_room(fcl__place *place) {
  if (ask_another(crowd(place), place))
    return 1;
  owe(crowd(place), 1);
  return 0;
}

/* An idle connection stood beside one that waited: so many workers there are, it seems. */
void fcl__crowd_ask(fcl__place *place, uint64_t now) {
  fcl__crowd *c = crowd(place);
  unsigned served = atomic_load(&c->connections) - atomic_load(&c->unheard);
  if (!make_room(place))
    return;
  atomic_store(&c->limit, served > 0 ? served : 1);
  atomic_store(&c->limit_until, now + LIMIT_MS);
}

static void tell_others(fcl__crowd *c, const fcl__place *place) {
  fcl__list *at, *after;
  uv_mutex_lock(&lock);
  FCL__LIST_EACH (at, after, &c->parts) {
    fcl__place *other = FCL__OF(at, fcl__place, part.link);
    if (other != place)
      fcl__client_post(other->pool->client, &other->pool->note, FCL__POOL_MAKE_ROOM);
  }
  uv_mutex_unlock(&lock);
}

int fcl__crowd_enter(fcl__place *place, uint64_t now) {
  fcl__crowd *c = crowd(place);
  unsigned n = atomic_fetch_add(&c->connections, 1) + 1, limit = atomic_load(&c->limit);
  atomic_fetch_add(&c->unheard, 1);
  if (n == 2)
    tell_others(c, place);
  if (limit == 0 || n <= limit)
    return n > 1;
  if (now < atomic_load(&c->limit_until))
    make_room(place);
  else
    atomic_store(&c->limit, 0);
  return 1;
}

/* As many as are open and were answered hold a worker each: so there are at least so many. */
void fcl__crowd_heard(fcl__place *place) {
  fcl__crowd *c = crowd(place);
  unsigned unheard = atomic_fetch_sub(&c->unheard, 1) - 1;
  owe(c, 0);
  if (atomic_load(&c->connections) - unheard > atomic_load(&c->limit))
    atomic_store(&c->limit, 0);
}

void fcl__crowd_exit(fcl__place *place) {
  atomic_fetch_sub(&crowd(place)->connections, 1);
}

int fcl__crowd_is_alone(const fcl__place *place) {
  return atomic_load(&crowd(place)->connections) <= 1;
}

int fcl__crowd_owes(fcl__place *place) {
  fcl__crowd *c = crowd(place);
  unsigned owed = atomic_load_explicit(&c->owed, memory_order_relaxed);
  while (owed > 0)
    if (atomic_compare_exchange_weak(&c->owed, &owed, owed - 1))
      return 1;
  return 0;
}

unsigned fcl__crowd_asked(fcl__place *place) {
  return crowd(place) ? atomic_exchange(&place->part.asked, 0) : 0;
}

void fcl__crowd_unpaid(fcl__place *place, unsigned unpaid) {
  if (unpaid > 0)
    owe(crowd(place), unpaid);
}
