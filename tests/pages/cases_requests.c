/* cases_requests.c: methods, kept connections, what a client may ask of one. */
#include "pages/pages.h"
#include <stdio.h>

static talk t;

static void start(void) {
  begin(&t);
}

static void end(void) {
  talk_end(&t);
}

START_TEST(a_page_is_served) {
  say(&t, request("GET", "/hello.php", ""));
  ck_assert_answer(hear(&t, 0), 200, "hello\n");
}
END_TEST

START_TEST(HEAD_has_the_fields_and_no_body) {
  answer a;
  say(&t, request("HEAD", "/answer.php?header[]=X-A:+1&body=abc", ""));
  a = hear(&t, 1);
  ck_assert_int_eq(a.status, 200);
  ck_assert_str_eq(field(&a, "X-A"), "1");
  answer_free(&a);
  say(&t, request("GET", "/hello.php", ""));
  ck_assert_answer(hear(&t, 0), 200, "hello\n");
}
END_TEST

START_TEST(HEAD_of_a_large_page_keeps_the_connection) { /* loop: length announced */
  answer a;
  say(&t, request("HEAD", _i ? "/bytes.php?n=1000000&length=1" : "/bytes.php?n=1000000", ""));
  a = hear(&t, 1);
  ck_assert_int_eq(a.status, 200);
  if (_i)
    ck_assert_str_eq(field(&a, "Content-Length"), "1000000");
  answer_free(&a);
  say(&t, request("GET", "/hello.php", ""));
  ck_assert_answer(hear(&t, 0), 200, "hello\n");
}
END_TEST

START_TEST(a_method_reaches_the_application) { /* loop */
  static const char *const methods[] = {"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"};
  char line[64];
  answer a;
  snprintf(line, sizeof line, "REQUEST_METHOD=%s", methods[_i]);
  a = page_with(methods[_i], "/vars.php", "Content-Length: 0\r\n", NULL);
  ck_assert_int_eq(a.status, 200);
  ck_assert_line(&a, line);
  answer_free(&a);
}
END_TEST

START_TEST(a_connection_is_kept_from_page_to_page) {
  int n;
  for (n = 0; n < 20; n++) {
    say(&t, request("GET", "/hello.php", ""));
    ck_assert_answer(hear(&t, 0), 200, "hello\n");
  }
}
END_TEST

START_TEST(a_connection_is_kept_after_answers_of_every_kind) {
  answer a;
  say(&t, request("POST", "/sum.php", "Content-Length: 3\r\n"));
  say(&t, "abc");
  ck_assert_status(hear(&t, 0), 200);
  say(&t, request("GET", "/bytes.php?n=300000", ""));
  a = hear(&t, 0);
  ck_assert_int_eq(a.is_whole, 1);
  ck_assert_uint_eq(a.body_len, 300000);
  answer_free(&a);
  say(&t, request("GET", "/bytes.php?n=300000&length=1", ""));
  ck_assert_status(hear(&t, 0), 200);
  say(&t, request("GET", "/answer.php?status=404+No&body=none", ""));
  ck_assert_answer(hear(&t, 0), 404, "none");
  say(&t, request("GET", "/answer.php?status=302+Found&header[]=Location:+/x", ""));
  ck_assert_status(hear(&t, 0), 302);
  say(&t, request("GET", "/hello.php", ""));
  ck_assert_answer(hear(&t, 0), 200, "hello\n");
}
END_TEST

START_TEST(requests_sent_ahead_are_answered_in_order) {
  int n;
  for (n = 0; n < 6; n++)
    say(&t, request("GET", n % 2 ? "/answer.php?body=odd" : "/hello.php", ""));
  for (n = 0; n < 6; n++)
    ck_assert_answer(hear(&t, 0), 200, n % 2 ? "odd" : "hello\n");
}
END_TEST

