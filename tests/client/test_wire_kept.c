/* test_wire_kept.c: connections that are kept, and die; requests that are sent again, and those
   that are not (known faults of others: KF-047, KF-048, KF-052, KF-058). */
#include "client/wire_case.h"

/* ---- Kept connections ---- */

static void count_connections(fcl_script *s, void *user) {
  unsigned flags = now ? 0 : FCL_KEEP_CONN, n;
  for (n = 0; n < 3; n++) {
    if (n == 0 || now)
      fcl_script_accept(s);
    fcl_script_read_request(s);
    fcl_script_expect_begin(s, FCL_RESPONDER, flags);
    fcl_script_answer(s, HELLO);
    if (now)
      fcl_script_read_eof(s);
  }
}

START_TEST(a_connection_is_kept_or_closed_as_configured) { /* KF-052 */
  int n;
  w.options.new_connection_each = (unsigned) _i;
  start(count_connections, _i);
  for (n = 0; n < 3; n++) {
    wire_get(&x, &w);
    ck_assert_done(&x);
  }
}
END_TEST

/* Without a body there is nothing left to be finished: STDIN went out with the parameters. */
START_TEST(a_connection_is_kept_where_the_answer_came_before_the_caller_finished_no_body) {
  int n;
  start(count_connections, 0);
  for (n = 0; n < 3; n++) {
    memset(&x, 0, sizeof x);
    exchange_new(&x, &w, "GET");
    fcl_request_start(x.request);
    exchange_wait(&x);
    ck_assert_done(&x);
  }
}
END_TEST

static void end_late(fcl_script *s, void *user) {
  int n;
  fcl_script_accept(s);
  for (n = 0; n < 2; n++) {
    fcl_script_read_request(s);
    fcl_script_stdout(s, "Content-Length: 5\r\n" HELLO);
    fcl_script_drain(s);
    fcl_script_answer(s, "");
  }
}

START_TEST(an_end_behind_a_body_that_was_whole_by_length_is_heard) { /* KF-058 */
  start(end_late, 0);
  wire_get(&x, &w);
  ck_assert_done(&x);
  ck_assert_int_eq(x.result.unclean, 0);
  wire_get(&x, &w);
  ck_assert_done(&x);
}
END_TEST

static const char again[] = "\1\1\0\1\0\10\0\0"
                            "\0\1\1\0\0\0\0\0"
                            "\1\4\0\1\0\42\0\0"
                            "\16\3REQUEST_METHODGET"
                            "\13\2SCRIPT_NAME/x"
                            "\1\4\0\1\0\0\0\0"
                            "\1\5\0\1\0\0\0\0";

/* Serves one request, then dies as the next one comes: by a close, or a reset. */
static void die_when_kept(fcl_script *s, void *user) {
  fcl_slice got;
  serve_one(s);
  fcl_script_may_close(s);
  if (now & 1)
    fcl_script_read_request(s);
  else
    fcl_script_read_begin(s);
  fcl_script_reset(s);
  if (now & 2) /* a POST is not sent again */
    return;
  fcl_script_accept(s);
  fcl_script_read_request(s);
  got = fcl_script_received(s);
  fcl_script_expect(s, got.len == sizeof again - 1 && memcmp(got.base, again, got.len) == 0,
                    "it is the very same request");
  fcl_script_answer(s, HELLO);
}

START_TEST(a_get_whose_kept_connection_died_is_sent_again_to_the_byte) { /* KF-047, KF-048 */
  if (_i & 4)
    w.listen = "tcp:127.0.0.1:0";
  start(die_when_kept, _i & 1);
  wire_get(&x, &w);
  ck_assert_done(&x);
  wire_get(&x, &w);
  ck_assert_str_eq(x.log, "head 200; body \"hello\"; done OK; ");
  ck_assert_uint_eq(x.result.tries, 2);
}
END_TEST

START_TEST(a_post_whose_kept_connection_died_is_not_sent_again) { /* KF-047 */
  start(die_when_kept, 2 | (_i & 1));
  wire_get(&x, &w);
  ck_assert_done(&x);
  upload_start(&u, &w, (size_t) _i / 2 * 10, 5);
  upload_wait(&u);
  ck_assert_error(&u.x, FCL_E_IO, "connection");
  ck_assert_uint_eq(u.x.result.tries, 1);
}
END_TEST

/* Nothing was answered, but a new connection proves nothing of what the application has done. */
static void die_when_new(fcl_script *s, void *user) {
  fcl_script_accept(s);
  if (now)
    fcl_script_read_request(s);
  fcl_script_reset(s);
  fcl_script_refuse(s);
}

START_TEST(a_get_whose_new_connection_died_is_not_sent_again) { /* KF-047 */
  start(die_when_new, _i);
  wire_get(&x, &w);
  ck_assert_error(&x, FCL_E_IO, "connection");
  ck_assert_uint_eq(x.result.tries, 1);
}
END_TEST

static void answer_part_when_kept(fcl_script *s, void *user) {
  serve_one(s);
  fcl_script_read_request(s);
  fcl_script_send(s, "\1\6\0\1\0", (size_t) now);
  fcl_script_close(s);
}

START_TEST(a_get_is_not_sent_again_behind_the_first_byte_of_an_answer) { /* KF-047 */
  start(answer_part_when_kept, _i);
  wire_get(&x, &w);
  ck_assert_done(&x);
  wire_get(&x, &w);
  ck_assert_error(&x, FCL_E_IO, "closed the connection");
  ck_assert_uint_eq(x.result.tries, 1);
}
END_TEST

static void close_when_idle(fcl_script *s, void *user) {
  int n;
  for (n = 0; n < 20; n++) {
    serve_one(s);
    fcl_script_close(s);
  }
}

