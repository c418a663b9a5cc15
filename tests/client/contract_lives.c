/* contract_lives.c: who keeps whom, who may call what from where, and when a borrowed loop may end
 * (sentence 10). */
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

START_TEST(a_request_that_was_never_started_is_freed) {
  world_start(&w, (fcl_loop) _i, NULL);
  exchange_new(&x, &w, "GET");
  fcl_request_free(x.request);
  exchange_get(&y, &w); /* with the same memory, perhaps */
  exchange_wait(&y);
  ck_assert_log(&x, "");
  ck_assert_error(&y, FCL_OK, "");
}
END_TEST

START_TEST(a_request_that_has_an_error_is_freed_before_start) {
  world_start(&w, (fcl_loop) _i, NULL);
  exchange_new(&x, &w, "GET");
  fcl_request_param(x.request, "A=B", "");
  fcl_request_free(x.request);
  world_close(&w);
  ck_assert_log(&x, "");
}
END_TEST

START_TEST(a_request_outlives_its_pool) {
  world_start(&w, (fcl_loop) _i, NULL);
  exchange_new(&x, &w, "GET");
  fcl_pool_close(w.pool, 0);
  world_pass(&w, 20);
  fcl_request_param(x.request, "STILL", "there");
  fcl_request_start(x.request);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_E_CLOSING, "test: ");
}
END_TEST

START_TEST(a_request_outlives_its_client) {
  world_start(&w, (fcl_loop) _i, NULL);
  exchange_new(&x, &w, "GET");
  world_close(&w);
  fcl_request_param(x.request, "STILL", "there");
  fcl_request_free(x.request);
  ck_assert_log(&x, "");
}
END_TEST

/* No loop is left, and yet on_done must come. */
START_TEST(a_request_started_after_its_client_was_closed_is_told_inside_that_call) {
  world_start(&w, (fcl_loop) _i, NULL);
  exchange_new(&x, &w, "POST");
  fcl_request_body(x.request, 3, FCL_BODY_STREAM);
  x.is_kept = 1;
  world_close(&w);
  w.is_over = 1;
  fcl_request_start(x.request);
  ck_assert_error(&x, FCL_E_CLOSING, "test: ");
  fcl_request_write(x.request, "abc", 3);
  fcl_request_finish(x.request);
  ck_assert_log(&x, "done CLOSING; ");
  fcl_request_free(x.request);
}
END_TEST

START_TEST(a_client_that_closes_takes_no_new_pool) {
  const char *addresses[] = {system_refusing, NULL};
  fcl_pool_options o = {0};
  fcl_pool *late;
  fcl_error e;
  world_start(&w, (fcl_loop) _i, NULL);
  o.addresses = addresses;
  o.name = "late";
  fcl_client_close(w.client, NULL, NULL);
  ck_assert_int_eq(fcl_pool_new(&late, w.client, &o, &e), FCL_E_CLOSING);
  ck_assert_ptr_null(late);
  ck_assert_msg(strstr(e.text, "late: ") == e.text, "%s", e.text);
  if (w.mode == FCL_LOOP_UV)
    uv_run(&w.loop, UV_RUN_DEFAULT);
  else
    fcl_client_join(w.client);
  w.client = NULL;
  w.closed = 1;
}
END_TEST

START_TEST(a_request_that_is_done_outlives_its_client) {
  world_start(&w, (fcl_loop) _i, NULL);
  x.is_kept = 1;
  exchange_get(&x, &w);
  exchange_wait(&x);
  world_close(&w);
  fcl_request_cancel(x.request);
  fcl_request_free(x.request);
  ck_assert_log(&x, "head 200; body \"hello\"; done OK; ");
}
END_TEST

static void hold_on(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_params(s);
  fcl_script_signal(s, "begun");
  fcl_script_wait(s, "go");
  fcl_script_read_request(s);
  fcl_script_answer(s, HELLO);
}

START_TEST(a_running_request_keeps_a_pool_that_is_closed_to_others) {
  world_start(&w, (fcl_loop) _i, hold_on);
  exchange_get(&x, &w);
  world_wait_point(&w, "begun");
  exchange_new(&y, &w, "GET");
  fcl_pool_close(w.pool, FCL_NEVER);
  fcl_request_start(y.request);
  exchange_wait(&y);
  ck_assert_error(&y, FCL_E_CLOSING, "test");
  fcl_script_signal(w.script, "go");
  exchange_wait(&x);
  ck_assert_error(&x, FCL_OK, "");
}
END_TEST

/* ---- Verbs of any thread ---- */

static void call_verbs(void *arg) {
  fcl_request *r = arg;
  fcl_request_start(r);
  fcl_request_write(r, "abc", 3);
  fcl_request_finish(r);
}

static void resume(void *arg) {
  fcl_request_resume(arg);
}

static void free_it(void *arg) {
  fcl_request_free(arg);
}

static void elsewhere(void (*what)(void *)) {
  uv_thread_t thread;
  ck_assert_int_eq(uv_thread_create(&thread, what, x.request), 0);
  uv_thread_join(&thread);
}

/* A loop of one's own sleeps; it is the verbs that must wake it. */
START_TEST(verbs_of_another_thread_are_acted_on) {
  world_start(&w, (fcl_loop) _i, NULL);
  world_rest(&w);
  exchange_new(&x, &w, "POST");
  x.is_kept = 1;
  x.body_flow = FCL_HOLD;
  fcl_request_body(x.request, 3, FCL_BODY_STREAM);
  elsewhere(call_verbs);
  world_wait(&w, &x.bodies, 1);
  elsewhere(resume);
  exchange_wait(&x);
  ck_assert_log(&x, "sent OK; head 200; body \"hello\"; done OK; ");
  elsewhere(free_it);
}
END_TEST

