/* reply.c: heads, pages of our own, and the end of responses that broke. */
#include "reply.h"
#include "host.h"
#include <stdio.h>
#include <string.h>

enum { STATUS_SIZE = 128 };

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

/* `fields` end with an empty line.  Apache: mod_isapi says no to the status 500, yet takes it
   together with the fields; a body may follow if it has accepted another head before. */
static int send_head(facts *f, int status, fcl_slice reason, const char *fields, size_t len,
                     BOOL keep) {
  char line[STATUS_SIZE];
  int is_refused_500 = status == 500 && IS_MOD_ISAPI(f->ecb);
  snprintf(line, sizeof line, "%d %.*s", status, (int) reason.len, reason.base ? reason.base : "");
  f->ecb->dwHttpStatusCode = (DWORD) status;
  if (is_refused_500 && !give_head(f->ecb, "200 OK", "\r\n", 2, keep))
    return 0;
  return give_head(f->ecb, line, fields, len, keep) || is_refused_500;
}

void reply_invite_body(facts *f) {
  give_head(f->ecb, "200 OK", "\r\n", 2, TRUE);
}

static char *put(char *at, const char *bytes, size_t len) {
  return len ? (char *) memcpy(at, bytes, len) + len : at;
}

int reply_head(facts *f, fcl_cgi_reply *reply, const fcl_head *head) {
  const fcl_header *field;
  size_t at, size = 64;
  char *fields, *to;
  fcl_cgi_reply_init(reply, head, f->q.method, f->minor);
  for (at = 0; (field = fcl_cgi_reply_next(reply, &at)) != NULL;)
    size += field->name.len + field->value.len + 4;
  if ((fields = to = facts_alloc(f, size)) == NULL)
    return 0;
  for (at = 0; (field = fcl_cgi_reply_next(reply, &at)) != NULL;) {
    to = put(to, field->name.base, field->name.len);
    to = put(to, ": ", 2);
    to = put(to, field->value.base, field->value.len);
    to = put(to, "\r\n", 2);
  }
  if (reply->content_length >= 0)
    to += sprintf(to, "Content-Length: %lld\r\n", (long long) reply->content_length);
  to = put(to, "\r\n", 2);
  return send_head(f, reply->status, reply->reason, fields, (size_t) (to - fields),
                   reply->framing == FCL_CGI_LENGTH || reply->framing == FCL_CGI_NO_BODY);
}

int reply_page(facts *f, int status, unsigned retry_after) {
  fcl_slice reason = fcl_cgi_reason(status);
  char fields[256], page[256];
  int len =
      snprintf(page, sizeof page, "<!doctype html>\n<title>%d %.*s</title>\n<h1>%d %.*s</h1>\n",
               status, (int) reason.len, reason.base, status, (int) reason.len, reason.base);
  int at =
      snprintf(fields, sizeof fields,
               "Content-Type: text/html\r\nContent-Length: %d\r\nCache-Control: no-store\r\n", len);
  DWORD size = (DWORD) len;
  if (retry_after)
    at += sprintf(fields + at, "Retry-After: %u\r\n", retry_after);
  at += sprintf(fields + at, "\r\n");
  return send_head(f, status, reason, fields, (size_t) at, TRUE) &&
         (strcmp(f->ecb->lpszMethod, "HEAD") == 0 ||
          f->ecb->WriteClient(f->ecb->ConnID, page, &size, HSE_IO_SYNC));
}

int reply_cut(facts *f) {
  EXTENSION_CONTROL_BLOCK *ecb = f->ecb;
  char remote[64];
  if (ecb->ServerSupportFunction(ecb->ConnID, HSE_REQ_ABORTIVE_CLOSE, NULL, NULL, NULL))
    return 1;
  snprintf(remote, sizeof remote, "%.*s", (int) f->q.remote_addr.len, f->q.remote_addr.base);
  return host_reset(remote, f->q.remote_port, f->q.server_port);
}
