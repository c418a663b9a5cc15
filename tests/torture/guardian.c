/* guardian.c: makes calls of the guardian fail: linked into a guardian of the tests' own, beside
 * calls.c. */
#define _GNU_SOURCE
#include "support/calls.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *ptr, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *ptr, size_t size);

static int has_none(void) {
  int how = test_call_fails(TEST_MEMORY);
  if (how)
    errno = ENOMEM;
  return how;
}

void *__wrap_malloc(size_t size) {
  return has_none() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size) {
  return has_none() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *ptr, size_t size) {
  return has_none() ? NULL : __real_realloc(ptr, size);
}

/* The plan is the test's, in memory that both see; without one nothing fails. */
__attribute__((constructor)) static void join(void) {
  const char *path = getenv("TORTURE_PLAN");
  int fd = path && getenv("TORTURE_GUARDIAN") ? open(path, O_RDWR | O_CLOEXEC) : -1;
  void *at = fd < 0 ? MAP_FAILED
                    : mmap(NULL, sizeof(test_calls), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (fd >= 0)
    close(fd);
  if (at == MAP_FAILED)
    return;
  test_call = at;
  test_calls_arm(1);
}
