/* wire.c: uv_pipe_t and uv_tcp_t as one stream of bytes. */
#include "transport/wire.h"
#include "platform/local.h"
#include "platform/socket.h"

#define WIRE(handle_or_request) ((fcl__wire *) (handle_or_request)->data)

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf) {
  char *block = fcl__block_take(WIRE(handle)->blocks);
  *buf = uv_buf_init(block, block ? FCL__BLOCK_SIZE : 0);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf) {
  fcl__wire *w = WIRE(stream);
  fcl__blocks *blocks = w->blocks;
  if (n <= 0 || !w->events->came(w, buf->base, (size_t) n))
    fcl__block_give(blocks, buf->base);
  if (n < 0) /* Windows: an application that disconnects its pipe ends it as one that closes it */
    w->events->ended(w, n == UV_EPIPE ? UV_EOF : (int) n);
}

static void on_closed(uv_handle_t *handle) {
  fcl__wire *w = WIRE(handle);
  w->has_handle = 0;
  w->events->closed(w);
}

static void watch_host(fcl__wire *w) {
  uv_os_fd_t fd;
  if (w->lost_ms > 0 && uv_fileno(&w->uv.handle, &fd) == 0)
    fcl__socket_watch(fd, w->lost_ms);
}

static void on_connect(uv_connect_t *request, int status) {
  fcl__wire *w = WIRE(request);
  if (status == 0) {
    w->is_open = 1;
    uv_tcp_nodelay(&w->uv.tcp, 1);
    watch_host(w);
  }
  if (!w->is_closing)
    w->events->opened(w, status);
}

static int connect_ip(fcl__wire *w, uv_loop_t *loop, const struct sockaddr *to) {
  int status = uv_tcp_init(loop, &w->uv.tcp);
  if (status != 0)
    return status;
  w->has_handle = 1;
  uv_unref(&w->uv.handle); /* requests keep a loop running, connections do not */
  w->uv.handle.data = w->request.connect.data = w;
  return uv_tcp_connect(&w->request.connect, &w->uv.tcp, to, on_connect);
}

static int open_handle(fcl__wire *w, uv_loop_t *loop, int fd, int is_tcp) {
  if (is_tcp) {
    uv_tcp_init(loop, &w->uv.tcp);
    return uv_tcp_open(&w->uv.tcp, (uv_os_sock_t) fd);
  }
  uv_pipe_init(loop, &w->uv.pipe, 0);
  return uv_pipe_open(&w->uv.pipe, fd);
}

int fcl__wire_adopt(fcl__wire *w, uv_loop_t *loop, int fd, int is_tcp, fcl__blocks *blocks,
                    const fcl__wire_events *events) {
  int status = open_handle(w, loop, fd, is_tcp);
  w->events = events;
  w->blocks = blocks;
  w->uv.handle.data = w;
  w->has_handle = 1;
  uv_unref(&w->uv.handle);
  if (status != 0) {
    fcl__socket_close(fd, is_tcp);
    return status;
  }
  w->is_open = 1;
  return 1;
}

int fcl__wire_connect(fcl__wire *w, uv_loop_t *loop, const fcl__address *to, fcl__blocks *blocks,
                      const fcl__wire_events *events) {
  int fd;
  w->events = events;
  w->blocks = blocks;
  w->lost_ms = to->lost_ms;
  switch (to->kind) {
  case FCL__ADDRESS_LOCAL:
    fd = fcl__local_connect(to->path);
    return fd < 0 ? fd : fcl__wire_adopt(w, loop, fd, 0, blocks, events);
  case FCL__ADDRESS_IP:
    return connect_ip(w, loop, (const struct sockaddr *) &to->ip);
  case FCL__ADDRESS_NAME: /* whoever connects has resolved it */
    break;
  }
  return UV_EINVAL;
}

int fcl__wire_read(fcl__wire *w) {
  int status;
  if (w->is_reading || w->is_closing)
    return 0;
  status = uv_read_start(&w->uv.stream, on_alloc, on_read);
  w->is_reading = status == 0;
  return status;
}

void fcl__wire_pause(fcl__wire *w) {
  if (w->is_reading && !w->is_closing)
    uv_read_stop(&w->uv.stream);
  w->is_reading = 0;
}

int fcl__wire_is_quiet(const fcl__wire *w) {
  uv_os_fd_t fd;
  return uv_fileno(&w->uv.handle, &fd) == 0 && fcl__socket_is_quiet(fd);
}

void fcl__wire_sent(fcl__wire *w, int status) {
  size_t len = w->writing;
  w->writing = 0;
  w->rest.len = 0;
  w->events->written(w, len, status);
}

static void on_written(uv_write_t *request, int status) {
  fcl__wire_sent(WIRE(request), status);
}

/* Queues what is left of the first few slices behind the first `gone` bytes. */
static int queue_rest(fcl__wire *w, const fcl_slice *vecs, size_t count, size_t gone) {
  uv_buf_t bufs[FCL__WIRE_VECS];
  unsigned used = 0;
  size_t i;
  for (i = 0; i < count && used < FCL__WIRE_VECS; i++) {
    size_t skip = gone < vecs[i].len ? gone : vecs[i].len;
    gone -= skip;
    if (skip == vecs[i].len)
      continue;
    bufs[used++] = uv_buf_init((char *) vecs[i].base + skip, (unsigned) (vecs[i].len - skip));
  }
  w->request.write.data = w;
  return fcl__wire_send(w, bufs, used, on_written);
}

ssize_t fcl__wire_try(fcl__wire *w, const fcl_slice *vecs, size_t count) {
  uv_buf_t bufs[FCL__WIRE_TRIES];
  size_t i;
  ssize_t n;
  if (count > FCL__WIRE_TRIES)
    count = FCL__WIRE_TRIES;
  for (i = 0; i < count; i++)
    bufs[i] = uv_buf_init((char *) vecs[i].base, (unsigned) vecs[i].len);
  n = fcl__wire_put(w, bufs, (unsigned) count);
  return n == UV_EAGAIN ? 0 : n;
}

int fcl__wire_queue(fcl__wire *w, fcl_slice vec) {
  return queue_rest(w, &vec, 1, 0);
}

ssize_t fcl__wire_write(fcl__wire *w, const fcl_slice *vecs, size_t count) {
  size_t i, all = 0;
  ssize_t n = fcl__wire_try(w, vecs, count);
  int status;
  for (i = 0; i < count && i < FCL__WIRE_TRIES; i++)
    all += vecs[i].len;
  if (n < 0 || (size_t) n == all)
    return n;
  status = queue_rest(w, vecs, count, (size_t) n);
  return status != 0 ? status : n;
}

/* What a write says of a peer that has gone.  Windows: UV_EOF where the other end of a pipe was
   closed, UV_EPIPE where it was disconnected. */
static int is_hung_up(int status) {
  return status == UV_EPIPE || status == UV_ECONNRESET || status == UV_ECONNABORTED ||
         status == UV_EOF;
}

void fcl__wire_has_failed(fcl__wire *w, int status) {
  uv_os_fd_t fd;
  if (is_hung_up(status) || status == UV_ECANCELED || w->failure)
    return;
  w->failure = status;
  if (uv_fileno(&w->uv.handle, &fd) == 0)
    fcl__socket_hang_up(fd);
}

void fcl__wire_close(fcl__wire *w) {
  w->is_closing = 1;
  w->is_reading = 0;
  uv_close(&w->uv.handle, on_closed);
}
