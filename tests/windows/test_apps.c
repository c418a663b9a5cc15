/* test_apps.c: applications that our pool starts, on an inherited named pipe and on an inherited
   port: libfcgi's examples, and PHP's main/fastcgi.c. */
#include "windows/apps.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In loop tests _i is 0 for a pipe, 1 for a port. */

static call *ask(fcl_pool *pool, const char *query) {
  call *c = call_get(pool, "/script", query);
  call_wait(c);
  return c;
}

static void says(fcl_pool *pool, const char *query, const char *expected) {
  call *c = ask(pool, query);
  call_is_ok(c);
  ck_assert_str_eq(c->text, expected);
}

/* ---- libfcgi ---- */

START_TEST(libfcgi_is_started_and_answers) {
  fcl_pool_options o = app_options("fcgi-echo", _i);
  call *c = ask(driver_pool(&o), "a=b");
  call_is_ok(c);
  ck_assert_ptr_nonnull(strstr(c->text, "<title>FastCGI echo</title>"));
  ck_assert_ptr_nonnull(strstr(c->text, "Request number 1,"));
  ck_assert_ptr_nonnull(strstr(c->text, "QUERY_STRING=a=b"));
}
END_TEST

/* One process has served all of them. */
static void counts_up_to(fcl_pool *pool, unsigned last) {
  unsigned i;
  for (i = 1; i <= last; i++) {
    char part[32];
    call *c = ask(pool, "");
    call_is_ok(c);
    snprintf(part, sizeof part, "Request number %u,", i);
    ck_assert_msg(strstr(c->text, part) != NULL, "no \"%s\" in: %s", part, c->text);
  }
}

START_TEST(libfcgi_serves_one_request_after_another_on_its_connection) {
  fcl_pool_options o = app_options("fcgi-echo", _i);
  counts_up_to(driver_pool(&o), 50);
}
END_TEST

START_TEST(libfcgi_serves_a_connection_for_each_request) {
  fcl_pool_options o = app_options("fcgi-echo", _i);
  o.new_connection_each = 1;
  o.max_processes = 1;
  counts_up_to(driver_pool(&o), 20);
}
END_TEST

START_TEST(libfcgi_echoes_an_upload_whole) {
  fcl_pool_options o = app_options("fcgi-echo", _i);
  call_plan plan = {0};
  call *c;
  plan.upload = 300000;
  c = call_start(driver_pool(&o), &plan);
  call_is_ok(c);
  ck_assert_uint_gt(c->len, 300000);
  ck_assert_uint_eq(c->result.sent, 300000);
}
END_TEST

/* It answers with about as many bytes as PATH_INFO says. */
static call *ask_size(fcl_pool *pool, const char *bytes, uint64_t upload) {
  call_plan plan = {0};
  call *c;
  plan.path_info = bytes;
  plan.upload = upload;
  c = call_start(pool, &plan);
  call_is_ok(c);
  ck_assert_uint_ge(c->len, strtoul(bytes + 1, NULL, 10) - 100);
  return c;
}

START_TEST(libfcgi_sends_large_answers) {
  fcl_pool_options o = app_options("fcgi-size", _i);
  fcl_pool *pool = driver_pool(&o);
  ask_size(pool, "/30000", 0);
  ask_size(pool, "/1000000", 0);
}
END_TEST

/* It sits in its wait for its answer to be read, and does not read the body. */
START_TEST(an_answer_is_whole_though_its_upload_is_not_read) {
  fcl_pool_options o = app_options("fcgi-size", _i);
  fcl_pool *pool = driver_pool(&o);
  ask_size(pool, "/300000", 1000000);
  ask_size(pool, "/30000", 0);
}
END_TEST

/* ---- An authorizer ---- */

typedef struct hand {
  fcl_request *request;
  int is_done, status;
  char variable[64];
  fcl_result result;
} hand;

static fcl_flow on_head(fcl_request *r, const fcl_head *head, void *user) {
  hand *h = user;
  fcl_slice value;
  h->status = head->status;
  if (fcl_head_get(head, "Variable-PROCESS_ID", &value))
    snprintf(h->variable, sizeof h->variable, "%.*s", (int) value.len, value.base);
  return FCL_NEXT;
}

static void on_done(fcl_request *r, const fcl_result *result, void *user) {
  hand *h = user;
  h->result = *result;
  h->is_done = 1;
  fcl_request_free(r);
}

