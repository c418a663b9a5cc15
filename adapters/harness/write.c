/* write.c: a script sends: bytes, records, in pieces; and ends its connections. */
#include "script.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define GATHERED_MAX 262144

/* Nothing tells when a peer has read, so this asks again and again, soon at first. */
static int conn_drain(fcl_script *s, fcl__script_conn *c) {
  uint64_t deadline = fcl__now_ms() + s->options.limit_ms;
  unsigned us = 1;
  int is_empty;
  while (c->fd >= 0 && (is_empty = fcl__queue_is_empty(c->fd, c->sent_at)) != 1) {
    if (is_empty < 0)
      return fcl__script_fail(s,
                              "this system does not tell when the server has read; no cuts here");
    if (fcl__now_ms() > deadline)
      return fcl__script_fail(s, "waited up to %u ms for the server to read what was sent",
                              s->options.limit_ms);
    fcl__nap_us(us);
    us = us < 500 ? us * 2 : us;
  }
  c->must_drain = 0;
  return 1;
}

static int closed_by_server(fcl_script *s, fcl__script_conn *c) {
  if (!c->may_close)
    return fcl__script_fail(
        s, "the server closed the connection while the application was sending: %s",
        fcl__net_why(errno));
  fcl__conn_close(c);
  return 1;
}

static int send_all(fcl_script *s, fcl__script_conn *c, const char *p, size_t len) {
  uint64_t deadline = fcl__now_ms() + s->options.limit_ms;
  while (len > 0 && c->fd >= 0) {
    ptrdiff_t n = fcl__net_send(c->fd, p, len);
    if (n < 0 && errno != EAGAIN && errno != EINTR)
      return closed_by_server(s, c);
    if (n < 0 && !fcl__conn_poll(s, c->fd, FCL__OUT, deadline))
      return fcl__script_fail(s, "waited up to %u ms to send; the server does not read",
                              s->options.limit_ms);
    if (n < 0)
      continue;
    c->sent_at = fcl__now_ms();
    deadline = c->sent_at + s->options.limit_ms;
    p += n;
    len -= (size_t) n;
  }
  return 1;
}

/* How much may go out in one piece from `at`. */
static size_t piece_at(const fcl__script_conn *c, size_t at) {
  size_t len = c->out_len - at;
  if (c->cut > at && c->cut - at < len)
    len = c->cut - at;
  if (c->piece && c->piece_left < len)
    len = c->piece_left;
  return len;
}

static void piece_sent(fcl__script_conn *c, size_t at, size_t len) {
  if (c->cut && c->cut == at + len)
    c->must_drain = 1;
  if (c->piece && (c->piece_left -= len) == 0) {
    c->piece_left = c->piece;
    c->must_drain = 1;
  }
}

int fcl__conn_flush(fcl_script *s, fcl__script_conn *c) {
  size_t at = 0, len;
  while (at < c->out_len && c->fd >= 0) {
    if (c->must_drain && !conn_drain(s, c))
      return 0;
    len = piece_at(c, at);
    if (!send_all(s, c, c->out + at, len))
      return 0;
    piece_sent(c, at, len);
    at += len;
  }
  c->cut = c->cut > c->out_len ? c->cut - c->out_len : 0;
  c->out_len = 0;
  return 1;
}

static int gather(fcl_script *s, fcl__script_conn *c, const void *bytes, size_t len) {
  if (c->fd < 0) /* it may be closed, and is */
    return 1;
  if (len > c->out_room - c->out_len) {
    size_t room = (c->out_len + len) * 2;
    char *grown = realloc(c->out, room);
    if (grown == NULL)
      return fcl__script_fail(s, "out of memory");
    c->out = grown;
    c->out_room = room;
  }
  if (len > 0)
    memcpy(c->out + c->out_len, bytes, len);
  c->out_len += len;
  fcl_inspector_feed(c->inspector, FCL_SIDE_APP, bytes, len);
  return c->out_len < GATHERED_MAX || fcl__conn_flush(s, c);
}

int fcl_script_send(fcl_script *s, const void *bytes, size_t len) {
  fcl__script_conn *c = fcl__script_current(s);
  return c && gather(s, c, bytes, len);
}

