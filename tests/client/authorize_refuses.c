/* authorize_refuses.c: every other answer, and every failure, is the request's own. */
#include "client/gate.h"

/* ---- It does not pass ---- */

START_TEST(any_other_answer_is_the_requests_own) { /* KF-143 */
  static const struct {
    const char *said, *log;
  } cases[] = {
      {DENY, "head 403; body \"no\"; done OK; "},
      {"Status: 401\nWWW-Authenticate: Basic\nVariable-A: 1\n\n", "head 401; done OK; "},
      {"Location: /login\n\n", "head 302; done OK; "},
      {"Status: 204\n\nab", "head 204; done OK; "},
      {"Status: 201\nContent-Length: 2\n\nab", "head 201; body \"ab\"; done OK; "},
      {"Status: 500\n\noh", "head 500; body \"oh\"; done OK; "},
      {"no head\n\n", "done HEAD; "},
      {"Error: no database\n\n", "done HEAD; "},
      {"Content-Length: 2\nVariable-A: 1\n\nab", "done HEAD; "},
      {"Content-Type:\n\n", "done HEAD; "},
      {"Status: 200", "done HEAD; "},
      {"Status: 200\nContent-Length: 9\n\nab", "done TRUNCATED; "},
  };
  said = cases[_i].said;
  gate_start(gate_say, gate_left_alone);
  for (cut = 0; cut < 24 + 8 + strlen(said); cut += (size_t) test_loop_step()) {
    gate_get();
    gate_join(x.log);
    ck_assert_msg(strcmp(x.log, cases[_i].log) == 0, "cut at %zu: %s, %s", cut, x.log,
                  x.result.error.text);
  }
}
END_TEST

START_TEST(a_raw_request_hears_the_head_of_a_refusal) {
  said = DENY;
  gate_start(gate_say, gate_left_alone);
  gate_request("GET");
  fcl_request_raw(x.request);
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "head 403; body \"no\"; done OK; ");
}
END_TEST

START_TEST(a_denial_of_head_has_no_body) {
  said = DENY;
  gate_start(gate_say, gate_left_alone);
  gate_request("HEAD");
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "head 403; done OK; ");
}
END_TEST

/* Ends after `cut` bytes of a complete 200. */
static const char complete_pass[] = "\1\6\0\1\0\25\0\0"
                                    "Status: 200 OK\r\n\r\nabc" OUT_END "\1\3\0\1\0\10\3\0"
                                    "\0\0\0\0\0\0\0\0"
                                    "zzz";
#define PASS_END (sizeof complete_pass - 1 - 3)

static void end_early(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_script_read_request(s);
    fcl_script_send(s, complete_pass, cut);
    fcl_script_may_close(s);
    fcl_script_close(s);
  }
}

static void serve_one(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_script_read_request(s);
    fcl_script_expect(s, cut >= PASS_END, "nobody comes before all of the 200 was said");
    fcl_script_answer(s, HELLO);
  }
}

START_TEST(only_a_complete_200_passes) {
  gate_start(end_early, serve_one);
  for (cut = 0; cut < sizeof complete_pass; cut += (size_t) test_loop_step()) {
    gate_get();
    if (cut >= PASS_END)
      ck_assert_log(&x, "head 200; body \"hello\"; done OK; ");
    else
      ck_assert_error(&x, x.result.error.code == FCL_E_IO ? FCL_E_IO : FCL_E_TRUNCATED, "gate: ");
    ck_assert_uint_eq(x.heads, cut >= PASS_END);
  }
}
END_TEST

static void whole_by_length(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_request(s);
  fcl_script_stdout(s, "Status: 200\nContent-Length: 2\n\nab");
  fcl_script_close(s);
}

START_TEST(a_200_that_is_whole_by_its_length_alone_does_not_pass) {
  gate_start(whole_by_length, gate_left_alone);
  gate_get();
  ck_assert_error(&x, FCL_E_TRUNCATED, "did not end the request");
}
END_TEST

static void end_as(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_stdout(s, now == FCL_UNKNOWN_ROLE ? "" : PASS);
  fcl_script_end_request(s, now ? 0 : 7, (unsigned) now);
}

START_TEST(a_200_that_ends_in_failure_does_not_pass) {
  static const fcl_code codes[] = {FCL_E_TRUNCATED, FCL_E_OVERLOADED, FCL_E_OVERLOADED, FCL_E_ROLE};
  now = _i;
  gate_start(end_as, gate_left_alone);
  gate_get();
  ck_assert_error(&x, codes[_i], "gate: ");
  ck_assert_uint_eq(x.heads, 0);
  ck_assert_uint_eq(x.result.app_status, _i ? 0 : 7);
}
END_TEST

static void violate(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_request(s);
  fcl_script_stdout(s, PASS);
  fcl_script_send(s, "\2\6\0\1\0\0\0\0", 8);
  fcl_script_read_eof(s);
}

START_TEST(a_200_and_a_violation_do_not_pass) {
  gate_start(violate, gate_left_alone);
  gate_get();
  ck_assert_error(&x, FCL_E_PROTOCOL, "gate: ");
}
END_TEST

START_TEST(the_clocks_are_the_authorizers) {
  gate_options.first_ms = 30;
  w.options.request_ms = w.options.queue_ms = 10;
  gate_start(gate_silent, gate_left_alone);
  gate_get();
  ck_assert_error(&x, FCL_E_TIMEOUT_FIRST, "gate: ");
}
END_TEST

static void refuse_all(fcl_script *s, void *user) {
  fcl_script_refuse(s);
  fcl_script_signal(s, "refusing");
}

START_TEST(an_authorizer_that_cannot_be_reached_is_an_error) {
  gate_start(refuse_all, gate_left_alone);
  ck_assert(fcl_script_wait(gate, "refusing"));
  gate_get();
  ck_assert_error(&x, FCL_E_CONNECT, "gate: ");
  ck_assert_uint_gt(x.result.retry_after_s + 1, 0);
}
END_TEST

START_TEST(an_authorizer_of_another_client_is_refused) {
  fcl_client_options own_thread = {0};
  fcl_client *other;
  fcl_pool_options o = {0};
  const char *addresses[] = {system_nowhere, NULL};
  fcl_pool *pool;
  o.addresses = addresses;
  gate_start(gate_left_alone, gate_left_alone);
  ck_assert_int_eq(fcl_client_new(&other, &own_thread, NULL), FCL_OK);
  ck_assert_int_eq(fcl_pool_new(&pool, other, &o, NULL), FCL_OK);
  exchange_new(&x, &w, "GET");
  fcl_request_authorize(x.request, pool);
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_E_INVAL, "pool of another client");
  fcl_client_close(other, NULL, NULL);
  fcl_client_join(other);
}
END_TEST

TCase *authorize_refuses(void) {
  TCase *t = tcase_create("denying");
  tcase_add_loop_test(t, any_other_answer_is_the_requests_own, 0, 12);
  tcase_add_test(t, a_raw_request_hears_the_head_of_a_refusal);
  tcase_add_test(t, a_denial_of_head_has_no_body);
  tcase_add_test(t, only_a_complete_200_passes);
  tcase_add_test(t, a_200_that_is_whole_by_its_length_alone_does_not_pass);
  tcase_add_loop_test(t, a_200_that_ends_in_failure_does_not_pass, 0, 4);
  tcase_add_test(t, a_200_and_a_violation_do_not_pass);
  tcase_add_test(t, the_clocks_are_the_authorizers);
  tcase_add_test(t, an_authorizer_that_cannot_be_reached_is_an_error);
  tcase_add_test(t, an_authorizer_of_another_client_is_refused);
  return t;
}
