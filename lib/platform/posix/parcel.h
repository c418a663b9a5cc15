/* parcel.h: an order on its way to the guardian: all memory is taken when it is made, so that
 * sending cannot fail for it. */
#ifndef FCL__PARCEL_H
#define FCL__PARCEL_H
#include "base/error.h"
#include "base/list.h"
#include "base/memory.h"
#include "platform/posix/order.h"

typedef struct fcl__parcel {
  fcl__list link; /* the sender's queue */
  int fds[2];     /* to go with the first byte; -1: none, or sent */
  size_t len, sent;
  uint8_t bytes[];
} fcl__parcel;

fcl_code fcl__parcel_make(fcl__parcel **out, const fcl__memory *memory, const fcl__order *o,
                          fcl_error *e);
/* Also takes it out of its queue and closes the second descriptor; NULL is harmless. */
void fcl__parcel_free(fcl__parcel *p, const fcl__memory *memory);
/* 0: all of it is out; EAGAIN, or another errno.  Closes the second descriptor when that is sent.
 */
int fcl__parcel_send(fcl__parcel *p, int fd);
#endif
