/* outcome.c: how a request ends, whatever the reason: its connection is let go, its lends come
 * back, the pool and the caller are told. */
#include "base/error.h"
#include "client/internal.h"
#include <stdio.h>
#include <string.h>

/* ---- Errors ---- */

/* The place may have another process by now. */
const char *fcl__request_who(const fcl_request *r, char *out, size_t cap) {
  if (r->place && r->place->address)
    return fcl__place_name(r->place, out, cap);
  if (r->pid == 0)
    return "the application";
  snprintf(out, cap, "process %ld", r->pid);
  return out;
}

void fcl__outcome_sentence(fcl_request *r, fcl_error *e, fcl_code code, int sys, const char *phrase,
                           const char *advice) {
  char who[128];
  fcl_slice subject = r->ticket.subject;
  fcl__error_setx(e, code, sys, "%s: %s %s", r->pool->options.name,
                  fcl__request_who(r, who, sizeof who), phrase);
  if (subject.len)
    fcl__error_append(e, " while running %.*s", (int) subject.len, subject.base);
  if (r->tag[0])
    fcl__error_append(e, " [%s]", r->tag);
  fcl__error_append(e, advice[0] ? ". %s" : ".", advice);
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

static void fill_result(const fcl_request *r, fcl_result *result, uint64_t end) {
  const fcl_pool *failed_at = r->authorizer && !r->is_authorized ? r->authorizer : r->pool;
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
  uint64_t end;
  if (r->phase != FCL__PHASE_SETTLING || r->has_lend || r->held || r->is_acting ||
      fcl__ahead_is_pending(r) ||
      fcl__request_has_noted(r, FCL__REQUEST_WRITE |
                                    FCL__REQUEST_DATA)) /* then it is settled behind the note */
    return;
  r->phase = FCL__PHASE_DONE;
  fcl__response_clear(r);
  if (r->ahead)
    fcl__ahead_clear(r);
  if (r->gather)
    fcl__gather_clear(r);
  fcl__clock_clear(&r->alarm);
  end = uv_hrtime();
  fill_result(r, &result, end);
  fcl__count_ended(r, end);
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
  fcl__stderr_end(
      r); /* while the place is there; its pool may be closed before the lends are back */
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
fcl__connection *fcl__outcome_let_go(fcl_request *r) {
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
  fcl__connection *c = fcl__outcome_let_go(r);
  fcl__multiplex *m = c ? c->multiplex : NULL;
  if (c)
    fcl__place_drop(c);
  if (m)
    fcl__shared_owes(c, fcl__ticket_patience(&r->ticket, fcl__request_now(r)));
}

/* The application has not ended it.  Where it is alone on its connection, that is closed, and the
   application must prove itself free; where it is not, it is aborted, and the others prove enough.
 */
void fcl__outcome_abandon(fcl_request *r) {
  fcl__connection *c = r->connection;
  int is_shared = c && c->multiplex && !c->multiplex->is_broken;
  fcl__outcome_drop(r);
  fcl__pool_release(&r->ticket, is_shared ? FCL__FREE : FCL__UNKNOWN, fcl__request_now(r));
}

/* By its length: END_REQUEST has not come. */
int fcl__outcome_is_whole(fcl_request *r) {
  fcl_error ignored;
  return r->response.has_head && fcl__response_check(r, 0, &ignored) == FCL_OK;
}

void fcl__outcome_fail(fcl_request *r, const fcl_error *e) {
  fcl__outcome_drop(r);
  if (fcl__outcome_is_whole(r) && !r->is_canceled)
    r->is_unclean = 1;
  else
    fcl__request_keep_error(r, e);
  fcl__outcome_end(r);
}

void fcl__outcome_give_up(fcl_request *r, const fcl_error *e) {
  if (r->phase != FCL__PHASE_STARTED || fcl__authorize_give_up(r, e))
    return;
  fcl__outcome_abandon(r);
  fcl__request_keep_error(r, e);
  fcl__outcome_end(r);
}

const char fcl__outcome_left[] = "was left by the web server, which canceled the request";

void fcl__outcome_cancel(fcl_request *r) {
  fcl_error e;
  if (r->phase == FCL__PHASE_SETTLING)
    fcl__ahead_cancel(r);
  if (r->phase != FCL__PHASE_STARTED)
    return;
  r->is_canceled = 1;
  fcl__outcome_sentence(r, &e, FCL_E_CANCELED, 0, fcl__outcome_left, "");
  fcl__outcome_give_up(r, &e);
}
