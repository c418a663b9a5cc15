/* test_common.c: limits that a pool has in common with others elsewhere: it takes before it starts,
   and gives back when its process is gone. */
#include "pool/recorder.h"
#include <string.h>

/* A pool of up to 4 processes, for which `left` places are left. */
static void open_with_places(unsigned left) {
  world_prepare();
  w.settings.is_common = 1;
  w.settings.max_processes = 4;
  w.common.left = left;
  world_open();
}

/* `count` idle processes, for a while. */
static void open_with_idle(unsigned count) {
  open_with_places(4);
  world_with_idle(count);
  pass(FCL__RETURN_MS);
}

/* ---- Taking ---- */

START_TEST(a_process_needs_a_place_of_those_in_common) {
  open_with_places(1);
  submit('a');
  submit('b');
  ck_assert_str_eq(told(), "spawn 0\n");
  ck_assert_uint_eq(fcl__pool_wanted(&w.pool), 1);
}
END_TEST

START_TEST(a_pool_without_a_place_starts_one_when_there_is_one) {
  open_with_places(0);
  submit('a');
  ck_assert_str_eq(told(), "");
  w.common.left = 1;
  fcl__pool_go_on(&w.pool, w.now);
  ck_assert_str_eq(told(), "spawn 0\n");
  ck_assert_uint_eq(fcl__pool_wanted(&w.pool), 0);
}
END_TEST

START_TEST(it_wants_as_many_as_its_requests_need_and_its_limit_allows) {
  open_with_places(0);
  submit('a');
  ck_assert_uint_eq(fcl__pool_wanted(&w.pool), 1);
  submit('b');
  submit('c');
  ck_assert_uint_eq(fcl__pool_wanted(&w.pool), 3);
  submit('d');
  submit('e');
  ck_assert_uint_eq(fcl__pool_wanted(&w.pool), 4);
}
END_TEST

START_TEST(who_gives_up_waiting_wants_none) {
  open_with_places(0);
  submit('a');
  canceled('a');
  ck_assert_uint_eq(fcl__pool_wanted(&w.pool), 0);
}
END_TEST

START_TEST(several_requests_in_one_process_want_one) {
  world_prepare();
  w.settings.is_common = 1;
  w.settings.per_process = 4;
  world_open();
  submit('a');
  submit('b');
  ck_assert_uint_eq(fcl__pool_wanted(&w.pool), 1);
}
END_TEST

START_TEST(a_process_that_cannot_be_started_gives_its_place_back) {
  open_with_places(1);
  w.refused_spawns = 1;
  submit('a');
  ck_assert_uint_eq(w.common.left, 1);
  submit('b');
  canceled('b');
  pass(1000); /* the back-off */
  submit('c');
  start_fails(0);
  ck_assert_uint_eq(w.common.left, 1);
}
END_TEST

START_TEST(min_processes_are_started_only_where_all_have_fewer) {
  world_prepare();
  w.settings.is_common = 1;
  w.settings.min_processes = 1;
  w.common.left = 2;
  w.common.stays = 1;
  world_open();
  world_with_idle(1);
  told();
  exits(0, 0);
  ck_assert_str_eq(told(), "forget 0\n");
  w.common.is_short_of_min = 1;
  fcl__pool_go_on(&w.pool, w.now);
  ck_assert_str_eq(told(), "spawn 0\n");
}
END_TEST

/* ---- Until when a place is held ---- */

START_TEST(one_that_idled_too_long_holds_its_place_until_it_is_gone) {
  open_with_idle(1);
  pass(300000);
  ck_assert_str_eq(state(0), "stopping");
  ck_assert_uint_eq(w.common.left, 3);
  exits(0, 0);
  ck_assert_uint_eq(w.common.left, 4);
}
END_TEST

START_TEST(one_that_has_to_stay_does) {
  open_with_idle(1);
  w.common.stays = 1;
  pass(1000000);
  ck_assert_str_eq(state(0), "idle");
}
END_TEST

