/* test_status.c: /-/pools, /-/pools.json and /-/metrics: what they say, and to whom. */
#include "stats/formats.h" /* before the other, whose names its variables have */

#include "site_case.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void start_for(const char *who) {
  const char *options[] = {"--app", ".app=" APP, "--threads", "3", "--status", who, NULL};
  if (who == NULL)
    options[4] = NULL;
  site_start(&s, options);
}

static void start(void) {
  start_for(NULL);
}

static answer local(const char *target) {
  char request[512];
  snprintf(request, sizeof request,
           "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", target);
  return ask(s.port, request);
}

/* Of the metrics, asked with that Host and other fields. */
static int status_of(const char *host, const char *fields) {
  char request[512];
  answer a;
  int status;
  snprintf(request, sizeof request,
           "GET /-/metrics HTTP/1.1\r\nHost: %s\r\n%sConnection: close\r\n\r\n", host, fields);
  a = ask(s.port, request);
  status = a.status;
  answer_free(&a);
  return status;
}

/* ---- What they say ---- */

START_TEST(the_page_is_one_file_that_needs_no_network) {
  answer a = local("/-/pools");
  ck_assert_int_eq(a.status, 200);
  ck_assert_str_eq(field(&a, "Content-Type"), "text/html; charset=utf-8");
  ck_assert_str_eq(field(&a, "Cache-Control"), "no-store");
  ck_assert_ptr_null(strstr(a.body, "src="));
  ck_assert_ptr_null(strstr(a.body, "@import"));
  ck_assert_ptr_null(strstr(a.body, "innerHTML")); /* texts of requests are never markup */
  ck_assert_ptr_nonnull(strstr(a.body, "</html>"));
  answer_free(&a);
}
END_TEST

START_TEST(the_numbers_are_json_of_all_threads) {
  answer a;
  int i;
  for (i = 0; i < 9; i++)
    ck_assert_status(get(s.port, "/hello.app"), 200);
  a = local("/-/pools.json");
  ck_assert_str_eq(field(&a, "Content-Type"), "application/json");
  ck_assert_str_eq(json_fault(a.body), "");
  ck_assert_ptr_nonnull(strstr(a.body, "\"name\":\".app\""));
  ck_assert_ptr_nonnull(strstr(a.body, "\"pools\":3,"));
  ck_assert_ptr_nonnull(strstr(a.body, "\"ended\":{\"OK\":9}"));
  answer_free(&a);
}
END_TEST

