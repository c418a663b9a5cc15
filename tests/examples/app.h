/* app.h: examples/app.c as a running process, and a web server's side that is written by hand and
   inspected, for its tests. */
#ifndef TEST_EXAMPLES_APP_H
#define TEST_EXAMPLES_APP_H
#include <check.h>
#include <fcgiclient/harness.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIMIT_MS 20000

static pid_t app;
static char name[64]; /* of its abstract socket */
static int fd;
static fcl_inspector *in;

/* ---- The application, its socket, one connection ---- */

static inline socklen_t address_of(struct sockaddr_un *a) {
  memset(a, 0, sizeof *a);
  a->sun_family = AF_UNIX;
  memcpy(a->sun_path + 1, name, strlen(name));
  return (socklen_t) (offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
}

/* Dies with the test, however that ends. */
static inline void run(int listener, const char *option, const char *value) {
#ifdef __linux__
  prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  if (listener >= 0)
    dup2(listener, 0);
  execl(TEST_APP, "app", option, value, (char *) NULL);
  _exit(127);
}

/* The socket listens before the application runs, so nobody has to wait for it. */
static inline void start(const char *option, const char *value) {
  static unsigned count;
  struct sockaddr_un a;
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  snprintf(name, sizeof name, "fcl-test-app-%ld-%u", (long) getpid(), count++);
  ck_assert_int_eq(bind(listener, (struct sockaddr *) &a, address_of(&a)), 0);
  ck_assert_int_eq(listen(listener, 8), 0);
  app = fork();
  ck_assert_int_ge(app, 0);
  if (app == 0)
    run(listener, option, value);
  close(listener);
}

static inline int dial(void) {
  struct sockaddr_un a;
  int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(sock, (struct sockaddr *) &a, address_of(&a)) == 0)
    return sock;
  close(sock);
  return -1;
}

static inline void hang_up(void) {
  if (fd >= 0)
    close(fd);
  fd = -1;
  fcl_inspector_free(in);
  in = NULL;
}

static inline void connect_anew(void) {
  hang_up();
  fd = dial();
  ck_assert_int_ge(fd, 0);
  in = fcl_inspector_new(0);
}

static inline int status_of_app(void) {
  int status = -1;
  waitpid(app, &status, 0);
  app = 0;
  return status;
}

static inline void setup(void) {
  fd = -1;
  start(NULL, NULL);
  connect_anew();
}

static inline void teardown(void) {
  hang_up();
  if (app > 0)
    kill(app, SIGKILL);
  if (app > 0)
    status_of_app();
}

/* ---- What the web server sends: written by hand, and inspected on its way ---- */

typedef struct wire {
  uint8_t bytes[400000];
  size_t len;
} wire;

static inline void put(wire *w, const void *bytes, size_t len) {
  if (len > 0)
    memcpy(w->bytes + w->len, bytes, len);
  w->len += len;
}

static inline void record(wire *w, unsigned type, const void *content, size_t len) {
  uint8_t header[8] = {1, (uint8_t) type, 0, 1, (uint8_t) (len >> 8), (uint8_t) len, 0, 0};
  put(w, header, 8);
  put(w, content, len);
}

static inline void pair(wire *w, const char *key, const char *value) {
  uint8_t record_header[8] = {1, FCL_PARAMS, 0, 1, 0, (uint8_t) (2 + strlen(key) + strlen(value)),
                              0, 0};
  uint8_t lengths[2] = {(uint8_t) strlen(key), (uint8_t) strlen(value)};
  put(w, record_header, 8);
  put(w, lengths, 2);
  put(w, key, lengths[0]);
  put(w, value, lengths[1]);
}

static inline void begin(wire *w, const char *query, unsigned role, unsigned flags, size_t body) {
  uint8_t content[8] = {0, (uint8_t) role, (uint8_t) flags, 0, 0, 0, 0, 0};
  char length[24];
  w->len = 0;
  record(w, FCL_BEGIN_REQUEST, content, 8);
  pair(w, "QUERY_STRING", query);
  snprintf(length, sizeof length, "%zu", body);
  pair(w, "CONTENT_LENGTH", length);
  record(w, FCL_PARAMS, NULL, 0);
}

static inline void say(const void *bytes, size_t len) {
  ck_assert_msg(fcl_inspector_feed(in, FCL_SIDE_SERVER, bytes, len), "%s",
                fcl_inspector_fault(in, FCL_SIDE_SERVER));
  ck_assert_int_eq((int) send(fd, bytes, len, MSG_NOSIGNAL), (int) len);
}

/* ---- What comes back: inspected ---- */

/* Returns 0 at the end of the connection. */
static inline int hear(void) {
  struct pollfd p = {fd, POLLIN, 0};
  char bytes[65536];
  ssize_t n;
  ck_assert_msg(poll(&p, 1, LIMIT_MS) == 1, "the application said nothing for %d ms; before: %s",
                LIMIT_MS, fcl_inspector_log(in, FCL_SIDE_APP));
  n = recv(fd, bytes, sizeof bytes, 0);
  if (n <= 0)
    return 0;
  ck_assert_msg(fcl_inspector_feed(in, FCL_SIDE_APP, bytes, (size_t) n), "%s",
                fcl_inspector_fault(in, FCL_SIDE_APP));
  return 1;
}

static inline const fcl_seen *hear_end(void) {
  while (!fcl_inspector_last(in)->ended)
    ck_assert_msg(hear(), "the connection ended before END_REQUEST");
  return fcl_inspector_last(in);
}

static inline void hear_eof(void) {
  while (hear())
    ;
}

static inline void send_request(const char *query, unsigned flags, const void *body, size_t len) {
  wire *w = malloc(sizeof *w);
  size_t at, n;
  begin(w, query, FCL_RESPONDER, flags, len);
  for (at = 0; at < len; at += n) {
    n = len - at < 60000 ? len - at : 60000;
    record(w, FCL_STDIN, (const char *) body + at, n);
  }
  record(w, FCL_STDIN, NULL, 0);
  say(w->bytes, w->len);
  free(w);
}

static inline const fcl_seen *ask(const char *query) {
  send_request(query, FCL_KEEP_CONN, NULL, 0);
  return hear_end();
}

static inline void assert_out(const fcl_seen *seen, const char *text) {
  ck_assert_msg(
      seen->out.kept_len == strlen(text) && memcmp(seen->out.kept, text, strlen(text)) == 0,
      "expected \"%s\", and this came: \"%.*s\"", text, (int) seen->out.kept_len, seen->out.kept);
}

static inline uint64_t pattern_hash(size_t n) {
  uint64_t hash = FCL_FNV_START;
  size_t i;
  for (i = 0; i < n; i++) {
    uint8_t byte = (uint8_t) ((uint32_t) i * 2654435761u >> 24);
    hash = fcl_fnv1a(hash, &byte, 1);
  }
  return hash;
}
#endif
