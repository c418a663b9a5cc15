/* test_close.c: closing: what is refused, what goes on, what is ended, and when it is over. */
#include "pool/parts.h"
#include "pool/recorder.h"

/* ---- Close ---- */

START_TEST(a_pool_without_members_closes_at_once) {
  fcl__pool_close(&w.pool, FCL_NEVER, w.now);
  ck_assert_str_eq(told(), "closed\n");
}
END_TEST

START_TEST(a_closing_pool_takes_no_more) {
  world_with_idle(1);
  serve('a');
  fcl__pool_close(&w.pool, FCL_NEVER, w.now);
  told();
  submit('b');
  ck_assert_str_eq(told(), "fail b CLOSING\n");
  ck_assert_str_eq(w.sentence, "php: the pool takes no more requests: it is being closed.");
}
END_TEST

START_TEST(a_closing_pool_serves_what_it_has_and_then_ends_its_processes) {
  world_with_idle(2);
  serve('a');
  serve('b');
  submit('c');
  told();
  fcl__pool_close(&w.pool, FCL_NEVER, w.now);
  ck_assert_str_eq(told(), "");
  finished('a');
  ck_assert_str_eq(told(), "begin c on 1\n");
  connected('c');
  finished('b');
  finished('c');
  ck_assert_str_eq(told(), "stop 0\nstop 1\n");
  exits(0, 0);
  exits(1, 0);
  ck_assert_str_eq(told(), "forget 0\nforget 1\nclosed\n");
}
END_TEST

START_TEST(a_closing_pool_starts_processes_for_who_waits) {
  submit('a');
  start_fails(0);
  told();
  submit('b');
  fcl__pool_close(&w.pool, FCL_NEVER, w.now);
  pass(1000);
  ck_assert_str_eq(told(), "spawn 0\n");
}
END_TEST

START_TEST(drain_ms_ends_what_is_left) {
  world_with_idle(1);
  serve('a');
  submit('b');
  submit('c');
  told();
  fcl__pool_close(&w.pool, 12345, w.now);
  started(1);
  ck_assert_str_eq(told(), "begin b on 1\n");
  pass(4999);
  connected('b');
  answered('b');
  pass(7321);
  ck_assert_str_eq(told(), "");
  pass(45); /* it counts down in steps of at least 20 ms */
  ck_assert_str_eq(told(), "fail c CLOSING\nfail a CLOSING\nstop 0\nfail b CLOSING\nstop 1\n");
  ck_assert_str_eq(w.sentence, "php: the pool was closed before this request was done.");
}
END_TEST

START_TEST(a_drain_of_whole_steps_ends_on_the_millisecond) {
  world_with_idle(1);
  serve('a');
  told();
  fcl__pool_close(&w.pool, 500, w.now);
  pass(499);
  ck_assert_str_eq(told(), "");
  pass(1);
  ck_assert_str_eq(told(), "fail a CLOSING\nstop 0\n");
}
END_TEST

START_TEST(the_end_of_a_drain_ends_idle_processes_too) {
  world_with_idle(2);
  serve('a');
  told();
  fcl__pool_close(&w.pool, 500, w.now);
  pass(500);
  ck_assert_str_eq(told(), "fail a CLOSING\nstop 1\nstop 0\n");
}
END_TEST

START_TEST(closing_at_once_ends_requests_in_every_state) {
  world_with_idle(1);
  serve('a');  /* answered */
  submit('b'); /* waits for a start */
  submit('c'); /* waits behind it */
  started(1);  /* b is connecting */
  told();
  fcl__pool_close(&w.pool, 0, w.now);
  ck_assert_str_eq(told(), "fail c CLOSING\nfail a CLOSING\nstop 0\nfail b CLOSING\nstop 1\n");
  exits(0, 0);
  dies(1, 15);
  ck_assert_str_eq(told(), "forget 0\nforget 1\nclosed\n");
}
END_TEST

START_TEST(closing_ends_members_in_every_state) {
  w.settings.max_processes = 6;
  world_open();
  world_with_idle(5);
  serve('a'); /* 4: will drain */
  serve('b'); /* 3: will stop */
  fcl__member_recycle(member(4), w.now);
  fcl__member_leave(member(2), w.now); /* stopping */
  serve('c');                          /* 1 */
  canceled('c');                       /* 1 is proving */
  submit('d');                         /* connecting on 0 */
  submit('e');                         /* starts 5 */
  told();
  fcl__pool_close(&w.pool, 0, w.now);
  ck_assert_str_eq(told(), "fail e CLOSING\nfail d CLOSING\nstop 0\nfail b CLOSING\nstop 3\nfail a "
                           "CLOSING\nstop 4\nstop 1\n");
  ck_assert_str_eq(state(5), "stopping");
  start_fails(5);
  ck_assert_str_eq(told(), "forget 5\n");
}
END_TEST

