/* save_win32.c: a file gets new content at once or not at all. */
#include "base/long_path_win32.h"
#include "config/edit.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#define PATH_MAX_WIDE 32768 /* UTF-16 units: more than any path has */

typedef struct paths {
  wchar_t target[PATH_MAX_WIDE], beside[PATH_MAX_WIDE];
} paths;

static int failure(void) {
  return (int) GetLastError();
}

/* 0, or why not. */
static int widen(const char *path, wchar_t *out) {
  if (MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, out, PATH_MAX_WIDE)) {
    fcl__long_path(out, PATH_MAX_WIDE);
    return 0;
  }
  return GetLastError() == ERROR_INSUFFICIENT_BUFFER ? ERROR_FILENAME_EXCED_RANGE : failure();
}

/* What a link leads to is replaced, not the link. */
static void follow(wchar_t *path) {
  static const DWORD shared = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
  wchar_t final[PATH_MAX_WIDE];
  HANDLE h = CreateFileW(path, 0, shared, NULL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
  DWORD len;
  if (h == INVALID_HANDLE_VALUE)
    return;
  len = GetFinalPathNameByHandleW(h, final, PATH_MAX_WIDE, FILE_NAME_NORMALIZED | VOLUME_NAME_DOS);
  CloseHandle(h);
  if (len > 0 && len < PATH_MAX_WIDE)
    memcpy(path, final, (len + 1) * sizeof *path);
}

/* A file beside the target that was not there. */
static HANDLE create_beside(const paths *p, wchar_t *beside) {
  HANDLE h = INVALID_HANDLE_VALUE;
  unsigned tries = 0;
  int len;
  do {
    unsigned number = (unsigned) (GetTickCount64() * 2654435761u + tries);
    len = _snwprintf(beside, PATH_MAX_WIDE, L"%ls.%08x", p->target, number);
    if (len < 0 || len >= PATH_MAX_WIDE) {
      SetLastError(ERROR_INVALID_NAME);
      break;
    }
    h = CreateFileW(beside, GENERIC_WRITE, 0, NULL, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, NULL);
  } while (h == INVALID_HANDLE_VALUE && GetLastError() == ERROR_FILE_EXISTS && ++tries < 100);
  return h;
}

static int write_all(HANDLE h, fcl_slice text) {
  while (text.len) {
    DWORD n = text.len < INT_MAX ? (DWORD) text.len : INT_MAX;
    if (!WriteFile(h, text.base, n, &n, NULL))
      return failure();
    text.base += n;
    text.len -= n;
  }
  return FlushFileBuffers(h) ? 0 : failure();
}

/* The old file's rights stay; where there is none, it is a plain move. */
static int put_in_place(const paths *p) {
  if (ReplaceFileW(p->target, p->beside, NULL, REPLACEFILE_IGNORE_MERGE_ERRORS, NULL, NULL))
    return 0;
  if (GetLastError() != ERROR_FILE_NOT_FOUND)
    return failure();
  return MoveFileExW(p->beside, p->target, MOVEFILE_WRITE_THROUGH) ? 0 : failure();
}

static int replace(paths *p, const char *path, fcl_slice text) {
  int error = widen(path, p->target);
  HANDLE h;
  if (error)
    return error;
  follow(p->target);
  h = create_beside(p, p->beside);
  if (h == INVALID_HANDLE_VALUE)
    return failure();
  error = write_all(h, text);
  CloseHandle(h);
  if (error == 0)
    error = put_in_place(p);
  if (error)
    DeleteFileW(p->beside);
  return error;
}

int fcl_config_replace(const char *path, fcl_slice text, fcl_error *error) {
  paths *p = malloc(sizeof *p);
  int failed = p ? replace(p, path, text) : ERROR_NOT_ENOUGH_MEMORY;
  free(p);
  return failed
             ? fcl__error_set(error, FCL_E_CONFIG, failed,
                              "%.300s: cannot write the configuration; the file is as it was", path)
             : FCL_OK;
}
