/* test_reach.c: addresses that cannot be reached: who tries them again, and what becomes of those
 * who wait. */
#include "pool/recorder.h"
#include <string.h>

/* ---- Addresses that cannot be reached ---- */

START_TEST(a_refused_request_goes_to_another_address) {
  world_with_addresses(2);
  submit('a');
  told();
  refused('a');
  ck_assert_str_eq(told(), "forget 0\nbegin a on 1\n");
  ck_assert_str_eq(said(),
                   "warning app: connection refused. In 1 s address tcp:a:9000 is tried again.\n");
  ck_assert_str_eq(state(0), "absent");
}
END_TEST

START_TEST(a_request_that_is_refused_is_tried_at_three_addresses) {
  world_with_addresses(4);
  submit('a');
  refused('a');
  refused('a');
  told();
  refused('a');
  ck_assert_str_eq(told(), "forget 2\nfail a CONNECT\n");
  ck_assert_str_eq(w.sentence, "app: connection refused.");
}
END_TEST

/* The kept connection that died was no refusal. */
START_TEST(a_request_that_is_tried_again_may_still_be_refused_once) {
  world_with_addresses(2);
  submit('a');
  connected('a');
  ck_assert_int_eq(retried('a', 0), 1);
  told();
  refused('a');
  ck_assert_str_eq(told(), "forget 1\nbegin a on 0\n");
}
END_TEST

START_TEST(connect_ms_is_a_refusal_too) {
  world_with_addresses(2);
  submit('a');
  told();
  pass(5000);
  ck_assert_str_eq(told(), "forget 0\nbegin a on 1\n");
  pass(5000);
  ck_assert_str_eq(told(), "forget 1\nfail a TIMEOUT_CONNECT\n");
  ck_assert_str_eq(w.sentence, "app: address tcp:b:9000 accepted no connection within 5 s "
                               "(connect_ms). See that the application "
                               "runs and is not overloaded.");
}
END_TEST

START_TEST(without_another_address_a_refused_request_fails) {
  world_with_addresses(1);
  submit('a');
  told();
  refused('a');
  ck_assert_str_eq(told(), "forget 0\nfail a CONNECT\n");
}
END_TEST

START_TEST(a_refusal_of_ours_blames_no_address) {
  world_with_addresses(1);
  w.refused_begins = 1;
  w.refuse_with = FCL_E_NOMEM;
  submit('a');
  ck_assert_str_eq(told(), "begin a on 0\nfail a NOMEM\n");
  ck_assert_str_eq(state(0), "idle");
}
END_TEST

START_TEST(an_unreachable_address_is_left_alone_for_a_while) {
  world_with_addresses(2);
  submit('a');
  refused('a');
  told();
  submit('b');
  submit('c');
  ck_assert_str_eq(told(), "begin b on 1\nbegin c on 1\n");
  pass(1000);
  submit('d');
  ck_assert_str_eq(told(), "begin d on 0\n");
}
END_TEST

START_TEST(with_every_address_unreachable_requests_fail_at_once) { /* KF-139 */
  world_with_addresses(2);
  submit('a');
  refused('a');
  pass(300);
  refused('a');
  told();
  submit('b');
  ck_assert_str_eq(told(), "fail b CONNECT\n");
  ck_assert_str_eq(w.sentence, "app: none of its 2 addresses can be reached; address tcp:a:9000 is "
                               "tried again in 700 ms. See that "
                               "the application runs and listens there.");
  ck_assert_uint_eq(fcl__pool_retry_after(&w.pool, w.now), 1);
}
END_TEST

START_TEST(who_waits_for_a_full_address_fails_when_it_cannot_be_reached) {
  world_prepare_addresses(1);
  w.settings.max_connections = 1;
  world_open();
  submit('a');
  submit('b');
  told();
  refused('a');
  ck_assert_str_eq(told(), "forget 0\nfail a CONNECT\nfail b CONNECT\n");
}
END_TEST

START_TEST(the_back_off_of_an_address_doubles_to_thirty_seconds) { /* KF-140 */
  static const unsigned seconds[] = {1, 2, 4, 8, 16, 30, 30};
  unsigned i;
  world_with_addresses(1);
  for (i = 0; i < 7; i++) {
    submit('a');
    told();
    refused('a');
    pass(seconds[i] * 1000 - 1);
    submit('a');
    ck_assert_str_eq(told(), "forget 0\nfail a CONNECT\nfail a CONNECT\n");
    pass(1);
  }
}
END_TEST

