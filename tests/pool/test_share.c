/* test_share.c: several requests in one member's hand: who gets the next one; what is learnt and
 * taken back. */
#include "pool/sharing.h"

/* ---- Who gets the next one ---- */

START_TEST(a_process_takes_as_many_as_share_its_connection) {
  open_with(1, 3);
  submit('a');
  submit('b');
  submit('c');
  submit('d');
  ck_assert_str_eq(told(), "begin a on 0\nbegin b on 0\nbegin c on 0\n");
  ck_assert_int_eq(guest('d')->state, FCL__QUEUED);
  connected('b');
  finished('b');
  ck_assert_str_eq(told(), "begin d on 0\n");
}
END_TEST

START_TEST(an_idle_process_comes_before_one_that_has_room) {
  open_with(2, 5);
  submit('a');
  submit('b');
  ck_assert_str_eq(told(), "begin a on 1\nbegin b on 0\n");
}
END_TEST

START_TEST(those_with_room_take_turns) {
  open_with(2, 5);
  submit('a');
  submit('b');
  told();
  submit('c');
  submit('d');
  submit('e');
  ck_assert_str_eq(told(), "begin c on 1\nbegin d on 0\nbegin e on 1\n");
}
END_TEST

START_TEST(one_process_is_started_for_as_many_as_it_can_take) {
  prepare(4, 10);
  world_open();
  for (int id = 'a'; id <= 'j'; id++)
    submit(id);
  ck_assert_uint_eq(w.spawned, 1);
  submit('k');
  ck_assert_uint_eq(w.spawned, 2);
}
END_TEST

START_TEST(those_who_wait_for_a_start_do_not_count_as_queued) {
  prepare(1, 10);
  w.settings.queue_length = 2;
  world_open();
  for (int id = 128; id < 140; id++)
    submit(id);
  ck_assert_uint_eq(w.pool.queued, 12);
  submit(140);
  ck_assert(strstr(told(), "fail 140 QUEUE_FULL") != NULL);
}
END_TEST

START_TEST(a_process_is_idle_when_its_last_request_is_over) {
  open_with(1, 3);
  submit('a');
  submit('b');
  connected('a');
  connected('b');
  finished('a');
  ck_assert_str_eq(state(0), "busy");
  finished('b');
  ck_assert_str_eq(state(0), "idle");
}
END_TEST

START_TEST(an_address_takes_its_connections_times_what_shares_each) {
  open_addresses(1, 2, 3);
  for (int id = 'a'; id <= 'g'; id++)
    submit(id);
  ck_assert_uint_eq(member(0)->in_hand, 6);
  ck_assert_int_eq(guest('g')->state, FCL__QUEUED);
}
END_TEST

START_TEST(addresses_without_a_limit_stay_without_one) {
  open_addresses(1, FCL_NEVER, 1000);
  for (int id = 128; id < 140; id++)
    submit(id);
  ck_assert_uint_eq(member(0)->in_hand, 12);
}
END_TEST

/* ---- Learnt, and taken back ---- */

START_TEST(what_is_learnt_lets_those_in_who_wait) {
  open_with(1, 0);
  submit('a');
  submit('b');
  submit('c');
  ck_assert_str_eq(told(), "begin a on 0\n");
  w.settings.per_connection = 2;
  shares(0, 2, 1);
  ck_assert_str_eq(told(), "begin b on 0\n");
}
END_TEST

START_TEST(what_is_learnt_of_an_address_may_lower_its_connections) {
  open_addresses(1, FCL_NEVER, 0);
  submit('a');
  shares(0, 1, 1);
  submit('b');
  ck_assert_int_eq(guest('b')->state, FCL__QUEUED);
  connected('a');
  finished('a');
  ck_assert_int_eq(guest('b')->state, FCL__CONNECTING);
}
END_TEST

START_TEST(a_member_that_takes_one_again_finishes_what_it_has) {
  open_with(1, 3);
  submit('a');
  submit('b');
  connected('a');
  connected('b');
  shares(0, 1, 1);
  submit('c');
  finished('a');
  ck_assert_int_eq(guest('c')->state, FCL__QUEUED);
  finished('b');
  ck_assert_int_eq(guest('c')->state, FCL__CONNECTING);
}
END_TEST

START_TEST(one_that_was_refused_by_a_living_process_is_begun_again_without_proof) {
  open_with(1, 2);
  submit('a');
  submit('b');
  connected('a');
  connected('b');
  told();
  ck_assert_int_eq(returned('b'), 1);
  ck_assert_str_eq(told(), "begin b on 0\n");
  ck_assert_uint_eq(guest('b')->tries, 2);
}
END_TEST

START_TEST(one_that_was_refused_goes_to_the_front_of_the_queue) {
  open_with(1, 2);
  submit('a');
  submit('b');
  submit('c');
  connected('a');
  connected('b');
  shares(0, 1, 1);
  told();
  returned('b');
  finished('a');
  ck_assert_str_eq(told(), "begin b on 0\n");
}
END_TEST

START_TEST(one_that_is_always_refused_has_its_tries) {
  int i, did = 1;
  open_with(1, 2);
  submit('a');
  for (i = 0; did && i < 100; i++) {
    connected('a');
    did = returned('a');
  }
  ck_assert_int_eq(i, 5); /* 4 + max_processes */
  finished('a');
}
END_TEST

START_TEST(a_worn_process_takes_no_more_and_is_replaced_at_once) {
  prepare(1, 3);
  w.settings.max_requests = 3; /* one of them made it idle */
  world_open();
  world_with_idle(1);
  submit('a');
  submit('b');
  ck_assert_str_eq(state(0), "draining");
  submit('c');
  ck_assert_uint_eq(w.spawned, 2);
  connected('a');
  connected('b');
  finished('a');
  finished('b');
  ck_assert_str_eq(state(0), "stopping");
}
END_TEST

int main(void) {
  TCase *t = sharing_case("share");
  tcase_add_test(t, a_process_takes_as_many_as_share_its_connection);
  tcase_add_test(t, an_idle_process_comes_before_one_that_has_room);
  tcase_add_test(t, those_with_room_take_turns);
  tcase_add_test(t, one_process_is_started_for_as_many_as_it_can_take);
  tcase_add_test(t, those_who_wait_for_a_start_do_not_count_as_queued);
  tcase_add_test(t, a_process_is_idle_when_its_last_request_is_over);
  tcase_add_test(t, an_address_takes_its_connections_times_what_shares_each);
  tcase_add_test(t, addresses_without_a_limit_stay_without_one);
  tcase_add_test(t, what_is_learnt_lets_those_in_who_wait);
  tcase_add_test(t, what_is_learnt_of_an_address_may_lower_its_connections);
  tcase_add_test(t, a_member_that_takes_one_again_finishes_what_it_has);
  tcase_add_test(t, one_that_was_refused_by_a_living_process_is_begun_again_without_proof);
  tcase_add_test(t, one_that_was_refused_goes_to_the_front_of_the_queue);
  tcase_add_test(t, one_that_is_always_refused_has_its_tries);
  tcase_add_test(t, a_worn_process_takes_no_more_and_is_replaced_at_once);
  return test_suite_run("share", &t, 1);
}
