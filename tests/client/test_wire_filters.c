/* test_wire_filters.c: filters: what they are sent, what they and their callers may do. */
#include "client/wire_case.h"

/* ---- Filters: what they are sent ---- */

static filter f;

static void take_filter(fcl_script *s, void *user) {
  const fcl_seen *seen;
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_expect_begin(s, FCL_FILTER, FCL_KEEP_CONN);
  fcl_script_expect_param(s, "FCGI_DATA_LAST_MOD", "1234567890");
  fcl_script_expect_param(s, "SCRIPT_NAME", "/x");
  fcl_script_expect_body_hash(s, f.body, wire_hash(f.body));
  seen = fcl_script_seen(s);
  fcl_script_expect(s, seen && seen->data.ended && seen->data.len == f.data, "all of DATA came");
  fcl_script_expect(s, seen && seen->data.hash == wire_hash(f.data), "DATA is what was lent");
  fcl_script_answer(s, HELLO);
  fcl_script_read_request(s); /* on the kept connection: nothing stood behind DATA */
  fcl_script_answer(s, HELLO);
}

static const size_t sizes[] = {0, 1, 65527, 65528, 65529, 300000};
#define SIZES (int) (sizeof sizes / sizeof *sizes)

START_TEST(a_filter_is_sent_its_body_and_then_its_data) {
  size_t body = sizes[_i % SIZES], data = sizes[_i / SIZES % SIZES];
  world_start(&w, FCL_LOOP_UV, take_filter);
  filter_start(&f, &x, &w, body, data, _i / SIZES / SIZES ? 50000 : 1000000);
  filter_wait(&f);
  ck_assert_done(&x);
  ck_assert_uint_eq(x.result.sent, body + data);
  wire_get(&x, &w);
  ck_assert_done(&x);
}
END_TEST

START_TEST(single_bytes_make_body_and_data) {
  world_start(&w, FCL_LOOP_UV, take_filter);
  filter_start(&f, &x, &w, 30, 40, 1);
  filter_wait(&f);
  ck_assert_done(&x);
  wire_get(&x, &w);
}
END_TEST

static void take_filter_late(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_wait(s, "full");
  while (fcl_script_read(s, 777) &&
         (fcl_script_seen(s) == NULL || fcl_script_seen(s)->in.len < 400000))
    ;
  fcl_script_read_request(s);
  fcl_script_expect(s, fcl_script_seen(s)->data.hash == wire_hash(f.data), "DATA came whole");
  fcl_script_answer(s, HELLO);
}

START_TEST(data_waits_for_room_as_a_body_does) {
  world_start(&w, FCL_LOOP_UV, take_filter_late);
  filter_start(&f, &x, &w, 500000 + 1000 * (size_t) _i, 600000, 1000000);
  world_rest(&w);
  fcl_script_signal(w.script, "full");
  filter_wait(&f);
  ck_assert_done(&x);
}
END_TEST

static const char filter_bytes[] = "\1\1\0\1\0\10\0\0"
                                   "\0\3\1\0\0\0\0\0" /* filter, KEEP_CONN */
                                   "\1\4\0\1\0\123\0\0"
                                   "\16\3REQUEST_METHODGET"
                                   "\13\2SCRIPT_NAME/x"
                                   "\20\1FCGI_DATA_LENGTH3"
                                   "\22\12FCGI_DATA_LAST_MOD1234567890"
                                   "\1\4\0\1\0\0\0\0"
                                   "\1\5\0\1\0\0\0\0"
                                   "\1\10\0\1\0\3\0\0";

static void take_bytes(fcl_script *s, void *user) {
  fcl_slice got;
  fcl_script_accept(s);
  fcl_script_read_request(s);
  got = fcl_script_received(s);
  fcl_script_expect(s,
                    got.len == sizeof filter_bytes - 1 + 3 + 8 &&
                        memcmp(got.base, filter_bytes, sizeof filter_bytes - 1) == 0 &&
                        memcmp(got.base + got.len - 8, "\1\10\0\1\0\0\0\0", 8) == 0,
                    "the bytes of the request are those");
  fcl_script_answer(s, HELLO);
}

START_TEST(a_filters_request_is_these_bytes) {
  world_start(&w, FCL_LOOP_UV, take_bytes);
  filter_start(&f, &x, &w, 0, 3, 3);
  filter_wait(&f);
  ck_assert_done(&x);
}
END_TEST

