/* test_pairs.c: name-value pairs. */
#include "support/guard.h"
#include "support/suite.h"
#include <fcgiclient/codec.h>

#define BYTES(text) (text), sizeof(text) - 1

static fcl_slice slice(const char *base, size_t len) {
  fcl_slice s = {base, len};
  return s;
}

static uint8_t out[2 * 80000];
static char text[80000];

static size_t put(size_t name_len, size_t value_len) {
  memset(text, 'v', sizeof text);
  memset(out, 0xa5, sizeof out);
  return (size_t) (fcl_put_pair(out, slice(text, name_len), slice(text, value_len)) - out);
}

/* ---- Vectors: the four layouts of the specification, §3.4 ---- */

START_TEST(layout_11_has_two_lengths_of_one_byte) {
  uint8_t *end = fcl_put_pair(out, slice("SERVER_PORT", 11), slice("80", 2));
  ck_assert_int_eq(end - out, 15);
  ck_assert_mem_eq(out, "\x0b\x02SERVER_PORT80", 15);
}
END_TEST

START_TEST(layout_14_has_a_value_length_of_four_bytes) {
  size_t n = put(1, 0x12345);
  ck_assert_uint_eq(n, 1 + 4 + 1 + 0x12345);
  ck_assert_mem_eq(out, "\x01\x80\x01\x23\x45vv", 7);
}
END_TEST

START_TEST(layout_41_has_a_name_length_of_four_bytes) {
  size_t n = put(128, 3);
  ck_assert_uint_eq(n, 4 + 1 + 128 + 3);
  ck_assert_mem_eq(out, "\x80\x00\x00\x80\x03vv", 7);
}
END_TEST

START_TEST(layout_44_has_two_lengths_of_four_bytes) {
  size_t n = put(256, 65535);
  ck_assert_uint_eq(n, 8 + 256 + 65535);
  ck_assert_mem_eq(out, "\x80\x00\x01\x00\x80\x00\xff\xffvv", 10);
}
END_TEST

START_TEST(the_longest_lengths_keep_their_bits) {
  ck_assert_uint_eq(fcl_pair_size(0x7fffffff, 0), (size_t) 4 + 1 + 0x7fffffff);
  ck_assert_uint_eq(fcl_pair_size(127, 127), 1 + 1 + 254);
  ck_assert_uint_eq(fcl_pair_size(128, 127), 4 + 1 + 255);
}
END_TEST

START_TEST(an_empty_text_may_be_NULL) {
  uint8_t *end = fcl_put_pair(out, slice("A", 1), slice(NULL, 0));
  ck_assert_int_eq(end - out, 3);
  ck_assert_mem_eq(out,
                   "\x01\x00"
                   "A",
                   3);
}
END_TEST

/* ---- KF-002: every pair of lengths, through a decoder that shares no code with the encoder ----
 */

static const size_t lengths[] = {0, 1, 126, 127, 128, 129, 255, 256, 65535, 65536};

static size_t length_at(const uint8_t **in) {
  size_t len = *(*in)++;
  if (len >= 128) {
    len = (len - 128) * 16777216 + (*in)[0] * 65536u + (*in)[1] * 256u + (*in)[2];
    *in += 3;
  }
  return len;
}

START_TEST(every_length_is_written_right) { /* _i is the name's */
  const size_t name_len = lengths[_i];
  size_t i;
  for (i = 0; i < 10; i++) {
    const size_t value_len = lengths[i], n = put(name_len, value_len);
    const uint8_t *in = out;
    ck_assert_uint_eq(n, fcl_pair_size(name_len, value_len));
    ck_assert_uint_eq(length_at(&in), name_len);
    ck_assert_uint_eq(in - out, name_len < 128 ? 1 : 4);
    ck_assert_uint_eq(length_at(&in), value_len);
    ck_assert_uint_eq(out + n - in, name_len + value_len);
    ck_assert_uint_eq(out[n], 0xa5); /* and nothing behind it */
  }
}
END_TEST

static void read_one(size_t name_len, size_t value_len) {
  const size_t n = put(name_len, value_len);
  test_guard guard = test_guard_make(n);
  const char *from = test_guard_put(&guard, out, n), *p = from;
  fcl_slice name, value;
  ck_assert_int_eq(fcl_get_pair(&p, from + n, &name, &value), 1);
  ck_assert_ptr_eq(p, from + n);
  ck_assert_uint_eq(name.len, name_len);
  ck_assert_uint_eq(value.len, value_len);
  ck_assert_ptr_eq(name.base + name_len, value.base);
  ck_assert_ptr_eq(value.base + value_len, p);
  test_guard_free(&guard);
}

