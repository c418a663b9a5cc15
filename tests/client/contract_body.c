/* contract_body.c: no application mistakes half an upload for a whole one (sentence 7). */
#include "client/contract.h"
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

/* Reads until the web server has closed, and has then not seen the end of STDIN. */
static void expect_half(fcl_script *s, const char *body) {
  const fcl_seen *seen;
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_params(s);
  fcl_script_signal(s, "begun");
  fcl_script_read_eof(s);
  seen = fcl_script_seen(s);
  fcl_script_expect_body(s, body, strlen(body));
  fcl_script_expect(s, seen && !seen->in.ended, "STDIN is not ended");
}

static void expect_abc(fcl_script *s, void *user) {
  expect_half(s, "abc");
}

static void expect_nothing(fcl_script *s, void *user) {
  expect_half(s, "");
}

static void post_abc_of(int64_t length) {
  exchange_post(&x, &w, length);
  world_wait_point(&w, "begun");
  fcl_request_write(x.request, "abc", 3);
  world_wait(&w, &x.sents, 1);
}

START_TEST(finish_with_fewer_bytes_than_announced_does_not_end_the_body) {
  world_start(&w, (fcl_loop) _i, expect_abc);
  post_abc_of(4);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "sent OK; done BODY; ");
  ck_assert_error(&x, FCL_E_BODY, "announced with 4 bytes, but has 1 bytes less");
}
END_TEST

START_TEST(finish_right_behind_a_part_that_is_too_short_does_not_end_the_body) {
  world_start(&w, (fcl_loop) _i, expect_abc);
  exchange_post(&x, &w, 4);
  world_wait_point(&w, "begun");
  fcl_request_write(x.request, "abc", 3);
  world_wait(&w, &x.sents, 1);
  fcl_request_write(x.request, "", 0);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_uint_eq(x.sents, 2);
  ck_assert_error(&x, FCL_E_BODY, "less");
}
END_TEST

START_TEST(finish_without_a_byte_does_not_end_the_body) {
  world_start(&w, FCL_LOOP_UV, expect_nothing);
  exchange_post(&x, &w, 4);
  world_wait_point(&w, "begun");
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_E_BODY, "4 bytes less");
}
END_TEST

START_TEST(more_bytes_than_announced_do_not_go_out) {
  world_start(&w, (fcl_loop) _i, expect_abc);
  post_abc_of(4);
  fcl_request_write(x.request, "defg", 4);
  exchange_wait(&x);
  ck_assert_log(&x, "sent OK; sent CANCELED; done BODY; ");
  ck_assert_error(&x, FCL_E_BODY, "3 bytes more");
}
END_TEST

START_TEST(a_body_where_none_was_announced_does_not_go_out) {
  world_start(&w, FCL_LOOP_UV, NULL);
  exchange_new(&x, &w, "POST");
  fcl_request_start(x.request);
  fcl_request_write(x.request, "abc", 3);
  exchange_wait(&x);
  ck_assert_log(&x, "sent CANCELED; done BODY; ");
}
END_TEST

START_TEST(cancel_does_not_end_the_body) {
  world_start(&w, (fcl_loop) _i, expect_abc);
  post_abc_of(4);
  fcl_request_cancel(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "sent OK; done CANCELED; ");
}
END_TEST

START_TEST(cancel_does_not_end_a_body_of_unknown_length) {
  world_start(&w, FCL_LOOP_UV, expect_abc);
  post_abc_of(-1);
  fcl_request_cancel(x.request);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_E_CANCELED, "canceled");
}
END_TEST

START_TEST(finish_and_cancel_in_one_turn_do_not_end_the_body) {
  world_start(&w, FCL_LOOP_UV, expect_abc);
  post_abc_of(-1);
  fcl_request_finish(x.request);
  fcl_request_cancel(x.request);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_E_CANCELED, "canceled");
}
END_TEST

START_TEST(a_client_that_closes_does_not_end_the_body) {
  world_start(&w, (fcl_loop) _i, expect_abc);
  post_abc_of(4);
  world_close(&w);
  ck_assert_error(&x, FCL_E_CLOSING, "test");
}
END_TEST

static void one_at_a_time(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_params(s);
  fcl_script_signal(s, "begun");
  fcl_script_read_request(s);
  fcl_script_expect_param(s, "CONTENT_LENGTH", NULL);
  fcl_script_answer(s, HELLO);
  fcl_script_wait(s, "over");
  fcl_script_expect(s, fcl_script_seen(s)->number == 1, "no other request comes");
}

