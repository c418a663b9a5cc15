/* balance.c: which member takes the next request. */
#include "pool/parts.h"
#include <string.h>

#define WHOLE 256 /* a share is so many 256ths */

/* ---- Hashes: the same in every thread, process and host, so that a key leads to one place ---- */

static uint64_t mix(uint64_t h) {
  h ^= h >> 33;
  h *= 0xff51afd7ed558ccdu;
  h ^= h >> 33;
  h *= 0xc4ceb9fe1a85ec53u;
  return h ^ h >> 33;
}

uint64_t fcl__affinity_hash(const char *data, size_t len) {
  uint64_t h = 0xcbf29ce484222325u;
  size_t i;
  for (i = 0; i < len; i++)
    h = (h ^ (uint8_t) data[i]) * 0x100000001b3u;
  return mix(h);
}

/* The member with the highest one has the key (rendezvous hashing): where one comes or goes, only
   the keys move that it takes or leaves. */
static inline uint64_t score(uint64_t hash, const fcl__ticket *t) {
  return (hash ^ t->affinity) * 0x9e3779b97f4a7c15u; /* both are mixed */
}

static uint64_t score_of(const fcl__member *m, const fcl__ticket *t) {
  return score(m->pool->hashes[m->index], t);
}

int fcl__balance_name(fcl__member *m, const char *text) {
  const uint64_t hash = fcl__affinity_hash(text, strlen(text));
  const int is_another = m->pool->hashes[m->index] != hash;
  m->pool->hashes[m->index] = hash;
  return is_another;
}

/* ---- Slow start ---- */

void fcl__balance_slow(fcl__member *m, uint64_t back_at) {
  m->pool->slow += (back_at != 0) - (unsigned) (m->back_at != 0);
  m->back_at = back_at;
  m->credit = 0;
}

static unsigned share(fcl__member *m, uint64_t now) {
  uint64_t all = m->pool->settings.slow_start_ms, gone = now - m->back_at;
  if (gone >= all) {
    fcl__balance_slow(m, 0);
    return WHOLE;
  }
  gone = gone * WHOLE / all;
  return gone > WHOLE / 16 ? (unsigned) gone : WHOLE / 16;
}

static int has_key(const fcl__pool *pool, const fcl__ticket *t) {
  return t->has_affinity && pool->settings.balance == FCL_BALANCE_AFFINITY;
}

/* A key comes back once and stays; who has none takes a turn of those that are due. */
static int has_turn(fcl__member *m, const fcl__ticket *t, uint64_t now) {
  unsigned part = share(m, now);
  if (has_key(m->pool, t))
    return mix(score_of(m, t)) % WHOLE < part;
  m->credit += part;
  if (m->credit > WHOLE)
    m->credit = WHOLE;
  return m->credit == WHOLE;
}

/* ---- Choosing ---- */

/* 0 comes first, whatever the policy says; the others only where there is nobody else. */
static unsigned rank(fcl__member *m, const fcl__ticket *t, uint64_t now) {
  if (m == t->avoided)
    return 2;
  return m->back_at != 0 && !has_turn(m, t, now) ? 1 : 0;
}

static unsigned turn(const fcl__member *m) {
  const fcl__pool *pool = m->pool;
  return (m->index + pool->member_count - pool->next_address) % pool->member_count;
}

static int comes_before(const fcl__member *a, const fcl__member *b, const fcl__ticket *t) {
  fcl_balance balance = a->pool->settings.balance;
  if (has_key(a->pool, t))
    return score_of(a, t) > score_of(b, t);
  if (balance != FCL_BALANCE_ROUND_ROBIN && a->in_hand != b->in_hand)
    return a->in_hand < b->in_hand;
  return turn(a) < turn(b);
}

static void take_turn(fcl__member *m) {
  m->pool->next_address = (m->index + 1) % m->pool->member_count;
  m->credit = 0;
}

/* Whom `least` names would come first of all.  NULL: nobody takes anything, or each is to be looked
   at. */
static fcl__member *pick_least(const fcl__pool *pool, const fcl__ticket *t) {
  long index;
  if (pool->least.at == NULL || pool->slow > 0 || has_key(pool, t))
    return NULL;
  index = fcl__least_next(&pool->least, pool->next_address);
  return index < 0 || &pool->members[index] == t->avoided ? NULL : &pool->members[index];
}

/* Whose key it is, of those that take something now: each is looked at, in few instructions.  NULL:
   nobody, or the policy has more to say. */
static fcl__member *pick_keeper(const fcl__pool *pool, const fcl__ticket *t) {
  fcl__member *keeper = NULL;
  uint64_t best = 0;
  unsigned i;
  if (pool->slow > 0 || !has_key(pool, t) || fcl__list_empty(&pool->idle))
    return NULL;
  for (i = 0; i < pool->member_count; i++) {
    const uint64_t its = score(pool->hashes[i], t);
    fcl__member *m = &pool->members[i];
    if (its < best || m->state != FCL__IDLE || m == t->avoided)
      continue;
    best = its;
    keeper = m;
  }
  return keeper;
}

static fcl__member *look_at_each(fcl__pool *pool, const fcl__ticket *t, uint64_t now) {
  fcl__member *best = NULL;
  unsigned best_rank = 0;
  fcl__list *at;
  for (at = pool->idle.next; at != &pool->idle; at = at->next) {
    fcl__member *m = FCL__OF(at, fcl__member, link);
    unsigned its_rank = rank(m, t, now);
    if (best && (its_rank > best_rank || (its_rank == best_rank && !comes_before(m, best, t))))
      continue;
    best = m;
    best_rank = its_rank;
  }
  return best;
}

static fcl__member *pick_address(fcl__pool *pool, const fcl__ticket *t, uint64_t now) {
  fcl__member *best = pick_least(pool, t);
  if (best == NULL)
    best = pick_keeper(pool, t);
  if (best == NULL)
    best = look_at_each(pool, t, now);
  if (best != NULL)
    take_turn(best);
  return best;
}

void fcl__balance_update(fcl__member *m) {
  fcl__pool *pool = m->pool;
  uint32_t number = pool->settings.balance == FCL_BALANCE_ROUND_ROBIN ? 0 : m->in_hand;
  if (m->state != FCL__IDLE)
    number = FCL__LEAST_NONE;
  if (fcl__least_of(&pool->least, m->index) != number)
    fcl__least_set(&pool->least, m->index, number);
}

fcl__member *fcl__pool_pick(fcl__pool *pool, const fcl__ticket *t, uint64_t now) {
  if (!fcl__pool_starts_processes(pool))
    return pick_address(pool, t, now);
  if (!fcl__list_empty(&pool->idle))
    return FCL__OF(pool->idle.next, fcl__member, link);
  return fcl__list_empty(&pool->roomy) ? NULL : FCL__OF(pool->roomy.next, fcl__member, room);
}
