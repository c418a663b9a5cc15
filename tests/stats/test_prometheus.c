/* test_prometheus.c: snapshots in Prometheus' text format. */
#include "stats/formats.h"

static fcl_stats *s;
static const char *text;

static void setup(void) {
  s = formats_sample();
  text = fcl_stats_text(s, FCL_STATS_PROMETHEUS, NULL);
}

static void teardown(void) {
  fcl_stats_free(s);
}

START_TEST(it_is_the_text_format) {
  ck_assert_str_eq(prometheus_fault(text), "");
}
END_TEST

#define FAMILY(type) "# HELP m_total x\n# TYPE m_total " type "\n"

START_TEST(the_reader_of_these_tests_finds_faults) {
  ck_assert_str_eq(prometheus_fault(FAMILY("counter") "m_total{a=\"b\\\"\"} 1\n"), "");
  ck_assert_str_ne(prometheus_fault(FAMILY("counter") "m_total{a=\"b\"} 1"), "");
  ck_assert_str_ne(prometheus_fault(FAMILY("counter") "m_total{a=b} 1\n"), "");
  ck_assert_str_ne(prometheus_fault(FAMILY("counter") "m_total{a=\"b\"} x\n"), "");
  ck_assert_str_ne(prometheus_fault(FAMILY("number") "m_total 1\n"), "");
  ck_assert_str_ne(prometheus_fault(FAMILY("counter") "m_total 1\nm_total 2\n"), "");
  ck_assert_str_ne(prometheus_fault(FAMILY("counter") "other 1\n"), "");
  ck_assert_str_ne(prometheus_fault(FAMILY("gauge") FAMILY("gauge")), "");
  ck_assert_str_ne(prometheus_fault(FAMILY("histogram") "m_total_bucket{le=\"1\"} 2\n"
                                                        "m_total_bucket{le=\"+Inf\"} 1\n"),
                   "");
}
END_TEST

START_TEST(times_are_in_seconds) {
  ck_assert_double_eq(prometheus_value(text, "fcgiclient_queue_oldest_seconds{pool=\"php\"}"), 1.5);
  ck_assert_double_eq(prometheus_value(text, "fcgiclient_request_seconds_sum{pool=\"php\"}"),
                      90.0001);
}
END_TEST

START_TEST(every_code_has_a_series_from_the_beginning) {
  ck_assert_double_eq(
      prometheus_value(text, "fcgiclient_requests_total{pool=\"php\",code=\"TIMEOUT_REQUEST\"}"),
      2);
  ck_assert_double_eq(
      prometheus_value(text, "fcgiclient_requests_total{pool=\"php\",code=\"EXITED\"}"), 0);
}
END_TEST

START_TEST(processes_are_counted_by_state_and_addresses_named) {
  ck_assert_double_eq(prometheus_value(text, "fcgiclient_processes{pool=\"php\",state=\"busy\"}"),
                      1);
  ck_assert_double_eq(prometheus_value(text, "fcgiclient_address_up{pool=\"fpm of "
                                             "\\\"us\\\"\\\\\",address=\"tcp:b:9000\"}"),
                      0);
  ck_assert_ptr_null(strstr(text, "4711"));
}
END_TEST

START_TEST(bounds_are_exact_and_the_last_octave_is_134_s) {
  ck_assert_double_eq(
      prometheus_value(text, "fcgiclient_request_seconds_bucket{pool=\"php\",le=\"0.000064\"}"), 0);
  ck_assert_double_eq(
      prometheus_value(text, "fcgiclient_request_seconds_bucket{pool=\"php\",le=\"0.000128\"}"), 1);
  ck_assert_double_eq(
      prometheus_value(text, "fcgiclient_request_seconds_bucket{pool=\"php\",le=\"134.217728\"}"),
      2);
}
END_TEST

int main(void) {
  TCase *c = tcase_create("prometheus");
  tcase_add_checked_fixture(c, setup, teardown);
  tcase_add_test(c, it_is_the_text_format);
  tcase_add_test(c, the_reader_of_these_tests_finds_faults);
  tcase_add_test(c, times_are_in_seconds);
  tcase_add_test(c, every_code_has_a_series_from_the_beginning);
  tcase_add_test(c, processes_are_counted_by_state_and_addresses_named);
  tcase_add_test(c, bounds_are_exact_and_the_last_octave_is_134_s);
  return test_suite_run("prometheus", &c, 1);
}
