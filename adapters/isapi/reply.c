/* reply.c: heads, pages of our own, and the end of responses that broke. */
#include "session.h"
#include "host.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static BOOL give_head(EXTENSION_CONTROL_BLOCK *ecb, const char *status, const char *fields,
                      size_t len, BOOL keep) {
  HSE_SEND_HEADER_EX_INFO info;
  info.pszStatus = status;
  info.cchStatus = (DWORD) strlen(status);
  info.pszHeader = fields;
  info.cchHeader = (DWORD) len;
  info.fKeepConn = keep;
  return ecb->ServerSupportFunction(ecb->ConnID, HSE_REQ_SEND_RESPONSE_HEADER_EX, &info, NULL,
                                    NULL);
}

void reply_invite_body(session *s) {
  give_head(s->ecb, "200 OK", "\r\n", 2, TRUE);
}

/* Until its body comes, to go out in one piece: the vector has no other way to end a response
   without a length than to close, and IIS 7 knows a better one. */
static int may_wait(const session *s, BOOL keep) {
  return (keep && IS_IIS(s->ecb, 6)) || (s->visit.reply.status >= 400 && IS_IIS(s->ecb, 7));
}

/* Apache: mod_isapi says no to the status 500, yet takes it together with the fields; a body may
   follow if it has said yes to another head before. */
int reply_head(session *s, const fcl_head *head) {
  fcl_cgi_reply *reply = &s->visit.reply;
  int ok, is_refused_500 = head->status == 500 && IS_MOD_ISAPI(s->ecb);
  struct head *held = &s->held;
  size_t len;
  BOOL keep;
  fcl_cgi_reply_init(reply, head, s->visit.q.method, s->visit.minor);
  len = fcl_cgi_reply_fields(reply, NULL, 0);
  if ((held->fields = calloc(1, len + 1)) == NULL) /* Apache looks at the byte behind the end */
    return 0;
  fcl_cgi_reply_fields(reply, held->fields, len);
  snprintf(held->status, sizeof held->status, "%d %.*s", reply->status, (int) reply->reason.len,
           reply->reason.len ? reply->reason.base : "");
  s->ecb->dwHttpStatusCode = (DWORD) reply->status;
  keep = reply->framing == FCL_CGI_LENGTH || reply->framing == FCL_CGI_NO_BODY;
  held->waits = may_wait(s, keep);
  if (held->waits)
    return 1;
  if (is_refused_500)
    reply_invite_body(s);
  ok = give_head(s->ecb, held->status, held->fields, len, keep);
  reply_take_back(s);
  return ok || is_refused_500;
}

/* A status that IIS has pages for keeps the body that it has here. */
BOOL reply_write(session *s, void *data, DWORD *size, DWORD mode) {
  EXTENSION_CONTROL_BLOCK *ecb = s->ecb;
  struct head *held = &s->held;
  if (!held->waits)
    return ecb->WriteClient(ecb->ConnID, data, size, mode);
  held->waits = 0;
  held->element.ElementType = HSE_VECTOR_ELEMENT_TYPE_MEMORY_BUFFER;
  held->element.pvContext = data;
  held->element.cbSize = *size;
  held->vector.dwFlags =
      mode | HSE_IO_SEND_HEADERS |
      (s->visit.reply.status >= 400 && IS_IIS(ecb, 7) ? HSE_IO_TRY_SKIP_CUSTOM_ERRORS : 0);
  held->vector.pszStatus = held->status;
  held->vector.pszHeaders = held->fields;
  held->vector.nElementCount = *size > 0;
  held->vector.lpElementArray = &held->element;
  return ecb->ServerSupportFunction(ecb->ConnID, HSE_REQ_VECTOR_SEND, &held->vector, NULL, NULL);
}

int reply_flush(session *s) {
  DWORD none = 0;
  return !s->held.waits || reply_write(s, NULL, &none, HSE_IO_SYNC | HSE_IO_FINAL_SEND);
}

void reply_take_back(session *s) {
  s->held.waits = 0;
  free(s->held.fields);
  s->held.fields = NULL;
}

int reply_page(session *s, int status) {
  fcl_cgi_page page;
  DWORD size;
  fcl_cgi_page_init(&page, status, s->visit.retry_after);
  if (s->visit.shown.len)
    fcl_cgi_page_show(&page, s->visit.shown);
  if (!reply_head(s, &page.head))
    return 0;
  size = (DWORD) fcl_cgi_reply_take(&s->visit.reply, page.body.len);
  return size == 0 ? reply_flush(s) : reply_write(s, (void *) page.body.base, &size, HSE_IO_SYNC);
}

void reply_cut(session *s) {
  const fcl_cgi_request *q = &s->visit.q;
  host_connection c = {q->remote_addr.base, q->server_addr.base, q->remote_port, q->server_port};
  if (!s->ecb->ServerSupportFunction(s->ecb->ConnID, HSE_REQ_ABORTIVE_CLOSE, NULL, NULL, NULL) &&
      !host_reset(&c))
    host_log(FCL_LEVEL_WARNING,
             "The connection of a client whose response broke off was not found, so that the "
             "response may look whole to it.");
}
