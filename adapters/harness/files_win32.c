/* files_win32.c: files by name, by Windows. */
#include "files.h"
#include "base/long_path_win32.h"
#include "why.h"
#include "wide_win32.h"
#include <windows.h>
#include <errno.h>
#include <stdlib.h>

wchar_t *fcl__text_wide(const char *utf8) {
  int len = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, utf8, -1, NULL, 0);
  wchar_t *wide = len > 0 ? malloc((size_t) len * sizeof *wide) : NULL;
  if (wide)
    MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, utf8, -1, wide, len);
  else
    errno = len > 0 ? ENOMEM : EILSEQ;
  return wide;
}

wchar_t *fcl__path_wide(const char *path) {
  wchar_t *wide = fcl__text_wide(path);
  size_t cap = wide ? wcslen(wide) + 1 + FCL__LONG_PATH_MORE : 0;
  wchar_t *longer = wide ? realloc(wide, cap * sizeof *wide) : NULL;
  if (longer == NULL)
    return wide;
  fcl__long_path(longer, cap);
  return longer;
}

/* N: programs that we start inherit it not. */
FILE *fcl__file_open(const char *name, const char *mode) {
  wchar_t *wide = fcl__path_wide(name), wide_mode[8];
  FILE *f;
  swprintf(wide_mode, sizeof wide_mode / sizeof *wide_mode, L"%.4hsN", mode);
  f = wide ? _wfopen(wide, wide_mode) : NULL;
  free(wide);
  return f;
}

int fcl__file_is_program(const char *name) {
  wchar_t *wide = fcl__path_wide(name);
  DWORD kind = wide ? GetFileAttributesW(wide) : INVALID_FILE_ATTRIBUTES;
  if (wide && kind == INVALID_FILE_ATTRIBUTES)
    fcl__why_is(ENOENT, GetLastError());
  else if (wide && (kind & FILE_ATTRIBUTE_DIRECTORY))
    fcl__why_is(EACCES, ERROR_ACCESS_DENIED);
  free(wide);
  return kind != INVALID_FILE_ATTRIBUTES && !(kind & FILE_ATTRIBUTE_DIRECTORY);
}
