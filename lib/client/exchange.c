/* exchange.c: one request on one connection: begun, written, answered, ended; and how its clocks
 * and its pool hear of it. */
#include "base/error.h"
#include "client/internal.h"
#include <stdio.h>
#include <string.h>

static uint64_t now_of(const fcl_request *r) {
  return fcl__client_now(r->pool->client);
}

static int has_body(const fcl_request *r) {
  return r->body_length != 0;
}

/* ---- Errors ---- */

void fcl__exchange_sentence(fcl_request *r, fcl_error *e, fcl_code code, int sys,
                            const char *phrase, const char *advice) {
  char who[128] = "the application";
  fcl_slice subject = r->ticket.subject;
  if (r->place)
    fcl__place_name(r->place, who, sizeof who);
  fcl__error_setx(e, code, sys, "%s: %s %s", r->pool->options.name, who, phrase);
  if (subject.len)
    fcl__error_append(e, " while running %.*s", (int) subject.len, subject.base);
  if (r->tag[0])
    fcl__error_append(e, " [%s]", r->tag);
  fcl__error_append(e, ". %s", advice);
}

static void forget_error(fcl_request *r) {
  fcl__free(&r->pool->client->memory, r->error);
  r->error = NULL;
  r->failed = FCL_OK;
}

void fcl__request_keep_error(fcl_request *r, const fcl_error *e) {
  if (r->failed)
    return;
  r->failed = e->code;
  r->error = fcl__realloc(&r->pool->client->memory, NULL, sizeof *e);
  if (r->error)
    *r->error = *e;
}

/* ---- The end ---- */

static void fill_result(const fcl_request *r, fcl_result *result) {
  uint64_t end = uv_hrtime();
  memset(result, 0, offsetof(fcl_result, error.text) + 1);
  if (r->error)
    result->error = *r->error;
  else if (r->failed)
    fcl__error_setx(&result->error, r->failed, 0, "%s", fcl_code_phrase(r->failed));
  result->app_status = r->app_status;
  result->sent = r->sent;
  result->received = r->received;
  result->queue_us = r->begun_ns ? (uint32_t) ((r->begun_ns - r->started_ns) / 1000) : 0;
  result->connect_us = r->opened_ns ? (uint32_t) ((r->opened_ns - r->begun_ns) / 1000) : 0;
  result->first_us = r->first_ns ? (uint32_t) ((r->first_ns - r->started_ns) / 1000) : 0;
  result->total_us = (uint32_t) ((end - r->started_ns) / 1000);
  result->tries = r->ticket.tries;
  result->retry_after_s = 0;
  if (fcl_code_http(r->failed) == 503 && !r->pool->is_closed)
    result->retry_after_s = fcl__pool_retry_after(&r->pool->pool, now_of(r));
  result->pid = r->pid;
  result->unclean = r->is_unclean;
}

void fcl__exchange_settle(fcl_request *r) {
  fcl_client *c = r->pool->client;
  fcl_result result;
  if (r->phase != FCL__PHASE_SETTLING || r->has_lend || r->held)
    return;
  r->phase = FCL__PHASE_DONE;
  fcl__response_clear(r);
  fcl__clock_clear(&r->alarm);
  fill_result(r, &result);
  c->requests--;
  fcl__client_rest(c);
  if (r->handlers.on_done)
    r->handlers.on_done(r, &result, r->user);
  fcl__client_maybe_end(c);
}

static void leave_place(fcl_request *r) {
  if (r->place && r->place->current == r)
    r->place->current = NULL;
}

/* A lend that no connection has comes back at once. */
static void return_lend(fcl_request *r, fcl_code code) {
  r->has_lend = r->is_lent_out = 0;
  if (r->handlers.on_sent)
    r->handlers.on_sent(r, code, r->user);
}

static void end_request(fcl_request *r) {
  r->phase = FCL__PHASE_SETTLING;
  r->is_awaiting = 0;
  leave_place(r);
  fcl__clock_clear(&r->alarm);
  if (r->has_lend && !r->is_lent_out)
    return_lend(r, r->failed ? FCL_E_CANCELED : FCL_OK);
  fcl__exchange_settle(r);
}

