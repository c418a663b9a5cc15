/* net_posix.h: waiting for descriptors, by POSIX. */
#ifndef FCL_HARNESS_NET_POSIX_H
#define FCL_HARNESS_NET_POSIX_H
#include <poll.h>

typedef struct pollfd fcl__polled;
#define FCL__IN   POLLIN
#define FCL__OUT  POLLOUT
#define FCL__OVER (POLLHUP | POLLERR)
#endif
