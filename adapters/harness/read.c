/* read.c: a script reads what the server sends, until what it waits for is there. */
#include "script.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENDING_MS 1000

/* Once the test has called fcl_script_end, hardly anything can come that is not there: waits are
 * cut short. */
static uint64_t shorten(uint64_t deadline) {
  uint64_t soon = fcl__now_ms() + ENDING_MS;
  return deadline < soon ? deadline : soon;
}

int fcl__conn_poll(fcl_script *s, int fd, int events, uint64_t deadline) {
  fcl__polled p[2] = {{fd, (short) events, 0}, {s->wake[0], FCL__IN, 0}};
  for (;;) {
    uint64_t now = fcl__now_ms();
    int n = fcl__net_poll(p, 2, now < deadline ? (int) (deadline - now) : 0);
    if (n > 0 && p[0].revents)
      return 1;
    if (n == 0 && now >= deadline)
      return 0;
    if (n > 0) {
      deadline = shorten(deadline);
      p[1].fd = -1;
    }
  }
}

uint64_t fcl__script_limit(const fcl_script *s) {
  return fcl__now_ms() + s->options.limit_ms;
}

static int keep(fcl__script_conn *c, const char *data, size_t len) {
  size_t left = FCL_KEPT_MAX - c->received_len, kept = len < left ? len : left;
  c->received_total += len;
  if (kept > c->received_room - c->received_len) {
    size_t room = (c->received_len + kept) * 2;
    char *grown = realloc(c->received, room);
    if (grown == NULL)
      return 0;
    c->received = grown;
    c->received_room = room;
  }
  if (kept > 0)
    memcpy(c->received + c->received_len, data, kept);
  c->received_len += kept;
  return 1;
}

static int look_at(fcl_script *s, fcl__script_conn *c, const char *data, size_t len) {
  if (!keep(c, data, len))
    return fcl__script_fail(s, "out of memory");
  if (fcl_inspector_feed(c->inspector, FCL_SIDE_SERVER, data, len))
    return 1;
  s->current = c;
  return fcl__script_fail(s, "%s", fcl_inspector_fault(c->inspector, FCL_SIDE_SERVER));
}

int fcl__conn_receive(fcl_script *s, fcl__script_conn *c, size_t max, int *is_closed) {
  char data[65536];
  ptrdiff_t n = fcl__net_receive(c->fd, data, max < sizeof data ? max : sizeof data);
  *is_closed = n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
  return n > 0 && look_at(s, c, data, (size_t) n);
}

void fcl__conn_read_rest(fcl_script *s, fcl__script_conn *c) {
  int is_closed;
  while (!fcl_script_failed(s) && fcl__conn_receive(s, c, 65536, &is_closed))
    ;
}

static int closed_by_server(fcl_script *s, fcl__script_conn *c, const char *what) {
  if (!c->may_close)
    return fcl__script_fail(s, "the server closed the connection, and %s was to come", what);
  fcl__conn_close(c);
  return 0;
}

/* Waits for bytes and takes up to `max` of them. */
static int receive_more(fcl_script *s, fcl__script_conn *c, size_t max, const char *what) {
  int is_closed = 0;
  if (c->fd < 0)
    return 0;
  if (!fcl__conn_poll(s, c->fd, FCL__IN, fcl__script_limit(s)))
    return fcl__script_fail(s, "waited up to %u ms for %s", s->options.limit_ms, what);
  if (fcl__conn_receive(s, c, max, &is_closed))
    return 1;
  return is_closed ? closed_by_server(s, c, what) : !fcl_script_failed(s);
}

int fcl__conn_take_request(fcl__script_conn *c) {
  const fcl_inspector *i = c->inspector;
  const fcl_seen *oldest = NULL;
  size_t n;
  for (n = 0; n < i->count; n++)
    if (i->requests[n]->is.number > c->served &&
        (oldest == NULL || i->requests[n]->is.number < oldest->number))
      oldest = &i->requests[n]->is;
  if (oldest == NULL)
    return 0;
  c->id = oldest->id;
  c->served = oldest->number;
  return 1;
}

const fcl_seen *fcl__conn_seen(const fcl__script_conn *c) {
  return c->id ? fcl_inspector_find(c->inspector, c->id) : NULL;
}

static int begin(fcl_script *s, fcl__script_conn *c) {
  while (!fcl__conn_take_request(c))
    if (!receive_more(s, c, 65536, "BEGIN_REQUEST"))
      return 0;
  return 1;
}

typedef int is_there_fn(const fcl_seen *seen, uint64_t n);

/* Of the current request, or, where that is over, of the next one. */
static int read_until(fcl_script *s, is_there_fn *is_there, uint64_t n, const char *what) {
  fcl__script_conn *c = fcl__script_current(s);
  if (c == NULL || !fcl__conn_flush(s, c))
    return 0;
  if ((fcl__conn_seen(c) == NULL || fcl__conn_seen(c)->ended) && !begin(s, c))
    return 0;
  while (!is_there(fcl__conn_seen(c), n))
    if (!receive_more(s, c, 65536, what))
      return 0;
  return 1;
}

static int has_params(const fcl_seen *seen, uint64_t n) {
  return seen->params_ended;
}

static int has_body(const fcl_seen *seen, uint64_t n) {
  return seen->in.len >= n;
}

static int has_all(const fcl_seen *seen, uint64_t n) {
  return seen->in.ended && (seen->role != FCL_FILTER || seen->data.ended);
}

int fcl_script_read_begin(fcl_script *s) {
  fcl__script_conn *c = fcl__script_current(s);
  return c && fcl__conn_flush(s, c) && begin(s, c);
}

int fcl_script_read_params(fcl_script *s) {
  return read_until(s, has_params, 0, "the end of PARAMS");
}

int fcl_script_read_body(fcl_script *s, uint64_t len) {
  char what[64];
  snprintf(what, sizeof what, "%llu bytes of STDIN", (unsigned long long) len);
  return read_until(s, has_body, len, what);
}

int fcl_script_read_request(fcl_script *s) {
  return read_until(s, has_all, 0, "the end of STDIN");
}

int fcl_script_read(fcl_script *s, size_t len) {
  fcl__script_conn *c = fcl__script_current(s);
  uint64_t until;
  if (c == NULL || !fcl__conn_flush(s, c))
    return 0;
  for (until = c->received_total + len; c->received_total < until;)
    if (!receive_more(s, c, (size_t) (until - c->received_total), "a number of bytes"))
      return 0;
  return 1;
}

int fcl_script_read_eof(fcl_script *s) {
  fcl__script_conn *c = fcl__script_current(s);
  int is_closed = 0;
  if (c == NULL || !fcl__conn_flush(s, c))
    return 0;
  while (c->fd >= 0 && !is_closed) {
    if (!fcl__conn_poll(s, c->fd, FCL__IN, fcl__script_limit(s)))
      return fcl__script_fail(s, "waited up to %u ms for the server to close the connection",
                              s->options.limit_ms);
    fcl__conn_receive(s, c, 65536, &is_closed);
    if (fcl_script_failed(s))
      return 0;
  }
  return 1;
}
