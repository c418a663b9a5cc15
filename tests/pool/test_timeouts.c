/* test_timeouts.c: clocks by duration: when they are due, in which order, and what they cost. */
#include "pool/timeouts.h"
#include "support/allocator.h"
#include "support/suite.h"
#include <stdlib.h>
#include <string.h>

static test_allocator allocator;
static fcl__memory memory = {test_allocator_realloc, &allocator};
static fcl__timeouts t;

static void make(void) {
  test_allocator_init(&allocator);
  fcl__timeouts_init(&t, &memory);
}

static void end(void) {
  fcl__timeouts_free(&t);
  ck_assert_uint_eq(allocator.live, 0);
  test_allocator_destroy(&allocator);
}

START_TEST(nothing_is_due_without_a_clock) {
  ck_assert_uint_eq(fcl__timeouts_next(&t), UINT64_MAX);
  ck_assert_ptr_null(fcl__timeouts_expired(&t, UINT64_MAX));
}
END_TEST

START_TEST(a_clock_is_due_one_duration_after_it_was_set) {
  fcl__clock c = {0};
  fcl__duration *d = fcl__duration_take(&t, 30);
  fcl__clock_set(&c, d, 1000);
  ck_assert_uint_eq(fcl__timeouts_next(&t), 1030);
  ck_assert_ptr_null(fcl__timeouts_expired(&t, 1029));
  ck_assert_ptr_eq(fcl__timeouts_expired(&t, 1030), &c);
}
END_TEST

START_TEST(an_expired_clock_stands_still) {
  fcl__clock c = {0};
  fcl__clock_set(&c, fcl__duration_take(&t, 30), 1000);
  fcl__timeouts_expired(&t, 2000);
  ck_assert(!fcl__clock_runs(&c));
  ck_assert_ptr_null(fcl__timeouts_expired(&t, 2000));
  ck_assert_uint_eq(fcl__timeouts_next(&t), UINT64_MAX);
}
END_TEST

START_TEST(a_duration_of_0_is_due_at_once) {
  fcl__clock c = {0};
  fcl__clock_set(&c, fcl__duration_take(&t, 0), 1000);
  ck_assert_ptr_eq(fcl__timeouts_expired(&t, 1000), &c);
}
END_TEST

START_TEST(without_a_duration_a_clock_stands_still) {
  fcl__clock c = {0};
  fcl__clock_set(&c, fcl__duration_take(&t, 30), 1000);
  fcl__clock_set(&c, NULL, 1000);
  ck_assert(!fcl__clock_runs(&c));
  ck_assert_uint_eq(fcl__timeouts_next(&t), UINT64_MAX);
}
END_TEST

START_TEST(a_touched_clock_starts_again) {
  fcl__clock c = {0};
  fcl__clock_set(&c, fcl__duration_take(&t, 30), 1000);
  fcl__clock_touch(&c, 1020);
  ck_assert_ptr_null(fcl__timeouts_expired(&t, 1049));
  ck_assert_ptr_eq(fcl__timeouts_expired(&t, 1050), &c);
}
END_TEST

START_TEST(a_clock_that_stands_still_is_not_started_by_a_touch) {
  fcl__clock c = {0};
  fcl__clock_touch(&c, 1020);
  ck_assert(!fcl__clock_runs(&c));
}
END_TEST

START_TEST(a_touched_clock_falls_due_behind_the_others_of_its_duration) {
  fcl__clock a = {0}, b = {0};
  fcl__duration *d = fcl__duration_take(&t, 30);
  fcl__clock_set(&a, d, 1000);
  fcl__clock_set(&b, d, 1010);
  fcl__clock_touch(&a, 1020);
  ck_assert_ptr_eq(fcl__timeouts_expired(&t, 1100), &b);
  ck_assert_ptr_eq(fcl__timeouts_expired(&t, 1100), &a);
}
END_TEST

START_TEST(the_clock_due_longest_comes_first_whatever_its_duration) {
  fcl__clock slow = {0}, quick = {0};
  fcl__clock_set(&slow, fcl__duration_take(&t, 50), 1000);
  fcl__clock_set(&quick, fcl__duration_take(&t, 10), 1020);
  ck_assert_uint_eq(fcl__timeouts_next(&t), 1030);
  ck_assert_ptr_eq(fcl__timeouts_expired(&t, 2000), &quick);
  ck_assert_ptr_eq(fcl__timeouts_expired(&t, 2000), &slow);
}
END_TEST

