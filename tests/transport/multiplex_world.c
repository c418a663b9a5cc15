/* multiplex_world.c: a shared wire, its owners and its other end. */
#include "transport/multiplex_world.h"
#include "support/fds.h"
#include <stdarg.h>
#include <stdio.h>

uv_loop_t loop;
test_allocator memory;
static fcl__memory ours = {test_allocator_realloc, &memory};
fcl__blocks blocks;
fcl__list turns;
fcl__multiplex m;
int remote;
static int before;
char text[8192];
fcl_error broken;
unsigned closed, changes, stray_count, overs, holds;
char closer;
peer peers[MANY];

/* ---- The owners: they write down what they hear ---- */

/* By the letter of the event. */
static void maybe_close(fcl__connection *c, char small, char large) {
  if (closer == small)
    fcl__connection_close(c);
  if (closer == large)
    fcl__multiplex_close(&m);
}

static void note(const char *fmt, ...) {
  size_t at = strlen(text);
  va_list args;
  va_start(args, fmt);
  vsnprintf(text + at, sizeof text - at, fmt, args);
  va_end(args);
}

static char name(fcl__connection *c) {
  return ((peer *) c)->name;
}

static void on_opened(fcl__connection *c, int status) {
  note("%c opened %d; ", name(c), status);
}

static void on_moved(fcl__connection *c, int is_answer) {
  if (is_answer)
    note("%c first; ", name(c));
  if (is_answer)
    maybe_close(c, 'f', 'F');
}

uint64_t add_hash(uint64_t hash, const char *data, size_t len) {
  size_t i;
  for (i = 0; i < len; i++)
    hash = (hash ^ (uint8_t) data[i]) * 1099511628211u;
  return hash;
}

static size_t on_out(fcl__connection *c, const char *data, size_t len, int *hold) {
  peer *p = (peer *) c;
  p->received += len;
  p->hash = add_hash(p->hash, data, len);
  if (holds > 0) {
    holds--;
    p->block = fcl__connection_pin(c);
  }
  note("%c out %.*s; ", p->name, (int) (len < 20 ? len : 20), data);
  return len;
}

static void on_err(fcl__connection *c, const char *data, size_t len) {
  note("%c err %.*s; ", name(c), (int) len, data);
}

static void on_sent(fcl__connection *c, fcl_code code) {
  ((peer *) c)->sents++;
  note("%c sent %s; ", name(c), fcl_code_name(code));
  maybe_close(c, 's', 'L');
}

static void on_end(fcl__connection *c, const fcl_end *end) {
  note("%c end %u %u; ", name(c), end->app_status, end->protocol_status);
  ((peer *) c)->is_over = 1;
  maybe_close(c, 'e', 'E');
}

static void on_broke(fcl__connection *c, fcl__break how, const fcl_error *e) {
  static const char *const names[] = {"EOF", "IO", "PROTOCOL", "MEMORY"};
  note("%c broke %s; ", name(c), names[how]);
  broken = *e;
  maybe_close(c, 'b', 'B');
}

static void on_closed(fcl__connection *c) {
  note("%c closed; ", name(c));
}

const fcl__connection_events events = {on_opened, on_moved, on_out,    on_err, on_sent,
                                       on_end,    on_broke, on_closed, NULL};

static void on_changed(fcl__multiplex *it) {
  changes++;
  if (closer == 'C')
    fcl__multiplex_close(it);
}

static void on_stray(fcl__multiplex *it, const fcl_record *record) {
  stray_count++;
  if (closer == 'S')
    fcl__multiplex_close(it);
}

static void on_over(fcl__multiplex *it) {
  overs++;
}

static void on_all_closed(fcl__multiplex *it) {
  closed = 1;
}

const fcl__multiplex_events shared_events = {on_changed, on_stray, on_over, on_all_closed};

/* ---- Opening, turning, closing ---- */

/* Where all tests of a program run in one process. */
static void forget(void) {
  memset(&m, 0, sizeof m);
  memset(&broken, 0, sizeof broken);
  text[0] = closer = 0;
  closed = changes = stray_count = overs = holds = 0;
}

void setup(void) {
  int own;
  forget();
  pair_warm_up(&loop);
  before = test_fds();
  test_allocator_init(&memory);
  fcl__blocks_init(&blocks, &ours);
  fcl__list_init(&turns);
  ck_assert_int_eq(uv_loop_init(&loop), 0);
  pair_begin(&loop);
  own = pair_open(&remote);
  m.limit = MANY;
  ck_assert_int_eq(
      fcl__multiplex_adopt(&m, &loop, own, pair_is_tcp, &blocks, &turns, &shared_events), 1);
  uv_ref(&m.wire.uv.handle);
}

void turn(void) {
  int i;
  for (i = 0; i < 5; i++) {
    fcl__multiplex_turns(&turns);
    pair_turn(&loop);
  }
}

void teardown(void) {
  fcl__multiplex_close(&m);
  while (!closed)
    uv_run(&loop, UV_RUN_DEFAULT);
  if (remote >= 0)
    pair_close(remote);
  pair_end(&loop);
  fcl__blocks_clear(&blocks);
  ck_assert_int_eq(uv_loop_close(&loop), 0);
  ck_assert_uint_eq(memory.live, 0);
  ck_assert_uint_eq(memory.misuses, 0);
  ck_assert_fds(before);
}

void hang_up(void) {
  pair_close(remote);
  remote = -1;
}

void say_bytes(const char *bytes, size_t len) {
  ck_assert_int_eq((int) pair_send(remote, bytes, len), (int) len);
  turn();
}

size_t hear(void *into, size_t size) {
  long n = pair_receive(remote, into, size);
  return n > 0 ? (size_t) n : 0;
}

fcl__connection *attach(int i) {
  peer *p = &peers[i];
  memset(p, 0, sizeof *p);
  p->name = (char) ('a' + i % 26);
  ck_assert_int_eq(fcl__multiplex_attach(&m, &p->c, &events), 1);
  fcl_put_begin(p->prologue, fcl__connection_id(&p->c), FCL_RESPONDER, FCL_KEEP_CONN);
  return &p->c;
}

fcl__connection *begin(int i) {
  fcl__connection *c = attach(i);
  fcl_slice prologue;
  prologue.base = (const char *) peers[i].prologue;
  prologue.len = sizeof peers[i].prologue;
  ck_assert_int_eq(fcl__connection_begin(c, prologue), 0);
  fcl__connection_flush(c);
  return c;
}

void begin_all(int n) {
  static char waste[16 * MANY];
  int i;
  for (i = 0; i < n; i++)
    begin(i);
  for (i = 0; i < n / 50 + 1; i++)
    turn();
  ck_assert_uint_eq(hear(waste, sizeof waste), 16 * (size_t) n);
  text[0] = 0;
}

unsigned seed;

unsigned chance(unsigned below) {
  seed = seed * 1664525u + 1013904223u;
  return (seed >> 8) % below;
}

TCase *multiplex_case(const char *title) {
  TCase *t = tcase_create(title);
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_set_timeout(t, 60);
  return t;
}
