/* test_bodies.c: request bodies as httpd takes them: with a length, in chunks, expected, slow,
   gathered or not (RFC 9110, RFC 9112). */
#include "site_case.h"
#include <stdio.h>
#include <stdlib.h>

/* ---- Bodies of requests ---- */

START_TEST(a_body_with_a_length_reaches_the_application) { /* loop: sizes */
  static const size_t sizes[] = {1, 100, 8000, 8192, 20000, 65528, 65529, 100000};
  char head[128], *body = malloc(sizes[_i]);
  answer a;
  memset(body, 'x', sizes[_i]);
  snprintf(head, sizeof head,
           "POST /hello.app?echo=1 HTTP/1.1\r\nHost: test\r\nContent-Length: %zu\r\n\r\n",
           sizes[_i]);
  say(&t, head);
  say_bytes(&t, body, sizes[_i]);
  say(&t, GET("/a.txt"));
  a = hear(&t, 0);
  ck_assert_int_eq(a.status, 200);
  ck_assert_uint_eq(a.body_len, sizes[_i]);
  ck_assert_mem_eq(a.body, body, sizes[_i]);
  answer_free(&a);
  ck_assert_answer(hear(&t, 0), 200, "hello\n");
  free(body);
}
END_TEST

/* KF-124, KF-125, KF-126 */
START_TEST(a_chunked_body_gets_its_true_length) {
  answer a =
      ask(s.port, "POST /hello.app HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "a\r\n0123456789\r\n1;x=y\r\n!\r\n0\r\nX-Trailer: t\r\n\r\n");
  ck_assert_int_eq(a.status, 200);
  ck_assert_ptr_nonnull(strstr(a.body, "CONTENT_LENGTH=11\n"));
  ck_assert_ptr_null(strstr(a.body, "TRAILER"));
  ck_assert_ptr_null(strstr(a.body, "TRANSFER"));
  answer_free(&a);
}
END_TEST

START_TEST(an_empty_chunked_body_is_an_empty_body) {
  say(&t, "POST /hello.app?echo=1 HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
          "0\r\n\r\n" GET("/a.txt"));
  ck_assert_answer(hear(&t, 0), 200, "");
  ck_assert_answer(hear(&t, 0), 200, "hello\n");
}
END_TEST

START_TEST(a_chunked_body_over_the_limit_is_413) {
  char *body = malloc(60000);
  memset(body, 'x', 60000);
  say(&t, "POST /hello.app?echo=1 HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: "
          "chunked\r\n\r\nea60\r\n");
  say_bytes(&t, body, 60000);
  say(&t, "\r\n0\r\n\r\n");
  ck_assert_status(hear(&t, 0), 413);
  ck_assert_int_eq(is_closed(&t), 1);
  free(body);
}
END_TEST

START_TEST(a_broken_chunked_body_is_400) {
  say(&t,
      "POST /hello.app?echo=1 HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n");
  ck_assert_status(hear(&t, 0), 400);
  ck_assert_int_eq(is_closed(&t), 1);
}
END_TEST

START_TEST(a_body_over_the_limit_is_413_before_it_is_read) {
  say(&t, "POST /hello.app?echo=1 HTTP/1.1\r\nHost: test\r\nContent-Length: 100001\r\n\r\n");
  ck_assert_status(hear(&t, 0), 413);
  ck_assert_int_eq(is_closed(&t), 1);
}
END_TEST

START_TEST(a_small_body_that_nobody_wants_is_dropped) {
  say(&t, "POST /a.txt HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\n\r\nabc" GET("/a.txt"));
  ck_assert_status(hear(&t, 0), 405);
  ck_assert_answer(hear(&t, 0), 200, "hello\n");
}
END_TEST

START_TEST(a_large_body_that_nobody_wants_ends_the_connection) {
  char *body = calloc(1, 90000);
  answer a;
  say(&t, "POST /a.txt HTTP/1.1\r\nHost: test\r\nContent-Length: 90000\r\n\r\n");
  a = hear(&t, 0); /* the answer does not wait for the body */
  ck_assert_int_eq(a.status, 405);
  ck_assert_str_eq(field(&a, "Connection"), "close");
  say_bytes(&t, body, 90000);
  ck_assert_int_eq(is_closed(&t), 1);
  answer_free(&a);
  free(body);
}
END_TEST

START_TEST(an_application_may_answer_before_it_has_the_body) {
  answer a;
  say(&t, "POST /hello.app?early=1&size=50000 HTTP/1.1\r\nHost: test\r\nContent-Length: "
          "99999\r\n\r\nx");
  a = hear(&t, 0);
  ck_assert_int_eq(a.status, 200);
  ck_assert_int_eq(a.is_whole, 1);
  ck_assert_uint_eq(a.body_len, 50000);
  answer_free(&a);
}
END_TEST

/* ---- Expect ---- */

START_TEST(a_client_that_asks_is_told_to_continue) {
  say(&t, "POST /hello.app?echo=1 HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\n"
          "Expect: 100-continue\r\n\r\n");
  ck_assert_status(hear(&t, 0), 100);
  say(&t, "abc");
  ck_assert_answer(hear(&t, 0), 200, "abc");
}
END_TEST

START_TEST(with_a_chunked_body_too) {
  say(&t, "POST /hello.app?echo=1 HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n"
          "Expect: 100-continue\r\n\r\n");
  ck_assert_status(hear(&t, 0), 100);
  say(&t, "3\r\nabc\r\n0\r\n\r\n");
  ck_assert_answer(hear(&t, 0), 200, "abc");
}
END_TEST

START_TEST(a_refusal_comes_instead_of_100) { /* loop */
  static const struct {
    const char *target;
    int length, status;
  } rows[] = {{"/hello.app", 100001, 413}, {"/a.txt", 3, 405}, {"/none.app", 3, 404}};
  char request[200];
  snprintf(request, sizeof request,
           "POST %s HTTP/1.1\r\nHost: test\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n",
           rows[_i].target, rows[_i].length);
  say(&t, request);
  ck_assert_status(hear(&t, 0), rows[_i].status);
  ck_assert_int_eq(is_closed(&t), 1);
}
END_TEST

START_TEST(another_expectation_is_417) {
  ck_assert_status(ask(s.port, "POST /hello.app HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\n"
                               "Expect: miracles\r\n\r\nabc"),
                   417);
}
END_TEST

/* ---- Without gathering ---- */

static void start_streaming(void) {
  static const char *const options[] = {"--app", ".app=" APP, "--no-gather", "--quiet", NULL};
  site_start(&s, options);
}

static TCase *streaming(void) {
  TCase *c = tcase_create("http without gathering");
  tcase_add_unchecked_fixture(c, start_streaming, stop);
  tcase_add_checked_fixture(c, begin, end);
  tcase_add_test(c, an_application_may_answer_before_it_has_the_body);
  tcase_add_test(c, a_chunked_body_gets_its_true_length);
  tcase_add_test(c, an_empty_chunked_body_is_an_empty_body);
  return c;
}

/* ---- Slow clients, and one process ---- */

static void start_one_process(void) {
  static const char *const options[] = {
      "--app",   ".app=" APP,         "--processes",   "1",      "--gather-memory",
      "65536",   "--quiet",           "--gather-file", "100000", "--max-chunked",
      "1000000", "--read-ahead-file", "30000000",      NULL};
  site_start(&s, options);
}

static void others_are_served(void) {
  talk other;
  talk_begin(&other, s.port);
  say(&other, GET("/hello.app?size=3&length=1"));
  ck_assert_status(hear(&other, 0), 200);
  talk_end(&other);
}

START_TEST(an_upload_that_never_ends_holds_no_process) {
  say(&t, _i ? "POST /hello.app?echo=1 HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: "
               "chunked\r\n\r\n3\r\nabc\r\n"
             : "POST /hello.app?echo=1 HTTP/1.1\r\nHost: test\r\nContent-Length: 6\r\n\r\nabc");
  others_are_served();
  say(&t, _i ? "3\r\ndef\r\n0\r\n\r\n" : "def");
  ck_assert_answer(hear(&t, 0), 200, "abcdef");
}
END_TEST

START_TEST(a_reader_that_never_reads_holds_no_process) {
  say(&t, GET("/hello.app?size=20000000"));
  others_are_served();
}
END_TEST

START_TEST(a_body_that_is_too_large_to_be_gathered_is_413) {
  char *chunk = calloc(1, 300000);
  if (_i) {
    say(&t,
        "POST /hello.app HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n493e0\r\n");
    say_bytes(&t, chunk, 300000);
  } else {
    say(&t, "POST /hello.app HTTP/1.1\r\nHost: test\r\nContent-Length: 300000\r\n\r\n");
  }
  ck_assert_status(hear(&t, 0), 413);
  free(chunk);
}
END_TEST

static TCase *slow_clients(void) {
  TCase *c = tcase_create("slow clients");
  tcase_add_unchecked_fixture(c, start_one_process, stop);
  tcase_add_checked_fixture(c, begin, end);
  tcase_add_loop_test(c, an_upload_that_never_ends_holds_no_process, 0, 2);
  tcase_add_test(c, a_reader_that_never_reads_holds_no_process);
  tcase_add_loop_test(c, a_body_that_is_too_large_to_be_gathered_is_413, 0, 2);
  return c;
}

int main(void) {
  TCase *c = tcase_create("bodies"), *cases[3];
  tcase_add_unchecked_fixture(c, start_bounded, stop);
  tcase_add_checked_fixture(c, begin, end);
  tcase_add_loop_test(c, a_body_with_a_length_reaches_the_application, 0, 8);
  tcase_add_test(c, a_chunked_body_gets_its_true_length);
  tcase_add_test(c, an_empty_chunked_body_is_an_empty_body);
  tcase_add_test(c, a_chunked_body_over_the_limit_is_413);
  tcase_add_test(c, a_broken_chunked_body_is_400);
  tcase_add_test(c, a_body_over_the_limit_is_413_before_it_is_read);
  tcase_add_test(c, a_small_body_that_nobody_wants_is_dropped);
  tcase_add_test(c, a_large_body_that_nobody_wants_ends_the_connection);
  tcase_add_test(c, a_client_that_asks_is_told_to_continue);
  tcase_add_test(c, with_a_chunked_body_too);
  tcase_add_loop_test(c, a_refusal_comes_instead_of_100, 0, 3);
  tcase_add_test(c, another_expectation_is_417);
  cases[0] = c;
  cases[1] = streaming();
  cases[2] = slow_clients();
  return test_suite_run("httpd/bodies", cases, 3);
}
