/* wide.c: UTF-8 to UTF-16 and back. */
#include "platform/win32/wide.h"
#include "base/long_path_win32.h"
#include <limits.h>
#include <string.h>
#include <windows.h>

static int units(const char *text, size_t size) {
  return size > INT_MAX
             ? 0
             : MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, (int) size, NULL, 0);
}

static wchar_t *copy_with_room(const fcl__memory *memory, const char *text, size_t more,
                               int *is_bad) {
  size_t size = strlen(text) + 1;
  int n = units(text, size);
  wchar_t *wide = n > 0 ? fcl__realloc(memory, NULL, ((size_t) n + more) * sizeof *wide) : NULL;
  if (is_bad)
    *is_bad = n == 0;
  if (wide)
    MultiByteToWideChar(CP_UTF8, 0, text, (int) size, wide, n);
  return wide;
}

wchar_t *fcl__wide(const fcl__memory *memory, const char *text, int *is_bad) {
  return copy_with_room(memory, text, 0, is_bad);
}

wchar_t *fcl__wide_path(const fcl__memory *memory, const char *path, int *is_bad) {
  wchar_t *wide = copy_with_room(memory, path, FCL__LONG_PATH_MORE, is_bad);
  if (wide)
    fcl__long_path(wide, wcslen(wide) + 1 + FCL__LONG_PATH_MORE);
  return wide;
}

size_t fcl__wide_into(wchar_t *out, size_t cap, const char *text) {
  size_t size = strlen(text) + 1;
  int n = units(text, size);
  if (n == 0 || (size_t) n > cap)
    return 0;
  MultiByteToWideChar(CP_UTF8, 0, text, (int) size, out, n);
  return (size_t) n - 1;
}

size_t fcl__wide_path_into(wchar_t *out, size_t cap, const char *path) {
  if (fcl__wide_into(out, cap, path) == 0)
    return 0;
  fcl__long_path(out, cap);
  return wcslen(out);
}

/* A character never takes more than three bytes for one unit, or four for two. */
void fcl__narrow(char *out, size_t cap, const wchar_t *text) {
  size_t len = wcslen(text), at = 0;
  while (len > 0) {
    size_t take = len > 1 && text[0] >= 0xd800 && text[0] < 0xdc00 ? 2 : 1;
    char bytes[8];
    int n = WideCharToMultiByte(CP_UTF8, 0, text, (int) take, bytes, sizeof bytes, NULL, NULL);
    if (n <= 0 || at + (size_t) n >= cap)
      break;
    memcpy(out + at, bytes, (size_t) n);
    at += (size_t) n;
    text += take;
    len -= take;
  }
  out[at] = 0;
}
