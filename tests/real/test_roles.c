/* test_roles.c: authorizers and filters as processes that the library starts: bin/app, which plays
   them on our own codec; also what it reads of parameters that are cut, and what its STDERR does.
 */
#include "real/driver.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static fcl_pool *app_as(const char *name, const char *role, fcl_pool_options o) {
  const char *argv[] = {"app", "--role", role, NULL};
  o.name = name;
  o.program = REAL_APP;
  o.argv = argv;
  return driver_pool(&o);
}

static fcl_pool *pool_of(const char *role) {
  fcl_pool_options o = {0};
  return app_as(role, role, o);
}

/* ---- One request, lent step by step ---- */

static struct {
  fcl_request *request;
  char head[512], text[600000];
  size_t len;
  const char *body, *data; /* what is left to lend */
  size_t body_left, data_left;
  int is_finished, is_done;
  fcl_result result;
} x;

static void lend_next(void) {
  size_t n = x.body_left < 70000 ? x.body_left : 70000;
  if (n > 0) {
    fcl_request_write(x.request, x.body, n);
    x.body += n;
    x.body_left -= n;
    return;
  }
  if (!x.is_finished)
    fcl_request_finish(x.request);
  x.is_finished = 1;
  n = x.data_left < 70000 ? x.data_left : 70000;
  if (n == 0)
    return;
  fcl_request_data(x.request, x.data, n);
  x.data += n;
  x.data_left -= n;
}

static fcl_flow on_head(fcl_request *r, const fcl_head *head, void *user) {
  fcl_slice type = {"", 0};
  fcl_head_get(head, "X-Reason", &type);
  snprintf(x.head, sizeof x.head, "%d %.*s", head->status, (int) type.len, type.base);
  return FCL_NEXT;
}

static fcl_flow on_body(fcl_request *r, const char *data, size_t len, void *user) {
  ck_assert_uint_lt(x.len + len, sizeof x.text);
  memcpy(x.text + x.len, data, len);
  x.len += len;
  x.text[x.len] = 0;
  return FCL_NEXT;
}

static void on_sent(fcl_request *r, fcl_code code, void *user) {
  if (code == FCL_OK)
    lend_next();
}

static void on_done(fcl_request *r, const fcl_result *result, void *user) {
  x.is_done = 1;
  x.result = *result;
  fcl_request_free(r);
}

static void new_request(fcl_pool *pool, const char *method, const char *query) {
  static const fcl_handlers handlers = {on_head, on_body, NULL, on_sent, NULL, on_done};
  memset(&x, 0, sizeof x);
  x.request = fcl_request_new(pool, &handlers, NULL);
  fcl_request_param(x.request, "REQUEST_METHOD", method);
  fcl_request_param(x.request, "SCRIPT_NAME", "/x");
  fcl_request_param(x.request, "QUERY_STRING", query);
}

static void run(void) {
  fcl_request_start(x.request);
  lend_next();
  wait_until(x.is_done);
}

static char *bytes_of(size_t len) {
  char *bytes = malloc(len + 1);
  size_t n;
  for (n = 0; n < len; n++)
    bytes[n] = (char) ('a' + n % 26);
  bytes[len] = 0;
  return bytes;
}

/* ---- Authorizers ---- */

START_TEST(an_authorizer_lets_an_upload_through_and_gives_it_a_variable) { /* KF-127, KF-142 */
  char *body = bytes_of(500000);
  fcl_pool *gate = pool_of("authorizer"), *app = pool_of("responder");
  int n;
  for (n = 0; n < 3; n++) {
    new_request(app, "POST", "header=Variable-REMOTE_USER:jo&sum=1");
    fcl_request_authorize(x.request, gate);
    fcl_request_body(x.request, 500000, FCL_BODY_REFUSE);
    x.body = body;
    x.body_left = 500000;
    run();
    ck_assert_msg(x.result.error.code == FCL_OK, "%s", x.result.error.text);
    ck_assert_str_eq(x.head, "200 ");
    ck_assert_msg(strstr(x.text, "500000 bytes, ") == x.text, "%s", x.text);
  }
  new_request(app, "GET", "header=Variable-REMOTE_USER:jo");
  fcl_request_authorize(x.request, gate);
  run();
  ck_assert_ptr_nonnull(strstr(x.text, "REMOTE_USER=jo\n"));
  ck_assert_ptr_nonnull(strstr(x.text, "SCRIPT_NAME=/x\n"));
  free(body);
}
END_TEST

