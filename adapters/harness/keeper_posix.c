/* keeper_posix.c: a process between us and a program that we start.  It learns of our death by the
   end of a socket, also when nobody could have told, and ends the program then. */
#include "keeper.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CANNOT_RUN = 127 };

/* ---- In the keeper ---- */

static int child_ended[2]; /* a pipe */

static void on_child(int number) {
  int kept = errno;
  ssize_t ignored = write(child_ended[1], "", 1); /* a full pipe wakes us too */
  (void) ignored;
  errno = kept;
}

static void handle(const int *signals, size_t count, void (*how)(int)) {
  size_t n;
  for (n = 0; n < count; n++)
    signal(signals[n], how);
}

/* What ends others at the terminal or by name is not for the keeper: it would leave the program
 * behind. */
static const int asking[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGUSR1, SIGUSR2, SIGALRM};

static void clear_signals(void (*how)(int)) {
  sigset_t none;
  handle(asking, sizeof asking / sizeof *asking, how);
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

static void become(const fcl__keeper_program *p) {
  int null = open("/dev/null", O_RDWR);
  setsid();
  signal(SIGCHLD, SIG_DFL);
  clear_signals(SIG_DFL);
  dup2(p->listener, STDIN_FILENO);
  dup2(p->is_shown ? STDERR_FILENO : null, STDOUT_FILENO);
  dup2(p->is_shown ? STDERR_FILENO : null, STDERR_FILENO);
  if (null > STDERR_FILENO)
    close(null);
  execv(p->path, p->argv);
  _exit(CANNOT_RUN);
}

/* Collects children.  Returns 1 when `pid` is among them. */
static int collect(pid_t pid, int *status) {
  int one, is_it = 0;
  pid_t ended;
  char drained[64];
  ssize_t ignored = read(child_ended[0], drained, sizeof drained);
  (void) ignored;
  while ((ended = waitpid(-1, &one, WNOHANG)) > 0)
    if (ended == pid) {
      is_it = 1;
      *status = one;
    }
  return is_it;
}

static uint64_t now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t) t.tv_sec * 1000 + (uint64_t) t.tv_nsec / 1000000;
}

/* First it is asked; then its group, and whatever else descends from it, is killed. */
static void end(pid_t pid, int is_over, unsigned stop_ms) {
  struct pollfd wake = {child_ended[0], POLLIN, 0};
  uint64_t now = now_ms(), until = now + stop_ms;
  int status;
  kill(-pid, SIGTERM);
  for (; !is_over && now < until; now = now_ms()) {
    poll(&wake, 1, (int) (until - now));
    is_over = collect(pid, &status);
  }
  kill(-pid, SIGKILL);
  if (!is_over)
    waitpid(pid, NULL, 0);
  fcl__orphans_end();
}

static void remove_left(const char *const *left) {
  for (; left && *left; left++)
    if (unlink(*left))
      rmdir(*left);
}

static void keep(const fcl__keeper_program *p, int link) {
  struct pollfd wakes[2] = {{link, POLLIN, 0}, {-1, POLLIN, 0}};
  int is_over = 0, status = 0;
  char order = 0;
  pid_t pid;
  setsid(); /* Ctrl-C at the terminal is for the one who asked us */
  fcl__close_others(link, p->listener);
  clear_signals(SIG_IGN);
  fcl__orphans_adopt();
  if (pipe2(child_ended, O_CLOEXEC | O_NONBLOCK))
    _exit(1);
  wakes[1].fd = child_ended[0];
  signal(SIGCHLD, on_child);
  pid = fork();
  if (pid == 0)
    become(p);
  if (pid < 0)
    _exit(1); /* a group -1 would be init */
  close(p->listener);
  while (!(wakes[0].revents)) {
    if (poll(wakes, 2, -1) < 0 && errno != EINTR)
      break;
    if (!is_over && collect(pid, &status)) {
      is_over = 1;
      if (write(link, &status, sizeof status) < 0)
        break;
    }
  }
  end(pid, is_over, p->stop_ms);
  if (read(link, &order, 1) != 1)
    remove_left(p->left);
  _exit(0);
}

/* ---- Before it ---- */

int fcl__keeper_start(fcl__keeper *k, const fcl__keeper_program *program) {
  int pair[2], error;
  memset(k, 0, sizeof *k);
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
    return 0;
  k->pid = fork();
  error = errno;
  if (k->pid == 0) {
    close(pair[0]);
    keep(program, pair[1]);
  }
  close(pair[1]);
  k->link = pair[0];
  if (k->pid > 0)
    return 1;
  close(pair[0]);
  errno = error;
  return k->pid = 0;
}

int fcl__keeper_fd(const fcl__keeper *k) {
  return k->pid && !k->is_over ? (int) k->link : -1;
}

int fcl__keeper_is_over(fcl__keeper *k, int ms) {
  struct pollfd told = {(int) k->link, POLLIN, 0};
  if (k->pid == 0 || k->is_over)
    return k->is_over;
  if (poll(&told, 1, ms) <= 0)
    return 0;
  if (read((int) k->link, &k->status, sizeof k->status) != sizeof k->status)
    k->status = CANNOT_RUN << 8; /* the keeper itself has ended */
  return k->is_over = 1;
}

void fcl__keeper_stop(fcl__keeper *k) {
  if (k->pid == 0)
    return;
  if (send((int) k->link, "q", 1, MSG_NOSIGNAL) == 1)
    shutdown((int) k->link, SHUT_WR);
  while (waitpid((pid_t) k->pid, NULL, 0) < 0 && errno == EINTR)
    ;
  close((int) k->link);
  k->pid = 0;
}

void fcl__keeper_tell(const fcl__keeper *k, char *out, size_t cap) {
  if (WIFSIGNALED(k->status))
    snprintf(out, cap, "was ended by signal %d (%s)", WTERMSIG(k->status),
             strsignal(WTERMSIG(k->status)));
  else if (WEXITSTATUS(k->status) == CANNOT_RUN)
    snprintf(out, cap, "could not be run, or ended with exit status %d", CANNOT_RUN);
  else
    snprintf(out, cap, "ended with exit status %d", WEXITSTATUS(k->status));
}
