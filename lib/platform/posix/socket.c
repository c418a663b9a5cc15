/* socket.c: Unix sockets beyond libuv: abstract names, connecting without a thread. */
#include "platform/socket.h"
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Fills in the address; returns its length, or 0 when the name does not fit. */
static socklen_t fill_address(struct sockaddr_un *address, const char *path) {
  size_t len = strlen(path);
  int is_abstract = path[0] == '@';
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  if (len == 0 || len >= sizeof address->sun_path)
    return 0;
  memcpy(address->sun_path, path, len);
  if (is_abstract) /* the name is its bytes, without a NUL at the end */
    address->sun_path[0] = 0;
  return (socklen_t) (offsetof(struct sockaddr_un, sun_path) + len + (is_abstract ? 0 : 1));
}

static int nonblocking_socket(void) {
#ifdef SOCK_CLOEXEC
  return socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
#else
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  if (fd >= 0) {
    fcntl(fd, F_SETFL, O_NONBLOCK);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
  }
  return fd;
#endif
}

int fcl__socket_connect_unix(const char *path) {
  struct sockaddr_un address;
  socklen_t len = fill_address(&address, path);
  int fd, status;
  if (len == 0)
    return -ENAMETOOLONG;
  fd = nonblocking_socket();
  if (fd < 0)
    return -errno;
  if (connect(fd, (struct sockaddr *) &address, len) == 0)
    return fd;
  status = -errno;
  close(fd);
  return status;
}

void fcl__socket_close(int fd, int is_tcp) {
  close(fd);
}

void fcl__socket_hang_up(uv_os_fd_t fd) {
  shutdown(fd, SHUT_RDWR);
}

int fcl__socket_is_quiet(uv_os_fd_t fd) {
  char byte;
  return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
         (errno == EAGAIN || errno == EWOULDBLOCK);
}

static void set(int fd, int option, int value) {
  setsockopt(fd, IPPROTO_TCP, option, &value, sizeof value);
}

/* The first question is asked when half of the time is over, others follow; on Linux the whole time
   counts for what was sent, too. */
void fcl__socket_watch(uv_os_fd_t fd, unsigned ms) {
  int on = 1, half = ms > 2000 ? (int) (ms / 2000) : 1, fourth = ms > 4000 ? (int) (ms / 4000) : 1;
  if (setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on) != 0)
    return;
#ifdef TCP_KEEPIDLE
  set(fd, TCP_KEEPIDLE, half);
#endif
#ifdef TCP_KEEPINTVL
  set(fd, TCP_KEEPINTVL, fourth);
  set(fd, TCP_KEEPCNT, 2);
#endif
#ifdef TCP_USER_TIMEOUT
  set(fd, TCP_USER_TIMEOUT, (int) ms);
#endif
}
