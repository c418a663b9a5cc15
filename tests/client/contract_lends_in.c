/* contract_lends_in.c: what the library lends comes back exactly once: by return, or by resume
 * (sentence 3). */
#include "client/contract.h"
#include <string.h>

static world w;
static exchange x;

static void setup(void) {
  memset(&w, 0, sizeof w);
  memset(&x, 0, sizeof x);
}

static void teardown(void) {
  world_end(&w);
}

/* All in one piece, so that more lies in the read block behind each span. */
static void several_records(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_request(s);
  fcl_script_stdout(s, TEXT "one");
  fcl_script_stdout(s, "two");
  fcl_script_answer(s, "three");
}

/* The end follows only when the test says so. */
static void an_open_end(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_request(s);
  fcl_script_stdout(s, TEXT "one");
  fcl_script_stdout(s, "two");
  fcl_script_drain(s);
  fcl_script_signal(s, "drained");
  fcl_script_wait(s, "end");
  fcl_script_answer(s, "three");
}

/* What was read ahead may be lent together. */
static void ck_assert_three(exchange *e) {
  static const char seam[] = "\"; body \"";
  char *at;
  if (world_ahead() == 0) {
    ck_assert_log(e, "head 200; body \"one\"; body \"two\"; body \"three\"; done OK; ");
    return;
  }
  while ((at = strstr(e->log, seam)) != NULL)
    memmove(at, at + sizeof seam - 1, strlen(at + sizeof seam - 1) + 1);
  ck_assert_log(e, "head 200; body \"onetwothree\"; done OK; ");
}

static void end_script(void) {
  fcl_script_signal(w.script, "end");
}

START_TEST(what_is_not_held_goes_on_by_itself) {
  world_start(&w, (fcl_loop) _i, several_records);
  exchange_get(&x, &w);
  exchange_wait(&x);
  ck_assert_log(&x, "head 200; body \"one\"; body \"two\"; body \"three\"; done OK; ");
}
END_TEST

START_TEST(nothing_follows_a_held_head_before_resume) {
  world_start(&w, FCL_LOOP_UV, several_records);
  x.head_flow = FCL_HOLD;
  exchange_get(&x, &w);
  world_wait(&w, &x.heads, 1);
  world_rest(&w);
  ck_assert_log(&x, "head 200; ");
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_three(&x);
}
END_TEST

static void ck_assert_head(const fcl_head *head) {
  fcl_slice type;
  ck_assert_int_eq(head->status, 200);
  ck_assert_uint_eq(head->count, 1);
  ck_assert(fcl_head_get(head, "Content-Type", &type) && type.len == 10);
  ck_assert_mem_eq(type.base, "text/plain", 10);
}

START_TEST(a_held_head_may_be_read_until_resume) {
  static exchange y;
  world_start(&w, FCL_LOOP_UV, NULL);
  x.head_flow = y.head_flow = FCL_HOLD;
  exchange_get(&x, &w);
  exchange_get(&y, &w);
  world_wait(&w, &x.heads, 1);
  world_wait(&w, &y.heads, 1);
  world_rest(&w);
  ck_assert_ptr_ne(x.head, y.head);
  ck_assert_head(x.head);
  ck_assert_head(y.head);
  fcl_request_resume(x.request);
  fcl_request_resume(y.request);
  exchange_wait(&x);
  exchange_wait(&y);
}
END_TEST

START_TEST(nothing_follows_a_held_span_before_resume) {
  unsigned i = 0;
  world_start(&w, FCL_LOOP_UV, several_records);
  x.body_flow = FCL_HOLD;
  exchange_get(&x, &w);
  while (x.received < 11) {
    world_wait(&w, &x.bodies, ++i);
    world_rest(&w);
    ck_assert_uint_eq(x.bodies, i);
    ck_assert_uint_eq(x.dones, 0);
    fcl_request_resume(x.request);
  }
  exchange_wait(&x);
  ck_assert_three(&x);
}
END_TEST

static void resume_at_once(exchange *e, const char *what) {
  if (strcmp(what, "head") == 0 || strcmp(what, "body") == 0)
    fcl_request_resume(e->request);
}

START_TEST(a_resume_before_hold_is_returned_counts) {
  world_start(&w, (fcl_loop) _i, several_records);
  x.head_flow = x.body_flow = FCL_HOLD;
  x.then = resume_at_once;
  exchange_get(&x, &w);
  exchange_wait(&x);
  ck_assert_three(&x);
}
END_TEST

static void resume_it(void *arg) {
  fcl_request_resume(arg);
}