START_TEST(attempts_at_a_dead_address_are_few) { /* KF-140 */
  unsigned i, attempts = 0;
  world_with_addresses(1);
  for (i = 0; i < 60000; i++) {
    w.refused_begins = 1;
    submit('a');
    attempts += strstr(told(), "begin") != NULL;
    said();
    pass(1);
  }
  ck_assert_uint_eq(attempts, 6); /* at 0, 1, 3, 7, 15, 31 s */
}
END_TEST

START_TEST(several_refusals_of_one_death_count_once) {
  world_with_addresses(1);
  submit('a');
  submit('b');
  submit('c');
  refused('a');
  refused('b');
  refused('c');
  ck_assert_uint_eq(member(0)->failures, 1);
  ck_assert_uint_eq(fcl__pool_retry_after(&w.pool, w.now), 1);
}
END_TEST

START_TEST(after_the_back_off_one_request_tries_for_all) {
  world_with_addresses(1);
  submit('a');
  refused('a');
  pass(1000);
  told();
  said();
  submit('a');
  submit('b');
  ck_assert_str_eq(told(), "begin a on 0\n");
  connected('a');
  ck_assert_str_eq(told(), "begin b on 0\n");
  ck_assert_str_eq(said(), "info app: address tcp:a:9000 can be reached again.\n");
}
END_TEST

START_TEST(who_waits_for_that_try_shares_its_fate) {
  world_with_addresses(1);
  submit('a');
  refused('a');
  pass(1000);
  submit('a');
  submit('b');
  told();
  refused('a');
  ck_assert_str_eq(told(), "forget 0\nfail a CONNECT\nfail b CONNECT\n");
}
END_TEST

START_TEST(who_waits_too_long_for_that_try_is_told) {
  world_prepare_addresses(1);
  w.settings.queue_ms = 1000;
  world_open();
  submit('a');
  refused('a');
  pass(1000);
  submit('a');
  submit('b');
  pass(1000);
  ck_assert_str_eq(w.sentence, "app: a request waited for 1 s (queue_ms): an address was being "
                               "tried again after it could not be "
                               "reached. Raise max_connections, or find what is slow.");
}
END_TEST

START_TEST(a_canceled_try_lets_the_next_one_try) {
  world_with_addresses(1);
  submit('a');
  refused('a');
  pass(1000);
  submit('a');
  submit('b');
  told();
  canceled('a');
  ck_assert_str_eq(told(), "begin b on 0\n");
}
END_TEST

START_TEST(a_good_connection_ends_the_back_off) {
  world_with_addresses(1);
  submit('a');
  submit('b');
  refused('a');
  told();
  connected('b'); /* it was under way */
  ck_assert_str_eq(state(0), "idle");
  ck_assert_uint_eq(member(0)->failures, 0);
  submit('c');
  ck_assert_str_eq(told(), "begin c on 0\n");
}
END_TEST

START_TEST(an_address_that_comes_back_full_is_busy) {
  world_prepare_addresses(1);
  w.settings.max_connections = 2;
  world_open();
  serve('a');
  submit('b');
  refused('b');
  submit('c');
  fcl__pool_resume(&w.pool, w.now);
  submit('c');
  connected('c');
  ck_assert_str_eq(state(0), "busy");
  submit('d');
  ck_assert_uint_eq(w.pool.queued, 1);
}
END_TEST

START_TEST(open_requests_of_an_unreachable_address_go_on) {
  world_with_addresses(2);
  serve('a');
  serve('b');
  submit('c');
  refused('c'); /* on 0 */
  told();
  ck_assert_str_eq(state(0), "absent");
  finished('a');
  ck_assert_str_eq(state(0), "absent");
  ck_assert_uint_eq(member(0)->in_hand, 0);
}
END_TEST

START_TEST(a_retry_with_every_address_unreachable_fails) {
  world_with_addresses(1);
  submit('a');
  connected('a');
  submit('b');
  refused('b');
  told();
  ck_assert_int_eq(retried('a', 1), 1);
  ck_assert_str_eq(told(), "fail a CONNECT\n");
}
END_TEST

