/* record_world.c: a log of what a decoder tells. */
#include "codec/record_world.h"

record_log log_;

static void setup(void) {
  memset(&log_, 0, sizeof log_);
}

TCase *record_world_case(const char *name) {
  TCase *t = tcase_create(name);
  tcase_add_checked_fixture(t, setup, NULL);
  return t;
}
