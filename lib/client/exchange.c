/* exchange.c: one request on one connection: submitted, begun, read, held; and when its clocks
 * stand still. */
#include "base/error.h"
#include "client/internal.h"
#include "platform/status.h"
#include <stdio.h>

/* ---- Clocks ---- */

void fcl__exchange_watch(fcl_request *r) {
  int is_callers;
  if (r->phase != FCL__PHASE_STARTED || r->ticket.state != FCL__OPEN || r->connection == NULL)
    return;
  is_callers =
      r->held || (!fcl__body_is_complete(r) && !r->has_lend && !r->connection->has_failed &&
                  !fcl__connection_is_writing(r->connection));
  if (is_callers == (int) r->ticket.is_paused)
    return;
  if (is_callers)
    fcl__pool_pause(&r->ticket, fcl__request_now(r));
  else
    fcl__pool_unpause(&r->ticket, fcl__request_now(r));
}

/* ---- Begin ---- */

static void send_request(fcl_request *r) {
  fcl__connection *c = r->connection;
  fcl_params_address(&r->params, fcl__connection_id(c), fcl__place_keeps(c) ? FCL_KEEP_CONN : 0);
  fcl__connection_begin(c, r->image);
  c->is_filter = r->role == FCL_FILTER;
  if (!fcl__body_begin(r))
    return;
  fcl__pool_connected(&r->ticket, fcl__request_now(r));
  fcl__connection_flush(c);
  fcl__exchange_watch(r);
  if (r->pool->is_learning)
    fcl__learn(c->place);
}

static fcl_code refused(fcl_request *r, fcl__place *place, int status, fcl_error *e) {
  char who[128], words[256];
  return fcl__error_setx(
      e, status == UV_ENOMEM ? FCL_E_NOMEM : FCL_E_CONNECT, fcl__status_sys(status),
      "%s: cannot connect to %s: %s. Check that the application runs and listens there",
      r->pool->options.name, fcl__place_name(place, who, sizeof who),
      fcl__status_words(status, words, sizeof words));
}

/* A look at a kept connection costs a system call, which only those pay who cannot be sent again.
 */
static fcl__choice choice_for(const fcl_request *r) {
  if (r->ticket.tries > 1)
    return FCL__FRESH;
  return fcl__request_is_repeatable(r) ? FCL__KEPT : FCL__KEPT_QUIET;
}

static fcl_code no_user(fcl_request *r, fcl_error *e) {
  fcl_error unnamed = *e;
  return fcl__error_setx(e, unnamed.code, unnamed.sys, "%s: %s", r->pool->options.name,
                         unnamed.text);
}

static fcl_code try_connect(fcl_request *r, fcl__place *place, fcl_error *e) {
  int status = fcl__place_connect(place, &r->connection, choice_for(r), r->identity, e);
  if (status == FCL__NOT_FOR_USER)
    return no_user(r, e);
  if (status == UV_EAGAIN) {
    fcl__clock_set(&r->alarm, r->pool->client->again, fcl__request_now(r));
    return FCL_OK;
  }
  if (status < 0)
    return refused(r, place, status, e);
  r->connection->owner = r;
  place->reading++;
  if (status == 1)
    send_request(r);
  return FCL_OK;
}

fcl_code fcl__exchange_begin(fcl__place *place, fcl_request *r, fcl_error *e) {
  fcl__clock_clear(&r->alarm);
  fcl__outcome_drop(r); /* of a try that took longer than connect_ms */
  r->place = place;
  r->pid = place->member->pid;
  r->is_spoiled = 0;
  r->opened_ns = 0; /* of an earlier try */
  r->begun_ns = r->is_acting && !r->authorizer && !r->gather ? r->started_ns
                                                             : uv_hrtime(); /* while it starts */
  return try_connect(r, place, e);
}

static void on_opened(fcl__connection *c, int status) {
  fcl_request *r = c->owner;
  fcl_error e;
  if (r == NULL)
    return;
  if (r->ticket.state != FCL__CONNECTING) { /* connect_ms was over: it waits again */
    fcl__outcome_drop(r);
    return;
  }
  if (status == 0) {
    r->opened_ns = uv_hrtime();
    send_request(r);
    return;
  }
  refused(r, c->place, status, &e);
  fcl__outcome_drop(r);
  fcl__pool_refused(&r->ticket, &e, fcl__request_now(r));
}

/* A pool that is closing says so by itself, but no authorizer is asked in vain. */
static int is_refusing(const fcl_pool *p) {
  return p->is_closed || p->is_leaving || p->pool.is_closing;
}

