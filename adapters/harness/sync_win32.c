/* sync_win32.c: threads, what guards what they share, and the clock, by Windows. */
#include "sync.h"
#include <windows.h>
#include <process.h>
#include <stdlib.h>

enum { SMALL_STACK = 262144, MOST_MS = 60000 };

static unsigned __stdcall run(void *arg) {
  const fcl__thread *t = arg;
  t->run(t->arg);
  return 0;
}

int fcl__thread_start(fcl__thread *t, void (*body)(void *arg), void *arg) {
  t->run = body;
  t->arg = arg;
  t->it = (HANDLE) _beginthreadex(NULL, 0, run, t, 0, NULL);
  return t->it == NULL;
}

static unsigned __stdcall run_let(void *arg) {
  fcl__thread t = *(fcl__thread *) arg;
  free(arg);
  t.run(t.arg);
  return 0;
}

int fcl__thread_let(void (*body)(void *arg), void *arg) {
  fcl__thread *t = calloc(1, sizeof *t);
  HANDLE it;
  if (t == NULL)
    return 1;
  t->run = body;
  t->arg = arg;
  it = (HANDLE) _beginthreadex(NULL, SMALL_STACK, run_let, t, 0, NULL);
  if (it)
    CloseHandle(it);
  else
    free(t);
  return it == NULL;
}

void fcl__thread_join(fcl__thread *t) {
  WaitForSingleObject(t->it, INFINITE);
  CloseHandle(t->it);
}

static PSRWLOCK lock_of(fcl__lock *lock) {
  return (PSRWLOCK) (void *) lock;
}

static PCONDITION_VARIABLE news_of(fcl__news *news) {
  return (PCONDITION_VARIABLE) (void *) news;
}

void fcl__lock_init(fcl__lock *lock) {
  InitializeSRWLock(lock_of(lock));
}

void fcl__lock_end(fcl__lock *lock) {
  (void) lock; /* it holds nothing */
}

void fcl__lock_take(fcl__lock *lock) {
  AcquireSRWLockExclusive(lock_of(lock));
}

void fcl__lock_give(fcl__lock *lock) {
  ReleaseSRWLockExclusive(lock_of(lock));
}

void fcl__news_init(fcl__news *news) {
  InitializeConditionVariable(news_of(news));
}

void fcl__news_end(fcl__news *news) {
  (void) news;
}

void fcl__news_tell(fcl__news *news) {
  WakeAllConditionVariable(news_of(news));
}

int fcl__news_wait(fcl__news *news, fcl__lock *lock, uint64_t deadline) {
  uint64_t now = fcl__now_ms();
  if (now >= deadline)
    return 0;
  SleepConditionVariableSRW(news_of(news), lock_of(lock),
                            deadline - now < MOST_MS ? (DWORD) (deadline - now) : MOST_MS, 0);
  return fcl__now_ms() < deadline;
}

uint64_t fcl__now_ms(void) {
  LARGE_INTEGER ticks, per_s;
  QueryPerformanceFrequency(&per_s);
  QueryPerformanceCounter(&ticks);
  return (uint64_t) (ticks.QuadPart / per_s.QuadPart * 1000 +
                     ticks.QuadPart % per_s.QuadPart * 1000 / per_s.QuadPart);
}

/* The system's own step is a millisecond at best. */
void fcl__nap_us(unsigned us) {
  Sleep((us + 999) / 1000);
}