START_TEST(one_that_is_replaced_lends_its_place_at_once) {
  world_prepare();
  w.settings.is_common = 1;
  w.settings.max_requests = 2;
  w.common.left = 1;
  world_open();
  world_with_idle(1);
  serve('a');
  submit('b');
  told();
  finished('a');
  ck_assert_str_eq(told(), "stop 0\nspawn 1\n");
  ck_assert_uint_eq(w.common.left, 0);
}
END_TEST

START_TEST(the_new_generation_may_run_beside_the_old_one) {
  open_with_places(1);
  world_with_idle(1);
  serve('a');
  fcl__pool_recycle(&w.pool, w.now);
  told();
  submit('b');
  ck_assert_str_eq(told(), "spawn 1\n");
}
END_TEST

START_TEST(one_that_dies_gives_its_place_back) {
  open_with_idle(1);
  dies(0, 9);
  ck_assert_uint_eq(w.common.left, 4);
}
END_TEST

START_TEST(a_closing_pool_holds_its_places_until_its_processes_are_gone) {
  open_with_idle(2);
  fcl__pool_close(&w.pool, 0, w.now);
  ck_assert_uint_eq(w.common.left, 2);
  exits(0, 0);
  ck_assert_uint_eq(w.common.left, 3);
  exits(1, 0);
  ck_assert_uint_eq(w.common.left, 4);
  ck_assert_int_eq(w.is_closed, 1);
}
END_TEST

/* As an old generation, which a new pool replaces. */
START_TEST(a_draining_pool_lends_its_places) {
  open_with_places(2);
  world_with_idle(2);
  serve('a');
  serve('b');
  submit('c');
  told();
  fcl__pool_close(&w.pool, FCL_NEVER, w.now);
  ck_assert_uint_eq(w.common.left, 2);
  ck_assert_str_eq(told(), "spawn 2\n"); /* within its own limit */
  ck_assert_uint_eq(w.common.left, 2);
}
END_TEST

START_TEST(one_ended_by_force_holds_its_place_until_it_is_gone) {
  open_with_idle(1);
  fcl__pool_yield(&w.pool, w.now);
  pass(5000); /* stop_ms */
  ck_assert_str_eq(state(0), "killing");
  ck_assert_uint_eq(w.common.left, 3);
  dies(0, 9);
  ck_assert_uint_eq(w.common.left, 4);
}
END_TEST

/* ---- Making room ---- */

START_TEST(the_one_that_idled_for_longest_makes_room) {
  open_with_idle(2);
  serve('a');
  finished('a');
  pass(FCL__RETURN_MS);
  forget_logs();
  ck_assert_uint_eq(fcl__pool_idle_ms(&w.pool, w.now), 2 * FCL__RETURN_MS);
  fcl__pool_yield(&w.pool, w.now);
  ck_assert_str_eq(told(), "stop 0\n");
  ck_assert_str_eq(said(), "info php: process 100 was idle and makes room for another client's.\n");
}
END_TEST

START_TEST(one_that_was_just_used_makes_no_room) {
  open_with_idle(1);
  serve('a');
  finished('a');
  pass(FCL__RETURN_MS - 1);
  ck_assert_uint_eq(fcl__pool_idle_ms(&w.pool, w.now), 0);
  pass(1);
  ck_assert_uint_eq(fcl__pool_idle_ms(&w.pool, w.now), FCL__RETURN_MS);
}
END_TEST

START_TEST(a_busy_one_makes_no_room) {
  open_with_idle(1);
  serve('a');
  pass(1000);
  ck_assert_uint_eq(fcl__pool_idle_ms(&w.pool, w.now), 0);
  ck_assert_int_eq(fcl__pool_is_shared(&w.pool), 0);
}
END_TEST

START_TEST(one_that_becomes_free_leaves_where_it_is_owed) {
  open_with_idle(1);
  serve('a');
  submit('b');
  exits(1, 0);
  w.common.yields = 1;
  forget_logs();
  finished('a');
  ck_assert_str_eq(state(0), "stopping");
  ck_assert_str_eq(said(), "info php: process 100 makes room for another client's.\n");
}
END_TEST

