/* orders.c: carries out orders.  A server does what it is asked to do asynchronously either within
   the call (Apache, if at all): then HttpExtensionProc stays and waits for orders.  Or later, on
   other threads (IIS): then it returns, and completions go on.  The first operation tells. */
#include "session.h"
#include <stddef.h>

static uv_once_t once = UV_ONCE_INIT;
static uv_mutex_t book; /* of all sessions: its owner never calls the server */
static enum { HOST_UNKNOWN, HOST_INLINE, HOST_ASYNC } host;

static void init(void) {
  uv_mutex_init(&book);
}

/* ---- One order ---- */

/* HEAD, SPAN and END first: whoever has an answer may not read the rest. */
static order take(session *s) {
  order o;
  uv_mutex_lock(&book);
  while (s->is_waiting && s->answer == ORDER_NONE && !s->wants_body)
    uv_cond_wait(&s->changed, &book);
  o = s->answer != ORDER_NONE ? s->answer : s->wants_body ? ORDER_READ : ORDER_NONE;
  s->is_parked = o == ORDER_END && s->is_called;
  if (s->is_parked) {
    o = ORDER_NONE; /* the task will carry it out */
  } else if (o == ORDER_READ) {
    s->wants_body = 0;
  } else {
    s->answer = ORDER_NONE;
    s->is_working = o != ORDER_NONE;
  }
  uv_mutex_unlock(&book);
  return o;
}

/* Under the lock, behind the call. */
static void learn(session *s) {
  const struct operation *op = &s->operation;
  if (s->is_waiting && (!op->is_over || (op->ok && !op->is_inline))) {
    host = HOST_ASYNC;
    s->is_waiting = 0;
  } else if (s->is_waiting && op->is_inline) {
    host = HOST_INLINE;
    s->tries_async = 0;
  }
}

/* Returns 0 while the operation is under way: do not touch the session any more then. */
static int begin_async(session *s, void *data, DWORD size) {
  EXTENSION_CONTROL_BLOCK *ecb = s->ecb;
  struct operation *op = &s->operation;
  DWORD mode = HSE_IO_ASYNC;
  int is_over;
  BOOL accepted =
      op->what == ORDER_SPAN
          ? reply_write(s, data, &size, mode)
          : ecb->ServerSupportFunction(ecb->ConnID, HSE_REQ_ASYNC_READ_CLIENT, data, &size, &mode);
  uv_mutex_lock(&book);
  op->is_over |= !accepted; /* no completion; Apache: or there was one */
  op->ok &= accepted;
  op->is_begun = 1;
  learn(s);
  is_over = op->is_over;
  uv_mutex_unlock(&book);
  return is_over;
}

/* Returns 0 as begin_async does.  To write nothing is done at once. */
static int operate(session *s, order what, void *data, DWORD size) {
  EXTENSION_CONTROL_BLOCK *ecb = s->ecb;
  struct operation op = {.what = what, .thread = uv_thread_self()};
  op.is_over = op.ok = size == 0;
  uv_mutex_lock(&book);
  s->operation = op;
  uv_mutex_unlock(&book);
  if (size == 0)
    return 1;
  if (s->tries_async)
    return begin_async(s, data, size);
  s->operation.ok = what == ORDER_SPAN ? reply_write(s, data, &size, HSE_IO_SYNC)
                                       : ecb->ReadClient(ecb->ConnID, data, &size);
  s->operation.size = size;
  return 1;
}

/* ---- All orders ---- */

static int send_span(session *s) {
  DWORD size = (DWORD) fcl_cgi_reply_take(&s->visit.reply, s->visit.span.len);
  return operate(s, ORDER_SPAN, (void *) s->visit.span.base, size);
}

DWORD orders_carry_out(session *s) {
  for (;;) {
    order o = take(s);
    switch (o) {
    case ORDER_NONE:
      return HSE_STATUS_PENDING;
    case ORDER_HEAD:
      session_send_head(s);
      break;
    case ORDER_SPAN:
    case ORDER_READ:
      if (!(o == ORDER_SPAN ? send_span(s) : operate(s, o, s->visit.upload, visit_room(&s->visit))))
        return HSE_STATUS_PENDING;
      session_settle(s);
      break;
    case ORDER_END:
      return session_end(s);
    }
  }
}

/* May come before the call that has begun the operation returns; then that one goes on. */
static VOID WINAPI on_completion(EXTENSION_CONTROL_BLOCK *ecb, PVOID context, DWORD size,
                                 DWORD error) {
  session *s = context;
  struct operation *op = &s->operation;
  uv_thread_t self = uv_thread_self();
  int is_ours;
  uv_mutex_lock(&book);
  op->is_over = 1;
  op->ok = error == 0;
  op->size = size;
  op->is_late = s->answer == ORDER_END;
  op->is_inline = !op->is_begun && uv_thread_equal(&self, &op->thread);
  is_ours = op->is_begun;
  uv_mutex_unlock(&book);
  if (!is_ours)
    return;
  session_settle(s);
  orders_carry_out(s);
}

/* An asynchronous server has no thread at hand: either none carries out orders, or the last one
   came while a read is under way. */
static void on_task(task *t) {
  session *s = (session *) ((char *) t - offsetof(session, task));
  int is_reading, is_ours;
  uv_mutex_lock(&book);
  is_reading = s->operation.what == ORDER_READ && !s->operation.is_over;
  uv_mutex_unlock(&book);
  if (is_reading) /* and stays so for us: the session does not end while is_called */
    s->ecb->ServerSupportFunction(s->ecb->ConnID, HSE_REQ_CANCEL_IO, NULL, NULL, NULL);
  uv_mutex_lock(&book);
  s->is_called = 0;
  is_ours = s->is_parked || !s->is_working;
  s->is_working = 1;
  uv_mutex_unlock(&book);
  if (is_ours)
    orders_carry_out(s);
}

void orders_open(session *s) {
  EXTENSION_CONTROL_BLOCK *ecb = s->ecb;
  uv_once(&once, init);
  s->task.run = on_task;
  uv_mutex_lock(&book);
  s->tries_async = host != HOST_INLINE;
  uv_mutex_unlock(&book);
  s->tries_async = s->tries_async &&
                   ecb->ServerSupportFunction(ecb->ConnID, HSE_REQ_IO_COMPLETION,
                                              (LPVOID) on_completion, NULL, (LPDWORD) s) &&
                   task_open();
  uv_mutex_lock(&book);
  if (!s->tries_async)
    host = HOST_INLINE;
  s->is_waiting = host != HOST_ASYNC;
  s->is_working = 1;
  uv_mutex_unlock(&book);
}

void orders_forget(void) {
  uv_once(&once, init);
  uv_mutex_lock(&book);
  host = HOST_UNKNOWN;
  uv_mutex_unlock(&book);
}

void orders_leave(visit *v, order o) {
  session *s = SESSION_OF(v);
  const struct operation *op = &s->operation;
  uv_mutex_lock(&book);
  if (o == ORDER_READ)
    s->wants_body = 1;
  else
    s->answer = o;
  if (s->is_waiting) {
    uv_cond_signal(&s->changed);
  } else if (!s->is_called &&
             (!s->is_working || (o == ORDER_END && op->what == ORDER_READ && !op->is_over))) {
    s->is_called = 1;
    task_add(&s->task);
  }
  uv_mutex_unlock(&book); /* now the session may be no more */
}