START_TEST(a_kept_connection_that_closes_costs_no_get) {
  int n;
  start(close_when_idle, 0);
  for (n = 0; n < 20; n++) {
    wire_get(&x, &w);
    ck_assert_done(&x);
  }
}
END_TEST

/* `now` answers on the first connection, which is kept; one on each of the others. */
static void close_each(fcl_script *s, void *user) {
  int n, k;
  for (n = 0; n < 4; n++) {
    fcl_script_accept(s);
    for (k = 0; k < (n ? 1 : now); k++) {
      fcl_script_read_request(s);
      fcl_script_expect_begin(s, FCL_RESPONDER, now == 1 && n >= 2 ? 0 : FCL_KEEP_CONN);
      fcl_script_answer(s, HELLO);
    }
    fcl_script_may_close(s);
    fcl_script_close(s);
  }
}

/* Once it has kept one (_i = 2), closing is no habit. */
START_TEST(an_application_that_closes_each_connection_is_soon_not_asked_to_keep_them) {
  int n;
  start(close_each, _i);
  for (n = 0; n < 3 + _i; n++) {
    wire_get(&x, &w);
    ck_assert_done(&x);
  }
}
END_TEST

static void spoil_and_tell(fcl_script *s, void *user) {
  serve_one(s);
  fcl_script_may_close(s);
  if (now & 2)
    fcl_script_send(s, "z", 1);
  else
    fcl_script_close(s);
  fcl_script_signal(s, "spoiled");
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_expect_body_hash(s, 1000, wire_hash(1000));
  fcl_script_answer(s, HELLO);
}

/* The loop may have seen nothing of it yet; with _i & 4 it has. */
START_TEST(a_post_does_not_go_out_on_a_connection_that_was_closed_or_has_stray_bytes) { /* KF-049 */
  if (_i & 1)
    w.listen = "tcp:127.0.0.1:0";
  start(spoil_and_tell, _i);
  wire_get(&x, &w);
  ck_assert(fcl_script_wait(w.script, "spoiled"));
  if (_i & 4)
    world_pass(&w, 20);
  upload_start(&u, &w, 1000, 1000);
  upload_wait(&u);
  ck_assert_done(&u.x);
  ck_assert_uint_eq(u.x.result.tries, 1);
}
END_TEST

/* ---- Refused by END_REQUEST ---- */

static void refuse_once(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_end_request(s, 0, (unsigned) now);
  fcl_script_may_close(s);
  if (now != FCL_UNKNOWN_ROLE && fcl_script_next(s)) {
    fcl_script_read_request(s);
    fcl_script_answer(s, HELLO);
  }
}

START_TEST(a_request_that_was_refused_as_overload_is_sent_again) {
  start(refuse_once, _i);
  wire_get(&x, &w);
  ck_assert_str_eq(x.log, "head 200; body \"hello\"; done OK; ");
  ck_assert_uint_eq(x.result.tries, 2);
}
END_TEST

/* Part of an answer, or part of the body: somebody has begun to run it. */
static void refuse_late(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_params(s);
  if (now == 0)
    fcl_script_stdout(s, "Content-Type: te");
  else if (now == 1)
    fcl_script_stdout(s, HELLO);
  fcl_script_end_request(s, 0, FCL_IS_OVERLOADED);
  fcl_script_flush(s);
}

START_TEST(a_request_that_was_begun_is_not_sent_again_for_overload) {
  start(refuse_late, _i);
  if (_i < 2)
    upload_start(&u, &w, 0, 1);
  else
    upload_start(&u, &w, 1000, 1000);
  upload_wait(&u);
  ck_assert_error(&u.x, FCL_E_OVERLOADED, "overloaded");
  ck_assert_uint_eq(u.x.result.tries, 1);
  ck_assert_int_eq(u.x.result.protocol_status, FCL_IS_OVERLOADED);
}
END_TEST

START_TEST(a_role_that_is_not_played_is_an_error_of_its_own) {
  start(refuse_once, FCL_UNKNOWN_ROLE);
  wire_get(&x, &w);
  ck_assert_error(&x, FCL_E_ROLE, "role");
}
END_TEST

int main(void) {
  TCase *t = wire_case("kept");
  tcase_add_loop_test(t, a_connection_is_kept_or_closed_as_configured, 0, 2);
  tcase_add_test(t, a_connection_is_kept_where_the_answer_came_before_the_caller_finished_no_body);
  tcase_add_test(t, an_end_behind_a_body_that_was_whole_by_length_is_heard);
  tcase_add_loop_test(t, a_get_whose_kept_connection_died_is_sent_again_to_the_byte, 0, 8);
  tcase_add_loop_test(t, a_post_whose_kept_connection_died_is_not_sent_again, 0, 4);
  tcase_add_loop_test(t, a_get_whose_new_connection_died_is_not_sent_again, 0, 2);
  tcase_add_loop_test(t, a_get_is_not_sent_again_behind_the_first_byte_of_an_answer, 1, 6);
  tcase_add_test(t, a_kept_connection_that_closes_costs_no_get);
  tcase_add_loop_test(t, an_application_that_closes_each_connection_is_soon_not_asked_to_keep_them,
                      1, 3);
  test_add_loop(t, a_post_does_not_go_out_on_a_connection_that_was_closed_or_has_stray_bytes, 0, 8);
  test_add_loop(t, a_request_that_was_refused_as_overload_is_sent_again, FCL_CANT_MPX_CONN,
                FCL_IS_OVERLOADED + 1);
  tcase_add_loop_test(t, a_request_that_was_begun_is_not_sent_again_for_overload, 0, 3);
  tcase_add_test(t, a_role_that_is_not_played_is_an_error_of_its_own);
  return test_suite_run("wire_kept", &t, 1);
}
