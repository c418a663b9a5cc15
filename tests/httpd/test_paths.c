/* test_paths.c: the path rules and the mapping of fields, end to end: never the wrong script, never
   its text, never a forged parameter. */
#include "site_case.h"
#include <stdio.h>
#include <stdlib.h>

static void start(void) {
  static const char *const options[] = {"--app",   "app=" APP,   "--index", "index.app",
                                        "--index", "index.html", "--quiet", NULL};
  site_start(&s, options);
}

/* Whether the answer of the application holds the line. */
#define ck_assert_line(a, line)                                                                    \
  ck_assert_msg(strstr((a).body, "\n" line "\n") != NULL, "%s is not in\n%s", line, (a).body)

/* KF-110 */
START_TEST(a_script_gets_its_path_info) { /* loop */
  static const struct {
    const char *target, *script, *info;
  } rows[] = {
      {"/hello.app", "/hello.app", NULL},
      {"/hello.app?x", "/hello.app", NULL},
      {"/hello.app/", "/hello.app", "/"},
      {"/hello.app/a/b", "/hello.app", "/a/b"},
      {"/hello.app/a%20b", "/hello.app", "/a b"},
      {"/hello.app/other.app", "/hello.app", "/other.app"},
      {"//hello.app", "/hello.app", NULL},
      {"/./hello.app", "/hello.app", NULL},
      {"/hello%2Eapp", "/hello.app", NULL},
      {"/dir/index.app", "/dir/index.app", NULL},
      {"/dir/", "/dir/index.app", NULL}, /* KF-109 */
  };
  answer a = get(s.port, rows[_i].target);
  char line[200];
  ck_assert_int_eq(a.status, 200);
  snprintf(line, sizeof line, "\nSCRIPT_NAME=%s\n", rows[_i].script);
  ck_assert_ptr_nonnull(strstr(a.body, line));
  snprintf(line, sizeof line, "\nSCRIPT_FILENAME=%s%s\n", s.root, rows[_i].script);
  ck_assert_ptr_nonnull(strstr(a.body, line));
  snprintf(line, sizeof line, "\nREQUEST_URI=%s\n", rows[_i].target);
  ck_assert_ptr_nonnull(strstr(a.body, line));
  if (rows[_i].info)
    snprintf(line, sizeof line, "\nPATH_INFO=%s\n", rows[_i].info);
  else
    snprintf(line, sizeof line, "%s", "GATEWAY_INTERFACE=CGI/1.1\n");
  ck_assert_ptr_nonnull(strstr(a.body, line));
  ck_assert_int_eq(strstr(a.body, "PATH_INFO=") != NULL, rows[_i].info != NULL);
  answer_free(&a);
}
END_TEST

/* protocol: every hostile path is refused, and neither a script runs nor its text is shown. */
START_TEST(a_hostile_path_is_refused) { /* loop */
  static const struct {
    const char *target;
    int status;
  } rows[] = {
      {"/avatar.jpg/x.app", 404}, /* KF-113 */
      {"/avatar.jpg/hello.app", 404},
      {"/a.txt/hello.app", 404},
      {"/none.app", 404},
      {"/none.app/hello.app", 404},
      {"/apps.app/x", 404}, /* a directory named like a script */
      {"/apps.app/", 404},
      {"/apps.app", 404},
      {"/hello.app%00.jpg", 400}, /* KF-114 */
      {"/avatar.jpg%00.app", 400},
      {"/avatar.jpg%20%00.app", 400},
      {"/hello.app%0a/x", 400}, /* KF-111, KF-112 */
      {"/hello.app%0d%0aX:y", 400},
      {"/hello%09.app", 400},
      {"/%7f", 400},
      {"/../hello.app", 400},
      {"/x/../hello.app", 400},
      {"/%2e%2e/hello.app", 400},
      {"/..%2fhello.app", 400},
      {"/dir%2fhello.app", 400},
      {"/dir%5chello.app", 400},
      {"/dir\\hello.app", 400},
      {"/..%5c..%5cetc/passwd", 400},
      {"/%2e%2e%2f%2e%2e%2fetc%2fpasswd", 400},
      {"/../../../../etc/passwd", 400},
      {"/%", 400},
      {"/%4", 400},
      {"/%zz", 400},
      {"/a#b", 400},
      {"*", 400},
      {"/hello.ap%ef%bd%90", 404}, /* KF-115: fullwidth p */
      {"/hello%ef%bc%8eapp", 404},
      {"/.secret", 404},
      {"/dir/.secret", 404},
      {"/.git/config", 404},
      {"/.app", 404},
      {"/.well-known/.secret", 404},
      {"http://u:p@host/hello.app", 400},
      {"ftp://host/hello.app", 400},
  };
  answer a = get(s.port, rows[_i].target);
  ck_assert_msg(a.status == rows[_i].status, "%s: %d, not %d\n%s", rows[_i].target, a.status,
                rows[_i].status, a.body);
  ck_assert_ptr_null(strstr(a.body, "SOURCE"));
  ck_assert_ptr_null(strstr(a.body, "SCRIPT_NAME"));
  ck_assert_ptr_null(strstr(a.body, s.root)); /* nothing of the machine is told */
  answer_free(&a);
}
END_TEST

