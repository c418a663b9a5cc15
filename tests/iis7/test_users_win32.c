/* test_users_win32.c: a request speaks for the user whose token the server has; the token goes
   nowhere else. */
#include "adapters/users_win32.h"
#include "site.h"

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

static void prepare_as(HANDLE token, const char *query) {
  site_again();
  x.has_user = 1;
  x.token = token;
  site_prepare(query);
}

static const char *get_as(HANDLE token, const char *query) {
  prepare_as(token, query);
  site_run();
  ck_assert_uint_eq(x.status, 200);
  return site_text();
}

START_TEST(a_user_is_served) { /* loop: each order of completions */
  x.kind = (server_kind) _i;
  get_as(anna, "size=100000");
  site_expect_pattern(&x, 100000);
  get_as(bert, "size=10");
  site_expect_pattern(&x, 10);
}
END_TEST

/* Its only process takes a connection from one of them after the other. */
START_TEST(users_share_a_process_and_no_connection) {
  static const char *app[] = {"fullPath", site_app, "maxInstances", "1", NULL};
  static const server_application all[] = {app, NULL};
  HANDLE users[] = {anna, bert, NULL, anna};
  char pids[4][32];
  int i;
  server_configure(all, 0);
  for (i = 0; i < 4; i++)
    snprintf(pids[i], sizeof pids[i], "%s", get_as(users[i], "pid=1"));
  for (i = 1; i < 4; i++)
    ck_assert_str_eq(pids[i], pids[0]);
}
END_TEST

static unsigned seen, looks;

static int look(void *user) {
  seen += users_on_other_threads();
  looks++;
  return 1;
}

START_TEST(no_thread_has_the_token_while_a_request_is_served) { /* loop likewise */
  x.kind = (server_kind) _i;
  seen = looks = 0;
  prepare_as(anna, "size=100000&pieces=3");
  x.may_write = look;
  site_run();
  ck_assert_uint_ge(looks, 1);
  ck_assert_uint_eq(seen, 0);
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

/* It is the server's: the module has one of its own. */
START_TEST(the_server_may_close_the_token_when_the_request_is_over) {
  HANDLE mine;
  ck_assert(DuplicateHandle(GetCurrentProcess(), anna, GetCurrentProcess(), &mine, 0, FALSE,
                            DUPLICATE_SAME_ACCESS));
  get_as(mine, "size=10");
  ck_assert_int_eq(CloseHandle(mine), TRUE);
  get_as(anna, "size=10");
}
END_TEST

int main(void) {
  TCase *t = tcase_create("users");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_set_timeout(t, 60);
  tcase_add_loop_test(t, a_user_is_served, 0, SERVER_KINDS);
  tcase_add_test(t, users_share_a_process_and_no_connection);
  tcase_add_loop_test(t, no_thread_has_the_token_while_a_request_is_served, 0, SERVER_KINDS);
  tcase_add_test(t, an_application_that_is_started_for_it_runs_as_the_process_does);
  tcase_add_test(t, the_server_may_close_the_token_when_the_request_is_over);
  return test_suite_run("iis7/users", &t, 1);
}
