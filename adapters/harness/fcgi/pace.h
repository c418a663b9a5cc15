/* pace.h: an alarm in the loop, as exact as the system has it: for requests that are due at a
 * moment. */
#ifndef FCGI_PACE_H
#define FCGI_PACE_H
#include <stdint.h>
#include <uv.h>

typedef struct fcgi_pace {
  union {
    uv_timer_t timer; /* pace_timer.c */
    uv_poll_t poll;   /* pace_linux.c */
  } handle;
  int fd;
  void (*on_due)(struct fcgi_pace *p);
  void *user;
} fcgi_pace;

/* Returns 0, or an error of libuv. */
int fcgi_pace_init(fcgi_pace *p, uv_loop_t *loop, void (*on_due)(fcgi_pace *p), void *user);
/* on_due follows, once, when uv_hrtime() is `at_ns` or later; in place of an earlier call. */
void fcgi_pace_set(fcgi_pace *p, uint64_t at_ns);
void fcgi_pace_close(fcgi_pace *p);

#endif
