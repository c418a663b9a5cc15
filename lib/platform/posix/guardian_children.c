/* guardian_children.c: how the guardian starts applications, learns of their exit, and asks them to
 * leave. */
#define _GNU_SOURCE
#include "platform/posix/guardian.h"
#include "platform/posix/guardian_user.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define GRACE_MS 1000u /* at most, when the host has died */

/* ---- In the new process ---- */

static void give_up(int status_fd, fcl__stage stage) {
  int why[2] = {stage, errno};
  if (write(status_fd, why, sizeof why) < 0)
    _exit(126);
  _exit(127);
}

/* By the system call, since glibc keeps sigaction off two signals of its own, which its posix_spawn
   has ignored for us. SIGTERM may have come already: it waits, blocked, until its disposition is
   the default again. */
static void default_signals(void) {
  static const char none[64];
  sigset_t empty;
  int s;
  for (s = 1; s < NSIG; s++)
    syscall(SYS_rt_sigaction, s, none, NULL, (size_t) (NSIG - 1) / 8);
  sigemptyset(&empty);
  sigprocmask(SIG_SETMASK, &empty, NULL);
}

/* Descriptors 0: the listener, 1 and 2: the output, 3: the status (closed by exec), and nothing
 * else. */
static int arrange(const int fds[2], int status_fd) {
  if (dup2(fds[0], 0) < 0 || dup2(fds[1], 1) < 0 || dup2(fds[1], 2) < 0)
    return -1;
  if (status_fd != 3 && dup3(status_fd, 3, O_CLOEXEC) < 0)
    return -1;
#ifdef SYS_close_range
  syscall(SYS_close_range, 4u, ~0u, 0u); /* a net: all of ours are closed by exec anyway */
#endif
  return 0;
}

/* What to start, and how: all that the new process needs. */
typedef struct launch {
  const fcl__order *order;
  const terms *terms;
  const permit *permit;
  const int *fds;
  char **argv, **env;
  pid_t guardian;
  int status_fd;
  int cgroup_fd; /* -1: none */
} launch;

static int enter_directory(const launch *l) {
  return l->permit->directory_fd >= 0 ? fchdir(l->permit->directory_fd)
                                      : chdir(l->order->directory);
}

/* Limits before the user, who may not raise them; the death signal behind it, since a change of
   users clears that; the directory as the user who is to be there. */
static void become(const launch *l) {
  setpgid(0, 0);
  if (l->cgroup_fd >= 0 && cgroup_enter(l->cgroup_fd) != 0)
    give_up(l->status_fd, FCL__STAGE_SETUP);
  if (l->terms->umask >= 0)
    umask((mode_t) l->terms->umask);
  if (user_limit(l->terms) != 0)
    give_up(l->status_fd, FCL__STAGE_LIMITS);
  if (user_become(l->terms) != 0)
    give_up(l->status_fd, FCL__STAGE_USER);
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
    give_up(l->status_fd, FCL__STAGE_SETUP);
  if (getppid() != l->guardian)
    _exit(127);
  if (enter_directory(l) != 0)
    give_up(l->status_fd, FCL__STAGE_DIRECTORY);
  if (arrange(l->fds, l->status_fd) != 0)
    give_up(l->status_fd, FCL__STAGE_SETUP);
  default_signals();
  execve(l->permit->path[0] ? l->permit->path : l->order->path, l->argv, l->env);
  give_up(3, FCL__STAGE_EXEC);
}

/* ---- In the guardian ---- */

static pid_t fork_child(launch *l) {
  pid_t pid;
  l->guardian = getpid();
  pid = fork();
  if (pid == 0)
    become(l);
  if (pid > 0)
    setpgid(pid, pid); /* by both, so that neither can be too late */
  return pid;
}

/* Returns the stage that failed (errno says why), or 0. */
static int start(child *c, launch *l) {
  const fcl__order *o = l->order;
  int status[2], e;
  l->argv = malloc(((size_t) o->argc + o->envc + 2) * sizeof *l->argv);
  if (l->argv == NULL)
    return FCL__STAGE_ORDER;
  if (pipe2(status, O_CLOEXEC | O_NONBLOCK) != 0) {
    free(l->argv);
    return FCL__STAGE_SETUP;
  }
  l->env = l->argv + o->argc + 1;
  l->status_fd = status[1];
  fcl__order_vectors(o, l->argv, l->env);
  c->pid = fork_child(l);
  e = errno;
  close(status[1]);
  free(l->argv);
  c->status_fd = status[0];
  if (c->pid > 0)
    return 0;
  close(status[0]);
  errno = e;
  return FCL__STAGE_FORK;
}

static int start_in_cgroup(guardian *g, child *c, launch *l) {
  int stage, e;
  cgroups_find(&g->cgroups, g->policy.cgroup);
  l->cgroup_fd = cgroup_make(&g->cgroups, &c->cgroup, l->order->id, l->terms, &c->lacks_limits);
  stage = start(c, l);
  e = errno;
  if (l->cgroup_fd >= 0)
    close(l->cgroup_fd);
  if (stage != 0)
    cgroup_remove(&g->cgroups, &c->cgroup);
  errno = e;
  return stage;
}

