/* test_params.c: the builder of parameters, its image read back by a strict decoder of the test's
 * own. */
#include "support/allocator.h"
#include "support/suite.h"
#include <fcgiclient/codec.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static fcl_params p;
static test_allocator memory;
static fcl_slice image;
static fcl_error error;
static char big[140000]; /* 'v' */

static fcl_slice slice(const char *base, size_t len) {
  fcl_slice s = {base, len};
  return s;
}

static fcl_slice text(const char *s) {
  return slice(s, strlen(s));
}

static void set(const char *name, const char *value) {
  fcl_params_set_text(&p, name, value);
}

/* Sets a pair that takes `size` bytes on the wire (300 or more), its name as given. */
static void set_sized(const char *name, size_t size) {
  const size_t len = size - 1 - 4 - strlen(name);
  fcl_params_set(&p, text(name), slice(big, len));
  ck_assert_uint_eq(fcl_pair_size(strlen(name), len), size);
}

static void end_image(int no_body) {
  fcl_code code = fcl_params_end(&p, FCL_RESPONDER, no_body, &image, &error);
  ck_assert_msg(code == FCL_OK, "%s", error.text);
}

static void assert_refused(fcl_code code, const char *sentence) {
  memset(&error, 0, sizeof error);
  ck_assert_int_eq(fcl_params_end(&p, FCL_RESPONDER, 1, &image, &error), code);
  ck_assert_int_eq(error.code, code);
  ck_assert_str_eq(error.text, sentence);
}

static void assert_value(const char *name, const char *value) {
  fcl_slice found;
  ck_assert_int_eq(fcl_params_get(&p, text(name), &found), 1);
  ck_assert_uint_eq(found.len, strlen(value));
  ck_assert_mem_eq(found.base, value, found.len);
}

static void assert_absent(const char *name) {
  fcl_slice found;
  ck_assert_int_eq(fcl_params_get(&p, text(name), &found), 0);
}

/* ---- A strict reader: "NAME=value;" for each pair, "|" at the end of each record ---- */

static char read_text[300000];

static size_t length_at(const uint8_t **in) {
  size_t len = *(*in)++;
  if (len >= 128) {
    len = (len - 128) * 16777216 + (*in)[0] * 65536u + (*in)[1] * 256u + (*in)[2];
    *in += 3;
  }
  return len;
}

/* Each record must hold whole pairs and nothing else. */
static char *read_pairs(char *to, const uint8_t *in, const uint8_t *end) {
  while (in < end) {
    const size_t name_len = length_at(&in), value_len = length_at(&in);
    ck_assert_uint_le(name_len + value_len, (size_t) (end - in));
    memcpy(to, in, name_len);
    to += name_len;
    *to++ = '=';
    memcpy(to, in + name_len, value_len);
    to += value_len;
    *to++ = ';';
    in += name_len + value_len;
  }
  ck_assert_ptr_eq(in, end);
  return to;
}

static void assert_header(const uint8_t *h, unsigned type, unsigned id) {
  ck_assert_uint_eq(h[0], 1);
  ck_assert_uint_eq(h[1], type);
  ck_assert_uint_eq(h[2] * 256u + h[3], id);
  ck_assert_uint_eq(h[6], 0); /* PHP does not skip the padding of empty records: we pad none */
  ck_assert_uint_eq(h[7], 0);
}

/* Reads the image into read_text: one BEGIN_REQUEST, PARAMS records, exactly one empty one, and
   with `no_body` exactly one empty STDIN. */
static const char *read_image(unsigned id, unsigned flags, int no_body) {
  const uint8_t *in = (const uint8_t *) image.base, *end = in + image.len;
  const uint8_t begin[8] = {0, 1, (uint8_t) flags, 0, 0, 0, 0, 0};
  char *to = read_text;
  size_t len;
  assert_header(in, FCL_BEGIN_REQUEST, id);
  ck_assert_mem_eq(in + 4, "\0\x08", 2);
  ck_assert_mem_eq(in + 8, begin, 8);
  in += 16;
  do {
    ck_assert_int_ge(end - in, 8);
    assert_header(in, FCL_PARAMS, id);
    len = in[4] * 256u + in[5];
    ck_assert_uint_le(len, (size_t) (end - in) - 8);
    if (len > 0) {
      to = read_pairs(to, in + 8, in + 8 + len);
      *to++ = '|';
    }
    in += 8 + len;
  } while (len > 0);
  if (no_body) {
    ck_assert_int_ge(end - in, 8);
    assert_header(in, FCL_STDIN, id);
    ck_assert_mem_eq(in + 4, "\0\0", 2);
    in += 8;
  }
  ck_assert_ptr_eq(in, end);
  *to = 0;
  return read_text;
}

