/* test_spool.c: the file for large bodies: nobody else can open it, and it is gone when it is
   closed. */
#include "platform/spool.h"
#include "platform/win32/failure.h"
#include "platform/win32/wide.h"
#include "support/fds.h"
#include "support/suite.h"
#include <errno.h>
#include <io.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>
#include <windows.h>

static char folder[600];
static int fd;

static void setup(void) {
  static unsigned made;
  wchar_t wide[600];
  snprintf(folder, sizeof folder, "%s\\sp\xc3\xbcl %lu-%u", fcl__spool_directory(NULL),
           GetCurrentProcessId(), ++made);
  ck_assert_uint_gt(fcl__wide_into(wide, 600, folder), 0);
  ck_assert(CreateDirectoryW(wide, NULL));
  fd = fcl__spool_open(folder);
  ck_assert_int_ge(fd, 0);
}

/* Names that lie in the folder; the last one's path into `path`. */
static unsigned count_files(wchar_t *path, size_t cap) {
  WIN32_FIND_DATAW found;
  wchar_t wide[600], pattern[640];
  unsigned n = 0;
  HANDLE search;
  fcl__wide_into(wide, 600, folder);
  _snwprintf(pattern, 640, L"%ls\\*", wide);
  search = FindFirstFileW(pattern, &found);
  if (search == INVALID_HANDLE_VALUE)
    return 0;
  do
    if (found.cFileName[0] != L'.') {
      _snwprintf(path, cap, L"%ls\\%ls", wide, found.cFileName);
      n++;
    }
  while (FindNextFileW(search, &found));
  FindClose(search);
  return n;
}

static void teardown(void) {
  wchar_t wide[600];
  if (fd >= 0)
    fcl__spool_close(fd);
  fcl__wide_into(wide, 600, folder);
  ck_assert(RemoveDirectoryW(wide)); /* it is empty */
}

START_TEST(what_is_written_is_read_again_wherever) {
  char got[6] = "";
  ck_assert_int_eq(fcl__spool_write(fd, "world", 5, 100000), 0);
  ck_assert_int_eq(fcl__spool_write(fd, "hello", 5, 0), 0);
  ck_assert_int_eq(fcl__spool_read(fd, got, 5, 100000), 0);
  ck_assert_str_eq(got, "world");
  ck_assert_int_eq(fcl__spool_read(fd, got, 5, 0), 0);
  ck_assert_str_eq(got, "hello");
}
END_TEST

START_TEST(bytes_are_not_changed_as_in_text) {
  char got[5] = "";
  ck_assert_int_eq(fcl__spool_write(fd, "\r\n\x1a\n", 4, 0), 0);
  ck_assert_int_eq(fcl__spool_read(fd, got, 4, 0), 0);
  ck_assert_mem_eq(got, "\r\n\x1a\n", 4);
}
END_TEST

START_TEST(reading_beyond_its_end_is_an_error) { /* loop test: partly, wholly */
  char got[8];
  ck_assert_int_eq(fcl__spool_write(fd, "abc", 3, 0), 0);
  ck_assert_int_eq(fcl__spool_read(fd, got, 4, _i ? 100 : 0), UV_EIO);
}
END_TEST

START_TEST(nobody_else_can_open_it) { /* loop test: to read, to write, to remove */
  static const DWORD how[] = {GENERIC_READ, GENERIC_WRITE, DELETE};
  wchar_t path[700];
  HANDLE other;
  DWORD error;
  ck_assert_uint_eq(count_files(path, 700), 1);
  other = CreateFileW(path, how[_i], FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                      OPEN_EXISTING, 0, NULL);
  error = GetLastError();
  ck_assert_ptr_eq(other, INVALID_HANDLE_VALUE);
  ck_assert_uint_eq(error, ERROR_SHARING_VIOLATION);
}
END_TEST

START_TEST(no_child_inherits_it) {
  DWORD flags;
  ck_assert(GetHandleInformation((HANDLE) _get_osfhandle(fd), &flags));
  ck_assert_uint_eq(flags & HANDLE_FLAG_INHERIT, 0);
}
END_TEST

START_TEST(it_is_gone_when_it_is_closed) {
  wchar_t path[700];
  ck_assert_int_eq(fcl__spool_write(fd, "abc", 3, 0), 0);
  ck_assert_uint_eq(count_files(path, 700), 1);
  fcl__spool_close(fd);
  fd = -1;
  ck_assert_uint_eq(count_files(path, 700), 0);
}
END_TEST

START_TEST(two_are_two_files) {
  wchar_t path[700];
  char got = 0;
  int other = fcl__spool_open(folder);
  ck_assert_uint_eq(count_files(path, 700), 2);
  ck_assert_int_eq(fcl__spool_write(fd, "a", 1, 0), 0);
  ck_assert_int_eq(fcl__spool_write(other, "b", 1, 0), 0);
  ck_assert_int_eq(fcl__spool_read(fd, &got, 1, 0), 0);
  fcl__spool_close(other);
  ck_assert_int_eq(got, 'a');
}
END_TEST

START_TEST(emptied_it_is_empty_and_still_there) {
  char got;
  ck_assert_int_eq(fcl__spool_write(fd, "abc", 3, 5000000), 0);
  fcl__spool_empty(fd);
  ck_assert_int_eq(fcl__spool_read(fd, &got, 1, 0), UV_EIO);
  ck_assert_int_eq(fcl__spool_write(fd, "x", 1, 0), 0);
  ck_assert_int_eq(fcl__spool_read(fd, &got, 1, 0), 0);
  ck_assert_int_eq(got, 'x');
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_an_error) {
  ck_assert_int_eq(fcl__spool_open("C:\\no such folder"),
                   fcl__failure_status(ERROR_PATH_NOT_FOUND));
}
END_TEST

START_TEST(without_a_folder_it_is_the_users_own) {
  char own[400];
  size_t size = sizeof own;
  ck_assert_int_eq(uv_os_tmpdir(own, &size), 0);
  ck_assert_int_eq(_strnicmp(fcl__spool_directory(NULL), own, strlen(own)), 0);
  ck_assert_int_eq(_strnicmp(fcl__spool_directory(""), own, strlen(own)), 0);
  ck_assert_str_eq(fcl__spool_directory("D:\\x"), "D:\\x");
}
END_TEST

START_TEST(many_leave_no_handle) {
  int i, before = test_fds();
  for (i = 0; i < 50; i++)
    fcl__spool_close(fcl__spool_open(folder));
  ck_assert_int_gt(before, 0);
  ck_assert_int_eq(test_fds(), before);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("spool");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, what_is_written_is_read_again_wherever);
  tcase_add_test(t, bytes_are_not_changed_as_in_text);
  tcase_add_loop_test(t, reading_beyond_its_end_is_an_error, 0, 2);
  tcase_add_loop_test(t, nobody_else_can_open_it, 0, 3);
  tcase_add_test(t, no_child_inherits_it);
  tcase_add_test(t, it_is_gone_when_it_is_closed);
  tcase_add_test(t, two_are_two_files);
  tcase_add_test(t, emptied_it_is_empty_and_still_there);
  tcase_add_test(t, a_folder_that_is_not_there_is_an_error);
  tcase_add_test(t, without_a_folder_it_is_the_users_own);
  tcase_add_test(t, many_leave_no_handle);
  return test_suite_run("spool", &t, 1);
}
