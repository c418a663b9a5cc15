/* contract_calls.c: no callback inside a call, none beside another, all on the loop; and wakes
 * (sentences 1, 2, 8). */
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

/* ---- 1: verbs take note, the loop acts ---- */

static void hello_at_length(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_params(s);
  fcl_script_signal(s, "begun");
  fcl_script_may_close(s);
  fcl_script_stdout(s, TEXT);
  fcl_script_stdout(s, "hello");
  fcl_script_drain(s);
  fcl_script_signal(s, "read");
  fcl_script_read_eof(s);
}

static void start_quietly(void) {
  exchange_new(&x, &w, "POST");
  fcl_request_body(x.request, 4, FCL_BODY_STREAM);
  fcl_request_start(x.request);
}

START_TEST(start_and_finish_call_nothing_back) {
  world_start(&w, FCL_LOOP_UV, NULL);
  exchange_get(&x, &w);
  ck_assert_log(&x, "");
  exchange_wait(&x);
  ck_assert_log(&x, "head 200; body \"hello\"; done OK; ");
}
END_TEST

START_TEST(start_of_what_cannot_start_calls_nothing_back) {
  world_start(&w, FCL_LOOP_UV, NULL);
  exchange_new(&x, &w, "GET");
  fcl_request_param(x.request, "A=B", "c");
  fcl_request_start(x.request);
  ck_assert_log(&x, "");
  exchange_wait(&x);
  ck_assert_log(&x, "done INVAL; ");
}
END_TEST

START_TEST(write_calls_nothing_back) {
  world_start(&w, FCL_LOOP_UV, hello_at_length);
  start_quietly();
  world_wait_point(&w, "begun");
  fcl_request_write(x.request, "abc", 3);
  ck_assert_uint_eq(x.sents, 0);
  world_wait(&w, &x.sents, 1);
}
END_TEST

START_TEST(write_of_too_much_calls_nothing_back) {
  world_start(&w, FCL_LOOP_UV, hello_at_length);
  start_quietly();
  world_wait_point(&w, "begun");
  fcl_request_write(x.request, "abcdef", 6);
  ck_assert_uint_eq(x.sents + x.dones, 0);
  exchange_wait(&x);
}
END_TEST

START_TEST(finish_of_too_little_calls_nothing_back) {
  world_start(&w, FCL_LOOP_UV, hello_at_length);
  start_quietly();
  world_wait_point(&w, "begun");
  fcl_request_finish(x.request);
  ck_assert_uint_eq(x.dones, 0);
  exchange_wait(&x);
}
END_TEST

START_TEST(resume_calls_nothing_back) {
  world_start(&w, FCL_LOOP_UV, hello_at_length);
  x.head_flow = FCL_HOLD;
  start_quietly();
  world_wait(&w, &x.heads, 1);
  world_wait_point(&w, "read");
  fcl_request_resume(x.request);
  ck_assert_log(&x, "head 200; ");
  world_wait(&w, &x.bodies, 1);
}
END_TEST

START_TEST(cancel_calls_nothing_back) {
  world_start(&w, FCL_LOOP_UV, hello_at_length);
  start_quietly();
  world_wait_point(&w, "begun");
  fcl_request_cancel(x.request);
  ck_assert_uint_eq(x.dones, 0);
  exchange_wait(&x);
}
END_TEST

START_TEST(wake_calls_nothing_back) {
  world_start(&w, FCL_LOOP_UV, NULL);
  exchange_new(&x, &w, "GET");
  fcl_request_wake(x.request);
  ck_assert_log(&x, "");
  world_wait(&w, &x.wakes, 1);
  fcl_request_free(x.request);
}
END_TEST

START_TEST(closing_a_pool_calls_nothing_back) {
  world_start(&w, FCL_LOOP_UV, hello_at_length);
  start_quietly();
  world_wait_point(&w, "begun");
  fcl_pool_close(w.pool, 0);
  ck_assert_uint_eq(x.dones, 0);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_E_CLOSING, "test");
}
END_TEST

START_TEST(closing_a_client_calls_nothing_back) {
  world_start(&w, FCL_LOOP_UV, hello_at_length);
  start_quietly();
  world_wait_point(&w, "begun");
  world_rest(&w);
  fcl_client_close(w.client, NULL, NULL);
  ck_assert_uint_eq(x.dones, 0);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_E_CLOSING, "test");
  w.client = NULL;
  uv_run(&w.loop, UV_RUN_DEFAULT);
  w.closed = 1;
}
END_TEST

