/* test_loops.c: the three kinds of loop: when they wake, when they sleep, and how they begin and
 * end. */
#include "client/world.h"
#include "support/suite.h"
#include <stdlib.h>
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

static void add_in_each_loop(TCase *t, const TTest *test) {
  tcase_add_loop_test(t, test, 0, 3);
}

/* ---- Sleeping: nothing turns while nothing is to be done ---- */

static unsigned turns_in_100_ms(void) {
  unsigned before = w.turns;
  world_pass(&w, 100);
  return w.turns - before;
}

/* Where the loop has no descriptor, it looks now and then. */
static void assert_polled_seldom(void) {
  int due = fcl_client_timeout(w.client);
  ck_assert_uint_le(turns_in_100_ms(), 3 + (system_look_ms ? 100 / system_look_ms : 0));
  if (system_look_ms)
    ck_assert_int_eq(due, (int) system_look_ms);
  else
    ck_assert(due < 0 || due > 10000);
}

static void silent(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_params(s);
  fcl_script_signal(s, "begun");
  fcl_script_read_eof(s);
}

START_TEST(a_new_client_sleeps) {
  world_start(&w, FCL_LOOP_MANUAL, NULL);
  world_rest(&w);
  assert_polled_seldom();
}
END_TEST

START_TEST(a_client_with_a_kept_connection_sleeps) {
  w.options.idle_ms = 300000;
  world_start(&w, FCL_LOOP_MANUAL, NULL);
  exchange_get(&x, &w);
  exchange_wait(&x);
  world_rest(&w);
  assert_polled_seldom();
}
END_TEST

START_TEST(a_client_with_a_silent_application_sleeps) {
  world_start(&w, FCL_LOOP_MANUAL, silent);
  exchange_get(&x, &w);
  world_wait_point(&w, "begun");
  world_rest(&w);
  assert_polled_seldom();
  fcl_request_cancel(x.request);
  exchange_wait(&x);
}
END_TEST

START_TEST(a_client_whose_span_is_held_sleeps) {
  world_start(&w, FCL_LOOP_MANUAL, NULL);
  x.body_flow = FCL_HOLD;
  exchange_get(&x, &w);
  world_wait(&w, &x.bodies, 1);
  world_rest(&w);
  assert_polled_seldom();
  fcl_request_resume(x.request);
  exchange_wait(&x);
}
END_TEST

START_TEST(a_borrowed_loop_sleeps_while_an_application_is_silent) {
  world_start(&w, FCL_LOOP_UV, silent);
  exchange_get(&x, &w);
  world_wait_point(&w, "begun");
  world_rest(&w);
  ck_assert_uint_le(turns_in_100_ms(), 3);
  fcl_request_cancel(x.request);
  exchange_wait(&x);
}
END_TEST

/* ---- Waking ---- */

START_TEST(what_is_noted_between_turns_is_due_at_once) {
  world_start(&w, FCL_LOOP_MANUAL, NULL);
  exchange_get(&x, &w);
  ck_assert_int_eq(fcl_client_timeout(w.client), 0);
  exchange_wait(&x);
}
END_TEST

static void get_another(exchange *e, const char *what) {
  if (e == &x && strcmp(what, "done") == 0)
    exchange_get(&y, &w);
}

/* What begins inside a callback must be watched although the turn is over. */
START_TEST(a_connection_made_behind_a_callback_wakes_the_loop) {
  w.options.new_connection_each = 1;
  world_start(&w, (fcl_loop) _i, NULL);
  x.then = get_another;
  exchange_get(&x, &w);
  exchange_wait(&x);
  exchange_wait(&y);
  ck_assert_error(&y, FCL_OK, "");
}
END_TEST

static void answer_the_second_first(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_stdout(s, TEXT);
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_answer(s, HELLO);
  fcl_script_use(s, 1);
  fcl_script_answer(s, "hello");
}

static void get_beside(exchange *e, const char *what) {
  if (e == &x && strcmp(what, "head") == 0)
    exchange_get(&y, &w);
}

