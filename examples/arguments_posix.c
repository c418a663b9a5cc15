/* arguments_posix.c: what a program was called with: nothing is to be done. */
#include "arguments.h"

char **arguments(int *argc, char **argv) {
  (void) argc;
  return argv;
}
