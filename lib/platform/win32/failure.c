/* failure.c: names and words for Win32 errors, and advice for programs that could not be started.
 */
#include "platform/win32/failure.h"
#include "platform/win32/wide.h"
#include <stdio.h>
#include <string.h>
#include <uv.h>
#include <windows.h>

#ifndef ERROR_ELEVATION_REQUIRED /* MinGW-w64 lacks these two */
#define ERROR_ELEVATION_REQUIRED 740L
#endif
#ifndef ERROR_VIRUS_INFECTED
#define ERROR_VIRUS_INFECTED 225L
#endif

/* Those that starting, reaching and ending programs can meet. */
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
  XX(ERROR_CALL_NOT_IMPLEMENTED)

const char *fcl__failure_name(unsigned long error) {
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

static DWORD ask_for_words(unsigned long error, DWORD language, wchar_t *out, DWORD cap) {
  return FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, error,
                        language, out, cap, NULL);
}

/* English as the sentence around it, where the system has that; without the full stop and the end
   of the line. */
static void words(char *out, size_t cap, unsigned long error) {
  wchar_t wide[256];
  DWORD n = ask_for_words(error, MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US), wide, 256);
  if (n == 0)
    n = ask_for_words(error, 0, wide, 256);
  while (n > 0 && (wide[n - 1] <= ' ' || wide[n - 1] == '.'))
    n--;
  wide[n] = 0;
  fcl__narrow(out, cap, n ? wide : L"unknown error");
}

static void append_words(fcl_error *e, unsigned long error) {
  const char *name = fcl__failure_name(error);
  char text[512];
  words(text, sizeof text, error);
  fcl__error_append(e, ": %s (%s%s%lu)", text, name ? name : "error", name ? ", " : " ", error);
}

fcl_code fcl__failure_win32(fcl_error *e, fcl_code code, unsigned long error, const char *fmt,
                            ...) {
  char text[sizeof e->text];
  va_list args;
  va_start(args, fmt);
  vsnprintf(text, sizeof text, fmt, args);
  va_end(args);
  fcl__error_setx(e, code, (int) error, "%s", text);
  if (e)
    append_words(e, error);
  return code;
}

int fcl__failure_uv(unsigned long error) {
  return error == ERROR_SUCCESS ? UV_UNKNOWN : uv_translate_sys_error((int) error);
}

/* ---- Programs that could not be started ---- */

static const char *advice(unsigned long error) {
  switch (error) {
  case ERROR_FILE_NOT_FOUND:
  case ERROR_PATH_NOT_FOUND:
  case ERROR_INVALID_NAME:
  case ERROR_BAD_PATHNAME:
    return "set program to an existing .exe file";
  case ERROR_ACCESS_DENIED:
  case ERROR_SHARING_VIOLATION:
    return "its user must be allowed to read and execute the file, and no virus scanner or other "
           "program may keep it";
  case ERROR_BAD_EXE_FORMAT:
  case ERROR_BAD_FORMAT:
    return "it is no program for this machine; a script needs its interpreter as program, and "
           "itself in argv";
  case ERROR_DIRECTORY:
    return "set directory to one that exists and that its user may enter";
  case ERROR_ELEVATION_REQUIRED:
    return "it wants to run as an administrator, which a web server's application shall not";
  case ERROR_FILENAME_EXCED_RANGE:
    return "shorten argv or env: all arguments together may have 32,766 characters";
  case ERROR_PRIVILEGE_NOT_HELD:
    return "to run programs as other users the host needs the privileges \"Replace a process level "
           "token\" and \"Adjust memory quotas for a process\", as services have them";
  case ERROR_NOT_ENOUGH_MEMORY:
  case ERROR_OUTOFMEMORY:
  case ERROR_NO_SYSTEM_RESOURCES:
  case ERROR_COMMITMENT_LIMIT:
  case ERROR_NOT_ENOUGH_QUOTA:
    return "the system is short of memory";
  default:
    return "run it by hand to see more";
  }
}

static fcl_code code_of(unsigned long error) {
  return error == ERROR_PRIVILEGE_NOT_HELD || error == ERROR_BAD_TOKEN_TYPE ? FCL_E_IDENTITY
                                                                            : FCL_E_SPAWN;
}

void fcl__failure_to_start(fcl_error *e, const char *path, const char *directory, const char *user,
                           unsigned long error) {
  if (error == ERROR_DIRECTORY)
    fcl__failure_win32(e, FCL_E_SPAWN, error, "cannot start %s in the directory %s", path,
                       directory);
  else if (user)
    fcl__failure_win32(e, code_of(error), error, "cannot start %s as %s", path, user);
  else
    fcl__failure_win32(e, code_of(error), error, "cannot start %s", path);
  fcl__error_append(e, "; %s", advice(error));
}
