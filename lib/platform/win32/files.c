/* files.c: files.h for Windows: names, sizes, numbers and times of files, as one sum. */
#include "platform/files.h"
#include "base/long_path_win32.h"
#include "platform/win32/wide.h"
#include <stdio.h>
#include <string.h>
#include <windows.h>

enum { FILES_PATH_MAX = 4096 };

/* FNV-1a: nobody gains by two states of a file that look alike. */
static uint64_t mix(uint64_t hash, const void *data, size_t len) {
  const unsigned char *bytes = data;
  size_t i;
  for (i = 0; i < len; i++)
    hash = (hash ^ bytes[i]) * 1099511628211u;
  return hash;
}

static uint64_t both(DWORD high, DWORD low) {
  return ((uint64_t) high << 32) | low;
}

static uint64_t one_file(const wchar_t *path, const BY_HANDLE_FILE_INFORMATION *f) {
  const uint64_t facts[] = {
      f->dwVolumeSerialNumber, both(f->nFileIndexHigh, f->nFileIndexLow),
      both(f->nFileSizeHigh, f->nFileSizeLow),
      both(f->ftLastWriteTime.dwHighDateTime, f->ftLastWriteTime.dwLowDateTime),
      both(f->ftCreationTime.dwHighDateTime, f->ftCreationTime.dwLowDateTime)};
  return mix(mix(14695981039346656037u, path, wcslen(path) * sizeof *path), facts, sizeof facts);
}

/* Of at most FILES_PATH_MAX units. */
static const wchar_t *name_of(wchar_t *out, const wchar_t *path) {
  wcscpy(out, path);
  fcl__long_path(out, FILES_PATH_MAX + FCL__LONG_PATH_MORE);
  return out;
}

/* Without the right to read it, and without being in anybody's way.  Folders have numbers too. */
static int look_at(const wchar_t *path, uint64_t *stamp) {
  BY_HANDLE_FILE_INFORMATION f;
  DWORD error = ERROR_SUCCESS;
  wchar_t name[FILES_PATH_MAX + FCL__LONG_PATH_MORE];
  HANDLE file = CreateFileW(name_of(name, path), FILE_READ_ATTRIBUTES,
                            FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                            OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
  if (file == INVALID_HANDLE_VALUE)
    return (int) GetLastError();
  if (GetFileInformationByHandle(file, &f))
    *stamp += one_file(path, &f);
  else
    error = GetLastError();
  CloseHandle(file);
  return (int) error;
}

/* ---- Patterns, as a shell of POSIX reads them: [a-z], [!a-z], * and ? within one name ---- */

static const wchar_t *set_end(const wchar_t *set) {
  const wchar_t *at = set + (set[0] == L'!' || set[0] == L'^');
  if (*at == L']')
    at++;
  while (*at && *at != L']')
    at++;
  return *at ? at : NULL;
}

static int same(wchar_t a, wchar_t b) {
  return CompareStringOrdinal(&a, 1, &b, 1, TRUE) == CSTR_EQUAL;
}

static wchar_t upper(wchar_t c) {
  return (wchar_t) (uintptr_t) CharUpperW((LPWSTR) (uintptr_t) c);
}

static int in_set(const wchar_t *set, const wchar_t *end, wchar_t c) {
  int is_not = set[0] == L'!' || set[0] == L'^', found = 0;
  const wchar_t *at = set + is_not;
  c = upper(c);
  while (at < end) {
    if (at + 2 < end && at[1] == L'-') {
      found |= upper(at[0]) <= c && c <= upper(at[2]);
      at += 3;
    } else {
      found |= upper(*at++) == c;
    }
  }
  return found != is_not;
}

/* Names have no case. */
static int matches(const wchar_t *pattern, const wchar_t *name) {
  const wchar_t *star = NULL, *from = NULL;
  while (*name) {
    const wchar_t *end = *pattern == L'[' ? set_end(pattern + 1) : NULL;
    if (*pattern == L'*') {
      star = ++pattern;
      from = name;
    } else if (end && in_set(pattern + 1, end, *name)) {
      pattern = end + 1;
      name++;
    } else if (!end && *pattern && (*pattern == L'?' || same(*pattern, *name))) {
      pattern++;
      name++;
    } else if (star) {
      pattern = star;
      name = ++from;
    } else {
      return 0;
    }
  }
  while (*pattern == L'*')
    pattern++;
  return *pattern == 0;
}

static int is_slash(wchar_t c) {
  return c == L'\\' || c == L'/';
}

static const wchar_t *part_end(const wchar_t *at) {
  while (*at && !is_slash(*at))
    at++;
  return at;
}

static int is_wild(const wchar_t *at, const wchar_t *end) {
  for (; at < end; at++)
    if (*at == L'*' || *at == L'?' || *at == L'[')
      return 1;
  return 0;
}

static void add_below(wchar_t *path, size_t len, const wchar_t *rest, uint64_t *stamp);

static HANDLE find_first(const wchar_t *path, WIN32_FIND_DATAW *found) {
  wchar_t name[FILES_PATH_MAX + FCL__LONG_PATH_MORE];
  return FindFirstFileW(name_of(name, path), found);
}

/* Each name in the folder `path` (of `len` units, with its \) that fits the first part of `rest`.
 */
static void add_matching(wchar_t *path, size_t len, const wchar_t *rest, const wchar_t *end,
                         uint64_t *stamp) {
  WIN32_FIND_DATAW found;
  wchar_t pattern[MAX_PATH];
  HANDLE search;
  size_t size = (size_t) (end - rest);
  if (size >= MAX_PATH || len + 2 > FILES_PATH_MAX)
    return;
  memcpy(pattern, rest, size * sizeof *pattern);
  pattern[size] = 0;
  wcscpy(path + len, L"*");
  search = find_first(path, &found);
  if (search == INVALID_HANDLE_VALUE)
    return;
  do {
    size_t name = wcslen(found.cFileName);
    int is_hidden = found.cFileName[0] == L'.' && pattern[0] != L'.';
    if (is_hidden || !matches(pattern, found.cFileName) || len + name + 2 > FILES_PATH_MAX)
      continue;
    memcpy(path + len, found.cFileName, (name + 1) * sizeof *path);
    add_below(path, len + name, end, stamp);
  } while (FindNextFileW(search, &found));
  FindClose(search);
}

/* Goes on behind `path` with `rest`, a part at a time; at its end it is a file. */
static void add_below(wchar_t *path, size_t len, const wchar_t *rest, uint64_t *stamp) {
  const wchar_t *end;
  for (; *rest; rest = end) {
    while (is_slash(*rest) && len + 2 < FILES_PATH_MAX)
      path[len++] = *rest++;
    end = part_end(rest);
    if (is_wild(rest, end)) {
      add_matching(path, len, rest, end, stamp);
      return;
    }
    if (len + (size_t) (end - rest) + 1 > FILES_PATH_MAX)
      return;
    memcpy(path + len, rest, (size_t) (end - rest) * sizeof *path);
    len += (size_t) (end - rest);
  }
  path[len] = 0;
  look_at(path, stamp);
}

int fcl__files_add(const char *pattern, uint64_t *stamp) {
  wchar_t wide[FILES_PATH_MAX], path[FILES_PATH_MAX];
  int error;
  if (fcl__wide_into(wide, FILES_PATH_MAX, pattern) == 0)
    return ERROR_FILENAME_EXCED_RANGE;
  error = look_at(wide, stamp);
  if (error == 0 || strpbrk(pattern, "*?[") == NULL)
    return error;
  add_below(path, 0, wide, stamp);
  return 0;
}
