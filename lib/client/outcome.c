/* outcome.c: how a request ends: whole, refused, broken, explained by the exit of its process; and
 * who is told. */
#include "base/error.h"
#include "client/internal.h"
#include <stdio.h>
#include <string.h>

/* ---- Errors ---- */

void fcl__outcome_sentence(fcl_request *r, fcl_error *e, fcl_code code, int sys, const char *phrase,
                           const char *advice) {
  char who[128] = "the application";
  fcl_slice subject = r->ticket.subject;
  if (r->place)
    fcl__place_name(r->place, who, sizeof who);
  fcl__error_setx(e, code, sys, "%s: %s %s", r->pool->options.name, who, phrase);
  if (subject.len)
    fcl__error_append(e, " while running %.*s", (int) subject.len, subject.base);
  if (r->tag[0])
    fcl__error_append(e, " [%s]", r->tag);
  fcl__error_append(e, advice[0] ? ". %s" : ".", advice);
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
  const fcl_pool *failed_at = r->authorizer && !r->is_authorized ? r->authorizer : r->pool;
  uint64_t end = uv_hrtime();
  memset(result, 0, offsetof(fcl_result, error.text) + 1);
  if (r->error)
    result->error = *r->error;
  else if (r->failed)
    fcl__error_setx(&result->error, r->failed, 0, "%s", fcl_code_phrase(r->failed));
  result->app_status = r->app_status;
  result->protocol_status = r->protocol_status;
  result->sent = r->sent;
  result->received = r->received;
  result->queue_us = r->begun_ns ? (uint32_t) ((r->begun_ns - r->started_ns) / 1000) : 0;
  result->connect_us = r->opened_ns ? (uint32_t) ((r->opened_ns - r->begun_ns) / 1000) : 0;
  result->first_us = r->first_ns ? (uint32_t) ((r->first_ns - r->started_ns) / 1000) : 0;
  result->total_us = (uint32_t) ((end - r->started_ns) / 1000);
  result->tries = r->ticket.tries;
  result->retry_after_s = 0;
  if (fcl_code_http(r->failed) == 503 && !failed_at->is_closed)
    result->retry_after_s = fcl__pool_retry_after(&failed_at->pool, fcl__request_now(r));
  result->pid = r->pid;
  result->unclean = r->is_unclean;
  result->shows_stderr =
      r->failed == FCL_E_STDERR && failed_at->options.stderr_mode == FCL_STDERR_IN_500;
}

void fcl__outcome_settle(fcl_request *r) {
  fcl_client *c = r->pool->client;
  fcl_result result;
  if (r->phase != FCL__PHASE_SETTLING || r->has_lend || r->held || r->is_acting ||
      fcl__ahead_is_pending(r) ||
      fcl__request_has_noted(r, FCL__REQUEST_WRITE |
                                    FCL__REQUEST_DATA)) /* then it is settled behind the note */
    return;
  r->phase = FCL__PHASE_DONE;
  fcl__stderr_end(r);
  fcl__response_clear(r);
  if (r->ahead)
    fcl__ahead_clear(r);
  if (r->gather)
    fcl__gather_clear(r);
  fcl__clock_clear(&r->alarm);
  fill_result(r, &result);
  c->requests--;
  fcl__client_rest(c);
  if (r->handlers.on_done)
    r->handlers.on_done(r, &result, r->user);
  fcl__client_maybe_end(c);
}

/* If the process has exited, the pool must hear of it behind the last that read from it, whatever
   else becomes of the request; but the pool may be on the stack. */
static void leave_place(fcl_request *r) {
  if (--r->place->reading == 0 && r->place->has_exited)
    fcl__client_post(r->pool->client, &r->pool->note, FCL__POOL_EXITS);
}

/* A lend that no connection has comes back at once. */
void fcl__outcome_return_lend(fcl_request *r, fcl_code code) {
  r->has_lend = r->is_lent_out = 0;
  if (r->handlers.on_sent)
    r->handlers.on_sent(r, code, r->user);
}

