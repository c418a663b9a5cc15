/* test_shared_readers.c: slow readers on a shared connection: they keep nobody waiting, and lose
 * nothing but themselves. */
#include "client/shared.h"
#include <stdlib.h>

/* ---- Slow readers ---- */

#define LARGE (8 << 20)

static void send_large(fcl_script *s, unsigned id, size_t size) {
  static char block[65528];
  size_t at = 0, n;
  while (at < size) {
    for (n = 0; n < sizeof block && at < size; n++)
      block[n] = wire_byte(at++);
    fcl_script_send_record(s, FCL_STDOUT, id, block, n, 0);
  }
}

static void answer_large_first(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  read_requests(s, 2);
  fcl_script_send_record(s, FCL_STDOUT, 1, TEXT, strlen(TEXT), 0);
  send_large(s, 1, LARGE);
  answer_id(s, 2, HELLO);
  answer_id(s, 1, "");
  fcl_script_flush(s);
}

START_TEST(a_reader_that_holds_keeps_nobody_waiting_and_loses_nothing) {
  start(answer_large_first, 0);
  xs[0].body_flow = FCL_HOLD;
  get_all(2);
  exchange_wait(&xs[1]);
  ck_assert_done(&xs[1]);
  ck_assert_uint_eq(xs[0].bodies, 1);
  world_rest(&w); /* END_REQUEST is read */
  xs[0].body_flow = FCL_NEXT;
  fcl_request_resume(xs[0].request);
  exchange_wait(&xs[0]);
  ck_assert_done(&xs[0]);
  ck_assert_body(&xs[0], LARGE);
  ck_assert_uint_lt(w.memory.peak, 2u << 20);
}
END_TEST

START_TEST(one_that_reads_slower_than_its_file_allows_fails_alone) {
  w.options.read_ahead = 65536;
  w.options.read_ahead_file = 1 << 20;
  start(answer_large_first, 0);
  xs[0].body_flow = FCL_HOLD;
  get_all(2);
  exchange_wait(&xs[1]);
  ck_assert_done(&xs[1]);
  xs[0].body_flow = FCL_NEXT;
  fcl_request_resume(xs[0].request);
  exchange_wait(&xs[0]);
  ck_assert_error(&xs[0], FCL_E_SPOOL, "on a connection that others share");
  ck_assert_uint_lt(w.memory.peak, 2u << 20);
}
END_TEST

START_TEST(one_that_holds_and_leaves_is_forgotten) {
  start(answer_large_first, 0);
  xs[0].body_flow = FCL_HOLD;
  get_all(2);
  exchange_wait(&xs[1]);
  fcl_request_cancel(xs[0].request);
  fcl_request_resume(xs[0].request);
  exchange_wait(&xs[0]);
  ck_assert_done(&xs[1]);
}
END_TEST

static void spill_then_serve(fcl_script *s, void *user) {
  fcl_script_accept(s);
  read_requests(s, 1);
  fcl_script_send_record(s, FCL_STDOUT, 1, TEXT, strlen(TEXT), 0);
  send_large(s, 1, 1 << 20);
  fcl_script_drain(s);
  fcl_script_signal(s, "spilled");
  fcl_script_accept(s); /* the first one is closed to others */
  read_requests(s, 1);
  fcl_script_answer(s, HELLO);
  fcl_script_flush(s);
  fcl_script_wait(s, "resumed");
  fcl_script_use(s, 1); /* and open again */
  read_requests(s, 1);
  fcl_script_expect(s, fcl_script_id(s) == 2, "it shares the connection");
  answer_id(s, 1, "");
  answer_id(s, 2, HELLO);
  fcl_script_flush(s);
}

START_TEST(a_full_window_closes_the_connection_to_new_requests_until_it_is_empty) {
  start(spill_then_serve, 0);
  xs[0].body_flow = FCL_HOLD;
  exchange_get(&xs[0], &w);
  world_wait_point(&w, "spilled");
  world_rest(&w);
  exchange_get(&xs[1], &w);
  exchange_wait(&xs[1]);
  ck_assert_done(&xs[1]);
  xs[0].body_flow = FCL_NEXT;
  fcl_request_resume(xs[0].request);
  while (xs[0].received < 1 << 20)
    world_turn(&w);
  fcl_script_signal(w.script, "resumed");
  exchange_get(&xs[2], &w);
  exchange_wait(&xs[2]);
  exchange_wait(&xs[0]);
  ck_assert_done(&xs[0]);
  ck_assert_done(&xs[2]);
}
END_TEST

static TCase *readers(void) {
  TCase *t = shared_case("slow readers");
  tcase_add_test(t, a_reader_that_holds_keeps_nobody_waiting_and_loses_nothing);
  tcase_add_test(t, one_that_reads_slower_than_its_file_allows_fails_alone);
  tcase_add_test(t, one_that_holds_and_leaves_is_forgotten);
  tcase_add_test(t, a_full_window_closes_the_connection_to_new_requests_until_it_is_empty);
  return t;
}

int main(void) {
  TCase *t = readers();
  return test_suite_run("shared_readers", &t, 1);
}