static void setup(void) {
  memset(big, 'v', sizeof big);
  test_allocator_init(&memory);
  memset(&p, 0xa5, sizeof p);
  fcl_params_init(&p, test_allocator_realloc, &memory);
}

static void teardown(void) {
  fcl_params_free(&p);
  ck_assert_uint_eq(memory.live, 0);
  ck_assert_uint_eq(memory.misuses, 0);
  test_allocator_destroy(&memory);
}

/* ---- The image ---- */

/* KF-007: in memory that was not 0. */
START_TEST(the_image_is_what_goes_out) {
  static const char expected[] = "\1\1\0\1\0\x08\0\0\0\1\0\0\0\0\0\0"
                                 "\1\4\0\1\0\x14\0\0"
                                 "\x0b\2SERVER_PORT80\2\1AB1"
                                 "\1\4\0\1\0\0\0\0"
                                 "\1\5\0\1\0\0\0\0";
  set("SERVER_PORT", "80");
  set("AB", "1");
  end_image(1);
  ck_assert_uint_eq(image.len, sizeof expected - 1);
  ck_assert_mem_eq(image.base, expected, image.len);
}
END_TEST

START_TEST(a_request_with_a_body_has_no_stdin_in_its_image) {
  set("A", "1");
  end_image(0);
  ck_assert_str_eq(read_image(1, 0, 0), "A=1;|");
}
END_TEST

START_TEST(without_parameters_there_is_one_empty_record) {
  end_image(1);
  ck_assert_mem_eq(image.base,
                   "\1\1\0\1\0\x08\0\0\0\1\0\0\0\0\0\0"
                   "\1\4\0\1\0\0\0\0"
                   "\1\5\0\1\0\0\0\0",
                   32);
  ck_assert_uint_eq(image.len, 32);
}
END_TEST

START_TEST(the_role_stands_in_begin_request) {
  ck_assert_int_eq(fcl_params_end(&p, FCL_AUTHORIZER, 1, &image, &error), FCL_OK);
  ck_assert_mem_eq(image.base + 8, "\0\2\0\0\0\0\0\0", 8);
}
END_TEST

START_TEST(id_and_flags_can_be_patched_again_and_again) {
  fcl_params_limit(&p, 1000000, 65535);
  set_sized("A", 40000);
  set_sized("B", 40000);
  set("C", "1");
  end_image(1);
  fcl_params_address(&p, 0xfffe, FCL_KEEP_CONN);
  read_image(0xfffe, FCL_KEEP_CONN, 1);
  fcl_params_address(&p, 3, 0);
  read_image(3, 0, 1);
}
END_TEST

START_TEST(addressing_does_not_move_the_image) {
  set("A", "1");
  end_image(1);
  fcl_params_address(&p, 258, 1);
  ck_assert_ptr_eq(image.base, (const char *) p.bytes);
  ck_assert_mem_eq(image.base, "\1\1\1\2\0\x08\0\0\0\1\1", 11);
}
END_TEST

START_TEST(addressing_without_an_image_does_nothing) {
  fcl_params_address(&p, 7, 1);
  set("A", "1");
  fcl_params_address(&p, 7, 1);
  end_image(1);
  ck_assert_str_eq(read_image(1, 0, 1), "A=1;|");
}
END_TEST

START_TEST(ending_twice_gives_the_same_image) {
  set("A", "1");
  end_image(1);
  end_image(1);
  ck_assert_str_eq(read_image(1, 0, 1), "A=1;|");
}
END_TEST

/* ---- Setting, getting, replacing ---- */

