/* test_allocator.c: the allocator that other tests rely on fails where told, and counts rightly. */
#include "support/allocator.h"
#include "support/suite.h"
#include <stdlib.h>
#include <string.h>

static test_allocator a;

static void setup(void) {
  test_allocator_init(&a);
}

static void teardown(void) {
  test_allocator_destroy(&a);
}

static void *get(size_t size) {
  return test_allocator_realloc(NULL, size, &a);
}

static void drop(void *p) {
  test_allocator_realloc(p, 0, &a);
}

START_TEST(what_is_not_given_back_is_counted) {
  void *one = get(10), *two = get(20);
  ck_assert_uint_eq(a.live, 2);
  ck_assert_uint_eq(a.bytes, 30);
  drop(one);
  ck_assert_uint_eq(a.live, 1);
  ck_assert_uint_eq(a.bytes, 20);
  drop(two);
  ck_assert_uint_eq(a.live, 0);
  ck_assert_uint_eq(a.peak, 30);
}
END_TEST

START_TEST(the_nth_call_fails_once) {
  void *one, *three;
  test_allocator_fail(&a, 2, 0);
  one = get(1);
  ck_assert_ptr_nonnull(one);
  ck_assert_ptr_null(get(1));
  three = get(1);
  ck_assert_ptr_nonnull(three);
  ck_assert_uint_eq(a.failed, 1);
  ck_assert_uint_eq(a.calls, 3);
  drop(one);
  drop(three);
}
END_TEST

START_TEST(from_the_nth_call_on_all_fail) {
  void *one;
  test_allocator_fail(&a, 2, 1);
  one = get(1);
  ck_assert_ptr_nonnull(one);
  ck_assert_ptr_null(get(1));
  ck_assert_ptr_null(get(1));
  ck_assert_uint_eq(a.failed, 2);
  drop(one);
}
END_TEST

START_TEST(a_growth_that_fails_keeps_the_block) {
  char *p = get(4);
  memcpy(p, "abc", 4);
  test_allocator_fail(&a, 1, 0);
  ck_assert_ptr_null(test_allocator_realloc(p, 100, &a));
  ck_assert_str_eq(p, "abc");
  p = test_allocator_realloc(p, 100, &a);
  ck_assert_str_eq(p, "abc");
  ck_assert_uint_eq(a.bytes, 100);
  drop(p);
}
END_TEST

START_TEST(new_memory_is_poisoned) {
  unsigned char *p = get(3);
  ck_assert_uint_eq(p[0], 0xa5);
  ck_assert_uint_eq(p[2], 0xa5);
  drop(p);
}
END_TEST

START_TEST(a_free_of_what_is_not_ours_is_counted) {
  long foreign[8] = {0};
  drop(foreign + 4);
  ck_assert_uint_eq(a.misuses, 1);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("allocator");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, what_is_not_given_back_is_counted);
  tcase_add_test(t, the_nth_call_fails_once);
  tcase_add_test(t, from_the_nth_call_on_all_fail);
  tcase_add_test(t, a_growth_that_fails_keeps_the_block);
  tcase_add_test(t, new_memory_is_poisoned);
  tcase_add_test(t, a_free_of_what_is_not_ours_is_counted);
  return test_suite_run("allocator", &t, 1);
}
