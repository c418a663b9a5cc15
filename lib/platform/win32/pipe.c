/* pipe.c: opens our end of a named pipe.

   libuv's own way waits in a thread for a busy pipe, without the user that the calling thread
   speaks for, and takes half a pipe where it may not have a whole one. */
#include "platform/win32/pipe.h"
#include "platform/win32/failure.h"
#include <io.h>
#include <uv.h>

#define NAME_ROOM 260
/* GENERIC_WRITE would ask for the right to make instances too, which nobody needs to be given. */
#define READ_AND_WRITE (GENERIC_READ | FILE_WRITE_DATA | FILE_WRITE_ATTRIBUTES)

static _Thread_local int lends_rights;

void fcl__pipe_lend_rights(int lends) {
  lends_rights = lends;
}

int fcl__pipe_lends_rights(void) {
  return lends_rights;
}

void fcl__pipe_close(int fd) {
  if (fd >= 0)
    _close(fd);
}

int fcl__pipe_status(unsigned long error) {
  switch (error) {
  case ERROR_PIPE_BUSY:
    return UV_EAGAIN;
  case ERROR_FILE_NOT_FOUND:
  case ERROR_BAD_PATHNAME:
  case ERROR_INVALID_NAME:
    return UV_ENOENT;
  case ERROR_ACCESS_DENIED:
  case ERROR_BAD_IMPERSONATION_LEVEL:
    return UV_EPERM;
  case ERROR_NOT_ENOUGH_MEMORY:
  case ERROR_OUTOFMEMORY:
    return UV_ENOMEM;
  case ERROR_TOO_MANY_OPEN_FILES:
    return UV_EMFILE;
  default:
    return fcl__failure_status(error);
  }
}

/* The descriptor owns the handle. */
static int describe(HANDLE pipe) {
  int fd = uv_open_osfhandle(pipe);
  if (fd >= 0)
    return fd;
  CloseHandle(pipe);
  return UV_EMFILE;
}

/* What is lent is said each time: who has a pipe's name now may be another than before. */
int fcl__pipe_open_wide(const wchar_t *name, unsigned long quality) {
  DWORD lent = SECURITY_SQOS_PRESENT | (lends_rights ? SECURITY_IMPERSONATION : quality);
  HANDLE pipe =
      CreateFileW(name, READ_AND_WRITE, 0, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED | lent, NULL);
  return pipe == INVALID_HANDLE_VALUE ? fcl__pipe_status(GetLastError()) : describe(pipe);
}

int fcl__pipe_open(const char *name) {
  WCHAR wide[NAME_ROOM];
  if (MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, name, -1, wide, NAME_ROOM) == 0)
    return UV_EINVAL;
  return fcl__pipe_open_wide(wide, SECURITY_IDENTIFICATION);
}
