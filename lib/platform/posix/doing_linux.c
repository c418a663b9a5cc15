/* doing_linux.c: what a process is doing now, from /proc. */
#include "platform/doing.h"
#include "platform/posix/proc.h"
#include "platform/posix/sockets_linux.h"
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { DEPTH = 4 }; /* a shell that waits for a shell that waits ... */

/* What the first argument of a call is about. */
typedef enum about { NOTHING, FILE_NUMBER, POLL_LIST, CHILD } about;

static const struct call {
  long number;
  const char *name;
  about about;
} calls[] = {
    {SYS_read, "read", FILE_NUMBER},
    {SYS_write, "write", FILE_NUMBER},
    {SYS_readv, "readv", FILE_NUMBER},
    {SYS_writev, "writev", FILE_NUMBER},
    {SYS_pread64, "pread", FILE_NUMBER},
    {SYS_pwrite64, "pwrite", FILE_NUMBER},
    {SYS_fsync, "fsync", FILE_NUMBER},
    {SYS_flock, "flock", FILE_NUMBER},
    {SYS_fcntl, "fcntl", FILE_NUMBER},
    {SYS_openat, "open", NOTHING},
    {SYS_futex, "futex", NOTHING},
    {SYS_nanosleep, "nanosleep", NOTHING},
    {SYS_clock_nanosleep, "clock_nanosleep", NOTHING},
    {SYS_ppoll, "ppoll", POLL_LIST},
    {SYS_pselect6, "select", NOTHING},
    {SYS_epoll_pwait, "epoll_wait", NOTHING},
    {SYS_wait4, "wait4", CHILD},
    {SYS_waitid, "waitid", CHILD},
#ifdef SYS_poll
    {SYS_poll, "poll", POLL_LIST},
    {SYS_select, "select", NOTHING},
    {SYS_epoll_wait, "epoll_wait", NOTHING},
    {SYS_open, "open", NOTHING},
    {SYS_pause, "pause", NOTHING},
#endif
#ifdef SYS_connect
    {SYS_connect, "connect", FILE_NUMBER},
    {SYS_accept4, "accept", FILE_NUMBER},
    {SYS_recvfrom, "recv", FILE_NUMBER},
    {SYS_recvmsg, "recvmsg", FILE_NUMBER},
    {SYS_sendto, "send", FILE_NUMBER},
    {SYS_sendmsg, "sendmsg", FILE_NUMBER},
#endif
#ifdef SYS_accept
    {SYS_accept, "accept", FILE_NUMBER},
#endif
};

/* ---- /proc ---- */

static void name_of(long pid, char *out, size_t cap) {
  fcl__proc_read(pid, "comm", out, cap);
  out[strcspn(out, "\n")] = 0;
}

/* ---- Words ---- */

static void add(char *out, size_t cap, const char *words, const char *more) {
  size_t used = strlen(out);
  snprintf(out + used, cap - used, "%s%s", words, more);
}

/* "/var/lock/x", "10.0.0.5:3306", "a Unix socket", "a pipe"; empty: nobody knows. */
static void describe_file(long pid, long fd, char *out, size_t cap) {
  char path[64], target[256];
  unsigned long inode;
  ssize_t n;
  snprintf(path, sizeof path, "/proc/%ld/fd/%ld", pid, fd);
  n = readlink(path, target, sizeof target - 1);
  target[n > 0 ? n : 0] = 0;
  if (sscanf(target, "socket:[%lu]", &inode) == 1)
    fcl__socket_peer(pid, inode, out, cap);
  else if (strncmp(target, "pipe:", 5) == 0)
    snprintf(out, cap, "a pipe");
  else
    snprintf(out, cap, "%s", target);
}

/* The first of those that it waits for. */
static void describe_polled(long pid, unsigned long at, unsigned long count, char *out,
                            size_t cap) {
  struct pollfd first;
  char path[64];
  int mem;
  out[0] = 0;
  snprintf(path, sizeof path, "/proc/%ld/mem", pid);
  mem = open(path, O_RDONLY | O_CLOEXEC);
  if (mem < 0)
    return;
  if (count > 0 && pread(mem, &first, sizeof first, (off_t) at) == (ssize_t) sizeof first)
    describe_file(pid, first.fd, out, cap);
  close(mem);
  if (count > 1 && out[0])
    add(out, cap, " and others", "");
}

static void describe(long pid, int depth, char *out, size_t cap);

static void describe_child(long pid, int depth, char *out, size_t cap) {
  char name[64], what[256] = "";
  long child;
  if (fcl__proc_children(pid, &child, 1) == 0)
    return;
  name_of(child, name, sizeof name);
  describe(child, depth + 1, what, sizeof what);
  snprintf(out, cap, "waiting for process %ld (%s)%s%s", child, name, what[0] ? ", which was " : "",
           what);
}

static void describe_call(long pid, int depth, const struct call *call, const unsigned long *args,
                          char *out, size_t cap) {
  char object[256] = "";
  snprintf(out, cap, "in %s()", call->name);
  switch (call->about) {
  case NOTHING:
    return;
  case FILE_NUMBER:
    describe_file(pid, (long) args[0], object, sizeof object);
    break;
  case POLL_LIST:
    describe_polled(pid, args[0], args[1], object, sizeof object);
    break;
  case CHILD:
    describe_child(pid, depth, out, cap);
    return;
  }
  if (object[0])
    add(out, cap, strcmp(call->name, "connect") == 0 ? " to " : " on ", object);
}

/* Which call it sleeps in, if we may know. */
static void describe_sleep(long pid, int depth, char *out, size_t cap) {
  unsigned long args[2];
  char line[256];
  long number;
  size_t i;
  fcl__proc_read(pid, "syscall", line, sizeof line);
  if (sscanf(line, "%ld %lx %lx", &number, &args[0], &args[1]) != 3)
    return;
  for (i = 0; i < sizeof calls / sizeof *calls; i++)
    if (calls[i].number == number) {
      describe_call(pid, depth, &calls[i], args, out, cap);
      return;
    }
  snprintf(out, cap, "in system call %ld", number);
}

static void describe(long pid, int depth, char *out, size_t cap) {
  switch (depth < DEPTH ? fcl__proc_state(pid) : 0) {
  case 'R':
    snprintf(out, cap, "computing");
    break;
  case 'S':
    describe_sleep(pid, depth, out, cap);
    break;
  case 'D':
    snprintf(out, cap, "waiting for a disk, or for a file system of another machine");
    break;
  case 'T':
  case 't':
    snprintf(out, cap, "stopped, by a signal or a debugger");
    break;
  case 'Z':
    snprintf(out, cap, "dead already");
    break;
  }
}

void fcl__doing_now(long pid, char *out, size_t cap) {
  out[0] = 0;
  if (pid > 0)
    describe(pid, 0, out, cap);
}
