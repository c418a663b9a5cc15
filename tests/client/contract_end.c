/* contract_end.c: on_done comes once and last, nothing after cancel, and errors that stick
 * (sentences 4, 5). */
#include "client/contract.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static world w;
static exchange x, y;

static void setup(void) {
  memset(&w, 0, sizeof w);
  memset(&x, 0, sizeof x);
  memset(&y, 0, sizeof y);
}

static void teardown(void) {
  world_end(&w);
}

/* ---- 4: on_done, once and last (the world notes a second one) ---- */

static void say_everything(fcl_script *s) {
  fcl_script_stderr(s, "oh");
  fcl_script_stdout(s, TEXT);
  fcl_script_stderr(s, "ah");
  fcl_script_stdout(s, "one");
  fcl_script_stdout(s, "two");
  fcl_script_answer(s, "three");
}

static void everything(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_request(s);
  say_everything(s);
}

static void everything_when_told(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_request(s);
  fcl_script_signal(s, "begun");
  fcl_script_wait(s, "go");
  say_everything(s);
  fcl_script_signal(s, "answered");
}

/* KF-057 */
START_TEST(on_done_comes_once_and_last) {
  world_start(&w, (fcl_loop) _i, everything);
  exchange_get(&x, &w);
  exchange_wait(&x);
  ck_assert_log(
      &x,
      "err \"oh\"; head 200; err \"ah\"; body \"one\"; body \"two\"; body \"three\"; done OK; ");
}
END_TEST

static void cancel_at(exchange *e, const char *what) {
  if (strcmp(what, e->user) == 0)
    fcl_request_cancel(e->request);
}

/* All the rest lies in the same read block. */
static void assert_canceled_at(int mode, const char *what, const char *log) {
  world_start(&w, (fcl_loop) mode, everything);
  x.then = cancel_at;
  x.user = (void *) what;
  exchange_get(&x, &w);
  exchange_wait(&x);
  ck_assert_log(&x, log);
  ck_assert_error(&x, FCL_E_CANCELED, "canceled");
}

START_TEST(nothing_comes_after_a_cancel_in_on_stderr) {
  assert_canceled_at(_i, "err", "err \"oh\"; done CANCELED; ");
}
END_TEST

START_TEST(nothing_comes_after_a_cancel_in_on_head) {
  assert_canceled_at(_i, "head", "err \"oh\"; head 200; done CANCELED; ");
}
END_TEST

START_TEST(nothing_comes_after_a_cancel_in_on_body) {
  assert_canceled_at(_i, "body", "err \"oh\"; head 200; err \"ah\"; body \"one\"; done CANCELED; ");
}
END_TEST

START_TEST(no_body_comes_after_a_cancel_in_on_head_though_it_is_in_the_same_record) {
  world_start(&w, (fcl_loop) _i, NULL);
  x.then = cancel_at;
  x.user = "head";
  exchange_get(&x, &w);
  exchange_wait(&x);
  ck_assert_log(&x, "head 200; done CANCELED; ");
}
END_TEST

static void cancel_at_the_last(exchange *e, const char *what) {
  if (strcmp(what, "body") == 0 && e->bodies == 3)
    fcl_request_cancel(e->request);
}

START_TEST(a_cancel_before_an_end_in_the_same_read_is_told) {
  world_start(&w, FCL_LOOP_UV, everything);
  x.then = cancel_at_the_last;
  exchange_get(&x, &w);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_E_CANCELED, "canceled");
}
END_TEST

START_TEST(nothing_that_lies_in_the_socket_comes_after_a_cancel) {
  world_start(&w, FCL_LOOP_UV, everything_when_told);
  exchange_get(&x, &w);
  world_wait_point(&w, "begun");
  fcl_script_signal(w.script, "go");
  ck_assert(fcl_script_wait(w.script, "answered")); /* and the loop does not turn */
  fcl_request_cancel(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "done CANCELED; ");
}
END_TEST

/* An application that no request may reach. */
static void nobody(fcl_script *s, void *user) {
  fcl_script_wait(s, "end");
  fcl_script_expect(s, fcl_script_received(s).len == 0, "nothing comes");
}

static void a_while(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_script_may_close(s);
    fcl_script_read_params(s);
    fcl_script_signal(s, "begun");
  }
}

START_TEST(a_request_canceled_in_the_turn_of_its_start_never_reaches_the_application) {
  world_start(&w, FCL_LOOP_UV, nobody);
  exchange_get(&x, &w);
  fcl_request_cancel(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "done CANCELED; ");
  ck_assert_uint_eq(x.result.tries, 0);
  fcl_script_signal(w.script, "end");
}
END_TEST

START_TEST(a_running_request_is_canceled) {
  world_start(&w, (fcl_loop) _i, a_while);
  exchange_get(&x, &w);
  world_wait_point(&w, "begun");
  fcl_request_cancel(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "done CANCELED; ");
}
END_TEST

