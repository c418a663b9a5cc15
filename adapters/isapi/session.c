/* session.c: the order book of one request.  The client's loop leaves orders: send the head, send a
   span, read more of the body, end.  Threads of the server carry them out, since a call into the
   server may take as long as its client likes. */
#include "session.h"
#include "host.h"
#include "reply.h"
#include "service.h"
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { UPLOAD_SIZE = 65536 };

typedef enum order { ORDER_NONE, ORDER_HEAD, ORDER_SPAN, ORDER_END, ORDER_READ } order;

typedef struct session {
  facts facts;
  EXTENSION_CONTROL_BLOCK *ecb;
  fcl_request *request;
  uv_cond_t changed;
  /* The book, under the service's lock. */
  order answer; /* ORDER_HEAD, ORDER_SPAN or ORDER_END: each waits for the one before */
  int wants_body;
  const fcl_head *head; /* what they are about: lent by the library until resume */
  fcl_slice span;
  fcl_code code;
  unsigned retry_after;
  /* The server's threads'. */
  fcl_cgi_reply reply;
  int has_head, is_refused, is_gone; /* sent; by the server; the client has left */
  int64_t body_left;                 /* -1: not known */
  char *upload;
} session;

/* ---- The loop's side ---- */

static void leave_order(session *s, order o) {
  service_lock();
  if (o == ORDER_READ)
    s->wants_body = 1;
  else
    s->answer = o;
  uv_cond_signal(&s->changed); /* under the lock: behind it, the session may be no more */
  service_unlock();
}

static fcl_flow on_head(fcl_request *r, const fcl_head *head, void *user) {
  session *s = user;
  s->head = head;
  leave_order(s, ORDER_HEAD);
  return FCL_HOLD;
}

static fcl_flow on_body(fcl_request *r, const char *data, size_t len, void *user) {
  session *s = user;
  s->span = (fcl_slice){data, len};
  leave_order(s, ORDER_SPAN);
  return FCL_HOLD;
}

static void on_sent(fcl_request *r, fcl_code code, void *user) {
  session *s = user;
  if (code == FCL_OK && s->body_left != 0)
    leave_order(s, ORDER_READ);
}

static void on_done(fcl_request *r, const fcl_result *result, void *user) {
  session *s = user;
  const fcl_error *e = &result->error;
  if (e->code != FCL_OK && e->code != FCL_E_CANCELED && !service_has_said(e->text))
    host_log(e->text);
  s->code = e->code;
  s->retry_after = result->retry_after_s;
  leave_order(s, ORDER_END);
}

static const fcl_handlers handlers = {on_head, on_body, NULL, on_sent, NULL, on_done};

/* ---- The server's side ---- */

static void client_left(session *s) {
  s->is_gone = 1;
  fcl_request_cancel(s->request);
}

static void send_head(session *s) {
  s->has_head = reply_head(&s->facts, &s->reply, s->head);
  if (!s->has_head) {
    host_log("The web server refused the head of a response, so the client got an error instead.");
    s->is_refused = 1;
    fcl_request_cancel(s->request);
  }
  fcl_request_resume(s->request);
}

static void send_span(session *s) {
  DWORD size = (DWORD) fcl_cgi_reply_take(&s->reply, s->span.len);
  if (size > 0 && !s->ecb->WriteClient(s->ecb->ConnID, (void *) s->span.base, &size, HSE_IO_SYNC))
    client_left(s);
  fcl_request_resume(s->request);
}

/* A part of the request body is here; an empty one is its end. */
static void pass_on(session *s, const void *data, size_t len) {
  if (s->body_left > 0)
    s->body_left -= (int64_t) len;
  else if (len == 0)
    s->body_left = 0;
  if (len > 0)
    fcl_request_write(s->request, data, len);
  if (s->body_left == 0)
    fcl_request_finish(s->request);
}

/* Returns 0 when the client has left. */
static int read_some(session *s, DWORD *size) {
  *size = s->body_left < 0 || s->body_left > UPLOAD_SIZE ? UPLOAD_SIZE : (DWORD) s->body_left;
  if (s->upload == NULL)
    s->upload = facts_alloc(&s->facts, UPLOAD_SIZE);
  return s->upload && s->ecb->ReadClient(s->ecb->ConnID, s->upload, size) &&
         (*size > 0 || s->body_left < 0);
}

