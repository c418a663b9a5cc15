/* sync.h: threads, what guards what they share, and the clock; the same for every system. */
#ifndef FCL_HARNESS_SYNC_H
#define FCL_HARNESS_SYNC_H
#include <stdint.h>
#ifdef _WIN32
#include "sync_win32.h"
#else
#include "sync_posix.h"
#endif

/* 0: it runs; signals are not for it. */
int fcl__thread_start(fcl__thread *thread, void (*run)(void *arg), void *arg);
void fcl__thread_join(fcl__thread *thread);
/* Likewise, with a small stack, and nobody joins it. */
int fcl__thread_let(void (*run)(void *arg), void *arg);

void fcl__lock_init(fcl__lock *lock);
void fcl__lock_end(fcl__lock *lock);
void fcl__lock_take(fcl__lock *lock);
void fcl__lock_give(fcl__lock *lock);

void fcl__news_init(fcl__news *news);
void fcl__news_end(fcl__news *news);
void fcl__news_tell(fcl__news *news); /* all who wait */
/* With the lock held; returns 0 when it has become `deadline` (of fcl__now_ms; FCL__FOREVER: it
   never does). */
#define FCL__FOREVER ((uint64_t) INT64_MAX)
int fcl__news_wait(fcl__news *news, fcl__lock *lock, uint64_t deadline);

uint64_t fcl__now_ms(void); /* never goes back */
void fcl__nap_us(unsigned us);
#endif
