/* request.c: the public verbs of requests: building, and the notes that the loop acts on. */
#include "base/error.h"
#include "base/hash.h"
#include "client/internal.h"
#include <fcgiclient/cgi.h>
#include <stdio.h>
#include <string.h>

#define SPARE_MAX 512 /* requests whose memory is kept for the next */

static fcl_slice slice(const char *text) {
  fcl_slice s;
  s.base = text;
  s.len = text ? strlen(text) : 0;
  return s;
}

/* ---- Memory ---- */

static fcl_request *take_spare(fcl_client *c) {
  fcl_request *r;
  uv_mutex_lock(&c->lock);
  r = c->spare;
  if (r) {
    c->spare = r->next_spare;
    c->spare_count--;
  }
  uv_mutex_unlock(&c->lock);
  return r;
}

static int keep_spare(fcl_client *c, fcl_request *r) {
  int is_kept;
  uv_mutex_lock(&c->lock);
  is_kept = c->spare_count < SPARE_MAX;
  if (is_kept) {
    r->next_spare = c->spare;
    c->spare = r;
    c->spare_count++;
  }
  uv_mutex_unlock(&c->lock);
  return is_kept;
}

void fcl__request_recycle(fcl_request *r) {
  fcl_pool *p = r->pool;
  fcl_client *c = p->client;
  fcl_params params = r->params;
  fcl_request_authorize(r, NULL);
  fcl_identity_unref(r->identity);
  fcl__stderr_free(r);
  fcl__free(&c->memory, r->error);
  fcl_params_reset(&params);
  memset(r, 0, sizeof *r);
  r->params = params;
  if (!keep_spare(c, r)) {
    fcl_params_free(&r->params);
    fcl__free(&c->memory, r);
  }
  fcl__pool_unref(p);
}

fcl_request *fcl__request_new(fcl_pool *p, const fcl_handlers *handlers, size_t size, void *user) {
  fcl_client *c = p->client;
  fcl_request *r = take_spare(c);
  if (r == NULL) {
    r = fcl__zalloc(&c->memory, sizeof *r);
    if (r == NULL)
      return NULL;
    fcl_params_init(&r->params, c->memory.fn, c->memory.user);
  }
  fcl_params_limit(&r->params, atomic_load(&p->max_params), atomic_load(&p->max_param));
  r->pool = p;
  r->user = user;
  r->note.act = fcl__request_act;
  r->alarm.expired = fcl__exchange_rings;
  r->response.left = r->protocol_status = -1;
  r->role = FCL_RESPONDER;
  memcpy(&r->handlers, handlers, size < sizeof r->handlers ? size : sizeof r->handlers);
  atomic_fetch_add_explicit(&p->refs, 1, memory_order_relaxed);
  return r;
}

/* ---- Building ---- */

void fcl_request_param(fcl_request *r, const char *name, const char *value) {
  fcl_params_set(&r->params, slice(name), slice(value));
}

void fcl_request_param_n(fcl_request *r, fcl_slice name, fcl_slice value) {
  fcl_params_set(&r->params, name, value);
}

void fcl_request_headers(fcl_request *r, const fcl_header *headers, size_t count) {
  fcl_cgi_headers(&r->params, headers, count, 0);
}

void fcl_request_body(fcl_request *r, int64_t length, fcl_body unknown) {
  r->body_length = r->body_left = length < 0 ? -1 : length;
  r->body_unknown = unknown;
}

void fcl_request_role(fcl_request *r, fcl_role role) {
  r->role = (unsigned char) role;
}

void fcl_request_affinity(fcl_request *r, fcl_slice key) {
  r->ticket.affinity = fcl__affinity_hash(key.base, key.len);
  r->ticket.has_affinity = 1;
}

void fcl_request_raw(fcl_request *r) {
  r->is_raw = 1;
}

void fcl_request_tag(fcl_request *r, fcl_slice tag) {
  snprintf(r->tag, sizeof r->tag, "%.*s",
           (int) (tag.len < sizeof r->tag ? tag.len : sizeof r->tag - 1), tag.base);
  r->ticket.tag = slice(r->tag);
}

/* 0 would mean that there is none. */
void fcl_request_source(fcl_request *r, fcl_slice key) {
  uint64_t hash = fcl__hash(r->pool->client->secret, key.base, key.len);
  r->ticket.key = key.len == 0 ? 0 : hash | 1;
}

static void set_content_length(fcl_request *r) {
  char text[24];
  if (r->body_length > 0) {
    snprintf(text, sizeof text, "%lld", (long long) r->body_length);
    fcl_params_set_text(&r->params, "CONTENT_LENGTH", text);
  }
}

static int is(fcl_slice text, const char *other) {
  return text.len == strlen(other) && memcmp(text.base, other, text.len) == 0;
}

/* The method, and what the request is about, in words for an administrator: the script if one is
   named, else what the client asked for.  One walk finds both. */
void fcl__request_look(fcl_request *r) {
  fcl_slice name, value, *subject = &r->ticket.subject;
  size_t at = 0;
  int has_method = 0, has_script = 0;
  subject->len = 0;
  while (!(has_method && has_script) && fcl_params_next(&r->params, &at, &name, &value)) {
    if (is(name, "REQUEST_METHOD")) {
      has_method = 1;
      r->is_head = is(value, "HEAD");
      r->is_safe = r->is_head || is(value, "GET");
    } else if (is(name, "SCRIPT_FILENAME")) {
      has_script = 1;
      *subject = value;
    } else if (!has_script &&
               (is(name, "REQUEST_URI") || (subject->len == 0 && is(name, "SCRIPT_NAME")))) {
      *subject = value;
    }
  }
}

