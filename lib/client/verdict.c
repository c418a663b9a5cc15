/* verdict.c: what it means for a request that the application ends it, that its connection breaks,
 * or that its process is gone. */
#include "base/error.h"
#include "client/internal.h"
#include "platform/status.h"
#include <stdio.h>

#define GRACES 40u /* times that an exit is waited for */

/* ---- Ended by the application ---- */

/* The application is done with the request: its process is free.  A connection on which STDIN has
   not ended is spent: the next request would arrive in the middle of this one. */
static void release(fcl_request *r) {
  fcl__place *place = r->place;
  fcl__connection *c = fcl__outcome_let_go(r);
  if (c && (!fcl__body_is_complete(r) || (r->gather && fcl__gather_has_more(r))))
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
  if (r->protocol_status == FCL_IS_OVERLOADED)
    r->ticket.avoided = r->ticket.member;
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

void fcl__verdict_on_end(fcl__connection *c, const fcl_end *end) {
  fcl_request *r = c->owner;
  if (r == NULL || r->connection != c)
    return;
  r->app_status = end->app_status;
  r->protocol_status = end->protocol_status;
  if (fcl__request_has_noted(r, FCL__REQUEST_CANCEL)) {
    end_with(r, FCL_E_CANCELED, fcl__outcome_left, "");
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

/* The other host acknowledges nothing any more, or no way leads there. */
static int is_lost(const fcl_error *phrase) {
  return phrase->sys == fcl__status_sys(UV_ETIMEDOUT) ||
         phrase->sys == fcl__status_sys(UV_EHOSTUNREACH) ||
         phrase->sys == fcl__status_sys(UV_ENETUNREACH);
}

/* A kept connection may die under a request (§3.5): then a GET or HEAD is sent again, once, on a
   fresh one.  Not so where the host was lost meanwhile: it may have run the request for long. */
static int retry_kept(fcl_request *r, fcl__connection *c, const fcl_error *phrase) {
  if (c->served == 0 || c->is_answered || is_lost(phrase))
    return 0;
  fcl__place_closed(c);
  if (!fcl__request_is_repeatable(r))
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
  r->graces = 0;
  fcl__clock_set(&r->alarm, r->pool->client->grace, fcl__request_now(r));
}

/* Where the machine is busy, the word of an exit comes late: it is waited for as long as the
   process is seen to be dead, but not for ever. */
int fcl__verdict_awaits_still(fcl_request *r) {
  const fcl__process *p = r->place->process;
  return p && r->graces < GRACES && ++r->graces && fcl__process_is_ending(p);
}

/* What came behind a whole response was wrong: the application must prove itself free. */
static void leave_unclean(fcl_request *r) {
  r->is_unclean = 1;
  fcl__outcome_abandon(r);
  fcl__outcome_end(r);
}

/* Whoever else is connected to a lost host will hear the same. */
static void tell_lost(fcl__place *place, const fcl_error *phrase) {
  char who[128];
  fcl_error e;
  if (place->address == NULL || !is_lost(phrase))
    return;
  fcl__error_setx(&e, FCL_E_IO, phrase->sys, "%s: the host of %s is gone: %s (lost_ms)",
                  place->pool->options.name, fcl__place_name(place, who, sizeof who), phrase->text);
  fcl__address_lost(place->member, &e, fcl__client_now(place->pool->client));
}

static void ended_by_peer(fcl_request *r, fcl__connection *c, const fcl_error *phrase) {
  fcl__place *place = c->place;
  if (fcl__outcome_is_whole(r)) {
    r->is_unclean = 1;
    release(r);
    fcl__outcome_end(r);
  } else if (retry_kept(r, c, phrase)) {
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

void fcl__verdict_on_broke(fcl__connection *c, fcl__break how, const fcl_error *phrase) {
  fcl_request *r = c->owner;
  fcl_error e;
  if (r == NULL || r->connection != c) {
    tell_stray(r, c, how, phrase);
    if (r == NULL && (how == FCL__BREAK_EOF || how == FCL__BREAK_IO) && !is_lost(phrase))
      fcl__place_closed(c);
    fcl__place_drop(c);
    tell_lost(c->place, phrase);
    return;
  }
  if (fcl__request_has_noted(r, FCL__REQUEST_CANCEL)) {
    fcl__outcome_cancel(r);
    return;
  }
  if (how == FCL__BREAK_EOF || how == FCL__BREAK_IO) {
    tell_lost(c->place, phrase);
    ended_by_peer(r, c, phrase);
    return;
  }
  if (fcl__outcome_is_whole(r)) {
    leave_unclean(r);
    return;
  }
  fcl__outcome_sentence(r, &e, phrase->code, phrase->sys, phrase->text,
                        how == FCL__BREAK_MEMORY ? "Free memory" : "Check what listens there");
  fcl__outcome_give_up(r, &e);
}

static void forget_error(fcl_request *r) {
  fcl__free(&r->pool->client->memory, r->error);
  r->error = NULL;
  r->failed = FCL_OK;
}

void fcl__verdict_exited(fcl_request *r) {
  if (!r->is_awaiting)
    return;
  r->is_awaiting = 0;
  fcl__clock_clear(&r->alarm);
  forget_error(r);
}

/* A request that a process which is known to work never accepted is begun again elsewhere, whatever
   its method.  One that never worked is told as the failure that it is. */
void fcl__verdict_unaccepted(fcl_request *r) {
  fcl__outcome_drop(r);
  if (r->place->member->is_proven && !r->has_begun_body)
    fcl__pool_retry(&r->ticket, 1, fcl__request_now(r));
}
