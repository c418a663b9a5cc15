/* collect.c: what pools have done and are doing: counted by each request as it ends, gathered when
 * somebody asks. */
#include "client/internal.h"
#include "platform/usage.h"
#include <stdio.h>
#include <string.h>

enum { MEMORIES_MAX = 256, PAST_MAX = 256, TEXT_SIZE = 512 };

/* ---- Counting ---- */

void fcl__count_ended(fcl_request *r, uint64_t end_ns) {
  fcl_pool_stats *c = r->pool->tally;
  c->ended[r->failed]++;
  c->sent += r->sent;
  c->received += r->received;
  fcl__histogram_count(&c->total, (end_ns - r->started_ns) / 1000);
  if (r->begun_ns)
    fcl__histogram_count(&c->queue, (r->begun_ns - r->started_ns) / 1000);
  if (r->opened_ns)
    fcl__histogram_count(&c->connect, (r->opened_ns - r->begun_ns) / 1000);
  if (r->first_ns)
    fcl__histogram_count(&c->first, (r->first_ns - r->started_ns) / 1000);
}

/* ---- Members ---- */

static void copy_slice(char *out, fcl_slice from) {
  size_t len = from.len < TEXT_SIZE - 1 ? from.len : TEXT_SIZE - 1;
  if (len)
    memcpy(out, from.base, len);
  out[len] = 0;
}

/* The first in its hand has been there the longest, but for one that is begun again. */
static void look_at_request(const fcl__member *m, fcl_member_stats *out, char *subject,
                            uint64_t now_ns) {
  const fcl_request *r;
  if (m->in_hand == 0)
    return;
  r = FCL__OF(m->tickets.next, const fcl_request, ticket.link);
  out->busy_ms = (now_ns - r->begun_ns) / 1000000;
  out->tag = r->tag;
  copy_slice(subject, r->ticket.subject);
}

static void name_member(const fcl_pool *p, const fcl__member *m, char *name) {
  if (m->address)
    snprintf(name, TEXT_SIZE, "%s", m->address);
  else if (m->pid)
    snprintf(name, TEXT_SIZE, "process %ld", m->pid);
  else
    snprintf(name, TEXT_SIZE, "process");
}

static int collect_member(fcl_pool *p, const fcl__member *m, fcl_stats *s, fcl_pool_stats *to,
                          unsigned *memories) {
  uint64_t now = fcl__client_now(p->client);
  char name[TEXT_SIZE], subject[TEXT_SIZE] = "";
  fcl_member_stats out;
  memset(&out, 0, sizeof out);
  name_member(p, m, name);
  out.name = name;
  out.subject = subject;
  out.tag = "";
  out.state = m->is_drained ? FCL_MEMBER_DRAINED : (fcl_member_state) m->state;
  out.pid = (uint64_t) m->pid;
  out.age_ms = m->address || now < m->started_at ? 0 : now - m->started_at;
  out.served = m->served;
  out.in_hand = m->in_hand;
  out.failures = m->failures;
  if (m->address && m->state == FCL__ABSENT)
    out.rest_ms = fcl__clock_left(&m->clock, now);
  look_at_request(m, &out, subject, uv_hrtime());
  if (m->pid && (*memories)++ < MEMORIES_MAX)
    out.memory = fcl__usage_memory(m->pid);
  return fcl__stats_member(s, to, &out);
}

/* ---- Pools ---- */

static fcl_pool_stats counters(const fcl_pool *p) {
  fcl_pool_stats now = p->counts;
  unsigned i;
  now.name = p->root ? p->root->options.name : p->options.name; /* a user's, with the others */
  now.program = p->options.program ? p->options.program : "";
  now.member_count = 0;
  now.starts = p->pool.counts.starts;
  now.waited = p->pool.counts.waited;
  now.retries = p->pool.counts.retries;
  for (i = 0; i < FCL_LEFT_MAX; i++)
    now.left[i] = p->pool.counts.left[i];
  return now;
}

static uint64_t older(uint64_t ns, const fcl__list *tickets) {
  const fcl_request *r = FCL__OF(tickets->next, const fcl_request, ticket.link);
  return fcl__list_empty(tickets) || r->started_ns > ns ? ns : r->started_ns;
}

/* Of each source that waits, the first. */
static uint64_t waited_ns(const fcl__queue *q, uint64_t now_ns) {
  uint64_t oldest = older(now_ns, &q->again);
  const fcl__list *at;
  unsigned i;
  for (i = 0; i < FCL__CLASSES; i++)
    for (at = q->turns[i].next; at != &q->turns[i]; at = at->next)
      oldest = older(oldest, &FCL__OF(at, const fcl__source, turn)->tickets);
  return now_ns - oldest;
}

/* Limits that several have in common are told by one of them. */
static void look_at_limits(fcl_pool *p, fcl_pool_stats *out) {
  if (p->root != NULL || !fcl__stake_speaks(&p->stake))
    return;
  out->max_processes = p->options.program ? p->pool.size.limit : 0;
  out->queue_length = p->pool.settings.queue_length;
}

static void look(fcl_pool *p, fcl_pool_stats *out) {
  const fcl__pool *pool = &p->pool;
  out->pools = p->root == NULL;
  look_at_limits(p, out);
  out->queued_max = pool->counts.queued_max;
  out->queued = pool->queued;
  out->in_hand = pool->open;
  if (pool->queued)
    out->oldest_wait_ms = waited_ns(&pool->queue, uv_hrtime()) / 1000000;
  out->resting = pool->breaker.is_open;
  if (pool->breaker.is_open)
    out->resting_ms = fcl__clock_left(&pool->breaker.window, fcl__client_now(p->client));
}

static int collect_pool(fcl_pool *p, fcl_stats *s, unsigned *memories) {
  fcl_pool_stats now = counters(p), *to;
  unsigned i;
  look(p, &now);
  to = fcl__stats_pool(s, &now);
  for (i = 0; to && i < p->pool.member_count; i++) {
    const fcl__member *m = &p->pool.members[i];
    if ((p->options.program ? m->state != FCL__ABSENT : !fcl__address_is_free(m)) &&
        !collect_member(p, m, s, to, memories))
      return 0;
  }
  return to != NULL;
}

int fcl__collect(fcl_client *c, fcl_stats *s) {
  uint64_t age = uv_hrtime() / 1000000 - c->born_ms;
  unsigned memories = 0;
  fcl__list *at, *after;
  FCL__LIST_EACH (at, after, &c->pools)
    if (!collect_pool(FCL__OF(at, fcl_pool, link), s, &memories))
      return 0;
  s->age_ms = s->age_ms > age ? s->age_ms : age;
  s->dropped_events += c->events.dropped_in_all;
  return c->past == NULL || fcl_stats_add(s, c->past) == FCL_OK;
}

/* Without memory, or with more names than anybody looks at, it is forgotten.  Requests whose
   callers still hold a part of the answer are to come. */
void fcl__collect_past(fcl_pool *p) {
  fcl_client *c = p->client;
  fcl_pool_stats *kept = NULL;
  fcl_pool_stats now = counters(p);
  if (c->past == NULL)
    c->past = fcl__stats_new(&c->memory);
  if (c->past && (c->past->count < PAST_MAX || fcl_stats_find(c->past, now.name)))
    kept = fcl__stats_pool(c->past, &now);
  if (kept)
    p->tally = kept;
}
