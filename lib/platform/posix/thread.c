/* thread.c: signals, and loops with a descriptor that can be polled. */
#include "platform/thread.h"
#include <signal.h>

void fcl__thread_begin(void) {
  sigset_t signals;
  sigfillset(&signals);
  pthread_sigmask(SIG_BLOCK, &signals, NULL);
}

int fcl__thread_wait_ms(const uv_loop_t *loop) {
  return uv_backend_timeout(loop);
}
