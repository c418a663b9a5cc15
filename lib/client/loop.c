/* loop.c: the three kinds of loop (a thread of our own, the caller's uv loop, polled by hand), and
   when they wake.

   Notes of the loop's own thread cost no system call: the prepare and check handles act on them
   once a turn, and the idle handle keeps the loop from sleeping over one.  Notes of other threads
   send one uv_async. */
#include "client/internal.h"
#include "platform/thread.h"

#define HANDLES 5

/* Its address tells one thread from another. */
static _Thread_local char self;

uint64_t fcl__client_now(const fcl_client *c) {
  return uv_now(c->loop);
}

int fcl__client_is_owner(const fcl_client *c) {
  return atomic_load_explicit(&c->owner, memory_order_relaxed) == &self;
}

static void on_idle(uv_idle_t *handle) {
  (void) handle; /* its being there keeps the loop from sleeping */
}

/* The lock orders this with the end of the loop: behind it, notes can only be about memory. */
static void post_from_abroad(fcl_client *c, fcl__note *note, unsigned bit) {
  int is_closed;
  uv_mutex_lock(&c->lock);
  is_closed = c->is_closed;
  if (is_closed)
    atomic_fetch_add(&c->refs, 1);
  if (fcl__notes_post(&c->notes, note, bit) && !is_closed)
    uv_async_send(&c->async);
  uv_mutex_unlock(&c->lock);
  if (is_closed) {
    fcl__notes_act(&c->notes);
    fcl__client_unref(c);
  }
}

/* The loop must not sleep: there is something to do in its next turn. */
static void wake(fcl_client *c) {
  if (c->is_waking || uv_is_closing((uv_handle_t *) &c->idle))
    return;
  c->is_waking = 1;
  uv_idle_start(&c->idle, on_idle);
}

void fcl__client_post(fcl_client *c, fcl__note *note, unsigned bit) {
  if (!fcl__client_is_owner(c)) {
    post_from_abroad(c, note, bit);
    return;
  }
  fcl__notes_post(&c->notes, note, bit);
  wake(c); /* where the handle is closing, the end acts on it */
}

static void on_timer(uv_timer_t *timer) {
  fcl_client *c = timer->data;
  c->timer_due = UINT64_MAX;
  fcl__pools_tick(&c->timeouts, fcl__client_now(c));
  fcl__loop_schedule(c);
}

/* The timer may fire early and be armed again, so it is moved only when something is due before it.
 */
void fcl__loop_schedule(fcl_client *c) {
  uint64_t due = fcl__timeouts_next(&c->timeouts), now;
  if (due >= c->timer_due || c->is_ending)
    return;
  now = fcl__client_now(c);
  c->timer_due = due;
  uv_timer_start(&c->timer, on_timer, due > now ? due - now : 0, 0);
}

static void turn(fcl_client *c) {
  if (c->is_waking) {
    c->is_waking = 0;
    uv_idle_stop(&c->idle); /* notes made while these are acted on start it again */
  }
  fcl__notes_act(&c->notes);
  if (fcl__multiplex_turns(&c->turns))
    wake(c);
  fcl__loop_schedule(c);
}

/* Until now the loop had no thread: notes came from abroad, and kept a borrowed loop from ending.
 */
static void begin(fcl_client *c) {
  c->has_begun = 1;
  if (c->options.mode == FCL_LOOP_UV)
    uv_unref((uv_handle_t *) &c->async);
}

static void on_prepare(uv_prepare_t *handle) {
  fcl_client *c = handle->data;
  atomic_store_explicit(&c->owner, &self, memory_order_relaxed);
  if (!c->has_begun)
    begin(c);
  turn(c);
}

static void on_check(uv_check_t *handle) {
  turn(handle->data);
}

static void on_async(uv_async_t *handle) {
  (void) handle; /* the check handle acts */
}

void fcl__client_rest(fcl_client *c) {
  if (--c->busy == 0 && !c->is_ending)
    uv_unref((uv_handle_t *) &c->prepare);
}

void fcl__client_work(fcl_client *c) {
  if (c->busy++ == 0)
    uv_ref((uv_handle_t *) &c->prepare);
}

/* The async may keep a loop of ours running; a borrowed one must be able to end (begin). */
static void unref_handles(fcl_client *c) {
  uv_unref((uv_handle_t *) &c->timer);
  uv_unref((uv_handle_t *) &c->prepare);
  uv_unref((uv_handle_t *) &c->check);
}

static int init_handles(fcl_client *c) {
  int status = uv_async_init(c->loop, &c->async, on_async); /* the only one that can fail */
  if (status != 0)
    return status;
  uv_timer_init(c->loop, &c->timer);
  uv_prepare_init(c->loop, &c->prepare);
  uv_check_init(c->loop, &c->check);
  uv_idle_init(c->loop, &c->idle);
  c->async.data = c->timer.data = c->prepare.data = c->check.data = c->idle.data = c;
  uv_prepare_start(&c->prepare, on_prepare);
  uv_check_start(&c->check, on_check);
  unref_handles(c);
  return 0;
}

static void run_thread(void *data) {
  fcl_client *c = data;
  fcl__thread_begin();
  uv_run(c->loop, UV_RUN_DEFAULT);
}

static void close_handles(fcl_client *c, uv_close_cb closed) {
  uv_close((uv_handle_t *) &c->async, closed);
  uv_close((uv_handle_t *) &c->timer, closed);
  uv_close((uv_handle_t *) &c->prepare, closed);
  uv_close((uv_handle_t *) &c->check, closed);
  uv_close((uv_handle_t *) &c->idle, closed);
}

int fcl__loop_init(fcl_client *c) {
  int is_borrowed = c->options.mode == FCL_LOOP_UV;
  c->loop = is_borrowed ? c->options.uv : &c->own_loop;
  c->timer_due = UINT64_MAX;
  return is_borrowed ? 0 : uv_loop_init(c->loop);
}

int fcl__loop_start(fcl_client *c) {
  int status = init_handles(c);
  if (status != 0 || c->options.mode != FCL_LOOP_THREAD)
    return status;
  status = uv_thread_create(&c->thread, run_thread, c);
  if (status != 0)
    close_handles(c, NULL);
  return status;
}

void fcl__loop_undo(fcl_client *c) {
  if (c->options.mode == FCL_LOOP_UV)
    return;
  uv_run(c->loop, UV_RUN_DEFAULT);
  uv_loop_close(c->loop);
}

static void on_handle_closed(uv_handle_t *handle) {
  fcl_client *c = handle->data;
  if (--c->handles == 0)
    fcl__client_ended(c);
}

void fcl__loop_end(fcl_client *c) {
  c->handles = HANDLES;
  close_handles(c, on_handle_closed);
}
