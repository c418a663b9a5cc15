/* body.c: the request's and the response's side of the test's server. */
#include "call.h"
#include "utf16.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GONE           ((HRESULT) 0x80070040) /* ERROR_NETNAME_DELETED */
#define ABORTED        ((HRESULT) 0x800703e3) /* ERROR_OPERATION_ABORTED */
#define END_OF_BODY    ((HRESULT) 0x80070026)
#define FAILURE        ((HRESULT) 0x80004005)
#define OF_REQUEST(r)  ((call *) ((char *) (r) -offsetof(call, request)))
#define OF_RESPONSE(r) ((call *) ((char *) (r) -offsetof(call, response)))

enum { HEADER_FAILS = 1, READ_FAILS, FLUSH_FAILS, WRITE_FAILS };

/* ---- The request ---- */

static const char *field(const char *fields, const char *name, size_t *len) {
  size_t name_len = strlen(name);
  const char *end;
  for (; fields && (end = strstr(fields, "\r\n")) != NULL; fields = end + 2)
    if (strncmp(fields, name, name_len) == 0 && fields[name_len] == ':') {
      fields += name_len + 2;
      *len = (size_t) (end - fields);
      return fields;
    }
  return NULL;
}

static PCSTR IIS_METHOD get_header(const IHttpRequest *r, PCSTR name, USHORT *out_len) {
  call *c = OF_REQUEST(r);
  size_t len = 0;
  const char *value = field(c->x->fields, name, &len);
  char *copy;
  call_enter(c);
  if (value == NULL)
    return NULL;
  copy = call_allocate(c, len + 1);
  memcpy(copy, value, len);
  copy[len] = 0;
  *out_len = (USHORT) len;
  return copy;
}

static PCSTR IIS_METHOD get_method(const IHttpRequest *r) {
  call_enter(OF_REQUEST(r));
  return OF_REQUEST(r)->x->method;
}

static DWORD IIS_METHOD get_remaining(IHttpRequest *r) {
  call_enter(OF_REQUEST(r));
  return OF_REQUEST(r)->x->remaining;
}

static void IIS_METHOD get_version(const IHttpRequest *r, USHORT *major, USHORT *minor) {
  const exchange *x = OF_REQUEST(r)->x;
  call_enter(OF_REQUEST(r));
  *major = x->major ? x->major : 1;
  *minor = x->major ? x->minor : 1;
}

static HRESULT IIS_METHOD read_entity(IHttpRequest *r, void *data, DWORD size, BOOL is_async,
                                      DWORD *received, BOOL *is_pending) {
  call *c = OF_REQUEST(r);
  call_enter(c);
  c->x->reads++;
  if (!is_async || received || is_pending)
    call_fault(c, "a body was read in a way that this server does not have");
  if (size == 0)
    call_fault(c, "nothing was to be read");
  if (c->x->call_fails == READ_FAILS)
    return FAILURE;
  if (c->x->read == NULL && !c->x->read_hangs && c->body_at == c->x->body_len &&
      c->x->kind != SERVER_LATER)
    return END_OF_BODY; /* at once, and no completion comes */
  call_begin(c, OPERATION_READ, data, size);
  return S_OK;
}

const IHttpRequestTable request_table = {.GetHeader = get_header,
                                         .GetHttpMethod = get_method,
                                         .ReadEntityBody = read_entity,
                                         .GetRemainingEntityBytes = get_remaining,
                                         .GetHttpVersion = get_version};

static HRESULT read_memory(call *c, char *data, DWORD *size) {
  exchange *x = c->x;
  size_t left = x->body_len - c->body_at;
  if (left == 0 && x->read_hangs) {
    call_wait_until_canceled(c);
    *size = 0;
    return ABORTED;
  }
  if (left == 0)
    return *size = 0, END_OF_BODY;
  if (*size > left)
    *size = (DWORD) left;
  if (x->read_fails_at && c->body_at + *size >= x->read_fails_at)
    return *size = 0, GONE;
  memcpy(data, x->body + c->body_at, *size);
  c->body_at += *size;
  return S_OK;
}

