/* listen_posix.c: resolves the address to listen on, and binds a socket for each thread. */
#include "listen.h"
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int set(int fd, int option) {
  int one = 1;
  return setsockopt(fd, SOL_SOCKET, option, &one, sizeof one);
}

/* Returns the socket, or -1. */
static int bind_one(const struct sockaddr *address, socklen_t len, int is_shared) {
  int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return -1;
  if (set(fd, SO_REUSEADDR) == 0 && (!is_shared || set(fd, SO_REUSEPORT) == 0) &&
      bind(fd, address, len) == 0)
    return fd;
  close(fd);
  return -1;
}

/* Several sockets share an address by SO_REUSEPORT, so that the kernel deals the connections out.
   A socket without it goes first: it finds out whether somebody else has the address, and which
   port 0 becomes. */
static int bind_all(struct sockaddr_storage *address, socklen_t len, int *fds, unsigned count) {
  struct sockaddr *a = (struct sockaddr *) address;
  int first = bind_one(a, len, 0);
  unsigned i;
  if (first < 0 || getsockname(first, a, &len) < 0)
    return -1;
  fds[0] = first;
  if (count == 1)
    return 0;
  close(first);
  for (i = 0; i < count; i++)
    if ((fds[i] = bind_one(a, len, 1)) < 0) {
      while (i > 0)
        close(fds[--i]);
      return -1;
    }
  return 0;
}

static void write_url(const struct sockaddr_storage *address, char *url, size_t size) {
  char host[NI_MAXHOST] = "?", port[NI_MAXSERV] = "?";
  int is_v6 = address->ss_family == AF_INET6;
  getnameinfo((const struct sockaddr *) address,
              is_v6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in), host, sizeof host,
              port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
  snprintf(url, size, "http://%s%s%s:%s/", is_v6 ? "[" : "", host, is_v6 ? "]" : "", port);
}

int listen_bind(const options *o, int *fds, unsigned count, char *url, size_t size) {
  struct addrinfo hints, *all = NULL, *at;
  int error, saved = 0;
  memset(&hints, 0, sizeof hints);
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  error = getaddrinfo(o->host[0] ? o->host : NULL, o->port, &hints, &all);
  if (error) {
    fprintf(stderr, "httpd: --listen %s: %s\n", o->listen, gai_strerror(error));
    return -1;
  }
  for (at = all; at; at = at->ai_next) {
    struct sockaddr_storage address;
    memset(&address, 0, sizeof address);
    memcpy(&address, at->ai_addr, at->ai_addrlen);
    if (bind_all(&address, at->ai_addrlen, fds, count) == 0) {
      write_url(&address, url, size);
      break;
    }
    saved = errno;
  }
  freeaddrinfo(all);
  if (at == NULL)
    fprintf(stderr, "httpd: --listen %s: %s\n", o->listen, strerror(saved));
  return at ? 0 : -1;
}
