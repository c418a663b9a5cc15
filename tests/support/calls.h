/* calls.h: calls of the system that fail at the nth, once or for ever, in the library under test
 * and in libuv alike. */
#ifndef TEST_CALLS_H
#define TEST_CALLS_H
#include <stddef.h>

/* calls.c defines read, connect, posix_spawn and so on in the test program itself; there they are
   found first, by our objects and by libuv's shared library.  They pass on what they are asked,
   unless a plan says otherwise. */
typedef enum test_kind {
  TEST_MEMORY,      /* by those who call test_call_fails themselves: allocators */
  TEST_READ,        /* read, readv, recv, recvmsg of sockets and pipes */
  TEST_WRITE,       /* write, writev, send, sendmsg of these */
  TEST_CONNECT,     /* connect, and the outcome of one under way (SO_ERROR) */
  TEST_DESCRIPTORS, /* socket, socketpair, pipe2, accept4, eventfd, epoll_create1, dup2, dup3 */
  TEST_LISTEN,      /* mkdir, bind, chmod, listen */
  TEST_SPAWN,       /* posix_spawn, fork, execve, pthread_create */
  TEST_SPOOL,       /* open of files without a name, mkostemp, pread, pwrite, ftruncate */
  TEST_WAIT,        /* epoll_wait, epoll_pwait, poll, ppoll */
  TEST_CLOCK,       /* clock_gettime of a clock that never goes back */
  TEST_WATCH,       /* by callers: uv_poll_init, which asks epoll whether it takes the descriptor */
  TEST_KINDS
} test_kind;

/* What becomes of a call: an errno, or one of these. */
enum {
  TEST_ONE_BYTE = -1, /* it moves one byte, where more were asked for */
  TEST_EARLY = -2,    /* it returns before its time, with nothing */
  TEST_AN_HOUR = -3   /* it is an hour later from here on */
};

typedef struct test_calls {
  test_kind kind;
  int how;
  size_t nth;    /* the call that it befalls, 1 being the first; 0: none */
  int for_ever;  /* and all behind it */
  size_t calls;  /* of that kind */
  size_t struck; /* of these */
} test_calls;

/* The plan.  Another process may share it: then it lies in memory of both. */
extern test_calls *test_call;

/* Starts counting anew.  Only threads that are armed count and fail: the caller's from here on, and
   those that armed ones start. So a scripted application in the same process is left alone. */
void test_calls_plan(test_kind kind, int how, size_t nth, int for_ever);
void test_calls_arm(int on);
/* Counts a call; what becomes of it, or 0: nothing. */
int test_call_fails(test_kind kind);
#endif
