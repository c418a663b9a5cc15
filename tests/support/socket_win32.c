/* socket_win32.c: connections by Winsock. */
#include "support/socket.h"
#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <winsock2.h>

static void start_once(void) {
  static LONG started;
  WSADATA data;
  if (InterlockedExchange(&started, 1) == 0)
    WSAStartup(MAKEWORD(2, 2), &data);
}

int test_socket_connect(unsigned port, unsigned patience_s) {
  struct sockaddr_in a;
  DWORD patience_ms = patience_s * 1000;
  SOCKET s;
  start_once();
  s = socket(AF_INET, SOCK_STREAM, 0);
  memset(&a, 0, sizeof a);
  a.sin_family = AF_INET;
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  a.sin_port = htons((unsigned short) port);
  setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, (const char *) &patience_ms, sizeof patience_ms);
  setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, (const char *) &patience_ms, sizeof patience_ms);
  if (connect(s, (struct sockaddr *) &a, sizeof a) == 0)
    return (int) s;
  closesocket(s);
  return -1;
}

long test_socket_send(int fd, const char *data, size_t len) {
  return send((SOCKET) fd, data, len < INT_MAX ? (int) len : INT_MAX, 0);
}

long test_socket_receive(int fd, char *data, size_t len) {
  return recv((SOCKET) fd, data, len < INT_MAX ? (int) len : INT_MAX, 0);
}

void test_socket_close(int fd) {
  closesocket((SOCKET) fd);
}

int test_socket_listen(char *address, size_t cap) {
  struct sockaddr_in a;
  int len = sizeof a;
  SOCKET s;
  start_once();
  s = socket(AF_INET, SOCK_STREAM, 0);
  memset(&a, 0, sizeof a);
  a.sin_family = AF_INET;
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ck_assert_int_eq(bind(s, (struct sockaddr *) &a, sizeof a), 0);
  ck_assert_int_eq(listen(s, 100), 0);
  ck_assert_int_eq(getsockname(s, (struct sockaddr *) &a, &len), 0);
  snprintf(address, cap, "tcp:127.0.0.1:%u", ntohs(a.sin_port));
  return (int) s;
}

int test_socket_accept(int listener) {
  SOCKET s = accept((SOCKET) listener, NULL, NULL);
  return s == INVALID_SOCKET ? -1 : (int) s;
}

/* What ends a call that waits; closing it again does nothing. */
void test_socket_stop(int listener) {
  closesocket((SOCKET) listener);
}
