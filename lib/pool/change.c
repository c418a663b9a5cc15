/* change.c: other settings for a pool that lives: its queue, its counts and what is in hand stay.
 */
#include "pool/parts.h"

static void keep(fcl__pool_settings *s, const fcl__pool_settings *was) {
  s->name = was->name;
  s->addresses = was->addresses;
  s->address_count = was->address_count;
  s->per_connection = was->per_connection;
  s->max_connections = was->max_connections;
  s->room = was->room;
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

/* What runs is bounded as it was when it was started. */
void fcl__pool_take_settings(fcl__pool *pool, fcl__pool *to, uint64_t now) {
  unsigned i;
  keep(&to->settings, &pool->settings);
  pool->settings = to->settings;
  swap_durations(pool, to);
  fcl__watch_resize(pool, now);
  for (i = 0; i < pool->member_count && fcl__pool_starts_processes(pool); i++)
    pool->members[i].connections = pool->settings.per_process ? pool->settings.per_process : 1;
  fcl__pool_settle(pool, now);
}
