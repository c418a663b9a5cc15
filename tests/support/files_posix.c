/* files_posix.c: stands between the library and the system's calls about files (linked with
 * --wrap). */
#define _GNU_SOURCE
#include "support/files.h"
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/types.h>

test_files test_file;

int __real_open(const char *path, int flags, ...);
int __real_mkostemp(char *path, int flags);
ssize_t __real_pread(int fd, void *data, size_t len, off_t at);
ssize_t __real_pwrite(int fd, const void *data, size_t len, off_t at);
int __real_ftruncate(int fd, off_t len);
int __wrap_open(const char *path, int flags, ...);
int __wrap_mkostemp(char *path, int flags);
ssize_t __wrap_pread(int fd, void *data, size_t len, off_t at);
ssize_t __wrap_pwrite(int fd, const void *data, size_t len, off_t at);
int __wrap_ftruncate(int fd, off_t len);

void test_files_fail(size_t nth, int for_ever, int error) {
  memset(&test_file, 0, sizeof test_file);
  test_file.fail_at = nth;
  test_file.for_ever = for_ever;
  test_file.error = error;
}

static int fails(void) {
  test_files *f = &test_file;
  f->calls++;
  if (f->fail_at == 0 || f->calls < f->fail_at || (f->calls > f->fail_at && !f->for_ever))
    return 0;
  errno = f->error;
  return 1;
}

static int is_interrupted(void) {
  if (test_file.interrupted_each == 0 || test_file.calls % test_file.interrupted_each != 0)
    return 0;
  errno = EINTR;
  return 1;
}

static size_t shorter(size_t len) {
  return test_file.at_most && len > test_file.at_most ? test_file.at_most : len;
}

/* Only those of files without a name: libuv and the C library open others. */
int __wrap_open(const char *path, int flags, ...) {
  va_list args;
  mode_t mode;
  int fd;
  va_start(args, flags);
  mode = va_arg(args, mode_t); /* is there where it matters */
  va_end(args);
  if ((flags & O_TMPFILE) != O_TMPFILE)
    return __real_open(path, flags, mode);
  if (fails())
    return -1;
  fd = __real_open(path, flags, mode);
  test_file.opened += fd >= 0;
  return fd;
}

int __wrap_mkostemp(char *path, int flags) {
  int fd = fails() ? -1 : __real_mkostemp(path, flags);
  test_file.opened += fd >= 0;
  return fd;
}

ssize_t __wrap_pread(int fd, void *data, size_t len, off_t at) {
  return fails() || is_interrupted() ? -1 : __real_pread(fd, data, shorter(len), at);
}

ssize_t __wrap_pwrite(int fd, const void *data, size_t len, off_t at) {
  ssize_t n = fails() || is_interrupted() ? -1 : __real_pwrite(fd, data, shorter(len), at);
  test_file.written += n > 0 ? (size_t) n : 0;
  return n;
}

int __wrap_ftruncate(int fd, off_t len) {
  test_file.emptied++;
  return fails() ? -1 : __real_ftruncate(fd, len);
}
