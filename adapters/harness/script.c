/* script.c: a script's life: its thread, its failure, the points where it meets the test, its end.
 */
#include "script.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static _Thread_local fcl_script *mine; /* on the script's thread: the script */

uint64_t fcl__script_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t) t.tv_sec * 1000 + (uint64_t) t.tv_nsec / 1000000;
}

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
  pthread_mutex_lock(&it->lock);
  failed = it->has_failed;
  pthread_mutex_unlock(&it->lock);
  return failed;
}

void fcl__conn_close(fcl__script_conn *c) {
  if (c->fd >= 0)
    close(c->fd);
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
  pthread_mutex_lock(&s->lock);
  if (!s->has_failed) {
    s->has_failed = 1;
    if (c)
      fcl__script_error(
          &s->error, FCL_E_PROTOCOL, "connection %u: %.700s; the server had sent: %s", c->number,
          text, c->received_len ? fcl_inspector_log(c->inspector, FCL_SIDE_SERVER) : "nothing");
    else
      fcl__script_error(&s->error, FCL_E_PROTOCOL, "%s", text);
  }
  pthread_cond_broadcast(&s->changed);
  pthread_mutex_unlock(&s->lock);
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
  pthread_mutex_lock(&s->lock);
  point_of(s, point)->signals++;
  pthread_cond_broadcast(&s->changed);
  pthread_mutex_unlock(&s->lock);
  if (mine == s && s->options.on_signal)
    s->options.on_signal(s->options.user);
}

int fcl_script_reached(fcl_script *s, const char *point) {
  fcl__script_point *p;
  int reached;
  pthread_mutex_lock(&s->lock);
  p = point_of(s, point);
  reached = p->signals > 0;
  p->signals -= (unsigned) reached;
  pthread_mutex_unlock(&s->lock);
  return reached;
}

static void deadline_in(struct timespec *t, unsigned ms) {
  clock_gettime(CLOCK_MONOTONIC, t);
  t->tv_sec += ms / 1000;
  t->tv_nsec += (long) (ms % 1000) * 1000000;
  if (t->tv_nsec >= 1000000000) {
    t->tv_nsec -= 1000000000;
    t->tv_sec++;
  }
}

int fcl_script_wait(fcl_script *s, const char *point) {
  struct timespec deadline;
  fcl__script_point *p;
  int passed, late = 0;
  flush_mine(s);
  deadline_in(&deadline, s->options.limit_ms);
  pthread_mutex_lock(&s->lock);
  p = point_of(s, point);
  while (p->signals == 0 && !s->has_failed && !late && !s->is_ending)
    late = pthread_cond_timedwait(&s->changed, &s->lock, &deadline) == ETIMEDOUT;
  passed = p->signals > 0 && !s->has_failed;
  p->signals -= (unsigned) passed;
  pthread_mutex_unlock(&s->lock);
  if (!passed && mine == s)
    fcl__script_fail(s, "waited for the test to signal \"%s\", and it did not", point);
  return passed;
}

/* ---- Beginning and end ---- */

static void *run(void *arg) {
  fcl_script *s = arg;
  size_t n;
  mine = s;
  s->options.play(s, s->options.user);
  for (n = 0; n < s->count; n++)
    if (s->conns[n]->fd >= 0 && !fcl_script_failed(s)) {
      s->current = s->conns[n];
      fcl__conn_flush(s, s->conns[n]);
    }
  return NULL;
}

/* Signals are the test's affair; pthread_create lets the new thread inherit the mask. */
static int start_thread(fcl_script *s) {
  sigset_t all, before;
  int failed;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  failed = pthread_create(&s->thread, NULL, run, s);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return failed;
}

static int init_sync(fcl_script *s) {
  pthread_condattr_t attr;
  if (pipe(s->wake))
    return errno;
  fcntl(s->wake[0], F_SETFD, FD_CLOEXEC);
  fcntl(s->wake[1], F_SETFD, FD_CLOEXEC);
  pthread_mutex_init(&s->lock, NULL);
  pthread_condattr_init(&attr);
  pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
  pthread_cond_init(&s->changed, &attr);
  pthread_condattr_destroy(&attr);
  return 0;
}

static void close_fd(int fd) {
  if (fd >= 0)
    close(fd);
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
  close_fd(s->pair[0]);
  close_fd(s->pair[1]);
  close(s->wake[0]);
  close(s->wake[1]);
  pthread_cond_destroy(&s->changed);
  pthread_mutex_destroy(&s->lock);
  free(s);
}

static int listen_on(fcl_script *s, fcl_error *e) {
  const char *address = s->options.address;
  if (address == NULL || strcmp(address, "pair") != 0)
    return fcl__place_open(&s->place, address, s->options.backlog ? s->options.backlog : 128, e);
  strcpy(s->place.address, address);
  return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s->pair)
             ? fcl__script_error(e, FCL_E_CONFIG, "no socket pair for a script: %s",
                                 strerror(errno))
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
    return fcl__script_error(error, FCL_E_CONFIG, "no pipe for a script: %s", strerror(failed));
  }
  if (s->options.play == NULL)
    failed = fcl__script_error(error, FCL_E_INVAL, "a script needs a function to play");
  else
    failed = listen_on(s, error);
  if (failed == FCL_OK && start_thread(s))
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
  pthread_mutex_lock(&s->lock);
  s->is_ending = 1;
  pthread_cond_broadcast(&s->changed);
  pthread_mutex_unlock(&s->lock);
  while (write(s->wake[1], "", 1) < 0 && errno == EINTR)
    ;
  pthread_join(s->thread, NULL);
  for (n = 0; n < s->count; n++)
    if (s->conns[n]->fd >= 0)
      fcl__conn_read_rest(s, s->conns[n]);
  code = s->error.code;
  if (error)
    *error = s->error;
  script_free(s);
  return code;
}
