/* server.c: loads an ISAPI extension and is its server.  Completions come from two threads of its
   own. */
#include "server.h"
#include "server_system.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { ERROR_ABORTED = 995, ERROR_BROKEN = 64, DEAD = 0xdd };

/* An operation that was begun. */
typedef struct pending {
  struct pending *next;
  struct call *call;
  int is_write;
  char *data;
  DWORD size;
} pending;

/* A request that the extension has. */
typedef struct call {
  struct call *older;
  EXTENSION_CONTROL_BLOCK *ecb; /* of its own, so that it can die */
  exchange *x;
  uv_thread_t thread;
  int is_over; /* nothing may be called any more */
  int outstanding, is_canceled;
  unsigned dones;
  size_t body_at;
  PFN_HSE_IO_COMPLETION completion;
  void *context;
  pending pending;
} call;

static char module[4096];
static uv_lib_t library;
static BOOL(WINAPI *terminate)(DWORD);
static DWORD(WINAPI *proc)(EXTENSION_CONTROL_BLOCK *);
static uv_mutex_t lock;
static uv_cond_t changed;
static uv_thread_t workers[SERVER_THREADS_MAX];
int server_threads = SERVER_THREADS;
static pending *queue;
static call *newest; /* all stay: who calls about one later still finds it over */
static int is_ending;
static atomic_uint ended;

/* ---- Rules ---- */

static void fault(call *c, const char *sentence) {
  uv_mutex_lock(&lock);
  if (c->x->fault[0] == 0)
    snprintf(c->x->fault, sizeof c->x->fault, "%s", sentence);
  uv_mutex_unlock(&lock);
}

/* What holds for each call into the server. */
static call *enter(HCONN id) {
  call *c = id;
  uv_thread_t self = uv_thread_self();
  if (c->is_over)
    fault(c, "the server was called about a request that had ended");
  else if (c->x->kind <= SERVER_FAKE && !uv_thread_equal(&self, &c->thread))
    fault(c, "a synchronous server was called on a thread not its own");
  return c;
}

static int begin(call *c) {
  int others;
  uv_mutex_lock(&lock);
  others = c->outstanding++;
  uv_mutex_unlock(&lock);
  if (others)
    fault(c, "two operations were under way at once");
  return 1;
}

static BOOL fails(server_error error) {
  server_fail(error);
  return FALSE;
}

/* ---- The client's bytes ---- */

static DWORD write_bytes(call *c, const char *data, DWORD size) {
  exchange *x = c->x;
  char *out;
  if (x->may_write && !x->may_write(x->user))
    return ERROR_BROKEN;
  if (x->write_fails_at && x->out_len + size > x->write_fails_at)
    return ERROR_BROKEN;
  if (x->write)
    return x->write(x, data, size) ? 0 : ERROR_BROKEN;
  out = realloc(x->out, x->out_len + size + 1);
  if (out == NULL)
    return ERROR_BROKEN;
  memcpy(out + x->out_len, data, size);
  x->out = out;
  x->out_len += size;
  out[x->out_len] = 0;
  return 0;
}

static DWORD read_bytes(call *c, char *data, DWORD *size) {
  exchange *x = c->x;
  size_t left = x->body_len - c->body_at;
  x->reads++;
  if (x->read) {
    long n = x->read(x, data, *size);
    *size = n < 0 ? 0 : (DWORD) n;
    return n < 0 ? ERROR_BROKEN : 0;
  }
  if (x->read_hangs && left == 0) {
    uv_mutex_lock(&lock);
    while (!c->is_canceled)
      uv_cond_wait(&changed, &lock);
    uv_mutex_unlock(&lock);
    *size = 0;
    return ERROR_ABORTED;
  }
  if (*size > left)
    *size = (DWORD) left;
  if (x->read_fails_at && c->body_at + *size >= x->read_fails_at) {
    *size = 0;
    return ERROR_BROKEN;
  }
  if (*size > 0)
    memcpy(data, x->body + c->body_at, *size);
  c->body_at += *size;
  return 0;
}

/* ---- Operations ---- */

static DWORD carry_out(pending *p) {
  return p->is_write ? write_bytes(p->call, p->data, p->size)
                     : read_bytes(p->call, p->data, &p->size);
}

static void finish(pending *p) {
  pending done = *p;
  call *c = done.call;
  DWORD error = carry_out(&done);
  uv_mutex_lock(&lock);
  c->outstanding--;
  uv_mutex_unlock(&lock);
  c->completion(c->ecb, c->context, done.size, error);
}

