/* scratch_win32.c: folders and variables. */
#include "support/scratch.h"
#include <check.h>
#include <windows.h>

enum { ROOM = 300 };

static void widen(const char *text, wchar_t *out, int room) {
  ck_assert_int_gt(MultiByteToWideChar(CP_UTF8, 0, text, -1, out, room), 0);
}

const char *test_temporary(void) {
  static char path[ROOM];
  wchar_t where[ROOM];
  DWORD len = GetTempPathW(ROOM, where);
  char *at;
  ck_assert(len > 1 && len < ROOM - 40);
  where[len - 1] = 0;
  ck_assert_int_gt(WideCharToMultiByte(CP_UTF8, 0, where, -1, path, ROOM, NULL, NULL), 0);
  for (at = path; *at; at++)
    *at = *at == '\\' ? '/' : *at;
  return path;
}

void test_folder_make(char *path) {
  static unsigned count;
  wchar_t wide[ROOM];
  do {
    int len = snprintf(path, ROOM, "%s/fcl-test-%lu-%u", test_temporary(), GetCurrentProcessId(),
                       count++);
    ck_assert(len > 0 && len < ROOM);
    widen(path, wide, ROOM);
  } while (!CreateDirectoryW(wide, NULL) && GetLastError() == ERROR_ALREADY_EXISTS);
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
