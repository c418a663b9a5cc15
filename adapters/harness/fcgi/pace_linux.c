/* pace_linux.c: alarms by timerfd: libuv's timers wake up to a millisecond late, which would be
   most of many a latency.  uv_hrtime is CLOCK_MONOTONIC. */
#include "pace.h"
#include <errno.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

static void on_readable(uv_poll_t *poll, int status, int events) {
  fcgi_pace *p = poll->data;
  uint64_t times;
  if (read(p->fd, &times, sizeof times) == (ssize_t) sizeof times)
    p->on_due(p);
}

int fcgi_pace_init(fcgi_pace *p, uv_loop_t *loop, void (*on_due)(fcgi_pace *p), void *user) {
  memset(p, 0, sizeof *p);
  p->on_due = on_due;
  p->user = user;
  p->fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  if (p->fd < 0)
    return uv_translate_sys_error(errno);
  uv_poll_init(loop, &p->handle.poll, p->fd);
  p->handle.poll.data = p;
  return uv_poll_start(&p->handle.poll, UV_READABLE, on_readable);
}

void fcgi_pace_set(fcgi_pace *p, uint64_t at_ns) {
  struct itimerspec when;
  memset(&when, 0, sizeof when);
  when.it_value.tv_sec = (time_t) (at_ns / 1000000000);
  when.it_value.tv_nsec = (long) (at_ns % 1000000000);
  timerfd_settime(p->fd, TFD_TIMER_ABSTIME, &when, NULL);
}

static void on_closed(uv_handle_t *handle) {
  fcgi_pace *p = handle->data;
  close(p->fd);
}

void fcgi_pace_close(fcgi_pace *p) {
  uv_close((uv_handle_t *) &p->handle.poll, on_closed);
}
