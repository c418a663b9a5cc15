/* test_process.c: programs that print, exit, and are stopped, with the real guardian. */
#define _GNU_SOURCE
#include "platform/world.h"
#include "support/fds.h"
#include "support/suite.h"
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- Output ---- */

START_TEST(stdout_and_stderr_arrive_as_lines) {
  world_start(&it, "line", "one", "error-line", "two", "line", "three", NULL);
  run_to_its_end();
  ck_assert_uint_eq(it.lines, 3);
  ck_assert_str_eq(it.out, "one\ntwo\nthree\n");
}
END_TEST

START_TEST(what_it_prints_just_before_its_exit_arrives_before_exited) {
  world_start(&it, "flood", "3000", "text", "without an end", "exit", "3", NULL);
  run_to_its_end();
  ck_assert_uint_eq(it.lines, 3001);
  ck_assert_int_eq(it.status, 3);
}
END_TEST

START_TEST(a_long_line_is_cut_at_4_kib) {
  world_start(&it, "letters", "10000", "line", "", "line", "next", NULL);
  run_to_its_end();
  ck_assert_uint_eq(it.lines, 2);
  ck_assert_uint_eq(it.longest, 4096);
  ck_assert(seen_line(&it, "next"));
}
END_TEST

START_TEST(binary_output_is_handed_on_raw) {
  world_start(&it, "text", "\xff\x1b", "nul", "line", "z", NULL);
  run_to_its_end();
  ck_assert_uint_eq(it.longest, 4);
  ck_assert_mem_eq(it.out, "\xff\x1b\0z\n", 5);
}
END_TEST

START_TEST(a_program_may_close_its_output_and_live_on) {
  START_READY("status-7-on-term");
  fcl__process_stop(it.process, 0);
  run_to_its_end();
  memset(&it, 0, sizeof it);
  world_start(&it, "close-output", "status-7-on-term", "accept", "1", "exit", "5", NULL);
  world_run_until(it.pid != 0);
  {
    int fd = fcl__process_connect(it.process);
    ck_assert_int_ge(fd, 0);
    run_to_its_end();
    close(fd);
  }
  ck_assert_int_eq(it.status, 5);
}
END_TEST

static void on_tick(uv_timer_t *t) {
  ++*(int *) t->data;
}

START_TEST(a_flood_of_output_leaves_room_for_others) {
  uv_timer_t t;
  int ticks = 0;
  t.data = &ticks;
  uv_timer_init(&w.loop, &t);
  uv_timer_start(&t, on_tick, 1, 1);
  world_start(&it, "flood", "300000", NULL);
  run_to_its_end();
  uv_close((uv_handle_t *) &t, NULL);
  uv_run(&w.loop, UV_RUN_NOWAIT);
  ck_assert_uint_eq(it.lines, 300000);
  ck_assert_int_gt(ticks, 5); /* about 2 MB: 250 turns of the loop */
  ck_assert_uint_lt(w.allocator.peak, 100000);
}
END_TEST

START_TEST(a_child_that_keeps_the_output_open_does_not_delay_the_exit) {
  world_start(&it, "session-child", "line", "bye", "exit", "4", NULL);
  run_to_its_end();
  ck_assert_int_eq(it.status, 4);
  ck_assert(seen_line(&it, "bye"));
}
END_TEST

/* ---- Exit and stop ---- */

START_TEST(an_exit_status_is_reported) {
  world_start(&it, "exit", "255", NULL);
  run_to_its_end();
  ck_assert_int_eq(it.has_exited, 1);
  ck_assert_int_eq(it.status, 255);
  ck_assert_int_eq(it.signal, 0);
}
END_TEST

START_TEST(a_signal_is_reported) {
  world_start(&it, "raise", "6", NULL);
  run_to_its_end();
  ck_assert_int_eq(it.status, -1);
  ck_assert_int_eq(it.signal, SIGABRT);
}
END_TEST