START_TEST(an_empty_value_is_sent) { /* KF-018, KF-019 */
  set("EMPTY", "");
  set("NULL", NULL);
  fcl_params_set(&p, text("SLICE"), slice(NULL, 0));
  end_image(1);
  ck_assert_str_eq(read_image(1, 0, 1), "EMPTY=;NULL=;SLICE=;|");
}
END_TEST

START_TEST(what_was_set_can_be_got) {
  set("REQUEST_METHOD", "GET");
  set("QUERY_STRING", "");
  assert_value("REQUEST_METHOD", "GET");
  assert_value("QUERY_STRING", "");
  assert_absent("REQUEST_METHO");
  assert_absent("REQUEST_METHODS");
  assert_absent("request_method"); /* byte by byte */
  assert_absent("");
}
END_TEST

START_TEST(nothing_can_be_got_from_an_empty_builder) {
  size_t at = 0;
  fcl_slice name, value;
  assert_absent("A");
  ck_assert_int_eq(fcl_params_next(&p, &at, &name, &value), 0);
}
END_TEST

START_TEST(a_name_set_again_is_replaced) {
  static const char *const names[] = {"A", "B", "C"};
  static const char *const images[] = {"B=2;C=3;A=longer than before;|",
                                       "A=1;C=3;B=longer than before;|",
                                       "A=1;B=2;C=longer than before;|"};
  set("A", "1");
  set("B", "2");
  set("C", "3");
  set(names[_i], "longer than before");
  end_image(1);
  ck_assert_str_eq(read_image(1, 0, 1), images[_i]);
  ck_assert_uint_eq(p.count, 3);
}
END_TEST

START_TEST(a_pair_that_is_removed_is_not_sent) {
  static const char *const names[] = {"A", "B", "C"};
  static const char *const images[] = {"B=2;C=3;|", "A=1;C=3;|", "A=1;B=2;|"};
  set("A", "1");
  set("B", "2");
  set("C", "3");
  ck_assert_int_eq(fcl_params_remove(&p, text(names[_i])), 1);
  ck_assert_int_eq(fcl_params_remove(&p, text(names[_i])), 0);
  assert_absent(names[_i]);
  end_image(1);
  ck_assert_str_eq(read_image(1, 0, 1), images[_i]);
}
END_TEST

START_TEST(a_record_whose_only_pair_is_removed_goes) {
  ck_assert_int_eq(fcl_params_remove(&p, text("A")), 0);
  ck_assert_int_eq(fcl_params_remove(&p, text("")), 0);
  set("A", "1");
  ck_assert_int_eq(fcl_params_remove(&p, text("A")), 1);
  set("B", "2");
  ck_assert_int_eq(fcl_params_remove(&p, text("B")), 1);
  end_image(1);
  ck_assert_str_eq(read_image(1, 0, 1), "");
}
END_TEST

START_TEST(the_only_pair_can_be_replaced) {
  set("A", "1");
  set("A", "");
  set("A", "3");
  end_image(1);
  ck_assert_str_eq(read_image(1, 0, 1), "A=3;|");
}
END_TEST

START_TEST(a_value_may_hold_any_byte_but_NUL) {
  char value[255];
  int i;
  for (i = 0; i < 255; i++)
    value[i] = (char) (i + 1);
  fcl_params_set(&p, text("V"), slice(value, 255));
  end_image(1);
  ck_assert_mem_eq(image.base + 24, "\1\x80\0\0\xffV\1\2\3", 9);
}
END_TEST

/* Walks the pairs and compares with "NAME=size;". */
static void assert_walk(const char *expected) {
  char walk[1000] = "";
  size_t at = 0, len = 0;
  fcl_slice name, value;
  while (fcl_params_next(&p, &at, &name, &value))
    len += (size_t) snprintf(walk + len, sizeof walk - len, "%.*s=%zu;", (int) name.len, name.base,
                             value.len);
  ck_assert_str_eq(walk, expected);
}