static fcl_code named(const fcl_request *r, fcl_error *e) {
  fcl_error plain = *e;
  return fcl__error_setx(e, plain.code, plain.sys, "%s: %s", r->pool->options.name, plain.text);
}

fcl_code fcl__request_end_params(fcl_request *r, fcl_error *e) {
  fcl_code code;
  set_content_length(r);
  code = fcl_params_end(&r->params, r->role, r->body_length == 0, &r->image, e);
  fcl__request_look(r);
  return code ? named(r, e) : FCL_OK;
}

static fcl_code check(fcl_request *r, fcl_error *e) {
  fcl_code code = FCL_OK;
  if (r->body_length < 0 && r->body_unknown == FCL_BODY_REFUSE)
    code = fcl__error_setx(
        e, FCL_E_LENGTH_REQUIRED, 0,
        "the request body has no length, and the application must be told one. "
        "Ask the client for Content-Length, or let the body be gathered (FCL_BODY_SPOOL)");
  if (code == FCL_OK)
    code = fcl__authorize_check(r, e);
  if (code == FCL_OK)
    code = fcl__role_complete(r, e);
  return code ? named(r, e) : FCL_OK;
}

/* What an authorizer has to say, or the length of a gathered body, comes in before the parameters
   are ended; an error in them is told at once. */
static void complete(fcl_request *r) {
  fcl_error e;
  fcl_code code;
  set_content_length(r);
  code = check(r, &e);
  if (code == FCL_OK &&
      ((r->authorizer == NULL && !fcl__gather_finds_length(r)) || r->params.failed))
    code = fcl__request_end_params(r, &e);
  else
    fcl__request_look(r);
  if (code)
    fcl__request_keep_error(r, &e);
}

/* ---- Verbs ---- */

static void post(fcl_request *r, unsigned bit) {
  fcl__client_post(r->pool->client, &r->note, bit);
}

void fcl_request_start(fcl_request *r) {
  complete(r);
  post(r, FCL__REQUEST_START);
}

void fcl_request_write(fcl_request *r, const void *data, size_t len) {
  r->lend = data;
  r->lend_len = len;
  post(r, FCL__REQUEST_WRITE);
}

void fcl_request_data(fcl_request *r, const void *data, size_t len) {
  r->lend = data;
  r->lend_len = len;
  post(r, FCL__REQUEST_DATA);
}

void fcl_request_finish(fcl_request *r) {
  post(r, FCL__REQUEST_FINISH);
}

void fcl_request_resume(fcl_request *r) {
  post(r, FCL__REQUEST_RESUME);
}

void fcl_request_cancel(fcl_request *r) {
  post(r, FCL__REQUEST_CANCEL);
}

void fcl_request_wake(fcl_request *r) {
  post(r, FCL__REQUEST_WAKE);
}

/* On the loop, with nothing noted and nobody further up who looks at it again, its memory can go at
 * once. */
void fcl_request_free(fcl_request *r) {
  if (fcl__client_is_owner(r->pool->client) && !r->is_acting && atomic_load(&r->note.bits) == 0)
    fcl__request_recycle(r);
  else
    post(r, FCL__REQUEST_FREE);
}

static int may_wake(const fcl_request *r, unsigned bits) {
  return r->handlers.on_wake && !(bits & FCL__REQUEST_FREE) && !r->pool->client->is_closed;
}

/* What is called on a request that is done, or about a client that is closed, has no effect.
   on_done waits until all notes are acted on, since what these lend must come back before it. */
void fcl__request_act(fcl__note *note, unsigned bits) {
  fcl_request *r = FCL__OF(note, fcl_request, note);
  r->is_acting = 1;
  if (bits & FCL__REQUEST_START && r->phase == FCL__PHASE_BUILDING)
    fcl__exchange_submit(r, (bits & FCL__REQUEST_CANCEL) != 0);
  if (bits & FCL__REQUEST_CANCEL)
    fcl__outcome_cancel(r);
  if (bits & FCL__REQUEST_STEPPED)
    fcl__authorize_conclude(r);
  if (bits & FCL__REQUEST_WRITE && r->phase != FCL__PHASE_DONE)
    fcl__body_write(r);
  if (bits & FCL__REQUEST_FINISH && r->phase != FCL__PHASE_DONE)
    fcl__body_finish(r);
  if (bits & FCL__REQUEST_DATA && r->phase != FCL__PHASE_DONE)
    fcl__body_data(r);
  if (bits & FCL__REQUEST_RESUME)
    fcl__exchange_resume(r);
  if (bits & FCL__REQUEST_PUMP && r->phase != FCL__PHASE_DONE)
    fcl__body_pump(r);
  if (bits & FCL__REQUEST_GO_ON && r->phase != FCL__PHASE_DONE)
    fcl__exchange_go_on(r);
  if (bits & FCL__REQUEST_WAKE && may_wake(r, bits))
    r->handlers.on_wake(r, r->user);
  r->is_acting = 0;
  if (bits & FCL__REQUEST_FREE)
    fcl__request_recycle(r);
  else
    fcl__outcome_settle(r);
}

void fcl__request_submit(fcl_request *r) {
  complete(r);
  fcl__request_act(&r->note, FCL__REQUEST_START | FCL__REQUEST_FINISH);
}
