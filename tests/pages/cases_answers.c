/* cases_answers.c: statuses, fields, cookies, redirects, failures (RFC 3875 section 6). */
#include "pages/pages.h"
#include <stdio.h>
#include <strings.h>

/* ---- Statuses ---- */

START_TEST(a_status_and_its_page_are_the_applications_own) { /* loop */
  static const int statuses[] = {200, 201, 203, 400, 403, 404, 405, 409, 410, 418, 422, 501, 503};
  char path[128];
  snprintf(path, sizeof path, "/answer.php?status=%d+Word&body=own", statuses[_i]);
  ck_assert_answer(page(path), statuses[_i], "own");
}
END_TEST

START_TEST(a_500_of_the_applications_own_has_its_page) {
  ck_assert_answer(page("/answer.php?status=500+Oh&body=own"), 500, "own");
}
END_TEST

START_TEST(a_500_is_a_500) {
  ck_assert_status(page("/answer.php?status=500+Oh&body=own"), 500);
}
END_TEST

START_TEST(an_empty_answer_is_empty_and_keeps_the_connection) { /* loop */
  static const char *const rows[] = {"/answer.php?status=204+None", "/answer.php?status=304+Same",
                                     "/answer.php?body="};
  static const int statuses[] = {204, 304, 200};
  talk t;
  begin(&t);
  say(&t, request("GET", rows[_i], ""));
  ck_assert_answer(hear(&t, 0), statuses[_i], "");
  say(&t, request("GET", "/hello.php", ""));
  ck_assert_answer(hear(&t, 0), 200, "hello\n");
  talk_end(&t);
}
END_TEST

START_TEST(a_body_where_none_may_be_does_not_harm_the_next_answer) { /* loop */
  static const char *const rows[] = {"/answer.php?status=204+None&body=x&times=500",
                                     "/answer.php?status=304+Same&body=x&times=500"};
  talk t;
  begin(&t);
  say(&t, request("GET", rows[_i], ""));
  say(&t, request("GET", "/hello.php", ""));
  ck_assert_answer(hear(&t, 0), _i ? 304 : 204, "");
  ck_assert_answer(hear(&t, 0), 200, "hello\n");
  talk_end(&t);
}
END_TEST

/* ---- Fields ---- */

/* How many lines of the head begin so. */
static unsigned count(const answer *a, const char *beginning) {
  const char *at = a->head;
  unsigned n = 0;
  while ((at = strstr(at, "\r\n")) != NULL) {
    at += 2;
    n += strncasecmp(at, beginning, strlen(beginning)) == 0;
  }
  return n;
}

START_TEST(fields_arrive) {
  answer a = page("/answer.php?header[]=X-A:+one&header[]=X-B:+a,%20b;c=%22d%22"
                  "&type=text/x;+charset%3dutf-8&header[]=X-Empty:");
  ck_assert_int_eq(a.status, 200);
  ck_assert_str_eq(field(&a, "X-A"), "one");
  ck_assert_str_eq(field(&a, "X-B"), "a, b;c=\"d\"");
  ck_assert_uint_eq(count(&a, "X-A: "), 1);
  answer_free(&a);
}
END_TEST

START_TEST(a_content_type_is_the_applications) {
  answer a = page("/answer.php");
  ck_assert_str_eq(field(&a, "Content-Type"), "text/plain;charset=UTF-8");
  ck_assert_uint_eq(count(&a, "Content-Type: "), 1);
  answer_free(&a);
}
END_TEST

START_TEST(Date_and_Server_come_once) {
  answer a = page("/answer.php?header[]=Date:+never&header[]=Server:+mine");
  ck_assert_uint_eq(count(&a, "Date: "), 1);
  ck_assert_uint_eq(count(&a, "Server: "), 1);
  ck_assert_ptr_null(strstr(a.head, "never"));
  answer_free(&a);
}
END_TEST

START_TEST(a_long_field_arrives) {
  char path[8000], value[6001];
  answer a;
  memset(value, 'v', 6000);
  value[6000] = 0;
  snprintf(path, sizeof path, "/answer.php?header[]=X-Long:+%s", value);
  a = page(path);
  ck_assert_int_eq(a.status, 200);
  ck_assert_ptr_nonnull(strstr(a.head, value));
  answer_free(&a);
}
END_TEST

START_TEST(cookies_reach_the_client_each_in_its_field) {
  answer a = page("/answer.php?header[]=Set-Cookie:+a%3d1;+Path%3d/&header[]=Set-Cookie:+b%3d2"
                  "&header[]=Set-Cookie:+c%3d3;+Expires%3dWed,+21+Oct+2099+07:28:00+GMT");
  const char *first = strstr(a.head, "\r\nSet-Cookie: a=1; Path=/\r\n");
  const char *second = strstr(a.head, "\r\nSet-Cookie: b=2\r\n");
  ck_assert_msg(first && second && first < second, "%s", a.head);
  ck_assert_ptr_nonnull(
      strstr(a.head, "\r\nSet-Cookie: c=3; Expires=Wed, 21 Oct 2099 07:28:00 GMT\r\n"));
  ck_assert_uint_eq(count(&a, "Set-Cookie"), 3);
  answer_free(&a);
}
END_TEST