void fcl__outcome_end(fcl_request *r) {
  r->phase = FCL__PHASE_SETTLING;
  if (r->gather)
    fcl__gather_stop(r);
  r->is_awaiting = 0;
  fcl__clock_clear(&r->alarm);
  if (r->has_lend && !r->is_lent_out)
    fcl__outcome_return_lend(r, r->failed ? FCL_E_CANCELED : FCL_OK);
  fcl__outcome_settle(r);
}

/* The connection goes its own way; what it holds for the caller stays with the request.  While a
   lend is out, the connection tells when it is back. */
static fcl__connection *let_go(fcl_request *r) {
  fcl__connection *c = r->connection;
  if (c == NULL)
    return NULL;
  r->connection = NULL;
  leave_place(r);
  if (r->held && r->kept_block == NULL)
    r->kept_block = fcl__connection_keep(c);
  if (!c->has_lend || fcl__gather_is_lent(r))
    c->owner = NULL;
  return c;
}

void fcl__outcome_drop(fcl_request *r) {
  fcl__connection *c = let_go(r);
  fcl__multiplex *m = c ? c->multiplex : NULL;
  if (c)
    fcl__place_drop(c);
  if (m)
    fcl__shared_owes(c, fcl__ticket_patience(&r->ticket, fcl__request_now(r)));
}

/* The application has not ended it.  Where it is alone on its connection, that is closed, and the
   application must prove itself free; where it is not, it is aborted, and the others prove enough.
 */
static void abandon(fcl_request *r) {
  fcl__connection *c = r->connection;
  int is_shared = c && c->multiplex && !c->multiplex->is_broken;
  fcl__outcome_drop(r);
  fcl__pool_release(&r->ticket, is_shared ? FCL__FREE : FCL__UNKNOWN, fcl__request_now(r));
}

/* By its length: END_REQUEST has not come. */
static int is_whole(fcl_request *r) {
  fcl_error ignored;
  return r->response.has_head && fcl__response_check(r, 0, &ignored) == FCL_OK;
}

void fcl__outcome_fail(fcl_request *r, const fcl_error *e) {
  fcl__outcome_drop(r);
  if (is_whole(r) && !r->is_canceled)
    r->is_unclean = 1;
  else
    fcl__request_keep_error(r, e);
  fcl__outcome_end(r);
}

void fcl__outcome_give_up(fcl_request *r, const fcl_error *e) {
  if (r->phase != FCL__PHASE_STARTED || fcl__authorize_give_up(r, e))
    return;
  abandon(r);
  fcl__request_keep_error(r, e);
  fcl__outcome_end(r);
}

static const char was_left[] = "was left by the web server, which canceled the request";

void fcl__outcome_cancel(fcl_request *r) {
  fcl_error e;
  if (r->phase == FCL__PHASE_SETTLING)
    fcl__ahead_cancel(r);
  if (r->phase != FCL__PHASE_STARTED)
    return;
  r->is_canceled = 1;
  fcl__outcome_sentence(r, &e, FCL_E_CANCELED, 0, was_left, "");
  fcl__outcome_give_up(r, &e);
}

/* ---- Ended by the application ---- */

/* The application is done with the request: its process is free.  A connection on which STDIN has
   not ended is spent: the next request would arrive in the middle of this one. */
static void release(fcl_request *r) {
  fcl__place *place = r->place;
  fcl__connection *c = let_go(r);
  if (c && (!r->is_finished || r->data_left > 0 || (r->gather && fcl__gather_has_more(r))))
    fcl__place_drop(c);
  else if (c)
    fcl__place_done(place, c);
  fcl__pool_release(&r->ticket, FCL__FREE, fcl__request_now(r));
  fcl__place_settle(place);
}

static void end_with(fcl_request *r, fcl_code code, const char *phrase, const char *advice) {
  fcl_error e;
  fcl__outcome_sentence(r, &e, code, 0, phrase, advice);
  fcl__request_keep_error(r, &e);
  release(r);
  fcl__outcome_end(r);
}

/* END_REQUEST says that the request was not run (§5.5): it may be run elsewhere if nothing of its
 * body is gone. */
