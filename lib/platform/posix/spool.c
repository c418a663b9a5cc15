/* spool.c: a file that is unlinked as soon as it is made, or never had a name. */
#define _GNU_SOURCE
#include "platform/spool.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* /tmp is often memory; /var/tmp is where the hierarchy standard wants what is large. */
const char *fcl__spool_directory(const char *given) {
  const char *named = given ? given : secure_getenv("TMPDIR");
  return named && named[0] ? named : "/var/tmp";
}

static int open_named(const char *directory) {
  char path[PATH_MAX];
  int fd, n = snprintf(path, sizeof path, "%s/fcgiclient-XXXXXX", directory);
  if (n < 0 || (size_t) n >= sizeof path)
    return -ENAMETOOLONG;
  fd = mkostemp(path, O_CLOEXEC); /* 0600 */
  if (fd < 0)
    return -errno;
  unlink(path);
  return fd;
}

/* File systems that know no unnamed files say so in several ways. */
int fcl__spool_open(const char *directory) {
#ifdef O_TMPFILE
  int fd = open(directory, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd >= 0)
    return fd;
  if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL && errno != ENOENT)
    return -errno;
#endif
  return open_named(directory);
}

int fcl__spool_write(int fd, const char *data, size_t len, uint64_t at) {
  while (len > 0) {
    ssize_t n = pwrite(fd, data, len, (off_t) at);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return n < 0 ? -errno : -ENOSPC;
    data += n;
    len -= (size_t) n;
    at += (uint64_t) n;
  }
  return 0;
}

int fcl__spool_read(int fd, char *data, size_t len, uint64_t at) {
  while (len > 0) {
    ssize_t n = pread(fd, data, len, (off_t) at);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return n < 0 ? -errno : -EIO;
    data += n;
    len -= (size_t) n;
    at += (uint64_t) n;
  }
  return 0;
}

void fcl__spool_empty(int fd) {
  while (ftruncate(fd, 0) != 0 && errno == EINTR)
    ;
}

void fcl__spool_close(int fd) {
  close(fd);
}
