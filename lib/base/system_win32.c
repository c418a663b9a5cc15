/* system_win32.c: system.h by Windows, with names for what this library can meet. */
#include "base/system.h"
#include <winsock2.h>
#include <stdio.h>
#include <windows.h>

#ifndef ERROR_ELEVATION_REQUIRED /* MinGW-w64 lacks these two */
#define ERROR_ELEVATION_REQUIRED 740L
#endif
#ifndef ERROR_VIRUS_INFECTED
#define ERROR_VIRUS_INFECTED 225L
#endif

#define NAMES(XX)                                                                                  \
  XX(ERROR_FILE_NOT_FOUND)                                                                         \
  XX(ERROR_PATH_NOT_FOUND)                                                                         \
  XX(ERROR_TOO_MANY_OPEN_FILES)                                                                    \
  XX(ERROR_ACCESS_DENIED)                                                                          \
  XX(ERROR_INVALID_HANDLE)                                                                         \
  XX(ERROR_NOT_ENOUGH_MEMORY)                                                                      \
  XX(ERROR_BAD_FORMAT)                                                                             \
  XX(ERROR_OUTOFMEMORY)                                                                            \
  XX(ERROR_SHARING_VIOLATION)                                                                      \
  XX(ERROR_INVALID_PARAMETER)                                                                      \
  XX(ERROR_BROKEN_PIPE)                                                                            \
  XX(ERROR_INSUFFICIENT_BUFFER)                                                                    \
  XX(ERROR_INVALID_NAME)                                                                           \
  XX(ERROR_BAD_PATHNAME)                                                                           \
  XX(ERROR_ALREADY_EXISTS)                                                                         \
  XX(ERROR_BAD_EXE_FORMAT)                                                                         \
  XX(ERROR_FILENAME_EXCED_RANGE)                                                                   \
  XX(ERROR_VIRUS_INFECTED)                                                                         \
  XX(ERROR_PIPE_BUSY)                                                                              \
  XX(ERROR_NO_DATA)                                                                                \
  XX(ERROR_PIPE_NOT_CONNECTED)                                                                     \
  XX(ERROR_DIRECTORY)                                                                              \
  XX(ERROR_ELEVATION_REQUIRED)                                                                     \
  XX(ERROR_NOACCESS)                                                                               \
  XX(ERROR_DLL_INIT_FAILED)                                                                        \
  XX(ERROR_ACCESS_DISABLED_BY_POLICY)                                                              \
  XX(ERROR_PRIVILEGE_NOT_HELD)                                                                     \
  XX(ERROR_LOGON_FAILURE)                                                                          \
  XX(ERROR_BAD_IMPERSONATION_LEVEL)                                                                \
  XX(ERROR_CANT_OPEN_ANONYMOUS)                                                                    \
  XX(ERROR_BAD_TOKEN_TYPE)                                                                         \
  XX(ERROR_NO_SYSTEM_RESOURCES)                                                                    \
  XX(ERROR_COMMITMENT_LIMIT)                                                                       \
  XX(ERROR_NOT_ENOUGH_QUOTA)                                                                       \
  XX(ERROR_NOT_SUPPORTED)                                                                          \
  XX(ERROR_CALL_NOT_IMPLEMENTED)                                                                   \
  XX(ERROR_INVALID_DATA)                                                                           \
  XX(ERROR_INVALID_DRIVE)                                                                          \
  XX(ERROR_WRITE_PROTECT)                                                                          \
  XX(ERROR_LOCK_VIOLATION)                                                                         \
  XX(ERROR_HANDLE_EOF)                                                                             \
  XX(ERROR_HANDLE_DISK_FULL)                                                                       \
  XX(ERROR_BAD_NETPATH)                                                                            \
  XX(ERROR_NETNAME_DELETED)                                                                        \
  XX(ERROR_FILE_EXISTS)                                                                            \
  XX(ERROR_DISK_FULL)                                                                              \
  XX(ERROR_SEM_TIMEOUT)                                                                            \
  XX(ERROR_DIR_NOT_EMPTY)                                                                          \
  XX(ERROR_BAD_PIPE)                                                                               \
  XX(ERROR_MORE_DATA)                                                                              \
  XX(ERROR_OPERATION_ABORTED)                                                                      \
  XX(ERROR_NO_UNICODE_TRANSLATION)                                                                 \
  XX(ERROR_UNABLE_TO_REMOVE_REPLACED)                                                              \
  XX(ERROR_USER_MAPPED_FILE)                                                                       \
  XX(ERROR_SHARING_BUFFER_EXCEEDED)                                                                \
  XX(ERROR_WRITE_FAULT)                                                                            \
  XX(ERROR_READ_FAULT)                                                                             \
  XX(ERROR_GEN_FAILURE)                                                                            \
  XX(ERROR_CANT_RESOLVE_FILENAME)                                                                  \
  XX(ERROR_DELETE_PENDING)                                                                         \
  XX(WSAEINTR)                                                                                     \
  XX(WSAEACCES)                                                                                    \
  XX(WSAEFAULT)                                                                                    \
  XX(WSAEINVAL)                                                                                    \
  XX(WSAEMFILE)                                                                                    \
  XX(WSAEWOULDBLOCK)                                                                               \
  XX(WSAENOTSOCK)                                                                                  \
  XX(WSAEMSGSIZE)                                                                                  \
  XX(WSAEPROTONOSUPPORT)                                                                           \
  XX(WSAEAFNOSUPPORT)                                                                              \
  XX(WSAEADDRINUSE)                                                                                \
  XX(WSAEADDRNOTAVAIL)                                                                             \
  XX(WSAENETDOWN)                                                                                  \
  XX(WSAENETUNREACH)                                                                               \
  XX(WSAENETRESET)                                                                                 \
  XX(WSAECONNABORTED)                                                                              \
  XX(WSAECONNRESET)                                                                                \
  XX(WSAENOBUFS)                                                                                   \
  XX(WSAEISCONN)                                                                                   \
  XX(WSAENOTCONN)                                                                                  \
  XX(WSAESHUTDOWN)                                                                                 \
  XX(WSAETIMEDOUT)                                                                                 \
  XX(WSAECONNREFUSED)                                                                              \
  XX(WSAEHOSTUNREACH)                                                                              \
  XX(WSASYSNOTREADY)                                                                               \
  XX(WSANOTINITIALISED)                                                                            \
  XX(WSAHOST_NOT_FOUND)                                                                            \
  XX(WSATRY_AGAIN)                                                                                 \
  XX(WSANO_RECOVERY)                                                                               \
  XX(WSANO_DATA)

