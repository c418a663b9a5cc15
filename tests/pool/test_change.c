/* test_change.c: other settings for a pool that lives: what becomes of processes that are no longer
   wanted, or are from now on. */
#include "pool/recorder.h"
#include <string.h>

/* The pool of w.settings from now on. */
static void change(void) {
  fcl__pool to;
  fcl_error e;
  ck_assert_int_eq(
      fcl__pool_init(&to, &w.settings, w.pool.ops, w.pool.io, &w.memory, &w.timeouts, &e), FCL_OK);
  fcl__pool_take_settings(&w.pool, &to, w.now);
  fcl__pool_free(&to);
  w.surplus =
      w.pool.serving > w.settings.max_processes ? w.pool.serving - w.settings.max_processes : 0;
  world_check();
}

static void open_with_room(unsigned processes) {
  world_prepare();
  w.settings.max_processes = processes;
  w.settings.room = 8;
}

START_TEST(addresses_take_turns_from_now_on_however_busy) {
  world_with_addresses(2);
  serve('a');
  serve('b');
  finished('a');
  serve('c');
  finished('c'); /* on 0, which has less to do than 1 */
  w.settings.balance = FCL_BALANCE_ROUND_ROBIN;
  change();
  told();
  submit('d');
  ck_assert_str_eq(told(), "begin d on 1\n");
}
END_TEST

START_TEST(processes_that_need_not_be_there_any_more_are_not_replaced) {
  open_with_room(4);
  w.settings.min_processes = 2;
  world_open();
  world_with_idle(2);
  w.settings.min_processes = 0;
  change();
  dies(0, 9);
  ck_assert_str_eq(told(), "forget 0\n");
}
END_TEST

START_TEST(those_that_had_to_be_there_idle_from_now_on) {
  open_with_room(4);
  w.settings.min_processes = 1;
  world_open();
  world_with_idle(1);
  pass(w.settings.idle_ms);
  ck_assert_str_eq(told(), "");
  w.settings.min_processes = 0;
  change();
  pass(w.settings.idle_ms - 1);
  ck_assert_str_eq(told(), "");
  pass(1);
  ck_assert_str_eq(told(), "stop 0\n");
  exits(0, 0);
  ck_assert_str_eq(told(), "forget 0\n");
}
END_TEST

START_TEST(idle_processes_beyond_the_new_limit_leave_at_once) {
  open_with_room(3);
  world_open();
  world_with_idle(3);
  w.settings.max_processes = 1;
  change();
  ck_assert_str_eq(told(), "stop 0\nstop 1\n");
}
END_TEST

/* Whoever waits does not keep them. */
START_TEST(busy_processes_beyond_the_new_limit_finish_and_leave) {
  open_with_room(2);
  world_open();
  world_with_idle(2);
  serve('a');
  serve('b');
  submit('c');
  told();
  w.settings.max_processes = 1;
  change();
  ck_assert_str_eq(told(), "");
  finished('a');
  ck_assert_str_eq(told(), "stop 1\n");
  finished('b');
  ck_assert_str_eq(told(), "begin c on 0\n");
}
END_TEST

START_TEST(a_process_beyond_the_new_limit_that_was_being_started_leaves_when_it_is) {
  open_with_room(2);
  world_open();
  submit('a');
  submit('b');
  started(0);
  w.settings.max_processes = 1;
  change();
  told();
  started(1);
  ck_assert_str_eq(told(), "stop 1\n");
}
END_TEST

START_TEST(more_processes_are_started_at_once_for_those_that_wait) {
  open_with_room(1);
  world_open();
  world_with_idle(1);
  serve('a');
  submit('b');
  told();
  w.settings.max_processes = 2;
  change();
  ck_assert_str_eq(told(), "spawn 1\n");
}
END_TEST

/* ---- Limits: for what begins from now on ---- */

START_TEST(what_runs_is_bounded_as_it_was_and_what_begins_as_it_is_now) {
  open_with_room(2);
  world_open();
  world_with_idle(2);
  serve('a');
  w.settings.request_ms = 20000;
  change();
  serve('b');
  pass(20000);
  ck_assert(is_here('a'));
  ck_assert(!is_here('b'));
  ck_assert_ptr_nonnull(strstr(w.sentence, "took longer than 20 s (request_ms)"));
  pass(50000);
  ck_assert(!is_here('a'));
  ck_assert_ptr_nonnull(strstr(w.sentence, "activity_ms"));
}
END_TEST