START_TEST(an_authorizers_refusal_is_the_answer) {
  fcl_pool *gate = pool_of("authorizer"), *app = pool_of("responder");
  new_request(app, "GET", "status=403&header=X-Reason:guests&size=5");
  fcl_request_authorize(x.request, gate);
  run();
  ck_assert_int_eq(x.result.error.code, FCL_OK);
  ck_assert_str_eq(x.head, "403 guests");
  ck_assert_uint_eq(x.len, 5);
}
END_TEST

START_TEST(an_authorizer_sees_nothing_that_belongs_to_the_body) {
  fcl_pool *gate = pool_of("authorizer");
  new_request(gate, "POST", "");
  fcl_request_role(x.request, FCL_AUTHORIZER);
  fcl_request_param(x.request, "PATH_INFO", "/p");
  run();
  ck_assert_str_eq(x.text, "REQUEST_METHOD=POST\nQUERY_STRING=\n");
}
END_TEST

START_TEST(an_authorizer_that_dies_lets_nobody_through) {
  static const char *const deaths[] = {"exit=1&before=1", "signal=9", "noend=1", "app=1"};
  fcl_pool *gate = pool_of("authorizer"), *app = pool_of("responder");
  new_request(app, "GET", deaths[_i]);
  fcl_request_authorize(x.request, gate);
  run();
  ck_assert_int_ne(x.result.error.code, FCL_OK);
  ck_assert_msg(strstr(x.result.error.text, "authorizer: process ") == x.result.error.text, "%s",
                x.result.error.text);
  ck_assert_str_eq(x.head, "");
}
END_TEST

START_TEST(many_requests_share_few_authorizers) { /* KF-132 */
  fcl_pool_options two = {0};
  fcl_pool *gate, *app = pool_of("responder");
  int n;
  two.max_processes = 2;
  gate = app_as("authorizer", "authorizer", two);
  for (n = 0; n < 50; n++) {
    char query[32];
    snprintf(query, sizeof query, "n=%d", n);
    new_request(app, "GET", query);
    fcl_request_authorize(x.request, gate);
    run();
    ck_assert_str_eq(x.head, "200 ");
  }
  ck_assert_uint_le(process_count_named("app"), 2 + 4);
}
END_TEST

START_TEST(who_does_not_play_the_role_says_so) {
  fcl_pool *app = pool_of(_i ? "filter" : "responder");
  new_request(app, "GET", "");
  fcl_request_role(x.request, FCL_AUTHORIZER);
  run();
  ck_assert_int_eq(x.result.error.code, FCL_E_ROLE);
  ck_assert_ptr_nonnull(strstr(x.result.error.text, "does not play the role of authorizer"));
}
END_TEST

/* ---- Filters ---- */

static const size_t data_sizes[] = {0, 1, 65528, 500000};

START_TEST(a_filter_answers_with_its_data) {
  size_t size = data_sizes[_i % 4], body = _i / 4 ? 200000 : 0, n;
  char *bytes = bytes_of(500000);
  fcl_pool *app = pool_of("filter");
  new_request(app, "POST", "");
  fcl_request_role(x.request, FCL_FILTER);
  fcl_request_body(x.request, (int64_t) body, FCL_BODY_REFUSE);
  fcl_request_file(x.request, (int64_t) size, 1700000000);
  x.body = x.data = bytes;
  x.body_left = body;
  x.data_left = size;
  if (body == 0) /* the application wants it in any case */
    fcl_request_param(x.request, "CONTENT_LENGTH", "0");
  run();
  ck_assert_msg(x.result.error.code == FCL_OK, "%s", x.result.error.text);
  ck_assert_str_eq(x.head, "200 ");
  ck_assert_uint_eq(x.len, size);
  for (n = 0; n < size; n++)
    if (x.text[n] != bytes[n] - 32)
      ck_abort_msg("byte %zu is %d", n, x.text[n]);
  ck_assert_uint_eq(x.result.sent, body + size);
  free(bytes);
}
END_TEST

