/* test_stop.c: how programs end: by themselves, asked, by force, with their descendants, with us.
 */
#include "platform/win32/job.h"
#include "platform/win32/world.h"
#include "support/suite.h"
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Exits ---- */

START_TEST(an_exit_status_is_reported) { /* loop test */
  static const char *const given[] = {"0", "3", "255", "4294967295"};
  static const int status[] = {0, 3, 255, -1};
  world_start(&it, "exit", given[_i], NULL);
  run_to_its_end();
  ck_assert_int_eq(it.status, status[_i]);
  ck_assert_int_eq(it.signal, 0);
}
END_TEST

START_TEST(a_crash_is_reported_by_its_exception) {
  world_start(&it, "crash", NULL);
  run_to_its_end();
  ck_assert_uint_eq((unsigned) it.status, 0xc0000005u);
}
END_TEST

/* ---- Stops ---- */

START_TEST(the_event_asks_it_to_leave) {
  world_start(&it, "leave", "7", NULL);
  world_run_until(it.pid != 0);
  fcl__process_stop(it.process, 0);
  run_to_its_end();
  ck_assert_int_eq(it.status, 7);
}
END_TEST

/* As PHP does on a pipe: it sees the event only when a connection has come and gone. */
START_TEST(who_waits_for_a_connection_is_knocked_at) {
  world_start(&it, "pid", world_path("pid"), "serve", "3", NULL);
  world_be_patient();
  while (world_read("pid", NULL) == NULL)
    uv_run(&w.loop, UV_RUN_NOWAIT);
  fcl__process_stop(it.process, 0);
  run_to_its_end();
  ck_assert_int_eq(it.status, 3);
}
END_TEST

START_TEST(who_serves_a_connection_is_knocked_at_when_that_is_over) {
  int fd;
  world_start(&it, "serve", "0", NULL);
  fd = fcl__process_connect(it.process);
  ck_assert_int_ge(fd, 0);
  world_run_until(it.pid != 0);
  fcl__process_stop(it.process, 0);
  uv_run(&w.loop, UV_RUN_NOWAIT);
  ck_assert_int_eq(it.has_exited, 0);
  _close(fd);
  run_to_its_end();
  ck_assert_int_eq(it.status, 0);
}
END_TEST

/* Each stage before the next: the event is set when the first knock comes, knocks go on, and only
   force ends who stays. */
START_TEST(the_event_comes_first_then_knocks_and_in_the_end_force) {
  const char *said;
  world_start(&it, "stages", world_path("stages"), NULL);
  world_run_until(it.pid != 0);
  ck_assert_ptr_null(world_read("stages", NULL));
  fcl__process_stop(it.process, 0);
  world_be_patient();
  while ((said = world_read("stages", NULL)) == NULL || strlen(said) < 3 * 13)
    world_turn("three knocks");
  uv_timer_stop(&w.patience);
  ck_assert_msg(strncmp(said, "event, knock\nevent, knock\nevent, knock\n", 39) == 0, "%s", said);
  ck_assert_int_eq(it.has_exited, 0);
  fcl__process_stop(it.process, 1);
  run_to_its_end();
  ck_assert_uint_eq((unsigned) it.status, FCL__ENDED_BY_FORCE);
}
END_TEST

START_TEST(nobody_knocks_who_was_not_asked_to) {
  int fd;
  world_start(&it, "stages", world_path("stages"), NULL);
  world_run_until(it.pid != 0);
  fd = fcl__process_connect(it.process);
  ck_assert_int_ge(fd, 0);
  _close(fd);
  world_be_patient();
  while (world_read("stages", NULL) == NULL) {
    uv_run(&w.loop, UV_RUN_NOWAIT);
    ck_assert_msg(!w.has_lost_patience, "it has seen no connection");
  }
  ck_assert_str_eq(world_read("stages", NULL), "knock\n"); /* ours, without the event */
}
END_TEST

