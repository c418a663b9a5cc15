/* app_process_posix.c: what app does with processes, by POSIX. */
#define _GNU_SOURCE
#include "app_system.h"
#include <signal.h>
#include <time.h>
#include <unistd.h>

#define CHILD_LIFE_S 600 /* a child that nobody ends does so itself */

void app_sleep(uint64_t ms) {
  struct timespec t;
  t.tv_sec = (time_t) (ms / 1000);
  t.tv_nsec = (long) (ms % 1000) * 1000000;
  nanosleep(&t, NULL);
}

void app_end(int status) {
  _exit(status);
}

void app_end_by(int number) {
  signal(number, SIG_DFL);
  raise(number);
}

long app_process(void) {
  return (long) getpid();
}

unsigned long app_user(void) {
  return (unsigned long) geteuid();
}

static void stay(int connection, int in_own_session) {
  sigset_t none;
  close(connection);
  if (in_own_session)
    setsid();
  signal(SIGTERM, SIG_DFL);
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  alarm(CHILD_LIFE_S);
}

/* It is what it was to be when this returns: the child closes its end of the pipe then. */
long app_start_child(int connection, int in_own_session) {
  int ready[2] = {-1, -1};
  char byte;
  pid_t pid = pipe(ready) ? -1 : fork();
  if (pid != 0) {
    close(ready[1]);
    if (pid > 0 && read(ready[0], &byte, 1) < 0)
      pid = -1;
    close(ready[0]);
    return pid;
  }
  stay(connection, in_own_session);
  close(ready[0]);
  close(ready[1]);
  for (;;)
    pause();
}

int app_was_child(int argc, char **argv) {
  (void) argc;
  (void) argv;
  return 0;
}
