/* test_security.c: who may open the pipe of a program, and when: read back from the pipe itself. */
#include "support/fds.h"
#include "support/suite.h"
#include "platform/identity.h"
#include "platform/impersonation.h"
#include "platform/win32/own_pipe.h"
#include "platform/win32/pipe.h"
#include "platform/win32/tokens.h"
#include <windows.h>
#include <aclapi.h>
#include <sddl.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

static fcl__own_pipe p;
static fcl_error e;
static fcl_identity *user;
static char at_opening[512]; /* the list at the moment when a pipe was opened */
static unsigned openings, denied_at_opening;
static LUID token_at_opening;

/* ---- The list of a pipe, as "[system 1f01ff][us 1f01ff][our logon 12019b]" ---- */

static GENERIC_MAPPING file_rights = {FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_GENERIC_EXECUTE,
                                      FILE_ALL_ACCESS};

static PSID own_sid(TOKEN_INFORMATION_CLASS which) {
  static char room[2][8192];
  char *at = room[which == TokenUser];
  TOKEN_GROUPS *groups = (TOKEN_GROUPS *) (void *) at;
  HANDLE own = tokens_own();
  DWORD len, i;
  ck_assert(GetTokenInformation(own, which, at, sizeof room[0], &len));
  CloseHandle(own);
  if (which == TokenUser)
    return ((TOKEN_USER *) (void *) at)->User.Sid;
  for (i = 0; i < groups->GroupCount; i++)
    if ((groups->Groups[i].Attributes & (DWORD) SE_GROUP_LOGON_ID) == (DWORD) SE_GROUP_LOGON_ID)
      return groups->Groups[i].Sid;
  return NULL;
}

static const char *name_of(PSID sid) {
  static char text[200];
  char *said;
  if (IsWellKnownSid(sid, WinLocalSystemSid))
    return "system";
  if (EqualSid(sid, own_sid(TokenUser)))
    return "us";
  if (EqualSid(sid, own_sid(TokenGroups)))
    return "our logon";
  ck_assert(ConvertSidToStringSidA(sid, &said));
  snprintf(text, sizeof text, "%s", said);
  LocalFree(said);
  return text;
}

static void write_list(char *out, size_t cap, HANDLE pipe) {
  PSECURITY_DESCRIPTOR descriptor;
  PACL list;
  size_t at = 0;
  DWORD i;
  ck_assert_uint_eq(GetSecurityInfo(pipe, SE_KERNEL_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL,
                                    &list, NULL, &descriptor),
                    ERROR_SUCCESS);
  ck_assert_ptr_nonnull(list); /* no list: everybody */
  out[0] = 0;
  for (i = 0; i < list->AceCount; i++) {
    ACCESS_ALLOWED_ACE *ace;
    DWORD rights;
    ck_assert(GetAce(list, i, (void **) (void *) &ace));
    rights = ace->Mask;
    MapGenericMask(&rights, &file_rights);
    at += (size_t) snprintf(out + at, cap - at, "%s[%s %lx]",
                            ace->Header.AceType == ACCESS_ALLOWED_ACE_TYPE ? "" : "not ",
                            name_of(&ace->SidStart), rights);
  }
  LocalFree(descriptor);
}

static const char *list_of(HANDLE pipe) {
  static char list[512];
  write_list(list, sizeof list, pipe);
  return list;
}

#define CLOSED "[system 1f01ff][us 1f01ff]"

/* ---- At the moment of opening (the linker puts this between) ---- */

int __real_fcl__pipe_open_wide(const wchar_t *name, unsigned long quality);
int __wrap_fcl__pipe_open_wide(const wchar_t *name, unsigned long quality);

static int answer;          /* instead of opening it */
static HANDLE other_keeper; /* put in the place of the keeper meanwhile */

static int instead(void) {
  if (other_keeper)
    p.keeper = other_keeper;
  return answer;
}

int __wrap_fcl__pipe_open_wide(const wchar_t *name, unsigned long quality) {
  HANDLE token = tokens_of_thread();
  openings++;
  write_list(at_opening, sizeof at_opening, p.keeper);
  if (token) {
    denied_at_opening = tokens_denied(token);
    token_at_opening = tokens_id(token);
    CloseHandle(token);
  }
  return instead() ? answer : __real_fcl__pipe_open_wide(name, quality);
}

static void setup(void) {
  HANDLE token = tokens_restricted(0);
  memset(&p, 0, sizeof p);
  at_opening[0] = 0;
  openings = denied_at_opening = 0;
  answer = 0;
  other_keeper = NULL;
  ck_assert_msg(fcl__own_pipe_make(&p, &e) == FCL_OK, "%s", e.text);
  ck_assert_msg(fcl_identity_token(&user, token, &e) == FCL_OK, "%s", e.text);
  CloseHandle(token);
}

