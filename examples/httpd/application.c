/* application.c: the FastCGI side: parameters, the body on its way there, the response on its way
 * back. */
#include "application.h"
#include "affinity.h"
#include "log.h"
#include "output.h"
#include "reply.h"
#include "text.h"
#include <stdio.h>

/* ---- The response ---- */

/* Keeps the path of a local redirect until the application is done with this request. */
static int keep_location(exchange *x, const fcl_head *head) {
  fcl_slice to;
  if (x->location == NULL)
    x->location = block_take(&x->c->worker->blocks, BLOCK_SMALL);
  if (x->location == NULL || !fcl_head_get(head, "Location", &to) || to.len > x->location->size)
    return 0;
  memcpy(x->location->bytes, to.base, to.len);
  x->location_len = to.len;
  return 1;
}

static fcl_flow on_head(fcl_request *r, const fcl_head *head, void *user) {
  exchange *x = user;
  if (head->local_redirect && keep_location(x, head)) {
    x->is_redirect = 1;
  } else if (!reply_head(x, head)) {
    log_sentence("", "an application's response head was too large to be passed on.");
    exchange_refuse(x, 502);
  } else {
    output_later(x);
  }
  return FCL_NEXT;
}

static fcl_flow on_body(fcl_request *r, const char *data, size_t len, void *user) {
  exchange *x = user;
  if (x->is_redirect || output_body(x, data, fcl_cgi_reply_take(&x->reply, len)))
    return FCL_NEXT;
  x->is_held = 1;
  return FCL_HOLD;
}

void application_resume(exchange *x) {
  x->is_held = 0;
  fcl_request_resume(x->request);
}

static void on_sent(fcl_request *r, fcl_code code, void *user) {
  exchange *x = user;
  x->is_lent = x->c->has_waited = 0;
  connection_settle(x->c);
}

/* RFC 3875 section 6.2.2: as if the client had asked for that path. */
static void follow(exchange *x) {
  char sentence[128];
  x->is_redirect = 0;
  x->use = BODY_UNWANTED; /* it went to the one who sent us on */
  if (++x->redirects <= REDIRECTS_MAX) {
    exchange_answer(x, slice(x->location->bytes, x->location_len));
    return;
  }
  snprintf(sentence, sizeof sentence,
           "local redirects went on after %d hops; the request was refused.", REDIRECTS_MAX);
  log_sentence("", sentence);
  reply_error(x, 502, 0);
}

static void finish(exchange *x, const fcl_result *result, fcl_slice stderr_text) {
  connection *c = x->c;
  int failed = result->error.code != FCL_OK;
  if (x->is_canceled || c->is_closing) {
    connection_settle(c);
    return;
  }
  if (failed && strcmp(result->error.text, c->worker->said) != 0) /* else it has just been said */
    log_sentence("", result->error.text);
  if (result->shows_stderr)
    reply_text(x, fcl_code_http(result->error.code), stderr_text);
  else if (failed)
    reply_error(x, fcl_code_http(result->error.code), result->retry_after_s);
  else if (x->is_redirect)
    follow(x);
  else if (fcl_cgi_reply_short(&x->reply))
    connection_reset(c);
  else
    output_end(x);
  connection_settle(c);
}

static void on_done(fcl_request *r, const fcl_result *result, void *user) {
  exchange *x = user;
  x->request = NULL;
  finish(x, result, fcl_request_stderr(r));
  fcl_request_free(r);
}

static const fcl_handlers handlers = {on_head, on_body, NULL, on_sent, NULL, on_done};

/* ---- The request ---- */

static void set_param(void *request, fcl_slice name, fcl_slice value) {
  fcl_request_param_n(request, name, value);
}

static fcl_code set_params(exchange *x, const route *r) {
  connection *c = x->c;
  fcl_cgi_request q;
  memset(&q, 0, sizeof q);
  connection_addresses(c);
  q.method = exchange_method(x);
  q.target = x->redirects ? slice(x->location->bytes, x->location_len) : x->target;
  q.query = r->target.query;
  q.protocol = x->minor ? LITERAL("HTTP/1.1") : LITERAL("HTTP/1.0");
  q.authority = r->target.authority;
  q.host = x->host;
  q.server_software = LITERAL("fcgiclient-httpd");
  q.server_addr = text(c->local_addr);
  q.server_port = c->local_port;
  q.remote_addr = text(c->remote_addr);
  q.remote_port = c->remote_port;
  q.document_root = text(c->worker->options->root);
  q.script_name = r->script;
  q.path_info = r->info;
  return fcl_cgi_params(&q, set_param, x->request);
}

/* A request that came by a redirect has no body, so nothing may speak of one. */
static void drop_content_type(exchange *x) {
  unsigned i, kept = 0;
  for (i = 0; i < x->field_count; i++)
    if (!same_fold(x->fields[i].name, "content-type"))
      x->fields[kept++] = x->fields[i];
  x->field_count = kept;
}

static void set_headers(exchange *x) {
  fcl_slice value;
  if (x->redirects)
    drop_content_type(x);
  if (x->c->worker->options->pass_authorization && exchange_field(x, "authorization", &value))
    fcl_request_param_n(x->request, LITERAL("HTTP_AUTHORIZATION"), value);
  fcl_request_headers(x->request, x->fields, x->field_count);
}

/* Of --param: they beat what a request says, whatever is set before or behind them. */
static void set_own(exchange *x) {
  const options *o = x->c->worker->options;
  unsigned i;
  for (i = 0; i < o->param_count; i++)
    fcl_request_param_n(x->request, o->params[i].name, o->params[i].value);
}

static void set_affinity(exchange *x) {
  fcl_slice key = affinity_key(x);
  if (key.len)
    fcl_request_affinity(x->request, key);
}

static void set_source(exchange *x) {
  if (!x->c->worker->options->one_queue)
    fcl_request_source(x->request, x->c->source);
}

static void send_body(exchange *x) {
  if (x->use == BODY_UNWANTED) {
    fcl_request_start(x->request);
    fcl_request_finish(x->request);
    return;
  }
  fcl_request_body(x->request, x->body_length, FCL_BODY_SPOOL);
  fcl_request_start(x->request);
}

void application_start(exchange *x, const route *r) {
  worker *w = x->c->worker;
  x->request = fcl_request_new(w->table.pools[r->app], &handlers, x);
  if (x->request == NULL) {
    reply_error(x, 503, 0);
    return;
  }
  if (set_params(x, r)) {
    fcl_request_free(x->request);
    x->request = NULL;
    reply_error(x, 414, 0);
    return;
  }
  set_headers(x);
  set_own(x);
  set_affinity(x);
  set_source(x);
  if (w->authorizer)
    fcl_request_authorize(x->request, w->authorizer);
  send_body(x);
}

void application_body(exchange *x, fcl_slice body, int is_complete) {
  if (x->request == NULL || x->is_canceled)
    return;
  if (body.len) {
    x->is_lent = 1;
    fcl_request_write(x->request, body.base, body.len);
  }
  if (is_complete)
    fcl_request_finish(x->request);
}

void application_cancel(exchange *x) {
  if (x->request == NULL || x->is_canceled)
    return;
  x->is_canceled = 1;
  fcl_request_cancel(x->request);
}
