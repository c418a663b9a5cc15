/* net_win32.c: sockets by Windows: over TCP; named pipes are passed on.  Errors are told as errno.
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include "pipe_win32.h"
#include "why.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(struct sockaddr_storage) <= sizeof((fcl__address *) 0)->at,
               "an address has room for each that the system has");

/* ---- Errors ---- */

static const struct {
  int theirs, ours;
  const char *why;
} errors[] = {{WSAEWOULDBLOCK, EAGAIN, "not now"},
              {WSAENOTCONN, ENOTCONN, "it is not connected"},
              {WSAECONNREFUSED, ECONNREFUSED, "the connection was refused"},
              {WSAECONNRESET, ECONNRESET, "the connection was reset by the other side"},
              {WSAECONNABORTED, ECONNABORTED, "the connection was aborted"},
              {WSAESHUTDOWN, EPIPE, "the connection has been closed"},
              {WSAETIMEDOUT, ETIMEDOUT, "the connection timed out"},
              {WSAEADDRINUSE, EADDRINUSE, "the address is already in use"},
              {WSAEADDRNOTAVAIL, EADDRNOTAVAIL, "the address is not one of this machine"},
              {WSAENETUNREACH, ENETUNREACH, "there is no way to that network"},
              {WSAEHOSTUNREACH, EHOSTUNREACH, "there is no way to that host"},
              {WSAEACCES, EACCES, "permission denied, or another program has the address"},
              {WSAEMFILE, EMFILE, "too many open sockets"},
              {WSAENOTSOCK, ENOTSOCK, "it is no socket"},
              {ERROR_FILE_NOT_FOUND, ENOENT, "nobody listens there"}};

static int errno_of(int theirs) {
  size_t n;
  for (n = 0; n < sizeof errors / sizeof *errors; n++)
    if (errors[n].theirs == theirs)
      return errors[n].ours;
  return EIO;
}

const char *fcl__net_why(int error) {
  static _Thread_local char words[200];
  size_t n = 0;
  while (n < sizeof errors / sizeof *errors && errors[n].ours != error)
    n++;
  snprintf(words, sizeof words, "%s%s",
           n < sizeof errors / sizeof *errors ? errors[n].why : strerror(error),
           fcl__why_name(error));
  return words;
}

static int fail(void) {
  DWORD error = (DWORD) WSAGetLastError();
  fcl__why_is(errno_of((int) error), error);
  return -1;
}

int fcl__net_is_again(int error) {
  return error == EAGAIN || error == EINTR || error == ENOTCONN;
}

/* ---- Addresses ---- */

static BOOL CALLBACK start_sockets(PINIT_ONCE once, void *arg, void **context) {
  WSADATA data;
  (void) once;
  (void) arg;
  (void) context;
  return WSAStartup(MAKEWORD(2, 2), &data) == 0;
}

static void start(void) {
  static INIT_ONCE once = INIT_ONCE_STATIC_INIT;
  InitOnceExecuteOnce(&once, start_sockets, NULL, NULL);
}

static struct sockaddr *address_of(const fcl__address *a) {
  return (struct sockaddr *) (uintptr_t) a->at;
}

const char *fcl__address_find_unix(fcl__address *a, const char *path) {
  (void) a;
  (void) path;
  return "there are no Unix sockets here; write tcp:HOST:PORT or pipe:\\\\.\\pipe\\NAME";
}

const char *fcl__address_find_pipe(fcl__address *a, const char *name) {
  static const char root[] = "\\\\.\\pipe\\";
  size_t root_len = sizeof root - 1, len = strlen(name);
  if (_strnicmp(name, root, root_len) != 0 || len == root_len || strchr(name + root_len, '\\'))
    return "it is not pipe:\\\\.\\pipe\\NAME";
  if (len >= sizeof a->at || len > 256)
    return "a pipe's name has at most 255 bytes";
  memcpy(a->at, name, len + 1);
  a->is_pipe = 1;
  return NULL;
}

static const char *pipe_name(const fcl__address *a) {
  return (const char *) a->at;
}

const char *fcl__address_find_tcp(fcl__address *a, const char *host, const char *port,
                                  int is_passive) {
  struct addrinfo hints, *found;
  int code;
  start();
  memset(&hints, 0, sizeof hints);
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = is_passive ? AI_PASSIVE : 0;
  code = getaddrinfo(host, port, &hints, &found);
  if (code)
    return code == WSAHOST_NOT_FOUND ? "that host is not known" : gai_strerrorA(code);
  memcpy(a->at, found->ai_addr, found->ai_addrlen);
  a->len = (unsigned) found->ai_addrlen;
  freeaddrinfo(found);
  return NULL;
}

