/* timeouts.c: clocks in lists, one list for each distinct duration: what was started last is due
 * last. */
#include "pool/timeouts.h"

void fcl__timeouts_init(fcl__timeouts *t, const fcl__memory *memory) {
  t->memory = memory;
  fcl__list_init(&t->durations);
  fcl__list_init(&t->running);
}

void fcl__timeouts_free(fcl__timeouts *t) {
  fcl__list *at, *after;
  FCL__LIST_EACH (at, after, &t->durations) {
    fcl__free(t->memory, FCL__OF(at, fcl__duration, link));
  }
  fcl__timeouts_init(t, t->memory);
}

static fcl__duration *make(fcl__timeouts *t, uint32_t ms) {
  fcl__duration *d = fcl__zalloc(t->memory, sizeof *d);
  if (d == NULL)
    return NULL;
  d->timeouts = t;
  d->ms = ms;
  fcl__list_init(&d->clocks);
  fcl__list_append(&t->durations, &d->link);
  return d;
}

static fcl__duration *find(fcl__timeouts *t, uint32_t ms) {
  fcl__list *at, *after;
  FCL__LIST_EACH (at, after, &t->durations) {
    fcl__duration *d = FCL__OF(at, fcl__duration, link);
    if (d->ms == ms)
      return d;
  }
  return NULL;
}

fcl__duration *fcl__duration_take(fcl__timeouts *t, uint32_t ms) {
  fcl__duration *d = find(t, ms);
  if (d == NULL)
    d = make(t, ms);
  if (d != NULL)
    d->users++;
  return d;
}

static void forget(fcl__duration *d) {
  fcl__list_remove(&d->in_use);
  fcl__list_remove(&d->link);
  fcl__free(d->timeouts->memory, d);
}

void fcl__duration_drop(fcl__duration *d) {
  if (d == NULL || --d->users > 0 || !fcl__list_empty(&d->clocks))
    return;
  forget(d);
}

fcl__duration *fcl__duration_move(fcl__duration *d, fcl__timeouts *t) {
  fcl__duration *there;
  if (d == NULL || d->timeouts == t)
    return d;
  there = find(t, d->ms);
  if (there != NULL) {
    there->users++;
    fcl__duration_drop(d);
    return there;
  }
  fcl__list_remove(&d->in_use);
  fcl__list_remove(&d->link);
  fcl__list_append(&t->durations, &d->link);
  d->timeouts = t;
  return d;
}

uint32_t fcl__duration_ms(const fcl__duration *d) {
  return d->ms;
}

void fcl__clock_clear(fcl__clock *c) {
  fcl__list_remove(&c->link);
  c->list = NULL;
}

void fcl__clock_set(fcl__clock *c, fcl__duration *d, uint64_t now) {
  fcl__clock_clear(c);
  if (d == NULL)
    return;
  c->list = d;
  c->due = now + d->ms;
  fcl__list_append(&d->clocks, &c->link);
  if (!fcl__list_linked(&d->in_use))
    fcl__list_append(&d->timeouts->running, &d->in_use);
}

/* The clock that is due first.  Durations whose clocks have all stopped leave the list here, not
   when the clock stops: so a clock that is set and cleared in turn costs nothing more. */
static fcl__clock *first(fcl__timeouts *t) {
  fcl__list *at, *after;
  fcl__clock *best = NULL;
  FCL__LIST_EACH (at, after, &t->running) {
    fcl__duration *d = FCL__OF(at, fcl__duration, in_use);
    if (fcl__list_empty(&d->clocks) && d->users == 0)
      forget(d);
    else if (fcl__list_empty(&d->clocks))
      fcl__list_remove(&d->in_use);
    else if (best == NULL || FCL__OF(d->clocks.next, fcl__clock, link)->due < best->due)
      best = FCL__OF(d->clocks.next, fcl__clock, link);
  }
  return best;
}

uint64_t fcl__timeouts_next(fcl__timeouts *t) {
  const fcl__clock *c = first(t);
  return c ? c->due : UINT64_MAX;
}

fcl__clock *fcl__timeouts_expired(fcl__timeouts *t, uint64_t now) {
  fcl__clock *c = first(t);
  if (c == NULL || c->due > now)
    return NULL;
  fcl__clock_clear(c);
  return c;
}
