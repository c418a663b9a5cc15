/* test_users_win32.c: a request speaks for the user whose token the server's thread has; that token
   goes nowhere else.  And names have all letters. */
#include "adapters/users_win32.h"
#include "pipe_win32.h"
#include "site.h"

/* ---- Two users ---- */

static HANDLE anna, bert;

static void setup(void) {
  site_setup();
  anna = users_one_without(DOMAIN_ALIAS_RID_USERS);
  bert = users_one_without(DOMAIN_ALIAS_RID_ADMINS);
}

static void teardown(void) {
  site_teardown();
  CloseHandle(anna);
  CloseHandle(bert);
}

static const char *get_as(HANDLE token, const char *query) {
  server_free(&x);
  x.out_len = x.heads = 0;
  x.token = token;
  site_get(query);
  ck_assert_str_eq(x.status, "200 OK");
  return site_text();
}

/* ---- Whose connection it is ---- */

static void use_pipe(void) {
  char ini[300];
  snprintf(ini, sizeof ini, "[Types]\ntest=App\n[App]\nAddress=%s\n", pipe_begin());
  site_write("fcgiext.ini", ini);
}

/* Of each request the connection; whether the first user's next request finds its own again is the
   library's business. */
static void expect_apart(HANDLE first, HANDLE second) {
  HANDLE users[] = {first, first, second, first};
  char on[4][8];
  int i, k;
  use_pipe();
  for (i = 0; i < 4; i++)
    snprintf(on[i], sizeof on[i], "%s", get_as(users[i], ""));
  for (i = 0; i < 4; i++)
    for (k = 0; k < i; k++)
      ck_assert(users[i] == users[k] || strcmp(on[i], on[k]) != 0);
  server_unload();
  pipe_end();
  server_load(EXTENSION);
}

START_TEST(each_user_has_connections_of_their_own) { /* loop: kinds of servers */
  x.kind = (server_kind) _i;
  expect_apart(anna, bert);
}
END_TEST

START_TEST(a_request_without_a_user_is_the_processes_own) {
  expect_apart(anna, NULL);
}
END_TEST

START_TEST(a_port_speaks_for_nobody) {
  site_write("fcgiext.ini", "[Types]\ntest=App\n[App]\nExePath=" APP "\nProtocol=Tcp\n");
  ck_assert_str_eq(get_as(anna, "echo=1"), "");
}
END_TEST

/* ---- Where the token is not ---- */

static unsigned seen;

static int look(void *user) {
  seen += users_on_other_threads();
  return 1;
}

START_TEST(no_other_thread_has_it_while_a_request_is_served) {
  x.kind = SERVER_SYNC;
  x.may_write = look;
  seen = 0;
  get_as(anna, "size=100000");
  ck_assert_uint_eq(seen, 0);
}
END_TEST

START_TEST(no_thread_has_it_when_the_request_is_served) { /* loop: kinds of servers */
  x.kind = (server_kind) _i;
  get_as(anna, "size=10");
  ck_assert_uint_eq(users_on_other_threads(), 0);
}
END_TEST

START_TEST(an_application_that_is_started_for_it_runs_as_the_process_does) {
  HANDLE process, token;
  DWORD pid = (DWORD) strtoul(get_as(anna, "pid=1"), NULL, 10);
  process = OpenProcess(PROCESS_QUERY_INFORMATION, FALSE, pid);
  ck_assert_ptr_nonnull(process);
  ck_assert(OpenProcessToken(process, TOKEN_QUERY, &token));
  ck_assert_uint_eq(users_denied_groups(anna), 1);
  ck_assert_uint_eq(users_denied_groups(token), 0);
  CloseHandle(token);
  CloseHandle(process);
}
END_TEST

START_TEST(a_token_that_is_none_is_500_and_a_sentence) {
  site_log_begin();
  x.lent = (void *) (intptr_t) 0x7ffffff4;
  site_get("size=1");
  ck_assert_str_eq(x.status, "500 Internal Server Error");
  ck_assert_ptr_nonnull(strstr(site_log(), "fcgiclient: "));
}
END_TEST

/* ---- Names ---- */

START_TEST(names_have_letters_that_the_code_page_has_not) {
  static const char *variables[] = {"SERVER_PROTOCOL",
                                    "HTTP/1.1",
                                    "DOCUMENT_ROOT",
                                    NULL,
                                    "SCRIPT_NAME",
                                    NULL,
                                    "PATH_INFO",
                                    NULL,
                                    "PATH_TRANSLATED",
                                    NULL,
                                    "REMOTE_USER",
                                    NULL,
                                    "REQUEST_URI",
                                    "/raw",
                                    NULL};
  variables[3] = site_path("root");
  variables[5] = "/\xe6\x97\xa5/\xc3\xa4.test";
  variables[7] = "/\xe6\x97\xa5/\xc3\xa4.test/m\xc3\xb6re";
  variables[9] = site_path("root/\xe6\x97\xa5/\xc3\xa4.test/m\xc3\xb6re");
  variables[11] = "B\xc3\xb6rne";
  site_write("root/\xe6\x97\xa5/\xc3\xa4.test", "");
  x.variables = variables;
  x.path_info = "/?/?.test/m?re";
  x.translated = "C:/?/?.test/m?re";
  site_run();
  ck_assert_str_eq(x.status, "200 OK");
  ck_assert_str_eq(site_param("SCRIPT_NAME"), "/\xe6\x97\xa5/\xc3\xa4.test");
  ck_assert_str_eq(site_param("PATH_INFO"), "/m\xc3\xb6re");
  ck_assert_str_eq(site_param("REMOTE_USER"), "B\xc3\xb6rne");
  ck_assert_str_eq(site_param("REQUEST_URI"), "/raw");
}
END_TEST

int main(void) {
  TCase *t = tcase_create("users");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_loop_test(t, each_user_has_connections_of_their_own, 0, SERVER_KINDS);
  tcase_add_test(t, a_request_without_a_user_is_the_processes_own);
  tcase_add_test(t, a_port_speaks_for_nobody);
  tcase_add_test(t, no_other_thread_has_it_while_a_request_is_served);
  tcase_add_loop_test(t, no_thread_has_it_when_the_request_is_served, 0, SERVER_KINDS);
  tcase_add_test(t, an_application_that_is_started_for_it_runs_as_the_process_does);
  tcase_add_test(t, a_token_that_is_none_is_500_and_a_sentence);
  tcase_add_test(t, names_have_letters_that_the_code_page_has_not);
  return test_suite_run("isapi/users", &t, 1);
}
