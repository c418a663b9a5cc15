/* close.c: a pool closes: what is under way may drain, the rest is failed, and every member leaves.
 */
#include "pool/parts.h"

static void stop_member(fcl__member *m, uint64_t now) {
  fcl__pool *pool = m->pool;
  if (fcl__pool_starts_processes(pool)) {
    if (m->state == FCL__ABSENT)
      return;
    fcl__member_because(m, FCL_LEFT_CLOSED);
    fcl__member_leave(m, now);
    return;
  }
  fcl__clock_clear(&m->clock);
  fcl__clock_clear(&m->check);
  if (m->state == FCL__ABSENT && !m->is_probed)
    return;
  m->is_probed = 0;
  if (m->state != FCL__ABSENT)
    fcl__member_move(m, FCL__GONE);
  pool->ops->forget(pool->io, m);
}

void fcl__pool_stop_all(fcl__pool *pool, uint64_t now) {
  unsigned i;
  pool->is_stopping = 1;
  for (i = 0; i < pool->member_count; i++)
    stop_member(&pool->members[i], now);
}

void fcl__pool_finish(fcl__pool *pool) {
  fcl__quota_leave(pool);
  fcl__breaker_reset(pool);
  fcl__clock_clear(&pool->drain);
  fcl__clock_clear(&pool->watch);
  fcl__clock_clear(&pool->hold);
  pool->is_closed = 1;
  pool->ops->closed(pool->io);
}

static void fail_in_hand(fcl__member *m, const fcl_error *e, uint64_t now) {
  if (m->in_hand == 0)
    return;
  while (m->in_hand > 0)
    fcl__ticket_fail(FCL__OF(m->tickets.next, fcl__ticket, link), e);
  if (!fcl__pool_starts_processes(m->pool))
    return;
  fcl__member_because(m, FCL_LEFT_CLOSED);
  fcl__member_leave(m, now);
}

static void end_all(fcl__pool *pool, uint64_t now) {
  fcl_error e;
  unsigned i;
  fcl__error_setx(&e, FCL_E_CLOSING, 0, "%s: the pool was closed before this request was done.",
                  pool->settings.name);
  fcl__pool_fail_queue(pool, &e);
  for (i = 0; i < pool->member_count; i++)
    fail_in_hand(&pool->members[i], &e, now);
}

/* Counts down by durations that the pool has anyway, the longest first, so that closing needs no
 * memory. */
static void drain_on(fcl__pool *pool, uint64_t now) {
  uint64_t left = pool->drain_until - now;
  unsigned i = FCL__DURATIONS - 1;
  while (i > FCL__D_CHECK && fcl__duration_ms(pool->durations[i]) > left)
    i--;
  fcl__clock_set(&pool->drain, pool->durations[i], now);
}

static void drain_ended(fcl__clock *c, uint64_t now) {
  fcl__pool *pool = FCL__OF(c, fcl__pool, drain);
  if (now < pool->drain_until) {
    drain_on(pool, now);
    return;
  }
  end_all(pool, now);
  fcl__pool_settle(pool, now);
}

void fcl__pool_close(fcl__pool *pool, unsigned drain_ms, uint64_t now) {
  if (pool->is_closing)
    return;
  pool->is_closing = 1;
  pool->is_lending = drain_ms > 0;
  pool->drain_until = now + drain_ms;
  if (drain_ms == 0)
    end_all(pool, now);
  else if (drain_ms != FCL_NEVER)
    drain_on(pool, now);
  fcl__pool_settle(pool, now);
}

void fcl__close_init(fcl__pool *pool) {
  pool->drain.expired = drain_ended;
}
