/* stop.c: the ways a program is made to leave: asked by its event and a knock at its endpoint, or
   ended with all its descendants. */
#include "platform/impersonation.h"
#include "platform/win32/job.h"
#include "platform/win32/parts.h"

#define KNOCK_MS     20 /* until a program that has just let go of a connection waits for the next */
#define KNOCK_MS_MAX 1000

/* Also what it has started and left behind. */
static void end_all(fcl__process *p) {
  if (p->job)
    TerminateJobObject(p->job, FCL__ENDED_BY_FORCE);
}

/* Who knocks is we, and not whom the host's thread acts as. */
static void knock(const fcl__process *p) {
  fcl__impersonation i;
  if (fcl__impersonation_begin(&i, NULL, NULL, NULL, NULL) != FCL_OK)
    return;
  fcl__endpoint_knock(&p->endpoint);
  fcl__impersonation_end(&i);
}

/* PHP sits in its wait for a connection and does not see the event; where its pipe is busy it is
   seen to as soon as that is over. */
static void on_knock(uv_timer_t *timer) {
  fcl__process *p = timer->data;
  knock(p);
  p->knock_ms = p->knock_ms * 2 < KNOCK_MS_MAX ? p->knock_ms * 2 : KNOCK_MS_MAX;
  uv_timer_start(timer, on_knock, p->knock_ms, 0);
}

static void ask(fcl__process *p) {
  if (p->knock_ms > 0)
    return;
  SetEvent(p->leave);
  p->knock_ms = KNOCK_MS;
  knock(p);
  uv_timer_start(&p->knocker, on_knock, p->knock_ms, 0);
}

void fcl__process_stop(fcl__process *p, int force) {
  if (p->state == FCL__ENDED)
    return;
  if (force)
    end_all(p);
  else
    ask(p);
}

static void close_handle(HANDLE *h) {
  if (*h)
    CloseHandle(*h);
  *h = NULL;
}

/* The wait ends before its memory does: its callback may be on its way. */
void fcl__process_let_go(fcl__process *p) {
  if (p->wait)
    UnregisterWaitEx(p->wait, INVALID_HANDLE_VALUE);
  p->wait = NULL;
  end_all(p);
  close_handle(&p->job);
  close_handle(&p->process);
  close_handle(&p->leave);
}
