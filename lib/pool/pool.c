/* pool.c: the pool as a whole: its queue, who is begun when, and when a process is started. */
#include "pool/parts.h"
#include <stdio.h>
#include <string.h>

#define PROCESSES_MAX 10000u
#define WATCH_MS      3000

/* ---- The queue ---- */

void fcl__pool_enqueue(fcl__pool *pool, fcl__ticket *t, int in_front, uint64_t now) {
  t->state = FCL__QUEUED;
  pool->queued++;
  fcl__watch_begin(pool, now);
  if (pool->quota != NULL)
    pool->quota->queued++;
  pool->counts.retries += in_front != 0;
  if (in_front)
    fcl__queue_push_again(&pool->queue, t, pool->memory);
  else
    fcl__queue_push(&pool->queue, t, pool->memory);
  fcl__clock_set(&t->clock, pool->durations[FCL__D_QUEUE], now);
}

void fcl__pool_fail_queue(fcl__pool *pool, const fcl_error *e) {
  while (pool->queued > 0)
    fcl__ticket_fail(fcl__queue_next(&pool->queue), e);
}

/* One source's requests do not take the room of the others'. */
static void refuse_one(fcl__pool *pool, uint64_t now) {
  const fcl__pool_settings *s = &pool->settings;
  fcl__ticket *t = fcl__queue_surplus(&pool->queue);
  fcl_error e;
  if (t == NULL)
    return;
  fcl__error_setx(
      &e, FCL_E_QUEUE_FULL, 0,
      "%s: %s and %u requests (queue_length) were waiting; this one was refused. Raise %s, or "
      "find what is slow.",
      s->name, fcl__pool_load(pool, now).text, pool->queued - 1,
      s->program ? "max_processes" : "max_connections");
  if (t->key != 0)
    fcl__error_append(&e, " %u of these requests were of the same source.", t->source->waiting);
  fcl__ticket_fail(t, &e);
}

/* ---- Beginning and starting ---- */

/* 1: nobody who waits can be served for now, and *e says why. */
static int is_refusing(const fcl__pool *pool, fcl_error *e, uint64_t now) {
  if (pool->blocked)
    fcl__error_setx(e, FCL_E_CONFIG, 0, "%s: %s", pool->settings.name, pool->blocked);
  else if (pool->breaker.is_open)
    fcl__breaker_refuse(pool, e, now);
  else if (fcl__pool_unreachable(pool))
    fcl__pool_refuse_unreachable(pool, e, now);
  else
    return 0;
  return 1;
}

/* Whoever has its share leaves the last free places, for a moment, to those who had them. */
static int is_held(fcl__pool *pool, uint64_t now) {
  unsigned room = pool->idles, places = pool->size.limit;
  if (!fcl__pool_starts_processes(pool) || fcl__member_capacity(&pool->members[0]) > 1)
    return 0;
  if (pool->serving < places)
    room += places - pool->serving;
  if (!fcl__queue_holds(&pool->queue, fcl__queue_next(&pool->queue), places, room, now))
    return 0;
  if (!fcl__clock_runs(&pool->hold))
    fcl__clock_set(&pool->hold, pool->durations[FCL__D_RETURN], now);
  return 1;
}

static void hold_ended(fcl__clock *c, uint64_t now) {
  fcl__pool_settle(FCL__OF(c, fcl__pool, hold), now);
}

static void begin_all(fcl__pool *pool, uint64_t now) {
  fcl__member *m;
  fcl_error e;
  while (pool->queued > 0) {
    if (is_refusing(pool, &e, now))
      fcl__pool_fail_queue(pool, &e);
    else if (is_held(pool, now))
      return;
    else if ((m = fcl__pool_pick(pool, fcl__queue_next(&pool->queue), now)) != NULL)
      fcl__ticket_begin(fcl__queue_next(&pool->queue), m, now);
    else
      return;
  }
}

/* Members that are leaving do not count: those that replace them may be started beside them. */
static int wants_member(const fcl__pool *pool) {
  if (pool->serving >= pool->size.limit || fcl__list_empty(&pool->absent))
    return 0;
  if (pool->live >= 2 * pool->settings.max_processes)
    return 0;
  if (pool->blocked || !fcl__breaker_allows(pool))
    return 0;
  return fcl__pool_expected(pool) < pool->queued ||
         (pool->serving < pool->kept && !pool->is_closing);
}

/* Whoever became free while there are more than there may be; those that were used last stay. */
static void end_surplus(fcl__pool *pool, uint64_t now) {
  while (pool->serving > pool->size.limit && !fcl__list_empty(&pool->idle)) {
    fcl__member *m = FCL__OF(pool->idle.prev, fcl__member, link);
    fcl__member_because(m, FCL_LEFT_SURPLUS);
    fcl__member_leave(m, now);
  }
}

