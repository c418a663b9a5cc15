/* fuzz_contract.c: whatever an application does, and whatever a caller calls that it may, the ten
   sentences at the top of fcgiclient.h hold, and nothing is left behind. */
#include "contract.h"
#include <fcntl.h>
#include <signal.h>

world w;

enum { FDS = 96, TURNS_MAX = 3000 };

static void on_event(const fcl_event *event, void *user) {
  enter();
  claim(event->sentence[0] != 0 && event->pool != NULL);
  leave();
}

static void turn(void) {
  w.is_running = 1;
  fcl_client_run(w.client);
  w.is_running = 0;
  app_hear_all();
  app_flush_all();
}

/* What is due is due before the clock is set forward; then it tells whose move it was. */
static void pass(unsigned ms) {
  turn();
  turn();
  caller_moves(1);
  clock_pass(ms);
  turn();
  caller_moves(0);
}

/* ---- Opening ---- */

static void vary(fcl_pool_options *o, unsigned a, unsigned b, unsigned c) {
  static const unsigned shares[] = {1, 1, 2, 5}, waits[] = {0, 40, 1000, FCL_NEVER};
  o->per_connection = (a & 28) == 28 ? FCL_AUTO : shares[a & 3];
  w.per_connection = o->per_connection == FCL_AUTO ? 0 : o->per_connection;
  o->new_connection_each = w.per_connection == 1 && a & 32;
  o->gather = a >> 6 & 1;
  o->gather_memory = b & 1 ? FCL_NONE : 0;
  o->gather_file = b & 2 ? 100000 : 0;
  o->read_ahead = b & 4 ? 65536 : 0;
  o->read_ahead_file = (b & 12) == 8 ? 100000 : 0;
  o->stderr_mode = (fcl_stderr) (b >> 4 & 3);
  o->max_stderr = b & 64 ? 4 : 0;
  o->max_processes = o->max_connections = (c & 3) + 1;
  o->max_requests = c & 4 ? 2 : 0;
  o->queue_length = c & 8 ? 1 : 0;
  o->abort_ms = waits[c >> 4 & 3];
  o->first_ms = waits[c >> 5 & 3];
  w.max_stderr = o->max_stderr ? o->max_stderr : 32768;
}

static void open_pools(unsigned a, unsigned b, unsigned c) {
  static const char *const one[] = {"unix:@0", NULL}, *const two[] = {"unix:@0", "unix:@1", NULL},
                           *const other[] = {"unix:@2", NULL};
  fcl_pool_options o;
  fcl_error e;
  memset(&o, 0, sizeof o);
  vary(&o, a, b, c);
  if (a & 128)
    o.program = "/bin/application";
  else
    o.addresses = b & 128 ? two : one;
  CALL(fcl_pool_new(&w.pool, w.client, &o, &e));
  o.program = NULL;
  o.addresses = other;
  o.name = "authorizer";
  o.per_connection = 1;
  CALL(fcl_pool_new(&w.authorizer, w.client, &o, &e));
}

/* The first bytes say what is opened, and which allocation fails. */
static int open_world(input *in) {
  fcl_client_options o;
  fcl_error e;
  unsigned a = take(in), b = take(in), c = take(in), fails = take(in);
  memset(&o, 0, sizeof o);
  o.mode = FCL_LOOP_MANUAL;
  o.on_event = on_event;
  o.spool_directory = "/tmp";
  o.realloc_fn = test_allocator_realloc;
  o.user = &w.memory;
  test_allocator_fail(&w.memory, fails & 128 ? (fails & 127) + 1 : 0, (fails & 129) == 129);
  mood.is_narrow = c >> 7;
  mood.obeys = fails >> 6 & 1;
  CALL(fcl_client_new(&w.client, &o, &e));
  if (w.client)
    open_pools(a, b, c);
  return w.client != NULL;
}

/* ---- Acting ---- */

static void close_pool(fcl_pool **pool, unsigned how) {
  static const unsigned drains[] = {0, 50, 5000, FCL_NEVER};
  if (*pool)
    CALL(fcl_pool_close(*pool, drains[how & 3]));
  *pool = NULL;
}

