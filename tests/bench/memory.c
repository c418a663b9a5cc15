/* memory.c: what a request takes in memory while it waits, and while it is in flight; and what a
   kept connection takes.  Prints a table, and claims what must not be more. */
#include "bench.h"
#include <fcgiclient/fcgiclient.h>
#include <signal.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

enum { PARAMETERS = 1024 }; /* what holds those of bench.h: 550 bytes on the wire */

static long held; /* bytes that the library has asked for and not given back */
static int failures;

/* ---- Bytes, counted ---- */

typedef union label {
  size_t size;
  max_align_t aligned;
} label;

static void *count_realloc(void *ptr, size_t size, void *user) {
  label *old = ptr ? (label *) ptr - 1 : NULL, *fresh;
  const size_t had = old ? old->size : 0;
  if (size == 0) {
    held -= (long) had;
    free(old);
    return NULL;
  }
  fresh = realloc(old, sizeof *fresh + size);
  if (fresh == NULL)
    return NULL;
  held += (long) size - (long) had;
  fresh->size = size;
  return fresh + 1;
}

/* ---- An application: it answers each connection's first request, or none ---- */

static char path[108];

static int listen_at(void) {
  struct sockaddr_un a = {AF_UNIX, ""};
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  snprintf(path, sizeof path, "/tmp/fcl-memory-%ld", (long) getpid());
  memcpy(a.sun_path, path, strlen(path) + 1);
  if (bind(fd, (struct sockaddr *) &a, sizeof a) || listen(fd, 4096))
    perror(path), exit(1);
  return fd;
}

static size_t make_answer(uint8_t out[256]) {
  static const char head[] = "Content-Type: text/plain\r\n\r\nyes";
  fcl_put_header(out, FCL_STDOUT, 1, sizeof head - 1, 0);
  memcpy(out + FCL_HEADER_SIZE, head, sizeof head - 1);
  out += FCL_HEADER_SIZE + sizeof head - 1;
  fcl_put_header(out, FCL_END_REQUEST, 1, 8, 0);
  memset(out + FCL_HEADER_SIZE, 0, 8);
  return 2 * FCL_HEADER_SIZE + sizeof head - 1 + 8;
}

static void answer_all(int listener) {
  uint8_t answer[256];
  char request[4096];
  const size_t len = make_answer(answer);
  for (;;) {
    int fd = accept(listener, NULL, NULL);
    if (fd < 0 || read(fd, request, sizeof request) <= 0 || write(fd, answer, len) < 0)
      _exit(1);
  }
}

static pid_t answering(int listener) {
  pid_t pid = fork();
  if (pid == 0)
    answer_all(listener);
  return pid;
}

/* ---- Requests ---- */

typedef struct setting {
  long requests;
  unsigned connections;
  int is_answered;
} setting;

static uv_loop_t loop;
static fcl_client *client;
static fcl_pool *pool;
static long done;

static void on_done(fcl_request *r, const fcl_result *result, void *user) {
  fcl_request_free(r);
  done++;
}

static void start(void) {
  static const fcl_handlers handlers = {NULL, NULL, NULL, NULL, NULL, on_done};
  fcl_request *r = fcl_request_new(pool, &handlers, NULL);
  size_t i;
  if (r == NULL)
    fputs("out of memory\n", stderr), exit(1);
  for (i = 0; i < BENCH_PARAMS; i++)
    fcl_request_param_n(r, bench_params[i].name, bench_params[i].value);
  fcl_request_start(r);
  fcl_request_finish(r);
}

static void open_client(const setting *s) {
  char address[128];
  const char *addresses[] = {address, NULL};
  fcl_client_options options = {0};
  fcl_pool_options wanted = {0};
  fcl_error e;
  uv_loop_init(&loop);
  options.mode = FCL_LOOP_UV;
  options.uv = &loop;
  options.realloc_fn = count_realloc;
  snprintf(address, sizeof address, "unix:%s", path);
  wanted.addresses = addresses;
  wanted.max_connections = s->connections;
  wanted.queue_length = (unsigned) s->requests + 1;
  if (fcl_client_new(&client, &options, &e) || fcl_pool_new(&pool, client, &wanted, &e))
    fprintf(stderr, "%s\n", e.text), exit(1);
}

static void close_client(void) {
  fcl_client_close(client, NULL, NULL);
  uv_run(&loop, UV_RUN_DEFAULT);
  uv_loop_close(&loop);
  if (held != 0)
    fprintf(stderr, "memory: %ld bytes were not given back\n", held), exit(1);
}

/* Until all have been answered, or have got as far as they come. */
static void run(const setting *s) {
  int turns = 5;
  while (s->is_answered ? done < s->requests : turns-- > 0)
    uv_run(&loop, s->is_answered ? UV_RUN_ONCE : UV_RUN_NOWAIT);
}

/* The bytes that are held after so many. */
static long bytes_after(const setting *s) {
  int listener = listen_at(), status;
  pid_t pid = s->is_answered ? answering(listener) : 0;
  long i, bytes;
  open_client(s);
  for (done = i = 0; i < s->requests; i++)
    start();
  run(s);
  bytes = held;
  close_client();
  if (pid != 0 && (kill(pid, SIGKILL) || waitpid(pid, &status, 0) != pid))
    perror("memory"), exit(1);
  close(listener);
  unlink(path);
  return bytes;
}

/* ---- Claims ---- */

/* What one more takes: of the second half of so many. */
static void row(const char *what, setting s, double most) {
  setting half = s;
  double bytes;
  half.requests /= 2;
  bytes = (double) (bytes_after(&s) - bytes_after(&half)) / (double) half.requests;
  printf("| %-50s | %8.0f | %8.0f |\n", what, bytes, most);
  if (bytes <= most)
    return;
  printf("FAILED: %s: more than %.0f bytes\n", what, most);
  failures++;
}

int main(void) {
  const setting waiting = {20000, 1, 0}, flying = {2000, 0, 0}, idle = {2048, 0, 1};
  struct rlimit files = {4096, 4096};
  setrlimit(RLIMIT_NOFILE, &files);
  printf("| bytes of                                           | measured |     most |\n"
         "|----------------------------------------------------|----------|----------|\n");
  row("a request that waits, with its parameters", waiting, PARAMETERS + 1024);
  row("a request in flight, with those and its connection", flying, PARAMETERS + 4096);
  row("a kept connection that is idle", idle, 1024);
  printf("100%%: Checks: 3, Failures: %d, Errors: 0\n", failures);
  return failures != 0;
}