/* The connection goes its own way; what it holds for the caller stays with the request.  While a
   lend is out, the connection tells when it is back. */
static fcl__connection *let_go(fcl_request *r) {
  fcl__connection *c = r->connection;
  if (c == NULL)
    return NULL;
  r->connection = NULL;
  leave_place(r);
  if (r->held)
    r->kept_block = fcl__connection_keep(c);
  if (!c->has_lend)
    c->owner = NULL;
  return c;
}

static void drop_connection(fcl_request *r) {
  fcl__connection *c = let_go(r);
  if (c)
    fcl__place_drop(c);
}

void fcl__exchange_fail(fcl_request *r, const fcl_error *e) {
  fcl_error ignored;
  int is_whole = r->response.has_head && fcl__response_check(r, 0, &ignored) == FCL_OK;
  drop_connection(r);
  if (is_whole && !r->is_canceled)
    r->is_unclean = 1;
  else
    fcl__request_keep_error(r, e);
  end_request(r);
}

void fcl__exchange_give_up(fcl_request *r, const fcl_error *e) {
  if (r->phase != FCL__PHASE_STARTED)
    return;
  drop_connection(r);
  fcl__pool_cancel(&r->ticket, now_of(r));
  fcl__request_keep_error(r, e);
  end_request(r);
}

/* ---- Clocks ---- */

void fcl__exchange_watch(fcl_request *r) {
  int is_callers;
  if (r->phase != FCL__PHASE_STARTED || r->ticket.state != FCL__OPEN || r->connection == NULL)
    return;
  is_callers =
      r->held || (!r->is_finished && !r->has_lend && !fcl__connection_is_writing(r->connection));
  if (is_callers == (int) r->ticket.is_paused)
    return;
  if (is_callers)
    fcl__pool_pause(&r->ticket, now_of(r));
  else
    fcl__pool_unpause(&r->ticket, now_of(r));
}

/* ---- The request body ---- */

static void lend_out(fcl_request *r) {
  r->is_lent_out = 1;
  if (r->lend_len > 0)
    r->has_begun_body = 1;
  fcl__connection_lend(r->connection, r->lend, r->lend_len);
}

static void refuse_body(fcl_request *r, const char *how, int64_t by) {
  fcl_error e;
  fcl__error_setx(&e, FCL_E_BODY, 0,
                  "%s: the request body was announced with %lld bytes, but has %lld bytes %s; the "
                  "application was not told that it is whole. "
                  "Check what the client sent",
                  r->pool->options.name, (long long) r->body_length, (long long) by, how);
  if (r->phase == FCL__PHASE_BUILDING)
    fcl__request_keep_error(r, &e);
  else
    fcl__exchange_give_up(r, &e);
}

void fcl__exchange_write(fcl_request *r) {
  int64_t len = (int64_t) r->lend_len;
  r->has_lend = 1;
  r->is_lent_out = 0;
  if (r->phase == FCL__PHASE_SETTLING) {
    return_lend(r, FCL_E_CANCELED);
    return;
  }
  if (r->body_length >= 0 && len > r->body_left) {
    refuse_body(r, "more", len - r->body_left);
    return;
  }
  r->body_left -= r->body_length >= 0 ? len : 0;
  if (r->ticket.state != FCL__OPEN || r->connection == NULL)
    return;
  lend_out(r);
  fcl__connection_flush(r->connection);
  fcl__exchange_watch(r);
}

void fcl__exchange_finish(fcl_request *r) {
  r->is_finished = 1;
  if (r->phase != FCL__PHASE_STARTED)
    return;
  if (r->body_length > 0 && r->body_left > 0) {
    refuse_body(r, "less", r->body_left);
    return;
  }
  if (r->ticket.state != FCL__OPEN || r->connection == NULL)
    return;
  if (has_body(r)) {
    fcl__connection_finish(r->connection);
    fcl__connection_flush(r->connection);
  }
  fcl__exchange_watch(r);
}

/* ---- Begin ---- */

