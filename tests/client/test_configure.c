/* test_configure.c: other options for a pool (fcl_pool_configure) while a part of a request lies
 * with us: what is there stays as it was. */
#include "client/wire.h"
#include <stdlib.h>

#define MIB  (1024 * 1024)
#define BODY 900000

static world w;
static exchange x, y;

static void setup(void) {
  memset(&w, 0, sizeof w);
  memset(&x, 0, sizeof x);
  memset(&y, 0, sizeof y);
  w.options.max_connections = 1;
}

static void teardown(void) {
  world_end(&w);
}

static void configure(void) {
  const char *const addresses[] = {fcl_script_address(w.script), NULL};
  fcl_pool_options o = w.options;
  fcl_error e;
  o.addresses = addresses;
  ck_assert_msg(fcl_pool_configure(w.pool, &o, &e) == FCL_OK, "%s", e.text);
}

/* ---- A file that holds a part of a body ---- */

static const uint64_t files[] = {0, 100000, 4 * MIB};

static void send_body(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_script_may_close(s);
    fcl_script_read_request(s);
    fcl_script_stdout(s, TEXT);
    wire_send_body(s, BODY);
    fcl_script_end_request(s, 0, FCL_REQUEST_COMPLETE);
  }
}

static void go_on(exchange *e, const char *what) {
  if (strcmp(what, "body") == 0)
    fcl_request_resume(e->request);
}

START_TEST(what_was_read_ahead_into_a_file_comes_as_it_was_sent) { /* loop: the other file */
  w.options.read_ahead = 65536;
  w.options.read_ahead_file = MIB;
  world_start(&w, FCL_LOOP_UV, send_body);
  x.body_flow = FCL_HOLD;
  exchange_get(&x, &w);
  world_wait(&w, &x.bodies, 1);
  exchange_get(&y, &w); /* all that x gets is here when the application serves y */
  exchange_wait(&y);
  w.options.read_ahead_file = files[_i];
  configure();
  x.then = go_on;
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_done(&x);
  ck_assert_body(&x, BODY);
}
END_TEST

static void take_body(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_expect_body_hash(s, BODY, wire_hash(BODY));
  fcl_script_answer(s, HELLO);
}

START_TEST(a_body_that_is_gathered_arrives_as_it_was_sent) { /* loop: the other file */
  char *bytes = wire_bytes(BODY);
  w.options.gather = 1;
  w.options.gather_file = MIB;
  world_start(&w, FCL_LOOP_UV, take_body);
  exchange_new(&x, &w, "POST");
  fcl_request_body(x.request, BODY, FCL_BODY_REFUSE);
  fcl_request_start(x.request);
  fcl_request_write(x.request, bytes, BODY - 100000);
  world_wait(&w, &x.sents, 1);
  w.options.gather_file = files[_i] ? files[_i] : FCL_NONE;
  configure();
  fcl_request_write(x.request, bytes + BODY - 100000, 100000);
  world_wait(&w, &x.sents, 2);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_done(&x);
  ck_assert_uint_eq(x.result.sent, BODY);
  free(bytes);
}
END_TEST

/* ---- A smaller limit ---- */

static void write_twice(fcl_script *s, void *user) {
  char line[100];
  int n;
  memset(line, 'x', sizeof line - 1);
  line[99] = '\n';
  fcl_script_accept(s);
  fcl_script_read_request(s);
  for (n = 0; n < 50; n++)
    fcl_script_stream(s, FCL_STDERR, line, sizeof line);
  fcl_script_stdout(s, TEXT);
  fcl_script_drain(s);
  fcl_script_wait(s, "on");
  for (n = 0; n < 500; n++)
    fcl_script_stream(s, FCL_STDERR, line, sizeof line);
  fcl_script_answer(s, "");
}

START_TEST(of_a_request_that_has_written_more_no_more_is_kept) {
  w.options.max_stderr = 20000;
  world_start(&w, FCL_LOOP_UV, write_twice);
  x.is_kept = 1;
  exchange_get(&x, &w);
  world_wait(&w, &x.heads, 1);
  w.options.max_stderr = 1000;
  configure();
  world_turn(&w);
  fcl_script_signal(w.script, "on");
  exchange_wait(&x);
  ck_assert_done(&x);
  ck_assert_uint_eq(fcl_request_stderr(x.request).len, 5000);
  fcl_request_free(x.request);
}
END_TEST

/* ---- Bodies that are too large ---- */

START_TEST(a_smaller_limit_refuses_bodies_from_then_on) {
  w.options.gather = 1;
  world_start(&w, FCL_LOOP_UV, NULL);
  w.options.gather_file = 1000;
  configure();
  exchange_new(&x, &w, "POST");
  fcl_request_body(x.request, 100000, FCL_BODY_REFUSE);
  fcl_request_start(x.request);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_E_BODY_TOO_LARGE, "has 100000 bytes, and at most 66536 are gathered");
}
END_TEST

int main(void) {
  TCase *t = tcase_create("configure");
  tcase_set_timeout(t, 120);
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_loop_test(t, what_was_read_ahead_into_a_file_comes_as_it_was_sent, 0, 3);
  tcase_add_loop_test(t, a_body_that_is_gathered_arrives_as_it_was_sent, 0, 3);
  tcase_add_test(t, of_a_request_that_has_written_more_no_more_is_kept);
  tcase_add_test(t, a_smaller_limit_refuses_bodies_from_then_on);
  return test_suite_run("configure", &t, 1);
}
