/* member.c: the life of a member: the table of its states, and what happens to a process from its
 * start to its exit. */
#include "pool/parts.h"
#include <assert.h>

#define CHECKS (FCL__D_BACKOFF - FCL__D_CHECK)

static const char *const state_names[] = {
    [FCL__ABSENT] = "absent",   [FCL__STARTING] = "starting", [FCL__IDLE] = "idle",
    [FCL__BUSY] = "busy",       [FCL__DRAINING] = "draining", [FCL__STOPPING] = "stopping",
    [FCL__KILLING] = "killing",
};

static const char *const event_names[] = {
    [FCL__ORDERED] = "ordered", [FCL__STARTED] = "started", [FCL__ROOM] = "room",
    [FCL__FULL] = "full",       [FCL__DRAIN] = "drain",     [FCL__ASKED] = "asked",
    [FCL__FORCED] = "forced",   [FCL__GONE] = "gone",
};

const char *fcl__member_state_name(fcl__member_state state) {
  return (unsigned) state <= FCL__KILLING ? state_names[state] : "?";
}

const char *fcl__member_event_name(fcl__member_event event) {
  return (unsigned) event <= FCL__GONE ? event_names[event] : "?";
}

/* What each state becomes.  STARTING -> STOPPING: it is told when its start is reported.  ABSENT ->
 * IDLE, BUSY: addresses. */
/* clang-format off */
enum { NO = -1, ABSE = FCL__ABSENT, STAR = FCL__STARTING, IDLE = FCL__IDLE, BUSY = FCL__BUSY,
       DRAI = FCL__DRAINING, STOP = FCL__STOPPING, KILL = FCL__KILLING };
static const signed char next[7][8] = {
    /*                  ordered started room  full  drain asked forced gone */
    [FCL__ABSENT]   = { STAR,   NO,     IDLE, BUSY, NO,   NO,   NO,    NO   },
    [FCL__STARTING] = { NO,     IDLE,   NO,   NO,   STOP, STOP, KILL,  ABSE },
    [FCL__IDLE]     = { NO,     NO,     IDLE, BUSY, STOP, STOP, KILL,  ABSE },
    [FCL__BUSY]     = { NO,     NO,     IDLE, BUSY, DRAI, STOP, KILL,  ABSE },
    [FCL__DRAINING] = { NO,     NO,     NO,   NO,   DRAI, STOP, KILL,  ABSE },
    [FCL__STOPPING] = { NO,     STOP,   NO,   NO,   STOP, STOP, KILL,  ABSE },
    [FCL__KILLING]  = { NO,     KILL,   NO,   NO,   KILL, KILL, KILL,  ABSE },
};
/* clang-format on */

int fcl__member_next(fcl__member_state state, fcl__member_event event) {
  return (unsigned) state <= FCL__KILLING && (unsigned) event <= FCL__GONE ? next[state][event]
                                                                           : NO;
}

static int is_process(const fcl__member *m) {
  return fcl__pool_starts_processes(m->pool);
}

/* +1 when the member enters the state, -1 when it leaves it. */
static void count(fcl__member *m, int step) {
  fcl__pool *pool = m->pool;
  fcl__member_state s = m->state;
  pool->live += s != FCL__ABSENT ? (unsigned) step : 0;
  pool->starting += s == FCL__STARTING ? (unsigned) step : 0;
  pool->serving += s == FCL__STARTING || s == FCL__IDLE || s == FCL__BUSY ? (unsigned) step : 0;
  if (pool->serving > pool->kept && pool->serving <= pool->settings.min_processes)
    pool->kept = pool->serving;
}

/* The only place where a state changes. */
void fcl__member_move(fcl__member *m, fcl__member_event event) {
  int to = fcl__member_next(m->state, event);
  assert(to != NO);
  if (to == NO || (fcl__member_state) to == m->state)
    return;
  count(m, -1);
  fcl__list_remove(&m->link);
  m->state = (fcl__member_state) to;
  count(m, 1);
  fcl__list_remove(&m->room);
  if (m->state == FCL__IDLE)
    fcl__list_prepend(&m->pool->idle, &m->link);
  else if (m->state == FCL__ABSENT && is_process(m))
    fcl__list_prepend(&m->pool->absent, &m->link);
}

/* ---- Leaving ---- */

void fcl__member_force(fcl__member *m) {
  fcl__clock_clear(&m->clock);
  fcl__clock_clear(&m->check);
  m->is_proving = 0;
  fcl__member_move(m, FCL__FORCED);
  m->pool->ops->stop(m->pool->io, m, 1);
}

static void ask(fcl__member *m, uint64_t now) {
  if (m->pool->settings.stop_ms == 0) {
    fcl__member_force(m);
    return;
  }
  m->pool->ops->stop(m->pool->io, m, 0);
  fcl__clock_set(&m->clock, m->pool->durations[FCL__D_STOP], now);
}

