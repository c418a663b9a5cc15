/* endpoint.c: makes, hands over and reaches what applications listen on. */
#include "platform/win32/endpoint.h"
#include "platform/win32/failure.h"
#include <fcntl.h>
#include <io.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>
#include <ws2tcpip.h>

/* ---- A named pipe ---- */

/* A program that runs as we do may act as us; one that runs as another user may know who we are. */
fcl_code fcl__endpoint_open(fcl__endpoint *p, const fcl_identity *user, fcl_error *e) {
  memset(p, 0, sizeof *p);
  p->socket = INVALID_SOCKET;
  p->quality = user ? SECURITY_IDENTIFICATION : SECURITY_IMPERSONATION;
  return fcl__own_pipe_make(&p->pipe, e);
}

/* Busy: it serves another connection, or has not yet let go of the last one, or is gone. */
static int connect_pipe(const fcl__endpoint *p) {
  int fd = p->pipe.keeper ? fcl__own_pipe_open(&p->pipe, p->quality) : UV_ENOENT;
  return fd == UV_ENOENT ? UV_ECONNREFUSED : fd;
}

/* ---- A port ---- */

#define CONNECT_MS 2 /* this machine answers at once, unless the backlog is full */

static void loopback(struct sockaddr_in *address, u_short port) {
  memset(address, 0, sizeof *address);
  address->sin_family = AF_INET;
  address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address->sin_port = port;
}

/* Nobody else may bind the same port beside us. */
static int listen_on_port(fcl__endpoint *p) {
  struct sockaddr_in address;
  int len = sizeof address, on = 1;
  loopback(&address, 0);
  setsockopt(p->socket, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, (const char *) &on, sizeof on);
  setsockopt(p->socket, IPPROTO_TCP, TCP_NODELAY, (const char *) &on, sizeof on);
  if (bind(p->socket, (const struct sockaddr *) &address, sizeof address) != 0 ||
      listen(p->socket, FCL__BACKLOG) != 0 ||
      getsockname(p->socket, (struct sockaddr *) &address, &len) != 0)
    return 0;
  p->port = address.sin_port;
  return 1;
}

/* Not for children: WSA_FLAG_NO_HANDLE_INHERIT came with a service pack only. */
static SOCKET make_socket(void) {
  SOCKET s = WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);
  if (s != INVALID_SOCKET)
    SetHandleInformation((HANDLE) s, HANDLE_FLAG_INHERIT, 0);
  return s;
}

fcl_code fcl__endpoint_open_tcp(fcl__endpoint *p, fcl_error *e) {
  DWORD error;
  memset(p, 0, sizeof *p);
  p->socket = make_socket();
  if (p->socket != INVALID_SOCKET && listen_on_port(p))
    return FCL_OK;
  error = (DWORD) WSAGetLastError();
  fcl__endpoint_close(p);
  return fcl__error_set(e, FCL_E_SPAWN, (int) error, "cannot listen on a port of 127.0.0.1 (tcp)");
}

static int socket_error(void) {
  return uv_translate_sys_error(WSAGetLastError());
}

/* 0: it is connected. */
static int has_connected(SOCKET s) {
  fd_set writable, failed;
  struct timeval patience = {0, CONNECT_MS * 1000};
  int error = 0, len = sizeof error;
  FD_ZERO(&writable);
  FD_ZERO(&failed);
  FD_SET(s, &writable);
  FD_SET(s, &failed);
  if (select(0, NULL, &writable, &failed, &patience) <= 0)
    return UV_EAGAIN;
  if (FD_ISSET(s, &writable))
    return 0;
  getsockopt(s, SOL_SOCKET, SO_ERROR, (char *) &error, &len);
  return uv_translate_sys_error(error);
}

static int connect_port(u_short port) {
  struct sockaddr_in address;
  u_long on = 1;
  int status = 0, yes = 1;
  SOCKET s = make_socket();
  if (s == INVALID_SOCKET)
    return socket_error();
  loopback(&address, port);
  ioctlsocket(s, (long) FIONBIO, &on);
  setsockopt(s, IPPROTO_TCP, TCP_NODELAY, (const char *) &yes, sizeof yes);
  if (connect(s, (const struct sockaddr *) &address, sizeof address) != 0)
    status = WSAGetLastError() == WSAEWOULDBLOCK ? has_connected(s) : socket_error();
  if (status == 0)
    return (int) s;
  closesocket(s);
  return status;
}

static int can_accept(SOCKET s) {
  fd_set readable;
  struct timeval none = {0, 0};
  FD_ZERO(&readable);
  FD_SET(s, &readable);
  return select(0, &readable, NULL, NULL, &none) > 0;
}

/* Living: the other side has not closed it.  What it has sent is read away; nobody else would. */
static int is_living(SOCKET s) {
  char waste[4096];
  u_long on = 1;
  int n;
  ioctlsocket(s, (long) FIONBIO, &on);
  do
    n = recv(s, waste, sizeof waste, 0);
  while (n > 0);
  return n < 0 && WSAGetLastError() == WSAEWOULDBLOCK;
}

/* ---- Either ---- */

int fcl__endpoint_is_tcp(const fcl__endpoint *p) {
  return p->port != 0;
}

HANDLE fcl__endpoint_inherit(const fcl__endpoint *p) {
  HANDLE from = fcl__endpoint_is_tcp(p) ? (HANDLE) p->socket : p->pipe.instance, to = NULL;
  return DuplicateHandle(GetCurrentProcess(), from, GetCurrentProcess(), &to, 0, TRUE,
                         DUPLICATE_SAME_ACCESS)
             ? to
             : NULL;
}

void fcl__endpoint_given(fcl__endpoint *p) {
  fcl__own_pipe_given(&p->pipe);
}

int fcl__endpoint_connect(const fcl__endpoint *p) {
  return fcl__endpoint_is_tcp(p) ? connect_port(p->port) : connect_pipe(p);
}

/* Whether a program has taken the connection of its pipe only the program knows. */
int fcl__endpoint_is_awaited(const fcl__endpoint *p) {
  return p->socket != INVALID_SOCKET && can_accept(p->socket);
}

int fcl__endpoint_unaccepted(fcl__endpoint *p) {
  int living = 0;
  while (!living && p->socket != INVALID_SOCKET && can_accept(p->socket)) {
    SOCKET s = accept(p->socket, NULL, NULL);
    if (s == INVALID_SOCKET)
      break;
    living = is_living(s);
    closesocket(s);
  }
  return living;
}

int fcl__endpoint_knock(const fcl__endpoint *p) {
  int fd = fcl__endpoint_connect(p);
  if (fd < 0)
    return 0;
  if (fcl__endpoint_is_tcp(p))
    closesocket((SOCKET) fd);
  else
    _close(fd);
  return 1;
}

void fcl__endpoint_close(fcl__endpoint *p) {
  fcl__own_pipe_close(&p->pipe);
  if (p->socket != INVALID_SOCKET)
    closesocket(p->socket);
  p->socket = INVALID_SOCKET;
}
