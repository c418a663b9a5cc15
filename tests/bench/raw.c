/* raw.c: the limit: a client that does nothing.  The bytes of one request, made beforehand, go out
   on each of N kept connections, and as many bytes as an answer has are read and forgotten. usage:
   raw /PATH-OF-SOCKET IN-FLIGHT REQUESTS ANSWER-BYTES REQUEST-BYTES */
#include "bench.h"
#include "bench_clock.h"
#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

typedef struct connection {
  int fd;
  size_t sent, received;
} connection;

static uint8_t *request;
static size_t request_len, answer_len;
static long todo, started, finished;

static void make_body(size_t body) {
  size_t len;
  for (; body > 0; body -= len) {
    len = body < FCL_CONTENT_ALIGNED ? body : FCL_CONTENT_ALIGNED;
    fcl_put_header(request + request_len, FCL_STDIN, 1, len, 0);
    memset(request + request_len + FCL_HEADER_SIZE, 'y', len);
    request_len += FCL_HEADER_SIZE + len;
  }
  fcl_put_header(request + request_len, FCL_STDIN, 1, 0, 0);
  request_len += FCL_HEADER_SIZE;
}

static void make_request(size_t body) {
  char number[32];
  fcl_params p;
  fcl_slice image;
  fcl_error e;
  size_t i;
  fcl_params_init(&p, NULL, NULL);
  for (i = 0; i < BENCH_PARAMS; i++)
    fcl_params_set(&p, bench_params[i].name, bench_params[i].value);
  snprintf(number, sizeof number, "%zu", body);
  fcl_params_set_text(&p, "CONTENT_LENGTH", body ? number : "");
  if (fcl_params_end(&p, FCL_RESPONDER, 0, &image, &e))
    fprintf(stderr, "%s\n", e.text), exit(1);
  fcl_params_address(&p, 1, FCL_KEEP_CONN);
  request = malloc(image.len + body + (body / FCL_CONTENT_ALIGNED + 2) * FCL_HEADER_SIZE);
  memcpy(request, image.base, image.len);
  request_len = image.len;
  make_body(body);
  fcl_params_free(&p);
}

static size_t answer_size(size_t body) {
  char head[128];
  size_t total = bench_head(head, body) + body;
  size_t records = (total + FCL_CONTENT_ALIGNED - 1) / FCL_CONTENT_ALIGNED + 1;
  return total + records * FCL_HEADER_SIZE + 16;
}

static void send_more(connection *c) {
  while (c->sent < request_len) {
    ssize_t n = send(c->fd, request + c->sent, request_len - c->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0)
      return;
    c->sent += (size_t) n;
  }
}

static void start(connection *c) {
  if (started == todo)
    return;
  started++;
  c->sent = c->received = 0;
  send_more(c);
}

static void receive_more(connection *c) {
  static char block[1 << 16];
  while (c->received < answer_len) {
    ssize_t n = recv(c->fd, block, sizeof block, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN)
      return;
    if (n <= 0)
      fputs("raw: the responder closed the connection\n", stderr), exit(1);
    c->received += (size_t) n;
  }
  if (c->received > answer_len)
    fputs("raw: the answer is longer than expected\n", stderr), exit(1);
  finished++;
  start(c);
}

static void connect_to(const char *path, connection *c, int ep) {
  struct epoll_event e = {EPOLLIN | EPOLLOUT | EPOLLET, {c}};
  struct sockaddr_un a = {AF_UNIX, ""};
  strncpy(a.sun_path, path, sizeof a.sun_path - 1);
  c->fd = socket(AF_UNIX, SOCK_STREAM, 0);
  if (connect(c->fd, (struct sockaddr *) &a, sizeof a))
    perror(path), exit(1);
  epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &e);
}

static void run(const char *path, int in_flight) {
  struct epoll_event events[256];
  connection *all = calloc((size_t) in_flight, sizeof *all);
  int ep = epoll_create1(0), i, n;
  for (i = 0; i < in_flight; i++) {
    connect_to(path, &all[i], ep);
    start(&all[i]);
  }
  while (finished < todo)
    for (n = epoll_wait(ep, events, 256, -1), i = 0; i < n; i++) {
      connection *c = events[i].data.ptr;
      send_more(c);
      if (events[i].events & EPOLLIN && c->received < answer_len)
        receive_more(c);
    }
}

int main(int argc, char **argv) {
  double wall, cpu;
  if (argc != 6)
    return fputs("usage: raw /SOCKET IN-FLIGHT REQUESTS ANSWER-BYTES REQUEST-BYTES\n", stderr), 2;
  todo = atol(argv[3]);
  answer_len = answer_size(strtoul(argv[4], NULL, 10));
  make_request(strtoul(argv[5], NULL, 10));
  wall = bench_seconds();
  cpu = bench_cpu_seconds();
  run(argv[1], atoi(argv[2]));
  bench_print(todo, bench_seconds() - wall, bench_cpu_seconds() - cpu, 0);
  return 0;
}
