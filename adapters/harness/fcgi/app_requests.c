/* app_requests.c: what the answer to a request does, on a thread of its own: reads its streams,
   writes records, waits. */
#include "app_shared.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- Sending ---- */

void app_conn_break(app_conn *c) {
  fcl__lock_take(&c->lock);
  c->is_over = 1;
  fcl__news_tell(&c->changed);
  fcl__lock_give(&c->lock);
  fcl__net_break(c->fd);
  fcl__net_wake(c->wake);
}

void app_conn_send(app_conn *c, const void *records, size_t len) {
  const char *at = records, *end = at + len;
  fcl__lock_take(&c->sends);
  app_conn_watch(1, at, len); /* first: the server's reply to it may be read before write returns */
  while (at < end) {
    fcl__polled room = {c->fd, FCL__OUT, 0};
    ptrdiff_t n = fcl__net_send(c->fd, at, (size_t) (end - at));
    if (n > 0)
      at += n;
    else if (!fcl__net_is_again(errno))
      break;
    else
      fcl__net_poll(&room, 1, -1);
  }
  fcl__lock_give(&c->sends);
  if (at < end)
    app_conn_break(c);
}

int request_is_aborted(const request *r) {
  int is;
  fcl__lock_take(&r->conn->lock);
  is = r->is_aborted || r->conn->is_over;
  fcl__lock_give(&r->conn->lock);
  return is;
}

void request_flush(request *r) {
  if (r->out_len > 0 && !request_is_aborted(r)) {
    fcl_put_header((uint8_t *) r->out, r->out_type, r->id, r->out_len, 0);
    app_conn_send(r->conn, r->out, FCL_HEADER_SIZE + r->out_len);
  }
  r->out_len = 0;
}

void request_write(request *r, fcl_type stream, const char *data, size_t len) {
  r->has_stderr |= stream == FCL_STDERR;
  while (len > 0) {
    size_t n = APP_OUT - r->out_len;
    if (n == 0 || r->out_type != stream) {
      request_flush(r);
      r->out_type = stream;
      n = APP_OUT;
    }
    n = n < len ? n : len;
    memcpy(r->out + FCL_HEADER_SIZE + r->out_len, data, n);
    r->out_len += n;
    data += n;
    len -= n;
  }
}

/* The ends of its streams, and END_REQUEST. */
static void send_end(request *r) {
  uint8_t out[2 * FCL_HEADER_SIZE + 16], *at = out;
  if (r->has_stderr)
    fcl_put_header(at, FCL_STDERR, r->id, 0, 0), at += FCL_HEADER_SIZE;
  fcl_put_header(at, FCL_STDOUT, r->id, 0, 0);
  at += FCL_HEADER_SIZE;
  fcl_put_end(at, r->id, r->app_status, FCL_REQUEST_COMPLETE);
  app_conn_send(r->conn, out, (size_t) (at + 16 - out));
}

/* ---- Reading ---- */

/* What was lent last is done with; waits for more.  Returns its length, 0 at the end. */
static size_t read_stream(request *r, app_stream *s, const char **data) {
  app_conn *c = r->conn;
  size_t len;
  fcl__lock_take(&c->lock);
  if (s->lent > 0)
    fcl__news_tell(&c->changed); /* there is room again */
  s->at = (s->at + s->lent) % APP_RING;
  s->len -= s->lent;
  while (s->len == 0 && !s->is_ended && !r->is_aborted && !c->is_over)
    fcl__news_wait(&c->changed, &c->lock, FCL__FOREVER);
  len = s->len < APP_RING - s->at ? s->len : APP_RING - s->at;
  if (r->is_aborted || c->is_over)
    len = 0;
  *data = s->ring ? s->ring + s->at : "";
  s->lent = len;
  fcl__lock_give(&c->lock);
  return len;
}

size_t request_read(request *r, const char **data) {
  return read_stream(r, &r->in, data);
}

size_t request_read_data(request *r, const char **data) {
  return r->role == FCL_FILTER ? read_stream(r, &r->data, data) : 0;
}

/* ---- The rest ---- */

void request_pairs(const request *r, const char **base, size_t *len) {
  *base = r->params;
  *len = r->params_len;
}

fcl_role request_role(const request *r) {
  return (fcl_role) r->role;
}

void request_drop(request *r) {
  r->is_dropped = 1;
}

void request_exit_status(request *r, uint32_t app_status) {
  r->app_status = app_status;
}

int request_connection(const request *r) {
  return r->conn->fd;
}

void request_pause(request *r, uint64_t ms) {
  uint64_t until = fcl__now_ms() + ms;
  int waits = 1;
  if (ms == 0)
    return;
  fcl__lock_take(&r->conn->lock);
  while (waits && !r->is_aborted && !r->conn->is_over)
    waits = fcl__news_wait(&r->conn->changed, &r->conn->lock, until);
  fcl__lock_give(&r->conn->lock);
}

/* ---- Life ---- */

void app_request_free(request *r) {
  free(r->params);
  free(r->in.ring);
  free(r->data.ring);
  free(r);
}

/* From the moment of its END_REQUEST on the server may use the id again, so it is forgotten before.
 */
static void forget(request *r) {
  app_conn *c = r->conn;
  request **at = &c->requests;
  fcl__lock_take(&c->lock);
  while (*at != r)
    at = &(*at)->next;
  *at = r->next;
  c->served++;
  c->must_close |= !r->is_kept;
  fcl__news_tell(&c->changed);
  fcl__lock_give(&c->lock);
  app_limits_give(c->limits, c->slot);
}

/* A server that does not keep the connection is done when the body is out: what it sends beyond the
   answer is taken, so that closing does not cut the answer off. */
static void read_rest(request *r) {
  const char *rest;
  while (request_read(r, &rest) > 0 || request_read_data(r, &rest) > 0)
    ;
}

/* The connection broke under it, by another's doing: its answer stops somewhere, and END_REQUEST
   would say that it is whole. */
static int is_cut(const request *r) {
  int is;
  fcl__lock_take(&r->conn->lock);
  is = r->conn->is_over && !r->is_aborted;
  fcl__lock_give(&r->conn->lock);
  return is;
}

static void end_request(request *r) {
  int is_said = !r->is_dropped && !is_cut(r);
  request_flush(r);
  if (r->is_dropped)
    app_conn_break(r->conn);
  if (r->is_kept || r->is_dropped)
    forget(r);
  if (is_said)
    send_end(r);
  if (r->is_kept || r->is_dropped)
    return;
  read_rest(r);
  forget(r);
}

void app_request_run(void *of) {
  request *r = of;
  app_conn *c = r->conn;
  answer(r);
  end_request(r);
  app_request_free(r);
  fcl__lock_take(&c->lock);
  c->running--;
  c->is_over |= c->must_close && c->running == 0 && c->requests == NULL;
  fcl__lock_give(&c->lock);
  fcl__net_wake(c->wake);
}
