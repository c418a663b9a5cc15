/* sync_posix.h: what threads share, by POSIX. */
#ifndef FCL_HARNESS_SYNC_POSIX_H
#define FCL_HARNESS_SYNC_POSIX_H
#include <pthread.h>

typedef struct fcl__thread {
  pthread_t it;
  void (*run)(void *arg);
  void *arg;
} fcl__thread;
typedef pthread_mutex_t fcl__lock;
typedef pthread_cond_t fcl__news;
#endif
