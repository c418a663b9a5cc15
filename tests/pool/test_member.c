/* test_member.c: a member's life: its table of states, idle, worn, stopped. */
#include "pool/parts.h"
#include "pool/recorder.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>

/* ---- The table ---- */

START_TEST(the_table_of_states_is_as_designed) {
  char text[2048] = "";
  int s, e;
  for (s = FCL__ABSENT; s <= FCL__KILLING; s++)
    for (e = FCL__ORDERED; e <= FCL__GONE; e++) {
      int to = fcl__member_next((fcl__member_state) s, (fcl__member_event) e);
      if (to >= 0 && to != s)
        sprintf(text + strlen(text), "%s %s %s\n", fcl__member_state_name((fcl__member_state) s),
                fcl__member_event_name((fcl__member_event) e),
                fcl__member_state_name((fcl__member_state) to));
    }
  ck_assert_str_eq(text,
                   "absent ordered starting\nabsent room idle\nabsent full busy\nstarting started "
                   "idle\nstarting drain stopping\nstarting asked stopping\nstarting forced "
                   "killing\nstarting gone absent\nidle full busy\nidle drain stopping\nidle asked "
                   "stopping\nidle forced killing\nidle gone absent\nbusy room idle\nbusy drain "
                   "draining\nbusy asked stopping\nbusy forced killing\nbusy gone absent\ndraining "
                   "asked stopping\ndraining forced killing\ndraining gone absent\nstopping forced "
                   "killing\nstopping gone absent\nkilling gone absent\n");
}
END_TEST

START_TEST(numbers_that_are_no_state_have_no_name) {
  ck_assert_str_eq(fcl__member_state_name((fcl__member_state) 7), "?");
  ck_assert_str_eq(fcl__member_event_name((fcl__member_event) 8), "?");
  ck_assert_int_eq(fcl__member_next((fcl__member_state) 7, FCL__GONE), -1);
  ck_assert_int_eq(fcl__member_next(FCL__IDLE, (fcl__member_event) 8), -1);
}
END_TEST

/* ---- Idle, worn ---- */

START_TEST(idle_ms_ends_a_process) {
  world_with_idle(1);
  pass(299999);
  ck_assert_str_eq(told(), "");
  pass(1);
  ck_assert_str_eq(told(), "stop 0\n");
  ck_assert_str_eq(said(), "info php: process 100 was idle for 300 s (idle_ms) and is ended.\n");
}
END_TEST

START_TEST(the_process_least_used_idles_out_first) {
  world_with_idle(2);
  pass(200000);
  submit('a');
  connected('a');
  finished('a');
  told();
  pass(100000);
  ck_assert_str_eq(told(), "stop 0\n");
}
END_TEST

START_TEST(min_processes_stay_however_idle) {
  w.settings.max_processes = 3;
  w.settings.min_processes = 2;
  world_open();
  world_with_idle(3);
  pass(300000);
  ck_assert_str_eq(told(), "stop 0\n");
  exits(0, 0);
  pass(3000000);
  ck_assert_str_eq(told(), "forget 0\n");
  ck_assert_str_eq(state(1), "idle");
  ck_assert_str_eq(state(2), "idle");
}
END_TEST

START_TEST(a_death_below_min_processes_is_replaced) {
  w.settings.min_processes = 1;
  world_open();
  world_with_idle(1);
  exits(0, 0);
  ck_assert_str_eq(told(), "forget 0\nspawn 0\n");
}
END_TEST

START_TEST(min_processes_starts_none_that_never_were) {
  w.settings.max_processes = 4;
  w.settings.min_processes = 3;
  world_open();
  world_with_idle(1);
  exits(0, 0);
  started(0);
  pass(1000);
  ck_assert_uint_eq(w.pool.live, 1);
}
END_TEST

START_TEST(a_replacement_waits_for_the_back_off) {
  w.settings.min_processes = 1;
  world_open();
  world_with_idle(1);
  exits(0, 0);
  start_fails(0);
  told();
  pass(999);
  ck_assert_str_eq(told(), "");
  pass(1);
  ck_assert_str_eq(told(), "spawn 0\n");
}
END_TEST

START_TEST(max_requests_wear_a_process_out) {
  int i;
  w.settings.max_requests = 3;
  world_open();
  for (i = 0; i < 3; i++) {
    submit('a');
    if (i == 0)
      started(0);
    connected('a');
    answered('a');
    said();
    finished('a');
  }
  ck_assert_str_eq(told(), "spawn 0\nbegin a on 0\nbegin a on 0\nbegin a on 0\nstop 0\n");
  ck_assert_str_eq(said(),
                   "info php: process 100 has served 3 requests (max_requests) and is replaced.\n");
}
END_TEST

