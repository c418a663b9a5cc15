/* test_error.c: names and statuses of the codes; sentences, and what is escaped in them. */
#include "base/error.h"
#include "base/system.h"
#include "support/guard.h"
#include "support/suite.h"
#include <errno.h>
#include <stdio.h>

#define BYTES(text) (text), sizeof(text) - 1

static fcl_error error;
static char out[64];

static const char *escaped(const char *text, size_t len) {
  test_guard guard = test_guard_make(64);
  size_t n = fcl__escape(out, sizeof out, test_guard_put(&guard, text, len), len);
  test_guard_free(&guard);
  ck_assert_uint_eq(n, strlen(out));
  return out;
}

/* ---- Codes ---- */

START_TEST(codes_have_names_phrases_and_statuses) {
  ck_assert_str_eq(fcl_code_name(FCL_OK), "OK");
  ck_assert_int_eq(fcl_code_http(FCL_OK), 200);
  ck_assert_str_eq(fcl_code_name(FCL_E_TIMEOUT_QUEUE), "TIMEOUT_QUEUE");
  ck_assert_str_eq(fcl_code_phrase(FCL_E_TIMEOUT_QUEUE), "no process became free in time");
  ck_assert_int_eq(fcl_code_http(FCL_E_TIMEOUT_QUEUE), 503);
}
END_TEST

START_TEST(codes_are_numbered_for_ever) { /* an embedder may have stored them */
  ck_assert_int_eq(FCL_OK, 0);
  ck_assert_int_eq(FCL_E_INVAL, 1);
  ck_assert_int_eq(FCL_E_PARAMS, 5);
  ck_assert_int_eq(FCL_E_SPAWN, 9);
  ck_assert_int_eq(FCL_E_PROTOCOL, 16);
  ck_assert_int_eq(FCL_E_CLOSING, 27);
  ck_assert_int_eq(FCL_E_BODY_TOO_LARGE, 28);
  ck_assert_int_eq(FCL_E_SPOOL, 29);
}
END_TEST

START_TEST(every_code_is_an_error_of_http) {
  fcl_code code = (fcl_code) _i;
  ck_assert_int_ge(fcl_code_http(code), 400);
  ck_assert_int_le(fcl_code_http(code), 504);
  ck_assert_uint_gt(strlen(fcl_code_phrase(code)), 10);
}
END_TEST

START_TEST(a_number_that_is_no_code_has_no_name) {
  static const int numbers[] = {FCL_CODE_MAX, FCL_CODE_MAX + 1, -1, 100000};
  ck_assert_str_eq(fcl_code_name((fcl_code) numbers[_i]), "?");
  ck_assert_str_eq(fcl_code_phrase((fcl_code) numbers[_i]), "?");
  ck_assert_int_eq(fcl_code_http((fcl_code) numbers[_i]), 500);
}
END_TEST

START_TEST(the_version_is_told_as_a_number_and_as_text) {
  char text[32];
  snprintf(text, sizeof text, "%d.%d.%d", FCL_VERSION_MAJOR, FCL_VERSION_MINOR, FCL_VERSION_PATCH);
  ck_assert_str_eq(fcl_version_string(), text);
  ck_assert_uint_eq(fcl_version(), FCL_VERSION_NUM);
}
END_TEST

/* ---- Escaping: KF-033, one log line, and no command for the terminal ---- */

START_TEST(text_stays_as_it_is) {
  ck_assert_str_eq(escaped(BYTES("C:\\php\\php-cgi.exe \"100%\" ~")),
                   "C:\\php\\php-cgi.exe \"100%\" ~");
}
END_TEST

START_TEST(controls_are_escaped) {
  ck_assert_str_eq(escaped(BYTES("a\nb\rc\td\0e\033[0m\177")), "a\\nb\\rc\\td\\x00e\\x1b[0m\\x7f");
}
END_TEST

START_TEST(valid_utf8_stays_as_it_is) {
  const char *text = "\xc2\xa0 \xc3\xa9 \xe0\xa0\x80 \xe2\x82\xac \xed\x9f\xbf \xef\xbf\xbd "
                     "\xf0\x9f\x90\x98 \xf4\x8f\xbf\xbf";
  ck_assert_str_eq(escaped(text, strlen(text)), text);
}
END_TEST

