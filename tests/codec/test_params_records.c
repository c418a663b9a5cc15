/* test_params_records.c: a pair is never cut but where that is switched on, and what all of them
 * may take. */
#include "codec/params_world.h"

/* ---- Records: a pair is never cut (PHP and uWSGI read each PARAMS record by itself) ---- */

/* How long each record of the image is, "65528,10,0": the last is the empty one. */
static const char *record_lengths(void) {
  static char lengths[1000];
  const uint8_t *in = (const uint8_t *) image.base + 16;
  size_t len, at = 0;
  do {
    len = in[4] * 256u + in[5];
    at += (size_t) snprintf(lengths + at, sizeof lengths - at, "%s%zu", at ? "," : "", len);
    in += 8 + len;
  } while (len > 0);
  return lengths;
}

START_TEST(a_record_is_filled_to_65528_bytes) {
  fcl_params_limit(&p, 200000, 0);
  set_sized("A", 65000);
  set_sized("B", 528);
  set("C", "1");
  end_image(1);
  ck_assert_str_eq(record_lengths(), "65528,4,0");
  read_image(1, 0, 1);
}
END_TEST

START_TEST(a_pair_that_does_not_fit_starts_a_record) {
  fcl_params_limit(&p, 200000, 0);
  set_sized("A", 65000);
  set_sized("B", 529);
  set("C", "1");
  end_image(1);
  ck_assert_str_eq(record_lengths(), "65000,533,0");
  read_image(1, 0, 1);
}
END_TEST

START_TEST(a_pair_of_65535_bytes_fills_a_record_of_its_own) {
  fcl_params_limit(&p, 200000, 65535);
  set("A", "1");
  set_sized("B", 65535);
  set("C", "1");
  end_image(1);
  ck_assert_str_eq(record_lengths(), "4,65535,4,0");
  read_image(1, 0, 1);
}
END_TEST

START_TEST(a_record_that_loses_its_only_pair_goes) { /* empty, it would end the stream */
  static const char *const names[] = {"A", "B", "C"};
  static const char *const lengths[] = {"65003,65304,0", "65001,65304,0", "65001,65003,300,0"};
  fcl_params_limit(&p, 200000, 0);
  set_sized("A", 65001);
  set_sized("B", 65003);
  set_sized("C", 65004);
  set_sized(names[_i], 300);
  end_image(1);
  ck_assert_str_eq(record_lengths(), lengths[_i]);
  read_image(1, 0, 1);
}
END_TEST

START_TEST(replacing_in_an_earlier_record_keeps_the_later_ones) {
  fcl_params_limit(&p, 400000, 0);
  set("A", "1");
  set_sized("B", 65000);
  set_sized("C", 65000);
  set("D", "1");
  set("A", "two");
  set_sized("B", 300);
  assert_walk("C=64994;D=1;A=3;B=294;");
  end_image(1);
  ck_assert_str_eq(record_lengths(), "65310,0");
  read_image(1, 0, 1);
}
END_TEST

/* Random sets and replacements against the plainest thing that can do the same. */
START_TEST(any_order_of_changes_gives_the_same_as_a_list) {
  static struct {
    char name[8];
    size_t len;
    unsigned when; /* 0: not set */
  } list[60];
  unsigned seed = (unsigned) _i + 1, step;
  size_t at = 0, seen = 0, i, total = 0;
  unsigned last = 0;
  fcl_slice name, value;
  memset(list, 0, sizeof list);
  fcl_params_limit(&p, 100000000, 65535);
  for (i = 0; i < 60; i++)
    snprintf(list[i].name, sizeof list[i].name, "N%zu", i * 7919 % 1000);
  for (step = 1; step <= 400; step++) {
    seed = seed * 1664525u + 1013904223u;
    i = (seed >> 8) % 60;
    list[i].len = (seed >> 14) % ((seed >> 30) == 0 ? 60000 : 300);
    list[i].when = step;
    fcl_params_set(&p, text(list[i].name), slice(big, list[i].len));
  }
  while (fcl_params_next(&p, &at, &name, &value)) {
    for (i = 0; strlen(list[i].name) != name.len || memcmp(list[i].name, name.base, name.len); i++)
      ck_assert_uint_lt(i, 59);
    ck_assert_uint_eq(value.len, list[i].len);
    ck_assert_uint_gt(list[i].when, last); /* in the order of the last change */
    last = list[i].when;
    seen++;
  }
  for (i = 0; i < 60; i++)
    if (list[i].when)
      total += fcl_pair_size(strlen(list[i].name), list[i].len), seen--;
  ck_assert_uint_eq(seen, 0);
  ck_assert_uint_eq(p.total, total);
  end_image(_i & 1);
}
END_TEST

/* ---- Limits ---- */

