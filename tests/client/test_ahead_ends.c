/* test_ahead_ends.c: read-ahead: who ends first, and what is told when; clocks, and closing. */
#include "client/reading_ahead.h"

/* ---- The end ---- */

static void say_two_spans_and(fcl_script *s) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_request(s);
  fcl_script_stdout(s, TEXT "one");
  fcl_script_stdout(s, "two");
}

static void end_in_time(fcl_script *s, void *user) {
  say_two_spans_and(s);
  fcl_script_end_request(s, 3, FCL_REQUEST_COMPLETE);
  fcl_script_signal(s, "ended");
}

/* Holds the first span until the application has ended, one way or another. */
static void hold_until_ended(void (*play)(fcl_script *, void *)) {
  hold_all_of_it(play);
  world_wait_point(&w, "ended");
  world_rest(&w);
  ck_assert_log(&x, "head 200; body \"one\"; ");
}

START_TEST(on_done_comes_when_everything_was_delivered) {
  hold_until_ended(end_in_time);
  fcl_request_resume(x.request);
  world_rest(&w);
  ck_assert_log(&x, "head 200; body \"one\"; body \"two\"; ");
  fcl_request_resume(x.request);
  world_rest(&w);
  ck_assert_log(&x, "head 200; body \"one\"; body \"two\"; done OK; ");
  ck_assert_uint_eq(x.result.app_status, 3);
  ck_assert_uint_eq(x.result.received, 6);
  ck_assert_int_eq(x.result.unclean, 0);
}
END_TEST

START_TEST(an_owed_resume_keeps_on_done_waiting) {
  hold_until_ended(end_in_time);
  fcl_request_cancel(x.request);
  world_rest(&w);
  ck_assert_uint_eq(x.dones, 0);
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "head 200; body \"one\"; done CANCELED; ");
}
END_TEST

/* The last span is held, and nothing is kept behind it. */
START_TEST(cancel_counts_until_the_last_span_is_back) {
  hold_until_ended(end_in_time);
  fcl_request_resume(x.request);
  world_wait(&w, &x.bodies, 2);
  fcl_request_cancel(x.request);
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "head 200; body \"one\"; body \"two\"; done CANCELED; ");
}
END_TEST

static void end_in_one(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_request(s);
  fcl_script_answer(s, TEXT "one");
  fcl_script_signal(s, "ended");
}

START_TEST(cancel_counts_while_the_only_span_is_held) {
  hold_until_ended(end_in_one);
  fcl_request_cancel(x.request);
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "head 200; body \"one\"; done CANCELED; ");
}
END_TEST

static void cancel_at_second(exchange *e, const char *what) {
  if (strcmp(what, "body") == 0 && e->bodies == 2)
    fcl_request_cancel(e->request);
}

START_TEST(after_cancel_in_a_callback_nothing_kept_comes) {
  size = 500000;
  hold_all_of_it(answer_with);
  exchange_get(&y, &w);
  exchange_wait(&y);
  x.body_flow = FCL_NEXT;
  x.then = cancel_at_second;
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_uint_eq(x.bodies, 2);
  ck_assert_int_eq(x.result.error.code, FCL_E_CANCELED);
}
END_TEST

static void die(fcl_script *s, void *user) {
  say_two_spans_and(s);
  fcl_script_flush(s);
  fcl_script_close(s);
  fcl_script_signal(s, "ended");
}

START_TEST(what_came_before_a_death_is_delivered_before_the_error) {
  hold_until_ended(die);
  fcl_request_resume(x.request);
  world_wait(&w, &x.bodies, 2);
  ck_assert_uint_eq(x.dones, 0);
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "head 200; body \"one\"; body \"two\"; done TRUNCATED; ");
}
END_TEST

static void die_with_all_said(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_request(s);
  fcl_script_stdout(s, "Content-Length: 6\r\n" TEXT "one");
  fcl_script_stdout(s, "twothree");
  fcl_script_flush(s);
  fcl_script_close(s);
  fcl_script_signal(s, "ended");
}

START_TEST(a_response_that_is_whole_in_the_window_is_whole_and_cut_to_length) {
  hold_until_ended(die_with_all_said);
  x.then = resume_at_once;
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "head 200; body \"one\"; body \"two\"; done OK; ");
  ck_assert_int_eq(x.result.unclean, 1);
}
END_TEST

static void end_too_early(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_request(s);
  fcl_script_stdout(s, "Content-Length: 8\r\n" TEXT "one");
  fcl_script_stdout(s, "two");
  fcl_script_end_request(s, 0, FCL_REQUEST_COMPLETE);
  fcl_script_signal(s, "ended");
}

