/* test_user.c: as whom programs run: as our process does, whoever the host's thread acts as, or as
   the user that they are given. */
#include "support/suite.h"
#include "platform/win32/tokens.h"
#include "platform/win32/world.h"

static fcl_identity *user; /* one group of his only denies */

static void setup(void) {
  HANDLE token = tokens_restricted(0);
  fcl_error e;
  world_open();
  ck_assert_msg(fcl_identity_token(&user, token, &e) == FCL_OK, "%s", e.text);
  CloseHandle(token);
}

static void teardown(void) {
  ck_assert(thread_is_bare());
  fcl_identity_unref(user);
  world_close();
}

/* Puts him on this thread, as a host's own code may do. */
static LUID act_as_user(void) {
  HANDLE token = tokens_restricted(0), acting;
  LUID id;
  ck_assert(DuplicateTokenEx(token, TOKEN_ALL_ACCESS, NULL, SecurityImpersonation,
                             TokenImpersonation, &acting));
  tokens_put(acting);
  id = tokens_id(acting);
  CloseHandle(acting);
  CloseHandle(token);
  return id;
}

static void start_as(const fcl_identity *identity) {
  const char *argv[] = {w.app, "denied", NULL};
  fcl__program program = {.path = w.app, .argv = argv, .identity = identity};
  fcl_error e = {0};
  ck_assert_msg(world_start_program(&it, &program, &e) == FCL_OK, "%s", e.text);
}

START_TEST(a_program_runs_as_we_do) {
  start_as(NULL);
  run_to_its_end();
  ck_assert_int_eq(it.status, 0);
}
END_TEST

START_TEST(a_program_with_run_as_runs_as_that_user) {
  start_as(user);
  ck_assert(thread_is_bare());
  run_to_its_end();
  ck_assert_int_eq(it.status, 1);
}
END_TEST

START_TEST(what_the_hosts_thread_acts_as_is_not_given_to_a_program) {
  act_as_user();
  start_as(NULL);
  tokens_put(NULL);
  run_to_its_end();
  ck_assert_int_eq(it.status, 0);
}
END_TEST

START_TEST(
    the_hosts_thread_has_its_token_again_behind_a_start) { /* loop test: also one that fails */
  LUID before = act_as_user(), after;
  HANDLE token;
  fcl_error e;
  const fcl__program none = {.path = "C:\\no such\\x.exe"};
  if (_i)
    ck_assert_int_eq(world_start_program(&it, &none, &e), FCL_E_SPAWN);
  else
    start_as(NULL);
  token = tokens_of_thread();
  after = tokens_id(token);
  CloseHandle(token);
  tokens_put(NULL);
  ck_assert_mem_eq(&before, &after, sizeof before);
  if (_i == 0)
    run_to_its_end();
}
END_TEST

START_TEST(a_stop_knocks_as_ourselves) {
  LUID before, after;
  HANDLE token;
  const char *argv[] = {w.app, "serve", "3", NULL};
  const fcl__program program = {.path = w.app, .argv = argv};
  fcl_error e;
  ck_assert_int_eq(world_start_program(&it, &program, &e), FCL_OK);
  world_run_until(it.pid != 0);
  before = act_as_user();
  fcl__process_stop(it.process, 0);
  token = tokens_of_thread();
  after = tokens_id(token);
  CloseHandle(token);
  tokens_put(NULL);
  run_to_its_end();
  ck_assert_int_eq(it.status, 3);
  ck_assert_mem_eq(&before, &after, sizeof before);
}
END_TEST

START_TEST(one_that_cannot_be_started_as_a_user_names_him) {
  const fcl__program program = {.path = "C:\\no such\\x.exe", .identity = user};
  fcl_error e;
  ck_assert_int_eq(world_start_program(&it, &program, &e), FCL_E_SPAWN);
  ck_assert_msg(strstr(e.text, fcl__identity_name(user)) != NULL, "%s", e.text);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("user");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, a_program_runs_as_we_do);
  tcase_add_test(t, a_program_with_run_as_runs_as_that_user);
  tcase_add_test(t, what_the_hosts_thread_acts_as_is_not_given_to_a_program);
  tcase_add_loop_test(t, the_hosts_thread_has_its_token_again_behind_a_start, 0, 2);
  tcase_add_test(t, a_stop_knocks_as_ourselves);
  tcase_add_test(t, one_that_cannot_be_started_as_a_user_names_him);
  return test_suite_run("user", &t, 1);
}
