/* marks.c: finds every process that descends from a test, by a mark in its environment. */
#define _GNU_SOURCE
#include "platform/marks.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char mark[64];

void marks_new(void) {
  static unsigned count;
  snprintf(mark, sizeof mark, "%ld-%u-%lx", (long) getpid(), count++, (unsigned long) random());
  setenv(MARK, mark, 1);
  snprintf(mark, sizeof mark, MARK "=%s", getenv(MARK));
}

/* Reads /proc/PID/NAME whole, as far as it fits, with a NUL behind. */
static size_t slurp(char *text, size_t cap, const char *pid, const char *name) {
  char path[300];
  size_t len = 0;
  ssize_t n = 1;
  int fd;
  snprintf(path, sizeof path, "/proc/%s/%s", pid, name);
  fd = open(path, O_RDONLY | O_CLOEXEC);
  while (fd >= 0 && n > 0 && len < cap - 1) {
    n = read(fd, text + len, cap - 1 - len);
    len += n > 0 ? (size_t) n : 0;
  }
  if (fd >= 0)
    close(fd);
  text[len] = 0;
  return len;
}

static int is_marked(const char *pid) {
  static char environment[1 << 18];
  size_t len = slurp(environment, sizeof environment, pid, "environ");
  return len > 0 && memmem(environment, len, mark, strlen(mark) + 1) != NULL;
}

/* Calls `fn` with the pid of each marked process; stops when that returns not 0, and returns it. */
static long each(long (*fn)(const char *pid, void *arg), void *arg) {
  DIR *d = opendir("/proc");
  const struct dirent *e;
  long result = 0;
  while (d && result == 0 && (e = readdir(d)) != NULL)
    if (e->d_name[0] >= '1' && e->d_name[0] <= '9' && is_marked(e->d_name))
      result = fn(e->d_name, arg);
  closedir(d);
  return result;
}

static long count_one(const char *pid, void *arg) {
  ++*(int *) arg;
  return 0;
}

int marks_count(void) {
  int n = 0;
  each(count_one, &n);
  return n;
}

static long if_guardian(const char *pid, void *arg) {
  char title[256];
  slurp(title, sizeof title, pid, "cmdline");
  return strncmp(title, "fcl-guardian: ", 14) == 0 ? atol(pid) : 0;
}

long marks_guardian(void) {
  return each(if_guardian, NULL);
}

typedef struct text {
  char *at;
  size_t left;
} text;

static long list_one(const char *pid, void *arg) {
  text *t = arg;
  char line[128];
  size_t len = slurp(line, sizeof line, pid, "cmdline"), i;
  int n;
  for (i = 0; i + 1 < len; i++)
    if (line[i] == 0)
      line[i] = ' ';
  n = snprintf(t->at, t->left, "%s: %s; ", pid, line);
  if (n > 0 && (size_t) n < t->left) {
    t->at += n;
    t->left -= (size_t) n;
  }
  return 0;
}

void marks_list(char *out, size_t cap) {
  text t = {out, cap};
  out[0] = 0;
  each(list_one, &t);
}
