/* pipe_win32.c: a connection over a named pipe: one thread reads and writes, whoever asks finds
   what it has read, and leaves what it shall write. */
#include "pipe_win32.h"
#include "sync.h"
#include "wide_win32.h"
#include "why.h"
#include <errno.h>
#include <process.h>
#include <stdlib.h>
#include <string.h>

enum { REACH_MS = 5000, AGAIN_MS = 10, LAST_WORDS_MS = 2000 };

static volatile LONG unsent; /* pipes that nobody asks any more, with something to write */

int fcl__net_pipe_errno(DWORD error) {
  switch (error) {
  case ERROR_FILE_NOT_FOUND:
  case ERROR_PATH_NOT_FOUND:
    return ENOENT;
  case ERROR_ACCESS_DENIED:
    return EACCES;
  case ERROR_PIPE_BUSY:
  case ERROR_SEM_TIMEOUT:
    return ETIMEDOUT;
  case ERROR_BROKEN_PIPE:
  case ERROR_NO_DATA:
  case ERROR_PIPE_NOT_CONNECTED:
    return EPIPE;
  case ERROR_NOT_ENOUGH_MEMORY:
    return ENOMEM;
  default:
    return EIO;
  }
}

/* ---- Life ---- */

fcl__net_pipe *fcl__net_pipe_new(void) {
  fcl__net_pipe *p = calloc(1, sizeof *p);
  if (p == NULL)
    return NULL;
  p->it = INVALID_HANDLE_VALUE;
  p->reading.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
  p->writing.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
  p->news = CreateEventW(NULL, FALSE, FALSE, NULL);
  p->in = CreateEventW(NULL, TRUE, FALSE, NULL);
  p->out = CreateEventW(NULL, TRUE, FALSE, NULL);
  p->users = 1;
  if (p->reading.hEvent && p->writing.hEvent && p->news && p->in && p->out)
    return p;
  fcl__net_pipe_free(p);
  errno = ENOMEM;
  return NULL;
}

static void close_handle(HANDLE h) {
  if (h && h != INVALID_HANDLE_VALUE)
    CloseHandle(h);
}

void fcl__net_pipe_free(fcl__net_pipe *p) {
  close_handle(p->it);
  close_handle(p->reading.hEvent);
  close_handle(p->writing.hEvent);
  close_handle(p->news);
  close_handle(p->thread);
  close_handle(p->in);
  close_handle(p->out);
  free(p->name);
  free(p);
}

static void lock(fcl__net_pipe *p) {
  AcquireSRWLockExclusive(&p->lock);
}

static void unlock(fcl__net_pipe *p) {
  ReleaseSRWLockExclusive(&p->lock);
}

static void leave(fcl__net_pipe *p) {
  unsigned left;
  lock(p);
  left = --p->users;
  unlock(p);
  if (left == 0)
    fcl__net_pipe_free(p);
}

/* With the lock held: what those learn who wait. */
static void tell(fcl__net_pipe *p) {
  int is_reached = p->name == NULL;
  if (p->in_at < p->in_len || p->is_over)
    SetEvent(p->in);
  else
    ResetEvent(p->in);
  if (p->is_deaf || (is_reached && p->out_len < FCL__NET_PIPE_OUT_MAX))
    SetEvent(p->out);
  else
    ResetEvent(p->out);
}

static void end(fcl__net_pipe *p, DWORD error) {
  p->is_over = p->is_deaf = 1;
  if (p->failed == 0)
    p->failed = fcl__net_pipe_errno(error);
}

/* What waits here may still be read there, and read is what is there. */
static void end_writing(fcl__net_pipe *p) {
  p->is_deaf = 1;
  p->out_len = 0;
}

/* ---- Reaching it ---- */

static DWORD open_it(fcl__net_pipe *p) {
  p->it = CreateFileW(p->name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                      FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, NULL);
  return p->it == INVALID_HANDLE_VALUE ? GetLastError() : ERROR_SUCCESS;
}