/* Nothing else makes the loop turn once more. */
START_TEST(a_connection_made_beside_another_wakes_the_loop) {
  world_start(&w, (fcl_loop) _i, answer_the_second_first);
  x.then = get_beside;
  exchange_get(&x, &w);
  exchange_wait(&x);
  exchange_wait(&y);
  ck_assert_error(&x, FCL_OK, "");
  ck_assert_error(&y, FCL_OK, "");
}
END_TEST

static void hang_up_once(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_answer(s, HELLO);
  fcl_script_read_request(s);
  fcl_script_close(s);
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_answer(s, HELLO);
}

/* The new try is made while the loop handles the old connection's end. */
START_TEST(a_retry_wakes_the_loop) {
  world_start(&w, (fcl_loop) _i, hang_up_once);
  exchange_get(&x, &w);
  exchange_wait(&x);
  exchange_get(&y, &w);
  exchange_wait(&y);
  ck_assert_error(&y, FCL_OK, "");
  ck_assert_uint_eq(y.result.tries, 2);
}
END_TEST

static void time_out(exchange *e, const char *what) {
  if (e == &x && strcmp(what, "done") == 0)
    exchange_get(&y, &w);
}

static void silent_then_hello(fcl_script *s, void *user) {
  silent(s, user);
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_answer(s, HELLO);
}

START_TEST(a_connection_made_behind_a_timeout_wakes_the_loop) {
  w.options.activity_ms = world_short_ms();
  world_start(&w, (fcl_loop) _i, silent_then_hello);
  x.then = time_out;
  exchange_get(&x, &w);
  exchange_wait(&x);
  exchange_wait(&y);
  ck_assert_error(&x, FCL_E_TIMEOUT_ACTIVITY, "");
  ck_assert_error(&y, FCL_OK, "");
}
END_TEST

static void wake_it(void *arg) {
  fcl_request_wake(arg);
}

START_TEST(a_verb_of_another_thread_wakes_a_loop_that_has_never_turned) {
  uv_thread_t thread;
  world_start(&w, (fcl_loop) _i, NULL);
  exchange_new(&x, &w, "GET");
  uv_thread_create(&thread, wake_it, x.request);
  world_wait(&w, &x.wakes, 1);
  uv_thread_join(&thread);
  fcl_request_free(x.request);
}
END_TEST

/* ---- Beginning ---- */

START_TEST(options_that_contradict_each_other_are_refused) {
  fcl_client_options o = {0};
  fcl_client *c = (fcl_client *) &o;
  fcl_error e;
  world_start(&w, FCL_LOOP_UV, NULL);
  o.mode = FCL_LOOP_UV;
  ck_assert_int_eq(fcl_client_new(&c, &o, &e), FCL_E_INVAL);
  ck_assert_ptr_null(c);
  ck_assert_msg(strstr(e.text, "uv") != NULL, "%s", e.text);
  o.mode = FCL_LOOP_MANUAL;
  o.uv = &w.loop;
  ck_assert_int_eq(fcl_client_new(&c, &o, NULL), FCL_E_INVAL);
  o.uv = NULL;
  o.mode = (fcl_loop) 3;
  ck_assert_int_eq(fcl_client_new(&c, &o, &e), FCL_E_INVAL);
  ck_assert_msg(strstr(e.text, "fcl_loop") != NULL, "%s", e.text);
}
END_TEST

static void count_closed(void *user) {
  ++*(unsigned *) user;
}

START_TEST(two_clients_share_a_borrowed_loop) {
  fcl_client_options o = {0};
  fcl_client *other;
  unsigned closed = 0;
  world_start(&w, FCL_LOOP_UV, NULL);
  o.mode = FCL_LOOP_UV;
  o.uv = &w.loop;
  ck_assert_int_eq(fcl_client_new(&other, &o, NULL), FCL_OK);
  exchange_get(&x, &w);
  exchange_wait(&x);
  fcl_client_close(other, count_closed, &closed);
  world_wait(&w, &closed, 1);
  exchange_get(&y, &w);
  exchange_wait(&y);
  ck_assert_error(&y, FCL_OK, "");
}
END_TEST

