/* guardian_cgroup.c: control groups through the files of cgroup v2. */
#define _GNU_SOURCE
#include "platform/posix/guardian_cgroup.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

/* ---- Files ---- */

static int write_file(int dir, const char *name, const char *text) {
  int fd = openat(dir, name, O_WRONLY | O_CLOEXEC);
  ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));
  if (fd >= 0)
    close(fd);
  return n == (ssize_t) strlen(text) ? 0 : -1;
}

static int has_word(int dir, const char *name, const char *word) {
  char text[512], *at, *rest;
  int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
  ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
  if (fd >= 0)
    close(fd);
  text[n > 0 ? n : 0] = 0;
  for (at = strtok_r(text, " \n", &rest); at; at = strtok_r(NULL, " \n", &rest))
    if (strcmp(at, word) == 0)
      return 1;
  return 0;
}

/* ---- Where ---- */

/* The mount point of cgroup v2: the fifth word of its line; the kind comes behind " - ". */
static int find_mount(char *out, size_t cap) {
  char line[1024], point[512];
  FILE *f = fopen("/proc/self/mountinfo", "re");
  int found = 0;
  while (f && !found && fgets(line, sizeof line, f))
    found = strstr(line, " - cgroup2 ") != NULL &&
            sscanf(line, "%*s %*s %*s %*s %511s", point) == 1 && strlen(point) < cap;
  if (f)
    fclose(f);
  if (found)
    strcpy(out, point);
  return found;
}

static int find_own(char *out, size_t cap) {
  char line[1024];
  FILE *f = fopen("/proc/self/cgroup", "re");
  int found = 0;
  while (f && !found && fgets(line, sizeof line, f))
    found = strncmp(line, "0::/", 4) == 0 && strlen(line) - 3 < cap;
  if (f)
    fclose(f);
  if (found)
    snprintf(out, cap, "%.*s", (int) strcspn(line + 3, "\n"), line + 3);
  return found;
}

static int is_delegated(const char *path) {
  char value = 0;
  return (getxattr(path, "user.delegate", &value, 1) == 1 && value == '1') ||
         (getxattr(path, "trusted.delegate", &value, 1) == 1 && value == '1');
}

/* A group that has processes itself cannot bound others: so it is the one above ours. */
static int find_delegated(char *out, size_t cap) {
  char mount[512], own[512], *slash;
  int n;
  if (!find_mount(mount, sizeof mount) || !find_own(own, sizeof own))
    return 0;
  slash = strrchr(own, '/');
  *slash = 0;
  if (own[0] == 0)
    return 0;
  n = snprintf(out, cap, "%s%s", mount, own);
  return n > 0 && (size_t) n < cap && is_delegated(out);
}

/* Empty ones of guardians that were killed. */
static void remove_stale(int dir) {
  int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *d = copy < 0 ? NULL : fdopendir(copy);
  const struct dirent *e;
  long guardian;
  while (d && (e = readdir(d)) != NULL)
    if (sscanf(e->d_name, "fcl-%ld-", &guardian) == 1 && guardian > 1 &&
        kill((pid_t) guardian, 0) != 0 && errno == ESRCH)
      unlinkat(dir, e->d_name, AT_REMOVEDIR);
  if (d)
    closedir(d);
}

void cgroups_find(cgroups *all, const char *named) {
  char path[1024];
  if (all->is_known)
    return;
  all->is_known = 1;
  all->fd = -1;
  if (named == NULL && !find_delegated(path, sizeof path))
    return;
  all->fd = open(named ? named : path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (all->fd < 0)
    return;
  write_file(all->fd, "cgroup.subtree_control", "+memory");
  write_file(all->fd, "cgroup.subtree_control", "+pids");
  all->has_memory = has_word(all->fd, "cgroup.subtree_control", "memory");
  all->has_tasks = has_word(all->fd, "cgroup.subtree_control", "pids");
  remove_stale(all->fd);
}

void cgroups_close(cgroups *all) {
  if (all->is_known && all->fd >= 0)
    close(all->fd);
}

/* ---- One of them ---- */

static int limit(int dir, const char *file, uint64_t number, int can) {
  char text[32];
  if (number == 0)
    return 0;
  snprintf(text, sizeof text, "%" PRIu64, number);
  return can ? write_file(dir, file, text) : -1;
}

/* All of it goes when the memory is used up: half an application is no use. */
static int set_limits(const cgroups *all, int dir, const terms *t) {
  int memory = limit(dir, "memory.max", t->memory, all->has_memory);
  int tasks = limit(dir, "pids.max", t->tasks, all->has_tasks);
  if (t->memory > 0 && memory == 0) {
    write_file(dir, "memory.swap.max", "0");
    write_file(dir, "memory.oom.group", "1");
  }
  return memory == 0 && tasks == 0 ? 0 : -1;
}

int cgroup_make(const cgroups *all, cgroup *c, uint32_t id, const terms *t, int *lacks) {
  int dir, fd = -1;
  c->name[0] = 0;
  *lacks = t->memory > 0 || t->tasks > 0;
  if (all->fd < 0)
    return -1;
  snprintf(c->name, sizeof c->name, "fcl-%ld-%" PRIu32, (long) getpid(), id);
  if (mkdirat(all->fd, c->name, 0755) != 0) {
    c->name[0] = 0;
    return -1;
  }
  dir = openat(all->fd, c->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (dir >= 0) {
    *lacks = set_limits(all, dir, t) != 0;
    fd = openat(dir, "cgroup.procs", O_WRONLY | O_CLOEXEC);
    close(dir);
  }
  if (fd < 0)
    cgroup_remove(all, c);
  return fd;
}

int cgroup_enter(int fd) {
  return write(fd, "0", 1) == 1 ? 0 : -1;
}

int cgroup_kill(const cgroups *all, const cgroup *c) {
  char file[80];
  if (c->name[0] == 0)
    return -1;
  snprintf(file, sizeof file, "%s/cgroup.kill", c->name);
  return write_file(all->fd, file, "1");
}

int cgroup_remove(const cgroups *all, cgroup *c) {
  if (c->name[0] != 0 && unlinkat(all->fd, c->name, AT_REMOVEDIR) != 0 && errno == EBUSY)
    return 0;
  c->name[0] = 0;
  return 1;
}