static void dispatch(fcl__pool *pool, uint64_t now) {
  pool->is_dispatching = 1;
  pool->is_short = 0;
  if (fcl__pool_starts_processes(pool))
    end_surplus(pool, now);
  begin_all(pool, now);
  if (fcl__pool_starts_processes(pool))
    while (wants_member(pool) && fcl__quota_take(pool, now) && fcl__common_take(pool) &&
           fcl__member_start(pool, now))
      ;
  if (!wants_member(pool) || fcl__pool_expected(pool) >= pool->queued)
    fcl__list_remove(&pool->in_line);
  pool->is_dispatching = 0;
}

/* ---- Settling ---- */

/* ops->begin may find its connection ready, or dead, on the spot and tell us from inside: what that
   makes possible is done by the round that is under way. */
void fcl__pool_settle(fcl__pool *pool, uint64_t now) {
  fcl__quota *quota = pool->quota;
  if (pool->is_dispatching)
    return;
  if (!pool->is_stopping)
    dispatch(pool, now);
  if (pool->is_closing && !pool->is_stopping && pool->queued == 0 && pool->open == 0)
    fcl__pool_stop_all(pool, now);
  fcl__common_changed(pool, now);
  if (pool->is_stopping && pool->live == 0 && !pool->is_closed)
    fcl__pool_finish(pool);
  fcl__quota_serve(quota, now);
}

/* ---- Verbs ---- */

static void count_wait(fcl__pool *pool) {
  pool->submitting = NULL;
  pool->counts.waited++;
  if (pool->queued > pool->counts.queued_max)
    pool->counts.queued_max = pool->queued;
}

/* Whoever finds no place is the last of its source, or of one that has more waiting; `t` may be
 * gone by then. */
void fcl__pool_submit(fcl__pool *pool, fcl__ticket *t, uint64_t now) {
  fcl__pool *crowded;
  fcl_error e;
  fcl__ticket_init(t, pool);
  if (pool->is_closing) {
    fcl__error_setx(&e, FCL_E_CLOSING, 0,
                    "%s: the pool takes no more requests: it is being closed.",
                    pool->settings.name);
    fcl__ticket_fail(t, &e);
    return;
  }
  fcl__pool_enqueue(pool, t, 0, now);
  pool->submitting = t;
  dispatch(pool, now);
  fcl__common_changed(pool, now);
  if (pool->queued > (uint64_t) pool->settings.queue_length + fcl__pool_expected(pool))
    refuse_one(pool, now);
  else if ((crowded = fcl__quota_crowded(pool->quota)) != NULL)
    refuse_one(crowded, now);
  else if (fcl__common_is_crowded(pool))
    refuse_one(pool, now);
  if (pool->submitting)
    count_wait(pool);
}

void fcl__pool_recycle(fcl__pool *pool, uint64_t now) {
  unsigned i;
  if (!fcl__pool_starts_processes(pool) || pool->is_stopping)
    return;
  if (pool->serving > 0)
    fcl__say(pool, NULL, FCL_LEVEL_INFO, "%u processes are recycled.", pool->serving);
  for (i = 0; i < pool->member_count; i++)
    fcl__member_recycle(&pool->members[i], now);
  fcl__pool_settle(pool, now);
}

void fcl__pool_changed(fcl__pool *pool, uint64_t now) {
  unsigned i;
  for (i = 0; i < pool->member_count && fcl__pool_starts_processes(pool); i++)
    if (pool->members[i].state != FCL__ABSENT)
      fcl__member_because(&pool->members[i], FCL_LEFT_CHANGED);
  fcl__pool_recycle(pool, now);
}

void fcl__pool_block(fcl__pool *pool, const char *why, uint64_t now) {
  pool->blocked = why;
  fcl__pool_settle(pool, now);
}

void fcl__pool_resume(fcl__pool *pool, uint64_t now) {
  unsigned i;
  fcl__breaker_reset(pool);
  if (!fcl__pool_starts_processes(pool) && !pool->is_stopping)
    for (i = 0; i < pool->member_count; i++)
      fcl__address_again(&pool->members[i], now);
  fcl__pool_settle(pool, now);
}

uint64_t fcl__pools_tick(fcl__timeouts *t, uint64_t now) {
  fcl__clock *c;
  while ((c = fcl__timeouts_expired(t, now)) != NULL)
    c->expired(c, now);
  return fcl__timeouts_next(t);
}

unsigned fcl__pool_retry_after(const fcl__pool *pool, uint64_t now) {
  uint64_t at = UINT64_MAX;
  if (pool->breaker.is_open && fcl__clock_runs(&pool->breaker.window))
    at = pool->breaker.window.due;
  else if (!pool->breaker.is_open && fcl__clock_runs(&pool->breaker.back_off))
    at = pool->breaker.back_off.due;
  else if (fcl__pool_unreachable(pool))
    at = fcl__pool_reachable_at(pool);
  if (at == UINT64_MAX)
    return 0;
  return at > now ? (unsigned) ((at - now + 999) / 1000) : 1;
}

