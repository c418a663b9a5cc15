/* system_win32.c: what httpd needs of the system, by Windows. */
#include <windows.h>
#include "system.h"
#include <io.h>
#include <limits.h>
#include <stdlib.h>

enum { NAME_LONGEST = 4096 };

void system_begin(void) {
}

ptrdiff_t system_write(int fd, const void *bytes, size_t len) {
  return _write(fd, bytes, len < INT_MAX ? (unsigned) len : INT_MAX);
}

void system_utc(time_t at, struct tm *tm) {
  gmtime_s(tm, &at);
}

unsigned system_path_flags(void) {
  return FCL_CGI_WINDOWS;
}

/* PAGE~1.PHT is page.phtml by its short name, and no script of anybody's. */
int system_is_alias(fcl_slice path) {
  size_t n;
  for (n = 0; n + 1 < path.len; n++)
    if (path.base[n] == '~' && path.base[n + 1] >= '0' && path.base[n + 1] <= '9')
      return 1;
  return 0;
}

int system_folds_case(void) {
  return 1;
}

int system_is_absolute(const char *path) {
  return path[0] == '/' || path[0] == '\\' || (path[0] != 0 && path[1] == ':');
}

void system_slashes(char *path) {
  for (; *path; path++)
    if (*path == '\\')
      *path = '/';
}

static char *narrow(const wchar_t *wide) {
  int len = WideCharToMultiByte(CP_UTF8, 0, wide, -1, NULL, 0, NULL, NULL);
  char *text = len > 0 ? malloc((size_t) len) : NULL;
  if (text)
    WideCharToMultiByte(CP_UTF8, 0, wide, -1, text, len, NULL, NULL);
  return text;
}

/* A name with a folder is one of the current folder's, or absolute; "app" is app.exe too. */
static DWORD search(const wchar_t *name, wchar_t *found) {
  int has_folder = wcspbrk(name, L"/\\:") != NULL;
  wchar_t full[NAME_LONGEST];
  DWORD len = has_folder ? GetFullPathNameW(name, NAME_LONGEST, full, NULL) : 0;
  if (has_folder && (len == 0 || len >= NAME_LONGEST))
    return 0;
  len = SearchPathW(NULL, has_folder ? full : name, NULL, NAME_LONGEST, found, NULL);
  if (len == 0)
    len = SearchPathW(NULL, has_folder ? full : name, L".exe", NAME_LONGEST, found, NULL);
  return len < NAME_LONGEST ? len : 0;
}

const char *system_program(const char *name) {
  wchar_t wide[NAME_LONGEST], found[NAME_LONGEST];
  DWORD kind;
  if (MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, name, -1, wide, NAME_LONGEST) == 0 ||
      search(wide, found) == 0)
    return NULL;
  kind = GetFileAttributesW(found);
  return kind == INVALID_FILE_ATTRIBUTES || (kind & FILE_ATTRIBUTE_DIRECTORY) ? NULL
                                                                              : narrow(found);
}
