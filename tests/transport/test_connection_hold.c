/* test_connection_hold.c: spans that are held and pinned; a connection that is closed meanwhile. */
#include "transport/connection_world.h"

/* ---- Holding ---- */

START_TEST(a_held_span_stops_everything_behind_it) {
  begin();
  holds = 1;
  takes = 20;
  say(STDOUT("\3", "one") STDOUT("\3", "two") ERR("\1", "!") END);
  say("more");
  ck_assert_str_eq(text, "first; out one; ");
  ck_assert_int_eq(fcl__connection_is_reusable(&c), 0);
  fcl__connection_resume(&c);
  ck_assert_str_eq(text, "first; out one; out two; err !; end 0 0; ");
}
END_TEST

START_TEST(what_was_not_taken_of_a_held_span_comes_again) {
  begin();
  holds = 3;
  takes = 2;
  say(STDOUT("\5", "01234") END);
  fcl__connection_resume(&c);
  fcl__connection_resume(&c);
  fcl__connection_resume(&c);
  ck_assert_str_eq(text, "first; out 01; out 23; out 4; end 0 0; ");
  ck_assert_int_eq(fcl__connection_is_reusable(&c), 1);
}
END_TEST

START_TEST(reading_goes_on_after_resume) {
  begin();
  holds = 1;
  takes = 20;
  say(STDOUT("\3", "one"));
  fcl__connection_resume(&c);
  say(STDOUT("\3", "two") END);
  ck_assert_str_eq(text, "first; out one; out two; end 0 0; ");
}
END_TEST

START_TEST(a_resume_of_nothing_is_harmless) {
  begin();
  fcl__connection_resume(&c);
  say(STDOUT("\3", "one") END);
  fcl__connection_resume(&c);
  ck_assert_str_eq(text, "first; out one; end 0 0; ");
}
END_TEST

START_TEST(the_block_of_a_held_span_can_outlive_the_connection) {
  char *kept;
  begin();
  holds = 1;
  takes = 20;
  say(STDOUT("\3", "one"));
  kept = fcl__connection_keep(&c);
  ck_assert_ptr_nonnull(kept);
  fcl__connection_close(&c);
  turn();
  ck_assert_str_eq(text, "first; out one; closed; ");
  ck_assert_mem_eq(kept + 8, "one", 3);
  fcl__block_give(&blocks, kept);
}
END_TEST

START_TEST(a_pinned_block_stays_while_the_connection_reads_on) {
  begin();
  pins = 2;
  say(STDOUT("\3", "one") STDOUT("\3", "two"));
  say(STDOUT("\5", "three") END);
  ck_assert_str_eq(text, "first; out one; out two; out three; end 0 0; ");
  ck_assert_ptr_eq(pinned[0], pinned[1]);
  fcl__block_give(&blocks, pinned[1]);
  ck_assert_mem_eq(pinned[0] + 8, "one", 3);
  fcl__block_give(&blocks, pinned[0]);
}
END_TEST

START_TEST(what_was_held_can_be_pinned_when_it_comes_again) {
  begin();
  holds = 1;
  takes = 1;
  say(STDOUT("\3", "one"));
  pins = 1;
  fcl__connection_resume(&c);
  say(STDOUT("\3", "two") END);
  ck_assert_str_eq(text, "first; out o; out ne; out two; end 0 0; ");
  ck_assert_mem_eq(pinned[0] + 9, "ne", 2);
  fcl__block_give(&blocks, pinned[0]);
}
END_TEST

START_TEST(a_held_block_that_nobody_keeps_is_given_back) {
  begin();
  holds = 1;
  takes = 20;
  say(STDOUT("\3", "one"));
  fcl__connection_close(&c);
  turn(); /* the teardown sees that no memory is left */
  ck_assert_str_eq(text, "first; out one; closed; ");
}
END_TEST

/* ---- Closing ---- */

START_TEST(nothing_but_closed_comes_after_close) {
  begin();
  ck_assert_int_eq((int) pair_send(remote, STDOUT("\2", "hi") END, 26), 26);
  fcl__connection_close(&c);
  fcl__connection_close(&c); /* harmless */
  turn();
  ck_assert_str_eq(text, "closed; ");
}
END_TEST

START_TEST(closing_inside_a_span_ends_the_reading) {
  begin();
  closer = 'o';
  say(STDOUT("\3", "one") STDOUT("\3", "two") END);
  ck_assert_str_eq(text, "first; out one; closed; ");
}
END_TEST

START_TEST(without_memory_for_a_block_the_connection_breaks_and_is_not_read_from_again) {
  begin();
  test_allocator_fail(&memory, 1, 1);
  say(STDOUT("\2", "hi"));
  ck_assert_str_eq(text, "broke MEMORY; ");
  ck_assert_int_eq(broken.code, FCL_E_NOMEM);
  test_allocator_fail(&memory, 0, 0);
  say(STDOUT("\2", "hi"));
  ck_assert_str_eq(text, "broke MEMORY; ");
}
END_TEST

START_TEST(closing_inside_a_span_that_was_resumed_ends_the_reading) {
  begin();
  holds = 1;
  takes = 1;
  say(STDOUT("\3", "one") STDOUT("\3", "two") END);
  closer = 'o';
  fcl__connection_resume(&c);
  turn();
  ck_assert_str_eq(text, "first; out o; out ne; closed; ");
}
END_TEST

START_TEST(a_violation_behind_a_held_span_is_told_when_that_is_resumed) {
  begin();
  holds = 1;
  takes = 3;
  say(STDOUT("\3", "one") "\1\5\0\1\0\0\0\0");
  ck_assert_str_eq(text, "first; out one; ");
  fcl__connection_resume(&c);
  say(STDOUT("\3", "two"));
  ck_assert_str_eq(text, "first; out one; broke PROTOCOL; ");
  assert_broken("only web servers send");
}
END_TEST

START_TEST(a_closed_connection_is_not_used_again) {
  begin();
  say(END);
  ck_assert_int_eq(fcl__connection_is_reusable(&c), 1);
  fcl__connection_close(&c);
  ck_assert_int_eq(fcl__connection_is_reusable(&c), 0);
}
END_TEST

static TCase *holding(void) {
  TCase *t = connection_case("holding and closing");
  tcase_add_test(t, a_held_span_stops_everything_behind_it);
  tcase_add_test(t, what_was_not_taken_of_a_held_span_comes_again);
  tcase_add_test(t, reading_goes_on_after_resume);
  tcase_add_test(t, a_resume_of_nothing_is_harmless);
  tcase_add_test(t, the_block_of_a_held_span_can_outlive_the_connection);
  tcase_add_test(t, a_pinned_block_stays_while_the_connection_reads_on);
  tcase_add_test(t, what_was_held_can_be_pinned_when_it_comes_again);
  tcase_add_test(t, a_held_block_that_nobody_keeps_is_given_back);
  tcase_add_test(t, nothing_but_closed_comes_after_close);
  tcase_add_test(t, closing_inside_a_span_ends_the_reading);
  tcase_add_test(t, without_memory_for_a_block_the_connection_breaks_and_is_not_read_from_again);
  tcase_add_test(t, closing_inside_a_span_that_was_resumed_ends_the_reading);
  tcase_add_test(t, a_violation_behind_a_held_span_is_told_when_that_is_resumed);
  tcase_add_test(t, a_closed_connection_is_not_used_again);
  return t;
}

int main(void) {
  TCase *t = holding();
  return test_suite_run("connection_hold", &t, 1);
}
