/* allocator.h: an allocator for tests: fails at the nth call, once or for ever, and counts what was
 * not given back. */
#ifndef TEST_ALLOCATOR_H
#define TEST_ALLOCATOR_H
#include <pthread.h>
#include <stddef.h>

/* Made by test_allocator_init.  Any thread may allocate; read the counts when no other thread does.
   New bytes are 0xa5 and freed ones 0x5a, so that what nobody has set shows on the wire. */
typedef struct test_allocator {
  size_t fail_at; /* the call that fails, 1 being the first; 0: none */
  int for_ever;   /* 1: every call from fail_at on fails; 0: that one */
  size_t calls;   /* that asked for memory so far, failed ones included; freeing is no call */
  size_t failed;  /* of these */
  size_t live;    /* blocks that were not given back */
  size_t bytes;   /* in them */
  size_t peak;    /* the most bytes at any time */
  size_t misuses; /* frees and growths of what is no live block of ours: must stay 0 */
  pthread_mutex_t lock;
} test_allocator;

void test_allocator_init(test_allocator *a);
void test_allocator_destroy(test_allocator *a);
/* Starts counting calls anew, to fail at the nth from here on (0: never); what is live stays
 * counted. */
void test_allocator_fail(test_allocator *a, size_t nth, int for_ever);
/* A realloc_fn: pass the test_allocator as `user`. */
void *test_allocator_realloc(void *ptr, size_t size, void *user);
#endif