/* ---- An application on libfcgi ---- */

#ifdef REAL_FCGX
static fcl_pool *libfcgi(const char *name) {
  fcl_pool_options o = {0};
  o.name = name;
  o.program = REAL_FCGX;
  return driver_pool(&o);
}

START_TEST(an_authorizer_on_libfcgi_lets_an_upload_through) {
  char *body = bytes_of(300000);
  fcl_pool *gate = libfcgi("gate"), *app = libfcgi("app");
  int n;
  for (n = 0; n < 5; n++) {
    new_request(app, "POST", "");
    fcl_request_authorize(x.request, gate);
    fcl_request_body(x.request, 300000, FCL_BODY_REFUSE);
    x.body = body;
    x.body_left = 300000;
    run();
    ck_assert_msg(x.result.error.code == FCL_OK, "%s", x.result.error.text);
    ck_assert_ptr_nonnull(strstr(x.text, "body of 300000 bytes\n"));
    ck_assert_ptr_nonnull(strstr(x.text, "\nREMOTE_USER=jo\n"));
    ck_assert_ptr_nonnull(strstr(x.text, "\nFCGI_ROLE=RESPONDER\n"));
  }
  ck_assert_uint_eq(process_count_named("fcgx"), 2);
  free(body);
}
END_TEST

START_TEST(an_authorizer_on_libfcgi_refuses) {
  fcl_pool *gate = libfcgi("gate"), *app = libfcgi("app");
  new_request(app, "GET", "deny");
  fcl_request_authorize(x.request, gate);
  run();
  ck_assert_int_eq(x.result.error.code, FCL_OK);
  ck_assert_str_eq(x.head, "403 libfcgi");
  ck_assert_str_eq(x.text, "no");
}
END_TEST

/* One process plays both, one after the other, on a kept connection. */
START_TEST(a_process_on_libfcgi_may_play_several_roles) {
  fcl_pool_options one = {0};
  fcl_pool *app;
  one.name = "app";
  one.program = REAL_FCGX;
  one.max_processes = 1;
  app = driver_pool(&one);
  new_request(app, "GET", "");
  fcl_request_authorize(x.request, app);
  run();
  ck_assert_int_eq(x.result.error.code, FCL_OK);
  ck_assert_ptr_nonnull(strstr(x.text, "\nREMOTE_USER=jo\n"));
}
END_TEST

START_TEST(a_filter_on_libfcgi_is_given_body_and_data) {
  size_t size = data_sizes[_i % 4], body = _i / 4 ? 200000 : 0, n;
  char *bytes = bytes_of(500000), reason[64];
  fcl_pool *app = libfcgi("filter");
  int again;
  for (again = 0; again < 2; again++) {
    new_request(app, "POST", "");
    fcl_request_role(x.request, FCL_FILTER);
    fcl_request_body(x.request, (int64_t) body, FCL_BODY_REFUSE);
    fcl_request_file(x.request, (int64_t) size, 1700000000);
    x.body = x.data = bytes;
    x.body_left = body;
    x.data_left = size;
    run();
    ck_assert_msg(x.result.error.code == FCL_OK, "%s", x.result.error.text);
    snprintf(reason, sizeof reason, "200 body of %zu bytes", body);
    ck_assert_str_eq(x.head, reason);
    ck_assert_uint_eq(x.len, size);
    for (n = 0; n < size; n++)
      if (x.text[n] != bytes[size - 1 - n])
        ck_abort_msg("byte %zu is %d", n, x.text[n]);
  }
  free(bytes);
}
END_TEST

