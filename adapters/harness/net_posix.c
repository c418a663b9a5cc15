/* net_posix.c: sockets by POSIX: over TCP, and Unix sockets. */
#include "net.h"
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

_Static_assert(sizeof(struct sockaddr_storage) <= sizeof((fcl__address *) 0)->at,
               "an address has room for each that the system has");

/* ---- Addresses ---- */

static struct sockaddr *address_of(const fcl__address *a) {
  return (struct sockaddr *) (uintptr_t) a->at;
}

/* "@name" is Linux' abstract namespace: a NUL, and the name without one behind it. */
const char *fcl__address_find_unix(fcl__address *a, const char *path) {
  struct sockaddr_un *to = (struct sockaddr_un *) (void *) a->at;
  size_t len = strlen(path);
  if (len == 0 || len >= sizeof to->sun_path)
    return "a socket's path has 1 to 107 bytes";
  to->sun_family = AF_UNIX;
  memcpy(to->sun_path, path, len + 1);
  a->len = sizeof *to;
  if (path[0] == '@') {
    to->sun_path[0] = 0;
    a->len = (unsigned) (offsetof(struct sockaddr_un, sun_path) + len);
  }
  return NULL;
}

const char *fcl__address_find_pipe(fcl__address *a, const char *name) {
  (void) a;
  (void) name;
  return "there are no named pipes here; write unix:/PATH";
}

const char *fcl__address_find_tcp(fcl__address *a, const char *host, const char *port,
                                  int is_passive) {
  struct addrinfo hints, *found;
  int code;
  memset(&hints, 0, sizeof hints);
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = is_passive ? AI_PASSIVE : 0;
  code = getaddrinfo(host, port, &hints, &found);
  if (code)
    return gai_strerror(code);
  memcpy(a->at, found->ai_addr, found->ai_addrlen);
  a->len = found->ai_addrlen;
  freeaddrinfo(found);
  return NULL;
}

void fcl__address_own(char *out, size_t cap, unsigned number) {
#ifdef __linux__
  snprintf(out, cap, "unix:@fcl-script-%ld-%u", (long) getpid(), number);
#else
  (void) number;
  snprintf(out, cap, "tcp:127.0.0.1:0");
#endif
}

void fcl__address_own_pipe(char *out, size_t cap, unsigned number) {
  (void) number;
  snprintf(out, cap, "pipe:"); /* fcl__address_find_pipe says what is wrong with it */
}

int fcl__address_is_socket(const char *path) {
  struct stat s;
  return lstat(path, &s) == 0 && S_ISSOCK(s.st_mode);
}

int fcl__address_has_unix(void) {
  return 1;
}

int fcl__net_name(int fd, char *out, size_t cap) {
  struct sockaddr_storage bound;
  socklen_t len = sizeof bound;
  char host[64], port[16];
  if (getsockname(fd, (struct sockaddr *) &bound, &len) ||
      getnameinfo((struct sockaddr *) &bound, len, host, sizeof host, port, sizeof port,
                  NI_NUMERICHOST | NI_NUMERICSERV))
    return 0;
  snprintf(out, cap, bound.ss_family == AF_INET6 ? "tcp:[%s]:%s" : "tcp:%s:%s", host, port);
  return 1;
}

/* ---- Descriptors ---- */

static int fail_and_close(int fd) {
  int error = errno;
  if (fd >= 0)
    close(fd);
  errno = error;
  return -1;
}

int fcl__net_listen(const fcl__address *a, int backlog) {
  int on = 1, fd = socket(address_of(a)->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd >= 0 && a->is_tcp)
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (fd < 0 || bind(fd, address_of(a), a->len) || listen(fd, backlog))
    return fail_and_close(fd);
  return fd;
}

int fcl__net_accept(int listener) {
  return accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

/* A connected socket, or one underway where `flags` say that it does not wait. */
static int reach(const fcl__address *a, int flags) {
  int fd = socket(address_of(a)->sa_family, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
  if (fd < 0 || connect(fd, address_of(a), a->len) == 0 || errno == EINPROGRESS)
    return fd;
  return fail_and_close(fd);
}

int fcl__net_connect(const fcl__address *a) {
  return reach(a, SOCK_NONBLOCK);
}

int fcl__net_dial(const fcl__address *a) {
  return reach(a, 0);
}

int fcl__net_failed(int fd) {
  int failed = 0;
  socklen_t len = sizeof failed;
  return getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &len) ? errno : failed;
}

int fcl__net_pair(int fds[2]) {
  return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds);
}

void fcl__net_close(int fd) {
  if (fd >= 0)
    close(fd);
}

void fcl__net_reset(int fd) {
  struct linger at_once = {1, 0};
  if (fd < 0)
    return;
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close(fd);
}

void fcl__net_say_end(int fd) {
  shutdown(fd, SHUT_WR);
}

void fcl__net_break(int fd) {
  shutdown(fd, SHUT_RDWR);
}

void fcl__net_no_delay(int fd) {
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void fcl__net_wait(int fd, int is_waiting) {
  int flags = fcntl(fd, F_GETFL);
  fcntl(fd, F_SETFL, is_waiting ? flags & ~O_NONBLOCK : flags | O_NONBLOCK);
}

/* ---- Bytes ---- */

int fcl__net_poll(fcl__polled *polled, size_t count, int ms) {
  return poll(polled, (nfds_t) count, ms);
}

ptrdiff_t fcl__net_receive(int fd, void *bytes, size_t len) {
  return recv(fd, bytes, len, MSG_DONTWAIT);
}

ptrdiff_t fcl__net_send(int fd, const void *bytes, size_t len) {
  return send(fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
}

int fcl__net_is_again(int error) {
  return error == EAGAIN || error == EINTR || error == ENOTCONN;
}

const char *fcl__net_why(int error) {
  return strerror(error);
}

void fcl__net_wake(const int pair[2]) {
  while (write(pair[1], "", 1) < 0 && errno == EINTR)
    ;
}
