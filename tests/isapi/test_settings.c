/* test_settings.c: the configuration of a server process: good, bad, missing, changed. */
#include "site.h"
#include "support/scratch.h"
#include <time.h>
#include <uv.h>

#define GOOD "[Types]\ntest=App\n[App]\nExePath=" APP "\n"

#define LASTING "MaxInstances=1\nInstanceMaxRequests=1000000\n" /* one process, however many */
#define TWO                                                                                        \
  "[Types]\ntest=App\nother=Other\n[App]\nExePath=" APP "\n" LASTING "[Other]\nExePath=" APP "\n"

enum { ENOUGH_S = 20 };

static void setup(void) {
  site_setup_empty();
  site_write("root/a.test", "");
  site_log_begin();
}

static int log_has(const char *what) {
  return strstr(site_log(), what) != NULL;
}

static const char *get(const char *query) {
  server_free(&x);
  memset(&x, 0, sizeof x);
  site_get(query);
  return x.status;
}

static void get_other(const char *query) {
  server_free(&x);
  memset(&x, 0, sizeof x);
  site_get_from("/b.other", query);
  ck_assert_str_eq(x.status, "200 OK");
}

/* The file is looked at once a second. */
static int becomes(const char *status) {
  time_t until = time(NULL) + ENOUGH_S;
  while (strcmp(get("size=1"), status) != 0)
    if (time(NULL) > until)
      return 0;
  return 1;
}

START_TEST(a_file_that_is_not_there_is_500_and_a_sentence) {
  ck_assert_str_eq(get(""), "500 Internal Server Error");
  ck_assert(log_has("fcgiclient: "));
  ck_assert(log_has(site_path("fcgiext.ini")));
}
END_TEST

START_TEST(StderrMode_shows_the_error_stream_where_that_is_asked_for) { /* loop */
  static const char *const modes[] = {"", "StderrMode=ReturnStderrIn500\n",
                                      "StderrMode=ReturnGeneric500\n"};
  char ini[300];
  snprintf(ini, sizeof ini, GOOD "%s", modes[_i]);
  site_write("fcgiext.ini", ini);
  get("stderr=oops&size=5");
  ck_assert_str_eq(x.status, _i ? "500 Internal Server Error" : "200 OK");
  ck_assert_int_eq(strcmp(site_text(), "oops") == 0, _i == 1);
}
END_TEST

START_TEST(each_bad_line_is_in_the_log) {
  site_write("fcgiext.ini", GOOD "Colour=red\nMaxInstances=many\n");
  ck_assert_str_eq(get(""), "500 Internal Server Error");
  ck_assert(log_has("fcgiext.ini:5: "));
  ck_assert(log_has("fcgiext.ini:6: "));
}
END_TEST

START_TEST(the_client_learns_nothing_of_it) {
  site_write("fcgiext.ini", GOOD "Colour=red\n");
  get("");
  ck_assert_ptr_null(strstr(site_text(), "Colour"));
  ck_assert_ptr_null(strstr(site_text(), "fcgiext"));
}
END_TEST

START_TEST(a_bad_file_that_becomes_good_serves) {
  site_write("fcgiext.ini", "[Types\n");
  ck_assert_str_eq(get(""), "500 Internal Server Error");
  site_write("fcgiext.ini", GOOD);
  ck_assert(becomes("200 OK"));
}
END_TEST

START_TEST(a_good_file_that_becomes_bad_serves_on) {
  site_write("fcgiext.ini", GOOD);
  ck_assert_str_eq(get("size=1"), "200 OK");
  site_write("fcgiext.ini", GOOD "Colour=red\n");
  while (!log_has("fcgiext.ini:5: "))
    ck_assert_str_eq(get("size=1"), "200 OK");
  ck_assert_str_eq(get("size=1"), "200 OK");
}
END_TEST

/* The process that answers, in one of two buffers. */
static const char *process(void) {
  static char pids[2][32];
  static int next;
  next = !next;
  get("pid=1");
  snprintf(pids[next], sizeof *pids, "%s", site_text());
  return pids[next];
}

START_TEST(a_process_that_must_be_another_is_replaced) {
  const char *before;
  site_write("fcgiext.ini", GOOD);
  before = process();
  ck_assert_str_eq(process(), before);
  site_write("fcgiext.ini", GOOD "EnvironmentVars=A:b\n");
  while (strcmp(site_text(), before) == 0)
    ck_assert_str_eq(get("pid=1"), "200 OK");
}
END_TEST

START_TEST(a_process_that_need_not_be_another_stays) {
  char before[32];
  site_write("fcgiext.ini", GOOD LASTING);
  snprintf(before, sizeof before, "%s", process());
  site_write("fcgiext.ini", GOOD LASTING "StderrMode=ReturnGeneric500\nRequestTimeout=77\n");
  while (strcmp(get("stderr=oops"), "200 OK") == 0)
    ;
  ck_assert_str_eq(process(), before);
}
END_TEST

