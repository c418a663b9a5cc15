/* stream_world.c: a loop, a wire, what it told; and that nothing of it is left. */
#include "transport/stream_world.h"
#include "support/fds.h"

uv_loop_t loop;
test_allocator memory;
static fcl__memory ours = {test_allocator_realloc, &memory};
fcl__blocks blocks;
fcl__wire w;
int listener, remote;
static int before;
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

/* Where all tests of a program run in one process. */
static void forget(void) {
  memset(&w, 0, sizeof w);
  opened = status = ended = closed = written_status = keep = 0;
  came = written = 0;
  kept = NULL;
}

static void setup(void) {
  forget();
  pair_warm_up(&loop);
  before = test_fds();
  test_allocator_init(&memory);
  fcl__blocks_init(&blocks, &ours);
  ck_assert_int_eq(uv_loop_init(&loop), 0);
  pair_begin(&loop);
  listener = remote = -1;
}

static void teardown(void) {
  if (w.has_handle && !w.is_closing)
    fcl__wire_close(&w);
  uv_run(&loop, UV_RUN_DEFAULT);
  if (remote >= 0)
    pair_close(remote);
  if (listener >= 0)
    pair_close(listener);
  pair_end(&loop);
  fcl__block_give(&blocks, kept);
  fcl__blocks_clear(&blocks);
  ck_assert_int_eq(uv_loop_close(&loop), 0);
  ck_assert_uint_eq(memory.live, 0);
  ck_assert_fds(before);
}

void open_pair(void) {
  int own = pair_open(&remote);
  ck_assert_int_eq(fcl__wire_adopt(&w, &loop, own, pair_is_tcp, &blocks, &events), 1);
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

int connect_to(const char *text) {
  fcl__address a;
  fcl_error e;
  int n;
  ck_assert_msg(fcl__address_parse(&a, text, &e) == FCL_OK, "%s", e.text);
  n = fcl__wire_connect(&w, &loop, &a, &blocks, &events);
  return n;
}

void converse(int n) {
  fcl_slice ping = {"ping", 4};
  char pong[8];
  if (n == 0)
    run_until(&opened);
  ck_assert_int_eq(status, 0);
  ck_assert_uint_eq(w.is_open, 1);
  remote = pair_accept(listener);
  ck_assert_int_eq((int) fcl__wire_write(&w, &ping, 1), 4);
  ck_assert_int_eq((int) pair_receive(remote, pong, sizeof pong), 4);
  ck_assert_int_eq((int) pair_send(remote, "pong", 4), 4);
  pair_close(remote);
  remote = -1;
  ck_assert_int_eq(fcl__wire_read(&w), 0);
  run_until(&ended);
  ck_assert_int_eq(ended, UV_EOF);
  ck_assert_uint_eq(came, 4);
  ck_assert_mem_eq(got, "pong", 4);
}

TCase *stream_case(const char *title) {
  TCase *t = tcase_create(title);
  tcase_add_checked_fixture(t, setup, teardown);
  return t;
}