START_TEST(a_response_that_is_short_in_the_window_is_an_error) {
  hold_until_ended(end_too_early);
  x.then = resume_at_once;
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "head 200; body \"one\"; body \"two\"; done TRUNCATED; ");
}
END_TEST

static void end_and_die(fcl_script *s, void *user) {
  say_two_spans_and(s);
  fcl_script_end_request(s, 0, FCL_REQUEST_COMPLETE);
  fcl_script_flush(s);
  fcl_script_reset(s);
  fcl_script_signal(s, "ended");
}

START_TEST(a_death_behind_the_end_does_not_matter) {
  hold_until_ended(end_and_die);
  x.then = resume_at_once;
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "head 200; body \"one\"; body \"two\"; done OK; ");
}
END_TEST

static void say_stderr(fcl_script *s, void *user) {
  say_two_spans_and(s);
  fcl_script_stderr(s, "oh");
  fcl_script_end_request(s, 0, FCL_REQUEST_COMPLETE);
  fcl_script_signal(s, "ended");
}

START_TEST(stderr_does_not_wait_for_a_slow_reader) {
  hold_all_of_it(say_stderr);
  world_wait(&w, &x.errs, 1);
  ck_assert_log(&x, "head 200; body \"one\"; err \"oh\"; ");
  x.then = resume_at_once;
  fcl_request_resume(x.request);
  exchange_wait(&x);
}
END_TEST

/* ---- Clocks and closing ---- */

START_TEST(no_clock_judges_an_application_that_has_ended) {
  w.options.activity_ms = w.options.request_ms = world_short_ms();
  hold_until_ended(end_in_time);
  world_pass(&w, 3 * world_short_ms());
  fcl_request_resume(x.request);
  world_wait(&w, &x.bodies, 2);
  world_pass(&w, 3 * world_short_ms());
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_done(&x);
}
END_TEST

static void fall_silent(fcl_script *s, void *user) {
  say_two_spans_and(s);
  fcl_script_drain(s);
  fcl_script_signal(s, "ended");
  fcl_script_read_eof(s);
}

START_TEST(clocks_stand_still_while_a_span_is_held_and_run_afterwards) {
  w.options.activity_ms = world_short_ms();
  hold_until_ended(fall_silent);
  world_pass(&w, 3 * world_short_ms());
  ck_assert_uint_eq(x.dones, 0);
  x.then = resume_at_once;
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "head 200; body \"one\"; body \"two\"; done TIMEOUT_ACTIVITY; ");
}
END_TEST

START_TEST(a_closing_client_waits_for_what_was_read_ahead) {
  hold_until_ended(end_in_time);
  fcl_client_close(w.client, world_closed, &w);
  world_rest(&w);
  ck_assert_uint_eq(w.closed, 0);
  x.then = resume_at_once;
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "head 200; body \"one\"; body \"two\"; done OK; ");
  world_wait(&w, &w.closed, 1);
  w.client = NULL;
}
END_TEST

/* Its application has not ended: the pool ends that, and the caller hears so at once. */
START_TEST(closing_a_pool_ends_what_is_still_being_read) {
  hold_until_ended(fall_silent);
  fcl_pool_close(w.pool, 0);
  world_rest(&w);
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "head 200; body \"one\"; done CLOSING; ");
}
END_TEST

int main(void) {
  TCase *t = reading_ahead_case("ahead ends");
  tcase_add_test(t, on_done_comes_when_everything_was_delivered);
  tcase_add_test(t, an_owed_resume_keeps_on_done_waiting);
  tcase_add_test(t, cancel_counts_until_the_last_span_is_back);
  tcase_add_test(t, cancel_counts_while_the_only_span_is_held);
  tcase_add_test(t, after_cancel_in_a_callback_nothing_kept_comes);
  tcase_add_test(t, what_came_before_a_death_is_delivered_before_the_error);
  tcase_add_test(t, a_response_that_is_whole_in_the_window_is_whole_and_cut_to_length);
  tcase_add_test(t, a_response_that_is_short_in_the_window_is_an_error);
  tcase_add_test(t, a_death_behind_the_end_does_not_matter);
  tcase_add_test(t, stderr_does_not_wait_for_a_slow_reader);
  tcase_add_test(t, no_clock_judges_an_application_that_has_ended);
  tcase_add_test(t, clocks_stand_still_while_a_span_is_held_and_run_afterwards);
  tcase_add_test(t, a_closing_client_waits_for_what_was_read_ahead);
  tcase_add_test(t, closing_a_pool_ends_what_is_still_being_read);
  return test_suite_run("ahead_ends", &t, 1);
}
