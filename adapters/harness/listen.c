/* listen.c: the address that a script listens on. */
#include "script.h"
#include <errno.h>
#include <netdb.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Distinct in this process; the pid makes it so among others. */
static unsigned next_name(void) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  static unsigned last;
  unsigned mine;
  pthread_mutex_lock(&lock);
  mine = ++last;
  pthread_mutex_unlock(&lock);
  return mine;
}

static int refuse(fcl_script *s, fcl_error *e, const char *what) {
  return fcl__script_error(e, FCL_E_CONFIG, "the script cannot listen on %s: %s: %s", s->address,
                           what, strerror(errno));
}

static int bind_and_listen(fcl_script *s, const struct sockaddr *address, socklen_t len,
                           fcl_error *e) {
  int on = 1;
  s->listener = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (s->listener < 0)
    return refuse(s, e, "socket");
  if (address->sa_family != AF_UNIX)
    setsockopt(s->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(s->listener, address, len))
    return refuse(s, e, "bind");
  if (listen(s->listener, s->options.backlog ? s->options.backlog : 128))
    return refuse(s, e, "listen");
  return FCL_OK;
}

/* "@name" is Linux' abstract namespace: a NUL, and the name without one behind it. */
static int listen_unix(fcl_script *s, const char *path, fcl_error *e) {
  struct sockaddr_un address;
  size_t len = strlen(path);
  int code;
  memset(&address, 0, sizeof address);
  address.sun_family = AF_UNIX;
  if (len == 0 || len >= sizeof address.sun_path)
    return fcl__script_error(e, FCL_E_INVAL,
                             "the script's address %s has a path of %zu bytes; 1 to %zu fit",
                             s->address, len, sizeof address.sun_path - 1);
  memcpy(address.sun_path, path, len + 1);
  if (path[0] != '@') {
    code = bind_and_listen(s, (struct sockaddr *) &address, sizeof address, e);
    if (code == FCL_OK)
      memcpy(s->path, path, len + 1);
    return code;
  }
  address.sun_path[0] = 0;
  return bind_and_listen(s, (struct sockaddr *) &address,
                         (socklen_t) (offsetof(struct sockaddr_un, sun_path) + len), e);
}

/* The port may have been 0: says which it became. */
static int name_tcp(fcl_script *s, fcl_error *e) {
  struct sockaddr_storage bound;
  socklen_t len = sizeof bound;
  char host[64], port[16];
  if (getsockname(s->listener, (struct sockaddr *) &bound, &len) ||
      getnameinfo((struct sockaddr *) &bound, len, host, sizeof host, port, sizeof port,
                  NI_NUMERICHOST | NI_NUMERICSERV))
    return refuse(s, e, "getsockname");
  snprintf(s->address, sizeof s->address, bound.ss_family == AF_INET6 ? "tcp:[%s]:%s" : "tcp:%s:%s",
           host, port);
  return FCL_OK;
}

static int listen_tcp(fcl_script *s, const char *where, fcl_error *e) {
  struct addrinfo hints, *found;
  const char *colon = strrchr(where, ':');
  char host[64] = "";
  size_t len = colon ? (size_t) (colon - where) : 0;
  int code;
  if (len == 0 || len >= sizeof host)
    return fcl__script_error(e, FCL_E_INVAL, "the script's address %s is not tcp:HOST:PORT",
                             s->address);
  memcpy(host, where + (where[0] == '['), len - (where[0] == '[') - (where[len - 1] == ']'));
  memset(&hints, 0, sizeof hints);
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  code = getaddrinfo(host, colon + 1, &hints, &found);
  if (code)
    return fcl__script_error(e, FCL_E_INVAL, "the script's address %s: %s", s->address,
                             gai_strerror(code));
  code = bind_and_listen(s, found->ai_addr, found->ai_addrlen, e);
  freeaddrinfo(found);
  return code == FCL_OK ? name_tcp(s, e) : code;
}

static void own_address(fcl_script *s) {
#ifdef __linux__
  snprintf(s->address, sizeof s->address, "unix:@fcl-script-%ld-%u", (long) getpid(), next_name());
#else
  snprintf(s->address, sizeof s->address, "tcp:127.0.0.1:0");
#endif
}

int fcl__script_listen(fcl_script *s, fcl_error *e) {
  const char *address = s->options.address;
  if (address && strlen(address) >= sizeof s->address)
    return fcl__script_error(e, FCL_E_INVAL, "the script's address has %zu bytes; %zu fit",
                             strlen(address), sizeof s->address - 1);
  if (address)
    snprintf(s->address, sizeof s->address, "%s", address);
  else
    own_address(s);
  if (strncmp(s->address, "unix:", 5) == 0)
    return listen_unix(s, s->address + 5, e);
  if (strncmp(s->address, "tcp:", 4) == 0)
    return listen_tcp(s, s->address + 4, e);
  if (strcmp(s->address, "pair") == 0)
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s->pair) ? refuse(s, e, "socketpair")
                                                                       : (int) FCL_OK;
  return fcl__script_error(
      e, FCL_E_INVAL,
      "the script's address %s is none of unix:/path, unix:@name, tcp:host:port, pair", s->address);
}

void fcl__script_unlisten(fcl_script *s) {
  if (s->listener >= 0)
    close(s->listener);
  s->listener = -1;
  if (s->path[0])
    unlink(s->path);
  s->path[0] = 0;
}
