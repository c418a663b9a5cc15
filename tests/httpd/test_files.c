/* test_files.c: files: whole, in part, on conditions (RFC 9110 sections 13 and 14); directories. */
#include "site_case.h"
#include <stdio.h>
#include <stdlib.h>

static void start(void) {
  static const char *const options[] = {"--app",   ".app=" APP,  "--quiet",
                                        "--index", "index.html", NULL};
  site_start(&s, options);
}

/* A GET with one more field. */
static answer get_with(const char *target, const char *line) {
  char request[1000];
  snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: test\r\n%s\r\n\r\n", target, line);
  return ask(s.port, request);
}

START_TEST(a_file_has_its_fields) {
  answer a = get(s.port, "/a.txt");
  ck_assert_int_eq(a.status, 200);
  ck_assert_str_eq(a.body, "hello\n");
  ck_assert_str_eq(field(&a, "Content-Type"), "text/plain");
  ck_assert_str_eq(field(&a, "Content-Length"), "6");
  ck_assert_str_eq(field(&a, "Accept-Ranges"), "bytes");
  ck_assert_uint_eq(strlen(field(&a, "Last-Modified")), 29);
  ck_assert_ptr_nonnull(field(&a, "ETag"));
  answer_free(&a);
}
END_TEST

START_TEST(types_follow_from_names) { /* loop */
  static const char *const rows[][2] = {{"/avatar.jpg", "image/jpeg"},
                                        {"/dir/index.html", "text/html"},
                                        {"/big.bin", "application/octet-stream"}};
  answer a = get(s.port, rows[_i][0]);
  ck_assert_str_eq(field(&a, "Content-Type"), rows[_i][1]);
  answer_free(&a);
}
END_TEST

START_TEST(names_are_decoded_once) {
  ck_assert_answer(get(s.port, "/b%20c.txt"), 200, "blank\n");
  ck_assert_status(get(s.port, "/b%2520c.txt"), 404);
}
END_TEST

START_TEST(a_query_does_not_matter_to_a_file) {
  ck_assert_answer(get(s.port, "/a.txt?x=../y"), 200, "hello\n");
}
END_TEST

START_TEST(an_empty_file_is_an_empty_answer) {
  answer a = get(s.port, "/none.txt");
  ck_assert_str_eq(field(&a, "Content-Length"), "0");
  ck_assert_int_eq(a.status, 200);
  answer_free(&a);
}
END_TEST

START_TEST(a_large_file_comes_byte_for_byte) {
  answer a = get(s.port, "/big.bin");
  unsigned n;
  ck_assert_int_eq(a.is_whole, 1);
  ck_assert_uint_eq(a.body_len, BIG_SIZE);
  for (n = 0; n < BIG_SIZE && a.body[n] == big_byte(n); n++)
    ;
  ck_assert_uint_eq(n, BIG_SIZE);
  answer_free(&a);
}
END_TEST

START_TEST(only_GET_and_HEAD_read_files) { /* loop */
  static const char *const methods[] = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"};
  char request[200];
  answer a;
  snprintf(request, sizeof request, "%s /a.txt HTTP/1.1\r\nHost: test\r\n\r\n", methods[_i]);
  a = ask(s.port, request);
  ck_assert_int_eq(a.status, 405);
  ck_assert_str_eq(field(&a, "Allow"), "GET, HEAD");
  answer_free(&a);
}
END_TEST

/* ---- Ranges ---- */

