/* app_workers_posix.c: a process for each connection, by fork; SIGTERM asks all to leave. */
#define _GNU_SOURCE
#include "app_workers.h"
#include "../../../examples/app_system.h"
#include "fcgi.h"
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LEAVE_MS = 2000 };

static app_common *common;

app_common *app_common_new(void) {
  void *c =
      mmap(NULL, sizeof(app_common), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return c == MAP_FAILED ? NULL : c; /* zeroed by the system */
}

static pid_t served[APP_CONNECTIONS_MAX]; /* 0: free */
static unsigned served_count;

static unsigned find(pid_t pid) {
  unsigned n = 0;
  while (n < APP_CONNECTIONS_MAX && served[n] != pid)
    n++;
  return n;
}

/* Forgets those that have ended; waits for one where there must be room. */
static void reap(unsigned most) {
  pid_t pid;
  while (served_count > 0 && (pid = waitpid(-1, NULL, served_count < most ? WNOHANG : 0)) > 0) {
    unsigned n = find(pid);
    if (n == APP_CONNECTIONS_MAX)
      continue;
    served[n] = 0;
    served_count--;
    app_limits_forget(&common->limits, n);
  }
}

static void begin(int fd, app_serve_fn *serve) {
  unsigned slot = find(0);
  pid_t pid = fork();
  if (pid == 0) {
    signal(SIGINT, SIG_IGN); /* the terminal's is for the one that reports */
    serve(common, fd, slot);
    _exit(0);
  }
  close(fd);
  if (pid > 0)
    served[slot] = pid, served_count++;
  else
    fcgi_say("cannot start a process for a connection: %s", strerror(errno));
}

static void signal_all(int number) {
  unsigned n;
  for (n = 0; n < APP_CONNECTIONS_MAX; n++)
    if (served[n])
      kill(served[n], number);
}

static void end_all(void) {
  struct timespec moment = {0, 10000000};
  unsigned waited;
  signal_all(SIGTERM);
  for (waited = 0; served_count > 0 && waited < LEAVE_MS; waited += 10) {
    reap(APP_CONNECTIONS_MAX + 1);
    if (served_count > 0)
      nanosleep(&moment, NULL);
  }
  signal_all(SIGKILL);
  while (served_count > 0)
    reap(0);
}

static void on_interrupt(int number) {
  kill(getpid(), SIGTERM);
}

void app_workers_run(int listener, app_common *shared, app_serve_fn *serve) {
  common = shared;
  app_leave_on_term();
  signal(SIGINT, on_interrupt);
  while (app_wait_idle(listener)) {
    int fd = accept(listener, NULL, NULL);
    reap(common->limits.connections);
    if (fd >= 0)
      begin(fd, serve);
  }
  end_all();
}

int app_workers_was_one(int argc, char **argv, app_serve_fn *serve) {
  (void) argc;
  (void) argv;
  (void) serve;
  return 0;
}

int app_workers_inherited(void) {
  int on = 0;
  socklen_t len = sizeof on;
  return getsockopt(0, SOL_SOCKET, SO_ACCEPTCONN, &on, &len) == 0 && on ? 0 : -1;
}

int app_workers_wait(fcl__polled from[2], int may_leave) {
  return app_poll(from, 2, may_leave) >= 0 || errno != EINTR || !may_leave;
}

void app_workers_wake(const int pair[2]) {
  (void) pair; /* a signal interrupts */
}
