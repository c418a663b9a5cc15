/* test_find.c: where the guardian is looked for. */
#define _GNU_SOURCE
#include "platform/posix/find.h"
#include "support/suite.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[FCL__PATH_MAX];
static fcl_error e;

static void setup(void) {
  unsetenv("FCGICLIENT_GUARDIAN");
  memset(&e, 0, sizeof e);
}

START_TEST(it_is_found_in_the_build_tree) {
  ck_assert_msg(fcl__find_guardian(path, NULL, &e) == FCL_OK, "%s", e.text);
  ck_assert_int_eq(access(path, X_OK), 0);
  ck_assert_msg(strstr(path, "/bin/fcl-guardian") != NULL, "%s", path);
}
END_TEST

START_TEST(the_environment_names_it) {
  setenv("FCGICLIENT_GUARDIAN", "/bin/true", 1);
  ck_assert_int_eq(fcl__find_guardian(path, NULL, &e), FCL_OK);
  ck_assert_str_eq(path, "/bin/true");
}
END_TEST

START_TEST(the_option_beats_the_environment) {
  setenv("FCGICLIENT_GUARDIAN", "/bin/true", 1);
  ck_assert_int_eq(fcl__find_guardian(path, "/bin/false", &e), FCL_OK);
  ck_assert_str_eq(path, "/bin/false");
}
END_TEST

START_TEST(an_empty_variable_names_nothing) {
  setenv("FCGICLIENT_GUARDIAN", "", 1);
  ck_assert_int_eq(fcl__find_guardian(path, NULL, &e), FCL_OK);
  ck_assert_msg(strstr(path, "/bin/fcl-guardian") != NULL, "%s", path);
}
END_TEST

START_TEST(an_option_that_is_wrong_is_not_replaced_by_another_place) {
  ck_assert_int_eq(fcl__find_guardian(path, "/nowhere", &e), FCL_E_SPAWN);
  ck_assert_str_eq(e.text, "cannot start applications with the guardian /nowhere: No such file or "
                           "directory; set guardian to the path of the program fcl-guardian");
}
END_TEST

START_TEST(a_variable_that_is_wrong_is_named) {
  setenv("FCGICLIENT_GUARDIAN", "/etc/passwd", 1);
  ck_assert_int_eq(fcl__find_guardian(path, NULL, &e), FCL_E_SPAWN);
  ck_assert_str_eq(e.text,
                   "cannot start applications with the guardian /etc/passwd: Permission denied; "
                   "set FCGICLIENT_GUARDIAN to the path of the program fcl-guardian");
}
END_TEST

START_TEST(a_path_that_is_too_long_is_refused) {
  static char longer[2 * FCL__PATH_MAX];
  memset(longer, '/', sizeof longer - 1);
  ck_assert_int_eq(fcl__find_guardian(path, longer, &e), FCL_E_SPAWN);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("find");
  tcase_add_checked_fixture(t, setup, NULL);
  tcase_add_test(t, it_is_found_in_the_build_tree);
  tcase_add_test(t, the_environment_names_it);
  tcase_add_test(t, the_option_beats_the_environment);
  tcase_add_test(t, an_empty_variable_names_nothing);
  tcase_add_test(t, an_option_that_is_wrong_is_not_replaced_by_another_place);
  tcase_add_test(t, a_variable_that_is_wrong_is_named);
  tcase_add_test(t, a_path_that_is_too_long_is_refused);
  return test_suite_run("find", &t, 1);
}