/* ---- Filters: what their callers may do ---- */

static void read_params_only(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_params(s);
  fcl_script_read_eof(s);
  if (fcl_script_seen(s)) /* who left early has begun nothing */
    fcl_script_expect(s, !fcl_script_seen(s)->data.ended, "DATA was not ended");
}

static void expect_large_data(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_params(s);
  fcl_script_expect_param(s, "FCGI_DATA_LENGTH", "5368709120");
  fcl_script_read_eof(s);
  if (fcl_script_seen(s)) /* who left early has begun nothing */
    fcl_script_expect(s, !fcl_script_seen(s)->data.ended, "DATA was not ended");
}

static void lend_and_finish(exchange *e, const char *what) {
  if (strcmp(what, "sent") != 0 || e->dones)
    return;
  fcl_request_finish(e->request);
  filter_lend(&f);
}

START_TEST(finish_said_again_does_not_end_the_data) {
  world_start(&w, FCL_LOOP_UV, take_filter);
  filter_start(&f, &x, &w, 30, 40, 10);
  world_wait(&w, &x.sents, 4); /* the body, and a part of the data */
  x.then = lend_and_finish;
  fcl_request_finish(x.request);
  filter_wait(&f);
  ck_assert_done(&x);
  wire_get(&x, &w);
}
END_TEST

START_TEST(data_may_be_larger_than_4_GiB) { /* KF-093 */
  world_start(&w, FCL_LOOP_UV, expect_large_data);
  filter_new(&x, &w, 0, (int64_t) 5 << 30);
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
  fcl_request_data(x.request, "abc", 3);
  world_wait(&w, &x.sents, 1);
  fcl_request_cancel(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "sent OK; done CANCELED; ");
}
END_TEST

START_TEST(more_data_than_announced_is_never_sent) {
  world_start(&w, FCL_LOOP_UV, read_params_only);
  filter_new(&x, &w, 0, 3);
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
  world_rest(&w);
  fcl_request_data(x.request, "abcd", 4);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_E_BODY, "more than FCGI_DATA_LENGTH");
  ck_assert_log(&x, "sent CANCELED; done BODY; ");
}
END_TEST

START_TEST(data_before_the_end_of_the_body_is_refused) {
  world_start(&w, FCL_LOOP_UV, read_params_only);
  filter_new(&x, &w, 0, 3);
  fcl_request_start(x.request);
  fcl_request_data(x.request, "abc", 3);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_E_BODY, "fcl_request_finish must come before");
}
END_TEST

START_TEST(data_is_for_filters_only) {
  world_start(&w, FCL_LOOP_UV, read_params_only);
  exchange_get(&x, &w);
  fcl_request_data(x.request, "abc", 3);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_E_BODY, "another role than FCL_FILTER");
}
END_TEST

START_TEST(a_filter_must_be_told_of_its_data) {
  static const char *const lengths[] = {NULL, "", "-1", "1x", "9999999999999999999"};
  world_start(&w, FCL_LOOP_UV, NULL);
  exchange_new(&x, &w, "GET");
  fcl_request_role(x.request, FCL_FILTER);
  if (lengths[_i])
    fcl_request_param(x.request, "FCGI_DATA_LENGTH", lengths[_i]);
  fcl_request_param(x.request, _i ? "FCGI_DATA_LAST_MOD" : "X", "1");
  go();
  ck_assert_error(&x, FCL_E_INVAL, "Call fcl_request_file");
}
END_TEST

START_TEST(a_canceled_filter_never_ends_its_data) {
  world_start(&w, FCL_LOOP_UV, read_params_only);
  filter_new(&x, &w, 0, 30);
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
  fcl_request_data(x.request, "abc", 3);
  world_wait(&w, &x.sents, 1);
  fcl_request_cancel(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "sent OK; done CANCELED; ");
}
END_TEST

static void wait_long(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_params(s);
  fcl_script_wait(s, "lent");
  fcl_script_read_request(s);
  fcl_script_answer(s, HELLO);
}

START_TEST(clocks_stand_still_while_data_is_awaited) { /* sentence 9 */
  w.options.activity_ms = w.options.request_ms = world_short_ms();
  world_start(&w, FCL_LOOP_UV, wait_long);
  filter_new(&x, &w, 0, 3);
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
  world_pass(&w, 3 * world_short_ms());
  ck_assert_uint_eq(x.dones, 0);
  fcl_request_data(x.request, "abc", 3);
  fcl_script_signal(w.script, "lent");
  exchange_wait(&x);
  ck_assert_done(&x);
}
END_TEST

