/* test_order.c: orders and reports between host and guardian, as literal bytes, whole, cut and
 * hostile. */
#include "platform/posix/order.h"
#include "support/guard.h"
#include "support/suite.h"
#include <stdio.h>
#include <string.h>

static const uint8_t stop[] = {0, 0, 0, 2, /* two bytes of text */
                               0, 0, 0, 4, /* STOP */
                               0, 0, 1, 7, /* id 263 */
                               0, 0, 0, 1, /* by force */
                               0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

static const uint8_t start[] = {0,   0,   0,    31,                           /* text */
                                0,   0,   0,    3,                            /* START */
                                0,   0,   0,    9,                            /* id */
                                0,   0,   0x13, 0x88,                         /* stop_ms 5000 */
                                0,   0,   0,    2,                            /* argv */
                                0,   0,   0,    1,                            /* env */
                                0,   0,   0,    1,                            /* terms */
                                '/', 'b', 'i',  'n',  '/', 'x', 0,            /* path */
                                '/', 't', 0,                                  /* directory */
                                'x', 0,   '-',  'v',  0,                      /* argv */
                                'A', '=', '1',  ' ',  '2', '=', 0,            /* env */
                                'u', 'm', 'a',  's',  'k', '=', '1', '8', 0}; /* terms */

static const char *const argv[] = {"x", "-v", NULL}, *const env[] = {"A=1 2=", NULL},
                         *const terms[] = {"umask=18"};

static fcl__order start_order(void) {
  fcl__order o = {
      .kind = FCL__ORDER_START, .id = 9, .number = 5000, .argc = 2, .envc = 1, .termc = 1};
  o.path = "/bin/x";
  o.directory = "/t";
  o.argv = argv;
  o.env = env;
  o.terms = terms;
  return o;
}

/* Reads the order from `len` bytes that end at a page that cannot be read. */
static int read_order(fcl__order *o, const void *bytes, size_t len) {
  static test_guard guard;
  const uint8_t *at;
  size_t text;
  if (guard.map == NULL)
    guard = test_guard_make(1 << 16);
  at = (const uint8_t *) test_guard_put(&guard, bytes, len);
  if (len < FCL__ORDER_HEAD || fcl__order_read_head(at, o, &text) != 0)
    return -1;
  if (text != len - FCL__ORDER_HEAD)
    return -1;
  return fcl__order_read_text(o, (const char *) at + FCL__ORDER_HEAD, text);
}

/* ---- Writing ---- */

START_TEST(a_stop_is_30_bytes) {
  fcl__order o = {.kind = FCL__ORDER_STOP, .id = 263, .number = 1};
  uint8_t out[sizeof stop];
  ck_assert_uint_eq(fcl__order_size(&o), sizeof stop);
  fcl__order_write(&o, out);
  ck_assert_mem_eq(out, stop, sizeof stop);
}
END_TEST

START_TEST(a_start_carries_its_strings_one_behind_the_other) {
  fcl__order o = start_order();
  uint8_t out[sizeof start];
  ck_assert_uint_eq(fcl__order_size(&o), sizeof start);
  fcl__order_write(&o, out);
  ck_assert_mem_eq(out, start, sizeof start);
}
END_TEST

START_TEST(an_environment_beyond_8_mib_has_no_size) {
  static char big[FCL__ORDER_MAX];
  const char *const large[] = {big, NULL};
  fcl__order o = start_order();
  memset(big, 'x', sizeof big - 1);
  o.env = large;
  ck_assert_uint_eq(fcl__order_size(&o), 0);
}
END_TEST

START_TEST(text_of_exactly_8_mib_has_a_size) {
  static char big[FCL__ORDER_MAX];
  const char *const large[] = {big, NULL};
  fcl__order o = start_order();
  memset(big, 'x', sizeof big - 1 - 24); /* path, directory, argv and terms take 24 */
  o.env = large;
  ck_assert_uint_eq(fcl__order_size(&o), FCL__ORDER_HEAD + FCL__ORDER_MAX);
}
END_TEST

/* ---- Reading ---- */

START_TEST(a_start_is_read_with_every_string) {
  fcl__order o;
  char *args[3], *vars[2];
  ck_assert_int_eq(read_order(&o, start, sizeof start), 0);
  ck_assert_int_eq(o.kind, FCL__ORDER_START);
  ck_assert_uint_eq(o.id, 9);
  ck_assert_uint_eq(o.number, 5000);
  ck_assert_str_eq(o.path, "/bin/x");
  ck_assert_str_eq(o.directory, "/t");
  fcl__order_vectors(&o, args, vars);
  ck_assert_str_eq(args[0], "x");
  ck_assert_str_eq(args[1], "-v");
  ck_assert_ptr_null(args[2]);
  ck_assert_str_eq(vars[0], "A=1 2=");
  ck_assert_ptr_null(vars[1]);
  ck_assert_str_eq(fcl__order_terms(&o), "umask=18");
}
END_TEST

START_TEST(an_empty_environment_is_a_vector_of_nothing) {
  fcl__order o = start_order();
  uint8_t out[sizeof start];
  char *args[3], *vars[1];
  o.envc = 0;
  ck_assert_uint_eq(fcl__order_size(&o), sizeof start - 7);
  fcl__order_write(&o, out);
  ck_assert_int_eq(read_order(&o, out, sizeof start - 7), 0);
  fcl__order_vectors(&o, args, vars);
  ck_assert_ptr_null(vars[0]);
}
END_TEST

START_TEST(a_start_cut_anywhere_is_refused) { /* loop test: _i bytes are left */
  fcl__order o;
  uint8_t cut[sizeof start];
  memcpy(cut, start, sizeof start);
  if (_i >= (int) FCL__ORDER_HEAD)
    cut[3] = (uint8_t) (_i - (int) FCL__ORDER_HEAD); /* the length says so too */
  ck_assert_int_eq(read_order(&o, cut, (size_t) _i), -1);
}
END_TEST

START_TEST(a_string_more_than_announced_is_refused) {
  fcl__order o;
  uint8_t more[sizeof start + 2];
  memcpy(more, start, sizeof start);
  memcpy(more + sizeof start, "y", 2);
  more[3] += 2;
  ck_assert_int_eq(read_order(&o, more, sizeof more), -1);
}
END_TEST

/* Changes one byte of the good start. */
static int read_changed(size_t at, uint8_t to) {
  fcl__order o;
  uint8_t changed[sizeof start];
  memcpy(changed, start, sizeof start);
  changed[at] = to;
  return read_order(&o, changed, sizeof changed);
}

START_TEST(a_string_less_than_announced_is_refused) {
  ck_assert_int_eq(read_changed(19, 3), -1); /* argc */
  ck_assert_int_eq(read_changed(23, 2), -1); /* envc */
  ck_assert_int_eq(read_changed(27, 2), -1); /* termc */
}
END_TEST

START_TEST(counts_that_overflow_are_refused) {
  ck_assert_int_eq(read_changed(16, 0xff), -1);
  ck_assert_int_eq(read_changed(20, 0xff), -1);
  ck_assert_int_eq(read_changed(24, 0xff), -1);
}
END_TEST

START_TEST(a_kind_that_does_not_exist_is_refused) {
  ck_assert_int_eq(read_changed(7, 0), -1);
  ck_assert_int_eq(read_changed(7, 7), -1);
  ck_assert_int_eq(read_changed(4, 1), -1);
}
END_TEST

START_TEST(more_text_than_8_mib_is_refused_before_it_comes) {
  const uint8_t head[FCL__ORDER_HEAD] = {0, 0x80, 0, 1, 0, 0, 0, 1};
  fcl__order o;
  size_t len;
  ck_assert_int_eq(fcl__order_read_head(head, &o, &len), -1);
}
END_TEST

START_TEST(a_path_that_is_not_absolute_is_refused) {
  ck_assert_int_eq(read_changed(FCL__ORDER_HEAD, '.'), -1);
}
END_TEST

START_TEST(a_directory_that_is_not_absolute_is_refused) {
  ck_assert_int_eq(read_changed(FCL__ORDER_HEAD + 7, '.'), -1);
}
END_TEST

START_TEST(arguments_where_none_belong_are_refused) {
  fcl__order o = start_order();
  uint8_t out[sizeof start];
  o.kind = FCL__ORDER_LEAVE;
  fcl__order_write(&o, out);
  ck_assert_int_eq(read_order(&o, out, sizeof out), -1);
}
END_TEST

START_TEST(a_start_without_argv_is_refused) {
  fcl__order o = start_order();
  uint8_t out[sizeof start];
  o.argc = 0;
  o.envc = o.termc = 0;
  fcl__order_write(&o, out);
  ck_assert_int_eq(read_order(&o, out, fcl__order_size(&o)), -1);
}
END_TEST

START_TEST(text_that_does_not_end_in_nul_is_refused) {
  ck_assert_int_eq(read_changed(sizeof start - 1, 'x'), -1);
}
END_TEST

/* ---- Reports ---- */

START_TEST(a_report_is_16_bytes) {
  const fcl__report exited = {FCL__REPORT_EXITED, 263, 255, 0};
  const uint8_t expected[] = {0, 0, 0, 4, 0, 0, 1, 7, 0, 0, 0, 255, 0, 0, 0, 0};
  uint8_t out[FCL__REPORT_SIZE];
  fcl__report_write(&exited, out);
  ck_assert_mem_eq(out, expected, sizeof expected);
}
END_TEST

START_TEST(a_report_is_read) {
  const uint8_t failed[] = {0, 0, 0, 3, 0, 0, 1, 7, 0, 0, 0, 2, 0, 0, 0, 5};
  fcl__report r;
  ck_assert_int_eq(fcl__report_read(failed, &r), 0);
  ck_assert_int_eq(r.kind, FCL__REPORT_FAILED);
  ck_assert_uint_eq(r.id, 263);
  ck_assert_uint_eq(r.number, 2);
  ck_assert_uint_eq(r.detail, FCL__STAGE_EXEC);
}
END_TEST

START_TEST(a_report_of_no_kind_is_refused) {
  const uint8_t none[FCL__REPORT_SIZE] = {0}, fifth[FCL__REPORT_SIZE] = {0, 0, 0, 5};
  fcl__report r;
  ck_assert_int_eq(fcl__report_read(none, &r), -1);
  ck_assert_int_eq(fcl__report_read(fifth, &r), -1);
}
END_TEST

START_TEST(a_pid_that_kill_takes_for_more_than_one_process_is_refused) {
  uint8_t started[FCL__REPORT_SIZE] = {0, 0, 0, 2, 0, 0, 1, 7, 0, 0, 0, 2};
  fcl__report r;
  ck_assert_int_eq(fcl__report_read(started, &r), 0);
  started[11] = 1;
  ck_assert_int_eq(fcl__report_read(started, &r), -1);
  started[11] = 0;
  ck_assert_int_eq(fcl__report_read(started, &r), -1);
  memset(started + 8, 0xff, 4);
  ck_assert_int_eq(fcl__report_read(started, &r), -1);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("order");
  tcase_add_test(t, a_stop_is_30_bytes);
  tcase_add_test(t, a_start_carries_its_strings_one_behind_the_other);
  tcase_add_test(t, an_environment_beyond_8_mib_has_no_size);
  tcase_add_test(t, text_of_exactly_8_mib_has_a_size);
  tcase_add_test(t, a_start_is_read_with_every_string);
  tcase_add_test(t, an_empty_environment_is_a_vector_of_nothing);
  tcase_add_loop_test(t, a_start_cut_anywhere_is_refused, 0, (int) sizeof start);
  tcase_add_test(t, a_string_more_than_announced_is_refused);
  tcase_add_test(t, a_string_less_than_announced_is_refused);
  tcase_add_test(t, counts_that_overflow_are_refused);
  tcase_add_test(t, a_kind_that_does_not_exist_is_refused);
  tcase_add_test(t, more_text_than_8_mib_is_refused_before_it_comes);
  tcase_add_test(t, a_path_that_is_not_absolute_is_refused);
  tcase_add_test(t, a_directory_that_is_not_absolute_is_refused);
  tcase_add_test(t, arguments_where_none_belong_are_refused);
  tcase_add_test(t, a_start_without_argv_is_refused);
  tcase_add_test(t, text_that_does_not_end_in_nul_is_refused);
  tcase_add_test(t, a_report_is_16_bytes);
  tcase_add_test(t, a_report_is_read);
  tcase_add_test(t, a_report_of_no_kind_is_refused);
  tcase_add_test(t, a_pid_that_kill_takes_for_more_than_one_process_is_refused);
  return test_suite_run("order", &t, 1);
}
