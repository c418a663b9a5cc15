/* stream_world.c: a loop, a wire, what it told; and that nothing of it is left. */
#include "transport/stream_world.h"
#include "support/fds.h"
#include <signal.h>

uv_loop_t loop;
test_allocator memory;
static fcl__memory ours = {test_allocator_realloc, &memory};
fcl__blocks blocks;
fcl__wire w;
int listener, far;
static int before;
char path[48];
int opened, status, ended, closed, written_status;
size_t came, written;
char got[65536], *kept;
int keep;

/* ---- Events ---- */

static void on_opened(fcl__wire *it, int s) {
  opened++;
  status = s;
}

static int on_came(fcl__wire *it, char *block, size_t len) {
  if (came + len <= sizeof got)
    memcpy(got + came, block, len);
  came += len;
  if (keep)
    kept = block;
  return keep;
}

static void on_ended(fcl__wire *it, int s) {
  ended = s;
}

static void on_written(fcl__wire *it, size_t len, int s) {
  written += len;
  written_status = s;
}

static void on_closed(fcl__wire *it) {
  closed++;
}

const fcl__wire_events events = {on_opened, on_came, on_ended, on_written, on_closed};

/* ---- Beginning and end ---- */

static void setup(void) {
  signal(SIGPIPE, SIG_IGN);
  uv_loop_init(&loop);
  uv_loop_close(&loop);
  before = test_fds();
  test_allocator_init(&memory);
  fcl__blocks_init(&blocks, &ours);
  ck_assert_int_eq(uv_loop_init(&loop), 0);
  listener = far = -1;
}

static void teardown(void) {
  if (w.has_handle && !w.is_closing)
    fcl__wire_close(&w);
  uv_run(&loop, UV_RUN_DEFAULT);
  if (far >= 0)
    close(far);
  if (listener >= 0)
    close(listener);
  if (path[0])
    unlink(path);
  fcl__block_give(&blocks, kept);
  fcl__blocks_clear(&blocks);
  ck_assert_int_eq(uv_loop_close(&loop), 0);
  ck_assert_uint_eq(memory.live, 0);
  ck_assert_fds(before);
}

void open_pair(void) {
  int pair[2];
  ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair), 0);
  far = pair[1];
  ck_assert_int_eq(fcl__wire_adopt(&w, &loop, pair[0], 0, &blocks, &events), 1);
  uv_ref(&w.uv.handle);
}

static void nothing(uv_idle_t *idle) {
  (void) idle; /* it keeps the loop running */
}

void run_until(const int *what) {
  static uv_idle_t idle;
  uv_idle_init(&loop, &idle);
  uv_idle_start(&idle, nothing);
  while (!*what) {
    if (w.has_handle && !uv_is_closing(&w.uv.handle))
      uv_ref(&w.uv.handle);
    uv_run(&loop, UV_RUN_ONCE);
  }
  uv_close((uv_handle_t *) &idle, NULL);
  uv_run(&loop, UV_RUN_NOWAIT);
}

TCase *stream_case(const char *title) {
  TCase *t = tcase_create(title);
  tcase_add_checked_fixture(t, setup, teardown);
  return t;
}
