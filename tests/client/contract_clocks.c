/* contract_clocks.c: clocks that judge the application stand still while the next move is the
   caller's (sentence 9). These tests let real time pass: it is their subject. */
#include "client/contract.h"
#include <string.h>

#define SHORT_MS world_short_ms() /* what the application may take */
#define LONG_MS  (4 * SHORT_MS)   /* what the caller takes */
#define BIG      (4 * 1024 * 1024)

static world w;
static exchange x;
static char big[BIG];

static void setup(void) {
  memset(&w, 0, sizeof w);
  memset(&x, 0, sizeof x);
}

static void teardown(void) {
  world_end(&w);
}

/* Answers in two parts; reads all of the body first, as fast as it comes. */
static void quick(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_request(s);
  fcl_script_stdout(s, TEXT "one");
  fcl_script_answer(s, "two");
}

static void silent(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_params(s);
  fcl_script_signal(s, "begun");
  fcl_script_wait(s, "over");
}

static void half_an_answer(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_request(s);
  fcl_script_stdout(s, TEXT "one");
  fcl_script_read_eof(s);
}

/* Which clock is short. */
static void limit(int which) {
  w.options.activity_ms = which == 0 ? SHORT_MS : FCL_NEVER;
  w.options.request_ms = which == 1 ? SHORT_MS : FCL_NEVER;
  w.options.first_ms = which == 2 ? SHORT_MS : FCL_NEVER;
}

static const fcl_code codes[] = {FCL_E_TIMEOUT_ACTIVITY, FCL_E_TIMEOUT_REQUEST,
                                 FCL_E_TIMEOUT_FIRST};

/* They do tick: the other tests would prove nothing else. */
START_TEST(a_silent_application_is_told_by_each_clock) {
  limit(_i);
  world_start(&w, FCL_LOOP_UV, silent);
  exchange_get(&x, &w);
  exchange_wait(&x);
  ck_assert_error(&x, codes[_i], "_ms)");
  fcl_script_signal(w.script, "over");
}
END_TEST

START_TEST(no_clock_runs_while_a_head_is_held) {
  limit(_i);
  world_start(&w, FCL_LOOP_UV, quick);
  x.head_flow = FCL_HOLD;
  exchange_get(&x, &w);
  world_wait(&w, &x.heads, 1);
  world_pass(&w, LONG_MS);
  ck_assert_log(&x, "head 200; ");
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_OK, "");
}
END_TEST

START_TEST(no_clock_runs_while_a_span_is_held) {
  limit(_i);
  world_start(&w, FCL_LOOP_UV, quick);
  x.body_flow = FCL_HOLD;
  exchange_get(&x, &w);
  world_wait(&w, &x.bodies, 1);
  world_pass(&w, LONG_MS);
  ck_assert_uint_eq(x.dones, 0);
  fcl_request_resume(x.request);
  world_wait(&w, &x.bodies, 2);
  world_pass(&w, LONG_MS);
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_OK, "");
}
END_TEST

START_TEST(clocks_run_on_after_resume) {
  limit(_i);
  world_start(&w, FCL_LOOP_UV, half_an_answer);
  x.body_flow = FCL_HOLD;
  exchange_get(&x, &w);
  world_wait(&w, &x.bodies, 1);
  world_pass(&w, LONG_MS);
  ck_assert_uint_eq(x.dones, 0);
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_error(&x, codes[_i], "_ms)");
}
END_TEST

START_TEST(no_clock_runs_before_the_first_part_of_a_body) {
  limit(_i);
  world_start(&w, FCL_LOOP_UV, quick);
  exchange_post(&x, &w, 3);
  world_pass(&w, LONG_MS);
  ck_assert_uint_eq(x.dones, 0);
  fcl_request_write(x.request, "abc", 3);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_OK, "");
}
END_TEST

START_TEST(no_clock_runs_before_the_first_part_of_a_body_on_a_shared_connection) {
  limit(_i);
  w.multiplexed = 1;
  w.options.per_connection = 2;
  world_start(&w, FCL_LOOP_UV, quick);
  exchange_post(&x, &w, 3);
  world_pass(&w, LONG_MS);
  ck_assert_uint_eq(x.dones, 0);
  fcl_request_write(x.request, "abc", 3);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_OK, "");
}
END_TEST

