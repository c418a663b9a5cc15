/* server.c: a web server's side of a connection, made by hand. */
#include "harness/server.h"
#include "support/fds.h"
#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

fcl_script *s;
int fd;
static int before;

void setup(void) {
  before = test_fds();
  fd = -1;
}

/* Every script ends in its test; then nothing is left open. */
void teardown(void) {
  if (fd >= 0)
    close(fd);
  ck_assert_fds(before);
}

void start_at(const char *address, void (*play)(fcl_script *, void *), unsigned limit_ms) {
  fcl_script_options o = {0};
  fcl_error e;
  o.address = address;
  o.play = play;
  o.limit_ms = limit_ms;
  ck_assert_msg(fcl_script_start(&s, &o, &e) == FCL_OK, "%s", e.text);
}

void start(void (*play)(fcl_script *, void *)) {
  start_at(NULL, play, 5000);
}

void end_well(void) {
  fcl_error e;
  ck_assert_msg(fcl_script_end(s, &e) == FCL_OK, "%s", e.text);
}

void end_with(const char *words) {
  fcl_error e;
  ck_assert_int_eq(fcl_script_end(s, &e), FCL_E_PROTOCOL);
  ck_assert_msg(strstr(e.text, words) != NULL, "expected \"%s\" in: %s", words, e.text);
}

static int dial_unix(const char *path) {
  struct sockaddr_un a = {0};
  int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  a.sun_family = AF_UNIX;
  memcpy(a.sun_path, path, strlen(path));
  if (path[0] == '@')
    a.sun_path[0] = 0;
  if (connect(sock, (struct sockaddr *) &a,
              (socklen_t) (offsetof(struct sockaddr_un, sun_path) + strlen(path))) == 0)
    return sock;
  close(sock);
  return -1;
}

static int dial_tcp(const char *port) {
  struct sockaddr_in a = {0};
  int sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  a.sin_family = AF_INET;
  a.sin_port = htons((uint16_t) atoi(port));
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(sock, (struct sockaddr *) &a, sizeof a) == 0)
    return sock;
  close(sock);
  return -1;
}

int dial(void) {
  const char *address = fcl_script_address(s);
  return address[0] == 'u' ? dial_unix(address + 5) : dial_tcp(strrchr(address, ':') + 1);
}

void say_bytes(const char *bytes, size_t len) {
  ck_assert_int_eq((int) send(fd, bytes, len, MSG_NOSIGNAL), (int) len);
}

void hear_bytes(const char *bytes, size_t len) {
  char got[256];
  size_t at = 0;
  while (at < len) {
    ssize_t n = recv(fd, got + at, len - at, 0);
    ck_assert_msg(n > 0, "%zu of %zu bytes came", at, len);
    at += (size_t) n;
  }
  ck_assert_mem_eq(got, bytes, len);
}

void hear_eof(void) {
  char byte;
  ck_assert_int_eq((int) recv(fd, &byte, 1, 0), 0);
}

void one_request(fcl_script *script, void *user) {
  fcl_script_accept(script);
  fcl_script_read_request(script);
  fcl_script_expect_begin(script, FCL_RESPONDER, FCL_KEEP_CONN);
  fcl_script_expect_param(script, "A", "B");
  fcl_script_expect_param(script, "C", NULL);
  fcl_script_expect_body(script, "abc", 3);
  fcl_script_answer(script, "hi");
}
