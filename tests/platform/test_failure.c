/* test_failure.c: what is said when a program could not be started; test_start.c tells the rest. */
#include "platform/posix/failure.h"
#include "support/suite.h"
#include <errno.h>
#include <string.h>

static fcl_error e;

START_TEST(too_many_processes_name_the_limit) {
  fcl__failure(&e, "/usr/bin/app", "/", "nobody (uid 65534)", FCL__STAGE_FORK, EAGAIN);
  ck_assert_int_eq(e.code, FCL_E_SPAWN);
  ck_assert_int_eq(e.sys, EAGAIN);
  ck_assert_str_eq(e.text, "cannot start /usr/bin/app: no new process: Resource temporarily "
                           "unavailable; raise the limit on processes of the web server's user "
                           "(RLIMIT_NPROC, TasksMax)");
}
END_TEST

START_TEST(too_few_descriptors_name_the_limit) {
  fcl__failure(&e, "/usr/bin/app", "/", "nobody (uid 65534)", FCL__STAGE_ORDER, EMFILE);
  ck_assert_str_eq(e.text, "cannot start /usr/bin/app: no new process: Too many open files; raise "
                           "the limit on open files (RLIMIT_NOFILE)");
}
END_TEST

START_TEST(a_stage_of_the_future_is_still_a_sentence) {
  fcl__failure(&e, "/usr/bin/app", "/", "nobody (uid 65534)", (fcl__stage) 77, EIO);
  ck_assert_str_eq(e.text, "cannot start /usr/bin/app: no new process: Input/output error; the "
                           "system is short of resources");
}
END_TEST

START_TEST(control_characters_in_names_are_escaped) {
  fcl__failure(&e, "/usr/bin/a\nb", "/", "nobody (uid 65534)", FCL__STAGE_EXEC, EACCES);
  ck_assert_str_eq(e.text, "cannot start /usr/bin/a\\nb: Permission denied; make it, and the "
                           "directories above it, executable for the user of the web server");
}
END_TEST

START_TEST(limits_that_cannot_be_had_are_named) {
  fcl__failure(&e, "/usr/bin/app", "/", "our own user", FCL__STAGE_LIMITS, EPERM);
  ck_assert_str_eq(
      e.text, "cannot start /usr/bin/app with these limits: Operation not permitted; only root "
              "may raise a limit above the host's own (open_files_limit, file_size_limit, "
              "address_space_limit, cpu_limit_s, core_limit)");
}
END_TEST

START_TEST(a_user_that_it_cannot_become_is_a_matter_of_privilege) {
  fcl__failure(&e, "/usr/bin/app", "/", "uid 33", FCL__STAGE_USER, EPERM);
  ck_assert_int_eq(e.code, FCL_E_IDENTITY);
  ck_assert_str_eq(e.text, "cannot start /usr/bin/app as uid 33: Operation not permitted; make the "
                           "client as root, or with the capabilities CAP_SETUID, CAP_SETGID and "
                           "CAP_KILL, and give up the privileges behind that");
}
END_TEST

START_TEST(too_many_processes_of_a_user_are_a_matter_of_resources) {
  fcl__failure(&e, "/usr/bin/app", "/", "uid 33", FCL__STAGE_USER, EAGAIN);
  ck_assert_ptr_nonnull(strstr(e.text, "RLIMIT_NPROC"));
}
END_TEST

/* What the guardian refuses. */
static void expect_refusal(fcl__refusal why, fcl_code code, const char *sentence) {
  fcl__failure(&e, "/bin/sh", "/srv", "uid 33", FCL__STAGE_POLICY, (int) why);
  ck_assert_int_eq(e.code, code);
  ck_assert_str_eq(e.text, sentence);
}

START_TEST(each_refusal_is_a_sentence) {
  expect_refusal(FCL__REFUSED_UNSEALED, FCL_E_IDENTITY,
                 "the guardian refuses to start /bin/sh as uid 33: no policy allows other users; "
                 "set fcl_client_options.policy");
  expect_refusal(FCL__REFUSED_ROOT, FCL_E_IDENTITY,
                 "the guardian refuses to start /bin/sh as uid 33: nothing is started as root (uid "
                 "0), or with root's group (gid 0); set run_as to another user");
  expect_refusal(FCL__REFUSED_UID, FCL_E_IDENTITY,
                 "the guardian refuses to start /bin/sh as uid 33: its uid is outside "
                 "policy.min_uid to policy.max_uid");
  expect_refusal(FCL__REFUSED_GID, FCL_E_IDENTITY,
                 "the guardian refuses to start /bin/sh as uid 33: one of its groups is outside "
                 "policy.min_gid to policy.max_gid");
  expect_refusal(FCL__REFUSED_PROGRAM, FCL_E_SPAWN,
                 "the guardian refuses to start /bin/sh: it is not among policy.programs as they "
                 "were when the client was made");
  expect_refusal(FCL__REFUSED_DIRECTORY, FCL_E_SPAWN,
                 "the guardian refuses to start /bin/sh: its directory /srv is neither among "
                 "policy.directories nor below one of them");
  expect_refusal(
      FCL__REFUSED_VARIABLE, FCL_E_SPAWN,
      "the guardian refuses to start /bin/sh: its environment has a variable that would "
      "change the program (LD_..., GLIBC_TUNABLES or GCONV_PATH); set env to one without");
  expect_refusal(FCL__REFUSED_TERMS, FCL_E_SPAWN,
                 "the guardian refuses to start /bin/sh: it does not understand the order; install "
                 "library and guardian from one build");
}
END_TEST

int main(void) {
  TCase *t = tcase_create("failure");
  tcase_add_test(t, too_many_processes_name_the_limit);
  tcase_add_test(t, too_few_descriptors_name_the_limit);
  tcase_add_test(t, a_stage_of_the_future_is_still_a_sentence);
  tcase_add_test(t, control_characters_in_names_are_escaped);
  tcase_add_test(t, limits_that_cannot_be_had_are_named);
  tcase_add_test(t, a_user_that_it_cannot_become_is_a_matter_of_privilege);
  tcase_add_test(t, too_many_processes_of_a_user_are_a_matter_of_resources);
  tcase_add_test(t, each_refusal_is_a_sentence);
  return test_suite_run("failure", &t, 1);
}
