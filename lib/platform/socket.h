/* socket.h: the few things about sockets that libuv cannot do or does differently on every system.
 */
#ifndef FCL__SOCKET_H
#define FCL__SOCKET_H
#include <uv.h>

/* A non-blocking stream socket connected to a Unix socket, or a negative uv error: UV_EAGAIN while
   its backlog is full. `path` starting with '@' is a Linux abstract name.  UV_ENAMETOOLONG when it
   does not fit; UV_ENOTSUP where there are none (Windows). */
int fcl__socket_connect_unix(const char *path);
/* Closes what libuv has not taken. */
void fcl__socket_close(int fd, int is_tcp);
/* Of a uv_tcp_t or uv_pipe_t, as uv_fileno tells: 1 while the peer has neither closed the
 * connection nor sent anything that was not read. */
int fcl__socket_is_quiet(uv_os_fd_t fd);
/* A TCP connection whose other host acknowledges nothing for so long breaks, as far as the system
   can see to that; also while nothing is to be sent. */
void fcl__socket_watch(uv_os_fd_t fd, unsigned ms);
/* Ends the connection both ways, but keeps what has come: reading finds the end behind that. */
void fcl__socket_hang_up(uv_os_fd_t fd);
#endif