START_TEST(a_request_behind_an_upload_is_answered) {
  answer a;
  say(&t, request("POST", "/sum.php", "Content-Length: 200000\r\n"));
  say_pattern(&t, 0, 200000);
  say(&t, request("GET", "/hello.php", ""));
  a = hear(&t, 0);
  ck_assert_str_eq(a.body, pattern_sum(200000));
  answer_free(&a);
  ck_assert_answer(hear(&t, 0), 200, "hello\n");
}
END_TEST

START_TEST(a_connection_is_closed_when_asked) {
  answer a;
  say(&t, request("GET", "/hello.php", "Connection: close\r\n"));
  a = hear(&t, 0);
  ck_assert_str_eq(a.body, "hello\n");
  ck_assert_str_eq(field(&a, "Connection"), "close");
  ck_assert_int_eq(is_closed(&t), 1);
  answer_free(&a);
}
END_TEST

START_TEST(HTTP_1_0_is_answered_and_closed) {
  char text[200];
  answer a;
  snprintf(text, sizeof text, "GET %s/hello.php HTTP/1.0\r\n\r\n", pages_host.prefix);
  say(&t, text);
  a = hear(&t, 0);
  ck_assert_str_eq(a.body, "hello\n");
  ck_assert_int_eq(a.is_chunked, 0);
  ck_assert_int_eq(is_closed(&t), 1);
  answer_free(&a);
}
END_TEST

START_TEST(a_client_that_asks_is_told_to_continue) {
  say(&t, request("POST", "/sum.php", "Expect: 100-continue\r\nContent-Length: 70000\r\n"));
  ck_assert_status(hear(&t, 0), 100);
  say_pattern(&t, 0, 70000);
  ck_assert_answer(hear(&t, 0), 200, pattern_sum(70000));
}
END_TEST

/* Then it asks again without (RFC 9110 section 10.1.1). */
START_TEST(a_client_that_asks_is_told_that_nobody_can_tell_it) {
  say(&t, request("POST", "/sum.php", "Expect: 100-continue\r\nContent-Length: 70000\r\n"));
  ck_assert_int_eq(pages_status(HOST_CONTINUE, 0), 417);
  ck_assert_status(hear(&t, 0), 417);
}
END_TEST

START_TEST(a_request_may_come_in_two_pieces) { /* loop: the cut */
  const char *text = request("POST", "/sum.php", "Content-Length: 5\r\n");
  size_t cut = strlen(text) * (size_t) _i / 8;
  say_bytes(&t, text, cut);
  say(&t, text + cut);
  say(&t, "ab");
  say(&t, "cde");
  ck_assert_status(hear(&t, 0), 200);
}
END_TEST

TCase *cases_requests(void) {
  TCase *c = tcase_create("requests");
  tcase_add_checked_fixture(c, start, end);
  tcase_add_test(c, a_page_is_served);
  tcase_add_test(c, HEAD_has_the_fields_and_no_body);
  tcase_add_loop_test(c, HEAD_of_a_large_page_keeps_the_connection, 0, 2);
  tcase_add_loop_test(c, a_method_reaches_the_application, 0, 6);
  tcase_add_test(c, a_connection_is_kept_from_page_to_page);
  tcase_add_test(c, a_connection_is_kept_after_answers_of_every_kind);
  tcase_add_test(c, requests_sent_ahead_are_answered_in_order);
  tcase_add_test(c, a_request_behind_an_upload_is_answered);
  tcase_add_test(c, a_connection_is_closed_when_asked);
  tcase_add_test(c, HTTP_1_0_is_answered_and_closed);
  if (pages_status(HOST_CONTINUE, 0) == 0)
    tcase_add_test(c, a_client_that_asks_is_told_to_continue);
  else
    tcase_add_test(c, a_client_that_asks_is_told_that_nobody_can_tell_it);
  tcase_add_loop_test(c, a_request_may_come_in_two_pieces, 1, 8);
  return c;
}
