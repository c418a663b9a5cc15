/* test_params_cut.c: parameters larger than a record, cut between records where the limits allow
   it; the image read back as the one stream that PARAMS is (§3.4). */
#include "support/allocator.h"
#include "support/suite.h"
#include <fcgiclient/codec.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static fcl_params p;
static test_allocator memory;
static char big[400000];

static fcl_slice slice(const char *base, size_t len) {
  fcl_slice s = {base, len};
  return s;
}

static void setup(void) {
  size_t n;
  for (n = 0; n < sizeof big; n++)
    big[n] = (char) ('a' + n % 23);
  test_allocator_init(&memory);
  fcl_params_init(&p, test_allocator_realloc, &memory);
  fcl_params_limit(&p, 1000000, 500000);
}

static void teardown(void) {
  fcl_params_free(&p);
  ck_assert_uint_eq(memory.live, 0);
  ck_assert_uint_eq(memory.misuses, 0);
  test_allocator_destroy(&memory);
}

/* ---- A reader of the stream ---- */

static uint8_t stream[1000000];
static size_t stream_len;
static char records[200]; /* their lengths: "65528,4,0" */

static void read_image(const fcl_params *from) {
  fcl_params *params = (fcl_params *) from;
  fcl_slice image;
  fcl_error e;
  const uint8_t *in, *end;
  size_t len, at = 0;
  ck_assert_msg(fcl_params_end(params, FCL_RESPONDER, 0, &image, &e) == FCL_OK, "%s", e.text);
  fcl_params_address(params, 1, 0);
  in = (const uint8_t *) image.base + 16;
  end = (const uint8_t *) image.base + image.len;
  stream_len = 0;
  do {
    ck_assert_int_ge(end - in, 8);
    ck_assert_mem_eq(in, "\1\4\0\1", 4);
    ck_assert_mem_eq(in + 6, "\0\0", 2);
    len = in[4] * 256u + in[5];
    ck_assert_uint_le(len, (size_t) (end - in) - 8);
    memcpy(stream + stream_len, in + 8, len);
    stream_len += len;
    at += (size_t) snprintf(records + at, sizeof records - at, "%s%zu", at ? "," : "", len);
    in += 8 + len;
  } while (len > 0);
  ck_assert_ptr_eq(in, end);
}

static void assert_next(const char **at, const char *name, const char *value, size_t len) {
  fcl_slice n, v;
  ck_assert_int_eq(fcl_get_pair(at, (const char *) stream + stream_len, &n, &v), 1);
  ck_assert_uint_eq(n.len, strlen(name));
  ck_assert_mem_eq(n.base, name, n.len);
  ck_assert_uint_eq(v.len, len);
  ck_assert_mem_eq(v.base, value, len);
}

static void assert_over(const char *at) {
  ck_assert_ptr_eq(at, (const char *) stream + stream_len);
}

/* ---- Claims ---- */

/* One byte of name, and 8 for both lengths: what the value has beside. */
static const size_t sizes[] = {65536, 65537, 131055, 131056, 131057, 196584, 196585, 300000};
static const char *const lengths[] = {"65528,8,0",
                                      "65528,9,0",
                                      "65528,65527,0",
                                      "65528,65528,0",
                                      "65528,65528,1,0",
                                      "65528,65528,65528,0",
                                      "65528,65528,65528,1,0",
                                      "65528,65528,65528,65528,37888,0"};

START_TEST(a_pair_larger_than_a_record_fills_its_records) {
  const char *at = (const char *) stream;
  size_t len = sizes[_i] - 1 - 1 - 4; /* the name's length takes one byte */
  fcl_params_set(&p, slice("N", 1), slice(big, len));
  read_image(&p);
  ck_assert_str_eq(records, lengths[_i]);
  assert_next(&at, "N", big, len);
  assert_over(at);
  ck_assert_uint_eq(p.total, sizes[_i]);
  ck_assert_uint_eq(p.count, 1);
}
END_TEST

START_TEST(a_pair_of_65535_bytes_is_not_cut) {
  fcl_params_set(&p, slice("N", 1), slice(big, 65535 - 6));
  read_image(&p);
  ck_assert_str_eq(records, "65535,0");
}
END_TEST

