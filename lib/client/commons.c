/* commons.c: limits that a pool has in common with others (common_limits): what its policy asks and
   tells, and what it does when another needs room. */
#include "client/internal.h"
#include "base/error.h"

static uint64_t time_of(const fcl_pool *p) {
  return fcl__client_now(p->client);
}

/* ---- Joining and leaving ---- */

/* A branch has its root's. */
static fcl__limits_in_common limits(const fcl_pool *p) {
  const fcl_pool *root = p->root ? p->root : p;
  fcl__limits_in_common l;
  l.max = root->pool.settings.max_processes;
  l.min = root->pool.settings.min_processes;
  l.queue_length = root->pool.settings.queue_length;
  return l;
}

void fcl__commons_limit(fcl_pool *p) {
  fcl__limits_in_common l = limits(p);
  fcl__stake_limit(&p->stake, &l);
}

fcl_code fcl__commons_join(fcl_pool *p, fcl_error *e) {
  if (p->options.common_limits == NULL)
    return FCL_OK;
  if (!fcl__stake_join(&p->stake, p, p->options.common_limits))
    return fcl__error_setx(e, FCL_E_NOMEM, 0, "%s: no memory for limits in common",
                           p->options.name);
  fcl__commons_limit(p);
  return FCL_OK;
}

void fcl__commons_leave(fcl_pool *p) {
  fcl__stake_leave(&p->stake);
}

void fcl__commons_forget(fcl_pool *p) {
  fcl__stake_forget(&p->stake);
}

/* ---- What the policy asks ---- */

static fcl__holding holding(const fcl_pool *p) {
  fcl__holding has = {0};
  if (p->options.program) {
    has.held = fcl__pool_held(&p->pool);
    has.giving = fcl__pool_giving(&p->pool);
    has.live = p->pool.live;
  }
  has.beyond = fcl__pool_beyond(&p->pool);
  return has;
}

int fcl__commons_take(void *pool, int is_needed) {
  fcl_pool *p = pool;
  fcl__holding has = holding(p);
  return fcl__stake_take(&p->stake, &has, is_needed, time_of(p));
}

int fcl__commons_yields(void *pool, uint64_t now) {
  fcl_pool *p = pool;
  return fcl__stake_claim(&p->stake, 0, now);
}

int fcl__commons_stays(void *pool) {
  fcl_pool *p = pool;
  return fcl__stake_stays(&p->stake);
}

int fcl__commons_is_crowded(void *pool) {
  fcl_pool *p = pool;
  return fcl__stake_is_crowded(&p->stake);
}

void fcl__commons_changed(void *pool, uint64_t now) {
  fcl_pool *p = pool;
  fcl__holding has = holding(p);
  has.wanted = p->options.program ? fcl__pool_wanted(&p->pool) : 0;
  fcl__stake_tell(&p->stake, &has, now);
}

/* ---- When another needs room, or there is some ---- */

static int gives_idle(fcl_pool *p, uint64_t now) {
  unsigned ms = fcl__pool_idle_ms(&p->pool, now);
  return ms > 0 && fcl__stake_claim(&p->stake, ms, now);
}

static int gives_shared(fcl_pool *p, uint64_t now) {
  return fcl__pool_is_shared(&p->pool) && fcl__stake_claim(&p->stake, 0, now);
}

void fcl__commons_act(fcl_pool *p) {
  uint64_t now = time_of(p);
  if (!p->options.program)
    return;
  while (gives_idle(p, now) || gives_shared(p, now))
    fcl__pool_yield(&p->pool, now);
  fcl__pool_go_on(&p->pool, now);
}
