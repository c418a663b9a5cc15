/* test_headers.c: which header fields become which parameters. */
#include "cgi_test.h"
#include "support/allocator.h"
#include <stdlib.h>

static fcl_params params;
static size_t dropped;

static void setup(void) {
  fcl_params_init(&params, NULL, NULL);
}

static void teardown(void) {
  fcl_params_free(&params);
}

static fcl_header field(const char *name, const char *value) {
  fcl_header h;
  h.name = text(name);
  h.value = text(value);
  return h;
}

/* "Name: value\n" lines -> lines of parameters. */
static const char *map(const char *fields, unsigned flags) {
  fcl_header headers[64];
  size_t count = 0;
  while (*fields) {
    const char *colon = strchr(fields, ':'), *end = strchr(fields, '\n');
    headers[count].name = slice(fields, (size_t) (colon - fields));
    headers[count].value = slice(colon + 1, (size_t) (end - colon - 1));
    count++;
    fields = end + 1;
  }
  dropped = fcl_cgi_headers(&params, headers, count, flags);
  return lines(&params);
}

START_TEST(a_name_becomes_upper_case_with_underscores_behind_HTTP) {
  ck_assert_str_eq(map("Host: a\nuser-agent: b\nX-Z0-9: c\n", 0),
                   "HTTP_HOST=a\nHTTP_USER_AGENT=b\nHTTP_X_Z0_9=c\n");
  ck_assert_uint_eq(dropped, 0);
}
END_TEST

