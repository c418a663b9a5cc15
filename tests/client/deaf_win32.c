/* deaf_win32.c: fills the backlog of a listening socket, or takes the only instance of a pipe. */
#include "client/deaf.h"
#include <winsock2.h>
#include <check.h>
#include <stdio.h>
#include <string.h>

#define CLIENTS (sizeof((deaf *) 0)->clients / sizeof *((deaf *) 0)->clients)

static int is_pipe(const deaf *d) {
  return strncmp(d->address, "pipe:", 5) == 0;
}

/* ---- A named pipe ---- */

static HANDLE new_instance(const deaf *d) {
  HANDLE pipe = CreateNamedPipeA(d->address + 5, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
                                 PIPE_TYPE_BYTE, 2, 4096, 4096, 0, NULL);
  ck_assert_ptr_ne(pipe, INVALID_HANDLE_VALUE);
  return pipe;
}

/* Whoever comes behind its client waits. */
static void open_pipe(deaf *d) {
  static unsigned count;
  HANDLE client;
  snprintf(d->address, sizeof d->address, "pipe:\\\\.\\pipe\\fcl-deaf-%lu-%u",
           GetCurrentProcessId(), count++);
  d->listener = (intptr_t) new_instance(d);
  client =
      CreateFileA(d->address + 5, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
  ck_assert_ptr_ne(client, INVALID_HANDLE_VALUE);
  d->clients[0] = (intptr_t) client;
}

static int takes_from_pipe(deaf *d, char *byte) {
  DWORD n = 0, there = 0;
  if (!PeekNamedPipe((HANDLE) d->taken, byte, 1, &n, &there, NULL) || n == 0)
    return 0;
  CloseHandle((HANDLE) d->taken);
  d->taken = -1;
  return 1;
}

/* ---- A socket ---- */

static SOCKET new_socket(void) {
  SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
  ck_assert_uint_ne(s, INVALID_SOCKET);
  SetHandleInformation((HANDLE) s, HANDLE_FLAG_INHERIT, 0);
  return s;
}

static void open_socket(deaf *d) {
  struct sockaddr_in a;
  u_long on = 1;
  size_t i;
  int len = sizeof a;
  memset(&a, 0, sizeof a);
  a.sin_family = AF_INET;
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  d->listener = (intptr_t) new_socket();
  ck_assert_int_eq(bind((SOCKET) d->listener, (struct sockaddr *) &a, sizeof a), 0);
  ck_assert_int_eq(listen((SOCKET) d->listener, 0), 0);
  ck_assert_int_eq(getsockname((SOCKET) d->listener, (struct sockaddr *) &a, &len), 0);
  snprintf(d->address, sizeof d->address, "tcp:127.0.0.1:%d", ntohs(a.sin_port));
  for (i = 0; i < CLIENTS; i++) {
    SOCKET s = new_socket();
    d->clients[i] = (intptr_t) s;
    ioctlsocket(s, (long) FIONBIO, &on);
    connect(s, (struct sockaddr *) &a, sizeof a); /* the first ones fit, the others wait */
  }
}

/* ---- Both ---- */

void deaf_open(deaf *d, int is_tcp) {
  size_t i;
  WSADATA data;
  ck_assert_int_eq(WSAStartup(MAKEWORD(2, 2), &data), 0);
  d->taken = -1;
  for (i = 0; i < CLIENTS; i++)
    d->clients[i] = -1;
  if (is_tcp)
    open_socket(d);
  else
    open_pipe(d);
}

static void close_clients(deaf *d) {
  size_t i;
  for (i = 0; i < CLIENTS; i++) {
    if (d->clients[i] >= 0 && is_pipe(d))
      CloseHandle((HANDLE) d->clients[i]);
    else if (d->clients[i] >= 0)
      closesocket((SOCKET) d->clients[i]);
    d->clients[i] = -1;
  }
}

void deaf_listen(deaf *d) {
  if (is_pipe(d))
    d->taken = (intptr_t) new_instance(d);
  else
    ck_assert_int_eq(listen((SOCKET) d->listener, 100), 0);
  close_clients(d);
}

int deaf_takes(deaf *d, char *byte) {
  ck_assert(is_pipe(d));
  return takes_from_pipe(d, byte);
}

void deaf_close(deaf *d) {
  close_clients(d);
  if (d->taken >= 0)
    CloseHandle((HANDLE) d->taken);
  if (is_pipe(d))
    CloseHandle((HANDLE) d->listener);
  else
    closesocket((SOCKET) d->listener);
  WSACleanup();
}
