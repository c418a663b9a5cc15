/* poll_win32.c: waiting for sockets, by select: WSAPoll does not tell of connections that fail
   before Windows 10; and for named pipes, by events, as which sockets can be waited for too. */
#include <winsock2.h>
#include "pipe_win32.h"
#include "sync.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* As fd_set, with room for as many as there are. */
typedef struct socket_set {
  u_int count;
  SOCKET sockets[];
} socket_set;

static socket_set *new_set(size_t room) {
  return calloc(1, sizeof(socket_set) + room * sizeof(SOCKET));
}

static void add(socket_set *set, int fd) {
  set->sockets[set->count++] = (SOCKET) fd;
}

static int has(const socket_set *set, int fd) {
  u_int n;
  for (n = 0; n < set->count; n++)
    if (set->sockets[n] == (SOCKET) fd)
      return 1;
  return 0;
}

static int is_socket(const fcl__polled *p) {
  return p->fd >= 0 && !fcl__net_is_pipe(p->fd);
}

static void fill(const fcl__polled *p, size_t count, socket_set *in, socket_set *out,
                 socket_set *failed) {
  size_t n;
  for (n = 0; n < count; n++) {
    if (is_socket(&p[n]) && (p[n].events & FCL__IN))
      add(in, p[n].fd);
    if (is_socket(&p[n]) && (p[n].events & FCL__OUT))
      add(out, p[n].fd), add(failed, p[n].fd);
  }
}

static int answer(fcl__polled *p, size_t count, const socket_set *in, const socket_set *out,
                  const socket_set *failed) {
  size_t n;
  int ready = 0;
  for (n = 0; n < count; n++) {
    p[n].revents = 0;
    if (!is_socket(&p[n]))
      continue;
    if ((p[n].events & FCL__IN) && has(in, p[n].fd))
      p[n].revents |= FCL__IN;
    if ((p[n].events & FCL__OUT) && has(out, p[n].fd))
      p[n].revents |= FCL__OUT;
    if ((p[n].events & FCL__OUT) && has(failed, p[n].fd))
      p[n].revents |= FCL__OVER;
    ready += p[n].revents != 0;
  }
  return ready;
}

/* select refuses three empty sets. */
static int wait_for(socket_set *in, socket_set *out, socket_set *failed, int ms) {
  struct timeval limit = {ms / 1000, ms % 1000 * 1000};
  if (in->count + out->count > 0)
    return select(0, (fd_set *) (void *) in, (fd_set *) (void *) out, (fd_set *) (void *) failed,
                  ms < 0 ? NULL : &limit);
  fcl__nap_us(ms < 0 ? 1000000 : (unsigned) ms * 1000);
  return 0;
}

static int poll_sockets(fcl__polled *polled, size_t count, int ms) {
  socket_set *in = new_set(count), *out = new_set(count), *failed = new_set(count);
  int ready = -1;
  if (in && out && failed) {
    fill(polled, count, in, out, failed);
    ready = ms == 0 && in->count + out->count == 0 ? 0 : wait_for(in, out, failed, ms);
    if (ready <= 0)
      in->count = out->count = failed->count = 0;
    errno = ready < 0 ? EIO : errno;
    ready = answer(polled, count, in, out, failed);
  }
  free(in);
  free(out);
  free(failed);
  return ready;
}

/* ---- With pipes among them ---- */

enum { SLICE_MS = 20 };

typedef struct waits {
  HANDLE handles[MAXIMUM_WAIT_OBJECTS];
  SOCKET sockets[MAXIMUM_WAIT_OBJECTS]; /* of the handle of that number; INVALID_SOCKET: a pipe's */
  DWORD count;
  int is_full;
} waits;

static void wait_also(waits *w, HANDLE event, SOCKET of) {
  w->is_full = w->is_full || w->count == MAXIMUM_WAIT_OBJECTS;
  if (w->is_full)
    return;
  w->sockets[w->count] = of;
  w->handles[w->count++] = event;
}

