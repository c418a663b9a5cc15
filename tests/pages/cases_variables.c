/* cases_variables.c: what the application is told of the request, and what a client cannot make it
 * believe (RFC 3875 section 4). */
#include "pages/pages.h"
#include <stdio.h>
#include <stdlib.h>

static answer vars(const char *target, const char *fields) {
  answer a = page_with("GET", target, fields, NULL);
  ck_assert_msg(a.status == 200, "%s%s", a.head, a.body);
  return a;
}

#define ck_assert_vars(target, fields, ...)                                                        \
  do {                                                                                             \
    static const char *const lines_[] = {__VA_ARGS__};                                             \
    answer v_ = vars(target, fields);                                                              \
    size_t n_;                                                                                     \
    for (n_ = 0; n_ < sizeof lines_ / sizeof *lines_; n_++)                                        \
      ck_assert_line(&v_, lines_[n_]);                                                             \
    answer_free(&v_);                                                                              \
  } while (0)

static const char *with_prefix(const char *name, const char *path) {
  static char line[600];
  snprintf(line, sizeof line, "%s=%s%s", name, pages_host.prefix, path);
  return line;
}

static const char *with_script(const char *name, const char *path) {
  static char line[600];
  snprintf(line, sizeof line, "%s=%s%s", name, pages_host.script_prefix, path);
  return line;
}

static const char *with_root(const char *name, const char *path) {
  static char line[600];
  snprintf(line, sizeof line, "%s=%s/root%s", name, pages_host.folder, path);
  return line;
}

/* ---- Which script ---- */

START_TEST(a_script_is_named_by_URL_and_by_file) {
  answer a = vars("/vars.php", "");
  ck_assert_line(&a, with_script("SCRIPT_NAME", "/vars.php"));
  ck_assert_line(&a, with_root("SCRIPT_FILENAME", "/vars.php"));
  ck_assert_line(&a, with_root("DOCUMENT_ROOT", ""));
  ck_assert_line(&a, with_prefix("REQUEST_URI", "/vars.php"));
  ck_assert_line(&a, with_script("PHP_SELF", "/vars.php"));
  ck_assert(!has_name(&a, "PATH_INFO=/"));
  answer_free(&a);
}
END_TEST

START_TEST(a_script_in_a_folder_is_named_likewise) {
  answer a = vars("/dir/deep/vars.php?x=1", "");
  ck_assert_line(&a, with_script("SCRIPT_NAME", "/dir/deep/vars.php"));
  ck_assert_line(&a, with_root("SCRIPT_FILENAME", "/dir/deep/vars.php"));
  ck_assert_line(&a, with_root("DOCUMENT_ROOT", ""));
  ck_assert_line(&a, with_prefix("REQUEST_URI", "/dir/deep/vars.php?x=1"));
  answer_free(&a);
}
END_TEST

START_TEST(what_follows_the_script_is_its_PATH_INFO) { /* loop */
  static const struct {
    const char *behind, *info;
  } rows[] = {
      {"/", "/"}, {"/a/b", "/a/b"}, {"/a%20b/%C3%A4", "/a b/\xc3\xa4"}, {"/x.php", "/x.php"}};
  char path[100], line[200];
  answer a;
  snprintf(path, sizeof path, "/vars.php%s?q", rows[_i].behind);
  a = vars(path, "");
  snprintf(line, sizeof line, "PATH_INFO=%s", rows[_i].info);
  ck_assert_line(&a, line);
  ck_assert_line(&a, with_script("SCRIPT_NAME", "/vars.php"));
  ck_assert_line(&a, with_root("SCRIPT_FILENAME", "/vars.php"));
  ck_assert_line(&a, with_prefix("REQUEST_URI", path));
  answer_free(&a);
}
END_TEST

START_TEST(a_path_behind_the_script_is_translated_too) {
  answer a = vars("/vars.php/a/b", "");
  ck_assert_line(&a, with_root("PATH_TRANSLATED", "/a/b"));
  answer_free(&a);
}
END_TEST

/* ---- What was asked ---- */

