/* relay.c: forwards what a server and an application say to one another, both ways, on any number
 * of connections. */
#include "relay.h"
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const fcl_faults *faults_of(const fcl__relay *r, const fcl__flow *w) {
  return r->faults ? &r->faults[w->side] : NULL;
}

/* ---- Beginning and end of a connection ---- */

static void close_both(fcl__relay_conn *c, int is_reset) {
  struct linger at_once = {1, 0};
  int n;
  for (n = 0; n < 2; n++) {
    if (c->flows[n].from >= 0 && is_reset)
      setsockopt(c->flows[n].from, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    if (c->flows[n].from >= 0)
      close(c->flows[n].from);
    c->flows[n].from = c->flows[n].to = -1;
  }
}

static void end_conn(fcl__relay *r, fcl__relay_conn *c, fcl_side first, int is_reset) {
  if (c->is_over)
    return;
  c->is_over = 1;
  close_both(c, is_reset);
  if (r->tap.ended)
    r->tap.ended(r->tap.user, c->number, first, is_reset);
}

static void free_over(fcl__relay *r) {
  fcl__relay_conn **at = &r->conns;
  while (*at) {
    fcl__relay_conn *c = *at;
    if (!c->is_over) {
      at = &c->next;
      continue;
    }
    *at = c->next;
    fcl__text_free(&c->flows[0].bytes);
    fcl__text_free(&c->flows[1].bytes);
    free(c);
  }
}

static void set_flow(fcl__flow *w, fcl_side side, int from, int to) {
  int on = 1;
  w->side = side;
  w->from = from;
  w->to = to;
  setsockopt(from, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static void open_conn(fcl__relay *r, int server) {
  fcl_error e;
  fcl__relay_conn *c = calloc(1, sizeof *c);
  int app = c ? fcl__connect(r->target, &e) : -1;
  if (app < 0) {
    if (c && r->tap.failed)
      r->tap.failed(r->tap.user, e.text);
    free(c);
    close(server);
    return;
  }
  c->number = ++r->count;
  c->next = r->conns;
  c->is_connecting = 1;
  r->conns = c;
  set_flow(&c->flows[FCL_SIDE_SERVER], FCL_SIDE_SERVER, server, app);
  set_flow(&c->flows[FCL_SIDE_APP], FCL_SIDE_APP, app, server);
  if (r->tap.opened)
    r->tap.opened(r->tap.user, c->number);
}

/* ---- Forwarding ---- */

static void take(fcl__relay *r, fcl__relay_conn *c, fcl__flow *w, uint64_t now) {
  char data[65536];
  ssize_t n = recv(w->from, data, sizeof data, MSG_DONTWAIT);
  if (n < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOTCONN))
    return;
  if (n <= 0) {
    w->is_ended = 1;
    w->is_reset = n < 0;
    return;
  }
  if (r->tap.bytes)
    r->tap.bytes(r->tap.user, c->number, w->side, data, (size_t) n);
  fcl__faults_taken(faults_of(r, w), w, data, (size_t) n, now);
  w->taken += (uint64_t) n;
  fcl__text_add(&w->bytes, data, (size_t) n);
}

static void give(fcl__relay *r, fcl__relay_conn *c, fcl__flow *w, uint64_t now) {
  size_t room = fcl__faults_room(faults_of(r, w), w, now);
  ssize_t n;
  if (room == 0)
    return;
  n = send(w->to, w->bytes.base + w->at, room, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (n < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOTCONN))
    return;
  if (n < 0) { /* the receiver is gone, and takes nothing more */
    end_conn(r, c, w->side == FCL_SIDE_APP ? FCL_SIDE_SERVER : FCL_SIDE_APP, 0);
    return;
  }
  w->at += (size_t) n;
  if (w->at == w->bytes.len)
    w->at = w->bytes.len = 0;
  if (fcl__faults_sent(faults_of(r, w), w, (size_t) n, now))
    end_conn(r, c, w->side, faults_of(r, w)->reset_at == w->sent);
}

/* What is over on one side, the other is told; where both are, the connection is. */
static void finish(fcl__relay *r, fcl__relay_conn *c, fcl__flow *w) {
  const fcl__flow *other = &c->flows[w->side == FCL_SIDE_APP ? FCL_SIDE_SERVER : FCL_SIDE_APP];
  if (c->is_over || !w->is_ended || w->at < w->bytes.len || w->is_shut)
    return;
  w->is_shut = 1;
  if (w->is_reset || other->is_shut)
    end_conn(r, c, other->is_shut ? other->side : w->side, w->is_reset);
  else
    shutdown(w->to, SHUT_WR);
}

/* Who has closed reads nothing more, where the system tells that from a half-close: its end is the
 * connection's. */
static void close_behind(fcl__relay *r, fcl__relay_conn *c, const fcl__flow *gone) {
  struct pollfd p = {gone->from, POLLOUT, 0};
  if (c->is_over || !gone->is_shut)
    return;
  if (poll(&p, 1, 0) > 0 && (p.revents & (POLLHUP | POLLERR)))
    end_conn(r, c, gone->side, 0);
}

static void forward(fcl__relay *r, fcl__relay_conn *c, uint64_t now) {
  int n;
  for (n = 0; n < 2; n++) {
    fcl__flow *w = &c->flows[n];
    if (!c->is_over && !w->is_ended && w->bytes.len - w->at < FCL__RELAY_AHEAD)
      take(r, c, w, now);
    if (!c->is_over && w->at < w->bytes.len)
      give(r, c, w, now);
    finish(r, c, w);
  }
  close_behind(r, c, &c->flows[FCL_SIDE_APP]);
  close_behind(r, c, &c->flows[FCL_SIDE_SERVER]);
}

/* ---- Turns ---- */

static void connected(fcl__relay *r, fcl__relay_conn *c, short revents) {
  int failed;
  if (!c->is_connecting || !(revents & (POLLOUT | POLLERR | POLLHUP)))
    return;
  c->is_connecting = 0;
  failed = fcl__connect_failed(c->flows[FCL_SIDE_APP].from);
  if (failed && r->tap.failed)
    r->tap.failed(r->tap.user, strerror(failed));
  if (failed)
    end_conn(r, c, FCL_SIDE_APP, 0);
}

/* What a flow waits for, with the time after which it need not. */
static void ask(const fcl__flow *w, int is_connecting, struct pollfd *from, struct pollfd *to,
                uint64_t now, int *ms) {
  int has = w->at < w->bytes.len, wait = has && w->not_before > now && !w->is_ended;
  if (!w->is_ended && w->bytes.len - w->at < FCL__RELAY_AHEAD)
    from->events |= POLLIN;
  if ((has && !wait && !w->must_drain) || (is_connecting && w->side == FCL_SIDE_SERVER))
    to->events |= POLLOUT;
  if (wait && (*ms < 0 || (uint64_t) *ms > w->not_before - now))
    *ms = (int) (w->not_before - now);
  if (has && w->must_drain && (*ms < 0 || *ms > 1))
    *ms = 1;
}

static struct pollfd *gather(fcl__relay *r, int wake, nfds_t *count, int *ms) {
  fcl__relay_conn *c;
  struct pollfd *p;
  size_t n = 2;
  uint64_t now = fcl__script_now();
  for (c = r->conns; c; c = c->next)
    n += 2;
  p = calloc(n, sizeof *p);
  if (p == NULL)
    return NULL;
  p[0] = (struct pollfd){r->place.fd, POLLIN, 0};
  p[1] = (struct pollfd){wake, POLLIN, 0};
  for (n = 2, c = r->conns; c; c = c->next, n += 2) {
    p[n].fd = c->flows[FCL_SIDE_SERVER].from;
    p[n + 1].fd = c->flows[FCL_SIDE_APP].from;
    ask(&c->flows[FCL_SIDE_SERVER], c->is_connecting, &p[n], &p[n + 1], now, ms);
    ask(&c->flows[FCL_SIDE_APP], 0, &p[n + 1], &p[n], now, ms);
    if (p[n].events == 0)
      p[n].fd = -1; /* it would say for ever that it is closed */
    if (p[n + 1].events == 0)
      p[n + 1].fd = -1;
  }
  *count = (nfds_t) n;
  return p;
}

int fcl__relay_turn(fcl__relay *r, int wake, int ms) {
  fcl__relay_conn *c, *next;
  nfds_t count, n = 2;
  int fd, woken;
  struct pollfd *p = gather(r, wake, &count, &ms);
  if (p == NULL)
    return 0;
  poll(p, count, ms);
  for (c = r->conns; c; c = next, n += 2) {
    next = c->next;
    connected(r, c, p[n + 1].revents);
    if (!c->is_over && !c->is_connecting)
      forward(r, c, fcl__script_now());
  }
  free_over(r);
  while (p[0].revents && (fd = accept4(r->place.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0)
    open_conn(r, fd);
  woken = p[1].revents != 0;
  free(p);
  return !woken;
}

void fcl__relay_end(fcl__relay *r) {
  fcl__relay_conn *c;
  fcl__place_close(&r->place);
  for (c = r->conns; c; c = c->next)
    end_conn(r, c, FCL_SIDE_SERVER, 0);
  free_over(r);
}