START_TEST(a_polite_stop_is_sigterm) {
  START_READY("status-7-on-term");
  fcl__process_stop(it.process, 0);
  run_to_its_end();
  ck_assert_int_eq(it.status, 7);
}
END_TEST

START_TEST(a_polite_stop_can_be_ignored_a_forced_one_cannot) {
  START_READY("stubborn");
  fcl__process_stop(it.process, 0);
  fcl__process_stop(it.process, 0);
  fcl__process_stop(it.process, 1);
  fcl__process_stop(it.process, 1);
  run_to_its_end();
  ck_assert_int_eq(it.signal, SIGKILL);
}
END_TEST

START_TEST(a_stop_before_started_is_carried_out) { /* loop test: politely, by force */
  world_start(&it, "wait", NULL);
  fcl__process_stop(it.process, _i);
  run_to_its_end();
  ck_assert_int_eq(it.has_exited, 1);
  ck_assert_int_eq(it.signal, _i ? SIGKILL : SIGTERM);
}
END_TEST

START_TEST(a_stop_after_the_end_is_harmless) {
  it.frees_later = 1;
  world_start(&it, "exit", "0", NULL);
  run_to_its_end();
  fcl__process_stop(it.process, 0);
  fcl__process_stop(it.process, 1);
  fcl__process_free(it.process);
  ck_assert_int_eq(it.status, 0);
}
END_TEST

START_TEST(a_forced_stop_ends_every_descendant) { /* loop test: over kinds of children */
  static const char *const kinds[] = {"child", "group-child", "session-child"};
  long guardian;
  START_READY("stubborn", kinds[_i], kinds[_i]);
  guardian = world_guardian();
  ck_assert_int_eq(others_alive(guardian, it.pid), 2);
  fcl__process_stop(it.process, 1);
  run_to_its_end();
  run_until_alone(guardian, it.pid);
  ck_assert_int_eq(it.signal, SIGKILL);
}
END_TEST

START_TEST(what_a_killed_program_leaves_in_its_group_is_killed) {
  long guardian;
  START_READY("stubborn", "child", "child", "child");
  guardian = world_guardian();
  kill((pid_t) it.pid, SIGKILL);
  run_to_its_end();
  run_until_alone(guardian, it.pid);
  ck_assert_int_eq(it.signal, SIGKILL);
}
END_TEST

START_TEST(orphans_that_end_are_reaped) {
  long guardian;
  START_READY("stubborn", "short-orphan", "short-orphan");
  guardian = world_guardian();
  run_until_alone(guardian, it.pid);
  world_be_patient();
  while (zombies(guardian) > 0) {
    uv_run(&w.loop, UV_RUN_NOWAIT);
    ck_assert_msg(!w.has_lost_patience, "zombies");
  }
  world_calm();
}
END_TEST

START_TEST(closing_ends_everything_even_what_runs_away) { /* loop test: over kinds of children */
  static const char *const kinds[] = {"child", "group-child", "session-child", "orphan", "runner"};
  long guardian;
  START_READY("stubborn", kinds[_i], kinds[_i]);
  guardian = world_guardian();
  fcl__processes_close(w.all, NULL, NULL);
  w.all = NULL;
  uv_run(&w.loop, UV_RUN_DEFAULT);
  ck_assert_int_eq(is_alive(guardian), 0);
  ck_assert_int_eq(is_alive(it.pid), 0);
  ck_assert_int_eq(others_alive(guardian, it.pid), 0);
}
END_TEST

/* ---- Endurance ---- */

START_TEST(two_hundred_cycles_leave_nothing_behind) {
  int i, before = 0;
  size_t live = 0;
  for (i = 0; i < 200; i++) {
    memset(&it, 0, sizeof it);
    world_start(&it, i % 2 ? "wait" : "exit", "0", NULL);
    if (i % 2)
      fcl__process_stop(it.process, i % 4 == 3);
    run_to_its_end();
    uv_run(&w.loop, UV_RUN_NOWAIT); /* close callbacks */
    if (i == 0) {
      before = test_fds();
      live = w.allocator.live;
    }
  }
  ck_assert_fds(before);
  ck_assert_uint_eq(w.allocator.live, live);
}
END_TEST

