/* authorize.c: the authorizer as a step (§6.3): a request of its own to another pool, whose
   complete 200 lets ours go on, and whose every other answer becomes ours. */
#include "base/error.h"
#include "client/internal.h"
#include <fcgiclient/cgi.h>
#include <string.h>

#define PREFIX "Variable-"

void fcl_request_authorize(fcl_request *r, fcl_pool *pool) {
  fcl_pool *old = r->authorizer;
  if (pool)
    atomic_fetch_add_explicit(&pool->refs, 1, memory_order_relaxed);
  r->authorizer = pool;
  if (old)
    fcl__pool_unref(old);
}

fcl_code fcl__authorize_check(const fcl_request *r, fcl_error *e) {
  if (r->authorizer == NULL || r->authorizer->client == r->pool->client)
    return FCL_OK;
  return fcl__error_setx(e, FCL_E_INVAL, 0,
                         "the authorizer \"%s\" is a pool of another client. Make both pools with "
                         "the same client",
                         r->authorizer->options.name);
}

/* ---- Variables ---- */

static char folded(char c) {
  return c >= 'a' && c <= 'z' ? (char) (c - 32) : c == '-' ? '_' : c;
}

/* As an application may see them: environments of Windows have no case, and '-' becomes '_'. */
static int is_same(fcl_slice a, const char *b, size_t len) {
  size_t n;
  if (a.len != len)
    return 0;
  for (n = 0; n < len; n++)
    if (folded(a.base[n]) != folded(b[n]))
      return 0;
  return 1;
}

/* What says which request this is, and how large: no authorizer was told all of it, so none may say
   it. */
static int is_reserved(fcl_slice name) {
  static const char *const reserved[] = {"CONTENT_LENGTH",  "CONTENT_TYPE", "PATH_INFO",
                                         "PATH_TRANSLATED", "SCRIPT_NAME",  "SCRIPT_FILENAME",
                                         "REQUEST_METHOD"};
  size_t n;
  for (n = 0; n < sizeof reserved / sizeof *reserved; n++)
    if (is_same(name, reserved[n], strlen(reserved[n])))
      return 1;
  return 0;
}

static int is_set(const fcl_params *params, fcl_slice wanted) {
  fcl_slice name, value;
  size_t at = 0;
  while (fcl_params_next(params, &at, &name, &value))
    if (is_same(wanted, name.base, name.len))
      return 1;
  return 0;
}

static void take_variables(fcl_request *r, const fcl_head *head) {
  const size_t prefix = sizeof PREFIX - 1;
  size_t n;
  for (n = 0; n < head->count; n++) {
    fcl_slice name = head->headers[n].name;
    fcl_slice start = {name.base, name.len < prefix ? name.len : prefix};
    if (!is_same(start, PREFIX, prefix))
      continue;
    name.base += prefix;
    name.len -= prefix;
    if (fcl_cgi_name_allowed(name) && !is_reserved(name) && !is_set(&r->params, name))
      fcl_params_set(&r->params, name, head->headers[n].value);
  }
  fcl__request_look(r); /* the parameters may have moved */
}

/* ---- What the authorizer says ---- */

/* The caller has left, or has been told of an error: no more of the answer is for it. */
static int is_over(const fcl_request *r) {
  return r->failed || fcl__request_has_noted(r, FCL__REQUEST_CANCEL);
}

static fcl_flow on_head(fcl_request *step, const fcl_head *head, void *user) {
  fcl_request *r = user;
  if (is_over(r))
    return FCL_NEXT;
  if (head->status == 200) {
    r->is_authorized = 1;
    take_variables(r, head);
    return FCL_NEXT;
  }
  if (r->handlers.on_head == NULL || r->handlers.on_head(r, head, r->user) != FCL_HOLD)
    return FCL_NEXT;
  r->held = FCL__HELD_HEAD;
  return FCL_HOLD;
}

static fcl_flow on_body(fcl_request *step, const char *data, size_t len, void *user) {
  fcl_request *r = user;
  if (is_over(r) || r->is_authorized)
    return FCL_NEXT;
  r->received += len;
  if (r->handlers.on_body == NULL || r->handlers.on_body(r, data, len, r->user) != FCL_HOLD)
    return FCL_NEXT;
  r->held = FCL__HELD_BODY;
  return FCL_HOLD;
}

