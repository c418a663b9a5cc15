/* failure.h: what a number of GetLastError's means. */
#ifndef FCL__WIN32_FAILURE_H
#define FCL__WIN32_FAILURE_H
#include "base/error.h"

/* Such a number as a status among uv's, which has its own words (../status.h); and back. */
int fcl__failure_status(unsigned long error);
int fcl__failure_is(int status);
unsigned long fcl__failure_of(int status);
/* The sentence for a program that could not be started, and what to do. */
void fcl__failure_to_start(fcl_error *e, const char *path, const char *directory, const char *user,
                           unsigned long error);
#endif
