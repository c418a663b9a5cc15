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

/* Apache: mod_isapi says no to the status 500, yet takes it together with the fields; a body may
   follow if it has said yes to another head before. */
int reply_head(session *s, const fcl_head *head) {
  fcl_cgi_reply *reply = &s->reply;
  int ok, is_refused_500 = head->status == 500 && IS_MOD_ISAPI(s->ecb);
  char status[128], *fields;
  size_t len;
  fcl_cgi_reply_init(reply, head, s->facts.q.method, s->facts.minor);
  len = fcl_cgi_reply_fields(reply, NULL, 0);
  if ((fields = calloc(1, len + 1)) == NULL) /* Apache looks at the byte behind the end */
    return 0;
  fcl_cgi_reply_fields(reply, fields, len);
  snprintf(status, sizeof status, "%d %.*s", reply->status, (int) reply->reason.len,
           reply->reason.len ? reply->reason.base : "");
  s->ecb->dwHttpStatusCode = (DWORD) reply->status;
  if (is_refused_500)
    reply_invite_body(s);
  ok = give_head(s->ecb, status, fields, len,
                 reply->framing == FCL_CGI_LENGTH || reply->framing == FCL_CGI_NO_BODY);
  free(fields);
  return ok || is_refused_500;
}

int reply_page(session *s, int status) {
  fcl_cgi_page page;
  DWORD size;
  fcl_cgi_page_init(&page, status, s->retry_after);
  if (s->shown.len)
    fcl_cgi_page_show(&page, s->shown);
  if (!reply_head(s, &page.head))
    return 0;
  size = (DWORD) fcl_cgi_reply_take(&s->reply, page.body.len);
  return size == 0 ||
         s->ecb->WriteClient(s->ecb->ConnID, (LPVOID) page.body.base, &size, HSE_IO_SYNC);
}

void reply_cut(session *s) {
  const fcl_cgi_request *q = &s->facts.q;
  host_connection c = {q->remote_addr.base, q->server_addr.base, q->remote_port, q->server_port};
  if (!s->ecb->ServerSupportFunction(s->ecb->ConnID, HSE_REQ_ABORTIVE_CLOSE, NULL, NULL, NULL) &&
      !host_reset(&c))
    host_log("The connection of a client whose response broke off was not found, so that the "
             "response may look whole to it.");
}
