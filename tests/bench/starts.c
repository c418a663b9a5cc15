/* starts.c: from a request to the first byte of its answer, where a process must be started for it:
   by the library, and by hand (fork, exec, connect), in turn; one answers, and is ended.
   usage: starts TIMES MIB GUARDIAN PROGRAM SCRIPT   with MIB of memory that resides in this host */
#include "bench.h"
#include "bench_clock.h"
#include <fcgiclient/fcgiclient.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

enum { TIMES_MAX = 1000 };

static const char *program, *script;
static double begun, first; /* of the request that runs */
static int is_done;

static fcl_slice value_of(size_t n) {
  return n == 6 ? (fcl_slice){script, strlen(script)} : bench_params[n].value;
}

/* ---- By the library ---- */

static fcl_flow on_head(fcl_request *r, const fcl_head *head, void *user) {
  first = bench_seconds();
  return FCL_NEXT;
}

static void on_done(fcl_request *r, const fcl_result *result, void *user) {
  if (result->error.code != FCL_OK)
    fprintf(stderr, "%s\n", result->error.text), exit(1);
  fcl_request_free(r);
  is_done = 1;
}

static fcl_pool *make_pool(fcl_client *client) {
  const char *argv[] = {program, NULL};
  fcl_pool_options options = {0};
  fcl_pool *pool;
  fcl_error e;
  options.program = program;
  options.argv = argv;
  options.max_processes = 1;
  if (fcl_pool_new(&pool, client, &options, &e))
    fprintf(stderr, "%s\n", e.text), exit(1);
  return pool;
}

/* The process ends in its own time, and not in the one that is measured next. */
static void rest(uv_loop_t *loop) {
  double until = bench_seconds() + 0.05;
  while (bench_seconds() < until) {
    uv_run(loop, UV_RUN_NOWAIT);
    usleep(1000);
  }
}

static double by_library(uv_loop_t *loop, fcl_client *client) {
  static const fcl_handlers handlers = {on_head, NULL, NULL, NULL, NULL, on_done};
  fcl_pool *pool = make_pool(client);
  fcl_request *r;
  size_t i;
  begun = bench_seconds();
  r = fcl_request_new(pool, &handlers, NULL);
  for (i = 0; i < BENCH_PARAMS; i++)
    fcl_request_param_n(r, bench_params[i].name, value_of(i));
  fcl_request_start(r);
  fcl_request_finish(r);
  for (is_done = 0; !is_done;)
    uv_run(loop, UV_RUN_ONCE);
  fcl_pool_close(pool, 0);
  rest(loop);
  return first - begun;
}

/* ---- By hand ---- */

static char *request;
static size_t request_len;

static void make_request(void) {
  fcl_params p;
  fcl_slice image;
  fcl_error e;
  size_t i;
  fcl_params_init(&p, NULL, NULL);
  for (i = 0; i < BENCH_PARAMS; i++)
    fcl_params_set(&p, bench_params[i].name, value_of(i));
  if (fcl_params_end(&p, FCL_RESPONDER, 0, &image, &e))
    fprintf(stderr, "%s\n", e.text), exit(1);
  fcl_params_address(&p, 1, 0);
  request = malloc(image.len + FCL_HEADER_SIZE);
  memcpy(request, image.base, image.len);
  fcl_put_header((uint8_t *) request + image.len, FCL_STDIN, 1, 0, 0);
  request_len = image.len + FCL_HEADER_SIZE;
  fcl_params_free(&p);
}

static int listen_at(struct sockaddr_un *a) {
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  unlink(a->sun_path);
  if (bind(fd, (struct sockaddr *) a, sizeof *a) || listen(fd, 16))
    perror(a->sun_path), exit(1);
  return fd;
}

static pid_t start_program(int listener) {
  pid_t pid = fork();
  if (pid == 0) {
    dup2(listener, 0);
    execl(program, program, (char *) NULL);
    _exit(127);
  }
  return pid;
}

static double by_hand(void) {
  struct sockaddr_un a = {AF_UNIX, ""};
  double start = bench_seconds(), took;
  char bytes[4096];
  int listener, fd;
  pid_t pid;
  snprintf(a.sun_path, sizeof a.sun_path, "/tmp/bench-starts.%ld", (long) getpid());
  listener = listen_at(&a);
  pid = start_program(listener);
  fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(fd, (struct sockaddr *) &a, sizeof a) ||
      write(fd, request, request_len) != (ssize_t) request_len || read(fd, bytes, 1) != 1)
    perror("starts: by hand"), exit(1);
  took = bench_seconds() - start;
  while (read(fd, bytes, sizeof bytes) > 0)
    ;
  close(fd);
  close(listener);
  unlink(a.sun_path);
  kill(pid, SIGKILL);
  waitpid(pid, NULL, 0);
  return took;
}

/* ---- ---- */

static int compare(const void *a, const void *b) {
  double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

static void show(const char *name, double *took, int times) {
  qsort(took, (size_t) times, sizeof *took, compare);
  printf("%s_least_us %.0f %s_median_us %.0f ", name, took[0] * 1e6, name, took[times / 2] * 1e6);
}

static void on_event(const fcl_event *e, void *user) {
  if (e->level == FCL_LEVEL_ERROR)
    fprintf(stderr, "%s\n", e->sentence);
}

static void measure(int times, const char *guardian) {
  static double ours[TIMES_MAX], hand[TIMES_MAX];
  fcl_client_options options = {0};
  fcl_client *client;
  fcl_error e;
  uv_loop_t loop;
  int i;
  uv_loop_init(&loop);
  options.mode = FCL_LOOP_UV;
  options.uv = &loop;
  options.guardian = guardian;
  options.on_event = on_event;
  if (fcl_client_new(&client, &options, &e))
    fprintf(stderr, "%s\n", e.text), exit(1);
  printf("first_ever_us %.0f ", by_library(&loop, client) * 1e6); /* starts the guardian, too */
  by_hand();
  for (i = 0; i < times; i++) {
    ours[i] = by_library(&loop, client);
    hand[i] = by_hand();
  }
  show("library", ours, times);
  show("hand", hand, times);
  printf("\n");
  fcl_client_close(client, NULL, NULL);
  uv_run(&loop, UV_RUN_DEFAULT);
}

int main(int argc, char **argv) {
  size_t mib = argc == 6 ? strtoul(argv[2], NULL, 10) : 0;
  int times = argc == 6 ? atoi(argv[1]) : 0;
  char *resident;
  if (times < 1 || times > TIMES_MAX)
    return fputs("usage: starts TIMES MIB GUARDIAN PROGRAM SCRIPT\n", stderr), 2;
  program = argv[4];
  script = argv[5];
  resident = malloc((mib << 20) + 1);
  if (resident == NULL)
    return fputs("starts: there is not so much memory\n", stderr), 77;
  memset(resident, 1, (mib << 20) + 1);
  make_request();
  measure(times, argv[3]);
  free(request);
  return resident[mib << 20] - 1;
}
