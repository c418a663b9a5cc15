/* client.c: the library doing what raw.c does: N requests in flight to one address, each followed
   by another. usage: client thread|uv /PATH-OF-SOCKET|tcp:HOST:PORT IN-FLIGHT REQUESTS ANSWER-BYTES
   REQUEST-BYTES [CONNECTIONS PER-CONNECTION] */
#include "bench.h"
#include <fcgiclient/fcgiclient.h>
#include <uv.h>

static fcl_pool *pool;
static char *upload;
static size_t upload_len;
static long todo, in_flight;
static unsigned connections, per_connection; /* 0: as many as it takes, one request on each */
static long claimed;      /* requests that somebody makes, or has made; any thread */
static long finished;     /* the loop's */
static uint64_t received; /* the loop's */
static uv_sem_t all_finished;
static long allocations,
    allocations_warm; /* all; those after each connection has had a few requests */

static void *count_realloc(void *ptr, size_t size, void *user) {
  if (size == 0)
    return free(ptr), NULL;
  __atomic_add_fetch(&allocations, 1, __ATOMIC_RELAXED);
  return realloc(ptr, size);
}

static double seconds(void) {
  return (double) uv_hrtime() / 1e9;
}

static double cpu_seconds(void) {
  uv_rusage_t u;
  uv_getrusage(&u);
  return (double) (u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
         (double) (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void start(void);

static void start_if_wanted(void) {
  if (__atomic_fetch_add(&claimed, 1, __ATOMIC_RELAXED) < todo)
    start();
}

static fcl_flow on_body(fcl_request *r, const char *data, size_t len, void *user) {
  received += len;
  return FCL_NEXT;
}

static void on_done(fcl_request *r, const fcl_result *result, void *user) {
  if (result->error.code != FCL_OK)
    fprintf(stderr, "%s\n", result->error.text), exit(1);
  fcl_request_free(r);
  if (++finished == 4 * in_flight)
    allocations_warm = __atomic_load_n(&allocations, __ATOMIC_RELAXED);
  if (finished == todo)
    uv_sem_post(&all_finished);
  start_if_wanted();
}

static void start(void) {
  static const fcl_handlers handlers = {NULL, on_body, NULL, NULL, NULL, on_done};
  fcl_request *r = fcl_request_new(pool, &handlers, NULL);
  size_t i;
  if (r == NULL)
    fputs("out of memory\n", stderr), exit(1);
  for (i = 0; i < BENCH_PARAMS; i++)
    fcl_request_param_n(r, bench_params[i].name, bench_params[i].value);
  if (upload_len)
    fcl_request_body(r, (int64_t) upload_len, FCL_BODY_REFUSE);
  fcl_request_start(r);
  if (upload_len)
    fcl_request_write(r, upload, upload_len);
  fcl_request_finish(r);
}

/* The first requests; on_done makes the others. */
static void start_all(const char *path, fcl_client *client) {
  char address[128];
  const char *addresses[] = {address, NULL};
  fcl_pool_options options = {0};
  fcl_error e;
  long i;
  snprintf(address, sizeof address, "%s%s", strchr(path, ':') ? "" : "unix:", path);
  options.addresses = addresses;
  options.max_connections = connections;
  options.per_connection = per_connection;
  if (fcl_pool_new(&pool, client, &options, &e))
    fprintf(stderr, "%s\n", e.text), exit(1);
  for (i = 0; i < in_flight; i++)
    start_if_wanted();
}

static void run_on_loop(const char *path, fcl_client_options *options) {
  uv_loop_t loop;
  fcl_client *client;
  fcl_error e;
  uv_loop_init(&loop);
  options->mode = FCL_LOOP_UV;
  options->uv = &loop;
  if (fcl_client_new(&client, options, &e))
    fprintf(stderr, "%s\n", e.text), exit(1);
  start_all(path, client);
  while (finished < todo)
    uv_run(&loop, UV_RUN_ONCE);
  fcl_client_close(client, NULL, NULL);
  uv_run(&loop, UV_RUN_DEFAULT);
  uv_loop_close(&loop);
}

static void run_on_thread(const char *path, fcl_client_options *options) {
  fcl_client *client;
  fcl_error e;
  if (fcl_client_new(&client, options, &e))
    fprintf(stderr, "%s\n", e.text), exit(1);
  start_all(path, client);
  uv_sem_wait(&all_finished);
  fcl_client_close(client, NULL, NULL);
  fcl_client_join(client);
}

int main(int argc, char **argv) {
  fcl_client_options options = {0};
  double wall, cpu;
  if (argc != 7 && argc != 9)
    return fputs("usage: client thread|uv /SOCKET|tcp:HOST:PORT IN-FLIGHT REQUESTS ANSWER-BYTES "
                 "REQUEST-BYTES "
                 "[CONNECTIONS PER-CONNECTION]\n",
                 stderr),
           2;
  in_flight = atol(argv[3]);
  todo = atol(argv[4]);
  upload_len = strtoul(argv[6], NULL, 10);
  connections = argc > 7 ? (unsigned) atoi(argv[7]) : 0;
  per_connection = argc > 7 ? (unsigned) atoi(argv[8]) : 0;
  upload = calloc(1, upload_len + 1);
  uv_sem_init(&all_finished, 0);
  options.realloc_fn = count_realloc;
  wall = seconds();
  cpu = cpu_seconds();
  (strcmp(argv[1], "uv") ? run_on_thread : run_on_loop)(argv[2], &options);
  bench_print(todo, seconds() - wall, cpu_seconds() - cpu,
              (double) (allocations - allocations_warm) / (double) (todo - 4 * in_flight));
  if (finished != todo || received != (uint64_t) todo * strtoul(argv[5], NULL, 10))
    return fprintf(stderr, "client: %ld answers with %llu bytes came\n", finished,
                   (unsigned long long) received),
           1;
  return 0;
}
