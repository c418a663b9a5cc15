/* system_posix.c: bytes are bytes, and the environment is a list already. */
#include "config/system.h"
#include <errno.h>
#include <string.h>

extern char **environ;

const fcl__word fcl__config_word = fcl__word_posix;

FILE *fcl__config_open(const char *path) {
  return fopen(path, "rbe");
}

int fcl__config_failed(void) {
  return errno;
}

const char *const *fcl__config_our_environment(fcl__config_reader *r) {
  static const char *const none[] = {NULL};
  return environ ? (const char *const *) environ : none;
}

int fcl__config_same_variable(fcl_slice a, fcl_slice b) {
  return a.len == b.len && memcmp(a.base, b.base, a.len) == 0;
}