START_TEST(every_length_is_read_right) { /* _i is the name's */
  size_t i;
  for (i = 0; i < 10; i++)
    read_one(lengths[_i], lengths[i]);
}
END_TEST

/* ---- Reading ---- */

START_TEST(pairs_follow_each_other) {
  const char wire[] = "\x0e\x00"
                      "FCGI_MAX_CONNS\x01\x01"
                      "ab";
  const char *p = wire, *end = wire + sizeof wire - 1;
  fcl_slice name, value;
  ck_assert_int_eq(fcl_get_pair(&p, end, &name, &value), 1);
  ck_assert_mem_eq(name.base, "FCGI_MAX_CONNS", 14);
  ck_assert_uint_eq(value.len, 0);
  ck_assert_int_eq(fcl_get_pair(&p, end, &name, &value), 1);
  ck_assert_mem_eq(name.base, "a", 1);
  ck_assert_mem_eq(value.base, "b", 1);
  ck_assert_int_eq(fcl_get_pair(&p, end, &name, &value), 0);
}
END_TEST

START_TEST(four_bytes_for_a_short_length_are_read) {
  const char wire[] = "\x80\0\0\x01\x80\0\0\0N", *p = wire;
  fcl_slice name, value;
  ck_assert_int_eq(fcl_get_pair(&p, wire + 9, &name, &value), 1);
  ck_assert_uint_eq(name.len, 1);
  ck_assert_int_eq(*name.base, 'N');
  ck_assert_uint_eq(value.len, 0);
}
END_TEST

START_TEST(a_pair_that_is_cut_is_not_all_there) { /* at every byte */
  const size_t n = put(2, 200);
  test_guard guard = test_guard_make(n);
  size_t cut;
  for (cut = 0; cut < n; cut++) {
    const char *from = test_guard_put(&guard, out, cut), *p = from;
    fcl_slice name = {NULL, 0}, value = {NULL, 0};
    ck_assert_int_eq(fcl_get_pair(&p, from + cut, &name, &value), 0);
    ck_assert_ptr_eq(p, from);
  }
  test_guard_free(&guard);
}
END_TEST

START_TEST(no_bytes_are_no_pair) {
  const char *p = NULL;
  fcl_slice name, value;
  ck_assert_int_eq(fcl_get_pair(&p, NULL, &name, &value), 0);
}
END_TEST

/* As in CVE-2025-23016: lengths whose sum wraps in 32 bits. */
START_TEST(lengths_beyond_the_input_are_refused) {
  static const char *const wires[] = {
      "\xff\xff\xff\xff\xff\xff\xff\xffxx", "\xff\xff\xff\xff\x80\0\0\1xx",
      "\x80\0\0\1\xff\xff\xff\xffxx", "\xff\xff\xff\xfc\x80\0\0\4xx", "\x80\0\0\3\x80\0\0\0xx"};
  test_guard guard = test_guard_make(10);
  const char *from = test_guard_put(&guard, wires[_i], 10), *p = from;
  fcl_slice name, value;
  ck_assert_int_eq(fcl_get_pair(&p, from + 10, &name, &value), 0);
  ck_assert_ptr_eq(p, from);
  test_guard_free(&guard);
}
END_TEST

static TCase *writing(void) {
  TCase *t = tcase_create("writing");
  tcase_add_test(t, layout_11_has_two_lengths_of_one_byte);
  tcase_add_test(t, layout_14_has_a_value_length_of_four_bytes);
  tcase_add_test(t, layout_41_has_a_name_length_of_four_bytes);
  tcase_add_test(t, layout_44_has_two_lengths_of_four_bytes);
  tcase_add_test(t, the_longest_lengths_keep_their_bits);
  tcase_add_test(t, an_empty_text_may_be_NULL);
  tcase_add_loop_test(t, every_length_is_written_right, 0, 10);
  return t;
}

static TCase *reading(void) {
  TCase *t = tcase_create("reading");
  tcase_add_loop_test(t, every_length_is_read_right, 0, 10);
  tcase_add_test(t, pairs_follow_each_other);
  tcase_add_test(t, four_bytes_for_a_short_length_are_read);
  tcase_add_test(t, a_pair_that_is_cut_is_not_all_there);
  tcase_add_test(t, no_bytes_are_no_pair);
  tcase_add_loop_test(t, lengths_beyond_the_input_are_refused, 0, 5);
  return t;
}

int main(void) {
  TCase *cases[2];
  cases[0] = writing();
  cases[1] = reading();
  return test_suite_run("pairs", cases, 2);
}
