/* body.c: the request body: a file, text of the command line, or stdin, whose length must be known
   before the request begins. */
#include "call.h"
#include "system.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static int write_all(int fd, const char *data, size_t len) {
  while (len > 0) {
    ptrdiff_t n = system_write(fd, data, len);
    if (n < 0)
      return 0;
    data += n;
    len -= (size_t) n;
  }
  return 1;
}

/* All that comes from `from`, or the first `limit` bytes of it, in a file of no name. */
static int gather(int from, int64_t limit, int64_t *length) {
  char piece[65536];
  int fd = system_own_file();
  *length = 0;
  while (fd >= 0 && (limit < 0 || *length < limit)) {
    size_t want = sizeof piece;
    ptrdiff_t n;
    if (limit >= 0 && limit - *length < (int64_t) want)
      want = (size_t) (limit - *length);
    n = system_read(from, piece, want, -1);
    if (n == 0)
      break;
    if (n < 0 || !write_all(fd, piece, (size_t) n)) {
      int error = errno;
      system_close(fd);
      errno = error;
      return -1;
    }
    *length += n;
  }
  return fd;
}

static int open_text(const char *text, int64_t *length) {
  int fd = system_own_file();
  *length = (int64_t) strlen(text);
  return fd >= 0 && write_all(fd, text, strlen(text)) ? fd : -1;
}

int fcgi_body_open(const char *file, const char *data, int64_t announced, int64_t *length) {
  int is_stdin = data == NULL && strcmp(file, "-") == 0, gathered, fd, kind = -1;
  int64_t size, modified;
  if (data)
    return open_text(data, length);
  fd = is_stdin ? system_stdin() : system_open(file);
  if (fd >= 0)
    kind = system_facts(fd, &size, &modified);
  if (kind < 0)
    return -1;
  if (kind == 1 && !system_is_begun(fd)) {
    *length = announced >= 0 && announced < size ? announced : size;
    return fd;
  }
  gathered = gather(fd, announced, length);
  system_close(fd);
  return gathered;
}
