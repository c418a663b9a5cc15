/* test_ticket.c: a request's place: its timeouts; cancel and release in every state. */
#include "pool/recorder.h"
#include <string.h>

/* ---- Timeouts of an exchange with a process ---- */

/* Request a is open on process 0, which is proven, and has not answered. */
static void open_a(void) {
  world_open();
  world_with_idle(1);
  submit_about('a', "/a.php", "");
  connected('a');
  told();
}

START_TEST(connect_ms_ends_a_connection_to_a_process) {
  world_open();
  world_with_idle(1);
  submit_about('a', "/a.php", "");
  told();
  pass(4999);
  ck_assert_str_eq(told(), "");
  pass(1);
  ck_assert_str_eq(told(), "fail a TIMEOUT_CONNECT\nstop 0 by force\n");
  ck_assert_str_eq(w.sentence, "php: process 100 accepted no connection within 5 s (connect_ms) "
                               "while running /a.php and was "
                               "ended. Raise connect_ms, or find what is slow.");
  ck_assert_str_eq(state(0), "killing");
}
END_TEST

START_TEST(what_a_process_did_when_its_time_was_over_is_told) {
  w.settings.first_ms = 1500;
  w.facts[FCL__DOING_NOW] = "in connect() to 10.0.0.5:3306";
  open_a();
  pass(1500);
  ck_assert_str_eq(w.sentence, "php: process 100 did not begin to answer within 1500 ms (first_ms) "
                               "while running /a.php and was ended. It was in connect() to "
                               "10.0.0.5:3306. Raise first_ms, or find what is slow.");
}
END_TEST

START_TEST(first_ms_ends_a_request_without_an_answer) {
  w.settings.first_ms = 1500;
  open_a();
  pass(1499);
  ck_assert_str_eq(told(), "");
  pass(1);
  ck_assert_str_eq(told(), "fail a TIMEOUT_FIRST\nstop 0 by force\n");
  ck_assert_str_eq(w.sentence, "php: process 100 did not begin to answer within 1500 ms (first_ms) "
                               "while running /a.php and was "
                               "ended. Raise first_ms, or find what is slow.");
}
END_TEST

START_TEST(a_condemned_request_fails_and_its_process_is_ended) {
  fcl_error e;
  open_a();
  fcl__error_setx(&e, FCL_E_STDERR, 0, "it did that");
  fcl__pool_condemn(guest('a'), &e, w.now);
  ck_assert_str_eq(told(), "fail a STDERR\nstop 0 by force\n");
  ck_assert_str_eq(w.sentence, "it did that");
  ck_assert_str_eq(state(0), "killing");
}
END_TEST

START_TEST(first_ms_is_over_with_the_first_byte) {
  w.settings.first_ms = 1500;
  open_a();
  answered('a');
  pass(60000);
  ck_assert_str_eq(told(), "");
}
END_TEST

START_TEST(bytes_that_go_out_do_not_satisfy_first_ms) {
  w.settings.first_ms = 1500;
  open_a();
  pass(1000);
  fcl__pool_touch(guest('a'), w.now);
  pass(500);
  ck_assert_str_eq(told(), "fail a TIMEOUT_FIRST\nstop 0 by force\n");
}
END_TEST

START_TEST(activity_ms_ends_a_silent_request) {
  open_a();
  answered('a');
  pass(69999);
  ck_assert_str_eq(told(), "");
  pass(1);
  ck_assert_str_eq(told(), "fail a TIMEOUT_ACTIVITY\nstop 0 by force\n");
  ck_assert_str_eq(w.sentence, "php: process 100 sent and took nothing for 70 s (activity_ms) "
                               "while running /a.php and was ended. "
                               "Raise activity_ms, or find what is slow.");
}
END_TEST

START_TEST(activity_ms_runs_before_the_first_byte_too) {
  w.settings.first_ms = 80000;
  open_a();
  pass(70000);
  ck_assert_str_eq(told(), "fail a TIMEOUT_ACTIVITY\nstop 0 by force\n");
}
END_TEST

START_TEST(each_byte_starts_activity_ms_again) {
  int i;
  w.settings.request_ms = FCL_NEVER;
  open_a();
  for (i = 0; i < 10; i++) {
    pass(69999);
    fcl__pool_touch(guest('a'), w.now);
  }
  ck_assert_str_eq(told(), "");
  pass(70000);
  ck_assert_str_eq(told(), "fail a TIMEOUT_ACTIVITY\nstop 0 by force\n");
}
END_TEST

