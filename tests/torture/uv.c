/* uv.c: what libuv does for us fails too: its memory, and its taking of descriptors. */
#define _GNU_SOURCE
#include "torture/torture.h"
#include <dlfcn.h>
#include <stdlib.h>
#include <uv.h>

static void *take(size_t size) {
  return test_call_fails(TEST_MEMORY) ? NULL : malloc(size);
}

static void *take_zeroed(size_t count, size_t size) {
  return test_call_fails(TEST_MEMORY) ? NULL : calloc(count, size);
}

/* Growth never fails: for its table of descriptors libuv ends the program then. */
void uv_memory_may_fail(void) {
  uv_replace_allocator(take, realloc, take_zeroed, free);
}

int uv_poll_init(uv_loop_t *loop, uv_poll_t *poll, int fd) {
  int (*init)(uv_loop_t *, uv_poll_t *, int);
  int how = test_call_fails(TEST_WATCH);
  *(void **) &init = dlsym(RTLD_NEXT, "uv_poll_init");
  return how > 0 ? -how : init(loop, poll, fd);
}
