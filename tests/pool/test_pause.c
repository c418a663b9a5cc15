/* test_pause.c: the clocks stand still while the next move is the caller's. */
#include "pool/recorder.h"

/* Request a is open on process 0, which is proven, and has not answered. */
static void open_a(void) {
  world_open();
  world_with_idle(1);
  submit_about('a', "/a.php", "");
  connected('a');
  told();
}

/* ---- Pause ---- */

START_TEST(while_the_move_is_the_callers_no_clock_runs) {
  w.settings.first_ms = 1500;
  open_a();
  fcl__pool_pause(guest('a'), w.now);
  pass(1000000);
  ck_assert_str_eq(told(), "");
}
END_TEST

START_TEST(a_touch_does_not_end_a_pause) {
  open_a();
  fcl__pool_pause(guest('a'), w.now);
  fcl__pool_touch(guest('a'), w.now);
  answered('a');
  pass(1000000);
  ck_assert_str_eq(told(), "");
}
END_TEST

START_TEST(after_a_pause_first_ms_and_activity_ms_start_again) {
  w.settings.first_ms = 1500;
  open_a();
  pass(1400);
  fcl__pool_pause(guest('a'), w.now);
  pass(1400);
  fcl__pool_unpause(guest('a'), w.now);
  pass(1499);
  ck_assert_str_eq(told(), "");
  pass(1);
  ck_assert_str_eq(told(), "fail a TIMEOUT_FIRST\nstop 0 by force\n");
}
END_TEST

START_TEST(request_ms_goes_on_where_the_pause_began) {
  w.settings.activity_ms = FCL_NEVER;
  open_a();
  pass(45000);
  fcl__pool_pause(guest('a'), w.now);
  pass(1000000);
  fcl__pool_unpause(guest('a'), w.now);
  pass(44999);
  ck_assert_str_eq(told(), "");
  pass(1);
  ck_assert_str_eq(told(), "fail a TIMEOUT_REQUEST\nstop 0 by force\n");
}
END_TEST

START_TEST(what_a_pause_leaves_is_rounded_up_by_a_64th_at_most) {
  w.settings.activity_ms = FCL_NEVER;
  open_a();
  pass(45001);
  fcl__pool_pause(guest('a'), w.now);
  pass(7);
  fcl__pool_unpause(guest('a'), w.now);
  pass(44998);
  ck_assert_str_eq(told(), "");
  pass(1 + 90000 / 64);
  ck_assert_str_eq(told(), "fail a TIMEOUT_REQUEST\nstop 0 by force\n");
}
END_TEST

START_TEST(many_pauses_do_not_add_up_roundings) {
  int i;
  w.settings.activity_ms = FCL_NEVER;
  open_a();
  for (i = 0; i < 899; i++) {
    pass(100);
    fcl__pool_pause(guest('a'), w.now);
    pass(100);
    fcl__pool_unpause(guest('a'), w.now);
  }
  ck_assert_str_eq(told(), "");
  pass(90000 / 64 + 1);
  ck_assert_str_eq(told(), "fail a TIMEOUT_REQUEST\nstop 0 by force\n");
}
END_TEST

START_TEST(any_number_of_pauses_needs_few_durations) {
  size_t before;
  int i;
  open_a();
  before = w.allocator.live;
  for (i = 0; i < 80000; i++) {
    w.now++;
    fcl__pool_pause(guest('a'), w.now);
    fcl__pool_unpause(guest('a'), w.now);
  }
  ck_assert_uint_le(w.allocator.live, before + 64);
  ck_assert_uint_ge(w.allocator.live, before + 50);
}
END_TEST

START_TEST(without_memory_a_pause_leaves_all_of_request_ms) {
  w.settings.activity_ms = FCL_NEVER;
  open_a();
  pass(45000);
  fcl__pool_pause(guest('a'), w.now);
  test_allocator_fail(&w.allocator, 1, 1);
  fcl__pool_unpause(guest('a'), w.now);
  ck_assert_uint_eq(w.allocator.failed, 1);
  pass(89999);
  ck_assert_str_eq(told(), "");
  pass(1);
  ck_assert_str_eq(told(), "fail a TIMEOUT_REQUEST\nstop 0 by force\n");
}
END_TEST

START_TEST(a_pause_at_the_very_end_leaves_the_smallest_step) {
  w.settings.activity_ms = FCL_NEVER;
  open_a();
  w.now += 90000;
  fcl__pool_pause(guest('a'), w.now);
  fcl__pool_unpause(guest('a'), w.now);
  pass(1406);
  ck_assert_str_eq(told(), "");
  pass(1);
  ck_assert_str_eq(told(), "fail a TIMEOUT_REQUEST\nstop 0 by force\n");
}
END_TEST

START_TEST(a_request_paused_before_it_is_open_opens_without_clocks) {
  world_open();
  world_with_idle(1);
  submit('a');
  fcl__pool_pause(guest('a'), w.now);
  connected('a');
  told();
  pass(1000000);
  ck_assert_str_eq(told(), "");
  fcl__pool_unpause(guest('a'), w.now);
  pass(70000);
  ck_assert_str_eq(told(), "fail a TIMEOUT_ACTIVITY\nstop 0 by force\n");
}
END_TEST

START_TEST(a_request_unpaused_before_it_is_open_opens_with_clocks) {
  world_open();
  world_with_idle(1);
  submit('a');
  fcl__pool_pause(guest('a'), w.now);
  fcl__pool_unpause(guest('a'), w.now);
  connected('a');
  told();
  pass(70000);
  ck_assert_str_eq(told(), "fail a TIMEOUT_ACTIVITY\nstop 0 by force\n");
}
END_TEST

START_TEST(a_paused_request_that_is_canceled_has_what_it_had_left) {
  open_a();
  pass(45000);
  fcl__pool_pause(guest('a'), w.now);
  pass(500000);
  canceled('a');
  told();
  pass(44999);
  ck_assert_str_eq(told(), "");
  pass(1);
  ck_assert_str_eq(told(), "stop 0\n");
}
END_TEST

START_TEST(a_paused_request_still_sees_its_process_exit) {
  open_a();
  fcl__pool_pause(guest('a'), w.now);
  exits(0, 1);
  ck_assert_str_eq(told(), "fail a EXITED\nforget 0\n");
}
END_TEST

#define ADD(test) tcase_add_test(tc, test)

static TCase *special(void) {
  TCase *tc = tcase_create("settings of its own");
  tcase_add_checked_fixture(tc, world_prepare, world_end);
  ADD(while_the_move_is_the_callers_no_clock_runs);
  ADD(a_touch_does_not_end_a_pause);
  ADD(after_a_pause_first_ms_and_activity_ms_start_again);
  ADD(request_ms_goes_on_where_the_pause_began);
  ADD(what_a_pause_leaves_is_rounded_up_by_a_64th_at_most);
  ADD(many_pauses_do_not_add_up_roundings);
  ADD(any_number_of_pauses_needs_few_durations);
  ADD(without_memory_a_pause_leaves_all_of_request_ms);
  ADD(a_pause_at_the_very_end_leaves_the_smallest_step);
  ADD(a_request_paused_before_it_is_open_opens_without_clocks);
  ADD(a_request_unpaused_before_it_is_open_opens_with_clocks);
  ADD(a_paused_request_that_is_canceled_has_what_it_had_left);
  ADD(a_paused_request_still_sees_its_process_exit);
  return tc;
}

int main(void) {
  TCase *cases[] = {special()};
  return test_suite_run("pause", cases, 1);
}
