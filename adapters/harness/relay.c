/* relay.c: forwards what a server and an application say to one another, both ways, on any number
 * of connections. */
#include "relay.h"
#include "sync.h"
#include <errno.h>
#include <stdlib.h>

static const fcl_faults *faults_of(const fcl__relay *r, const fcl__flow *w) {
  return r->faults ? &r->faults[w->side] : NULL;
}

/* ---- Beginning and end of a connection ---- */

static void close_both(fcl__relay_conn *c, int is_reset) {
  int n;
  for (n = 0; n < 2; n++) {
    if (is_reset)
      fcl__net_reset(c->flows[n].from);
    else
      fcl__net_close(c->flows[n].from);
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
  w->side = side;
  w->from = from;
  w->to = to;
  fcl__net_no_delay(from);
}

static void open_conn(fcl__relay *r, int server) {
  fcl_error e;
  fcl__relay_conn *c = calloc(1, sizeof *c);
  int app = c ? fcl__connect(r->target, &e) : -1;
  if (app < 0) {
    if (c && r->tap.failed)
      r->tap.failed(r->tap.user, e.text);
    free(c);
    fcl__net_close(server);
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
  ptrdiff_t n = fcl__net_receive(w->from, data, sizeof data);
  if (n < 0 && fcl__net_is_again(errno))
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
  ptrdiff_t n;
  if (room == 0)
    return;
  n = fcl__net_send(w->to, w->bytes.base + w->at, room);
  if (n < 0 && fcl__net_is_again(errno))
    return;
  if (n < 0) { /* the receiver is gone, and takes nothing more */
    end_conn(r, c, w->side == FCL_SIDE_APP ? FCL_SIDE_SERVER : FCL_SIDE_APP, 0);
    return;
  }
  w->at += (size_t) n;
  w->sent_at = now;
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
    fcl__net_say_end(w->to);
}

/* Who has closed reads nothing more, where the system tells that from a half-close: its end is the
 * connection's. */
static void close_behind(fcl__relay *r, fcl__relay_conn *c, const fcl__flow *gone) {
  fcl__polled p = {gone->from, FCL__OUT, 0};
  if (c->is_over || !gone->is_shut)
    return;
  if (fcl__net_poll(&p, 1, 0) > 0 && (p.revents & FCL__OVER))
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

static void connected(fcl__relay *r, fcl__relay_conn *c, int revents) {
  int failed;
  if (!c->is_connecting || !(revents & (FCL__OUT | FCL__OVER)))
    return;
  c->is_connecting = 0;
  failed = fcl__net_failed(c->flows[FCL_SIDE_APP].from);
  if (failed && r->tap.failed)
    r->tap.failed(r->tap.user, fcl__net_why(failed));
  if (failed)
    end_conn(r, c, FCL_SIDE_APP, 0);
}

/* What a flow waits for, with the time after which it need not. */
static void ask(const fcl__flow *w, int is_connecting, fcl__polled *from, fcl__polled *to,
                uint64_t now, int *ms) {
  int has = w->at < w->bytes.len, wait = has && w->not_before > now && !w->is_ended;
  if (!w->is_ended && w->bytes.len - w->at < FCL__RELAY_AHEAD)
    from->events |= FCL__IN;
  if ((has && !wait && !w->must_drain) || (is_connecting && w->side == FCL_SIDE_SERVER))
    to->events |= FCL__OUT;
  if (wait && (*ms < 0 || (uint64_t) *ms > w->not_before - now))
    *ms = (int) (w->not_before - now);
  if (has && w->must_drain && (*ms < 0 || *ms > 1))
    *ms = 1;
}

static fcl__polled *gather(fcl__relay *r, int wake, size_t *count, int *ms) {
  fcl__relay_conn *c;
  fcl__polled *p;
  size_t n = 2;
  uint64_t now = fcl__now_ms();
  for (c = r->conns; c; c = c->next)
    n += 2;
  p = calloc(n, sizeof *p);
  if (p == NULL)
    return NULL;
  p[0] = (fcl__polled){r->place.fd, FCL__IN, 0};
  p[1] = (fcl__polled){wake, FCL__IN, 0};
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
  *count = (size_t) n;
  return p;
}

int fcl__relay_turn(fcl__relay *r, int wake, int ms) {
  fcl__relay_conn *c, *next;
  size_t count, n = 2;
  int fd, woken;
  fcl__polled *p = gather(r, wake, &count, &ms);
  if (p == NULL)
    return 0;
  fcl__net_poll(p, count, ms);
  for (c = r->conns; c; c = next, n += 2) {
    next = c->next;
    connected(r, c, p[n + 1].revents);
    if (!c->is_over && !c->is_connecting)
      forward(r, c, fcl__now_ms());
  }
  free_over(r);
  while (p[0].revents && (fd = fcl__net_accept(r->place.fd)) >= 0)
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