/* One whose start is not reported yet is told later; until then its start clock runs on. */
void fcl__member_leave(fcl__member *m, uint64_t now) {
  if (m->state == FCL__STOPPING || m->state == FCL__KILLING)
    return;
  fcl__clock_clear(&m->check);
  m->is_proving = 0;
  fcl__member_move(m, FCL__ASKED);
  if (m->is_gone)
    fcl__clock_clear(&m->clock);
  else if (m->pid != 0)
    ask(m, now);
}

void fcl__member_recycle(fcl__member *m, uint64_t now) {
  if (m->state == FCL__BUSY)
    fcl__member_move(m, FCL__DRAIN);
  else if (m->state == FCL__IDLE || m->state == FCL__STARTING)
    fcl__member_leave(m, now);
}

void fcl__member_gone(fcl__member *m) {
  fcl__clock_clear(&m->clock);
  fcl__clock_clear(&m->check);
  fcl__member_move(m, FCL__GONE);
  m->pid = 0;
  m->served = 0;
  m->is_proven = m->is_proving = m->is_forgiven = m->is_excused = m->is_gone = 0;
}

/* ---- Starting ---- */

static int has_start_clock(const fcl__member *m) {
  return m->pool->durations[FCL__D_START] != NULL;
}

/* It is IDLE.  One that is not proven yet goes on with its start clock. */
static void rest(fcl__member *m, uint64_t now) {
  if (!fcl__clock_runs(&m->clock))
    fcl__clock_set(&m->clock, m->pool->durations[FCL__D_IDLE], now);
}

/* The cause is told to everybody who waits, unless somebody else can serve them. */
static void start_failed(fcl__member *m, const fcl_error *why, int was_spawned, uint64_t now) {
  fcl__pool *pool = m->pool;
  fcl_error e = *why;
  fcl__breaker_back_off(pool, now);
  fcl__breaker_tell(pool, &e, now);
  pool->ops->event(pool->io, m, &e, FCL_LEVEL_ERROR);
  if (was_spawned)
    pool->ops->forget(pool->io, m);
  fcl__member_gone(m);
  if (pool->serving == 0)
    fcl__pool_fail_queue(pool, &e);
  fcl__breaker_count(pool, now);
}

int fcl__member_start(fcl__pool *pool, uint64_t now) {
  fcl__member *m = FCL__OF(pool->absent.next, fcl__member, link);
  fcl_error e;
  m->started_at = now;
  fcl__member_move(m, FCL__ORDERED);
  fcl__clock_set(&m->clock, pool->durations[FCL__D_START], now);
  if (pool->ops->spawn(pool->io, m, &e) == FCL_OK)
    return 1;
  start_failed(m, &e, 0, now);
  return 0;
}

void fcl__member_failed(fcl__member *m, const fcl_error *e, uint64_t now) {
  fcl__pool *pool = m->pool;
  if (m->state == FCL__STARTING) {
    start_failed(m, e, 1, now);
  } else {
    pool->ops->forget(pool->io, m);
    fcl__member_gone(m);
  }
  fcl__pool_settle(pool, now);
}

void fcl__member_started(fcl__member *m, long pid, uint64_t now) {
  fcl__pool *pool = m->pool;
  m->pid = pid;
  fcl__member_move(m, FCL__STARTED);
  fcl__say(pool, m, FCL_LEVEL_INFO, "process %ld (%s) was started; %u of %u (max_processes) run.",
           pid, pool->settings.program, pool->serving, pool->settings.max_processes);
  if (m->state == FCL__IDLE)
    rest(m, now);
  else if (m->state == FCL__STOPPING)
    ask(m, now);
  else
    pool->ops->stop(pool->io, m, 1); /* the first order may have come too early */
  fcl__pool_settle(pool, now);
}

/* ---- Serving ---- */

void fcl__member_taking(fcl__member *m, uint64_t now) {
  if (!is_process(m)) {
    fcl__address_update(m);
    return;
  }
  fcl__member_move(m, FCL__FULL);
  if (m->is_proven)
    fcl__clock_clear(&m->clock);
  else if (m->is_excused || !has_start_clock(m))
    fcl__clock_set(&m->clock, m->pool->durations[FCL__D_START], now);
  m->is_excused = 0;
  if (m->per_connection > 1 && fcl__member_is_worn(m))
    fcl__member_wear_out(m,
                         now); /* one that has others in hand shall not wait for the last of them */
  else
    fcl__member_offer(m);
}

void fcl__member_live(fcl__member *m) {
  if (m->is_proven)
    return;
  m->is_proven = 1;
  fcl__clock_clear(&m->clock);
  fcl__breaker_proven(m->pool);
}