HRESULT body_read(call *c, char *data, DWORD *size) {
  long n;
  if (c->x->read == NULL)
    return read_memory(c, data, size);
  n = c->x->read(c->x, data, *size);
  *size = n > 0 ? (DWORD) n : 0;
  return n > 0 ? S_OK : n == 0 ? END_OF_BODY : GONE;
}

/* ---- The response: its head ---- */

static void head_changes(call *c) {
  call_enter(c);
  if (c->x->is_sent)
    call_fault(c, "a head was changed behind its being sent");
}

static HRESULT IIS_METHOD set_status(IHttpResponse *r, USHORT code, PCSTR reason, USHORT sub,
                                     HRESULT error, IAppHostConfigException *e, BOOL is_own) {
  call *c = OF_RESPONSE(r);
  head_changes(c);
  if (code < 200 || code > 999)
    call_fault(c, "a status was set that is none");
  c->x->status = code;
  c->x->substatus = sub;
  c->x->error = error;
  c->x->is_own = is_own;
  snprintf(c->x->reason, sizeof c->x->reason, "%s", reason);
  return S_OK;
}

static void remove_field(exchange *x, const char *name) {
  size_t len = 0;
  const char *value;
  while ((value = field(x->fields_out, name, &len)) != NULL) {
    char *line = x->fields_out + (value - x->fields_out) - strlen(name) - 2;
    memmove(line, value + len + 2, strlen(value + len + 2) + 1);
  }
}

static void add_field(exchange *x, const char *name, const char *value, size_t len) {
  size_t at = strlen(x->fields_out);
  snprintf(x->fields_out + at, sizeof x->fields_out - at, "%s: %.*s\r\n", name, (int) len, value);
}

static HRESULT IIS_METHOD set_header(IHttpResponse *r, PCSTR name, PCSTR value, USHORT len,
                                     BOOL replace) {
  call *c = OF_RESPONSE(r);
  head_changes(c);
  if (strlen(value) != len)
    call_fault(c, "a field was not as long as it said");
  if (c->x->call_fails == HEADER_FAILS)
    return FAILURE;
  if (replace)
    remove_field(c->x, name);
  add_field(c->x, name, value, len);
  return S_OK;
}

static HRESULT IIS_METHOD set_description(IHttpResponse *r, PCWSTR text, DWORD len, BOOL encode) {
  call *c = OF_RESPONSE(r);
  head_changes(c);
  utf16_narrow(c->x->description, sizeof c->x->description, text);
  return S_OK;
}

/* ---- Its body ---- */

static void drop_pieces(call *c) {
  c->first = NULL; /* the memory is the request's */
  c->last = &c->first;
  c->buffered = 0;
}

static void IIS_METHOD clear(IHttpResponse *r) {
  call *c = OF_RESPONSE(r);
  call_enter(c);
  drop_pieces(c);
  if (c->x->is_sent)
    return;
  c->x->fields_out[0] = c->x->description[0] = 0;
  c->x->status = 200;
}

static void IIS_METHOD reset_connection(IHttpResponse *r) {
  call *c = OF_RESPONSE(r);
  call_enter(c);
  c->x->is_reset = 1;
}

static void IIS_METHOD disable_cache(IHttpResponse *r, ULONG reason) {
  call_enter(OF_RESPONSE(r));
}

static void add_piece(call *c, const char *data, size_t len) {
  piece *p = call_allocate(c, sizeof *p);
  *p = (piece){NULL, data, len};
  *c->last = p;
  c->last = &p->next;
  c->buffered += len;
}

static HRESULT IIS_METHOD write_reference(IHttpResponse *r, HTTP_DATA_CHUNK *chunk, LONG position) {
  call *c = OF_RESPONSE(r);
  call_enter(c);
  if (position != -1)
    call_fault(c, "a chunk was not appended");
  add_piece(c, chunk->FromMemory.pBuffer, chunk->FromMemory.BufferLength);
  return S_OK;
}

