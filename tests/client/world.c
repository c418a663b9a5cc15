/* world.c: opens, turns and closes what tests of the client room need; logs every callback. */
#include "client/world.h"
#include "support/fds.h"
#include "support/scratch.h"
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT_MS 20000

static uint64_t now_ms(void) {
  return uv_hrtime() / 1000000;
}

static unsigned limit_ms(void) {
  const char *times = getenv("CK_TIMEOUT_MULTIPLIER");
  return times && atoi(times) > 1 ? LIMIT_MS * (unsigned) atoi(times) : LIMIT_MS;
}

size_t world_ahead(void) {
  const char *bytes = getenv("TEST_READ_AHEAD");
  return bytes ? (size_t) atoi(bytes) : 0;
}

unsigned world_short_ms(void) {
  return limit_ms() > LIMIT_MS || system_look_ms ? 300 : 100;
}

/* ---- Callbacks ---- */

static void fault(world *w, const char *words) {
  if (w->fault[0] == 0)
    snprintf(w->fault, sizeof w->fault, "%s", words);
}

int world_is_here(const world *w) {
  uv_thread_t self = uv_thread_self();
  return uv_thread_equal(&w->thread, &self) != 0;
}

void world_enter(world *w) {
  int others = atomic_fetch_add(&w->inside, 1);
  uv_mutex_lock(&w->lock);
  if (others > 0)
    fault(w, "a callback ran inside another, or beside it");
  if (!w->has_thread)
    w->thread = uv_thread_self();
  w->has_thread = 1;
  if (w->is_over)
    return;
  if (!world_is_here(w))
    fault(w, "a callback ran on another thread than the loop's");
  if (w->closed)
    fault(w, "a callback ran after `closed`");
}

void world_leave(world *w) {
  uv_cond_broadcast(&w->changed);
  uv_mutex_unlock(&w->lock);
  atomic_fetch_sub(&w->inside, 1);
}

static void add(exchange *x, const char *fmt, ...) {
  size_t at = strlen(x->log);
  va_list args;
  va_start(args, fmt);
  vsnprintf(x->log + at, sizeof x->log - at, fmt, args);
  va_end(args);
}

static exchange *enter(void *user) {
  exchange *x = user;
  world_enter(x->w);
  if (x->dones > 0 && x->w->fault[0] == 0 && !x->is_kept)
    fault(x->w, "a callback came after on_done and free");
  return x;
}

/* The test's own part runs without the lock, for it may wait for another thread. */
static void leave(exchange *x, const char *what) {
  if (x->then) {
    uv_mutex_unlock(&x->w->lock);
    x->then(x, what);
    uv_mutex_lock(&x->w->lock);
  }
  world_leave(x->w);
}

static fcl_flow on_head(fcl_request *r, const fcl_head *head, void *user) {
  exchange *x = enter(user);
  fcl_flow flow = x->head_flow;
  x->heads++;
  x->head = head;
  add(x, "head %d; ", head->status);
  leave(x, "head");
  return flow;
}

static fcl_flow on_body(fcl_request *r, const char *data, size_t len, void *user) {
  exchange *x = enter(user);
  fcl_flow flow = x->body_flow;
  x->bodies++;
  x->received += len;
  x->hash = fcl_fnv1a(x->hash ? x->hash : FCL_FNV_START, data, len);
  x->data = data;
  x->len = len;
  if (len < 32)
    add(x, "body \"%.*s\"; ", (int) len, data);
  else
    add(x, "body %zu; ", len);
  leave(x, "body");
  return flow;
}

static void on_stderr(fcl_request *r, const char *text, size_t len, void *user) {
  exchange *x = enter(user);
  x->errs++;
  add(x, "err \"%.*s\"; ", (int) (len < 32 ? len : 32), text);
  leave(x, "err");
}

static void on_sent(fcl_request *r, fcl_code code, void *user) {
  exchange *x = enter(user);
  x->sents++;
  add(x, "sent %s; ", fcl_code_name(code));
  leave(x, "sent");
}

static void on_wake(fcl_request *r, void *user) {
  exchange *x = enter(user);
  x->wakes++;
  add(x, "wake; ");
  leave(x, "wake");
}

static void on_done(fcl_request *r, const fcl_result *result, void *user) {
  exchange *x = enter(user);
  if (x->dones++ > 0)
    fault(x->w, "on_done came twice");
  x->result = *result;
  add(x, "done %s; ", fcl_code_name(result->error.code));
  if ((result->error.code == FCL_OK) != (result->error.text[0] == 0))
    fault(x->w, "an error without a sentence, or a sentence without an error");
  if (!x->is_kept)
    fcl_request_free(r);
  leave(x, "done");
}

static const fcl_handlers handlers = {on_head, on_body, on_stderr, on_sent, on_wake, on_done};

static void on_event(const fcl_event *event, void *user) {
  world *w = (world *) ((char *) user - offsetof(world, memory));
  size_t at;
  world_enter(w);
  w->events++;
  snprintf(w->sentence, sizeof w->sentence, "%s", event->sentence);
  at = strlen(w->said);
  snprintf(w->said + at, sizeof w->said - at, "%d %s\n", (int) event->level, event->sentence);
  world_leave(w);
}

