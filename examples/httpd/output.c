/* output.c: writes responses: at once if the socket takes them, else in the loop's time, with
 * chunks around lent bytes. */
#include "output.h"
#include "text.h"

/* ---- One write ---- */

static void on_written(uv_write_t *req, int status) {
  output *o = req->data;
  exchange *x = o->x;
  connection *c = x->c;
  o->is_pending = 0;
  x->writes--;
  if (status < 0)
    connection_close(c);
  else if (x->writes == 0)
    connection_clock(c, CLOCK_NONE);
  if (o == &x->span_write)
    on_output_room(x);
  connection_settle(c);
}

/* Leaves out the first `sent` bytes.  Returns the number of buffers left. */
static unsigned advance(uv_buf_t **bufs, unsigned count, size_t sent) {
  while (count && sent >= (*bufs)->len) {
    sent -= (*bufs)->len;
    (*bufs)++;
    count--;
  }
  if (count) {
    (*bufs)->base += sent;
    (*bufs)->len -= sent;
  }
  return count;
}

/* Returns 1 when all is out, 0 when the bytes are needed until on_written, -1 when the client is
 * gone. */
static int send_all(exchange *x, output *o, uv_buf_t *bufs, unsigned count) {
  uv_stream_t *stream = (uv_stream_t *) &x->c->tcp;
  int n = uv_try_write(stream, bufs, count);
  if (n < 0 && n != UV_EAGAIN)
    return -1;
  count = advance(&bufs, count, n > 0 ? (size_t) n : 0);
  if (count == 0)
    return 1;
  o->x = x;
  o->req.data = o;
  if (uv_write(&o->req, stream, bufs, count, on_written) < 0)
    return -1;
  o->is_pending = 1;
  x->writes++;
  connection_clock(x->c, CLOCK_WRITE);
  return 0;
}

/* ---- Framing ---- */

static char *put_connection(const exchange *x, char *to) {
  if (!x->keep_alive)
    return PUT(to, "Connection: close\r\n");
  return x->minor == 0 ? PUT(to, "Connection: keep-alive\r\n") : to;
}

/* There will be more of the request body than is worth reading. */
static int leaves_body(const exchange *x) {
  return x->state == READING_BODY && (x->use != BODY_LENT || x->ended) && !exchange_may_drain(x);
}

/* Decides how the body is framed: a response that is complete before anything went out has a
 * length. */
static void decide_framing(exchange *x) {
  fcl_cgi_reply *r = &x->reply;
  char *to = x->framing;
  if (x->ended && (r->framing == FCL_CGI_CHUNKED || r->framing == FCL_CGI_CLOSE)) {
    r->framing = FCL_CGI_LENGTH;
    r->content_length = (int64_t) x->sent;
    r->left = 0;
  }
  if (r->framing == FCL_CGI_CLOSE || x->c->worker->is_draining || leaves_body(x))
    x->keep_alive = 0;
  to = put_connection(x, to);
  if (r->content_length >= 0) {
    to = PUT(to, "Content-Length: ");
    to = put_number(to, (uint64_t) r->content_length);
    to = PUT(to, "\r\n");
  } else if (r->framing == FCL_CGI_CHUNKED) {
    to = PUT(to, "Transfer-Encoding: chunked\r\n");
  }
  to = PUT(to, "\r\n");
  x->framing_len = (size_t) (to - x->framing);
}

/* ---- What is gathered ---- */

static void set(uv_buf_t *bufs, unsigned *count, const char *base, size_t len) {
  if (len == 0)
    return;
  bufs[*count].base = (char *) base;
  bufs[(*count)++].len = len;
}

/* Names the head if it has not gone yet, what is gathered, and `span`, in chunks where they are
 * needed. */
static unsigned collect(exchange *x, output *o, uv_buf_t *bufs, const char *span, size_t len) {
  unsigned count = 0;
  size_t gathered = x->out_len - x->fields_len, chunk = gathered + len;
  int is_chunked;
  if (!x->head_sent) {
    decide_framing(x);
    set(bufs, &count, x->out->bytes, x->fields_len);
    set(bufs, &count, x->framing, x->framing_len);
    x->head_sent = 1;
  }
  is_chunked = x->reply.framing == FCL_CGI_CHUNKED && chunk > 0;
  if (is_chunked) {
    char *end = put_hex(o->chunk_line, chunk);
    end = PUT(end, "\r\n");
    set(bufs, &count, o->chunk_line, (size_t) (end - o->chunk_line));
  }
  set(bufs, &count, x->out ? x->out->bytes + x->fields_len : NULL, gathered);
  set(bufs, &count, span, len);
  if (is_chunked)
    set(bufs, &count, "\r\n", 2);
  return count;
}

static void gone(exchange *x) {
  x->fields_len = x->out_len = 0;
  ring_remove(&x->dirty);
}

void output_later(exchange *x) {
  if (x->dirty.next == NULL)
    ring_append(&x->c->worker->dirty, &x->dirty);
}

static int has_gathered(const exchange *x) {
  return x->out_len > x->fields_len;
}

static int can_gather(exchange *x, size_t len) {
  if (x->block_write.is_pending || x->span_write.is_pending)
    return 0;
  if (x->out == NULL)
    x->out = block_take(&x->c->worker->blocks, BLOCK_SMALL);
  return x->out && len <= x->out->size - x->out_len;
}

static void gather(exchange *x, const char *data, size_t len) {
  memcpy(x->out->bytes + x->out_len, data, len);
  x->out_len += len;
  output_later(x);
}

/* ---- ---- */

static int send_span(exchange *x, const char *data, size_t len) {
  uv_buf_t bufs[6];
  unsigned count = collect(x, &x->span_write, bufs, data, len);
  int sent = send_all(x, &x->span_write, bufs, count);
  gone(x);
  if (sent < 0)
    connection_close(x->c);
  return sent != 0;
}

int output_body(exchange *x, const char *data, size_t len) {
  if (len == 0 || x->c->is_closing)
    return 1;
  x->sent += len;
  if (!can_gather(x, len))
    return send_span(x, data, len);
  gather(x, data, len);
  if (x->reply.framing == FCL_CGI_LENGTH && x->reply.left == 0)
    output_flush(x);
  return 1;
}

static const char last_chunk[] = "0\r\n\r\n";

void output_flush(exchange *x) {
  uv_buf_t bufs[6];
  unsigned count;
  int sent;
  ring_remove(&x->dirty);
  if (x->c->is_closing || !x->has_head || (x->head_sent && !has_gathered(x)))
    return;
  count = collect(x, &x->block_write, bufs, NULL, 0);
  if (x->ended && x->reply.framing == FCL_CGI_CHUNKED)
    set(bufs, &count, last_chunk, sizeof last_chunk - 1);
  sent = send_all(x, &x->block_write, bufs, count);
  gone(x);
  if (sent < 0)
    connection_close(x->c);
}

static void send_last_chunk(exchange *x) {
  uv_buf_t buf = uv_buf_init((char *) last_chunk, sizeof last_chunk - 1);
  if (send_all(x, &x->last_write, &buf, 1) < 0)
    connection_close(x->c);
}

void output_end(exchange *x) {
  x->ended = 1;
  if (!x->head_sent || has_gathered(x))
    output_flush(x);
  else if (x->reply.framing == FCL_CGI_CHUNKED && !x->c->is_closing)
    send_last_chunk(x);
  connection_settle(x->c);
}

void output_text(exchange *x, const char *what, size_t len) {
  uv_buf_t buf = uv_buf_init((char *) what, (unsigned) len);
  if (send_all(x, &x->text_write, &buf, 1) < 0)
    connection_close(x->c);
}