START_TEST(all_parameters_may_take_65528_bytes) { /* KF-003: one record, as large as it may be */
  set_sized("A", 65000);
  set_sized("B", 528);
  end_image(1);
  ck_assert_str_eq(record_lengths(), "65528,0");
  read_image(1, 0, 1);
}
END_TEST

START_TEST(one_byte_more_is_refused) { /* KF-003 */
  set_sized("A", 65000);
  set_sized("HTTP_X", 529);
  assert_refused(FCL_E_PARAMS, "with parameter HTTP_X the parameters take 65529 bytes on the wire, "
                               "more than the 65528 (max_params) that all may have");
}
END_TEST

START_TEST(a_pair_that_is_too_large_is_refused_by_name) {
  fcl_params_set(&p, text("HTTP_COOKIE"), slice(big, 70000 - 16));
  assert_refused(FCL_E_PARAMS, "parameter HTTP_COOKIE takes 70000 bytes on the wire, more than the "
                               "65528 (max_param) that one may have");
}
END_TEST

START_TEST(limits_can_be_set) {
  fcl_params_limit(&p, 20, 12);
  set("A", "2345678");
  set("B", "1234567");
  set("C", "");
  assert_refused(FCL_E_PARAMS,
                 "with parameter C the parameters take 23 bytes on the wire, more than "
                 "the 20 (max_params) that all may have");
  fcl_params_reset(&p);
  set("A", "123456789a");
  assert_refused(FCL_E_PARAMS,
                 "parameter A takes 13 bytes on the wire, more than the 12 (max_param) "
                 "that one may have");
}
END_TEST

START_TEST(a_pair_is_larger_than_a_record_only_where_that_is_allowed) {
  fcl_params_limit(&p, 1000000, 65535);
  set_sized("A", 65536);
  assert_refused(FCL_E_PARAMS, "parameter A takes 65536 bytes on the wire, more than the 65535 "
                               "(max_param) that one may have");
}
END_TEST

START_TEST(lengths_whose_sum_wraps_are_refused) { /* none of their bytes is looked at */
  const size_t lens[][2] = {{SIZE_MAX, SIZE_MAX}, {1, SIZE_MAX}, {SIZE_MAX, 1}, {1, SIZE_MAX - 8}};
  fcl_params_set(&p, slice(big, lens[_i][0]), slice(big, lens[_i][1]));
  ck_assert_int_eq(fcl_params_end(&p, 1, 1, &image, &failure), FCL_E_PARAMS);
  ck_assert_uint_eq(memory.calls, 0);
}
END_TEST

START_TEST(replacing_frees_what_the_old_value_took) {
  set_sized("A", 65000);
  set_sized("A", 65001);
  set_sized("A", 65528);
  end_image(1);
  ck_assert_str_eq(record_lengths(), "65528,0");
}
END_TEST

/* KF-004: many requests too large, one after the other; the next good one is right. */
START_TEST(a_refusal_leaves_a_builder_that_works) {
  int i;
  for (i = 0; i < 100; i++) {
    char name[32];
    int n;
    for (n = 0; n < 10 + i; n++) {
      snprintf(name, sizeof name, "HTTP_X%d", n);
      set_sized(name, 6600 + (size_t) i);
    }
    ck_assert_int_eq(fcl_params_end(&p, 1, 1, &image, &failure), FCL_E_PARAMS);
    fcl_params_reset(&p);
  }
  set("A", "1");
  end_image(1);
  ck_assert_str_eq(read_image(1, 0, 1), "A=1;|");
}
END_TEST

int main(void) {
  TCase *t = params_world_case("params records");
  tcase_add_test(t, a_record_is_filled_to_65528_bytes);
  tcase_add_test(t, a_pair_that_does_not_fit_starts_a_record);
  tcase_add_test(t, a_pair_of_65535_bytes_fills_a_record_of_its_own);
  tcase_add_loop_test(t, a_record_that_loses_its_only_pair_goes, 0, 3);
  tcase_add_test(t, replacing_in_an_earlier_record_keeps_the_later_ones);
  tcase_add_loop_test(t, any_order_of_changes_gives_the_same_as_a_list, 0, 30);
  tcase_add_test(t, all_parameters_may_take_65528_bytes);
  tcase_add_test(t, one_byte_more_is_refused);
  tcase_add_test(t, a_pair_that_is_too_large_is_refused_by_name);
  tcase_add_test(t, limits_can_be_set);
  tcase_add_test(t, a_pair_is_larger_than_a_record_only_where_that_is_allowed);
  tcase_add_loop_test(t, lengths_whose_sum_wraps_are_refused, 0, 4);
  tcase_add_test(t, replacing_frees_what_the_old_value_took);
  tcase_add_test(t, a_refusal_leaves_a_builder_that_works);
  return test_suite_run("params_records", &t, 1);
}
