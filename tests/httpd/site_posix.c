/* site_posix.c: starts httpd on a root, ends it. */
#include "site_system.h"
#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

const int site_knows_case = 1;

void site_make_directory(const char *path) {
  ck_assert_int_eq(mkdir(path, 0755), 0);
}

static void remove_root(const site *s) {
  char command[200];
  snprintf(command, sizeof command, "rm -rf %s %s", s->root, s->socket);
  if (system(command) != 0)
    fprintf(stderr, "%s failed\n", command);
}

/* ---- httpd ---- */

static void run(const site *s, const char *const *options, int out) {
  const char *argv[64] = {HTTPD,   "--listen",   "127.0.0.1:0", "--root",
                          s->root, "--guardian", GUARDIAN};
  int n = 7;
  while (*options)
    argv[n++] = *options++;
  argv[n] = NULL;
  dup2(out, 1);
  signal(SIGTERM, SIG_DFL);
  execve(HTTPD, (char *const *) argv, environ);
  _exit(127);
}

/* Reads up to the next line's end. */
static const char *read_line(int fd) {
  static char line[8192];
  size_t len = 0;
  while (len < sizeof line - 1 && read(fd, line + len, 1) == 1 && line[len] != '\n')
    len++;
  line[len] = 0;
  return line;
}

void site_start(site *s, const char *const *options) {
  int ends[2];
  memset(s, 0, sizeof *s);
  site_make_root(s);
  ck_assert_int_eq(pipe(ends), 0);
  s->pid = fork();
  if (s->pid == 0) {
    close(ends[0]);
    run(s, options, ends[1]);
  }
  close(ends[1]);
  s->out = ends[0];
  ck_assert_int_eq(sscanf(read_line(s->out), "listening on http://127.0.0.1:%u/", &s->port), 1);
}

const char *site_log_line(site *s) {
  return read_line(s->out);
}

void site_signal(site *s, int number) {
  kill(s->pid, number);
}

int site_wait(site *s) {
  int status = 0;
  while (waitpid(s->pid, &status, 0) < 0 && errno == EINTR)
    ;
  close(s->out);
  remove_root(s);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

int site_stop(site *s) {
  site_signal(s, SIGTERM);
  return site_wait(s);
}

/* ---- The application, started by us ---- */

pid_t site_start_app(site *s) {
  char address[100];
  struct stat found;
  pid_t pid = fork();
  int tries = 0;
  snprintf(address, sizeof address, "unix:%s", s->socket);
  if (pid == 0) {
    execl(APP, APP, "--listen", address, (char *) NULL);
    _exit(127);
  }
  while (stat(s->socket, &found) < 0 && tries++ < 1000)
    usleep(5000); /* nothing tells us but the file */
  return pid;
}

void site_stop_app(pid_t pid) {
  kill(pid, SIGKILL);
  waitpid(pid, NULL, 0);
}

long site_peak_kib(const site *s) {
  char path[64], line[256];
  long kib = -1;
  FILE *f;
  snprintf(path, sizeof path, "/proc/%ld/status", (long) s->pid);
  f = fopen(path, "r");
  while (f && fgets(line, sizeof line, f))
    if (sscanf(line, "VmHWM: %ld kB", &kib) == 1)
      break;
  if (f)
    fclose(f);
  return kib;
}
