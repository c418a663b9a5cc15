/* pipe_place_win32.c: a named pipe that clients come to: several instances of it wait, so that as
   many may come at once. */
#include "pipe_win32.h"
#include "wide_win32.h"
#include "why.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { BUFFER = 65536 };

static HANDLE make(const wchar_t *name, DWORD mode) {
  return CreateNamedPipeW(name, PIPE_ACCESS_DUPLEX | mode,
                          PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT |
                              PIPE_REJECT_REMOTE_CLIENTS,
                          PIPE_UNLIMITED_INSTANCES, BUFFER, BUFFER, 0, NULL);
}

/* Who has come already, and even who has gone again, is one that can be taken. */
static void await(fcl__net_pipe *p) {
  if (ConnectNamedPipe(p->it, &p->reading) || GetLastError() != ERROR_IO_PENDING)
    SetEvent(p->reading.hEvent);
  else
    p->is_reading = 1;
}

static int add(fcl__net_pipe_place *place, DWORD mode) {
  fcl__net_pipe *p = fcl__net_pipe_new();
  if (p == NULL)
    return 0;
  p->is_server = 1;
  p->it = make(place->name, FILE_FLAG_OVERLAPPED | mode);
  if (p->it == INVALID_HANDLE_VALUE) {
    DWORD error = GetLastError();
    fcl__net_pipe_free(p);
    fcl__why_is(mode && error == ERROR_ACCESS_DENIED ? EADDRINUSE : fcl__net_pipe_errno(error),
                error);
    return 0;
  }
  await(p);
  place->ready[place->count++] = p;
  return 1;
}

static void drop(fcl__net_pipe *p) {
  DWORD len;
  if (p->is_reading) {
    CancelIoEx(p->it, &p->reading);
    GetOverlappedResult(p->it, &p->reading, &len, TRUE);
  }
  fcl__net_pipe_free(p);
}

int fcl__net_pipe_listen(const char *name, int backlog) {
  fcl__net_pipe_place *place = calloc(1, sizeof *place);
  int fd = -1;
  if (place == NULL)
    return -1;
  place->it = INVALID_HANDLE_VALUE;
  place->name = fcl__text_wide(name);
  place->room =
      backlog > 0 && backlog < FCL__NET_PIPE_READY ? (unsigned) backlog : FCL__NET_PIPE_READY;
  if (place->name && add(place, FILE_FLAG_FIRST_PIPE_INSTANCE))
    fd = fcl__net_pipe_number(NULL, place);
  while (fd >= 0 && place->count < place->room && add(place, 0))
    ;
  if (fd < 0)
    fcl__net_pipe_place_close(place);
  return fd;
}

/* Who began to wait may have ended since, and its wait with it: then this goes on with it. */
static int has_client(fcl__net_pipe *p) {
  DWORD len;
  if (!p->is_reading)
    return 1;
  if (!HasOverlappedIoCompleted(&p->reading))
    return 0;
  p->is_reading = 0;
  if (!GetOverlappedResult(p->it, &p->reading, &len, FALSE) &&
      GetLastError() == ERROR_OPERATION_ABORTED)
    await(p);
  return !p->is_reading;
}

static unsigned first_with_client(fcl__net_pipe_place *place) {
  unsigned n = 0;
  while (n < place->count && !has_client(place->ready[n]))
    n++;
  return n;
}

int fcl__net_pipe_place_is_ready(fcl__net_pipe_place *place) {
  return first_with_client(place) < place->count;
}

/* NULL: nobody came. */
static fcl__net_pipe *take(fcl__net_pipe_place *place) {
  unsigned n = first_with_client(place);
  fcl__net_pipe *p;
  errno = EAGAIN;
  if (n == place->count)
    return NULL;
  p = place->ready[n];
  memmove(&place->ready[n], &place->ready[n + 1], (--place->count - n) * sizeof *place->ready);
  while (place->count < place->room && add(place, 0))
    ;
  ResetEvent(p->reading.hEvent);
  return p;
}

int fcl__net_pipe_accept(fcl__net_pipe_place *place) {
  fcl__net_pipe *p = take(place);
  return p ? fcl__net_pipe_begin(p) : -1;
}

intptr_t fcl__net_pipe_take(fcl__net_pipe_place *place) {
  fcl__net_pipe *p = take(place);
  HANDLE it = p ? p->it : INVALID_HANDLE_VALUE;
  if (p) {
    p->it = INVALID_HANDLE_VALUE;
    fcl__net_pipe_free(p);
  }
  return (intptr_t) it;
}

int fcl__net_pipe_adopt(HANDLE taken) {
  fcl__net_pipe *p = fcl__net_pipe_new();
  if (p == NULL)
    return -1;
  p->is_server = 1;
  p->it = taken;
  return fcl__net_pipe_begin(p);
}

static void drop_all(fcl__net_pipe_place *place) {
  while (place->count > 0)
    drop(place->ready[--place->count]);
}

/* Programs wait for clients without an OVERLAPPED.  There is always one of that name, so that
   nobody else can have it. */
void fcl__net_pipe_place_wait(fcl__net_pipe_place *place) {
  place->it = make(place->name, 0);
  drop_all(place);
}

void fcl__net_pipe_place_close(fcl__net_pipe_place *place) {
  int error = errno;
  drop_all(place);
  if (place->it != INVALID_HANDLE_VALUE)
    CloseHandle(place->it);
  free(place->name);
  free(place);
  errno = error;
}
