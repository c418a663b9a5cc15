/* ticket.c: a request's place in the pool: begun, connected, paused, tried again, over; and its
 * clocks. */
#include "pool/parts.h"
#include <errno.h>

static int is_process(const fcl__member *m) {
  return fcl__pool_starts_processes(m->pool);
}

static void stop_clocks(fcl__ticket *t) {
  fcl__clock_clear(&t->clock);
  fcl__clock_clear(&t->activity);
  fcl__clock_clear(&t->limit);
}

void fcl__ticket_detach(fcl__ticket *t) {
  fcl__member *m = t->member;
  stop_clocks(t);
  fcl__list_remove(&t->link);
  if (t->state == FCL__QUEUED)
    t->pool->queued--;
  if (m != NULL) {
    t->pool->open--;
    m->in_hand--;
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

/* ---- How long it may still take ---- */

/* Time that counts for request_ms. */
static uint64_t spent(const fcl__ticket *t, uint64_t now) {
  uint64_t until = t->is_paused && t->state == FCL__OPEN ? t->paused_at : now;
  return until - t->opened_at - t->paused_ms;
}

/* What is left of request_ms, rounded up to one of few durations; without memory for it, all of
 * request_ms. */
static fcl__duration *what_is_left(fcl__ticket *t, uint64_t now) {
  fcl__pool *pool = t->pool;
  uint64_t all = pool->settings.request_ms, used = spent(t, now), step;
  if (pool->durations[FCL__D_REQUEST] == NULL || used == 0)
    return pool->durations[FCL__D_REQUEST];
  step = used < all ? ((all - used) * FCL__STEPS + all - 1) / all : 1;
  if (pool->steps[step - 1] == NULL)
    pool->steps[step - 1] =
        fcl__duration_take(pool->timeouts, (uint32_t) ((all * step + FCL__STEPS - 1) / FCL__STEPS));
  return pool->steps[step - 1] ? pool->steps[step - 1] : pool->durations[FCL__D_REQUEST];
}

/* How long its process may go on after it was given up. */
fcl__duration *fcl__ticket_patience(fcl__ticket *t, uint64_t now) {
  fcl__pool *pool = t->pool;
  fcl__duration *d, *second = pool->durations[FCL__D_BACKOFF];
  if (pool->settings.abort_ms != 0)
    return pool->durations[FCL__D_ABORT];
  d = what_is_left(t, now);
  return d != NULL && fcl__duration_ms(d) < fcl__duration_ms(second) ? second : d;
}

/* ---- Its life ---- */

static void leave_free(fcl__ticket *t, uint64_t now) {
  fcl__member *m = t->member;
  fcl__ticket_detach(t);
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
  int sys = e->sys < 0 ? -e->sys : e->sys;
  if (e->code != FCL_E_CONNECT && e->code != FCL_E_TIMEOUT_CONNECT)
    return 1;
  return sys == EMFILE || sys == ENFILE || sys == ENOMEM || sys == ENOBUFS;
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
  fcl__member_retire(m, now);
  fcl__breaker_count(m->pool, now);
}

static void refuse(fcl__ticket *t, const fcl_error *e, uint64_t now) {
  fcl__pool *pool = t->pool;
  fcl__member *m = t->member;
  m->served--;
  fcl__ticket_detach(t);
  if (is_ours(e))
    fcl__member_release(m, now);
  else
    blame(m, e, now);
  if (!is_ours(e) && t->tries < 2 && !fcl__pool_unreachable(pool))
    fcl__pool_enqueue(pool, t, 1, now);
  else
    fcl__ticket_fail(t, e);
}

void fcl__pool_refused(fcl__ticket *t, const fcl_error *e, uint64_t now) {
  fcl__pool *pool = t->pool;
  if (t->state != FCL__CONNECTING)
    return;
  refuse(t, e, now);
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
  fcl__list_append(&m->tickets, &t->link);
  m->in_hand++;
  m->connecting++;
  m->served++;
  pool->open++;
  fcl__clock_set(&t->clock, pool->durations[FCL__D_CONNECT], now);
  fcl__member_taking(m, now);
  if (pool->ops->begin(pool->io, m, t, &e) != FCL_OK)
    refuse(t, &e, now);
}

static void run_clocks(fcl__ticket *t, uint64_t now) {
  fcl__pool *pool = t->pool;
  if (!t->is_answered)
    fcl__clock_set(&t->clock, pool->durations[FCL__D_FIRST], now);
  fcl__clock_set(&t->activity, pool->durations[FCL__D_ACTIVITY], now);
  fcl__clock_set(&t->limit, what_is_left(t, now), now);
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
    run_clocks(t, now);
  if (m->failures == 0)
    return;
  fcl__address_up(m);
  fcl__pool_settle(t->pool, now);
}

void fcl__pool_touch(fcl__ticket *t, uint64_t now) {
  fcl__clock_touch(&t->activity, now);
}

void fcl__pool_answered(fcl__ticket *t, uint64_t now) {
  if (t->state != FCL__OPEN)
    return;
  t->is_answered = 1;
  fcl__clock_clear(&t->clock);
  fcl__clock_touch(&t->activity, now);
  if (t->member->is_proven || !is_process(t->member))
    return;
  fcl__member_live(t->member);
  fcl__pool_settle(t->pool, now); /* the back-off is over */
}

void fcl__pool_pause(fcl__ticket *t, uint64_t now) {
  t->is_paused = 1;
  if (t->state != FCL__OPEN)
    return;
  t->paused_at = now;
  stop_clocks(t);
}

void fcl__pool_unpause(fcl__ticket *t, uint64_t now) {
  t->is_paused = 0;
  if (t->state != FCL__OPEN)
    return;
  t->paused_ms += now - t->paused_at;
  run_clocks(t, now);
}

/* ---- Its clocks ---- */

typedef struct limit {
  fcl_code code;
  const char *what, *option;
  unsigned ms;
} limit;

static const char *fate(const fcl__member *m) {
  if (!is_process(m))
    return "disconnected";
  return m->in_hand > 1 ? "aborted; the process is ended when its other requests are done"
                        : "ended";
}

static void set_sentence(fcl_error *e, const fcl__ticket *t, const limit *l) {
  const fcl__member *m = t->member;
  fcl__error_setx(e, l->code, 0, "%s: %s %s %s (%s)%s and was %s. Raise %s, or find what is slow.",
                  t->pool->settings.name, fcl__who(m).text, l->what, fcl__ms(l->ms).text, l->option,
                  fcl__doing(t).text, fate(m), l->option);
}

/* A process that takes too long is ended: nothing else is known to bring it back.  What else it has
   in hand is judged by its own clocks. */
static void end_with(fcl__ticket *t, const fcl_error *e, uint64_t now) {
  fcl__pool *pool = t->pool;
  fcl__member *m = t->member;
  fcl__ticket_fail(t, e);
  if (!is_process(m)) {
    fcl__address_update(m);
    return;
  }
  if (m->in_hand > 0)
    fcl__member_retire(m, now);
  else
    fcl__member_force(m);
  fcl__breaker_count(pool, now);
}

static void give_up(fcl__ticket *t, const limit *l, uint64_t now) {
  fcl_error e;
  set_sentence(&e, t, l);
  end_with(t, &e, now);
}

void fcl__pool_condemn(fcl__ticket *t, const fcl_error *e, uint64_t now) {
  fcl__pool *pool = t->pool;
  if (t->state != FCL__CONNECTING && t->state != FCL__OPEN)
    return;
  end_with(t, e, now);
  fcl__pool_settle(pool, now);
}

static void connect_ended(fcl__ticket *t, uint64_t now) {
  const limit l = {FCL_E_TIMEOUT_CONNECT, "accepted no connection within", "connect_ms",
                   t->pool->settings.connect_ms};
  fcl_error e;
  if (is_process(t->member)) {
    give_up(t, &l, now);
    return;
  }
  fcl__error_setx(
      &e, l.code, 0, "%s: %s %s %s (%s). See that the application runs and is not overloaded.",
      t->pool->settings.name, fcl__who(t->member).text, l.what, fcl__ms(l.ms).text, l.option);
  refuse(t, &e, now);
}

static void queue_ended(fcl__ticket *t, uint64_t now) {
  const fcl__pool_settings *s = &t->pool->settings;
  fcl_error e;
  fcl__error_setx(&e, FCL_E_TIMEOUT_QUEUE, 0,
                  "%s: a request waited for %s (queue_ms): %s. Raise %s, or find what is slow.",
                  s->name, fcl__ms(s->queue_ms).text, fcl__pool_load(t->pool, now).text,
                  s->program ? "max_processes" : "max_connections");
  fcl__ticket_fail(t, &e);
}

static void on_clock(fcl__clock *c, uint64_t now) {
  fcl__ticket *t = FCL__OF(c, fcl__ticket, clock);
  fcl__pool *pool = t->pool;
  const limit l = {FCL_E_TIMEOUT_FIRST, "did not begin to answer within", "first_ms",
                   pool->settings.first_ms};
  if (t->state == FCL__QUEUED)
    queue_ended(t, now);
  else if (t->state == FCL__CONNECTING)
    connect_ended(t, now);
  else
    give_up(t, &l, now);
  fcl__pool_settle(pool, now);
}

static void on_silence(fcl__clock *c, uint64_t now) {
  fcl__ticket *t = FCL__OF(c, fcl__ticket, activity);
  fcl__pool *pool = t->pool;
  const limit l = {FCL_E_TIMEOUT_ACTIVITY, "sent and took nothing for", "activity_ms",
                   pool->settings.activity_ms};
  give_up(t, &l, now);
  fcl__pool_settle(pool, now);
}

static void on_limit(fcl__clock *c, uint64_t now) {
  fcl__ticket *t = FCL__OF(c, fcl__ticket, limit);
  fcl__pool *pool = t->pool;
  const limit l = {FCL_E_TIMEOUT_REQUEST, "took longer than", "request_ms",
                   pool->settings.request_ms};
  give_up(t, &l, now);
  fcl__pool_settle(pool, now);
}

void fcl__ticket_init(fcl__ticket *t, fcl__pool *pool) {
  t->pool = pool;
  t->clock.expired = on_clock;
  t->activity.expired = on_silence;
  t->limit.expired = on_limit;
}
