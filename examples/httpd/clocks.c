/* clocks.c: the time limits of connections: one list for each kind, oldest first, looked at once a
 * second. */
#include "connection.h"
#include "system.h"
#include <time.h>

static uint64_t limit(const worker *w, int kind) {
  const options *o = w->options;
  switch (kind) {
  case CLOCK_IDLE:
    return o->keep_alive_ms;
  case CLOCK_HEAD:
    return o->header_ms;
  case CLOCK_BODY:
  case CLOCK_WRITE:
    return o->client_ms;
  case CLOCK_LINGER:
    return 5000;
  }
  return UINT64_MAX;
}

void connection_clock(connection *c, clock_kind kind) {
  worker *w = c->worker;
  ring_remove(&c->clock);
  c->clock_kind = kind;
  if (kind == CLOCK_NONE)
    return;
  c->since = uv_now(&w->loop);
  c->queue_was = uv_stream_get_write_queue_size((uv_stream_t *) &c->tcp);
  ring_append(&w->clocks[kind], &c->clock);
}

/* A write takes as long as the client likes, provided that it goes on reading. */
static int has_moved(const connection *c) {
  return c->clock_kind == CLOCK_WRITE &&
         uv_stream_get_write_queue_size((const uv_stream_t *) &c->tcp) < c->queue_was;
}

void connection_expired(connection *c) {
  exchange *x = c->x;
  if (has_moved(c))
    connection_clock(c, CLOCK_WRITE);
  else if (x && !x->head_sent && (c->clock_kind == CLOCK_HEAD || c->clock_kind == CLOCK_BODY))
    exchange_refuse(x, 408);
  else
    connection_close(c);
}

static void expire(worker *w, int kind, uint64_t now) {
  uint64_t ms = limit(w, kind);
  ring *first;
  while ((first = ring_first(&w->clocks[kind])) != NULL) {
    connection *c = OWNER(first, connection, clock);
    if (c->since + ms > now)
      return;
    connection_expired(c);
  }
}

void clocks_date(worker *w) {
  time_t now = time(NULL);
  struct tm tm;
  system_utc(now, &tm);
  strftime(w->date, sizeof w->date, "%a, %d %b %Y %H:%M:%S GMT", &tm); /* in the C locale */
}

static void on_tick(uv_timer_t *timer) {
  worker *w = timer->data;
  int kind;
  clocks_date(w);
  for (kind = CLOCK_NONE + 1; kind < CLOCK_COUNT; kind++)
    expire(w, kind, uv_now(&w->loop));
  if (w->connection_count == 0)
    uv_timer_stop(timer);
}

void clocks_tick(worker *w) {
  clocks_date(w);
  w->tick.data = w;
  uv_timer_start(&w->tick, on_tick, 1000, 1000);
}
