/* test_histogram.c: the histogram of `fcgi bench` and `fcgi run --time`. */
#include "support/suite.h"
#include "histogram.h"
#include <string.h>

static fcgi_histogram h;

static void empty(void) {
  memset(&h, 0, sizeof h);
}

START_TEST(an_empty_one_says_nothing_but_0) {
  ck_assert_uint_eq(fcgi_histogram_percentile(&h, 50), 0);
  ck_assert(fcgi_histogram_mean(&h) == 0);
}
END_TEST

START_TEST(small_values_are_kept_exactly) {
  uint32_t v;
  for (v = 1; v <= 200; v++)
    fcgi_histogram_add(&h, v);
  ck_assert_uint_eq(fcgi_histogram_percentile(&h, 50), 100);
  ck_assert_uint_eq(fcgi_histogram_percentile(&h, 99), 198);
  ck_assert_uint_eq(fcgi_histogram_percentile(&h, 100), 200);
  ck_assert_uint_eq(h.least, 1);
}
END_TEST

/* A percentile is never below the value that it stands for, nor above it by more than 1/128. */
START_TEST(any_value_is_within_a_128th) {
  static const uint32_t values[] = {255,     256,       257,        511,        512,
                                    1000003, 123456789, 0x7fffffff, 0x80000000, 0xffffffff};
  uint32_t v = values[_i], p;
  fcgi_histogram_add(&h, v);
  fcgi_histogram_add(&h, 0xffffffff);
  p = fcgi_histogram_percentile(&h, 50);
  ck_assert_uint_ge(p, v);
  ck_assert_uint_le(p, v + (uint64_t) v / 128);
}
END_TEST

START_TEST(the_last_percent_shows_what_is_rare) {
  int i;
  for (i = 0; i < 999; i++)
    fcgi_histogram_add(&h, 10);
  fcgi_histogram_add(&h, 5000);
  ck_assert_uint_eq(fcgi_histogram_percentile(&h, 99.9), 10);
  ck_assert_uint_eq(fcgi_histogram_percentile(&h, 99.95), 5000);
  ck_assert_uint_eq(h.most, 5000);
}
END_TEST

START_TEST(the_mean_is_exact) {
  fcgi_histogram_add(&h, 1000001);
  fcgi_histogram_add(&h, 2000002);
  ck_assert(fcgi_histogram_mean(&h) == 1500001.5);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("histogram");
  tcase_add_checked_fixture(t, empty, NULL);
  tcase_add_test(t, an_empty_one_says_nothing_but_0);
  tcase_add_test(t, small_values_are_kept_exactly);
  tcase_add_loop_test(t, any_value_is_within_a_128th, 0, 10);
  tcase_add_test(t, the_last_percent_shows_what_is_rare);
  tcase_add_test(t, the_mean_is_exact);
  return test_suite_run("histogram", &t, 1);
}
