/* app_term_posix.c: SIGTERM ends an application where nothing is in hand, and nowhere else. */
#define _GNU_SOURCE
#include "app_system.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>

static volatile sig_atomic_t is_told_to_leave;

static void leave(int signal_number) {
  is_told_to_leave = 1;
}

void app_leave_on_term(void) {
  struct sigaction act;
  sigset_t term;
  memset(&act, 0, sizeof act);
  act.sa_handler = leave;
  sigaction(SIGTERM, &act, NULL);
  sigemptyset(&term);
  sigaddset(&term, SIGTERM);
  sigprocmask(SIG_BLOCK, &term, NULL);
  signal(SIGPIPE, SIG_IGN);
}

int app_poll(struct pollfd *fds, unsigned count, int may_leave) {
  sigset_t none;
  if (!may_leave)
    return poll(fds, count, -1);
  if (is_told_to_leave)
    return errno = EINTR, -1;
  sigemptyset(&none);
  return ppoll(fds, count, NULL, &none);
}

int app_wait_idle(int fd) {
  struct pollfd one = {fd, POLLIN, 0};
  return app_poll(&one, 1, 1) > 0;
}
