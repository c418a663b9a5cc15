/* contract_lends_out.c: what the caller lends comes back exactly once, by on_sent (sentence 3). */
#include "client/contract.h"
#include <string.h>

#define BIG (16 * 1024 * 1024)
static char big[BIG];

static world w;
static exchange x, y;

static void setup(void) {
  size_t i;
  memset(&w, 0, sizeof w);
  memset(&x, 0, sizeof x);
  memset(&y, 0, sizeof y);
  for (i = 0; i < BIG; i++)
    big[i] = (char) (i * 2654435761u >> 24);
}

static void teardown(void) {
  world_end(&w);
}

static void signal_end(void) {
  fcl_script_signal(w.script, "end");
}

static void read_and_answer(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_script_read_params(s);
    fcl_script_may_close(s);
    fcl_script_signal(s, "begun");
    fcl_script_read_request(s);
    fcl_script_answer(s, HELLO);
  }
}

static void read_when_told(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_params(s);
  fcl_script_signal(s, "begun");
  fcl_script_may_close(s);
  fcl_script_wait(s, "end");
  fcl_script_read_request(s);
  fcl_script_answer(s, HELLO);
}

START_TEST(what_the_system_takes_at_once_comes_back_in_the_same_turn) {
  world_start(&w, FCL_LOOP_UV, read_and_answer);
  exchange_post(&x, &w, 3);
  world_wait_point(&w, "begun");
  fcl_request_write(x.request, "abc", 3);
  world_turn(&w);
  ck_assert_log(&x, "sent OK; ");
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "sent OK; head 200; body \"hello\"; done OK; ");
  ck_assert_uint_eq(x.result.sent, 3);
}
END_TEST

START_TEST(what_is_queued_comes_back_when_it_has_gone) {
  world_start(&w, FCL_LOOP_UV, read_when_told);
  exchange_post(&x, &w, BIG);
  world_wait_point(&w, "begun");
  fcl_request_write(x.request, big, BIG);
  fcl_request_finish(x.request);
  world_rest(&w);
  ck_assert_uint_eq(x.sents, 0);
  signal_end();
  exchange_wait(&x);
  ck_assert_log(&x, "sent OK; head 200; body \"hello\"; done OK; ");
  ck_assert_uint_eq(x.result.sent, BIG);
}
END_TEST

static void read_the_big_one(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_expect_body(s, big, BIG);
  fcl_script_answer(s, HELLO);
}

static void write_next(exchange *e, const char *what) {
  size_t at = (size_t) e->sents * 100000, left = BIG - at;
  if (strcmp(what, "sent") != 0)
    return;
  if (at < BIG)
    fcl_request_write(e->request, big + at, left < 100000 ? left : 100000);
  else
    fcl_request_finish(e->request);
}

START_TEST(a_body_in_pieces_arrives_whole_with_one_on_sent_each) {
  world_start(&w, (fcl_loop) _i, read_the_big_one);
  x.then = write_next;
  exchange_post(&x, &w, BIG);
  fcl_request_write(x.request, big, 100000);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_OK, "");
  ck_assert_uint_eq(x.sents, (BIG + 99999) / 100000);
}
END_TEST

START_TEST(cancel_brings_a_queued_part_back_before_on_done) {
  world_start(&w, FCL_LOOP_UV, read_when_told);
  exchange_post(&x, &w, BIG);
  world_wait_point(&w, "begun");
  fcl_request_write(x.request, big, BIG);
  world_rest(&w);
  fcl_request_cancel(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "sent CANCELED; done CANCELED; ");
  signal_end();
}
END_TEST

START_TEST(write_and_cancel_in_one_turn_bring_the_part_back) {
  world_start(&w, (fcl_loop) _i, read_when_told);
  exchange_post(&x, &w, BIG);
  world_wait_point(&w, "begun");
  fcl_request_write(x.request, big, BIG);
  fcl_request_cancel(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "sent CANCELED; done CANCELED; ");
  signal_end();
}
END_TEST

/* One request at a time: the second waits in the queue. */
static void start_behind_another(void) {
  w.options.max_connections = 1;
  world_start(&w, FCL_LOOP_UV, read_and_answer);
  exchange_post(&x, &w, 3);
  world_wait_point(&w, "begun");
  exchange_post(&y, &w, 4);
  fcl_request_write(y.request, "abcd", 4);
  world_rest(&w);
  ck_assert_log(&y, "");
}