static void work(void *unused) {
  uv_mutex_lock(&lock);
  while (queue || !is_ending) {
    pending *p = queue;
    if (p == NULL) {
      uv_cond_wait(&changed, &lock);
      continue;
    }
    queue = p->next;
    uv_mutex_unlock(&lock);
    finish(p);
    uv_mutex_lock(&lock);
  }
  uv_mutex_unlock(&lock);
}

/* The other thread that an early completion comes from; the caller is kept until it has come. */
static void finish_early(void *p) {
  finish(p);
}

static BOOL begin_async(call *c, int is_write, void *data, DWORD size) {
  pending *p = &c->pending;
  uv_thread_t other;
  if (c->completion == NULL || c->x->kind == SERVER_SYNC)
    return fails(SERVER_INVALID);
  begin(c);
  *p = (pending){.call = c, .is_write = is_write, .data = data, .size = size};
  if (c->x->kind == SERVER_FAKE) {
    DWORD error = carry_out(p);
    c->outstanding--;
    c->completion(c->ecb, c->context, p->size, error);
    return error == 0; /* both: so does Apache */
  }
  if (c->x->kind == SERVER_EARLY && !(c->x->read_hangs && !is_write)) {
    uv_thread_create(&other, finish_early, p);
    uv_thread_join(&other);
    return TRUE;
  }
  uv_mutex_lock(&lock);
  p->next = queue;
  queue = p;
  uv_cond_broadcast(&changed);
  uv_mutex_unlock(&lock);
  return TRUE;
}

static BOOL WINAPI write_client(HCONN id, LPVOID data, LPDWORD size, DWORD mode) {
  call *c = enter(id);
  BOOL ok;
  if (c->x->heads == 0)
    fault(c, "a body was written before a head");
  if (mode & HSE_IO_ASYNC)
    return begin_async(c, 1, data, *size);
  begin(c);
  ok = write_bytes(c, data, *size) == 0;
  c->outstanding--;
  return ok ? TRUE : fails(SERVER_GONE);
}

static BOOL WINAPI read_client(HCONN id, LPVOID data, LPDWORD size) {
  call *c = enter(id);
  BOOL ok;
  begin(c);
  ok = read_bytes(c, data, size) == 0;
  c->outstanding--;
  return ok ? TRUE : fails(SERVER_GONE);
}

/* ---- The rest of the interface ---- */

/* What the client has sent stays as it came. */
static int is_raw(const char *name) {
  return strcmp(name, "ALL_RAW") == 0 || strcmp(name, "QUERY_STRING") == 0 ||
         strncmp(name, "HTTP_", 5) == 0;
}

static DWORD raw_value(const char *value, int is_wide, void *out) {
  size_t size = strlen(value) + 1;
  if (out)
    memcpy(out, value, size);
  return (DWORD) size;
}

static BOOL WINAPI get_variable(HCONN id, LPSTR name, LPVOID buffer, LPDWORD size) {
  call *c = enter(id);
  const char *const *v, *asked = name;
  int is_wide = server_is_wide(&asked);
  for (v = c->x->variables; v && v[0]; v += 2)
    if (strcmp(v[0], asked) == 0) {
      DWORD (*value)(const char *, int, void *) = is_raw(asked) ? raw_value : server_value;
      DWORD need = value(v[1], is_wide, NULL), room = *size;
      *size = need;
      if (room < need)
        return fails(SERVER_NO_ROOM);
      value(v[1], is_wide, buffer);
      return TRUE;
    }
  return fails(SERVER_INVALID);
}

static BOOL send_head(call *c, const HSE_SEND_HEADER_EX_INFO *info) {
  exchange *x = c->x;
  const char *end = info->pszHeader + info->cchHeader;
  int is_500 = x->version == SERVER_MOD_ISAPI && strncmp(info->pszStatus, "500", 3) == 0;
  if (strlen(info->pszStatus) != info->cchStatus || *end != 0)
    fault(c, "a head was not as long as it said");
  if (info->cchHeader < 2 || memcmp(end - 2, "\r\n", 2) != 0 ||
      (info->cchHeader > 2 && memcmp(end - 4, "\r\n\r\n", 4) != 0))
    fault(c, "a head did not end with an empty line");
  if (x->refuses_head)
    return fails(SERVER_INVALID);
  if (x->heads > 0 && x->version != SERVER_MOD_ISAPI)
    fault(c, "two heads were sent");
  if (x->out_len > 0)
    fault(c, "a head was sent behind a body");
  snprintf(x->status, sizeof x->status, "%s", info->pszStatus);
  snprintf(x->fields, sizeof x->fields, "%s", info->pszHeader);
  x->keeps = info->fKeepConn;
  x->flags = 0;
  if (is_500)
    return fails(SERVER_INVALID);
  x->heads++;
  return x->head == NULL || x->head(x) ? TRUE : fails(SERVER_GONE);
}