static void be_reached(fcl__net_pipe *p, DWORD error) {
  lock(p);
  free(p->name);
  p->name = NULL;
  if (error != ERROR_SUCCESS)
    end(p, error);
  tell(p);
  unlock(p);
}

static int is_closing(fcl__net_pipe *p) {
  int is;
  lock(p);
  is = p->is_closing;
  unlock(p);
  return is;
}

/* An instance that becomes free is taken by who comes first, so that waiting for it is trying. */
static void reach(fcl__net_pipe *p) {
  uint64_t limit = fcl__now_ms() + REACH_MS;
  DWORD error = open_it(p);
  while (error == ERROR_PIPE_BUSY && !is_closing(p) && fcl__now_ms() < limit) {
    WaitForSingleObject(p->news, AGAIN_MS);
    error = open_it(p);
  }
  be_reached(p, error);
}

/* ---- Its thread, with the lock held but where it waits ---- */

static void start_reading(fcl__net_pipe *p) {
  if (p->is_reading || p->is_over || p->is_closing || p->in_at < p->in_len)
    return;
  p->in_at = p->in_len = 0;
  p->is_reading = 1;
  if (!ReadFile(p->it, p->bytes_in, sizeof p->bytes_in, NULL, &p->reading) &&
      GetLastError() != ERROR_IO_PENDING) {
    p->is_reading = 0;
    end(p, GetLastError());
  }
}

static void start_writing(fcl__net_pipe *p) {
  if (p->is_writing || p->is_deaf || p->out_len == 0)
    return;
  p->is_writing = 1;
  if (!WriteFile(p->it, p->bytes_out, p->out_len, NULL, &p->writing) &&
      GetLastError() != ERROR_IO_PENDING) {
    p->is_writing = 0;
    end_writing(p);
  }
}

static void finish_reading(fcl__net_pipe *p) {
  DWORD len;
  if (!p->is_reading || !HasOverlappedIoCompleted(&p->reading))
    return;
  p->is_reading = 0;
  if (GetOverlappedResult(p->it, &p->reading, &len, FALSE))
    p->in_len = len;
  else
    end(p, GetLastError());
}

static void finish_writing(fcl__net_pipe *p) {
  DWORD len;
  if (!p->is_writing || !HasOverlappedIoCompleted(&p->writing))
    return;
  p->is_writing = 0;
  if (GetOverlappedResult(p->it, &p->writing, &len, FALSE)) {
    memmove(p->bytes_out, p->bytes_out + len, p->out_len - len);
    p->out_len -= len;
  } else {
    end_writing(p);
  }
}

/* A pipe has no half that could be closed: who made it disconnects when all has been read, who
   opened it closes it. */
static void say_end(fcl__net_pipe *p) {
  if (p->is_server) {
    unlock(p);
    FlushFileBuffers(p->it);
    DisconnectNamedPipe(p->it);
    lock(p);
  }
  end(p, ERROR_BROKEN_PIPE);
}

/* 0: there is nothing more to do. */
static int step(fcl__net_pipe *p) {
  int is_out;
  finish_reading(p);
  finish_writing(p);
  start_writing(p);
  start_reading(p);
  is_out = p->out_len == 0 && !p->is_writing;
  if (p->says_end && is_out && !p->is_over)
    say_end(p);
  tell(p);
  return !p->is_over && !(p->is_closing && is_out);
}

static void work(fcl__net_pipe *p) {
  HANDLE all[3] = {p->news};
  lock(p);
  while (step(p)) {
    DWORD count = 1;
    if (p->is_reading)
      all[count++] = p->reading.hEvent;
    if (p->is_writing)
      all[count++] = p->writing.hEvent;
    unlock(p);
    WaitForMultipleObjects(count, all, FALSE, INFINITE);
    lock(p);
  }
  unlock(p);
}

