/* reply.c: heads, bodies and errors, in the server's words. */
#include "session.h"
#include "utf16.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HTTPSYS_UNFRIENDLY = 9, APPEND = -1, TRACE_INFO = 4, TRACE_ERROR = 2 };

/* ---- Heads ---- */

static int is_same(fcl_slice a, fcl_slice b) {
  size_t i;
  for (i = 0; i < a.len && i < b.len; i++)
    if ((a.base[i] ^ b.base[i]) & ~0x20)
      return 0;
  return a.len == b.len;
}

/* Other modules may have set some of these; none of theirs is to go. */
static int may_be_several(fcl_slice name) {
  return is_same(name, (fcl_slice){"Set-Cookie", 10}) ||
         is_same(name, (fcl_slice){"WWW-Authenticate", 16}) ||
         is_same(name, (fcl_slice){"Vary", 4});
}

/* The server wants both with a NUL behind them. */
static HRESULT set_header(session *s, const fcl_header *h, BOOL replace) {
  char *copy = h->value.len <= 0xffff ? malloc(h->name.len + h->value.len + 2) : NULL, *value;
  HRESULT result;
  if (copy == NULL)
    return -1;
  value = copy + h->name.len + 1;
  memcpy(copy, h->name.base, h->name.len);
  memcpy(value, h->value.base, h->value.len);
  copy[h->name.len] = value[h->value.len] = 0;
  result = s->out->table->SetHeader(s->out, copy, value, (USHORT) h->value.len, replace);
  free(copy);
  return result;
}

/* By name, since an application may have each as often as it likes: the first takes the place of
   what the server has, the others stand beside it. */
static int is_first(const fcl_cgi_reply *reply, const fcl_header *h) {
  const fcl_header *before;
  size_t at = 0;
  while ((before = fcl_cgi_reply_next(reply, &at)) != NULL && before != h)
    if (is_same(before->name, h->name))
      return 0;
  return 1;
}

static int set_headers(session *s) {
  const fcl_header *h;
  size_t at = 0;
  while ((h = fcl_cgi_reply_next(&s->visit.reply, &at)) != NULL)
    if (FAILED(set_header(s, h, !may_be_several(h->name) && is_first(&s->visit.reply, h))))
      return 0;
  return 1;
}

static HRESULT set_number(session *s, const char *name, long long number) {
  char digits[24];
  fcl_header h = {{name, strlen(name)}, {digits, 0}};
  h.value.len = (size_t) snprintf(digits, sizeof digits, "%lld", number);
  return set_header(s, &h, TRUE);
}

static int set_length(session *s) {
  int64_t length = s->visit.reply.content_length;
  return length < 0 || !FAILED(set_number(s, "Content-Length", (long long) length));
}

static HRESULT set_status(session *s, int status, fcl_slice reason, int sub, uint32_t error,
                          BOOL is_own) {
  char text[128];
  if (reason.len == 0)
    reason = fcl_cgi_reason(status);
  snprintf(text, sizeof text, "%.*s", (int) reason.len, reason.len ? reason.base : "");
  return s->out->table->SetStatus(s->out, (USHORT) status, text, (USHORT) sub, (HRESULT) error,
                                  NULL, is_own);
}

/* A status of 1xx would be no answer at all; the server sends these itself. */
int reply_head(session *s, const fcl_head *head) {
  fcl_cgi_reply *reply = &s->visit.reply;
  fcl_cgi_reply_init(reply, head, s->visit.q.method, s->visit.minor);
  return reply->status >= 200 && reply->status <= 999 &&
         !FAILED(set_status(s, reply->status, reply->reason, 0, 0, TRUE)) && set_headers(s) &&
         set_length(s);
}

/* ---- Bodies ---- */

HRESULT reply_write(session *s, fcl_slice data, int is_lent) {
  IHttpResponse *out = s->out;
  HRESULT result;
  DWORD sent;
  s->chunk.DataChunkType = HttpDataChunkFromMemory;
  s->chunk.FromMemory.pBuffer = (PVOID) data.base;
  s->chunk.FromMemory.BufferLength = (ULONG) data.len;
  if (!is_lent)
    return out->table->WriteEntityChunks(out, &s->chunk, 1, FALSE, TRUE, &sent, NULL);
  s->buffered = 0;
  result = out->table->WriteEntityChunkByReference(out, &s->chunk, APPEND);
  if (!FAILED(result))
    result = out->table->Flush(out, TRUE, TRUE, NULL, NULL); /* s may be no more if it says yes */
  return result;
}

/* ---- Errors ---- */

void reply_error(session *s, fcl_iis what, const char *sentence) {
  IHttpResponse *out = s->out;
  WCHAR wide[1024];
  out->table->Clear(out);
  out->table->DisableKernelCache(out, HTTPSYS_UNFRIENDLY);
  set_status(s, what.status, (fcl_slice){NULL, 0}, what.substatus, what.hresult, FALSE);
  if (s->visit.retry_after)
    set_number(s, "Retry-After", s->visit.retry_after);
  if (*sentence)
    out->table->SetErrorDescription(out, wide, (DWORD) utf16_widen(wide, 1024, sentence), TRUE);
  if (what.hresult && s->provider)
    s->provider->table->SetErrorStatus(s->provider, (HRESULT) what.hresult);
}

void reply_shown(session *s) {
  fcl_cgi_page page;
  s->out->table->Clear(s->out);
  s->out->table->DisableKernelCache(s->out, HTTPSYS_UNFRIENDLY);
  fcl_cgi_page_init(&page, 500, s->visit.retry_after);
  fcl_cgi_page_show(&page, s->visit.shown);
  if (!reply_head(s, &page.head))
    return;
  page.body.len = fcl_cgi_reply_take(&s->visit.reply, page.body.len);
  if (page.body.len)
    reply_write(s, page.body, 0);
}

/* ---- Traces: Failed Request Tracing shows them ---- */

void reply_trace(session *s, const WCHAR *name, const char *text, HRESULT error) {
  IHttpTraceContext *trace = s->context->table->GetTraceContext(s->context);
  WCHAR wide[1024];
  if (trace == NULL)
    return;
  utf16_widen(wide, 1024, text);
  trace->table->QuickTrace(trace, name, wide, error, error ? TRACE_ERROR : TRACE_INFO);
}
