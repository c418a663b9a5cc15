/* spool.c: a file that Windows removes as soon as it is closed, and that nobody else can open. */
#include "platform/spool.h"
#include "platform/win32/failure.h"
#include "platform/win32/wide.h"
#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>
#include <windows.h>

enum { SPOOL_PATH_MAX = 4096 };

/* Windows names the user's own place; its words may hold any character. */
const char *fcl__spool_directory(const char *given) {
  static char own[SPOOL_PATH_MAX];
  wchar_t wide[MAX_PATH + 2];
  if (given && given[0])
    return given;
  if (own[0] == 0 && GetTempPathW(MAX_PATH + 2, wide) > 0)
    fcl__narrow(own, sizeof own, wide);
  return own[0] ? own : ".";
}

static int make_name(wchar_t *out, size_t cap, const char *directory) {
  char name[SPOOL_PATH_MAX];
  unsigned char random[10];
  char digits[2 * sizeof random + 1];
  size_t i;
  int n;
  if (uv_random(NULL, NULL, random, sizeof random, 0, NULL) != 0)
    return UV_EIO;
  for (i = 0; i < sizeof random; i++)
    snprintf(digits + 2 * i, 3, "%02x", random[i]);
  n = snprintf(name, sizeof name, "%s\\fcgiclient-%s", directory, digits);
  if (n < 0 || (size_t) n >= sizeof name || fcl__wide_path_into(out, cap, name) == 0)
    return UV_ENAMETOOLONG;
  return 0;
}

static int error_now(void) {
  return fcl__failure_status(GetLastError());
}

int fcl__spool_open(const char *directory) {
  wchar_t path[SPOOL_PATH_MAX];
  HANDLE file;
  int fd, status = make_name(path, SPOOL_PATH_MAX, directory);
  if (status != 0)
    return status;
  file = CreateFileW(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_NEW,
                     FILE_ATTRIBUTE_TEMPORARY | FILE_FLAG_DELETE_ON_CLOSE, NULL);
  if (file == INVALID_HANDLE_VALUE)
    return error_now();
  fd = _open_osfhandle((intptr_t) file, _O_RDWR | _O_BINARY | _O_NOINHERIT);
  if (fd >= 0)
    return fd;
  CloseHandle(file);
  return UV_EMFILE;
}

typedef struct step {
  HANDLE file;
  OVERLAPPED at;
  DWORD len;
} step;

static step step_at(int fd, size_t len, uint64_t at) {
  step s = {(HANDLE) _get_osfhandle(fd), {0}, len > 0x40000000 ? 0x40000000 : (DWORD) len};
  s.at.Offset = (DWORD) at;
  s.at.OffsetHigh = (DWORD) (at >> 32);
  return s;
}

int fcl__spool_write(int fd, const char *data, size_t len, uint64_t at) {
  while (len > 0) {
    step s = step_at(fd, len, at);
    DWORD n = 0;
    if (!WriteFile(s.file, data, s.len, &n, &s.at))
      return error_now();
    if (n == 0)
      return UV_ENOSPC;
    data += n;
    len -= n;
    at += n;
  }
  return 0;
}

int fcl__spool_read(int fd, char *data, size_t len, uint64_t at) {
  while (len > 0) {
    step s = step_at(fd, len, at);
    DWORD n = 0;
    if (!ReadFile(s.file, data, s.len, &n, &s.at) && GetLastError() != ERROR_HANDLE_EOF)
      return error_now();
    if (n == 0)
      return UV_EIO;
    data += n;
    len -= n;
    at += n;
  }
  return 0;
}

void fcl__spool_empty(int fd) {
  _chsize_s(fd, 0);
}

void fcl__spool_close(int fd) {
  _close(fd);
}