static void send_request(fcl_request *r) {
  fcl__connection *c = r->connection;
  fcl_params_address(&r->params, 1, r->pool->options.new_connection_each ? 0 : FCL_KEEP_CONN);
  fcl__connection_begin(c, r->image);
  if (r->has_lend && !r->is_lent_out)
    lend_out(r);
  if (r->is_finished && has_body(r))
    fcl__connection_finish(c);
  fcl__pool_connected(&r->ticket, now_of(r));
  fcl__connection_flush(c);
  fcl__exchange_watch(r);
}

static fcl_code refused(fcl_request *r, fcl__place *place, int status, fcl_error *e) {
  char who[128];
  return fcl__error_setx(
      e, status == UV_ENOMEM ? FCL_E_NOMEM : FCL_E_CONNECT, -status,
      "%s: cannot connect to %s: %s. Check that the application runs and listens there",
      r->pool->options.name, fcl__place_name(place, who, sizeof who), uv_strerror(status));
}

static fcl_code try_connect(fcl_request *r, fcl__place *place, fcl_error *e) {
  int fresh, status = fcl__place_connect(place, &r->connection, &fresh);
  if (status == UV_EAGAIN) {
    fcl__clock_set(&r->alarm, r->pool->client->again, now_of(r));
    return FCL_OK;
  }
  if (status < 0)
    return refused(r, place, status, e);
  r->connection->owner = r;
  if (place->address == NULL)
    place->current = r;
  if (status == 1)
    send_request(r);
  return FCL_OK;
}

fcl_code fcl__exchange_begin(fcl__place *place, fcl_request *r, fcl_error *e) {
  fcl__clock_clear(&r->alarm);
  drop_connection(r); /* of a try that took longer than connect_ms */
  r->place = place;
  r->pid = place->member->pid;
  r->begun_ns = uv_hrtime();
  return try_connect(r, place, e);
}

static void on_opened(fcl__connection *c, int status) {
  fcl_request *r = c->owner;
  fcl_error e;
  if (r == NULL)
    return;
  if (r->ticket.state != FCL__CONNECTING) { /* connect_ms was over: it waits again */
    drop_connection(r);
    return;
  }
  if (status == 0) {
    r->opened_ns = uv_hrtime();
    send_request(r);
    return;
  }
  refused(r, c->place, status, &e);
  drop_connection(r);
  fcl__pool_refused(&r->ticket, &e, now_of(r));
}

void fcl__exchange_submit(fcl_request *r) {
  fcl_error e;
  r->phase = FCL__PHASE_STARTED;
  r->started_ns = uv_hrtime();
  r->pool->client->requests++;
  fcl__client_work(r->pool->client);
  if (r->failed) {
    end_request(r);
  } else if (r->pool->is_closed) {
    fcl__error_setx(&e, FCL_E_CLOSING, 0, "%s: the pool is closed", r->pool->options.name);
    fcl__request_keep_error(r, &e);
    end_request(r);
  } else {
    fcl__pool_submit(&r->pool->pool, &r->ticket, now_of(r));
  }
}

/* ---- Events of the connection ---- */

static void on_moved(fcl__connection *c, int is_answer) {
  fcl_request *r = c->owner;
  if (r == NULL || r->connection != c)
    return;
  if (!is_answer) {
    fcl__pool_touch(&r->ticket, now_of(r));
    return;
  }
  r->first_ns = uv_hrtime();
  fcl__pool_answered(&r->ticket, now_of(r));
}

static size_t on_out(fcl__connection *c, const char *data, size_t len, int *hold) {
  fcl_request *r = c->owner;
  return r && r->connection == c ? fcl__response_take(r, data, len, hold) : len;
}

#define STDERR_SHOWN 65536 /* bytes of a request's STDERR that become events; the rest is dropped  \
                            */