START_TEST(a_worn_process_is_replaced_while_it_leaves) {
  w.settings.max_processes = 1;
  w.settings.max_requests = 1;
  world_open();
  submit('a');
  started(0);
  connected('a');
  submit('b');
  told();
  finished('a');
  ck_assert_str_eq(told(), "stop 0\nspawn 1\n");
}
END_TEST

START_TEST(a_request_that_was_never_sent_does_not_wear) {
  w.settings.max_requests = 1;
  world_open();
  submit('a');
  started(0);
  canceled('a');
  ck_assert_str_eq(state(0), "idle");
  ck_assert_uint_eq(member(0)->served, 0);
}
END_TEST

/* ---- Stop ---- */

START_TEST(who_does_not_leave_within_stop_ms_is_ended_by_force) { /* KF-146 */
  world_with_idle(1);
  fcl__pool_recycle(&w.pool, w.now);
  told();
  said();
  pass(4999);
  ck_assert_str_eq(told(), "");
  pass(1);
  ck_assert_str_eq(told(), "stop 0 by force\n");
  ck_assert_str_eq(
      said(),
      "warning php: process 100 did not leave within 5 s (stop_ms) and is ended by force.\n");
  dies(0, SIGKILL);
  ck_assert_str_eq(said(), "info php: process 100 is gone: it was ended by signal 9 (SIGKILL), "
                           "having served 1 requests.\n");
}
END_TEST

START_TEST(with_stop_ms_0_force_is_the_first_word) {
  w.settings.stop_ms = 0;
  world_open();
  world_with_idle(1);
  fcl__pool_recycle(&w.pool, w.now);
  ck_assert_str_eq(told(), "stop 0 by force\n");
  ck_assert_str_eq(state(0), "killing");
}
END_TEST

START_TEST(without_stop_ms_a_process_has_all_the_time) {
  w.settings.stop_ms = FCL_NEVER;
  world_open();
  world_with_idle(1);
  fcl__pool_recycle(&w.pool, w.now);
  told();
  pass(10000000);
  ck_assert_str_eq(told(), "");
}
END_TEST

START_TEST(with_stop_ms_0_a_start_is_forced_when_it_is_reported) {
  w.settings.stop_ms = 0;
  world_open();
  submit('a');
  canceled('a');
  fcl__pool_recycle(&w.pool, w.now);
  told();
  started(0);
  ck_assert_str_eq(told(), "stop 0 by force\n");
}
END_TEST

START_TEST(a_start_that_must_stop_is_bounded_by_start_ms) {
  submit('a');
  canceled('a');
  fcl__pool_recycle(&w.pool, w.now);
  told();
  said();
  pass(10000);
  ck_assert_str_eq(told(), "stop 0 by force\n");
  ck_assert_str_eq(
      said(),
      "warning php: a new process did not leave within 10 s (start_ms) and is ended by force.\n");
}
END_TEST

START_TEST(a_start_that_must_stop_may_fail) {
  submit('a');
  canceled('a');
  fcl__pool_recycle(&w.pool, w.now);
  told();
  said();
  start_fails(0);
  ck_assert_str_eq(told(), "forget 0\n");
  ck_assert_str_eq(said(), "");
  ck_assert_uint_eq(w.pool.breaker.failed_starts, 0);
}
END_TEST

int main(void) {
  TCase *usual = tcase_create("usual settings");
  TCase *special = tcase_create("settings of its own");
  TCase *cases[] = {usual, special};
  tcase_add_checked_fixture(usual, world_make, world_end);
  tcase_add_checked_fixture(special, world_prepare, world_end);
  tcase_add_test(usual, the_table_of_states_is_as_designed);
  tcase_add_test(usual, numbers_that_are_no_state_have_no_name);
  tcase_add_test(usual, idle_ms_ends_a_process);
  tcase_add_test(usual, the_process_least_used_idles_out_first);
  tcase_add_test(special, min_processes_stay_however_idle);
  tcase_add_test(special, a_death_below_min_processes_is_replaced);
  tcase_add_test(special, min_processes_starts_none_that_never_were);
  tcase_add_test(special, a_replacement_waits_for_the_back_off);
  tcase_add_test(special, max_requests_wear_a_process_out);
  tcase_add_test(special, a_worn_process_is_replaced_while_it_leaves);
  tcase_add_test(special, a_request_that_was_never_sent_does_not_wear);
  tcase_add_test(usual, who_does_not_leave_within_stop_ms_is_ended_by_force);
  tcase_add_test(special, with_stop_ms_0_force_is_the_first_word);
  tcase_add_test(special, without_stop_ms_a_process_has_all_the_time);
  tcase_add_test(special, with_stop_ms_0_a_start_is_forced_when_it_is_reported);
  tcase_add_test(usual, a_start_that_must_stop_is_bounded_by_start_ms);
  tcase_add_test(usual, a_start_that_must_stop_may_fail);
  return test_suite_run("member", cases, 2);
}
