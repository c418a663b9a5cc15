/* test_params.c: --param: what httpd tells applications beside what a request says. */
#include "site_case.h"
#include <stdio.h>

static void start(void) {
  static const char *const options[] = {"--app",
                                        ".app=" APP,
                                        "--param",
                                        "PLAIN=a = b",
                                        "--param",
                                        "EMPTY=",
                                        "--param",
                                        "HTTP_X_OURS=httpd",
                                        "--param",
                                        "HTTP_AUTHORIZATION=of httpd",
                                        "--param",
                                        "CONTENT_TYPE=text/ours",
                                        "--param",
                                        "SERVER_SOFTWARE=another",
                                        "--param",
                                        "TWICE=1",
                                        "--param",
                                        "TWICE=2",
                                        "--pass-authorization",
                                        "--quiet",
                                        NULL};
  site_start(&s, options);
}

/* The answer tells this parameter, and no other of that name. */
static void assert_told(answer a, const char *name, const char *value) {
  char line[100], start_of_line[100];
  const char *at;
  snprintf(line, sizeof line, "\n%s=%s\n", name, value);
  snprintf(start_of_line, sizeof start_of_line, "\n%s=", name);
  ck_assert_int_eq(a.status, 200);
  at = strstr(a.body, start_of_line);
  ck_assert_msg(at && strncmp(at, line, strlen(line)) == 0, "no %s in %s", line, a.body);
  ck_assert_ptr_null(strstr(at + 1, start_of_line));
  answer_free(&a);
}

START_TEST(a_parameter_is_told_with_every_request) { /* loop */
  static const char *const rows[][2] = {{"PLAIN", "a = b"}, {"EMPTY", ""}};
  assert_told(get(s.port, "/hello.app"), rows[_i][0], rows[_i][1]);
}
END_TEST

START_TEST(it_beats_what_httpd_says_itself) {
  assert_told(get(s.port, "/hello.app"), "SERVER_SOFTWARE", "another");
}
END_TEST

START_TEST(the_last_of_two_counts) {
  assert_told(get(s.port, "/hello.app"), "TWICE", "2");
}
END_TEST

START_TEST(no_field_of_a_client_takes_its_place) { /* loop */
  static const struct {
    const char *field, *name, *value;
  } rows[] = {{"X-Ours: client", "HTTP_X_OURS", "httpd"},
              {"x-ours: client", "HTTP_X_OURS", "httpd"},
              {"X_Ours: client", "HTTP_X_OURS", "httpd"},
              {"X-Ours: one\r\nX-Ours: two", "HTTP_X_OURS", "httpd"},
              {"Authorization: Basic x", "HTTP_AUTHORIZATION", "of httpd"},
              {"Content-Type: text/client", "CONTENT_TYPE", "text/ours"}};
  char request[200];
  snprintf(request, sizeof request, "GET /hello.app HTTP/1.1\r\nHost: a\r\n%s\r\n\r\n",
           rows[_i].field);
  assert_told(ask(s.port, request), rows[_i].name, rows[_i].value);
}
END_TEST

START_TEST(it_is_told_behind_a_local_redirect_too) {
  assert_told(get(s.port, "/hello.app?location=/dir/index.app"), "PLAIN", "a = b");
}
END_TEST

int main(void) {
  TCase *c = tcase_create("params");
  tcase_add_unchecked_fixture(c, start, stop);
  tcase_add_loop_test(c, a_parameter_is_told_with_every_request, 0, 2);
  tcase_add_test(c, it_beats_what_httpd_says_itself);
  tcase_add_test(c, the_last_of_two_counts);
  tcase_add_loop_test(c, no_field_of_a_client_takes_its_place, 0, 6);
  tcase_add_test(c, it_is_told_behind_a_local_redirect_too);
  return test_suite_run("httpd/params", &c, 1);
}
