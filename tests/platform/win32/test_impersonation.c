/* test_impersonation.c: a named pipe is opened with a user's token on the thread, and the thread
   has its own again behind it, whatever came. */
#include "support/suite.h"
#include "platform/identity.h"
#include "platform/impersonation.h"
#include "platform/local.h"
#include "platform/win32/tokens.h"
#include <io.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

static HANDLE token, server;
static fcl_identity *user;
static fcl_error e;
static LUID seen;
static unsigned seen_denied, calls;
static int answer;
static char pipe_path[64], address[80];

/* ---- What is on the thread ---- */

static int hook(const fcl_identity *identity, void *given) {
  HANDLE t = tokens_of_thread();
  ck_assert_ptr_nonnull(t);
  ck_assert_ptr_eq(identity, user);
  ck_assert_ptr_eq(given, &calls);
  seen = tokens_id(t);
  seen_denied = tokens_denied(t);
  calls++;
  CloseHandle(t);
  return answer;
}

static void setup(void) {
  snprintf(pipe_path, sizeof pipe_path, "\\\\.\\pipe\\fcl-test-%lu", GetCurrentProcessId());
  snprintf(address, sizeof address, "pipe:%s", pipe_path);
  server = CreateNamedPipeA(pipe_path, PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1, 4096, 4096, 0, NULL);
  ck_assert_ptr_ne(server, INVALID_HANDLE_VALUE);
  token = tokens_restricted(0);
  ck_assert_msg(fcl_identity_token(&user, token, &e) == FCL_OK, "%s", e.text);
  memset(&seen, 0, sizeof seen);
  memset(&e, 0, sizeof e);
  seen_denied = calls = 0;
  answer = 0;
  ck_assert(thread_is_bare());
}

static void teardown(void) {
  ck_assert(thread_is_bare());
  fcl_identity_unref(user);
  CloseHandle(token);
  if (server)
    CloseHandle(server);
}

static fcl_code begin(fcl__impersonation *i) {
  return fcl__impersonation_begin(i, user, hook, &calls, &e);
}

/* ---- Tests ---- */

START_TEST(the_users_groups_are_on_the_thread_when_a_pipe_is_opened) {
  fcl__impersonation i;
  HANDLE t;
  int fd;
  ck_assert_msg(begin(&i) == FCL_OK, "%s", e.text);
  t = tokens_of_thread();
  ck_assert_ptr_nonnull(t);
  ck_assert_uint_eq(tokens_denied(t), 1);
  ck_assert_uint_eq(tokens_id(t).LowPart, seen.LowPart);
  CloseHandle(t);
  fd = fcl__local_connect(pipe_path);
  fcl__impersonation_end(&i);
  ck_assert_int_ge(fd, 0);
  _close(fd);
  ck_assert_uint_eq(calls, 1);
  ck_assert_uint_eq(seen_denied, 1);
  ck_assert(thread_is_bare());
}
END_TEST

START_TEST(each_time_it_is_the_same_token) {
  fcl__impersonation i;
  LUID first;
  ck_assert_int_eq(begin(&i), FCL_OK);
  fcl__impersonation_end(&i);
  first = seen;
  ck_assert_int_eq(begin(&i), FCL_OK);
  fcl__impersonation_end(&i);
  ck_assert_mem_eq(&first, &seen, sizeof first);
}
END_TEST

START_TEST(the_thread_is_bare_when_there_is_no_such_pipe) {
  fcl__impersonation i;
  int fd;
  CloseHandle(server);
  server = NULL;
  ck_assert_int_eq(begin(&i), FCL_OK);
  fd = fcl__local_connect(pipe_path);
  fcl__impersonation_end(&i);
  ck_assert_int_eq(fd, UV_ENOENT);
  ck_assert(thread_is_bare());
}
END_TEST

START_TEST(the_thread_is_bare_when_the_pipe_is_busy) {
  fcl__impersonation i;
  int first = fcl__local_connect(pipe_path), fd;
  ck_assert_int_ge(first, 0);
  ck_assert_int_eq(begin(&i), FCL_OK);
  fd = fcl__local_connect(pipe_path);
  fcl__impersonation_end(&i);
  _close(first);
  ck_assert_int_eq(fd, UV_EAGAIN);
  ck_assert(thread_is_bare());
}
END_TEST

