/* body.c: the request body: a file, text of the command line, or stdin, whose length must be known
   before the request begins. */
#define _GNU_SOURCE
#include "call.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_all(int fd, const char *data, size_t len) {
  while (len > 0) {
    ssize_t n = write(fd, data, len);
    if (n < 0 && errno != EINTR)
      return 0;
    if (n > 0) {
      data += n;
      len -= (size_t) n;
    }
  }
  return 1;
}

/* A file without a name. */
static int new_file(void) {
  FILE *made = tmpfile();
  int fd = made ? fcntl(fileno(made), F_DUPFD_CLOEXEC, 3) : -1;
  if (made)
    fclose(made);
  return fd;
}

/* All that comes from `from`, or the first `limit` bytes of it, in a file of no name. */
static int gather(int from, int64_t limit, int64_t *length) {
  char piece[65536];
  int fd = new_file();
  *length = 0;
  while (fd >= 0 && (limit < 0 || *length < limit)) {
    size_t want = sizeof piece;
    ssize_t n;
    if (limit >= 0 && limit - *length < (int64_t) want)
      want = (size_t) (limit - *length);
    n = read(from, piece, want);
    if (n < 0 && errno == EINTR)
      continue;
    if (n == 0)
      break;
    if (n < 0 || !write_all(fd, piece, (size_t) n)) {
      int error = errno;
      close(fd);
      errno = error;
      return -1;
    }
    *length += n;
  }
  return fd;
}

static int open_text(const char *text, int64_t *length) {
  int fd = new_file();
  *length = (int64_t) strlen(text);
  return fd >= 0 && write_all(fd, text, strlen(text)) ? fd : -1;
}

int fcgi_body_open(const char *file, const char *data, int64_t announced, int64_t *length) {
  int is_stdin = data == NULL && strcmp(file, "-") == 0, gathered;
  off_t at;
  struct stat s;
  int fd;
  if (data)
    return open_text(data, length);
  fd = is_stdin ? fcntl(0, F_DUPFD_CLOEXEC, 3) : open(file, O_RDONLY | O_CLOEXEC);
  if (fd < 0 || fstat(fd, &s) != 0)
    return -1;
  at = lseek(fd, 0, SEEK_CUR);
  if (S_ISREG(s.st_mode) && at == 0) {
    *length = announced >= 0 && announced < s.st_size ? announced : (int64_t) s.st_size;
    return fd;
  }
  gathered = gather(fd, announced, length);
  close(fd);
  return gathered;
}