START_TEST(a_walk_comes_by_every_pair_once) {
  fcl_params_limit(&p, 200000, 0);
  set("A", "");
  set_sized("B", 65000);
  set("C", "123");
  set_sized("D", 600);
  set("E", "1");
  assert_walk("A=0;B=64994;C=3;D=594;E=1;");
  end_image(1);
  assert_walk("A=0;B=64994;C=3;D=594;E=1;"); /* and not into what ends the image */
}
END_TEST

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
  ck_assert_int_eq(fcl_params_end(&p, 1, 1, &image, &error), FCL_E_PARAMS);
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
    ck_assert_int_eq(fcl_params_end(&p, 1, 1, &image, &error), FCL_E_PARAMS);
    fcl_params_reset(&p);
  }
  set("A", "1");
  end_image(1);
  ck_assert_str_eq(read_image(1, 0, 1), "A=1;|");
}
END_TEST

/* ---- What is no parameter ---- */

START_TEST(a_name_is_needed) {
  set(_i ? "" : NULL, "x");
  assert_refused(FCL_E_INVAL, "a parameter without a name was set");
}
END_TEST

static int name_is_refused(const char *name, size_t len) {
  fcl_params_reset(&p);
  fcl_params_set(&p, slice(name, len), text("v"));
  return fcl_params_end(&p, 1, 1, &image, &error) == FCL_E_INVAL;
}

/* KF-098: every byte, at every place in names of 1 to 18 bytes. */
START_TEST(a_name_without_controls_and_equals_sign_is_accepted) {
  char name[18];
  size_t len, at;
  int byte;
  for (byte = 0; byte < 256; byte++)
    for (len = 1; len <= sizeof name; len++)
      for (at = 0; at < len; at++) {
        const int bad = byte < 0x20 || byte == 0x7f || byte == '=';
        memset(name, at & 1 ? 0x80 : 'A', sizeof name);
        name[at] = (char) byte;
        if (name_is_refused(name, len) != bad)
          ck_abort_msg("byte %d at %zu of %zu", byte, at, len);
      }
  ck_assert(!name_is_refused("HTTP_X", 6));
}
END_TEST

START_TEST(a_bad_name_is_shown_escaped) {
  set("A\nB", "x");
  assert_refused(FCL_E_INVAL, "the parameter name \"A\\nB\" holds '=' or a control character");
}
END_TEST

START_TEST(a_long_name_is_shown_cut) {
  big[1000] = '=';
  fcl_params_set(&p, slice(big, 1001), text("x"));
  assert_refused(FCL_E_INVAL, "the parameter name "
                              "\"vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv\" "
                              "holds '=' or a control character");
}
END_TEST

START_TEST(a_NUL_in_a_value_is_refused) {
  fcl_params_set(&p, text("PATH_INFO"), slice("a\0b", 3));
  assert_refused(FCL_E_INVAL, "the value of parameter PATH_INFO holds a NUL");
}
END_TEST

START_TEST(the_first_error_sticks) {
  set("GOOD", "1");
  set("BAD=", "1");
  set("", "1");
  set("LATE", "1");
  set_sized("LARGE", 70000);
  assert_refused(FCL_E_INVAL, "the parameter name \"BAD=\" holds '=' or a control character");
  assert_refused(FCL_E_INVAL, "the parameter name \"BAD=\" holds '=' or a control character");
  assert_absent("LATE");
}
END_TEST

START_TEST(the_sentence_may_be_left_out) {
  set("", "1");
  ck_assert_int_eq(fcl_params_end(&p, 1, 1, &image, NULL), FCL_E_INVAL);
}
END_TEST

/* ---- Memory ---- */

START_TEST(reset_keeps_the_memory) {
  fcl_params_set(&p, text("A"), slice(big, 20000));
  end_image(1);
  memory.calls = 0;
  fcl_params_reset(&p);
  assert_absent("A");
  fcl_params_set(&p, text("B"), slice(big, 20000));
  end_image(1);
  ck_assert_uint_eq(memory.calls, 0);
  ck_assert_uint_eq(p.count, 1);
}
END_TEST

START_TEST(reset_does_not_keep_a_buffer_above_64_KiB) {
  fcl_params_limit(&p, 400000, 0);
  set_sized("A", 60000);
  set_sized("B", 60000);
  ck_assert_uint_gt(memory.bytes, 65536);
  fcl_params_reset(&p);
  ck_assert_uint_eq(memory.live, 0);
  set("C", "1");
  end_image(1);
  ck_assert_str_eq(read_image(1, 0, 1), "C=1;|");
}
END_TEST

