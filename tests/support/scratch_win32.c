/* scratch_win32.c: folders and variables. */
#include "support/scratch.h"
#include <check.h>
#include <windows.h>

enum { ROOM = 300 };

static void widen(const char *text, wchar_t *out, int room) {
  ck_assert_int_gt(MultiByteToWideChar(CP_UTF8, 0, text, -1, out, room), 0);
}

void test_folder_make(char *path) {
  static unsigned count;
  wchar_t where[ROOM], wide[ROOM];
  DWORD len = GetTempPathW(ROOM, where);
  char *at;
  ck_assert(len > 0 && len < ROOM - 40);
  do
    _snwprintf(wide, ROOM, L"%lsfcl-test-%lu-%u", where, GetCurrentProcessId(), count++);
  while (!CreateDirectoryW(wide, NULL) && GetLastError() == ERROR_ALREADY_EXISTS);
  ck_assert_int_gt(WideCharToMultiByte(CP_UTF8, 0, wide, -1, path, ROOM, NULL, NULL), 0);
  for (at = path; *at; at++)
    *at = *at == '\\' ? '/' : *at;
}

int test_folder_remove(const char *path) {
  wchar_t wide[ROOM];
  widen(path, wide, ROOM);
  return RemoveDirectoryW(wide);
}

FILE *test_file_open(const char *path, const char *mode) {
  wchar_t wide[ROOM], how[8];
  widen(path, wide, ROOM);
  widen(mode, how, 8);
  return _wfopen(wide, how);
}

int test_file_delete(const char *path) {
  wchar_t wide[ROOM];
  widen(path, wide, ROOM);
  return _wremove(wide);
}

void test_environment_set(const char *name, const char *value) {
  wchar_t wide_name[ROOM], wide_value[4 * ROOM];
  widen(name, wide_name, ROOM);
  if (value)
    widen(value, wide_value, 4 * ROOM);
  ck_assert(SetEnvironmentVariableW(wide_name, value ? wide_value : NULL));
}