START_TEST(a_closing_pool_forces_who_does_not_leave) { /* KF-146 */
  world_with_idle(1);
  fcl__pool_close(&w.pool, 0, w.now);
  ck_assert_str_eq(told(), "stop 0\n");
  pass(5000);
  ck_assert_str_eq(told(), "stop 0 by force\n");
  dies(0, 9);
  ck_assert_str_eq(told(), "forget 0\nclosed\n");
}
END_TEST

START_TEST(a_second_close_changes_nothing) {
  world_with_idle(1);
  serve('a');
  told();
  fcl__pool_close(&w.pool, FCL_NEVER, w.now);
  fcl__pool_close(&w.pool, 0, w.now);
  ck_assert_str_eq(told(), "");
}
END_TEST

START_TEST(a_retry_is_served_while_the_pool_drains) {
  world_with_idle(2);
  submit('a');
  connected('a');
  fcl__pool_close(&w.pool, FCL_NEVER, w.now);
  told();
  ck_assert_int_eq(retried('a', 0), 1);
  ck_assert_str_eq(told(), "probe 1\nbegin a on 0\n");
}
END_TEST

START_TEST(a_retry_while_the_pool_drains_is_kept_when_its_process_is_proven_at_once) {
  world_with_idle(1);
  submit('a');
  connected('a');
  fcl__pool_close(&w.pool, FCL_NEVER, w.now);
  told();
  w.proves_at_once = 1;
  ck_assert_int_eq(retried('a', 0), 1);
  ck_assert_str_eq(told(), "probe 0\nbegin a on 0\n");
}
END_TEST

START_TEST(closing_addresses_needs_no_exit) {
  world_prepare_addresses(2);
  world_open();
  serve('a');
  submit('b');
  told();
  fcl__pool_close(&w.pool, 0, w.now);
  ck_assert_str_eq(told(), "fail a CLOSING\nfail b CLOSING\nforget 0\nforget 1\nclosed\n");
}
END_TEST

START_TEST(closing_ends_the_back_off_of_addresses) {
  world_prepare_addresses(2);
  world_open();
  submit('a');
  refused('a');
  told();
  fcl__pool_close(&w.pool, 0, w.now);
  ck_assert_str_eq(told(), "fail a CLOSING\nforget 1\nclosed\n");
}
END_TEST

START_TEST(verbs_on_a_closed_pool_do_nothing) {
  fcl__pool_close(&w.pool, 0, w.now);
  told();
  fcl__pool_recycle(&w.pool, w.now);
  fcl__pool_resume(&w.pool, w.now);
  ck_assert_str_eq(told(), "");
  submit('a');
  ck_assert_str_eq(told(), "fail a CLOSING\n");
}
END_TEST

#define ADD(test) tcase_add_test(tc, test)

static TCase *usual(void) {
  TCase *tc = tcase_create("usual settings");
  tcase_add_checked_fixture(tc, world_make, world_end);
  ADD(a_pool_without_members_closes_at_once);
  ADD(a_closing_pool_takes_no_more);
  ADD(a_closing_pool_serves_what_it_has_and_then_ends_its_processes);
  ADD(a_closing_pool_starts_processes_for_who_waits);
  ADD(drain_ms_ends_what_is_left);
  ADD(a_drain_of_whole_steps_ends_on_the_millisecond);
  ADD(the_end_of_a_drain_ends_idle_processes_too);
  ADD(closing_at_once_ends_requests_in_every_state);
  ADD(a_closing_pool_forces_who_does_not_leave);
  ADD(a_second_close_changes_nothing);
  ADD(a_retry_is_served_while_the_pool_drains);
  ADD(a_retry_while_the_pool_drains_is_kept_when_its_process_is_proven_at_once);
  ADD(verbs_on_a_closed_pool_do_nothing);
  return tc;
}

static TCase *special(void) {
  TCase *tc = tcase_create("settings of its own");
  tcase_add_checked_fixture(tc, world_prepare, world_end);
  ADD(closing_ends_members_in_every_state);
  ADD(closing_addresses_needs_no_exit);
  ADD(closing_ends_the_back_off_of_addresses);
  return tc;
}

int main(void) {
  TCase *cases[] = {usual(), special()};
  return test_suite_run("close", cases, 2);
}
