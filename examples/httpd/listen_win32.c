/* listen_win32.c: resolves the address to listen on, and binds a socket, by Windows: there one
   socket is one thread's. */
#include <winsock2.h>
#include <ws2tcpip.h>
#include "listen.h"
#include <stdio.h>
#include <string.h>

static SOCKET bind_one(const struct addrinfo *at) {
  SOCKET s = socket(at->ai_family, SOCK_STREAM, 0);
  int one = 1;
  if (s == INVALID_SOCKET)
    return s;
  SetHandleInformation((HANDLE) s, HANDLE_FLAG_INHERIT, 0);
  setsockopt(s, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, (const char *) &one, sizeof one);
  if (bind(s, at->ai_addr, (int) at->ai_addrlen) == 0)
    return s;
  closesocket(s);
  return INVALID_SOCKET;
}

static void write_url(SOCKET s, char *url, size_t size) {
  struct sockaddr_storage address;
  int len = sizeof address, is_v6;
  char host[NI_MAXHOST] = "?", port[NI_MAXSERV] = "?";
  getsockname(s, (struct sockaddr *) &address, &len);
  is_v6 = address.ss_family == AF_INET6;
  getnameinfo((struct sockaddr *) &address, len, host, sizeof host, port, sizeof port,
              NI_NUMERICHOST | NI_NUMERICSERV);
  snprintf(url, size, "http://%s%s%s:%s/", is_v6 ? "[" : "", host, is_v6 ? "]" : "", port);
}

static int complain(const options *o, const char *why) {
  fprintf(stderr, "httpd: --listen %s: %s\n", o->listen, why);
  return -1;
}

int listen_bind(const options *o, int *fds, unsigned count, char *url, size_t size) {
  struct addrinfo hints, *all = NULL, *at;
  SOCKET s = INVALID_SOCKET;
  WSADATA data;
  if (count > 1)
    return complain(o, "--threads is 1 on Windows: a socket there belongs to one of them");
  memset(&hints, 0, sizeof hints);
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  WSAStartup(MAKEWORD(2, 2), &data);
  if (getaddrinfo(o->host[0] ? o->host : NULL, o->port, &hints, &all))
    return complain(o, "that host is not known");
  for (at = all; at && s == INVALID_SOCKET; at = at->ai_next)
    s = bind_one(at);
  freeaddrinfo(all);
  if (s == INVALID_SOCKET)
    return complain(o, "another program has that address, or it is not one of this machine");
  write_url(s, url, size);
  fds[0] = (int) s;
  return 0;
}
