/* app_shared.c: takes what arrives on a connection that several requests share, each record to its
   request. */
#include "app_shared.h"
#include "app_workers.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { PARAMS_MAX = 1048576 };

/* What only the reader knows. */
typedef struct reader {
  app_conn *conn;
  fcl_decoder decoder;
  char in[65536], content[65536];
  const char *at, *end; /* in `in`: not decoded yet */
  size_t content_len;   /* of the record at hand, where it is not a stream of bytes */
} reader;

unsigned app_role = FCL_RESPONDER;
void (*app_watch)(int is_ours, const char *data, size_t len);
static fcl__lock watches; /* app_serve_shared makes it */

void app_conn_watch(int is_ours, const char *data, size_t len) {
  fcl__lock_take(&watches);
  if (app_watch)
    app_watch(is_ours, data, len);
  fcl__lock_give(&watches);
}

/* ---- Records of the reader's own ---- */

static void put_end(reader *d, unsigned id, unsigned protocol_status) {
  uint8_t record[16];
  fcl_put_end(record, id, 0, protocol_status);
  app_conn_send(d->conn, record, sizeof record);
}

static void put_values(reader *d) {
  const app_limits *l = d->conn->limits;
  uint8_t out[FCL_HEADER_SIZE + APP_VALUES_MAX];
  unsigned requests = l->is_shared || l->requests < l->connections ? l->requests : l->connections;
  size_t len = app_values(out + FCL_HEADER_SIZE, d->content, d->content_len, l->connections,
                          requests, l->is_shared);
  fcl_put_header(out, FCL_GET_VALUES_RESULT, 0, len, 0);
  app_conn_send(d->conn, out, FCL_HEADER_SIZE + len);
}

static void put_unknown(reader *d, unsigned type) {
  uint8_t out[FCL_HEADER_SIZE + 8] = {0};
  fcl_put_header(out, FCL_UNKNOWN_TYPE, 0, 8, 0);
  out[FCL_HEADER_SIZE] = (uint8_t) type;
  app_conn_send(d->conn, out, sizeof out);
}

/* ---- Requests ---- */

/* With the lock. */
static request *find(const app_conn *c, unsigned id) {
  request *r = c->requests;
  while (r && r->id != id)
    r = r->next;
  return r;
}

static void add(reader *d, unsigned id, unsigned role, int is_kept) {
  app_conn *c = d->conn;
  request *r = calloc(1, sizeof *r);
  if (r == NULL) {
    app_limits_give(c->limits, c->slot);
    put_end(d, id, FCL_IS_OVERLOADED);
    return;
  }
  r->conn = c;
  r->id = id;
  r->role = role;
  r->is_kept = is_kept;
  r->data.is_ended = role != FCL_FILTER;
  fcl__lock_take(&c->lock);
  r->next = c->requests;
  c->requests = r;
  fcl__lock_give(&c->lock);
}

static void refuse(reader *d, unsigned id, unsigned why, int is_kept) {
  app_conn *c = d->conn;
  put_end(d, id, why);
  fcl__lock_take(&c->lock);
  c->must_close |= !is_kept;
  c->is_over |= c->must_close && c->requests == NULL;
  fcl__lock_give(&c->lock);
}

static void begin_request(reader *d, unsigned id) {
  app_conn *c = d->conn;
  unsigned role = (unsigned) (uint8_t) d->content[0] << 8 | (uint8_t) d->content[1];
  int is_kept = d->content[2] & FCL_KEEP_CONN, is_known, is_busy;
  fcl__lock_take(&c->lock);
  is_known = find(c, id) != NULL;
  is_busy = c->requests != NULL;
  fcl__lock_give(&c->lock);
  if (d->content_len < 8 || (is_known && c->limits->is_shared)) {
    app_conn_break(c);
  } else if (is_busy && !c->limits->is_shared) {
    put_end(d, id, FCL_CANT_MPX_CONN);
  } else if (role != app_role) {
    refuse(d, id, FCL_UNKNOWN_ROLE, is_kept);
  } else if (!app_limits_take(c->limits, c->slot)) {
    refuse(d, id, FCL_IS_OVERLOADED, is_kept);
  } else {
    add(d, id, role, is_kept);
  }
}

/* Its answer is another thread's from here on. */
static void start(app_conn *c, request *r) {
  r->has_begun = 1;
  c->running++;
  if (fcl__thread_let(app_request_run, r) == 0)
    return;
  c->running--;
  c->is_over = 1;
}

/* With the lock. */
static void add_params(reader *d, request *r) {
  size_t len = r->params_len + d->content_len;
  char *grown;
  if (d->content_len == 0) {
    start(d->conn, r);
    return;
  }
  grown = len > PARAMS_MAX ? NULL : realloc(r->params, len);
  if (grown == NULL) {
    d->conn->is_over = 1;
    return;
  }
  memcpy(grown + r->params_len, d->content, d->content_len);
  r->params = grown;
  r->params_len = len;
}

/* Before its PARAMS were whole nobody answers it: then the answer is nothing.  With the lock. */
static void abort_request(reader *d, request *r) {
  r->is_aborted = 1;
  if (!r->has_begun)
    start(d->conn, r);
}

/* ---- Streams ---- */

