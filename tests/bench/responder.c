/* responder.c: a FastCGI application that costs next to nothing: the same answer to every request,
   from memory. usage: responder /PATH-OF-SOCKET|PORT BODY-BYTES   Any number of kept connections,
   any number of requests at a time on each. */
#define _GNU_SOURCE
#include "bench.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

typedef struct connection {
  fcl_decoder decoder;
  size_t sent; /* of the answer that is going out */
  uint16_t due, first;
  uint16_t ids[65536]; /* a ring: from `first` on those of `due` answers to send */
  int fd, ep, keep, wrong;
  int is_waiting;   /* to write */
  uint8_t begin[8]; /* content of BEGIN_REQUEST: its third byte has the flags */
  size_t begin_len;
} connection;

enum { PARTS = 512 }; /* records that go out at once */

static char *answer;
static size_t answer_len;

static void append(const void *bytes, size_t len) {
  memcpy(answer + answer_len, bytes, len);
  answer_len += len;
}

static void make_answer(size_t body) {
  char head[128];
  size_t head_len = bench_head(head, body), total = head_len + body, at = 0;
  char *content = malloc(total);
  uint8_t record[16];
  answer = malloc(total + (total / FCL_CONTENT_ALIGNED + 3) * FCL_HEADER_SIZE + 16);
  memcpy(content, head, head_len);
  memset(content + head_len, 'x', body);
  while (at < total) {
    size_t len = total - at < FCL_CONTENT_ALIGNED ? total - at : FCL_CONTENT_ALIGNED;
    fcl_put_header(record, FCL_STDOUT, 1, len, 0);
    append(record, FCL_HEADER_SIZE);
    append(content + at, len);
    at += len;
  }
  fcl_put_header(record, FCL_STDOUT, 1, 0, 0);
  append(record, FCL_HEADER_SIZE);
  fcl_put_end(record, 1, 0, FCL_REQUEST_COMPLETE);
  append(record, 16);
  free(content);
}

static void take_content(connection *c, fcl_slice span) {
  if (c->decoder.record.type != FCL_BEGIN_REQUEST)
    return;
  while (span.len > 0 && c->begin_len < sizeof c->begin) {
    c->begin[c->begin_len++] = (uint8_t) *span.base++;
    span.len--;
  }
}

static void take_record(connection *c) {
  const fcl_record *record = &c->decoder.record;
  if (record->type == FCL_BEGIN_REQUEST)
    c->keep = c->begin[2] & FCL_KEEP_CONN, c->begin_len = 0;
  if (record->type == FCL_STDIN && record->length == 0)
    c->ids[(uint16_t) (c->first + c->due++)] = record->id;
}

static void take(connection *c, const char *p, const char *end) {
  fcl_slice span;
  for (;;)
    switch (fcl_decode(&c->decoder, &p, end, &span)) {
    case FCL_EV_RECORD:
      break;
    case FCL_EV_CONTENT:
      take_content(c, span);
      break;
    case FCL_EV_END:
      take_record(c);
      break;
    case FCL_EV_BAD_VERSION:
      c->wrong = 1;
      return;
    case FCL_EV_MORE:
      return;
    }
}

/* Returns 0 when the connection is over. */
static int receive(connection *c) {
  static char block[1 << 18];
  ssize_t n;
  while ((n = recv(c->fd, block, sizeof block, MSG_DONTWAIT)) > 0) {
    take(c, block, block + n);
    if ((size_t) n < sizeof block)
      return !c->wrong;
  }
  return n < 0 && errno == EAGAIN && !c->wrong;
}

/* Records of one answer from byte `from` on; each has a header of its own, the rest is the same. */
static size_t address_records(struct iovec *parts, size_t n, unsigned id, size_t from) {
  static uint8_t headers[PARTS][FCL_HEADER_SIZE];
  size_t at, len, skip;
  for (at = 0; at < answer_len && n < 2 * PARTS; at += len) {
    uint8_t *header = headers[n / 2];
    memcpy(header, answer + at, FCL_HEADER_SIZE);
    len = FCL_HEADER_SIZE + ((size_t) header[4] << 8 | header[5]);
    if (at + len <= from)
      continue;
    header[2] = (uint8_t) (id >> 8);
    header[3] = (uint8_t) id;
    skip = from > at ? from - at : 0;
    parts[n].iov_base = header + (skip < FCL_HEADER_SIZE ? skip : FCL_HEADER_SIZE);
    parts[n++].iov_len = skip < FCL_HEADER_SIZE ? FCL_HEADER_SIZE - skip : 0;
    skip = skip < FCL_HEADER_SIZE ? FCL_HEADER_SIZE : skip;
    parts[n].iov_base = answer + at + skip;
    parts[n++].iov_len = len - skip;
  }
  return n;
}