START_TEST(a_query_arrives_byte_for_byte) { /* loop */
  static const char *const rows[] = {"",
                                     "a=b",
                                     "a=%00%2f%2F&&=;+x%",
                                     "a=<>\"'{}|\\^`",
                                     "path=/../..//x&url=http://x/?y=z?",
                                     "%C3%A4=%ff"};
  char path[100], line[200];
  answer a;
  snprintf(path, sizeof path, "/vars.php?%s", rows[_i]);
  a = vars(path, "");
  snprintf(line, sizeof line, "QUERY_STRING=%s", rows[_i]);
  ck_assert_line(&a, line);
  ck_assert_line(&a, with_prefix("REQUEST_URI", path));
  answer_free(&a);
}
END_TEST

START_TEST(the_query_is_there_when_there_is_none) {
  ck_assert_vars("/vars.php", "", "QUERY_STRING=");
}
END_TEST

START_TEST(a_long_query_arrives) {
  char path[7100] = "/vars.php?", line[7200];
  answer a;
  memset(path + strlen(path), 'q', 7000);
  a = vars(path, "");
  snprintf(line, sizeof line, "QUERY_STRING=%s", path + 10);
  ck_assert_line(&a, line);
  answer_free(&a);
}
END_TEST

START_TEST(the_server_and_the_client_are_told) {
  char line[64];
  answer a = vars("/vars.php", "");
  ck_assert_line(&a, "GATEWAY_INTERFACE=CGI/1.1");
  ck_assert_line(&a, "REQUEST_METHOD=GET");
  ck_assert_line(&a, "SERVER_PROTOCOL=HTTP/1.1");
  ck_assert_line(&a, "SERVER_NAME=test");
  ck_assert_line(&a, "REMOTE_ADDR=127.0.0.1");
  ck_assert_line(&a, "HTTP_HOST=test");
  snprintf(line, sizeof line, "SERVER_PORT=%u", pages_host.port);
  ck_assert_line(&a, line);
  ck_assert(has_name(&a, "SERVER_SOFTWARE="));
  ck_assert(has_name(&a, "REMOTE_PORT="));
  ck_assert(!has_line(&a, "HTTPS=on"));
  answer_free(&a);
}
END_TEST

START_TEST(a_body_is_described) {
  answer a =
      page_with("POST", "/vars.php", "Content-Length: 3\r\nContent-Type: a/b; c=d\r\n", "abc");
  ck_assert_line(&a, "CONTENT_LENGTH=3");
  ck_assert_line(&a, "CONTENT_TYPE=a/b; c=d");
  answer_free(&a);
}
END_TEST

START_TEST(fields_arrive_as_HTTP_variables) {
  ck_assert_vars(
      "/vars.php", "X-A: one\r\nx-mixed-Case:   two  \r\nAccept: a/b,*/*;q=0.1\r\nX-Empty:\r\n",
      "HTTP_X_A=one", "HTTP_X_MIXED_CASE=two", "HTTP_ACCEPT=a/b,*/*;q=0.1", "HTTP_X_EMPTY=");
}
END_TEST

START_TEST(fields_of_one_name_arrive_as_one) {
  ck_assert_vars("/vars.php", "X-A: one\r\nX-B: b\r\nX-A: two\r\n", "HTTP_X_A=one, two");
}
END_TEST

START_TEST(bytes_above_127_in_a_field_arrive) {
  ck_assert_vars("/vars.php",
                 "X-A: gr\xc3\xb6\xc3\x9f"
                 "e \xff\r\n",
                 "HTTP_X_A=gr\xc3\xb6\xc3\x9f"
                 "e \xff");
}
END_TEST

/* ---- What a client cannot make it believe ---- */

/* https://httpoxy.org */
START_TEST(the_field_Proxy_never_arrives) { /* loop */
  static const char *const rows[] = {"Proxy: http://evil/\r\n", "PROXY: http://evil/\r\n",
                                     "pRoXy: http://evil/\r\nX-A: b\r\n"};
  answer a = vars("/vars.php", rows[_i]);
  ck_assert(!has_name(&a, "HTTP_PROXY"));
  ck_assert_ptr_null(strstr(a.body, "evil"));
  answer_free(&a);
}
END_TEST

START_TEST(a_name_with_an_underscore_passes_for_no_other) { /* loop */
  static const char *const rows[] = {"X_A: evil\r\n", "X-A: good\r\nX_A: evil\r\n",
                                     "X_A: evil\r\nX-A: good\r\n"};
  talk t;
  answer a;
  begin(&t);
  say(&t, request("GET", "/vars.php", rows[_i]));
  a = hear(&t, 0);
  if (a.status == 200) {
    ck_assert_ptr_null(strstr(a.body, "evil"));
    ck_assert_int_eq(has_line(&a, "HTTP_X_A=good"), _i > 0);
  } else
    ck_assert_int_eq(a.status, 400);
  answer_free(&a);
  talk_end(&t);
}
END_TEST

