/* stay_posix.c: starts a program that nobody watches over, by POSIX. */
#define _GNU_SOURCE
#include "stay.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

/* In the child: the listening socket becomes descriptor 0 (§2.2), nothing holds our terminal. */
static void become(const fcgi_target *target, int listener, int report) {
  int null = open("/dev/null", O_RDWR), error;
  pid_t self = getpid();
  setsid();
  dup2(listener, STDIN_FILENO);
  dup2(null, STDOUT_FILENO);
  dup2(null, STDERR_FILENO);
  if (null > STDERR_FILENO)
    close(null);
  if (write(report, &self, sizeof self) == sizeof self)
    execv(target->program, target->argv);
  error = errno;
  if (write(report, &error, sizeof error) < 0)
    _exit(126);
  _exit(127);
}

/* A grandchild, so that nobody has to wait for it.  Returns 0, or errno. */
int stay_start(const fcgi_target *target, int listener, long *pid) {
  int report[2], error = 0;
  pid_t child, started = 0;
  if (pipe(report))
    return errno;
  fcntl(report[1], F_SETFD, FD_CLOEXEC); /* exec tells the parent by closing it */
  child = fork();
  if (child == 0) {
    pid_t grandchild = fork();
    if (grandchild == 0)
      become(target, listener, report[1]);
    _exit(grandchild < 0);
  }
  error = child < 0 ? errno : 0;
  close(report[1]);
  if (child > 0) {
    waitpid(child, NULL, 0);
    if (read(report[0], &started, sizeof started) != sizeof started)
      error = EAGAIN;
    else if (read(report[0], &error, sizeof error) != sizeof error)
      error = 0;
  }
  close(report[0]);
  *pid = (long) started;
  return error;
}