static void finish_first(void) {
  fcl_request_write(x.request, "abc", 3);
  fcl_request_finish(x.request);
  exchange_wait(&x);
}

START_TEST(a_part_lent_in_the_queue_comes_back_when_the_request_was_begun) {
  start_behind_another();
  finish_first();
  fcl_request_finish(y.request);
  exchange_wait(&y);
  ck_assert_log(&y, "sent OK; head 200; body \"hello\"; done OK; ");
}
END_TEST

START_TEST(a_part_lent_in_the_queue_comes_back_when_the_request_is_canceled) {
  start_behind_another();
  fcl_request_cancel(y.request);
  exchange_wait(&y);
  ck_assert_log(&y, "sent CANCELED; done CANCELED; ");
  finish_first();
}
END_TEST

START_TEST(a_part_lent_in_the_queue_comes_back_when_the_pool_closes) {
  start_behind_another();
  fcl_pool_close(w.pool, 0);
  exchange_wait(&y);
  ck_assert_log(&y, "sent CANCELED; done CLOSING; ");
  exchange_wait(&x);
}
END_TEST

START_TEST(a_part_of_a_request_that_cannot_start_comes_back_before_on_done) {
  world_start(&w, (fcl_loop) _i, NULL);
  x.is_kept = 1;
  exchange_new(&x, &w, "POST");
  fcl_request_param(x.request, "A=B", "");
  fcl_request_body(x.request, 3, FCL_BODY_STREAM);
  fcl_request_start(x.request);
  fcl_request_write(x.request, "abc", 3);
  exchange_wait(&x);
  if (w.mode != FCL_LOOP_THREAD) /* there on_done may be first: then nothing was taken */
    ck_assert_log(&x, "sent CANCELED; done INVAL; ");
  ck_assert_error(&x, FCL_E_INVAL, "A=B");
  fcl_request_free(x.request);
}
END_TEST

static void leave_unread(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_params(s);
  fcl_script_signal(s, "begun");
  fcl_script_wait(s, "end");
  fcl_script_close(s);
}

START_TEST(a_part_that_breaks_the_connection_comes_back_before_on_done) {
  world_start(&w, FCL_LOOP_UV, leave_unread);
  exchange_post(&x, &w, BIG);
  world_wait_point(&w, "begun");
  fcl_request_write(x.request, big, BIG);
  world_rest(&w);
  signal_end();
  exchange_wait(&x);
  ck_assert_uint_eq(x.sents, 1);
  ck_assert_msg(strncmp(x.log, "sent ", 5) == 0 && strncmp(x.log, "sent OK", 7) != 0, "%s", x.log);
  ck_assert_error(&x, FCL_E_IO, "test");
}
END_TEST

static void answer_unread(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_params(s);
  fcl_script_may_close(s);
  fcl_script_answer(s, HELLO);
  fcl_script_read_eof(s);
}

START_TEST(a_part_that_the_application_did_not_want_comes_back_before_on_done) {
  world_start(&w, FCL_LOOP_UV, answer_unread);
  exchange_post(&x, &w, BIG);
  fcl_request_write(x.request, big, BIG);
  exchange_wait(&x);
  ck_assert_uint_eq(x.sents, 1);
  ck_assert_error(&x, FCL_OK, "");
  ck_assert_msg(strstr(x.log, "sent") < strstr(x.log, "done"), "%s", x.log);
}
END_TEST

/* What the loop has not acted on yet is out all the same. */
static void write_at_head(exchange *e, const char *what) {
  if (strcmp(what, "head") == 0)
    fcl_request_write(e->request, "abc", 3);
}

START_TEST(a_part_lent_while_the_end_is_in_the_same_read_comes_back_before_on_done) {
  world_start(&w, (fcl_loop) _i, answer_unread);
  x.then = write_at_head;
  exchange_post(&x, &w, 3);
  exchange_wait(&x);
  ck_assert_uint_eq(x.sents, 1);
  ck_assert_msg(strstr(x.log, "sent") < strstr(x.log, "done"), "%s", x.log);
}
END_TEST