/* Else the system would write into what is free. */
static void stop(fcl__net_pipe *p, int is_going, OVERLAPPED *op) {
  DWORD len;
  if (!is_going)
    return;
  CancelIoEx(p->it, op);
  GetOverlappedResult(p->it, op, &len, TRUE);
}

static unsigned __stdcall run(void *arg) {
  fcl__net_pipe *p = arg;
  if (p->name)
    reach(p);
  if (p->it != INVALID_HANDLE_VALUE)
    work(p);
  stop(p, p->is_reading, &p->reading);
  stop(p, p->is_writing, &p->writing);
  lock(p);
  p->is_reading = p->is_writing = 0;
  if (p->says_end && !p->is_server && !p->is_flushing) {
    close_handle(p->it);
    p->it = INVALID_HANDLE_VALUE;
  }
  if (p->is_counted)
    InterlockedDecrement(&unsent);
  unlock(p);
  leave(p);
  return 0;
}

/* What a program has sent before its end arrives, as it does over sockets. */
static void finish_all(void) {
  uint64_t limit = fcl__now_ms() + LAST_WORDS_MS;
  while (unsent > 0 && fcl__now_ms() < limit)
    fcl__nap_us(1000);
}

static BOOL CALLBACK finish_at_exit(PINIT_ONCE once, void *arg, void **context) {
  (void) once;
  (void) arg;
  (void) context;
  return atexit(finish_all) == 0;
}

int fcl__net_pipe_begin(fcl__net_pipe *p) {
  static INIT_ONCE once = INIT_ONCE_STATIC_INIT;
  int fd = fcl__net_pipe_number(p, NULL);
  InitOnceExecuteOnce(&once, finish_at_exit, NULL, NULL);
  p->users = 2;
  tell(p);
  if (fd >= 0)
    p->thread = (HANDLE) _beginthreadex(NULL, 0, run, p, CREATE_SUSPENDED, NULL);
  if (p->thread) {
    ResumeThread(p->thread);
    return fd;
  }
  if (fd >= 0)
    fcl__net_pipe_forget(fd);
  fcl__net_pipe_free(p);
  errno = fd < 0 ? EMFILE : ENOMEM;
  return -1;
}

static int try_now(fcl__net_pipe *p) {
  DWORD error = open_it(p);
  if (error == ERROR_SUCCESS)
    be_reached(p, error);
  fcl__why_is(fcl__net_pipe_errno(error), error);
  return error == ERROR_SUCCESS || error == ERROR_PIPE_BUSY;
}

int fcl__net_pipe_reach(const char *name, int is_waiting) {
  fcl__net_pipe *p = fcl__net_pipe_new();
  int fd;
  if (p == NULL)
    return -1;
  p->name = fcl__text_wide(name);
  p->is_waiting = is_waiting;
  if (p->name == NULL || !try_now(p)) {
    fcl__net_pipe_free(p);
    return -1;
  }
  fd = fcl__net_pipe_begin(p);
  if (fd < 0 || !is_waiting)
    return fd;
  WaitForSingleObject(p->out, INFINITE);
  if ((errno = fcl__net_pipe_failed(p)) == 0)
    return fd;
  fcl__net_pipe_forget(fd);
  fcl__net_pipe_close(p, 0);
  errno = ETIMEDOUT;
  return -1;
}

/* ---- What is asked of it ---- */

void fcl__net_pipe_close(fcl__net_pipe *p, int is_reset) {
  int is_idle;
  lock(p);
  p->is_closing = 1;
  if (is_reset && p->is_server)
    DisconnectNamedPipe(p->it);
  if (is_reset)
    end(p, ERROR_BROKEN_PIPE);
  p->is_counted = p->out_len > 0 && !p->is_over;
  if (p->is_counted)
    InterlockedIncrement(&unsent);
  is_idle = p->out_len == 0 && !p->is_flushing && !p->says_end;
  unlock(p);
  SetEvent(p->news);
  if (is_idle) /* so that its handles are closed when this returns */
    WaitForSingleObject(p->thread, LAST_WORDS_MS);
  leave(p);
}

