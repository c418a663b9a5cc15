/* reading_ahead.c: answers that are read ahead while their caller holds a part of them. */
#include "client/reading_ahead.h"

world w;
exchange x, y;

static void setup(void) {
  test_files_fail(0, 0, 0);
  memset(&w, 0, sizeof w);
  memset(&x, 0, sizeof x);
  memset(&y, 0, sizeof y);
  w.options.read_ahead = 64 * 1024;
  w.options.read_ahead_file = 8 * MIB;
  w.options.max_connections = 1; /* whoever holds an application keeps the others from it */
}

static void teardown(void) {
  world_end(&w);
}

size_t size;

void answer_with(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_script_may_close(s);
    fcl_script_read_request(s);
    fcl_script_stdout(s, TEXT);
    wire_send_body(s, size);
    fcl_script_end_request(s, 7, FCL_REQUEST_COMPLETE);
  }
}

void resume_at_once(exchange *e, const char *what) {
  if (strcmp(what, "head") == 0 || strcmp(what, "body") == 0)
    fcl_request_resume(e->request);
}

/* A GET whose first span is held, when all of its answer has been read. */
void hold_all_of_it(void (*play)(fcl_script *, void *)) {
  world_start(&w, FCL_LOOP_UV, play);
  x.body_flow = FCL_HOLD;
  exchange_get(&x, &w);
  world_wait(&w, &x.bodies, 1);
}

TCase *reading_ahead_case(const char *name) {
  TCase *t = tcase_create(name);
  tcase_set_timeout(t, 120);
  tcase_add_checked_fixture(t, setup, teardown);
  return t;
}