/* IIS 6 and later: status, fields and the first bytes of the body in one operation. */
static BOOL send_vector(call *c, const HSE_RESPONSE_VECTOR *v) {
  static char none[1];
  HSE_SEND_HEADER_EX_INFO head = {v->pszStatus, v->pszHeaders, 0, 0, TRUE};
  const HSE_VECTOR_ELEMENT *e = v->lpElementArray;
  DWORD size;
  if (c->x->version < 0x60000)
    return fails(SERVER_INVALID);
  if (!(v->dwFlags & HSE_IO_SEND_HEADERS) || v->nElementCount > 1 ||
      (v->nElementCount && (e->ElementType != HSE_VECTOR_ELEMENT_TYPE_MEMORY_BUFFER ||
                            e->cbSize == 0 || e->cbOffset != 0)))
    fault(c, "a vector was not as this extension makes them");
  head.cchStatus = (DWORD) strlen(v->pszStatus);
  head.cchHeader = (DWORD) strlen(v->pszHeaders);
  if (!send_head(c, &head))
    return FALSE;
  c->x->flags = v->dwFlags;
  size = v->nElementCount ? (DWORD) e->cbSize : 0;
  return write_client(c, size ? e->pvContext : none, &size,
                      v->dwFlags & (HSE_IO_SYNC | HSE_IO_ASYNC));
}

static BOOL done(call *c, const DWORD *status) {
  memcpy(c->x->log, c->ecb->lpszLogData, sizeof c->x->log);
  if (c->dones++)
    fault(c, "a request was ended twice");
  if (c->outstanding)
    fault(c, "a request was ended with an operation under way");
  memset(c->ecb, DEAD, sizeof *c->ecb);
  uv_mutex_lock(&lock);
  c->x->result = *status;
  c->is_over = 1;
  uv_cond_broadcast(&changed);
  uv_mutex_unlock(&lock);
  return TRUE;
}

static BOOL cancel(call *c) {
  uv_mutex_lock(&lock);
  c->x->cancels++;
  c->is_canceled = 1;
  uv_cond_broadcast(&changed);
  uv_mutex_unlock(&lock);
  return TRUE;
}

static BOOL WINAPI support(HCONN id, DWORD what, LPVOID data, LPDWORD size, LPDWORD more) {
  call *c = enter(id);
  switch (what) {
  case HSE_REQ_SEND_RESPONSE_HEADER_EX:
    return send_head(c, data);
  case HSE_REQ_IO_COMPLETION:
    c->completion = (PFN_HSE_IO_COMPLETION) data;
    c->context = more;
    return c->x->kind == SERVER_SYNC ? fails(SERVER_INVALID) : TRUE;
  case HSE_REQ_ASYNC_READ_CLIENT:
    return begin_async(c, 0, data, *size);
  case HSE_REQ_CANCEL_IO:
    return cancel(c);
  case HSE_REQ_ABORTIVE_CLOSE:
    c->x->is_cut = 1;
    return TRUE;
  case HSE_REQ_GET_IMPERSONATION_TOKEN:
    return server_lend_token(c->x->lent ? c->x->lent : c->x->token, data);
  case HSE_REQ_VECTOR_SEND:
    return send_vector(c, data);
  case HSE_REQ_REPORT_UNHEALTHY:
    snprintf(c->x->unhealthy, sizeof c->x->unhealthy, "%s", (const char *) data);
    return c->x->version == SERVER_MOD_ISAPI ? fails(SERVER_INVALID) : TRUE;
  case HSE_REQ_DONE_WITH_SESSION:
    return done(c, data);
  }
  return fails(SERVER_INVALID);
}

/* ---- A request ---- */

static void fill(call *c) {
  EXTENSION_CONTROL_BLOCK *e = c->ecb;
  const exchange *x = c->x;
  e->cbSize = sizeof *e;
  e->dwVersion = x->version;
  e->ConnID = c;
  e->lpszMethod = (LPSTR) (x->method ? x->method : "GET");
  e->lpszQueryString = (LPSTR) (x->query ? x->query : "");
  e->lpszPathInfo = (LPSTR) x->path_info;
  e->lpszPathTranslated = (LPSTR) x->translated;
  e->cbTotalBytes = x->total ? x->total : (DWORD) x->body_len;
  e->cbAvailable = (DWORD) x->available;
  e->lpbData = (LPBYTE) x->body;
  e->GetServerVariable = get_variable;
  e->WriteClient = write_client;
  e->ReadClient = read_client;
  e->ServerSupportFunction = support;
}