START_TEST(a_stop_before_started_is_carried_out) { /* loop test: politely, by force */
  world_start(&it, _i ? "wait" : "leave", "5", NULL);
  fcl__process_stop(it.process, _i);
  run_to_its_end();
  ck_assert_uint_eq((unsigned) it.status, _i ? FCL__ENDED_BY_FORCE : 5);
  ck_assert_int_gt(it.pid, 0);
}
END_TEST

START_TEST(a_polite_stop_can_be_ignored_a_forced_one_cannot) {
  world_start(&it, "wait", NULL);
  world_run_until(it.pid != 0);
  fcl__process_stop(it.process, 0);
  fcl__process_stop(it.process, 0);
  fcl__process_stop(it.process, 1);
  fcl__process_stop(it.process, 1);
  run_to_its_end();
  ck_assert_uint_eq((unsigned) it.status, FCL__ENDED_BY_FORCE);
}
END_TEST

START_TEST(a_stop_after_the_end_is_harmless) {
  it.frees_later = 1;
  world_start(&it, "exit", "0", NULL);
  run_to_its_end();
  fcl__process_stop(it.process, 0);
  fcl__process_stop(it.process, 1);
  ck_assert_int_eq(fcl__process_is_ending(it.process), 0);
  fcl__process_free(it.process);
}
END_TEST

/* ---- Descendants ---- */

static unsigned read_pids(long *pids, unsigned most) {
  const char *at = world_read("pids", NULL);
  unsigned n = 0;
  for (; at && *at && n < most; at = strchr(at, '\n') + 1) {
    if (strchr(at, '\n') == NULL)
      break;
    pids[n++] = atol(at);
  }
  return n;
}

/* A child that has a child; each has said who it is. */
static void start_family(long *pids) {
  const char *file = world_path("pids");
  world_start(&it, "pid", file, "child", "pid", file, "child", "pid", file, "wait", NULL);
  world_be_patient();
  while (read_pids(pids, 3) < 3) {
    uv_run(&w.loop, UV_RUN_NOWAIT);
    Sleep(1);
    ck_assert(!w.has_lost_patience);
  }
  uv_timer_stop(&w.patience);
}

static void wait_for_death(const long *pids, unsigned count) {
  unsigned i;
  world_be_patient();
  for (i = 0; i < count; i++)
    while (is_alive(pids[i])) {
      uv_run(&w.loop, UV_RUN_NOWAIT);
      ck_assert_msg(!w.has_lost_patience, "process %ld lives on", pids[i]);
      Sleep(1);
    }
}

/* It is `wait` in all of them. */
START_TEST(force_ends_every_descendant) {
  long pids[3];
  start_family(pids);
  fcl__process_stop(it.process, 1);
  wait_for_death(pids, 3);
  run_to_its_end();
}
END_TEST

START_TEST(closing_ends_every_descendant) {
  long pids[3];
  start_family(pids);
  fcl__processes_close(w.all, NULL, NULL);
  w.all = NULL;
  uv_run(&w.loop, UV_RUN_DEFAULT);
  wait_for_death(pids, 3);
}
END_TEST

START_TEST(what_a_program_leaves_behind_goes_with_it) {
  const char *file = world_path("pids");
  long pid;
  world_start(&it, "child", "pid", file, "wait", NULL); /* our own goes on with the child's words */
  world_be_patient();
  while (read_pids(&pid, 1) < 1)
    uv_run(&w.loop, UV_RUN_NOWAIT);
  {
    HANDLE first = OpenProcess(PROCESS_TERMINATE, FALSE, (DWORD) it.pid);
    TerminateProcess(first, 9);
    CloseHandle(first);
  }
  run_to_its_end();
  ck_assert_int_eq(it.status, 9);
  wait_for_death(&pid, 1);
}
END_TEST

/* Error 5: ERROR_ACCESS_DENIED. */
START_TEST(no_child_can_leave_the_job) {
  world_start(&it, "break", NULL);
  run_to_its_end();
  ck_assert_int_eq(it.status, 5);
}
END_TEST

