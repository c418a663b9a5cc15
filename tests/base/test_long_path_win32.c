/* test_long_path_win32.c: paths of more than 259 characters. */
#include "base/long_path_win32.h"
#include "support/suite.h"
#include <string.h>

enum { LONG = 300 };

static wchar_t path[1000], want[1000];

/* `begin`, x as often as there is room in LONG, and `end`. */
static void make(wchar_t *out, const wchar_t *begin, const wchar_t *end) {
  size_t i;
  wcscpy(out, begin);
  for (i = 0; i < LONG; i++)
    wcscat(out, L"x");
  wcscat(out, end);
}

START_TEST(a_long_one_is_written_as_windows_takes_it) { /* loop test */
  static const struct {
    const wchar_t *begin, *end, *begin_then, *end_then;
  } rows[] = {
      {L"C:\\a b\\", L"\\f.ini", L"\\\\?\\C:\\a b\\", L"\\f.ini"},
      {L"d:/\u00fc/", L"/f", L"\\\\?\\d:\\\u00fc\\", L"\\f"},
      {L"C:\\a\\..\\.\\b\\", L"\\\\..\\f", L"\\\\?\\C:\\b", L"\\f"},
      {L"C:\\..\\", L"", L"\\\\?\\C:\\", L""},
      {L"\\\\server\\share\\", L"", L"\\\\?\\UNC\\server\\share\\", L""},
      {L"//server/share/", L"", L"\\\\?\\UNC\\server\\share\\", L""},
  };
  make(path, rows[_i].begin, rows[_i].end);
  make(want, rows[_i].begin_then, rows[_i].end_then);
  if (_i == 2)
    wcscpy(want, L"\\\\?\\C:\\b\\f");
  fcl__long_path(path, 1000);
  ck_assert_msg(wcscmp(path, want) == 0, "%ls", path);
}
END_TEST

START_TEST(others_stay_as_they_are) { /* loop test */
  static const wchar_t *const begins[] = {L"\\\\?\\C:\\a/", L"\\\\.\\pipe\\", L"folder\\..\\",
                                          L"\\f\\", L"C:"};
  make(path, begins[_i], L"\\f");
  make(want, begins[_i], L"\\f");
  fcl__long_path(path, 1000);
  ck_assert(wcscmp(path, want) == 0);
}
END_TEST

START_TEST(a_short_one_stays_as_it_is) {
  wcscpy(path, L"C:/a/../f");
  fcl__long_path(path, 1000);
  ck_assert(wcscmp(path, L"C:/a/../f") == 0);
  *path = 0;
  fcl__long_path(path, 1000);
  ck_assert(*path == 0);
}
END_TEST

START_TEST(without_room_it_stays_as_it_is) {
  make(path, L"C:\\", L"");
  make(want, L"C:\\", L"");
  fcl__long_path(path, wcslen(path) + 4);
  ck_assert(wcscmp(path, want) == 0);
  fcl__long_path(path, wcslen(path) + FCL__LONG_PATH_MORE);
  ck_assert(wcsncmp(path, L"\\\\?\\", 4) == 0);
}
END_TEST

int main(void) {
  TCase *tc = tcase_create("long path");
  tcase_add_loop_test(tc, a_long_one_is_written_as_windows_takes_it, 0, 6);
  tcase_add_loop_test(tc, others_stay_as_they_are, 0, 5);
  tcase_add_test(tc, a_short_one_stays_as_it_is);
  tcase_add_test(tc, without_room_it_stays_as_it_is);
  return test_suite_run("long path", &tc, 1);
}