START_TEST(a_parameter_that_is_cut_reaches_libfcgi_whole) {
  fcl_pool_options o = {0};
  char *value = bytes_of(150000);
  fcl_pool *app;
  o.name = "app";
  o.program = REAL_FCGX;
  o.max_params = o.max_param = 500000;
  app = driver_pool(&o);
  new_request(app, "GET", "");
  fcl_request_param(x.request, "BIG", value);
  run();
  ck_assert_int_eq(x.result.error.code, FCL_OK);
  ck_assert_ptr_nonnull(strstr(x.text, value));
  free(value);
}
END_TEST

static TCase *on_libfcgi(void) {
  TCase *t = driver_case("libfcgi");
  tcase_add_test(t, an_authorizer_on_libfcgi_lets_an_upload_through);
  tcase_add_test(t, an_authorizer_on_libfcgi_refuses);
  tcase_add_test(t, a_process_on_libfcgi_may_play_several_roles);
  tcase_add_loop_test(t, a_filter_on_libfcgi_is_given_body_and_data, 0, 8);
  tcase_add_test(t, a_parameter_that_is_cut_reaches_libfcgi_whole);
  return t;
}
#else
static TCase *on_libfcgi(void) {
  return driver_case("libfcgi");
}
#endif

/* ---- Parameters and STDERR ---- */

START_TEST(a_parameter_that_is_cut_between_records_arrives_whole) {
  fcl_pool_options o = {0};
  char *value = bytes_of(200000);
  fcl_pool *app;
  o.max_params = o.max_param = 500000;
  app = app_as("app", "responder", o);
  new_request(app, "GET", "");
  fcl_request_param(x.request, "BIG", value);
  fcl_request_param(x.request, "SMALL", "1");
  run();
  ck_assert_int_eq(x.result.error.code, FCL_OK);
  ck_assert_ptr_nonnull(strstr(x.text, value));
  ck_assert_ptr_nonnull(strstr(x.text, "\nSMALL=1\n"));
  free(value);
}
END_TEST

START_TEST(an_application_that_writes_to_stderr_is_ended_where_that_is_asked_for) {
  fcl_pool_options o = {0};
  fcl_pool *app;
  o.stderr_mode = FCL_STDERR_TERMINATE;
  o.max_processes = 1;
  app = app_as("app", "responder", o);
  new_request(app, "GET", "stderr=oops&size=5&slow=100");
  run();
  ck_assert_int_eq(x.result.error.code, FCL_E_STDERR);
  ck_assert_msg(strstr(x.result.error.text, "wrote to STDERR: \"oops\"") != NULL &&
                    strstr(x.result.error.text, "and was ended") != NULL,
                "%s", x.result.error.text);
  wait_until(!process_lives(x.result.pid));
  new_request(app, "GET", "size=5");
  run();
  ck_assert_int_eq(x.result.error.code, FCL_OK);
}
END_TEST

int main(void) {
  TCase *cases[] = {driver_case("authorizers"), driver_case("filters"), driver_case("others"),
                    on_libfcgi()};
  tcase_add_test(cases[0], an_authorizer_lets_an_upload_through_and_gives_it_a_variable);
  tcase_add_test(cases[0], an_authorizers_refusal_is_the_answer);
  tcase_add_test(cases[0], an_authorizer_sees_nothing_that_belongs_to_the_body);
  tcase_add_loop_test(cases[0], an_authorizer_that_dies_lets_nobody_through, 0, 4);
  tcase_add_test(cases[0], many_requests_share_few_authorizers);
  tcase_add_loop_test(cases[0], who_does_not_play_the_role_says_so, 0, 2);
  tcase_add_loop_test(cases[1], a_filter_answers_with_its_data, 0, 8);
  tcase_add_test(cases[2], a_parameter_that_is_cut_between_records_arrives_whole);
  tcase_add_test(cases[2], an_application_that_writes_to_stderr_is_ended_where_that_is_asked_for);
  return driver_main("roles", cases, 4, 0);
}
