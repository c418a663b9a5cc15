/* test_retry.c: a request that could not be run is tried again, where and as often as it may be. */
#include "base/system.h"
#include "pool/recorder.h"

/* ---- Retry ---- */

START_TEST(a_retried_request_leaves_a_suspect_process) {
  world_open();
  world_with_idle(2);
  submit('a');
  connected('a');
  told();
  ck_assert_int_eq(retried('a', 0), 1);
  ck_assert_str_eq(told(), "probe 1\nbegin a on 0\n");
  ck_assert_str_eq(state(1), "busy");
}
END_TEST

START_TEST(a_request_has_two_tries) {
  world_open();
  world_with_idle(2);
  submit('a');
  connected('a');
  ck_assert_int_eq(retried('a', 0), 1);
  connected('a');
  ck_assert_int_eq(retried('a', 0), 0);
  ck_assert_int_eq(guest('a')->state, FCL__OPEN);
}
END_TEST

START_TEST(a_request_that_certainly_was_not_run_has_a_try_for_each_process_and_four) {
  int tries = 1;
  w.settings.max_processes = 3;
  world_open();
  world_with_idle(1);
  submit('a');
  connected('a');
  while (retried('a', 1)) {
    proven(0);
    connected('a');
    tries++;
  }
  ck_assert_int_eq(tries, 7);
}
END_TEST

START_TEST(a_retried_request_goes_before_all_who_wait) {
  w.settings.max_processes = 1;
  world_open();
  world_with_idle(1);
  submit('a');
  connected('a');
  submit('b');
  retried('a', 0);
  told();
  proven(0);
  ck_assert_str_eq(told(), "begin a on 0\n");
}
END_TEST

START_TEST(a_retried_request_finds_room_in_a_full_queue) {
  w.settings.max_processes = 1;
  w.settings.queue_length = 1;
  world_open();
  world_with_idle(1);
  submit('a');
  connected('a');
  submit('b');
  told();
  ck_assert_int_eq(retried('a', 0), 1);
  ck_assert_str_eq(told(), "probe 0\n");
  ck_assert_uint_eq(w.pool.queued, 2);
}
END_TEST

START_TEST(a_retried_request_waits_at_most_queue_ms_again) {
  w.settings.max_processes = 1;
  w.settings.abort_ms = FCL_NEVER;
  world_open();
  world_with_idle(1);
  submit('a');
  connected('a');
  pass(20000);
  retried('a', 0);
  told();
  pass(29999);
  ck_assert_str_eq(told(), "");
  pass(1);
  ck_assert_str_eq(told(), "fail a TIMEOUT_QUEUE\n");
}
END_TEST

START_TEST(a_process_leaving_at_its_own_limit_costs_no_request) { /* KF-134 */
  world_open();
  world_with_idle(2);
  submit('a');
  connected('a');
  told();
  retried('a', 1);
  exits(1, 0);
  ck_assert_str_eq(told(), "probe 1\nbegin a on 0\nforget 1\n");
  ck_assert_uint_eq(w.pool.breaker.failed_starts, 0);
}
END_TEST

START_TEST(a_retry_of_what_was_never_sent_leaves_no_trace_in_served) {
  world_open();
  world_with_idle(1);
  submit('a');
  ck_assert_uint_eq(member(0)->served, 2);
  retried('a', 1);
  ck_assert_uint_eq(member(0)->served, 1);
}
END_TEST

START_TEST(a_ticket_in_no_hand_cannot_be_retried_but_is_not_ended) {
  world_open();
  submit('a');
  told();
  ck_assert_int_eq(retried('a', 0), 1);
  ck_assert_str_eq(told(), "");
  ck_assert_int_eq(guest('a')->state, FCL__QUEUED);
}
END_TEST

START_TEST(a_retried_request_has_not_answered) {
  world_prepare_addresses(1);
  world_open();
  serve('a');
  ck_assert_int_eq(retried('a', 0), 1);
  ck_assert(!guest('a')->is_answered);
}
END_TEST

/* ---- Refusal by a process ---- */

START_TEST(a_process_that_refuses_must_leave_and_the_request_goes_elsewhere) {
  w.settings.rapid_fails = 10;
  world_open();
  world_with_idle(2);
  submit('a');
  told();
  refused('a');
  ck_assert_str_eq(told(), "stop 1\nbegin a on 0\n");
  ck_assert_str_eq(said(), "warning php: connection refused. So process 101 is asked to leave.\n");
  ck_assert_uint_eq(w.pool.breaker.fails, 1);
}
END_TEST

START_TEST(a_second_refusal_fails_the_request) {
  world_open();
  world_with_idle(2);
  submit('a');
  refused('a');
  told();
  refused('a');
  ck_assert_str_eq(told(), "stop 0\nfail a CONNECT\n");
  ck_assert_str_eq(w.sentence, "php: connection refused.");
}
END_TEST

START_TEST(a_refusal_on_the_spot_is_a_refusal) {
  world_open();
  world_with_idle(2);
  w.refused_begins = 1;
  submit('a');
  ck_assert_str_eq(told(), "begin a on 1\nstop 1\nbegin a on 0\n");
}
END_TEST

START_TEST(a_lack_of_memory_is_not_the_processs_fault) {
  world_open();
  world_with_idle(1);
  w.refused_begins = 1;
  w.refuse_with = FCL_E_NOMEM;
  submit('a');
  ck_assert_str_eq(told(), "begin a on 0\nfail a NOMEM\n");
  ck_assert_str_eq(state(0), "idle");
}
END_TEST

START_TEST(a_lack_of_descriptors_is_not_the_processs_fault) {
  fcl_error e;
  int sys = 1;
  while (!fcl__system_is_short(sys))
    sys++;
  world_open();
  world_with_idle(1);
  submit('a');
  told();
  fcl__error_setx(&e, FCL_E_CONNECT, _i ? sys : -sys, "php: too many open files.");
  fcl__pool_refused(guest('a'), &e, w.now);
  ck_assert_str_eq(told(), "fail a CONNECT\n");
  ck_assert_str_eq(state(0), "idle");
}
END_TEST

#define ADD(test) tcase_add_test(tc, test)

static TCase *special(void) {
  TCase *tc = tcase_create("settings of its own");
  tcase_add_checked_fixture(tc, world_prepare, world_end);
  ADD(a_retried_request_leaves_a_suspect_process);
  ADD(a_request_has_two_tries);
  ADD(a_request_that_certainly_was_not_run_has_a_try_for_each_process_and_four);
  ADD(a_retried_request_goes_before_all_who_wait);
  ADD(a_retried_request_finds_room_in_a_full_queue);
  ADD(a_retried_request_waits_at_most_queue_ms_again);
  ADD(a_process_leaving_at_its_own_limit_costs_no_request);
  ADD(a_retry_of_what_was_never_sent_leaves_no_trace_in_served);
  ADD(a_ticket_in_no_hand_cannot_be_retried_but_is_not_ended);
  ADD(a_retried_request_has_not_answered);
  ADD(a_process_that_refuses_must_leave_and_the_request_goes_elsewhere);
  ADD(a_second_refusal_fails_the_request);
  ADD(a_refusal_on_the_spot_is_a_refusal);
  ADD(a_lack_of_memory_is_not_the_processs_fault);
  tcase_add_loop_test(tc, a_lack_of_descriptors_is_not_the_processs_fault, 0, 2);
  return tc;
}

int main(void) {
  TCase *cases[] = {special()};
  return test_suite_run("retry", cases, 1);
}