void fcl__address_own(char *out, size_t cap, unsigned number) {
  (void) number;
  snprintf(out, cap, "tcp:127.0.0.1:0");
}

void fcl__address_own_pipe(char *out, size_t cap, unsigned number) {
  snprintf(out, cap, "pipe:\\\\.\\pipe\\fcl-script-%lu-%u", GetCurrentProcessId(), number);
}

int fcl__address_is_socket(const char *path) {
  (void) path;
  return 0;
}

int fcl__address_has_unix(void) {
  return 0;
}

int fcl__net_name(int fd, char *out, size_t cap) {
  struct sockaddr_storage bound;
  int len = sizeof bound;
  char host[64], port[16];
  if (getsockname((SOCKET) fd, (struct sockaddr *) &bound, &len) ||
      getnameinfo((struct sockaddr *) &bound, len, host, sizeof host, port, sizeof port,
                  NI_NUMERICHOST | NI_NUMERICSERV))
    return 0;
  snprintf(out, cap, bound.ss_family == AF_INET6 ? "tcp:[%s]:%s" : "tcp:%s:%s", host, port);
  return 1;
}

/* ---- Sockets ---- */

static int fail_and_close(SOCKET s) {
  fail();
  if (s != INVALID_SOCKET)
    closesocket(s);
  return -1;
}

/* Programs that we start inherit none. */
static int adopt(SOCKET s, int is_waiting) {
  if (s == INVALID_SOCKET)
    return fail();
  SetHandleInformation((HANDLE) s, HANDLE_FLAG_INHERIT, 0);
  fcl__net_wait((int) s, is_waiting);
  return (int) s;
}

static SOCKET new_socket(const fcl__address *a) {
  start();
  return socket(address_of(a)->sa_family, SOCK_STREAM, 0);
}

int fcl__net_listen(const fcl__address *a, int backlog) {
  SOCKET s;
  if (a->is_pipe)
    return fcl__net_pipe_listen(pipe_name(a), backlog);
  s = new_socket(a);
  if (s == INVALID_SOCKET || bind(s, address_of(a), (int) a->len) || listen(s, backlog))
    return fail_and_close(s);
  return adopt(s, 0);
}

int fcl__net_accept(int listener) {
  fcl__net_pipe_place *place = fcl__net_pipe_place_at(listener);
  if (place)
    return fcl__net_pipe_accept(place);
  return adopt(accept((SOCKET) listener, NULL, NULL), 0);
}

static int reach(const fcl__address *a, int is_waiting) {
  SOCKET s;
  if (a->is_pipe)
    return fcl__net_pipe_reach(pipe_name(a), is_waiting);
  s = new_socket(a);
  if (s == INVALID_SOCKET)
    return fail();
  adopt(s, is_waiting);
  if (connect(s, address_of(a), (int) a->len) == 0 || WSAGetLastError() == WSAEWOULDBLOCK)
    return (int) s;
  return fail_and_close(s);
}

int fcl__net_connect(const fcl__address *a) {
  return reach(a, 0);
}

int fcl__net_dial(const fcl__address *a) {
  return reach(a, 1);
}

int fcl__net_failed(int fd) {
  int failed = 0, len = sizeof failed;
  fcl__net_pipe *pipe = fcl__net_pipe_at(fd);
  if (pipe)
    return fcl__net_pipe_failed(pipe);
  if (getsockopt((SOCKET) fd, SOL_SOCKET, SO_ERROR, (char *) &failed, &len))
    failed = WSAGetLastError();
  if (failed == 0)
    return 0;
  fcl__why_is(errno_of(failed), (DWORD) failed);
  return errno;
}

/* Nobody but we can come in between: who else connects is not the one whom we know the port of. */
static int accept_own(int listener, int ours, int fds[2]) {
  struct sockaddr_in mine, theirs;
  int mine_len = sizeof mine, theirs_len;
  getsockname((SOCKET) ours, (struct sockaddr *) &mine, &mine_len);
  for (;;) {
    SOCKET s;
    theirs_len = sizeof theirs;
    s = accept((SOCKET) listener, (struct sockaddr *) &theirs, &theirs_len);
    if (s == INVALID_SOCKET || theirs.sin_port == mine.sin_port) {
      fds[0] = adopt(s, 1);
      fds[1] = ours;
      return s == INVALID_SOCKET ? -1 : 0;
    }
    closesocket(s);
  }
}

