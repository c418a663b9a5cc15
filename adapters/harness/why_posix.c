/* why_posix.c: why.h by the C library. */
#include "why.h"
#include <string.h>

const char *fcl__why(int error) {
  return strerror(error);
}