static void show_stderr(fcl_request *r, const char *data, size_t len) {
  fcl_error e;
  char who[128];
  if (r->stderr_seen >= STDERR_SHOWN)
    return;
  r->stderr_seen += (unsigned) len;
  fcl__error_setx(&e, FCL_OK, 0, "%s: %s wrote to STDERR: %.*s", r->pool->options.name,
                  fcl__place_name(r->place, who, sizeof who), (int) (len < 900 ? len : 900), data);
  if (r->stderr_seen >= STDERR_SHOWN)
    fcl__error_append(&e, " (more than %d bytes: the rest is dropped)", STDERR_SHOWN);
  fcl__client_event(r->pool->client, r->pool->options.name, FCL_LEVEL_WARNING, r->pid, r->tag,
                    FCL_OK, e.text);
}

static void on_err(fcl__connection *c, const char *data, size_t len) {
  fcl_request *r = c->owner;
  if (r == NULL || r->connection != c)
    return;
  if (r->handlers.on_stderr)
    r->handlers.on_stderr(r, data, len, r->user);
  else
    show_stderr(r, data, len);
}

static void on_sent(fcl__connection *c, fcl_code code) {
  fcl_request *r = c->owner;
  if (r == NULL)
    return;
  if (r->connection != c)
    c->owner = NULL; /* it was only waiting for this */
  if (code == FCL_OK)
    r->sent += r->lend_len;
  return_lend(r, code);
  if (r->phase == FCL__PHASE_SETTLING)
    fcl__exchange_settle(r);
}

/* The application is done with the request: its process is free. */
static void release(fcl_request *r) {
  fcl__place *place = r->place;
  fcl__connection *c = let_go(r);
  if (c)
    fcl__place_done(place, c);
  fcl__pool_release(&r->ticket, FCL__FREE, now_of(r));
  fcl__place_settle(place);
}

static void end_with(fcl_request *r, fcl_code code, const char *phrase, const char *advice) {
  fcl_error e;
  fcl__exchange_sentence(r, &e, code, 0, phrase, advice);
  fcl__request_keep_error(r, &e);
  release(r);
  end_request(r);
}

/* END_REQUEST says that the request was not run (§5.5): it may be run elsewhere if nothing of its
 * body is gone. */
static int retry_overloaded(fcl_request *r) {
  if (r->has_begun_body || r->response.has_head || r->response.gathered_len > 0)
    return 0;
  drop_connection(r);
  return fcl__pool_retry(&r->ticket, 0, now_of(r));
}

static void on_complete(fcl_request *r) {
  fcl_error phrase;
  fcl_code code = fcl__response_check(r, 1, &phrase);
  if (code) {
    end_with(r, code, phrase.text, "Look for its own messages above this line");
    return;
  }
  release(r);
  end_request(r);
}

static void on_end(fcl__connection *c, const fcl_end *end) {
  fcl_request *r = c->owner;
  if (r == NULL || r->connection != c)
    return;
  r->app_status = end->app_status;
  switch (end->protocol_status) {
  case FCL_REQUEST_COMPLETE:
    on_complete(r);
    return;
  case FCL_CANT_MPX_CONN:
  case FCL_IS_OVERLOADED:
    if (!retry_overloaded(r))
      end_with(r, FCL_E_OVERLOADED,
               "refused the request as overloaded (END_REQUEST, protocolStatus)",
               "Give it more processes, or lower max_connections");
    return;
  case FCL_UNKNOWN_ROLE:
    end_with(r, FCL_E_ROLE, "does not play the role it was asked for (END_REQUEST, UNKNOWN_ROLE)",
             "Give it requests of a role it knows");
    return;
  default:
    end_with(r, FCL_E_PROTOCOL, "ended the request with a protocolStatus that does not exist",
             "It does not keep to FastCGI");
  }
}

/* ---- Broken connections ---- */

static void explain_break(fcl_request *r, const fcl_error *phrase) {
  fcl_code code = phrase->code;
  fcl_error check;
  if (code == FCL_E_TRUNCATED && !r->response.has_head)
    code = FCL_E_IO;
  if (code == FCL_E_IO && r->response.has_head)
    code = FCL_E_TRUNCATED;
  fcl__exchange_sentence(r, &check, code, phrase->sys, phrase->text,
                         r->response.has_head
                             ? "The response is cut short; look for its own messages"
                             : "Look for its own messages, and whether it was restarted");
  fcl__request_keep_error(r, &check);
}

