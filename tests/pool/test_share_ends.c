/* test_share_ends.c: several requests in one member's hand: given up one by one, or failed
 * together. */
#include "pool/sharing.h"

/* ---- Who is given up ---- */

/* ABORT_REQUEST went out: the process lives, and others are on the connection. */
START_TEST(one_that_leaves_a_shared_connection_asks_for_no_proof) {
  open_with(1, 2);
  submit('a');
  submit('b');
  connected('a');
  connected('b');
  told();
  finished('a');
  ck_assert_str_eq(told(), "");
  submit('c');
  ck_assert_str_eq(told(), "begin c on 0\n");
}
END_TEST

START_TEST(a_process_that_owes_an_end_for_too_long_leaves_when_the_others_are_done) {
  open_with(1, 3);
  submit('a');
  connected('a');
  overdue(0);
  ck_assert_str_eq(state(0), "draining");
  ck_assert(strstr(said(), "warning php: process 100 had not ended a request that was aborted") !=
            NULL);
  told();
  finished('a');
  ck_assert_str_eq(told(), "stop 0\n");
}
END_TEST

START_TEST(a_silent_request_fails_alone_and_its_process_is_replaced_behind_the_others) {
  open_with(1, 3);
  submit('a');
  submit('b');
  connected('a');
  connected('b');
  pass(60000);
  touched('b');
  pass(10000);
  ck_assert(strstr(told(), "fail a TIMEOUT_ACTIVITY") != NULL);
  ck_assert(strstr(w.sentence, "when its other requests are done") != NULL);
  ck_assert_str_eq(state(0), "draining");
  ck_assert(is_here('b'));
  finished('b');
  ck_assert_str_eq(state(0), "stopping");
}
END_TEST

START_TEST(the_last_silent_request_ends_the_process_by_force) {
  open_with(1, 3);
  submit('a');
  submit('b');
  connected('a');
  connected('b');
  told();
  pass(70000);
  ck_assert_str_eq(told(), "fail a TIMEOUT_ACTIVITY\nfail b TIMEOUT_ACTIVITY\nstop 0 by force\n");
}
END_TEST

START_TEST(a_silent_request_of_an_address_fails_alone) {
  open_addresses(1, 1, 3);
  submit('a');
  submit('b');
  connected('a');
  connected('b');
  pass(60000);
  touched('b');
  pass(10000);
  ck_assert(strstr(told(), "fail a TIMEOUT_ACTIVITY") != NULL);
  ck_assert(is_here('b'));
  ck_assert_str_eq(state(0), "idle");
}
END_TEST

/* ---- Exits ---- */

START_TEST(the_exit_of_a_process_fails_each_with_its_own_sentence) {
  open_with(1, 3);
  submit_about('a', "/one.php", "");
  submit_about('b', "/two.php", "tag");
  connected('a');
  connected('b');
  answered('a');
  told();
  exits(0, 255);
  ck_assert_str_eq(told(), "fail a TRUNCATED\nfail b EXITED\nforget 0\n");
  ck_assert(strstr(w.sentence, "/two.php") != NULL && strstr(w.sentence, "[tag]") != NULL);
}
END_TEST

START_TEST(an_exit_that_is_forgiven_is_an_error_to_those_it_had_in_hand) {
  open_with(1, 3);
  submit('a');
  submit_about('b', "/two.php", "");
  connected('a');
  connected('b');
  dropped('a'); /* canceled, when the connection was gone */
  told();
  dies(0, 9);
  ck_assert_str_eq(told(), "fail b EXITED\nforget 0\n");
  ck_assert(strstr(w.sentence, "/two.php") != NULL);
}
END_TEST

START_TEST(one_that_may_be_sent_again_leaves_the_others_to_their_fate) {
  open_with(2, 3);
  submit('a');
  submit('b');
  submit('c');
  submit('d');
  connected('a');
  connected('c');
  told();
  ck_assert_int_eq(retried('c', 1), 1); /* it is asked whether it lives, and gets none meanwhile */
  ck_assert_str_eq(told(), "probe 1\nbegin c on 0\n");
  dies(1, 11);
  ck_assert(strstr(told(), "fail a EXITED") != NULL);
  ck_assert(is_here('c'));
}
END_TEST

START_TEST(who_ends_meanwhile_proves_nothing) {
  open_with(1, 3);
  submit('a');
  submit('b');
  connected('a');
  connected('b');
  retried('a', 0);
  finished('b');
  ck_assert_str_eq(state(0), "busy");
  ck_assert_int_eq(guest('a')->state, FCL__QUEUED);
  proven(0);
  ck_assert_int_eq(guest('a')->state, FCL__CONNECTING);
}
END_TEST

START_TEST(a_start_that_takes_too_long_fails_all_that_it_was_given) {
  prepare(1, 3);
  world_open();
  submit('a');
  submit('b');
  started(0);
  told();
  w.settings.connect_ms = 0;
  connected('a');
  connected('b');
  pass(10000);
  ck_assert_str_eq(told(), "fail a TIMEOUT_START\nfail b TIMEOUT_START\nstop 0 by force\n");
}
END_TEST

START_TEST(a_refused_connection_of_a_process_with_others_in_hand_lets_them_finish) {
  open_with(1, 3);
  submit('a');
  connected('a');
  submit('b');
  refused('b');
  ck_assert_str_eq(state(0), "draining");
  ck_assert(is_here('a'));
  finished('a');
  ck_assert_str_eq(state(0), "stopping");
}
END_TEST

START_TEST(a_recycled_process_finishes_all_it_has) {
  open_with(1, 3);
  submit('a');
  submit('b');
  connected('a');
  connected('b');
  fcl__pool_recycle(&w.pool, w.now);
  finished('a');
  ck_assert_str_eq(state(0), "draining");
  finished('b');
  ck_assert_str_eq(state(0), "stopping");
}
END_TEST

START_TEST(closing_waits_for_all_that_share) {
  open_with(1, 3);
  submit('a');
  submit('b');
  connected('a');
  connected('b');
  fcl__pool_close(&w.pool, FCL_NEVER, w.now);
  finished('a');
  ck_assert_str_eq(state(0), "busy");
  finished('b');
  ck_assert_str_eq(state(0), "stopping");
}
END_TEST

int main(void) {
  TCase *t = sharing_case("share ends");
  tcase_add_test(t, one_that_leaves_a_shared_connection_asks_for_no_proof);
  tcase_add_test(t, a_process_that_owes_an_end_for_too_long_leaves_when_the_others_are_done);
  tcase_add_test(t, a_silent_request_fails_alone_and_its_process_is_replaced_behind_the_others);
  tcase_add_test(t, the_last_silent_request_ends_the_process_by_force);
  tcase_add_test(t, a_silent_request_of_an_address_fails_alone);
  tcase_add_test(t, the_exit_of_a_process_fails_each_with_its_own_sentence);
  tcase_add_test(t, an_exit_that_is_forgiven_is_an_error_to_those_it_had_in_hand);
  tcase_add_test(t, one_that_may_be_sent_again_leaves_the_others_to_their_fate);
  tcase_add_test(t, who_ends_meanwhile_proves_nothing);
  tcase_add_test(t, a_start_that_takes_too_long_fails_all_that_it_was_given);
  tcase_add_test(t, a_refused_connection_of_a_process_with_others_in_hand_lets_them_finish);
  tcase_add_test(t, a_recycled_process_finishes_all_it_has);
  tcase_add_test(t, closing_waits_for_all_that_share);
  return test_suite_run("share_ends", &t, 1);
}
