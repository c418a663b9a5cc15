/* connection.c: the life of a client's connection: reading, one exchange after another, keeping it
 * or closing it. */
#include "connection.h"
#include "application.h"
#include "log.h"
#include "output.h"
#include "request.h"
#include "static.h"
#include "text.h"
#include <stdlib.h>

/* Something of it is still on its way, or will call back. */
static int is_busy(const exchange *x) {
  return x->writes || x->request || x->is_lent || x->fs_busy;
}

/* ---- Closing ---- */

static void free_connection(connection *c) {
  worker *w = c->worker;
  if (c->x) {
    log_request(c->x);
    exchange_free(c->x);
  }
  block_give(&w->blocks, c->in);
  ring_remove(&c->link);
  c->next_free = w->free_connections;
  w->free_connections = c;
  worker_forget(w);
}

static void free_if_quiet(connection *c) {
  if (c->is_closed && (c->x == NULL || !is_busy(c->x)))
    free_connection(c);
}

static void on_close(uv_handle_t *handle) {
  connection *c = (connection *) handle;
  c->is_closed = 1;
  free_if_quiet(c);
}

static int begin_close(connection *c) {
  if (c->is_closing)
    return 0;
  c->is_closing = 1;
  connection_clock(c, CLOCK_NONE);
  if (c->x)
    application_cancel(c->x);
  return 1;
}

void connection_close(connection *c) {
  if (begin_close(c))
    uv_close((uv_handle_t *) &c->tcp, on_close);
}

void connection_reset(connection *c) {
  if (begin_close(c) && uv_tcp_close_reset(&c->tcp, on_close) < 0)
    uv_close((uv_handle_t *) &c->tcp, on_close);
}

/* ---- Reading ---- */

static int is_lent(const connection *c) {
  return c->x && c->x->is_lent;
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf) {
  connection *c = (connection *) handle;
  worker *w = c->worker;
  if (c->is_lingering) {
    *buf = uv_buf_init(w->junk, sizeof w->junk);
    return;
  }
  if (is_lent(c)) { /* what is in the block has not been used yet */
    *buf = uv_buf_init(NULL, 0);
    return;
  }
  if (c->in == NULL) {
    c->in = block_take(&w->blocks, c->x ? BLOCK_LARGE : BLOCK_SMALL);
    c->at = c->end = 0;
  }
  if (c->in == NULL)
    *buf = uv_buf_init(NULL, 0);
  else
    *buf = uv_buf_init(c->in->bytes + c->end, (unsigned) (c->in->size - c->end));
  if (c->x && buf->len > 65528)
    buf->len = 65528; /* what goes on to the application in one record */
}

/* Gives the block back when nothing in it is needed. */
static void release_in(connection *c) {
  if (c->in && c->at == c->end && (c->x == NULL || c->x->head_block != c->in) && !is_lent(c)) {
    block_give(&c->worker->blocks, c->in);
    c->in = NULL;
    c->at = c->end = 0;
  }
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf);

static void set_reading(connection *c, int reading) {
  if (c->is_reading == reading)
    return;
  c->is_reading = reading;
  if (!reading)
    uv_read_stop((uv_stream_t *) &c->tcp);
  else if (uv_read_start((uv_stream_t *) &c->tcp, on_alloc, on_read) < 0)
    connection_close(c);
}

/* What is in the block comes first.  A part that is gathered comes back in this turn of the loop:
   to stop for that, and to begin again, would be four system calls.  Asked again, it is serious. */
static void no_room(connection *c) {
  if (c->has_waited || !is_lent(c))
    set_reading(c, 0);
  c->has_waited = !c->has_waited;
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf) {
  connection *c = (connection *) stream;
  if (n == 0) {
    release_in(c);
  } else if (n == UV_ENOBUFS && (c->in || is_lent(c))) {
    no_room(c);
  } else if (n < 0) {
    connection_close(c); /* a client that has left wants no answer */
  } else if (!c->is_lingering) {
    c->end += (size_t) n;
    connection_advance(c);
  }
}

