/* test_impersonation.c: a named pipe is opened with a user's token on the thread, and the thread
   has its own again behind it, whatever came. */
#include "support/suite.h"
#include "platform/identity.h"
#include "platform/impersonation.h"
#include "platform/local.h"
#include <io.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

static HANDLE token, server;
static fcl_identity *user;
static fcl_error e;
static TOKEN_STATISTICS seen;
static unsigned seen_denied, calls;
static int answer;
static char pipe_path[64], address[80];

/* ---- What is on the thread ---- */

static HANDLE thread_token(void) {
  HANDLE t;
  return OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &t) ? t : NULL;
}

static int thread_is_bare(void) {
  HANDLE t = thread_token();
  if (t)
    CloseHandle(t);
  return t == NULL && GetLastError() == ERROR_NO_TOKEN;
}

static unsigned denied_groups(HANDLE t) {
  char room[8192];
  TOKEN_GROUPS *groups = (TOKEN_GROUPS *) (void *) room;
  DWORD len, i;
  unsigned n = 0;
  ck_assert_int_ne(GetTokenInformation(t, TokenGroups, room, sizeof room, &len), 0);
  for (i = 0; i < groups->GroupCount; i++)
    n += (groups->Groups[i].Attributes & SE_GROUP_USE_FOR_DENY_ONLY) != 0;
  return n;
}

static TOKEN_STATISTICS statistics(HANDLE t) {
  TOKEN_STATISTICS s;
  DWORD len;
  ck_assert_int_ne(GetTokenInformation(t, TokenStatistics, &s, sizeof s, &len), 0);
  return s;
}

static int hook(const fcl_identity *identity, void *given) {
  HANDLE t = thread_token();
  ck_assert_ptr_nonnull(t);
  ck_assert_ptr_eq(identity, user);
  ck_assert_ptr_eq(given, &calls);
  seen = statistics(t);
  seen_denied = denied_groups(t);
  calls++;
  CloseHandle(t);
  return answer;
}

/* ---- A user who can be told from us: one of our groups only denies ---- */

static HANDLE restricted(void) {
  SID_IDENTIFIER_AUTHORITY nt = {SECURITY_NT_AUTHORITY};
  SID_AND_ATTRIBUTES out = {NULL, 0};
  HANDLE own, t;
  ck_assert_int_ne(AllocateAndInitializeSid(&nt, 2, SECURITY_BUILTIN_DOMAIN_RID,
                                            DOMAIN_ALIAS_RID_USERS, 0, 0, 0, 0, 0, 0, &out.Sid),
                   0);
  ck_assert_int_ne(OpenProcessToken(GetCurrentProcess(), TOKEN_ALL_ACCESS, &own), 0);
  ck_assert_int_ne(CreateRestrictedToken(own, 0, 1, &out, 0, NULL, 0, NULL, &t), 0);
  CloseHandle(own);
  FreeSid(out.Sid);
  return t;
}

static void setup(void) {
  snprintf(pipe_path, sizeof pipe_path, "\\\\.\\pipe\\fcl-test-%lu", GetCurrentProcessId());
  snprintf(address, sizeof address, "pipe:%s", pipe_path);
  server = CreateNamedPipeA(pipe_path, PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1, 4096, 4096, 0, NULL);
  ck_assert_ptr_ne(server, INVALID_HANDLE_VALUE);
  token = restricted();
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
  t = thread_token();
  ck_assert_ptr_nonnull(t);
  ck_assert_uint_eq(denied_groups(t), 1);
  ck_assert_uint_eq(statistics(t).TokenId.LowPart, seen.TokenId.LowPart);
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
  TOKEN_STATISTICS first;
  ck_assert_int_eq(begin(&i), FCL_OK);
  fcl__impersonation_end(&i);
  first = seen;
  ck_assert_int_eq(begin(&i), FCL_OK);
  fcl__impersonation_end(&i);
  ck_assert_mem_eq(&first.TokenId, &seen.TokenId, sizeof first.TokenId);
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
  HANDLE own, low;
  OpenProcessToken(GetCurrentProcess(), TOKEN_ALL_ACCESS, &own);
  DuplicateTokenEx(own, TOKEN_ALL_ACCESS, NULL, SecurityIdentification, TokenImpersonation, &low);
  SetThreadToken(NULL, low);
  CloseHandle(low);
  CloseHandle(own);
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
  HANDLE own, theirs, t;
  TOKEN_STATISTICS before, after;
  OpenProcessToken(GetCurrentProcess(), TOKEN_ALL_ACCESS, &own);
  DuplicateTokenEx(own, TOKEN_ALL_ACCESS, NULL, SecurityImpersonation, TokenImpersonation, &theirs);
  SetThreadToken(NULL, theirs);
  t = thread_token();
  before = statistics(t);
  CloseHandle(t);
  ck_assert_int_eq(begin(&i), FCL_OK);
  fcl__impersonation_end(&i);
  t = thread_token();
  after = statistics(t);
  CloseHandle(t);
  RevertToSelf();
  CloseHandle(theirs);
  CloseHandle(own);
  ck_assert_mem_eq(&before.TokenId, &after.TokenId, sizeof before.TokenId);
  ck_assert_mem_ne(&before.TokenId, &seen.TokenId, sizeof before.TokenId);
}
END_TEST

START_TEST(for_ourselves_a_pipe_is_opened_without_the_hosts_token) {
  fcl__impersonation i;
  HANDLE own, theirs;
  int was_bare;
  OpenProcessToken(GetCurrentProcess(), TOKEN_ALL_ACCESS, &own);
  DuplicateTokenEx(own, TOKEN_ALL_ACCESS, NULL, SecurityImpersonation, TokenImpersonation, &theirs);
  SetThreadToken(NULL, theirs);
  ck_assert_int_eq(fcl__impersonation_begin(&i, NULL, hook, &calls, &e), FCL_OK);
  was_bare = thread_is_bare();
  fcl__impersonation_end(&i);
  ck_assert(!thread_is_bare());
  RevertToSelf();
  CloseHandle(theirs);
  CloseHandle(own);
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
  ck_assert_int_eq(fcl__impersonation_blame(UV_EACCES, user, &e), FCL_E_IDENTITY);
  ck_assert_msg(strstr(e.text, "does not let that user in") != NULL, "%s", e.text);
  ck_assert_int_eq(fcl__impersonation_blame(UV_EACCES, NULL, &e), FCL_OK);
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
