/* test_shared_ends.c: aborts, faults of one and of all, and what becomes of each request when a
 * shared connection breaks. */
#include "client/shared.h"

/* ---- Aborts ---- */

static void end_aborted(fcl_script *s, void *user) {
  fcl_script_accept(s);
  read_requests(s, 3);
  fcl_script_signal(s, "here");
  read_abort(s, 2);
  fcl_script_signal(s, "aborted");
  read_requests(s, 1);
  fcl_script_expect(s, fcl_script_id(s) == 4, "an aborted id is in use until its end");
  fcl_script_send_record(s, FCL_STDOUT, 2, HELLO, strlen(HELLO), 0); /* is dropped */
  answer_id(s, 2, "");
  answer_id(s, 4, HELLO);
  fcl_script_flush(s);
  read_requests(s, 1);
  fcl_script_expect(s, fcl_script_id(s) == 2, "an id is free behind its end");
  answer_id(s, 2, HELLO);
  answer_id(s, 1, HELLO);
  answer_id(s, 3, HELLO);
  fcl_script_flush(s);
}

START_TEST(who_cancels_is_aborted_and_the_others_go_on) {
  start(end_aborted, 0);
  get_all(3);
  world_wait_point(&w, "here");
  fcl_request_cancel(xs[1].request);
  exchange_wait(&xs[1]);
  ck_assert_int_eq(xs[1].result.error.code, FCL_E_CANCELED);
  world_wait_point(&w, "aborted");
  exchange_get(&xs[3], &w);
  exchange_wait(&xs[3]);
  exchange_get(&xs[4], &w);
  exchange_wait(&xs[4]);
  exchange_wait(&xs[0]);
  exchange_wait(&xs[2]);
  ck_assert_done(&xs[0]);
  ck_assert_done(&xs[2]);
  ck_assert_done(&xs[3]);
  ck_assert_done(&xs[4]);
}
END_TEST

static void ignore_abort(fcl_script *s, void *user) {
  fcl_script_accept(s);
  read_requests(s, 2);
  fcl_script_signal(s, "here");
  read_abort(s, 1);
  fcl_script_accept(s); /* nobody new comes on the first one */
  read_requests(s, 1);
  fcl_script_answer(s, HELLO);
  fcl_script_flush(s);
  fcl_script_use(s, 1);
  answer_id(s, 2, HELLO);
  fcl_script_flush(s);
  fcl_script_read_eof(s);
}

START_TEST(an_abort_that_is_never_ended_shuts_the_connection) {
  w.options.abort_ms = 30;
  start(ignore_abort, 0);
  get_all(2);
  world_wait_point(&w, "here");
  fcl_request_cancel(xs[0].request);
  exchange_wait(&xs[0]);
  world_wait(&w, &w.events, 1);
  ck_assert_msg(strstr(w.sentence, "had not ended a request that was aborted") != NULL, "%s",
                w.sentence);
  exchange_get(&xs[2], &w);
  exchange_wait(&xs[2]);
  exchange_wait(&xs[1]);
  ck_assert_done(&xs[1]);
  ck_assert_done(&xs[2]);
}
END_TEST

static void never_read_on(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_params(s);
  fcl_script_signal(s, "here");
  fcl_script_wait(s, "over");
}

/* Nothing of the lend is left with the kernel or with libuv. */
START_TEST(a_lend_comes_back_on_cancel_though_nothing_is_read) {
  start(never_read_on, 0);
  upload_start(&u, &w, 8 << 20, 8 << 20);
  world_wait_point(&w, "here");
  fcl_request_cancel(u.x.request);
  upload_wait(&u);
  ck_assert_str_eq(u.x.log, "sent CANCELED; done CANCELED; ");
  fcl_script_signal(w.script, "over");
}
END_TEST

/* ---- Faults of one, and of all ---- */

static void spoil_one(fcl_script *s, void *user) {
  fcl_script_accept(s);
  read_requests(s, 2);
  fcl_script_send_record(s, FCL_STDOUT, 1, "no head\n\n", 9, 0);
  answer_id(s, 2, HELLO);
  fcl_script_flush(s);
  read_abort(s, 1);
  answer_id(s, 1, "");
  fcl_script_flush(s);
  read_requests(s, 1);
  fcl_script_answer(s, HELLO);
}

START_TEST(a_malformed_head_fails_its_request_alone) {
  start(spoil_one, 0);
  get_all(2);
  wait_all(2);
  ck_assert_error(&xs[0], FCL_E_HEAD, "no head");
  ck_assert_done(&xs[1]);
  wire_get(&xs[2], &w);
  ck_assert_done(&xs[2]);
}
END_TEST

static void end_oddly(fcl_script *s, void *user) {
  fcl_script_accept(s);
  read_requests(s, 2);
  send_end(s, 1, 4);
  answer_id(s, 2, HELLO);
  fcl_script_flush(s);
  fcl_script_accept(s); /* nobody new comes on the first one */
  read_requests(s, 1);
  fcl_script_answer(s, HELLO);
  fcl_script_flush(s);
  fcl_script_use(s, 1);
  fcl_script_read_eof(s);
}