START_TEST(a_cleared_clock_never_comes) {
  fcl__clock c = {0};
  fcl__clock_set(&c, fcl__duration_take(&t, 30), 1000);
  fcl__clock_clear(&c);
  fcl__clock_clear(&c);
  ck_assert_ptr_null(fcl__timeouts_expired(&t, 2000));
}
END_TEST

START_TEST(a_duration_can_be_used_again_after_all_its_clocks_stood_still) {
  fcl__clock c = {0};
  fcl__duration *d = fcl__duration_take(&t, 30);
  fcl__clock_set(&c, d, 1000);
  fcl__clock_clear(&c);
  ck_assert_uint_eq(fcl__timeouts_next(&t), UINT64_MAX);
  fcl__clock_set(&c, d, 2000);
  ck_assert_uint_eq(fcl__timeouts_next(&t), 2030);
}
END_TEST

START_TEST(equal_durations_are_one) {
  fcl__duration *d = fcl__duration_take(&t, 30);
  ck_assert_ptr_eq(fcl__duration_take(&t, 30), d);
  ck_assert_ptr_ne(fcl__duration_take(&t, 31), d);
  ck_assert_uint_eq(fcl__duration_ms(d), 30);
  ck_assert_uint_eq(allocator.live, 2);
}
END_TEST

START_TEST(a_duration_goes_with_its_last_user) {
  fcl__duration *d = fcl__duration_take(&t, 30);
  fcl__duration_take(&t, 30);
  fcl__duration_drop(d);
  ck_assert_uint_eq(allocator.live, 1);
  fcl__duration_drop(d);
  ck_assert_uint_eq(allocator.live, 0);
  fcl__duration_drop(NULL);
}
END_TEST

START_TEST(a_duration_that_was_just_used_can_go) {
  fcl__clock c = {0};
  fcl__duration *d = fcl__duration_take(&t, 30);
  fcl__clock_set(&c, d, 1000);
  fcl__clock_clear(&c);
  fcl__duration_drop(d);
  ck_assert_uint_eq(fcl__timeouts_next(&t), UINT64_MAX);
}
END_TEST

START_TEST(a_duration_moves_to_other_timeouts_with_its_users) {
  fcl__timeouts other;
  fcl__clock c = {0};
  fcl__duration *d = fcl__duration_take(&t, 30), *moved;
  fcl__timeouts_init(&other, &memory);
  fcl__duration_take(&t, 30);
  moved = fcl__duration_move(d, &other);
  ck_assert_ptr_eq(fcl__duration_move(d, &other), moved);
  fcl__clock_set(&c, moved, 1000);
  ck_assert_uint_eq(fcl__timeouts_next(&other), 1030);
  ck_assert_uint_eq(fcl__timeouts_next(&t), UINT64_MAX);
  fcl__clock_clear(&c);
  fcl__duration_drop(moved);
  fcl__duration_drop(moved);
  ck_assert_uint_eq(allocator.live, 0);
}
END_TEST

START_TEST(a_duration_that_was_just_used_can_move) {
  fcl__timeouts other;
  fcl__clock c = {0};
  fcl__duration *d = fcl__duration_take(&t, 30);
  fcl__timeouts_init(&other, &memory);
  fcl__clock_set(&c, d, 1000);
  fcl__clock_clear(&c);
  fcl__duration_move(d, &other);
  fcl__clock_set(&c, d, 2000);
  ck_assert_uint_eq(fcl__timeouts_next(&t), UINT64_MAX);
  ck_assert_uint_eq(fcl__timeouts_next(&other), 2030);
  fcl__timeouts_free(&other);
}
END_TEST

START_TEST(a_duration_that_moves_joins_its_equal) {
  fcl__timeouts other;
  fcl__duration *d = fcl__duration_take(&t, 30), *there;
  fcl__timeouts_init(&other, &memory);
  there = fcl__duration_take(&other, 30);
  ck_assert_ptr_eq(fcl__duration_move(d, &other), there);
  ck_assert_ptr_null(fcl__duration_move(NULL, &other));
  ck_assert_uint_eq(there->users, 2);
  ck_assert_uint_eq(allocator.live, 1);
  fcl__timeouts_free(&other);
}
END_TEST

