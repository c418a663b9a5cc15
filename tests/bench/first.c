/* first.c: how long a byte takes that an application writes before it waits: through httpd, to the
   client.  Plays both, the application and the client.
   usage: first PORT /PATH-OF-SOCKET TIMES   where httpd, on PORT, has what listens at the path */
#include "bench.h"
#include "bench_clock.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { TIMES_MAX = 10000 };

static int listener, application = -1, client;
static unsigned id;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void listen_at(const char *path) {
  struct sockaddr_un a = {AF_UNIX, ""};
  strncpy(a.sun_path, path, sizeof a.sun_path - 1);
  unlink(path);
  listener = socket(AF_UNIX, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *) &a, sizeof a) || listen(listener, 16))
    fail(path);
}

static void connect_to(unsigned port) {
  struct sockaddr_in a = {0};
  a.sin_family = AF_INET;
  a.sin_port = htons((uint16_t) port);
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  client = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(client, (struct sockaddr *) &a, sizeof a))
    fail("first: connect");
}

static void put(int fd, const void *bytes, size_t len) {
  if (write(fd, bytes, len) != (ssize_t) len)
    fail("first: write");
}

/* ---- The application ---- */

static void await_application(void) {
  struct pollfd p[2] = {{listener, POLLIN, 0}, {application, POLLIN, 0}};
  while (poll(p, 2, -1) < 0)
    ;
  if (p[0].revents == 0)
    return;
  if (application >= 0)
    close(application);
  application = accept(listener, NULL, NULL);
}

static int is_end(const fcl_decoder *d) {
  id = d->record.id;
  return d->record.type == FCL_STDIN && d->record.length == 0;
}

/* Reads a request to its end.  Returns 0 when the connection was closed instead. */
static int read_request(void) {
  fcl_decoder d;
  fcl_slice span;
  char bytes[65536];
  ssize_t n;
  memset(&d, 0, sizeof d);
  while ((n = read(application, bytes, sizeof bytes)) > 0) {
    const char *p = bytes;
    fcl_decode_event e;
    while ((e = fcl_decode(&d, &p, bytes + n, &span)) != FCL_EV_MORE)
      if (e == FCL_EV_BAD_VERSION || (e == FCL_EV_END && is_end(&d)))
        return e == FCL_EV_END;
  }
  close(application);
  application = -1;
  return 0;
}

static void put_stdout(const char *text, size_t len) {
  uint8_t record[256];
  fcl_put_header(record, FCL_STDOUT, id, len, 0);
  memcpy(record + FCL_HEADER_SIZE, text, len);
  put(application, record, FCL_HEADER_SIZE + len);
}

static void put_end(void) {
  uint8_t record[16];
  fcl_put_end(record, id, 0, FCL_REQUEST_COMPLETE);
  put(application, record, sizeof record);
}

/* ---- The client ---- */

/* Reads until `what` is the end of what has come. */
static void await(const char *what) {
  char came[4096];
  size_t len = 0, wanted = strlen(what);
  for (;;) {
    ssize_t n = read(client, came + len, sizeof came - len);
    if (n <= 0)
      fail("first: the answer ended early");
    len += (size_t) n;
    if (len >= wanted && memcmp(came + len - wanted, what, wanted) == 0)
      return;
  }
}

/* In microseconds. */
static double ask_once(void) {
  static const char request[] = "GET /index.php HTTP/1.1\r\nHost: bench\r\n\r\n";
  static const char one[] = "Content-Type: text/plain\r\n\r\nx";
  double start;
  put(client, request, sizeof request - 1);
  do
    await_application();
  while (!read_request());
  start = bench_seconds();
  put_stdout(one, sizeof one - 1);
  await("\r\nx\r\n");
  start = bench_seconds() - start;
  put_end();
  await("0\r\n\r\n");
  return start * 1e6;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  static double took[TIMES_MAX];
  int i, times = argc == 4 ? atoi(argv[3]) : 0;
  if (times < 1 || times > TIMES_MAX)
    return fputs("usage: first PORT /SOCKET TIMES\n", stderr), 2;
  listen_at(argv[2]);
  connect_to((unsigned) atoi(argv[1]));
  ask_once();
  for (i = 0; i < times; i++)
    took[i] = ask_once();
  qsort(took, (size_t) times, sizeof *took, compare);
  printf("least_us %.0f median_us %.0f p99_us %.0f\n", took[0], took[times / 2],
         took[times * 99 / 100]);
  return 0;
}
