/* quota.c: which of several pools may start a process, and whose process leaves for it. */
#include "pool/quota.h"
#include "pool/parts.h"

#define TURN_MS 1000u /* until a pool without a process gets the only one of another */

void fcl__quota_init(fcl__quota *q, unsigned max, unsigned queue_length) {
  q->max = max;
  q->queue_length = queue_length;
  q->serving = q->starting = q->queued = 0;
  q->is_serving = 0;
  fcl__list_init(&q->pools);
  fcl__list_init(&q->starving);
  fcl__list_init(&q->wanting);
  fcl__list_init(&q->idle);
}

void fcl__quota_join(fcl__quota *q, fcl__pool *pool) {
  fcl__list *at;
  pool->quota = q;
  q->serving += pool->serving;
  q->starting += pool->starting;
  q->queued += pool->queued;
  fcl__list_append(&q->pools, &pool->sibling);
  for (at = pool->idle.prev; at != &pool->idle; at = at->prev)
    fcl__list_prepend(&q->idle, &FCL__OF(at, fcl__member, link)->spare);
}

/* Who was used last stays. */
void fcl__quota_resize(fcl__quota *q, unsigned max, unsigned queue_length, uint64_t now) {
  q->max = max;
  q->queue_length = queue_length;
  while (q->serving > q->max && !fcl__list_empty(&q->idle)) {
    fcl__member *m = FCL__OF(q->idle.prev, fcl__member, spare);
    fcl__member_because(m, FCL_LEFT_SURPLUS);
    fcl__member_leave(m, now);
  }
  fcl__quota_serve(q, now);
}

void fcl__quota_leave(fcl__pool *pool) {
  fcl__quota *q = pool->quota;
  fcl__list *at;
  if (q == NULL)
    return;
  pool->quota = NULL;
  q->serving -= pool->serving;
  q->starting -= pool->starting;
  q->queued -= pool->queued;
  fcl__list_remove(&pool->sibling);
  fcl__list_remove(&pool->in_line);
  for (at = pool->idle.next; at != &pool->idle; at = at->next)
    fcl__list_remove(&FCL__OF(at, fcl__member, link)->spare);
}

/* ---- Taking ---- */

/* A process that was told to leave counts no more. */
static int end_idle(fcl__pool *pool, uint64_t now) {
  fcl__quota *q = pool->quota;
  fcl__list *at = q->idle.prev;
  fcl__member *m;
  while (at != &q->idle && FCL__OF(at, fcl__member, spare)->pool == pool)
    at = at->prev;
  if (at == &q->idle)
    return 0;
  m = FCL__OF(at, fcl__member, spare);
  fcl__say(m->pool, m, FCL_LEVEL_INFO, "process %ld was idle and makes room for another user's.",
           m->pid);
  fcl__member_because(m, FCL_LEFT_ROOM);
  fcl__member_leave(m, now);
  return 1;
}

/* Its place in line is kept; one that has lost its last process goes over to those without. */
static void stand_in_line(fcl__pool *pool, uint64_t now) {
  unsigned is_starving = pool->serving == 0;
  if (fcl__list_linked(&pool->in_line) && pool->is_starving == is_starving)
    return;
  if (!fcl__list_linked(&pool->in_line))
    pool->in_line_since = now;
  fcl__list_remove(&pool->in_line);
  pool->is_starving = is_starving;
  fcl__list_append(is_starving ? &pool->quota->starving : &pool->quota->wanting, &pool->in_line);
}

/* The next in line that is not the pool itself. */
static const fcl__pool *next_other(const fcl__list *line, const fcl__pool *pool) {
  const fcl__list *at = line->next;
  if (at != line && FCL__OF(at, const fcl__pool, in_line) == pool)
    at = at->next;
  return at == line ? NULL : FCL__OF(at, const fcl__pool, in_line);
}

static int is_somebody_else_in_line(const fcl__quota *q, const fcl__pool *pool) {
  return next_other(&q->starving, pool) != NULL || next_other(&q->wanting, pool) != NULL;
}

/* What has become free is for whoever is first in line, not for the pool that had it.  For
   processes beyond what waits (min_processes) nobody else's is ended. */
int fcl__quota_take(fcl__pool *pool, uint64_t now) {
  fcl__quota *q = pool->quota;
  int is_needed = fcl__pool_expected(pool) < pool->queued;
  int must_wait = q != NULL && !q->is_serving && is_somebody_else_in_line(q, pool);
  if (q == NULL)
    return 1;
  if (must_wait) {
    if (is_needed)
      stand_in_line(pool, now);
    return 0;
  }
  if (q->serving < q->max || (is_needed && end_idle(pool, now))) {
    fcl__list_remove(&pool->in_line);
    return 1;
  }
  if (is_needed)
    stand_in_line(pool, now);
  return 0;
}

/* ---- Giving ---- */

static fcl__pool *first(const fcl__list *line) {
  return fcl__list_empty(line) ? NULL : FCL__OF(line->next, fcl__pool, in_line);
}

static int is_owed(const fcl__pool *pool, const fcl__pool *other, uint64_t now) {
  if (pool->serving > other->serving + 1)
    return 1;
  return other->serving == 0 && now - other->in_line_since >= TURN_MS;
}

/* Whoever is at the head of the line and would not be better off goes behind the others, so that
   they are asked about next. */
int fcl__quota_yields(const fcl__pool *pool, uint64_t now) {
  fcl__quota *q = pool->quota;
  const fcl__pool *other;
  fcl__list *link;
  if (q == NULL || q->serving < q->max)
    return 0;
  other = next_other(&q->starving, pool);
  if (other != NULL)
    return is_owed(pool, other, now);
  other = next_other(&q->wanting, pool);
  if (other == NULL || is_owed(pool, other, now))
    return other != NULL;
  link = (fcl__list *) (uintptr_t) &other->in_line;
  fcl__list_remove(link);
  fcl__list_append(&q->wanting, link);
  return 0;
}

static int has_some(const fcl__quota *q) {
  return q->serving < q->max || !fcl__list_empty(&q->idle);
}

/* One that comes back into the line could use nothing of what there is. */
void fcl__quota_serve(fcl__quota *q, uint64_t now) {
  fcl__pool *pool;
  if (q == NULL || q->is_serving)
    return;
  q->is_serving = 1;
  while (has_some(q)) {
    pool = first(&q->starving);
    if (pool == NULL)
      pool = first(&q->wanting);
    if (pool == NULL)
      break;
    fcl__list_remove(&pool->in_line);
    fcl__pool_settle(pool, now);
    if (fcl__list_linked(&pool->in_line))
      break;
  }
  q->is_serving = 0;
}

fcl__pool *fcl__quota_crowded(const fcl__quota *q) {
  fcl__pool *most = NULL;
  const fcl__list *at;
  if (q == NULL || q->queued <= (uint64_t) q->queue_length + q->starting)
    return NULL;
  for (at = q->pools.next; at != &q->pools; at = at->next) {
    fcl__pool *pool = FCL__OF((fcl__list *) (uintptr_t) at, fcl__pool, sibling);
    if (most == NULL || pool->queued > most->queued)
      most = pool;
  }
  return most;
}
