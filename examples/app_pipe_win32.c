/* app_pipe_win32.c: one connection after the other on the named pipe that is standard input,
   whether its handle waits in calls or is overlapped. */
#include "app_win32.h"
#include <windows.h>
#include <string.h>

static HANDLE instance;
static int is_connected;

int app_pipe_take(int handle) {
  HANDLE it = (HANDLE) (intptr_t) handle;
  DWORD mode = PIPE_READMODE_BYTE | PIPE_WAIT, flags = 0;
  if (!SetNamedPipeHandleState(it, &mode, NULL, NULL) ||
      !GetNamedPipeInfo(it, &flags, NULL, NULL, NULL) || !(flags & PIPE_SERVER_END))
    return 0;
  instance = it;
  return 1;
}

int app_pipe_is(int fd) {
  return instance && (HANDLE) (intptr_t) fd == instance;
}

static int begin(OVERLAPPED *o) {
  memset(o, 0, sizeof *o);
  o->hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
  return o->hEvent != NULL;
}

/* The error, or 0; *len is how much. */
static DWORD finish(OVERLAPPED *o, BOOL is_done, DWORD *len) {
  DWORD error = is_done ? 0 : GetLastError();
  if (error == 0 || error == ERROR_IO_PENDING)
    error = GetOverlappedResult(instance, o, len, TRUE) ? 0 : GetLastError();
  CloseHandle(o->hEvent);
  return error;
}

/* ERROR_NO_DATA: who came has gone again. */
int app_pipe_accept(void) {
  OVERLAPPED o;
  DWORD error, len;
  if (!begin(&o) || !app_begin_idle())
    return -1;
  error = finish(&o, ConnectNamedPipe(instance, &o), &len);
  app_end_idle();
  is_connected = error == 0 || error == ERROR_PIPE_CONNECTED;
  if (is_connected)
    return (int) (intptr_t) instance;
  DisconnectNamedPipe(instance);
  return -1;
}

int app_pipe_has_news(void) {
  DWORD len = 0;
  return !is_connected || !PeekNamedPipe(instance, NULL, 0, NULL, &len, NULL) || len > 0;
}

ptrdiff_t app_pipe_receive(void *bytes, size_t len) {
  OVERLAPPED o;
  DWORD n = 0, error;
  if (!begin(&o))
    return -1;
  error = finish(&o, ReadFile(instance, bytes, (DWORD) len, NULL, &o), &n);
  if (error == ERROR_BROKEN_PIPE || error == ERROR_PIPE_NOT_CONNECTED)
    return 0;
  return error ? -1 : (ptrdiff_t) n;
}

ptrdiff_t app_pipe_send(const void *bytes, size_t len) {
  OVERLAPPED o;
  DWORD n = 0;
  if (!begin(&o))
    return -1;
  return finish(&o, WriteFile(instance, bytes, (DWORD) len, NULL, &o), &n) ? -1 : (ptrdiff_t) n;
}

/* What was not read when it is disconnected would be lost. */
void app_pipe_close(void) {
  FlushFileBuffers(instance);
  DisconnectNamedPipe(instance);
  is_connected = 0;
}
