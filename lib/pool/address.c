/* address.c: members that are addresses: which are to be tried, which are left alone for a while,
 * how they come and go. */
#include "pool/parts.h"
#include <string.h>

#define BACKOFFS (FCL__DURATIONS - FCL__D_BACKOFF)
#define MISSES   2 /* probes in a row without an answer, and a member is left alone */

/* An address that failed last time is tried with one connection before others follow. */
int fcl__address_has_room(const fcl__member *m) {
  return fcl__member_has_room(m) && !(m->failures > 0 && m->connecting > 0);
}

void fcl__address_update(fcl__member *m) {
  if (m->state != FCL__ABSENT)
    fcl__member_move(m, fcl__address_has_room(m) ? FCL__ROOM : FCL__FULL);
}

int fcl__address_is_wanted(const fcl__member *m) {
  return m->address != NULL && !m->is_drained && !m->is_leaving;
}

/* ---- Down, and up again ---- */

static void back_off(fcl__member *m, uint64_t now) {
  unsigned step = m->failures < BACKOFFS ? m->failures : BACKOFFS - 1;
  m->failures++;
  fcl__clock_set(&m->clock, m->pool->durations[FCL__D_BACKOFF + step], now);
}

/* It takes no more; what it has in hand goes on. */
static void take_out(fcl__member *m) {
  fcl__clock_clear(&m->clock);
  fcl__clock_clear(&m->check);
  m->is_probed = m->has_answered = 0;
  m->misses = 0;
  fcl__balance_slow(m, 0);
  if (m->state != FCL__ABSENT)
    fcl__member_move(m, FCL__GONE);
}

static void forget(fcl__member *m) {
  m->pool->ops->forget(m->pool->io, m);
}

/* Several requests see the same death; only the first counts. */
void fcl__address_down(fcl__member *m, const fcl_error *e, uint64_t now) {
  fcl_error event = *e;
  if (m->state == FCL__ABSENT)
    return;
  take_out(m);
  back_off(m, now);
  fcl__add_sentence(&event, "In %s %s is tried again.",
                    fcl__ms(fcl__clock_left(&m->clock, now)).text, fcl__who(m).text);
  m->pool->ops->event(m->pool->io, m, &event, FCL_LEVEL_WARNING);
  forget(m);
}

void fcl__address_lost(fcl__member *m, const fcl_error *e, uint64_t now) {
  if (fcl__pool_starts_processes(m->pool))
    return;
  fcl__address_down(m, e, now);
  fcl__pool_settle(m->pool, now);
}

static void start_slowly(fcl__member *m, uint64_t now) {
  unsigned ms = m->pool->settings.slow_start_ms;
  fcl__balance_slow(m, ms != 0 && ms != FCL_NEVER ? now : 0);
}

static void watch(fcl__member *m, uint64_t now) {
  fcl__clock_set(&m->check, m->pool->durations[FCL__D_PROBE], now);
}

static void enter(fcl__member *m, uint64_t now) {
  fcl__clock_clear(&m->clock);
  if (!fcl__address_is_wanted(m))
    fcl__balance_slow(m, 0);
  if (m->state != FCL__ABSENT || !fcl__address_is_wanted(m))
    return;
  fcl__member_move(m, fcl__address_has_room(m) ? FCL__ROOM : FCL__FULL);
  watch(m, now);
}

void fcl__address_init(fcl__member *m, const char *text) {
  m->address = text;
  if (text == NULL)
    return;
  fcl__balance_name(m, text);
  fcl__member_move(m, FCL__ROOM);
}

static int is_probing(const fcl__member *m) {
  return m->pool->durations[FCL__D_PROBE] != NULL;
}

static void probe(fcl__member *m) {
  m->is_probed = 1;
  m->pool->ops->probe(m->pool->io, m); /* may be answered on the spot */
}

/* Where there are probes, no request is risked on it. */
void fcl__address_again(fcl__member *m, uint64_t now) {
  fcl__clock_clear(&m->clock);
  if (!fcl__address_is_wanted(m) || m->state != FCL__ABSENT || m->is_probed)
    return;
  if (is_probing(m) && m->failures > 0)
    probe(m);
  else
    enter(m, now);
}

void fcl__address_up(fcl__member *m, uint64_t now) {
  m->failures = 0;
  start_slowly(m, now);
  enter(m, now);
  fcl__address_update(m);
  fcl__say(m->pool, m, FCL_LEVEL_INFO, "%s can be reached again.", fcl__who(m).text);
}

/* ---- Probes ---- */

/* Whoever has answered a request since the last time need not be asked. */
void fcl__address_check(fcl__member *m, uint64_t now) {
  int has_answered = m->has_answered;
  m->has_answered = 0;
  if (has_answered || m->is_probed)
    watch(m, now);
  else
    probe(m);
}

/* The last one that is there stays, whatever its probes say: that is better than nobody. */
static void missed(fcl__member *m, const fcl_error *e, uint64_t now) {
  if (m->state == FCL__ABSENT)
    back_off(m, now);
  else if (++m->misses < MISSES || m->pool->live == 1)
    watch(m, now);
  else
    fcl__address_down(m, e, now);
}

