/* failure.h: what to say when a program could not be started. */
#ifndef FCL__FAILURE_H
#define FCL__FAILURE_H
#include "base/error.h"
#include "platform/posix/order.h"

void fcl__failure(fcl_error *e, const char *path, const char *directory, fcl__stage stage,
                  int error);
#endif