static void act_pool(unsigned what) {
  fcl_pool **pool = what & 4 ? &w.authorizer : &w.pool;
  if ((what & 24) == 8)
    close_pool(pool, what);
  else if ((what & 24) == 16 && *pool)
    CALL(fcl_pool_recycle(*pool));
  else if ((what & 24) == 0 && *pool)
    CALL(fcl_pool_resume(*pool));
  else
    mood.fails_to_start ^= 1;
}

static void act_process(unsigned what) {
  static const happens all[] = {STARTS, FAILS, PRINTS, EXITS, IS_KILLED};
  host_happens(what & 7, all[(what >> 3) % 5]);
}

static void act_all(void) {
  unsigned n;
  for (n = 0; n < 16; n++)
    host_happens(n, STARTS);
  turn();
  turn();
}

static void act(input *in) {
  static const unsigned short waits[] = {1, 10, 40, 60, 260, 1000, 6000, 40000, 65000};
  unsigned what = take(in) % 30;
  if (what < 4)
    turn();
  else if (what == 4)
    pass(waits[take(in) % 9]);
  else if (what < 7)
    caller_new(in);
  else if (what < 7 + CALLER_ACTS) /* to 15 */
    caller_act(in, what - 7);
  else if (what < 16 + APP_ACTS) /* to 23 */
    app_act(in, what - 16);
  else if (what == 24)
    act_pool(take(in));
  else if (what == 25)
    act_process(take(in));
  else if (what == 26)
    act_all();
  else {
    turn();
    app_serve(take(in));
    turn();
  }
}

/* ---- Closing ---- */

static void on_closed(void *user) {
  claim(w.is_running && w.depth == 0 && !w.is_closed);
  claim(caller_open() == 0);
  w.is_closed = 1;
}

/* On to the next thing that is due, or beyond: some things are due again and again. */
static void step(unsigned at_least) {
  int ms;
  turn();
  turn();
  ms = fcl_client_timeout(w.client);
  claim(ms >= -1);
  clock_pass(ms > (int) at_least ? (unsigned) ms : at_least);
}

/* The caller has done its part, and the clock goes on: every request ends by itself. */
static void settle(unsigned how) {
  unsigned n;
  app_listen_all();
  for (n = 0; n < TURNS_MAX && (caller_open() > 0 || n < 3); n++) {
    caller_settle((int) (how & 1));
    step(n / 8);
  }
  claim(caller_open() == 0);
  caller_check_wakes();
}

static void close_world(unsigned how) {
  unsigned n;
  CALL(fcl_client_close(w.client, on_closed, NULL));
  for (n = 0; n < TURNS_MAX && !w.is_closed; n++) {
    if (how & 2)
      caller_settle(1);
    step(n / 8);
    how |= n > 5 ? 2 : 0;
  }
  claim(w.is_closed);
  for (n = 0; n < ask_count && how & 4; n++)
    caller_start(&asks[n]); /* those that were not: they are told at once */
  if (how & 8)
    caller_reset();
  CALL(fcl_client_join(w.client));
}

static void run(input *in) {
  unsigned n, how;
  if (!open_world(in))
    return;
  how = take(in);
  for (n = 0; n < 300 && in->at < in->end; n++)
    act(in);
  if (how & 16)
    settle(how);
  close_world(how);
}

/* The lowest descriptors that are open, as bits. */
static void look(uint8_t open[FDS]) {
  int fd;
  for (fd = 0; fd < FDS; fd++)
    open[fd] = fcntl(fd, F_GETFD) >= 0;
}

static void prepare(void) {
  static int is_ready;
  uv_loop_t first;
  if (is_ready)
    return;
  is_ready = 1;
  signal(SIGPIPE, SIG_IGN);
  uv_loop_init(&first); /* the first one opens what is never closed */
  uv_loop_close(&first);
  test_allocator_init(&w.memory);
  app_reset();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  input in = {data, data + size};
  uint8_t before[FDS], behind[FDS];
  prepare();
  look(before);
  memset(&w, 0, offsetof(world, memory));
  w.calls = w.depth = 0;
  w.is_running = w.is_closed = 0;
  run(&in);
  caller_reset();
  app_reset();
  host_reset();
  look(behind);
  claim(memcmp(before, behind, FDS) == 0);
  claim(w.memory.live == 0 && w.memory.misuses == 0);
  return 0;
}