/* ---- A borrowed loop ---- */

START_TEST(a_borrowed_loop_ends_when_the_client_is_idle) {
  world_start(&w, FCL_LOOP_UV, NULL);
  ck_assert_int_eq(uv_run(&w.loop, UV_RUN_DEFAULT), 0);
  exchange_get(&x, &w);
  ck_assert_int_eq(uv_run(&w.loop, UV_RUN_DEFAULT), 0); /* it returns, with a kept connection */
  ck_assert_log(&x, "head 200; body \"hello\"; done OK; ");
  exchange_get(&y, &w);
  ck_assert_int_eq(uv_run(&w.loop, UV_RUN_DEFAULT), 0);
  ck_assert_uint_eq(y.dones, 1);
}
END_TEST

static void one_connection(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_answer(s, HELLO);
  fcl_script_read_request(s);
  fcl_script_expect(s, fcl_script_seen(s)->number == 2, "the connection is used again");
  fcl_script_answer(s, HELLO);
}

START_TEST(a_kept_connection_outlives_the_end_of_the_loop) {
  world_start(&w, FCL_LOOP_UV, one_connection);
  exchange_get(&x, &w);
  uv_run(&w.loop, UV_RUN_DEFAULT);
  exchange_get(&y, &w);
  uv_run(&w.loop, UV_RUN_DEFAULT);
  ck_assert_error(&y, FCL_OK, "");
}
END_TEST

START_TEST(a_running_request_keeps_a_borrowed_loop_running) {
  world_start(&w, FCL_LOOP_UV, hold_on);
  exchange_get(&x, &w);
  world_wait_point(&w, "begun");
  ck_assert_int_ne(uv_loop_alive(&w.loop), 0);
  fcl_script_signal(w.script, "go");
  uv_run(&w.loop, UV_RUN_DEFAULT);
  ck_assert_error(&x, FCL_OK, "");
}
END_TEST

START_TEST(a_held_span_keeps_a_borrowed_loop_running) {
  world_start(&w, FCL_LOOP_UV, NULL);
  x.body_flow = FCL_HOLD;
  exchange_get(&x, &w);
  world_wait(&w, &x.bodies, 1);
  world_rest(&w);
  ck_assert_int_ne(uv_loop_alive(&w.loop), 0);
  fcl_request_resume(x.request);
  uv_run(&w.loop, UV_RUN_DEFAULT);
  ck_assert_uint_eq(x.dones, 1);
}
END_TEST

START_TEST(a_request_that_waits_for_its_body_keeps_a_borrowed_loop_running) {
  world_start(&w, FCL_LOOP_UV, hold_on);
  exchange_post(&x, &w, 3);
  world_wait_point(&w, "begun");
  ck_assert_int_ne(uv_loop_alive(&w.loop), 0);
  fcl_script_signal(w.script, "go");
  fcl_request_write(x.request, "abc", 3);
  fcl_request_finish(x.request);
  uv_run(&w.loop, UV_RUN_DEFAULT);
  ck_assert_error(&x, FCL_OK, "");
}
END_TEST

START_TEST(a_note_keeps_a_borrowed_loop_running_until_it_is_acted_on) {
  world_start(&w, FCL_LOOP_UV, NULL);
  exchange_new(&x, &w, "GET");
  uv_run(&w.loop, UV_RUN_DEFAULT);
  fcl_request_wake(x.request);
  uv_run(&w.loop, UV_RUN_DEFAULT);
  ck_assert_uint_eq(x.wakes, 1);
  fcl_request_free(x.request);
}
END_TEST

START_TEST(a_closing_client_keeps_a_borrowed_loop_running_until_closed) {
  world_start(&w, FCL_LOOP_UV, NULL);
  exchange_get(&x, &w);
  uv_run(&w.loop, UV_RUN_DEFAULT);
  fcl_client_close(w.client, NULL, NULL);
  uv_run(&w.loop, UV_RUN_DEFAULT);
  ck_assert_int_eq(uv_loop_alive(&w.loop), 0);
  ck_assert_uint_eq(w.memory.live, 0);
  w.client = NULL;
  w.closed = 1;
}
END_TEST

TCase *contract_lives(void) {
  TCase *t = tcase_create("lives");
  tcase_add_checked_fixture(t, setup, teardown);
  add_in_each_loop(t, a_request_that_was_never_started_is_freed);
  add_in_each_loop(t, a_request_that_has_an_error_is_freed_before_start);
  add_in_each_loop(t, a_request_outlives_its_pool);
  add_in_each_loop(t, a_request_outlives_its_client);
  add_in_each_loop(t, a_request_started_after_its_client_was_closed_is_told_inside_that_call);
  add_in_each_loop(t, a_client_that_closes_takes_no_new_pool);
  add_in_each_loop(t, a_request_that_is_done_outlives_its_client);
  add_in_each_loop(t, a_running_request_keeps_a_pool_that_is_closed_to_others);
  add_in_each_loop(t, verbs_of_another_thread_are_acted_on);
  tcase_add_test(t, a_borrowed_loop_ends_when_the_client_is_idle);
  tcase_add_test(t, a_kept_connection_outlives_the_end_of_the_loop);
  tcase_add_test(t, a_running_request_keeps_a_borrowed_loop_running);
  tcase_add_test(t, a_held_span_keeps_a_borrowed_loop_running);
  tcase_add_test(t, a_request_that_waits_for_its_body_keeps_a_borrowed_loop_running);
  tcase_add_test(t, a_note_keeps_a_borrowed_loop_running_until_it_is_acted_on);
  tcase_add_test(t, a_closing_client_keeps_a_borrowed_loop_running_until_closed);
  return t;
}