START_TEST(fifty_at_once_start_and_end) {
  static seen many[50];
  int i;
  memset(many, 0, sizeof many);
  for (i = 0; i < 50; i++)
    world_start(&many[i], "line", "ready", "wait", NULL);
  for (i = 0; i < 50; i++)
    world_run_until(seen_line(&many[i], "ready"));
  for (i = 0; i < 50; i++)
    fcl__process_stop(many[i].process, i % 2);
  for (i = 0; i < 50; i++) {
    world_run_until(seen_end(&many[i]));
    ck_assert_int_eq(many[i].signal, i % 2 ? SIGKILL : SIGTERM);
  }
}
END_TEST

/* One whole life with the nth allocation failing.  1: it was not needed. */
static int live_with_failure(size_t nth, int for_ever) {
  fcl__program program = {.path = w.app};
  const char *argv[] = {w.app, "line", "x", "wait", NULL};
  fcl_error e = {0};
  size_t failed;
  program.argv = argv;
  memset(&it, 0, sizeof it);
  test_allocator_fail(&w.allocator, nth, for_ever);
  if (world_start_program(&it, &program, &e) == FCL_OK) {
    world_run_until(it.lines == 1 || seen_end(&it));
    fcl__process_stop(it.process, nth % 2);
    run_to_its_end();
  } else {
    ck_assert_int_eq(e.code, FCL_E_NOMEM);
    ck_assert_str_ne(e.text, "");
  }
  failed = w.allocator.failed;
  test_allocator_fail(&w.allocator, 0, 0);
  return failed == 0;
}

START_TEST(each_allocation_may_fail) { /* loop test: once, for ever */
  size_t nth;
  for (nth = 1; nth < 100; nth++) {
    if (live_with_failure(nth, _i))
      break;
    world_reopen(NULL, w.directory);        /* so that the start of the guardian fails too */
    ck_assert_uint_eq(w.allocator.live, 1); /* the new client */
  }
  ck_assert_uint_gt(nth, 5);
  ck_assert_uint_lt(nth, 100);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("process");
  tcase_set_timeout(t, 60);
  tcase_add_checked_fixture(t, world_open, world_close);
  tcase_add_test(t, stdout_and_stderr_arrive_as_lines);
  tcase_add_test(t, what_it_prints_just_before_its_exit_arrives_before_exited);
  tcase_add_test(t, a_long_line_is_cut_at_4_kib);
  tcase_add_test(t, binary_output_is_handed_on_raw);
  tcase_add_test(t, a_program_may_close_its_output_and_live_on);
  tcase_add_test(t, a_flood_of_output_leaves_room_for_others);
  tcase_add_test(t, a_child_that_keeps_the_output_open_does_not_delay_the_exit);
  tcase_add_test(t, an_exit_status_is_reported);
  tcase_add_test(t, a_signal_is_reported);
  tcase_add_test(t, a_polite_stop_is_sigterm);
  tcase_add_test(t, a_polite_stop_can_be_ignored_a_forced_one_cannot);
  tcase_add_loop_test(t, a_stop_before_started_is_carried_out, 0, 2);
  tcase_add_test(t, a_stop_after_the_end_is_harmless);
  tcase_add_loop_test(t, a_forced_stop_ends_every_descendant, 0, 3);
  tcase_add_test(t, what_a_killed_program_leaves_in_its_group_is_killed);
  tcase_add_test(t, orphans_that_end_are_reaped);
  tcase_add_loop_test(t, closing_ends_everything_even_what_runs_away, 0, 5);
  tcase_add_test(t, two_hundred_cycles_leave_nothing_behind);
  tcase_add_test(t, fifty_at_once_start_and_end);
  tcase_add_loop_test(t, each_allocation_may_fail, 0, 2);
  return test_suite_run("process", &t, 1);
}
