/* proc.c: what /proc tells of a process. */
#include "platform/posix/proc.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define EXITING 0x4u /* PF_EXITING: it closes its descriptors before it becomes a zombie */

typedef struct stat_line {
  char state;
  long session;
  unsigned flags;
} stat_line;

/* The program's name, in parentheses, may hold anything.  Returns 0 when nothing is told. */
static int read_stat(const char *pid, stat_line *out) {
  char path[64], text[512];
  const char *at;
  ssize_t n;
  int fd;
  snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
  fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return 0;
  n = read(fd, text, sizeof text - 1);
  close(fd);
  text[n > 0 ? n : 0] = 0;
  at = strrchr(text, ')');
  return at &&
         sscanf(at, ") %c %*d %*d %ld %*d %*d %u", &out->state, &out->session, &out->flags) == 3;
}

long fcl__proc_session(const char *pid) {
  stat_line is;
  return read_stat(pid, &is) ? is.session : 0;
}

int fcl__proc_is_ending(long pid) {
  char number[24];
  stat_line is;
  if (kill((pid_t) pid, 0) != 0 && errno == ESRCH)
    return 1;
  snprintf(number, sizeof number, "%ld", pid);
  return read_stat(number, &is) && (is.state == 'Z' || is.state == 'X' || (is.flags & EXITING));
}
