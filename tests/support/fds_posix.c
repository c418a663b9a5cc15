/* fds_posix.c: counts and lists the open descriptors of this process (Linux: /proc/self/fd, others:
 * /dev/fd). */
#include "support/fds.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static DIR *open_list(const char **where) {
  DIR *d = opendir(*where = "/proc/self/fd");
  return d ? d : opendir(*where = "/dev/fd");
}

int test_fds(void) {
  const char *where;
  DIR *d = open_list(&where);
  struct dirent *entry;
  int n = 0;
  if (d == NULL)
    return -1;
  while ((entry = readdir(d)) != NULL)
    n += entry->d_name[0] != '.' && atoi(entry->d_name) != dirfd(d);
  closedir(d);
  return n;
}

void test_fds_list(char *text, size_t size) {
  const char *where;
  DIR *d = open_list(&where);
  struct dirent *entry;
  size_t at = 0;
  text[0] = 0;
  while (d && (entry = readdir(d)) != NULL && at < size) {
    char path[300], target[200];
    ssize_t n;
    if (entry->d_name[0] == '.' || atoi(entry->d_name) == dirfd(d))
      continue;
    snprintf(path, sizeof path, "%s/%s", where, entry->d_name);
    n = readlink(path, target, sizeof target - 1);
    target[n > 0 ? n : 0] = 0;
    at += (size_t) snprintf(text + at, size - at, "%s%s %s", at ? ", " : "", entry->d_name, target);
  }
  if (d)
    closedir(d);
}
