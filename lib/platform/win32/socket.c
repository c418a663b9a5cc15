/* socket.c: socket.h for Windows, of sockets and of named pipes. */
#include "platform/socket.h"
#include <io.h>
#include <winsock2.h>
#include <mstcpip.h>
#include <windows.h>

int fcl__socket_connect_unix(const char *path) {
  return UV_ENOTSUP;
}

void fcl__socket_close(int fd, int is_tcp) {
  if (is_tcp)
    closesocket((SOCKET) fd);
  else
    _close(fd);
}

static int is_pipe(HANDLE h) {
  return GetNamedPipeInfo(h, NULL, NULL, NULL, NULL) != 0;
}

int fcl__socket_is_quiet(uv_os_fd_t fd) {
  char byte;
  DWORD unread;
  if (is_pipe(fd))
    return PeekNamedPipe(fd, NULL, 0, NULL, &unread, NULL) && unread == 0;
  return recv((SOCKET) fd, &byte, 1, MSG_PEEK) < 0 && WSAGetLastError() == WSAEWOULDBLOCK;
}

/* The first question is asked when half of the time is over, ten follow: the system fixes that
 * number. */
void fcl__socket_watch(uv_os_fd_t fd, unsigned ms) {
  struct tcp_keepalive k = {1, ms / 2 > 0 ? ms / 2 : 1, ms / 20 > 0 ? ms / 20 : 1};
  DWORD none;
  WSAIoctl((SOCKET) fd, SIO_KEEPALIVE_VALS, &k, sizeof k, NULL, 0, &none, NULL, NULL);
}

/* A pipe has no half that could be closed: what is under way ends, and reading finds that. */
void fcl__socket_hang_up(uv_os_fd_t fd) {
  if (is_pipe(fd))
    CancelIoEx(fd, NULL);
  else
    shutdown((SOCKET) fd, SD_BOTH);
}
