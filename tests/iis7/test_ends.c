/* test_ends.c: what goes wrong, and clients that leave. */
#include "site.h"

static void kind(int i) {
  x.kind = (server_kind) i;
}

/* ---- Errors ---- */

START_TEST(an_application_that_fails_is_the_servers_page) {
  kind(_i);
  site_get("exit=3&before=1");
  ck_assert_uint_eq(x.status, 500);
  ck_assert_int_eq(x.is_own, 0);
  ck_assert_int_eq(x.result, RQ_NOTIFICATION_FINISH_REQUEST);
  ck_assert_ptr_nonnull(strstr(x.description, "exit"));
}
END_TEST

START_TEST(a_response_that_breaks_behind_its_head_is_cut) {
  kind(_i);
  x.limit = 0;
  site_get("size=100000&exit=1");
  ck_assert_int_eq(x.is_reset, 1);
  ck_assert_int_eq(x.is_sent, 1);
  ck_assert_int_eq(x.result, RQ_NOTIFICATION_FINISH_REQUEST);
}
END_TEST

START_TEST(a_response_that_breaks_before_anything_is_sent_becomes_a_page) {
  kind(_i);
  x.limit = 4 << 20;
  site_get("size=100000&exit=1&header=X-Theirs:1");
  ck_assert_int_eq(x.is_reset, 0);
  ck_assert_uint_eq(x.status, 500);
  ck_assert_ptr_nonnull(strstr(site_text(), "<h1>500 "));
  ck_assert_str_eq(server_field(&x, "X-Theirs"), "(absent)");
}
END_TEST

START_TEST(an_error_is_traced) {
  site_get("exit=3&before=1");
  ck_assert_ptr_nonnull(strstr(x.traces, "FCGICLIENT_ERROR: "));
}
END_TEST

/* ---- STDERR ---- */

static void configure_stderr(const char *mode) {
  static const char *app[] = {"fullPath", site_app, "stderrMode", NULL, NULL};
  static const server_application all[] = {app, NULL};
  app[3] = mode;
  server_configure(all, 0);
}

START_TEST(ReturnStdErrIn500_shows_it) {
  kind(_i);
  configure_stderr("ReturnStdErrIn500");
  x.limit = 4 << 20;
  site_get("size=10&stderr=alas");
  ck_assert_uint_eq(x.status, 500);
  ck_assert_ptr_nonnull(strstr(site_text(), "alas"));
  ck_assert_str_eq(server_field(&x, "Content-Type"), "text/plain; charset=utf-8");
}
END_TEST

START_TEST(ReturnGeneric500_does_not) {
  configure_stderr("ReturnGeneric500");
  x.limit = 4 << 20;
  site_get("size=10&stderr=alas");
  ck_assert_uint_eq(x.status, 500);
  ck_assert_ptr_null(strstr(site_text(), "alas"));
}
END_TEST

START_TEST(IgnoreAndReturn200_does_as_it_says) {
  configure_stderr("IgnoreAndReturn200");
  site_get("size=10&stderr=alas");
  ck_assert_uint_eq(x.status, 200);
  site_expect_pattern(&x, 10);
}
END_TEST

static void get_pid(char pid[32]) {
  site_again();
  site_get("pid=1");
  snprintf(pid, 32, "%s", site_text());
}

START_TEST(TerminateProcess_ends_it) {
  char before[32], after[32];
  configure_stderr("TerminateProcess");
  get_pid(before);
  site_again();
  site_get("size=10&stderr=alas");
  ck_assert_uint_eq(x.status, 500);
  get_pid(after);
  ck_assert_str_ne(before, after);
}
END_TEST

/* ---- Clients that leave ---- */

