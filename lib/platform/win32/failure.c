/* failure.c: numbers of GetLastError's as statuses, and advice for programs that could not be
 * started. */
#include "platform/win32/failure.h"
#include <uv.h>
#include <windows.h>

#ifndef ERROR_ELEVATION_REQUIRED /* MinGW-w64 lacks it */
#define ERROR_ELEVATION_REQUIRED 740L
#endif

#define BEYOND_UV (-100000) /* uv's own are above -5000 */

int fcl__failure_status(unsigned long error) {
  return error == ERROR_SUCCESS ? UV_UNKNOWN : BEYOND_UV - (int) error;
}

int fcl__failure_is(int status) {
  return status < BEYOND_UV;
}

unsigned long fcl__failure_of(int status) {
  return (unsigned long) (BEYOND_UV - status);
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
    fcl__error_set(e, FCL_E_SPAWN, (int) error, "cannot start %s in the directory %s", path,
                   directory);
  else if (user)
    fcl__error_set(e, code_of(error), (int) error, "cannot start %s as %s", path, user);
  else
    fcl__error_set(e, code_of(error), (int) error, "cannot start %s", path);
  fcl__error_append(e, "; %s", advice(error));
}