START_TEST(an_application_that_is_not_changed_keeps_its_process_while_another_is) {
  char before[32], other[32];
  site_write("fcgiext.ini", TWO);
  site_write("root/b.other", "");
  snprintf(before, sizeof before, "%s", process());
  get_other("pid=1");
  snprintf(other, sizeof other, "%s", site_text());
  site_write("fcgiext.ini", TWO "EnvironmentVars=A:b\n");
  while (strcmp(site_text(), other) == 0)
    get_other("pid=1");
  ck_assert_str_eq(process(), before);
}
END_TEST

START_TEST(a_pool_that_cannot_become_what_is_asked_for_is_another) {
  site_write("fcgiext.ini", GOOD);
  ck_assert_str_eq(get("size=1"), "200 OK");
  site_write("fcgiext.ini", "[Types]\ntest=App\n[App]\nAddress=tcp:127.0.0.1:1\n");
  ck_assert(becomes("502 Bad Gateway"));
}
END_TEST

typedef struct visitor {
  exchange x;
  uv_thread_t thread;
  unsigned visits;
} visitor;

static uv_sem_t replaced;

/* Asks until another process answers than at first; `fault` says what else came. */
static void visit(void *of) {
  visitor *v = of;
  char before[32] = "", now[32];
  do {
    server_free(&v->x);
    v->x.out_len = v->x.heads = 0;
    server_run(&v->x);
    snprintf(now, sizeof now, "%s", v->x.out ? v->x.out : "");
    if (strcmp(v->x.status, "200 OK") != 0)
      snprintf(v->x.fault, sizeof v->x.fault, "status %s", v->x.status);
    if (v->visits++ == 0)
      snprintf(before, sizeof before, "%s", now);
    if (v->visits == 2)
      uv_sem_post(&replaced);
  } while (v->x.fault[0] == 0 && strcmp(before, now) == 0);
  server_free(&v->x);
}

START_TEST(a_file_that_changes_under_load_loses_no_request) { /* loop: kinds of servers */
  enum { VISITORS = 8 };
  static visitor all[VISITORS];
  int i;
  site_write("fcgiext.ini", GOOD "MaxInstances=1\nInstanceMaxRequests=1000000\n");
  memset(all, 0, sizeof all);
  uv_sem_init(&replaced, 0);
  get("pid=1");
  for (i = 0; i < VISITORS; i++) {
    all[i].x = x;
    all[i].x.kind = (server_kind) _i;
    all[i].x.out = NULL;
    uv_thread_create(&all[i].thread, visit, &all[i]);
  }
  for (i = 0; i < VISITORS; i++)
    uv_sem_wait(&replaced);
  site_write("fcgiext.ini",
             GOOD "MaxInstances=2\nInstanceMaxRequests=1000000\nEnvironmentVars=A:b\n");
  for (i = 0; i < VISITORS; i++) {
    uv_thread_join(&all[i].thread);
    ck_assert_str_eq(all[i].x.fault, "");
  }
}
END_TEST

START_TEST(a_type_that_is_taken_away_is_404) {
  site_write("fcgiext.ini", GOOD);
  ck_assert_str_eq(get("size=1"), "200 OK");
  site_write("fcgiext.ini", "[Types]\nother=App\n[App]\nExePath=" APP "\n");
  ck_assert(becomes("404 Not Found"));
}
END_TEST

START_TEST(without_a_variable_the_file_beside_the_module_is_read) {
  const char *fault;
  server_unload();
  site_copy(EXTENSION, "beside.so");
  test_environment_set("FCGICLIENT_INI", NULL);
  site_write("fcgiext.ini", GOOD);
  fault = server_load(site_path("beside.so"));
  ck_assert_msg(fault == NULL, "%s", fault);
  ck_assert_str_eq(get("size=1"), "200 OK");
}
END_TEST

int main(void) {
  TCase *t = tcase_create("settings");
  tcase_add_checked_fixture(t, setup, site_teardown);
  tcase_add_test(t, a_file_that_is_not_there_is_500_and_a_sentence);
  tcase_add_loop_test(t, StderrMode_shows_the_error_stream_where_that_is_asked_for, 0, 3);
  tcase_add_test(t, each_bad_line_is_in_the_log);
  tcase_add_test(t, the_client_learns_nothing_of_it);
  tcase_add_test(t, a_bad_file_that_becomes_good_serves);
  tcase_add_test(t, a_good_file_that_becomes_bad_serves_on);
  tcase_add_test(t, a_process_that_must_be_another_is_replaced);
  tcase_add_test(t, a_process_that_need_not_be_another_stays);
  tcase_add_test(t, an_application_that_is_not_changed_keeps_its_process_while_another_is);
  tcase_add_test(t, a_pool_that_cannot_become_what_is_asked_for_is_another);
  tcase_add_loop_test(t, a_file_that_changes_under_load_loses_no_request, 0, SERVER_KINDS);
  tcase_add_test(t, a_type_that_is_taken_away_is_404);
  tcase_add_test(t, without_a_variable_the_file_beside_the_module_is_read);
  return test_suite_run("isapi/settings", &t, 1);
}