static const char *name_of(unsigned long error) {
  switch (error) {
#define XX(name)                                                                                   \
  case name:                                                                                       \
    return #name;
    NAMES(XX)
#undef XX
  default:
    return NULL;
  }
}

static DWORD ask(DWORD error, DWORD language, wchar_t *out, DWORD cap) {
  return FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, error,
                        language, out, cap, NULL);
}

/* English as the sentence around it, where the system has that; without the full stop and the end
   of the line. */
static const wchar_t *words(wchar_t *wide, DWORD cap, DWORD error) {
  DWORD n = ask(error, MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US), wide, cap);
  if (n == 0)
    n = ask(error, 0, wide, cap);
  while (n > 0 && (wide[n - 1] <= ' ' || wide[n - 1] == '.'))
    n--;
  wide[n] = 0;
  return n ? wide : L"unknown error";
}

const char *fcl__system_words(int sys, char *room, size_t cap) {
  DWORD error = (DWORD) (sys < 0 ? -sys : sys);
  const char *name = name_of(error);
  wchar_t wide[256];
  char text[3 * 256] = "";
  WideCharToMultiByte(CP_UTF8, 0, words(wide, 256, error), -1, text, sizeof text, NULL, NULL);
  snprintf(room, cap, "%s (%s%s%lu)", text, name ? name : "error", name ? ", " : " ", error);
  return room;
}

int fcl__system_is_short(int sys) {
  switch (sys < 0 ? -sys : sys) {
  case ERROR_TOO_MANY_OPEN_FILES:
  case ERROR_NOT_ENOUGH_MEMORY:
  case ERROR_OUTOFMEMORY:
  case ERROR_NO_SYSTEM_RESOURCES:
  case ERROR_COMMITMENT_LIMIT:
  case WSAEMFILE:
  case WSAENOBUFS:
    return 1;
  default:
    return 0;
  }
}