START_TEST(a_range_is_answered_with_it) { /* loop */
  static const struct {
    const char *range;
    unsigned from, len;
    const char *content_range;
  } rows[] = {{"bytes=0-0", 0, 1, "bytes 0-0/300000"},
              {"bytes=0-", 0, 300000, "bytes 0-299999/300000"},
              {"bytes=100-199", 100, 100, "bytes 100-199/300000"},
              {"bytes=299999-", 299999, 1, "bytes 299999-299999/300000"},
              {"bytes=299999-500000", 299999, 1, "bytes 299999-299999/300000"},
              {"bytes=-1", 299999, 1, "bytes 299999-299999/300000"},
              {"bytes=-100000", 200000, 100000, "bytes 200000-299999/300000"},
              {"bytes=-400000", 0, 300000, "bytes 0-299999/300000"},
              {"bytes=65536-262143", 65536, 196608, "bytes 65536-262143/300000"}};
  char line[100];
  answer a;
  unsigned n;
  snprintf(line, sizeof line, "Range: %s", rows[_i].range);
  a = get_with("/big.bin", line);
  ck_assert_int_eq(a.status, 206);
  ck_assert_str_eq(field(&a, "Content-Range"), rows[_i].content_range);
  ck_assert_uint_eq(a.body_len, rows[_i].len);
  for (n = 0; n < a.body_len; n++)
    ck_assert_int_eq(a.body[n], big_byte(rows[_i].from + n));
  answer_free(&a);
}
END_TEST

START_TEST(a_range_behind_the_end_is_416) { /* loop */
  static const char *const rows[] = {"Range: bytes=300000-", "Range: bytes=300000-400000",
                                     "Range: bytes=-0", "Range: bytes=9999999999999-"};
  answer a = get_with("/big.bin", rows[_i]);
  ck_assert_int_eq(a.status, 416);
  ck_assert_str_eq(field(&a, "Content-Range"), "bytes */300000");
  answer_free(&a);
}
END_TEST

START_TEST(what_is_no_range_is_ignored) { /* loop */
  static const char *const rows[] = {
      "Range: bytes=",    "Range: bytes=-",       "Range: bytes=a-b",
      "Range: bytes=5-4", "Range: bytes=1-2,5-6", "Range: lines=1-2",
      "Range: bytes=1",   "Range: bytes= 1-2",    "Range: bytes=99999999999999999999-"};
  answer a = get_with("/big.bin", rows[_i]);
  ck_assert_int_eq(a.status, 200);
  ck_assert_uint_eq(a.body_len, BIG_SIZE);
  answer_free(&a);
}
END_TEST

/* ---- Conditions ---- */

/* The value of a field of /a.txt, in a field of another name. */
static const char *echo_field(const char *format, const char *name) {
  static char line[300];
  answer a = get(s.port, "/a.txt");
  snprintf(line, sizeof line, format, field(&a, name));
  answer_free(&a);
  return line;
}

START_TEST(what_the_client_has_is_not_sent_again) { /* loop */
  static const char *const rows[][2] = {{"If-None-Match: %s", "ETag"},
                                        {"If-None-Match: W/%s", "ETag"},
                                        {"If-None-Match: \"x\", %s", "ETag"},
                                        {"If-None-Match: *", "ETag"},
                                        {"If-Modified-Since: %s", "Last-Modified"}};
  answer a = get_with("/a.txt", echo_field(rows[_i][0], rows[_i][1]));
  ck_assert_int_eq(a.status, 304);
  ck_assert_ptr_null(field(&a, "Content-Length"));
  ck_assert_ptr_nonnull(field(&a, "ETag"));
  answer_free(&a);
}
END_TEST

START_TEST(what_the_client_has_not_is_sent) { /* loop */
  static const char *const rows[] = {"If-None-Match: \"x\"",
                                     "If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT",
                                     "If-Modified-Since: yesterday", "If-None-Match: "};
  ck_assert_answer(get_with("/a.txt", rows[_i]), 200, "hello\n");
}
END_TEST

START_TEST(a_condition_that_fails_is_412) { /* loop */
  static const char *const rows[] = {"If-Match: \"x\"",
                                     "If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT"};
  ck_assert_status(get_with("/a.txt", rows[_i]), 412);
}
END_TEST