static HRESULT IIS_METHOD write_copy(IHttpResponse *r, HTTP_DATA_CHUNK *chunk, DWORD count,
                                     BOOL is_async, BOOL more, DWORD *sent, BOOL *is_expected) {
  call *c = OF_RESPONSE(r);
  size_t len = chunk->FromMemory.BufferLength;
  char *copy;
  call_enter(c);
  c->x->copies++;
  if (is_async || !more || count != 1)
    call_fault(c, "a chunk was written in a way that this server does not have");
  if (c->buffered + len > c->x->limit && c->x->status != 500)
    call_fault(c, "more was buffered than the handler's limit");
  if (c->x->call_fails == WRITE_FAILS)
    return FAILURE;
  copy = call_allocate(c, len);
  memcpy(copy, chunk->FromMemory.pBuffer, len);
  add_piece(c, copy, len);
  return S_OK;
}

static HRESULT IIS_METHOD flush(IHttpResponse *r, BOOL is_async, BOOL more, DWORD *sent,
                                BOOL *is_expected) {
  call *c = OF_RESPONSE(r);
  call_enter(c);
  c->x->flushes++;
  if (!is_async || !more || sent || is_expected)
    call_fault(c, "a response was flushed in a way that this server does not have");
  if (c->x->call_fails == FLUSH_FAILS)
    return FAILURE;
  call_begin(c, OPERATION_FLUSH, NULL, 0);
  return S_OK;
}

const IHttpResponseTable response_table = {.SetStatus = set_status,
                                           .SetHeader = set_header,
                                           .Clear = clear,
                                           .ResetConnection = reset_connection,
                                           .DisableKernelCache = disable_cache,
                                           .Flush = flush,
                                           .WriteEntityChunkByReference = write_reference,
                                           .WriteEntityChunks = write_copy,
                                           .SetErrorDescription = set_description};

/* ---- To the client ---- */

static int write_memory(exchange *x, const char *data, size_t len) {
  char *out;
  if (x->may_write && !x->may_write(x->user))
    return 0;
  if (x->write_fails_at && x->out_len + len > x->write_fails_at)
    return 0;
  out = realloc(x->out, x->out_len + len + 1);
  if (out == NULL)
    return 0;
  if (len)
    memcpy(out + x->out_len, data, len);
  x->out = out;
  x->out_len += len;
  out[x->out_len] = 0;
  return 1;
}

HRESULT body_flush(call *c, int is_last) {
  exchange *x = c->x;
  piece *p = c->first;
  int ok = 1;
  drop_pieces(c);
  x->is_sent = 1;
  for (; ok && p; p = p->next)
    ok = x->write ? x->write(x, p->data, p->len, 0) : write_memory(x, p->data, p->len);
  if (ok && is_last && x->write)
    ok = x->write(x, NULL, 0, 1);
  return ok ? S_OK : GONE;
}

/* What IIS does with errors: its own page, in the place of nothing. */
static void add_page(call *c) {
  exchange *x = c->x;
  char *page = call_allocate(c, sizeof x->description + 400);
  int len = sprintf(page, "<h1>%u %s</h1>\n<p>%s</p>\n", x->status, x->reason, x->description);
  remove_field(x, "Content-Type");
  add_field(x, "Content-Type", "text/html", 9);
  add_piece(c, page, (size_t) len);
}

/* Where all of the body is here, its length is known. */
void body_end(call *c) {
  exchange *x = c->x;
  char digits[24];
  size_t len;
  int is_head = strcmp(x->method, "HEAD") == 0;
  if (!x->is_sent && x->status >= 400 && !x->is_own && c->first == NULL)
    add_page(c);
  if (!x->is_sent && x->status != 204 && x->status != 304 && !is_head &&
      field(x->fields_out, "Content-Length", &len) == NULL) {
    sprintf(digits, "%lu", (unsigned long) c->buffered);
    add_field(x, "Content-Length", digits, strlen(digits));
  }
  if (is_head)
    drop_pieces(c);
  body_flush(c, 1);
}

const char *server_field(const exchange *x, const char *name) {
  static char value[4096];
  size_t len = 0;
  const char *at = field(x->fields_out, name, &len);
  if (at == NULL)
    return "(absent)";
  snprintf(value, sizeof value, "%.*s", (int) len, at);
  return value;
}

void server_free(exchange *x) {
  free(x->out);
  x->out = NULL;
}
