/* wire_case.c: what every test of one request on the wire begins and ends with. */
#include "client/wire_case.h"

world w;
exchange x;
upload u;
int now;

static void setup(void) {
  memset(&w, 0, sizeof w);
  memset(&x, 0, sizeof x);
  memset(&u, 0, sizeof u);
}

static void teardown(void) {
  world_end(&w);
}

void start(void (*play)(fcl_script *, void *), int i) {
  now = i;
  world_start(&w, FCL_LOOP_UV, play);
}

void go(void) {
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
  exchange_wait(&x);
}

void serve_one(fcl_script *s) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_answer(s, HELLO);
}

void join_bodies(char *log) {
  char *seam;
  while ((seam = strstr(log, "\"; body \"")) != NULL)
    memmove(seam, seam + 9, strlen(seam + 9) + 1);
}

TCase *wire_case(const char *name) {
  TCase *t = tcase_create(name);
  tcase_set_timeout(t, 120);
  tcase_add_checked_fixture(t, setup, teardown);
  return t;
}