START_TEST(no_other_pair_is_in_its_records) { /* who reads each record by itself gets the others */
  const char *at = (const char *) stream;
  fcl_params_set_text(&p, "A", "1");
  fcl_params_set(&p, slice("N", 1), slice(big, 100000));
  fcl_params_set_text(&p, "B", "2");
  fcl_params_set_text(&p, "C", "3");
  read_image(&p);
  ck_assert_str_eq(records, "4,65528,34478,8,0");
  assert_next(&at, "A", "1", 1);
  assert_next(&at, "N", big, 100000);
  assert_next(&at, "B", "2", 1);
  assert_next(&at, "C", "3", 1);
  assert_over(at);
}
END_TEST

/* Any of the three is replaced, or removed. */
START_TEST(pairs_before_it_behind_it_and_itself_can_be_changed) {
  static const char *const names[] = {"A", "N", "B"};
  const char *at = (const char *) stream, *name = names[_i % 3];
  int n, is_replaced = _i >= 3;
  fcl_params_set_text(&p, "A", "1");
  fcl_params_set(&p, slice("N", 1), slice(big, 200000));
  fcl_params_set_text(&p, "B", "2");
  if (is_replaced)
    fcl_params_set(&p, slice(name, 1), slice(big + 1, 70000));
  else
    ck_assert_int_eq(fcl_params_remove(&p, slice(name, 1)), 1);
  fcl_params_set_text(&p, "C", "3");
  read_image(&p);
  for (n = 0; n < 3; n++)
    if (n != _i % 3)
      assert_next(&at, names[n], n == 0 ? "1" : n == 1 ? big : "2", n == 1 ? 200000 : 1);
  if (is_replaced)
    assert_next(&at, name, big + 1, 70000);
  assert_next(&at, "C", "3", 1);
  assert_over(at);
  ck_assert_uint_eq(p.total, stream_len);
  ck_assert_uint_eq(p.count, is_replaced ? 4 : 3);
}
END_TEST

START_TEST(a_walk_and_a_look_see_the_part_in_its_first_record) {
  fcl_slice name, value;
  size_t at = 0;
  fcl_params_set_text(&p, "A", "1");
  fcl_params_set(&p, slice("N", 1), slice(big, 200000));
  fcl_params_set_text(&p, "B", "2");
  ck_assert_int_eq(fcl_params_get(&p, slice("N", 1), &value), 1);
  ck_assert_uint_eq(value.len, 65528 - 6);
  ck_assert_mem_eq(value.base, big, value.len);
  ck_assert_int_eq(fcl_params_next(&p, &at, &name, &value), 1);
  ck_assert_int_eq(name.base[0], 'A');
  ck_assert_int_eq(fcl_params_next(&p, &at, &name, &value), 1);
  ck_assert_int_eq(name.base[0], 'N');
  ck_assert_uint_eq(value.len, 65528 - 6);
  ck_assert_int_eq(fcl_params_next(&p, &at, &name, &value), 1);
  ck_assert_int_eq(name.base[0], 'B');
  ck_assert_int_eq(fcl_params_next(&p, &at, &name, &value), 0);
}
END_TEST

START_TEST(a_copy_has_all_of_it) {
  const char *at = (const char *) stream;
  fcl_params copy;
  fcl_params_init(&copy, test_allocator_realloc, &memory);
  fcl_params_limit(&copy, 1000000, 500000);
  fcl_params_set_text(&p, "A", "1");
  fcl_params_set(&p, slice("N", 1), slice(big, 200000));
  fcl_params_set_text(&p, "B", "2");
  fcl_params_set_text(&copy, "A", "other");
  fcl_params_set_text(&copy, "N", "other");
  fcl_params_copy(&copy, &p);
  read_image(&copy);
  assert_next(&at, "A", "1", 1);
  assert_next(&at, "N", big, 200000);
  assert_next(&at, "B", "2", 1);
  assert_over(at);
  fcl_params_free(&copy);
}
END_TEST

