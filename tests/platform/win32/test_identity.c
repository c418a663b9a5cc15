/* test_identity.c: identities made of access tokens: what is kept of them, and what makes two of
   them equal. */
#include "platform/identity.h"
#include "support/fds.h"
#include "support/suite.h"
#include "platform/win32/token.h"
#include "platform/win32/tokens.h"
#include <string.h>

static fcl_error e;

static fcl_identity *made_of(HANDLE token) {
  fcl_identity *id;
  ck_assert_msg(fcl_identity_token(&id, token, &e) == FCL_OK, "%s", e.text);
  return id;
}

/* And closes the handle. */
static fcl_identity *taken(HANDLE token) {
  fcl_identity *id = made_of(token);
  CloseHandle(token);
  return id;
}

static int are_equal(fcl_identity *a, fcl_identity *b) {
  int are = fcl__identity_equal(a, b) && fcl__identity_equal(b, a);
  ck_assert_int_eq(fcl__identity_equal(a, b), fcl__identity_equal(b, a));
  fcl_identity_unref(a);
  fcl_identity_unref(b);
  return are;
}

/* ---- Handles ---- */

START_TEST(the_callers_handle_may_be_closed) {
  fcl_identity *id = taken(tokens_restricted(0));
  ck_assert_uint_eq(tokens_denied(fcl__identity_token(id)), 1);
  ck_assert_uint_eq(tokens_denied(fcl__identity_primary(id)), 1);
  fcl_identity_unref(id);
}
END_TEST

START_TEST(the_callers_handle_stays_open) {
  HANDLE token = tokens_restricted(0);
  fcl_identity_unref(made_of(token));
  ck_assert_uint_eq(tokens_denied(token), 1);
  CloseHandle(token);
}
END_TEST

/* A primary token cannot be put on a thread, the other kind starts no process. */
START_TEST(it_has_a_token_for_threads_and_one_for_processes) { /* loop test: made of either kind */
  fcl_identity *id = taken(_i ? tokens_of_level(SecurityImpersonation) : tokens_own());
  TOKEN_TYPE type[2];
  SECURITY_IMPERSONATION_LEVEL level;
  DWORD len;
  ck_assert(
      GetTokenInformation(fcl__identity_token(id), TokenType, &type[0], sizeof type[0], &len));
  ck_assert(
      GetTokenInformation(fcl__identity_primary(id), TokenType, &type[1], sizeof type[1], &len));
  ck_assert(GetTokenInformation(fcl__identity_token(id), TokenImpersonationLevel, &level,
                                sizeof level, &len));
  ck_assert_int_eq(type[0], TokenImpersonation);
  ck_assert_int_eq(type[1], TokenPrimary);
  ck_assert_int_eq(level, SecurityImpersonation);
  fcl_identity_unref(id);
}
END_TEST

START_TEST(no_child_inherits_its_tokens) {
  fcl_identity *id = taken(tokens_own());
  DWORD flags[2];
  ck_assert(GetHandleInformation(fcl__identity_token(id), &flags[0]));
  ck_assert(GetHandleInformation(fcl__identity_primary(id), &flags[1]));
  ck_assert_uint_eq((flags[0] | flags[1]) & HANDLE_FLAG_INHERIT, 0);
  fcl_identity_unref(id);
}
END_TEST

START_TEST(the_last_reference_closes_both) {
  HANDLE token = tokens_own();
  int before = test_fds();
  fcl_identity *id = made_of(token), *again = fcl__identity_ref(id);
  fcl_identity_unref(id);
  ck_assert_int_eq(test_fds(), before + 2);
  fcl_identity_unref(again);
  ck_assert_int_eq(test_fds(), before);
  CloseHandle(token);
}
END_TEST

/* ---- What cannot be one ---- */

static const char *refusal(HANDLE token) {
  int before = test_fds();
  fcl_identity *id = NULL;
  ck_assert_int_eq(fcl_identity_token(&id, token, &e), FCL_E_IDENTITY);
  ck_assert_ptr_null(id);
  ck_assert_int_eq(test_fds(), before);
  return e.text;
}

START_TEST(a_token_that_only_identifies_is_refused) { /* loop test: and an anonymous one */
  HANDLE low = tokens_of_level(_i ? SecurityAnonymous : SecurityIdentification);
  const char *said = refusal(low);
  ck_assert_msg(strstr(said, "ERROR_BAD_IMPERSONATION_LEVEL") != NULL, "%s", said);
  ck_assert_msg(strstr(said, "of the level SecurityImpersonation") != NULL, "%s", said);
  CloseHandle(low);
}
END_TEST

START_TEST(a_handle_of_something_else_is_refused) { /* loop test: of nothing, of an event */
  HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
  const char *said = refusal(_i ? event : NULL);
  ck_assert_msg(strstr(said, "give the handle of an open token") != NULL, "%s", said);
  CloseHandle(event);
}
END_TEST

