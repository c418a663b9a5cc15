/* steps.c: counts instructions by single steps (Linux: ptrace). */
#include "steps.h"
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static void be_counted(void (*prepare)(void *), void (*what)(void *), void *arg) {
  if (prepare)
    prepare(arg);
  if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
    _exit(1);
  raise(SIGSTOP); /* between this */
  what(arg);
  raise(SIGSTOP); /* and this */
  _exit(0);
}

/* Waits for it; 1 while it has been stopped by that signal. */
static int is_stopped(pid_t pid, int signal) {
  int status;
  return waitpid(pid, &status, 0) == pid && WIFSTOPPED(status) && WSTOPSIG(status) == signal;
}

static int step(pid_t pid) {
  return ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) == 0 && is_stopped(pid, SIGTRAP);
}

static long count(void (*prepare)(void *), void (*what)(void *), void *arg) {
  long n = 0;
  pid_t pid = fork();
  if (pid < 0)
    return -1;
  if (pid == 0)
    be_counted(prepare, what, arg);
  if (!is_stopped(pid, SIGSTOP))
    return -1;
  while (step(pid))
    n++;
  kill(pid, SIGKILL);
  waitpid(pid, NULL, 0);
  return n > 0 ? n : -1;
}

static void nothing(void *arg) {
}

long steps_of(void (*prepare)(void *), void (*what)(void *), void *arg) {
  static long both;
  long n;
  if (both == 0)
    both = count(NULL, nothing, NULL); /* what the marks take */
  n = count(prepare, what, arg);
  return both < 0 || n < both ? -1 : n - both;
}