static const fcl_handlers by_hand = {on_head, NULL, NULL, NULL, NULL, on_done};

static void authorize(fcl_pool *pool, hand *h, const char *password) {
  h->request = fcl_request_new(pool, &by_hand, h);
  fcl_request_role(h->request, FCL_AUTHORIZER);
  fcl_request_param(h->request, "REQUEST_METHOD", "GET");
  fcl_request_param(h->request, "REMOTE_USER", "doe");
  fcl_request_param(h->request, "REMOTE_PASSWD", password);
  fcl_request_param(h->request, "QUERY_STRING", "forty-two");
  fcl_request_start(h->request);
  fcl_request_finish(h->request);
  wait_until(h->is_done);
  ck_assert_msg(h->result.error.code == FCL_OK, "%s", h->result.error.text);
}

static const char *const doe[] = {"USER=doe", "PASSWORD=xxxx", NULL};

START_TEST(an_authorizer_refuses) {
  fcl_pool_options o = app_options("fcgi-authorizer", _i);
  hand h = {0};
  o.env = doe;
  authorize(driver_pool(&o), &h, "wrong");
  ck_assert_int_eq(h.status, 401);
}
END_TEST

START_TEST(an_authorizer_lets_in_and_hands_over_variables) {
  fcl_pool_options o = app_options("fcgi-authorizer", _i);
  hand h = {0};
  o.env = doe;
  authorize(driver_pool(&o), &h, "xxxx");
  ck_assert_int_eq(h.status, 200);
  ck_assert_str_eq(h.variable, "forty-two");
}
END_TEST

/* ---- Threads ---- */

/* Each answer takes it two seconds; libfcgi's threads cannot share a named pipe. */
START_TEST(threads_of_one_process_answer_at_once) {
  fcl_pool_options o = app_options("fcgi-threaded", 1);
  call *calls[8];
  fcl_pool *pool;
  unsigned i;
  o.max_processes = 1;
  o.per_process = 8;
  pool = driver_pool(&o);
  for (i = 0; i < 8; i++)
    calls[i] = call_get(pool, "/script", "");
  for (i = 0; i < 8; i++) {
    call_is_ok(calls[i]);
    ck_assert_int_eq(calls[i]->result.pid, calls[0]->result.pid);
  }
  ck_assert_uint_lt(calls[7]->done_ms - calls[0]->started_ms, 8 * 2000);
}
END_TEST

/* ---- PHP's main/fastcgi.c ---- */

START_TEST(php_is_started_and_answers) {
  fcl_pool_options o = app_options("small-php", _i);
  fcl_pool *pool = driver_pool(&o);
  says(pool, "n=42", "42");
  says(pool, "n=43", "43");
}
END_TEST

START_TEST(php_takes_uploads_whole) {
  static const uint64_t sizes[] = {1, 8192, 30000, 65536, 3000000};
  fcl_pool_options o = app_options("small-php", _i);
  fcl_pool *pool = driver_pool(&o);
  unsigned i;
  for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    call_plan plan = {0};
    call *c;
    plan.query = "hash";
    plan.upload = sizes[i];
    c = call_start(pool, &plan);
    call_is_ok(c);
    ck_assert_str_eq(c->x_hash, call_hex(c->lent_hash));
  }
}
END_TEST

START_TEST(php_sends_back_what_it_takes) {
  fcl_pool_options o = app_options("small-php", _i);
  fcl_pool *pool = driver_pool(&o);
  call_plan plan = {0};
  call *c;
  plan.query = "echo";
  plan.upload = 3000000;
  c = call_start(pool, &plan);
  call_is_ok(c);
  ck_assert_uint_eq(c->len, plan.upload);
  ck_assert_str_eq(call_hex(c->hash), call_hex(c->lent_hash));
}
END_TEST

START_TEST(what_php_says_on_stderr_comes_beside_its_answer) {
  fcl_pool_options o = app_options("small-php", _i);
  call_plan plan = {0};
  call *c;
  plan.query = "stderr";
  plan.has_stderr = 1;
  c = call_start(driver_pool(&o), &plan);
  call_is_ok(c);
  ck_assert_str_eq(c->text, "said");
  ck_assert_str_eq(c->err, "PHP message: a word of mine\n");
}
END_TEST

