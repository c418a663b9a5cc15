/* run_answer.c: one request of `fcgi run`: its body on the way there, the answer on the way back.
 */
#include "run.h"
#include "system.h"
#include <errno.h>
#include <string.h>

/* ---- The body ---- */

/* The next piece of a file of which *left bytes are not read yet.  0: it is shorter than it was. */
static size_t read_piece(run *r, int fd, int64_t length, int64_t *left) {
  size_t want = *left < RUN_PIECE ? (size_t) *left : RUN_PIECE;
  ptrdiff_t n = system_read(fd, r->piece, want, length - *left);
  if (n > 0)
    *left -= n;
  return n > 0 ? (size_t) n : 0;
}

/* A filter gets its file behind the body (§6.4). */
static void send_file(run *r) {
  size_t n;
  if (r->file_left == 0)
    return;
  n = read_piece(r, r->file_fd, r->file_length, &r->file_left);
  if (n == 0)
    fcl_request_cancel(r->request);
  else
    fcl_request_data(r->request, r->piece, n);
}

static void send_next(run *r) {
  size_t n = r->left > 0 ? read_piece(r, r->call.fd, r->call.length, &r->left) : 0;
  if (n > 0) {
    fcl_request_write(r->request, r->piece, n);
    return;
  }
  if (!r->is_finished)
    fcl_request_finish(r->request); /* where the body is shorter than it was, the library says so */
  r->is_finished = 1;
  send_file(r);
}

static void on_sent(fcl_request *request, fcl_code code, void *user) {
  run *r = user;
  if (code == FCL_OK)
    send_next(r);
}

/* ---- The answer ---- */

/* The reader of our stdout is gone, or its disk is full. */
static void check_output(run *r) {
  if (!r->out.error)
    return;
  if (r->out.error == EPIPE && !r->signal)
    r->signal = SYSTEM_PIPE_BROKE;
  fcl_request_cancel(r->request);
}

static fcl_flow on_head(fcl_request *request, const fcl_head *head, void *user) {
  run *r = user;
  r->http = head->status;
  if (r->is_json)
    run_keep_head(r, head);
  else if (r->shows_head)
    run_show_head(r, head);
  check_output(r);
  return FCL_NEXT;
}

static fcl_flow on_body(fcl_request *request, const char *data, size_t len, void *user) {
  run *r = user;
  fcl_flow flow = FCL_NEXT;
  if (r->is_json)
    run_keep(&r->body, data, len);
  else if (!fcgi_output_write(&r->out, data, len))
    flow = FCL_HOLD;
  check_output(r);
  return flow;
}

static void on_stderr(fcl_request *request, const char *data, size_t len, void *user) {
  run *r = user;
  if (r->is_json)
    run_keep(&r->err, data, len);
  else
    fwrite(data, 1, len, stderr);
}

/* ---- The end ---- */

static int exit_status(const run *r, const fcl_result *result) {
  if (r->is_late)
    return FCGI_TIMEOUT;
  if (r->out.error)
    return FCGI_USAGE;
  if (result->error.code)
    return fcgi_exit_of(result->error.code);
  if (result->app_status && !r->is_cgi)
    return result->app_status <= FCGI_STATUS_MAX ? (int) result->app_status : FCGI_STATUS_MORE;
  return r->fails && r->http >= 400 ? FCGI_HTTP_ERROR : FCGI_OK;
}

static void say_error(run *r, const fcl_error *e) {
  if (r->signal)
    return;
  if (r->out.error)
    fcgi_say("cannot write the answer: %s", strerror(r->out.error));
  else if (r->is_late)
    fcgi_say("no whole answer came within %u ms (--timeout)%s", r->timeout_ms,
             r->http ? "; its head did" : "");
  else if (e->code)
    fcgi_say("%s", e->text);
}

static void on_done(fcl_request *request, const fcl_result *result, void *user) {
  run *r = user;
  int status = exit_status(r, result);
  uv_timer_stop(&r->limit);
  if (!r->is_json)
    say_error(r, &result->error);
  if (r->is_cgi && result->error.code && r->http == 0)
    run_show_failure(r, result->error.code);
  if (r->is_json && !r->signal)
    run_show_json(r, result, status);
  if (!r->signal)
    run_show_time(r, result);
  if (r->status == FCGI_OK)
    r->status = status;
  run_forget(r);
  fcl_request_free(request);
  r->request = NULL;
  run_next(r);
}

static void on_limit(uv_timer_t *timer) {
  run *r = timer->data;
  r->is_late = 1;
  fcl_request_cancel(r->request);
}

int run_start(run *r) {
  static const fcl_handlers handlers = {on_head, on_body, on_stderr, on_sent, NULL, on_done};
  r->request = fcgi_call_request(&r->call, r->pool, &handlers, r);
  if (r->request == NULL)
    return 0;
  if (r->role)
    fcl_request_role(r->request, (fcl_role) r->role);
  if (r->role == FCL_FILTER)
    fcl_request_file(r->request, r->file_length, r->file_modified);
  if (r->is_raw)
    fcl_request_raw(r->request);
  r->left = r->call.fd >= 0 ? r->call.length : 0;
  r->file_left = r->file_length;
  r->is_finished = 0;
  if (r->timeout_ms && r->timeout_ms != FCL_NEVER)
    uv_timer_start(&r->limit, on_limit, r->timeout_ms == FCL_NONE ? 0 : r->timeout_ms, 0);
  fcl_request_start(r->request);
  send_next(r);
  return 1;
}
