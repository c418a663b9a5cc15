/* failure.h: what Windows says of a call that failed, by number, name and word. */
#ifndef FCL__WIN32_FAILURE_H
#define FCL__WIN32_FAILURE_H
#include "base/error.h"

/* fcl__error_set for a number of GetLastError's: appends ": the file cannot be found
   (ERROR_FILE_NOT_FOUND, 2)".  e->sys is that number. */
fcl_code fcl__failure_win32(fcl_error *e, fcl_code code, unsigned long error, const char *fmt, ...)
    FCL__PRINTF(4, 5);
/* The name of such a number: "ERROR_ACCESS_DENIED", or NULL. */
const char *fcl__failure_name(unsigned long error);
/* The negative uv error that is meant by such a number. */
int fcl__failure_uv(unsigned long error);
/* The sentence for a program that could not be started, and what to do. */
void fcl__failure_to_start(fcl_error *e, const char *path, const char *directory, const char *user,
                           unsigned long error);
#endif