/* ---- Birth and death ---- */

static fcl_code take_durations(fcl__pool *pool) {
  const fcl__pool_settings *s = &pool->settings;
  const uint32_t ms[FCL__DURATIONS] = {s->start_ms,
                                       s->connect_ms,
                                       s->queue_ms,
                                       s->first_ms,
                                       s->activity_ms,
                                       s->request_ms,
                                       s->idle_ms,
                                       s->stop_ms,
                                       s->abort_ms,
                                       s->rapid_fail_ms,
                                       s->probe_ms ? s->probe_ms : FCL_NEVER,
                                       s->lifetime_ms ? s->lifetime_ms : FCL_NEVER,
                                       s->is_sized     ? 1000
                                       : s->max_memory ? WATCH_MS
                                                       : FCL_NEVER,
                                       FCL__RETURN_MS,
                                       20,
                                       40,
                                       80,
                                       160,
                                       320,
                                       640,
                                       1000,
                                       1000,
                                       2000,
                                       4000,
                                       8000,
                                       16000,
                                       30000};
  unsigned i;
  for (i = 0; i < FCL__DURATIONS; i++)
    if (ms[i] != FCL_NEVER &&
        (pool->durations[i] = fcl__duration_take(pool->timeouts, ms[i])) == NULL)
      return FCL_E_NOMEM;
  return FCL_OK;
}

static fcl_code make_members(fcl__pool *pool) {
  fcl__pool_settings *s = &pool->settings;
  unsigned i;
  if (s->max_processes < 1)
    s->max_processes = 1;
  if (s->max_processes > PROCESSES_MAX)
    s->max_processes = PROCESSES_MAX;
  if (s->room < s->max_processes)
    s->room = s->max_processes;
  pool->member_count = s->program ? 2 * s->room : s->address_count;
  pool->members = fcl__zalloc(pool->memory, pool->member_count * sizeof *pool->members);
  if (pool->members == NULL)
    return FCL_E_NOMEM;
  if (!s->program) {
    pool->hashes = fcl__zalloc(pool->memory, pool->member_count * sizeof *pool->hashes);
    if (pool->hashes == NULL)
      return FCL_E_NOMEM;
  }
  if (!s->program && pool->member_count > 1 &&
      !fcl__least_init(&pool->least, pool->memory, pool->member_count))
    return FCL_E_NOMEM;
  for (i = 0; i < pool->member_count; i++)
    fcl__member_init(&pool->members[i], pool, i);
  return FCL_OK;
}

fcl_code fcl__pool_init(fcl__pool *pool, const fcl__pool_settings *settings,
                        const fcl__pool_ops *ops, void *io, const fcl__memory *memory,
                        fcl__timeouts *timeouts, fcl_error *e) {
  memset(pool, 0, sizeof *pool);
  pool->settings = *settings;
  pool->ops = ops;
  pool->io = io;
  pool->memory = memory;
  pool->timeouts = timeouts;
  fcl__close_init(pool);
  pool->hold.expired = hold_ended;
  fcl__queue_init(&pool->queue);
  fcl__list_init(&pool->idle);
  fcl__list_init(&pool->roomy);
  fcl__list_init(&pool->absent);
  fcl__breaker_init(pool);
  if (take_durations(pool) == FCL_OK && make_members(pool) == FCL_OK) {
    fcl__watch_init(pool);
    return FCL_OK;
  }
  fcl__pool_free(pool);
  return fcl__error_setx(e, FCL_E_NOMEM, 0, "%s: out of memory for the pool's members and clocks.",
                         settings->name);
}

void fcl__pool_free(fcl__pool *pool) {
  unsigned i;
  for (i = 0; i < FCL__DURATIONS; i++)
    fcl__duration_drop(pool->durations[i]);
  for (i = 0; i < FCL__STEPS; i++)
    fcl__duration_drop(pool->steps[i]);
  if (pool->memory)
    fcl__queue_free(&pool->queue, pool->memory);
  fcl__least_free(&pool->least, pool->memory);
  fcl__free(pool->memory, pool->hashes);
  fcl__free(pool->memory, pool->members);
  memset(pool, 0, sizeof *pool);
}

void fcl__pool_attach(fcl__pool *pool, fcl__timeouts *timeouts) {
  unsigned i;
  for (i = 0; i < FCL__DURATIONS; i++)
    pool->durations[i] = fcl__duration_move(pool->durations[i], timeouts);
  pool->timeouts = timeouts;
}