START_TEST(a_process_that_ends_in_the_middle_of_an_answer_is_told) {
  fcl_pool_options o = app_options("small-php", _i);
  fcl_pool *pool = driver_pool(&o);
  call_failed(ask(pool, "die"), FCL_E_TRUNCATED, "exited with status 3");
  says(pool, "n=1", "1"); /* by another */
}
END_TEST

/* ---- Its environment ---- */

static int has_line(const char *text, const char *line) {
  size_t len = strlen(line);
  const char *at = text;
  while ((at = strstr(at, line)) != NULL && at[len] != '\n' && at[len] != '\r')
    at += len;
  return at != NULL;
}

START_TEST(it_finds_what_windows_gives_to_fastcgi_programs) {
  static const char *const env[] = {"MINE=\xc3\xa4 \"b\"", NULL};
  fcl_pool_options o = app_options("small-php", _i);
  call *c;
  o.env = env;
  c = ask(driver_pool(&o), "env");
  call_is_ok(c);
  ck_assert(has_line(c->text, "OS=Windows_NT"));
  ck_assert_ptr_nonnull(strstr(c->text, "_FCGI_SHUTDOWN_EVENT_="));
  ck_assert_int_eq(strstr(c->text, "_FCGI_X_PIPE_=\\\\.\\pipe\\") != NULL, _i == 0);
}
END_TEST

/* ---- The end ---- */

/* Nobody is ended by force: the last words of the pool would tell. */
static void leaves_by_itself(const char *name, int is_tcp) {
  fcl_pool_options o = app_options(name, is_tcp);
  fcl_pool *pool;
  o.stop_ms = 20000;
  pool = driver_pool(&o);
  call_is_ok(ask(pool, ""));
  ck_assert_msg(process_count() == 1, "%s", process_list());
  fcl_pool_close(pool, FCL_NEVER);
  wait_until(process_count() == 0);
  driver_shut();
  ck_assert_uint_eq(driver_events("force"), 0);
}

START_TEST(php_leaves_when_it_is_asked_to) {
  leaves_by_itself("small-php", _i);
}
END_TEST

START_TEST(libfcgi_leaves_when_it_is_asked_to) {
  leaves_by_itself("fcgi-echo", _i);
}
END_TEST

START_TEST(idle_processes_leave) {
  fcl_pool_options o = app_options("small-php", _i);
  o.idle_ms = 100;
  says(driver_pool(&o), "n=1", "1");
  wait_until(process_count() == 0);
}
END_TEST

int main(void) {
  TCase *cases[2] = {driver_case("libfcgi"), driver_case("php")};
  tcase_add_loop_test(cases[0], libfcgi_is_started_and_answers, 0, 2);
  tcase_add_loop_test(cases[0], libfcgi_serves_one_request_after_another_on_its_connection, 0, 2);
  tcase_add_loop_test(cases[0], libfcgi_serves_a_connection_for_each_request, 0, 2);
  tcase_add_loop_test(cases[0], libfcgi_echoes_an_upload_whole, 0, 2);
  tcase_add_loop_test(cases[0], libfcgi_sends_large_answers, 0, 2);
  tcase_add_loop_test(cases[0], an_answer_is_whole_though_its_upload_is_not_read, 0, 2);
  tcase_add_loop_test(cases[0], an_authorizer_refuses, 0, 2);
  tcase_add_loop_test(cases[0], an_authorizer_lets_in_and_hands_over_variables, 0, 2);
  tcase_add_test(cases[0], threads_of_one_process_answer_at_once);
  tcase_add_loop_test(cases[0], libfcgi_leaves_when_it_is_asked_to, 0, 2);
  tcase_add_loop_test(cases[1], php_is_started_and_answers, 0, 2);
  tcase_add_loop_test(cases[1], php_takes_uploads_whole, 0, 2);
  tcase_add_loop_test(cases[1], php_sends_back_what_it_takes, 0, 2);
  tcase_add_loop_test(cases[1], what_php_says_on_stderr_comes_beside_its_answer, 0, 2);
  tcase_add_loop_test(cases[1], a_process_that_ends_in_the_middle_of_an_answer_is_told, 0, 2);
  tcase_add_loop_test(cases[1], it_finds_what_windows_gives_to_fastcgi_programs, 0, 2);
  tcase_add_loop_test(cases[1], php_leaves_when_it_is_asked_to, 0, 2);
  tcase_add_loop_test(cases[1], idle_processes_leave, 0, 2);
  return app_main("windows_apps", cases, 2);
}