/* The application never answers: nothing but the word that the client has left ends this. */
START_TEST(a_client_that_leaves_is_told_of) {
  connection c;
  uv_thread_t thread;
  kind(_i);
  server_connect(&c);
  x.connection = &c;
  site_post("hello", 5, 5);
  site_prepare("hang=1");
  uv_thread_create(&thread, site_run_of, &x);
  server_wait_until_watched(&c);
  server_disconnect(&c);
  uv_thread_join(&thread);
  ck_assert_str_eq(x.fault, "");
  ck_assert_int_eq(x.is_reset, 1);
  server_close(&c);
}
END_TEST

START_TEST(a_client_that_has_left_before_is_found_by_asking) {
  connection c;
  kind(_i);
  server_connect(&c);
  c.is_gone = c.is_silent = 1;
  x.connection = &c;
  site_get("size=10");
  ck_assert_int_eq(x.is_reset, 1);
  ck_assert_int_eq(x.is_sent, 0);
  server_close(&c);
}
END_TEST

START_TEST(a_connection_serves_several_one_after_the_other) {
  connection c;
  int i;
  server_connect(&c);
  for (i = 0; i < 5; i++) {
    site_again();
    kind(_i);
    x.connection = &c;
    site_get("size=10");
    site_expect_pattern(&x, 10);
  }
  server_close(&c);
}
END_TEST

/* HTTP/2.  All of them end. */
START_TEST(a_connection_that_ends_ends_all_that_it_has) {
  enum { COUNT = 3 };
  connection c;
  exchange *all = calloc(COUNT, sizeof *all);
  uv_thread_t threads[COUNT];
  int i;
  kind(_i);
  server_connect(&c);
  x.connection = &c;
  site_prepare("hang=1");
  for (i = 0; i < COUNT; i++) {
    all[i] = x;
    uv_thread_create(&threads[i], site_run_of, &all[i]);
  }
  server_wait_until_watched(&c);
  server_disconnect(&c); /* who comes later finds out by asking */
  for (i = 0; i < COUNT; i++) {
    uv_thread_join(&threads[i]);
    ck_assert_str_eq(all[i].fault, "");
    ck_assert_int_eq(all[i].is_reset, 1);
  }
  server_close(&c);
  free(all);
}
END_TEST

/* ---- A server that fails ---- */

START_TEST(a_field_that_the_server_does_not_take_is_an_error) {
  kind(_i);
  x.call_fails = 1;
  site_get("size=10&length=1");
  ck_assert_uint_eq(x.status, 500);
  ck_assert_ptr_nonnull(strstr(x.description, "response head"));
}
END_TEST

START_TEST(a_read_that_cannot_begin_ends_the_request) {
  kind(_i);
  site_post("hello", 5, 5);
  x.call_fails = 2;
  site_get("sum=1");
  ck_assert_int_eq(x.is_reset, 1);
}
END_TEST

START_TEST(a_flush_that_cannot_begin_ends_the_request) {
  kind(_i);
  x.call_fails = 3;
  site_get("size=100000");
  ck_assert_int_eq(x.is_reset, 1);
  ck_assert_uint_eq(x.out_len, 0);
}
END_TEST

START_TEST(a_chunk_that_is_not_taken_ends_the_request) {
  kind(_i);
  x.limit = 4 << 20;
  x.call_fails = 4;
  site_get("size=1000");
  ck_assert_int_eq(x.is_reset, 1);
  ck_assert_uint_eq(x.out_len, 0);
}
END_TEST

/* Once, twice or always: then the client's loop is the thread that the server has not. */
static void fail_posts(int i) {
  static const unsigned counts[] = {1, 2, 1000000};
  kind(i % SERVER_KINDS);
  x.post_fails = counts[(i / SERVER_KINDS + i) % 3];
}

#ifdef _WIN32 /* starting programs is slow */
enum { FAILING_WAYS = SERVER_KINDS };
#else
enum { FAILING_WAYS = SERVER_KINDS * 3 };
#endif

