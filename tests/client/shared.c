/* shared.c: a world in which requests share connections. */
#include "client/shared.h"

world w;
upload u;
exchange xs[MANY];
fcl_loop mode;
int now;

static void setup(void) {
  memset(&w, 0, sizeof w);
  memset(&u, 0, sizeof u);
  memset(xs, 0, sizeof xs);
  mode = FCL_LOOP_UV;
  w.multiplexed = 1;
  w.options.per_connection = 10;
}

static void teardown(void) {
  world_end(&w);
}

void start(void (*play)(fcl_script *, void *), int i) {
  now = i;
  world_start(&w, mode, play);
}

void get_all(int n) {
  int i;
  for (i = 0; i < n; i++)
    exchange_get(&xs[i], &w);
}

void wait_all(int n) {
  int i;
  for (i = 0; i < n; i++)
    exchange_wait(&xs[i]);
}

/* ---- What the script does ---- */

void read_requests(fcl_script *s, int n) {
  for (; n > 0; n--) {
    fcl_script_read_begin(s);
    fcl_script_read_request(s);
  }
}

void send_end(fcl_script *s, unsigned id, unsigned protocol_status) {
  char end[8] = {0};
  end[4] = (char) protocol_status;
  fcl_script_send_record(s, FCL_END_REQUEST, id, end, 8, 0);
}

void answer_id(fcl_script *s, unsigned id, const char *text) {
  fcl_script_send_record(s, FCL_STDOUT, id, text, strlen(text), 0);
  fcl_script_send_record(s, FCL_STDOUT, id, NULL, 0, 0);
  send_end(s, id, FCL_REQUEST_COMPLETE);
}

unsigned seed;
unsigned chance(unsigned below) {
  seed = seed * 1664525u + 1013904223u;
  return (seed >> 8) % below;
}

void read_abort(fcl_script *s, unsigned id) {
  fcl_slice got = fcl_script_received(s);
  char abort[8] = {1, 2, 0, 0, 0, 0, 0, 0};
  abort[3] = (char) id;
  fcl_script_read(s, 8);
  got = fcl_script_received(s);
  fcl_script_expect(s, got.len >= 8 && memcmp(got.base + got.len - 8, abort, 8) == 0,
                    "ABORT_REQUEST came");
}

TCase *shared_case(const char *name) {
  TCase *t = tcase_create(name);
  tcase_set_timeout(t, 120);
  tcase_add_checked_fixture(t, setup, teardown);
  return t;
}