START_TEST(a_request_in_the_queue_is_canceled) {
  w.options.max_connections = 1;
  world_start(&w, FCL_LOOP_UV, a_while);
  exchange_get(&x, &w);
  world_wait_point(&w, "begun");
  exchange_get(&y, &w);
  world_rest(&w);
  fcl_request_cancel(y.request);
  exchange_wait(&y);
  ck_assert_log(&y, "done CANCELED; ");
  ck_assert_uint_eq(x.dones, 0);
  fcl_request_cancel(x.request);
  exchange_wait(&x);
}
END_TEST

START_TEST(a_second_cancel_is_harmless) {
  world_start(&w, FCL_LOOP_UV, a_while);
  x.is_kept = 1;
  exchange_get(&x, &w);
  world_wait_point(&w, "begun");
  fcl_request_cancel(x.request);
  fcl_request_cancel(x.request);
  exchange_wait(&x);
  fcl_request_cancel(x.request);
  world_rest(&w);
  ck_assert_log(&x, "done CANCELED; ");
  fcl_request_free(x.request);
}
END_TEST

START_TEST(a_cancel_after_on_done_changes_nothing) {
  world_start(&w, (fcl_loop) _i, NULL);
  x.is_kept = 1;
  exchange_get(&x, &w);
  exchange_wait(&x);
  fcl_request_cancel(x.request);
  fcl_request_resume(x.request);
  fcl_request_finish(x.request);
  fcl_request_wake(x.request);
  world_wait(&w, &x.wakes, 1);
  ck_assert_log(&x, "head 200; body \"hello\"; done OK; wake; ");
  fcl_request_free(x.request);
}
END_TEST

START_TEST(the_connection_of_a_canceled_request_serves_no_other) {
  world_start(&w, FCL_LOOP_UV, a_while);
  exchange_get(&x, &w);
  world_wait_point(&w, "begun");
  fcl_request_cancel(x.request);
  exchange_wait(&x);
  exchange_get(&y, &w);
  world_wait_point(&w, "begun"); /* the harness would fault a second request beside the first */
  fcl_request_cancel(y.request);
  exchange_wait(&y);
}
END_TEST

/* ---- 5: the first error sticks ---- */

static void set(exchange *e, const char *name, size_t name_len, const char *value,
                size_t value_len) {
  fcl_slice n, v;
  n.base = name;
  n.len = name_len;
  v.base = value;
  v.len = value_len;
  fcl_request_param_n(e->request, n, v);
}

static void assert_refused(fcl_code code, const char *words) {
  fcl_request_param(x.request, "GOOD", "x"); /* changes nothing any more */
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_error(&x, code, words);
  ck_assert_error(&x, code, "test: ");
  ck_assert_uint_eq(x.result.tries, 0);
  fcl_script_signal(w.script, "end");
}

START_TEST(a_name_with_an_equals_sign_is_told_by_on_done) {
  world_start(&w, FCL_LOOP_UV, nobody);
  exchange_new(&x, &w, "GET");
  fcl_request_param(x.request, "A=B", "c");
  assert_refused(FCL_E_INVAL, "A=B");
}
END_TEST

START_TEST(a_value_with_a_nul_is_told_by_on_done) {
  world_start(&w, FCL_LOOP_UV, nobody);
  exchange_new(&x, &w, "GET");
  set(&x, "SECRET", 6, "a\0b", 3);
  assert_refused(FCL_E_INVAL, "SECRET");
}
END_TEST

START_TEST(a_name_with_a_control_is_told_by_on_done) {
  world_start(&w, FCL_LOOP_UV, nobody);
  exchange_new(&x, &w, "GET");
  set(&x, "A\nB", 3, "c", 1);
  assert_refused(FCL_E_INVAL, "A\\nB");
}
END_TEST

START_TEST(an_empty_name_is_told_by_on_done) {
  world_start(&w, FCL_LOOP_UV, nobody);
  exchange_new(&x, &w, "GET");
  fcl_request_param(x.request, "", "c");
  assert_refused(FCL_E_INVAL, "name");
}
END_TEST

START_TEST(a_parameter_above_max_param_is_told_by_on_done) {
  char value[100];
  memset(value, 'v', sizeof value);
  w.options.max_param = 64;
  world_start(&w, FCL_LOOP_UV, nobody);
  exchange_new(&x, &w, "GET");
  set(&x, "LARGE", 5, value, sizeof value);
  assert_refused(FCL_E_PARAMS, "max_param");
}
END_TEST

START_TEST(parameters_above_max_params_are_told_by_on_done) {
  char name[16];
  int i;
  w.options.max_params = 100;
  world_start(&w, FCL_LOOP_UV, nobody);
  exchange_new(&x, &w, "GET");
  for (i = 0; i < 10; i++) {
    snprintf(name, sizeof name, "NAME_%d", i);
    fcl_request_param(x.request, name, "0123456789");
  }
  assert_refused(FCL_E_PARAMS, "max_params");
}
END_TEST

