/* test_change.c: other settings for a pool that lives: what becomes of processes that are no longer
   wanted, or are from now on. */
#include "pool/recorder.h"

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

int main(void) {
  TCase *tc = tcase_create("change");
  tcase_add_checked_fixture(tc, NULL, world_end);
  tcase_add_test(tc, processes_that_need_not_be_there_any_more_are_not_replaced);
  tcase_add_test(tc, those_that_had_to_be_there_idle_from_now_on);
  tcase_add_test(tc, idle_processes_beyond_the_new_limit_leave_at_once);
  tcase_add_test(tc, busy_processes_beyond_the_new_limit_finish_and_leave);
  tcase_add_test(tc, a_process_beyond_the_new_limit_that_was_being_started_leaves_when_it_is);
  tcase_add_test(tc, more_processes_are_started_at_once_for_those_that_wait);
  return test_suite_run("change", &tc, 1);
}
