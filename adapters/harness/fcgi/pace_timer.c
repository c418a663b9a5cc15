/* pace_timer.c: alarms by libuv's timers, to a millisecond: where there is nothing better. */
#include "pace.h"
#include <string.h>

static void on_timer(uv_timer_t *timer) {
  fcgi_pace *p = timer->data;
  p->on_due(p);
}

int fcgi_pace_init(fcgi_pace *p, uv_loop_t *loop, void (*on_due)(fcgi_pace *p), void *user) {
  memset(p, 0, sizeof *p);
  p->on_due = on_due;
  p->user = user;
  p->handle.timer.data = p;
  return uv_timer_init(loop, &p->handle.timer);
}

void fcgi_pace_set(fcgi_pace *p, uint64_t at_ns) {
  uint64_t now = uv_hrtime();
  uint64_t ms = at_ns > now ? (at_ns - now + 999999) / 1000000 : 0;
  uv_update_time(p->handle.timer.loop);
  uv_timer_start(&p->handle.timer, on_timer, ms, 0);
}

void fcgi_pace_close(fcgi_pace *p) {
  uv_close((uv_handle_t *) &p->handle.timer, NULL);
}