START_TEST(cookies_reach_the_application) {
  answer a = page_with("GET", "/vars.php", "Cookie: a=1; b=\"x y\"; c=%20\r\n", NULL);
  ck_assert_line(&a, "HTTP_COOKIE=a=1; b=\"x y\"; c=%20");
  answer_free(&a);
}
END_TEST

/* ---- Redirects ---- */

START_TEST(a_redirect_arrives_as_it_is) { /* loop */
  static const struct {
    const char *path, *location;
    int status;
  } rows[] = {
      {"/answer.php?header[]=Location:+http://other.test/x?a%3d1", "http://other.test/x?a=1", 302},
      {"/answer.php?code=301&header[]=Location:+http://other.test/", "http://other.test/", 301},
      {"/answer.php?code=303&header[]=Location:+/hello.php", "/hello.php", 303},
      {"/answer.php?code=307&header[]=Location:+../y&body=moved", "../y", 307},
      {"/answer.php?code=201&header[]=Location:+/new/1", "/new/1", 201},
  };
  answer a = page(rows[_i].path);
  ck_assert_int_eq(a.status, rows[_i].status);
  ck_assert_str_eq(field(&a, "Location"), rows[_i].location);
  answer_free(&a);
}
END_TEST

START_TEST(a_local_redirect_is_served_at_once) {
  char path[128];
  snprintf(path, sizeof path, "/local.php?to=%s/hello.php", pages_host.prefix);
  ck_assert_answer(page(path), 200, "hello\n");
}
END_TEST

START_TEST(a_local_redirect_is_given_to_the_client) {
  answer a = page("/local.php?to=/hello.php");
  ck_assert_int_eq(a.status, pages_status(HOST_LOCAL_REDIRECT, 302));
  ck_assert_ptr_nonnull(field(&a, "Location"));
  answer_free(&a);
}
END_TEST

/* ---- Failures ---- */

START_TEST(a_failing_script_is_a_500) {
  ck_assert_status(page("/error.php"), 500);
  still_serves();
}
END_TEST

START_TEST(a_script_that_is_not_there_is_a_404) { /* loop */
  static const char *const rows[] = {"/none.php", "/none.php/x", "/none/x.php", "/none.php?a=b"};
  ck_assert_status(page(rows[_i]), 404);
  still_serves();
}
END_TEST

START_TEST(a_process_that_dies_before_the_head_is_a_502) {
  still_serves();
  ck_assert_status(page("/break.php"), pages_status(HOST_BAD_GATEWAY, 502));
  still_serves();
}
END_TEST

START_TEST(a_response_head_over_the_limit_is_a_502) {
  ck_assert_status(page("/answer.php?long=1000000"), pages_status(HOST_BAD_GATEWAY, 502));
  still_serves();
}
END_TEST

static void add_answers(TCase *c) {
  tcase_add_loop_test(c, a_status_and_its_page_are_the_applications_own, 0, 13);
  if (pages_can(HOST_OWN_500, "a_500_of_the_applications_own_has_its_page"))
    tcase_add_test(c, a_500_of_the_applications_own_has_its_page);
  tcase_add_test(c, a_500_is_a_500);
  tcase_add_loop_test(c, an_empty_answer_is_empty_and_keeps_the_connection, 0, 3);
  tcase_add_loop_test(c, a_body_where_none_may_be_does_not_harm_the_next_answer, 0, 2);
  tcase_add_test(c, fields_arrive);
  tcase_add_test(c, a_content_type_is_the_applications);
  tcase_add_test(c, Date_and_Server_come_once);
  tcase_add_test(c, a_long_field_arrives);
  tcase_add_test(c, cookies_reach_the_client_each_in_its_field);
  tcase_add_test(c, cookies_reach_the_application);
}

TCase *cases_answers(void) {
  TCase *c = tcase_create("answers");
  add_answers(c);
  tcase_add_loop_test(c, a_redirect_arrives_as_it_is, 0, 5);
  if (pages_status(HOST_LOCAL_REDIRECT, 0) == 0)
    tcase_add_test(c, a_local_redirect_is_served_at_once);
  else
    tcase_add_test(c, a_local_redirect_is_given_to_the_client);
  tcase_add_test(c, a_failing_script_is_a_500);
  tcase_add_loop_test(c, a_script_that_is_not_there_is_a_404, 0, 4);
  tcase_add_test(c, a_process_that_dies_before_the_head_is_a_502);
  tcase_add_test(c, a_response_head_over_the_limit_is_a_502);
  return c;
}
