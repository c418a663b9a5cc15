/* ahead.c: read-ahead: what comes of a response while the caller holds a part of it is kept in a
 * window, so that the application is rid of it; and what becomes of it when the caller goes on. */
#include "base/error.h"
#include "client/internal.h"
#include "client/window.h"

#define SPANS_AT_ONCE 16 /* then others have their turn */

/* Made when it is first needed: a request whose caller never holds has none. */
struct fcl__ahead {
  fcl__window window;
  size_t lent;          /* of its oldest bytes, to the caller */
  unsigned is_over : 1; /* it could not be read: nothing more comes out */
  unsigned is_told : 1; /* there was an event about it */
};

int fcl__ahead_is_on(const fcl_request *r) {
  const fcl__window_limits *limits = &r->pool->read_ahead;
  return limits->memory > 0 || limits->file > 0;
}

/* A caller that has left wants nothing more, nor does one whose server is closing. */
int fcl__ahead_is_pending(const fcl_request *r) {
  return r->ahead != NULL && r->ahead->window.size > 0 && !r->ahead->is_over && !r->is_canceled &&
         r->failed != FCL_E_CLOSING;
}

void fcl__ahead_clear(fcl_request *r) {
  if (r->ahead == NULL)
    return;
  fcl__window_clear(&r->ahead->window);
  fcl__free(&r->pool->client->memory, r->ahead);
  r->ahead = NULL;
}

/* ---- In ---- */

static int has_window(fcl_request *r) {
  fcl_client *c = r->pool->client;
  if (r->ahead)
    return 1;
  r->ahead = fcl__zalloc(&c->memory, sizeof *r->ahead);
  if (r->ahead == NULL)
    return 0;
  fcl__window_init(&r->ahead->window, &c->blocks, &r->pool->read_ahead);
  return 1;
}

static int is_shared(const fcl_request *r) {
  return r->connection && r->connection->multiplex;
}

/* No reason to fail a request: its application waits for the caller, as it would without us.  But
   those who share its connection cannot wait. */
static void tell_full(fcl_request *r, fcl_error *e) {
  if (is_shared(r)) {
    fcl__outcome_give_up(r, e);
    return;
  }
  if (r->ahead->is_told)
    return;
  r->ahead->is_told = 1;
  fcl__error_append(e, ". Until then the application waits for its client");
  fcl__client_event(r->pool->client, r->pool->options.name, FCL_LEVEL_WARNING, r->pid, r->tag,
                    e->code, e->text);
}

static void no_window(fcl_request *r) {
  fcl_error e;
  if (!is_shared(r)) /* it waits for the caller */
    return;
  fcl__outcome_sentence(r, &e, FCL_E_NOMEM, 0,
                        "sent a response that its caller let wait, for which there was no memory",
                        "Free memory");
  fcl__outcome_give_up(r, &e);
}

size_t fcl__ahead_keep(fcl_request *r, const char *data, size_t len) {
  fcl_error e;
  size_t taken = 0;
  if (!has_window(r)) {
    no_window(r);
    return 0;
  }
  if (fcl__window_put(&r->ahead->window, data, len, &taken, &e) != FCL_OK)
    tell_full(r, &e);
  if (is_shared(r) && r->ahead && r->ahead->window.size > r->ahead->window.limits.memory)
    fcl__multiplex_crowd(r->connection, 1);
  return taken;
}

void fcl__ahead_overflow(fcl_request *r) {
  const fcl__window_limits *limits = r->ahead ? &r->ahead->window.limits : &r->pool->read_ahead;
  fcl_error e;
  fcl__error_setx(&e, FCL_E_SPOOL, 0,
                  "%s: the caller left %llu bytes of its response waiting, on a connection that "
                  "others share; there is no room for more (read_ahead %zu, read_ahead_file %llu). "
                  "Take responses faster, or raise these",
                  r->pool->options.name,
                  (unsigned long long) (r->ahead ? r->ahead->window.size : 0), limits->memory,
                  (unsigned long long) limits->file);
  fcl__outcome_give_up(r, &e);
}

int fcl__ahead_has_room(const fcl_request *r) {
  return r->ahead != NULL && fcl__window_room(&r->ahead->window) > 0;
}

/* ---- Out ---- */

static void fail(fcl_request *r, const fcl_error *e) {
  r->ahead->is_over = 1;
  if (r->phase == FCL__PHASE_STARTED)
    fcl__outcome_give_up(r, e);
  else
    fcl__request_keep_error(r, e);
}

void fcl__ahead_taken(fcl_request *r) {
  fcl__window_take(&r->ahead->window, r->ahead->lent);
  r->ahead->lent = 0;
  if (is_shared(r) && r->ahead->window.size == 0)
    fcl__multiplex_crowd(r->connection, 0);
}

/* Lends the oldest bytes; returns 0 when there is nothing to go on with. */
static int deliver(fcl_request *r) {
  fcl_slice span;
  fcl_error e;
  if (fcl__window_peek(&r->ahead->window, &span, &e) != FCL_OK) {
    fail(r, &e);
    return 0;
  }
  r->ahead->lent = span.len;
  r->received += span.len;
  if (r->handlers.on_body && r->handlers.on_body(r, span.base, span.len, r->user) == FCL_HOLD) {
    r->held = FCL__HELD_AHEAD;
    return 0;
  }
  fcl__ahead_taken(r);
  return 1;
}

void fcl__ahead_deliver(fcl_request *r) {
  unsigned spans = 0;
  while (!r->held && fcl__ahead_is_pending(r) && !fcl__request_has_noted(r, FCL__REQUEST_CANCEL)) {
    if (spans++ == SPANS_AT_ONCE) {
      fcl__client_post(r->pool->client, &r->note, FCL__REQUEST_GO_ON);
      return;
    }
    if (!deliver(r))
      return;
  }
}

/* Its process may serve others by now, or be gone, so it is not named. */
void fcl__ahead_cancel(fcl_request *r) {
  fcl_slice subject = r->ticket.subject;
  fcl_error e;
  if (!fcl__ahead_is_on(r) || (!r->held && !fcl__ahead_is_pending(r)))
    return;
  r->is_canceled = 1;
  fcl__error_setx(&e, FCL_E_CANCELED, 0,
                  "%s: the answer of %.*s had been read ahead when the web server canceled the "
                  "request%s%s",
                  r->pool->options.name, (int) subject.len, subject.base, r->tag[0] ? " " : "",
                  r->tag);
  fcl__request_keep_error(r, &e);
}
