/* wire_send_posix.c: the kernel's buffer takes what it has room for; what is queued goes out as it
 * is. */
#include "transport/wire.h"

ssize_t fcl__wire_put(fcl__wire *w, const uv_buf_t *bufs, unsigned count) {
  return uv_try_write(&w->uv.stream, bufs, count);
}

int fcl__wire_send(fcl__wire *w, const uv_buf_t *bufs, unsigned count, uv_write_cb done) {
  unsigned i;
  int status = uv_write(&w->request.write, &w->uv.stream, bufs, count, done);
  for (i = 0; i < count && status == 0; i++)
    w->writing += bufs[i].len;
  return status;
}