/* Each verb that can be called there; the world sees that no callback comes inside another. */
static void call_all(exchange *e, const char *what) {
  fcl_request_wake(e->request);
  if (strcmp(what, "head") == 0) {
    fcl_request_write(e->request, "abcd", 4);
    exchange_get(&y, &w);
  } else if (strcmp(what, "sent") == 0) {
    fcl_request_finish(e->request);
  } else if (strcmp(what, "body") == 0) {
    fcl_request_cancel(e->request);
  } else if (strcmp(what, "done") == 0) {
    fcl_pool_close(w.pool, FCL_NEVER);
    e->then = NULL;
  }
}

static void head_then_body(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_params(s);
  fcl_script_stdout(s, TEXT);
  fcl_script_read_request(s);
  fcl_script_stdout(s, "hello");
  while (fcl_script_next(s)) {
    fcl_script_read_request(s);
    fcl_script_answer(s, HELLO);
  }
}

START_TEST(verbs_inside_callbacks_call_nothing_back) {
  world_start(&w, (fcl_loop) _i, head_then_body);
  x.then = call_all;
  x.is_kept = 1;
  start_quietly();
  exchange_wait(&x);
  exchange_wait(&y);
  ck_assert_uint_eq(x.sents, 1);
  ck_assert_error(&x, FCL_E_CANCELED, "canceled");
  ck_assert_error(&y, FCL_OK, "");
  world_wait(&w, &x.wakes, 1);
  fcl_request_free(x.request);
}
END_TEST

/* ---- 2: on the loop, one at a time ---- */

/* The world notes a callback on any other thread than the loop's. */
START_TEST(callbacks_run_on_the_loops_thread) {
  world_start(&w, (fcl_loop) _i, NULL);
  exchange_get(&x, &w);
  exchange_wait(&x);
  ck_assert_int_eq(!world_is_here(&w), w.mode == FCL_LOOP_THREAD);
}
END_TEST

static int plain; /* neither atomic nor locked */
static int seen;

static void read_plain(exchange *e, const char *what) {
  if (strcmp(what, "wake") == 0)
    seen = plain;
}

START_TEST(what_was_written_before_a_verb_is_visible_in_its_callback) {
  int i;
  world_start(&w, FCL_LOOP_THREAD, NULL);
  exchange_new(&x, &w, "GET");
  x.then = read_plain;
  for (i = 1; i <= 100; i++) {
    plain = i;
    fcl_request_wake(x.request);
    world_wait(&w, &x.wakes, (unsigned) i);
    ck_assert_int_eq(seen, i);
  }
  fcl_request_free(x.request);
}
END_TEST

/* ---- 8: wakes ---- */

START_TEST(without_a_wake_there_is_no_on_wake) {
  world_start(&w, (fcl_loop) _i, NULL);
  exchange_get(&x, &w);
  exchange_wait(&x);
  ck_assert_uint_eq(x.wakes, 0);
}
END_TEST

START_TEST(wakes_before_the_loop_turns_are_one_on_wake) {
  world_start(&w, FCL_LOOP_UV, NULL);
  exchange_new(&x, &w, "GET");
  fcl_request_wake(x.request);
  fcl_request_wake(x.request);
  world_wait(&w, &x.wakes, 1);
  world_rest(&w);
  ck_assert_uint_eq(x.wakes, 1);
  fcl_request_free(x.request);
}
END_TEST

static void wake_again(exchange *e, const char *what) {
  if (e->wakes < 5)
    fcl_request_wake(e->request);
}

START_TEST(a_wake_inside_on_wake_is_followed_by_another) {
  world_start(&w, (fcl_loop) _i, NULL);
  exchange_new(&x, &w, "GET");
  x.then = wake_again;
  fcl_request_wake(x.request);
  world_wait(&w, &x.wakes, 5);
  fcl_request_free(x.request);
}
END_TEST

static atomic_int told, heard;

static void hear(exchange *e, const char *what) {
  if (strcmp(what, "wake") == 0)
    atomic_store(&heard, atomic_load(&told));
}

START_TEST(an_on_wake_begins_after_the_last_of_many_wakes) {
  int round;
  world_start(&w, FCL_LOOP_THREAD, NULL);
  exchange_new(&x, &w, "GET");
  x.then = hear;
  for (round = 1; round <= 2000; round++) {
    atomic_store(&told, round);
    fcl_request_wake(x.request);
  }
  while (atomic_load(&heard) < 2000)
    world_pass(&w,
               1); /* for ever, and then the test's own limit ends it, if the last wake was lost */
  ck_assert_uint_le(x.wakes, 2000);
  fcl_request_free(x.request);
}
END_TEST

START_TEST(a_wake_works_before_start_and_after_on_done) {
  world_start(&w, (fcl_loop) _i, NULL);
  exchange_new(&x, &w, "GET");
  x.is_kept = 1;
  fcl_request_wake(x.request);
  world_wait(&w, &x.wakes, 1);
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  fcl_request_wake(x.request);
  world_wait(&w, &x.wakes, 2);
  fcl_request_free(x.request);
}
END_TEST

