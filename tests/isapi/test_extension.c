/* test_extension.c: requests through the extension, in each of the ways that servers have. */
#include "site.h"

/* Most tests run for each kind of server: _i. */
static void kind(int i) {
  x.kind = (server_kind) i;
}

/* ---- The interface ---- */

START_TEST(the_version_is_the_librarys) {
  HSE_VERSION_INFO version;
  BOOL(WINAPI * get)
  (HSE_VERSION_INFO *) = (BOOL(WINAPI *)(HSE_VERSION_INFO *)) server_symbol("GetExtensionVersion");
  ck_assert_int_eq(get(&version), TRUE);
  ck_assert_uint_eq(version.dwExtensionVersion >> 16, 0);
  ck_assert_ptr_nonnull(strstr(version.lpszExtensionDesc, "libfcgiclient"));
}
END_TEST

static void terminate_module(void) {
  BOOL(WINAPI * terminate)(DWORD) = (BOOL(WINAPI *)(DWORD)) server_symbol("TerminateExtension");
  ck_assert_int_eq(terminate(1), TRUE);
}

START_TEST(terminating_without_a_request_does_nothing) {
  terminate_module();
  terminate_module();
}
END_TEST

START_TEST(a_request_behind_the_end_starts_all_anew) {
  kind(_i);
  site_get("size=10");
  terminate_module();
  server_free(&x);
  memset(&x, 0, sizeof x);
  kind(_i);
  site_get("size=10");
  site_expect_pattern(&x, 10);
}
END_TEST

static void get_pid(char pid[32]) {
  server_free(&x);
  x.out_len = x.heads = 0;
  site_get("pid=1");
  snprintf(pid, 32, "%s", site_text());
}

/* As Apache does it at the end of a process: the client's thread is still there. */
START_TEST(unloading_without_a_word_pulls_no_code_away) {
  char before[32], after[32];
  get_pid(before);
  server_reload();
  get_pid(after);
  ck_assert_str_eq(after, before);
}
END_TEST

/* ---- Responses ---- */

START_TEST(only_an_asynchronous_server_gets_PENDING) {
  kind(_i);
  site_get("size=10");
  server_free(&x);
  x.out_len = x.heads = 0;
  site_get("size=10");
  ck_assert_int_eq(x.was_pending, _i >= SERVER_LATER);
}
END_TEST

START_TEST(a_length_that_is_known_keeps_the_connection) { /* loop: known or not */
  site_get(_i ? "size=10&length=1" : "size=10");
  ck_assert_int_eq(x.keeps, _i);
  ck_assert_str_eq(server_field(&x, "Content-Length"), _i ? "10" : "(absent)");
}
END_TEST

START_TEST(fields_of_the_application_are_passed_on) {
  site_get("size=0&status=404%20Gone%20Fishing&header=Set-Cookie:a&header=Set-Cookie:b");
  ck_assert_str_eq(x.status, "404 Gone Fishing");
  ck_assert_ptr_nonnull(strstr(x.fields, "Set-Cookie: a\r\nSet-Cookie: b\r\n"));
}
END_TEST

START_TEST(a_500_of_the_applications_own_passes_mod_isapi) {
  kind(_i);
  x.version = SERVER_MOD_ISAPI;
  x.variables = NULL;
  site_get("size=10&status=500%20Sorry");
  ck_assert_str_eq(x.status, "500 Sorry");
  site_expect_pattern(&x, 10);
}
END_TEST

START_TEST(a_head_that_the_server_does_not_take_is_an_error) {
  kind(_i);
  x.refuses_head = 1;
  site_get("size=10");
  ck_assert_uint_eq(x.result, HSE_STATUS_ERROR);
  ck_assert_uint_eq(x.out_len, 0);
}
END_TEST

/* ---- Bodies ---- */

START_TEST(a_body_that_is_all_here_is_not_read) {
  kind(_i);
  x.method = "POST";
  x.body = "hello";
  x.body_len = x.available = 5;
  site_get("echo=1");
  ck_assert_str_eq(site_text(), "hello");
  ck_assert_uint_eq(x.reads, 0);
}
END_TEST

/* ---- What goes wrong ---- */

