/* pipe.c: opens our end of a named pipe.

   libuv's own way waits in a thread for a busy pipe, without the user that the calling thread
   speaks for, and takes half a pipe where it may not have a whole one. */
#include "platform/win32/pipe.h"
#include <uv.h>

#define NAME_ROOM 260

static _Thread_local int lends_rights;

void fcl__pipe_lend_rights(int lends) {
  lends_rights = lends;
}

/* Each time: what the name of a kept pipe leads to may be another program by now. */
static DWORD quality(void) {
  return SECURITY_SQOS_PRESENT | (lends_rights ? SECURITY_IMPERSONATION : SECURITY_IDENTIFICATION);
}

static int status_of(DWORD error) {
  switch (error) {
  case ERROR_PIPE_BUSY:
    return UV_EAGAIN;
  case ERROR_FILE_NOT_FOUND:
  case ERROR_BAD_PATHNAME:
  case ERROR_INVALID_NAME:
    return UV_ENOENT;
  case ERROR_ACCESS_DENIED:
  case ERROR_BAD_IMPERSONATION_LEVEL:
    return UV_EACCES;
  default:
    return uv_translate_sys_error((int) error);
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

int fcl__pipe_open(const char *name) {
  WCHAR wide[NAME_ROOM];
  HANDLE pipe;
  if (MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, name, -1, wide, NAME_ROOM) == 0)
    return UV_EINVAL;
  pipe = CreateFileW(wide, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                     FILE_FLAG_OVERLAPPED | quality(), NULL);
  return pipe == INVALID_HANDLE_VALUE ? status_of(GetLastError()) : describe(pipe);
}
