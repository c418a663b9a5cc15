/* test_json.c: snapshots as JSON. */
#include "stats/formats.h"

static fcl_stats *s;
static const char *text;

static void setup(void) {
  s = formats_sample();
  text = fcl_stats_text(s, FCL_STATS_JSON, NULL);
}

static void teardown(void) {
  fcl_stats_free(s);
}

START_TEST(it_is_json) {
  ck_assert_str_eq(json_fault(text), "");
}
END_TEST

START_TEST(the_reader_of_these_tests_finds_faults) {
  ck_assert_str_ne(json_fault("{\"a\":1,}"), "");
  ck_assert_str_ne(json_fault("{\"a\":01}"), "");
  ck_assert_str_ne(json_fault("{\"a\":\"\n\"}"), "");
  ck_assert_str_ne(json_fault("[1 2]"), "");
  ck_assert_str_ne(json_fault("[1]x"), "");
  ck_assert_str_eq(json_fault("[1,{\"a\":\"\\\"\"}]"), "");
}
END_TEST

START_TEST(quotes_and_backslashes_are_escaped) {
  ck_assert_ptr_nonnull(strstr(text, "{\"name\":\"fpm of \\\"us\\\"\\\\\",\"program\":\"\""));
}
END_TEST

START_TEST(numbers_are_whole) {
  ck_assert_ptr_nonnull(strstr(text, "\"received\":123456789012345,"));
}
END_TEST

START_TEST(members_are_in_their_pool) {
  ck_assert_ptr_nonnull(strstr(text, "\"members\":[\n{\"name\":\"process 4711\",\"state\":\"busy\","
                                     "\"pid\":4711,"));
}
END_TEST

START_TEST(times_are_buckets_that_are_not_empty) {
  ck_assert_ptr_nonnull(strstr(text, "\"total\":{\"count\":2,\"sum_us\":90000100,\"p50_us\":128,"));
  ck_assert_ptr_nonnull(strstr(text, "\"buckets\":[[128,1],[100663296,1]]}"));
}
END_TEST

START_TEST(without_pools_it_is_json_too) {
  static const fcl__memory plain = {NULL, NULL};
  fcl_stats *none = fcl__stats_new(&plain);
  ck_assert_str_eq(json_fault(fcl_stats_text(none, FCL_STATS_JSON, NULL)), "");
  fcl_stats_free(none);
}
END_TEST

int main(void) {
  TCase *c = tcase_create("json");
  tcase_add_checked_fixture(c, setup, teardown);
  tcase_add_test(c, it_is_json);
  tcase_add_test(c, the_reader_of_these_tests_finds_faults);
  tcase_add_test(c, quotes_and_backslashes_are_escaped);
  tcase_add_test(c, numbers_are_whole);
  tcase_add_test(c, members_are_in_their_pool);
  tcase_add_test(c, times_are_buckets_that_are_not_empty);
  tcase_add_test(c, without_pools_it_is_json_too);
  return test_suite_run("json", &c, 1);
}