START_TEST(no_field_passes_for_a_variable_of_the_server) {
  answer a =
      vars("/vars.php", "Script-Filename: /evil\r\nRemote-User: evil\r\nRemote-Addr: evil\r\n"
                        "Document-Root: /evil\r\nHttps: on\r\n");
  ck_assert_line(&a, with_root("SCRIPT_FILENAME", "/vars.php"));
  ck_assert_line(&a, "REMOTE_ADDR=127.0.0.1");
  ck_assert(!has_name(&a, "REMOTE_USER=evil"));
  ck_assert(!has_line(&a, "HTTPS=on"));
  answer_free(&a);
}
END_TEST

START_TEST(two_lengths_that_differ_are_refused) {
  answer a = page_with("POST", "/sum.php", "Content-Length: 3\r\nContent-Length: 5\r\n", "abcde");
  ck_assert_int_eq(a.status, 400);
  answer_free(&a);
  still_serves();
}
END_TEST

START_TEST(a_wrong_length_is_refused) { /* loop */
  static const char *const rows[] = {"Content-Length: -1\r\n", "Content-Length: 3x\r\n",
                                     "Content-Length: +3\r\n", "Content-Length: 0x3\r\n",
                                     "Content-Length: 99999999999999999999999\r\n"};
  answer a = page_with("POST", "/sum.php", rows[_i], "abc");
  ck_assert_msg(a.status == 400 || a.status == 413, "%s%s", a.head, a.body);
  answer_free(&a);
  still_serves();
}
END_TEST

START_TEST(a_request_head_of_1_MB_is_refused) { /* loop: one field, many */
  size_t size = 1 << 20, n;
  char *field_text = malloc(size + 100);
  talk t;
  answer a;
  if (_i == 0) {
    memset(field_text, 'a', size);
    memcpy(field_text, "X-A: ", 5);
    strcpy(field_text + size, "\r\n");
  } else
    for (n = 0; n < size / 64; n++)
      sprintf(field_text + n * 64, "X-A%09zu: %0*d\r\n", n, 48, 0);
  begin(&t);
  say(&t, "GET /vars.php HTTP/1.1\r\nHost: test\r\n");
  say_bytes(&t, field_text, strlen(field_text));
  say(&t, "\r\n");
  a = hear(&t, 0);
  ck_assert_msg(a.status == 400 || a.status == 413 || a.status == 431 || a.status == 0, "%s",
                a.head);
  answer_free(&a);
  talk_end(&t);
  free(field_text);
  still_serves();
}
END_TEST

static void add_asked(TCase *c) {
  tcase_add_loop_test(c, a_query_arrives_byte_for_byte, 0, 6);
  tcase_add_test(c, the_query_is_there_when_there_is_none);
  tcase_add_test(c, a_long_query_arrives);
  tcase_add_test(c, the_server_and_the_client_are_told);
  tcase_add_test(c, a_body_is_described);
  tcase_add_test(c, fields_arrive_as_HTTP_variables);
  tcase_add_test(c, fields_of_one_name_arrive_as_one);
  tcase_add_test(c, bytes_above_127_in_a_field_arrive);
}

TCase *cases_variables(void) {
  TCase *c = tcase_create("variables");
  tcase_add_test(c, a_script_is_named_by_URL_and_by_file);
  tcase_add_test(c, a_script_in_a_folder_is_named_likewise);
  tcase_add_loop_test(c, what_follows_the_script_is_its_PATH_INFO, 0, 4);
  tcase_add_test(c, a_path_behind_the_script_is_translated_too);
  add_asked(c);
  tcase_add_loop_test(c, the_field_Proxy_never_arrives, 0, 3);
  tcase_add_loop_test(c, a_name_with_an_underscore_passes_for_no_other, 0, 3);
  tcase_add_test(c, no_field_passes_for_a_variable_of_the_server);
  tcase_add_test(c, two_lengths_that_differ_are_refused);
  tcase_add_loop_test(c, a_wrong_length_is_refused, 0, 5);
  tcase_add_loop_test(c, a_request_head_of_1_MB_is_refused, 0, 2);
  return c;
}