static const struct {
  const char *text, *shown;
} invalid[] = {
    {"\x80", "\\x80"},                            /* a continuation alone */
    {"\xc3", "\\xc3"},                            /* cut */
    {"\xe2\x82", "\\xe2\\x82"},                   /* cut */
    {"\xf0\x9f\x90", "\\xf0\\x9f\\x90"},          /* cut */
    {"\xc3(", "\\xc3("},                          /* no continuation */
    {"\xc0\xaf", "\\xc0\\xaf"},                   /* '/' in too many bytes */
    {"\xe0\x80\xaf", "\\xe0\\x80\\xaf"},          /* likewise */
    {"\xf0\x80\x80\xaf", "\\xf0\\x80\\x80\\xaf"}, /* likewise */
    {"\xed\xa0\x80", "\\xed\\xa0\\x80"},          /* a surrogate */
    {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"}, /* above U+10FFFF */
    {"\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80"}, /* likewise */
    {"\xff\xfe", "\\xff\\xfe"},                   /* never in UTF-8 */
    {"\xc2\x9bm", "\\xc2\\x9bm"},                 /* C1: CSI drives terminals too */
};

START_TEST(what_is_no_utf8_is_escaped) {
  ck_assert_str_eq(escaped(invalid[_i].text, strlen(invalid[_i].text)), invalid[_i].shown);
}
END_TEST

START_TEST(what_does_not_fit_is_cut_at_a_whole_sign) {
  static const char *const shown[] = {
      "", "a", "a", "a", "a", "a\\x01", "a\\x01", "a\\x01\xc3\xa9", "a\\x01\xc3\xa9z"};
  size_t n;
  memset(out, '?', sizeof out);
  n = fcl__escape(out, (size_t) _i + 1, BYTES("a\1\xc3\xa9z"));
  ck_assert_str_eq(out, shown[_i]);
  ck_assert_uint_eq(n, strlen(shown[_i]));
  ck_assert_int_eq(out[_i + 1], '?');
}
END_TEST

START_TEST(without_room_nothing_is_written) {
  out[0] = '?';
  ck_assert_uint_eq(fcl__escape(out, 0, "abc", 3), 0);
  ck_assert_int_eq(out[0], '?');
}
END_TEST

/* ---- Sentences ---- */

START_TEST(a_sentence_without_the_systems_words) {
  ck_assert_int_eq(fcl__error_setx(&error, FCL_E_EXITED, 255, "php: pid %d exited", 4711),
                   FCL_E_EXITED);
  ck_assert_int_eq(error.code, FCL_E_EXITED);
  ck_assert_int_eq(error.sys, 255);
  ck_assert_str_eq(error.text, "php: pid 4711 exited");
}
END_TEST

START_TEST(a_sentence_with_the_systems_words) {
  char expected[300], words[200];
  snprintf(expected, sizeof expected, "cannot open /x: %s",
           fcl__system_words(ENOENT, words, sizeof words));
  ck_assert_int_eq(fcl__error_set(&error, FCL_E_CONFIG, ENOENT, "cannot open %s", "/x"),
                   FCL_E_CONFIG);
  ck_assert_str_eq(error.text, expected);
  ck_assert_int_eq(error.sys, ENOENT);
}
END_TEST

START_TEST(an_errno_may_be_negative) { /* as libuv has them */
  char expected[300], words[200];
  snprintf(expected, sizeof expected, "x: %s", fcl__system_words(ENOENT, words, sizeof words));
  fcl__error_set(&error, FCL_E_IO, -ENOENT, "x");
  ck_assert_str_eq(error.text, expected);
}
END_TEST

START_TEST(what_comes_in_through_arguments_is_escaped) { /* KF-032, KF-033 */
  fcl__error_setx(&error, FCL_E_STDERR, 0, "php said: %s", "%s%n\r\n\033[31mforged");
  ck_assert_str_eq(error.text, "php said: %s%n\\r\\n\\x1b[31mforged");
}
END_TEST

START_TEST(a_sentence_can_be_wrapped_in_another) {
  fcl__error_setx(&error, FCL_E_HEAD, 0, "line 1 has no colon");
  fcl__error_setx(&error, FCL_E_HEAD, 0, "php: %s", error.text);
  ck_assert_str_eq(error.text, "php: line 1 has no colon");
}
END_TEST

START_TEST(more_can_be_appended) {
  fcl__error_setx(&error, FCL_E_IO, 7, "one");
  fcl__error_append(&error, ", %s", "two\n");
  ck_assert_str_eq(error.text, "one, two\\n");
  ck_assert_int_eq(error.sys, 7);
}
END_TEST

START_TEST(a_sentence_that_is_too_long_is_cut) {
  char text[3000];
  memset(text, '\n', sizeof text - 1);
  text[sizeof text - 1] = 0;
  fcl__error_setx(&error, FCL_E_IO, 0, "%s", text);
  ck_assert_uint_eq(strlen(error.text), sizeof error.text - 2); /* of "\n" only whole ones */
  fcl__error_append(&error, "%s", text);
  ck_assert_uint_eq(strlen(error.text), sizeof error.text - 2);
}
END_TEST

START_TEST(without_an_error_to_fill_the_code_is_returned) {
  ck_assert_int_eq(fcl__error_set(NULL, FCL_E_IO, EPIPE, "x"), FCL_E_IO);
  ck_assert_int_eq(fcl__error_setx(NULL, FCL_E_IO, 0, "x"), FCL_E_IO);
  fcl__error_append(NULL, "x");
}
END_TEST

static void ck_iis(fcl_code code, int status, int substatus, uint32_t hresult) {
  fcl_iis iis = fcl_code_iis(code);
  ck_assert_int_eq(iis.status, status);
  ck_assert_int_eq(iis.substatus, substatus);
  ck_assert_uint_eq(iis.hresult, hresult);
}

START_TEST(iis_has_statuses_and_sub_statuses_of_its_own) {
  ck_iis(FCL_OK, 200, 0, 0);
  ck_iis(FCL_E_EXITED, 500, 0, 0);
  ck_iis(FCL_E_QUEUE_FULL, 503, 4, 0);
  ck_iis(FCL_E_TIMEOUT_ACTIVITY, 500, 0, 0x80070102);
  ck_iis(FCL_E_TIMEOUT_REQUEST, 500, 0, 0x80070102);
  ck_iis(FCL_E_RAPID_FAIL, 500, 0, 0);
  ck_iis(FCL_E_BODY_TOO_LARGE, 413, 1, 0);
  ck_iis(FCL_E_LENGTH_REQUIRED, 411, 0, 0);
  ck_iis((fcl_code) 9999, 500, 0, 0);
}
END_TEST

static TCase *codes(void) {
  TCase *t = tcase_create("codes");
  tcase_add_test(t, codes_have_names_phrases_and_statuses);
  tcase_add_test(t, codes_are_numbered_for_ever);
  tcase_add_loop_test(t, every_code_is_an_error_of_http, 1, FCL_CODE_MAX);
  tcase_add_loop_test(t, a_number_that_is_no_code_has_no_name, 0, 4);
  tcase_add_test(t, the_version_is_told_as_a_number_and_as_text);
  tcase_add_test(t, iis_has_statuses_and_sub_statuses_of_its_own);
  return t;
}

static TCase *escapes(void) {
  TCase *t = tcase_create("escapes");
  tcase_add_test(t, text_stays_as_it_is);
  tcase_add_test(t, controls_are_escaped);
  tcase_add_test(t, valid_utf8_stays_as_it_is);
  tcase_add_loop_test(t, what_is_no_utf8_is_escaped, 0, sizeof invalid / sizeof invalid[0]);
  tcase_add_loop_test(t, what_does_not_fit_is_cut_at_a_whole_sign, 0, 9);
  tcase_add_test(t, without_room_nothing_is_written);
  return t;
}

static TCase *sentences(void) {
  TCase *t = tcase_create("sentences");
  tcase_add_test(t, a_sentence_without_the_systems_words);
  tcase_add_test(t, a_sentence_with_the_systems_words);
  tcase_add_test(t, an_errno_may_be_negative);
  tcase_add_test(t, what_comes_in_through_arguments_is_escaped);
  tcase_add_test(t, a_sentence_can_be_wrapped_in_another);
  tcase_add_test(t, more_can_be_appended);
  tcase_add_test(t, a_sentence_that_is_too_long_is_cut);
  tcase_add_test(t, without_an_error_to_fill_the_code_is_returned);
  return t;
}

int main(void) {
  TCase *cases[3];
  cases[0] = codes();
  cases[1] = escapes();
  cases[2] = sentences();
  return test_suite_run("error", cases, 3);
}