START_TEST(a_write_after_on_done_takes_no_lend) {
  world_start(&w, (fcl_loop) _i, answer_unread);
  x.is_kept = 1;
  exchange_post(&x, &w, 3);
  exchange_wait(&x);
  fcl_request_write(x.request, "abc", 3);
  fcl_request_wake(x.request);
  world_wait(&w, &x.wakes, 1);
  ck_assert_uint_eq(x.sents, 0);
  fcl_request_free(x.request);
}
END_TEST

/* ---- A length of 0 is a barrier ---- */

static void exact_bytes(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_body(s, 3);
  fcl_script_signal(s, "three");
  fcl_script_read_request(s);
  fcl_script_expect_body(s, "abcdef", 6);
  fcl_script_expect(s, fcl_script_seen(s)->in.records == 2, "the barrier is no record");
  fcl_script_answer(s, HELLO);
}

START_TEST(a_barrier_sends_nothing_and_comes_back) {
  world_start(&w, FCL_LOOP_UV, exact_bytes);
  exchange_post(&x, &w, 6);
  fcl_request_write(x.request, "abc", 3);
  world_wait(&w, &x.sents, 1);
  world_wait_point(&w, "three");
  fcl_request_write(x.request, NULL, 0);
  world_wait(&w, &x.sents, 2);
  fcl_request_write(x.request, "def", 3);
  world_wait(&w, &x.sents, 3);
  fcl_request_write(x.request, "", 0);
  world_wait(&w, &x.sents, 4);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_OK, "");
  ck_assert_uint_eq(x.result.sent, 6);
}
END_TEST

START_TEST(a_barrier_waits_until_the_request_is_written) {
  w.options.max_connections = 1;
  world_start(&w, FCL_LOOP_UV, read_and_answer);
  exchange_post(&x, &w, 3);
  world_wait_point(&w, "begun");
  exchange_post(&y, &w, 4);
  fcl_request_write(y.request, NULL, 0);
  world_rest(&w);
  ck_assert_uint_eq(y.sents, 0);
  finish_first();
  world_wait(&w, &y.sents, 1);
  ck_assert_log(&y, "sent OK; ");
  fcl_request_write(y.request, "abcd", 4);
  fcl_request_finish(y.request);
  exchange_wait(&y);
  ck_assert_error(&y, FCL_OK, "");
}
END_TEST

START_TEST(a_barrier_works_without_a_body) {
  world_start(&w, FCL_LOOP_UV, NULL);
  exchange_new(&x, &w, "GET");
  fcl_request_start(x.request);
  fcl_request_write(x.request, NULL, 0);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "sent OK; head 200; body \"hello\"; done OK; ");
}
END_TEST

TCase *contract_lends_out(void) {
  TCase *t = tcase_create("lends out");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, what_the_system_takes_at_once_comes_back_in_the_same_turn);
  tcase_add_test(t, what_is_queued_comes_back_when_it_has_gone);
  add_in_each_loop(t, a_body_in_pieces_arrives_whole_with_one_on_sent_each);
  tcase_add_test(t, cancel_brings_a_queued_part_back_before_on_done);
  add_in_each_loop(t, write_and_cancel_in_one_turn_bring_the_part_back);
  tcase_add_test(t, a_part_lent_in_the_queue_comes_back_when_the_request_was_begun);
  tcase_add_test(t, a_part_lent_in_the_queue_comes_back_when_the_request_is_canceled);
  tcase_add_test(t, a_part_lent_in_the_queue_comes_back_when_the_pool_closes);
  add_in_each_loop(t, a_part_of_a_request_that_cannot_start_comes_back_before_on_done);
  tcase_add_test(t, a_part_that_breaks_the_connection_comes_back_before_on_done);
  tcase_add_test(t, a_part_that_the_application_did_not_want_comes_back_before_on_done);
  add_in_each_loop(t, a_part_lent_while_the_end_is_in_the_same_read_comes_back_before_on_done);
  add_in_each_loop(t, a_write_after_on_done_takes_no_lend);
  tcase_add_test(t, a_barrier_sends_nothing_and_comes_back);
  tcase_add_test(t, a_barrier_waits_until_the_request_is_written);
  tcase_add_test(t, a_barrier_works_without_a_body);
  return t;
}