/* Waits for room in the ring.  The request may end meanwhile; then what comes is nobody's. */
static void keep(reader *d, const fcl_record *record, fcl_slice span) {
  app_conn *c = d->conn;
  fcl__lock_take(&c->lock);
  while (span.len > 0 && !c->is_over) {
    request *r = find(c, record->id);
    app_stream *s = r && record->type == FCL_DATA ? &r->data : r ? &r->in : NULL;
    size_t to, n;
    if (s == NULL || s->is_ended || r->is_aborted)
      break;
    if (s->ring == NULL && (s->ring = malloc(APP_RING)) == NULL)
      break;
    to = (s->at + s->len) % APP_RING;
    n = to < s->at || s->len == APP_RING ? APP_RING - s->len : APP_RING - to;
    if (n == 0) {
      fcl__news_wait(&c->changed, &c->lock, FCL__FOREVER);
      continue;
    }
    n = n < span.len ? n : span.len;
    memcpy(s->ring + to, span.base, n);
    s->len += n;
    span.base += n;
    span.len -= n;
    fcl__news_tell(&c->changed);
  }
  fcl__lock_give(&c->lock);
}

/* The record is complete; its content, other than of a stream's bytes, lies in `content`. */
static void take_record(reader *d, const fcl_record *record) {
  app_conn *c = d->conn;
  request *r;
  fcl__lock_take(&c->lock);
  r = record->id ? find(c, record->id) : NULL;
  if (r && record->type == FCL_PARAMS && !r->has_begun)
    add_params(d, r);
  else if (r && record->type == FCL_STDIN && record->length == 0)
    r->in.is_ended = 1;
  else if (r && record->type == FCL_DATA && record->length == 0)
    r->data.is_ended = r->in.is_ended;
  else if (r && record->type == FCL_ABORT_REQUEST)
    abort_request(d, r);
  fcl__news_tell(&c->changed);
  fcl__lock_give(&c->lock);
  if (record->type == FCL_BEGIN_REQUEST && record->id)
    begin_request(d, record->id);
  else if (record->type == FCL_GET_VALUES)
    put_values(d);
  else if (record->id == 0)
    put_unknown(d, record->type);
}

/* 0: it takes more bytes. */
static int step(reader *d) {
  const fcl_record *record = &d->decoder.record;
  fcl_slice span;
  switch (fcl_decode(&d->decoder, &d->at, d->end, &span)) {
  case FCL_EV_MORE:
    return 0;
  case FCL_EV_RECORD:
    d->content_len = 0;
    break;
  case FCL_EV_CONTENT:
    if (record->type == FCL_STDIN || record->type == FCL_DATA) {
      keep(d, record, span);
      break;
    }
    memcpy(d->content + d->content_len, span.base, span.len);
    d->content_len += span.len;
    break;
  case FCL_EV_END:
    take_record(d, record);
    break;
  case FCL_EV_BAD_VERSION:
    app_conn_break(d->conn);
    return 0;
  }
  return 1;
}

/* ---- Life ---- */

/* 0: the other side says no more. */
static int receive(reader *d) {
  ptrdiff_t n = fcl__net_receive(d->conn->fd, d->in, sizeof d->in);
  if (n <= 0 && (n == 0 || !fcl__net_is_again(errno)))
    return 0;
  d->at = d->in;
  d->end = d->in + (n > 0 ? n : 0);
  app_conn_watch(0, d->in, (size_t) (d->end - d->in));
  return 1;
}

/* Waits for bytes, or for the end of an answer.  The process is asked to leave only when nothing is
   in hand. 0: the connection is over, or the process is to leave. */
static int wait_for(reader *d) {
  app_conn *c = d->conn;
  fcl__polled from[2] = {{c->fd, FCL__IN, 0}, {c->wake[0], FCL__IN, 0}};
  char drained[64];
  int is_idle, is_over;
  fcl__lock_take(&c->lock);
  is_idle = c->running == 0 && c->requests == NULL && fcl_decoder_between(&d->decoder);
  is_over = c->is_over;
  fcl__lock_give(&c->lock);
  if (is_over || !app_workers_wait(from, is_idle))
    return 0;
  if (from[1].revents)
    fcl__net_receive(c->wake[0], drained, sizeof drained);
  return !from[0].revents || receive(d);
}

static int open_conn(app_conn *c, int fd, app_limits *limits, unsigned slot) {
  memset(c, 0, sizeof *c);
  c->fd = fd;
  c->limits = limits;
  c->slot = slot;
  fcl__lock_init(&c->lock);
  fcl__lock_init(&c->sends);
  fcl__lock_init(&watches);
  fcl__news_init(&c->changed);
  if (fcl__net_pair(c->wake))
    return 0;
  fcl__net_no_delay(fd);
  fcl__net_wait(c->wake[0], 0);
  return 1;
}

unsigned app_serve_shared(int fd, app_limits *limits, unsigned slot) {
  static reader d;
  static app_conn c; /* for as long as threads may know it: the process */
  d.conn = &c;
  if (!open_conn(&c, fd, limits, slot))
    return 0;
  app_workers_wake(c.wake);
  while (wait_for(&d))
    while (step(&d))
      ;
  app_conn_break(&c);
  fcl__net_close(fd);
  fcl__lock_take(&watches); /* for good */
  return c.served;
}