START_TEST(the_metrics_are_for_prometheus) {
  answer a;
  ck_assert_status(get(s.port, "/hello.app"), 200);
  ck_assert_status(get(s.port, "/hello.app?before=1&exit=3"), 502);
  a = local("/-/metrics?x");
  ck_assert_str_eq(field(&a, "Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  ck_assert_str_eq(prometheus_fault(a.body), "");
  ck_assert_double_eq(
      prometheus_value(a.body, "fcgiclient_requests_total{pool=\".app\",code=\"OK\"}"), 1);
  ck_assert_double_ge(/* it may have been tried again */
                      prometheus_value(
                          a.body,
                          "fcgiclient_process_exits_total{pool=\".app\",reason=\"crashed\"}"),
                      1);
  answer_free(&a);
}
END_TEST

START_TEST(head_has_no_body_and_other_methods_are_refused) {
  talk_begin(&t, s.port);
  say(&t, "HEAD /-/pools.json HTTP/1.1\r\nHost: localhost\r\n\r\n");
  ck_assert_status(hear(&t, 1), 200);
  say(&t, "POST /-/metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
  ck_assert_status(hear(&t, 0), 405);
  say(&t, "GET /-/pools.json HTTP/1.1\r\nHost: localhost\r\n\r\n");
  ck_assert_status(hear(&t, 0), 200);
  talk_end(&t);
}
END_TEST

START_TEST(clients_that_leave_while_the_pools_are_asked_do_no_harm) {
  int i;
  for (i = 0; i < 50; i++) {
    talk_begin(&t, s.port);
    say(&t, "GET /-/pools.json HTTP/1.1\r\nHost: localhost\r\n\r\nGET /-/metrics HTTP/1.1\r\nHost: "
            "localhost\r\n\r\n");
    talk_end(&t);
  }
  ck_assert_status(local("/-/pools.json"), 200);
}
END_TEST

START_TEST(the_server_ends_while_it_is_asked) {
  talk talks[8];
  int i;
  for (i = 0; i < 8; i++) {
    talk_begin(&talks[i], s.port);
    say(&talks[i], "GET /-/pools.json HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }
  ck_assert_int_eq(site_stop(&s), 0);
  for (i = 0; i < 8; i++)
    talk_end(&talks[i]);
  start(); /* for the end of the test */
}
END_TEST

/* ---- To whom ---- */

START_TEST(a_client_on_this_machine_may_ask) { /* loop */
  static const char *const hosts[] = {"localhost", "LOCALHOST:8080", "127.0.0.1", "127.0.0.1:99",
                                      "[::1]:99"};
  ck_assert_int_eq(status_of(hosts[_i], ""), 200);
}
END_TEST

START_TEST(one_that_a_proxy_speaks_for_may_not) { /* loop */
  static const char *const fields[] = {"X-Forwarded-For: 127.0.0.1\r\n",
                                       "Forwarded: for=127.0.0.1\r\n", "X-Real-IP: ::1\r\n",
                                       "Via: 1.1 proxy\r\n"};
  ck_assert_int_eq(status_of("localhost", fields[_i]), 404);
}
END_TEST

/* A page of somebody else's, whose name leads to 127.0.0.1, is open in a browser here. */
START_TEST(a_name_that_leads_here_is_no_proof) { /* loop */
  static const char *const hosts[] = {"evil.example", "127.evil.example", "localhost.evil.example"};
  ck_assert_int_eq(status_of(hosts[_i], ""), 404);
}
END_TEST

START_TEST(with_all_everybody_may_ask) {
  ck_assert_int_eq(status_of("evil.example", "X-Forwarded-For: 10.0.0.1\r\n"), 200);
}
END_TEST

START_TEST(with_off_the_paths_are_like_any_others) {
  ck_assert_int_eq(status_of("localhost", ""), 404);
  ck_assert_status(local("/-/pools"), 404);
}
END_TEST

START_TEST(other_paths_below_are_like_any_others) { /* loop */
  static const char *const paths[] = {"/-/", "/-/poolsx", "/x/-/pools"};
  ck_assert_status(local(paths[_i]), 404);
}
END_TEST

static void start_all(void) {
  start_for("all");
}

static void start_off(void) {
  start_for("off");
}

int main(void) {
  TCase *c[3] = {tcase_create("status"), tcase_create("all"), tcase_create("off")};
  tcase_add_checked_fixture(c[0], start, stop);
  tcase_add_test(c[0], the_page_is_one_file_that_needs_no_network);
  tcase_add_test(c[0], the_numbers_are_json_of_all_threads);
  tcase_add_test(c[0], the_metrics_are_for_prometheus);
  tcase_add_test(c[0], head_has_no_body_and_other_methods_are_refused);
  tcase_add_test(c[0], clients_that_leave_while_the_pools_are_asked_do_no_harm);
  tcase_add_test(c[0], the_server_ends_while_it_is_asked);
  tcase_add_loop_test(c[0], a_client_on_this_machine_may_ask, 0, 5);
  tcase_add_loop_test(c[0], one_that_a_proxy_speaks_for_may_not, 0, 4);
  tcase_add_loop_test(c[0], a_name_that_leads_here_is_no_proof, 0, 3);
  tcase_add_loop_test(c[0], other_paths_below_are_like_any_others, 0, 3);
  tcase_add_checked_fixture(c[1], start_all, stop);
  tcase_add_test(c[1], with_all_everybody_may_ask);
  tcase_add_checked_fixture(c[2], start_off, stop);
  tcase_add_test(c[2], with_off_the_paths_are_like_any_others);
  return test_suite_run("status", c, 3);
}
