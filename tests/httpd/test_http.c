/* test_http.c: HTTP/1.1 as httpd speaks it: connections, heads, limits, refusals (RFC 9110, RFC
 * 9112). */
#include "site_case.h"
#include <stdio.h>
#include <stdlib.h>

#define HEAD(target) "HEAD " target " HTTP/1.1\r\nHost: test\r\n\r\n"

/* ---- Connections ---- */

START_TEST(a_connection_is_kept) {
  say(&t, GET("/a.txt"));
  ck_assert_answer(hear(&t, 0), 200, "hello\n");
  say(&t, GET("/a.txt"));
  ck_assert_answer(hear(&t, 0), 200, "hello\n");
}
END_TEST

START_TEST(it_is_closed_when_asked) { /* loop */
  static const char *const rows[] = {
      "GET /a.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "GET /a.txt HTTP/1.0\r\n\r\n",
      "GET /hello.app?size=5 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"};
  answer a;
  say(&t, rows[_i]);
  a = hear(&t, 0);
  ck_assert_int_eq(a.status, 200);
  ck_assert_str_eq(field(&a, "Connection"), "close");
  ck_assert_int_eq(is_closed(&t), 1);
  answer_free(&a);
}
END_TEST

START_TEST(HTTP_1_0_keeps_a_connection_when_asked) {
  answer a;
  say(&t, "GET /a.txt HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  a = hear(&t, 0);
  ck_assert_str_eq(field(&a, "Connection"), "keep-alive");
  answer_free(&a);
  say(&t, "GET /a.txt HTTP/1.0\r\n\r\n");
  ck_assert_answer(hear(&t, 0), 200, "hello\n");
}
END_TEST

START_TEST(pipelined_requests_are_answered_in_order) {
  say(&t, GET("/a.txt") GET("/hello.app?size=3&length=1") GET("/none") HEAD("/a.txt")
              GET("/dir/index.html"));
  ck_assert_answer(hear(&t, 0), 200, "hello\n");
  ck_assert_status(hear(&t, 0), 200);
  ck_assert_status(hear(&t, 0), 404);
  ck_assert_status(hear(&t, 1), 200);
  ck_assert_answer(hear(&t, 0), 200, "index\n");
}
END_TEST

START_TEST(many_requests_sent_ahead_are_all_answered) {
  int n;
  for (n = 0; n < 2000; n++)
    say(&t, GET("/none.txt"));
  for (n = 0; n < 2000; n++)
    ck_assert_answer(hear(&t, 0), 200, "");
}
END_TEST

/* Every place a packet could end. */
START_TEST(a_request_may_come_in_any_two_pieces) { /* loop: the cut */
  static const char request[] =
      "POST /hello.app?echo=1 HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\nX-A: b\r\n\r\nabcde";
  say_bytes(&t, request, (size_t) _i);
  say_bytes(&t, request + _i, sizeof request - 1 - (size_t) _i);
  ck_assert_answer(hear(&t, 0), 200, "abcde");
}
END_TEST

START_TEST(a_request_may_come_byte_by_byte) {
  static const char request[] =
      "POST /hello.app?echo=1 HTTP/1.1\r\nHost: test\r\n"
      "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
  size_t i;
  for (i = 0; i < sizeof request - 1; i++)
    say_bytes(&t, request + i, 1);
  ck_assert_answer(hear(&t, 0), 200, "abcde");
}
END_TEST

START_TEST(empty_lines_before_a_request_are_skipped) {
  say(&t, "\r\n\r\n" GET("/a.txt"));
  ck_assert_answer(hear(&t, 0), 200, "hello\n");
}
END_TEST

START_TEST(absolute_targets_are_served) {
  ck_assert_answer(ask(s.port, "GET http://other/a.txt HTTP/1.1\r\nHost: test\r\n\r\n"), 200,
                   "hello\n");
}
END_TEST

/* ---- Heads of responses ---- */

START_TEST(HEAD_has_the_fields_and_no_body) {
  answer a;
  say(&t, HEAD("/a.txt") GET("/a.txt"));
  a = hear(&t, 1);
  ck_assert_str_eq(field(&a, "Content-Length"), "6");
  answer_free(&a);
  ck_assert_answer(hear(&t, 0), 200, "hello\n");
}
END_TEST

/* KF-079 */
START_TEST(HEAD_of_an_application_has_no_body_either) {
  answer a;
  say(&t, HEAD("/hello.app?size=100000") HEAD("/hello.app?size=7&length=1") GET("/a.txt"));
  a = hear(&t, 1);
  ck_assert_int_eq(a.status, 200);
  ck_assert_ptr_null(field(&a, "Content-Length"));
  answer_free(&a);
  a = hear(&t, 1);
  ck_assert_str_eq(field(&a, "Content-Length"), "7");
  answer_free(&a);
  ck_assert_answer(hear(&t, 0), 200, "hello\n");
}
END_TEST

/* KF-087 */
START_TEST(Date_and_Server_are_the_servers_own) {
  answer a = get(s.port, "/hello.app?header=Date:never&header=Server:mine&header=X-A:1");
  ck_assert_int_eq(a.status, 200);
  ck_assert_uint_eq(strlen(field(&a, "Date")), 29);
  ck_assert_str_eq(field(&a, "Server"), "fcgiclient-httpd");
  ck_assert_str_eq(field(&a, "X-A"), "1");
  ck_assert_ptr_eq(strstr(strstr(a.head, "Date:") + 1, "Date:"), NULL);
  answer_free(&a);
}
END_TEST

/* ---- Bodies of responses ---- */

START_TEST(a_small_body_without_a_length_gets_one) {
  answer a = get(s.port, "/hello.app?size=100");
  ck_assert_str_eq(field(&a, "Content-Length"), "100");
  ck_assert_uint_eq(a.body_len, 100);
  answer_free(&a);
}
END_TEST

START_TEST(a_large_body_without_a_length_is_chunked) {
  answer a = get(s.port, "/hello.app?size=1000000");
  ck_assert_int_eq(a.is_chunked, 1);
  ck_assert_int_eq(a.is_whole, 1);
  ck_assert_uint_eq(a.body_len, 1000000);
  ck_assert_mem_eq(a.body + 999990, ((char[]){big_byte(999990), big_byte(999991)}), 2);
  answer_free(&a);
}
END_TEST

START_TEST(a_large_body_for_HTTP_1_0_ends_with_the_connection) {
  answer a = ask(s.port, "GET /hello.app?size=1000000 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  ck_assert_int_eq(a.until_close, 1);
  ck_assert_str_eq(field(&a, "Connection"), "close");
  ck_assert_uint_eq(a.body_len, 1000000);
  answer_free(&a);
}
END_TEST

START_TEST(a_body_in_slow_pieces_is_sent_as_it_comes) {
  answer a = get(s.port, "/hello.app?size=30&pieces=3&slow=30");
  ck_assert_int_eq(a.is_chunked, 1);
  ck_assert_int_eq(a.is_whole, 1);
  ck_assert_uint_eq(a.body_len, 30);
  answer_free(&a);
}
END_TEST

START_TEST(responses_without_a_body_keep_the_connection) { /* loop */
  static const char *const rows[] = {GET("/hello.app?status=204&size=0"),
                                     GET("/hello.app?status=304&size=0"),
                                     GET("/hello.app?status=204&size=500")};
  static const int statuses[] = {204, 304, 204};
  say(&t, rows[_i]);
  ck_assert_status(hear(&t, 0), statuses[_i]);
  say(&t, GET("/a.txt"));
  ck_assert_answer(hear(&t, 0), 200, "hello\n");
}
END_TEST

/* ---- Refusals ---- */

START_TEST(what_is_not_HTTP_1_is_refused) { /* loop */
  static const struct {
    const char *request;
    int status;
  } rows[] = {
      {"GET /a.txt HTTP/1.1\r\n\r\n", 400}, /* no Host */
      {"GET /a.txt HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
      {"GET /a.txt HTTP/2.0\r\nHost: a\r\n\r\n", 505},
      {"GET /a.txt RTSP/1.0\r\nHost: a\r\n\r\n", 400},
      {"NOTHING / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 405},
      {"hello\r\n\r\n", 400},
      {"GET /a.txt HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", 400}, /* folded */
      {"GET /a.txt HTTP/1.1\r\nHost : a\r\n\r\n", 400},
      {"GET /a.txt HTTP/1.1\r\nHost: a\r\nX Y: a\r\n\r\n", 400},
      {"GET /a.txt HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", 400},
      {"POST /a.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n", 400},
      {"POST /a.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
       400},
      {"POST /a.txt HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\n", 400},
      {"POST /a.txt HTTP/1.1\r\nHost: a\r\nContent-Length: -3\r\n\r\n", 400},
      {"POST /a.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551615\r\n\r\n", 400},
      {"POST /a.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 400},
      {"POST /a.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501},
      {"POST /a.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
      {"POST /a.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
       "chunked\r\n\r\n",
       400},
      {"POST /a.txt HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
  };
  say(&t, rows[_i].request);
  ck_assert_status(hear(&t, 0), rows[_i].status);
  ck_assert_int_eq(is_closed(&t), 1);
}
END_TEST

START_TEST(an_upgrade_is_not_followed) {
  say(&t, "GET /a.txt HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n" GET(
              "/a.txt"));
  ck_assert_answer(hear(&t, 0), 200, "hello\n");
  ck_assert_answer(hear(&t, 0), 200, "hello\n");
}
END_TEST

/* A request of which one part is `len` bytes long. */
static answer ask_long(const char *before, size_t len, const char *after) {
  char *long_one = malloc(len);
  memset(long_one, 'x', len);
  say(&t, before);
  say_bytes(&t, long_one, len);
  say(&t, after);
  free(long_one);
  return hear(&t, 0);
}

START_TEST(a_target_of_8_KiB_is_read_and_a_longer_one_is_414) { /* loop */
  static const struct {
    size_t len;
    int status;
  } rows[] = {{8191, 414}, {8192, 414}, {100000, 414}, {4000, 404}};
  /* 8191 + '/' is within the target's limit, and too long for a path */
  ck_assert_status(ask_long("GET /", rows[_i].len, " HTTP/1.1\r\nHost: a\r\n\r\n"),
                   rows[_i].status);
}
END_TEST

START_TEST(a_long_query_is_served) {
  answer a = ask_long("GET /hello.app?", 8000, " HTTP/1.1\r\nHost: a\r\n\r\n");
  ck_assert_int_eq(a.status, 200);
  ck_assert_ptr_nonnull(strstr(a.body, "QUERY_STRING=xxxx"));
  answer_free(&a);
}
END_TEST

START_TEST(a_head_over_32_KiB_is_431) { /* loop */
  static const struct {
    size_t len;
    int status;
  } rows[] = {{30000, 200}, {40000, 431}, {1000000, 431}};
  ck_assert_status(ask_long("GET /a.txt HTTP/1.1\r\nHost: a\r\nX: ", rows[_i].len, "\r\n\r\n"),
                   rows[_i].status);
}
END_TEST

START_TEST(more_than_100_fields_are_431) { /* loop: 100, 101 fields */
  int n;
  say(&t, "GET /a.txt HTTP/1.1\r\nHost: a\r\n");
  for (n = 1; n < 100 + _i; n++)
    say(&t, "X: y\r\n");
  say(&t, "\r\n");
  ck_assert_status(hear(&t, 0), _i ? 431 : 200);
}
END_TEST

START_TEST(a_head_that_does_not_fit_behind_others_is_moved) {
  char *value = malloc(20001);
  memset(value, 'v', 20000);
  value[20000] = 0;
  say(&t, GET("/a.txt") GET("/a.txt"));
  say(&t, "GET /hello.app HTTP/1.1\r\nHost: a\r\nX-Long: ");
  say(&t, value);
  say(&t, "\r\n\r\n");
  ck_assert_answer(hear(&t, 0), 200, "hello\n");
  ck_assert_answer(hear(&t, 0), 200, "hello\n");
  {
    answer a = hear(&t, 0);
    ck_assert_int_eq(a.status, 200);
    ck_assert_ptr_nonnull(strstr(a.body, value));
    ck_assert_ptr_nonnull(strstr(a.body, "REQUEST_URI=/hello.app\n"));
    answer_free(&a);
  }
  free(value);
}
END_TEST

int main(void) {
  TCase *c = tcase_create("http");
  tcase_add_unchecked_fixture(c, start_bounded, stop);
  tcase_add_checked_fixture(c, begin, end);
  tcase_add_test(c, a_connection_is_kept);
  tcase_add_loop_test(c, it_is_closed_when_asked, 0, 3);
  tcase_add_test(c, HTTP_1_0_keeps_a_connection_when_asked);
  tcase_add_test(c, pipelined_requests_are_answered_in_order);
  tcase_add_test(c, many_requests_sent_ahead_are_all_answered);
  tcase_add_loop_test(c, a_request_may_come_in_any_two_pieces, 1, 79);
  tcase_add_test(c, a_request_may_come_byte_by_byte);
  tcase_add_test(c, empty_lines_before_a_request_are_skipped);
  tcase_add_test(c, absolute_targets_are_served);
  tcase_add_test(c, HEAD_has_the_fields_and_no_body);
  tcase_add_test(c, HEAD_of_an_application_has_no_body_either);
  tcase_add_test(c, Date_and_Server_are_the_servers_own);
  tcase_add_test(c, a_small_body_without_a_length_gets_one);
  tcase_add_test(c, a_large_body_without_a_length_is_chunked);
  tcase_add_test(c, a_large_body_for_HTTP_1_0_ends_with_the_connection);
  tcase_add_test(c, a_body_in_slow_pieces_is_sent_as_it_comes);
  tcase_add_loop_test(c, responses_without_a_body_keep_the_connection, 0, 3);
  tcase_add_loop_test(c, what_is_not_HTTP_1_is_refused, 0, 22);
  tcase_add_test(c, an_upgrade_is_not_followed);
  tcase_add_loop_test(c, a_target_of_8_KiB_is_read_and_a_longer_one_is_414, 0, 4);
  tcase_add_test(c, a_long_query_is_served);
  tcase_add_loop_test(c, a_head_over_32_KiB_is_431, 0, 3);
  tcase_add_loop_test(c, more_than_100_fields_are_431, 0, 2);
  tcase_add_test(c, a_head_that_does_not_fit_behind_others_is_moved);
  return test_suite_run("httpd/http", &c, 1);
}
