/* contract_clock.c: the monotonic clock of this program, for libuv too, stands still until it is
 * set forward. */
#include "contract.h"
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static uint64_t now_ms = 1000000;

int clock_gettime(clockid_t clock, struct timespec *out) {
  if (clock != CLOCK_MONOTONIC && clock != CLOCK_MONOTONIC_COARSE)
    return (int) syscall(SYS_clock_gettime, clock, out);
  out->tv_sec = (time_t) (now_ms / 1000);
  out->tv_nsec = (long) (now_ms % 1000) * 1000000;
  return 0;
}

void clock_pass(unsigned ms) {
  now_ms += ms;
}
