/* test_gate.c: httpd with an authorizer that is asked before every application, and with what an
 * application's error stream makes of its answer. */
#include "site_case.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void start_with(const char *authorizer, const char *mode) {
  const char *options[] = {"--app",        ".app=" APP, "--stderr", mode,
                           "--authorizer", authorizer,  NULL};
  if (authorizer == NULL)
    options[4] = NULL;
  site_start(&s, options);
}

/* ---- The authorizer ---- */

static void start_gate(void) {
  start_with(APP " --role authorizer", "ignore");
}

START_TEST(a_200_gives_way_and_its_variables_reach_the_application) {
  answer a = get(s.port, "/hello.app?header=Variable-REMOTE_USER:jo");
  ck_assert_int_eq(a.status, 200);
  ck_assert_ptr_nonnull(strstr(a.body, "REMOTE_USER=jo\n"));
  ck_assert_ptr_nonnull(strstr(a.body, "SCRIPT_NAME=/hello.app\n"));
  answer_free(&a);
}
END_TEST

START_TEST(any_other_status_is_what_the_client_gets) {
  answer a = get(s.port, "/hello.app?status=403&header=X-Why:guests&size=5");
  ck_assert_int_eq(a.status, 403);
  ck_assert_str_eq(field(&a, "X-Why"), "guests");
  ck_assert_uint_eq(a.body_len, 5);
  answer_free(&a);
}
END_TEST

START_TEST(a_path_in_its_Location_is_for_the_client) { /* KF-143 */
  answer a = get(s.port, "/hello.app?location=/a.txt");
  ck_assert_int_eq(a.status, 302);
  ck_assert_str_eq(field(&a, "Location"), "/a.txt");
  answer_free(&a);
}
END_TEST

START_TEST(one_that_dies_lets_nobody_through) {
  answer a = get(s.port, "/hello.app?before=1&exit=3");
  ck_assert_int_eq(a.status, 502);
  answer_free(&a);
}
END_TEST

START_TEST(files_are_nobody_elses_business) {
  ck_assert_answer(get(s.port, "/a.txt?status=403"), 200, "hello\n");
}
END_TEST

START_TEST(an_upload_reaches_the_application_whole) { /* KF-127 */
  static char request[20200];
  answer a;
  int n = snprintf(request, 200,
                   "POST /hello.app?sum=1 HTTP/1.1\r\nHost: test\r\nContent-Length: 20000\r\n\r\n");
  memset(request + n, 'x', 20000);
  talk_begin(&t, s.port);
  say_bytes(&t, request, (size_t) n + 20000);
  a = hear(&t, 0);
  ck_assert_int_eq(a.status, 200);
  ck_assert_ptr_nonnull(strstr(a.body, "20000 bytes, "));
  answer_free(&a);
  talk_end(&t);
}
END_TEST

/* ---- The error stream ---- */

static void start_in_500(void) {
  start_with(NULL, "in-500");
}

START_TEST(what_is_on_the_error_stream_is_the_500) {
  answer a = get(s.port, "/hello.app?stderr=oops&size=5");
  ck_assert_int_eq(a.status, 500);
  ck_assert_str_eq(a.body, "oops");
  ck_assert_str_eq(field(&a, "Content-Type"), "text/plain; charset=utf-8");
  answer_free(&a);
  a = get(s.port, "/hello.app?size=5");
  ck_assert_int_eq(a.status, 200);
  answer_free(&a);
}
END_TEST

static void start_generic(void) {
  start_with(NULL, "generic-500");
}

START_TEST(a_generic_500_does_not_show_it) {
  answer a = get(s.port, "/hello.app?stderr=oops&size=5");
  ck_assert_int_eq(a.status, 500);
  ck_assert_ptr_null(strstr(a.body, "oops"));
  answer_free(&a);
}
END_TEST

int main(void) {
  TCase *g = tcase_create("gate"), *e = tcase_create("in-500"), *n = tcase_create("generic-500");
  TCase *cases[] = {g, e, n};
  tcase_add_unchecked_fixture(g, start_gate, stop);
  tcase_add_test(g, a_200_gives_way_and_its_variables_reach_the_application);
  tcase_add_test(g, any_other_status_is_what_the_client_gets);
  tcase_add_test(g, a_path_in_its_Location_is_for_the_client);
  tcase_add_test(g, one_that_dies_lets_nobody_through);
  tcase_add_test(g, files_are_nobody_elses_business);
  tcase_add_test(g, an_upload_reaches_the_application_whole);
  tcase_add_unchecked_fixture(e, start_in_500, stop);
  tcase_add_test(e, what_is_on_the_error_stream_is_the_500);
  tcase_add_unchecked_fixture(n, start_generic, stop);
  tcase_add_test(n, a_generic_500_does_not_show_it);
  return test_suite_run("httpd/gate", cases, 3);
}
