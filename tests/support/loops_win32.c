/* loops_win32.c: Wine takes ten times as long. */
#include "support/loops.h"
#include <stdlib.h>

int test_loop_step(void) {
  return getenv("FCGICLIENT_TEST_ALL") ? 1 : 7;
}
