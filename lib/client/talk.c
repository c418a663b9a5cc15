/* talk.c: who has connected to the control address: a line in, its answer out, one after the other.
 */
#include "client/control.h"
#include "platform/control.h"
#include <stdio.h>
#include <string.h>

enum { TALKS_MAX = 16, SHORT_LEN = 1024 };

typedef struct fcl__talk {
  fcl__control *control;
  fcl__list link; /* in control->talks */
  uv_pipe_t pipe;
  uv_write_t write;
  char in[sizeof((fcl__order *) 0)->line];
  size_t len;
  fcl__order *order; /* that is away, or whose answer goes out */
  char head[32], text[SHORT_LEN];
  unsigned is_away : 1, is_writing : 1, is_closing : 1, is_closed : 1;
} fcl__talk;

/* ---- The end ---- */

static void free_order(fcl__talk *t) {
  if (t->order)
    fcl_stats_free(t->order->stats);
  fcl__free(&t->control->client->memory, t->order);
  t->order = NULL;
}

static void settle(fcl__talk *t) {
  fcl__control *k = t->control;
  if (!t->is_closed || t->is_away)
    return;
  free_order(t);
  fcl__list_remove(&t->link);
  fcl__free(&k->client->memory, t);
  k->talk_count--;
  fcl__control_settle(k);
}

static void on_closed(uv_handle_t *handle) {
  fcl__talk *t = handle->data;
  t->is_closed = 1;
  settle(t);
}

static void hang_up(fcl__talk *t) {
  if (t->is_closing)
    return;
  t->is_closing = 1;
  uv_close((uv_handle_t *) &t->pipe, on_closed);
}

void fcl__talks_close(fcl__control *k) {
  fcl__list *i, *after;
  FCL__LIST_EACH (i, after, &k->talks)
    hang_up(FCL__OF(i, fcl__talk, link));
}

/* ---- The answer ---- */

static void look_for_line(fcl__talk *t);

static void on_written(uv_write_t *write, int status) {
  fcl__talk *t = write->data;
  t->is_writing = 0;
  free_order(t);
  if (status < 0)
    hang_up(t);
  else if (!t->is_closing)
    look_for_line(t);
}

static void answer(fcl__talk *t) {
  uv_buf_t out[2];
  size_t len;
  int is_ok;
  const char *text = fcl__order_answer(t->order, t->text, sizeof t->text, &len, &is_ok);
  out[0] = uv_buf_init(t->head, (unsigned) snprintf(t->head, sizeof t->head, "%s %lu\n",
                                                    is_ok ? "OK" : "ERROR", (unsigned long) len));
  out[1] = uv_buf_init((char *) text, (unsigned) len);
  t->write.data = t;
  t->is_writing = 1;
  if (uv_write(&t->write, (uv_stream_t *) &t->pipe, out, 2, on_written) != 0)
    hang_up(t);
}

static void come_home(fcl__ask *ask) {
  fcl__talk *t = FCL__OF(ask, fcl__order, ask)->talk;
  t->is_away = 0;
  if (t->is_closing)
    settle(t);
  else
    answer(t);
}

/* ---- The question ---- */

static void begin(fcl__talk *t, size_t len) {
  fcl_client *c = t->control->client;
  fcl__order *o = fcl__zalloc(&c->memory, sizeof *o);
  t->order = o;
  if (o == NULL) {
    hang_up(t);
    return;
  }
  memcpy(o->line, t->in, len);
  o->talk = t;
  o->ask.visit = fcl__order_do;
  o->ask.home = come_home;
  o->stats = fcl__stats_new(&c->memory);
  if (!fcl__order_read(o)) {
    answer(t);
    return;
  }
  t->is_away = 1;
  if (fcl__control_ask(t->control, o))
    return;
  t->is_away = 0;
  hang_up(t);
}

static void look_for_line(fcl__talk *t) {
  char *end = memchr(t->in, '\n', t->len);
  size_t len = end ? (size_t) (end - t->in) : 0;
  if (t->order)
    return;
  if (end == NULL) {
    if (t->len == sizeof t->in)
      hang_up(t); /* no line of ours is that long */
    return;
  }
  begin(t, len);
  t->len -= len + 1;
  memmove(t->in, end + 1, t->len);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf) {
  fcl__talk *t = handle->data;
  *buf = uv_buf_init(t->in + t->len, (unsigned) (sizeof t->in - t->len));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf) {
  fcl__talk *t = stream->data;
  if (n < 0) {
    hang_up(t);
    return;
  }
  t->len += (size_t) n;
  look_for_line(t);
}

static int is_welcome(fcl__talk *t) {
  return t->control->talk_count <= TALKS_MAX && !t->control->is_closing &&
         fcl__control_is_owner(&t->pipe);
}

void fcl__control_accept(uv_stream_t *listener, int status) {
  fcl__control *k = listener->data;
  fcl__talk *t = status == 0 ? fcl__zalloc(&k->client->memory, sizeof *t) : NULL;
  if (t == NULL)
    return;
  t->control = k;
  k->talk_count++;
  fcl__list_append(&k->talks, &t->link);
  uv_pipe_init(k->client->loop, &t->pipe, 0);
  t->pipe.data = t;
  uv_unref((uv_handle_t *) &t->pipe);
  if (uv_accept(listener, (uv_stream_t *) &t->pipe) != 0 || !is_welcome(t) ||
      uv_read_start((uv_stream_t *) &t->pipe, on_alloc, on_read) != 0)
    hang_up(t);
}
