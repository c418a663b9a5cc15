/* exchange.c: one request on one connection: begun, written, read, held; and when its clocks stand
 * still. */
#include "base/error.h"
#include "client/internal.h"
#include <stdio.h>

static int has_body(const fcl_request *r) {
  return r->body_length != 0;
}

/* The caller has lent and finished all that was to come. */
static int has_all(const fcl_request *r) {
  return r->is_finished && r->data_left == 0;
}

/* ---- Clocks ---- */

void fcl__exchange_watch(fcl_request *r) {
  int is_callers;
  if (r->phase != FCL__PHASE_STARTED || r->ticket.state != FCL__OPEN || r->connection == NULL)
    return;
  is_callers =
      r->held || (!has_all(r) && !r->has_lend && !fcl__connection_is_writing(r->connection));
  if (is_callers == (int) r->ticket.is_paused)
    return;
  if (is_callers)
    fcl__pool_pause(&r->ticket, fcl__request_now(r));
  else
    fcl__pool_unpause(&r->ticket, fcl__request_now(r));
}

/* ---- The request body ---- */

static void lend_out(fcl_request *r) {
  r->is_lent_out = 1;
  if (r->lend_len > 0)
    r->has_begun_body = 1;
  fcl__connection_lend(r->connection, r->lend, r->lend_len);
}

static int is_too_short(const fcl_request *r) {
  return r->is_finished && r->body_length > 0 && r->body_left > 0;
}

static void give_up(fcl_request *r, const fcl_error *e) {
  if (r->phase == FCL__PHASE_BUILDING)
    fcl__request_keep_error(r, e);
  else
    fcl__outcome_give_up(r, e);
}

static void refuse_body(fcl_request *r, const char *how, int64_t by) {
  fcl_error e;
  fcl__error_setx(&e, FCL_E_BODY, 0,
                  "%s: the request body was announced with %lld bytes, but has %lld bytes %s; the "
                  "application was not told that it is whole. "
                  "Check what the client sent",
                  r->pool->options.name, (long long) r->body_length, (long long) by, how);
  give_up(r, &e);
}

/* Takes note of the lend.  Returns 0 when it went back at once. */
static int take_lend(fcl_request *r, unsigned is_data) {
  r->has_lend = 1;
  r->is_lent_out = 0;
  r->is_data = is_data & 1;
  if (r->phase == FCL__PHASE_SETTLING)
    fcl__outcome_return_lend(r, FCL_E_CANCELED);
  return r->has_lend;
}

/* It was gathered: nobody but us waits for it. */
static void gather_lend(fcl_request *r) {
  if (fcl__gather_is_coming(r))
    fcl__gather_take(r);
  else
    fcl__outcome_return_lend(r, FCL_OK);
}

void fcl__exchange_write(fcl_request *r) {
  int64_t len = (int64_t) r->lend_len;
  if (!take_lend(r, 0))
    return;
  if (r->body_length >= 0 && len > r->body_left) {
    refuse_body(r, "more", len - r->body_left);
    return;
  }
  r->body_left -= r->body_length >= 0 ? len : 0;
  if (r->gather) {
    gather_lend(r);
    return;
  }
  if (r->ticket.state != FCL__OPEN || r->connection == NULL)
    return;
  lend_out(r);
  fcl__connection_flush(r->connection);
  fcl__exchange_watch(r);
}

/* Behind the end of STDIN: what is there of a filter's DATA, and its end where nothing is left of
   it (§6.4). */
static void send_data(fcl_request *r) {
  if (r->role != FCL_FILTER || !r->is_finished || fcl__gather_is_lent(r) || fcl__gather_has_more(r))
    return;
  fcl__connection_data(r->connection);
  if (r->has_lend && r->is_data && !r->is_lent_out)
    lend_out(r);
  if (r->data_left == 0)
    fcl__connection_finish(r->connection);
}

/* NULL, or what is wrong with DATA that comes now. */
static const char *data_fault(const fcl_request *r) {
  if (r->role != FCL_FILTER)
    return "this request has another role than FCL_FILTER";
  if (!r->is_finished)
    return "fcl_request_finish must come before, for the request body ends first";
  return (int64_t) r->lend_len > r->data_left ? "they are more than FCGI_DATA_LENGTH says" : NULL;
}

void fcl__exchange_data(fcl_request *r) {
  const char *fault = data_fault(r);
  fcl_error e;
  if (!take_lend(r, 1))
    return;
  if (fault) {
    fcl__error_setx(&e, FCL_E_BODY, 0,
                    "%s: %zu bytes were given to fcl_request_data, but %s; the application was not "
                    "told that its data is whole",
                    r->pool->options.name, r->lend_len, fault);
    give_up(r, &e);
    return;
  }
  r->data_left -= (int64_t) r->lend_len;
  if (r->ticket.state != FCL__OPEN || r->connection == NULL)
    return;
  send_data(r);
  fcl__connection_flush(r->connection);
  fcl__exchange_watch(r);
}

