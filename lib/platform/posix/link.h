/* link.h: the host's end of one guardian: starts it, sends it orders, hears its reports, notices
   and clears away its death. On the loop's thread. */
#ifndef FCL__LINK_H
#define FCL__LINK_H
#include "platform/posix/parcel.h"
#include <uv.h>

typedef struct fcl__link fcl__link;

/* From the loop, never from inside a call.  `broken` may come before `gone`, reports never after
   it; `gone` once; then `closed`, with which the memory goes. */
typedef struct fcl__link_events {
  void (*report)(void *owner, fcl__link *link, const fcl__report *report);
  void (*broken)(void *owner, fcl__link *link); /* it does not guard any more: be quick */
  void (*gone)(void *owner, fcl__link *link, const char *how); /* how: "was ended by signal 9" */
  void (*closed)(void *owner, fcl__link *link);
} fcl__link_events;

struct fcl__link {
  fcl__list link; /* the owner's */
  void *owner;
  const fcl__link_events *events;
  const fcl__memory *memory;
  uv_poll_t poll;
  uv_timer_t again; /* runs while an order could not be sent, and not because the socket was full */
  uv_timer_t timer; /* dying: looks again whether it is dead; else: the end of our patience */
  int fd;
  long pid;
  enum { FCL__LINK_UP, FCL__LINK_LEAVING, FCL__LINK_BROKEN, FCL__LINK_GONE } state;
  unsigned waited; /* times that its death was looked for */
  unsigned refusals; /* of an order, one behind the other */
  int open_handles;
  int is_ready, was_silent; /* it has said its first word; it has not, for too long */
  uint32_t version;         /* that it speaks; 0: not known yet */
  fcl__list unsent;         /* parcels */
  fcl__parcel *leave;
  size_t in_len;
  uint8_t in[32 * FCL__REPORT_SIZE];
};

/* Starts the program at `path` as a guardian and greets it. */
fcl_code fcl__link_open(fcl__link **out, uv_loop_t *loop, const fcl__memory *memory,
                        const char *path, const fcl__link_events *events, void *owner,
                        fcl_error *e);
/* 1: as far as can be told now, there is somebody at the other end. */
int fcl__link_alive(const fcl__link *l);
/* Sends the order now, or later; its descriptors too: the second is closed then, the first must
   stay open until a report about the order has come, or the link is broken.  The parcel is the
   link's.  Where it cannot be sent for 2 s, the guardian is given up. */
void fcl__link_post(fcl__link *l, fcl__parcel *p);
/* Tells the guardian to end everything and leave, and waits for that (the loop runs on until then).
   If it takes longer than 3 s, it is killed. */
void fcl__link_leave(fcl__link *l);
#endif