/* KF-148.  Where names know no case, a script has them all, and a name's end is not to be left out.
 */
START_TEST(other_spellings_are_not_served_as_text) {
  static const struct {
    const char *target;
    int status, without_case;
  } rows[] = {
      {"/hello.APP", 404, 200},  {"/UPPER.APP", 404, 200},    {"/UPPER.APP/x", 404, 200},
      {"/hello.app.", 404, 400}, {"/hello.app%20", 404, 400},
  };
  answer a = get(s.port, rows[_i].target);
  int expected = site_knows_case ? rows[_i].status : rows[_i].without_case;
  ck_assert_msg(a.status == expected, "%s: %d, not %d\n%s", rows[_i].target, a.status, expected,
                a.body);
  ck_assert_ptr_null(strstr(a.body, "SOURCE"));
  ck_assert((strstr(a.body, "SCRIPT_NAME") != NULL) == (expected == 200));
  answer_free(&a);
}
END_TEST

START_TEST(well_known_files_are_served) {
  ck_assert_answer(get(s.port, "/.well-known/x"), 200, "known\n");
}
END_TEST

START_TEST(files_lie_beside_scripts) {
  ck_assert_answer(get(s.port, "/a.txt"), 200, "hello\n");
  ck_assert_answer(get(s.port, "/dir/index.html"), 200, "index\n");
}
END_TEST

/* KF-104, KF-106 */
START_TEST(the_query_arrives_raw) {
  answer a = get(s.port, "/hello.app/x?a=%26%3d%00&b=..%2f;c='\"<>");
  ck_assert_line(a, "QUERY_STRING=a=%26%3d%00&b=..%2f;c='\"<>");
  ck_assert_line(a, "REQUEST_URI=/hello.app/x?a=%26%3d%00&b=..%2f;c='\"<>");
  answer_free(&a);
}
END_TEST

/* KF-096, KF-097, KF-098 */
START_TEST(forged_fields_never_arrive) {
  answer a =
      ask(s.port, "GET /hello.app HTTP/1.1\r\nHost: test\r\nProxy: evil\r\nPROXY: evil\r\n"
                  "Remote_User: evil\r\nX.Forged: evil\r\nX_Forged: evil\r\nX!Forged: evil\r\n"
                  "PHP_VALUE: evil\r\nContent_Length: evil\r\nAuthorization: evil\r\n"
                  "Proxy-Authorization: evil\r\nTE: evil\r\nTrailer: evil\r\n"
                  "Script-Name: header\r\n\r\n");
  ck_assert_int_eq(a.status, 200);
  ck_assert_ptr_null(strstr(a.body, "evil"));
  ck_assert_ptr_null(strstr(a.body, "HTTP_PROXY"));
  ck_assert_line(a, "SCRIPT_NAME=/hello.app");
  ck_assert_line(a, "HTTP_SCRIPT_NAME=header");
  answer_free(&a);
}
END_TEST

/* KF-099, KF-100, KF-101, KF-105 */
START_TEST(fields_are_joined_and_the_target_names_the_host) {
  answer a =
      ask(s.port, "GET http://real:81/hello.app HTTP/1.1\r\nHost: other\r\nX-A: 1\r\nx-a: 2\r\n"
                  "Cookie: a=1\r\nCookie: b=2\r\n\r\n");
  ck_assert_line(a, "HTTP_X_A=1, 2");
  ck_assert_line(a, "HTTP_COOKIE=a=1; b=2");
  ck_assert_line(a, "HTTP_HOST=real:81");
  ck_assert_line(a, "SERVER_NAME=real");
  ck_assert_line(a, "REQUEST_URI=http://real:81/hello.app");
  answer_free(&a);
}
END_TEST

START_TEST(the_servers_facts_arrive) {
  answer a = ask(s.port,
                 "POST /hello.app HTTP/1.0\r\nContent-Type: text/x\r\nContent-Length: 2\r\n\r\nab");
  char line[64];
  snprintf(line, sizeof line, "\nSERVER_PORT=%u\n", s.port);
  ck_assert_ptr_nonnull(strstr(a.body, line));
  ck_assert_line(a, "SERVER_PROTOCOL=HTTP/1.0");
  ck_assert_line(a, "SERVER_ADDR=127.0.0.1");
  ck_assert_line(a, "SERVER_NAME=127.0.0.1");
  ck_assert_line(a, "REMOTE_ADDR=127.0.0.1");
  ck_assert_line(a, "REQUEST_METHOD=POST");
  ck_assert_line(a, "CONTENT_TYPE=text/x");
  ck_assert_line(a, "CONTENT_LENGTH=2");
  ck_assert_line(a, "REDIRECT_STATUS=200");
  ck_assert_ptr_null(strstr(a.body, "HTTPS="));
  ck_assert_ptr_null(strstr(a.body, "HTTP_CONTENT"));
  answer_free(&a);
}
END_TEST

