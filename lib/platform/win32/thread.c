/* thread.c: no signals, and loops that have nothing that can be polled. */
#include "platform/thread.h"

#define WAIT_MS 10 /* what the network or another thread has for the loop comes so late at most */

void fcl__thread_begin(void) {
}

int fcl__thread_wait_ms(const uv_loop_t *loop) {
  int ms = uv_backend_timeout(loop);
  return ms < 0 || ms > WAIT_MS ? WAIT_MS : ms;
}
