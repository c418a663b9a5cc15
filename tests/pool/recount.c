/* recount.c: counts a pool anew and compares: members, requests, the order of the queue, who waits
 * and why. */
#include "pool/recorder.h"

static unsigned count_list(const fcl__list *head) {
  const fcl__list *at;
  unsigned n = 0;
  for (at = head->next; at != head; at = at->next) {
    HOLDS(at->next->prev == at);
    n++;
  }
  return n;
}

static void check_tickets_of(const fcl__member *m) {
  const fcl__list *at;
  unsigned connecting = 0;
  for (at = m->tickets.next; at != &m->tickets; at = at->next) {
    const fcl__ticket *t = FCL__OF(at, const fcl__ticket, link);
    HOLDS(t->member == m);
    HOLDS(t->state == FCL__CONNECTING || t->state == FCL__OPEN);
    connecting += t->state == FCL__CONNECTING;
  }
  HOLDS(count_list(&m->tickets) == m->in_hand);
  HOLDS(connecting == m->connecting);
}

static unsigned per_connection(void) {
  return w.settings.per_connection > 1 ? w.settings.per_connection : 1;
}

static unsigned per_process(void) {
  return w.settings.per_process > 1 ? w.settings.per_process : 1;
}

static void check_room(const fcl__member *m) {
  int is_worn = w.settings.max_requests != FCL_NEVER && m->served >= w.settings.max_requests;
  int has_room = m->state == FCL__BUSY && m->in_hand > 0 &&
                 m->in_hand < m->per_connection * per_process() && !m->is_proving && !is_worn;
  HOLDS(fcl__list_linked(&m->room) == has_room);
}

static void check_process(const fcl__member *m) {
  HOLDS(m->in_hand <= per_connection() * per_process() + w.excess);
  check_room(m);
  if (m->in_hand > 0 || m->is_proving)
    HOLDS(m->state == FCL__BUSY || m->state == FCL__DRAINING);
  else
    HOLDS(m->state != FCL__BUSY && m->state != FCL__DRAINING);
  HOLDS(per_connection() * per_process() > 1 || !(m->in_hand > 0 && m->is_proving));
  HOLDS(fcl__clock_runs(&m->check) ==
        (m->is_proving || (m->state == FCL__STARTING && m->pid != 0)));
  if (m->state == FCL__ABSENT || m->state == FCL__KILLING)
    HOLDS(!fcl__clock_runs(&m->clock));
  if (m->state == FCL__ABSENT)
    HOLDS(m->pid == 0 && !m->is_proven && m->served == 0);
}

/* Its back-off runs: a probe that is out runs in its place. */
static int is_to_come(const fcl__member *m) {
  return m->address && !m->is_drained && !m->is_leaving && !m->is_probed;
}

static uint32_t load_of(const fcl__member *m) {
  if (m->state != FCL__IDLE)
    return FCL__LEAST_NONE;
  return w.pool.settings.balance == FCL_BALANCE_ROUND_ROBIN ? 0 : m->in_hand;
}

static void check_address(const fcl__member *m) {
  HOLDS(m->state == FCL__ABSENT || m->state == FCL__IDLE || m->state == FCL__BUSY);
  HOLDS(m->in_hand <= (uint64_t) w.settings.max_connections * per_connection() + w.excess);
  if (m->state == FCL__IDLE)
    HOLDS(m->in_hand < (uint64_t) m->connections * m->per_connection);
  if (w.pool.least.at != NULL)
    HOLDS(fcl__least_of(&w.pool.least, m->index) == load_of(m));
  if (!w.is_closed && !w.pool.is_stopping)
    HOLDS(fcl__clock_runs(&m->clock) == (m->state == FCL__ABSENT && is_to_come(m)));
}

static void check_counters(void) {
  unsigned i, live = 0, serving = 0, starting = 0, giving = 0, idle = 0, open = 0, slow = 0;
  for (i = 0; i < w.pool.member_count; i++) {
    const fcl__member *m = &w.pool.members[i];
    live += m->state != FCL__ABSENT;
    serving += m->state == FCL__STARTING || m->state == FCL__IDLE || m->state == FCL__BUSY;
    starting += m->state == FCL__STARTING;
    giving += m->is_giving;
    HOLDS(!m->is_giving || m->state == FCL__STOPPING || m->state == FCL__KILLING ||
          m->state == FCL__DRAINING);
    idle += m->state == FCL__IDLE;
    open += m->in_hand;
    slow += m->back_at != 0;
    check_tickets_of(m);
    if (w.settings.program != NULL)
      check_process(m);
    else
      check_address(m);
  }
  HOLDS(w.pool.live == live);
  HOLDS(w.pool.serving == serving);
  HOLDS(w.pool.starting == starting);
  HOLDS(w.pool.giving == giving);
  HOLDS(w.pool.open == open);
  HOLDS(w.pool.slow == slow);
  HOLDS(count_list(&w.pool.idle) == idle);
  HOLDS(w.pool.idles == idle);
  if (w.settings.program != NULL)
    HOLDS(count_list(&w.pool.absent) == w.pool.member_count - live);
}