START_TEST(reset_forgets_the_error_and_keeps_the_limits) {
  fcl_params_limit(&p, 10, 10);
  set("A", "123456789");
  fcl_params_reset(&p);
  set("A", "1");
  end_image(1);
  fcl_params_reset(&p);
  set("A", "123456789");
  ck_assert_int_eq(fcl_params_end(&p, 1, 1, &image, &error), FCL_E_PARAMS);
}
END_TEST

START_TEST(a_small_request_takes_one_allocation) {
  char name[32];
  int i;
  for (i = 0; i < 40; i++) {
    snprintf(name, sizeof name, "HTTP_X%d", i);
    set(name, "a value of some length, as header fields have it");
  }
  end_image(1);
  ck_assert_uint_eq(memory.calls, 1);
}
END_TEST

START_TEST(the_image_may_fill_the_buffer_to_its_last_byte) { /* 4096: begin, header, pair, tail */
  fcl_params_set(&p, text("A"), slice(big, 4096 - 16 - 8 - 6 - 16 + (size_t) _i));
  end_image(1);
  ck_assert_uint_eq(image.len, 4096 + (size_t) _i);
  ck_assert_uint_eq(memory.bytes, _i ? 8192 : 4096);
  read_image(1, 0, 1);
}
END_TEST

START_TEST(the_c_librarys_allocator_is_the_default) {
  fcl_params own;
  fcl_params_init(&own, NULL, NULL);
  fcl_params_set(&own, text("A"), slice(big, 60000));
  ck_assert_int_eq(fcl_params_end(&own, FCL_RESPONDER, 0, &image, &error), FCL_OK);
  ck_assert_uint_eq(image.len, 16 + 8 + 60006 + 8);
  fcl_params_free(&own);
}
END_TEST

START_TEST(freeing_leaves_a_builder_that_works) {
  set("A", "1");
  fcl_params_free(&p);
  ck_assert_uint_eq(memory.live, 0);
  set("B", "1");
  end_image(1);
  ck_assert_str_eq(read_image(1, 0, 1), "B=1;|");
}
END_TEST

static fcl_code build(void) {
  set("A", "1");
  set_sized("B", 30000);
  set_sized("C", 60000);
  set_sized("B", 300);
  set("A", "2");
  return fcl_params_end(&p, FCL_RESPONDER, 1, &image, &error);
}

/* KF-152: the 1st, 2nd, ... allocation fails, until none is left to fail. */
START_TEST(memory_may_run_out_at_any_allocation) {
  size_t nth, failures = 0;
  fcl_params_limit(&p, 400000, 0);
  for (nth = 1;; nth++) {
    fcl_params_free(&p);
    test_allocator_fail(&memory, nth, _i);
    if (build() == FCL_OK)
      break;
    failures++;
    ck_assert_int_eq(error.code, FCL_E_NOMEM);
    ck_assert_ptr_nonnull(strstr(error.text, "there was no memory for "));
    ck_assert_int_eq(fcl_params_end(&p, FCL_RESPONDER, 1, &image, &error), FCL_E_NOMEM);
  }
  ck_assert_uint_eq(failures, 3); /* 4096; 32768; 131072 bytes */
  read_image(1, 0, 1);
}
END_TEST

START_TEST(
    memory_may_run_out_at_the_end) { /* where nothing was set, the end needs the first allocation */
  test_allocator_fail(&memory, 1, 0);
  assert_refused(FCL_E_NOMEM, "there was no memory for 32 bytes of parameters");
}
END_TEST

static TCase *case_of(const char *name) {
  TCase *t = tcase_create(name);
  tcase_add_checked_fixture(t, setup, teardown);
  return t;
}