START_TEST(resume_tries_every_address_at_once) {
  world_with_addresses(2);
  submit('a');
  refused('a');
  refused('a');
  told();
  fcl__pool_resume(&w.pool, w.now);
  submit('b');
  submit('c');
  ck_assert_str_eq(told(), "begin b on 0\nbegin c on 1\n");
}
END_TEST

START_TEST(one_connection_tried_on_the_spot_after_another_lets_all_follow) {
  int i;
  world_with_addresses(1);
  submit('a');
  refused('a');
  pass(1000);
  submit('a');
  for (i = 0; i < 10; i++)
    submit(200 + i);
  w.connects_at_once = 1;
  connected('a');
  ck_assert_uint_eq(w.pool.queued, 0);
  ck_assert_uint_eq(w.pool.open, 11);
}
END_TEST

START_TEST(an_address_tried_again_on_the_spot_lets_all_follow) {
  world_with_addresses(1);
  submit('a');
  refused('a');
  pass(1000);
  w.connects_at_once = 1;
  told();
  submit('a');
  submit('b');
  ck_assert_str_eq(told(), "begin a on 0\nbegin b on 0\n");
}
END_TEST

START_TEST(who_follows_a_try_on_the_spot_is_not_begun_inside_it) {
  world_with_addresses(1);
  submit('a');
  refused('a');
  pass(1000);
  submit('a');
  submit('b');
  submit('c');
  w.connects_at_once = 1;
  told();
  canceled('a');
  ck_assert_str_eq(told(), "begin b on 0\nbegin c on 0\n");
}
END_TEST

START_TEST(a_back_off_that_is_due_and_not_yet_handled_is_over_in_a_second) {
  world_with_addresses(1);
  submit('a');
  refused('a');
  w.now += 5000; /* nobody has ticked */
  told();
  submit('b');
  ck_assert_ptr_nonnull(strstr(w.sentence, "is tried again in 0 ms"));
  ck_assert_uint_eq(fcl__pool_retry_after(&w.pool, w.now), 1);
}
END_TEST

int main(void) {
  TCase *special = tcase_create("settings of its own");
  tcase_add_checked_fixture(special, world_prepare, world_end);
  tcase_add_test(special, a_refused_request_goes_to_another_address);
  tcase_add_test(special, a_request_that_is_refused_is_tried_at_three_addresses);
  tcase_add_test(special, a_request_that_is_tried_again_may_still_be_refused_once);
  tcase_add_test(special, connect_ms_is_a_refusal_too);
  tcase_add_test(special, without_another_address_a_refused_request_fails);
  tcase_add_test(special, a_refusal_of_ours_blames_no_address);
  tcase_add_test(special, an_unreachable_address_is_left_alone_for_a_while);
  tcase_add_test(special, with_every_address_unreachable_requests_fail_at_once);
  tcase_add_test(special, who_waits_for_a_full_address_fails_when_it_cannot_be_reached);
  tcase_add_test(special, the_back_off_of_an_address_doubles_to_thirty_seconds);
  tcase_add_test(special, attempts_at_a_dead_address_are_few);
  tcase_add_test(special, several_refusals_of_one_death_count_once);
  tcase_add_test(special, after_the_back_off_one_request_tries_for_all);
  tcase_add_test(special, who_waits_for_that_try_shares_its_fate);
  tcase_add_test(special, who_waits_too_long_for_that_try_is_told);
  tcase_add_test(special, a_canceled_try_lets_the_next_one_try);
  tcase_add_test(special, a_good_connection_ends_the_back_off);
  tcase_add_test(special, an_address_that_comes_back_full_is_busy);
  tcase_add_test(special, open_requests_of_an_unreachable_address_go_on);
  tcase_add_test(special, a_retry_with_every_address_unreachable_fails);
  tcase_add_test(special, resume_tries_every_address_at_once);
  tcase_add_test(special, one_connection_tried_on_the_spot_after_another_lets_all_follow);
  tcase_add_test(special, an_address_tried_again_on_the_spot_lets_all_follow);
  tcase_add_test(special, who_follows_a_try_on_the_spot_is_not_begun_inside_it);
  tcase_add_test(special, a_back_off_that_is_due_and_not_yet_handled_is_over_in_a_second);
  return test_suite_run("reach", &special, 1);
}
