/* system_posix.c: system.h by the C library. */
#include "base/system.h"
#include <errno.h>
#include <string.h>

const char *fcl__system_words(int sys, char *room, size_t cap) {
  return strerror(sys < 0 ? -sys : sys);
}

int fcl__system_is_short(int sys) {
  int error = sys < 0 ? -sys : sys;
  return error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS;
}
