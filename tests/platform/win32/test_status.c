/* test_status.c: libuv's numbers by the names that Windows has for them. */
#include "platform/status.h"
#include "platform/win32/failure.h"
#include "support/suite.h"
#include <winsock2.h>
#include <uv.h>
#include <windows.h>

static char room[300];

static const char *words(int status) {
  return fcl__status_words(status, room, sizeof room);
}

START_TEST(a_number_of_libuvs_has_the_name_that_windows_has_for_it) {
  ck_assert_str_eq(words(UV_ECONNREFUSED), "connection refused (WSAECONNREFUSED, 10061)");
  ck_assert_str_eq(words(UV_ENOENT), "no such file or directory (ERROR_FILE_NOT_FOUND, 2)");
  ck_assert_str_eq(words(UV_EPERM), "operation not permitted (ERROR_ACCESS_DENIED, 5)");
  ck_assert_int_eq(fcl__status_sys(UV_ECONNREFUSED), WSAECONNREFUSED);
}
END_TEST

START_TEST(one_that_stands_for_several_keeps_its_own_name) {
  ck_assert_str_eq(words(UV_EPIPE), "broken pipe (EPIPE)");
  ck_assert_int_eq(fcl__status_sys(UV_EPIPE), 0);
}
END_TEST

/* As libuv itself translates it: else the name would be wrong. */
START_TEST(each_name_leads_to_its_number_again) { /* loop test */
  static const int theirs[] = {ERROR_NOT_ENOUGH_MEMORY,
                               ERROR_DISK_FULL,
                               ERROR_SHARING_VIOLATION,
                               ERROR_ALREADY_EXISTS,
                               ERROR_ACCESS_DENIED,
                               ERROR_FILE_NOT_FOUND,
                               ERROR_OPERATION_ABORTED,
                               WSAEACCES,
                               WSAEADDRINUSE,
                               WSAEADDRNOTAVAIL,
                               WSAECONNABORTED,
                               WSAECONNREFUSED,
                               WSAECONNRESET,
                               WSAEHOSTUNREACH,
                               WSAENETUNREACH,
                               WSAENOBUFS,
                               WSAENOTCONN,
                               WSAETIMEDOUT};
  ck_assert_int_eq(fcl__status_sys(uv_translate_sys_error(theirs[_i])), theirs[_i]);
}
END_TEST

START_TEST(a_number_of_windows_own_keeps_its_words) {
  int status = fcl__failure_status(ERROR_PATH_NOT_FOUND);
  ck_assert_int_lt(status, UV_ERRNO_MAX);
  ck_assert_ptr_nonnull(strstr(words(status), " (ERROR_PATH_NOT_FOUND, 3)"));
  ck_assert_int_eq(fcl__status_sys(status), ERROR_PATH_NOT_FOUND);
}
END_TEST

int main(void) {
  TCase *tc = tcase_create("status");
  tcase_add_test(tc, a_number_of_libuvs_has_the_name_that_windows_has_for_it);
  tcase_add_test(tc, one_that_stands_for_several_keeps_its_own_name);
  tcase_add_loop_test(tc, each_name_leads_to_its_number_again, 0, 18);
  tcase_add_test(tc, a_number_of_windows_own_keeps_its_words);
  return test_suite_run("status", &tc, 1);
}