START_TEST(one_that_many_share_makes_room_when_it_has_to) {
  world_prepare();
  w.settings.is_common = 1;
  w.settings.per_process = 4;
  w.common.left = 1;
  world_open();
  world_with_idle(1);
  serve('a');
  serve('b');
  pass(1000);
  ck_assert_uint_eq(fcl__pool_idle_ms(&w.pool, w.now), 0);
  ck_assert_int_eq(fcl__pool_is_shared(&w.pool), 1);
  fcl__pool_yield(&w.pool, w.now);
  ck_assert_str_eq(state(0), "draining");
  ck_assert_uint_eq(w.common.left, 0);
  finished('a');
  finished('b');
  ck_assert_str_eq(state(0), "stopping");
  exits(0, 0);
  ck_assert_uint_eq(w.common.left, 1);
}
END_TEST

START_TEST(a_pool_that_is_ending_makes_no_room_twice) {
  open_with_idle(1);
  fcl__pool_close(&w.pool, 0, w.now);
  ck_assert_uint_eq(fcl__pool_idle_ms(&w.pool, w.now), 0);
}
END_TEST

/* ---- The queue ---- */

START_TEST(one_more_than_may_wait_in_all_is_refused) {
  open_with_places(0);
  w.common.queue = 2;
  submit('a');
  submit('b');
  submit('c');
  ck_assert_int_eq(is_here('b'), 1);
  ck_assert_int_eq(is_here('c'), 0);
  ck_assert_ptr_nonnull(strstr(w.sentence, "all 4 processes (max_processes, common_limits) were "
                                           "busy, 0 of them in this client and 2 requests "
                                           "(queue_length) were waiting"));
}
END_TEST

START_TEST(requests_for_which_a_process_is_started_do_not_count) {
  open_with_places(2);
  submit('a');
  submit('b');
  ck_assert_uint_eq(fcl__pool_beyond(&w.pool), 0);
  submit('c');
  ck_assert_uint_eq(fcl__pool_beyond(&w.pool), 1);
}
END_TEST

static TCase *all(void) {
  TCase *t = tcase_create("common");
  tcase_add_checked_fixture(t, NULL, world_end);
  tcase_add_test(t, a_process_needs_a_place_of_those_in_common);
  tcase_add_test(t, a_pool_without_a_place_starts_one_when_there_is_one);
  tcase_add_test(t, it_wants_as_many_as_its_requests_need_and_its_limit_allows);
  tcase_add_test(t, who_gives_up_waiting_wants_none);
  tcase_add_test(t, several_requests_in_one_process_want_one);
  tcase_add_test(t, a_process_that_cannot_be_started_gives_its_place_back);
  tcase_add_test(t, min_processes_are_started_only_where_all_have_fewer);
  tcase_add_test(t, one_that_idled_too_long_holds_its_place_until_it_is_gone);
  tcase_add_test(t, one_that_has_to_stay_does);
  tcase_add_test(t, one_that_is_replaced_lends_its_place_at_once);
  tcase_add_test(t, the_new_generation_may_run_beside_the_old_one);
  tcase_add_test(t, one_that_dies_gives_its_place_back);
  tcase_add_test(t, a_closing_pool_holds_its_places_until_its_processes_are_gone);
  tcase_add_test(t, a_draining_pool_lends_its_places);
  tcase_add_test(t, one_ended_by_force_holds_its_place_until_it_is_gone);
  tcase_add_test(t, the_one_that_idled_for_longest_makes_room);
  tcase_add_test(t, one_that_was_just_used_makes_no_room);
  tcase_add_test(t, a_busy_one_makes_no_room);
  tcase_add_test(t, one_that_becomes_free_leaves_where_it_is_owed);
  tcase_add_test(t, one_that_many_share_makes_room_when_it_has_to);
  tcase_add_test(t, a_pool_that_is_ending_makes_no_room_twice);
  tcase_add_test(t, one_more_than_may_wait_in_all_is_refused);
  tcase_add_test(t, requests_for_which_a_process_is_started_do_not_count);
  return t;
}

int main(void) {
  TCase *t = all();
  return test_suite_run("common", &t, 1);
}