static void read_body(session *s) {
  DWORD size;
  if (read_some(s, &size))
    pass_on(s, s->upload, size);
  else
    client_left(s);
}

static order next_order(session *s) {
  order o;
  service_lock();
  while (s->answer == ORDER_NONE && !s->wants_body)
    service_wait(&s->changed);
  o = s->answer != ORDER_NONE ? s->answer : ORDER_READ;
  if (o == ORDER_READ)
    s->wants_body = 0;
  else
    s->answer = ORDER_NONE;
  service_unlock();
  return o;
}

/* ---- Beginning and end ---- */

static DWORD end(session *s) {
  int is_short = s->has_head && fcl_cgi_reply_short(&s->reply);
  int failed = s->is_gone || s->is_refused || s->code != FCL_OK || is_short;
  if (!s->has_head && !s->is_gone && !s->is_refused && s->code != FCL_OK)
    failed = !reply_page(&s->facts, fcl_code_http(s->code), s->retry_after);
  else if (s->has_head && !s->is_gone && failed && s->reply.framing != FCL_CGI_NO_BODY &&
           !reply_cut(&s->facts))
    host_log("The connection of a client whose response broke off was not found; the response may "
             "look whole to it.");
  return failed ? HSE_STATUS_ERROR : HSE_STATUS_SUCCESS;
}

static DWORD run(session *s) {
  for (;;)
    switch (next_order(s)) {
    case ORDER_NONE:
      break;
    case ORDER_HEAD:
      send_head(s);
      break;
    case ORDER_SPAN:
      send_span(s);
      break;
    case ORDER_READ:
      read_body(s);
      break;
    case ORDER_END:
      return end(s);
    }
}

/* What is here of the body.  Apache: nothing, whatever cbTotalBytes says, without read-ahead; and
   if the client expects "100 Continue", read-ahead loses the body.  417 has it come again. */
static int first_part(session *s, fcl_slice *part) {
  EXTENSION_CONTROL_BLOCK *ecb = s->ecb;
  DWORD size;
  s->body_left = s->facts.body_length;
  *part = (fcl_slice){(char *) ecb->lpbData, ecb->cbAvailable};
  if (s->body_left <= 0 || ecb->cbTotalBytes > 0)
    return 0;
  reply_invite_body(&s->facts);
  if (!read_some(s, &size))
    return facts_variable(&s->facts, "HTTP_EXPECT").len ? 417 : 400;
  *part = (fcl_slice){s->upload, size};
  return 0;
}

static void start(session *s, fcl_slice part) {
  int64_t length = s->body_left;
  const char *method = s->ecb->lpszMethod;
  if (length >= 0 && part.len > (uint64_t) length)
    part.len = (size_t) length;
  if (length != 0)
    fcl_request_body(s->request, length, FCL_BODY_STREAM);
  else if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
    fcl_request_param(s->request, "CONTENT_LENGTH", "0");
  fcl_request_start(s->request);
  if (part.len > 0 || length == 0)
    pass_on(s, part.base, part.len);
  else
    s->wants_body = 1;
}

/* Everything until the request is on its way.  Returns 0, or the status to refuse it with. */
static int prepare(session *s, settings *in) {
  const fcl_config_app *app;
  fcl_slice part;
  int status = facts_take(&s->facts, s->ecb);
  if (status == 0)
    status = facts_route(&s->facts, in->config, &app);
  if (status == 0)
    status = first_part(s, &part);
  if (status)
    return status;
  s->request = fcl_request_new(in->pools[app->index], &handlers, s);
  if (s->request == NULL)
    return 500;
  status = facts_set_params(&s->facts, s->request);
  if (status == 0)
    start(s, part);
  return status;
}

DWORD session_serve(EXTENSION_CONTROL_BLOCK *ecb) {
  session s = {0};
  fcl_error error;
  settings *in = service_enter(&error);
  int status = 500;
  DWORD result;
  uv_cond_init(&s.changed);
  s.ecb = s.facts.ecb = ecb;
  if (in == NULL)
    host_log(error.text);
  else
    status = prepare(&s, in);
  if (in)
    service_leave(in);
  if (status)
    result = reply_page(&s.facts, status, 0) ? HSE_STATUS_SUCCESS : HSE_STATUS_ERROR;
  else
    result = run(&s);
  if (s.request)
    fcl_request_free(s.request);
  uv_cond_destroy(&s.changed);
  facts_free(&s.facts);
  return result;
}
