/* stake.c: limits that pools of several clients have in common: who holds what, who is next, and
   who makes room for whom. */
#include "client/stake.h"
#include "client/internal.h"
#include <string.h>

#define PATIENCE_MS 50  /* so long those that have something wait for that: a move costs a start */
#define TURN_MS     250 /* until one that has nothing gets the place of one that is busy, */
#define TENURE_MS   100 /* which has had it for so long */

struct fcl__common {
  fcl__list link;   /* in `all` */
  fcl__list stakes; /* the one that speaks for all first */
  fcl__list line;   /* those that want more: first those that have nothing, each in turn */
  unsigned refs;
  fcl__limits_in_common limits;
  fcl__holding sum;     /* of all stakes */
  atomic_uint pressure; /* places that are to come back */
  char name[];
};

static const fcl__memory memory; /* the C library's: it belongs to no client */
static uv_once_t once = UV_ONCE_INIT;
static uv_mutex_t lock; /* of everything here */
static fcl__list all;

/* It has joined, and not left. */
static int is_in(const fcl__stake *s) {
  return s->is_in;
}

static void begin(void) {
  uv_mutex_init(&lock);
  fcl__list_init(&all);
}

static fcl__stake *of_link(const fcl__list *link) {
  return FCL__OF((fcl__list *) (uintptr_t) link, fcl__stake, link);
}

static fcl__stake *of_line(const fcl__list *link) {
  return FCL__OF((fcl__list *) (uintptr_t) link, fcl__stake, in_line);
}

/* ---- Counting, under the lock ---- */

/* What it uses, and will not give back by itself. */
static unsigned used(const fcl__stake *s) {
  return s->has.held - s->has.giving;
}

static unsigned to_come_back(const fcl__common *c) {
  uint64_t needed = (uint64_t) c->sum.held + c->sum.wanted;
  uint64_t there = (uint64_t) c->limits.max + c->sum.giving;
  return needed > there ? (unsigned) (needed - there) : 0;
}

static void set(fcl__stake *s, const fcl__holding *has) {
  fcl__holding *sum = &s->common->sum;
  sum->held += has->held - s->has.held;
  sum->giving += has->giving - s->has.giving;
  sum->live += has->live - s->has.live;
  sum->wanted += has->wanted - s->has.wanted;
  sum->beyond += has->beyond - s->has.beyond;
  s->has = *has;
  atomic_store(&s->common->pressure, to_come_back(s->common));
}

static int has_place(const fcl__common *c) {
  return c->sum.held < c->limits.max && c->sum.live / 2 < c->limits.max;
}

/* Pools act on that in their own loops. */
static void notify(const fcl__stake *s) {
  fcl__client_post(s->pool->client, &s->pool->note, FCL__POOL_COMMON);
}

/* As many as there is something for. */
static void wake_line(const fcl__common *c) {
  unsigned n = has_place(c) ? c->limits.max - c->sum.held : 0;
  const fcl__list *at;
  for (at = c->line.next; at != &c->line && n > 0; at = at->next, n--)
    notify(of_line(at));
}

static void ask_others(const fcl__stake *s) {
  const fcl__common *c = s->common;
  const fcl__list *at;
  if (to_come_back(c) == 0)
    return;
  for (at = c->stakes.next; at != &c->stakes; at = at->next)
    if (of_link(at) != s && used(of_link(at)) > 0)
      notify(of_link(at));
}

/* ---- The line ---- */

/* Its turn is kept, but that those who have nothing come before those who have something. */
static void stand_in_line(fcl__stake *s, uint64_t now) {
  fcl__list *line = &s->common->line, *at = line;
  unsigned is_starving = used(s) == 0;
  if (!s->is_waiting)
    s->since = now;
  else if (s->is_starving == is_starving)
    return;
  fcl__list_remove(&s->in_line);
  s->is_waiting = 1;
  s->is_starving = is_starving;
  if (is_starving)
    for (at = line->next; at != line && of_line(at)->is_starving;)
      at = at->next;
  fcl__list_append(at, &s->in_line); /* before that one */
}

static void leave_line(fcl__stake *s) {
  fcl__list_remove(&s->in_line);
  s->is_waiting = 0;
}

static void arrange(fcl__stake *s, uint64_t now) {
  if (s->has.wanted > 0)
    stand_in_line(s, now);
  else
    leave_line(s);
}

/* Others in line whose turn is before its. */
static unsigned count_before(const fcl__stake *s) {
  const fcl__common *c = s->common;
  const fcl__list *at;
  unsigned n = 0;
  for (at = c->line.next; at != &c->line && of_line(at) != s; at = at->next)
    n++;
  return n;
}