START_TEST(a_completion_that_is_not_taken_loses_no_response) { /* loop: how often, and each kind */
  fail_posts(_i);
  x.limit = _i % 2 ? 4 << 20 : 0;
  site_get("size=300000");
  ck_assert_uint_eq(x.status, 200);
  ck_assert_uint_ge(x.posts_failed, 1);
  site_expect_pattern(&x, 300000);
}
END_TEST

START_TEST(a_completion_that_is_not_taken_loses_no_body) { /* loop likewise */
  char *bytes = calloc(1, 200000);
  fail_posts(_i);
  site_post(bytes, 200000, 200000);
  site_get("echo=1");
  ck_assert_uint_eq(x.out_len, 200000);
  free(bytes);
}
END_TEST

START_TEST(a_completion_that_is_not_taken_loses_no_error) { /* loop likewise */
  fail_posts(_i);
  site_get("exit=3&before=1");
  ck_assert_uint_eq(x.status, 500);
  ck_assert_int_eq(x.result, RQ_NOTIFICATION_FINISH_REQUEST);
}
END_TEST

/* ---- Detailed errors: sub-status and HRESULT, as Microsoft's module gives them ---- */

static void configure_app(const char *name, const char *value, const char *other, const char *its) {
  static const char *app[] = {"fullPath", site_app, NULL, NULL, NULL, NULL, NULL};
  static const server_application all[] = {app, NULL};
  app[2] = name;
  app[3] = value;
  app[4] = other;
  app[5] = its;
  server_configure(all, 0);
}

START_TEST(an_application_that_fails_is_500_0) {
  configure_app("maxInstances", "1", NULL, NULL);
  site_get("exit=3&before=1");
  ck_assert_uint_eq(x.status, 500);
  ck_assert_uint_eq(x.substatus, 0);
  ck_assert_int_eq(x.error, 0);
}
END_TEST

START_TEST(what_is_not_there_has_its_HRESULT) {
  site_prepare_path("/nowhere.test", "");
  site_run();
  ck_assert_uint_eq(x.status, 404);
  ck_assert_uint_eq((unsigned) x.error, 0x80070002); /* ERROR_FILE_NOT_FOUND */
  ck_assert_uint_eq((unsigned) x.error_status, 0x80070002);
}
END_TEST

/* The shortest that the section takes is 10 seconds: with FCGICLIENT_TEST_ALL. */
START_TEST(an_application_that_is_too_slow_is_a_timeout) { /* loop: which limit it was */
  configure_app(_i ? "requestTimeout" : "activityTimeout", "10", NULL, NULL);
  site_get("hang=1");
  ck_assert_uint_eq(x.status, 500);
  ck_assert_uint_eq((unsigned) x.error, 0x80070102); /* WAIT_TIMEOUT */
  ck_assert_uint_eq((unsigned) x.error_status, 0x80070102);
}
END_TEST

enum { GUESTS = 3 };
typedef struct guest {
  exchange x;
  connection c;
  uv_thread_t thread;
  uv_sem_t *over;
} guest;

static void stay(void *of) {
  guest *g = of;
  server_run(&g->x);
  uv_sem_post(g->over);
}

/* Two hang, one in the process and one in the queue; the third, whichever it is, is one too many.
 */
START_TEST(a_full_queue_is_503_4) {
  guest *guests = calloc(GUESTS, sizeof *guests);
  uv_sem_t over;
  int i, refused = 0;
  kind(SERVER_LATER);
  uv_sem_init(&over, 0);
  configure_app("maxInstances", "1", "queueLength", "1");
  site_prepare("hang=1");
  for (i = 0; i < GUESTS; i++) {
    guests[i].x = x;
    guests[i].over = &over;
    server_connect(&guests[i].c);
    guests[i].x.connection = &guests[i].c;
    uv_thread_create(&guests[i].thread, stay, &guests[i]);
  }
  uv_sem_wait(&over);
  for (i = 0; i < GUESTS; i++)
    server_disconnect(&guests[i].c);
  for (i = 0; i < GUESTS; i++) {
    uv_thread_join(&guests[i].thread);
    ck_assert_str_eq(guests[i].x.fault, "");
    refused += guests[i].x.status == 503 && guests[i].x.substatus == 4;
    server_free(&guests[i].x);
    server_close(&guests[i].c);
  }
  ck_assert_int_eq(refused, 1);
  uv_sem_destroy(&over);
  free(guests);
}
END_TEST

