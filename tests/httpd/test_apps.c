/* test_apps.c: applications through httpd: redirects, errors, ends in the middle, addresses, every
 * path, limits. */
#include "site_case.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void start(void) {
  static const char *const options[] = {"--app",
                                        ".app=" APP,
                                        "--app",
                                        ".one=/bin/sh -c 'exec " APP " --max-requests $COUNT'",
                                        "--connect",
                                        ".dead=unix:/tmp/httpd-test-nobody",
                                        "--max-requests",
                                        "1000",
                                        "--env",
                                        "COUNT=1",
                                        "--activity-ms",
                                        "1000",
                                        NULL};
  site_start(&s, options);
}

/* ---- Redirects ---- */

START_TEST(a_Location_with_a_scheme_goes_to_the_client) {
  answer a = get(s.port, "/hello.app?location=http://other/x");
  ck_assert_int_eq(a.status, 302);
  ck_assert_str_eq(field(&a, "Location"), "http://other/x");
  answer_free(&a);
}
END_TEST

/* KF-077 */
START_TEST(a_local_redirect_is_served_at_once) {
  ck_assert_answer(get(s.port, "/hello.app?location=/a.txt"), 200, "hello\n");
}
END_TEST

START_TEST(a_local_redirect_to_a_script_is_a_GET_without_a_body) {
  answer a =
      ask(s.port, "POST /hello.app?location=/dir/index.app/info%3Fq=1 HTTP/1.1\r\nHost: test\r\n"
                  "Content-Type: text/x\r\nContent-Length: 3\r\nX-A: kept\r\n\r\nabc");
  ck_assert_int_eq(a.status, 200);
  ck_assert_ptr_nonnull(strstr(a.body, "REQUEST_METHOD=GET\n"));
  ck_assert_ptr_nonnull(strstr(a.body, "SCRIPT_NAME=/dir/index.app\n"));
  ck_assert_ptr_nonnull(strstr(a.body, "PATH_INFO=/info\n"));
  ck_assert_ptr_nonnull(strstr(a.body, "QUERY_STRING=q=1\n"));
  ck_assert_ptr_nonnull(strstr(a.body, "HTTP_X_A=kept\n"));
  ck_assert_ptr_null(strstr(a.body, "CONTENT_"));
  answer_free(&a);
}
END_TEST

START_TEST(a_local_redirect_obeys_the_path_rules) { /* loop */
  static const struct {
    const char *location;
    int status;
  } rows[] = {{"/.secret", 404}, {"/../etc/passwd", 400}, {"/none", 404}};
  char target[100];
  snprintf(target, sizeof target, "/hello.app?location=%s", rows[_i].location);
  ck_assert_status(get(s.port, target), rows[_i].status);
}
END_TEST

START_TEST(a_local_redirect_keeps_the_connection) {
  say(&t, GET("/hello.app?location=/a.txt") GET("/a.txt"));
  ck_assert_answer(hear(&t, 0), 200, "hello\n");
  ck_assert_answer(hear(&t, 0), 200, "hello\n");
}
END_TEST

/* The query of the fifth redirect is what the first one escaped five times. */
START_TEST(redirects_end_after_five) { /* loop: how many */
  static const char hop[] = "/hello.app?location=";
  char target[2000] = "/a.txt", next[2000];
  int n;
  for (n = 0; n < _i; n++) {
    char *to = next + sprintf(next, "%s", hop);
    const char *at;
    for (at = target; *at; at++) /* decoded once each time the application reads it */
      to +=
          sprintf(to, *at == '%' || *at == '?' || *at == '&' || *at == '=' ? "%%%02X" : "%c", *at);
    strcpy(target, next);
  }
  ck_assert_status(get(s.port, target), _i <= 5 ? 200 : 502);
}
END_TEST

/* ---- Errors ---- */

START_TEST(a_status_of_the_application_is_kept) {
  answer a = get(s.port, "/hello.app?status=418%20Teapot&size=3&length=1");
  ck_assert_ptr_nonnull(strstr(a.head, "HTTP/1.1 418 Teapot\r\n"));
  ck_assert_uint_eq(a.body_len, 3);
  answer_free(&a);
}
END_TEST

START_TEST(nobody_at_the_address_is_an_error_page) {
  ck_assert_status(get(s.port, "/hello.dead"), 502);
}
END_TEST

/* KF-089, KF-095 */
START_TEST(an_application_that_ends_before_it_answers_is_502) {
  answer a = get(s.port, "/hello.app?before=1&exit=1");
  ck_assert_int_eq(a.status, 502);
  ck_assert_int_eq(a.is_whole, 1);
  ck_assert_ptr_null(strstr(a.body, "/tmp")); /* the sentence is for the log */
  answer_free(&a);
}
END_TEST

