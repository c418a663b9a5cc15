/* why_win32.c: why.h by Windows: several of its errors are one errno, so the last is remembered. */
#include "why.h"
#include "base/system.h"
#include <errno.h>
#include <string.h>

static _Thread_local struct {
  int error;
  unsigned long number;
  char words[600];
} last;

void fcl__why_is(int error, unsigned long number) {
  errno = error;
  last.error = error;
  last.number = number;
}

static int is_known(int error) {
  return last.number != 0 && last.error == error;
}

const char *fcl__why(int error) {
  return is_known(error) ? fcl__system_words((int) last.number, last.words, sizeof last.words)
                         : strerror(error);
}

const char *fcl__why_name(int error) {
  const char *at = is_known(error) ? strrchr(fcl__why(error), '(') : NULL;
  return at && at > last.words ? at - 1 : "";
}
