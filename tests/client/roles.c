/* roles.c: one request in a role of its own. */
#include "client/roles.h"

world w;
exchange x;

static void setup(void) {
  memset(&w, 0, sizeof w);
  memset(&x, 0, sizeof x);
}

static void teardown(void) {
  world_end(&w);
}

void go(void) {
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
  exchange_wait(&x);
}

TCase *roles_case(const char *name) {
  TCase *t = tcase_create(name);
  tcase_set_timeout(t, 120);
  tcase_add_checked_fixture(t, setup, teardown);
  return t;
}
