/* orders.c: who carries out orders, and when.  Each call into the server is made by a thread of its
   own.  Whoever says PENDING has left exactly one continuation: an operation that is under way, or
   a place in the book that the next order's PostCompletion takes.  It may have come before PENDING
   is returned, so that nothing of the session is touched any more then. */
#include "session.h"
#include "host.h"
#include <stddef.h>
#include <uv.h>

#define END_OF_BODY ((HRESULT) 0x80070026) /* ERROR_HANDLE_EOF */

static uv_once_t once = UV_ONCE_INIT;
static uv_mutex_t book; /* of all sessions: its owner never calls the server */

static void init(void) {
  uv_mutex_init(&book);
}

/* ---- One order ---- */

/* HEAD, SPAN and END first: whoever has an answer may not read the rest.  ORDER_NONE: parked. */
static order take(session *s) {
  order o;
  uv_mutex_lock(&book);
  o = s->answer != ORDER_NONE ? s->answer : s->wants_body ? ORDER_READ : ORDER_NONE;
  if (o == ORDER_END && s->is_called)
    o = ORDER_NONE; /* it stays in the book for the task */
  else if (o == ORDER_READ)
    s->wants_body = 0;
  else
    s->answer = ORDER_NONE;
  s->is_parked = o == ORDER_NONE;
  uv_mutex_unlock(&book);
  return o;
}

static void set_operation(session *s, order what) {
  uv_mutex_lock(&book);
  s->operation = what;
  uv_mutex_unlock(&book);
}

/* Returns 1 when it is over already, and settled. */
static int operate(session *s, order what) {
  HRESULT result;
  set_operation(s, what);
  if (what == ORDER_READ)
    result = s->in->table->ReadEntityBody(s->in, s->visit.upload, visit_room(&s->visit), TRUE, NULL,
                                          NULL);
  else
    result = reply_write(s, s->visit.span, 1);
  if (!FAILED(result))
    return 0;
  set_operation(s, ORDER_NONE);
  session_settle(s, what, what == ORDER_READ && result == END_OF_BODY, 0);
  return 1;
}

/* What the server may hold back is copied, and the library goes on at once: with the next span. */
static int send_span(session *s) {
  size_t len = s->visit.span.len = fcl_cgi_reply_take(&s->visit.reply, s->visit.span.len);
  if (len > 0 && len > s->limit - s->buffered)
    return operate(s, ORDER_SPAN);
  s->buffered += (DWORD) len;
  session_settle(s, ORDER_SPAN, len == 0 || !FAILED(reply_write(s, s->visit.span, 0)), 0);
  return 1;
}

REQUEST_NOTIFICATION_STATUS orders_carry_out(session *s) {
  for (;;) {
    order o = take(s);
    if (o == ORDER_NONE)
      return RQ_NOTIFICATION_PENDING;
    if (o == ORDER_END)
      return session_end(s);
    if (!s->visit.is_gone && !watch_is_connected(s))
      visit_give_up(&s->visit);
    if (o == ORDER_HEAD)
      session_send_head(s);
    else if (!(o == ORDER_READ ? operate(s, o) : send_span(s)))
      return RQ_NOTIFICATION_PENDING;
  }
}

/* ---- Continuations ---- */

REQUEST_NOTIFICATION_STATUS orders_go_on(session *s, IHttpCompletionInfo *info) {
  HRESULT status = info->table->GetCompletionStatus(info);
  order what;
  int is_late;
  uv_mutex_lock(&book);
  what = s->operation;
  is_late = what == ORDER_READ && s->answer == ORDER_END; /* nobody wants it any more */
  s->operation = ORDER_NONE;
  uv_mutex_unlock(&book);
  if (what != ORDER_NONE && !is_late)
    session_settle(s, what, !FAILED(status) || (what == ORDER_READ && status == END_OF_BODY),
                   FAILED(status) ? 0 : info->table->GetCompletionBytes(info));
  return orders_carry_out(s);
}

/* Under the lock: 1 if the one continuation is due, which is the caller's to post then. */
static int unpark(session *s) {
  int is_due = s->is_parked && !(s->answer == ORDER_END && s->is_called) &&
               (s->answer != ORDER_NONE || s->wants_body);
  if (is_due)
    s->is_parked = 0;
  return is_due;
}

/* Where the server has no thread for it, this one is it: better slow than lost. */
static void post(session *s, IHttpContext *context) {
  REQUEST_NOTIFICATION_STATUS status;
  if (!FAILED(context->table->PostCompletion(context, 0)))
    return;
  host_log(FCL_LEVEL_ERROR,
           "The web server did not take a completion (PostCompletion failed); the client's loop "
           "waits for a client in its place.");
  s->provider = NULL; /* was the last notification's */
  status = orders_carry_out(s);
  if (status != RQ_NOTIFICATION_PENDING)
    context->table->IndicateCompletion(context, status);
}

/* The last order came while the client still sends: it is not waited for. */
static void on_task(task *t) {
  session *s = (session *) ((char *) t - offsetof(session, task));
  IHttpContext *context = s->context;
  int is_reading, is_due;
  uv_mutex_lock(&book);
  is_reading = s->operation == ORDER_READ;
  uv_mutex_unlock(&book);
  if (is_reading)
    context->table->CancelIo(context);
  uv_mutex_lock(&book);
  s->is_called = 0;
  is_due = unpark(s);
  uv_mutex_unlock(&book);
  if (is_due)
    post(s, context);
}

int orders_open(session *s) {
  uv_once(&once, init);
  s->task.run = on_task;
  return task_open();
}

void orders_leave(visit *v, order o) {
  session *s = SESSION_OF(v);
  IHttpContext *context = s->context;
  int is_due;
  uv_mutex_lock(&book);
  if (o == ORDER_READ)
    s->wants_body = 1;
  else
    s->answer = o;
  if (o == ORDER_END && s->operation == ORDER_READ && !s->is_called) {
    s->is_called = 1;
    task_add(&s->task);
  }
  is_due = unpark(s);
  uv_mutex_unlock(&book); /* now the session may be no more, unless the continuation is ours */
  if (is_due)
    post(s, context);
}