/* KF-063: a cut response must not look whole, however it is framed. */
START_TEST(an_application_that_ends_in_the_middle_breaks_the_connection) { /* loop */
  static const char *const rows[] = {
      GET("/hello.app?size=2000000&exit=1"), GET("/hello.app?size=2000000&exit=1&length=1"),
      GET("/hello.app?size=2000000&signal=9"), GET("/hello.app?size=2000000&exit=0")};
  answer a;
  say(&t, rows[_i]);
  a = hear(&t, 0);
  ck_assert_int_eq(a.status, 200);
  ck_assert_int_eq(a.is_whole, 0);
  answer_free(&a);
  ck_assert_answer(get(s.port, "/a.txt"), 200, "hello\n");
}
END_TEST

START_TEST(and_resets_it_when_only_the_end_of_the_connection_frames_it) {
  char room[65536];
  ssize_t n;
  say(&t, "GET /hello.app?size=2000000&exit=1 HTTP/1.0\r\n\r\n");
  while ((n = read(t.fd, room, sizeof room)) > 0)
    ;
  ck_assert_int_eq(n, -1);
}
END_TEST

/* Which of the two, the moment decides at which its end is noticed. */
START_TEST(a_small_one_that_is_cut_is_an_error_page_or_broken_off) {
  answer a = get(s.port, "/hello.app?size=100&exit=1");
  ck_assert(a.status == 502 || (a.status == 200 && !a.is_whole));
  answer_free(&a);
}
END_TEST

/* KF-039, KF-145 */
START_TEST(an_application_that_says_nothing_is_504) {
  ck_assert_status(get(s.port, "/hello.app?hang=1"), 504);
}
END_TEST

/* COUNT=1 makes it leave after each request, so that two answers come from two processes. */
START_TEST(arguments_and_variables_reach_what_is_started) {
  answer a = get(s.port, "/hello.one?pid=1"), b = get(s.port, "/hello.one?pid=1");
  ck_assert_int_eq(a.status, 200);
  ck_assert_int_eq(b.status, 200);
  ck_assert_str_ne(a.body, b.body);
  answer_free(&a);
  answer_free(&b);
}
END_TEST

/* ---- Clients that leave ---- */

START_TEST(a_client_that_leaves_cancels_its_request) {
  char line[200];
  say(&t, GET("/hello.app?size=1000&pieces=10&slow=100"));
  talk_end(&t);
  do
    snprintf(line, sizeof line, "%s", site_log_line(&s));
  while (strstr(line, "slow=100") == NULL);
  ck_assert_ptr_nonnull(strstr(line, " 499 "));
  talk_begin(&t, s.port);
  say(&t, GET("/a.txt"));
  ck_assert_answer(hear(&t, 0), 200, "hello\n");
}
END_TEST

/* ---- The access log ---- */

START_TEST(a_line_tells_method_target_status_and_bytes) {
  char line[200];
  say(&t, "HEAD /a.txt?logged HTTP/1.1\r\nHost: a\r\n\r\nGET /a.txt?logged HTTP/1.1\r\nHost: "
          "a\r\n\r\n");
  do
    snprintf(line, sizeof line, "%s", site_log_line(&s));
  while (strstr(line, "logged") == NULL);
  ck_assert_ptr_eq(strstr(line, "HEAD /a.txt?logged 200 0 "), line);
  snprintf(line, sizeof line, "%s", site_log_line(&s));
  ck_assert_ptr_eq(strstr(line, "GET /a.txt?logged 200 6 "), line);
}
END_TEST

/* ---- Options ---- */

static void start_with_options(void) {
  static const char *const options[] = {"--app",
                                        ".app=" APP,
                                        "--app",
                                        ".bad=/bin/false",
                                        "--rapid-fails",
                                        "1",
                                        "--fold-case",
                                        "--pass-authorization",
                                        "--unchecked-scripts",
                                        "--max-params",
                                        "2000",
                                        "--quiet",
                                        NULL};
  site_start(&s, options);
}

START_TEST(extensions_fold_when_asked) {
  answer a = get(s.port, "/UPPER.APP/x");
  ck_assert_int_eq(a.status, 200);
  ck_assert_ptr_nonnull(strstr(a.body, "SCRIPT_NAME=/UPPER.APP\n"));
  answer_free(&a);
}
END_TEST

START_TEST(passwords_are_passed_on_when_asked) {
  answer a = ask(s.port, "GET /hello.app HTTP/1.1\r\nHost: a\r\nAuthorization: Basic x\r\n\r\n");
  ck_assert_ptr_nonnull(strstr(a.body, "HTTP_AUTHORIZATION=Basic x\n"));
  answer_free(&a);
}
END_TEST

START_TEST(scripts_are_not_looked_for_when_asked) {
  ck_assert_status(get(s.port, "/nowhere/none.app"), 200);
}
END_TEST

/* KF-003, KF-004 */
START_TEST(parameters_over_the_limit_are_431) {
  char request[3000];
  sprintf(request, "GET /hello.app HTTP/1.1\r\nHost: a\r\nX: %02000d\r\n\r\n", 0);
  ck_assert_status(ask(s.port, request), 431);
  ck_assert_status(get(s.port, "/hello.app"), 200);
}
END_TEST