void world_closed(void *user) {
  world *w = user;
  world_enter(w);
  w->closed++;
  world_leave(w);
}

/* ---- Turning ---- */

/* A bell that rings before the loop polls would not end the turn by itself. */
static void on_bell(uv_timer_t *timer) {
  ((world *) timer->data)->has_rung = 1;
  uv_stop(timer->loop);
}

static void on_woken(uv_async_t *async) {
  (void) async; /* a wait looks again */
}

/* The script has signalled, on its own thread. */
static void wake(void *user) {
  world *w = user;
  if (w->mode == FCL_LOOP_UV)
    uv_async_send(&w->woken);
  else if (w->mode == FCL_LOOP_MANUAL)
    by_hand_wake(&w->hand);
}

static void turn_uv(world *w, unsigned ms) {
  w->has_rung = 0;
  if (ms > 0) {
    uv_timer_start(&w->bell, on_bell, ms, 0);
    uv_run(&w->loop, UV_RUN_ONCE);
    uv_timer_stop(&w->bell);
  } else {
    uv_run(&w->loop, UV_RUN_NOWAIT);
  }
}

/* As a host on another loop does it. */
static void turn_manual(world *w, unsigned ms) {
  int due = w->closed ? -1 : fcl_client_timeout(w->client);
  by_hand_wait(&w->hand, due < 0 || (unsigned) due > ms ? ms : (unsigned) due);
  if (!w->closed)
    fcl_client_run(w->client);
}

static void turn_thread(world *w, unsigned ms) {
  uv_cond_timedwait(&w->changed, &w->lock, (uint64_t) ms * 1000000);
}

static void turn(world *w, unsigned ms) {
  w->turns++;
  switch (w->mode) {
  case FCL_LOOP_THREAD:
    turn_thread(w, ms);
    return;
  case FCL_LOOP_UV:
    turn_uv(w, ms);
    return;
  case FCL_LOOP_MANUAL:
    turn_manual(w, ms);
    return;
  }
}

void world_turn(world *w) {
  turn(w, 0);
}

void world_lock(world *w) {
  if (w->mode == FCL_LOOP_THREAD)
    uv_mutex_lock(&w->lock);
}

void world_unlock(world *w) {
  if (w->mode == FCL_LOOP_THREAD)
    uv_mutex_unlock(&w->lock);
}

/* The limit is for one step: many take as long as the machine needs. */
void world_wait(world *w, const unsigned *counter, unsigned n) {
  uint64_t until = now_ms() + limit_ms();
  unsigned is;
  world_lock(w);
  is = *counter;
  while (*counter < n && now_ms() < until) {
    turn(w, w->mode == FCL_LOOP_THREAD ? 50 : (unsigned) (until - now_ms()) + 1);
    if (*counter != is)
      until = now_ms() + limit_ms();
    is = *counter;
  }
  world_unlock(w);
  ck_assert_msg(is >= n, "waited %u ms for %u, and it is %u; %s", limit_ms(), n, is, w->sentence);
}

void world_wait_point(world *w, const char *point) {
  uint64_t until = now_ms() + limit_ms();
  int is = 0;
  if (w->mode == FCL_LOOP_THREAD) {
    is = fcl_script_wait(w->script, point);
  } else {
    while (!(is = fcl_script_reached(w->script, point)) && !fcl_script_failed(w->script) &&
           now_ms() < until)
      turn(w, (unsigned) (until - now_ms()) + 1);
  }
  if (!is)
    world_end(w); /* says what failed in the script */
  ck_assert_msg(is, "the script has not come to \"%s\"", point);
}

void world_pass(world *w, unsigned ms) {
  uint64_t until = now_ms() + ms, now;
  world_lock(w);
  while ((now = now_ms()) < until)
    turn(w, (unsigned) (until - now));
  world_unlock(w);
}

void world_rest(world *w) {
  int i;
  world_lock(w);
  for (i = 0; i < 10; i++)
    turn(w, 0);
  world_unlock(w);
}

/* ---- Closing ---- */

static void close_loop(world *w) {
  if (w->mode == FCL_LOOP_UV) {
    uv_close((uv_handle_t *) &w->woken, NULL);
    uv_close((uv_handle_t *) &w->bell, NULL);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    ck_assert_int_eq(uv_loop_close(&w->loop), 0);
  } else if (w->mode == FCL_LOOP_MANUAL) {
    by_hand_close(&w->hand);
  }
}

void world_close(world *w) {
  if (w->client == NULL)
    return;
  fcl_client_close(w->client, world_closed, w);
  world_wait(w, &w->closed, 1);
  if (w->mode != FCL_LOOP_UV)
    fcl_client_join(w->client);
  w->client = NULL;
}