START_TEST(without_memory_there_is_no_duration) {
  test_allocator_fail(&allocator, 1, 0);
  ck_assert_ptr_null(fcl__duration_take(&t, 30));
  ck_assert_ptr_nonnull(fcl__duration_take(&t, 30));
}
END_TEST

/* Against the plainest model: an array of due times. */
#define CLOCKS 40
static uint64_t due[CLOCKS];
static fcl__clock clocks[CLOCKS];

static uint64_t earliest(void) {
  uint64_t best = UINT64_MAX;
  int i;
  for (i = 0; i < CLOCKS; i++)
    best = due[i] < best ? due[i] : best;
  return best;
}

static void expire(uint64_t now) {
  fcl__clock *c;
  while ((c = fcl__timeouts_expired(&t, now)) != NULL) {
    ck_assert_uint_eq(due[c - clocks], earliest());
    due[c - clocks] = UINT64_MAX;
  }
  ck_assert_uint_gt(earliest(), now);
}

static void random_step(fcl__duration *const *d, unsigned *seed, uint64_t now) {
  unsigned r = (*seed = *seed * 1664525u + 1013904223u) >> 8;
  unsigned i = r % CLOCKS, which = (r / CLOCKS) % 5;
  if (r % 7 == 0) {
    fcl__clock_clear(&clocks[i]);
    due[i] = UINT64_MAX;
  } else if (r % 7 < 3) {
    fcl__clock_touch(&clocks[i], now);
    due[i] = due[i] == UINT64_MAX ? UINT64_MAX : now + clocks[i].list->ms;
  } else {
    fcl__clock_set(&clocks[i], d[which], now);
    due[i] = now + d[which]->ms;
  }
}

START_TEST(clocks_agree_with_an_array_of_due_times) {
  static const uint32_t ms[5] = {0, 3, 10, 200, 5000};
  fcl__duration *d[5];
  unsigned seed = 1, i;
  uint64_t now = 5;
  memset(clocks, 0, sizeof clocks);
  memset(due, 0xff, sizeof due);
  for (i = 0; i < 5; i++)
    d[i] = fcl__duration_take(&t, ms[i]);
  for (i = 0; i < 100000; i++) {
    random_step(d, &seed, now);
    ck_assert_uint_eq(fcl__timeouts_next(&t), earliest());
    now += seed >> 30;
    expire(now);
  }
}
END_TEST

int main(void) {
  TCase *tc = tcase_create("timeouts");
  tcase_add_checked_fixture(tc, make, end);
  tcase_add_test(tc, nothing_is_due_without_a_clock);
  tcase_add_test(tc, a_clock_is_due_one_duration_after_it_was_set);
  tcase_add_test(tc, an_expired_clock_stands_still);
  tcase_add_test(tc, a_duration_of_0_is_due_at_once);
  tcase_add_test(tc, without_a_duration_a_clock_stands_still);
  tcase_add_test(tc, a_touched_clock_starts_again);
  tcase_add_test(tc, a_clock_that_stands_still_is_not_started_by_a_touch);
  tcase_add_test(tc, a_touched_clock_falls_due_behind_the_others_of_its_duration);
  tcase_add_test(tc, the_clock_due_longest_comes_first_whatever_its_duration);
  tcase_add_test(tc, a_cleared_clock_never_comes);
  tcase_add_test(tc, a_duration_can_be_used_again_after_all_its_clocks_stood_still);
  tcase_add_test(tc, equal_durations_are_one);
  tcase_add_test(tc, a_duration_goes_with_its_last_user);
  tcase_add_test(tc, a_duration_that_was_just_used_can_go);
  tcase_add_test(tc, a_duration_moves_to_other_timeouts_with_its_users);
  tcase_add_test(tc, a_duration_that_was_just_used_can_move);
  tcase_add_test(tc, a_duration_that_moves_joins_its_equal);
  tcase_add_test(tc, without_memory_there_is_no_duration);
  tcase_add_test(tc, clocks_agree_with_an_array_of_due_times);
  return test_suite_run("timeouts", &tc, 1);
}