START_TEST(who_waits_is_bounded_as_it_was) {
  open_with_room(1);
  world_open();
  world_with_idle(1);
  serve('a');
  submit('b');
  w.settings.queue_ms = 1000;
  change();
  submit('c');
  pass(1000);
  ck_assert(!is_here('c'));
  ck_assert(is_here('b'));
}
END_TEST

START_TEST(a_shorter_queue_refuses_who_comes_and_keeps_who_waits) {
  open_with_room(1);
  world_open();
  world_with_idle(1);
  serve('a');
  submit('b');
  submit('c');
  told();
  w.settings.queue_length = 2;
  change();
  submit('d');
  ck_assert_str_eq(told(), "fail d QUEUE_FULL\n");
}
END_TEST

START_TEST(a_process_is_worn_by_the_new_count) {
  open_with_room(1);
  world_open();
  world_with_idle(1);
  serve('a');
  w.settings.max_requests = 1;
  change();
  told();
  finished('a');
  ck_assert_str_eq(told(), "stop 0\n");
}
END_TEST

START_TEST(a_process_that_idles_goes_on_with_its_clock_and_the_next_idles_anew) {
  open_with_room(2);
  world_open();
  world_with_idle(2);
  w.settings.idle_ms = 1000;
  change();
  serve('a');
  finished('a');
  told();
  pass(1000);
  ck_assert_str_eq(told(), "stop 1\n");
  ck_assert_str_eq(state(0), "idle");
}
END_TEST

START_TEST(rapid_fail_counts_what_failed_before) {
  open_with_room(1);
  world_open();
  world_with_idle(1);
  serve('a');
  dies(0, 11);
  w.settings.rapid_fails = 1;
  change();
  pass(1000);
  submit('b');
  started(0);
  connected('b');
  answered('b');
  dies(0, 11);
  told();
  submit('c');
  ck_assert_str_eq(told(), "fail c RAPID_FAIL\n");
}
END_TEST

START_TEST(fewer_signs_are_enough_for_a_process_that_is_not_ready_yet) {
  open_with_room(1);
  w.settings.ready = FCL_READY_ANSWERED;
  world_open();
  submit('a');
  started(0);
  told();
  w.settings.ready = FCL_READY_STARTED;
  change();
  pass(160);
  ck_assert_str_eq(told(), "begin a on 0\n");
}
END_TEST

START_TEST(from_now_on_the_load_says_how_many_there_are) {
  open_with_room(2);
  world_open();
  world_with_idle(2);
  w.settings.is_sized = 1;
  w.settings.processors = 1;
  w.settings.max_processes = 8;
  change();
  ck_assert_uint_eq(w.pool.size.limit, 2); /* as many as there may be are not ended for that */
  ck_assert(fcl__clock_runs(&w.pool.watch));
}
END_TEST

START_TEST(a_pool_that_closes_takes_other_settings_and_closes_on) {
  open_with_room(2);
  world_open();
  world_with_idle(1);
  serve('a');
  fcl__pool_close(&w.pool, FCL_NEVER, w.now);
  w.settings.max_processes = 4;
  change();
  told();
  finished('a');
  ck_assert_str_eq(told(), "stop 0\n");
}
END_TEST

/* ---- Sharing ---- */

static void share_anew(void) {
  w.excess = 4; /* what they have in hand stays */
  change();
  fcl__pool_share_anew(&w.pool, w.now);
  world_check();
}

START_TEST(an_address_takes_more_at_once_for_those_that_wait) {
  world_prepare_addresses(1);
  w.settings.max_connections = 1;
  world_open();
  serve('a');
  submit('b');
  told();
  w.settings.max_connections = 2;
  share_anew();
  ck_assert_str_eq(told(), "begin b on 0\n");
}
END_TEST

START_TEST(an_address_that_takes_fewer_finishes_what_it_has) {
  world_prepare_addresses(1);
  w.settings.max_connections = 2;
  world_open();
  serve('a');
  serve('b');
  submit('c');
  told();
  w.settings.max_connections = 1;
  share_anew();
  finished('a');
  ck_assert_str_eq(told(), "");
  finished('b');
  ck_assert_str_eq(told(), "begin c on 0\n");
}
END_TEST

START_TEST(what_was_learnt_is_forgotten) { /* loop: addresses, processes */
  if (_i == 0)
    world_prepare_addresses(1);
  else
    open_with_room(1);
  w.settings.max_connections = 1;
  world_open();
  if (_i == 1)
    world_with_idle(1);
  w.excess = 4;
  shares(0, 5, 1);
  serve('a');
  serve('b');
  submit('c');
  share_anew();
  submit('d');
  finished('a');
  told();
  finished('c');
  ck_assert_str_eq(told(), "");
  finished('b');
  ck_assert_str_eq(told(), "begin d on 0\n");
}
END_TEST

