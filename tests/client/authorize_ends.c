/* authorize_ends.c: lends, cancels and closing pools while an authorizer is asked. */
#include "client/gate.h"
#include <stdlib.h>

/* ---- Lends ---- */

static void resume_later(exchange *e, const char *what) {
  if (strcmp(what, "head") == 0 || strcmp(what, "body") == 0)
    fcl_request_resume(e->request);
}

START_TEST(a_denial_can_be_held_and_resumed) {
  said = DENY;
  gate_start(gate_say, gate_left_alone);
  for (cut = 0; cut < 60; cut += (size_t) test_loop_step()) {
    gate_request("GET");
    x.head_flow = x.body_flow = FCL_HOLD;
    x.then = resume_later;
    fcl_request_start(x.request);
    fcl_request_finish(x.request);
    exchange_wait(&x);
    gate_join(x.log);
    ck_assert_log(&x, "head 403; body \"no\"; done OK; ");
  }
}
END_TEST

START_TEST(a_canceled_denial_waits_for_what_is_held) {
  said = DENY;
  gate_start(gate_say, gate_left_alone);
  gate_request("GET");
  x.head_flow = _i ? FCL_NEXT : FCL_HOLD;
  x.body_flow = FCL_HOLD;
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
  world_wait(&w, _i ? &x.bodies : &x.heads, 1);
  fcl_request_cancel(x.request);
  world_rest(&w);
  ck_assert_uint_eq(x.dones, 0);
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, _i ? "head 403; body \"no\"; done CANCELED; " : "head 403; done CANCELED; ");
}
END_TEST

START_TEST(what_is_lent_comes_back_from_a_denial) {
  said = DENY;
  gate_start(gate_say, gate_left_alone);
  gate_upload(3000, 1000);
  x.then = NULL;
  exchange_wait(&x);
  ck_assert_log(&x, "head 403; body \"no\"; sent OK; done OK; ");
  ck_assert_uint_eq(x.result.sent, 0);
  free(u.bytes);
}
END_TEST

START_TEST(a_body_that_is_too_long_ends_it_while_it_is_asked) {
  gate_start(gate_silent, gate_left_alone);
  gate_request("POST");
  fcl_request_body(x.request, 3, FCL_BODY_REFUSE);
  fcl_request_start(x.request);
  fcl_request_write(x.request, "abcd", 4);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_E_BODY, "1 bytes more");
}
END_TEST

static void complain(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_stderr(s, "who is that");
  fcl_script_answer(s, PASS);
}

START_TEST(its_stderr_comes_through_the_same_callback) {
  gate_start(complain, NULL);
  gate_get();
  ck_assert_log(&x, "err \"who is that\"; head 200; body \"hello\"; done OK; ");
}
END_TEST

static void complain_late(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_stdout(s, PASS);
  fcl_script_stderr(s, "not quite");
  fcl_script_end_request(s, 0, FCL_REQUEST_COMPLETE);
}

START_TEST(a_200_with_stderr_does_not_pass_where_stderr_counts) {
  gate_options.stderr_mode = FCL_STDERR_IN_500;
  gate_start(_i ? complain_late : complain, gate_left_alone);
  gate_get();
  ck_assert_error(&x, FCL_E_STDERR, "gate: ");
  ck_assert_uint_eq(x.heads, 0);
}
END_TEST

/* ---- Cancel, close ---- */

START_TEST(it_can_be_canceled_while_it_is_asked) {
  gate_start(gate_silent, gate_left_alone);
  gate_ask();
  if (_i)
    world_rest(&w);
  fcl_request_cancel(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "done CANCELED; ");
}
END_TEST

/* It is canceled inside each of the callbacks that the denial makes. */
static void cancel_there(exchange *e, const char *what) {
  if (strcmp(what, now ? "body" : "head") == 0)
    fcl_request_cancel(e->request);
}

START_TEST(nothing_comes_behind_a_cancel_of_a_denial) {
  now = _i;
  said = DENY;
  gate_start(gate_say, gate_left_alone);
  for (cut = 0; cut < 60; cut += (size_t) test_loop_step()) {
    gate_request("GET");
    x.then = cancel_there;
    fcl_request_start(x.request);
    fcl_request_finish(x.request);
    exchange_wait(&x);
    ck_assert_uint_eq(x.bodies, (unsigned) _i);
    ck_assert_ptr_nonnull(strstr(x.log, "done CANCELED; "));
  }
}
END_TEST

START_TEST(pools_that_drain_serve_what_is_being_asked) {
  said = PASS;
  gate_start(gate_say, NULL);
  gate_ask();
  if (_i)
    world_turn(&w);
  fcl_pool_close(w.pool, FCL_NEVER);
  fcl_pool_close(gate_pool, FCL_NEVER);
  exchange_wait(&x);
  ck_assert_log(&x, "head 200; body \"hello\"; done OK; ");
}
END_TEST

static void pass_when_told(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_request(s);
  fcl_script_signal(s, "asked");
  fcl_script_wait(s, "go on");
  fcl_script_answer(s, PASS);
}

static void turn_until_asked(void) {
  while (!fcl_script_reached(gate, "asked"))
    world_turn(&w);
}