/* ---- Joining and leaving ---- */

static fcl__common *find(const char *name) {
  fcl__list *at;
  for (at = all.next; at != &all; at = at->next)
    if (strcmp(FCL__OF(at, fcl__common, link)->name, name) == 0)
      return FCL__OF(at, fcl__common, link);
  return NULL;
}

static fcl__common *make(const char *name) {
  size_t size = strlen(name) + 1;
  fcl__common *c = fcl__zalloc(&memory, sizeof *c + size);
  if (c == NULL)
    return NULL;
  memcpy(c->name, name, size);
  fcl__list_init(&c->stakes);
  fcl__list_init(&c->line);
  fcl__list_append(&all, &c->link);
  return c;
}

static void on_clock(fcl__clock *clock, uint64_t now);

int fcl__stake_join(fcl__stake *s, fcl_pool *pool, const char *name) {
  fcl__common *c;
  uv_once(&once, begin);
  uv_mutex_lock(&lock);
  c = find(name);
  if (c == NULL)
    c = make(name);
  if (c != NULL) {
    c->refs++;
    fcl__list_append(&c->stakes, &s->link);
    s->is_in = 1;
    s->common = c;
    s->pool = pool;
    s->clock.expired = on_clock;
  }
  uv_mutex_unlock(&lock);
  return c != NULL;
}

static void notify_all(const fcl__common *c) {
  const fcl__list *at;
  for (at = c->stakes.next; at != &c->stakes; at = at->next)
    if (used(of_link(at)) > 0)
      notify(of_link(at));
}

void fcl__stake_limit(fcl__stake *s, const fcl__limits_in_common *limits) {
  fcl__common *c = s->common;
  if (!is_in(s))
    return;
  uv_mutex_lock(&lock);
  c->limits = *limits;
  atomic_store(&c->pressure, to_come_back(c));
  wake_line(c);
  if (to_come_back(c) > 0)
    notify_all(c);
  uv_mutex_unlock(&lock);
}

static void give_all(fcl__stake *s) {
  static const fcl__holding nothing;
  set(s, &nothing);
  leave_line(s);
  fcl__list_remove(&s->link);
  s->is_in = 0;
  wake_line(s->common);
}

void fcl__stake_leave(fcl__stake *s) {
  if (!is_in(s))
    return;
  fcl__clock_clear(&s->clock);
  uv_mutex_lock(&lock);
  give_all(s);
  uv_mutex_unlock(&lock);
}

void fcl__stake_forget(fcl__stake *s) {
  fcl__common *c = s->common;
  if (c == NULL)
    return;
  fcl__stake_leave(s);
  uv_mutex_lock(&lock);
  s->common = NULL;
  if (--c->refs == 0) {
    fcl__list_remove(&c->link);
    fcl__free(&memory, c);
  }
  uv_mutex_unlock(&lock);
}

/* ---- Taking ---- */

static int may_take(const fcl__stake *s, int is_needed) {
  const fcl__common *c = s->common;
  if (!has_place(c))
    return 0;
  if (!is_needed && c->sum.held - c->sum.giving >= c->limits.min)
    return 0;
  return (uint64_t) c->sum.held + count_before(s) < c->limits.max;
}

static void have(fcl__stake *s, const fcl__holding *now) {
  fcl__holding has = s->has;
  has.held = now->held;
  has.giving = now->giving;
  has.live = now->live;
  set(s, &has);
}

/* What it wants beyond this it says again. */
static void take(fcl__stake *s, uint64_t now) {
  fcl__holding has = s->has;
  if (used(s) == 0)
    s->first_at = now;
  has.held++;
  has.live++;
  has.wanted = 0;
  set(s, &has);
  leave_line(s);
}

int fcl__stake_take(fcl__stake *s, const fcl__holding *has, int is_needed, uint64_t now) {
  int may;
  if (!is_in(s))
    return s->common == NULL;
  uv_mutex_lock(&lock);
  have(s, has);
  may = may_take(s, is_needed);
  if (may)
    take(s, now);
  wake_line(s->common); /* it may have less than it said last */
  uv_mutex_unlock(&lock);
  return may;
}

/* ---- Telling ---- */

/* One that has nothing asks at once and often; the others give their own processes a moment. */
static void watch(fcl__stake *s, int is_new, uint64_t now) {
  fcl_client *c = s->pool->client;
  int is_starving = used(s) == 0;
  if (s->has.wanted == 0) {
    fcl__clock_clear(&s->clock);
    return;
  }
  if (is_new && is_starving)
    ask_others(s);
  if (is_new || !fcl__clock_runs(&s->clock))
    fcl__clock_set(&s->clock, is_starving ? c->haste : c->patience, now);
}

