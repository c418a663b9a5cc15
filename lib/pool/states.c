/* states.c: the table of a member's states, and the one function that moves it. */
#include "pool/parts.h"
#include <assert.h>

static const char *const state_names[] = {
    [FCL__ABSENT] = "absent",   [FCL__STARTING] = "starting", [FCL__IDLE] = "idle",
    [FCL__BUSY] = "busy",       [FCL__DRAINING] = "draining", [FCL__STOPPING] = "stopping",
    [FCL__KILLING] = "killing",
};

static const char *const event_names[] = {
    [FCL__ORDERED] = "ordered", [FCL__STARTED] = "started", [FCL__ROOM] = "room",
    [FCL__FULL] = "full",       [FCL__DRAIN] = "drain",     [FCL__ASKED] = "asked",
    [FCL__FORCED] = "forced",   [FCL__GONE] = "gone",
};

const char *fcl__member_state_name(fcl__member_state state) {
  return (unsigned) state <= FCL__KILLING ? state_names[state] : "?";
}

const char *fcl__member_event_name(fcl__member_event event) {
  return (unsigned) event <= FCL__GONE ? event_names[event] : "?";
}

/* What each state becomes.  STARTING -> STOPPING: it is told when its start is reported.  ABSENT ->
 * IDLE, BUSY: addresses. */
/* clang-format off */
enum { NO = -1, ABSE = FCL__ABSENT, STAR = FCL__STARTING, IDLE = FCL__IDLE, BUSY = FCL__BUSY,
       DRAI = FCL__DRAINING, STOP = FCL__STOPPING, KILL = FCL__KILLING };
static const signed char next[7][8] = {
    /*                  ordered started room  full  drain asked forced gone */
    [FCL__ABSENT]   = { STAR,   NO,     IDLE, BUSY, NO,   NO,   NO,    NO   },
    [FCL__STARTING] = { NO,     IDLE,   NO,   NO,   STOP, STOP, KILL,  ABSE },
    [FCL__IDLE]     = { NO,     NO,     IDLE, BUSY, STOP, STOP, KILL,  ABSE },
    [FCL__BUSY]     = { NO,     NO,     IDLE, BUSY, DRAI, STOP, KILL,  ABSE },
    [FCL__DRAINING] = { NO,     NO,     NO,   NO,   DRAI, STOP, KILL,  ABSE },
    [FCL__STOPPING] = { NO,     STOP,   NO,   NO,   STOP, STOP, KILL,  ABSE },
    [FCL__KILLING]  = { NO,     KILL,   NO,   NO,   KILL, KILL, KILL,  ABSE },
};
/* clang-format on */

int fcl__member_next(fcl__member_state state, fcl__member_event event) {
  return (unsigned) state <= FCL__KILLING && (unsigned) event <= FCL__GONE ? next[state][event]
                                                                           : NO;
}

static int is_process(const fcl__member *m) {
  return fcl__pool_starts_processes(m->pool);
}

static int is_serving(fcl__member_state s) {
  return s == FCL__STARTING || s == FCL__IDLE || s == FCL__BUSY;
}

/* +1 when the member enters the state, -1 when it leaves it. */
static void count(fcl__member *m, int step) {
  fcl__pool *pool = m->pool;
  fcl__member_state s = m->state;
  pool->live += s != FCL__ABSENT ? (unsigned) step : 0;
  pool->starting += s == FCL__STARTING ? (unsigned) step : 0;
  pool->idles += s == FCL__IDLE ? (unsigned) step : 0;
  pool->serving += is_serving(s) ? (unsigned) step : 0;
  if (pool->quota != NULL) {
    pool->quota->starting += s == FCL__STARTING ? (unsigned) step : 0;
    pool->quota->serving += is_serving(s) ? (unsigned) step : 0;
  }
  if (pool->serving > pool->kept && pool->serving <= pool->settings.min_processes)
    pool->kept = pool->serving;
}

/* One that leaves since it is not needed has its place until it is gone; one that is replaced lends
   it to the next at once. */
static int gives(const fcl__member *m) {
  switch (m->why) {
  case FCL_LEFT_IDLE:
  case FCL_LEFT_SURPLUS:
  case FCL_LEFT_CLOSED:
  case FCL_LEFT_ROOM:
    return 1;
  default:
    return 0;
  }
}

static void count_giving(fcl__member *m, int was_serving) {
  if (was_serving && !is_serving(m->state) && m->state != FCL__ABSENT && is_process(m))
    m->is_giving = gives(m) != 0;
  else if (m->is_giving && m->state == FCL__ABSENT)
    m->pool->giving--, m->is_giving = 0;
  else
    return;
  m->pool->giving += m->is_giving;
}

/* The only place where a state changes. */
void fcl__member_move(fcl__member *m, fcl__member_event event) {
  int to = fcl__member_next(m->state, event), was_serving = is_serving(m->state);
  assert(to != NO);
  if (to == NO || (fcl__member_state) to == m->state)
    return;
  count(m, -1);
  fcl__list_remove(&m->link);
  m->state = (fcl__member_state) to;
  count(m, 1);
  count_giving(m, was_serving);
  fcl__list_remove(&m->room);
  fcl__list_remove(&m->spare);
  if (m->state == FCL__IDLE)
    fcl__list_prepend(&m->pool->idle, &m->link);
  if (m->state == FCL__IDLE && m->pool->quota != NULL)
    fcl__list_prepend(&m->pool->quota->idle, &m->spare);
  if (m->state == FCL__ABSENT && is_process(m))
    fcl__list_prepend(&m->pool->absent, &m->link);
  fcl__balance_note(m);
}