START_TEST(a_pool_that_drains_takes_nothing_new_while_another_is_asked) {
  exchange late = {0};
  gate_start(pass_when_told, NULL);
  gate_ask();
  turn_until_asked();
  fcl_pool_close(w.pool, FCL_NEVER);
  world_rest(&w);
  exchange_get(&late, &w);
  exchange_wait(&late);
  ck_assert_error(&late, FCL_E_CLOSING, "");
  fcl_script_signal(gate, "go on");
  exchange_wait(&x);
  ck_assert_done(&x);
}
END_TEST

START_TEST(a_pool_that_is_closed_while_it_is_asked_fails_the_request) {
  gate_start(pass_when_told, gate_left_alone);
  gate_ask();
  turn_until_asked();
  fcl_pool_close(w.pool, 0);
  world_rest(&w);
  fcl_script_signal(gate, "go on");
  exchange_wait(&x);
  ck_assert_error(&x, FCL_E_CLOSING, "test: ");
}
END_TEST

START_TEST(a_closed_pool_asks_nobody) {
  gate_start(gate_left_alone, gate_left_alone);
  gate_request("GET");
  fcl_pool_close(w.pool, 0);
  world_rest(&w);
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_E_CLOSING, "test: ");
}
END_TEST

START_TEST(an_authorizer_that_is_closed_lets_nobody_through) {
  gate_start(gate_left_alone, gate_left_alone);
  gate_request("GET");
  fcl_pool_close(gate_pool, 0);
  world_rest(&w);
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_E_CLOSING, "gate: ");
}
END_TEST

START_TEST(a_client_that_closes_ends_what_is_being_asked) {
  gate_start(gate_silent, gate_left_alone);
  gate_ask();
  turn_until_asked();
  world_close(&w);
  ck_assert_error(&x, FCL_E_CLOSING, "gate: ");
}
END_TEST

START_TEST(a_request_that_is_never_started_lets_go_of_both_pools) {
  gate_start(gate_left_alone, gate_left_alone);
  gate_request("GET");
  fcl_request_free(x.request);
}
END_TEST

/* ---- Loops ---- */

START_TEST(each_kind_of_loop_asks) {
  mode = (fcl_loop) _i;
  said = PASS;
  gate_start(gate_say, NULL);
  gate_get();
  ck_assert_log(&x, "head 200; body \"hello\"; done OK; ");
  mode = FCL_LOOP_UV;
}
END_TEST

START_TEST(a_cancel_of_another_thread_may_come_at_any_moment) {
  int n, i;
  mode = FCL_LOOP_THREAD;
  said = _i ? DENY : PASS;
  gate_start(gate_say, NULL);
  for (n = 0; n < 300; n++) {
    gate_request("GET");
    x.is_kept = 1; /* on_done, on the loop's thread, must not free what is canceled here */
    fcl_request_start(x.request);
    fcl_request_finish(x.request);
    for (i = 0; i < n * 20; i++)
      atomic_load(&asked); /* a little later each time */
    fcl_request_cancel(x.request);
    exchange_wait(&x);
    ck_assert(x.result.error.code == FCL_OK || x.result.error.code == FCL_E_CANCELED);
    ck_assert_uint_eq(x.dones, 1);
    fcl_request_free(x.request);
  }
  mode = FCL_LOOP_UV;
}
END_TEST

TCase *authorize_lends(void) {
  TCase *t = tcase_create("lends");
  tcase_add_test(t, a_denial_can_be_held_and_resumed);
  tcase_add_loop_test(t, a_canceled_denial_waits_for_what_is_held, 0, 2);
  tcase_add_test(t, what_is_lent_comes_back_from_a_denial);
  tcase_add_test(t, a_body_that_is_too_long_ends_it_while_it_is_asked);
  tcase_add_test(t, its_stderr_comes_through_the_same_callback);
  tcase_add_loop_test(t, a_200_with_stderr_does_not_pass_where_stderr_counts, 0, 2);
  return t;
}

TCase *authorize_ends(void) {
  TCase *t = tcase_create("ends");
  tcase_add_loop_test(t, it_can_be_canceled_while_it_is_asked, 0, 2);
  tcase_add_loop_test(t, nothing_comes_behind_a_cancel_of_a_denial, 0, 2);
  tcase_add_loop_test(t, pools_that_drain_serve_what_is_being_asked, 0, 2);
  tcase_add_test(t, a_pool_that_drains_takes_nothing_new_while_another_is_asked);
  tcase_add_test(t, a_pool_that_is_closed_while_it_is_asked_fails_the_request);
  tcase_add_test(t, a_closed_pool_asks_nobody);
  tcase_add_test(t, an_authorizer_that_is_closed_lets_nobody_through);
  tcase_add_test(t, a_client_that_closes_ends_what_is_being_asked);
  tcase_add_test(t, a_request_that_is_never_started_lets_go_of_both_pools);
  tcase_add_loop_test(t, each_kind_of_loop_asks, 0, 3);
  tcase_add_loop_test(t, a_cancel_of_another_thread_may_come_at_any_moment, 0, 2);
  return t;
}
