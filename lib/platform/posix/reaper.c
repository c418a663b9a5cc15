/* reaper.c: how the guardian ends every descendant, whatever group or session it has fled to. */
#define _GNU_SOURCE
#include "platform/posix/guardian.h"
#include "platform/posix/proc.h"
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void add(pids *list, long pid) {
  if (list->count == list->cap) {
    size_t cap = list->cap ? list->cap * 2 : 64;
    pid_t *at = realloc(list->at, cap * sizeof *at);
    if (at == NULL)
      return;
    list->at = at;
    list->cap = cap;
  }
  list->at[list->count++] = (pid_t) pid;
}

void reaper_adopt(void) {
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

/* ---- Who are the children of a process? ---- */

/* 0: there is no such file; kernels without CONFIG_PROC_CHILDREN. */
static int add_children_of_task(pids *list, int tasks, const char *tid) {
  char name[64];
  FILE *f;
  long pid;
  int fd;
  snprintf(name, sizeof name, "%.20s/children", tid);
  fd = openat(tasks, name, O_RDONLY | O_CLOEXEC);
  f = fd < 0 ? NULL : fdopen(fd, "r");
  if (f == NULL)
    return 0;
  while (fscanf(f, "%ld", &pid) == 1)
    add(list, pid);
  fclose(f);
  return 1;
}

int reaper_list_children(pids *list, pid_t parent) {
  char name[64];
  DIR *tasks;
  struct dirent *e;
  int known = 0;
  snprintf(name, sizeof name, "/proc/%ld/task", (long) parent);
  tasks = opendir(name);
  if (tasks == NULL)
    return 0;
  while ((e = readdir(tasks)) != NULL)
    if (isdigit((unsigned char) e->d_name[0]))
      known |= add_children_of_task(list, dirfd(tasks), e->d_name);
  closedir(tasks);
  return known;
}

void reaper_search_children(pids *list, pid_t parent) {
  DIR *all = opendir("/proc");
  struct dirent *e;
  if (all == NULL)
    return;
  while ((e = readdir(all)) != NULL)
    if (isdigit((unsigned char) e->d_name[0]) && fcl__proc_parent(atol(e->d_name)) == (long) parent)
      add(list, atol(e->d_name));
  closedir(all);
}

static void add_children(pids *list, pid_t parent) {
  if (!reaper_list_children(list, parent))
    reaper_search_children(list, parent);
}

/* ---- Ending them ---- */

/* From the top down everyone is stopped first, or they could have more children while we look. */
void reaper_end_tree(pid_t pid) {
  pids list = {0};
  size_t i;
  add(&list, pid);
  for (i = 0; i < list.count; i++) {
    kill(list.at[i], SIGSTOP);
    add_children(&list, list.at[i]);
  }
  kill(-pid, SIGKILL);
  for (i = 0; i < list.count; i++)
    kill(list.at[i], SIGKILL);
  free(list.at);
}

/* 0: no child is left. */
static int reap_dead(void) {
  pid_t pid;
  do
    pid = waitpid(-1, NULL, WNOHANG);
  while (pid > 0);
  return pid == 0;
}

/* The children of the dead become ours: so again and again, until there are none. */
void reaper_end_all(void) {
  struct timespec moment = {0, 1000000};
  sigset_t exits;
  sigemptyset(&exits);
  sigaddset(&exits, SIGCHLD);
  while (reap_dead()) {
    pids list = {0};
    size_t i;
    add_children(&list, getpid());
    for (i = 0; i < list.count; i++)
      kill(list.at[i], SIGKILL);
    free(list.at);
    sigtimedwait(&exits, NULL, &moment);
    if (moment.tv_nsec < 100000000) /* one that hangs in the kernel may take long */
      moment.tv_nsec *= 2;
  }
}

/* ---- What they leave on the disk ---- */

/* By its text: the directory of a process that has changed users belongs to root. */
uid_t reaper_owner(pid_t pid) {
  char name[64], line[256];
  unsigned long real, effective = geteuid();
  FILE *f;
  snprintf(name, sizeof name, "/proc/%ld/status", (long) pid);
  f = fopen(name, "re");
  while (f && fgets(line, sizeof line, f))
    if (sscanf(line, "Uid: %lu %lu", &real, &effective) == 2)
      break;
  if (f)
    fclose(f);
  return (uid_t) effective;
}

static int is_theirs(int fd, uid_t owner) {
  struct stat s;
  return fstat(fd, &s) == 0 && s.st_uid == owner && (s.st_mode & 077) == 0;
}

static void remove_sockets(DIR *d) {
  struct dirent *e;
  while ((e = readdir(d)) != NULL) {
    size_t n = strlen(e->d_name);
    if (n > 5 && strcmp(e->d_name + n - 5, ".sock") == 0)
      unlinkat(dirfd(d), e->d_name, 0);
  }
}

static void remove_as_owner(const char *directory, uid_t owner) {
  int fd = open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR *d = fd >= 0 && is_theirs(fd, owner) ? fdopendir(fd) : NULL;
  if (d) {
    remove_sockets(d);
    closedir(d);
    rmdir(directory);
  } else if (fd >= 0) {
    close(fd);
  }
}

/* The host has named the directory: nothing is removed that it could not remove itself. */
void reaper_remove(const char *directory, uid_t owner) {
  uid_t self = geteuid();
  if (directory == NULL || (owner != self && seteuid(owner) != 0))
    return;
  remove_as_owner(directory, owner);
  if (owner != self && seteuid(self) != 0)
    _exit(1);
}