static int retry_overloaded(fcl_request *r) {
  int is_shared = r->connection->multiplex != NULL;
  if (r->has_begun_body || r->response.has_head || r->response.gathered_len > 0)
    return 0;
  fcl__outcome_drop(r);
  return is_shared ? fcl__pool_return(&r->ticket, fcl__request_now(r))
                   : fcl__pool_retry(&r->ticket, 0, fcl__request_now(r));
}

static void overloaded(fcl_request *r, unsigned protocol_status) {
  int is_crowded = protocol_status == FCL_CANT_MPX_CONN && r->connection->multiplex != NULL;
  if (r->connection->multiplex)
    fcl__shared_refused(r->connection, protocol_status);
  if (retry_overloaded(r))
    return;
  if (is_crowded)
    end_with(r, FCL_E_OVERLOADED,
             r->has_begun_body ? "refused to run the request beside others on its connection "
                                 "(END_REQUEST, CANT_MPX_CONN), when part of its body had gone"
                               : "refused again and again to run the request beside others on its "
                                 "connection (END_REQUEST, CANT_MPX_CONN)",
             "Set per_connection to 1");
  else
    end_with(r, FCL_E_OVERLOADED, "refused the request as overloaded (END_REQUEST, protocolStatus)",
             "Give it more processes, or lower max_connections");
}

static void on_complete(fcl_request *r) {
  fcl_error phrase;
  fcl_code code;
  if (fcl__stderr_spoils(r, &phrase)) {
    end_with(r, FCL_E_STDERR, phrase.text,
             "That takes the place of its answer (stderr_mode); for PHP set fastcgi.logging=0");
    return;
  }
  code = fcl__response_check(r, 1, &phrase);
  if (code) {
    end_with(r, code, phrase.text, "Look for its own messages above this line");
    return;
  }
  release(r);
  fcl__outcome_end(r);
}

static void unknown_role(fcl_request *r) {
  char phrase[96];
  snprintf(phrase, sizeof phrase, "does not play the role of %s (END_REQUEST, UNKNOWN_ROLE)",
           fcl__role_name(r->role));
  end_with(r, FCL_E_ROLE, phrase, "Give it requests of a role it knows");
}

static void unknown_status(fcl_request *r, fcl__connection *c, unsigned status) {
  char what[64];
  fcl_error phrase;
  snprintf(what, sizeof what, "ended the request with protocolStatus %u", status);
  fcl__record_refuse(fcl__connection_decoder(c), &phrase, what, ", and there are 0 to 3 (§5.5)");
  end_with(r, FCL_E_PROTOCOL, phrase.text, "It does not keep to FastCGI");
}

void fcl__outcome_on_end(fcl__connection *c, const fcl_end *end) {
  fcl_request *r = c->owner;
  if (r == NULL || r->connection != c)
    return;
  r->app_status = end->app_status;
  r->protocol_status = end->protocol_status;
  if (fcl__request_has_noted(r, FCL__REQUEST_CANCEL)) {
    end_with(r, FCL_E_CANCELED, was_left, "");
    return;
  }
  switch (end->protocol_status) {
  case FCL_REQUEST_COMPLETE:
    on_complete(r);
    return;
  case FCL_CANT_MPX_CONN:
  case FCL_IS_OVERLOADED:
    overloaded(r, end->protocol_status);
    return;
  case FCL_UNKNOWN_ROLE:
    unknown_role(r);
    return;
  default:
    unknown_status(r, c, end->protocol_status);
  }
}

/* ---- Broken connections ---- */

/* PHP hangs up on a role that it does not know. */
static const char *advice_on_break(const fcl_request *r) {
  if (r->response.has_head)
    return "The response is cut short; look for its own messages";
  if (r->role != FCL_RESPONDER && r->first_ns == 0)
    return "Perhaps it does not know the role of authorizer or filter that it was asked for";
  return "Look for its own messages, and whether it was restarted";
}

static void explain_break(fcl_request *r, const fcl_error *phrase) {
  fcl_code code = phrase->code;
  fcl_error check;
  if (code == FCL_E_TRUNCATED && !r->response.has_head)
    code = FCL_E_IO;
  if (code == FCL_E_IO && r->response.has_head)
    code = FCL_E_TRUNCATED;
  fcl__outcome_sentence(r, &check, code, phrase->sys, phrase->text, advice_on_break(r));
  fcl__request_keep_error(r, &check);
}

