/* member.c: the life of a member: what happens to a process from its start to its exit. */
#include "pool/parts.h"

static int is_process(const fcl__member *m) {
  return fcl__pool_starts_processes(m->pool);
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
  fcl__member_because(m, FCL_LEFT_RECYCLED);
  if (m->state == FCL__BUSY)
    fcl__member_move(m, FCL__DRAIN);
  else if (m->state == FCL__IDLE || m->state == FCL__STARTING)
    fcl__member_leave(m, now);
}

static void fail_in_hand(fcl__member *m, uint64_t now) {
  while (m->in_hand > 0) {
    fcl__ticket *t = FCL__OF(m->tickets.next, fcl__ticket, link);
    fcl_error e;
    fcl__error_setx(&e, FCL_E_EXITED, 0,
                    "%s: %s was stopped through the control address%s, %s after it was started.",
                    m->pool->settings.name, fcl__who(m).text, fcl__doing(t).text,
                    fcl__ms(now - m->started_at).text);
    fcl__ticket_fail(t, &e);
  }
}

void fcl__member_stop(fcl__member *m, int at_once, uint64_t now) {
  fcl__pool *pool = m->pool;
  if (!is_process(m) || m->state == FCL__ABSENT)
    return;
  fcl__member_because(m, FCL_LEFT_STOPPED);
  fcl__say(pool, m, FCL_LEVEL_INFO, "%s is stopped through the control address.", fcl__who(m).text);
  if (at_once)
    fail_in_hand(m, now);
  fcl__member_retire(m, now);
  fcl__pool_settle(pool, now);
}

void fcl__member_gone(fcl__member *m) {
  fcl__clock_clear(&m->clock);
  fcl__clock_clear(&m->check);
  fcl__clock_clear(&m->age);
  fcl__member_move(m, FCL__GONE);
  m->pool->counts.left[m->why]++;
  m->why = FCL_LEFT_UNKNOWN;
  m->pid = 0;
  m->memory = m->wanted = 0;
  m->has_hung_up = m->is_unasked = 0;
  m->served = 0;
  m->is_proven = m->is_proving = m->is_forgiven = m->is_excused = m->is_gone = 0;
}

/* ---- Starting ---- */

/* It is IDLE.  One that is not proven yet goes on with its start clock. */
static void rest(fcl__member *m, uint64_t now) {
  m->rested_at = now;
  if (!fcl__clock_runs(&m->clock))
    fcl__clock_set(&m->clock, m->pool->durations[FCL__D_IDLE], now);
}

/* The cause is told to everybody who waits, unless somebody else can serve them. */
static void start_failed(fcl__member *m, const fcl_error *why, int was_spawned, uint64_t now) {
  fcl__pool *pool = m->pool;
  fcl_error e = *why;
  m->why = FCL_LEFT_START;
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
  pool->counts.starts++;
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
    fcl__member_because(m, FCL_LEFT_START);
    pool->ops->forget(pool->io, m);
    fcl__member_gone(m);
  }
  fcl__pool_settle(pool, now);
}

/* May be answered on the spot. */
void fcl__member_probe(fcl__member *m) {
  m->is_unasked = 0;
  m->pool->ops->probe(m->pool->io, m);
}

void fcl__member_unasked(fcl__member *m) {
  m->is_unasked = 1;
}

/* Its start clock goes on. */
static void ask_ready(fcl__member *m, uint64_t now) {
  m->checks = 0;
  fcl__member_watch(m, now);
  fcl__member_probe(m);
}

void fcl__member_ready(fcl__member *m, uint64_t now) {
  fcl__pool *pool = m->pool;
  fcl__clock_clear(&m->check);
  fcl__member_move(m, FCL__STARTED);
  fcl__member_live(m);
  fcl__say(pool, m, FCL_LEVEL_INFO, "process %ld is ready, %s after it was started.", m->pid,
           fcl__ms(now - m->started_at).text);
  rest(m, now);
  fcl__pool_settle(pool, now);
}

void fcl__member_started(fcl__member *m, long pid, uint64_t now) {
  fcl__pool *pool = m->pool;
  m->pid = pid;
  if (pool->settings.ready == FCL_READY_STARTED || m->state != FCL__STARTING)
    fcl__member_move(m, FCL__STARTED);
  fcl__say(pool, m, FCL_LEVEL_INFO, "process %ld (%s) was started; %u of %u (max_processes) run.",
           pid, pool->settings.program, pool->serving, pool->size.limit);
  fcl__watch_started(m, now);
  if (m->state == FCL__IDLE)
    rest(m, now);
  else if (m->state == FCL__STARTING)
    ask_ready(m, now);
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
  else if (m->is_excused || !fcl__member_has_start_clock(m))
    fcl__clock_set(&m->clock, m->pool->durations[FCL__D_START], now);
  m->is_excused = 0;
  if (fcl__member_capacity(m) > 1 && fcl__member_is_worn(m))
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

static void yield(fcl__member *m, const char *whose, uint64_t now) {
  fcl__say(m->pool, m, FCL_LEVEL_INFO, "process %ld makes room for another %s.", m->pid, whose);
  fcl__member_because(m, FCL_LEFT_ROOM);
  fcl__member_leave(m, now);
}

void fcl__member_free(fcl__member *m, uint64_t now) {
  if (!is_process(m)) {
    fcl__address_update(m);
    return;
  }
  fcl__clock_clear(&m->check);
  m->is_proving = m->is_forgiven = 0;
  if (m->in_hand > 0)
    fcl__member_offer(m);
  else if (m->state == FCL__DRAINING)
    fcl__member_leave(m, now);
  else if (fcl__member_is_worn(m))
    fcl__member_wear_out(m, now);
  else if (fcl__quota_yields(m->pool, now))
    yield(m, "user's", now);
  else if (fcl__common_yields(m->pool, now))
    yield(m, "client's", now);
  else {
    fcl__member_move(m, FCL__ROOM);
    rest(m, now);
  }
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
  fcl__member_watch(m, now);
  fcl__member_probe(m);
}

void fcl__member_proven(fcl__member *m, uint64_t now) {
  fcl__pool *pool = m->pool;
  if (m->state == FCL__STARTING && m->pid != 0)
    fcl__member_ready(m, now);
  if (!m->is_proving)
    return;
  fcl__member_live(m);
  fcl__clock_clear(&m->clock);
  fcl__member_free(m, now);
  fcl__pool_settle(pool, now);
}

void fcl__member_hung_up(fcl__member *m, uint64_t now) {
  if (m->state != FCL__STARTING) {
    fcl__member_proven(m, now);
    return;
  }
  m->has_hung_up = 1;
  m->checks = FCL__STARTING_CHECKS;
  fcl__member_watch(m, now);
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

void fcl__member_init(fcl__member *m, fcl__pool *pool, unsigned index) {
  m->pool = pool;
  m->index = index;
  fcl__member_init_share(m);
  fcl__member_init_clocks(m);
  fcl__list_init(&m->tickets);
  if (is_process(m))
    fcl__list_append(&pool->absent, &m->link);
  else
    fcl__address_init(m, pool->settings.addresses[index]);
}
