/* poll_win32.c: waiting for sockets, by select: WSAPoll does not tell of connections that fail
   before Windows 10. */
#include <winsock2.h>
#include "net.h"
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

static void fill(const fcl__polled *p, size_t count, socket_set *in, socket_set *out,
                 socket_set *failed) {
  size_t n;
  for (n = 0; n < count; n++) {
    if (p[n].fd >= 0 && (p[n].events & FCL__IN))
      add(in, p[n].fd);
    if (p[n].fd >= 0 && (p[n].events & FCL__OUT))
      add(out, p[n].fd), add(failed, p[n].fd);
  }
}

static int answer(fcl__polled *p, size_t count, const socket_set *in, const socket_set *out,
                  const socket_set *failed) {
  size_t n;
  int ready = 0;
  for (n = 0; n < count; n++) {
    p[n].revents = 0;
    if (p[n].fd < 0)
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

int fcl__net_poll(fcl__polled *polled, size_t count, int ms) {
  socket_set *in = new_set(count), *out = new_set(count), *failed = new_set(count);
  int ready = -1;
  if (in && out && failed) {
    fill(polled, count, in, out, failed);
    ready = wait_for(in, out, failed, ms);
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