void fcl__member_free(fcl__member *m, uint64_t now) {
  fcl__clock_clear(&m->check);
  m->is_proving = m->is_forgiven = 0;
  if (!is_process(m))
    fcl__address_update(m);
  else if (m->in_hand > 0)
    fcl__member_offer(m);
  else if (m->state == FCL__DRAINING)
    fcl__member_leave(m, now);
  else if (fcl__member_is_worn(m))
    fcl__member_wear_out(m, now);
  else {
    fcl__member_move(m, FCL__ROOM);
    rest(m, now);
  }
}

static void watch(fcl__member *m, uint64_t now) {
  unsigned step = m->checks < CHECKS - 1 ? m->checks++ : CHECKS - 1;
  fcl__clock_set(&m->check, m->pool->durations[FCL__D_CHECK + step], now);
}

/* One that is not proven yet is bounded by its start clock, as before; the others by `patience`. */
void fcl__member_prove(fcl__member *m, fcl__duration *patience, int is_forgiven, uint64_t now) {
  m->is_forgiven = is_forgiven != 0;
  if (m->is_gone) {
    fcl__member_retire(m, now);
    return;
  }
  fcl__list_remove(&m->room);
  m->is_proving = 1;
  m->checks = 0;
  if (!fcl__clock_runs(&m->clock))
    fcl__clock_set(&m->clock, patience, now);
  watch(m, now);
  m->pool->ops->probe(m->pool->io, m); /* may be answered on the spot */
}

void fcl__member_proven(fcl__member *m, uint64_t now) {
  fcl__pool *pool = m->pool;
  if (!m->is_proving)
    return;
  fcl__member_live(m);
  fcl__clock_clear(&m->clock);
  fcl__member_free(m, now);
  fcl__pool_settle(pool, now);
}

void fcl__member_drain(fcl__member *m, uint64_t now) {
  if (m->state == FCL__STOPPING || m->state == FCL__KILLING)
    return;
  m->is_gone = 1;
  if (m->in_hand == 0)
    fcl__member_leave(m, now);
  else
    fcl__member_move(m, FCL__DRAIN);
  fcl__pool_settle(m->pool, now);
}

static void on_check(fcl__clock *c, uint64_t now) {
  fcl__member *m = FCL__OF(c, fcl__member, check);
  if (m->pool->ops->taken(m->pool->io, m))
    fcl__member_proven(m, now);
  else
    watch(m, now);
}

/* ---- Clocks ---- */

static int has_taken(fcl__member *m) {
  return (m->in_hand > 0 || m->is_proving) && m->pool->ops->taken(m->pool->io, m);
}

static void start_too_long(fcl__member *m, uint64_t now) {
  fcl__pool *pool = m->pool;
  int was_starting = m->state == FCL__STARTING;
  fcl_error e;
  fcl__error_setx(&e, FCL_E_TIMEOUT_START, 0,
                  "%s: %s (%s) took no request within %s (start_ms) and was ended. See that "
                  "it speaks FastCGI on its standard input, or raise start_ms.",
                  pool->settings.name, fcl__who(m).text, pool->settings.program,
                  fcl__ms(pool->settings.start_ms).text);
  fcl__breaker_back_off(pool, now);
  fcl__breaker_tell(pool, &e, now);
  pool->ops->event(pool->io, m, &e, FCL_LEVEL_ERROR);
  while (m->in_hand > 0)
    fcl__ticket_fail(FCL__OF(m->tickets.next, fcl__ticket, link), &e);
  fcl__member_force(m);
  if (was_starting && pool->serving == 0 && pool->queued > 0)
    fcl__ticket_fail(FCL__OF(pool->queue.next, fcl__ticket, link), &e);
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
  if (!m->is_proven && !m->is_excused && has_start_clock(m)) {
    m->is_excused = 1;
    fcl__clock_set(&m->clock, pool->durations[FCL__D_IDLE], now);
  } else if (pool->serving > pool->settings.min_processes) {
    fcl__say(pool, m, FCL_LEVEL_INFO, "process %ld was idle for %s (idle_ms) and is ended.", m->pid,
             fcl__ms(pool->settings.idle_ms).text);
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
    fcl__address_again(m);
    break;
  case FCL__STARTING:
    start_ended(m, now);
    break;
  case FCL__IDLE:
    idle_ended(m, now);
    break;
  case FCL__BUSY:
  case FCL__DRAINING:
    if (!m->is_proven && has_start_clock(m))
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

void fcl__member_init(fcl__member *m, fcl__pool *pool, unsigned index) {
  m->pool = pool;
  m->index = index;
  m->per_connection = pool->settings.per_connection > 0 ? pool->settings.per_connection : 1;
  m->connections = pool->settings.program ? 1 : pool->settings.max_connections;
  m->clock.expired = on_clock;
  m->check.expired = on_check;
  fcl__list_init(&m->tickets);
  if (is_process(m))
    fcl__list_append(&pool->absent, &m->link);
  else
    fcl__member_move(m, FCL__ROOM);
}
