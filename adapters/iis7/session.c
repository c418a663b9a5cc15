/* session.c: one request: prepared on the server's thread, then led by orders to its end. */
#include "session.h"
#include "host.h"
#include "service.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- What the client's loop calls ---- */

static fcl_flow on_head(fcl_request *r, const fcl_head *head, void *user) {
  session *s = user;
  s->head = head;
  orders_leave(s, ORDER_HEAD);
  return FCL_HOLD;
}

static fcl_flow on_body(fcl_request *r, const char *data, size_t len, void *user) {
  session *s = user;
  s->span = (fcl_slice){data, len};
  orders_leave(s, ORDER_SPAN);
  return FCL_HOLD;
}

static void on_sent(fcl_request *r, fcl_code code, void *user) {
  session *s = user;
  if (code == FCL_OK && s->body_left != 0)
    orders_leave(s, ORDER_READ);
}

static void on_done(fcl_request *r, const fcl_result *result, void *user) {
  session *s = user;
  if (s->error.code == FCL_OK) /* else it says why we have canceled it */
    s->error = result->error;
  s->retry_after = result->retry_after_s;
  if (result->shows_stderr)
    s->shown = fcl_request_stderr(r);
  service_log(&result->error);
  orders_leave(s, ORDER_END);
}

static const fcl_handlers handlers = {
    .on_head = on_head, .on_body = on_body, .on_sent = on_sent, .on_done = on_done};

/* ---- Orders ---- */

void session_give_up(session *s) {
  s->is_gone = 1;
  fcl_request_cancel(s->request);
}

/* The request is canceled for what is wrong with the head, and its page says so. */
static void refuse_head(session *s) {
  s->error.code = FCL_E_HEAD;
  snprintf(s->error.text, sizeof s->error.text,
           "The response head of the application, with status %d, is none that the web server can "
           "send.",
           s->head->status);
  host_log(FCL_LEVEL_ERROR, s->error.text);
  fcl_request_cancel(s->request);
}

void session_send_head(session *s) {
  char text[64];
  s->has_head = !s->is_gone && reply_head(s, s->head);
  if (s->has_head) {
    snprintf(text, sizeof text, "%d", s->head->status);
    reply_trace(s, u"FCGICLIENT_HEAD", text, 0);
  } else if (!s->is_gone) {
    refuse_head(s);
  }
  fcl_request_resume(s->request);
}

DWORD session_room(const session *s) {
  return s->body_left < 0 || s->body_left > UPLOAD_SIZE ? UPLOAD_SIZE : (DWORD) s->body_left;
}

/* The next part of the body; an empty one is the end of one whose length is not known. */
static void pass_on(session *s, size_t len) {
  if (s->body_left > 0)
    s->body_left -= (int64_t) len;
  else if (len == 0)
    s->body_left = 0;
  if (len > 0)
    fcl_request_write(s->request, s->upload, len);
  if (s->body_left == 0)
    fcl_request_finish(s->request);
}

/* What the server has not sent it must not send any more: its memory is about to go. */
void session_settle(session *s, order what, int ok, DWORD size) {
  if (what == ORDER_SPAN) {
    if (!ok) {
      s->out->table->Clear(s->out);
      session_give_up(s);
    }
    fcl_request_resume(s->request);
  } else if (ok && (size > 0 || s->body_left < 0)) {
    pass_on(s, size);
  } else {
    session_give_up(s);
  }
}

/* Nothing but a whole response looks whole. */
static int finish(session *s) {
  int ok = s->error.code == FCL_OK && s->has_head;
  if (s->is_gone || s->error.code == FCL_E_CANCELED) {
    s->out->table->ResetConnection(s->out);
    return 0;
  }
  if (ok && (!fcl_cgi_reply_short(&s->reply) || s->reply.framing == FCL_CGI_NO_BODY))
    return 1;
  if (s->context->table->GetResponseHeadersSent(s->context))
    s->out->table->ResetConnection(s->out);
  else if (s->shown.len)
    reply_shown(s);
  else
    reply_error(s, fcl_code_iis(ok ? FCL_E_TRUNCATED : s->error.code),
                s->error.code == FCL_E_STDERR ? "" : s->error.text);
  return 0;
}

