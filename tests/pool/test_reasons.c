/* test_reasons.c: why processes are no more, and who waited: counted once each, whatever happens.
 */
#include "pool/recorder.h"

/* Every world_check besides compares the sum of reasons with the starts. */
static void assert_left(fcl_left why) {
  unsigned i;
  for (i = 0; i < FCL_LEFT_MAX; i++)
    ck_assert_msg(w.pool.counts.left[i] == (i == (unsigned) why), "%s: %u",
                  fcl_left_name((fcl_left) i), (unsigned) w.pool.counts.left[i]);
}

START_TEST(one_that_leaves_by_itself_has_exited) {
  world_with_idle(1);
  exits(0, 0);
  assert_left(FCL_LEFT_EXITED);
}
END_TEST

START_TEST(one_that_ends_with_another_status_has_crashed) {
  world_with_idle(1);
  exits(0, 3);
  assert_left(FCL_LEFT_CRASHED);
}
END_TEST

START_TEST(one_that_crashes_while_it_drains_has_crashed) {
  world_with_idle(1);
  serve('a');
  fcl__pool_recycle(&w.pool, w.now);
  dies(0, 11);
  assert_left(FCL_LEFT_CRASHED);
}
END_TEST

START_TEST(one_that_cannot_be_started_is_a_start) {
  submit('a');
  start_fails(0);
  assert_left(FCL_LEFT_START);
}
END_TEST

START_TEST(one_that_is_refused_on_the_spot_is_a_start) {
  w.refused_spawns = 1;
  submit('a');
  assert_left(FCL_LEFT_START);
  ck_assert_uint_eq(w.pool.counts.starts, 1);
}
END_TEST

START_TEST(one_that_takes_no_request_is_a_start) {
  submit('a');
  started(0);
  connected('a');
  pass(10000);
  dies(0, 9);
  assert_left(FCL_LEFT_START);
}
END_TEST

START_TEST(one_that_was_idle_left_for_that) {
  world_with_idle(1);
  pass(300000);
  exits(0, 0);
  assert_left(FCL_LEFT_IDLE);
}
END_TEST

START_TEST(one_that_is_worn_left_for_that) {
  w.pool.settings.max_requests = 1;
  submit('a');
  started(0);
  connected('a');
  answered('a');
  finished('a');
  exits(0, 0);
  assert_left(FCL_LEFT_MAX_REQUESTS);
}
END_TEST

START_TEST(one_that_was_recycled_left_for_that) {
  world_with_idle(1);
  fcl__pool_recycle(&w.pool, w.now);
  exits(0, 0);
  assert_left(FCL_LEFT_RECYCLED);
}
END_TEST

START_TEST(one_whose_files_have_changed_left_for_that) {
  world_with_idle(1);
  fcl__pool_changed(&w.pool, w.now);
  ck_assert_str_eq(state(0), "stopping");
  exits(0, 0);
  assert_left(FCL_LEFT_CHANGED);
}
END_TEST

START_TEST(one_that_was_silent_left_for_that) {
  world_with_idle(1);
  serve('a');
  pass(70000);
  dies(0, 9);
  assert_left(FCL_LEFT_TIMEOUT);
}
END_TEST

START_TEST(one_that_was_condemned_left_for_that) {
  fcl_error e = {FCL_E_STDERR, 0, "php: it complained."};
  world_with_idle(1);
  serve('a');
  fcl__pool_condemn(guest('a'), &e, w.now);
  dies(0, 9);
  assert_left(FCL_LEFT_CONDEMNED);
}
END_TEST

START_TEST(one_that_went_on_after_a_cancel_left_for_that) {
  world_with_idle(1);
  serve('a');
  canceled('a');
  pass(90000);
  exits(0, 0);
  assert_left(FCL_LEFT_CANCELED);
}
END_TEST

START_TEST(one_that_refuses_its_connection_left_for_that) {
  world_with_idle(1);
  submit('a');
  refused('a');
  exits(0, 0);
  ck_assert_uint_eq(w.pool.counts.left[FCL_LEFT_REFUSED], 1);
}
END_TEST

START_TEST(one_whose_pool_is_closed_left_for_that) {
  world_with_idle(1);
  submit('a');
  connected('a');
  fcl__pool_close(&w.pool, 60000, w.now);
  answered('a');
  finished('a');
  ck_assert_uint_eq(w.pool.counts.left[FCL_LEFT_CLOSED], 0); /* it is still there */
  ck_assert_int_eq(member(0)->why, FCL_LEFT_CLOSED);
}
END_TEST

