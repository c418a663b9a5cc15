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

/* The key's own place, or a free one, or the one that the fewest share. */
static fcl__source *place_of(fcl__queue *q, uint64_t key) {
  fcl__source *set = &q->sources[key % SETS * WAYS], *best = set;
  unsigned i;
  for (i = 0; i < WAYS; i++) {
    if (set[i].users > 0 && set[i].key == key)
      return &set[i];
    if (set[i].users < best->users)
      best = &set[i];
  }
  return best->users == 0 ? claim(best, key) : best;
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
  t->source->users++;
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
  t->source->users--;
  if (!t->is_again)
    count_waiting(q, t->source, -1);
}

/* Who was served goes to the end of its turn. */
void fcl__queue_hold(fcl__queue *q, fcl__ticket *t) {
  t->source->users++;
  t->source->in_hand++;
  file_turn(q, t->source);
}

void fcl__queue_let_go(fcl__queue *q, fcl__ticket *t) {
  fcl__source *s = t->source;
  unsigned before = class_of(s->in_hand);
  s->users--;
  s->in_hand--;
  if (class_of(s->in_hand) != before)
    file_turn(q, s);
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