void fcl__address_probed(fcl__member *m, const fcl_error *e, uint64_t now) {
  if (!m->is_probed)
    return;
  m->is_probed = 0;
  if (e != NULL) {
    missed(m, e, now);
  } else {
    m->misses = 0;
    if (m->failures > 0)
      fcl__address_up(m, now);
    else
      watch(m, now);
  }
  fcl__pool_settle(m->pool, now);
}

/* ---- Coming and going ---- */

static int has_others(const fcl__member *m) {
  return m->pool->live > 0;
}

static void welcome(fcl__member *m, uint64_t now) {
  m->failures = 0;
  if (has_others(m) && m->pool->awaited == 0) /* those of the first answer begin together */
    start_slowly(m, now);
  enter(m, now);
  fcl__pool_settle(m->pool, now);
}

/* The same that was there before may have been drained. */
void fcl__address_add(fcl__member *m, const char *text, uint64_t now) {
  if (fcl__balance_name(m, text)) /* another one */
    m->is_drained = m->served = 0;
  m->address = text;
  m->is_leaving = 0;
  fcl__member_init_share(m);
  if (!m->pool->is_stopping)
    welcome(m, now);
}

void fcl__address_remove(fcl__member *m, uint64_t now) {
  if (m->address == NULL || m->is_leaving)
    return;
  m->is_leaving = 1;
  take_out(m);
  m->failures = 0;
  forget(m);
  fcl__pool_settle(m->pool, now);
}

int fcl__address_is_free(const fcl__member *m) {
  return m->address == NULL || (m->is_leaving && m->in_hand == 0);
}

void fcl__address_drain(fcl__member *m, uint64_t now) {
  if (m->address == NULL || m->is_drained)
    return;
  m->is_drained = 1;
  take_out(m);
  m->failures = 0;
  forget(m);
  fcl__say(m->pool, m, FCL_LEVEL_INFO,
           "%s is drained: it takes no more requests; it still has %u in hand.", fcl__who(m).text,
           m->in_hand);
  fcl__pool_settle(m->pool, now);
}

void fcl__address_undrain(fcl__member *m, uint64_t now) {
  if (!m->is_drained)
    return;
  m->is_drained = 0;
  if (m->address == NULL || m->pool->is_stopping)
    return;
  fcl__say(m->pool, m, FCL_LEVEL_INFO, "%s takes requests again.", fcl__who(m).text);
  welcome(m, now);
}

void fcl__pool_begin(fcl__pool *pool, uint64_t now) {
  unsigned i;
  for (i = 0; i < pool->member_count; i++)
    if (!fcl__pool_starts_processes(pool) && pool->members[i].state != FCL__ABSENT)
      watch(&pool->members[i], now);
}

void fcl__pool_names(fcl__pool *pool, unsigned awaited, const char *fault, uint64_t now) {
  pool->awaited = awaited;
  pool->fault = fault;
  fcl__pool_settle(pool, now);
}

/* ---- Nobody is there ---- */

int fcl__pool_unreachable(const fcl__pool *pool) {
  return !fcl__pool_starts_processes(pool) && pool->live == 0 && pool->awaited == 0;
}

unsigned fcl__pool_addresses(const fcl__pool *pool) {
  unsigned i, n = 0;
  for (i = 0; i < pool->member_count; i++)
    n += pool->members[i].address != NULL && !pool->members[i].is_leaving;
  return n;
}

static unsigned count_drained(const fcl__pool *pool) {
  unsigned i, n = 0;
  for (i = 0; i < pool->member_count; i++)
    n += pool->members[i].is_drained && pool->members[i].address && !pool->members[i].is_leaving;
  return n;
}

/* The address whose back-off ends first. */
static const fcl__member *next_up(const fcl__pool *pool) {
  const fcl__member *best = NULL;
  unsigned i;
  for (i = 0; i < pool->member_count; i++) {
    const fcl__member *m = &pool->members[i];
    if (m->state == FCL__ABSENT && fcl__clock_runs(&m->clock) &&
        (best == NULL || m->clock.due < best->clock.due))
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
  unsigned all = fcl__pool_addresses(pool), drained = count_drained(pool);
  fcl__error_setx(e, FCL_E_CONNECT, 0, "%s: ", pool->settings.name);
  if (all == 0 && pool->fault != NULL) {
    fcl__error_append(e, "%s", pool->fault);
    return;
  }
  if (drained > 0 && drained == all) {
    fcl__error_append(e, "all of its %u addresses are drained; fcl_pool_undrain takes one back.",
                      all);
    return;
  }
  fcl__error_append(e, "none of its %u addresses can be reached", all);
  if (drained > 0)
    fcl__error_append(e, " (%u are drained)", drained);
  if (m != NULL)
    fcl__error_append(e, "; %s is tried again in %s", fcl__who(m).text,
                      fcl__ms(fcl__clock_left(&m->clock, now)).text);
  fcl__error_append(e, ". See that the application runs and listens there.");
}