START_TEST(no_on_wake_comes_after_free) {
  world_start(&w, (fcl_loop) _i, NULL);
  exchange_new(&x, &w, "GET");
  fcl_request_wake(x.request);
  fcl_request_free(x.request);
  exchange_get(&y, &w);
  exchange_wait(&y);
  /* In the loop's own thread the wake may have been first. */
  if (w.mode != FCL_LOOP_THREAD)
    ck_assert_uint_eq(x.wakes, 0);
}
END_TEST

/* on_done frees it while its wake and its cancel are acted on. */
START_TEST(no_on_wake_comes_after_a_free_in_on_done) {
  world_start(&w, FCL_LOOP_UV, NULL);
  exchange_get(&x, &w);
  fcl_request_wake(x.request);
  fcl_request_cancel(x.request);
  exchange_wait(&x);
  world_rest(&w); /* the world notes a callback after on_done */
  ck_assert_uint_le(x.wakes, 1);
}
END_TEST

static void wake_and_free(exchange *e, const char *what) {
  if (strcmp(what, "done") != 0)
    return;
  fcl_request_wake(e->request);
  fcl_request_free(e->request);
}

START_TEST(a_wake_that_has_not_come_is_lost_with_free) {
  world_start(&w, (fcl_loop) _i, NULL);
  x.is_kept = 1;
  x.then = wake_and_free;
  exchange_get(&x, &w);
  exchange_wait(&x);
  world_close(&w);
  ck_assert_uint_eq(x.wakes, 0);
}
END_TEST

START_TEST(no_on_wake_comes_after_the_client_is_closed) {
  world_start(&w, (fcl_loop) _i, NULL);
  exchange_new(&x, &w, "GET");
  world_close(&w);
  fcl_request_wake(x.request);
  ck_assert_uint_eq(x.wakes, 0);
  fcl_request_free(x.request);
}
END_TEST

static int asked, answered;

static void count_wake(exchange *e, const char *what) {
  answered = asked;
}

/* From here on there is a turn in which the client's own handles are being closed. */
static void close_and_wake(uv_check_t *check) {
  if (w.closed)
    return;
  if (asked++ == 0)
    fcl_client_close(w.client, world_closed, &w);
  fcl_request_wake(x.request);
}

START_TEST(the_last_wake_before_closed_is_followed_by_on_wake) {
  static uv_check_t check;
  asked = answered = 0;
  world_start(&w, FCL_LOOP_UV, NULL);
  world_rest(&w);
  exchange_new(&x, &w, "GET");
  x.then = count_wake;
  uv_check_init(&w.loop, &check);
  uv_check_start(&check, close_and_wake);
  uv_async_send(&w.woken); /* so that there is a turn */
  world_wait(&w, &w.closed, 1);
  w.client = NULL;
  uv_close((uv_handle_t *) &check, NULL);
  world_rest(&w);
  ck_assert_int_gt(asked, 1);
  ck_assert_int_eq(answered, asked);
  fcl_request_free(x.request);
}
END_TEST

TCase *contract_calls(void) {
  TCase *t = tcase_create("calls");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, start_and_finish_call_nothing_back);
  tcase_add_test(t, start_of_what_cannot_start_calls_nothing_back);
  tcase_add_test(t, write_calls_nothing_back);
  tcase_add_test(t, write_of_too_much_calls_nothing_back);
  tcase_add_test(t, finish_of_too_little_calls_nothing_back);
  tcase_add_test(t, resume_calls_nothing_back);
  tcase_add_test(t, cancel_calls_nothing_back);
  tcase_add_test(t, wake_calls_nothing_back);
  tcase_add_test(t, closing_a_pool_calls_nothing_back);
  tcase_add_test(t, closing_a_client_calls_nothing_back);
  add_in_each_loop(t, verbs_inside_callbacks_call_nothing_back);
  add_in_each_loop(t, callbacks_run_on_the_loops_thread);
  tcase_add_test(t, what_was_written_before_a_verb_is_visible_in_its_callback);
  add_in_each_loop(t, without_a_wake_there_is_no_on_wake);
  tcase_add_test(t, wakes_before_the_loop_turns_are_one_on_wake);
  add_in_each_loop(t, a_wake_inside_on_wake_is_followed_by_another);
  tcase_add_test(t, an_on_wake_begins_after_the_last_of_many_wakes);
  add_in_each_loop(t, a_wake_works_before_start_and_after_on_done);
  add_in_each_loop(t, no_on_wake_comes_after_free);
  tcase_add_test(t, no_on_wake_comes_after_a_free_in_on_done);
  add_in_each_loop(t, a_wake_that_has_not_come_is_lost_with_free);
  add_in_each_loop(t, no_on_wake_comes_after_the_client_is_closed);
  tcase_add_test(t, the_last_wake_before_closed_is_followed_by_on_wake);
  return t;
}