static void wait_for_socket(waits *w, const fcl__polled *p) {
  long what = 0;
  HANDLE event = w->is_full ? NULL : CreateEventW(NULL, TRUE, FALSE, NULL);
  if (p->events & FCL__IN)
    what |= FD_READ | FD_ACCEPT | FD_CLOSE;
  if (p->events & FCL__OUT)
    what |= FD_WRITE | FD_CONNECT | FD_CLOSE;
  if (event && WSAEventSelect((SOCKET) p->fd, event, what) == 0)
    wait_also(w, event, (SOCKET) p->fd);
  else if (event)
    CloseHandle(event);
}

static void wait_for_pipe(waits *w, const fcl__polled *p) {
  fcl__net_pipe *pipe = fcl__net_pipe_at(p->fd);
  fcl__net_pipe_place *place = fcl__net_pipe_place_at(p->fd);
  unsigned n;
  if (pipe && (p->events & FCL__IN))
    wait_also(w, pipe->in, INVALID_SOCKET);
  if (pipe && (p->events & FCL__OUT))
    wait_also(w, pipe->out, INVALID_SOCKET);
  for (n = 0; place && (p->events & FCL__IN) && n < place->count; n++)
    wait_also(w, place->ready[n]->reading.hEvent, INVALID_SOCKET);
}

/* It may return early.  A socket tells of its end once, perhaps just before it is asked. */
static void wait_for_all(const fcl__polled *p, size_t count, uint64_t ms) {
  waits w;
  size_t n;
  DWORD at;
  w.count = 0;
  w.is_full = 0;
  for (n = 0; n < count; n++)
    if (fcl__net_is_pipe(p[n].fd))
      wait_for_pipe(&w, &p[n]);
  for (n = 0; n < count; n++)
    if (is_socket(&p[n]) && p[n].events) {
      wait_for_socket(&w, &p[n]);
      ms = ms < SLICE_MS ? ms : SLICE_MS;
    }
  ms = w.is_full && ms > 1 ? 1 : ms;
  if (w.count > 0)
    WaitForMultipleObjects(w.count, w.handles, FALSE, ms < INFINITE ? (DWORD) ms : INFINITE);
  else
    fcl__nap_us((unsigned) (ms < 1000 ? ms : 1000) * 1000);
  for (at = 0; at < w.count; at++)
    if (w.sockets[at] != INVALID_SOCKET) {
      WSAEventSelect(w.sockets[at], NULL, 0);
      CloseHandle(w.handles[at]);
    }
}

static int look_at_pipes(fcl__polled *p, size_t count) {
  size_t n;
  int ready = 0;
  for (n = 0; n < count; n++) {
    fcl__net_pipe *pipe = fcl__net_pipe_at(p[n].fd);
    fcl__net_pipe_place *place = fcl__net_pipe_place_at(p[n].fd);
    if (pipe)
      p[n].revents = fcl__net_pipe_events(pipe, p[n].events);
    else if (place && (p[n].events & FCL__IN) && fcl__net_pipe_place_is_ready(place))
      p[n].revents = FCL__IN;
    ready += fcl__net_is_pipe(p[n].fd) && p[n].revents;
  }
  return ready;
}

static int poll_all(fcl__polled *polled, size_t count, int ms) {
  uint64_t now = fcl__now_ms(), limit = ms < 0 ? UINT64_MAX : now + (uint64_t) ms;
  for (;;) {
    int sockets = poll_sockets(polled, count, 0);
    int ready = sockets < 0 ? -1 : sockets + look_at_pipes(polled, count);
    if (ready != 0 || now >= limit)
      return ready;
    wait_for_all(polled, count, limit - now);
    now = fcl__now_ms();
  }
}

int fcl__net_poll(fcl__polled *polled, size_t count, int ms) {
  size_t n;
  for (n = 0; n < count; n++)
    if (fcl__net_is_pipe(polled[n].fd))
      return poll_all(polled, count, ms);
  return poll_sockets(polled, count, ms);
}