START_TEST(no_clock_runs_between_parts_of_a_body) {
  limit(_i);
  world_start(&w, FCL_LOOP_UV, quick);
  exchange_post(&x, &w, 6);
  fcl_request_write(x.request, "abc", 3);
  world_wait(&w, &x.sents, 1);
  world_pass(&w, LONG_MS);
  ck_assert_uint_eq(x.dones, 0);
  fcl_request_write(x.request, "def", 3);
  world_wait(&w, &x.sents, 2);
  world_pass(&w, LONG_MS);
  ck_assert_uint_eq(x.dones, 0);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_OK, "");
}
END_TEST

/* A part that had to be queued comes back by an event of the socket, and nothing else happens then.
 */
START_TEST(no_clock_runs_after_a_queued_part_of_a_body) {
  limit(0);
  world_start(&w, FCL_LOOP_UV, quick);
  exchange_post(&x, &w, BIG + 1);
  fcl_request_write(x.request, big, BIG);
  world_wait(&w, &x.sents, 1);
  world_pass(&w, LONG_MS);
  ck_assert_log(&x, "sent OK; ");
  fcl_request_write(x.request, "!", 1);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_OK, "");
}
END_TEST

START_TEST(clocks_run_while_the_application_does_not_take_what_is_lent) {
  limit(_i);
  world_start(&w, FCL_LOOP_UV, silent);
  exchange_post(&x, &w, BIG);
  world_wait_point(&w, "begun");
  fcl_request_write(x.request, big, BIG);
  exchange_wait(&x);
  ck_assert_error(&x, codes[_i], "_ms)");
  ck_assert_uint_eq(x.sents, 1);
  fcl_script_signal(w.script, "over");
}
END_TEST

START_TEST(clocks_run_when_the_body_is_finished) {
  limit(_i);
  world_start(&w, FCL_LOOP_UV, silent);
  exchange_post(&x, &w, 3);
  fcl_request_write(x.request, "abc", 3);
  world_pass(&w, LONG_MS);
  ck_assert_uint_eq(x.dones, 0);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_error(&x, codes[_i], "_ms)");
  fcl_script_signal(w.script, "over");
}
END_TEST

/* Whole but for the caller, who may take his time. */
START_TEST(no_clock_runs_while_the_last_span_is_held) {
  limit(_i);
  world_start(&w, FCL_LOOP_UV, NULL);
  x.body_flow = FCL_HOLD;
  exchange_get(&x, &w);
  world_wait(&w, &x.bodies, 1);
  world_pass(&w, LONG_MS);
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_OK, "");
}
END_TEST

/* Slow, but never silent. */
static void drip(fcl_script *s, void *user) {
  int i;
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_request(s);
  fcl_script_stdout(s, TEXT);
  for (i = 0; i < 6; i++) {
    fcl_script_stdout(s, "x");
    fcl_script_pause(s, SHORT_MS);
  }
  fcl_script_answer(s, "");
}

START_TEST(a_byte_now_and_then_is_activity) {
  w.options.activity_ms = 5 * SHORT_MS;
  world_start(&w, FCL_LOOP_UV, drip);
  exchange_get(&x, &w);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_OK, "");
  ck_assert_uint_eq(x.received, 6);
}
END_TEST

TCase *contract_clocks(void) {
  TCase *t = tcase_create("clocks");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_loop_test(t, a_silent_application_is_told_by_each_clock, 0, 3);
  tcase_add_loop_test(t, no_clock_runs_while_a_head_is_held, 0, 2);
  tcase_add_loop_test(t, no_clock_runs_while_a_span_is_held, 0, 2);
  tcase_add_loop_test(t, clocks_run_on_after_resume, 0, 2);
  tcase_add_loop_test(t, no_clock_runs_before_the_first_part_of_a_body, 0, 3);
  tcase_add_loop_test(t, no_clock_runs_before_the_first_part_of_a_body_on_a_shared_connection, 0,
                      3);
  tcase_add_loop_test(t, no_clock_runs_between_parts_of_a_body, 0, 3);
  tcase_add_test(t, no_clock_runs_after_a_queued_part_of_a_body);
  tcase_add_loop_test(t, clocks_run_while_the_application_does_not_take_what_is_lent, 0, 3);
  tcase_add_loop_test(t, clocks_run_when_the_body_is_finished, 0, 3);
  tcase_add_loop_test(t, no_clock_runs_while_the_last_span_is_held, 0, 2);
  tcase_add_test(t, a_byte_now_and_then_is_activity);
  return t;
}
