/* session.c: one request: prepared on the server's thread, then led by orders to its end. */
#include "session.h"
#include "host.h"
#include "service.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static atomic_uint sessions;

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
  s->code = result->error.code;
  s->retry_after = result->retry_after_s;
  if (result->shows_stderr)
    s->shown = fcl_request_stderr(r);
  service_log(&result->error);
  orders_leave(s, ORDER_END);
}

static const fcl_handlers handlers = {
    .on_head = on_head, .on_body = on_body, .on_sent = on_sent, .on_done = on_done};

/* ---- Orders ---- */

static void give_up(session *s) {
  s->is_gone = 1;
  fcl_request_cancel(s->request);
}

void session_send_head(session *s) {
  s->has_head = reply_head(s, s->head);
  if (!s->has_head) {
    host_log(FCL_LEVEL_WARNING,
             "The web server did not take the head of a response; the client got an error.");
    give_up(s);
  }
  fcl_request_resume(s->request);
}

DWORD session_room(const session *s) {
  return s->body_left < 0 || s->body_left > UPLOAD_SIZE ? UPLOAD_SIZE : (DWORD) s->body_left;
}

/* The next part of the body; an empty one is the end of one whose length is not known. */
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

void session_settle(session *s) {
  struct operation *op = &s->operation;
  if (op->what == ORDER_SPAN) {
    if (!op->ok)
      give_up(s);
    fcl_request_resume(s->request);
  } else if (op->ok && (op->size > 0 || s->body_left < 0)) {
    pass_on(s, s->upload, op->size);
  } else if (!op->is_late) {
    give_up(s);
  }
}

static void free_session(session *s) {
  reply_take_back(s);
  if (s->request)
    fcl_request_free(s->request);
  uv_cond_destroy(&s->changed);
  free(s);
  atomic_fetch_sub(&sessions, 1);
}

unsigned session_count(void) {
  return atomic_load(&sessions);
}

/* What the server is told about the request beside its answer. */
static void report(session *s) {
  EXTENSION_CONTROL_BLOCK *ecb = s->ecb;
  if (s->code != FCL_OK)
    snprintf(ecb->lpszLogData, sizeof ecb->lpszLogData, "%s", fcl_code_phrase(s->code));
  if (s->code == FCL_E_QUEUE_FULL && s->is_unhealthy)
    ecb->ServerSupportFunction(ecb->ConnID, HSE_REQ_REPORT_UNHEALTHY,
                               (LPVOID) "libfcgiclient: too many requests are waiting", NULL, NULL);
}

/* IIS answers 500 where it starts no more processes for a while. */
static int status_of(fcl_code code) {
  return code == FCL_E_RAPID_FAIL ? fcl_code_iis(code).status : fcl_code_http(code);
}

DWORD session_end(session *s) {
  EXTENSION_CONTROL_BLOCK *ecb = s->ecb;
  int is_pending = !s->is_waiting, ok = s->code == FCL_OK && s->has_head;
  DWORD status;
  report(s);
  if (s->held.waits && !ok) {
    reply_take_back(s);
    s->has_head = 0;
  }
  if (s->has_head && !s->is_gone && (!ok || fcl_cgi_reply_short(&s->reply))) {
    ok = s->reply.framing == FCL_CGI_NO_BODY;
    if (!ok)
      reply_cut(s);
  } else if (!ok && !s->is_gone) {
    ok = reply_page(s, status_of(s->code));
  }
  ok = ok && reply_flush(s);
  free_session(s);
  status = ok ? HSE_STATUS_SUCCESS : HSE_STATUS_ERROR;
  if (!is_pending)
    return status;
  ecb->ServerSupportFunction(ecb->ConnID, HSE_REQ_DONE_WITH_SESSION, &status, NULL, NULL);
  return HSE_STATUS_PENDING;
}

/* ---- The beginning ---- */

