/* failure.h: what to say when a program could not be started. */
#ifndef FCL__FAILURE_H
#define FCL__FAILURE_H
#include "base/error.h"
#include "platform/posix/order.h"

/* `user`: as whom it was to run, "www-data (uid 33)". */
void fcl__failure(fcl_error *e, const char *path, const char *directory, const char *user,
                  fcl__stage stage, int error);
#endif
