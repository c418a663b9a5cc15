/* guardian_orders.c: how the guardian takes orders from the host, and reports. */
#define _GNU_SOURCE
#include "platform/posix/guardian.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

/* ---- Reports ---- */

void guardian_write(guardian *g) {
  while (g->out_len > 0) {
    ssize_t n = send(g->socket, g->out, g->out_len, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return; /* full: poll tells when there is room; broken: reading tells */
    g->out_len -= (size_t) n;
    memmove(g->out, g->out + n, g->out_len);
  }
}

static int make_room(guardian *g) {
  size_t cap = g->out_cap ? g->out_cap * 2 : 64 * FCL__REPORT_SIZE;
  uint8_t *out;
  if (g->out_cap - g->out_len >= FCL__REPORT_SIZE)
    return 1;
  out = realloc(g->out, cap);
  if (out == NULL)
    return 0;
  g->out = out;
  g->out_cap = cap;
  return 1;
}

/* A report that cannot be kept would leave the host waiting for ever: then this guardian is no
 * good, and ends. */
void guardian_report(guardian *g, fcl__report_kind kind, uint32_t id, uint32_t number,
                     uint32_t detail) {
  fcl__report r = {kind, id, number, detail};
  if (g->is_ending)
    return;
  if (!make_room(g)) {
    g->order_to_end = END_BY_FORCE;
    return;
  }
  fcl__report_write(&r, g->out + g->out_len);
  g->out_len += FCL__REPORT_SIZE;
  guardian_write(g);
}

/* ---- Orders ---- */

static void close_fds(guardian *g) {
  while (g->fd_count > 0)
    close(g->fds[--g->fd_count]);
}

static void hello(guardian *g, const fcl__order *o) {
  guardian_report(g, FCL__REPORT_READY, 0, FCL__ORDER_VERSION, 0);
  if (o->number != FCL__ORDER_VERSION || g->host != 0) {
    g->order_to_end = END_BY_FORCE;
    return;
  }
  g->host =
      (pid_t)
          o->id; /* if it died meanwhile, the number is another's: but then getppid() is not this */
  g->host_fd = (int) syscall(SYS_pidfd_open, g->host, 0);
}

static void keep_directory(guardian *g, const fcl__order *o) {
  free(g->directory);
  g->directory = strdup(o->directory);
  g->directory_owner = reaper_owner(g->host);
}

/* Whoever comes later wants another policy than the host that we trusted. */
static void keep_policy(guardian *g, const fcl__order *o) {
  if (g->has_started || policy_read(&g->policy, o) != 0)
    g->order_to_end = END_BY_FORCE;
}

static void start(guardian *g, const fcl__order *o) {
  if (g->is_ending)
    return;
  if (g->fd_count == 2)
    child_start(g, o, g->fds);
  else /* the kernel drops what does not fit into our table */
    guardian_report(g, FCL__REPORT_FAILED, o->id, EMFILE, FCL__STAGE_ORDER);
}

static void carry_out(guardian *g) {
  const fcl__order *o = &g->order;
  switch (o->kind) {
  case FCL__ORDER_HELLO:
    hello(g, o);
    break;
  case FCL__ORDER_DIRECTORY:
    keep_directory(g, o);
    break;
  case FCL__ORDER_START:
    start(g, o);
    break;
  case FCL__ORDER_STOP:
    child_stop(g, o->id, o->number != 0);
    break;
  case FCL__ORDER_LEAVE:
    g->order_to_end = END_BY_FORCE;
    break;
  case FCL__ORDER_POLICY:
    keep_policy(g, o);
    break;
  }
}

static void keep_fds(guardian *g, struct msghdr *m) {
  struct cmsghdr *c;
  for (c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
    size_t i, n = c->cmsg_type == SCM_RIGHTS ? (c->cmsg_len - CMSG_LEN(0)) / sizeof(int) : 0;
    for (i = 0; i < n; i++) {
      int fd;
      memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
      if (g->fd_count < 2)
        g->fds[g->fd_count++] = fd;
      else
        close(fd);
    }
  }
}

/* Never reads beyond the order at hand, so that the descriptors that come are its own.  1: read
 * something. */
static int take(guardian *g, void *into, size_t len, size_t *have) {
  union {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(8 * sizeof(int))];
  } control;
  struct iovec v = {(char *) into + *have, len - *have};
  struct msghdr m = {0};
  ssize_t n;
  m.msg_iov = &v;
  m.msg_iovlen = 1;
  m.msg_control = control.bytes;
  m.msg_controllen = sizeof control.bytes;
  n = recvmsg(g->socket, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (n > 0) {
    keep_fds(g, &m);
    *have += (size_t) n;
    return 1;
  }
  if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
    close(g->socket);
    g->socket = -1;
  }
  return n < 0 && errno == EINTR;
}

/* One step towards the next order.  0: nothing more has come. */
static int step(guardian *g) {
  if (g->head_len < FCL__ORDER_HEAD) {
    if (!take(g, g->head, FCL__ORDER_HEAD, &g->head_len))
      return 0;
    if (g->head_len < FCL__ORDER_HEAD)
      return 1;
    if (fcl__order_read_head(g->head, &g->order, &g->text_len) != 0)
      return -1;
    g->text = malloc(g->text_len + 1);
    g->text_have = 0;
    return g->text ? 1 : -1;
  }
  if (g->text_have < g->text_len)
    return take(g, g->text, g->text_len, &g->text_have);
  if (fcl__order_read_text(&g->order, g->text, g->text_len) != 0)
    return -1;
  if (g->host == 0 && g->order.kind != FCL__ORDER_HELLO)
    return -1;
  g->head_len = 0;
  carry_out(g);
  close_fds(g);
  free(g->text);
  g->text = NULL;
  return 1;
}

void guardian_read(guardian *g) {
  int more = 1;
  while (more > 0 && g->socket >= 0)
    more = step(g);
  if (more >= 0)
    return;
  close(g->socket); /* not our host's language, or no memory to listen: end like after its death */
  g->socket = -1;
}