/* What is here of the body.  Apache: nothing, whatever cbTotalBytes says, without read-ahead; and
   if the client expects "100 Continue", read-ahead loses the body.  417 has it come again. */
static int first_part(session *s, fcl_slice *part) {
  EXTENSION_CONTROL_BLOCK *ecb = s->ecb;
  DWORD size;
  s->body_left = s->facts.body_length;
  *part = (fcl_slice){(char *) ecb->lpbData, ecb->cbAvailable};
  if (s->body_left >= 0 && part->len > (uint64_t) s->body_left)
    part->len = (size_t) s->body_left;
  if (s->body_left <= 0 || ecb->cbTotalBytes > 0)
    return 0;
  reply_invite_body(s);
  size = session_room(s) < UPLOAD_FIRST ? session_room(s) : UPLOAD_FIRST;
  if (!ecb->ReadClient(ecb->ConnID, s->upload, &size) || size == 0)
    return facts_variable(s, "HTTP_EXPECT").len ? 417 : 400;
  *part = (fcl_slice){s->upload, size};
  return 0;
}

static void start(session *s, fcl_slice part) {
  const char *method = s->ecb->lpszMethod;
  if (s->body_left != 0)
    fcl_request_body(s->request, s->body_left, FCL_BODY_SPOOL);
  else if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
    fcl_request_param(s->request, "CONTENT_LENGTH", "0");
  orders_open(s);
  s->wants_body = part.len == 0 && s->body_left != 0;
  fcl_request_start(s->request);
  if (!s->wants_body)
    pass_on(s, part.base, part.len);
}

/* A connection to a port speaks for nobody. */
static int has_users(const fcl_pool_options *options) {
  const char *const *address = options->addresses;
  while (address && *address && strncmp(*address, "pipe:", 5) == 0)
    address++;
  return !options->tcp && (address == NULL || *address == NULL);
}

static int set_user(session *s, const fcl_config_app *app) {
  fcl_identity *user = NULL;
  fcl_error error;
  if (has_users(app->options) && system_identity(s, &user, &error) != FCL_OK) {
    host_log(FCL_LEVEL_ERROR, error.text);
    return 500;
  }
  fcl_request_identity(s->request, user);
  fcl_identity_unref(user);
  return 0;
}

/* Everything until the request is on its way.  Returns 0, or the status to refuse it with. */
static int prepare(session *s, settings *in) {
  const fcl_config_app *app;
  fcl_slice part;
  int status = facts_take(s);
  if (status == 0)
    status = route_find(&s->facts.route, in->config);
  if (status == 0)
    status = first_part(s, &part);
  if (status)
    return status;
  app = s->facts.route.app;
  s->is_unhealthy = app->unhealthy_on_queue_full;
  s->request = fcl_request_new(in->applications[app->index]->pool, &handlers, s);
  status = s->request ? facts_set_params(s) : 500;
  if (status == 0)
    status = set_user(s, app);
  if (status == 0)
    start(s, part);
  return status;
}

DWORD session_serve(EXTENSION_CONTROL_BLOCK *ecb) {
  session *s = malloc(sizeof *s);
  fcl_error error;
  settings *in;
  void *user;
  int status = 500;
  if (s == NULL)
    return HSE_STATUS_ERROR;
  atomic_fetch_add(&sessions, 1);
  memset(s, 0, offsetof(session, facts) + offsetof(facts, headers));
  s->ecb = ecb;
  uv_cond_init(&s->changed);
  user = system_put_user_down();
  in = service_enter(&error);
  system_take_user_up(user);
  if (in) {
    status = prepare(s, in);
    service_leave(in);
  } else {
    host_log(FCL_LEVEL_ERROR, error.text);
  }
  if (status == 0)
    return orders_carry_out(s);
  status = reply_page(s, status) ? HSE_STATUS_SUCCESS : HSE_STATUS_ERROR;
  free_session(s);
  return (DWORD) status;
}