START_TEST(a_short_body_in_the_queue_is_refused_there) {
  w.options.max_connections = 1;
  world_start(&w, FCL_LOOP_UV, one_at_a_time);
  exchange_get(&x, &w);
  exchange_post(&y, &w, 4);
  fcl_request_finish(y.request);
  exchange_wait(&y);
  ck_assert_error(&y, FCL_E_BODY, "4 bytes less");
  ck_assert_uint_eq(y.result.tries, 0);
  exchange_wait(&x);
  fcl_script_signal(w.script, "over");
}
END_TEST

/* The loop acts on the finish before it knows that the request has started. */
START_TEST(a_finish_before_start_does_not_end_a_short_body) {
  world_start(&w, FCL_LOOP_UV, NULL);
  exchange_new(&x, &w, "POST");
  fcl_request_body(x.request, 4, FCL_BODY_STREAM);
  fcl_request_finish(x.request);
  world_rest(&w);
  fcl_request_start(x.request);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_E_BODY, "4 bytes less");
}
END_TEST

static void expect_exact(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_expect_body(s, "abcd", 4);
  fcl_script_expect_param(s, "CONTENT_LENGTH", "4");
  fcl_script_answer(s, HELLO);
}

START_TEST(a_body_as_announced_is_ended) {
  world_start(&w, (fcl_loop) _i, expect_exact);
  exchange_post(&x, &w, 4);
  fcl_request_write(x.request, "abcd", 4);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_OK, "");
}
END_TEST

START_TEST(a_body_of_unknown_length_is_ended_by_finish_and_has_no_content_length) {
  world_start(&w, (fcl_loop) _i, one_at_a_time);
  exchange_post(&x, &w, -1);
  fcl_request_write(x.request, "abcd", 4);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_OK, "");
  fcl_script_signal(w.script, "over");
}
END_TEST

START_TEST(without_a_body_stdin_is_ended_at_once) {
  world_start(&w, (fcl_loop) _i, NULL); /* which reads to the end of STDIN before it answers */
  exchange_new(&x, &w, "GET");
  fcl_request_start(x.request);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_OK, "");
}
END_TEST

static void answer_at_once(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_params(s);
  fcl_script_may_close(s);
  fcl_script_answer(s, HELLO);
  fcl_script_read_eof(s);
  fcl_script_expect(s, !fcl_script_seen(s)->in.ended, "STDIN is not ended");
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_answer(s, HELLO);
}

/* What the next request sent would be read as the rest of this body. */
START_TEST(a_connection_whose_body_is_not_ended_serves_no_other_request) {
  world_start(&w, (fcl_loop) _i, answer_at_once);
  exchange_post(&x, &w, 4);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_OK, "");
  exchange_get(&y, &w);
  exchange_wait(&y);
  ck_assert_error(&y, FCL_OK, "");
}
END_TEST

TCase *contract_body(void) {
  TCase *t = tcase_create("body");
  tcase_add_checked_fixture(t, setup, teardown);
  add_in_each_loop(t, finish_with_fewer_bytes_than_announced_does_not_end_the_body);
  add_in_each_loop(t, finish_right_behind_a_part_that_is_too_short_does_not_end_the_body);
  tcase_add_test(t, finish_without_a_byte_does_not_end_the_body);
  add_in_each_loop(t, more_bytes_than_announced_do_not_go_out);
  tcase_add_test(t, a_body_where_none_was_announced_does_not_go_out);
  add_in_each_loop(t, cancel_does_not_end_the_body);
  tcase_add_test(t, cancel_does_not_end_a_body_of_unknown_length);
  tcase_add_test(t, finish_and_cancel_in_one_turn_do_not_end_the_body);
  add_in_each_loop(t, a_client_that_closes_does_not_end_the_body);
  tcase_add_test(t, a_short_body_in_the_queue_is_refused_there);
  tcase_add_test(t, a_finish_before_start_does_not_end_a_short_body);
  add_in_each_loop(t, a_body_as_announced_is_ended);
  add_in_each_loop(t, a_body_of_unknown_length_is_ended_by_finish_and_has_no_content_length);
  add_in_each_loop(t, without_a_body_stdin_is_ended_at_once);
  add_in_each_loop(t, a_connection_whose_body_is_not_ended_serves_no_other_request);
  return t;
}
