/* script.c: a script's life: its thread, its failure, the points where it meets the test, its end.
 */
#include "script.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Thread_local fcl_script *mine; /* on the script's thread: the script */

/* Sentences are for a log: what came over the wire must not drive a terminal. */
static void escape(char *out, size_t cap, const char *text) {
  size_t at = 0;
  for (; *text && at + 5 < cap; text++)
    if ((unsigned char) *text < 0x20 || *text == 0x7f)
      at += (size_t) snprintf(out + at, cap - at, "\\x%02x", (unsigned char) *text);
    else
      out[at++] = *text;
  out[at] = 0;
}

static void put_error(fcl_error *e, fcl_code code, const char *fmt, va_list args) {
  char text[sizeof e->text];
  vsnprintf(text, sizeof text, fmt, args);
  e->code = code;
  e->sys = 0;
  escape(e->text, sizeof e->text, text);
}

int fcl__script_error(fcl_error *e, fcl_code code, const char *fmt, ...) {
  va_list args;
  if (e == NULL)
    return code;
  va_start(args, fmt);
  put_error(e, code, fmt, args);
  va_end(args);
  return code;
}

int fcl_script_failed(const fcl_script *s) {
  fcl_script *it = (fcl_script *) (uintptr_t) s;
  int failed;
  fcl__lock_take(&it->lock);
  failed = it->has_failed;
  fcl__lock_give(&it->lock);
  return failed;
}

void fcl__conn_close(fcl__script_conn *c) {
  fcl__net_close(c->fd);
  c->fd = -1;
}

static void close_all(fcl_script *s) {
  size_t n;
  for (n = 0; n < s->count; n++)
    fcl__conn_close(s->conns[n]);
  fcl__place_close(&s->place);
}

int fcl__script_fail(fcl_script *s, const char *fmt, ...) {
  char text[sizeof s->error.text];
  const fcl__script_conn *c = s->current;
  va_list args;
  va_start(args, fmt);
  vsnprintf(text, sizeof text, fmt, args);
  va_end(args);
  fcl__lock_take(&s->lock);
  if (!s->has_failed) {
    s->has_failed = 1;
    if (c)
      fcl__script_error(
          &s->error, FCL_E_PROTOCOL, "connection %u: %.700s; the server had sent: %s", c->number,
          text, c->received_len ? fcl_inspector_log(c->inspector, FCL_SIDE_SERVER) : "nothing");
    else
      fcl__script_error(&s->error, FCL_E_PROTOCOL, "%s", text);
  }
  fcl__news_tell(&s->changed);
  fcl__lock_give(&s->lock);
  close_all(s);
  return 0;
}

fcl__script_conn *fcl__script_current(fcl_script *s) {
  if (fcl_script_failed(s))
    return NULL;
  if (s->current == NULL)
    fcl__script_fail(s, "a step needs a connection, and none was accepted");
  else if (s->current->fd < 0 && !s->current->may_close)
    fcl__script_fail(s, "a step needs the connection, and the script had closed it");
  else
    return s->current;
  return NULL;
}

/* ---- Points ---- */

static fcl__script_point *point_of(fcl_script *s, const char *name) {
  fcl__script_point *p;
  size_t len = strlen(name) + 1;
  for (p = s->points; p; p = p->next)
    if (strcmp(p->name, name) == 0)
      return p;
  p = calloc(1, sizeof *p + len);
  if (p == NULL)
    abort();
  memcpy(p->name, name, len);
  p->next = s->points;
  return s->points = p;
}

/* What the script has said before a point must be out when the test passes it. */
static int flush_mine(fcl_script *s) {
  return mine != s || s->current == NULL || s->current->fd < 0 || fcl__conn_flush(s, s->current);
}

void fcl_script_signal(fcl_script *s, const char *point) {
  flush_mine(s);
  fcl__lock_take(&s->lock);
  point_of(s, point)->signals++;
  fcl__news_tell(&s->changed);
  fcl__lock_give(&s->lock);
  if (mine == s && s->options.on_signal)
    s->options.on_signal(s->options.user);
}

int fcl_script_reached(fcl_script *s, const char *point) {
  fcl__script_point *p;
  int reached;
  fcl__lock_take(&s->lock);
  p = point_of(s, point);
  reached = p->signals > 0;
  p->signals -= (unsigned) reached;
  fcl__lock_give(&s->lock);
  return reached;
}

