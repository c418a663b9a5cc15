/* files_win32.c: stands before the library's temporary files (linked with --wrap): what Windows
   calls for them is in a DLL, and cannot be wrapped. */
#include "platform/spool.h"
#include "support/files.h"
#include <errno.h>
#include <string.h>
#include <uv.h>

test_files test_file;

int __real_fcl__spool_open(const char *directory);
int __real_fcl__spool_write(int fd, const char *data, size_t len, uint64_t at);
int __real_fcl__spool_read(int fd, char *data, size_t len, uint64_t at);
void __real_fcl__spool_empty(int fd);
int __wrap_fcl__spool_open(const char *directory);
int __wrap_fcl__spool_write(int fd, const char *data, size_t len, uint64_t at);
int __wrap_fcl__spool_read(int fd, char *data, size_t len, uint64_t at);
void __wrap_fcl__spool_empty(int fd);

void test_files_fail(size_t nth, int for_ever, int error) {
  memset(&test_file, 0, sizeof test_file);
  test_file.fail_at = nth;
  test_file.for_ever = for_ever;
  test_file.error = error;
}

/* 0, or libuv's number of the error. */
static int failure(void) {
  test_files *f = &test_file;
  f->calls++;
  if (f->fail_at == 0 || f->calls < f->fail_at || (f->calls > f->fail_at && !f->for_ever))
    return 0;
  return f->error == ENOSPC ? UV_ENOSPC : f->error == EIO ? UV_EIO : UV_EACCES;
}

int __wrap_fcl__spool_open(const char *directory) {
  int failed = failure(), fd = failed ? failed : __real_fcl__spool_open(directory);
  test_file.opened += fd >= 0;
  return fd;
}

int __wrap_fcl__spool_write(int fd, const char *data, size_t len, uint64_t at) {
  int failed = failure();
  failed = failed ? failed : __real_fcl__spool_write(fd, data, len, at);
  test_file.written += failed ? 0 : len;
  return failed;
}

int __wrap_fcl__spool_read(int fd, char *data, size_t len, uint64_t at) {
  int failed = failure();
  return failed ? failed : __real_fcl__spool_read(fd, data, len, at);
}

void __wrap_fcl__spool_empty(int fd) {
  test_file.emptied++;
  if (!failure())
    __real_fcl__spool_empty(fd);
}