static void end_all(world *w) {
  fcl_error e = {0};
  int failed;
  world_close(w);
  failed = fcl_script_end(w->script, &e);
  close_loop(w);
  uv_cond_destroy(&w->changed);
  uv_mutex_destroy(&w->lock);
  test_allocator_destroy(&w->memory);
  ck_assert_msg(failed == FCL_OK, "%s", e.text);
  ck_assert_msg(w->fault[0] == 0, "%s", w->fault);
  ck_assert_uint_eq(w->closed, 1);
  ck_assert_uint_eq(w->memory.misuses, 0);
  ck_assert_msg(w->memory.live == 0, "%zu blocks (%zu bytes) were not given back", w->memory.live,
                w->memory.bytes);
}

void world_end(world *w) {
  end_all(w);
  ck_assert_fds(w->fds);
}

/* ---- Opening ---- */

static void serve_hello(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_script_may_close(s);
    fcl_script_read_request(s);
    fcl_script_answer(s, HELLO);
  }
}

static void open_loop(world *w) {
  if (w->mode == FCL_LOOP_UV) {
    ck_assert_int_eq(uv_loop_init(&w->loop), 0);
    ck_assert_int_eq(uv_async_init(&w->loop, &w->woken, on_woken), 0);
    uv_timer_init(&w->loop, &w->bell);
    w->bell.data = w;
    uv_unref((uv_handle_t *) &w->woken);
  } else if (w->mode == FCL_LOOP_MANUAL) {
    by_hand_open(&w->hand);
  }
}

/* What the system opens in a process for its first exchange, and keeps. */
static void warm_up(void) {
  static int is_warm;
  world first = {0};
  exchange x = {0};
  if (is_warm || !system_shares_process)
    return;
  is_warm = 1;
  world_start(&first, FCL_LOOP_UV, NULL);
  exchange_get(&x, &first);
  exchange_wait(&x);
  end_all(&first);
}

void world_open(world *w, fcl_loop mode) {
  fcl_client_options o = {0};
  fcl_error e;
  system_prepare();
  warm_up();
  w->fds = test_fds();
  w->mode = mode;
  uv_mutex_init(&w->lock);
  uv_cond_init(&w->changed);
  test_allocator_init(&w->memory);
  open_loop(w);
  o.mode = mode;
  o.uv = mode == FCL_LOOP_UV ? &w->loop : NULL;
  o.on_event = on_event;
  o.spool_directory = test_temporary();
  o.realloc_fn = test_allocator_realloc;
  o.user = &w->memory;
  ck_assert_msg(fcl_client_new(&w->client, &o, &e) == FCL_OK, "%s", e.text);
  if (mode == FCL_LOOP_MANUAL)
    by_hand_watch(&w->hand, w->client);
  if (mode != FCL_LOOP_THREAD) {
    w->thread = uv_thread_self();
    w->has_thread = 1;
  }
}

void world_reach(world *w, void (*play)(fcl_script *, void *)) {
  fcl_script_options o = {0};
  const char *addresses[2] = {NULL, NULL};
  fcl_pool_options given = w->options;
  fcl_error e;
  o.play = play ? play : serve_hello;
  o.address = w->listen ? w->listen : getenv("TEST_LISTEN");
  o.multiplexed = w->multiplexed;
  o.user = w;
  o.limit_ms = limit_ms();
  o.on_signal = wake;
  ck_assert_msg(fcl_script_start(&w->script, &o, &e) == FCL_OK, "%s", e.text);
  addresses[0] = fcl_script_address(w->script);
  if (given.read_ahead == 0 && world_ahead() > 0) {
    given.read_ahead = world_ahead();
    given.read_ahead_file = 1u << 20;
  }
  given.gather |= getenv("TEST_GATHER") != NULL;
  given.name = given.name ? given.name : "test";
  given.addresses = given.addresses ? given.addresses : addresses;
  ck_assert_msg(fcl_pool_new(&w->pool, w->client, &given, &e) == FCL_OK, "%s", e.text);
}

void world_start(world *w, fcl_loop mode, void (*play)(fcl_script *, void *)) {
  world_open(w, mode);
  world_reach(w, play);
}

/* ---- Exchanges ---- */

void exchange_new(exchange *x, world *w, const char *method) {
  x->w = w;
  x->request = fcl_request_new(w->pool, &handlers, x);
  ck_assert_ptr_nonnull(x->request);
  fcl_request_param(x->request, "REQUEST_METHOD", method);
  fcl_request_param(x->request, "SCRIPT_NAME", "/x");
}

void exchange_go(exchange *x) {
  world_lock(x->w);
  fcl_request_start(x->request);
  fcl_request_finish(x->request);
  world_unlock(x->w);
}

void exchange_get(exchange *x, world *w) {
  exchange_new(x, w, "GET");
  exchange_go(x);
}

void exchange_post(exchange *x, world *w, int64_t length) {
  exchange_new(x, w, "POST");
  fcl_request_body(x->request, length, FCL_BODY_STREAM);
  fcl_request_start(x->request);
}

void exchange_wait(exchange *x) {
  world_wait(x->w, &x->dones, 1);
}
