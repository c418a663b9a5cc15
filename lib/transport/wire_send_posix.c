/* wire_send_posix.c: queued slices go out as they are. */
#include "transport/wire.h"

int fcl__wire_send(fcl__wire *w, const uv_buf_t *bufs, unsigned count, uv_write_cb done) {
  unsigned i;
  int status = uv_write(&w->request.write, &w->uv.stream, bufs, count, done);
  for (i = 0; i < count && status == 0; i++)
    w->writing += bufs[i].len;
  return status;
}