/* An older program passes a smaller struct: what it does not know is as if zeroed. */
START_TEST(a_smaller_struct_of_options_is_understood) {
  fcl_client_options o;
  fcl_client *c;
  memset(&o, 0xee, sizeof o);
  o.mode = FCL_LOOP_MANUAL;
  o.uv = NULL;
  o.guardian = NULL;
  world_start(&w, FCL_LOOP_UV, NULL);
  ck_assert_int_eq(fcl__client_new(&c, &o, offsetof(fcl_client_options, runtime_directory), NULL),
                   FCL_OK);
  fcl_client_close(c, NULL, NULL);
  fcl_client_join(c);
}
END_TEST

/* ---- Ending ---- */

START_TEST(a_client_that_has_done_nothing_closes) {
  world_start(&w, (fcl_loop) _i, NULL);
  world_close(&w);
}
END_TEST

START_TEST(a_client_without_pools_closes) {
  unsigned closed = 0;
  fcl_client_options o = {0};
  fcl_client *c;
  world_start(&w, FCL_LOOP_UV, NULL);
  o.mode = (fcl_loop) _i;
  o.uv = _i == FCL_LOOP_UV ? &w.loop : NULL;
  ck_assert_int_eq(fcl_client_new(&c, &o, NULL), FCL_OK);
  fcl_client_close(c, count_closed, &closed);
  if (_i == FCL_LOOP_UV)
    uv_run(&w.loop, UV_RUN_DEFAULT);
  else
    fcl_client_join(c); /* of a polled one, it runs the loop */
  ck_assert_uint_eq(closed, 1);
}
END_TEST

/* The thread of a client blocks SIGPIPE; writing where nobody reads must not end the process. */
static void close_with_a_body_to_come(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_params(s);
  fcl_script_signal(s, "begun");
  fcl_script_half_close(s);
  fcl_script_close(s);
  fcl_script_signal(s, "closed");
}

static char big[1024 * 1024];

START_TEST(a_thread_of_its_own_does_not_mind_sigpipe) {
  world_start(&w, FCL_LOOP_THREAD, close_with_a_body_to_come);
  system_mind_broken_connections();
  x.is_kept = 1;
  exchange_post(&x, &w, sizeof big);
  world_wait_point(&w, "closed");
  fcl_request_write(x.request, big, sizeof big);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_E_IO, "test");
  fcl_request_free(x.request);
}
END_TEST

static TCase *one_case(const char *name) {
  TCase *t = tcase_create(name);
  tcase_add_checked_fixture(t, setup, teardown);
  return t;
}

static TCase *sleeping(void) {
  TCase *t = one_case("sleeping");
  tcase_add_test(t, a_new_client_sleeps);
  tcase_add_test(t, a_client_with_a_kept_connection_sleeps);
  tcase_add_test(t, a_client_with_a_silent_application_sleeps);
  tcase_add_test(t, a_client_whose_span_is_held_sleeps);
  tcase_add_test(t, a_borrowed_loop_sleeps_while_an_application_is_silent);
  return t;
}

static TCase *waking(void) {
  TCase *t = one_case("waking");
  tcase_add_test(t, what_is_noted_between_turns_is_due_at_once);
  add_in_each_loop(t, a_connection_made_behind_a_callback_wakes_the_loop);
  add_in_each_loop(t, a_connection_made_beside_another_wakes_the_loop);
  add_in_each_loop(t, a_retry_wakes_the_loop);
  add_in_each_loop(t, a_connection_made_behind_a_timeout_wakes_the_loop);
  add_in_each_loop(t, a_verb_of_another_thread_wakes_a_loop_that_has_never_turned);
  return t;
}

static TCase *beginning_and_ending(void) {
  TCase *t = one_case("beginning and ending");
  tcase_add_test(t, options_that_contradict_each_other_are_refused);
  tcase_add_test(t, two_clients_share_a_borrowed_loop);
  tcase_add_test(t, a_smaller_struct_of_options_is_understood);
  add_in_each_loop(t, a_client_that_has_done_nothing_closes);
  add_in_each_loop(t, a_client_without_pools_closes);
  tcase_add_test(t, a_thread_of_its_own_does_not_mind_sigpipe);
  return t;
}

int main(void) {
  TCase *cases[] = {sleeping(), waking(), beginning_and_ending()};
  return test_suite_run("loops", cases, sizeof cases / sizeof *cases);
}
