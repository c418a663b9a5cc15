/* net.h: listening sockets and connections, and waiting for them; the same for every system.  A
   connection never waits in a call, but for those of fcl__dial. */
#ifndef FCL_HARNESS_NET_H
#define FCL_HARNESS_NET_H
#include "address.h"
#include <stddef.h>
#ifdef _WIN32
#include "net_win32.h"
#else
#include "net_posix.h"
#endif

/* As poll(): FCL__IN, FCL__OUT, and in `revents` FCL__OVER too: what it is about has ended.  -1 as
   descriptor is passed over. */
int fcl__net_poll(fcl__polled *polled, size_t count, int ms);

/* ---- Descriptors; -1 with errno where there is none.  All are closed by exec. ---- */

int fcl__net_listen(const fcl__address *a, int backlog); /* accepting does not wait */
int fcl__net_accept(int listener);
int fcl__net_connect(const fcl__address *a); /* may be underway */
int fcl__net_dial(const fcl__address *a);    /* connected; its calls wait */
int fcl__net_failed(int fd);                 /* errno of one that was underway; 0: none */
int fcl__net_pair(int fds[2]);               /* two ends of one connection; 0, or -1 */
void fcl__net_close(int fd);                 /* -1 is harmless */
void fcl__net_reset(int fd);                 /* closes it, by RST where there is such a thing */
void fcl__net_say_end(int fd);               /* no more will be sent */
void fcl__net_break(int fd);                 /* both ends of it, and whoever waits, learn the end */
void fcl__net_no_delay(int fd);
void fcl__net_wait(int fd, int is_waiting); /* from here on its calls wait, or do not */

/* As recv and send; -1 with errno, without any signal. */
ptrdiff_t fcl__net_receive(int fd, void *bytes, size_t len);
ptrdiff_t fcl__net_send(int fd, const void *bytes, size_t len);
int fcl__net_is_again(int error);    /* of these two: nothing is wrong, but not now */
const char *fcl__net_why(int error); /* as strerror */

/* Its address as a text, with the port that it got.  0: none is known. */
int fcl__net_name(int fd, char *out, size_t cap);

/* A pair of which one end is waited for, and the other wakes. */
void fcl__net_wake(const int pair[2]);

/* 1 when the peer has read all that was sent to it, 0 when not, -1 when this system cannot tell.
   `since`: when the last of it was sent; where the system cannot tell, but hardly anything takes
   longer, that is an answer too. */
int fcl__queue_is_empty(int fd, uint64_t since);
#endif
