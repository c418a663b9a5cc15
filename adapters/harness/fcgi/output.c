/* output.c: writes to stdout as fast as its reader takes it.  The descriptor is shared with the
   shell and others, so that it is not made non-blocking: the system tells when a piece fits. */
#include "output.h"
#include "system.h"
#include <errno.h>
#include <limits.h>
#include <string.h>

enum { STDOUT = 1, PIECE = 4096 };     /* what a pipe that may be written to takes (PIPE_BUF) */
enum { MOMENT_MS = 5, AGAIN_MS = 10 }; /* waited for at once; looked at again */

void fcgi_output_init(fcgi_output *o, uv_loop_t *loop, void (*on_drained)(fcgi_output *o),
                      void *user) {
  int64_t size, modified;
  memset(o, 0, sizeof *o);
  uv_timer_init(loop, &o->again);
  o->again.data = o;
  o->fd = STDOUT;
  o->is_file = system_facts(o->fd, &size, &modified) == 1;
  o->on_drained = on_drained;
  o->user = user;
}

/* Returns how much is written: less than `len` when the reader takes longer than `wait_ms`, or
   after an error. */
static size_t write_some(fcgi_output *o, const char *data, size_t len, int wait_ms) {
  size_t done = 0;
  while (done < len && !o->error) {
    size_t piece = o->is_file || len - done < PIECE ? len - done : PIECE;
    ptrdiff_t n;
    if (!o->is_file && !system_may_write(o->fd, wait_ms))
      break;
    n = system_write(o->fd, data + done, piece);
    if (n > 0)
      done += (size_t) n;
    else if (n < 0 && errno != EAGAIN)
      o->error = errno;
  }
  return done;
}

static void on_again(uv_timer_t *timer) {
  fcgi_output *o = timer->data;
  size_t n = write_some(o, o->left, o->left_len, MOMENT_MS);
  o->left += n;
  o->left_len -= n;
  if (o->left_len > 0 && !o->error)
    return;
  uv_timer_stop(timer);
  o->on_drained(o);
}

int fcgi_output_write(fcgi_output *o, const char *data, size_t len) {
  size_t n = write_some(o, data, len, MOMENT_MS);
  if (n == len || o->error)
    return 1;
  o->left = data + n;
  o->left_len = len - n;
  uv_timer_start(&o->again, on_again, AGAIN_MS, AGAIN_MS);
  return 0;
}

void fcgi_output_put(fcgi_output *o, const char *data, size_t len) {
  write_some(o, data, len, -1);
}

void fcgi_output_close(fcgi_output *o) {
  uv_close((uv_handle_t *) &o->again, NULL);
}