static void teardown(void) {
  fcl__own_pipe_close(&p);
  fcl_identity_unref(user);
  ck_assert(thread_is_bare());
}

static LUID given; /* the token that the hook has found */

static int look(const fcl_identity *identity, void *seen) {
  HANDLE token = tokens_of_thread();
  given = tokens_id(token);
  CloseHandle(token);
  return 0;
}

static int open_for(const fcl_identity *who) {
  fcl__impersonation i;
  int fd;
  ck_assert_msg(fcl__impersonation_begin(&i, who, look, NULL, &e) == FCL_OK, "%s", e.text);
  fd = fcl__own_pipe_open(&p, SECURITY_IMPERSONATION);
  fcl__impersonation_end(&i);
  return fd;
}

/* ---- The list ---- */

START_TEST(a_programs_pipe_lets_in_us_and_the_system_and_nobody_else) {
  ck_assert_str_eq(list_of(p.instance), CLOSED);
  ck_assert_str_eq(list_of(p.keeper), CLOSED);
}
END_TEST

START_TEST(it_belongs_to_us_and_inherits_nothing) {
  PSECURITY_DESCRIPTOR descriptor;
  SECURITY_DESCRIPTOR_CONTROL control;
  PSID owner;
  DWORD revision;
  ck_assert_uint_eq(GetSecurityInfo(p.keeper, SE_KERNEL_OBJECT,
                                    OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, &owner,
                                    NULL, NULL, NULL, &descriptor),
                    ERROR_SUCCESS);
  ck_assert_str_eq(name_of(owner), "us");
  ck_assert(GetSecurityDescriptorControl(descriptor, &control, &revision));
  ck_assert_uint_ne(control & SE_DACL_PROTECTED, 0);
  LocalFree(descriptor);
}
END_TEST

START_TEST(whom_we_speak_for_may_open_it_while_we_do) {
  int fd = open_for(user);
  ck_assert_int_ge(fd, 0);
  fcl__pipe_close(fd);
  ck_assert_uint_eq(openings, 1);
  ck_assert_str_eq(at_opening, CLOSED "[our logon 12019b]");
  ck_assert_str_eq(list_of(p.keeper), CLOSED);
}
END_TEST

START_TEST(the_users_own_token_is_on_the_thread_then) {
  int fd = open_for(user);
  fcl__pipe_close(fd);
  ck_assert_uint_eq(denied_at_opening, 1);
  ck_assert_mem_eq(&token_at_opening, &given, sizeof given);
}
END_TEST

START_TEST(the_list_is_as_before_when_the_pipe_is_busy) {
  int first = open_for(NULL), fd = open_for(user);
  fcl__pipe_close(first);
  ck_assert_int_eq(fd, UV_EAGAIN);
  ck_assert_str_eq(at_opening, CLOSED "[our logon 12019b]");
  ck_assert_str_eq(list_of(p.keeper), CLOSED);
}
END_TEST

START_TEST(the_list_is_as_before_when_the_program_is_gone) {
  fcl__own_pipe_given(&p);
  ck_assert_int_eq(open_for(user), UV_EAGAIN);
  ck_assert_str_eq(list_of(p.keeper), CLOSED);
}
END_TEST

START_TEST(the_list_is_as_before_when_the_pipe_is_refused_or_missing) { /* loop test */
  answer = _i ? UV_EPERM : UV_ENOENT;
  ck_assert_int_eq(open_for(user), answer);
  ck_assert_mem_eq(&token_at_opening, &given, sizeof given);
  ck_assert_uint_eq(denied_at_opening, 1);
  ck_assert_str_eq(list_of(p.keeper), CLOSED);
  ck_assert(thread_is_bare());
}
END_TEST

static HANDLE keeper_without_rights(void) {
  HANDLE weak;
  ck_assert(DuplicateHandle(GetCurrentProcess(), p.keeper, GetCurrentProcess(), &weak, READ_CONTROL,
                            FALSE, 0));
  return weak;
}

START_TEST(nothing_is_opened_when_the_list_cannot_be_changed) {
  HANDLE keeper = p.keeper;
  p.keeper = keeper_without_rights();
  ck_assert_int_eq(open_for(user), UV_EPERM);
  ck_assert_uint_eq(openings, 0);
  ck_assert(thread_is_bare());
  CloseHandle(keeper);
}
END_TEST

START_TEST(a_connection_is_given_up_when_the_list_cannot_be_changed_back) {
  HANDLE keeper = p.keeper;
  int before, after;
  other_keeper = keeper_without_rights();
  before = test_fds();
  ck_assert_int_eq(open_for(user), UV_EPERM);
  after = test_fds();
  ck_assert_uint_eq(openings, 1);
  ck_assert_int_eq(after, before);
  ck_assert(thread_is_bare());
  CloseHandle(keeper);
}
END_TEST