int main(void) {
  TCase *errors = tcase_create("errors"), *words = tcase_create("stderr"),
        *gone = tcase_create("gone"), *server = tcase_create("server"),
        *numbers = tcase_create("numbers");
  tcase_add_checked_fixture(errors, site_setup, site_teardown);
  tcase_set_timeout(errors, 60);
  tcase_add_loop_test(errors, an_application_that_fails_is_the_servers_page, 0, SERVER_KINDS);
  tcase_add_loop_test(errors, a_response_that_breaks_behind_its_head_is_cut, 0, SERVER_KINDS);
  tcase_add_loop_test(errors, a_response_that_breaks_before_anything_is_sent_becomes_a_page, 0,
                      SERVER_KINDS);
  tcase_add_test(errors, an_error_is_traced);
  tcase_add_checked_fixture(words, site_setup, site_teardown);
  tcase_set_timeout(words, 60);
  tcase_add_loop_test(words, ReturnStdErrIn500_shows_it, 0, SERVER_KINDS);
  tcase_add_test(words, ReturnGeneric500_does_not);
  tcase_add_test(words, IgnoreAndReturn200_does_as_it_says);
  tcase_add_test(words, TerminateProcess_ends_it);
  tcase_add_checked_fixture(gone, site_setup, site_teardown);
  tcase_set_timeout(gone, 60);
  tcase_add_loop_test(gone, a_client_that_leaves_is_told_of, 0, SERVER_KINDS);
  tcase_add_loop_test(gone, a_client_that_has_left_before_is_found_by_asking, 0, SERVER_KINDS);
  tcase_add_loop_test(gone, a_connection_serves_several_one_after_the_other, 0, SERVER_KINDS);
  tcase_add_loop_test(gone, a_connection_that_ends_ends_all_that_it_has, 0, SERVER_KINDS);
  tcase_add_checked_fixture(server, site_setup, site_teardown);
  tcase_set_timeout(server, 60);
  tcase_add_loop_test(server, a_field_that_the_server_does_not_take_is_an_error, 0, SERVER_KINDS);
  tcase_add_loop_test(server, a_read_that_cannot_begin_ends_the_request, 0, SERVER_KINDS);
  tcase_add_loop_test(server, a_flush_that_cannot_begin_ends_the_request, 0, SERVER_KINDS);
  tcase_add_loop_test(server, a_chunk_that_is_not_taken_ends_the_request, 0, SERVER_KINDS);
  tcase_add_loop_test(server, a_completion_that_is_not_taken_loses_no_response, 0, FAILING_WAYS);
  tcase_add_loop_test(server, a_completion_that_is_not_taken_loses_no_body, 0, FAILING_WAYS);
  tcase_add_loop_test(server, a_completion_that_is_not_taken_loses_no_error, 0, FAILING_WAYS);
  tcase_add_checked_fixture(numbers, site_setup, site_teardown);
  tcase_set_timeout(numbers, 60);
  tcase_add_test(numbers, an_application_that_fails_is_500_0);
  tcase_add_test(numbers, what_is_not_there_has_its_HRESULT);
  tcase_add_test(numbers, a_full_queue_is_503_4);
  if (getenv("FCGICLIENT_TEST_ALL"))
    tcase_add_loop_test(numbers, an_application_that_is_too_slow_is_a_timeout, 0, 2);
  return test_suite_run("iis7/ends", (TCase *[]){errors, words, gone, server, numbers}, 5);
}