/* KF-097, KF-098 */
START_TEST(only_letters_digits_and_hyphens_make_a_name) { /* loop: every byte */
  static const char good[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-";
  char name[] = {'X', (char) _i, 'Y'};
  fcl_header h;
  int is_good = _i != 0 && strchr(good, _i) != NULL;
  h.name = slice(name, 3);
  h.value = text("v");
  ck_assert_uint_eq(fcl_cgi_headers(&params, &h, 1, 0), is_good ? 0 : 1);
  ck_assert_uint_eq(params.count, is_good ? 1 : 0);
}
END_TEST

START_TEST(an_empty_name_is_dropped) {
  ck_assert_str_eq(map(": v\n", 0), "");
  ck_assert_uint_eq(dropped, 1);
}
END_TEST

START_TEST(a_name_of_256_bytes_is_passed_on) {
  char name[FCL_CGI_NAME_MAX + 1];
  fcl_header h;
  memset(name, 'x', sizeof name);
  name[FCL_CGI_NAME_MAX] = 0;
  h = field(name, "v");
  ck_assert_uint_eq(fcl_cgi_headers(&params, &h, 1, 0), 0);
  ck_assert_uint_eq(params.count, 1);
}
END_TEST

START_TEST(a_name_of_257_bytes_is_dropped) {
  char name[FCL_CGI_NAME_MAX + 2];
  fcl_header h;
  memset(name, 'x', sizeof name);
  name[FCL_CGI_NAME_MAX + 1] = 0;
  h = field(name, "v");
  ck_assert_uint_eq(fcl_cgi_headers(&params, &h, 1, 0), 1);
  ck_assert_uint_eq(params.count, 0);
}
END_TEST

/* KF-096 */
START_TEST(Proxy_never_becomes_HTTP_PROXY) { /* loop: spellings */
  static const char *const fields[] = {"Proxy: evil\n", "proxy: evil\n", "PROXY: evil\n",
                                       "pRoXy: evil\n", "Proxy: a\nProxy: b\n"};
  ck_assert_str_eq(map(fields[_i], 0), "");
  ck_assert_uint_ge(dropped, 1);
}
END_TEST

START_TEST(Content_Type_has_no_HTTP_form) {
  ck_assert_str_eq(map("content-type: text/plain\n", 0), "CONTENT_TYPE=text/plain\n");
}
END_TEST

START_TEST(a_second_Content_Type_is_dropped_and_counted) {
  ck_assert_str_eq(map("Content-Type: a/b\nContent-Type: c/d\n", 0), "CONTENT_TYPE=a/b\n");
  ck_assert_uint_eq(dropped, 1);
}
END_TEST

START_TEST(Content_Length_is_not_passed_on_in_any_form) {
  ck_assert_str_eq(map("Content-Length: 5\ncontent-length: 6\n", 0), "");
}
END_TEST

START_TEST(Authorization_stays_here_by_default) {
  ck_assert_str_eq(map("Authorization: Basic xyz\n", 0), "");
}
END_TEST

START_TEST(Authorization_is_passed_on_when_asked_for) {
  ck_assert_str_eq(map("Authorization: Basic xyz\n", FCL_CGI_AUTHORIZATION),
                   "HTTP_AUTHORIZATION=Basic xyz\n");
}
END_TEST

START_TEST(fields_between_client_and_server_stay_here) { /* loop */
  static const char *const fields[] = {"Connection: close\n",
                                       "Keep-Alive: 5\n",
                                       "Proxy-Authorization: x\n",
                                       "Proxy-Connection: x\n",
                                       "Proxy-: x\n",
                                       "TE: trailers\n",
                                       "Trailer: x\n",
                                       "Transfer-Encoding: chunked\n",
                                       "Upgrade: h2c\n",
                                       "Expect: 100-continue\n",
                                       "eXPECT: 100-continue\n"};
  ck_assert_str_eq(map(fields[_i], 0), "");
}
END_TEST

START_TEST(fields_that_only_begin_like_those_are_passed_on) {
  ck_assert_str_eq(map("Upgrade-Insecure-Requests: 1\nTE-X: 2\nExpectation: 3\nProxyX: 4\n"
                       "Content-Length-X: 5\nAuthorization-X: 6\n",
                       0),
                   "HTTP_UPGRADE_INSECURE_REQUESTS=1\nHTTP_TE_X=2\nHTTP_EXPECTATION=3\n"
                   "HTTP_PROXYX=4\nHTTP_CONTENT_LENGTH_X=5\nHTTP_AUTHORIZATION_X=6\n");
}
END_TEST

/* KF-099 */
START_TEST(fields_of_one_name_are_joined_with_commas) {
  ck_assert_str_eq(map("X-A: 1\nX-B: 9\nx-a: 2\nX-A: 3\n", 0), "HTTP_X_A=1, 2, 3\nHTTP_X_B=9\n");
  ck_assert_uint_eq(dropped, 0);
}
END_TEST

/* KF-100 */
START_TEST(cookies_are_joined_with_semicolons) {
  ck_assert_str_eq(map("Cookie: a=1\ncookie: b=2\n", 0), "HTTP_COOKIE=a=1; b=2\n");
}
END_TEST

START_TEST(empty_values_join_like_others) {
  ck_assert_str_eq(map("X-A:\nX-A: 2\nX-A:\n", 0), "HTTP_X_A=, 2, \n");
}
END_TEST

START_TEST(two_spellings_never_meet_in_one_parameter) {
  ck_assert_str_eq(map("X_User: forged\nX-User: real\nX.User: forged\n", 0), "HTTP_X_USER=real\n");
  ck_assert_uint_eq(dropped, 2);
}
END_TEST

START_TEST(different_names_that_share_a_hash_stay_apart) {
  ck_assert_str_eq(map("X-Ab-C: 1\nX-Ba-C: 2\nX-Ac-C: 3\n", 0),
                   "HTTP_X_AB_C=1\nHTTP_X_BA_C=2\nHTTP_X_AC_C=3\n");
}
END_TEST

START_TEST(blanks_around_a_value_are_cut_off) {
  ck_assert_str_eq(map("X-A: \t a b \t \nX-B: \t \n", 0), "HTTP_X_A=a b\nHTTP_X_B=\n");
}
END_TEST

/* KF-090's request side */
START_TEST(an_empty_value_is_kept) {
  ck_assert_str_eq(map("X-A:\n", 0), "HTTP_X_A=\n");
}
END_TEST

/* KF-102, KF-103 */
START_TEST(a_parameter_that_is_set_already_wins) {
  fcl_params_set_text(&params, "HTTP_X_A", "ours");
  ck_assert_str_eq(map("X-A: theirs\nX-A: again\n", 0), "HTTP_X_A=ours\n");
}
END_TEST

START_TEST(an_empty_parameter_that_is_set_already_wins_too) {
  fcl_params_set_text(&params, "HTTP_X_A", "");
  fcl_params_set_text(&params, "CONTENT_TYPE", "");
  ck_assert_str_eq(map("X-A: theirs\nContent-Type: theirs\n", 0), "HTTP_X_A=\nCONTENT_TYPE=\n");
}
END_TEST

START_TEST(no_field_becomes_a_setting_of_PHP) {
  ck_assert_str_eq(map("PHP_VALUE: x\nPHP-VALUE: y\nPHP_ADMIN_VALUE: x\n", 0),
                   "HTTP_PHP_VALUE=y\n");
}
END_TEST

/* KF-128: values that no stack buffer holds. */
START_TEST(long_values_are_joined_whole) {
  char value[3000], want[6100];
  fcl_header h[2];
  memset(value, 'v', sizeof value - 1);
  value[sizeof value - 1] = 0;
  h[0] = h[1] = field("X-A", value);
  fcl_cgi_headers(&params, h, 2, 0);
  snprintf(want, sizeof want, "%s, %s", value, value);
  ck_assert_str_eq(get(&params, "HTTP_X_A"), want);
}
END_TEST

START_TEST(fields_larger_than_a_record_in_all_are_refused) {
  char *value = malloc(40000);
  fcl_header h[2];
  fcl_slice image;
  fcl_error e;
  memset(value, 'v', 39999);
  value[39999] = 0;
  h[0] = h[1] = field("X-A", value);
  fcl_cgi_headers(&params, h, 2, 0);
  ck_assert_int_eq(fcl_params_end(&params, FCL_RESPONDER, 1, &image, &e), FCL_E_PARAMS);
  free(value);
}
END_TEST

START_TEST(no_memory_for_a_long_value_is_an_error_that_sticks) {
  test_allocator memory;
  char value[3000];
  fcl_header h[2];
  fcl_slice image;
  fcl_error e;
  memset(value, 'v', sizeof value - 1);
  value[sizeof value - 1] = 0;
  h[0] = h[1] = field("X-A", value);
  test_allocator_init(&memory);
  test_allocator_fail(&memory, 1, 0);
  fcl_params_init(&params, test_allocator_realloc, &memory);
  fcl_cgi_headers(&params, h, 2, 0);
  ck_assert_int_eq(fcl_params_end(&params, FCL_RESPONDER, 1, &image, &e), FCL_E_NOMEM);
  ck_assert_uint_gt(strlen(e.text), 0);
  fcl_params_free(&params);
  ck_assert_uint_eq(memory.live, 0);
  test_allocator_destroy(&memory);
  setup();
}
END_TEST

START_TEST(no_fields_are_no_parameters) {
  ck_assert_uint_eq(fcl_cgi_headers(&params, NULL, 0, 0), 0);
  ck_assert_uint_eq(params.count, 0);
}
END_TEST

/* ---- fcl_cgi_fields ---- */

static fcl_header fields[2];
static size_t count;

START_TEST(a_block_of_lines_is_taken_apart) {
  ck_assert_int_eq(fcl_cgi_fields(text("Host: a:80\r\nX:\r\n"), fields, 2, &count), 0);
  ck_assert_uint_eq(count, 2);
  ck_assert_slice_eq(fields[0].name, "Host");
  ck_assert_slice_eq(fields[0].value, " a:80");
  ck_assert_slice_eq(fields[1].name, "X");
  ck_assert_slice_eq(fields[1].value, "");
}
END_TEST

START_TEST(an_empty_block_has_no_fields) {
  ck_assert_int_eq(fcl_cgi_fields(slice(NULL, 0), NULL, 0, &count), 0);
  ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(anything_but_lines_is_400) { /* loop */
  static const char *const blocks[] = {"a: b",        "a: b\n",         "a: b\r",      "a\r\n",
                                       ": b\r\n",     "a: b\r\n\r\n",   "\n",          "a: b\r\nc",
                                       "a: b\nc\r\n", "a: b\rc: d\r\n", "\r\na: b\r\n"};
  ck_assert_int_eq(fcl_cgi_fields(text(blocks[_i]), fields, 2, &count), 400);
}
END_TEST

START_TEST(more_fields_than_fit_are_431) {
  ck_assert_int_eq(fcl_cgi_fields(text("a: b\r\nc: d\r\ne: f\r\n"), fields, 2, &count), 431);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("headers");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, a_name_becomes_upper_case_with_underscores_behind_HTTP);
  tcase_add_loop_test(t, only_letters_digits_and_hyphens_make_a_name, 0, 256);
  tcase_add_test(t, an_empty_name_is_dropped);
  tcase_add_test(t, a_name_of_256_bytes_is_passed_on);
  tcase_add_test(t, a_name_of_257_bytes_is_dropped);
  tcase_add_loop_test(t, Proxy_never_becomes_HTTP_PROXY, 0, 5);
  tcase_add_test(t, Content_Type_has_no_HTTP_form);
  tcase_add_test(t, a_second_Content_Type_is_dropped_and_counted);
  tcase_add_test(t, Content_Length_is_not_passed_on_in_any_form);
  tcase_add_test(t, Authorization_stays_here_by_default);
  tcase_add_test(t, Authorization_is_passed_on_when_asked_for);
  tcase_add_loop_test(t, fields_between_client_and_server_stay_here, 0, 11);
  tcase_add_test(t, fields_that_only_begin_like_those_are_passed_on);
  tcase_add_test(t, fields_of_one_name_are_joined_with_commas);
  tcase_add_test(t, cookies_are_joined_with_semicolons);
  tcase_add_test(t, empty_values_join_like_others);
  tcase_add_test(t, two_spellings_never_meet_in_one_parameter);
  tcase_add_test(t, different_names_that_share_a_hash_stay_apart);
  tcase_add_test(t, blanks_around_a_value_are_cut_off);
  tcase_add_test(t, an_empty_value_is_kept);
  tcase_add_test(t, a_parameter_that_is_set_already_wins);
  tcase_add_test(t, an_empty_parameter_that_is_set_already_wins_too);
  tcase_add_test(t, no_field_becomes_a_setting_of_PHP);
  tcase_add_test(t, long_values_are_joined_whole);
  tcase_add_test(t, fields_larger_than_a_record_in_all_are_refused);
  tcase_add_test(t, no_memory_for_a_long_value_is_an_error_that_sticks);
  tcase_add_test(t, no_fields_are_no_parameters);
  tcase_add_test(t, a_block_of_lines_is_taken_apart);
  tcase_add_test(t, an_empty_block_has_no_fields);
  tcase_add_loop_test(t, anything_but_lines_is_400, 0, 11);
  tcase_add_test(t, more_fields_than_fit_are_431);
  return test_suite_run("cgi/headers", &t, 1);
}
