/* test_identity.c: users as numbers and by name: equal or not, named, allowed or not. */
#define _GNU_SOURCE
#include "platform/identity.h"
#include "platform/impersonation.h"
#include "support/suite.h"
#include <grp.h>
#include <string.h>
#include <unistd.h>

static fcl_error e;

static fcl_identity *make(unsigned uid, unsigned gid, const unsigned *groups, size_t count) {
  fcl_identity *id;
  ck_assert_msg(fcl_identity_posix(&id, uid, gid, groups, count, &e) == FCL_OK, "%s", e.text);
  return id;
}

static void expect_equal(fcl_identity *a, fcl_identity *b, int equal) {
  ck_assert_int_eq(fcl__identity_equal(a, b), equal);
  fcl_identity_unref(a);
  fcl_identity_unref(b);
}

START_TEST(the_key_has_every_group_once_and_in_order) {
  const unsigned groups[] = {44, 4, 33, 44};
  fcl_identity *id = make(1000, 33, groups, 4);
  ck_assert_str_eq(fcl__identity_key(id), "1000:33:4,33,44");
  fcl_identity_unref(id);
}
END_TEST

START_TEST(the_largest_numbers_fit_into_the_key) {
  const unsigned groups[] = {4294967294u, 4294967293u};
  fcl_identity *id = make(4294967294u, 4294967292u, groups, 2);
  ck_assert_str_eq(fcl__identity_key(id), "4294967294:4294967292:4294967292,4294967293,4294967294");
  fcl_identity_unref(id);
}
END_TEST

START_TEST(the_order_of_groups_makes_no_difference) {
  const unsigned some[] = {4, 33}, turned[] = {33, 4};
  expect_equal(make(1000, 5, some, 2), make(1000, 5, turned, 2), 1);
}
END_TEST

START_TEST(one_group_more_makes_another_identity) {
  const unsigned some[] = {4, 33};
  expect_equal(make(1000, 5, some, 1), make(1000, 5, some, 2), 0);
}
END_TEST

START_TEST(the_main_group_counts_beside_the_others) {
  const unsigned some[] = {4, 33};
  expect_equal(make(1000, 4, some, 2), make(1000, 33, some, 2), 0);
}
END_TEST

START_TEST(another_user_in_the_same_groups_is_another) {
  expect_equal(make(1000, 4, NULL, 0), make(1001, 4, NULL, 0), 0);
}
END_TEST

START_TEST(nobody_equals_nobody_only) {
  ck_assert_int_eq(fcl__identity_equal(NULL, NULL), 1);
  expect_equal(make(1000, 4, NULL, 0), NULL, 0);
}
END_TEST

START_TEST(the_number_that_means_none_is_refused) {
  const unsigned groups[] = {4, 4294967295u};
  fcl_identity *id;
  ck_assert_int_eq(fcl_identity_posix(&id, 4294967295u, 4, NULL, 0, &e), FCL_E_INVAL);
  ck_assert_int_eq(fcl_identity_posix(&id, 4, 4294967295u, NULL, 0, &e), FCL_E_INVAL);
  ck_assert_int_eq(fcl_identity_posix(&id, 4, 4, groups, 2, &e), FCL_E_INVAL);
  ck_assert_ptr_null(id);
}
END_TEST

START_TEST(more_groups_than_a_process_can_have_are_refused) {
  fcl_identity *id;
  ck_assert_int_eq(fcl_identity_posix(&id, 4, 4, NULL, 65537, &e), FCL_E_INVAL);
}
END_TEST

START_TEST(a_user_by_name_is_named_so) {
  fcl_identity *id;
  ck_assert_msg(fcl_identity_user(&id, "daemon", &e) == FCL_OK, "%s", e.text);
  ck_assert_str_eq(fcl__identity_key(id), "1:1:1");
  ck_assert_str_eq(fcl__identity_name(id), "daemon (uid 1)");
  fcl_identity_unref(id);
}
END_TEST

START_TEST(a_name_that_nobody_has_is_said_so) {
  fcl_identity *id;
  ck_assert_int_eq(fcl_identity_user(&id, "no-such-user", &e), FCL_E_IDENTITY);
  ck_assert_str_eq(e.text, "there is no user no-such-user on this machine; see getent passwd");
  ck_assert_ptr_null(id);
}
END_TEST

START_TEST(a_token_of_windows_is_refused) {
  fcl_identity *id;
  ck_assert_int_eq(fcl_identity_token(&id, &e, &e), FCL_E_IDENTITY);
  ck_assert_ptr_null(id);
}
END_TEST

