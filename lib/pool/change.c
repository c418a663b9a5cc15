/* change.c: other settings for a pool that lives: its queue, its counts and what is in hand stay.
 */
#include "pool/parts.h"

static void keep(fcl__pool_settings *s, const fcl__pool_settings *was) {
  s->name = was->name;
  s->addresses = was->addresses;
  s->address_count = was->address_count;
  s->room = was->room;
  s->is_common = was->is_common;
}

static void swap_durations(fcl__pool *a, fcl__pool *b) {
  unsigned i;
  for (i = 0; i < FCL__DURATIONS; i++) {
    fcl__duration *d = a->durations[i];
    a->durations[i] = b->durations[i];
    b->durations[i] = d;
  }
  for (i = 0; i < FCL__STEPS; i++) {
    fcl__duration_drop(a->steps[i]);
    a->steps[i] = NULL;
  }
}

static void change_process(fcl__member *m, uint64_t now) {
  const fcl__pool_settings *s = &m->pool->settings;
  m->connections = s->per_process ? s->per_process : 1;
  if (m->state == FCL__IDLE && !fcl__clock_runs(&m->clock)) /* it had to be there */
    fcl__clock_set(&m->clock, m->pool->durations[FCL__D_IDLE], now);
}

/* One that is left alone has a clock of its own. */
static void probe_anew(fcl__member *m, uint64_t now) {
  if (m->state != FCL__ABSENT && !m->is_probed)
    fcl__clock_set(&m->check, m->pool->durations[FCL__D_PROBE], now);
}

static void change_address(fcl__member *m, int is_probed_anew, uint64_t now) {
  fcl__balance_note(m);
  if (is_probed_anew)
    probe_anew(m, now);
}

/* What runs is bounded as it was when it was started. */
void fcl__pool_take_settings(fcl__pool *pool, fcl__pool *to, uint64_t now) {
  int is_probed_anew = pool->settings.probe_ms != to->settings.probe_ms;
  unsigned i;
  keep(&to->settings, &pool->settings);
  pool->settings = to->settings;
  swap_durations(pool, to);
  if (pool->kept > pool->settings.min_processes)
    pool->kept = pool->settings.min_processes;
  fcl__watch_resize(pool, now);
  for (i = 0; i < pool->member_count; i++)
    if (fcl__pool_starts_processes(pool))
      change_process(&pool->members[i], now);
    else
      change_address(&pool->members[i], is_probed_anew, now);
  fcl__pool_settle(pool, now);
}

void fcl__pool_share_anew(fcl__pool *pool, uint64_t now) {
  unsigned i;
  for (i = 0; i < pool->member_count; i++) {
    fcl__member *m = &pool->members[i];
    fcl__member_init_share(m);
    if (fcl__pool_starts_processes(pool))
      fcl__member_offer(m);
    else
      fcl__address_update(m);
  }
  fcl__pool_settle(pool, now);
}