START_TEST(the_thread_is_bare_when_the_host_refuses) {
  fcl__impersonation i;
  answer = 1;
  ck_assert_int_eq(begin(&i), FCL_E_IDENTITY);
  ck_assert_msg(strstr(e.text, "the host has refused") != NULL, "%s", e.text);
  ck_assert(thread_is_bare());
}
END_TEST

static int put_anonymous(const fcl_identity *identity, void *given) {
  HANDLE low = tokens_of_level(SecurityIdentification);
  SetThreadToken(NULL, low);
  CloseHandle(low);
  return 0;
}

/* As Windows does by itself where the privilege is missing. */
START_TEST(a_token_that_only_identifies_is_no_user_to_speak_for) {
  fcl__impersonation i;
  ck_assert_int_eq(fcl__impersonation_begin(&i, user, put_anonymous, NULL, &e), FCL_E_IDENTITY);
  ck_assert_msg(strstr(e.text, "SeImpersonatePrivilege") != NULL, "%s", e.text);
  ck_assert(thread_is_bare());
}
END_TEST

START_TEST(the_hosts_own_token_is_back_behind_it) {
  fcl__impersonation i;
  HANDLE theirs = tokens_of_level(SecurityImpersonation), t;
  LUID before, after;
  SetThreadToken(NULL, theirs);
  t = tokens_of_thread();
  before = tokens_id(t);
  CloseHandle(t);
  ck_assert_int_eq(begin(&i), FCL_OK);
  fcl__impersonation_end(&i);
  t = tokens_of_thread();
  after = tokens_id(t);
  CloseHandle(t);
  RevertToSelf();
  CloseHandle(theirs);
  ck_assert_mem_eq(&before, &after, sizeof before);
  ck_assert_mem_ne(&before, &seen, sizeof before);
}
END_TEST

START_TEST(for_ourselves_a_pipe_is_opened_without_the_hosts_token) {
  fcl__impersonation i;
  HANDLE theirs = tokens_of_level(SecurityImpersonation);
  int was_bare;
  SetThreadToken(NULL, theirs);
  ck_assert_int_eq(fcl__impersonation_begin(&i, NULL, hook, &calls, &e), FCL_OK);
  was_bare = thread_is_bare();
  fcl__impersonation_end(&i);
  ck_assert(!thread_is_bare());
  RevertToSelf();
  CloseHandle(theirs);
  ck_assert(was_bare);
  ck_assert_uint_eq(calls, 0);
}
END_TEST

START_TEST(tcp_carries_no_user_and_pipes_do) {
  ck_assert_int_eq(fcl__impersonation_check(address, user, &e), FCL_OK);
  ck_assert_int_eq(fcl__impersonation_check(NULL, user, &e), FCL_OK);
  ck_assert_int_eq(fcl__impersonation_check("tcp:127.0.0.1:9000", user, &e), FCL_E_IDENTITY);
  ck_assert_msg(strstr(e.text, "only named pipes carry a user") != NULL, "%s", e.text);
}
END_TEST

START_TEST(a_pipe_that_does_not_let_the_user_in_is_a_fault_of_the_users) {
  ck_assert_int_eq(fcl__impersonation_blame(UV_EPERM, user, &e), FCL_E_IDENTITY);
  ck_assert_msg(strstr(e.text, "does not let that user in") != NULL, "%s", e.text);
  ck_assert_int_eq(fcl__impersonation_blame(UV_EPERM, NULL, &e), FCL_OK);
  ck_assert_int_eq(fcl__impersonation_blame(UV_EAGAIN, user, &e), FCL_OK);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("impersonation");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, the_users_groups_are_on_the_thread_when_a_pipe_is_opened);
  tcase_add_test(t, each_time_it_is_the_same_token);
  tcase_add_test(t, the_thread_is_bare_when_there_is_no_such_pipe);
  tcase_add_test(t, the_thread_is_bare_when_the_pipe_is_busy);
  tcase_add_test(t, the_thread_is_bare_when_the_host_refuses);
  tcase_add_test(t, a_token_that_only_identifies_is_no_user_to_speak_for);
  tcase_add_test(t, the_hosts_own_token_is_back_behind_it);
  tcase_add_test(t, for_ourselves_a_pipe_is_opened_without_the_hosts_token);
  tcase_add_test(t, tcp_carries_no_user_and_pipes_do);
  tcase_add_test(t, a_pipe_that_does_not_let_the_user_in_is_a_fault_of_the_users);
  return test_suite_run("impersonation", &t, 1);
}