/* A kept connection may die under a request (§3.5): then a GET or HEAD is sent again, once, on a
 * fresh one. */
static int retry_kept(fcl_request *r, fcl__connection *c) {
  if (c->served == 0 || c->is_answered || !r->is_safe || has_body(r))
    return 0;
  drop_connection(r);
  return fcl__pool_retry(&r->ticket, 0, now_of(r));
}

/* The exit of the process, which explains best what happened, may be on its way: the pool tells it
 * then. */
static void await_exit(fcl_request *r, fcl__place *place, const fcl_error *phrase) {
  drop_connection(r);
  if (place->has_exited) {
    fcl__place_settle(place);
    return;
  }
  explain_break(r, phrase);
  place->current = r;
  r->is_awaiting = 1;
  fcl__clock_set(&r->alarm, r->pool->client->grace, now_of(r));
}

static void ended_by_peer(fcl_request *r, fcl__connection *c, const fcl_error *phrase) {
  fcl__place *place = c->place;
  fcl_error missing;
  if (r->response.has_head && fcl__response_check(r, 0, &missing) == FCL_OK) {
    r->is_unclean = 1;
    release(r);
    end_request(r);
  } else if (retry_kept(r, c)) {
    return;
  } else if (place->address == NULL) {
    await_exit(r, place, phrase);
  } else {
    explain_break(r, phrase);
    release(r);
    end_request(r);
  }
}

static void on_broke(fcl__connection *c, fcl__break how, const fcl_error *phrase) {
  fcl_request *r = c->owner;
  fcl_error e;
  if (r == NULL || r->connection != c) {
    fcl__place_drop(c);
    return;
  }
  if (how == FCL__BREAK_EOF || how == FCL__BREAK_IO) {
    ended_by_peer(r, c, phrase);
    return;
  }
  fcl__exchange_sentence(r, &e, phrase->code, phrase->sys, phrase->text,
                         how == FCL__BREAK_MEMORY ? "Free memory" : "Check what listens there");
  fcl__exchange_give_up(r, &e);
}

/* A request that a process which is known to work never accepted is begun again elsewhere, whatever
   its method.  One that never worked is told as the failure that it is. */
int fcl__exchange_exited(fcl_request *r, int was_unaccepted) {
  if (r->is_awaiting) {
    r->is_awaiting = 0;
    fcl__clock_clear(&r->alarm);
    forget_error(r);
    leave_place(r);
    return 1;
  }
  if (!was_unaccepted || r->connection == NULL || r->connection->is_answered)
    return 0;
  drop_connection(r);
  if (r->place->member->is_proven && !r->has_begun_body)
    fcl__pool_retry(&r->ticket, 1, now_of(r));
  return 1;
}

void fcl__exchange_resume(fcl_request *r) {
  fcl__held held = r->held;
  if (held == FCL__HELD_NOT)
    return;
  r->held = FCL__HELD_NOT;
  if (held == FCL__HELD_HEAD)
    fcl__response_clear(r);
  fcl__block_give(&r->pool->client->blocks, r->kept_block);
  r->kept_block = NULL;
  if (r->connection) {
    fcl__exchange_watch(r);
    fcl__connection_resume(r->connection);
  } else {
    fcl__exchange_settle(r);
  }
}

/* The alarm of a request rings: its process did not exit after all, or a full backlog may have room
 * again. */
void fcl__exchange_rings(fcl__clock *alarm, uint64_t now) {
  fcl_request *r = FCL__OF(alarm, fcl_request, alarm);
  fcl_error e;
  if (r->is_awaiting) {
    fcl__pool_release(&r->ticket, FCL__FREE, now_of(r));
    end_request(r);
  } else if (r->ticket.state == FCL__CONNECTING && try_connect(r, r->place, &e) != FCL_OK) {
    fcl__pool_refused(&r->ticket, &e, now_of(r));
  }
}

const fcl__connection_events fcl__exchange_events = {
    on_opened, on_moved, on_out, on_err, on_sent, on_end, on_broke, fcl__place_freed};
