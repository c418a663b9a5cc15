/* session.c: one request: prepared on the server's thread, then led by orders to its end. */
#include "session.h"
#include "host.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const visit_host host = {orders_leave, facts_variable, facts_name};

/* ---- Orders ---- */

/* The request is canceled for what is wrong with the head. */
static void refuse_head(session *s) {
  s->refused_status = s->visit.head->status;
  fcl_request_cancel(s->visit.request);
}

/* Its page says so.  Only when the client's loop has told how the request ended. */
static void tell_refused(session *s) {
  s->visit.error.code = FCL_E_HEAD;
  snprintf(s->visit.error.text, sizeof s->visit.error.text,
           "The response head of the application, with status %d, is none that the web server can "
           "send.",
           s->refused_status);
  host_log(FCL_LEVEL_ERROR, s->visit.error.text);
}

void session_send_head(session *s) {
  char text[64];
  s->visit.has_head = !s->visit.is_gone && reply_head(s, s->visit.head);
  if (s->visit.has_head) {
    snprintf(text, sizeof text, "%d", s->visit.head->status);
    reply_trace(s, u"FCGICLIENT_HEAD", text, 0);
  } else if (!s->visit.is_gone) {
    refuse_head(s);
  }
  fcl_request_resume(s->visit.request);
}

/* What the server has not sent it must not send any more: its memory is about to go. */
void session_settle(session *s, order what, int ok, DWORD size) {
  if (what == ORDER_SPAN && !ok)
    s->out->table->Clear(s->out);
  visit_settle(&s->visit, what, ok, size);
}

/* Nothing but a whole response looks whole. */
static int finish(session *s) {
  int ok = s->visit.error.code == FCL_OK && s->visit.has_head;
  if (s->visit.is_gone || s->visit.error.code == FCL_E_CANCELED) {
    s->out->table->ResetConnection(s->out);
    return 0;
  }
  if (ok && (!fcl_cgi_reply_short(&s->visit.reply) || s->visit.reply.framing == FCL_CGI_NO_BODY))
    return 1;
  if (s->context->table->GetResponseHeadersSent(s->context))
    s->out->table->ResetConnection(s->out);
  else if (s->visit.shown.len)
    reply_shown(s);
  else
    reply_error(s, fcl_code_iis(ok ? FCL_E_TRUNCATED : s->visit.error.code),
                s->visit.error.code == FCL_E_STDERR ? "" : s->visit.error.text);
  return 0;
}

static void free_session(session *s) {
  s->owner->session = NULL;
  visit_free(&s->visit);
  free(s);
}

REQUEST_NOTIFICATION_STATUS session_end(session *s) {
  int ok;
  watch_end(s);
  if (s->refused_status != 0)
    tell_refused(s);
  ok = finish(s);
  if (s->visit.error.code != FCL_OK)
    reply_trace(s, u"FCGICLIENT_ERROR", s->visit.error.text, (HRESULT) (0x80004005u /* E_FAIL */));
  else
    reply_trace(s, u"FCGICLIENT_END", "", 0);
  free_session(s);
  return ok ? RQ_NOTIFICATION_CONTINUE : RQ_NOTIFICATION_FINISH_REQUEST;
}

/* ---- The beginning ---- */

static void refuse(session *s, int status) {
  fcl_iis what = {status, 0, status == 404 ? 0x80070002u /* ERROR_FILE_NOT_FOUND */ : 0};
  reply_error(s, what, s->visit.error.text);
}

/* On named pipes the application may act as this user.  NULL: it is who it is. */
static HANDLE token(session *s) {
  IHttpUser *user = s->context->table->GetUser(s->context);
  return user ? user->table->GetImpersonationToken(user) : NULL;
}

static void start(session *s) {
  visit *v = &s->visit;
  s->wants_body = v->body_left != 0;
  watch_begin(s);
  fcl_request_start(v->request);
  if (!s->wants_body)
    fcl_request_finish(v->request);
  if (!watch_is_connected(s)) /* from now on somebody tells */
    visit_give_up(v);
}

/* Everything until the request is on its way.  Returns 0, or the status to refuse it with. */
static int prepare(session *s, settings *in) {
  int status = facts_take(s);
  if (status == 0)
    status = facts_route(s, in->config);
  if (status)
    return status;
  reply_trace(s, u"FCGICLIENT_APPLICATION", s->visit.route.app->name, 0);
  status = orders_open(s) ? visit_open(&s->visit, in, token(s)) : 500;
  if (status == 0)
    start(s);
  return status;
}

static session *new_session(module *m, IHttpContext *context, IHttpEventProvider *provider) {
  session *s = malloc(sizeof *s);
  if (s == NULL)
    return NULL;
  memset(s, 0, offsetof(session, visit));
  visit_init(&s->visit, &host);
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
  settings *in = s ? service_enter(&s->visit.error) : NULL;
  int status = 500;
  if (s == NULL)
    return RQ_NOTIFICATION_FINISH_REQUEST; /* an empty answer: nothing can be said any more */
  if (in) {
    status = prepare(s, in);
    service_leave(in);
  }
  if (status == 0)
    return orders_carry_out(s);
  if (s->visit.error.text[0])
    host_log(FCL_LEVEL_ERROR, s->visit.error.text);
  refuse(s, status);
  free_session(s);
  return RQ_NOTIFICATION_FINISH_REQUEST;
}