/* As start; errno is the refusal where the policy does not permit it. */
static int start_if_permitted(guardian *g, child *c, const fcl__order *o, const int fds[2]) {
  terms t;
  permit p = {.directory_fd = -1};
  launch l = {.order = o, .terms = &t, .permit = &p, .fds = fds};
  int refusal = terms_read(&t, o) != 0 ? FCL__REFUSED_TERMS : policy_permit(&g->policy, o, &t, &p);
  int stage = refusal ? FCL__STAGE_POLICY : start_in_cgroup(g, c, &l),
      e = refusal ? refusal : errno;
  if (p.directory_fd >= 0)
    close(p.directory_fd);
  terms_free(&t);
  errno = e;
  return stage;
}

void child_start(guardian *g, const fcl__order *o, const int fds[2]) {
  child *c = calloc(1, sizeof *c);
  int stage = c ? start_if_permitted(g, c, o, fds) : FCL__STAGE_ORDER;
  if (stage != 0) {
    guardian_report(g, FCL__REPORT_FAILED, o->id, (uint32_t) errno, (uint32_t) stage);
    free(c);
    return;
  }
  g->has_started = 1;
  c->id = o->id;
  c->stop_ms = o->number;
  c->next = g->children;
  g->children = c;
}

void child_settle(guardian *g, child *c) {
  int why[2] = {0, 0};
  ssize_t n;
  if (c->status_fd < 0)
    return;
  n = read(c->status_fd, why, sizeof why);
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  close(c->status_fd);
  c->status_fd = -1;
  c->has_failed = n == (ssize_t) sizeof why;
  if (c->has_failed)
    guardian_report(g, FCL__REPORT_FAILED, c->id, (uint32_t) why[1], (uint32_t) why[0]);
  else
    guardian_report(g, FCL__REPORT_STARTED, c->id, (uint32_t) c->pid, (uint32_t) c->lacks_limits);
}

void child_stop(guardian *g, uint32_t id, int force) {
  const child *c;
  for (c = g->children; c; c = c->next) {
    if (c->id != id)
      continue;
    if (force && cgroup_kill(&g->cgroups, &c->cgroup) != 0)
      reaper_end_tree(c->pid);
    else if (!force)
      kill(c->pid, SIGTERM);
  }
}

static void report_exit(guardian *g, const child *c, int status) {
  if (c->has_failed)
    return;
  if (WIFSIGNALED(status))
    guardian_report(g, FCL__REPORT_EXITED, c->id, 0, (uint32_t) WTERMSIG(status));
  else
    guardian_report(g, FCL__REPORT_EXITED, c->id, (uint32_t) WEXITSTATUS(status), 0);
}

static child **find(guardian *g, pid_t pid) {
  child **at = &g->children;
  while (*at && (*at)->pid != pid)
    at = &(*at)->next;
  return at;
}

/* A dead leader's number is still taken until waitpid: so far, its group can be nobody else's. What
   is left in it (PHP_FCGI_CHILDREN, after a kill -9) would go on serving without anybody to stop
   it. */
static void reap(guardian *g, pid_t pid) {
  child **at = find(g, pid), *c = *at;
  int status = 0;
  if (c)
    kill(-pid, SIGKILL);
  waitpid(pid, &status, 0);
  if (c == NULL)
    return;
  child_settle(g, c);
  report_exit(g, c, status);
  *at = c->next;
  c->next = g->leavings;
  g->leavings = c;
}

/* Who is left in a group becomes our child, so each exit is a time to look. */
static void forget_leavings(guardian *g) {
  child **at = &g->leavings;
  while (*at) {
    child *c = *at;
    if (!cgroup_remove(&g->cgroups, &c->cgroup)) {
      at = &c->next;
      continue;
    }
    *at = c->next;
    free(c);
  }
}

void children_reap(guardian *g) {
  for (;;) {
    siginfo_t info = {0};
    if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0)
      break;
    reap(g, info.si_pid);
  }
  forget_leavings(g);
}

/* To the group; a program that has left its own group gets it alone. */
static void signal_group(const child *c, int s) {
  if (kill(-c->pid, s) != 0)
    kill(c->pid, s);
}

void children_ask(guardian *g, int force) {
  uint64_t now = guardian_now();
  child *c;
  for (c = g->children; c; c = c->next) {
    unsigned grace_ms = force ? 0 : c->stop_ms < GRACE_MS ? c->stop_ms : GRACE_MS;
    c->kill_at = now + grace_ms;
    if (grace_ms > 0)
      signal_group(c, SIGTERM);
  }
}

int children_wait(guardian *g) {
  uint64_t now = guardian_now(), first = UINT64_MAX;
  const child *c;
  for (c = g->children; c; c = c->next) {
    if (c->kill_at <= now)
      signal_group(c, SIGKILL);
    else if (c->kill_at < first)
      first = c->kill_at;
  }
  return first == UINT64_MAX ? -1 : (int) (first - now);
}
