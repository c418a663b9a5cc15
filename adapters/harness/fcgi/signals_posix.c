/* signals_posix.c: signals that ask the command to end become readable bytes of a pipe. */
#define _GNU_SOURCE
#include "signals.h"
#include "fcgi.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static int wake[2] = {-1, -1};
static volatile sig_atomic_t is_woken;

static void on_signal(int number) {
  int e = errno;
  is_woken = 1;
  while (write(wake[1], "", 1) < 0 && errno == EINTR)
    ;
  errno = e;
}

int fcgi_wake_on_signals(void) {
  struct sigaction act;
  if (pipe2(wake, O_CLOEXEC | O_NONBLOCK)) {
    fcgi_say("no pipe for signals: %s", strerror(errno));
    return -1;
  }
  memset(&act, 0, sizeof act);
  act.sa_handler = on_signal;
  sigaction(SIGINT, &act, NULL);
  sigaction(SIGTERM, &act, NULL);
  sigaction(SIGHUP, &act, NULL);
  signal(SIGPIPE, SIG_IGN);
  return wake[0];
}

int fcgi_is_woken(void) {
  return is_woken;
}