START_TEST(request_ms_ends_a_request_however_active) {
  open_a();
  answered('a');
  pass(50000);
  fcl__pool_touch(guest('a'), w.now);
  pass(39999);
  ck_assert_str_eq(told(), "");
  pass(1);
  ck_assert_str_eq(told(), "fail a TIMEOUT_REQUEST\nstop 0 by force\n");
  ck_assert_str_eq(w.sentence, "php: process 100 took longer than 90 s (request_ms) while running "
                               "/a.php and was ended. Raise "
                               "request_ms, or find what is slow.");
}
END_TEST

START_TEST(a_timeout_disturbs_no_other_request) {
  world_open();
  world_with_idle(2);
  serve('a');
  pass(1);
  serve('b');
  told();
  pass(69999);
  ck_assert_str_eq(told(), "fail a TIMEOUT_ACTIVITY\nstop 1 by force\n");
  answered('b');
  ck_assert_str_eq(state(0), "busy");
}
END_TEST

START_TEST(a_timeout_of_a_draining_process_ends_it_too) {
  open_a();
  fcl__pool_recycle(&w.pool, w.now);
  pass(70000);
  ck_assert_str_eq(told(), "fail a TIMEOUT_ACTIVITY\nstop 0 by force\n");
}
END_TEST

START_TEST(a_release_just_before_the_timeout_wins) { /* KF-144 */
  open_a();
  w.now += 70000;
  finished('a');
  fcl__pools_tick(&w.timeouts, w.now);
  ck_assert_str_eq(told(), "");
  ck_assert_str_eq(state(0), "idle");
}
END_TEST

START_TEST(a_release_just_after_the_timeout_comes_too_late) { /* KF-144 */
  fcl__ticket ended;
  open_a();
  w.now += 70000;
  fcl__pools_tick(&w.timeouts, w.now);
  ck_assert_str_eq(told(), "fail a TIMEOUT_ACTIVITY\nstop 0 by force\n");
  memset(&ended, 0, sizeof ended);
  ended.pool = &w.pool;
  ended.state = FCL__ENDED;
  fcl__pool_release(&ended, FCL__FREE, w.now);
  fcl__pool_cancel(&ended, w.now);
  fcl__pool_connected(&ended, w.now);
  fcl__pool_answered(&ended, w.now);
  fcl__pool_touch(&ended, w.now);
  fcl__pool_refused(&ended, NULL, w.now);
  ck_assert_str_eq(told(), "");
  ck_assert_str_eq(state(0), "killing");
}
END_TEST

START_TEST(each_clock_fires_on_its_millisecond) { /* KF-145 */
  static const uint64_t ms[] = {5000, 70000, 90000};
  static const char *const codes[] = {"TIMEOUT_CONNECT", "TIMEOUT_ACTIVITY", "TIMEOUT_REQUEST"};
  w.settings.activity_ms = _i == 2 ? FCL_NEVER : 70000;
  world_open();
  world_with_idle(1);
  submit('a');
  if (_i > 0)
    connected('a');
  pass(ms[_i] - 1);
  ck_assert_ptr_null(strstr(told(), "fail"));
  pass(1);
  ck_assert_ptr_nonnull(strstr(told(), codes[_i]));
}
END_TEST

/* ---- Timeouts of an exchange with an address ---- */

START_TEST(a_timeout_of_an_address_ends_only_the_exchange) {
  world_prepare_addresses(1);
  world_open();
  serve('a');
  pass(1);
  serve('b');
  told();
  pass(69999);
  ck_assert_str_eq(told(), "fail a TIMEOUT_ACTIVITY\n");
  ck_assert_str_eq(w.sentence, "app: address tcp:a:9000 sent and took nothing for 70 s "
                               "(activity_ms) and was disconnected. Raise "
                               "activity_ms, or find what is slow.");
  ck_assert_str_eq(state(0), "idle");
}
END_TEST

START_TEST(a_timeout_of_a_full_address_makes_room) {
  world_prepare_addresses(1);
  w.settings.max_connections = 1;
  w.settings.queue_ms = FCL_NEVER;
  world_open();
  serve('a');
  submit('b');
  told();
  pass(70000);
  ck_assert_str_eq(told(), "fail a TIMEOUT_ACTIVITY\nbegin b on 0\n");
}
END_TEST

