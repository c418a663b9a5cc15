/* test_source.c: fcl_request_source: the bytes that a caller gives decide whose turn it is. */
#include "client/world.h"
#include "support/suite.h"
#include <string.h>

static world w;
static exchange x[4];
static char order[8];

static void setup(void) {
  memset(&w, 0, sizeof w);
  memset(x, 0, sizeof x);
  memset(order, 0, sizeof order);
}

static void teardown(void) {
  world_end(&w);
}

static void one_after_the_other(fcl_script *s, void *user) {
  unsigned i;
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_wait(s, "all have come");
  for (i = 0; i < 4; i++) {
    if (i > 0)
      fcl_script_read_request(s);
    fcl_script_answer(s, HELLO);
  }
  fcl_script_may_close(s);
}

static void on_done(exchange *e, const char *what) {
  if (strcmp(what, "done") == 0)
    strncat(order, e->user, 1);
}

static void get_from(exchange *e, char *name, const char *source) {
  fcl_slice key = {source, strlen(source)};
  exchange_new(e, &w, "GET");
  e->user = name;
  e->then = on_done;
  fcl_request_source(e->request, key);
  exchange_go(e);
}

static void run(fcl_loop mode, const char *last) {
  unsigned i;
  memset(x, 0, sizeof x);
  order[0] = 0;
  w.options.max_connections = 1;
  world_start(&w, mode, one_after_the_other);
  get_from(&x[0], "a", "10.0.0.1");
  get_from(&x[1], "b", "10.0.0.1");
  get_from(&x[2], "c", "10.0.0.1");
  get_from(&x[3], "d", last);
  world_pass(&w, 20);
  fcl_script_signal(w.script, "all have come");
  for (i = 0; i < 4; i++)
    exchange_wait(&x[i]);
}

START_TEST(another_source_does_not_wait_for_all_of_the_first) {
  run((fcl_loop) _i, "10.0.0.2");
  ck_assert_str_eq(order, "adbc");
}
END_TEST

START_TEST(the_same_bytes_are_the_same_source) {
  run((fcl_loop) _i, "10.0.0.1");
  ck_assert_str_eq(order, "abcd");
}
END_TEST

START_TEST(no_bytes_are_no_source) {
  run((fcl_loop) _i, "");
  ck_assert_str_eq(order, "adbc");
}
END_TEST

int main(void) {
  TCase *t = tcase_create("source");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_loop_test(t, another_source_does_not_wait_for_all_of_the_first, 0, 3);
  tcase_add_loop_test(t, the_same_bytes_are_the_same_source, 0, 3);
  tcase_add_loop_test(t, no_bytes_are_no_source, 0, 3);
  return test_suite_run("source", &t, 1);
}
