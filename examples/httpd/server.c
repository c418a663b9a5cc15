/* server.c: a worker's life: its loop, its pools, accepting, and an orderly end. */
#include "connection.h"
#include "log.h"
#include "output.h"
#include "status.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- What the library and libuv tell ---- */

static void on_event(const fcl_event *e, void *user) {
  static const char *const levels[] = {"", "warning: ", "error: "};
  worker *w = user;
  log_sentence(levels[e->level], e->sentence);
  snprintf(w->said, sizeof w->said, "%s", e->sentence);
}

static void on_connection(uv_stream_t *listener, int status) {
  worker *w = listener->data;
  if (status == 0)
    connection_accept(w);
}

/* Before the loop waits, everything gathered in this turn goes out. */
static void on_flush(uv_prepare_t *prepare) {
  worker *w = prepare->data;
  ring *first;
  while ((first = ring_first(&w->dirty)) != NULL)
    output_flush(OWNER(first, exchange, dirty));
  log_flush(w);
}

/* ---- The end ---- */

static void close_handle(uv_handle_t *handle) {
  if (!uv_is_closing(handle))
    uv_close(handle, NULL);
}

static void on_client_closed(void *user) {
  worker *w = user;
  uv_mutex_lock(&w->lock);
  w->is_deaf = 1;
  uv_mutex_unlock(&w->lock);
  configuration_drop(w->next);
  table_free(&w->table);
  close_handle((uv_handle_t *) &w->renew);
  close_handle((uv_handle_t *) &w->stop);
  close_handle((uv_handle_t *) &w->flush);
  close_handle((uv_handle_t *) &w->tick);
  close_handle((uv_handle_t *) &w->drain);
}

static void close_if_empty(worker *w) {
  if (!w->is_draining || w->connection_count || w->is_closing)
    return;
  w->is_closing = 1;
  uv_timer_stop(&w->drain);
  status_leave(w);
  fcl_client_close(w->client, on_client_closed, w);
}

void worker_forget(worker *w) {
  w->connection_count--;
  close_if_empty(w);
}

static void for_each(worker *w, void (*what)(connection *)) {
  ring *at, *after;
  for (at = w->connections.next; at != &w->connections; at = after) {
    after = at->next;
    what(OWNER(at, connection, link));
  }
}

static void on_drained(uv_timer_t *timer) {
  for_each(timer->data, connection_close);
}

static void on_stop(uv_async_t *async) {
  worker *w = async->data;
  unsigned ms = w->options->drain_ms == FCL_NONE ? 0 : w->options->drain_ms;
  if (w->is_draining) { /* asked again: at once */
    for_each(w, connection_close);
    return;
  }
  w->is_draining = 1;
  close_handle((uv_handle_t *) &w->listener);
  uv_timer_start(&w->drain, on_drained, ms, 0);
  for_each(w, connection_drain);
  close_if_empty(w);
}

/* A handle that is closed must not be sent to. */
void worker_stop(worker *w) {
  uv_mutex_lock(&w->lock);
  if (!w->is_deaf)
    uv_async_send(&w->stop);
  uv_mutex_unlock(&w->lock);
}

/* ---- Other applications ---- */

/* Requests that are under way end in the pools that they have. */
static void on_renew(uv_async_t *async) {
  worker *w = async->data;
  configuration *config;
  uv_mutex_lock(&w->lock);
  config = w->next;
  w->next = NULL;
  uv_mutex_unlock(&w->lock);
  if (config && !w->is_closing)
    table_renew(&w->table, w, config);
  configuration_drop(config);
}

void worker_configure(worker *w, configuration *config) {
  uv_mutex_lock(&w->lock);
  if (!w->is_deaf) {
    configuration_drop(w->next);
    w->next = configuration_hold(config);
    uv_async_send(&w->renew);
  }
  uv_mutex_unlock(&w->lock);
}

/* ---- The beginning ---- */

static int fail(const char *what, int error) {
  fprintf(stderr, "httpd: %s: %s\n", what, uv_strerror(error));
  return -1;
}

static int init_handles(worker *w, int fd) {
  int error = uv_loop_init(&w->loop);
  if (error == 0)
    error = uv_tcp_init(&w->loop, &w->listener);
  if (error == 0)
    error = uv_tcp_open(&w->listener, fd);
  if (error == 0)
    error = uv_listen((uv_stream_t *) &w->listener, 1024, on_connection);
  if (error == 0)
    error = uv_async_init(&w->loop, &w->stop, on_stop);
  if (error == 0)
    error = uv_async_init(&w->loop, &w->renew, on_renew);
  if (error)
    return fail("the event loop", error);
  uv_prepare_init(&w->loop, &w->flush);
  uv_timer_init(&w->loop, &w->tick);
  uv_timer_init(&w->loop, &w->drain);
  w->listener.data = w->stop.data = w->renew.data = w->flush.data = w->tick.data = w->drain.data =
      w;
  return uv_prepare_start(&w->flush, on_flush);
}

static int init_client(worker *w) {
  fcl_client_options o;
  fcl_error e;
  memset(&o, 0, sizeof o);
  o.mode = FCL_LOOP_UV;
  o.uv = &w->loop;
  o.guardian = w->options->guardian;
  o.runtime_directory = w->options->runtime_directory;
  o.spool_directory = w->options->spool_directory;
  o.control = w->options->control;
  o.policy = w->options->app_user ? &w->options->policy : NULL;
  o.on_event = on_event;
  o.user = w;
  if (fcl_client_new(&w->client, &o, &e) == FCL_OK) {
    status_join(w);
    return 0;
  }
  log_sentence("", e.text);
  return -1;
}

int worker_init(worker *w, const options *o, configuration *config, unsigned index, int fd) {
  int kind;
  memset(w, 0, sizeof *w);
  w->options = o;
  w->index = index;
  uv_mutex_init(&w->lock);
  ring_init(&w->connections);
  ring_init(&w->dirty);
  for (kind = 0; kind < CLOCK_COUNT; kind++)
    ring_init(&w->clocks[kind]);
  if (init_handles(w, fd) || init_client(w))
    return -1;
  return table_authorizer(w) || table_open(&w->table, w, config) ? -1 : 0;
}

/* ---- Running ---- */

static void free_lists(worker *w) {
  while (w->free_exchanges) {
    exchange *x = w->free_exchanges;
    w->free_exchanges = x->next_free;
    free(x);
  }
  while (w->free_connections) {
    connection *c = w->free_connections;
    w->free_connections = c->next_free;
    free(c);
  }
  blocks_free(&w->blocks);
}

static void run(void *user) {
  worker *w = user;
  uv_run(&w->loop, UV_RUN_DEFAULT);
  log_flush(w);
  free_lists(w);
  uv_loop_close(&w->loop);
  w->has_ended = 1;
  uv_async_send(w->ended);
}

int worker_start(worker *w, uv_async_t *ended) {
  int error;
  w->ended = ended;
  error = uv_thread_create(&w->thread, run, w);
  return error ? fail("a thread", error) : 0;
}

void worker_join(worker *w) {
  uv_thread_join(&w->thread);
}
