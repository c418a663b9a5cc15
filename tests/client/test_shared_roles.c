/* test_shared_roles.c: authorizers, filters, raw answers and spoiled ones on a connection that
 * requests share. */
#include "client/wire.h"
#include <stdlib.h>

static world w;
static exchange a, b;
static filter f;

static void setup(void) {
  memset(&w, 0, sizeof w);
  memset(&a, 0, sizeof a);
  memset(&b, 0, sizeof b);
  w.multiplexed = 1;
  w.options.per_connection = 10;
}

static void teardown(void) {
  world_end(&w);
}

static void answer_id(fcl_script *s, unsigned id, const char *text) {
  char end[8] = {0};
  fcl_script_send_record(s, FCL_STDOUT, id, text, strlen(text), 0);
  fcl_script_send_record(s, FCL_STDOUT, id, NULL, 0, 0);
  fcl_script_send_record(s, FCL_END_REQUEST, id, end, 8, 0);
}

static void read_next(fcl_script *s) {
  fcl_script_read_begin(s);
  fcl_script_read_request(s);
}

/* ---- Roles ---- */

static void authorize_and_answer(fcl_script *s, void *user) {
  fcl_script_accept(s);
  read_next(s);
  fcl_script_expect_begin(s, FCL_AUTHORIZER, FCL_KEEP_CONN);
  answer_id(s, fcl_script_id(s), "Status: 200\nVariable-REMOTE_USER: jo\n\n");
  read_next(s);
  fcl_script_expect_begin(s, FCL_RESPONDER, FCL_KEEP_CONN);
  fcl_script_expect_param(s, "REMOTE_USER", "jo");
  answer_id(s, fcl_script_id(s), HELLO);
}

START_TEST(an_authorizer_may_share_the_connection_of_whom_it_lets_through) {
  world_start(&w, FCL_LOOP_UV, authorize_and_answer);
  exchange_new(&a, &w, "GET");
  fcl_request_authorize(a.request, w.pool);
  fcl_request_start(a.request);
  fcl_request_finish(a.request);
  exchange_wait(&a);
  ck_assert_log(&a, "head 200; body \"hello\"; done OK; ");
}
END_TEST

static void take_filter(fcl_script *s, void *user) {
  const fcl_seen *seen;
  fcl_script_accept(s);
  read_next(s);
  fcl_script_expect_begin(s, FCL_FILTER, FCL_KEEP_CONN);
  fcl_script_expect_body_hash(s, f.body, wire_hash(f.body));
  seen = fcl_script_seen(s);
  fcl_script_expect(s, seen && seen->data.ended && seen->data.hash == wire_hash(f.data),
                    "DATA came whole");
  answer_id(s, fcl_script_id(s), HELLO);
  read_next(s);
  answer_id(s, fcl_script_id(s), HELLO);
}

static const size_t sizes[] = {0, 1, 65528, 300000};

START_TEST(a_filter_is_sent_body_and_data) {
  world_start(&w, FCL_LOOP_UV, take_filter);
  filter_start(&f, &a, &w, sizes[_i % 4], sizes[_i / 4], 50000);
  filter_wait(&f);
  ck_assert_done(&a);
  wire_get(&b, &w); /* on the same connection */
  ck_assert_done(&b);
}
END_TEST

static void answer_early(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_begin(s);
  fcl_script_read_body(s, 1);
  fcl_script_send_record(s, FCL_STDOUT, fcl_script_id(s), HELLO, strlen(HELLO), 0);
  fcl_script_flush(s);
  read_next(s);
  answer_id(s, fcl_script_id(s), HELLO);
}

START_TEST(a_filter_that_answers_before_its_body_is_sent_harms_itself_alone) {
  world_start(&w, FCL_LOOP_UV, answer_early);
  filter_new(&a, &w, 2, 0);
  fcl_request_start(a.request);
  fcl_request_write(a.request, "a", 1);
  exchange_wait(&a);
  ck_assert_error(&a, FCL_E_PROTOCOL, "before STDIN was over");
  wire_get(&b, &w);
  ck_assert_done(&b);
}
END_TEST

/* ---- Answers ---- */

static void answer_no_head(fcl_script *s, void *user) {
  fcl_script_accept(s);
  read_next(s);
  answer_id(s, fcl_script_id(s), "no head");
}

START_TEST(a_raw_answer_comes_as_it_is) {
  world_start(&w, FCL_LOOP_UV, answer_no_head);
  exchange_new(&a, &w, "GET");
  fcl_request_raw(a.request);
  fcl_request_start(a.request);
  fcl_request_finish(a.request);
  exchange_wait(&a);
  ck_assert_log(&a, "body \"no head\"; done OK; ");
}
END_TEST

static void spoil_one(fcl_script *s, void *user) {
  fcl_script_accept(s);
  read_next(s);
  read_next(s);
  fcl_script_send_record(s, FCL_STDERR, 1, "oops", 4, 0);
  fcl_script_drain(s);
  fcl_script_signal(s, "spoiled");
  fcl_script_wait(s, "go on");
  answer_id(s, 2, HELLO);
  answer_id(s, 1, HELLO);
}

START_TEST(who_writes_to_stderr_spoils_its_own_answer_alone) {
  static const fcl_stderr modes[] = {FCL_STDERR_IN_500, FCL_STDERR_TERMINATE};
  w.options.stderr_mode = modes[_i];
  world_start(&w, FCL_LOOP_UV, spoil_one);
  exchange_get(&a, &w);
  exchange_get(&b, &w);
  world_wait_point(&w, "spoiled");
  if (_i)
    exchange_wait(&a); /* at once */
  fcl_script_signal(w.script, "go on");
  exchange_wait(&a);
  exchange_wait(&b);
  ck_assert_error(&a, FCL_E_STDERR, "oops");
  ck_assert_log(&b, "head 200; body \"hello\"; done OK; ");
}
END_TEST

int main(void) {
  TCase *t = tcase_create("shared_roles");
  tcase_set_timeout(t, 60);
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, an_authorizer_may_share_the_connection_of_whom_it_lets_through);
  tcase_add_loop_test(t, a_filter_is_sent_body_and_data, 0, 16);
  tcase_add_test(t, a_filter_that_answers_before_its_body_is_sent_harms_itself_alone);
  tcase_add_test(t, a_raw_answer_comes_as_it_is);
  tcase_add_loop_test(t, who_writes_to_stderr_spoils_its_own_answer_alone, 0, 2);
  return test_suite_run("shared_roles", &t, 1);
}
