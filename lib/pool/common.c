/* common.c: a pool whose processes and queue are counted with those of pools elsewhere: what it
   asks whoever counts them, and what it gives. */
#include "pool/parts.h"

/* ---- Taking ---- */

int fcl__common_take(fcl__pool *pool) {
  int is_needed = fcl__pool_expected(pool) < pool->queued;
  if (!pool->settings.is_common || pool->is_lending || pool->ops->take(pool->io, is_needed))
    return 1;
  pool->is_short = is_needed != 0;
  return 0;
}

void fcl__common_changed(fcl__pool *pool, uint64_t now) {
  if (pool->settings.is_common)
    pool->ops->changed(pool->io, now);
}

int fcl__common_is_crowded(fcl__pool *pool) {
  return pool->settings.is_common && pool->ops->is_crowded(pool->io);
}

void fcl__pool_go_on(fcl__pool *pool, uint64_t now) {
  fcl__pool_settle(pool, now);
}

/* ---- Wanting ---- */

unsigned fcl__pool_beyond(const fcl__pool *pool) {
  unsigned expected = fcl__pool_starts_processes(pool) ? fcl__pool_expected(pool) : 0;
  return pool->queued > expected ? pool->queued - expected : 0;
}

unsigned fcl__pool_wanted(const fcl__pool *pool) {
  unsigned each = fcl__member_capacity(&pool->members[0]), beyond = fcl__pool_beyond(pool);
  unsigned wanted = beyond / each + (beyond % each != 0);
  if (!pool->is_short || pool->serving >= pool->size.limit)
    return 0;
  return wanted < pool->size.limit - pool->serving ? wanted : pool->size.limit - pool->serving;
}

/* ---- Giving ---- */

unsigned fcl__pool_held(const fcl__pool *pool) {
  return fcl__pool_starts_processes(pool) && !pool->is_lending ? pool->serving + pool->giving : 0;
}

unsigned fcl__pool_giving(const fcl__pool *pool) {
  return pool->is_lending ? 0 : pool->giving;
}

int fcl__common_yields(fcl__pool *pool, uint64_t now) {
  return pool->settings.is_common && !pool->is_lending && pool->ops->yields(pool->io, now);
}

int fcl__common_stays(fcl__pool *pool) {
  if (pool->settings.is_common && !pool->is_lending)
    return pool->ops->stays(pool->io);
  return pool->serving <= pool->settings.min_processes;
}

/* The one that was used last has been idle for the shortest time. */
static fcl__member *find_idle(const fcl__pool *pool, uint64_t now) {
  fcl__member *m;
  if (fcl__list_empty(&pool->idle))
    return NULL;
  m = FCL__OF(pool->idle.prev, fcl__member, link);
  return now - m->rested_at >= FCL__RETURN_MS ? m : NULL;
}

/* One that many share may never be without a request. */
static fcl__member *find_shared(const fcl__pool *pool) {
  fcl__member *best = NULL;
  unsigned i;
  if (fcl__member_capacity(&pool->members[0]) <= 1)
    return NULL;
  for (i = 0; i < pool->member_count; i++) {
    fcl__member *m = &pool->members[i];
    if (m->state == FCL__BUSY && !m->is_proving && (best == NULL || m->in_hand < best->in_hand))
      best = m;
  }
  return best;
}

unsigned fcl__pool_idle_ms(const fcl__pool *pool, uint64_t now) {
  const fcl__member *m = pool->is_stopping ? NULL : find_idle(pool, now);
  uint64_t ms = m != NULL ? now - m->rested_at : 0;
  return ms < FCL_NEVER ? (unsigned) ms : FCL_NEVER;
}

int fcl__pool_is_shared(const fcl__pool *pool) {
  return !pool->is_stopping && fcl__list_empty(&pool->idle) && find_shared(pool) != NULL;
}

void fcl__pool_yield(fcl__pool *pool, uint64_t now) {
  fcl__member *idle = find_idle(pool, now), *m = idle != NULL ? idle : find_shared(pool);
  if (m == NULL)
    return;
  fcl__say(pool, m, FCL_LEVEL_INFO, "process %ld %s and makes room for another client's.", m->pid,
           idle != NULL ? "was idle" : "takes no more requests");
  fcl__member_because(m, FCL_LEFT_ROOM);
  fcl__member_retire(m, now);
  fcl__pool_settle(pool, now);
}
