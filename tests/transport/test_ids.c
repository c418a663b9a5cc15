/* test_ids.c: request ids: the lowest free one first, none twice, none above 65,535. */
#include "support/allocator.h"
#include "support/suite.h"
#include "transport/ids.h"

static test_allocator allocator;
static fcl__memory memory = {test_allocator_realloc, &allocator};
static fcl__ids ids;
static int owner;

static void setup(void) {
  test_allocator_init(&allocator);
}

static void teardown(void) {
  fcl__ids_free(&ids, &memory);
  ck_assert_uint_eq(allocator.live, 0);
}

static unsigned take(void) {
  return fcl__id_take(&ids, &memory, &owner);
}

START_TEST(the_first_id_is_1) {
  ck_assert_uint_eq(take(), 1);
  ck_assert_ptr_eq(fcl__id_owner(&ids, 1), &owner);
}
END_TEST

START_TEST(the_lowest_free_id_is_taken) {
  int i;
  for (i = 1; i <= 200; i++)
    ck_assert_int_eq((int) take(), i);
  fcl__id_give(&ids, 150);
  fcl__id_give(&ids, 3);
  fcl__id_give(&ids, 64);
  ck_assert_uint_eq(take(), 3);
  ck_assert_uint_eq(take(), 64);
  ck_assert_uint_eq(take(), 150);
  ck_assert_uint_eq(take(), 201);
}
END_TEST

START_TEST(an_id_that_was_given_back_is_nobodys) {
  take();
  fcl__id_give(&ids, 1);
  ck_assert_ptr_null(fcl__id_owner(&ids, 1));
  ck_assert_uint_eq(ids.count, 0);
}
END_TEST

START_TEST(ids_that_never_were_are_nobodys) {
  ck_assert_ptr_null(fcl__id_owner(&ids, 0));
  ck_assert_ptr_null(fcl__id_owner(&ids, 1));
  take();
  ck_assert_ptr_null(fcl__id_owner(&ids, 0));
  ck_assert_ptr_null(fcl__id_owner(&ids, 2));
  ck_assert_ptr_null(fcl__id_owner(&ids, 65535));
}
END_TEST

START_TEST(there_are_65535_and_none_behind) {
  unsigned i;
  for (i = 1; i <= 65535; i++)
    if (take() != i)
      ck_abort_msg("id %u was not given", i);
  ck_assert_uint_eq(take(), 0);
  fcl__id_give(&ids, 65535);
  ck_assert_uint_eq(take(), 65535);
  fcl__id_give(&ids, 1);
  ck_assert_uint_eq(take(), 1);
}
END_TEST

START_TEST(those_in_use_are_walked_in_order) {
  int i;
  for (i = 0; i < 200; i++)
    take();
  for (i = 1; i <= 200; i++)
    if (i != 1 && i != 64 && i != 65 && i != 128 && i != 200)
      fcl__id_give(&ids, (unsigned) i);
  ck_assert_uint_eq(fcl__id_next(&ids, 0), 1);
  ck_assert_uint_eq(fcl__id_next(&ids, 1), 64);
  ck_assert_uint_eq(fcl__id_next(&ids, 64), 65);
  ck_assert_uint_eq(fcl__id_next(&ids, 65), 128);
  ck_assert_uint_eq(fcl__id_next(&ids, 128), 200);
  ck_assert_uint_eq(fcl__id_next(&ids, 200), 0);
}
END_TEST

START_TEST(a_walk_over_nothing_ends_at_once) {
  ck_assert_uint_eq(fcl__id_next(&ids, 0), 0);
}
END_TEST

START_TEST(without_memory_there_is_no_id_and_later_there_is) {
  test_allocator_fail(&allocator, (unsigned) _i, 0);
  ck_assert_uint_eq(take(), 0);
  ck_assert_uint_eq(take(), 1);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("ids");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, the_first_id_is_1);
  tcase_add_test(t, the_lowest_free_id_is_taken);
  tcase_add_test(t, an_id_that_was_given_back_is_nobodys);
  tcase_add_test(t, ids_that_never_were_are_nobodys);
  tcase_add_test(t, there_are_65535_and_none_behind);
  tcase_add_test(t, those_in_use_are_walked_in_order);
  tcase_add_test(t, a_walk_over_nothing_ends_at_once);
  tcase_add_loop_test(t, without_memory_there_is_no_id_and_later_there_is, 1, 3);
  return test_suite_run("ids", &t, 1);
}
