/* test_least.c: the least of many numbers, and whose turn it is among those that have it. */
#include "pool/least.h"
#include "support/allocator.h"
#include "support/suite.h"

static test_allocator allocator;
static const fcl__memory memory = {test_allocator_realloc, &allocator};
static fcl__least l;

static void setup(void) {
  test_allocator_init(&allocator);
}

static void make(unsigned count) {
  ck_assert(fcl__least_init(&l, &memory, count));
}

static void teardown(void) {
  fcl__least_free(&l, &memory);
  ck_assert_uint_eq(allocator.live, 0);
  test_allocator_destroy(&allocator);
}

START_TEST(where_nobody_has_a_number_there_is_none) {
  make(5);
  ck_assert_int_eq(fcl__least_next(&l, 3), -1);
}
END_TEST

START_TEST(the_least_is_found_wherever_the_turn_is) {
  unsigned from;
  make(5);
  fcl__least_set(&l, 0, 7);
  fcl__least_set(&l, 3, 2);
  fcl__least_set(&l, 4, 9);
  for (from = 0; from < 5; from++)
    ck_assert_int_eq(fcl__least_next(&l, from), 3);
}
END_TEST

START_TEST(equal_ones_take_turns) {
  make(5);
  fcl__least_set(&l, 1, 4);
  fcl__least_set(&l, 4, 4);
  ck_assert_int_eq(fcl__least_next(&l, 0), 1);
  ck_assert_int_eq(fcl__least_next(&l, 1), 1);
  ck_assert_int_eq(fcl__least_next(&l, 2), 4);
  ck_assert_int_eq(fcl__least_next(&l, 4), 4);
  fcl__least_set(&l, 4, 5);
  ck_assert_int_eq(fcl__least_next(&l, 2), 1); /* and round */
}
END_TEST

START_TEST(one_that_has_lost_its_number_is_not_found) {
  make(3);
  fcl__least_set(&l, 2, 1);
  fcl__least_set(&l, 2, FCL__LEAST_NONE);
  ck_assert_int_eq(fcl__least_next(&l, 0), -1);
}
END_TEST

/* ---- As looking at each would find it ---- */

static long look_at_each(unsigned count, unsigned from) {
  long best = -1;
  unsigned i, n = FCL__LEAST_NONE;
  for (i = 0; i < count; i++) {
    const unsigned index = (from + i) % count;
    if (fcl__least_of(&l, index) < n) {
      n = fcl__least_of(&l, index);
      best = (long) index;
    }
  }
  return best;
}

static unsigned random_below(unsigned n) {
  static uint64_t state = 1;
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (unsigned) (state >> 33) % n;
}

START_TEST(of_any_count_the_one_is_found_that_looking_at_each_finds) {
  const unsigned count = (unsigned) _i;
  unsigned round, from;
  make(count);
  for (round = 0; round < 200; round++) {
    const unsigned n = random_below(4);
    fcl__least_set(&l, random_below(count), n == 3 ? FCL__LEAST_NONE : n);
    for (from = 0; from < count; from++)
      ck_assert_int_eq(fcl__least_next(&l, from), look_at_each(count, from));
  }
}
END_TEST

START_TEST(without_memory_there_is_nothing) {
  test_allocator_fail(&allocator, 1, 0);
  ck_assert(!fcl__least_init(&l, &memory, 3));
}
END_TEST

int main(void) {
  TCase *tc = tcase_create("least");
  tcase_add_checked_fixture(tc, setup, teardown);
  tcase_add_test(tc, where_nobody_has_a_number_there_is_none);
  tcase_add_test(tc, the_least_is_found_wherever_the_turn_is);
  tcase_add_test(tc, equal_ones_take_turns);
  tcase_add_test(tc, one_that_has_lost_its_number_is_not_found);
  tcase_add_loop_test(tc, of_any_count_the_one_is_found_that_looking_at_each_finds, 1, 40);
  tcase_add_test(tc, without_memory_there_is_nothing);
  return test_suite_run("least", &tc, 1);
}
