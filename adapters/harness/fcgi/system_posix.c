/* system_posix.c: what the command needs of the system, by POSIX. */
#define _GNU_SOURCE
#include "system.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- Life ---- */

void system_begin(void) {
  int fd;
  do
    fd = open("/dev/null", O_RDWR);
  while (fd >= 0 && fd <= STDERR_FILENO);
  if (fd >= 0)
    close(fd);
}

void system_ignore_pipes(void) {
  signal(SIGPIPE, SIG_IGN);
}

void system_die_of(int number) {
  signal(number, SIG_DFL);
  raise(number);
}

int system_may_write(int fd, int ms) {
  struct pollfd p = {fd, POLLOUT, 0};
  return poll(&p, 1, ms) != 0;
}

/* ---- Descriptors ---- */

int system_open(const char *name) {
  return open(name, O_RDONLY | O_CLOEXEC);
}

int system_own_file(void) {
  FILE *made = tmpfile();
  int fd = made ? fcntl(fileno(made), F_DUPFD_CLOEXEC, 3) : -1;
  if (made)
    fclose(made);
  return fd;
}

int system_stdin(void) {
  return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
}

void system_close(int fd) {
  close(fd);
}

int system_facts(int fd, int64_t *size, int64_t *modified) {
  struct stat s;
  if (fstat(fd, &s))
    return -1;
  *size = s.st_size;
  *modified = s.st_mtime;
  return S_ISREG(s.st_mode);
}

int system_is_begun(int fd) {
  return lseek(fd, 0, SEEK_CUR) != 0;
}

ptrdiff_t system_read(int fd, void *bytes, size_t len, int64_t at) {
  ssize_t n;
  do
    n = at < 0 ? read(fd, bytes, len) : pread(fd, bytes, len, (off_t) at);
  while (n < 0 && errno == EINTR);
  return n;
}

ptrdiff_t system_write(int fd, const void *bytes, size_t len) {
  ssize_t n;
  do
    n = write(fd, bytes, len);
  while (n < 0 && errno == EINTR);
  return n;
}

/* ---- Names ---- */

int system_is_file(const char *name) {
  struct stat s;
  return stat(name, &s) == 0 && S_ISREG(s.st_mode);
}

int system_is_there(const char *name) {
  return access(name, F_OK) == 0;
}

int system_may_run(const char *name) {
  return access(name, X_OK) == 0;
}

int system_make_folder(const char *name) {
  return mkdir(name, 0777);
}

void system_remove(const char *name) {
  remove(name);
}

int system_is_absolute(const char *name) {
  return name[0] == '/';
}

/* The root is "". */
char *system_here(void) {
  char *here = getcwd(NULL, 0);
  if (here && strcmp(here, "/") == 0)
    here[0] = 0;
  return here;
}

char *system_slashes(const char *name) {
  return strdup(name);
}

/* `folder`/`name`, absolute; NULL when that is no program. */
static char *program_in(const char *folder, size_t len, const char *name) {
  char *here = len > 0 && folder[0] == '/' ? strdup("") : system_here(), *path = NULL;
  int made = here == NULL ? -1
                          : asprintf(&path, "%s%s%.*s/%s", here, here[0] && len ? "/" : "",
                                     (int) len, folder, name);
  free(here);
  if (made < 0)
    return NULL;
  if (system_is_file(path) && system_may_run(path))
    return path;
  free(path);
  return NULL;
}

char *system_find_program(const char *name) {
  const char *path = getenv("PATH"), *end;
  char *found = NULL;
  if (name[0] == '/')
    return system_is_file(name) && system_may_run(name) ? strdup(name) : NULL;
  if (strchr(name, '/'))
    return program_in("", 0, name);
  for (path = path ? path : "/usr/local/bin:/usr/bin:/bin"; !found; path = end + 1) {
    end = path + strcspn(path, ":");
    found = program_in(path, (size_t) (end - path), name);
    if (*end == 0)
      break;
  }
  return found;
}

int system_own_folder(char *out, size_t cap) {
  const char *base = getenv("TMPDIR");
  snprintf(out, cap, "%s/fcgi-check-XXXXXX", base && *base && strlen(base) < 40 ? base : "/tmp");
  return mkdtemp(out) != NULL;
}

int system_own_address(const char *folder, char *out, size_t cap) {
  snprintf(out, cap, "unix:%s/socket", folder);
  return 1;
}

int system_server_file(char *out, size_t cap) {
  return 0;
}
