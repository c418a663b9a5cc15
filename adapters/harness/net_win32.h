/* net_win32.h: waiting for sockets, whose handles are numbers that fit, and for named pipes. */
#ifndef FCL_HARNESS_NET_WIN32_H
#define FCL_HARNESS_NET_WIN32_H
#include <stdint.h>

typedef struct fcl__polled {
  int fd;
  short events, revents;
} fcl__polled;
#define FCL__IN   1
#define FCL__OUT  2
#define FCL__OVER 4

/* What a program inherits of a descriptor that listens. */
intptr_t fcl__net_handle(int fd);
/* As fcl__net_accept, for another process: a handle, which fcl__net_adopt there makes a connection
   of. -1: nobody came. */
intptr_t fcl__net_take(int listener);
int fcl__net_adopt(intptr_t handle, int is_pipe);
int fcl__net_is_pipe(int fd);
#endif