static void on_shutdown(uv_shutdown_t *req, int status) {
}

/* Says that nothing more will come, and reads on for a while: closed at once, with bytes unread,
   the response could be lost on its way (RFC 9112 section 9.6). */
static void linger(connection *c) {
  if (uv_shutdown(&c->shutdown, (uv_stream_t *) &c->tcp, on_shutdown) < 0) {
    connection_close(c);
    return;
  }
  c->is_lingering = 1;
  connection_clock(c, CLOCK_LINGER);
  set_reading(c, 1);
}

void connection_drain(connection *c) {
  if (c->x == NULL)
    connection_close(c);
}

/* While a response is made we read on, to notice that the client leaves, as far as there is room
 * for what it sends ahead. */
static void read_ahead(connection *c) {
  if (!c->x->is_lent)
    set_reading(c, c->in == NULL || c->end < c->in->size);
}

/* ---- The head ---- */

/* Makes room behind an incomplete head.  Returns 0, or the status to refuse it with. */
static int make_room(connection *c) {
  exchange *x = c->x;
  size_t len = c->end - x->head_start;
  block *to = c->in;
  if (len > HEAD_MAX)
    return x->field_count ? 431 : 414;
  if (c->end < c->in->size)
    return 0;
  if (x->head_start < c->in->size / 2) /* moving it would not help for long */
    to = block_take(&c->worker->blocks, BLOCK_LARGE);
  if (to == NULL)
    return 503;
  memmove(to->bytes, c->in->bytes + x->head_start, len);
  request_rebase(x, c->in->bytes + x->head_start, to->bytes);
  if (to != c->in)
    block_give(&c->worker->blocks, c->in);
  c->in = x->head_block = to;
  x->head_start = 0;
  c->at = c->end = len;
  return 0;
}

static void read_head(connection *c) {
  exchange *x = c->x;
  switch (request_parse(c)) {
  case PARSED_STOP:
    if (c->at - x->head_start > HEAD_MAX)
      exchange_refuse(x, 431);
    return;
  case PARSED_ERROR:
    exchange_refuse(x, x->refusal);
    return;
  case PARSED_ALL:
    x->refusal = make_room(c);
    if (x->refusal) {
      exchange_refuse(x, x->refusal);
      return;
    }
    if (c->clock_kind != CLOCK_HEAD)
      connection_clock(c, CLOCK_HEAD);
    set_reading(c, 1);
  }
}

/* ---- The body ---- */

static void got_body(exchange *x) {
  fcl_slice body = x->body;
  int is_complete = x->state == BODY_COMPLETE;
  x->body = slice(NULL, 0);
  if (x->use == BODY_LENT)
    application_body(x, body, is_complete);
}

/* Room for more of the body: the block that it came in, when all in it has been used. */
static void read_body_on(connection *c) {
  exchange *x = c->x;
  if (c->in && c->in != x->head_block) {
    if (c->in->size == BLOCK_SMALL)
      release_in(c);
    c->at = c->end = 0;
  } else {
    c->in = NULL; /* the head keeps it */
    c->at = c->end = 0;
  }
  if (x->writes == 0) /* else it is the client's turn to read */
    connection_clock(c, CLOCK_BODY);
  set_reading(c, 1);
}

/* Returns 0 when it has to wait. */
static int read_body(connection *c) {
  exchange *x = c->x;
  if (x->is_lent)
    return 0;
  if (c->at == c->end) {
    read_body_on(c);
    return 0;
  }
  if (x->writes == 0)
    connection_clock(c, CLOCK_NONE);
  if (request_parse(c) == PARSED_ERROR)
    exchange_refuse(x, x->refusal);
  else
    got_body(x);
  return 1;
}

void on_output_room(exchange *x) {
  if (x->is_held)
    application_resume(x);
  else
    file_resume(x);
}

/* ---- From one exchange to the next ---- */