/* KF-135, KF-147 */
START_TEST(an_application_that_fails_too_often_is_503_with_a_time_to_come_back) {
  answer a;
  ck_assert_status(get(s.port, "/x.bad"), 502);
  a = get(s.port, "/x.bad");
  ck_assert_int_eq(a.status, 503);
  ck_assert_int_gt(atoi(field(&a, "Retry-After")), 50);
  answer_free(&a);
}
END_TEST

/* ---- Addresses, and every path ---- */

static pid_t app;

static void start_connected(void) {
  static const char *options[] = {"--connect", NULL, "--quiet", "--max-connections", "1", NULL};
  static char connect[120];
  site own;
  /* the path of the socket is known when the root is: so the root is made by a first site */
  memset(&own, 0, sizeof own);
  snprintf(own.socket, sizeof own.socket, "/tmp/httpd-test-%ld.sock", (long) getpid());
  app = site_start_app(&own);
  snprintf(connect, sizeof connect, "/=unix:%s", own.socket);
  options[1] = connect;
  site_start(&s, options);
}

static void stop_connected(void) {
  char path[80];
  stop();
  site_stop_app(app);
  snprintf(path, sizeof path, "/tmp/httpd-test-%ld.sock", (long) getpid());
  unlink(path);
}

START_TEST(every_path_goes_to_an_application_of_slash) { /* loop */
  static const char *const rows[] = {"/", "/a.txt", "/x/y.z", "/.secret", "/none.php"};
  char line[100];
  answer a = get(s.port, rows[_i]);
  ck_assert_int_eq(a.status, 200);
  snprintf(line, sizeof line, "\nPATH_INFO=%s\n", rows[_i]);
  ck_assert_ptr_nonnull(strstr(a.body, line));
  ck_assert_ptr_nonnull(strstr(a.body, "\nSCRIPT_NAME=\n"));
  answer_free(&a);
}
END_TEST

START_TEST(but_for_hostile_ones) { /* loop */
  static const char *const rows[] = {"/../x", "/%00", "/%2f", "/a%0a"};
  ck_assert_status(get(s.port, rows[_i]), 400);
}
END_TEST

START_TEST(many_clients_share_one_connection) {
  talk all[32];
  int n;
  for (n = 0; n < 32; n++) {
    talk_begin(&all[n], s.port);
    say(&all[n], GET("/x?size=5&length=1"));
  }
  for (n = 0; n < 32; n++) {
    ck_assert_status(hear(&all[n], 0), 200);
    talk_end(&all[n]);
  }
}
END_TEST

int main(void) {
  TCase *cases[3];
  TCase *c = cases[0] = tcase_create("apps"), *d = cases[1] = tcase_create("addresses"),
        *o = cases[2] = tcase_create("options");
  tcase_add_unchecked_fixture(c, start, stop);
  tcase_add_checked_fixture(c, begin, end);
  tcase_add_test(c, a_Location_with_a_scheme_goes_to_the_client);
  tcase_add_test(c, a_local_redirect_is_served_at_once);
  tcase_add_test(c, a_local_redirect_to_a_script_is_a_GET_without_a_body);
  tcase_add_loop_test(c, a_local_redirect_obeys_the_path_rules, 0, 3);
  tcase_add_test(c, a_local_redirect_keeps_the_connection);
  tcase_add_loop_test(c, redirects_end_after_five, 1, 8);
  tcase_add_test(c, a_status_of_the_application_is_kept);
  tcase_add_test(c, nobody_at_the_address_is_an_error_page);
  tcase_add_test(c, an_application_that_ends_before_it_answers_is_502);
  tcase_add_loop_test(c, an_application_that_ends_in_the_middle_breaks_the_connection, 0, 4);
  tcase_add_test(c, and_resets_it_when_only_the_end_of_the_connection_frames_it);
  tcase_add_test(c, a_small_one_that_is_cut_is_an_error_page_or_broken_off);
  tcase_add_test(c, an_application_that_says_nothing_is_504);
  tcase_add_test(c, arguments_and_variables_reach_what_is_started);
  tcase_add_test(c, a_client_that_leaves_cancels_its_request);
  tcase_add_test(c, a_line_tells_method_target_status_and_bytes);
  tcase_add_unchecked_fixture(d, start_connected, stop_connected);
  tcase_add_loop_test(d, every_path_goes_to_an_application_of_slash, 0, 5);
  tcase_add_loop_test(d, but_for_hostile_ones, 0, 4);
  tcase_add_test(d, many_clients_share_one_connection);
  tcase_add_unchecked_fixture(o, start_with_options, stop);
  tcase_add_test(o, extensions_fold_when_asked);
  tcase_add_test(o, passwords_are_passed_on_when_asked);
  tcase_add_test(o, scripts_are_not_looked_for_when_asked);
  tcase_add_test(o, parameters_over_the_limit_are_431);
  tcase_add_test(o, an_application_that_fails_too_often_is_503_with_a_time_to_come_back);
  return test_suite_run("httpd/apps", cases, 3);
}
