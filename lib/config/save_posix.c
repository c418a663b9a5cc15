/* save_posix.c: a file gets new content at once or not at all. */
#define _GNU_SOURCE /* mkostemp */
#include "config/edit.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_all(int fd, fcl_slice text) {
  while (text.len) {
    ssize_t n = write(fd, text.base, text.len);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return errno;
    text.base += n;
    text.len -= (size_t) n;
  }
  return fsync(fd) ? errno : 0;
}

/* A new file beside the old one, whose owner and rights it gets.  Returns 0, or an errno. */
static int replace(const char *path, char *beside, fcl_slice text) {
  struct stat old;
  int is_there = stat(path, &old) == 0, error, fd;
  fd = mkostemp(beside, O_CLOEXEC);
  if (fd < 0)
    return errno;
  error = fchmod(fd, is_there ? old.st_mode & 07777 : 0644) ? errno : 0;
  if (error == 0 && is_there && (old.st_uid != geteuid() || old.st_gid != getegid()) &&
      fchown(fd, old.st_uid, old.st_gid))
    error = errno;
  if (error == 0)
    error = write_all(fd, text);
  if (close(fd) && error == 0)
    error = errno;
  if (error == 0 && rename(beside, path))
    error = errno;
  if (error)
    unlink(beside);
  return error;
}

int fcl_config_replace(const char *path, fcl_slice text, fcl_error *error) {
  char *real = realpath(path, NULL),
       beside[4096]; /* what a link leads to is replaced, not the link */
  const char *target = real ? real : path;
  int failed = ENAMETOOLONG;
  if ((size_t) snprintf(beside, sizeof beside, "%s.XXXXXX", target) < sizeof beside)
    failed = replace(target, beside, text);
  free(real);
  return failed
             ? fcl__error_set(error, FCL_E_CONFIG, failed,
                              "%.300s: cannot write the configuration; the file is as it was", path)
             : FCL_OK;
}