START_TEST(a_long_subject_and_tag_are_cut) {
  char subject[1000], tag[1000];
  memset(subject, 's', sizeof subject);
  memset(tag, 't', sizeof tag);
  subject[999] = tag[999] = 0;
  world_open();
  world_with_idle(1);
  submit_about('a', subject, tag);
  pass(5000);
  ck_assert_ptr_nonnull(strstr(w.sentence, "Raise connect_ms, or find what is slow. [ttt"));
  ck_assert_uint_eq(w.sentence[strlen(w.sentence) - 1], ']');
}
END_TEST

/* ---- Cancel and release, in each state ---- */

START_TEST(cancel_while_queued_only_forgets) {
  world_open();
  submit('a');
  told();
  canceled('a');
  ck_assert_str_eq(told(), "");
  ck_assert_uint_eq(w.pool.queued, 0);
}
END_TEST

START_TEST(cancel_while_connecting_frees_the_process) {
  world_open();
  world_with_idle(1);
  submit('a');
  told();
  canceled('a');
  ck_assert_str_eq(told(), "");
  ck_assert_str_eq(state(0), "idle");
}
END_TEST

START_TEST(cancel_while_open_asks_for_proof) {
  open_a();
  canceled('a');
  ck_assert_str_eq(told(), "probe 0\n");
}
END_TEST

START_TEST(a_release_that_knows_nothing_asks_for_proof) {
  open_a();
  dropped('a');
  ck_assert_str_eq(told(), "probe 0\n");
  ck_assert_str_eq(state(0), "busy");
}
END_TEST

START_TEST(a_release_in_mid_answer_of_an_address_frees_its_place) {
  world_prepare_addresses(1);
  w.settings.max_connections = 1;
  world_open();
  serve('a');
  submit('b');
  told();
  dropped('a');
  ck_assert_str_eq(told(), "begin b on 0\n");
}
END_TEST

START_TEST(cancel_of_a_request_that_was_never_submitted_does_nothing) {
  fcl__ticket t;
  memset(&t, 0, sizeof t);
  world_open();
  fcl__pool_cancel(&t, w.now);
  ck_assert_int_eq(t.state, FCL__NEW);
}
END_TEST

START_TEST(cancel_never_counts_as_a_failure) { /* KF-147 */
  int i;
  w.settings.rapid_fails = 1;
  world_open();
  world_with_idle(1);
  for (i = 0; i < 100; i++) {
    serve('a');
    canceled('a');
    proven(0);
  }
  ck_assert_uint_eq(w.pool.breaker.fails, 0);
}
END_TEST

#define ADD(test) tcase_add_test(tc, test)

static TCase *special(void) {
  TCase *tc = tcase_create("settings of its own");
  tcase_add_checked_fixture(tc, world_prepare, world_end);
  ADD(connect_ms_ends_a_connection_to_a_process);
  ADD(what_a_process_did_when_its_time_was_over_is_told);
  ADD(first_ms_ends_a_request_without_an_answer);
  ADD(a_condemned_request_fails_and_its_process_is_ended);
  ADD(first_ms_is_over_with_the_first_byte);
  ADD(bytes_that_go_out_do_not_satisfy_first_ms);
  ADD(activity_ms_ends_a_silent_request);
  ADD(activity_ms_runs_before_the_first_byte_too);
  ADD(each_byte_starts_activity_ms_again);
  ADD(request_ms_ends_a_request_however_active);
  ADD(a_timeout_disturbs_no_other_request);
  ADD(a_timeout_of_a_draining_process_ends_it_too);
  ADD(a_release_just_before_the_timeout_wins);
  ADD(a_release_just_after_the_timeout_comes_too_late);
  tcase_add_loop_test(tc, each_clock_fires_on_its_millisecond, 0, 3);
  ADD(a_timeout_of_an_address_ends_only_the_exchange);
  ADD(a_timeout_of_a_full_address_makes_room);
  ADD(a_long_subject_and_tag_are_cut);
  ADD(cancel_while_queued_only_forgets);
  ADD(cancel_while_connecting_frees_the_process);
  ADD(cancel_while_open_asks_for_proof);
  ADD(a_release_that_knows_nothing_asks_for_proof);
  ADD(a_release_in_mid_answer_of_an_address_frees_its_place);
  ADD(cancel_of_a_request_that_was_never_submitted_does_nothing);
  ADD(cancel_never_counts_as_a_failure);
  return tc;
}

int main(void) {
  TCase *cases[] = {special()};
  return test_suite_run("ticket", cases, 1);
}