int fcl_script_wait(fcl_script *s, const char *point) {
  uint64_t deadline;
  fcl__script_point *p;
  int passed, late = 0;
  flush_mine(s);
  deadline = fcl__script_limit(s);
  fcl__lock_take(&s->lock);
  p = point_of(s, point);
  while (p->signals == 0 && !s->has_failed && !late && !s->is_ending)
    late = !fcl__news_wait(&s->changed, &s->lock, deadline);
  passed = p->signals > 0 && !s->has_failed;
  p->signals -= (unsigned) passed;
  fcl__lock_give(&s->lock);
  if (!passed && mine == s)
    fcl__script_fail(s, "waited for the test to signal \"%s\", and it did not", point);
  return passed;
}

/* ---- Beginning and end ---- */

static void run(void *arg) {
  fcl_script *s = arg;
  size_t n;
  mine = s;
  s->options.play(s, s->options.user);
  for (n = 0; n < s->count; n++)
    if (s->conns[n]->fd >= 0 && !fcl_script_failed(s)) {
      s->current = s->conns[n];
      fcl__conn_flush(s, s->conns[n]);
    }
}

static int init_sync(fcl_script *s) {
  if (fcl__net_pair(s->wake))
    return errno;
  fcl__lock_init(&s->lock);
  fcl__news_init(&s->changed);
  return 0;
}

static void free_conn(fcl__script_conn *c) {
  fcl__conn_close(c);
  fcl_inspector_free(c->inspector);
  free(c->received);
  free(c->out);
  free(c);
}

static void script_free(fcl_script *s) {
  size_t n;
  fcl__place_close(&s->place);
  for (n = 0; n < s->count; n++)
    free_conn(s->conns[n]);
  free(s->conns);
  while (s->points) {
    fcl__script_point *next = s->points->next;
    free(s->points);
    s->points = next;
  }
  fcl__net_close(s->pair[0]);
  fcl__net_close(s->pair[1]);
  fcl__net_close(s->wake[0]);
  fcl__net_close(s->wake[1]);
  fcl__news_end(&s->changed);
  fcl__lock_end(&s->lock);
  free(s);
}

static int listen_on(fcl_script *s, fcl_error *e) {
  const char *address = s->options.address;
  if (address == NULL || strcmp(address, "pair") != 0)
    return fcl__place_open(&s->place, address, s->options.backlog ? s->options.backlog : 128, e);
  strcpy(s->place.address, address);
  return fcl__net_pair(s->pair)
             ? fcl__script_error(e, FCL_E_CONFIG, "no socket pair for a script: %s",
                                 fcl__net_why(errno))
             : (int) FCL_OK;
}

int fcl__script_start(fcl_script **script, const fcl_script_options *options, size_t size,
                      fcl_error *error) {
  fcl_script *s = calloc(1, sizeof *s);
  int failed;
  *script = NULL;
  if (s == NULL)
    return fcl__script_error(error, FCL_E_NOMEM, "no memory for a script");
  memcpy(&s->options, options, size < sizeof *options ? size : sizeof *options);
  if (s->options.limit_ms == 0)
    s->options.limit_ms = 10000;
  s->place.fd = s->pair[0] = s->pair[1] = -1;
  failed = init_sync(s);
  if (failed) {
    free(s);
    return fcl__script_error(error, FCL_E_CONFIG, "no pair to wake a script by: %s",
                             fcl__net_why(failed));
  }
  if (s->options.play == NULL)
    failed = fcl__script_error(error, FCL_E_INVAL, "a script needs a function to play");
  else
    failed = listen_on(s, error);
  if (failed == FCL_OK && fcl__thread_start(&s->thread, run, s))
    failed = fcl__script_error(error, FCL_E_NOMEM, "no thread for a script");
  if (failed != FCL_OK) {
    script_free(s);
    return failed;
  }
  *script = s;
  return FCL_OK;
}

const char *fcl_script_address(const fcl_script *s) {
  return s->place.address;
}

int fcl_script_fd(fcl_script *s) {
  int fd = s->pair[1];
  s->pair[1] = -1;
  return fd;
}

int fcl_script_end(fcl_script *s, fcl_error *error) {
  fcl_code code;
  size_t n;
  if (s == NULL)
    return FCL_OK;
  fcl__lock_take(&s->lock);
  s->is_ending = 1;
  fcl__news_tell(&s->changed);
  fcl__lock_give(&s->lock);
  fcl__net_wake(s->wake);
  fcl__thread_join(&s->thread);
  for (n = 0; n < s->count; n++)
    if (s->conns[n]->fd >= 0)
      fcl__conn_read_rest(s, s->conns[n]);
  code = s->error.code;
  if (error)
    *error = s->error;
  script_free(s);
  return code;
}
