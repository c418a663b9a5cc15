/* allocator.c: an allocator for tests that fails where it is told to and counts what is not given
 * back. */
#include "support/allocator.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Stands before each block; as large as the strictest alignment, so that the block behind it is
 * aligned too. */
typedef union block {
  struct {
    size_t size;
    uint64_t mark;
  } is;
  max_align_t align;
} block;

#define LIVE UINT64_C(0x66636c2d6c697665) /* "fcl-live" */
#define DEAD UINT64_C(0x66636c2d64656164) /* "fcl-dead" */

void test_allocator_init(test_allocator *a) {
  memset(a, 0, sizeof *a);
  pthread_mutex_init(&a->lock, NULL);
}

void test_allocator_destroy(test_allocator *a) {
  pthread_mutex_destroy(&a->lock);
}

void test_allocator_fail(test_allocator *a, size_t nth, int for_ever) {
  pthread_mutex_lock(&a->lock);
  a->calls = a->failed = 0;
  a->fail_at = nth;
  a->for_ever = for_ever;
  pthread_mutex_unlock(&a->lock);
}

static int fails_now(test_allocator *a) {
  a->calls++;
  if (a->fail_at == 0 || a->calls < a->fail_at || (a->calls > a->fail_at && !a->for_ever))
    return 0;
  a->failed++;
  return 1;
}

static void *take(test_allocator *a, size_t size) {
  block *b = malloc(sizeof *b + size);
  if (b == NULL)
    return NULL;
  b->is.size = size;
  b->is.mark = LIVE;
  memset(b + 1, 0xa5, size);
  a->live++;
  a->bytes += size;
  if (a->bytes > a->peak)
    a->peak = a->bytes;
  return b + 1;
}

static void give_back(test_allocator *a, block *b) {
  a->live--;
  a->bytes -= b->is.size;
  b->is.mark = DEAD;
  memset(b + 1, 0x5a, b->is.size);
  free(b);
}

/* A growth always moves, so that pointers into the old block are found out. */
static void *resize(test_allocator *a, void *ptr, size_t size) {
  block *old = ptr ? (block *) ptr - 1 : NULL;
  void *fresh = NULL;
  if (old && old->is.mark != LIVE) {
    a->misuses++;
    return NULL;
  }
  if (size > 0) {
    if (fails_now(a) || (fresh = take(a, size)) == NULL)
      return NULL;
    if (old)
      memcpy(fresh, ptr, old->is.size < size ? old->is.size : size);
  }
  if (old)
    give_back(a, old);
  return fresh;
}

void *test_allocator_realloc(void *ptr, size_t size, void *user) {
  test_allocator *a = user;
  void *fresh;
  pthread_mutex_lock(&a->lock);
  fresh = resize(a, ptr, size);
  pthread_mutex_unlock(&a->lock);
  return fresh;
}