START_TEST(a_range_of_another_version_is_the_whole) {
  char line[400];
  ck_assert_answer(get_with("/a.txt", "Range: bytes=0-0\r\nIf-Range: \"x\""), 200, "hello\n");
  snprintf(line, sizeof line, "Range: bytes=0-0\r\n%s", echo_field("If-Range: %s", "ETag"));
  ck_assert_answer(get_with("/a.txt", line), 206, "h");
  snprintf(line, sizeof line, "Range: bytes=0-0\r\n%s",
           echo_field("If-Range: %s", "Last-Modified"));
  ck_assert_answer(get_with("/a.txt", line), 206, "h");
}
END_TEST

/* ---- Directories ---- */

START_TEST(a_directory_gets_its_slash) { /* loop */
  static const char *const rows[][2] = {
      {"/dir", "/dir/"}, {"/dir?a=b", "/dir/?a=b"}, {"//dir", "/dir/"}};
  answer a = get(s.port, rows[_i][0]);
  ck_assert_int_eq(a.status, 301);
  ck_assert_str_eq(field(&a, "Location"), rows[_i][1]);
  answer_free(&a);
}
END_TEST

START_TEST(a_directory_is_its_index) {
  ck_assert_answer(get(s.port, "/dir/"), 200, "index\n");
}
END_TEST

START_TEST(a_directory_without_an_index_is_404) {
  ck_assert_status(get(s.port, "/empty/"), 404);
}
END_TEST

START_TEST(a_file_is_no_directory) {
  ck_assert_status(get(s.port, "/a.txt/"), 404);
}
END_TEST

/* ---- Memory ---- */

/* Reads nothing until the server has sent all it can. */
START_TEST(a_client_that_does_not_read_costs_no_memory) {
  talk talks[20];
  int n;
  for (n = 0; n < 20; n++) {
    talk_begin(&talks[n], s.port);
    say(&talks[n], "GET /big.bin HTTP/1.1\r\nHost: test\r\n\r\nGET /hello.app?size=1000000 "
                   "HTTP/1.1\r\nHost: test\r\n\r\n");
  }
  for (n = 0; n < 20; n++) {
    answer a = hear(&talks[n], 0);
    ck_assert_uint_eq(a.body_len, BIG_SIZE);
    answer_free(&a);
    a = hear(&talks[n], 0);
    ck_assert_uint_eq(a.body_len, 1000000);
    answer_free(&a);
    talk_end(&talks[n]);
  }
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  ck_assert_int_lt(site_peak_kib(&s), 40 * 1024);
#endif
}
END_TEST

int main(void) {
  TCase *c = tcase_create("files");
  tcase_add_unchecked_fixture(c, start, stop);
  tcase_add_test(c, a_file_has_its_fields);
  tcase_add_loop_test(c, types_follow_from_names, 0, 3);
  tcase_add_test(c, names_are_decoded_once);
  tcase_add_test(c, a_query_does_not_matter_to_a_file);
  tcase_add_test(c, an_empty_file_is_an_empty_answer);
  tcase_add_test(c, a_large_file_comes_byte_for_byte);
  tcase_add_loop_test(c, only_GET_and_HEAD_read_files, 0, 6);
  tcase_add_loop_test(c, a_range_is_answered_with_it, 0, 9);
  tcase_add_loop_test(c, a_range_behind_the_end_is_416, 0, 4);
  tcase_add_loop_test(c, what_is_no_range_is_ignored, 0, 9);
  tcase_add_loop_test(c, what_the_client_has_is_not_sent_again, 0, 5);
  tcase_add_loop_test(c, what_the_client_has_not_is_sent, 0, 4);
  tcase_add_loop_test(c, a_condition_that_fails_is_412, 0, 2);
  tcase_add_test(c, a_range_of_another_version_is_the_whole);
  tcase_add_loop_test(c, a_directory_gets_its_slash, 0, 3);
  tcase_add_test(c, a_directory_is_its_index);
  tcase_add_test(c, a_directory_without_an_index_is_404);
  tcase_add_test(c, a_file_is_no_directory);
  tcase_add_test(c, a_client_that_does_not_read_costs_no_memory);
  return test_suite_run("httpd/files", &c, 1);
}