/* ---- Probes of addresses ---- */

START_TEST(addresses_are_probed_from_now_on) {
  world_prepare_addresses(1);
  world_open();
  w.settings.probe_ms = 100;
  change();
  pass(99);
  ck_assert_str_eq(told(), "");
  pass(1);
  ck_assert_str_eq(told(), "probe 0\n");
}
END_TEST

START_TEST(addresses_are_probed_no_longer) {
  world_prepare_addresses(1);
  w.settings.probe_ms = 100;
  world_open();
  fcl__pool_begin(&w.pool, w.now);
  pass(100);
  fcl__address_probed(member(0), NULL, w.now);
  told();
  w.settings.probe_ms = FCL_NEVER;
  change();
  pass(100000);
  ck_assert_str_eq(told(), "");
}
END_TEST

START_TEST(the_same_settings_do_not_put_a_probe_off) {
  world_prepare_addresses(1);
  w.settings.probe_ms = 100;
  world_open();
  fcl__pool_begin(&w.pool, w.now);
  pass(60);
  change();
  pass(40);
  ck_assert_str_eq(told(), "probe 0\n");
  change();
  pass(1000); /* it is out: it is not asked again */
  ck_assert_str_eq(told(), "");
}
END_TEST

START_TEST(without_memory_for_the_durations_nothing_has_changed) {
  fcl__pool to;
  fcl_error e;
  size_t n, fails = 0;
  open_with_room(2);
  world_open();
  w.settings.request_ms = 12345;
  w.settings.idle_ms = 54321;
  for (n = 1; n == fails + 1; n++) {
    test_allocator_fail(&w.allocator, n, 0);
    if (fcl__pool_init(&to, &w.settings, w.pool.ops, w.pool.io, &w.memory, &w.timeouts, &e) ==
        FCL_OK)
      fcl__pool_free(&to);
    else
      fails++;
  }
  ck_assert_uint_gt(fails, 2);
  ck_assert_uint_eq(w.pool.settings.request_ms, 90000);
}
END_TEST

int main(void) {
  TCase *tc = tcase_create("change");
  tcase_add_checked_fixture(tc, NULL, world_end);
  tcase_add_test(tc, what_runs_is_bounded_as_it_was_and_what_begins_as_it_is_now);
  tcase_add_test(tc, who_waits_is_bounded_as_it_was);
  tcase_add_test(tc, a_shorter_queue_refuses_who_comes_and_keeps_who_waits);
  tcase_add_test(tc, a_process_is_worn_by_the_new_count);
  tcase_add_test(tc, a_process_that_idles_goes_on_with_its_clock_and_the_next_idles_anew);
  tcase_add_test(tc, rapid_fail_counts_what_failed_before);
  tcase_add_test(tc, fewer_signs_are_enough_for_a_process_that_is_not_ready_yet);
  tcase_add_test(tc, from_now_on_the_load_says_how_many_there_are);
  tcase_add_test(tc, a_pool_that_closes_takes_other_settings_and_closes_on);
  tcase_add_test(tc, an_address_takes_more_at_once_for_those_that_wait);
  tcase_add_test(tc, an_address_that_takes_fewer_finishes_what_it_has);
  tcase_add_loop_test(tc, what_was_learnt_is_forgotten, 0, 2);
  tcase_add_test(tc, addresses_are_probed_from_now_on);
  tcase_add_test(tc, addresses_are_probed_no_longer);
  tcase_add_test(tc, the_same_settings_do_not_put_a_probe_off);
  tcase_add_test(tc, without_memory_for_the_durations_nothing_has_changed);
  tcase_add_test(tc, addresses_take_turns_from_now_on_however_busy);
  tcase_add_test(tc, processes_that_need_not_be_there_any_more_are_not_replaced);
  tcase_add_test(tc, those_that_had_to_be_there_idle_from_now_on);
  tcase_add_test(tc, idle_processes_beyond_the_new_limit_leave_at_once);
  tcase_add_test(tc, busy_processes_beyond_the_new_limit_finish_and_leave);
  tcase_add_test(tc, a_process_beyond_the_new_limit_that_was_being_started_leaves_when_it_is);
  tcase_add_test(tc, more_processes_are_started_at_once_for_those_that_wait);
  return test_suite_run("change", &tc, 1);
}
