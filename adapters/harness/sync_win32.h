/* sync_win32.h: what threads share, by Windows: its slim locks and condition variables are a
   pointer each. */
#ifndef FCL_HARNESS_SYNC_WIN32_H
#define FCL_HARNESS_SYNC_WIN32_H

typedef struct fcl__thread {
  void *it;
  void (*run)(void *arg);
  void *arg;
} fcl__thread;
typedef struct fcl__lock {
  void *it;
} fcl__lock;
typedef struct fcl__news {
  void *it;
} fcl__news;
#endif