void fcl__exchange_enter(fcl_request *r) {
  fcl_error e;
  if (!r->pool->is_closed) {
    fcl__monitor_check(r->pool);
    fcl__pool_submit(&r->pool->pool, &r->ticket, fcl__request_now(r));
    return;
  }
  fcl__error_setx(&e, FCL_E_CLOSING, 0, "%s: the pool is closed", r->pool->options.name);
  fcl__request_keep_error(r, &e);
  fcl__outcome_end(r);
}

void fcl__exchange_approach(fcl_request *r) {
  if (!fcl__gather_begin(r))
    fcl__exchange_enter(r);
}

void fcl__exchange_submit(fcl_request *r, int is_canceled) {
  fcl_error e;
  r->phase = FCL__PHASE_STARTED;
  r->started_ns = uv_hrtime();
  r->pool->client->requests++;
  r->pool->tally->started++;
  fcl__client_work(r->pool->client);
  if (r->failed) {
    fcl__outcome_end(r);
  } else if (is_canceled) {
    fcl__outcome_cancel(r);
  } else if (fcl__body_is_refused(r) || fcl__gather_is_refused(r)) {
    return;
  } else if (is_refusing(r->pool)) {
    fcl__error_setx(&e, FCL_E_CLOSING, 0, "%s: the pool is closed", r->pool->options.name);
    fcl__request_keep_error(r, &e);
    fcl__outcome_end(r);
  } else if (r->authorizer) {
    fcl__authorize_begin(r);
  } else {
    fcl__exchange_approach(r);
  }
}

/* ---- Events of the connection ---- */

static void on_moved(fcl__connection *c, int is_answer) {
  fcl_request *r = c->owner;
  if (r == NULL || r->connection != c)
    return;
  if (!is_answer) {
    fcl__pool_touch(&r->ticket, fcl__request_now(r));
    fcl__exchange_watch(r); /* that may have been all that there was to write */
    return;
  }
  r->first_ns = uv_hrtime();
  if (c->served == 0)
    fcl__place_heard(c);
  fcl__pool_answered(&r->ticket, fcl__request_now(r));
}

static size_t on_out(fcl__connection *c, const char *data, size_t len, int *hold) {
  fcl_request *r = c->owner;
  if (r == NULL || r->connection != c)
    return len;
  if (fcl__request_has_noted(r, FCL__REQUEST_CANCEL))
    fcl__outcome_cancel(r);
  else if (!r->is_spoiled)
    return fcl__response_take(r, data, len, hold);
  return len;
}

static void on_err(fcl__connection *c, const char *data, size_t len) {
  fcl_request *r = c->owner;
  if (r == NULL || r->connection != c)
    return;
  if (fcl__request_has_noted(r, FCL__REQUEST_CANCEL))
    fcl__outcome_cancel(r);
  else
    fcl__stderr_take(r, data, len);
}

void fcl__exchange_resume(fcl_request *r) {
  fcl__held held = r->held;
  if (held == FCL__HELD_NOT)
    return;
  r->held = FCL__HELD_NOT;
  if (r->is_stepping) { /* what is held is its authorizer's */
    fcl_request_resume(r->step);
    return;
  }
  if (held == FCL__HELD_HEAD)
    fcl__response_clear(r);
  else if (held == FCL__HELD_AHEAD)
    fcl__ahead_taken(r);
  fcl__block_give(&r->pool->client->blocks, r->kept_block);
  r->kept_block = NULL;
  fcl__exchange_go_on(r);
}

/* What was read ahead comes first. */
void fcl__exchange_go_on(fcl_request *r) {
  fcl__ahead_deliver(r);
  if (r->connection == NULL) {
    fcl__outcome_settle(r);
    return;
  }
  fcl__exchange_watch(r);
  if (!r->held || fcl__ahead_has_room(r))
    fcl__connection_resume(r->connection);
}

/* The alarm of a request rings: its process did not exit after all, or a full backlog may have room
 * again. */
void fcl__exchange_rings(fcl__clock *alarm, uint64_t now) {
  fcl_request *r = FCL__OF(alarm, fcl_request, alarm);
  fcl_error e;
  if (r->is_awaiting && fcl__verdict_awaits_still(r)) {
    fcl__clock_set(&r->alarm, r->pool->client->grace, now);
  } else if (r->is_awaiting) {
    fcl__pool_release(&r->ticket, FCL__FREE, fcl__request_now(r));
    fcl__outcome_end(r);
  } else if (r->ticket.state == FCL__CONNECTING && try_connect(r, r->place, &e) != FCL_OK) {
    fcl__pool_refused(&r->ticket, &e, fcl__request_now(r));
  }
}

const fcl__connection_events fcl__exchange_events = {on_opened,
                                                     on_moved,
                                                     on_out,
                                                     on_err,
                                                     fcl__body_on_sent,
                                                     fcl__verdict_on_end,
                                                     fcl__verdict_on_broke,
                                                     fcl__lane_free,
                                                     NULL};
