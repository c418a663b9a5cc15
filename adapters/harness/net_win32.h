/* net_win32.h: waiting for sockets, whose handles are numbers that fit. */
#ifndef FCL_HARNESS_NET_WIN32_H
#define FCL_HARNESS_NET_WIN32_H

typedef struct fcl__polled {
  int fd;
  short events, revents;
} fcl__polled;
#define FCL__IN   1
#define FCL__OUT  2
#define FCL__OVER 4
#endif
