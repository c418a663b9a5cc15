/* start.c: starts a FastCGI application with its listening socket as descriptor 0 (section 2.2). */
#define _GNU_SOURCE
#include "start.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#define DIE_WITH_PARENT() prctl(PR_SET_PDEATHSIG, SIGTERM)
#else
#define DIE_WITH_PARENT() ((void) 0)
#endif

/* In the child, between fork and exec. */
static void become(const fcgi_target *target, int listener) {
  sigset_t none;
  setpgid(0, 0);
  DIE_WITH_PARENT();
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  signal(SIGPIPE, SIG_DFL);
  if (dup2(listener, 0) == 0)
    execv(target->program, target->argv);
  _exit(127);
}

int start_target(started *s, const fcgi_target *target) {
  fcl_error e;
  int fd;
  memset(s, 0, sizeof *s);
  s->address = target->addresses[0];
  if (target->program == NULL)
    return 1;
  if (fcl__place_open(&s->place, NULL, &e))
    return fcgi_say("%s", e.text), 0;
  fd = fcl__place_fd(&s->place);
  fcntl(fd, F_SETFL,
        fcntl(fd, F_GETFL) &
            ~O_NONBLOCK); /* it is the application's now, and that waits in accept */
  s->pid = fork();
  if (s->pid == 0)
    become(target, fd);
  if (s->pid < 0) {
    fcgi_say("cannot start %s: %s", target->program, strerror(errno));
    fcl__place_close(&s->place);
    return 0;
  }
  s->address = fcl__place_address(&s->place);
  return 1;
}

static int is_gone(pid_t pid) {
  return waitpid(pid, NULL, WNOHANG) != 0;
}

void start_end(started *s) {
  struct timespec nap = {0, 10000000};
  int naps;
  if (s->pid <= 0)
    return;
  fcl__place_close(&s->place);
  kill(s->pid, SIGTERM);
  for (naps = 0; naps < 200 && !is_gone(s->pid); naps++)
    nanosleep(&nap, NULL);
  if (naps == 200) {
    kill(s->pid, SIGKILL);
    waitpid(s->pid, NULL, 0);
  }
  kill(-s->pid, SIGKILL); /* what it had started */
  s->pid = 0;
}