static TCase *images(void) {
  TCase *t = case_of("images");
  tcase_add_test(t, the_image_is_what_goes_out);
  tcase_add_test(t, a_request_with_a_body_has_no_stdin_in_its_image);
  tcase_add_test(t, without_parameters_there_is_one_empty_record);
  tcase_add_test(t, the_role_stands_in_begin_request);
  tcase_add_test(t, id_and_flags_can_be_patched_again_and_again);
  tcase_add_test(t, addressing_does_not_move_the_image);
  tcase_add_test(t, addressing_without_an_image_does_nothing);
  tcase_add_test(t, ending_twice_gives_the_same_image);
  return t;
}

static TCase *changes(void) {
  TCase *t = case_of("changes");
  tcase_add_test(t, an_empty_value_is_sent);
  tcase_add_test(t, what_was_set_can_be_got);
  tcase_add_test(t, nothing_can_be_got_from_an_empty_builder);
  tcase_add_loop_test(t, a_name_set_again_is_replaced, 0, 3);
  tcase_add_loop_test(t, a_pair_that_is_removed_is_not_sent, 0, 3);
  tcase_add_test(t, a_record_whose_only_pair_is_removed_goes);
  tcase_add_test(t, the_only_pair_can_be_replaced);
  tcase_add_test(t, a_value_may_hold_any_byte_but_NUL);
  tcase_add_test(t, a_walk_comes_by_every_pair_once);
  return t;
}

static TCase *records(void) {
  TCase *t = case_of("records");
  tcase_add_test(t, a_record_is_filled_to_65528_bytes);
  tcase_add_test(t, a_pair_that_does_not_fit_starts_a_record);
  tcase_add_test(t, a_pair_of_65535_bytes_fills_a_record_of_its_own);
  tcase_add_loop_test(t, a_record_that_loses_its_only_pair_goes, 0, 3);
  tcase_add_test(t, replacing_in_an_earlier_record_keeps_the_later_ones);
  tcase_add_loop_test(t, any_order_of_changes_gives_the_same_as_a_list, 0, 30);
  return t;
}

static TCase *limits(void) {
  TCase *t = case_of("limits");
  tcase_add_test(t, all_parameters_may_take_65528_bytes);
  tcase_add_test(t, one_byte_more_is_refused);
  tcase_add_test(t, a_pair_that_is_too_large_is_refused_by_name);
  tcase_add_test(t, limits_can_be_set);
  tcase_add_test(t, a_pair_is_larger_than_a_record_only_where_that_is_allowed);
  tcase_add_loop_test(t, lengths_whose_sum_wraps_are_refused, 0, 4);
  tcase_add_test(t, replacing_frees_what_the_old_value_took);
  tcase_add_test(t, a_refusal_leaves_a_builder_that_works);
  return t;
}

static TCase *refusals(void) {
  TCase *t = case_of("refusals");
  tcase_add_loop_test(t, a_name_is_needed, 0, 2);
  tcase_add_test(t, a_name_without_controls_and_equals_sign_is_accepted);
  tcase_add_test(t, a_bad_name_is_shown_escaped);
  tcase_add_test(t, a_long_name_is_shown_cut);
  tcase_add_test(t, a_NUL_in_a_value_is_refused);
  tcase_add_test(t, the_first_error_sticks);
  tcase_add_test(t, the_sentence_may_be_left_out);
  return t;
}

static TCase *memories(void) {
  TCase *t = case_of("memory");
  tcase_add_test(t, reset_keeps_the_memory);
  tcase_add_test(t, reset_does_not_keep_a_buffer_above_64_KiB);
  tcase_add_test(t, reset_forgets_the_error_and_keeps_the_limits);
  tcase_add_test(t, a_small_request_takes_one_allocation);
  tcase_add_loop_test(t, the_image_may_fill_the_buffer_to_its_last_byte, 0, 2);
  tcase_add_test(t, the_c_librarys_allocator_is_the_default);
  tcase_add_test(t, freeing_leaves_a_builder_that_works);
  tcase_add_loop_test(t, memory_may_run_out_at_any_allocation, 0, 2);
  tcase_add_test(t, memory_may_run_out_at_the_end);
  return t;
}

int main(void) {
  TCase *cases[6];
  cases[0] = images();
  cases[1] = changes();
  cases[2] = records();
  cases[3] = limits();
  cases[4] = refusals();
  cases[5] = memories();
  return test_suite_run("params", cases, 6);
}
