/* session.c: one request: prepared on the server's thread, then led by orders to its end. */
#include "session.h"
#include "host.h"
#include "service.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static atomic_uint sessions;

static const visit_host host = {orders_leave, facts_variable, system_name};

/* ---- Orders ---- */

void session_send_head(session *s) {
  s->visit.has_head = reply_head(s, s->visit.head);
  if (!s->visit.has_head) {
    host_log(FCL_LEVEL_WARNING,
             "The web server did not take the head of a response; the client got an error.");
    visit_give_up(&s->visit);
  }
  fcl_request_resume(s->visit.request);
}

/* A read that came behind the last order is nobody's. */
void session_settle(session *s) {
  struct operation *op = &s->operation;
  if (op->what == ORDER_SPAN || !op->is_late)
    visit_settle(&s->visit, op->what, op->ok, op->size);
}

static void free_session(session *s) {
  reply_take_back(s);
  visit_free(&s->visit);
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
  if (s->visit.error.code != FCL_OK)
    snprintf(ecb->lpszLogData, sizeof ecb->lpszLogData, "%s", fcl_code_phrase(s->visit.error.code));
  if (s->visit.error.code == FCL_E_QUEUE_FULL && s->is_unhealthy)
    ecb->ServerSupportFunction(ecb->ConnID, HSE_REQ_REPORT_UNHEALTHY,
                               (LPVOID) "libfcgiclient: too many requests are waiting", NULL, NULL);
}

/* IIS answers 500 where it starts no more processes for a while. */
static int status_of(fcl_code code) {
  return code == FCL_E_RAPID_FAIL ? fcl_code_iis(code).status : fcl_code_http(code);
}

DWORD session_end(session *s) {
  EXTENSION_CONTROL_BLOCK *ecb = s->ecb;
  int is_pending = !s->is_waiting, ok = s->visit.error.code == FCL_OK && s->visit.has_head;
  DWORD status;
  report(s);
  if (s->held.waits && !ok) {
    reply_take_back(s);
    s->visit.has_head = 0;
  }
  if (s->visit.has_head && !s->visit.is_gone && (!ok || fcl_cgi_reply_short(&s->visit.reply))) {
    ok = s->visit.reply.framing == FCL_CGI_NO_BODY;
    if (!ok)
      reply_cut(s);
  } else if (!ok && !s->visit.is_gone) {
    ok = reply_page(s, status_of(s->visit.error.code));
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
  *part = (fcl_slice){(char *) ecb->lpbData, ecb->cbAvailable};
  if (s->visit.body_left >= 0 && part->len > (uint64_t) s->visit.body_left)
    part->len = (size_t) s->visit.body_left;
  if (s->visit.body_left <= 0 || ecb->cbTotalBytes > 0)
    return 0;
  reply_invite_body(s);
  size = visit_room(&s->visit) < UPLOAD_FIRST ? visit_room(&s->visit) : UPLOAD_FIRST;
  if (!ecb->ReadClient(ecb->ConnID, s->visit.upload, &size) || size == 0)
    return facts_variable(&s->visit, "HTTP_EXPECT").len ? 417 : 400;
  *part = (fcl_slice){s->visit.upload, size};
  return 0;
}

static void start(session *s, fcl_slice part) {
  orders_open(s);
  s->wants_body = part.len == 0 && s->visit.body_left != 0;
  fcl_request_start(s->visit.request);
  if (!s->wants_body)
    visit_pass_on(&s->visit, part.base, part.len);
}

/* Everything until the request is on its way.  Returns 0, or the status to refuse it with. */
static int prepare(session *s, settings *in) {
  visit *v = &s->visit;
  fcl_slice part;
  int status = facts_take(s);
  if (status == 0)
    status = route_find(&v->route, in->config);
  if (status == 0)
    status = first_part(s, &part);
  if (status)
    return status;
  s->is_unhealthy = v->route.app->unhealthy_on_queue_full;
  status = visit_open(v, in, system_token(s));
  if (status == 0)
    start(s, part);
  return status;
}

DWORD session_serve(EXTENSION_CONTROL_BLOCK *ecb) {
  session *s = malloc(sizeof *s);
  settings *in;
  void *user;
  int status = 500;
  if (s == NULL)
    return HSE_STATUS_ERROR;
  atomic_fetch_add(&sessions, 1);
  memset(s, 0, offsetof(session, visit));
  visit_init(&s->visit, &host);
  s->ecb = ecb;
  uv_cond_init(&s->changed);
  user = system_put_user_down();
  in = service_enter(&s->visit.error);
  system_take_user_up(user);
  if (in) {
    status = prepare(s, in);
    service_leave(in);
  }
  if (status == 0)
    return orders_carry_out(s);
  if (s->visit.error.text[0])
    host_log(FCL_LEVEL_ERROR, s->visit.error.text);
  status = reply_page(s, status) ? HSE_STATUS_SUCCESS : HSE_STATUS_ERROR;
  free_session(s);
  return (DWORD) status;
}
