/* visit.c: the client's loop leaves orders, which the server's threads carry out: what such orders
   have in common in every server. */
#include "visit.h"
#include <stddef.h>
#include <string.h>

void visit_init(visit *v, const visit_host *host) {
  memset(v, 0, offsetof(visit, headers));
  v->host = host;
}

void visit_free(visit *v) {
  if (v->request)
    fcl_request_free(v->request);
}

/* ---- What the client's loop calls ---- */

static fcl_flow on_head(fcl_request *r, const fcl_head *head, void *user) {
  visit *v = user;
  v->head = head;
  v->host->leave(v, ORDER_HEAD);
  return FCL_HOLD;
}

static fcl_flow on_body(fcl_request *r, const char *data, size_t len, void *user) {
  visit *v = user;
  v->span = (fcl_slice){data, len};
  v->host->leave(v, ORDER_SPAN);
  return FCL_HOLD;
}

static void on_sent(fcl_request *r, fcl_code code, void *user) {
  visit *v = user;
  if (code == FCL_OK && v->body_left != 0)
    v->host->leave(v, ORDER_READ);
}

static void on_done(fcl_request *r, const fcl_result *result, void *user) {
  visit *v = user;
  v->error = result->error;
  v->retry_after = result->retry_after_s;
  if (result->shows_stderr)
    v->shown = fcl_request_stderr(r);
  service_log(&result->error);
  v->host->leave(v, ORDER_END);
}

static const fcl_handlers handlers = {
    .on_head = on_head, .on_body = on_body, .on_sent = on_sent, .on_done = on_done};

/* ---- The beginning ---- */

/* A connection to a port speaks for nobody. */
static int has_users(const fcl_pool_options *options) {
  const char *const *address = options->addresses;
  while (address && *address && strncmp(*address, "pipe:", 5) == 0)
    address++;
  return !options->tcp && (address == NULL || *address == NULL);
}

static int set_user(visit *v, void *token) {
  fcl_identity *user;
  if (token == NULL || !has_users(v->route.app->options))
    return 0;
  if (fcl_identity_token(&user, token, &v->error) != FCL_OK)
    return 500;
  fcl_request_identity(v->request, user);
  fcl_identity_unref(user);
  return 0;
}

static void announce_body(visit *v) {
  const char *method = v->q.method.base;
  if (v->body_left != 0)
    fcl_request_body(v->request, v->body_left, FCL_BODY_SPOOL);
  else if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
    fcl_request_param(v->request, "CONTENT_LENGTH", "0");
}

int visit_open(visit *v, const settings *in, void *token) {
  int status;
  v->request = fcl_request_new(in->applications[v->route.app->index]->pool, &handlers, v);
  status = v->request ? visit_set_params(v) : 500;
  if (status == 0)
    status = set_user(v, token);
  if (status == 0)
    announce_body(v);
  return status;
}

/* ---- Orders ---- */

void visit_give_up(visit *v) {
  v->is_gone = 1;
  fcl_request_cancel(v->request);
}

unsigned visit_room(const visit *v) {
  return v->body_left < 0 || v->body_left > UPLOAD_SIZE ? UPLOAD_SIZE : (unsigned) v->body_left;
}

void visit_pass_on(visit *v, const void *data, size_t len) {
  if (v->body_left > 0)
    v->body_left -= (int64_t) len;
  else if (len == 0)
    v->body_left = 0;
  if (len > 0)
    fcl_request_write(v->request, data, len);
  if (v->body_left == 0)
    fcl_request_finish(v->request);
}

void visit_settle(visit *v, order what, int ok, size_t size) {
  if (what == ORDER_SPAN) {
    if (!ok)
      visit_give_up(v);
    fcl_request_resume(v->request);
  } else if (ok && (size > 0 || v->body_left < 0)) {
    visit_pass_on(v, v->upload, size);
  } else {
    visit_give_up(v);
  }
}
