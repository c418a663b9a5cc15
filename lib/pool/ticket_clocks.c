/* ticket_clocks.c: how long a request may take: its clocks, what pauses leave of them, and what it
 * means that one rings. */
#include "pool/parts.h"

static int is_process(const fcl__member *m) {
  return fcl__pool_starts_processes(m->pool);
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

/* ---- Running and standing still ---- */

void fcl__ticket_stop_clocks(fcl__ticket *t) {
  fcl__clock_clear(&t->clock);
  fcl__clock_clear(&t->activity);
  fcl__clock_clear(&t->limit);
}

void fcl__ticket_run_clocks(fcl__ticket *t, uint64_t now) {
  fcl__pool *pool = t->pool;
  if (!t->is_answered)
    fcl__clock_set(&t->clock, pool->durations[FCL__D_FIRST], now);
  fcl__clock_set(&t->activity, pool->durations[FCL__D_ACTIVITY], now);
  fcl__clock_set(&t->limit, what_is_left(t, now), now);
}

void fcl__pool_touch(fcl__ticket *t, uint64_t now) {
  fcl__clock_touch(&t->activity, now);
}

void fcl__pool_pause(fcl__ticket *t, uint64_t now) {
  t->is_paused = 1;
  if (t->state != FCL__OPEN)
    return;
  t->paused_at = now;
  fcl__ticket_stop_clocks(t);
}

void fcl__pool_unpause(fcl__ticket *t, uint64_t now) {
  t->is_paused = 0;
  if (t->state != FCL__OPEN)
    return;
  t->paused_ms += now - t->paused_at;
  fcl__ticket_run_clocks(t, now);
}

/* ---- Too long ---- */

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
  fcl__words doing = fcl__told(m, FCL__DOING_NOW);
  fcl__error_setx(e, l->code, 0, "%s: %s %s %s (%s)%s and was %s.", t->pool->settings.name,
                  fcl__who(m).text, l->what, fcl__ms(l->ms).text, l->option, fcl__doing(t).text,
                  fate(m));
  if (doing.text[0])
    fcl__add_sentence(e, "It was %s.", doing.text);
  fcl__add_sentence(e, "Raise %s, or find what is slow.", l->option);
}

static void give_up(fcl__ticket *t, const limit *l, uint64_t now) {
  fcl_error e;
  set_sentence(&e, t, l);
  fcl__ticket_overrun(t, &e, now);
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
  fcl__ticket_refuse(t, &e, now);
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

void fcl__ticket_init_clocks(fcl__ticket *t) {
  t->clock.expired = on_clock;
  t->activity.expired = on_silence;
  t->limit.expired = on_limit;
}
