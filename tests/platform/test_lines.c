/* test_lines.c: what programs print, cut into lines within bounds. */
#include "platform/posix/lines.h"
#include "support/suite.h"
#include <stdio.h>
#include <string.h>

static fcl__lines l;
static char seen_log[3 * FCL__LINE_MAX];
static size_t log_len;
static int stop_after; /* lines; 0: never */

static int on_line(void *user, const char *line, size_t len) {
  seen_log[log_len++] = '[';
  memcpy(seen_log + log_len, line, len);
  log_len += len;
  seen_log[log_len++] = ']';
  seen_log[log_len] = 0;
  return --stop_after == 0;
}

static void setup(void) {
  memset(&l, 0, sizeof l);
  seen_log[0] = 0;
  log_len = 0;
  stop_after = 0;
}

static void feed(const char *text) {
  fcl__lines_feed(&l, text, strlen(text), on_line, NULL);
}

START_TEST(lines_come_without_their_ends) {
  feed("one\ntwo\r\n\nfour\n");
  ck_assert_str_eq(seen_log, "[one][two][][four]");
}
END_TEST

START_TEST(a_line_may_come_in_any_pieces) { /* loop test: _i is the cut */
  const char *text = "one\r\ntwo\n";
  fcl__lines_feed(&l, text, (size_t) _i, on_line, NULL);
  fcl__lines_feed(&l, text + _i, strlen(text) - (size_t) _i, on_line, NULL);
  ck_assert_str_eq(seen_log, "[one][two]");
}
END_TEST

START_TEST(a_carriage_return_inside_a_line_stays) {
  feed("10%\r20%\n");
  ck_assert_str_eq(seen_log, "[10%\r20%]");
}
END_TEST

START_TEST(the_last_line_needs_no_end) {
  feed("one\ntwo");
  ck_assert_str_eq(seen_log, "[one]");
  fcl__lines_end(&l, on_line, NULL);
  ck_assert_str_eq(seen_log, "[one][two]");
}
END_TEST

START_TEST(nothing_at_the_end_is_no_line) {
  feed("one\n");
  fcl__lines_end(&l, on_line, NULL);
  ck_assert_str_eq(seen_log, "[one]");
}
END_TEST

START_TEST(bytes_are_handed_on_raw) {
  fcl__lines_feed(&l, "\0\xff\x1b\n", 4, on_line, NULL);
  ck_assert_uint_eq(log_len, 5);
  ck_assert_mem_eq(seen_log, "[\0\xff\x1b]", 5);
}
END_TEST

static char many[FCL__LINE_MAX + 100];

START_TEST(a_line_of_4_kib_is_whole) {
  memset(many, 'x', FCL__LINE_MAX);
  memcpy(many + FCL__LINE_MAX, "\n", 2);
  feed(many);
  ck_assert_uint_eq(log_len, FCL__LINE_MAX + 2);
  ck_assert_int_eq(seen_log[FCL__LINE_MAX], 'x');
}
END_TEST

START_TEST(a_longer_line_is_cut_and_says_so_once) {
  memset(many, 'x', sizeof many - 1);
  feed(many);
  feed(many);
  feed("\nnext\n");
  ck_assert_uint_eq(log_len, FCL__LINE_MAX + 2 + 6);
  ck_assert_str_eq(seen_log + FCL__LINE_MAX - 3, "x...][next]");
}
END_TEST

START_TEST(a_cut_line_without_an_end_is_not_told_twice) {
  memset(many, 'x', sizeof many - 1);
  feed(many);
  fcl__lines_end(&l, on_line, NULL);
  ck_assert_uint_eq(log_len, FCL__LINE_MAX + 2);
}
END_TEST

START_TEST(who_wants_no_more_lines_gets_none) {
  stop_after = 2;
  feed("one\ntwo\nthree\nfour\n");
  ck_assert_str_eq(seen_log, "[one][two]");
}
END_TEST

int main(void) {
  TCase *t = tcase_create("lines");
  tcase_add_checked_fixture(t, setup, NULL);
  tcase_add_test(t, lines_come_without_their_ends);
  tcase_add_loop_test(t, a_line_may_come_in_any_pieces, 0, 10);
  tcase_add_test(t, a_carriage_return_inside_a_line_stays);
  tcase_add_test(t, the_last_line_needs_no_end);
  tcase_add_test(t, nothing_at_the_end_is_no_line);
  tcase_add_test(t, bytes_are_handed_on_raw);
  tcase_add_test(t, a_line_of_4_kib_is_whole);
  tcase_add_test(t, a_longer_line_is_cut_and_says_so_once);
  tcase_add_test(t, a_cut_line_without_an_end_is_not_told_twice);
  tcase_add_test(t, who_wants_no_more_lines_gets_none);
  return test_suite_run("lines", &t, 1);
}
