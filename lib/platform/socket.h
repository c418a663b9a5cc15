/* socket.h: the few things about sockets that libuv cannot do or does differently on every system.
 */
#ifndef FCL__SOCKET_H
#define FCL__SOCKET_H

/* A non-blocking stream socket connected to a Unix socket, or a negative errno: -EAGAIN while its
   backlog is full. `path` starting with '@' is a Linux abstract name.  -ENAMETOOLONG when it does
   not fit. */
int fcl__socket_connect_unix(const char *path);
/* 1 while the peer has neither closed the connection nor sent anything that was not read. */
int fcl__socket_is_quiet(int fd);
/* A TCP connection whose other host acknowledges nothing for so long breaks, as far as the system
   can see to that; also while nothing is to be sent. */
void fcl__socket_watch(int fd, unsigned ms);
/* Ends the connection both ways, but keeps what has come: reading finds the end behind that. */
void fcl__socket_hang_up(int fd);
#endif
