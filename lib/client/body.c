/* body.c: the request body and a filter's data on their way out: lent by the caller or gathered
 * before, counted, refused where they are more or less than was announced. */
#include "base/error.h"
#include "client/internal.h"

static int has_body(const fcl_request *r) {
  return r->body_length != 0;
}

static void lend_out(fcl_request *r) {
  r->is_lent_out = 1;
  if (r->lend_len > 0)
    r->has_begun_body = 1;
  fcl__connection_lend(r->connection, r->lend, r->lend_len);
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

int fcl__body_is_refused(fcl_request *r) {
  if (!r->is_finished || r->body_length <= 0 || r->body_left <= 0)
    return 0;
  refuse_body(r, "less", r->body_left);
  return 1;
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

void fcl__body_write(fcl_request *r) {
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

void fcl__body_data(fcl_request *r) {
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

void fcl__body_finish(fcl_request *r) {
  if (r->is_finished) /* a second one must not end a filter's DATA */
    return;
  r->is_finished = 1;
  if (r->phase != FCL__PHASE_STARTED)
    return;
  if (fcl__body_is_refused(r))
    return;
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

/* ---- Gathered ---- */

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

void fcl__body_pump(fcl_request *r) {
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

/* ---- Begun, sent ---- */

int fcl__body_begin(fcl_request *r) {
  if (r->has_lend && !r->is_lent_out && !r->is_data)
    lend_out(r);
  if (r->is_finished && has_body(r) && r->gather == NULL)
    fcl__connection_finish(r->connection);
  if (r->gather && !begin_gathered(r))
    return 0;
  send_data(r);
  return 1;
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

void fcl__body_on_sent(fcl__connection *c, fcl_code code) {
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