static ssize_t send_with_ids(const connection *c) {
  static struct iovec parts[2 * PARTS];
  struct msghdr message = {.msg_iov = parts};
  size_t n = 0;
  unsigned i;
  for (i = 0; i < c->due && n < 2 * PARTS; i++)
    n = address_records(parts, n, c->ids[(uint16_t) (c->first + i)], i == 0 ? c->sent : 0);
  message.msg_iovlen = n;
  return sendmsg(c->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static ssize_t send_some(const connection *c) {
  if (c->due > 1 || c->ids[c->first] != 1)
    return send_with_ids(c);
  return send(c->fd, answer + c->sent, answer_len - c->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* Room to write is asked for only where there was none: who waits for it all the time is woken by
   each read of the other side. */
static int wait_to_write(connection *c, int is_waiting) {
  struct epoll_event e = {EPOLLIN | EPOLLET, {c}};
  if (is_waiting)
    e.events |= EPOLLOUT;
  if (c->is_waiting != is_waiting)
    epoll_ctl(c->ep, EPOLL_CTL_MOD, c->fd, &e);
  c->is_waiting = is_waiting;
  return 1;
}

static int send_answers(connection *c) {
  while (c->due > 0) {
    ssize_t n = send_some(c);
    if (n < 0)
      return errno == EAGAIN && wait_to_write(c, 1);
    for (c->sent += (size_t) n; c->sent >= answer_len; c->sent -= answer_len) {
      c->due--;
      c->first++;
      if (!c->keep)
        return 0;
    }
  }
  return wait_to_write(c, 0);
}

static void serve(connection *c) {
  if (receive(c) && send_answers(c))
    return;
  if (c->wrong)
    fprintf(stderr, "responder: a record of version %u for request %u\n", c->decoder.record.version,
            c->decoder.record.id);
  close(c->fd);
  free(c);
}

static void welcome(int ep, int listener) {
  struct epoll_event e = {EPOLLIN | EPOLLET, {0}};
  int fd;
  while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
    connection *c = calloc(1, sizeof *c);
    c->fd = fd;
    c->ep = ep;
    e.data.ptr = c;
    epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
  }
}

/* At a port of 127.0.0.1: for clients that have no such sockets. */
static int listen_at_port(unsigned port) {
  struct sockaddr_in a = {.sin_family = AF_INET};
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
  a.sin_port = htons((uint16_t) port);
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(fd, (struct sockaddr *) &a, sizeof a) || listen(fd, 4096))
    return perror("responder"), -1;
  return fd;
}

static int listen_at(const char *path) {
  struct sockaddr_un a = {AF_UNIX, ""};
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
  strncpy(a.sun_path, path, sizeof a.sun_path - 1);
  unlink(path);
  if (bind(fd, (struct sockaddr *) &a, sizeof a) || listen(fd, 4096))
    return perror(path), -1;
  return fd;
}

int main(int argc, char **argv) {
  struct epoll_event listening = {EPOLLIN, {0}}, events[256];
  int ep = epoll_create1(0), listener = -1, i, n;
  if (argc == 3)
    listener = argv[1][0] == '/' ? listen_at(argv[1]) : listen_at_port((unsigned) atoi(argv[1]));
  if (listener < 0)
    return fputs("usage: responder /PATH-OF-SOCKET|PORT BODY-BYTES\n", stderr), 2;
  make_answer(strtoul(argv[2], NULL, 10));
  epoll_ctl(ep, EPOLL_CTL_ADD, listener, &listening);
  for (;;)
    for (n = epoll_wait(ep, events, 256, -1), i = 0; i < n; i++)
      if (events[i].data.ptr)
        serve(events[i].data.ptr);
      else
        welcome(ep, listener);
}
