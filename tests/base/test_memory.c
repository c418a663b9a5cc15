/* test_memory.c: the host's allocator is asked, and what happens when it has nothing. */
#include "base/memory.h"
#include "support/allocator.h"
#include "support/suite.h"
#include <string.h>

static test_allocator counted;
static fcl__memory memory;
static const fcl__memory c_library;

static void setup(void) {
  test_allocator_init(&counted);
  memory.fn = test_allocator_realloc;
  memory.user = &counted;
}

static void teardown(void) {
  ck_assert_uint_eq(counted.live, 0);
  ck_assert_uint_eq(counted.misuses, 0);
  test_allocator_destroy(&counted);
}

static void assert_works(const fcl__memory *m) {
  char *copy = fcl__strdup(m, "text"), *zeroed = fcl__zalloc(m, 100);
  size_t i;
  ck_assert_str_eq(copy, "text");
  for (i = 0; i < 100; i++)
    ck_assert_int_eq(zeroed[i], 0);
  copy = fcl__realloc(m, copy, 1000);
  ck_assert_str_eq(copy, "text");
  fcl__free(m, copy);
  fcl__free(m, zeroed);
}

START_TEST(the_hosts_allocator_serves_everything) {
  assert_works(&memory);
  ck_assert_uint_eq(counted.calls, 3);
}
END_TEST

START_TEST(without_one_the_c_library_serves) {
  assert_works(&c_library);
  ck_assert_uint_eq(counted.calls, 0);
}
END_TEST

START_TEST(no_memory_is_NULL) {
  test_allocator_fail(&counted, 1, 1);
  ck_assert_ptr_null(fcl__realloc(&memory, NULL, 1));
  ck_assert_ptr_null(fcl__zalloc(&memory, 1));
  ck_assert_ptr_null(fcl__strdup(&memory, "x"));
  ck_assert_uint_eq(counted.failed, 3);
}
END_TEST

START_TEST(a_failed_growth_keeps_the_block) {
  char *p = fcl__strdup(&memory, "text");
  test_allocator_fail(&counted, 1, 0);
  ck_assert_ptr_null(fcl__realloc(&memory, p, 1000));
  ck_assert_str_eq(p, "text");
  fcl__free(&memory, p);
}
END_TEST

START_TEST(freeing_NULL_is_harmless) {
  fcl__free(&memory, NULL);
  fcl__free(&c_library, NULL);
  ck_assert_uint_eq(counted.calls, 0);
}
END_TEST

START_TEST(a_copy_of_NULL_is_NULL) {
  ck_assert_ptr_null(fcl__strdup(&memory, NULL));
  ck_assert_uint_eq(counted.calls, 0);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("memory");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, the_hosts_allocator_serves_everything);
  tcase_add_test(t, without_one_the_c_library_serves);
  tcase_add_test(t, no_memory_is_NULL);
  tcase_add_test(t, a_failed_growth_keeps_the_block);
  tcase_add_test(t, freeing_NULL_is_harmless);
  tcase_add_test(t, a_copy_of_NULL_is_NULL);
  return test_suite_run("memory", &t, 1);
}
