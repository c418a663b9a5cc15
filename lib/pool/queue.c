/* queue.c: the requests that wait, each source in its turn. */
#include "pool/pool.h"

#define WAYS 8 /* places for one key, so that few keys ever share one */
#define SETS 128

/* ---- Classes ---- */

static unsigned class_of(unsigned n) {
  unsigned bits = 0;
  while (n > 0) {
    n >>= 1;
    bits++;
  }
  return bits;
}

static void file_turn(fcl__queue *q, fcl__source *s) {
  fcl__list_remove(&s->turn);
  if (s->waiting > 0)
    fcl__list_append(&q->turns[class_of(s->in_hand)], &s->turn);
}

static void count_waiting(fcl__queue *q, fcl__source *s, int step) {
  unsigned before = class_of(s->waiting), after;
  s->waiting += (unsigned) step;
  after = class_of(s->waiting);
  if (before == after)
    return;
  fcl__list_remove(&s->size);
  if (s->waiting > 0)
    fcl__list_append(&q->sizes[after], &s->size);
  if (before == 0 || after == 0)
    file_turn(q, s);
}

/* ---- Sources ---- */

static fcl__source *claim(fcl__source *s, uint64_t key) {
  fcl__list_init(&s->tickets);
  s->key = key;
  return s;
}

static int leave_recent(fcl__queue *q, fcl__source *s) {
  if (!fcl__list_linked(&s->recent))
    return 0;
  fcl__list_remove(&s->recent);
  q->recents--;
  return 1;
}

static void use(fcl__queue *q, fcl__source *s) {
  if (s->users++ == 0 && !leave_recent(q, s))
    q->active++;
}

static void unuse(fcl__queue *q, fcl__source *s) {
  if (--s->users == 0)
    q->active--;
}

/* The key's own place, or a free one, or the one that the fewest share. */
static fcl__source *place_of(fcl__queue *q, uint64_t key) {
  fcl__source *set = &q->sources[key % SETS * WAYS], *best = set;
  unsigned i;
  for (i = 0; i < WAYS; i++) {
    if (set[i].key == key && (set[i].users > 0 || fcl__list_linked(&set[i].recent)))
      return &set[i];
    if (set[i].users < best->users)
      best = &set[i];
  }
  if (best->users > 0)
    return best;
  q->active -= (unsigned) leave_recent(q, best);
  return claim(best, key);
}

static fcl__source *find(fcl__queue *q, uint64_t key, const fcl__memory *memory) {
  if (key == 0)
    return &q->nobody;
  if (q->sources == NULL)
    q->sources = fcl__zalloc(memory, SETS * WAYS * sizeof *q->sources);
  return q->sources ? place_of(q, key) : &q->nobody;
}

/* ---- In and out ---- */

static void enter(fcl__queue *q, fcl__ticket *t, const fcl__memory *memory) {
  t->source = find(q, t->key, memory);
  use(q, t->source);
}

void fcl__queue_push(fcl__queue *q, fcl__ticket *t, const fcl__memory *memory) {
  enter(q, t, memory);
  t->is_again = 0;
  q->last = t->source;
  fcl__list_append(&t->source->tickets, &t->link);
  count_waiting(q, t->source, 1);
}

void fcl__queue_push_again(fcl__queue *q, fcl__ticket *t, const fcl__memory *memory) {
  enter(q, t, memory);
  t->is_again = 1;
  fcl__list_prepend(&q->again, &t->link);
}

void fcl__queue_remove(fcl__queue *q, fcl__ticket *t) {
  fcl__list_remove(&t->link);
  unuse(q, t->source);
  if (!t->is_again)
    count_waiting(q, t->source, -1);
}

/* Who was served goes to the end of its turn. */
void fcl__queue_hold(fcl__queue *q, fcl__ticket *t) {
  use(q, t->source);
  t->source->in_hand++;
  file_turn(q, t->source);
}

void fcl__queue_let_go(fcl__queue *q, fcl__ticket *t) {
  fcl__source *s = t->source;
  unsigned before = class_of(s->in_hand);
  unuse(q, s);
  s->in_hand--;
  if (class_of(s->in_hand) != before)
    file_turn(q, s);
}

/* ---- Who may be back ---- */

void fcl__queue_left(fcl__queue *q, fcl__ticket *t, uint64_t now) {
  fcl__source *s = t->source;
  if (s == &q->nobody || s->users > 0 || fcl__list_linked(&s->recent))
    return;
  s->left_at = now;
  q->recents++;
  q->active++;
  fcl__list_append(&q->recent, &s->recent);
}

static void forget_gone(fcl__queue *q, uint64_t now) {
  while (!fcl__list_empty(&q->recent)) {
    fcl__source *s = FCL__OF(q->recent.next, fcl__source, recent);
    if (now - s->left_at < FCL__RETURN_MS)
      return;
    leave_recent(q, s);
    q->active--;
  }
}

int fcl__queue_holds(fcl__queue *q, const fcl__ticket *t, unsigned places, unsigned room,
                     uint64_t now) {
  unsigned share;
  forget_gone(q, now);
  share = q->active > 0 ? places / q->active : places;
  return room <= q->recents && !t->is_again && t->source->in_hand >= (share > 0 ? share : 1);
}

/* ---- Who is next, who gives way ---- */

static fcl__ticket *ticket(fcl__list *link) {
  return FCL__OF(link, fcl__ticket, link);
}

fcl__ticket *fcl__queue_next(const fcl__queue *q) {
  unsigned i;
  if (!fcl__list_empty(&q->again))
    return ticket(q->again.next);
  for (i = 0; i < FCL__CLASSES; i++)
    if (!fcl__list_empty(&q->turns[i]))
      return ticket(FCL__OF(q->turns[i].next, fcl__source, turn)->tickets.next);
  return NULL;
}

fcl__ticket *fcl__queue_surplus(const fcl__queue *q) {
  unsigned i = FCL__CLASSES - 1, own = class_of(q->last->waiting);
  fcl__source *s = q->last;
  while (i > own && fcl__list_empty(&q->sizes[i]))
    i--;
  if (i > own)
    s = FCL__OF(q->sizes[i].next, fcl__source, size);
  return s->waiting > 0 ? ticket(s->tickets.prev) : NULL;
}

/* ---- Birth and death ---- */

void fcl__queue_init(fcl__queue *q) {
  unsigned i;
  fcl__list_init(&q->again);
  fcl__list_init(&q->recent);
  for (i = 0; i < FCL__CLASSES; i++) {
    fcl__list_init(&q->turns[i]);
    fcl__list_init(&q->sizes[i]);
  }
  q->last = claim(&q->nobody, 0);
}

void fcl__queue_free(fcl__queue *q, const fcl__memory *memory) {
  fcl__free(memory, q->sources);
  q->sources = NULL;
}
