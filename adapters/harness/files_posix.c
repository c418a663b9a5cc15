/* files_posix.c: files by name, by POSIX. */
#include "files.h"
#include <unistd.h>

FILE *fcl__file_open(const char *name, const char *mode) {
  char with_exec[8];
  snprintf(with_exec, sizeof with_exec, "%.4se", mode);
  return fopen(name, with_exec);
}

int fcl__file_is_program(const char *name) {
  return access(name, X_OK) == 0;
}
