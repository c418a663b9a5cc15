/* test_histogram.c: buckets of times: their bounds, and what is read from them. */
#include "stats/formats.h"

static fcl_histogram h;

static void setup(void) {
  memset(&h, 0, sizeof h);
}

START_TEST(bounds_grow_by_a_half_and_a_third_in_turn) {
  static const uint64_t bounds[] = {64, 96, 128, 192, 256, 384, 512, 768, 1024};
  unsigned i;
  for (i = 0; i < sizeof bounds / sizeof *bounds; i++)
    ck_assert_uint_eq(fcl_histogram_bound(i), bounds[i]);
  ck_assert_uint_eq(fcl_histogram_bound(52), UINT64_C(1) << 32);
  ck_assert_uint_eq(fcl_histogram_bound(53), UINT64_MAX);
}
END_TEST

/* The bound itself, and one more, for every bucket. */
START_TEST(a_time_is_counted_up_to_the_bound_of_its_bucket) {
  unsigned i;
  for (i = 0; i < 52; i++) {
    uint32_t bound = (uint32_t) fcl_histogram_bound(i);
    ck_assert_uint_eq(fcl__bucket_of(bound), i);
    ck_assert_uint_eq(fcl__bucket_of(bound + 1), i + 1);
  }
  ck_assert_uint_eq(fcl__bucket_of(0), 0);
  ck_assert_uint_eq(fcl__bucket_of(UINT32_MAX), 52);
}
END_TEST

START_TEST(a_time_beyond_the_last_bound_is_counted_and_summed_up) {
  fcl__histogram_count(&h, UINT64_C(5000000000));
  ck_assert_uint_eq(h.buckets[52], 1);
  ck_assert_uint_eq(h.sum_us, UINT64_C(5000000000));
}
END_TEST

START_TEST(of_none_every_quantile_is_0) {
  ck_assert_uint_eq(fcl_histogram_quantile(&h, 0.5), 0);
}
END_TEST

START_TEST(a_quantile_lies_evenly_inside_its_bucket) {
  unsigned i;
  for (i = 0; i < 100; i++)
    fcl__histogram_count(&h, 100); /* above 96, up to 128 */
  ck_assert_uint_eq(fcl_histogram_quantile(&h, 0.5), 112);
  ck_assert_uint_eq(fcl_histogram_quantile(&h, 1), 128);
}
END_TEST

START_TEST(a_quantile_passes_over_empty_buckets) {
  fcl__histogram_count(&h, 10);
  fcl__histogram_count(&h, 1000);
  ck_assert_uint_eq(fcl_histogram_quantile(&h, 1), 1024);
  ck_assert_uint_le(fcl_histogram_quantile(&h, 0.5), 64);
}
END_TEST

int main(void) {
  TCase *c = tcase_create("histogram");
  tcase_add_checked_fixture(c, setup, NULL);
  tcase_add_test(c, bounds_grow_by_a_half_and_a_third_in_turn);
  tcase_add_test(c, a_time_is_counted_up_to_the_bound_of_its_bucket);
  tcase_add_test(c, a_time_beyond_the_last_bound_is_counted_and_summed_up);
  tcase_add_test(c, of_none_every_quantile_is_0);
  tcase_add_test(c, a_quantile_lies_evenly_inside_its_bucket);
  tcase_add_test(c, a_quantile_passes_over_empty_buckets);
  return test_suite_run("histogram", &c, 1);
}
