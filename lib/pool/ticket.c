/* ticket.c: a request's place in the pool: begun, connected, tried again, over. */
#include "base/system.h"
#include "pool/parts.h"

static int is_process(const fcl__member *m) {
  return fcl__pool_starts_processes(m->pool);
}

void fcl__ticket_detach(fcl__ticket *t) {
  fcl__member *m = t->member;
  if (t->pool->submitting == t)
    t->pool->submitting = NULL;
  fcl__ticket_stop_clocks(t);
  if (t->state == FCL__QUEUED) {
    t->pool->queued--;
    if (t->pool->queued < t->pool->queued_least)
      t->pool->queued_least = t->pool->queued;
    if (t->pool->quota != NULL)
      t->pool->quota->queued--;
    fcl__queue_remove(&t->pool->queue, t);
  }
  if (m != NULL) {
    fcl__list_remove(&t->link);
    fcl__queue_let_go(&t->pool->queue, t);
    t->pool->open--;
    m->in_hand--;
    fcl__balance_note(m);
    m->connecting -= t->state == FCL__CONNECTING;
  }
  t->member = NULL;
  t->state = FCL__ENDED;
}

void fcl__ticket_fail(fcl__ticket *t, const fcl_error *e) {
  fcl__pool *pool = t->pool;
  fcl_error tagged;
  fcl__ticket_detach(t);
  if (t->tag.len > 0) {
    tagged = *e;
    fcl__error_append(&tagged, " [%.*s]", (int) (t->tag.len < 100 ? t->tag.len : 100), t->tag.base);
    e = &tagged;
  }
  pool->ops->fail(pool->io, t, e);
}

/* ---- Its life ---- */

static void leave_free(fcl__ticket *t, uint64_t now) {
  fcl__member *m = t->member;
  fcl__ticket_detach(t);
  fcl__queue_left(&t->pool->queue, t, now);
  fcl__member_release(m, now);
}

/* It is detached, and put back in front of the queue if it is to be tried again, before the process
   is asked for proof: that may come at once and set things going. */
static void leave_unknown(fcl__ticket *t, int is_retried, uint64_t now) {
  fcl__member *m = t->member;
  fcl__duration *d = is_process(m) ? fcl__ticket_patience(t, now) : NULL;
  fcl__ticket_detach(t);
  if (is_retried)
    fcl__pool_enqueue(t->pool, t, 1, now);
  if (is_process(m))
    fcl__member_prove(m, d, !is_retried, now);
  else
    fcl__member_free(m, now);
}

static void end(fcl__ticket *t, fcl__release how, uint64_t now) {
  fcl__pool *pool = t->pool;
  switch (t->state) {
  case FCL__NEW:
  case FCL__ENDED:
    return;
  case FCL__QUEUED:
    fcl__ticket_detach(t);
    break;
  case FCL__CONNECTING: /* nothing was sent */
    t->member->served--;
    leave_free(t, now);
    break;
  case FCL__OPEN:
    if (how == FCL__FREE)
      leave_free(t, now);
    else
      leave_unknown(t, 0, now);
    break;
  }
  fcl__pool_settle(pool, now);
}

void fcl__pool_release(fcl__ticket *t, fcl__release how, uint64_t now) {
  end(t, how, now);
}

void fcl__pool_cancel(fcl__ticket *t, uint64_t now) {
  end(t, FCL__UNKNOWN, now);
}

/* Who meets a dead process may meet all of them, when all were killed. */
static unsigned tries_max(const fcl__pool *pool, int is_certain) {
  return is_certain ? 4 + pool->settings.max_processes : 2;
}

int fcl__pool_retry(fcl__ticket *t, int is_certain, uint64_t now) {
  fcl__pool *pool = t->pool;
  if (t->state != FCL__CONNECTING && t->state != FCL__OPEN)
    return 1;
  if (t->tries >= tries_max(pool, is_certain))
    return 0;
  t->member->served--;
  leave_unknown(t, 1, now);
  fcl__pool_settle(pool, now);
  return 1;
}

int fcl__pool_return(fcl__ticket *t, uint64_t now) {
  fcl__pool *pool = t->pool;
  fcl__member *m = t->member;
  if (t->state != FCL__OPEN)
    return 1;
  if (t->tries >= tries_max(pool, 1))
    return 0;
  m->served--;
  fcl__ticket_detach(t);
  fcl__pool_enqueue(pool, t, 1, now);
  fcl__member_release(m, now);
  fcl__pool_settle(pool, now);
  return 1;
}

/* 1: the member is not to blame, only this request cannot be connected. */
static int is_ours(const fcl_error *e) {
  if (e->code != FCL_E_CONNECT && e->code != FCL_E_TIMEOUT_CONNECT)
    return 1;
  return fcl__system_is_short(e->sys);
}