START_TEST(the_first_error_is_the_one_that_is_told) {
  char value[100];
  memset(value, 'v', sizeof value);
  w.options.max_param = 64;
  world_start(&w, FCL_LOOP_UV, nobody);
  exchange_new(&x, &w, "GET");
  set(&x, "FIRST", 5, value, sizeof value);
  fcl_request_param(x.request, "SECOND=", "c");
  assert_refused(FCL_E_PARAMS, "FIRST");
}
END_TEST

START_TEST(headers_that_are_too_large_are_told_by_on_done) {
  char value[200];
  fcl_header field = {{"X-Large", 7}, {value, sizeof value}};
  memset(value, 'v', sizeof value);
  w.options.max_param = 64;
  world_start(&w, FCL_LOOP_UV, nobody);
  exchange_new(&x, &w, "GET");
  fcl_request_headers(x.request, &field, 1);
  assert_refused(FCL_E_PARAMS, "HTTP_X_LARGE");
}
END_TEST

START_TEST(a_body_of_unknown_length_is_refused_where_that_was_asked_for) {
  world_start(&w, FCL_LOOP_UV, nobody);
  exchange_new(&x, &w, "POST");
  fcl_request_body(x.request, -1, FCL_BODY_REFUSE);
  assert_refused(FCL_E_LENGTH_REQUIRED, "Content-Length");
}
END_TEST

START_TEST(a_null_value_is_the_empty_one) {
  world_start(&w, FCL_LOOP_UV, NULL);
  exchange_new(&x, &w, "GET");
  fcl_request_param(x.request, "EMPTY", NULL);
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_OK, "");
}
END_TEST

/* The next request with the same memory must not inherit the error. */
START_TEST(an_error_does_not_stick_to_the_next_request) {
  world_start(&w, FCL_LOOP_UV, NULL);
  exchange_new(&x, &w, "GET");
  fcl_request_param(x.request, "A=B", "c");
  fcl_request_start(x.request);
  exchange_wait(&x);
  exchange_get(&y, &w);
  exchange_wait(&y);
  ck_assert_error(&x, FCL_E_INVAL, "A=B");
  ck_assert_error(&y, FCL_OK, "");
}
END_TEST

START_TEST(starting_where_the_pool_is_closed_is_told_by_on_done) {
  world_start(&w, (fcl_loop) _i, NULL);
  exchange_new(&x, &w, "GET");
  fcl_pool_close(w.pool, 0);
  exchange_go(&x);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_E_CLOSING, "test: ");
}
END_TEST

TCase *contract_end(void) {
  TCase *t = tcase_create("end");
  tcase_add_checked_fixture(t, setup, teardown);
  add_in_each_loop(t, on_done_comes_once_and_last);
  add_in_each_loop(t, nothing_comes_after_a_cancel_in_on_stderr);
  add_in_each_loop(t, nothing_comes_after_a_cancel_in_on_head);
  add_in_each_loop(t, nothing_comes_after_a_cancel_in_on_body);
  add_in_each_loop(t, no_body_comes_after_a_cancel_in_on_head_though_it_is_in_the_same_record);
  tcase_add_test(t, a_cancel_before_an_end_in_the_same_read_is_told);
  tcase_add_test(t, nothing_that_lies_in_the_socket_comes_after_a_cancel);
  tcase_add_test(t, a_request_canceled_in_the_turn_of_its_start_never_reaches_the_application);
  add_in_each_loop(t, a_running_request_is_canceled);
  tcase_add_test(t, a_request_in_the_queue_is_canceled);
  tcase_add_test(t, a_second_cancel_is_harmless);
  add_in_each_loop(t, a_cancel_after_on_done_changes_nothing);
  tcase_add_test(t, the_connection_of_a_canceled_request_serves_no_other);
  tcase_add_test(t, a_name_with_an_equals_sign_is_told_by_on_done);
  tcase_add_test(t, a_value_with_a_nul_is_told_by_on_done);
  tcase_add_test(t, a_name_with_a_control_is_told_by_on_done);
  tcase_add_test(t, an_empty_name_is_told_by_on_done);
  tcase_add_test(t, a_parameter_above_max_param_is_told_by_on_done);
  tcase_add_test(t, parameters_above_max_params_are_told_by_on_done);
  tcase_add_test(t, the_first_error_is_the_one_that_is_told);
  tcase_add_test(t, headers_that_are_too_large_are_told_by_on_done);
  tcase_add_test(t, a_body_of_unknown_length_is_refused_where_that_was_asked_for);
  tcase_add_test(t, a_null_value_is_the_empty_one);
  tcase_add_test(t, an_error_does_not_stick_to_the_next_request);
  add_in_each_loop(t, starting_where_the_pool_is_closed_is_told_by_on_done);
  return t;
}
