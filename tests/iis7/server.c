/* server.c: requests as IIS leads them: notifications, operations, completions, the response. */
#include "call.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uv_once_t once = UV_ONCE_INIT;
uv_mutex_t server_lock;
static uv_cond_t changed;
static uv_thread_t workers[SERVER_THREADS_MAX];
int server_threads = SERVER_THREADS;
static operation *queue, **last = &queue;
static call *newest; /* all stay: who calls about one later still finds it over */
static int is_ending;
static _Thread_local call *current; /* whose notification this thread is in */

/* ---- Rules ---- */

void call_fault(call *c, const char *sentence) {
  uv_mutex_lock(&server_lock);
  if (c->x && c->x->fault[0] == 0)
    snprintf(c->x->fault, sizeof c->x->fault, "%s", sentence);
  uv_mutex_unlock(&server_lock);
}

void call_enter(call *c) {
  if (c->is_over)
    call_fault(c, "the server was called about a request that had ended");
  else if (current != c && !c->x->posts_failed)
    call_fault(c, "the server was called on a thread not its own");
}

void call_change(void) {
  uv_cond_broadcast(&changed);
}

void call_wait_for_change(void) {
  uv_cond_wait(&changed, &server_lock);
}

/* A continuation is on its way: one at most for each notification that has been made. */
static void begin(call *c) {
  int is_second;
  uv_mutex_lock(&server_lock);
  is_second = ++c->begun > c->dispatched;
  uv_mutex_unlock(&server_lock);
  if (is_second)
    call_fault(c, "there were two continuations for one parking");
}

/* ---- Notifications ---- */

static void notified(call *c, REQUEST_NOTIFICATION_STATUS status) {
  int is_twice = 0, is_due = 0;
  uv_mutex_lock(&server_lock);
  if (status != RQ_NOTIFICATION_PENDING) {
    is_twice = c->has_result;
    is_due = c->begun != c->dispatched - 1;
    c->has_result = 1;
    c->x->result = status;
  }
  uv_mutex_unlock(&server_lock);
  if (is_twice)
    call_fault(c, "a request was ended twice");
  if (is_due)
    call_fault(c, "a request was ended with a continuation under way");
  uv_mutex_lock(&server_lock);
  c->active--;
  uv_cond_broadcast(&changed);
  uv_mutex_unlock(&server_lock);
}

/* The pipeline goes on, with this in the place of what the notification returned. */
void call_indicate(call *c, REQUEST_NOTIFICATION_STATUS status) {
  uv_mutex_lock(&server_lock);
  c->has_result = 1;
  c->x->result = status;
  uv_cond_broadcast(&changed);
  uv_mutex_unlock(&server_lock);
}

typedef struct completion {
  IHttpCompletionInfo info;
  DWORD size;
  HRESULT status;
} completion;

static DWORD IIS_METHOD get_bytes(const IHttpCompletionInfo *i) {
  return ((const completion *) i)->size;
}

static HRESULT IIS_METHOD get_status(const IHttpCompletionInfo *i) {
  return ((const completion *) i)->status;
}

static const IHttpCompletionInfoTable completion_table = {get_bytes, get_status};

static void complete(operation *op) {
  operation done = *op; /* the next one may begin in its place */
  call *c = done.call, *before = current;
  completion end = {{&completion_table}, done.size, S_OK};
  REQUEST_NOTIFICATION_STATUS status;
  if (done.what == OPERATION_READ)
    end.status = body_read(c, done.data, &end.size);
  else if (done.what == OPERATION_FLUSH)
    end.status = body_flush(c, 0);
  uv_mutex_lock(&server_lock);
  c->dispatched++;
  c->active++;
  c->x->completions++;
  uv_mutex_unlock(&server_lock);
  current = c;
  status = c->module->table->OnAsyncCompletion(c->module, &c->context, RQ_EXECUTE_REQUEST_HANDLER,
                                               FALSE, &c->provider, &end.info);
  current = before;
  notified(c, status);
}

