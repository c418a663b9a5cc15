/* share.c: several requests in the hand of one member: how many it takes, who has room, and how it
 * leaves. */
#include "pool/parts.h"

static int is_process(const fcl__member *m) {
  return fcl__pool_starts_processes(m->pool);
}

/* FCL_NEVER is the greatest number, and stays what it is. */
unsigned fcl__member_capacity(const fcl__member *m) {
  uint64_t all = (uint64_t) m->connections * m->per_connection;
  return all < FCL_NEVER ? (unsigned) all : FCL_NEVER;
}

void fcl__member_init_share(fcl__member *m) {
  const fcl__pool_settings *s = &m->pool->settings;
  m->per_connection = s->per_connection > 0 ? s->per_connection : 1;
  m->connections = s->program ? s->per_process : s->max_connections;
  if (s->program && m->connections == 0)
    m->connections = 1;
}

int fcl__member_is_worn(const fcl__member *m) {
  unsigned max = m->pool->settings.max_requests;
  return max != FCL_NEVER && m->served >= max;
}

int fcl__member_has_room(const fcl__member *m) {
  if (is_process(m) && m->in_hand > 0 && fcl__member_is_worn(m))
    return 0;
  return m->in_hand < fcl__member_capacity(m);
}

void fcl__member_offer(fcl__member *m) {
  fcl__list_remove(&m->room);
  if (m->state == FCL__BUSY && is_process(m) && m->in_hand > 0 && !m->is_proving &&
      fcl__member_has_room(m))
    fcl__list_append(&m->pool->roomy, &m->room);
}

void fcl__member_retire(fcl__member *m, uint64_t now) {
  if (m->in_hand == 0 || m->state == FCL__IDLE) {
    fcl__member_leave(m, now);
    return;
  }
  if (m->state == FCL__STOPPING || m->state == FCL__KILLING)
    return;
  if (m->is_proven) /* else its start is still bounded */
    fcl__clock_clear(&m->clock);
  fcl__clock_clear(&m->check);
  m->is_proving = 0;
  fcl__member_move(m, FCL__DRAIN);
}

void fcl__member_wear_out(fcl__member *m, uint64_t now) {
  fcl__member_because(m, FCL_LEFT_MAX_REQUESTS);
  fcl__say(m->pool, m, FCL_LEVEL_INFO,
           "process %ld has served %u requests (max_requests) and is replaced.", m->pid, m->served);
  fcl__member_retire(m, now);
}

void fcl__member_release(fcl__member *m, uint64_t now) {
  if (!m->is_proving)
    fcl__member_free(m, now);
}

void fcl__member_overdue(fcl__member *m, uint64_t now) {
  const fcl__pool_settings *s = &m->pool->settings;
  if (!is_process(m) || m->state != FCL__BUSY)
    return;
  fcl__say(m->pool, m, FCL_LEVEL_WARNING,
           "process %ld had not ended a request that was aborted after %s%s (%s): it takes no more "
           "requests, and is asked to leave when its other %u are done.",
           m->pid, s->abort_ms ? "" : "what was left of ",
           fcl__ms(s->abort_ms ? s->abort_ms : s->request_ms).text,
           s->abort_ms ? "abort_ms" : "request_ms", m->in_hand);
  fcl__member_because(m, FCL_LEFT_CANCELED);
  fcl__member_retire(m, now);
  fcl__pool_settle(m->pool, now);
}

void fcl__member_share(fcl__member *m, unsigned per_connection, unsigned connections,
                       uint64_t now) {
  m->per_connection = per_connection > 0 ? per_connection : 1;
  if (is_process(m))
    fcl__member_offer(m);
  else
    m->connections = connections > 0 ? connections : 1;
  if (!is_process(m))
    fcl__address_update(m);
  fcl__pool_settle(m->pool, now);
}

unsigned fcl__pool_expected(const fcl__pool *pool) {
  uint64_t all = (uint64_t) pool->starting * fcl__member_capacity(&pool->members[0]);
  return all < FCL_NEVER ? (unsigned) all : FCL_NEVER;
}