START_TEST(a_status_that_does_not_exist_fails_its_request_alone_and_is_named) {
  start(end_oddly, 0);
  get_all(2);
  wait_all(2);
  ck_assert_error(&xs[0], FCL_E_PROTOCOL,
                  "ended the request with protocolStatus 4 (record 1 of the connection, type 3 "
                  "END_REQUEST, id 1, 8 bytes, at offset 0, header 01 03 00 01 00 08 00 00)");
  ck_assert_int_eq(xs[0].result.protocol_status, 4);
  ck_assert_done(&xs[1]);
  wire_get(&xs[2], &w);
  ck_assert_done(&xs[2]);
}
END_TEST

static void break_all(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  read_requests(s, 3);
  fcl_script_send_record(s, FCL_STDOUT, 1, HELLO, strlen(HELLO), 0);
  fcl_script_send_record(s, FCL_STDOUT, 2, "Content-Length: 5\r\n" HELLO,
                         strlen("Content-Length: 5\r\n" HELLO), 0);
  if (now)
    fcl_script_send(s, "HTTP/1.1", 8);
  fcl_script_flush(s);
  fcl_script_close(s);
}

START_TEST(a_broken_connection_is_told_to_each_in_its_own_words) {
  start(break_all, _i);
  get_all(3);
  wait_all(3);
  if (_i) {
    ck_assert_error(&xs[0], FCL_E_PROTOCOL, "HTTP server");
    ck_assert_error(&xs[2], FCL_E_PROTOCOL, "HTTP server");
  } else {
    ck_assert_error(&xs[0], FCL_E_TRUNCATED, "cut short");
    ck_assert_error(&xs[2], FCL_E_IO, "closed the connection");
  }
  ck_assert_done(&xs[1]); /* whole by its length */
  ck_assert_int_eq(xs[1].result.unclean, 1);
}
END_TEST

static void die_when_kept(fcl_script *s, void *user) {
  fcl_script_accept(s);
  read_requests(s, 1);
  fcl_script_answer(s, HELLO);
  read_requests(s, 2);
  fcl_script_send_record(s, FCL_STDOUT, 2, TEXT, strlen(TEXT), 0);
  fcl_script_flush(s);
  fcl_script_close(s);
  fcl_script_accept(s);
  read_requests(s, 1);
  fcl_script_answer(s, HELLO);
}

START_TEST(a_get_without_a_byte_of_answer_is_sent_again_from_a_connection_that_was_kept) {
  start(die_when_kept, 0);
  wire_get(&xs[0], &w);
  exchange_get(&xs[1], &w);
  exchange_get(&xs[2], &w);
  exchange_wait(&xs[1]);
  exchange_wait(&xs[2]);
  ck_assert_done(&xs[1]);
  ck_assert_uint_eq(xs[1].result.tries, 2);
  ck_assert_error(&xs[2], FCL_E_TRUNCATED, "cut short");
}
END_TEST

static void send_stray(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  read_requests(s, 1);
  fcl_script_send(s, "\1\6\0\7\0\1\0\0?", 9); /* STDOUT of a request that is not there */
  fcl_script_answer(s, HELLO);
  fcl_script_flush(s);
  fcl_script_accept(s);
  read_requests(s, 1);
  fcl_script_answer(s, HELLO);
}

START_TEST(a_connection_with_stray_records_serves_nobody_new) {
  start(send_stray, 0);
  wire_get(&xs[0], &w);
  ck_assert_done(&xs[0]);
  ck_assert_msg(strstr(w.sentence, "belongs to no request (type 6 STDOUT, id 7, 1 bytes)") != NULL,
                "%s", w.sentence);
  wire_get(&xs[0], &w);
  ck_assert_done(&xs[0]);
}
END_TEST

START_TEST(an_address_that_refuses_fails_each_that_would_share) {
  static const char *const nobody[] = {"tcp:127.0.0.1:1", NULL};
  int i;
  w.options.addresses = nobody;
  start(NULL, 0);
  get_all(5);
  wait_all(5);
  for (i = 0; i < 5; i++)
    ck_assert_int_eq(xs[i].result.error.code, FCL_E_CONNECT);
}
END_TEST

static TCase *ends(void) {
  TCase *t = shared_case("aborts and faults");
  tcase_add_test(t, who_cancels_is_aborted_and_the_others_go_on);
  tcase_add_test(t, an_abort_that_is_never_ended_shuts_the_connection);
  tcase_add_test(t, a_lend_comes_back_on_cancel_though_nothing_is_read);
  tcase_add_test(t, a_malformed_head_fails_its_request_alone);
  tcase_add_loop_test(t, a_broken_connection_is_told_to_each_in_its_own_words, 0, 2);
  tcase_add_test(t, a_get_without_a_byte_of_answer_is_sent_again_from_a_connection_that_was_kept);
  tcase_add_test(t, an_address_that_refuses_fails_each_that_would_share);
  tcase_add_test(t, a_connection_with_stray_records_serves_nobody_new);
  tcase_add_test(t, a_status_that_does_not_exist_fails_its_request_alone_and_is_named);
  return t;
}

int main(void) {
  TCase *t = ends();
  return test_suite_run("shared_ends", &t, 1);
}
