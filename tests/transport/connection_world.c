/* connection_world.c: a connection, its owner and its other end. */
#include "transport/connection_world.h"
#include "support/fds.h"
#include <stdarg.h>
#include <stdio.h>

const char prologue[17] = "\1\1\0\1\0\10\0\0\0\1\1\0\0\0\0\0";
uv_loop_t loop;
test_allocator memory;
static fcl__memory ours = {test_allocator_realloc, &memory};
fcl__blocks blocks;
fcl__connection c;
int remote;
static int before;
char text[1024];
fcl_error broken;
unsigned closed, holds, pins;
size_t takes, pinned_count;
char closer;
char *pinned[4];

/* ---- The owner: it writes down what it hears ---- */

static void note(const char *fmt, ...) {
  size_t at = strlen(text);
  va_list args;
  va_start(args, fmt);
  vsnprintf(text + at, sizeof text - at, fmt, args);
  va_end(args);
}

static void on_moved(fcl__connection *it, int is_answer) {
  if (is_answer)
    note("first; ");
  if (closer == 'm')
    fcl__connection_close(it);
}

static size_t on_out(fcl__connection *it, const char *data, size_t len, int *hold) {
  if (closer == 'o')
    fcl__connection_close(it);
  if (pins > 0) {
    pins--;
    pinned[pinned_count++] = fcl__connection_pin(it);
  }
  if (holds > 0) {
    holds--;
    *hold = 1;
    len = takes < len ? takes : len;
  }
  note("out %.*s; ", (int) (len < 20 ? len : 20), data);
  return len;
}

static void on_err(fcl__connection *it, const char *data, size_t len) {
  note("err %.*s; ", (int) len, data);
}

static void on_sent(fcl__connection *it, fcl_code code) {
  note("sent %s; ", fcl_code_name(code));
  if (closer == 's')
    fcl__connection_close(it);
}

static void on_end(fcl__connection *it, const fcl_end *end) {
  note("end %u %u; ", end->app_status, end->protocol_status);
}

static void on_broke(fcl__connection *it, fcl__break how, const fcl_error *e) {
  static const char *const names[] = {"EOF", "IO", "PROTOCOL", "MEMORY"};
  note("broke %s; ", names[how]);
  broken = *e;
}

static void on_closed(fcl__connection *it) {
  note("closed; ");
  closed = 1;
}

static const fcl__connection_events events = {NULL,   on_moved, on_out,    on_err, on_sent,
                                              on_end, on_broke, on_closed, NULL};

/* ---- Opening, turning, closing ---- */

/* Where all tests of a program run in one process. */
static void forget(void) {
  memset(&c, 0, sizeof c);
  memset(&broken, 0, sizeof broken);
  text[0] = closer = 0;
  closed = holds = pins = 0;
  takes = pinned_count = 0;
}

static void setup(void) {
  int own;
  forget();
  pair_warm_up(&loop);
  before = test_fds();
  test_allocator_init(&memory);
  fcl__blocks_init(&blocks, &ours);
  ck_assert_int_eq(uv_loop_init(&loop), 0);
  pair_begin(&loop);
  own = pair_open(&remote);
  ck_assert_int_eq(fcl__connection_adopt(&c, &loop, own, pair_is_tcp, &blocks, &events), 1);
  uv_ref(&c.wire.uv.handle); /* by itself it keeps no loop running */
}

void turn(void) {
  int i;
  for (i = 0; i < 5; i++)
    pair_turn(&loop);
}

static void teardown(void) {
  fcl__connection_close(&c);
  while (!closed)
    uv_run(&loop, UV_RUN_DEFAULT);
  if (remote >= 0)
    pair_close(remote);
  pair_end(&loop);
  fcl__blocks_clear(&blocks);
  ck_assert_int_eq(uv_loop_close(&loop), 0);
  ck_assert_uint_eq(memory.live, 0);
  ck_assert_fds(before);
}

void say_bytes(const char *bytes, size_t len) {
  ck_assert_int_eq((int) pair_send(remote, bytes, len), (int) len);
  turn();
}

size_t hear(char *into, size_t size) {
  long n = pair_receive(remote, into, size);
  return n > 0 ? (size_t) n : 0;
}

void begin(void) {
  fcl_slice p = {prologue, sizeof prologue - 1};
  char waste[64];
  ck_assert_int_eq(fcl__connection_begin(&c, p), 0);
  fcl__connection_flush(&c);
  ck_assert_uint_eq(hear(waste, sizeof waste), 16);
  text[0] = 0;
}

void assert_broken(const char *words) {
  ck_assert_int_eq(broken.code, FCL_E_PROTOCOL);
  ck_assert_msg(strstr(broken.text, words) != NULL, "\"%s\" is not in: %s", words, broken.text);
  ck_assert_int_eq(fcl__connection_is_reusable(&c), 0);
}

TCase *connection_case(const char *title) {
  TCase *t = tcase_create(title);
  tcase_add_checked_fixture(t, setup, teardown);
  return t;
}
