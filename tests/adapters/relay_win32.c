/* relay_win32.c: a FastCGI application for Windows that hands each of its connections to another
   one, which listens on a port of this machine: the page suite's php-cgi, which there is none of
   for Windows.  usage: relay PORT */
#include <process.h>
#include <stdio.h>
#include <stdlib.h>
#include <winsock2.h>

typedef struct ways {
  SOCKET server, application;
} ways;

/* Until one of both has closed: then the other is closed too. */
static void pass(SOCKET from, SOCKET to) {
  char bytes[65536];
  int n, sent, at;
  while ((n = recv(from, bytes, sizeof bytes, 0)) > 0)
    for (at = 0; at < n; at += sent)
      if ((sent = send(to, bytes + at, n - at, 0)) <= 0) {
        shutdown(from, SD_BOTH);
        return;
      }
  shutdown(to, SD_BOTH);
}

static unsigned __stdcall pass_answers(void *of) {
  const ways *w = of;
  pass(w->application, w->server);
  return 0;
}

static unsigned __stdcall serve(void *of) {
  ways *w = of;
  HANDLE back = (HANDLE) _beginthreadex(NULL, 0, pass_answers, w, 0, NULL);
  pass(w->server, w->application);
  WaitForSingleObject(back, INFINITE);
  CloseHandle(back);
  closesocket(w->application);
  closesocket(w->server);
  free(w);
  return 0;
}

/* ---- A program of one's own ---- */

static u_short free_port(void) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
  int len = sizeof at;
  bind(s, (struct sockaddr *) &at, sizeof at);
  getsockname(s, (struct sockaddr *) &at, &len);
  closesocket(s);
  return ntohs(at.sin_port);
}

static SOCKET connect_to(u_short port) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
  at.sin_port = htons(port);
  if (connect(s, (struct sockaddr *) &at, sizeof at) == 0)
    return s;
  closesocket(s);
  return INVALID_SOCKET;
}

/* Whose port was taken meanwhile ends, and is started with another. */
static u_short start(const char *program) {
  for (;;) {
    STARTUPINFOA with = {.cb = sizeof with};
    PROCESS_INFORMATION process;
    char command[2000];
    u_short port = free_port();
    snprintf(command, sizeof command, "\"%s\" 127.0.0.1:%u", program, port);
    if (!CreateProcessA(NULL, command, NULL, NULL, FALSE, 0, NULL, NULL, &with, &process))
      exit(3);
    while (WaitForSingleObject(process.hProcess, 10) == WAIT_TIMEOUT) {
      SOCKET s = connect_to(port);
      if (s == INVALID_SOCKET)
        continue;
      closesocket(s);
      return port;
    }
  }
}

int main(int argc, char **argv) {
  SOCKET listener = (SOCKET) GetStdHandle(STD_INPUT_HANDLE), server;
  WSADATA data;
  u_short port;
  if (argc != 2 || WSAStartup(MAKEWORD(2, 2), &data) != 0)
    return 2;
  port = (u_short) atoi(argv[1]);
  if (port == 0)
    port = start(argv[1]);
  while ((server = accept(listener, NULL, NULL)) != INVALID_SOCKET) {
    ways *w = malloc(sizeof *w);
    *w = (ways){server, connect_to(port)};
    if (w->application == INVALID_SOCKET) {
      closesocket(server);
      free(w);
      continue;
    }
    CloseHandle((HANDLE) _beginthreadex(NULL, 0, serve, w, 0, NULL));
  }
  return 1;
}
