/* wire_send_win32.c: what goes out at once, and what is queued, in writes of a bounded size.

   The system says nothing of a write before all of it was taken: in one large write an application
   that takes it slowly would look like one that takes nothing.

   A named pipe takes nothing at once: libuv has no such call.  So a block of ours is to it what the
   kernel's buffer is to a socket: what was copied there has gone, for all that its owner need know.
   Else an answer could come before we hear that the request has gone, and its connection would not
   be kept. */
#include "transport/wire.h"
#include <string.h>

#define MOST (4 * FCL__BLOCK_SIZE) /* of a write */

static int is_pipe(const fcl__wire *w) {
  return w->uv.handle.type == UV_NAMED_PIPE;
}

static void on_taken(uv_write_t *request, int status);

/* Hands the block to the system, with so much in it. */
static int send_block(fcl__wire *w, char *block, size_t len) {
  uv_buf_t buf = uv_buf_init(block, (unsigned) len);
  int status;
  w->request.write.data = w;
  status = uv_write(&w->request.write, &w->uv.stream, &buf, 1, on_taken);
  if (status == 0)
    w->sending = block;
  else
    fcl__block_give(w->blocks, block);
  return status;
}

/* The next of what waits. */
static int send_rest(fcl__wire *w) {
  size_t len = w->rest.len < FCL__BLOCK_SIZE ? w->rest.len : FCL__BLOCK_SIZE;
  char *block = w->sending;
  w->sending = NULL;
  memcpy(block, w->rest.base, len);
  w->rest.base += len;
  w->rest.len -= len;
  return send_block(w, block, len);
}

static void let_go(fcl__wire *w) {
  fcl__block_give(w->blocks, w->sending);
  w->sending = NULL;
}

static void on_taken(uv_write_t *request, int status) {
  fcl__wire *w = request->data;
  if (status == 0 && !w->is_closing && w->rest.len > 0) {
    status = send_rest(w);
    if (status == 0 && w->rest.len > 0)
      return;
  } else {
    let_go(w);
  }
  if (w->writing > 0 && w->is_closing)
    fcl__wire_sent(w, UV_ECANCELED);
  else if (w->writing > 0 || (status != 0 && !w->is_closing))
    fcl__wire_sent(w, status);
}

ssize_t fcl__wire_put(fcl__wire *w, const uv_buf_t *bufs, unsigned count) {
  char *block;
  size_t len = 0, n;
  unsigned i;
  int status;
  if (!is_pipe(w))
    return uv_try_write(&w->uv.stream, bufs, count);
  block = w->sending ? NULL : fcl__block_take(w->blocks);
  if (block == NULL)
    return UV_EAGAIN;
  for (i = 0; i < count && len < FCL__BLOCK_SIZE; i++, len += n) {
    n = bufs[i].len < FCL__BLOCK_SIZE - len ? bufs[i].len : FCL__BLOCK_SIZE - len;
    memcpy(block + len, bufs[i].base, n);
  }
  status = send_block(w, block, len);
  return status == 0 ? (ssize_t) len : status;
}

/* How many of them make a write. */
static unsigned fitting(const uv_buf_t *bufs, unsigned count) {
  size_t len = bufs[0].len;
  unsigned n = 1;
  while (n < count && len + bufs[n].len <= MOST)
    len += bufs[n++].len;
  return n;
}

int fcl__wire_send(fcl__wire *w, const uv_buf_t *bufs, unsigned count, uv_write_cb done) {
  uv_buf_t first = uv_buf_init(bufs[0].base, bufs[0].len < MOST ? bufs[0].len : MOST);
  unsigned i, n = is_pipe(w) || bufs[0].len > MOST ? 1 : fitting(bufs, count);
  int status = 0;
  if (w->sending) {
    w->rest.base = first.base;
    w->rest.len = first.len;
  } else { /* without memory for a block, a pipe takes what is lent */
    status = uv_write(&w->request.write, &w->uv.stream, n == 1 ? &first : bufs, n, done);
  }
  for (i = 0; i < n && status == 0; i++)
    w->writing += n == 1 ? first.len : bufs[i].len;
  return status;
}
