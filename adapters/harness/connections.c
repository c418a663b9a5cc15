/* connections.c: a script takes connections, chooses among them, and serves them all until its end.
 */
#include "script.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int add_conn(fcl_script *s, int fd) {
  fcl__script_conn *c = calloc(1, sizeof *c),
                   **grown = realloc(s->conns, (s->count + 1) * sizeof *grown);
  if (grown)
    s->conns = grown;
  if (c)
    c->inspector = fcl_inspector_new(s->options.multiplexed);
  if (grown == NULL || c == NULL || c->inspector == NULL) {
    free(c);
    fcl__net_close(fd);
    return fcl__script_fail(s, "out of memory");
  }
  fcl__net_no_delay(fd);
  c->fd = fd;
  c->number = (unsigned) s->count + 1;
  s->conns[s->count++] = s->current = c;
  return 1;
}

static int flush_current(fcl_script *s) {
  return s->current == NULL || s->current->fd < 0 || fcl__conn_flush(s, s->current);
}

static int accept_one(fcl_script *s) {
  int fd = fcl__net_accept(s->place.fd);
  return fd < 0 ? fcl__script_fail(s, "accept: %s", fcl__net_why(errno)) : add_conn(s, fd);
}

static int accept_pair(fcl_script *s) {
  int fd = s->pair[0];
  s->pair[0] = -1;
  if (fd >= 0)
    fcl__net_wait(fd, 0);
  return fd < 0 ? fcl__script_fail(s, "a socket pair is one connection only") : add_conn(s, fd);
}

int fcl_script_accept(fcl_script *s) {
  if (fcl_script_failed(s) || !flush_current(s))
    return 0;
  if (strcmp(s->place.address, "pair") == 0)
    return accept_pair(s);
  if (s->place.fd < 0)
    return fcl__script_fail(s, "the script no longer listens");
  if (!fcl__conn_poll(s, s->place.fd, FCL__IN, fcl__script_limit(s)))
    return fcl__script_fail(s, "waited up to %u ms for connection %zu", s->options.limit_ms,
                            s->count + 1);
  return accept_one(s);
}

int fcl_script_use(fcl_script *s, unsigned number) {
  if (fcl_script_failed(s) || !flush_current(s))
    return 0;
  if (number == 0 || number > s->count)
    return fcl__script_fail(s, "there is no connection %u yet", number);
  s->current = s->conns[number - 1];
  return 1;
}

int fcl_script_refuse(fcl_script *s) {
  if (fcl_script_failed(s))
    return 0;
  fcl__place_close(&s->place);
  return 1;
}

/* ---- Serving until the end ---- */

static int next_begun(fcl_script *s) {
  size_t n;
  for (n = 0; n < s->count; n++)
    if (fcl__conn_take_request(s->conns[n])) {
      s->current = s->conns[n];
      return 1;
    }
  return 0;
}

/* A server may close a connection that has no request. */
static void receive_next(fcl_script *s, fcl__script_conn *c) {
  int is_closed = 0;
  const fcl_seen *seen;
  fcl__conn_receive(s, c, 65536, &is_closed);
  if (!is_closed || fcl_script_failed(s))
    return;
  seen = fcl_inspector_last(c->inspector);
  s->current = c;
  if (seen && !seen->ended && !c->may_close)
    fcl__script_fail(s, "the server closed the connection in the middle of a request");
  fcl__conn_close(c);
}

static int poll_all(fcl_script *s) {
  size_t n, count = s->count;
  fcl__polled *polled = calloc(count + 2, sizeof *polled);
  int ready;
  if (polled == NULL)
    return fcl__script_fail(s, "out of memory");
  for (n = 0; n < count; n++)
    polled[n].fd = s->conns[n]->fd; /* poll skips -1 */
  polled[count].fd = s->place.fd;
  polled[count + 1].fd = s->wake[0];
  for (n = 0; n < count + 2; n++)
    polled[n].events = FCL__IN;
  do
    ready = fcl__net_poll(polled, count + 2, -1);
  while (ready < 0 && errno == EINTR);
  for (n = 0; n < count && !fcl_script_failed(s); n++)
    if (polled[n].revents && s->conns[n]->fd >= 0)
      receive_next(s, s->conns[n]);
  if (polled[count].revents && !fcl_script_failed(s))
    accept_one(s);
  n = ready == 1 && polled[count + 1].revents; /* the end has come, and nothing else */
  free(polled);
  return !n && !fcl_script_failed(s);
}

int fcl_script_next(fcl_script *s) {
  size_t n;
  for (n = 0; n < s->count; n++)
    if (!fcl_script_failed(s) && s->conns[n]->fd >= 0 && s->conns[n]->out_len > 0)
      fcl__conn_flush(s, s->conns[n]);
  while (!fcl_script_failed(s)) {
    if (next_begun(s))
      return 1;
    if (!poll_all(s))
      return 0;
  }
  return 0;
}