int fcl_script_send_record(fcl_script *s, unsigned type, unsigned id, const void *content,
                           size_t len, size_t padding) {
  static const char zeros[255];
  uint8_t header[8] = {1};
  fcl__script_conn *c = fcl__script_current(s);
  header[1] = (uint8_t) type;
  header[2] = (uint8_t) (id >> 8);
  header[3] = (uint8_t) id;
  header[4] = (uint8_t) (len >> 8);
  header[5] = (uint8_t) len;
  header[6] = (uint8_t) padding;
  return c && gather(s, c, header, sizeof header) && gather(s, c, content, len) &&
         gather(s, c, zeros, padding);
}

int fcl_script_stream(fcl_script *s, unsigned type, const void *content, size_t len) {
  const char *p = content;
  unsigned id = fcl_script_id(s);
  while (len > FCL_CONTENT_ALIGNED) {
    if (!fcl_script_send_record(s, type, id, p, FCL_CONTENT_ALIGNED, 0))
      return 0;
    p += FCL_CONTENT_ALIGNED;
    len -= FCL_CONTENT_ALIGNED;
  }
  return fcl_script_send_record(s, type, id, p, len, 0);
}

int fcl_script_stdout(fcl_script *s, const char *text) {
  return fcl_script_stream(s, FCL_STDOUT, text, strlen(text));
}

int fcl_script_stderr(fcl_script *s, const char *text) {
  return fcl_script_stream(s, FCL_STDERR, text, strlen(text));
}

int fcl_script_end_request(fcl_script *s, uint32_t app_status, unsigned protocol_status) {
  uint8_t body[8] = {0};
  body[0] = (uint8_t) (app_status >> 24);
  body[1] = (uint8_t) (app_status >> 16);
  body[2] = (uint8_t) (app_status >> 8);
  body[3] = (uint8_t) app_status;
  body[4] = (uint8_t) protocol_status;
  return fcl_script_send_record(s, FCL_END_REQUEST, fcl_script_id(s), body, sizeof body, 0);
}

int fcl_script_answer(fcl_script *s, const char *text) {
  return fcl_script_stdout(s, text) && fcl_script_stdout(s, "") &&
         fcl_script_end_request(s, 0, FCL_REQUEST_COMPLETE);
}

int fcl_script_cut(fcl_script *s, size_t at) {
  fcl__script_conn *c = fcl__script_current(s);
  if (c)
    c->cut = at ? c->out_len + at : 0;
  return c != NULL;
}

int fcl_script_pieces(fcl_script *s, size_t size) {
  fcl__script_conn *c = fcl__script_current(s);
  if (c == NULL || !fcl__conn_flush(s, c))
    return 0;
  c->piece = c->piece_left = size;
  return 1;
}

int fcl_script_flush(fcl_script *s) {
  fcl__script_conn *c = fcl__script_current(s);
  return c && fcl__conn_flush(s, c);
}

int fcl_script_drain(fcl_script *s) {
  fcl__script_conn *c = fcl__script_current(s);
  return c && fcl__conn_flush(s, c) && conn_drain(s, c);
}

int fcl_script_may_close(fcl_script *s) {
  fcl__script_conn *c = fcl__script_current(s);
  if (c)
    c->may_close = 1;
  return c != NULL;
}

int fcl_script_close(fcl_script *s) {
  fcl__script_conn *c = fcl__script_current(s);
  if (c == NULL || !fcl__conn_flush(s, c))
    return 0;
  fcl__conn_close(c);
  return 1;
}

int fcl_script_reset(fcl_script *s) {
  fcl__script_conn *c = fcl__script_current(s);
  if (c == NULL || !fcl__conn_flush(s, c))
    return 0;
  fcl__net_reset(c->fd);
  c->fd = -1;
  return 1;
}

int fcl_script_half_close(fcl_script *s) {
  fcl__script_conn *c = fcl__script_current(s);
  if (c == NULL || !fcl__conn_flush(s, c))
    return 0;
  if (c->fd >= 0)
    fcl__net_say_end(c->fd);
  return 1;
}

int fcl_script_pause(fcl_script *s, unsigned ms) {
  if (fcl_script_failed(s) ||
      (s->current && s->current->fd >= 0 && !fcl__conn_flush(s, s->current)))
    return 0;
  fcl__nap_us(ms % 1000 * 1000);
  for (; ms >= 1000; ms -= 1000)
    fcl__nap_us(1000000);
  return !fcl_script_failed(s);
}
