/* parts.h: what process.c, start.c and stop.c share: a client's processes, and one of them. */
#ifndef FCL__WIN32_PARTS_H
#define FCL__WIN32_PARTS_H
#include "base/list.h"
#include "platform/process.h"
#include "platform/win32/endpoint.h"
#include <stdatomic.h>

struct fcl__processes {
  uv_loop_t *loop;
  fcl__memory memory;
  const char *guardian;
  const fcl__process_events *events;
  fcl__list list; /* processes that are not freed */
  unsigned closing_timers;
  uv_async_t news; /* of one that was started, or has ended; its close callback is the last */
  int is_closing, is_closed;
  void (*closed)(void *user);
  void *user;
};

typedef enum fcl__process_state {
  FCL__ORDERED, /* it runs, and `started` was not reported yet */
  FCL__STARTED,
  FCL__ENDED /* `exited` was reported */
} fcl__process_state;

struct fcl__process {
  fcl__list link;
  fcl__processes *all;
  void *owner;
  long pid;
  fcl__process_state state;
  HANDLE process, job, leave; /* the event that asks it to leave */
  HANDLE wait;                /* for its end, in a thread of the system's */
  atomic_int has_ended;
  fcl__endpoint endpoint;
  uv_timer_t knocker;
  unsigned knock_ms; /* until the next knock; 0: it was not asked to leave */
};

/* stop.c: the program is not there, or not any more. */
void fcl__process_let_go(fcl__process *p);
#endif
