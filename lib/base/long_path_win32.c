/* long_path_win32.c: paths that are longer than Windows takes them by default. */
#include "base/long_path_win32.h"
#include <string.h>

#define PLAIN_MAX 248 /* a folder's; a file's is 260, with the 0 */

static int is_slash(wchar_t c) {
  return c == L'\\' || c == L'/';
}

static const wchar_t *end_of_part(const wchar_t *at) {
  while (*at && !is_slash(*at))
    at++;
  return at;
}

static size_t part_before(const wchar_t *path, size_t len) {
  while (len > 0 && path[len - 1] != L'\\')
    len--;
  return len > 0 ? len - 1 : 0;
}

/* Written that way nothing stands for anything else: one \ between names, no . and no .. */
static void tidy(wchar_t *path) {
  const wchar_t *at = path;
  size_t len = 0;
  while (*at) {
    const wchar_t *end;
    size_t n;
    while (is_slash(*at))
      at++;
    end = end_of_part(at);
    n = (size_t) (end - at);
    if (n == 2 && at[0] == L'.' && at[1] == L'.') {
      len = part_before(path, len);
    } else if (n > 0 && !(n == 1 && at[0] == L'.')) {
      path[len++] = L'\\';
      memmove(path + len, at, n * sizeof *path);
      len += n;
    }
    at = end;
  }
  path[len] = 0;
}

/* `rest` units of `path` give way to `with`, and all behind them is tidied. */
static void put(wchar_t *path, size_t cap, const wchar_t *with, size_t skip) {
  size_t n = wcslen(with), len = wcslen(path);
  if (len - skip + n >= cap)
    return;
  tidy(path + skip);
  len = wcslen(path + skip);
  memmove(path + n, path + skip, (len + 1) * sizeof *path);
  memcpy(path, with, n * sizeof *path);
}

void fcl__long_path(wchar_t *path, size_t cap) {
  wchar_t drive[] = L"\\\\?\\C:";
  int has_root = is_slash(path[0]) && is_slash(path[1]);
  if (wcslen(path) < PLAIN_MAX)
    return;
  if (path[0] && path[1] == L':' && is_slash(path[2])) {
    drive[4] = path[0];
    put(path, cap, drive, 2);
  } else if (has_root && path[2] != L'?' && path[2] != L'.') {
    put(path, cap, L"\\\\?\\UNC", 1);
  }
}
