/* test_failure.c: what is said when a program could not be started; test_start.c tells the rest. */
#include "platform/posix/failure.h"
#include "support/suite.h"
#include <errno.h>

static fcl_error e;

START_TEST(too_many_processes_name_the_limit) {
  fcl__failure(&e, "/usr/bin/app", "/", FCL__STAGE_FORK, EAGAIN);
  ck_assert_int_eq(e.code, FCL_E_SPAWN);
  ck_assert_int_eq(e.sys, EAGAIN);
  ck_assert_str_eq(e.text, "cannot start /usr/bin/app: no new process: Resource temporarily "
                           "unavailable; raise the limit on processes of the web server's user "
                           "(RLIMIT_NPROC, TasksMax)");
}
END_TEST

START_TEST(too_few_descriptors_name_the_limit) {
  fcl__failure(&e, "/usr/bin/app", "/", FCL__STAGE_ORDER, EMFILE);
  ck_assert_str_eq(e.text, "cannot start /usr/bin/app: no new process: Too many open files; raise "
                           "the limit on open files (RLIMIT_NOFILE)");
}
END_TEST

START_TEST(a_stage_of_the_future_is_still_a_sentence) {
  fcl__failure(&e, "/usr/bin/app", "/", (fcl__stage) 77, EIO);
  ck_assert_str_eq(e.text, "cannot start /usr/bin/app: no new process: Input/output error; the "
                           "system is short of resources");
}
END_TEST

START_TEST(control_characters_in_names_are_escaped) {
  fcl__failure(&e, "/usr/bin/a\nb", "/", FCL__STAGE_EXEC, EACCES);
  ck_assert_str_eq(e.text, "cannot start /usr/bin/a\\nb: Permission denied; make it, and the "
                           "directories above it, executable for the user of the web server");
}
END_TEST

int main(void) {
  TCase *t = tcase_create("failure");
  tcase_add_test(t, too_many_processes_name_the_limit);
  tcase_add_test(t, too_few_descriptors_name_the_limit);
  tcase_add_test(t, a_stage_of_the_future_is_still_a_sentence);
  tcase_add_test(t, control_characters_in_names_are_escaped);
  return test_suite_run("failure", &t, 1);
}
