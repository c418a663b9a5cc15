/* sync_posix.c: threads, what guards what they share, and the clock, by POSIX. */
#include "sync.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

enum { SMALL_STACK = 262144 };

static void *run(void *arg) {
  const fcl__thread *t = arg;
  t->run(t->arg);
  return NULL;
}

/* Signals are the test's affair; pthread_create lets the new thread inherit the mask. */
int fcl__thread_start(fcl__thread *t, void (*body)(void *arg), void *arg) {
  sigset_t all, before;
  int failed;
  t->run = body;
  t->arg = arg;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  failed = pthread_create(&t->it, NULL, run, t);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return failed;
}

static void *run_let(void *arg) {
  fcl__thread t = *(fcl__thread *) arg;
  free(arg);
  t.run(t.arg);
  return NULL;
}

int fcl__thread_let(void (*body)(void *arg), void *arg) {
  pthread_attr_t small;
  pthread_t it;
  fcl__thread *t = malloc(sizeof *t);
  int failed;
  if (t == NULL)
    return ENOMEM;
  t->run = body;
  t->arg = arg;
  pthread_attr_init(&small);
  pthread_attr_setdetachstate(&small, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&small, SMALL_STACK);
  failed = pthread_create(&it, &small, run_let, t);
  pthread_attr_destroy(&small);
  if (failed)
    free(t);
  return failed;
}

void fcl__thread_join(fcl__thread *t) {
  pthread_join(t->it, NULL);
}

void fcl__lock_init(fcl__lock *lock) {
  pthread_mutex_init(lock, NULL);
}

void fcl__lock_end(fcl__lock *lock) {
  pthread_mutex_destroy(lock);
}

void fcl__lock_take(fcl__lock *lock) {
  pthread_mutex_lock(lock);
}

void fcl__lock_give(fcl__lock *lock) {
  pthread_mutex_unlock(lock);
}

void fcl__news_init(fcl__news *news) {
  pthread_condattr_t attr;
  pthread_condattr_init(&attr);
  pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
  pthread_cond_init(news, &attr);
  pthread_condattr_destroy(&attr);
}

void fcl__news_end(fcl__news *news) {
  pthread_cond_destroy(news);
}

void fcl__news_tell(fcl__news *news) {
  pthread_cond_broadcast(news);
}

int fcl__news_wait(fcl__news *news, fcl__lock *lock, uint64_t deadline) {
  struct timespec until = {(time_t) (deadline / 1000), (long) (deadline % 1000) * 1000000};
  if (deadline == FCL__FOREVER)
    return pthread_cond_wait(news, lock) == 0;
  return pthread_cond_timedwait(news, lock, &until) != ETIMEDOUT;
}

uint64_t fcl__now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t) t.tv_sec * 1000 + (uint64_t) t.tv_nsec / 1000000;
}

void fcl__nap_us(unsigned us) {
  struct timespec t = {(time_t) (us / 1000000), (long) (us % 1000000) * 1000};
  nanosleep(&t, NULL);
}
