/* host_run.c: platform_host, run, read and killed, for tests. */
#define _GNU_SOURCE
#include "platform/host_run.h"
#include "platform/marks.h"
#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

host_run host;

long now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (long) t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void host_begin(void) {
  memset(&host, 0, sizeof host);
  strcpy(host.directory, "/tmp/fcl-test-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(host.directory));
  marks_new();
}

void host_end(void) {
  ck_assert_msg(rmdir(host.directory) == 0, "something is left in %s", host.directory);
}

/* ---- The host ---- */

void host_beside(char *out, const char *program) {
  ssize_t n = 0;
  if (host.programs[0])
    strcpy(out, host.programs);
  else
    n = readlink("/proc/self/exe", out, 4096);
  if (!host.programs[0]) {
    out[n > 0 ? n : 0] = 0;
    *strrchr(out, '/') = 0;
  }
  strcat(strcat(out, "/"), program);
}

static void become_host(char **argv) {
  char path[4096 + 32];
  host_beside(path, "platform_host");
  execv(path, argv);
  _exit(127);
}

void start_host_with(char **argv) {
  int fds[2];
  ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
  host.pid = fork();
  ck_assert_int_ge(host.pid, 0);
  if (host.pid == 0) {
    dup2(fds[1], 1);
    become_host(argv);
  }
  close(fds[1]);
  host.out = fds[0];
}

/* The words of platform_host, split at spaces; %s is the directory. */
void start_host(const char *format, ...) {
  static char line[1024];
  char *argv[64] = {(char *) "platform_host"};
  int n = 1;
  char *word, *rest;
  va_list args;
  va_start(args, format);
  vsnprintf(line, sizeof line, format, args);
  va_end(args);
  for (word = strtok_r(line, " ", &rest); word && n < 63; word = strtok_r(NULL, " ", &rest))
    argv[n++] = word;
  start_host_with(argv);
}

int count_lines(const char *line) {
  size_t len = strlen(line);
  const char *at = host.text;
  int n = 0;
  while ((at = strstr(at, line)) != NULL) {
    n += (at == host.text || at[-1] == '\n') && at[len] == '\n';
    at += len;
  }
  return n;
}

/* Waits until the host has printed `count` such lines. */
void wait_for(const char *line, int count) {
  long end = now_ms() + PATIENCE_MS;
  while (count_lines(line) < count) {
    struct pollfd p = {host.out, POLLIN, 0};
    ssize_t n;
    ck_assert_msg(poll(&p, 1, (int) (end - now_ms())) > 0, "no %s in: %s", line, host.text);
    n = read(host.out, host.text + host.len, sizeof host.text - 1 - host.len);
    ck_assert_msg(n > 0, "no %s in: %s", line, host.text);
    host.len += (size_t) n;
  }
}

void kill_host(void) {
  int status;
  kill(host.pid, SIGKILL);
  ck_assert_int_eq(waitpid(host.pid, &status, 0), host.pid);
}

static int is_empty(const char *directory) {
  DIR *d = opendir(directory);
  const struct dirent *e;
  int empty = 1;
  while (d && (e = readdir(d)) != NULL)
    empty &= e->d_name[0] == '.';
  closedir(d);
  return empty;
}

/* Returns how many milliseconds it took. */
long wait_until_nothing_is_left(void) {
  long begin = now_ms();
  char list[4096];
  while (marks_count() > 0 || !is_empty(host.directory)) {
    if (now_ms() - begin > LEFT_MS) {
      marks_list(list, sizeof list);
      ck_assert_msg(0, "left after %d ms: %s%s", LEFT_MS, list,
                    is_empty(host.directory) ? "" : "a directory");
    }
    usleep(5000);
  }
  close(host.out);
  return now_ms() - begin;
}
