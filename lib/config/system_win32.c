/* system_win32.c: names are UTF-16 there, and variables' names have no case. */
#include "config/system.h"
#include "base/long_path_win32.h"
#include <stdlib.h>
#include <windows.h>

#define PATH_ROOM 32768 /* UTF-16 units: more than any path has */

const fcl__word fcl__config_word = fcl__word_windows;

static FILE *open_wide(const char *path, wchar_t *wide) {
  if (MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, wide, PATH_ROOM) == 0) {
    _doserrno = GetLastError();
    return NULL;
  }
  fcl__long_path(wide, PATH_ROOM);
  return _wfopen(wide, L"rbN");
}

FILE *fcl__config_open(const char *path) {
  wchar_t *wide = malloc(PATH_ROOM * sizeof *wide);
  FILE *f = wide ? open_wide(path, wide) : NULL;
  unsigned long error = wide ? _doserrno : ERROR_NOT_ENOUGH_MEMORY;
  free(wide);
  _doserrno = error;
  return f;
}

/* The C library keeps what the system has told it, beside the errno that it makes of it. */
int fcl__config_failed(void) {
  return (int) _doserrno;
}

static int utf8_size(const wchar_t *text) {
  return WideCharToMultiByte(CP_UTF8, 0, text, -1, NULL, 0, NULL, NULL);
}

/* Pointers and texts in one block.  "=C:=C:\here" is the system's own, and stays as it is. */
static const char *const *convert(fcl__config_reader *r, const wchar_t *block) {
  size_t count = 0, bytes = 0, n;
  const wchar_t *at;
  const char **list;
  char *text;
  for (at = block; *at; at += wcslen(at) + 1, count++)
    bytes += (size_t) utf8_size(at);
  list = (const char **) fcl__config_string_new(r, (count + 1) * sizeof *list + bytes);
  if (list == NULL)
    return NULL;
  text = (char *) (list + count + 1);
  for (at = block, n = 0; *at; at += wcslen(at) + 1) {
    list[n++] = text;
    text += WideCharToMultiByte(CP_UTF8, 0, at, -1, text, utf8_size(at), NULL, NULL);
  }
  return list;
}

const char *const *fcl__config_our_environment(fcl__config_reader *r) {
  static const char *const none[] = {NULL};
  const char *const *list = NULL;
  wchar_t *block = GetEnvironmentStringsW();
  r->is_out_of_memory |= block == NULL;
  if (block) {
    list = convert(r, block);
    FreeEnvironmentStringsW(block);
  }
  return list ? list : none;
}

int fcl__config_same_variable(fcl_slice a, fcl_slice b) {
  return fcl__ini_same(a, b);
}
