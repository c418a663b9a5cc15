/* member_clocks.c: a member's clocks, and what it means that one rings: a start, an idle time, an
 * abort or a stop that took too long. */
#include "pool/parts.h"

#define CHECKS (FCL__D_BACKOFF - FCL__D_CHECK)

/* ---- Is it free again? ---- */

void fcl__member_watch(fcl__member *m, uint64_t now) {
  unsigned most = m->state == FCL__STARTING ? FCL__STARTING_CHECKS : CHECKS - 1;
  unsigned step = m->checks < most ? m->checks++ : most;
  fcl__clock_set(&m->check, m->pool->durations[FCL__D_CHECK + step], now);
}

/* One that is starting and hung up some time ago did so because it does not know GET_VALUES.  Who
   answers a request of the user's says more than who takes it. */
static int is_waited_for(fcl__member *m) {
  if (m->state != FCL__STARTING)
    return !m->pool->ops->taken(m->pool->io, m);
  switch (m->pool->settings.ready) {
  case FCL_READY_STARTED: /* by now */
    return 0;
  case FCL_READY_ACCEPTED:
    return !m->has_hung_up && !m->pool->ops->taken(m->pool->io, m);
  case FCL_READY_ANSWERED:
    return !m->has_hung_up;
  case FCL_READY_PROBED:
    return 1;
  }
  return 1;
}

static int is_probed_again(const fcl__member *m) {
  return m->state == FCL__STARTING && m->pool->settings.ready == FCL_READY_PROBED;
}

static int is_unasked(const fcl__member *m) {
  return m->is_unasked && (m->state == FCL__STARTING || m->is_proving);
}

static void on_check(fcl__clock *c, uint64_t now) {
  fcl__member *m = FCL__OF(c, fcl__member, check);
  if (!fcl__pool_starts_processes(m->pool))
    fcl__address_check(m, now);
  else if (!is_waited_for(m))
    fcl__member_proven(m, now);
  else
    fcl__member_watch(m, now);
  if (is_probed_again(m) || is_unasked(m))
    fcl__member_probe(m);
}

/* ---- Too long ---- */

static int has_taken(fcl__member *m) {
  return (m->in_hand > 0 || m->is_proving) && m->pool->ops->taken(m->pool->io, m);
}

/* What it did not do in time. */
static const char *failing(const fcl__member *m) {
  fcl_ready ready = m->pool->settings.ready;
  if (m->state != FCL__STARTING || m->pid == 0)
    ready = FCL_READY_STARTED;
  switch (ready) {
  case FCL_READY_STARTED:
    break;
  case FCL_READY_ACCEPTED:
    return "accepted no connection (ready)";
  case FCL_READY_ANSWERED:
    return "did not answer GET_VALUES (ready)";
  case FCL_READY_PROBED:
    return "did not answer the probe as it should (ready)";
  }
  return "took no request";
}

/* What it did in its place. */
static void add_unready(fcl__member *m, fcl_error *e) {
  const fcl__pool_ops *ops = m->pool->ops;
  char why[128] = "";
  if (is_probed_again(m) && ops->describe)
    ops->describe(m->pool->io, m, FCL__UNREADY, why, sizeof why);
  if (why[0])
    fcl__error_append(e, " The last time it %s.", why);
}

static void start_too_long(fcl__member *m, uint64_t now) {
  fcl__pool *pool = m->pool;
  int was_starting = m->state == FCL__STARTING;
  fcl_error e;
  fcl__error_setx(&e, FCL_E_TIMEOUT_START, 0,
                  "%s: %s (%s) %s within %s (start_ms) and was ended. See that "
                  "it speaks FastCGI on its standard input, or raise start_ms.",
                  pool->settings.name, fcl__who(m).text, pool->settings.program, failing(m),
                  fcl__ms(pool->settings.start_ms).text);
  add_unready(m, &e);
  fcl__breaker_back_off(pool, now);
  fcl__breaker_tell(pool, &e, now);
  pool->ops->event(pool->io, m, &e, FCL_LEVEL_ERROR);
  fcl__member_because(m, FCL_LEFT_START);
  while (m->in_hand > 0)
    fcl__ticket_fail(FCL__OF(m->tickets.next, fcl__ticket, link), &e);
  fcl__member_force(m);
  if (was_starting && pool->serving == 0 && pool->queued > 0)
    fcl__ticket_fail(fcl__queue_next(&pool->queue), &e);
  fcl__breaker_count(pool, now);
}

static void start_ended(fcl__member *m, uint64_t now) {
  if (!has_taken(m)) {
    start_too_long(m, now);
    return;
  }
  fcl__member_live(m);
  if (m->is_proving)
    fcl__member_free(m, now);
}

/* Without a request nobody can tell whether it works: it gets the benefit of the doubt until it has
 * one. */
static void idle_ended(fcl__member *m, uint64_t now) {
  fcl__pool *pool = m->pool;
  if (!m->is_proven && !m->is_excused && fcl__member_has_start_clock(m)) {
    m->is_excused = 1;
    fcl__clock_set(&m->clock, pool->durations[FCL__D_IDLE], now);
  } else if (!fcl__common_stays(pool)) {
    fcl__say(pool, m, FCL_LEVEL_INFO, "process %ld was idle for %s (idle_ms) and is ended.", m->pid,
             fcl__ms(pool->settings.idle_ms).text);
    fcl__member_because(m, FCL_LEFT_IDLE);
    fcl__member_leave(m, now);
  }
}

static void abort_ended(fcl__member *m, uint64_t now) {
  const fcl__pool_settings *s = &m->pool->settings;
  fcl__say(m->pool, m, FCL_LEVEL_WARNING,
           "process %ld was still busy with a request that had been given up after %s%s (%s), and "
           "is asked to leave.",
           m->pid, s->abort_ms ? "" : "what was left of ",
           fcl__ms(s->abort_ms ? s->abort_ms : s->request_ms).text,
           s->abort_ms ? "abort_ms" : "request_ms");
  fcl__member_because(m, FCL_LEFT_CANCELED);
  fcl__member_retire(m, now);
}

static void stop_ended(fcl__member *m) {
  fcl__say(m->pool, m, FCL_LEVEL_WARNING, "%s did not leave within %s (%s) and is ended by force.",
           fcl__who(m).text,
           fcl__ms(m->pid ? m->pool->settings.stop_ms : m->pool->settings.start_ms).text,
           m->pid ? "stop_ms" : "start_ms");
  fcl__member_force(m);
}

static void on_clock(fcl__clock *c, uint64_t now) {
  fcl__member *m = FCL__OF(c, fcl__member, clock);
  switch (m->state) {
  case FCL__ABSENT:
    fcl__address_again(m, now);
    break;
  case FCL__STARTING:
    start_ended(m, now);
    break;
  case FCL__IDLE:
    idle_ended(m, now);
    break;
  case FCL__BUSY:
  case FCL__DRAINING:
    if (!m->is_proven && fcl__member_has_start_clock(m))
      start_ended(m, now);
    else
      abort_ended(m, now);
    break;
  case FCL__STOPPING:
    stop_ended(m);
    break;
  case FCL__KILLING:
    break;
  }
  fcl__pool_settle(m->pool, now);
}

void fcl__member_init_clocks(fcl__member *m) {
  m->clock.expired = on_clock;
  m->check.expired = on_check;
}