static void work(void *unused) {
  uv_mutex_lock(&server_lock);
  while (queue || !is_ending) {
    operation *op = queue;
    if (op == NULL) {
      uv_cond_wait(&changed, &server_lock);
      continue;
    }
    queue = op->next;
    if (queue == NULL)
      last = &queue;
    uv_mutex_unlock(&server_lock);
    complete(op);
    uv_mutex_lock(&server_lock);
  }
  uv_mutex_unlock(&server_lock);
}

static void complete_early(void *op) {
  complete(op);
}

static void complete_later(operation *op) {
  uv_mutex_lock(&server_lock);
  op->next = NULL;
  *last = op;
  last = &op->next;
  uv_cond_broadcast(&changed);
  uv_mutex_unlock(&server_lock);
}

/* Whoever waits for the client to leave, or for a read to be canceled, is never waited for. */
void call_begin(call *c, operation_kind what, void *data, DWORD size) {
  operation *op = &c->operation;
  int may_last = what == OPERATION_READ && c->x->read_hangs;
  uv_thread_t other;
  begin(c);
  *op = (operation){.call = c, .what = what, .data = data, .size = size};
  if (c->x->kind == SERVER_INLINE && what != OPERATION_POST && !may_last) {
    complete(op);
  } else if (c->x->kind == SERVER_EARLY && !may_last) {
    uv_thread_create(&other, complete_early, op);
    uv_thread_join(&other);
  } else {
    complete_later(op);
  }
}

HRESULT call_cancel(call *c) {
  if (c->is_over)
    call_fault(c, "a read was canceled of a request that had ended");
  uv_mutex_lock(&server_lock);
  c->x->cancels++;
  c->is_canceled = 1;
  uv_cond_broadcast(&changed);
  uv_mutex_unlock(&server_lock);
  return S_OK;
}

void call_wait_until_canceled(call *c) {
  uv_mutex_lock(&server_lock);
  while (!c->is_canceled)
    uv_cond_wait(&changed, &server_lock);
  uv_mutex_unlock(&server_lock);
}

/* ---- A request ---- */

static void run(call *c) {
  REQUEST_NOTIFICATION_STATUS status;
  c->dispatched = c->active = 1;
  current = c;
  status = c->module->table->OnExecuteRequestHandler(c->module, &c->context, &c->provider);
  current = NULL;
  notified(c, status);
  uv_mutex_lock(&server_lock);
  while (!c->has_result || c->active)
    uv_cond_wait(&changed, &server_lock);
  c->is_over = 1;
  uv_mutex_unlock(&server_lock);
}

void server_run(exchange *x) {
  call *c = calloc(1, sizeof *c);
  connection own = {0};
  x->method = x->method ? x->method : "GET";
  if (x->connection == NULL)
    server_connect(&own);
  call_fill(c, x, x->connection ? x->connection : &own);
  uv_mutex_lock(&server_lock);
  c->older = newest;
  newest = c;
  uv_mutex_unlock(&server_lock);
  if (FAILED(server_factory->table->GetHttpModule(server_factory, &c->module, &c->allocator))) {
    call_fault(c, "there was no module");
  } else {
    run(c);
    if (!x->is_reset)
      body_end(c);
    c->module->table->Dispose(c->module);
  }
  call_empty(c);
  c->x = NULL;
  if (x->connection == NULL)
    server_close(&own);
}

static void init(void) {
  uv_mutex_init(&server_lock);
  uv_cond_init(&changed);
}

void server_begin(void) {
  int i;
  uv_once(&once, init);
  is_ending = 0;
  for (i = 0; i < server_threads; i++)
    uv_thread_create(&workers[i], work, NULL);
}

void server_end(void) {
  int i;
  uv_mutex_lock(&server_lock);
  is_ending = 1;
  uv_cond_broadcast(&changed);
  uv_mutex_unlock(&server_lock);
  for (i = 0; i < server_threads; i++)
    uv_thread_join(&workers[i]);
  while (newest) {
    call *c = newest;
    newest = c->older;
    free(c);
  }
}