START_TEST(an_identity_lives_as_long_as_somebody_has_it) {
  fcl_identity *id = make(7, 7, NULL, 0), *other = fcl__identity_ref(id);
  fcl_identity_unref(id);
  ck_assert_str_eq(fcl__identity_name(other), "uid 7");
  fcl_identity_unref(other);
  fcl_identity_unref(NULL);
}
END_TEST

/* ---- What a policy allows ---- */

static const fcl_policy some = {NULL, NULL, 1000, 60000, 100, 60000};

static void expect_check(fcl_identity *id, const fcl_policy *policy, const char *sentence) {
  e.text[0] = 0;
  ck_assert_int_eq(fcl__identity_check(id, policy, &e), sentence[0] ? FCL_E_IDENTITY : FCL_OK);
  ck_assert_str_eq(e.text, sentence);
  fcl_identity_unref(id);
}

START_TEST(a_user_within_the_policy_is_allowed) {
  const unsigned groups[] = {100, 60000};
  expect_check(make(60000, 100, groups, 2), &some, "");
}
END_TEST

START_TEST(root_is_never_allowed) {
  const fcl_policy all = {NULL, NULL, 0, 60000, 0, 60000};
  expect_check(make(0, 100, NULL, 0), &all, "cannot run programs as uid 0: root is never allowed");
}
END_TEST

START_TEST(a_user_beyond_is_told_the_range) {
  expect_check(make(999, 100, NULL, 0), &some,
               "cannot run programs as uid 999: fcl_client_options.policy allows the uids 1000 to "
               "60000");
}
END_TEST

START_TEST(a_group_beyond_is_named) {
  const unsigned groups[] = {27};
  expect_check(make(1000, 1000, groups, 1), &some,
               "cannot run programs as uid 1000: it is in the group 27, and "
               "fcl_client_options.policy allows the gids 100 to 60000, but never 0");
}
END_TEST

START_TEST(without_a_policy_the_sentence_asks_for_one) {
  expect_check(make(77777, 1000, NULL, 0), NULL,
               "cannot run programs as uid 77777: no policy allows other users; set "
               "fcl_client_options.policy, and make the client with the privilege to change users");
}
END_TEST

START_TEST(our_own_user_needs_no_policy) {
  fcl_identity *own;
  if (geteuid() == 0 && (setgroups(0, NULL) != 0 || setgid(7) != 0 || setuid(7) != 0))
    ck_abort();
  ck_assert_int_eq(fcl__identity_own(&own, &e), FCL_OK);
  expect_check(own, NULL, "");
}
END_TEST

START_TEST(a_connection_speaks_for_nobody) {
  fcl_identity *id = make(1000, 1000, NULL, 0);
  ck_assert_int_eq(fcl__impersonation_check("unix:/run/app.sock", id, &e), FCL_E_IDENTITY);
  ck_assert_str_eq(e.text, "a connection to unix:/run/app.sock cannot speak for uid 1000: this "
                           "system does not support that; let the pool start the program "
                           "(fcl_pool_options.program), so that its processes run as the user");
  fcl_identity_unref(id);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("identity");
  tcase_add_test(t, the_key_has_every_group_once_and_in_order);
  tcase_add_test(t, the_largest_numbers_fit_into_the_key);
  tcase_add_test(t, the_order_of_groups_makes_no_difference);
  tcase_add_test(t, one_group_more_makes_another_identity);
  tcase_add_test(t, the_main_group_counts_beside_the_others);
  tcase_add_test(t, another_user_in_the_same_groups_is_another);
  tcase_add_test(t, nobody_equals_nobody_only);
  tcase_add_test(t, the_number_that_means_none_is_refused);
  tcase_add_test(t, more_groups_than_a_process_can_have_are_refused);
  tcase_add_test(t, a_user_by_name_is_named_so);
  tcase_add_test(t, a_name_that_nobody_has_is_said_so);
  tcase_add_test(t, a_token_of_windows_is_refused);
  tcase_add_test(t, an_identity_lives_as_long_as_somebody_has_it);
  tcase_add_test(t, a_user_within_the_policy_is_allowed);
  tcase_add_test(t, root_is_never_allowed);
  tcase_add_test(t, a_user_beyond_is_told_the_range);
  tcase_add_test(t, a_group_beyond_is_named);
  tcase_add_test(t, without_a_policy_the_sentence_asks_for_one);
  tcase_add_test(t, our_own_user_needs_no_policy);
  tcase_add_test(t, a_connection_speaks_for_nobody);
  return test_suite_run("identity", &t, 1);
}