/* KF-003, KF-128: fields that no record holds. */
START_TEST(parameters_that_are_too_large_are_refused) {
  static char request[80000];
  size_t n = (size_t) sprintf(request, "GET /hello.app?");
  answer a;
  memset(request + n, 'q', 8000);
  n += 8000;
  n += (size_t) sprintf(request + n, " HTTP/1.1\r\nHost: test\r\nX: ");
  memset(request + n, 'x', 31000 - n);
  sprintf(request + 31000, "\r\n\r\n");
  a = ask(s.port, request);
  ck_assert_int_eq(a.status, 200); /* 32 KiB of head always fit 64 KiB of parameters */
  answer_free(&a);
}
END_TEST

/* ---- Scripts that come and go ---- */

static void start_rechecking(const char *ms) {
  const char *options[] = {"--app", ".app=" APP, "--quiet", "--recheck-ms", ms, NULL};
  site_start(&s, options);
}

static const char *script(void) {
  static char path[128];
  snprintf(path, sizeof path, "%s/new.app", s.root);
  return path;
}

static void come(void) {
  FILE *f = fopen(script(), "w");
  ck_assert_ptr_nonnull(f);
  fclose(f);
}

static void ck_assert_got(int status) {
  answer a = get(s.port, "/new.app");
  ck_assert_int_eq(a.status, status);
  answer_free(&a);
}

START_TEST(a_script_that_comes_is_found_at_once) {
  start_rechecking("never");
  ck_assert_got(404);
  come();
  ck_assert_got(200);
}
END_TEST

START_TEST(a_script_that_is_looked_for_with_each_request_is_missed_at_once) {
  start_rechecking("0");
  come();
  ck_assert_got(200);
  remove(script());
  ck_assert_got(404);
}
END_TEST

START_TEST(a_script_is_taken_to_be_there_until_it_is_looked_again) {
  start_rechecking("never");
  come();
  ck_assert_got(200);
  remove(script());
  ck_assert_got(200);
}
END_TEST

START_TEST(a_script_that_goes_is_missed_when_it_is_looked_again) {
  int status;
  start_rechecking("50");
  come();
  ck_assert_got(200);
  remove(script());
  do {
    answer a = get(s.port, "/new.app");
    status = a.status;
    answer_free(&a);
  } while (status == 200);
  ck_assert_int_eq(status, 404);
}
END_TEST

/* Paths in the same place of what is known: each is itself. */
START_TEST(many_scripts_are_not_taken_for_each_other) {
  char target[32];
  unsigned i;
  start_rechecking("never");
  come();
  ck_assert_got(200);
  for (i = 0; i < 200; i++) {
    answer a;
    snprintf(target, sizeof target, "/%u.app", i);
    a = get(s.port, target);
    ck_assert_int_eq(a.status, 404);
    answer_free(&a);
  }
}
END_TEST

static TCase *scripts_come_and_go(void) {
  TCase *c = tcase_create("scripts that come and go");
  tcase_add_checked_fixture(c, NULL, stop);
  tcase_add_test(c, a_script_that_comes_is_found_at_once);
  tcase_add_test(c, a_script_that_is_looked_for_with_each_request_is_missed_at_once);
  tcase_add_test(c, a_script_is_taken_to_be_there_until_it_is_looked_again);
  tcase_add_test(c, a_script_that_goes_is_missed_when_it_is_looked_again);
  tcase_add_test(c, many_scripts_are_not_taken_for_each_other);
  return c;
}

static TCase *paths(void) {
  TCase *c = tcase_create("paths");
  tcase_add_unchecked_fixture(c, start, stop);
  tcase_add_loop_test(c, a_script_gets_its_path_info, 0, 11);
  tcase_add_loop_test(c, a_hostile_path_is_refused, 0, 39);
  tcase_add_loop_test(c, other_spellings_are_not_served_as_text, 0, 5);
  tcase_add_test(c, well_known_files_are_served);
  tcase_add_test(c, files_lie_beside_scripts);
  tcase_add_test(c, the_query_arrives_raw);
  tcase_add_test(c, forged_fields_never_arrive);
  tcase_add_test(c, fields_are_joined_and_the_target_names_the_host);
  tcase_add_test(c, the_servers_facts_arrive);
  tcase_add_test(c, parameters_that_are_too_large_are_refused);
  return c;
}

int main(void) {
  TCase *cases[] = {paths(), scripts_come_and_go()};
  return test_suite_run("httpd/paths", cases, 2);
}
