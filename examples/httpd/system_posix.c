/* system_posix.c: what httpd needs of the system, by POSIX. */
#define _GNU_SOURCE
#include "system.h"
#include "words.h"
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void system_begin(void) {
  signal(SIGPIPE, SIG_IGN);
}

ptrdiff_t system_write(int fd, const void *bytes, size_t len) {
  ssize_t n;
  do
    n = write(fd, bytes, len);
  while (n < 0 && errno == EINTR);
  return n;
}

void system_utc(time_t at, struct tm *tm) {
  gmtime_r(&at, tm);
}

unsigned system_path_flags(void) {
  return 0;
}

int system_is_alias(fcl_slice path) {
  (void) path;
  return 0;
}

int system_folds_case(void) {
  return 0;
}

int system_is_absolute(const char *path) {
  return path[0] == '/';
}

void system_slashes(char *path) {
  (void) path;
}

static const char *if_program(const char *path) {
  const char *why;
  return access(path, X_OK) == 0 ? real_path(path, &why) : NULL;
}

const char *system_program(const char *name) {
  const char *path = getenv("PATH"), *found = NULL;
  char full[PATH_MAX];
  if (strchr(name, '/'))
    return if_program(name);
  while (path && *path && found == NULL) {
    size_t len = strcspn(path, ":");
    int n = snprintf(full, sizeof full, "%.*s/%s", (int) len, path, name);
    if (len > 0 && n > 0 && (size_t) n < sizeof full)
      found = if_program(full);
    path += len + (path[len] == ':');
  }
  return found;
}