/* The other thread is done before the callback returns. */
static void resume_elsewhere(exchange *e, const char *what) {
  uv_thread_t thread;
  if (strcmp(what, "head") != 0 && strcmp(what, "body") != 0)
    return;
  uv_thread_create(&thread, resume_it, e->request);
  uv_thread_join(&thread);
}

START_TEST(a_resume_of_another_thread_before_hold_is_returned_counts) {
  world_start(&w, (fcl_loop) _i, several_records);
  x.head_flow = x.body_flow = FCL_HOLD;
  x.then = resume_elsewhere;
  exchange_get(&x, &w);
  exchange_wait(&x);
  ck_assert_three(&x);
}
END_TEST

START_TEST(a_resume_of_another_thread_counts) {
  unsigned i = 0;
  size_t received;
  world_start(&w, FCL_LOOP_THREAD, several_records);
  x.body_flow = FCL_HOLD;
  exchange_get(&x, &w);
  do {
    world_wait(&w, &x.bodies, ++i);
    received = x.received;
    fcl_request_resume(x.request);
  } while (received < 11);
  exchange_wait(&x);
  ck_assert_uint_eq(x.received, 11);
}
END_TEST

START_TEST(a_resume_of_nothing_is_harmless) {
  world_start(&w, FCL_LOOP_UV, an_open_end);
  exchange_get(&x, &w);
  world_wait(&w, &x.bodies, 2);
  world_rest(&w);
  fcl_request_resume(x.request);
  fcl_request_resume(x.request);
  world_rest(&w);
  ck_assert_uint_eq(x.bodies, 2);
  end_script();
  exchange_wait(&x);
  ck_assert_error(&x, FCL_OK, "");
}
END_TEST

/* The test's own copy of the span must agree to the end: the library may neither free nor reuse it.
 */
static void hold_one(int mode) {
  world_start(&w, (fcl_loop) mode, an_open_end);
  x.body_flow = FCL_HOLD;
  exchange_get(&x, &w);
  world_wait(&w, &x.bodies, 1);
}

static void assert_still_held(void) {
  ck_assert_uint_eq(x.dones, 0);
  ck_assert_uint_eq(x.len, 3);
  ck_assert_mem_eq(x.data, "one", 3);
}

START_TEST(cancel_does_not_replace_an_owed_resume) {
  hold_one(FCL_LOOP_UV);
  fcl_request_cancel(x.request);
  world_rest(&w);
  assert_still_held();
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "head 200; body \"one\"; done CANCELED; ");
  end_script();
}
END_TEST

static void one_then_others(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_request(s);
  fcl_script_stdout(s, TEXT "one");
  while (fcl_script_next(s)) {
    fcl_script_read_request(s);
    fcl_script_answer(s, TEXT "something else, at the same place");
  }
}

START_TEST(what_is_held_after_cancel_is_used_for_nothing_else) {
  exchange others[3];
  unsigned i;
  memset(others, 0, sizeof others);
  world_start(&w, FCL_LOOP_UV, one_then_others);
  x.body_flow = FCL_HOLD;
  exchange_get(&x, &w);
  world_wait(&w, &x.bodies, 1);
  fcl_request_cancel(x.request);
  world_rest(&w);
  for (i = 0; i < 3; i++) {
    exchange_get(&others[i], &w);
    exchange_wait(&others[i]);
  }
  assert_still_held();
  fcl_request_resume(x.request);
  exchange_wait(&x);
}
END_TEST

START_TEST(cancel_does_not_replace_an_owed_resume_of_a_head) {
  world_start(&w, FCL_LOOP_UV, an_open_end);
  x.head_flow = FCL_HOLD;
  exchange_get(&x, &w);
  world_wait(&w, &x.heads, 1);
  fcl_request_cancel(x.request);
  world_rest(&w);
  ck_assert_uint_eq(x.dones, 0);
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "head 200; done CANCELED; ");
  end_script();
}
END_TEST

START_TEST(resume_and_cancel_in_one_turn_deliver_nothing_more) {
  hold_one(FCL_LOOP_UV);
  fcl_request_resume(x.request);
  fcl_request_cancel(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "head 200; body \"one\"; done CANCELED; ");
  end_script();
}
END_TEST

START_TEST(a_pool_that_closes_waits_for_an_owed_resume) {
  hold_one(FCL_LOOP_UV);
  fcl_pool_close(w.pool, 0);
  world_rest(&w);
  assert_still_held();
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_E_CLOSING, "closed");
  end_script();
}
END_TEST

START_TEST(a_client_that_closes_waits_for_an_owed_resume) {
  hold_one(_i);
  fcl_client_close(w.client, NULL, NULL);
  world_pass(&w, 20);
  assert_still_held();
  fcl_request_resume(x.request);
  exchange_wait(&x);
  if (w.mode == FCL_LOOP_UV)
    uv_run(&w.loop, UV_RUN_DEFAULT);
  else
    fcl_client_join(w.client);
  w.client = NULL;
  w.closed = 1;
  end_script();
}
END_TEST

