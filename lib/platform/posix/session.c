/* session.c: kills what is left of a dead guardian's session. */
#include "platform/posix/session.h"
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The program's name, in parentheses, may hold anything. */
static long session_of(const char *pid) {
  char path[64], text[512];
  const char *at;
  ssize_t n;
  long session = 0;
  int fd;
  snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
  fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return 0;
  n = read(fd, text, sizeof text - 1);
  close(fd);
  text[n > 0 ? n : 0] = 0;
  at = strrchr(text, ')');
  return at && sscanf(at, ") %*c %*d %*d %ld", &session) == 1 ? session : 0;
}

void fcl__session_end(long session) {
  DIR *all = opendir("/proc");
  const struct dirent *e;
  while (all && (e = readdir(all)) != NULL)
    if (e->d_name[0] >= '1' && e->d_name[0] <= '9' && session_of(e->d_name) == session)
      kill((pid_t) atol(e->d_name), SIGKILL);
  if (all)
    closedir(all);
}
