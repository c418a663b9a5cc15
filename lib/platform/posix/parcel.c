/* parcel.c: an order as bytes and descriptors, sent through a socket that may be full. */
#include "platform/posix/parcel.h"
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

fcl_code fcl__parcel_make(fcl__parcel **out, const fcl__memory *memory, const fcl__order *o,
                          fcl_error *e) {
  size_t len = fcl__order_size(o);
  fcl__parcel *p;
  if (len == 0)
    return fcl__error_setx(
        e, FCL_E_SPAWN, E2BIG,
        "cannot start %s: its arguments and environment take more than %u bytes; "
        "shorten argv or env",
        o->path, FCL__ORDER_MAX);
  p = fcl__realloc(memory, NULL, sizeof *p + len);
  if (p == NULL)
    return fcl__error_setx(e, FCL_E_NOMEM, 0, "out of memory for an order to the guardian");
  memset(p, 0, sizeof *p);
  p->fds[0] = p->fds[1] = -1;
  p->len = len;
  fcl__order_write(o, p->bytes);
  *out = p;
  return FCL_OK;
}

static void forget_fds(fcl__parcel *p) {
  if (p->fds[1] >= 0)
    close(p->fds[1]);
  p->fds[0] = p->fds[1] = -1;
}

void fcl__parcel_free(fcl__parcel *p, const fcl__memory *memory) {
  if (p == NULL)
    return;
  fcl__list_remove(&p->link);
  forget_fds(p);
  fcl__free(memory, p);
}

static ssize_t send_some(const fcl__parcel *p, int fd) {
  union {
    struct cmsghdr header; /* aligns the bytes */
    char bytes[CMSG_SPACE(2 * sizeof(int))];
  } control = {{0}};
  struct iovec v = {(void *) (uintptr_t) (p->bytes + p->sent), p->len - p->sent};
  struct msghdr m = {0};
  m.msg_iov = &v;
  m.msg_iovlen = 1;
  if (p->fds[1] >= 0) {
    struct cmsghdr *c = &control.header;
    m.msg_control = control.bytes;
    m.msg_controllen = sizeof control.bytes;
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof p->fds);
    memcpy(CMSG_DATA(c), p->fds, sizeof p->fds);
  }
  return sendmsg(fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
}

int fcl__parcel_send(fcl__parcel *p, int fd) {
  while (p->sent < p->len) {
    ssize_t n = send_some(p, fd);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return errno;
    p->sent += (size_t) n;
    forget_fds(p);
  }
  return 0;
}
