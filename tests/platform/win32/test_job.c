/* test_job.c: what a job is told to keep: Wine keeps no limits and tells none, so that they are
   looked at on their way.  The linker puts our function between (x86_64 only, for its name's sake).
 */
#include "platform/win32/job.h"
#include "support/suite.h"
#include <string.h>

typedef BOOL(WINAPI *setter)(HANDLE job, JOBOBJECTINFOCLASS which, void *information, DWORD len);
extern setter __real___imp_SetInformationJobObject, __wrap___imp_SetInformationJobObject;

static JOBOBJECT_EXTENDED_LIMIT_INFORMATION set;
static unsigned count;
static int fails;

static BOOL WINAPI note(HANDLE job, JOBOBJECTINFOCLASS which, void *information, DWORD len) {
  if (which == JobObjectExtendedLimitInformation && len == sizeof set) {
    memcpy(&set, information, len);
    count++;
  }
  return !fails && __real___imp_SetInformationJobObject(job, which, information, len);
}

setter __wrap___imp_SetInformationJobObject = note;

static const fcl__limits none = {-1,        FCL__OURS, FCL__OURS, FCL__OURS, FCL__OURS,
                                 FCL__OURS, 0,         0,         0};

static const JOBOBJECT_BASIC_LIMIT_INFORMATION *basic_of(const fcl__limits *limits) {
  HANDLE job = fcl__job_make(limits);
  ck_assert_ptr_nonnull(job);
  CloseHandle(job);
  return &set.BasicLimitInformation;
}

static void setup(void) {
  memset(&set, 0, sizeof set);
  count = 0;
  fails = 0;
}

#define ALWAYS (JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION)

START_TEST(all_in_it_are_killed_with_its_last_handle_and_none_may_break_away) { /* loop test */
  ck_assert_uint_eq(basic_of(_i ? &none : NULL)->LimitFlags, ALWAYS);
  ck_assert_uint_eq(count, 1);
}
END_TEST

START_TEST(a_memory_limit_is_of_the_job) {
  fcl__limits l = none;
  l.memory = 100 << 20;
  ck_assert_uint_eq(basic_of(&l)->LimitFlags, ALWAYS | JOB_OBJECT_LIMIT_JOB_MEMORY);
  ck_assert_uint_eq(set.JobMemoryLimit, 100 << 20);
}
END_TEST

START_TEST(a_limit_of_address_space_is_of_each_process) {
  fcl__limits l = none;
  l.address_space = 50 << 20;
  ck_assert_uint_eq(basic_of(&l)->LimitFlags, ALWAYS | JOB_OBJECT_LIMIT_PROCESS_MEMORY);
  ck_assert_uint_eq(set.ProcessMemoryLimit, 50 << 20);
}
END_TEST

START_TEST(a_limit_of_tasks_is_one_of_processes) {
  fcl__limits l = none;
  l.tasks = 3;
  ck_assert_uint_eq(basic_of(&l)->LimitFlags, ALWAYS | JOB_OBJECT_LIMIT_ACTIVE_PROCESS);
  ck_assert_uint_eq(set.BasicLimitInformation.ActiveProcessLimit, 3);
}
END_TEST

START_TEST(a_limit_of_computing_is_in_units_of_100_ns) {
  fcl__limits l = none;
  l.cpu_s = 2;
  ck_assert_uint_eq(basic_of(&l)->LimitFlags, ALWAYS | JOB_OBJECT_LIMIT_PROCESS_TIME);
  ck_assert_uint_eq((unsigned) set.BasicLimitInformation.PerProcessUserTimeLimit.QuadPart,
                    20000000);
}
END_TEST

START_TEST(without_limit_is_no_limit) {
  fcl__limits l = none;
  l.address_space = l.cpu_s = UINT64_MAX;
  ck_assert_uint_eq(basic_of(&l)->LimitFlags, ALWAYS);
}
END_TEST

START_TEST(a_job_that_would_keep_nobody_is_none) {
  fails = 1;
  ck_assert_ptr_null(fcl__job_make(NULL));
}
END_TEST

int main(void) {
  TCase *t = tcase_create("job");
  tcase_add_checked_fixture(t, setup, NULL);
  tcase_add_loop_test(t, all_in_it_are_killed_with_its_last_handle_and_none_may_break_away, 0, 2);
  tcase_add_test(t, a_memory_limit_is_of_the_job);
  tcase_add_test(t, a_limit_of_address_space_is_of_each_process);
  tcase_add_test(t, a_limit_of_tasks_is_one_of_processes);
  tcase_add_test(t, a_limit_of_computing_is_in_units_of_100_ns);
  tcase_add_test(t, without_limit_is_no_limit);
  tcase_add_test(t, a_job_that_would_keep_nobody_is_none);
  return test_suite_run("job", &t, 1);
}
