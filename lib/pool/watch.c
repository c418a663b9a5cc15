/* watch.c: what is looked at every few seconds: how much memory processes use, how many the load
 * asks for.  And their age. */
#include "pool/parts.h"

static int is_serving(const fcl__member *m) {
  return m->state == FCL__STARTING || m->state == FCL__IDLE || m->state == FCL__BUSY;
}

/* ---- Age ---- */

static void on_age(fcl__clock *c, uint64_t now) {
  fcl__member *m = FCL__OF(c, fcl__member, age);
  fcl__pool *pool = m->pool;
  if (!is_serving(m))
    return;
  fcl__say(pool, m, FCL_LEVEL_INFO, "process %ld has lived for %s (lifetime_ms) and is replaced.",
           m->pid, fcl__ms(pool->settings.lifetime_ms).text);
  fcl__member_because(m, FCL_LEFT_LIFETIME);
  fcl__member_recycle(m, now);
  fcl__pool_settle(pool, now);
}

/* ---- Memory ---- */

static void weigh(fcl__member *m, uint64_t now) {
  fcl__pool *pool = m->pool;
  uint64_t max = pool->settings.max_memory;
  m->memory = pool->ops->memory(pool->io, m);
  if (max == 0 || m->memory <= max)
    return;
  fcl__say(pool, m, FCL_LEVEL_WARNING,
           "process %ld uses %s of memory, more than %s (max_memory), after %u requests, and is "
           "replaced.",
           m->pid, fcl__bytes(m->memory).text, fcl__bytes(max).text, m->served);
  fcl__member_because(m, FCL_LEFT_MEMORY);
  fcl__member_recycle(m, now);
}

static void weigh_all(fcl__pool *pool, uint64_t now) {
  unsigned i;
  for (i = 0; i < pool->member_count; i++)
    if (is_serving(&pool->members[i]) && pool->members[i].pid != 0)
      weigh(&pool->members[i], now);
}

/* ---- By load: what was seen since the last ring ---- */

static unsigned in_processes(const fcl__pool *pool, unsigned requests) {
  unsigned each = fcl__member_capacity(&pool->members[0]);
  return requests / each + (requests % each != 0);
}

static uint64_t usual_memory(const fcl__pool *pool) {
  uint64_t sum = 0;
  unsigned i, n = 0;
  for (i = 0; i < pool->member_count; i++) {
    sum += pool->members[i].memory;
    n += pool->members[i].memory > 0;
  }
  return n > 0 ? sum / n : 0;
}

/* In percent of the time since the last ring; of a process that was there then. */
static void add_wanted(fcl__member *m, uint64_t *sum, unsigned *n) {
  uint64_t before = m->wanted;
  m->wanted = m->pool->ops->wanted(m->pool->io, m);
  if (before == 0 || m->wanted < before)
    return;
  *sum += (m->wanted - before) / 10000000u;
  ++*n;
}

/* Only where somebody waits, for then all are busy. */
static void look_at_processors(fcl__pool *pool, fcl__load *load) {
  uint64_t sum = 0;
  unsigned i, n = 0;
  for (i = 0; i < pool->member_count; i++)
    if (is_serving(&pool->members[i]) && pool->members[i].pid != 0)
      add_wanted(&pool->members[i], &sum, &n);
  load->is_wanted_known = n > 0;
  load->wanted = n > 0 ? (unsigned) (sum / n) : 0;
}

static fcl__load look(fcl__pool *pool) {
  fcl__load load = {0};
  load.waiting = pool->queued_least > 0 ? in_processes(pool, pool->queued) : 0;
  load.busy = in_processes(pool, pool->open_most);
  load.serving = pool->serving;
  load.each = usual_memory(pool);
  pool->ops->machine(pool->io, &load.machine);
  if (load.waiting > 0)
    look_at_processors(pool, &load);
  return load;
}

static void resize(fcl__pool *pool, uint64_t now) {
  unsigned before = pool->size.limit;
  fcl__load load = look(pool);
  if (fcl__size_step(&pool->size, &load))
    fcl__say(pool, NULL, FCL_LEVEL_INFO,
             "%u processes may run now, and not %u (max_processes by load): %u were in use and %u "
             "requests waited.",
             pool->size.limit, before, load.busy, pool->queued);
}

/* ---- Every few seconds, while there is something to see ---- */

static int is_needed(const fcl__pool *pool) {
  if (pool->is_stopping || !fcl__pool_starts_processes(pool))
    return 0;
  if (pool->settings.max_memory > 0 && pool->serving > 0)
    return 1;
  return pool->settings.is_sized &&
         (pool->queued > 0 || pool->open > 0 || pool->size.limit > pool->size.floor);
}

void fcl__watch_begin(fcl__pool *pool, uint64_t now) {
  if (fcl__clock_runs(&pool->watch) || !is_needed(pool))
    return;
  fcl__clock_set(&pool->watch, pool->durations[FCL__D_WATCH], now);
  pool->queued_least = pool->queued;
  pool->open_most = pool->open;
}

static void on_watch(fcl__clock *c, uint64_t now) {
  fcl__pool *pool = FCL__OF(c, fcl__pool, watch);
  if (!pool->settings.is_sized || ++pool->rings % 3 == 0)
    weigh_all(pool, now);
  if (pool->settings.is_sized)
    resize(pool, now);
  fcl__watch_begin(pool, now);
  fcl__pool_settle(pool, now);
}

void fcl__watch_started(fcl__member *m, uint64_t now) {
  fcl__clock_set(&m->age, m->pool->durations[FCL__D_LIFETIME], now);
  fcl__watch_begin(m->pool, now);
}

static void init_size(fcl__pool *pool) {
  const fcl__pool_settings *s = &pool->settings;
  fcl__size *size = &pool->size;
  size->limit = size->floor = size->ceiling = s->max_processes;
  if (!s->is_sized)
    return;
  size->floor = s->min_processes > 1 ? s->min_processes : 1;
  if (size->floor > s->max_processes)
    size->floor = s->max_processes;
  size->limit = s->processors > size->floor ? s->processors : size->floor;
  if (size->limit > s->max_processes)
    size->limit = s->max_processes;
}

void fcl__watch_resize(fcl__pool *pool, uint64_t now) {
  unsigned before = pool->size.limit;
  init_size(pool);
  if (pool->settings.is_sized && before >= pool->size.floor && before <= pool->size.ceiling)
    pool->size.limit = before;
  fcl__watch_begin(pool, now);
}

void fcl__watch_init(fcl__pool *pool) {
  unsigned i;
  init_size(pool);
  pool->watch.expired = on_watch;
  for (i = 0; i < pool->member_count; i++)
    pool->members[i].age.expired = on_age;
}