int fcl__net_pair(int fds[2]) {
  fcl__address a;
  char name[64];
  int listener, ours, made;
  fds[0] = fds[1] = -1;
  fcl__address_find(&a, "tcp:127.0.0.1:0", 1);
  listener = fcl__net_listen(&a, 8);
  if (listener < 0 || !fcl__net_name(listener, name, sizeof name))
    return -1;
  fcl__net_wait(listener, 1);
  fcl__address_find(&a, name, 0);
  ours = fcl__net_dial(&a);
  made = ours < 0 ? -1 : accept_own(listener, ours, fds);
  fcl__net_close(listener);
  if (made == 0)
    fcl__net_no_delay(fds[0]), fcl__net_no_delay(fds[1]);
  return made;
}

/* 1: it was a pipe's. */
static int close_pipe(int fd, int is_reset) {
  fcl__net_pipe *pipe = fcl__net_pipe_at(fd);
  fcl__net_pipe_place *place = fcl__net_pipe_place_at(fd);
  if (!pipe && !place)
    return 0;
  fcl__net_pipe_forget(fd);
  if (pipe)
    fcl__net_pipe_close(pipe, is_reset);
  else
    fcl__net_pipe_place_close(place);
  return 1;
}

void fcl__net_close(int fd) {
  if (fd >= 0 && !close_pipe(fd, 0))
    closesocket((SOCKET) fd);
}

void fcl__net_reset(int fd) {
  struct linger at_once = {1, 0};
  if (fd < 0 || close_pipe(fd, 1))
    return;
  setsockopt((SOCKET) fd, SOL_SOCKET, SO_LINGER, (const char *) &at_once, sizeof at_once);
  closesocket((SOCKET) fd);
}

void fcl__net_say_end(int fd) {
  fcl__net_pipe *pipe = fcl__net_pipe_at(fd);
  if (pipe)
    fcl__net_pipe_say_end(pipe);
  else
    shutdown((SOCKET) fd, SD_SEND);
}

void fcl__net_break(int fd) {
  fcl__net_pipe *pipe = fcl__net_pipe_at(fd);
  if (pipe)
    fcl__net_pipe_say_end(pipe);
  else
    shutdown((SOCKET) fd, SD_BOTH);
}

void fcl__net_no_delay(int fd) {
  int on = 1;
  if (!fcl__net_is_pipe(fd))
    setsockopt((SOCKET) fd, IPPROTO_TCP, TCP_NODELAY, (const char *) &on, sizeof on);
}

static void let_socket_wait(int fd, int is_waiting) {
  u_long is_never_waiting = !is_waiting;
  ioctlsocket((SOCKET) fd, (long) FIONBIO, &is_never_waiting);
}

void fcl__net_wait(int fd, int is_waiting) {
  fcl__net_pipe *pipe = fcl__net_pipe_at(fd);
  fcl__net_pipe_place *place = fcl__net_pipe_place_at(fd);
  if (pipe)
    pipe->is_waiting = is_waiting;
  else if (place && is_waiting)
    fcl__net_pipe_place_wait(place);
  else if (!place)
    let_socket_wait(fd, is_waiting);
}

intptr_t fcl__net_take(int listener) {
  fcl__net_pipe_place *place = fcl__net_pipe_place_at(listener);
  return place ? fcl__net_pipe_take(place) : (intptr_t) fcl__net_accept(listener);
}

int fcl__net_adopt(intptr_t handle, int is_pipe) {
  start();
  return is_pipe ? fcl__net_pipe_adopt((HANDLE) handle) : adopt((SOCKET) handle, 0);
}

intptr_t fcl__net_handle(int fd) {
  const fcl__net_pipe_place *place = fcl__net_pipe_place_at(fd);
  return place ? (intptr_t) place->it : (intptr_t) fd;
}

/* ---- Bytes ---- */

static int length(size_t len) {
  return len < INT_MAX ? (int) len : INT_MAX;
}

/* A connection that failed says that it is not connected, and only its option says why. */
static int failed_or_not(int fd) {
  int failed;
  fail();
  if (errno == ENOTCONN && (failed = fcl__net_failed(fd)) != 0)
    errno = failed;
  return -1;
}

ptrdiff_t fcl__net_receive(int fd, void *bytes, size_t len) {
  fcl__net_pipe *pipe = fcl__net_pipe_at(fd);
  int n;
  if (pipe)
    return fcl__net_pipe_receive(pipe, bytes, len);
  n = recv((SOCKET) fd, bytes, length(len), 0);
  return n < 0 ? failed_or_not(fd) : n;
}

ptrdiff_t fcl__net_send(int fd, const void *bytes, size_t len) {
  fcl__net_pipe *pipe = fcl__net_pipe_at(fd);
  int n;
  if (pipe)
    return fcl__net_pipe_send(pipe, bytes, len);
  n = send((SOCKET) fd, bytes, length(len), 0);
  return n < 0 ? failed_or_not(fd) : n;
}

void fcl__net_wake(const int pair[2]) {
  send((SOCKET) pair[1], "", 1, 0);
}