START_TEST(for_ourselves_nobody_is_let_in) {
  int fd = open_for(NULL);
  ck_assert_int_ge(fd, 0);
  fcl__pipe_close(fd);
  ck_assert_str_eq(at_opening, CLOSED);
}
END_TEST

/* Then the user is the narrowest of what there is. */
START_TEST(a_user_without_a_logon_is_let_in_by_name) {
  HANDLE token = tokens_restricted(1);
  fcl_identity *other;
  int fd;
  ck_assert_int_eq(fcl_identity_token(&other, token, &e), FCL_OK);
  CloseHandle(token);
  fd = open_for(other);
  fcl_identity_unref(other);
  ck_assert_int_ge(fd, 0);
  fcl__pipe_close(fd);
  ck_assert_str_eq(at_opening, CLOSED "[us 12019b]");
}
END_TEST

START_TEST(many_openings_leave_no_handle) {
  int before, after;
  int i;
  fcl__pipe_close(open_for(user));
  before = test_fds();
  for (i = 0; i < 50; i++)
    fcl__pipe_close(open_for(i % 2 ? user : NULL));
  after = test_fds();
  ck_assert_int_gt(before, 0);
  ck_assert_int_le(after, before);
}
END_TEST

/* ---- The name ---- */

START_TEST(a_name_has_128_bits_that_nobody_can_guess) {
  fcl__own_pipe other = {0};
  const wchar_t *digits = wcsrchr(p.name, L'-') + 1;
  ck_assert_int_eq(fcl__own_pipe_make(&other, &e), FCL_OK);
  ck_assert_uint_eq(wcslen(digits), 32);
  ck_assert_uint_eq(wcsspn(digits, L"0123456789abcdef"), 32);
  ck_assert_int_ne(wcscmp(digits, wcsrchr(other.name, L'-') + 1), 0);
  fcl__own_pipe_close(&other);
}
END_TEST

START_TEST(
    a_second_maker_of_the_name_is_refused) { /* loop test: with the first-instance flag too */
  HANDLE second =
      CreateNamedPipeW(p.name, PIPE_ACCESS_DUPLEX | (_i ? FILE_FLAG_FIRST_PIPE_INSTANCE : 0),
                       PIPE_TYPE_BYTE, PIPE_UNLIMITED_INSTANCES, 512, 512, 0, NULL);
  DWORD error = GetLastError();
  ck_assert_ptr_eq(second, INVALID_HANDLE_VALUE);
  ck_assert_msg(error == ERROR_PIPE_BUSY || error == ERROR_ACCESS_DENIED, "error %lu", error);
}
END_TEST

START_TEST(one_connection_reaches_the_program_and_none_the_keeper) {
  int first = open_for(NULL);
  ck_assert_int_ge(first, 0);
  ck_assert_int_eq(open_for(NULL), UV_EAGAIN);
  fcl__pipe_close(first);
}
END_TEST

/* Who takes the name of a program that died could act as the next user. */
START_TEST(the_name_stays_ours_when_the_program_is_gone) {
  fcl__own_pipe_given(&p);
  ck_assert_int_eq(open_for(NULL), UV_EAGAIN); /* not UV_ENOENT */
}
END_TEST

START_TEST(the_name_is_gone_in_the_end) {
  fcl__own_pipe_close(&p);
  ck_assert_int_eq(__real_fcl__pipe_open_wide(p.name, SECURITY_IDENTIFICATION), UV_ENOENT);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("security");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, a_programs_pipe_lets_in_us_and_the_system_and_nobody_else);
  tcase_add_test(t, it_belongs_to_us_and_inherits_nothing);
  tcase_add_test(t, whom_we_speak_for_may_open_it_while_we_do);
  tcase_add_test(t, the_users_own_token_is_on_the_thread_then);
  tcase_add_test(t, the_list_is_as_before_when_the_pipe_is_busy);
  tcase_add_test(t, the_list_is_as_before_when_the_program_is_gone);
  tcase_add_loop_test(t, the_list_is_as_before_when_the_pipe_is_refused_or_missing, 0, 2);
  tcase_add_test(t, nothing_is_opened_when_the_list_cannot_be_changed);
  tcase_add_test(t, a_connection_is_given_up_when_the_list_cannot_be_changed_back);
  tcase_add_test(t, for_ourselves_nobody_is_let_in);
  tcase_add_test(t, a_user_without_a_logon_is_let_in_by_name);
  tcase_add_test(t, many_openings_leave_no_handle);
  tcase_add_test(t, a_name_has_128_bits_that_nobody_can_guess);
  tcase_add_loop_test(t, a_second_maker_of_the_name_is_refused, 0, 2);
  tcase_add_test(t, one_connection_reaches_the_program_and_none_the_keeper);
  tcase_add_test(t, the_name_stays_ours_when_the_program_is_gone);
  tcase_add_test(t, the_name_is_gone_in_the_end);
  return test_suite_run("security", &t, 1);
}
