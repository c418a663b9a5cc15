/* balance.c: which member takes the next request; which addresses are to be tried, and which are
 * left alone for a while. */
#include "pool/parts.h"

#define BACKOFFS (FCL__DURATIONS - FCL__D_BACKOFF)

/* An address that failed last time is tried with one connection before others follow. */
int fcl__address_has_room(const fcl__member *m) {
  return fcl__member_has_room(m) && !(m->failures > 0 && m->connecting > 0);
}

void fcl__address_update(fcl__member *m) {
  if (m->state != FCL__ABSENT)
    fcl__member_move(m, fcl__address_has_room(m) ? FCL__ROOM : FCL__FULL);
}

/* The one with the fewest requests in hand; among equals each in turn. */
static fcl__member *least_busy(fcl__pool *pool) {
  fcl__member *best = NULL;
  unsigned i;
  for (i = 0; i < pool->member_count; i++) {
    fcl__member *m = &pool->members[(pool->next_address + i) % pool->member_count];
    if (m->state == FCL__IDLE && (best == NULL || m->in_hand < best->in_hand))
      best = m;
  }
  if (best != NULL)
    pool->next_address = (best->index + 1) % pool->member_count;
  return best;
}

fcl__member *fcl__pool_pick(fcl__pool *pool) {
  if (!fcl__pool_starts_processes(pool))
    return fcl__list_empty(&pool->idle) ? NULL : least_busy(pool);
  if (!fcl__list_empty(&pool->idle))
    return FCL__OF(pool->idle.next, fcl__member, link);
  return fcl__list_empty(&pool->roomy) ? NULL : FCL__OF(pool->roomy.next, fcl__member, room);
}

/* Several requests see the same death; only the first counts. */
void fcl__address_down(fcl__member *m, const fcl_error *e, uint64_t now) {
  unsigned step = m->failures < BACKOFFS ? m->failures : BACKOFFS - 1;
  fcl_error event = *e;
  if (m->state == FCL__ABSENT)
    return;
  m->failures++;
  fcl__member_move(m, FCL__GONE);
  fcl__clock_set(&m->clock, m->pool->durations[FCL__D_BACKOFF + step], now);
  fcl__add_sentence(&event, "In %s %s is tried again.",
                    fcl__ms(fcl__clock_left(&m->clock, now)).text, fcl__who(m).text);
  m->pool->ops->event(m->pool->io, m, &event, FCL_LEVEL_WARNING);
  m->pool->ops->forget(m->pool->io, m);
}

void fcl__address_again(fcl__member *m) {
  fcl__clock_clear(&m->clock);
  if (m->state == FCL__ABSENT)
    fcl__member_move(m, fcl__address_has_room(m) ? FCL__ROOM : FCL__FULL);
}

void fcl__address_up(fcl__member *m) {
  m->failures = 0;
  fcl__address_again(m);
  fcl__address_update(m);
  fcl__say(m->pool, m, FCL_LEVEL_INFO, "%s can be reached again.", fcl__who(m).text);
}

int fcl__pool_unreachable(const fcl__pool *pool) {
  return !fcl__pool_starts_processes(pool) && pool->live == 0;
}

/* The address whose back-off ends first. */
static const fcl__member *next_up(const fcl__pool *pool) {
  const fcl__member *best = NULL;
  unsigned i;
  for (i = 0; i < pool->member_count; i++) {
    const fcl__member *m = &pool->members[i];
    if (fcl__clock_runs(&m->clock) && (best == NULL || m->clock.due < best->clock.due))
      best = m;
  }
  return best;
}

uint64_t fcl__pool_reachable_at(const fcl__pool *pool) {
  const fcl__member *m = next_up(pool);
  return m ? m->clock.due : UINT64_MAX;
}

void fcl__pool_refuse_unreachable(const fcl__pool *pool, fcl_error *e, uint64_t now) {
  const fcl__member *m = next_up(pool);
  fcl__error_setx(e, FCL_E_CONNECT, 0, "%s: none of its %u addresses can be reached",
                  pool->settings.name, pool->member_count);
  if (m != NULL)
    fcl__error_append(e, "; %s is tried again in %s", fcl__who(m).text,
                      fcl__ms(fcl__clock_left(&m->clock, now)).text);
  fcl__error_append(e, ". See that the application runs and listens there.");
}
