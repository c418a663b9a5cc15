/* proc.c: what /proc tells of a process. */
#include "platform/posix/proc.h"
#include "platform/posix/peek.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#define EXITING 0x4u /* PF_EXITING: it closes its descriptors before it becomes a zombie */

typedef struct stat_line {
  char state;
  long parent, session;
  unsigned flags;
} stat_line;

size_t fcl__proc_read(long pid, const char *name, char *out, size_t cap) {
  char path[96];
  snprintf(path, sizeof path, "/proc/%ld/%s", pid, name);
  return fcl__peek(path, out, cap);
}

/* The program's name, in parentheses, may hold anything.  All zero when nothing is told. */
static stat_line read_stat(long pid) {
  stat_line is = {0}, none = {0};
  char text[512];
  const char *at;
  fcl__proc_read(pid, "stat", text, sizeof text);
  at = strrchr(text, ')');
  return at && sscanf(at, ") %c %ld %*d %ld %*d %*d %u", &is.state, &is.parent, &is.session,
                      &is.flags) == 4
             ? is
             : none;
}

/* A number ends with a space: else it was cut. */
unsigned fcl__proc_children(long pid, long *children, unsigned most) {
  char name[64], text[512], *at = text, *end;
  unsigned count = 0;
  long child;
  snprintf(name, sizeof name, "task/%ld/children", pid);
  fcl__proc_read(pid, name, text, sizeof text);
  while (count < most && (child = strtol(at, &end, 10)) > 0 && *end == ' ') {
    children[count++] = child;
    at = end;
  }
  return count;
}

char fcl__proc_state(long pid) {
  return read_stat(pid).state;
}

long fcl__proc_parent(long pid) {
  return read_stat(pid).parent;
}

long fcl__proc_session(long pid) {
  return read_stat(pid).session;
}

int fcl__proc_is_ending(long pid) {
  stat_line is;
  if (kill((pid_t) pid, 0) != 0 && errno == ESRCH)
    return 1;
  is = read_stat(pid);
  return is.state == 'Z' || is.state == 'X' || (is.flags & EXITING);
}