START_TEST(a_copy_keeps_to_its_own_limits) {
  fcl_params copy;
  fcl_slice image;
  fcl_error e;
  fcl_params_init(&copy, test_allocator_realloc, &memory);
  if (_i)
    fcl_params_limit(&copy, 150000, 500000);
  fcl_params_set(&p, slice("N", 1), slice(big, 200000));
  fcl_params_copy(&copy, &p);
  ck_assert_int_eq(fcl_params_end(&copy, FCL_RESPONDER, 0, &image, &e), FCL_E_PARAMS);
  ck_assert_ptr_nonnull(strstr(e.text, _i ? "max_params" : "parameter N takes 200006 bytes"));
  fcl_params_free(&copy);
}
END_TEST

START_TEST(a_name_must_fit_into_one_record) {
  fcl_slice image;
  fcl_error e;
  fcl_params_set(&p, slice(big, 65520 + (size_t) _i), slice(big, 100));
  ck_assert_int_eq(fcl_params_end(&p, FCL_RESPONDER, 0, &image, &e), _i ? FCL_E_PARAMS : FCL_OK);
  if (_i)
    ck_assert_ptr_nonnull(strstr(e.text, "takes 65521 bytes, and a name must fit"));
}
END_TEST

START_TEST(without_memory_it_is_an_error) {
  fcl_slice image;
  fcl_error e;
  fcl_params_set_text(&p, "A", "1");
  test_allocator_fail(&memory, 1, 1);
  fcl_params_set(&p, slice("N", 1), slice(big, 100000));
  ck_assert_int_eq(fcl_params_end(&p, FCL_RESPONDER, 0, &image, &e), FCL_E_NOMEM);
  test_allocator_fail(&memory, 0, 0);
}
END_TEST

/* Pseudo-random sets and removals, against a list. */
START_TEST(any_order_of_changes_gives_the_same_as_a_list) {
  enum { NAMES = 5 };
  static const size_t values[] = {0, 10, 65000, 65529, 65530, 131100};
  size_t lens[NAMES], total = 0, n, step;
  char order[NAMES + 1] = "";
  uint32_t seed = (uint32_t) _i + 1;
  const char *at = (const char *) stream;
  for (step = 0; step < 30; step++) {
    char name[2] = {0, 0}, *old;
    seed = seed * 1664525u + 1013904223u;
    name[0] = (char) ('A' + (seed >> 20) % NAMES);
    old = strchr(order, name[0]);
    if (old)
      memmove(old, old + 1, strlen(old));
    if (seed >> 30 == 0) {
      fcl_params_remove(&p, slice(name, 1));
      continue;
    }
    lens[name[0] - 'A'] = values[(seed >> 10) % 6];
    fcl_params_set(&p, slice(name, 1), slice(big, lens[name[0] - 'A']));
    strcat(order, name);
  }
  read_image(&p);
  for (n = 0; order[n]; n++) {
    char name[2] = {order[n], 0};
    assert_next(&at, name, big, lens[order[n] - 'A']);
    total += fcl_pair_size(1, lens[order[n] - 'A']);
  }
  assert_over(at);
  ck_assert_uint_eq(p.total, total);
  ck_assert_uint_eq(p.count, n);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("cut");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_loop_test(t, a_pair_larger_than_a_record_fills_its_records, 0, 8);
  tcase_add_test(t, a_pair_of_65535_bytes_is_not_cut);
  tcase_add_test(t, no_other_pair_is_in_its_records);
  tcase_add_loop_test(t, pairs_before_it_behind_it_and_itself_can_be_changed, 0, 6);
  tcase_add_test(t, a_walk_and_a_look_see_the_part_in_its_first_record);
  tcase_add_test(t, a_copy_has_all_of_it);
  tcase_add_loop_test(t, a_copy_keeps_to_its_own_limits, 0, 2);
  tcase_add_loop_test(t, a_name_must_fit_into_one_record, 0, 2);
  tcase_add_test(t, without_memory_it_is_an_error);
  tcase_add_loop_test(t, any_order_of_changes_gives_the_same_as_a_list, 0, 300);
  return test_suite_run("params_cut", &t, 1);
}
