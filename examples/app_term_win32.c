/* app_term_win32.c: the web server's event ends an application where nothing is in hand, and
   nowhere else. */
#include <winsock2.h>
#include <windows.h>
#include "app_win32.h"
#include <process.h>
#include <stdlib.h>

#define LOOK_MS 20 /* how long it may take to be heard */

static CRITICAL_SECTION lock;
static HANDLE asked; /* NULL: nobody can ask */
static int is_told, is_idle;

static void listen_to(void *unused) {
  (void) unused;
  WaitForSingleObject(asked, INFINITE);
  EnterCriticalSection(&lock);
  is_told = 1;
  if (is_idle)
    TerminateProcess(GetCurrentProcess(), 0);
  LeaveCriticalSection(&lock);
}

void app_leave_on_term(void) {
  const char *number = getenv("_FCGI_SHUTDOWN_EVENT_");
  InitializeCriticalSection(&lock);
  asked = number ? (HANDLE) (uintptr_t) strtoull(number, NULL, 10) : NULL;
  if (asked)
    _beginthread(listen_to, 0, NULL);
}

int app_is_told_to_leave(void) {
  int is;
  EnterCriticalSection(&lock);
  is = is_told;
  LeaveCriticalSection(&lock);
  return is;
}

int app_begin_idle(void) {
  int may;
  EnterCriticalSection(&lock);
  may = is_idle = !is_told;
  LeaveCriticalSection(&lock);
  return may;
}

void app_end_idle(void) {
  EnterCriticalSection(&lock);
  is_idle = 0;
  LeaveCriticalSection(&lock);
}

static int has_news(int fd) {
  struct timeval limit = {0, LOOK_MS * 1000};
  fd_set one;
  FD_ZERO(&one);
  FD_SET((SOCKET) fd, &one);
  return select(0, &one, NULL, NULL, &limit) != 0;
}

/* Of a pipe nothing tells, so this asks again and again, soon at first.  An instance that nobody is
   connected to waits in app_accept. */
static int wait_for_pipe(void) {
  unsigned asks;
  for (asks = 0; !app_pipe_has_news(); asks++) {
    if (app_is_told_to_leave())
      return 0;
    Sleep(asks > 100);
  }
  return 1;
}

int app_wait_idle(int fd) {
  if (app_pipe_is(fd))
    return !app_is_told_to_leave() && wait_for_pipe();
  while (!app_is_told_to_leave())
    if (has_news(fd))
      return 1;
  return 0;
}