START_TEST(a_token_without_the_right_to_duplicate_is_refused) {
  HANDLE own;
  const char *said;
  ck_assert(OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &own));
  said = refusal(own);
  ck_assert_msg(strstr(said, "TOKEN_DUPLICATE") != NULL, "%s", said);
  CloseHandle(own);
}
END_TEST

START_TEST(numbers_and_names_are_no_users_here) {
  fcl_identity *id;
  ck_assert_int_eq(fcl_identity_posix(&id, 33, 33, NULL, 0, &e), FCL_E_IDENTITY);
  ck_assert_ptr_nonnull(strstr(e.text, "give a token of theirs to fcl_identity_token"));
  ck_assert_ptr_null(id);
  ck_assert_int_eq(fcl_identity_user(&id, "www", &e), FCL_E_IDENTITY);
  ck_assert_ptr_nonnull(strstr(e.text, "no identity for www"));
  ck_assert_ptr_null(id);
}
END_TEST

/* ---- Equality ---- */

START_TEST(two_of_the_same_token_are_equal) {
  HANDLE token = tokens_own();
  ck_assert(are_equal(made_of(token), made_of(token)));
  CloseHandle(token);
}
END_TEST

START_TEST(two_tokens_of_one_logon_with_the_same_rights_are_equal) {
  ck_assert(are_equal(taken(tokens_own()), taken(tokens_of_level(SecurityImpersonation))));
}
END_TEST

START_TEST(a_group_that_only_denies_makes_another) {
  ck_assert(!are_equal(taken(tokens_own()), taken(tokens_restricted(0))));
}
END_TEST

START_TEST(privileges_that_are_switched_off_make_another) {
  HANDLE less = tokens_of_level(SecurityImpersonation);
  ck_assert(AdjustTokenPrivileges(less, TRUE, NULL, 0, NULL, NULL));
  ck_assert(!are_equal(taken(tokens_own()), taken(less)));
}
END_TEST

START_TEST(nobody_equals_only_nobody) {
  fcl_identity *id = taken(tokens_own());
  ck_assert(fcl__identity_equal(NULL, NULL));
  ck_assert(!fcl__identity_equal(id, NULL) && !fcl__identity_equal(NULL, id));
  fcl_identity_unref(id);
}
END_TEST

START_TEST(our_own_is_that_of_our_process) {
  fcl_identity *own;
  ck_assert_int_eq(fcl__identity_own(&own, &e), FCL_OK);
  ck_assert(are_equal(own, taken(tokens_own())));
}
END_TEST

/* ---- Names ---- */

START_TEST(its_name_is_that_of_domain_and_user) {
  char user[64], domain[64], want[160];
  DWORD user_len = sizeof user, domain_len = sizeof domain;
  SID_NAME_USE use;
  fcl_identity *id = taken(tokens_own());
  union {
    TOKEN_USER user;
    char bytes[256];
  } u;
  ck_assert(GetTokenInformation(fcl__identity_primary(id), TokenUser, &u, sizeof u, &user_len));
  user_len = sizeof user;
  ck_assert(LookupAccountSidA(NULL, u.user.User.Sid, user, &user_len, domain, &domain_len, &use));
  snprintf(want, sizeof want, "%s\\%s", domain, user);
  ck_assert_str_eq(fcl__identity_name(id), want);
  ck_assert_str_eq(fcl__identity_name(NULL), "our own user");
  fcl_identity_unref(id);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("identity");
  tcase_add_test(t, the_callers_handle_may_be_closed);
  tcase_add_test(t, the_callers_handle_stays_open);
  tcase_add_loop_test(t, it_has_a_token_for_threads_and_one_for_processes, 0, 2);
  tcase_add_test(t, no_child_inherits_its_tokens);
  tcase_add_test(t, the_last_reference_closes_both);
  tcase_add_loop_test(t, a_token_that_only_identifies_is_refused, 0, 2);
  tcase_add_loop_test(t, a_handle_of_something_else_is_refused, 0, 2);
  tcase_add_test(t, a_token_without_the_right_to_duplicate_is_refused);
  tcase_add_test(t, numbers_and_names_are_no_users_here);
  tcase_add_test(t, two_of_the_same_token_are_equal);
  tcase_add_test(t, two_tokens_of_one_logon_with_the_same_rights_are_equal);
  tcase_add_test(t, a_group_that_only_denies_makes_another);
  tcase_add_test(t, privileges_that_are_switched_off_make_another);
  tcase_add_test(t, nobody_equals_only_nobody);
  tcase_add_test(t, our_own_is_that_of_our_process);
  tcase_add_test(t, its_name_is_that_of_domain_and_user);
  return test_suite_run("identity", &t, 1);
}