/* ---- Stopped by somebody ---- */

START_TEST(one_that_is_stopped_finishes_what_it_has) {
  world_with_idle(1);
  serve('a');
  told();
  fcl__member_stop(member(0), 0, w.now);
  ck_assert_str_eq(told(), "");
  ck_assert_str_eq(state(0), "draining");
  finished('a');
  ck_assert_str_eq(told(), "stop 0\n");
  exits(0, 0);
  assert_left(FCL_LEFT_STOPPED);
}
END_TEST

START_TEST(one_that_is_stopped_at_once_fails_what_it_has) {
  world_with_idle(1);
  serve('a');
  told();
  fcl__member_stop(member(0), 1, w.now);
  ck_assert_str_eq(told(), "fail a EXITED\nstop 0\n");
  ck_assert_msg(strstr(w.sentence, "process 100 was stopped through the control address") != NULL,
                "%s", w.sentence);
  exits(0, 0);
  assert_left(FCL_LEFT_STOPPED);
}
END_TEST

START_TEST(one_that_is_gone_or_leaving_can_be_stopped_too) {
  world_with_idle(1);
  fcl__member_stop(member(0), 0, w.now);
  fcl__member_stop(member(0), 1, w.now);
  exits(0, 0);
  fcl__member_stop(member(0), 1, w.now);
  assert_left(FCL_LEFT_STOPPED);
}
END_TEST

/* ---- Waits ---- */

START_TEST(who_is_begun_at_once_has_not_waited) {
  world_with_idle(1);
  w.pool.counts.waited = 0;
  serve('a');
  ck_assert_uint_eq(w.pool.counts.waited, 0);
}
END_TEST

START_TEST(who_waits_is_counted_once_and_the_most_are_kept) {
  world_with_idle(1);
  w.pool.counts.waited = w.pool.counts.queued_max = 0;
  serve('a');
  submit('b'); /* for a process that is started */
  submit('c');
  submit('d');
  started(1);
  finished('a');
  ck_assert_uint_eq(w.pool.counts.waited, 3);
  ck_assert_uint_eq(w.pool.counts.queued_max, 3);
}
END_TEST

START_TEST(who_is_begun_again_is_a_retry) {
  world_with_idle(1);
  serve('a');
  retried('a', 0);
  ck_assert_uint_eq(w.pool.counts.retries, 1);
}
END_TEST

int main(void) {
  TCase *c = tcase_create("reasons");
  tcase_add_checked_fixture(c, world_make, world_end);
  tcase_add_test(c, one_that_leaves_by_itself_has_exited);
  tcase_add_test(c, one_that_ends_with_another_status_has_crashed);
  tcase_add_test(c, one_that_crashes_while_it_drains_has_crashed);
  tcase_add_test(c, one_that_cannot_be_started_is_a_start);
  tcase_add_test(c, one_that_is_refused_on_the_spot_is_a_start);
  tcase_add_test(c, one_that_takes_no_request_is_a_start);
  tcase_add_test(c, one_that_was_idle_left_for_that);
  tcase_add_test(c, one_that_is_worn_left_for_that);
  tcase_add_test(c, one_that_was_recycled_left_for_that);
  tcase_add_test(c, one_whose_files_have_changed_left_for_that);
  tcase_add_test(c, one_that_was_silent_left_for_that);
  tcase_add_test(c, one_that_was_condemned_left_for_that);
  tcase_add_test(c, one_that_went_on_after_a_cancel_left_for_that);
  tcase_add_test(c, one_that_refuses_its_connection_left_for_that);
  tcase_add_test(c, one_whose_pool_is_closed_left_for_that);
  tcase_add_test(c, one_that_is_stopped_finishes_what_it_has);
  tcase_add_test(c, one_that_is_stopped_at_once_fails_what_it_has);
  tcase_add_test(c, one_that_is_gone_or_leaving_can_be_stopped_too);
  tcase_add_test(c, who_is_begun_at_once_has_not_waited);
  tcase_add_test(c, who_waits_is_counted_once_and_the_most_are_kept);
  tcase_add_test(c, who_is_begun_again_is_a_retry);
  return test_suite_run("reasons", &c, 1);
}