/* Whoever was started is there, or has left for a reason. */
static void check_reasons(void) {
  const fcl__pool *p = &w.pool;
  uint64_t left = 0;
  unsigned i;
  for (i = 0; i < FCL_LEFT_MAX; i++)
    left += p->counts.left[i];
  HOLDS(p->counts.left[FCL_LEFT_UNKNOWN] == 0);
  HOLDS(p->counts.starts == left + (w.settings.program ? p->live : 0));
}

static unsigned class_of(unsigned n) {
  return n == 0 ? 0 : 1 + class_of(n / 2);
}

/* A source's requests as they came; those that are tried again stand elsewhere. */
static unsigned check_source(const fcl__source *s) {
  const fcl__list *at;
  unsigned next = 0, n = 0;
  for (at = s->tickets.next; at != &s->tickets; at = at->next) {
    const visitor *v = FCL__OF(at, const visitor, ticket.link);
    HOLDS(v->ticket.state == FCL__QUEUED && v->ticket.source == s && !v->ticket.is_again);
    HOLDS(v->serial >= next);
    next = v->serial + 1;
    n++;
  }
  HOLDS(n > 0 && n == s->waiting && s->users >= n + s->in_hand);
  return n;
}

static unsigned check_turns(void) {
  const fcl__list *at;
  unsigned i, n = 0;
  for (i = 0; i < FCL__CLASSES; i++)
    for (at = w.pool.queue.turns[i].next; at != &w.pool.queue.turns[i]; at = at->next) {
      const fcl__source *s = FCL__OF(at, const fcl__source, turn);
      HOLDS(class_of(s->in_hand) == i);
      n += check_source(s);
    }
  return n;
}

static unsigned check_sizes(void) {
  const fcl__list *at;
  unsigned i, n = 0;
  for (i = 0; i < FCL__CLASSES; i++)
    for (at = w.pool.queue.sizes[i].next; at != &w.pool.queue.sizes[i]; at = at->next) {
      const fcl__source *s = FCL__OF(at, const fcl__source, size);
      HOLDS(class_of(s->waiting) == i);
      n += s->waiting;
    }
  return n;
}

static void check_queue(void) {
  unsigned again = count_list(&w.pool.queue.again), in_turn = check_turns();
  HOLDS(again + in_turn == w.pool.queued);
  HOLDS(check_sizes() == in_turn);
  HOLDS(count_list(&w.pool.queue.recent) == w.pool.queue.recents);
  HOLDS(w.pool.queue.active >= w.pool.queue.recents);
}

/* Whoever waits has a reason to, and so has who idles. */
static void check_waiting(void) {
  const fcl__pool *p = &w.pool;
  if (w.settings.program != NULL && p->serving > p->size.limit)
    HOLDS(fcl__list_empty(&p->idle));
  if (p->queued == 0 || fcl__clock_runs(&p->hold))
    return;
  HOLDS(fcl__list_empty(&p->idle));
  HOLDS(fcl__list_empty(&p->roomy));
  HOLDS(!p->breaker.is_open);
  if (w.settings.program == NULL)
    HOLDS(p->live > 0 || p->awaited > 0);
  else
    HOLDS((uint64_t) p->starting * p->members[0].per_connection * per_process() >= p->queued ||
          p->serving >= p->size.limit || p->is_short || fcl__list_empty(&p->absent) ||
          fcl__clock_runs(&p->breaker.back_off));
}

void world_check(void) {
  HOLDS(w.pool.queued + w.pool.open == w.submitted - w.ended);
  if (w.settings.program != NULL)
    HOLDS(w.pool.serving <= w.pool.settings.max_processes + w.surplus);
  HOLDS(w.pool.live <= w.pool.member_count);
  check_counters();
  check_queue();
  check_reasons();
  check_waiting();
}
