/* site.c: makes a root, starts httpd on it, ends it. */
#include "site.h"
#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* ---- The root ---- */

static void put_file(const site *s, const char *name, const char *data, size_t len) {
  char path[256];
  FILE *f;
  snprintf(path, sizeof path, "%s/%s", s->root, name);
  f = fopen(path, "w");
  ck_assert_ptr_nonnull(f);
  ck_assert_uint_eq(fwrite(data, 1, len, f), len);
  fclose(f);
}

static void put_text(const site *s, const char *name, const char *text) {
  put_file(s, name, text, strlen(text));
}

static void put_directory(const site *s, const char *name) {
  char path[256];
  snprintf(path, sizeof path, "%s/%s", s->root, name);
  ck_assert_int_eq(mkdir(path, 0755), 0);
}

char big_byte(unsigned n) {
  return (char) (n * 2654435761u >> 24);
}

static void put_big(const site *s) {
  char *big = malloc(BIG_SIZE);
  unsigned n;
  for (n = 0; n < BIG_SIZE; n++)
    big[n] = big_byte(n);
  put_file(s, "big.bin", big, BIG_SIZE);
  free(big);
}

static void make_root(site *s) {
  strcpy(s->root, "/tmp/httpd-test-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(s->root));
  snprintf(s->socket, sizeof s->socket, "%s.sock", s->root);
  put_directory(s, "dir");
  put_directory(s, "empty");
  put_directory(s, ".well-known");
  put_directory(s, "apps.app");
  put_text(s, "a.txt", "hello\n");
  put_text(s, "b c.txt", "blank\n");
  put_text(s, "none.txt", "");
  put_text(s, ".secret", "secret\n");
  put_text(s, ".well-known/x", "known\n");
  put_text(s, "avatar.jpg", "picture\n");
  put_text(s, "dir/index.html", "index\n");
  put_text(s, "dir/index.app", "SOURCE\n");
  put_text(s, "hello.app", "SOURCE\n");
  put_text(s, "UPPER.APP", "SOURCE\n");
  put_text(s, "apps.app/x", "SOURCE\n");
  put_text(s, "hello.one", "SOURCE\n");
  put_text(s, "hello.dead", "SOURCE\n");
  put_big(s);
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
  make_root(s);
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