static void blame(fcl__member *m, const fcl_error *e, uint64_t now) {
  fcl_error event;
  if (!is_process(m)) {
    fcl__address_down(m, e, now);
    return;
  }
  event = *e;
  fcl__add_sentence(&event, "So %s is asked to leave.", fcl__who(m).text);
  m->pool->ops->event(m->pool->io, m, &event, FCL_LEVEL_WARNING);
  fcl__member_because(m, FCL_LEFT_REFUSED);
  fcl__member_retire(m, now);
  fcl__breaker_count(m->pool, now);
}

/* Nothing was sent, so another member may be tried: one, or two where there are more addresses. */
static int may_go_elsewhere(fcl__ticket *t) {
  fcl__pool *pool = t->pool;
  unsigned most = !fcl__pool_starts_processes(pool) && fcl__pool_addresses(pool) > 2 ? 2 : 1;
  return t->refusals++ < most && !fcl__pool_unreachable(pool);
}

void fcl__ticket_refuse(fcl__ticket *t, const fcl_error *e, uint64_t now) {
  fcl__pool *pool = t->pool;
  fcl__member *m = t->member;
  m->served--;
  fcl__ticket_detach(t);
  if (is_ours(e))
    fcl__member_release(m, now);
  else
    blame(m, e, now);
  if (!is_ours(e) && may_go_elsewhere(t))
    fcl__pool_enqueue(pool, t, 1, now);
  else
    fcl__ticket_fail(t, e);
}

void fcl__pool_refused(fcl__ticket *t, const fcl_error *e, uint64_t now) {
  fcl__pool *pool = t->pool;
  if (t->state != FCL__CONNECTING)
    return;
  fcl__ticket_refuse(t, e, now);
  fcl__pool_settle(pool, now);
}

void fcl__ticket_begin(fcl__ticket *t, fcl__member *m, uint64_t now) {
  fcl__pool *pool = t->pool;
  fcl_error e;
  fcl__ticket_detach(t);
  t->state = FCL__CONNECTING;
  t->member = m;
  t->tries++;
  t->is_answered = 0;
  t->opened_at = now;
  t->paused_ms = 0;
  fcl__queue_hold(&pool->queue, t);
  fcl__list_append(&m->tickets, &t->link);
  m->in_hand++;
  fcl__balance_note(m);
  m->connecting++;
  m->served++;
  pool->open++;
  if (pool->open > pool->open_most)
    pool->open_most = pool->open;
  fcl__clock_set(&t->clock, pool->durations[FCL__D_CONNECT], now);
  fcl__member_taking(m, now);
  if (pool->ops->begin(pool->io, m, t, &e) != FCL_OK)
    fcl__ticket_refuse(t, &e, now);
}

void fcl__pool_connected(fcl__ticket *t, uint64_t now) {
  fcl__member *m = t->member;
  if (t->state != FCL__CONNECTING)
    return;
  fcl__clock_clear(&t->clock);
  t->state = FCL__OPEN;
  t->opened_at = t->paused_at = now;
  m->connecting--;
  if (!t->is_paused)
    fcl__ticket_run_clocks(t, now);
  if (m->failures == 0)
    return;
  fcl__address_up(m, now);
  fcl__pool_settle(t->pool, now);
}

void fcl__pool_answered(fcl__ticket *t, uint64_t now) {
  if (t->state != FCL__OPEN)
    return;
  t->is_answered = 1;
  fcl__clock_clear(&t->clock);
  fcl__clock_touch(&t->activity, now);
  t->member->has_answered = 1;
  if (t->member->is_proven || !is_process(t->member))
    return;
  fcl__member_live(t->member);
  fcl__pool_settle(t->pool, now); /* the back-off is over */
}

/* A process that takes too long is ended: nothing else is known to bring it back.  What else it has
   in hand is judged by its own clocks. */
void fcl__ticket_overrun(fcl__ticket *t, const fcl_error *e, uint64_t now) {
  fcl__pool *pool = t->pool;
  fcl__member *m = t->member;
  fcl__ticket_fail(t, e);
  if (!is_process(m)) {
    fcl__address_update(m);
    return;
  }
  fcl__member_because(m, FCL_LEFT_TIMEOUT);
  if (m->in_hand > 0)
    fcl__member_retire(m, now);
  else
    fcl__member_force(m);
  fcl__breaker_count(pool, now);
}

void fcl__pool_condemn(fcl__ticket *t, const fcl_error *e, uint64_t now) {
  fcl__pool *pool = t->pool;
  if (t->state != FCL__CONNECTING && t->state != FCL__OPEN)
    return;
  fcl__member_because(t->member, FCL_LEFT_CONDEMNED);
  fcl__ticket_overrun(t, e, now);
  fcl__pool_settle(pool, now);
}

void fcl__ticket_init(fcl__ticket *t, fcl__pool *pool) {
  t->pool = pool;
  fcl__ticket_init_clocks(t);
}
