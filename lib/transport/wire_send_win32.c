/* wire_send_win32.c: queued slices go out in writes of a bounded size; on a named pipe one at a
   time, or gathered.

   The system says nothing of a write before all of it was taken: in one large write an application
   that takes it slowly would look like one that takes nothing.

   A pipe takes one piece of memory a write.  libuv would gather several in memory of its own, which
   it loses when the write fails at once: so small ones are gathered here, in a block. */
#include "transport/wire.h"
#include <string.h>

#define MOST  (4 * FCL__BLOCK_SIZE) /* of a write */
#define SMALL (FCL__BLOCK_SIZE / 4) /* larger ones are worth a write of their own */

static uv_buf_t gather(char *block, const uv_buf_t *bufs, unsigned count) {
  size_t len = 0, n;
  unsigned i;
  for (i = 0; i < count && len < FCL__BLOCK_SIZE; i++, len += n) {
    n = bufs[i].len < FCL__BLOCK_SIZE - len ? bufs[i].len : FCL__BLOCK_SIZE - len;
    memcpy(block + len, bufs[i].base, n);
  }
  return uv_buf_init(block, (unsigned) len);
}

/* How many of them make a write. */
static unsigned fitting(const uv_buf_t *bufs, unsigned count) {
  size_t len = bufs[0].len;
  unsigned n = 1;
  while (n < count && len + bufs[n].len <= MOST)
    len += bufs[n++].len;
  return n;
}

static int put_out(fcl__wire *w, const uv_buf_t *bufs, unsigned count, uv_write_cb done) {
  unsigned i;
  int status = uv_write(&w->request.write, &w->uv.stream, bufs, count, done);
  for (i = 0; i < count && status == 0; i++)
    w->writing += bufs[i].len;
  return status;
}

int fcl__wire_send(fcl__wire *w, const uv_buf_t *bufs, unsigned count, uv_write_cb done) {
  uv_buf_t all;
  int status;
  if (bufs[0].len > MOST) {
    all = uv_buf_init(bufs[0].base, MOST);
    return put_out(w, &all, 1, done);
  }
  if (w->uv.handle.type != UV_NAMED_PIPE)
    return put_out(w, bufs, fitting(bufs, count), done);
  if (count > 1 && bufs[0].len <= SMALL)
    w->sending = fcl__block_take(w->blocks);
  if (w->sending == NULL) /* without memory it takes a write more */
    return put_out(w, bufs, 1, done);
  all = gather(w->sending, bufs, count);
  status = put_out(w, &all, 1, done);
  if (status == 0)
    return 0;
  fcl__block_give(w->blocks, w->sending);
  w->sending = NULL;
  return status;
}