/* ---- Filters: what they may do ---- */

static void answer_early(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_body(s, 10);
  fcl_script_answer(s, HELLO);
  fcl_script_read_eof(s);
}

START_TEST(a_filter_may_not_answer_before_its_body_is_sent) {
  world_start(&w, FCL_LOOP_UV, answer_early);
  filter_new(&x, &w, 20, 0);
  fcl_request_start(x.request);
  fcl_request_write(x.request, "0123456789", 10);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_E_PROTOCOL, "before STDIN was over, which no filter may");
}
END_TEST

static void answer_before_data(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_body(s, 10);
  fcl_script_stderr(s, "e");
  while (fcl_script_seen(s) && !fcl_script_seen(s)->in.ended && fcl_script_read(s, 1))
    ;
  fcl_script_stdout(s, TEXT "a");
  fcl_script_drain(s);
  fcl_script_signal(s, "begun");
  fcl_script_read_request(s);
  fcl_script_answer(s, "b");
}

START_TEST(a_filter_may_answer_while_its_data_comes) {
  world_start(&w, FCL_LOOP_UV, answer_before_data);
  filter_new(&x, &w, 10, 3);
  fcl_request_start(x.request);
  fcl_request_write(x.request, "0123456789", 10);
  fcl_request_finish(x.request);
  world_wait_point(&w, "begun");
  world_wait(&w, &x.bodies, 1);
  fcl_request_data(x.request, "abc", 3);
  exchange_wait(&x);
  ck_assert_done(&x);
  ck_assert_uint_eq(x.received, 2);
}
END_TEST

static void answer_and_go(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_params(s);
  while (!fcl_script_seen(s)->in.ended && fcl_script_read(s, 1))
    ;
  fcl_script_answer(s, HELLO);
  fcl_script_read_eof(s);
}

START_TEST(an_answer_before_all_of_the_data_leaves_no_connection) {
  world_start(&w, FCL_LOOP_UV, answer_and_go);
  filter_new(&x, &w, 0, 3);
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_done(&x);
}
END_TEST

static _Atomic size_t cut; /* for the script's thread */

static void filter_cut(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_script_read_request(s);
    fcl_script_cut(s, cut);
    fcl_script_answer(s, HELLO);
  }
}

START_TEST(a_filters_answer_is_the_same_cut_at_any_byte) {
  world_start(&w, FCL_LOOP_UV, filter_cut);
  for (cut = 1; cut < 8 + 33 + 8 + 16; cut += (size_t) test_loop_step()) {
    filter_start(&f, &x, &w, 3, 5, 2);
    filter_wait(&f);
    ck_assert_done(&x);
    ck_assert_uint_eq(x.received, 5);
  }
}
END_TEST

int main(void) {
  TCase *t = wire_case("wire filters");
  test_add_loop(t, a_filter_is_sent_its_body_and_then_its_data, 0, 2 * SIZES * SIZES);
  tcase_add_test(t, single_bytes_make_body_and_data);
  tcase_add_loop_test(t, data_waits_for_room_as_a_body_does, 0, 20);
  tcase_add_test(t, a_filters_request_is_these_bytes);
  tcase_add_test(t, finish_said_again_does_not_end_the_data);
  tcase_add_test(t, data_may_be_larger_than_4_GiB);
  tcase_add_test(t, more_data_than_announced_is_never_sent);
  tcase_add_test(t, data_before_the_end_of_the_body_is_refused);
  tcase_add_test(t, data_is_for_filters_only);
  tcase_add_loop_test(t, a_filter_must_be_told_of_its_data, 0, 5);
  tcase_add_test(t, a_canceled_filter_never_ends_its_data);
  tcase_add_test(t, clocks_stand_still_while_data_is_awaited);
  tcase_add_test(t, a_filter_may_not_answer_before_its_body_is_sent);
  tcase_add_test(t, a_filter_may_answer_while_its_data_comes);
  tcase_add_test(t, an_answer_before_all_of_the_data_leaves_no_connection);
  tcase_add_test(t, a_filters_answer_is_the_same_cut_at_any_byte);
  return test_suite_run("wire_filters", &t, 1);
}