static void on_stderr(fcl_request *step, const char *text, size_t len, void *user) {
  fcl_request *r = user;
  if (!is_over(r))
    r->handlers.on_stderr(r, text, len, r->user);
}

/* 200 alone is not enough: it must have been meant to the end.  NULL, or what is wrong. */
static const char *fault(const fcl_request *step, const fcl_result *result) {
  if (result->unclean)
    return "answered 200 as an authorizer, but did not end the request";
  if (result->app_status != 0)
    return "answered 200 as an authorizer, but with an appStatus that is not 0";
  if (step->has_complained && step->pool->options.stderr_mode != FCL_STDERR_IGNORE)
    return "answered 200 as an authorizer, but wrote to STDERR (stderr_mode)";
  return NULL;
}

static void doubt(fcl_request *r, fcl_request *step, const fcl_result *result) {
  const char *what = fault(step, result);
  fcl_code code = result->unclean || result->app_status ? FCL_E_TRUNCATED : FCL_E_STDERR;
  fcl_error e;
  if (what == NULL)
    return;
  fcl__outcome_sentence(step, &e, code, 0, what,
                        "The request was not let through; look for its own messages");
  fcl__request_keep_error(r, &e);
}

/* The answer is the authorizer's, and so are its numbers. */
static void take_result(fcl_request *r, fcl_request *step, const fcl_result *result) {
  r->is_authorized = 0;
  r->app_status = result->app_status;
  r->protocol_status = result->protocol_status;
  r->pid = result->pid;
  r->is_unclean = result->unclean != 0;
  r->begun_ns = step->begun_ns;
  r->opened_ns = step->opened_ns;
  r->first_ns = step->first_ns;
  r->ticket.tries = result->tries;
  r->errors = step->errors;
  step->errors = NULL;
}

/* The authorizer's pool may be on the stack, and it may be ours too: so a note goes on from here.
 */
static void on_done(fcl_request *step, const fcl_result *result, void *user) {
  fcl_request *r = user;
  if (result->error.code)
    fcl__request_keep_error(r, &result->error);
  else if (r->is_authorized)
    doubt(r, step, result);
  if (r->failed || !r->is_authorized)
    take_result(r, step, result);
  r->step = NULL;
  fcl_request_free(step);
  fcl__client_post(r->pool->client, &r->note, FCL__REQUEST_STEPPED);
}

/* ---- The step ---- */

static fcl_request *new_step(fcl_request *r) {
  fcl_handlers handlers = {on_head, on_body, NULL, NULL, NULL, on_done};
  fcl_request *step;
  if (r->handlers.on_stderr)
    handlers.on_stderr = on_stderr;
  step = fcl_request_new(r->authorizer, &handlers, r);
  if (step == NULL)
    return NULL;
  fcl_request_role(step, FCL_AUTHORIZER);
  if (r->tag[0])
    fcl_request_tag(step, r->ticket.tag);
  step->ticket.key = r->ticket.key;
  fcl_params_copy(&step->params, &r->params);
  return step;
}

void fcl__authorize_begin(fcl_request *r) {
  fcl_error e;
  fcl_request *step = new_step(r);
  if (step == NULL) {
    fcl__outcome_sentence(r, &e, FCL_E_NOMEM, 0, "could not be asked: no memory for its authorizer",
                          "Free memory");
    fcl__request_keep_error(r, &e);
    fcl__outcome_end(r);
    return;
  }
  r->step = step;
  r->is_stepping = 1;
  r->pool->steps++;
  fcl__request_submit(step);
}

int fcl__authorize_give_up(fcl_request *r, const fcl_error *e) {
  if (!r->is_stepping)
    return 0;
  fcl__request_keep_error(r, e);
  if (r->step)
    fcl_request_cancel(r->step);
  return 1;
}

static void go_on(fcl_request *r) {
  fcl_error e;
  if (fcl__gather_finds_length(r) || fcl__request_end_params(r, &e) == FCL_OK) {
    fcl__exchange_approach(r);
    return;
  }
  fcl__request_keep_error(r, &e);
  fcl__outcome_end(r);
}

void fcl__authorize_conclude(fcl_request *r) {
  r->is_stepping = 0;
  if (r->failed || !r->is_authorized)
    fcl__outcome_end(r);
  else
    go_on(r);
  fcl__pool_stepped(r->pool);
}
