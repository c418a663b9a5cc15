/* watch.c: what is looked at every few seconds: how much memory processes use.  And their age. */
#include "pool/parts.h"

static int is_serving(const fcl__member *m) {
  return m->state == FCL__STARTING || m->state == FCL__IDLE || m->state == FCL__BUSY;
}

/* ---- Age ---- */

static void on_age(fcl__clock *c, uint64_t now) {
  fcl__member *m = FCL__OF(c, fcl__member, age);
  fcl__pool *pool = m->pool;
  if (!is_serving(m))
    return;
  fcl__say(pool, m, FCL_LEVEL_INFO, "process %ld has lived for %s (lifetime_ms) and is replaced.",
           m->pid, fcl__ms(pool->settings.lifetime_ms).text);
  fcl__member_because(m, FCL_LEFT_LIFETIME);
  fcl__member_recycle(m, now);
  fcl__pool_settle(pool, now);
}

/* ---- Memory ---- */

static void weigh(fcl__member *m, uint64_t now) {
  fcl__pool *pool = m->pool;
  uint64_t max = pool->settings.max_memory;
  m->memory = pool->ops->memory(pool->io, m);
  if (max == 0 || m->memory <= max)
    return;
  fcl__say(pool, m, FCL_LEVEL_WARNING,
           "process %ld uses %s of memory, more than %s (max_memory), after %u requests, and is "
           "replaced.",
           m->pid, fcl__bytes(m->memory).text, fcl__bytes(max).text, m->served);
  fcl__member_because(m, FCL_LEFT_MEMORY);
  fcl__member_recycle(m, now);
}

static void weigh_all(fcl__pool *pool, uint64_t now) {
  unsigned i;
  for (i = 0; i < pool->member_count; i++)
    if (is_serving(&pool->members[i]) && pool->members[i].pid != 0)
      weigh(&pool->members[i], now);
}

/* ---- Every few seconds, while there are processes ---- */

static void begin(fcl__pool *pool, uint64_t now) {
  if (pool->settings.max_memory == 0 || pool->serving == 0 || fcl__clock_runs(&pool->watch))
    return;
  fcl__clock_set(&pool->watch, pool->durations[FCL__D_WATCH], now);
}

static void on_watch(fcl__clock *c, uint64_t now) {
  fcl__pool *pool = FCL__OF(c, fcl__pool, watch);
  weigh_all(pool, now);
  begin(pool, now);
  fcl__pool_settle(pool, now);
}

void fcl__watch_started(fcl__member *m, uint64_t now) {
  fcl__clock_set(&m->age, m->pool->durations[FCL__D_LIFETIME], now);
  begin(m->pool, now);
}

void fcl__watch_init(fcl__pool *pool) {
  unsigned i;
  pool->watch.expired = on_watch;
  for (i = 0; i < pool->member_count; i++)
    pool->members[i].age.expired = on_age;
}
