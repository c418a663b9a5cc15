/* signals_win32.c: what asks the command to end, at a console or by an event, makes a socket
   readable. */
#include <windows.h>
#include "signals.h"
#include "fcgi.h"
#include "../net.h"
#include <errno.h>
#include <stdlib.h>

static int wake[2] = {-1, -1};
static volatile LONG is_woken;

/* On a thread of the system's. */
static BOOL WINAPI on_control(DWORD what) {
  (void) what;
  InterlockedExchange(&is_woken, 1);
  fcl__net_wake(wake);
  return TRUE;
}

static void CALLBACK on_event(void *unused, BOOLEAN is_late) {
  (void) unused;
  (void) is_late;
  on_control(0);
}

/* As a web server asks: by an event that we have inherited. */
static void listen_to_event(void) {
  const char *number = getenv("_FCGI_SHUTDOWN_EVENT_");
  HANDLE event = number ? (HANDLE) (uintptr_t) strtoull(number, NULL, 10) : NULL, wait;
  if (event)
    RegisterWaitForSingleObject(&wait, event, on_event, NULL, INFINITE, WT_EXECUTEONLYONCE);
}

int fcgi_wake_on_signals(void) {
  if (fcl__net_pair(wake) == 0 && SetConsoleCtrlHandler(on_control, TRUE)) {
    listen_to_event();
    return wake[0];
  }
  fcgi_say("Ctrl-C cannot be waited for: %s", fcl__net_why(errno));
  return -1;
}

int fcgi_is_woken(void) {
  return is_woken != 0;
}