static void finish(connection *c) {
  exchange *x = c->x;
  int keep = x->keep_alive, is_complete = x->state == BODY_COMPLETE;
  log_request(x);
  exchange_free(x);
  c->x = NULL;
  if (keep && is_complete && !c->worker->is_draining)
    release_in(c);
  else if (is_complete && c->at == c->end)
    connection_close(c);
  else
    linger(c);
}

void connection_settle(connection *c) {
  if (c->is_closing)
    free_if_quiet(c);
  else
    connection_advance(c);
}

/* One step.  Returns 0 when it has to wait. */
static int step(connection *c) {
  exchange *x = c->x;
  exchange_state before;
  if (x == NULL) {
    if (c->at == c->end) {
      if (c->clock_kind != CLOCK_IDLE)
        connection_clock(c, CLOCK_IDLE);
      set_reading(c, 1);
      return 0;
    }
    c->x = exchange_new(c);
    if (c->x == NULL)
      connection_close(c);
    return c->x != NULL;
  }
  before = x->state;
  if (x->ended && !is_busy(x) &&
      (before == BODY_COMPLETE || before == READING_HEAD || !exchange_may_drain(x))) {
    finish(c);
    return !c->is_lingering;
  }
  if (before == READING_HEAD && !x->ended) {
    read_head(c);
    return x->ended || x->state != before;
  }
  if (before == HEAD_COMPLETE && !x->ended) {
    exchange_start(x);
    return 1;
  }
  if (before == READING_BODY && (!x->ended || exchange_may_drain(x)))
    return read_body(c);
  read_ahead(c);
  return 0;
}

void connection_advance(connection *c) {
  if (c->is_advancing)
    return;
  c->is_advancing = 1;
  while (!c->is_closing && !c->is_lingering && step(c))
    ;
  c->is_advancing = 0;
}

/* ---- The beginning ---- */

static void write_address(const struct sockaddr_storage *a, char *host, size_t size,
                          unsigned *port) {
  if (a->ss_family == AF_INET6) {
    uv_ip6_name((const struct sockaddr_in6 *) a, host, size);
    *port = ntohs(((const struct sockaddr_in6 *) a)->sin6_port);
  } else {
    uv_ip4_name((const struct sockaddr_in *) a, host, size);
    *port = ntohs(((const struct sockaddr_in *) a)->sin_port);
  }
}

/* An address of IPv6 is as good as any other of its network (RFC 6177). */
static void set_source(connection *c, const struct sockaddr_storage *a) {
  c->source = text(c->remote_addr);
  if (a->ss_family != AF_INET6 || strncmp(c->remote_addr, "::ffff:", 7) == 0)
    return;
  memcpy(c->network, &((const struct sockaddr_in6 *) a)->sin6_addr, sizeof c->network);
  c->source = slice(c->network, sizeof c->network);
}

void connection_addresses(connection *c) {
  struct sockaddr_storage a;
  int len = sizeof a;
  if (c->remote_addr[0])
    return;
  memset(&a, 0, sizeof a);
  if (uv_tcp_getpeername(&c->tcp, (struct sockaddr *) &a, &len) == 0)
    write_address(&a, c->remote_addr, sizeof c->remote_addr, &c->remote_port);
  set_source(c, &a);
  len = sizeof a;
  if (uv_tcp_getsockname(&c->tcp, (struct sockaddr *) &a, &len) == 0)
    write_address(&a, c->local_addr, sizeof c->local_addr, &c->local_port);
}

void connection_accept(worker *w) {
  connection *c = w->free_connections;
  if (c)
    w->free_connections = c->next_free;
  else if ((c = malloc(sizeof *c)) == NULL)
    return;
  memset(c, 0, sizeof *c);
  c->worker = w;
  uv_tcp_init(&w->loop, &c->tcp);
  ring_append(&w->connections, &c->link);
  w->connection_count++;
  if (uv_accept((uv_stream_t *) &w->listener, (uv_stream_t *) &c->tcp) < 0) {
    connection_close(c);
    return;
  }
  uv_tcp_nodelay(&c->tcp, 1);
  if (!uv_is_active((uv_handle_t *) &w->tick))
    clocks_tick(w);
  connection_advance(c);
}
