/* deaf_posix.c: fills the backlog of a listening socket of its own. */
#include "client/deaf.h"
#include <check.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

typedef union any_address {
  struct sockaddr any;
  struct sockaddr_in tcp;
  struct sockaddr_un unix_;
} any_address;

static socklen_t choose(deaf *d, any_address *a, int is_tcp) {
  memset(a, 0, sizeof *a);
  if (is_tcp) {
    a->tcp.sin_family = AF_INET;
    a->tcp.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return sizeof a->tcp;
  }
  a->unix_.sun_family = AF_UNIX;
  snprintf(d->address, sizeof d->address, "unix:@fcl-deaf-%ld", (long) getpid());
  memcpy(a->unix_.sun_path + 1, d->address + 6, strlen(d->address + 6));
  return (socklen_t) (sizeof a->unix_.sun_family + strlen(d->address + 5));
}

void deaf_open(deaf *d, int is_tcp) {
  any_address a;
  socklen_t len = choose(d, &a, is_tcp);
  size_t i;
  d->taken = -1;
  d->listener = socket(a.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ck_assert_int_eq(bind((int) d->listener, &a.any, len), 0);
  ck_assert_int_eq(listen((int) d->listener, 0), 0);
  ck_assert_int_eq(getsockname((int) d->listener, &a.any, &len), 0);
  if (is_tcp)
    snprintf(d->address, sizeof d->address, "tcp:127.0.0.1:%d", ntohs(a.tcp.sin_port));
  for (i = 0; i < sizeof d->clients / sizeof *d->clients; i++) {
    d->clients[i] = socket(a.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    connect((int) d->clients[i], &a.any, len); /* the first ones fit, the others wait */
  }
}

void deaf_listen(deaf *d) {
  size_t i;
  for (i = 0; i < sizeof d->clients / sizeof *d->clients; i++) {
    close((int) d->clients[i]);
    d->clients[i] = -1;
  }
  ck_assert_int_eq(listen((int) d->listener, 100), 0);
}

/* Those that were there first have nothing to say. */
int deaf_takes(deaf *d, char *byte) {
  ssize_t n;
  fcntl((int) d->listener, F_SETFL, O_NONBLOCK);
  if (d->taken < 0)
    d->taken = accept((int) d->listener, NULL, NULL);
  n = d->taken < 0 ? -1 : recv((int) d->taken, byte, 1, MSG_DONTWAIT);
  if (n >= 0) {
    close((int) d->taken);
    d->taken = -1;
  }
  return n > 0;
}

void deaf_close(deaf *d) {
  size_t i;
  for (i = 0; i < sizeof d->clients / sizeof *d->clients; i++)
    if (d->clients[i] >= 0)
      close((int) d->clients[i]);
  close((int) d->listener);
}