/* ---- Endurance ---- */

static void one_life(int i) {
  memset(&it, 0, sizeof it);
  world_start(&it, i % 2 ? "leave" : "exit", "0", NULL);
  if (i % 2)
    fcl__process_stop(it.process, i % 4 == 3);
  run_to_its_end();
  uv_run(&w.loop, UV_RUN_NOWAIT); /* close callbacks */
}

START_TEST(many_starts_leave_no_handle_and_no_memory) {
  int before, i, count = getenv("FCGICLIENT_TEST_ALL") ? 1000 : 60;
  size_t live;
  for (i = 0; i < 10; i++) /* the system's own threads for waiting come first */
    one_life(i);
  before = test_fds();
  live = w.allocator.live;
  for (i = 0; i < count; i++)
    one_life(i);
  ck_assert_int_gt(before, 0);
  ck_assert_msg(test_fds() <= before + 4, "%d handles, %d before", test_fds(), before);
  ck_assert_uint_eq(w.allocator.live, live);
}
END_TEST

START_TEST(twenty_at_once_start_and_end) {
  static seen many[20];
  int i;
  memset(many, 0, sizeof many);
  for (i = 0; i < 20; i++)
    world_start(&many[i], "leave", "4", NULL);
  for (i = 0; i < 20; i++)
    fcl__process_stop(many[i].process, i % 2);
  for (i = 0; i < 20; i++) {
    world_run_until(many[i].has_exited);
    ck_assert_uint_eq((unsigned) many[i].status, i % 2 ? FCL__ENDED_BY_FORCE : 4);
  }
}
END_TEST

START_TEST(each_allocation_may_fail) {
  const char *argv[] = {w.app, "exit", "0", NULL};
  const fcl__program program = {.path = w.app, .argv = argv};
  fcl_error e = {0};
  size_t nth, failed = 1;
  for (nth = 1; failed > 0 && nth < 500; nth++) {
    memset(&it, 0, sizeof it);
    test_allocator_fail(&w.allocator, nth, 0);
    if (world_start_program(&it, &program, &e) == FCL_OK)
      run_to_its_end();
    else
      ck_assert_int_eq(e.code, FCL_E_NOMEM);
    failed = w.allocator.failed;
    test_allocator_fail(&w.allocator, 0, 0);
  }
  ck_assert_uint_gt(nth, 5);
  ck_assert_uint_eq(failed, 0);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("stop");
  tcase_add_checked_fixture(t, world_open, world_close);
  tcase_add_loop_test(t, an_exit_status_is_reported, 0, 4);
  tcase_add_test(t, a_crash_is_reported_by_its_exception);
  tcase_add_test(t, the_event_asks_it_to_leave);
  tcase_add_test(t, who_waits_for_a_connection_is_knocked_at);
  tcase_add_test(t, who_serves_a_connection_is_knocked_at_when_that_is_over);
  tcase_add_test(t, the_event_comes_first_then_knocks_and_in_the_end_force);
  tcase_add_test(t, nobody_knocks_who_was_not_asked_to);
  tcase_add_loop_test(t, a_stop_before_started_is_carried_out, 0, 2);
  tcase_add_test(t, a_polite_stop_can_be_ignored_a_forced_one_cannot);
  tcase_add_test(t, a_stop_after_the_end_is_harmless);
  tcase_add_test(t, force_ends_every_descendant);
  tcase_add_test(t, closing_ends_every_descendant);
  tcase_add_test(t, what_a_program_leaves_behind_goes_with_it);
  tcase_add_test(t, no_child_can_leave_the_job);
  tcase_add_test(t, many_starts_leave_no_handle_and_no_memory);
  tcase_add_test(t, twenty_at_once_start_and_end);
  tcase_add_test(t, each_allocation_may_fail);
  return test_suite_run("stop", &t, 1);
}