/* A kept connection may die under a request (§3.5): then a GET or HEAD is sent again, once, on a
 * fresh one. */
static int retry_kept(fcl_request *r, fcl__connection *c) {
  if (c->served == 0 || c->is_answered || !fcl__request_is_repeatable(r))
    return 0;
  fcl__outcome_drop(r);
  return fcl__pool_retry(&r->ticket, 0, fcl__request_now(r));
}

/* The exit of the process, which explains best what happened, may be on its way: the pool tells it
 * then. */
static void await_exit(fcl_request *r, fcl__place *place, const fcl_error *phrase) {
  fcl__outcome_drop(r);
  if (place->has_exited) {
    if (place->reading == 0) /* else behind the last of those who share the connection */
      fcl__place_settle(place);
    return;
  }
  explain_break(r, phrase);
  r->is_awaiting = 1;
  fcl__clock_set(&r->alarm, r->pool->client->grace, fcl__request_now(r));
}

/* What came behind a whole response was wrong: the application must prove itself free. */
static void leave_unclean(fcl_request *r) {
  r->is_unclean = 1;
  abandon(r);
  fcl__outcome_end(r);
}

static void ended_by_peer(fcl_request *r, fcl__connection *c, const fcl_error *phrase) {
  fcl__place *place = c->place;
  if (is_whole(r)) {
    r->is_unclean = 1;
    release(r);
    fcl__outcome_end(r);
  } else if (retry_kept(r, c)) {
    return;
  } else if (place->address == NULL) {
    await_exit(r, place, phrase);
  } else {
    explain_break(r, phrase);
    release(r);
    fcl__outcome_end(r);
  }
}

/* No request is there to hear of it, so that the log must. */
static void tell_stray(const fcl_request *r, const fcl__connection *c, fcl__break how,
                       const fcl_error *phrase) {
  const fcl__place *place = c->place;
  const fcl_pool *p = place->pool;
  char who[128];
  fcl_error e;
  if (r != NULL || how != FCL__BREAK_PROTOCOL)
    return;
  fcl__error_setx(&e, FCL_E_PROTOCOL, 0, "%s: %s %s; the connection is closed", p->options.name,
                  fcl__place_name(place, who, sizeof who), phrase->text);
  fcl__client_event(p->client, p->options.name, FCL_LEVEL_WARNING, place->member->pid, NULL, e.code,
                    e.text);
}

void fcl__outcome_on_broke(fcl__connection *c, fcl__break how, const fcl_error *phrase) {
  fcl_request *r = c->owner;
  fcl_error e;
  if (r == NULL || r->connection != c) {
    tell_stray(r, c, how, phrase);
    fcl__place_drop(c);
    return;
  }
  if (fcl__request_has_noted(r, FCL__REQUEST_CANCEL)) {
    fcl__outcome_cancel(r);
    return;
  }
  if (how == FCL__BREAK_EOF || how == FCL__BREAK_IO) {
    ended_by_peer(r, c, phrase);
    return;
  }
  if (is_whole(r)) {
    leave_unclean(r);
    return;
  }
  fcl__outcome_sentence(r, &e, phrase->code, phrase->sys, phrase->text,
                        how == FCL__BREAK_MEMORY ? "Free memory" : "Check what listens there");
  fcl__outcome_give_up(r, &e);
}

void fcl__outcome_exited(fcl_request *r) {
  if (!r->is_awaiting)
    return;
  r->is_awaiting = 0;
  fcl__clock_clear(&r->alarm);
  forget_error(r);
}

/* A request that a process which is known to work never accepted is begun again elsewhere, whatever
   its method.  One that never worked is told as the failure that it is. */
void fcl__outcome_unaccepted(fcl_request *r) {
  fcl__outcome_drop(r);
  if (r->place->member->is_proven && !r->has_begun_body)
    fcl__pool_retry(&r->ticket, 1, fcl__request_now(r));
}