static void free_session(session *s) {
  s->owner->session = NULL;
  if (s->request)
    fcl_request_free(s->request);
  free(s);
}

REQUEST_NOTIFICATION_STATUS session_end(session *s) {
  int ok;
  watch_end(s);
  ok = finish(s);
  if (s->error.code != FCL_OK)
    reply_trace(s, u"FCGICLIENT_ERROR", s->error.text, (HRESULT) (0x80004005u /* E_FAIL */));
  else
    reply_trace(s, u"FCGICLIENT_END", "", 0);
  free_session(s);
  return ok ? RQ_NOTIFICATION_CONTINUE : RQ_NOTIFICATION_FINISH_REQUEST;
}

/* ---- The beginning ---- */

static void refuse(session *s, int status) {
  fcl_iis what = {status, 0, status == 404 ? 0x80070002u /* ERROR_FILE_NOT_FOUND */ : 0};
  reply_error(s, what, s->error.text);
}

/* The server's user: on named pipes the application may act as him.  Without a token, and over TCP,
   it is who it is. */
static int take_user(session *s, const fcl_config_app *app) {
  IHttpUser *user = s->context->table->GetUser(s->context);
  HANDLE token = user ? user->table->GetImpersonationToken(user) : NULL;
  fcl_identity *identity;
  if (token == NULL || app->protocol != FCL_CONFIG_NAMED_PIPE || (app->set & FCL_CONFIG_ADDRESS))
    return 0;
  if (fcl_identity_token(&identity, token, &s->error) != FCL_OK)
    return 500;
  fcl_request_identity(s->request, identity);
  fcl_identity_unref(identity);
  return 0;
}

static void start(session *s) {
  const char *method = s->facts.q.method.base;
  s->body_left = s->facts.body_length;
  if (s->body_left != 0)
    fcl_request_body(s->request, s->body_left, FCL_BODY_SPOOL);
  else if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
    fcl_request_param(s->request, "CONTENT_LENGTH", "0");
  s->wants_body = s->body_left != 0;
  watch_begin(s);
  fcl_request_start(s->request);
  if (!s->wants_body)
    fcl_request_finish(s->request);
  if (!watch_is_connected(s)) /* from now on somebody tells */
    session_give_up(s);
}

/* Everything until the request is on its way.  Returns 0, or the status to refuse it with. */
static int prepare(session *s, settings *in) {
  int status = facts_take(s);
  const fcl_config_app *app;
  if (status == 0)
    status = facts_route(s, in->config);
  if (status)
    return status;
  app = s->facts.route.app;
  reply_trace(s, u"FCGICLIENT_APPLICATION", app->name, 0);
  s->request = fcl_request_new(in->applications[app->index]->pool, &handlers, s);
  status = s->request && orders_open(s) ? facts_set_params(s) : 500;
  if (status == 0)
    status = take_user(s, app);
  if (status == 0)
    start(s);
  return status;
}

static session *new_session(module *m, IHttpContext *context, IHttpEventProvider *provider) {
  session *s = malloc(sizeof *s);
  if (s == NULL)
    return NULL;
  memset(s, 0, offsetof(session, facts) + offsetof(facts, headers));
  s->owner = m;
  s->context = context;
  s->in = context->table->GetRequest(context);
  s->out = context->table->GetResponse(context);
  s->provider = provider;
  return m->session = s;
}

REQUEST_NOTIFICATION_STATUS session_serve(module *m, IHttpContext *context,
                                          IHttpEventProvider *provider) {
  session *s = new_session(m, context, provider);
  settings *in = s ? service_enter(&s->error) : NULL;
  int status = 500;
  if (s == NULL)
    return RQ_NOTIFICATION_FINISH_REQUEST; /* an empty answer: nothing can be said any more */
  if (in) {
    status = prepare(s, in);
    service_leave(in);
  }
  if (status == 0)
    return orders_carry_out(s);
  if (s->error.text[0])
    host_log(FCL_LEVEL_ERROR, s->error.text);
  refuse(s, status);
  free_session(s);
  return RQ_NOTIFICATION_FINISH_REQUEST;
}
