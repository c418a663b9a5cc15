/* test_quota.c: pools that are counted together: no more processes in all than may be, who makes
   room for whom. */
#include "pool/houses.h"

static fcl__ticket a, b, t[32];

/* ---- Room ---- */

START_TEST(each_pool_starts_processes_while_there_is_room) {
  open_houses(2, 2, 2);
  submit(0, &a);
  submit(1, &b);
  ck_assert_str_eq(logged(), "spawn A0; spawn B0; ");
}
END_TEST

START_TEST(an_idle_process_of_another_makes_room) {
  open_houses(2, 1, 1);
  make_idle(0, 0, &a);
  logged();
  submit(1, &b);
  ck_assert_str_eq(logged(), "stop A0; spawn B0; ");
}
END_TEST

START_TEST(the_one_that_has_been_idle_for_longest_goes_first) {
  open_houses(3, 2, 2);
  submit(0, &t[0]);
  submit(1, &t[1]);
  started(of(0, 0));
  started(of(1, 0));
  finish(&t[1]);
  finish(&t[0]);
  logged();
  submit(2, &t[2]);
  ck_assert_str_eq(logged(), "stop B0; spawn C0; ");
}
END_TEST

START_TEST(while_there_is_room_nobody_is_ended) {
  open_houses(2, 2, 2);
  make_idle(0, 0, &a);
  logged();
  submit(1, &b);
  ck_assert_str_eq(logged(), "spawn B0; ");
}
END_TEST

START_TEST(one_pool_has_no_more_than_its_own_limit) {
  open_houses(2, 3, 1);
  submit(0, &t[0]);
  submit(0, &t[1]);
  submit(0, &t[2]);
  ck_assert_str_eq(logged(), "spawn A0; ");
}
END_TEST

START_TEST(processes_beyond_need_end_nobody_elses) {
  open_houses(2, 2, 2);
  houses[0].pool.settings.min_processes = 1;
  make_idle(0, 0, &a);
  make_idle(1, 0, &b);
  quota.max = 1; /* as if it had been lowered */
  exits(of(0, 0));
  ck_assert_str_eq(fcl__member_state_name(of(1, 0)->state), "idle");
}
END_TEST

/* ---- In line ---- */

START_TEST(who_finds_no_room_waits_for_the_next_that_idles) {
  open_houses(2, 1, 1);
  make_busy(0, 0, &a);
  submit(1, &b);
  logged();
  finish(&a);
  ck_assert_str_eq(logged(), "stop A0; spawn B0; ");
}
END_TEST

START_TEST(a_busy_pool_gives_way_to_one_that_has_nothing) {
  open_houses(2, 2, 2);
  submit(0, &t[0]);
  make_busy(0, 0, &t[1]);
  started(of(0, 1));
  submit(0, &t[2]); /* A has more to do */
  submit(1, &t[3]);
  logged();
  finish(&t[0]);
  ck_assert_str_eq(logged(), "stop A0; spawn B0; ");
  finish(&t[1]); /* now each has one: A goes on with its own */
  ck_assert_str_eq(logged(), "begin A1; ");
}
END_TEST

START_TEST(an_only_process_goes_on_for_a_second_before_it_gives_way) {
  open_houses(2, 1, 1);
  make_busy(0, 0, &t[0]);
  submit(0, &t[1]);
  submit(0, &t[2]);
  submit(1, &t[3]);
  logged();
  now += 999;
  finish(&t[0]);
  ck_assert_str_eq(logged(), "begin A0; ");
  now += 1;
  finish(&t[1]);
  ck_assert_str_eq(logged(), "stop A0; spawn B0; ");
}
END_TEST

START_TEST(a_pool_whose_last_waiter_is_gone_stands_in_line_no_more) {
  open_houses(2, 1, 1);
  make_busy(0, 0, &a);
  submit(1, &b);
  fcl__pool_cancel(&b, now);
  ck_assert(fcl__list_empty(&quota.starving));
  logged();
  finish(&a);
  ck_assert_str_eq(logged(), "");
}
END_TEST

START_TEST(the_exit_of_a_process_is_room_for_another) {
  open_houses(2, 1, 1);
  make_busy(0, 0, &a);
  submit(1, &b);
  logged();
  exits(of(0, 0));
  ck_assert_str_eq(logged(), "spawn B0; ");
}
END_TEST

/* ---- The queue ---- */

START_TEST(too_many_waiters_in_all_are_refused_where_most_wait) {
  unsigned i;
  open_houses(4, 1, 1);
  make_busy(0, 0, &t[0]);
  for (i = 1; i <= 9; i++)
    submit(0, &t[i]);
  for (; i <= 17; i++)
    submit(1, &t[i]);
  for (; i <= 20; i++)
    submit(2, &t[i]);
  ck_assert_uint_eq(houses[0].failed + houses[1].failed + houses[2].failed, 0);
  submit(3, &t[21]);
  ck_assert_uint_eq(houses[0].failed, 1);
  ck_assert_uint_eq(houses[3].failed, 0);
}
END_TEST

START_TEST(who_waits_too_long_is_told_whose_processes_are_busy) {
  open_houses(2, 1, 1);
  make_busy(0, 0, &a);
  fcl__pool_connected(&a, now);
  submit(1, &b);
  pass(30000);
  ck_assert_str_eq(
      houses[1].last,
      "php: a request waited for 30 s (queue_ms): all 1 processes (max_processes) were "
      "busy, 0 of them for this user. Raise max_processes, or find what is slow.");
}
END_TEST

/* ---- A pool that comes later ---- */

START_TEST(a_pool_at_work_is_counted_in) {
  open_houses(2, 1, 1);
  fcl__quota_leave(&houses[0].pool);
  make_idle(0, 0, &a);
  fcl__quota_join(&quota, &houses[0].pool);
  ck_assert_uint_eq(quota.serving, 1);
  logged();
  submit(1, &b);
  ck_assert_str_eq(logged(), "stop A0; spawn B0; ");
}
END_TEST

int main(void) {
  TCase *c = houses_case("quota");
  tcase_add_test(c, each_pool_starts_processes_while_there_is_room);
  tcase_add_test(c, an_idle_process_of_another_makes_room);
  tcase_add_test(c, the_one_that_has_been_idle_for_longest_goes_first);
  tcase_add_test(c, while_there_is_room_nobody_is_ended);
  tcase_add_test(c, one_pool_has_no_more_than_its_own_limit);
  tcase_add_test(c, processes_beyond_need_end_nobody_elses);
  tcase_add_test(c, who_finds_no_room_waits_for_the_next_that_idles);
  tcase_add_test(c, a_busy_pool_gives_way_to_one_that_has_nothing);
  tcase_add_test(c, an_only_process_goes_on_for_a_second_before_it_gives_way);
  tcase_add_test(c, a_pool_whose_last_waiter_is_gone_stands_in_line_no_more);
  tcase_add_test(c, the_exit_of_a_process_is_room_for_another);
  tcase_add_test(c, too_many_waiters_in_all_are_refused_where_most_wait);
  tcase_add_test(c, who_waits_too_long_is_told_whose_processes_are_busy);
  tcase_add_test(c, a_pool_at_work_is_counted_in);
  return test_suite_run("quota", &c, 1);
}
