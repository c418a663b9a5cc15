/* guardian.c: the program fcl-guardian, which starts application processes for one host and ends
   them all when the host has died.  Single-threaded; started by the library with a socket on
   descriptor 0. */
#define _GNU_SOURCE
#include "platform/posix/guardian.h"
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define HOST_CHECK_MS 100 /* how often to look after the host where there is no pidfd */

uint64_t guardian_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t) t.tv_sec * 1000 + (uint64_t) t.tv_nsec / 1000000;
}

static void on_child(int signal) {
}

/* Every signal is blocked all the time; ppoll lets SIGCHLD through.  So the children of a stopped
   service, which get SIGTERM together with the host, are still guarded while the host drains. */
static void block_signals(void) {
  static const int ignored[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGPIPE, SIGUSR1, SIGUSR2};
  struct sigaction action;
  sigset_t all;
  size_t i;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL);
  memset(&action, 0, sizeof action);
  action.sa_handler = SIG_IGN;
  for (i = 0; i < sizeof ignored / sizeof *ignored; i++)
    sigaction(ignored[i], &action, NULL);
  action.sa_handler = on_child;
  sigaction(SIGCHLD, &action, NULL);
}

/* Where the kernel cannot do it at once (before Linux 5.9).  The limit may be a thousand millions:
 * so only what is open. */
static void close_listed(int first) {
  DIR *d = opendir("/proc/self/fd");
  const struct dirent *e;
  while (d && (e = readdir(d)) != NULL)
    if (isdigit((unsigned char) e->d_name[0]) && atoi(e->d_name) >= first &&
        atoi(e->d_name) != dirfd(d))
      close(atoi(e->d_name));
  if (d)
    closedir(d);
}

static void close_from(int first) {
#ifdef SYS_close_range
  if (syscall(SYS_close_range, (unsigned) first, ~0u, 0u) == 0)
    return;
#endif
  close_listed(first);
}

/* Takes the next free descriptor, so that none of ours ever is 1 or 2: those are for output. */
static void open_nothing(void) {
  if (open("/dev/null", O_RDWR | O_CLOEXEC) < 0 &&
      socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) < 0)
    _exit(1);
}

static int is_socket(int fd) {
  int domain = 0;
  socklen_t len = sizeof domain;
  return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) == 0 && domain == AF_UNIX;
}

/* First of all the descriptors: the host's listening port must not live on in here. */
static void detach(void) {
  close_from(1);
  open_nothing();
  open_nothing();
  block_signals();
  fcntl(0, F_SETFL, fcntl(0, F_GETFL) | O_NONBLOCK);
  setsid();
  if (chdir("/") != 0)
    _exit(1);
  reaper_adopt();
}

/* Orders that are still in the socket may name the directory.  What is left of the host does not
 * need the sockets. */
static void begin_the_end(guardian *g) {
  g->is_ending = 1;
  guardian_read(g);
  reaper_remove(g->directory, g->directory_owner);
  children_ask(g, g->order_to_end == END_BY_FORCE);
}

static size_t fill(const guardian *g, struct pollfd *fds) {
  const child *c;
  size_t n = 2;
  fds[0].fd = g->is_ending ? -1 : g->socket;
  fds[0].events = (short) (POLLIN | (g->out_len > 0 ? POLLOUT : 0));
  fds[1].fd = g->is_ending ? -1 : g->host_fd;
  fds[1].events = POLLIN;
  for (c = g->children; c; c = c->next)
    if (c->status_fd >= 0) {
      fds[n].fd = c->status_fd;
      fds[n++].events = POLLIN;
    }
  return n;
}

static size_t count(const guardian *g) {
  const child *c;
  size_t n = 2;
  for (c = g->children; c; c = c->next)
    n++;
  return n;
}

static int timeout_of(guardian *g) {
  if (g->is_ending)
    return children_wait(g);
  return g->host != 0 && g->host_fd < 0 ? HOST_CHECK_MS : -1;
}

/* Waits for anything at all.  When memory is short: for a moment, whatever happens. */
static void wait_for_events(const guardian *g, int timeout_ms) {
  struct timespec t = {timeout_ms / 1000, timeout_ms % 1000 * 1000000L}, moment = {0, 10000000};
  struct pollfd few[16], *fds = few;
  size_t n = count(g);
  sigset_t mask;
  sigfillset(&mask);
  sigdelset(&mask, SIGCHLD);
  if (n > sizeof few / sizeof *few)
    fds = malloc(n * sizeof *fds);
  if (fds)
    ppoll(fds, fill(g, fds), timeout_ms < 0 ? NULL : &t, &mask);
  else
    ppoll(NULL, 0, &moment, &mask);
  if (fds != few)
    free(fds);
}

static int host_is_dead(const guardian *g) {
  struct pollfd p = {g->host_fd, POLLIN, 0};
  if (g->host == 0)
    return 0;
  return getppid() != g->host || (g->host_fd >= 0 && poll(&p, 1, 0) > 0);
}

static void turn(guardian *g) {
  child *c, *next;
  if (!g->is_ending) {
    guardian_write(g);
    guardian_read(g);
  }
  for (c = g->children; c; c = next) {
    next = c->next;
    child_settle(g, c);
  }
  children_reap(g);
  if (g->order_to_end == GO_ON && (g->socket < 0 || host_is_dead(g)))
    g->order_to_end = END_POLITELY;
  if (g->order_to_end != GO_ON && !g->is_ending)
    begin_the_end(g);
}

/* Nobody lives any more. */
static void free_children(guardian *g, child *first) {
  while (first) {
    child *c = first;
    first = c->next;
    cgroup_remove(&g->cgroups, &c->cgroup);
    free(c);
  }
}

static void free_all(guardian *g) {
  free_children(g, g->children);
  free_children(g, g->leavings);
  cgroups_close(&g->cgroups);
  free(g->directory);
  policy_free(&g->policy);
  free(g->text);
  free(g->out);
}

int main(int argc, char **argv) {
  guardian g = {0};
  if (!is_socket(0)) {
    fprintf(stderr, "fcl-guardian is started by libfcgiclient and does nothing by itself.\n");
    return 2;
  }
  detach();
  g.host_fd = -1;
  for (;;) {
    int timeout_ms;
    turn(&g);
    timeout_ms = timeout_of(&g);
    if (g.is_ending && timeout_ms < 0)
      break;
    wait_for_events(&g, timeout_ms);
  }
  reaper_end_all();
  free_all(&g);
  return 0;
}