START_TEST(an_application_that_fails_is_a_page) {
  kind(_i);
  site_get("exit=3&before=1");
  ck_assert_str_eq(x.status, "502 Bad Gateway");
  ck_assert_ptr_nonnull(strstr(site_text(), "<h1>502 Bad Gateway</h1>"));
  ck_assert_uint_eq(x.result, HSE_STATUS_SUCCESS);
}
END_TEST

/* ---- Many ---- */

/* One process; the slow client has asked for more than memory and the kernel's buffers hold. */
START_TEST(a_client_that_does_not_read_keeps_no_process) {
  exchange slow = {0};
  uv_thread_t thread;
  site_gate g;
  site_gate_make(&g);
  site_write("fcgiext.ini", "[Types]\ntest=App\n[App]\nExePath=" APP "\nMaxInstances=1\n");
  kind(_i);
  site_get("size=5000000"); /* fills in the rest of x */
  slow = x;
  slow.out = NULL;
  slow.out_len = slow.heads = 0;
  slow.may_write = site_ask;
  slow.user = &g;
  uv_thread_create(&thread, site_run_of, &slow);
  uv_sem_wait(&g.asked);
  server_free(&x);
  x.out_len = x.heads = 0;
  site_get("size=1000");
  site_expect_pattern(&x, 1000);
  slow.may_write = NULL;
  uv_sem_post(&g.opened);
  uv_thread_join(&thread);
  site_expect_pattern(&slow, 5000000);
  server_free(&slow);
}
END_TEST

enum { THREADS = 16, EACH = 20 };

static void run_many(void *of) {
  exchange *mine = of;
  int i;
  for (i = 0; i < EACH && mine->fault[0] == 0; i++) {
    server_free(mine);
    mine->out_len = mine->heads = 0;
    server_run(mine);
    if (mine->out_len != 50000)
      snprintf(mine->fault, sizeof mine->fault, "%lu bytes came, status %s",
               (unsigned long) mine->out_len, mine->status);
  }
}

START_TEST(many_at_once_get_what_is_theirs) {
  exchange all[THREADS];
  uv_thread_t threads[THREADS];
  char *bytes = site_random_bytes(50000);
  int i;
  kind(_i);
  x.method = "POST";
  x.body = bytes;
  x.body_len = 50000;
  x.available = 100;
  site_get("echo=1");
  for (i = 0; i < THREADS; i++) {
    all[i] = x;
    all[i].out = NULL;
    uv_thread_create(&threads[i], run_many, &all[i]);
  }
  for (i = 0; i < THREADS; i++)
    uv_thread_join(&threads[i]);
  for (i = 0; i < THREADS; i++) {
    ck_assert_str_eq(all[i].fault, "");
    ck_assert_mem_eq(all[i].out, bytes, 50000);
    server_free(&all[i]);
  }
  free(bytes);
}
END_TEST

#define KINDS(test) tcase_add_loop_test(t, test, 0, SERVER_KINDS)

int main(void) {
  TCase *t = tcase_create("extension");
  tcase_add_checked_fixture(t, site_setup, site_teardown);
  tcase_add_test(t, the_version_is_the_librarys);
  tcase_add_test(t, terminating_without_a_request_does_nothing);
  KINDS(a_request_behind_the_end_starts_all_anew);
  tcase_add_test(t, unloading_without_a_word_pulls_no_code_away);
  KINDS(only_an_asynchronous_server_gets_PENDING);
  tcase_add_loop_test(t, a_length_that_is_known_keeps_the_connection, 0, 2);
  tcase_add_test(t, fields_of_the_application_are_passed_on);
  tcase_add_loop_test(t, a_500_of_the_applications_own_passes_mod_isapi, 0, SERVER_LATER);
  KINDS(a_head_that_the_server_does_not_take_is_an_error);
  KINDS(a_body_that_is_all_here_is_not_read);
  KINDS(an_application_that_fails_is_a_page);
  tcase_add_loop_test(t, a_client_that_does_not_read_keeps_no_process, 0, SERVER_EARLY);
  KINDS(many_at_once_get_what_is_theirs);
  return test_suite_run("isapi/extension", (TCase *[]){t, site_cases()}, 2);
}