static void wait_until_over(call *c) {
  uv_mutex_lock(&lock);
  while (!c->is_over)
    uv_cond_wait(&changed, &lock);
  uv_mutex_unlock(&lock);
}

static int is_dead(const EXTENSION_CONTROL_BLOCK *ecb) {
  const unsigned char *at = (const unsigned char *) ecb;
  size_t i;
  for (i = 0; i < sizeof *ecb; i++)
    if (at[i] != DEAD)
      return 0;
  return 1;
}

void server_run(exchange *x) {
  call *c = calloc(1, sizeof *c);
  DWORD result;
  if (x->version == 0)
    x->version = SERVER_IIS;
  c->ecb = calloc(1, sizeof *c->ecb);
  c->x = x;
  uv_mutex_lock(&lock);
  c->older = newest;
  newest = c;
  uv_mutex_unlock(&lock);
  c->thread = uv_thread_self();
  c->body_at = x->available;
  fill(c);
  server_become(x->token);
  result = proc(c->ecb);
  if (!server_is(x->token))
    fault(c, "the server's thread did not come back with its user's token");
  server_become(NULL);
  x->was_pending = result == HSE_STATUS_PENDING;
  if (x->was_pending) {
    wait_until_over(c);
    if (!is_dead(c->ecb))
      fault(c, "the control block was written to after the end");
  } else {
    memcpy(x->log, c->ecb->lpszLogData, sizeof x->log);
    x->result = result;
    c->is_over = 1;
    if (c->dones)
      fault(c, "a request was ended that was not pending");
    if (c->outstanding)
      fault(c, "HttpExtensionProc ended a request with an operation under way");
    memset(c->ecb, DEAD, sizeof *c->ecb);
  }
  atomic_fetch_add(&ended, 1);
}

void server_forget(void) {
  while (newest) {
    call *c = newest;
    newest = c->older;
    free(c->ecb);
    free(c);
  }
}

unsigned server_ended(void) {
  return atomic_load(&ended);
}

void server_free(exchange *x) {
  free(x->out);
  x->out = NULL;
}

const char *server_field(const exchange *x, const char *name) {
  static char value[4096];
  const char *at = x->fields, *end;
  size_t len = strlen(name);
  for (; (end = strstr(at, "\r\n")) != NULL && end > at; at = end + 2)
    if (strncmp(at, name, len) == 0 && strncmp(at + len, ": ", 2) == 0) {
      snprintf(value, sizeof value, "%.*s", (int) ((size_t) (end - at) - len - 2), at + len + 2);
      return value;
    }
  return "(absent)";
}

/* ---- The module ---- */

void *server_symbol(const char *name) {
  void *at = NULL;
  return uv_dlsym(&library, name, &at) == 0 ? at : NULL;
}

static const char *load(const char *path) {
  BOOL(WINAPI * get_version)(HSE_VERSION_INFO *);
  HSE_VERSION_INFO version;
  if (uv_dlopen(path, &library))
    return uv_dlerror(&library);
  get_version = (BOOL(WINAPI *)(HSE_VERSION_INFO *)) server_symbol("GetExtensionVersion");
  proc = (DWORD(WINAPI *)(EXTENSION_CONTROL_BLOCK *)) server_symbol("HttpExtensionProc");
  terminate = (BOOL(WINAPI *)(DWORD)) server_symbol("TerminateExtension");
  if (get_version == NULL || proc == NULL || terminate == NULL)
    return "a function is not exported";
  return get_version(&version) ? NULL : "GetExtensionVersion failed";
}

const char *server_load(const char *path) {
  const char *fault = load(path);
  int i;
  snprintf(module, sizeof module, "%s", path);
  uv_mutex_init(&lock);
  uv_cond_init(&changed);
  is_ending = 0;
  ended = 0;
  for (i = 0; i < server_threads; i++)
    uv_thread_create(&workers[i], work, NULL);
  return fault;
}

void server_reload(void) {
  uv_dlclose(&library);
  load(module);
}

void server_unload(void) {
  int i;
  terminate(2);
  uv_mutex_lock(&lock);
  is_ending = 1;
  uv_cond_broadcast(&changed);
  uv_mutex_unlock(&lock);
  for (i = 0; i < server_threads; i++)
    uv_thread_join(&workers[i]);
  uv_cond_destroy(&changed);
  uv_mutex_destroy(&lock);
  server_forget();
  uv_dlclose(&library);
}