void fcl__net_pipe_say_end(fcl__net_pipe *p) {
  lock(p);
  p->says_end = 1;
  unlock(p);
  SetEvent(p->news);
}

int fcl__net_pipe_failed(fcl__net_pipe *p) {
  int failed;
  lock(p);
  failed = p->it == INVALID_HANDLE_VALUE ? p->failed : 0;
  unlock(p);
  return failed;
}

/* With the lock held; -1: nothing is there. */
static ptrdiff_t take(fcl__net_pipe *p, void *bytes, size_t len) {
  DWORD left = p->in_len - p->in_at, n = len < left ? (DWORD) len : left;
  if (left == 0 && p->is_over && p->failed == EPIPE)
    return 0;
  errno = p->is_over ? p->failed : EAGAIN;
  if (left == 0)
    return -1;
  memcpy(bytes, p->bytes_in + p->in_at, n);
  p->in_at += n;
  tell(p);
  return n;
}

ptrdiff_t fcl__net_pipe_receive(fcl__net_pipe *p, void *bytes, size_t len) {
  ptrdiff_t n;
  do {
    if (p->is_waiting)
      WaitForSingleObject(p->in, INFINITE);
    lock(p);
    n = take(p, bytes, len);
    unlock(p);
  } while (n < 0 && errno == EAGAIN && p->is_waiting);
  SetEvent(p->news);
  return n;
}

static ptrdiff_t give(fcl__net_pipe *p, const void *bytes, size_t len) {
  DWORD room = FCL__NET_PIPE_OUT_MAX - p->out_len, n = len < room ? (DWORD) len : room;
  if (p->is_deaf || p->says_end) {
    errno = EPIPE;
    return -1;
  }
  errno = EAGAIN;
  if (n == 0 || p->name)
    return -1;
  memcpy(p->bytes_out + p->out_len, bytes, n);
  p->out_len += n;
  p->sent += n;
  tell(p);
  return n;
}

ptrdiff_t fcl__net_pipe_send(fcl__net_pipe *p, const void *bytes, size_t len) {
  ptrdiff_t n;
  do {
    if (p->is_waiting)
      WaitForSingleObject(p->out, INFINITE);
    lock(p);
    n = give(p, bytes, len);
    unlock(p);
  } while (n < 0 && errno == EAGAIN && p->is_waiting);
  SetEvent(p->news);
  return n;
}

/* ---- Whether the other side has read ---- */

static DWORD WINAPI flush(void *arg) {
  fcl__net_pipe *p = arg;
  uint64_t sent;
  lock(p);
  sent = p->sent;
  unlock(p);
  FlushFileBuffers(p->it);
  lock(p);
  p->is_flushing = 0;
  p->read = sent;
  unlock(p);
  leave(p);
  return 0;
}

static void start_flushing(fcl__net_pipe *p) {
  p->is_flushing = 1;
  p->users++;
  if (QueueUserWorkItem(flush, p, WT_EXECUTELONGFUNCTION))
    return;
  p->is_flushing = 0;
  p->users--;
}

int fcl__net_pipe_is_read(fcl__net_pipe *p) {
  int is;
  lock(p);
  is = p->read == p->sent || p->is_deaf;
  if (!is && !p->is_flushing && p->out_len == 0 && p->it != INVALID_HANDLE_VALUE)
    start_flushing(p);
  unlock(p);
  return is;
}

short fcl__net_pipe_events(fcl__net_pipe *p, short asked) {
  short events = 0;
  lock(p);
  if ((asked & FCL__IN) && (p->in_at < p->in_len || p->is_over))
    events |= FCL__IN;
  if ((asked & FCL__OUT) && WaitForSingleObject(p->out, 0) == WAIT_OBJECT_0)
    events |= FCL__OUT;
  if ((asked & FCL__OUT) && p->is_over)
    events |= FCL__OVER;
  unlock(p);
  return events;
}
