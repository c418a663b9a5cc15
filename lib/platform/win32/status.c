/* status.c: status.h for Windows: whence libuv's numbers come. */
#include <winsock2.h>
#include "platform/status.h"
#include "base/system.h"
#include "platform/win32/failure.h"
#include <stdio.h>
#include <string.h>
#include <uv.h>

/* The one number of the system's that is behind each of libuv's here.  Those that stand for several
   (UV_EPIPE, UV_EINVAL, UV_EIO) have none. */
#define SOURCES(XX)                                                                                \
  XX(UV_ENOENT, ERROR_FILE_NOT_FOUND) /* pipe.c: nobody has made it */                             \
  XX(UV_EPERM, ERROR_ACCESS_DENIED)                                                                \
  XX(UV_EACCES, WSAEACCES)                                                                         \
  XX(UV_EMFILE, ERROR_TOO_MANY_OPEN_FILES)                                                         \
  XX(UV_ENOMEM, ERROR_NOT_ENOUGH_MEMORY)                                                           \
  XX(UV_ENOSPC, ERROR_DISK_FULL)                                                                   \
  XX(UV_EBUSY, ERROR_SHARING_VIOLATION)                                                            \
  XX(UV_EEXIST, ERROR_ALREADY_EXISTS)                                                              \
  XX(UV_ECANCELED, ERROR_OPERATION_ABORTED)                                                        \
  XX(UV_EADDRINUSE, WSAEADDRINUSE)                                                                 \
  XX(UV_EADDRNOTAVAIL, WSAEADDRNOTAVAIL)                                                           \
  XX(UV_EAFNOSUPPORT, WSAEAFNOSUPPORT)                                                             \
  XX(UV_ECONNABORTED, WSAECONNABORTED)                                                             \
  XX(UV_ECONNREFUSED, WSAECONNREFUSED)                                                             \
  XX(UV_ECONNRESET, WSAECONNRESET)                                                                 \
  XX(UV_EHOSTUNREACH, WSAEHOSTUNREACH)                                                             \
  XX(UV_ENETUNREACH, WSAENETUNREACH)                                                               \
  XX(UV_ENOBUFS, WSAENOBUFS)                                                                       \
  XX(UV_ENOTCONN, WSAENOTCONN)                                                                     \
  XX(UV_ENOTSOCK, WSAENOTSOCK)                                                                     \
  XX(UV_EMSGSIZE, WSAEMSGSIZE)                                                                     \
  XX(UV_ETIMEDOUT, WSAETIMEDOUT)                                                                   \
  XX(UV_EAI_NONAME, WSAHOST_NOT_FOUND)                                                             \
  XX(UV_EAI_AGAIN, WSATRY_AGAIN)                                                                   \
  XX(UV_EAI_FAIL, WSANO_RECOVERY)

static unsigned long source(int status, const char **name) {
  switch (status) {
#define XX(code, error)                                                                            \
  case code:                                                                                       \
    *name = #error;                                                                                \
    return error;
    SOURCES(XX)
#undef XX
  default:
    return 0;
  }
}

int fcl__status_sys(int status) {
  const char *name;
  return (int) (fcl__failure_is(status) ? fcl__failure_of(status) : source(status, &name));
}

const char *fcl__status_words(int status, char *room, size_t cap) {
  const char *name;
  unsigned long error;
  size_t len;
  if (fcl__failure_is(status))
    return fcl__system_words((int) fcl__failure_of(status), room, cap);
  error = source(status, &name);
  uv_strerror_r(status, room, cap);
  len = strlen(room);
  if (error)
    snprintf(room + len, cap - len, " (%s, %lu)", name, error);
  else
    snprintf(room + len, cap - len, " (%s)", uv_err_name(status));
  return room;
}
