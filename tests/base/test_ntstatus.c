/* test_ntstatus.c: exit statuses that tell of a crash, by name and with what to do. */
#include "base/ntstatus.h"
#include "support/suite.h"

START_TEST(a_crash_has_a_name) {
  ck_assert_str_eq(fcl__ntstatus_name((int) 0xc0000005), "STATUS_ACCESS_VIOLATION");
  ck_assert_str_eq(fcl__ntstatus_name(-1073741515), "STATUS_DLL_NOT_FOUND"); /* 0xc0000135 */
}
END_TEST

START_TEST(what_programs_exit_with_has_none) { /* loop test */
  static const int statuses[] = {0, 1, 3, 5, 127, 255, 256, -1, -2, 0x40010005};
  ck_assert_ptr_null(fcl__ntstatus_name(statuses[_i]));
  ck_assert(!fcl__ntstatus_is_crash(statuses[_i]));
}
END_TEST

START_TEST(errors_of_the_system_are_crashes_without_a_name_too) {
  ck_assert_ptr_null(fcl__ntstatus_name((int) 0xc0000338));
  ck_assert(fcl__ntstatus_is_crash((int) 0xc0000338));
  ck_assert(fcl__ntstatus_is_crash((int) 0xe06d7363)); /* an exception of C++ */
}
END_TEST

START_TEST(what_its_host_ends_has_not_crashed) {
  ck_assert(!fcl__ntstatus_is_crash((int) 0xe046434c));
}
END_TEST

START_TEST(what_to_do_fits_the_crash) {
  ck_assert_ptr_nonnull(strstr(fcl__ntstatus_advice((int) 0xc0000135), "was not found"));
  ck_assert_ptr_nonnull(strstr(fcl__ntstatus_advice((int) 0xc000007b), "32 and 64 bit"));
  ck_assert_ptr_nonnull(strstr(fcl__ntstatus_advice((int) 0xc0000338), "event log"));
}
END_TEST

int main(void) {
  TCase *tc = tcase_create("ntstatus");
  tcase_add_test(tc, a_crash_has_a_name);
  tcase_add_loop_test(tc, what_programs_exit_with_has_none, 0, 10);
  tcase_add_test(tc, errors_of_the_system_are_crashes_without_a_name_too);
  tcase_add_test(tc, what_its_host_ends_has_not_crashed);
  tcase_add_test(tc, what_to_do_fits_the_crash);
  return test_suite_run("ntstatus", &tc, 1);
}
