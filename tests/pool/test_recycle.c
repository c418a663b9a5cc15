/* test_recycle.c: recycling: new processes for new requests, the old ones finish. */
#include "pool/recorder.h"
#include <string.h>

/* ---- Recycle ---- */

START_TEST(recycling_ends_idle_processes_at_once) {
  world_with_idle(2);
  fcl__pool_recycle(&w.pool, w.now);
  ck_assert_str_eq(told(), "stop 0\nstop 1\n");
  ck_assert_str_eq(said(), "info php: 2 processes are recycled.\n");
}
END_TEST

START_TEST(a_blocked_pool_refuses_who_waits_and_who_comes_until_it_is_not) {
  world_with_idle(2);
  serve('a');
  serve('b');
  submit('c');
  fcl__pool_block(&w.pool, "no file", w.now);
  ck_assert_int_eq(is_here('c'), 0);
  ck_assert_str_eq(w.sentence, "php: no file");
  submit('d');
  ck_assert_int_eq(is_here('d'), 0);
  ck_assert_int_eq(is_here('a'), 1);
  finished('a');
  finished('b');
  told();
  fcl__pool_block(&w.pool, NULL, w.now);
  submit('e');
  ck_assert_str_eq(told(), "begin e on 0\n");
}
END_TEST

START_TEST(recycling_lets_busy_processes_finish) {
  world_with_idle(1);
  serve('a');
  told();
  fcl__pool_recycle(&w.pool, w.now);
  ck_assert_str_eq(told(), "");
  ck_assert_str_eq(state(0), "draining");
  finished('a');
  ck_assert_str_eq(told(), "stop 0\n");
  ck_assert_str_eq(state(0), "stopping");
}
END_TEST

START_TEST(new_processes_are_started_beside_draining_ones) {
  world_with_idle(2);
  serve('a');
  serve('b');
  fcl__pool_recycle(&w.pool, w.now);
  told();
  submit('c');
  submit('d');
  submit('e');
  ck_assert_str_eq(told(), "spawn 2\nspawn 3\n");
  ck_assert_uint_eq(w.pool.live, 4);
}
END_TEST

START_TEST(a_place_is_used_again_when_its_process_has_left) {
  world_with_idle(2);
  fcl__pool_recycle(&w.pool, w.now);
  exits(0, 0);
  exits(1, 0);
  told();
  submit('a');
  submit('b');
  ck_assert_str_eq(told(), "spawn 1\nspawn 0\n");
  fcl__pool_recycle(&w.pool, w.now);
  ck_assert_str_eq(told(), "spawn 2\nspawn 3\n");
}
END_TEST

START_TEST(without_a_place_a_start_waits_for_an_exit) {
  submit('a');
  submit('b');
  fcl__pool_recycle(&w.pool, w.now);
  fcl__pool_recycle(&w.pool, w.now);
  ck_assert_str_eq(told(), "spawn 0\nspawn 1\nspawn 2\nspawn 3\n");
  ck_assert_uint_eq(w.pool.live, 4);
  started(0);
  exits(0, 0);
  ck_assert_str_eq(told(), "stop 0\nforget 0\nspawn 0\n");
}
END_TEST

START_TEST(recycling_a_process_being_started_waits_for_its_start) {
  submit('a');
  fcl__pool_recycle(&w.pool, w.now);
  ck_assert_str_eq(told(), "spawn 0\nspawn 1\n");
  ck_assert_str_eq(state(0), "stopping");
  started(0);
  ck_assert_str_eq(told(), "stop 0\n");
  started(1);
  ck_assert_str_eq(told(), "begin a on 1\n");
}
END_TEST

/* Everybody in hand is connected and released, everybody asked to leave exits. */
static void let_all_finish(void) {
  unsigned i;
  for (i = 0; i < w.pool.member_count; i++)
    if (member(i)->state == FCL__STARTING)
      started(i);
  fcl__pool_recycle(&w.pool, w.now);
  connected('a');
  connected('b');
  finished('a');
  finished('b');
  for (i = 0; i < w.pool.member_count; i++)
    if (member(i)->state == FCL__STOPPING)
      exits(i, 0);
}

START_TEST(recycling_under_load_a_thousand_times_loses_nobody) { /* KF-130 */
  int i;
  for (i = 0; i < 1000; i++) {
    submit('a');
    submit('b');
    let_all_finish();
    ck_assert_uint_eq(w.pool.live, 0);
    ck_assert_ptr_null(strstr(told(), "fail"));
    said();
  }
  ck_assert_uint_eq(w.spawned, 2000);
}
END_TEST

START_TEST(addresses_are_not_recycled) {
  world_prepare_addresses(1);
  world_open();
  serve('a');
  fcl__pool_recycle(&w.pool, w.now);
  ck_assert_str_eq(state(0), "idle");
}
END_TEST

#define ADD(test) tcase_add_test(tc, test)

static TCase *usual(void) {
  TCase *tc = tcase_create("usual settings");
  tcase_add_checked_fixture(tc, world_make, world_end);
  ADD(recycling_ends_idle_processes_at_once);
  ADD(a_blocked_pool_refuses_who_waits_and_who_comes_until_it_is_not);
  ADD(recycling_lets_busy_processes_finish);
  ADD(new_processes_are_started_beside_draining_ones);
  ADD(a_place_is_used_again_when_its_process_has_left);
  ADD(without_a_place_a_start_waits_for_an_exit);
  ADD(recycling_a_process_being_started_waits_for_its_start);
  ADD(recycling_under_load_a_thousand_times_loses_nobody);
  return tc;
}

static TCase *special(void) {
  TCase *tc = tcase_create("settings of its own");
  tcase_add_checked_fixture(tc, world_prepare, world_end);
  ADD(addresses_are_not_recycled);
  return tc;
}

int main(void) {
  TCase *cases[] = {usual(), special()};
  return test_suite_run("recycle", cases, 2);
}