static void on_clock(fcl__clock *clock, uint64_t now) {
  fcl__stake *s = FCL__OF(clock, fcl__stake, clock);
  uv_mutex_lock(&lock);
  ask_others(s);
  watch(s, 0, now);
  uv_mutex_unlock(&lock);
}

static int is_equal(const fcl__holding *a, const fcl__holding *b) {
  return a->held == b->held && a->giving == b->giving && a->live == b->live &&
         a->wanted == b->wanted && a->beyond == b->beyond;
}

/* Only its own loop changes what it has. */
void fcl__stake_tell(fcl__stake *s, const fcl__holding *has, uint64_t now) {
  int was_waiting = s->is_waiting;
  if (!is_in(s) || (is_equal(has, &s->has) && was_waiting == (has->wanted > 0)))
    return;
  uv_mutex_lock(&lock);
  set(s, has);
  arrange(s, now);
  wake_line(s->common);
  watch(s, !was_waiting, now);
  uv_mutex_unlock(&lock);
}

/* ---- Giving ---- */

/* What it could use itself. */
static int is_owed_busy(const fcl__stake *s, const fcl__stake *other, uint64_t now) {
  if (used(other) == 0)
    return used(s) > 1 || (now >= other->since + TURN_MS && now >= s->first_at + TENURE_MS);
  return used(s) > used(other) + 1 && now >= other->since + PATIENCE_MS;
}

/* What it has not used for a while; its last one only if that is long. */
static int is_owed_idle(const fcl__stake *s, const fcl__stake *other, unsigned idle_ms,
                        uint64_t now) {
  if (used(other) == 0)
    return 1;
  return now >= other->since + PATIENCE_MS && (used(s) > 1 || idle_ms >= TURN_MS);
}

static int is_any_owed(const fcl__stake *s, unsigned idle_ms, uint64_t now) {
  const fcl__common *c = s->common;
  const fcl__list *at;
  for (at = c->line.next; at != &c->line; at = at->next) {
    const fcl__stake *other = of_line(at);
    if (other != s &&
        (idle_ms > 0 ? is_owed_idle(s, other, idle_ms, now) : is_owed_busy(s, other, now)))
      return 1;
  }
  return 0;
}

static int is_too_many(const fcl__common *c) {
  return c->sum.held - c->sum.giving > c->limits.max;
}

static int shall_give(const fcl__stake *s, unsigned idle_ms, uint64_t now) {
  const fcl__common *c = s->common;
  if (to_come_back(c) == 0 || used(s) == 0)
    return 0;
  return is_too_many(c) || is_any_owed(s, idle_ms, now);
}

static void give(fcl__stake *s) {
  fcl__holding has = s->has;
  has.giving++;
  set(s, &has);
}

int fcl__stake_claim(fcl__stake *s, unsigned idle_ms, uint64_t now) {
  int shall;
  if (!is_in(s) || atomic_load(&s->common->pressure) == 0)
    return 0;
  uv_mutex_lock(&lock);
  shall = shall_give(s, idle_ms, now);
  if (shall)
    give(s);
  uv_mutex_unlock(&lock);
  return shall;
}

int fcl__stake_stays(fcl__stake *s) {
  const fcl__common *c = s->common;
  int stays;
  if (!is_in(s))
    return 0;
  uv_mutex_lock(&lock);
  stays = c->sum.held - c->sum.giving <= c->limits.min;
  if (!stays)
    give(s);
  uv_mutex_unlock(&lock);
  return stays;
}

/* ---- Seeing ---- */

int fcl__stake_is_crowded(fcl__stake *s) {
  int is_crowded;
  if (!is_in(s) || s->has.beyond == 0)
    return 0;
  uv_mutex_lock(&lock);
  is_crowded = s->common->sum.beyond > s->common->limits.queue_length;
  uv_mutex_unlock(&lock);
  return is_crowded;
}

unsigned fcl__stake_portion(fcl__stake *s, unsigned n) {
  uint64_t part = n;
  if (!is_in(s))
    return n;
  uv_mutex_lock(&lock);
  if (s->common->sum.held > 0)
    part = ((uint64_t) n * s->has.held + s->common->sum.held - 1) / s->common->sum.held;
  uv_mutex_unlock(&lock);
  return part > 0 ? (unsigned) part : 1;
}

int fcl__stake_speaks(fcl__stake *s) {
  int speaks;
  if (s->common == NULL)
    return 1;
  uv_mutex_lock(&lock);
  speaks = s->common->stakes.next == &s->link;
  uv_mutex_unlock(&lock);
  return speaks;
}