void fcl__exchange_finish(fcl_request *r) {
  if (r->is_finished) /* a second one must not end a filter's DATA */
    return;
  r->is_finished = 1;
  if (r->phase != FCL__PHASE_STARTED)
    return;
  if (is_too_short(r)) {
    refuse_body(r, "less", r->body_left);
    return;
  }
  if (fcl__gather_is_coming(r)) {
    fcl__gather_conclude(r);
    return;
  }
  if (r->ticket.state != FCL__OPEN || r->connection == NULL)
    return;
  if (has_body(r))
    fcl__connection_finish(r->connection);
  send_data(r);
  fcl__connection_flush(r->connection);
  fcl__exchange_watch(r);
}

/* ---- Begin ---- */

/* The next part, and with the last one the end of STDIN.  Returns 0 when the request has ended
   instead. */
static int lend_gathered(fcl_request *r) {
  fcl_slice span;
  fcl_error e;
  if (fcl__gather_lend(r, &span, &e) != FCL_OK) {
    fcl__outcome_give_up(r, &e);
    return 0;
  }
  fcl__connection_lend(r->connection, span.base, span.len);
  if (!fcl__gather_has_more(r))
    fcl__connection_finish(r->connection);
  return 1;
}

void fcl__exchange_pump(fcl_request *r) {
  if (r->phase != FCL__PHASE_STARTED || r->connection == NULL || r->ticket.state != FCL__OPEN ||
      fcl__gather_is_lent(r))
    return;
  if (fcl__gather_has_more(r) && !lend_gathered(r))
    return;
  send_data(r);
  fcl__connection_flush(r->connection);
  fcl__exchange_watch(r);
}

/* From its beginning, however often that is.  Returns 0 when the request has ended instead. */
static int begin_gathered(fcl_request *r) {
  r->sent = 0;
  fcl__gather_rewind(r);
  return lend_gathered(r);
}

static void send_request(fcl_request *r) {
  fcl__connection *c = r->connection;
  fcl_params_address(&r->params, fcl__connection_id(c),
                     r->pool->options.new_connection_each ? 0 : FCL_KEEP_CONN);
  fcl__connection_begin(c, r->image);
  c->is_filter = r->role == FCL_FILTER;
  if (r->has_lend && !r->is_lent_out && !r->is_data)
    lend_out(r);
  if (r->is_finished && has_body(r) && r->gather == NULL)
    fcl__connection_finish(c);
  if (r->gather && !begin_gathered(r))
    return;
  send_data(r);
  fcl__pool_connected(&r->ticket, fcl__request_now(r));
  fcl__connection_flush(c);
  fcl__exchange_watch(r);
  if (r->pool->is_learning)
    fcl__learn(c->place);
}

static fcl_code refused(fcl_request *r, fcl__place *place, int status, fcl_error *e) {
  char who[128];
  return fcl__error_setx(
      e, status == UV_ENOMEM ? FCL_E_NOMEM : FCL_E_CONNECT, -status,
      "%s: cannot connect to %s: %s. Check that the application runs and listens there",
      r->pool->options.name, fcl__place_name(place, who, sizeof who), uv_strerror(status));
}

/* A look at a kept connection costs a system call, which only those pay who cannot be sent again.
 */
static fcl__choice choice_for(const fcl_request *r) {
  if (r->ticket.tries > 1)
    return FCL__FRESH;
  return fcl__request_is_repeatable(r) ? FCL__KEPT : FCL__KEPT_QUIET;
}

static fcl_code try_connect(fcl_request *r, fcl__place *place, fcl_error *e) {
  int status = fcl__place_connect(place, &r->connection, choice_for(r));
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
  fcl__client_work(r->pool->client);
  if (r->failed) {
    fcl__outcome_end(r);
  } else if (is_canceled) {
    fcl__outcome_cancel(r);
  } else if (is_too_short(r)) {
    refuse_body(r, "less", r->body_left);
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

/* The next part goes in a turn of its own: others have theirs, and the stack is not the body's. */
static void gathered_sent(fcl_request *r, fcl_code code) {
  size_t len = fcl__gather_sent(r);
  if (code != FCL_OK)
    return;
  r->sent += len;
  if (fcl__gather_has_more(r) || r->role == FCL_FILTER)
    fcl__client_post(r->pool->client, &r->note, FCL__REQUEST_PUMP);
}

static void on_sent(fcl__connection *c, fcl_code code) {
  fcl_request *r = c->owner;
  if (r == NULL)
    return;
  if (r->connection != c)
    c->owner = NULL; /* it was only waiting for this */
  else if (fcl__gather_is_lent(r)) {
    gathered_sent(r, code);
    return;
  }
  if (code == FCL_OK)
    r->sent += r->lend_len;
  fcl__outcome_return_lend(r, code);
  if (r->phase == FCL__PHASE_SETTLING)
    fcl__outcome_settle(r);
  else
    fcl__exchange_watch(r);
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
  if (r->is_awaiting) {
    fcl__pool_release(&r->ticket, FCL__FREE, fcl__request_now(r));
    fcl__outcome_end(r);
  } else if (r->ticket.state == FCL__CONNECTING && try_connect(r, r->place, &e) != FCL_OK) {
    fcl__pool_refused(&r->ticket, &e, fcl__request_now(r));
  }
}

const fcl__connection_events fcl__exchange_events = {
    on_opened,        on_moved, on_out, on_err, on_sent, fcl__outcome_on_end, fcl__outcome_on_broke,
    fcl__place_freed, NULL};