/* Whole, and its connection already serves others, while the caller still reads. */
START_TEST(on_done_waits_for_the_last_span) {
  world_start(&w, FCL_LOOP_UV, NULL);
  x.body_flow = FCL_HOLD;
  exchange_get(&x, &w);
  world_wait(&w, &x.bodies, 1);
  world_rest(&w);
  ck_assert_uint_eq(x.dones, 0);
  ck_assert_mem_eq(x.data, "hello", 5);
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "head 200; body \"hello\"; done OK; ");
}
END_TEST

static void one_byte_at_a_time(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_pieces(s, 1);
  fcl_script_answer(s, TEXT "0123456789");
}

START_TEST(each_of_many_spans_is_lent_once) {
  world_start(&w, (fcl_loop) _i, one_byte_at_a_time);
  x.head_flow = x.body_flow = FCL_HOLD;
  x.then = resume_at_once;
  exchange_get(&x, &w);
  exchange_wait(&x);
  ck_assert_uint_eq(x.heads, 1);
  ck_assert_uint_eq(x.received, 10);
  ck_assert_uint_eq(x.hash, fcl_fnv1a(FCL_FNV_START, "0123456789", 10));
  ck_assert_error(&x, FCL_OK, "");
}
END_TEST

#define BIG (4 * 1024 * 1024)
static char big[BIG];

static void a_big_answer(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_stdout(s, TEXT);
  fcl_script_stream(s, FCL_STDOUT, big, BIG);
  fcl_script_answer(s, "");
}

/* Backpressure changes nothing in what comes. */
START_TEST(a_big_answer_with_every_span_held_is_the_same_bytes) {
  size_t i;
  for (i = 0; i < BIG; i++)
    big[i] = (char) (i * 2654435761u >> 24);
  world_start(&w, (fcl_loop) _i, a_big_answer);
  x.body_flow = FCL_HOLD;
  x.then = resume_at_once;
  exchange_get(&x, &w);
  exchange_wait(&x);
  ck_assert_uint_eq(x.received, BIG);
  ck_assert_uint_eq(x.hash, fcl_fnv1a(FCL_FNV_START, big, BIG));
  ck_assert_uint_eq(x.result.received, BIG);
}
END_TEST

/* Only one block is read ahead of a caller who holds, and what read_ahead allows. */
START_TEST(a_held_span_holds_the_application_back) {
  world_start(&w, FCL_LOOP_UV, a_big_answer);
  x.body_flow = FCL_HOLD;
  exchange_get(&x, &w);
  world_wait(&w, &x.bodies, 1);
  world_pass(&w, 50);
  ck_assert_uint_eq(x.bodies, 1);
  ck_assert_uint_lt(w.memory.bytes, 512 * 1024 + world_ahead());
  x.then = resume_at_once;
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_uint_eq(x.received, BIG);
}
END_TEST

TCase *contract_lends_in(void) {
  TCase *t = tcase_create("lends in");
  tcase_add_checked_fixture(t, setup, teardown);
  add_in_each_loop(t, what_is_not_held_goes_on_by_itself);
  tcase_add_test(t, nothing_follows_a_held_head_before_resume);
  tcase_add_test(t, a_held_head_may_be_read_until_resume);
  tcase_add_test(t, nothing_follows_a_held_span_before_resume);
  add_in_each_loop(t, a_resume_before_hold_is_returned_counts);
  add_in_each_loop(t, a_resume_of_another_thread_before_hold_is_returned_counts);
  tcase_add_test(t, a_resume_of_another_thread_counts);
  tcase_add_test(t, a_resume_of_nothing_is_harmless);
  tcase_add_test(t, cancel_does_not_replace_an_owed_resume);
  tcase_add_test(t, what_is_held_after_cancel_is_used_for_nothing_else);
  tcase_add_test(t, cancel_does_not_replace_an_owed_resume_of_a_head);
  tcase_add_test(t, resume_and_cancel_in_one_turn_deliver_nothing_more);
  tcase_add_test(t, a_pool_that_closes_waits_for_an_owed_resume);
  add_in_each_loop(t, a_client_that_closes_waits_for_an_owed_resume);
  tcase_add_test(t, on_done_waits_for_the_last_span);
  add_in_each_loop(t, each_of_many_spans_is_lent_once);
  add_in_each_loop(t, a_big_answer_with_every_span_held_is_the_same_bytes);
  tcase_add_test(t, a_held_span_holds_the_application_back);
  return t;
}
