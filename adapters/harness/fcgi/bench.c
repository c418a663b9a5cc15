/* bench.c: `fcgi bench`: load on an application, and how it bears it. */
#define _GNU_SOURCE
#include "bench.h"
#include "system.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { STDERR = 2 };

/* ---- The command line ---- */

static int read_rate(const fcgi_syntax *syntax, const fcgi_option *what, void *to,
                     const char *value) {
  bench *b = to;
  char *end;
  b->rate = strtod(value, &end);
  if (*value < '0' || *value > '9' || *end || b->rate <= 0 || b->rate > 1e6)
    return fcgi_complain(syntax, what, value,
                         "it takes requests per second, above 0 and up to 1000000");
  return 0;
}

static const fcgi_option options[] = {
    {"concurrency", 'c', "N", "so many requests at once, at most (1)", fcgi_read_number,
     offsetof(bench, concurrency)},
    {"requests", 'n', "N", "so many requests in all", fcgi_read_number, offsetof(bench, requests)},
    {"duration", 'z', "TIME", "so long: 10s, 2m; requests that run are still finished (10s)",
     fcgi_read_time, offsetof(bench, duration_ms)},
    {"rate", 'r', "N",
     "N requests become due each second, whatever became of those before; latency\n"
     "counts from then (as fast as answers come)",
     read_rate, 0},
    {"warm-up", 'w', "N", "so many requests first, which do not count (0)", fcgi_read_number,
     offsetof(bench, warm_up)},
    FCGI_CALL_OPTIONS(bench, call),
    {"processes", 0, "N", "of a program that is started, at most (4)", fcgi_read_number,
     offsetof(bench, processes)},
    {"per-connection", 0, "N", "requests share connections, so many at once on each (1)",
     fcgi_read_number, offsetof(bench, per_connection)},
    {"max-params", 0, "BYTES", "all parameters on the wire, and one of them, at most (65528)",
     fcgi_read_number, offsetof(bench, max_params)},
    {"new-connection", 0, NULL, "for each request, and the application closes it (no KEEP_CONN)",
     fcgi_read_flag, offsetof(bench, is_new_each)},
    {"timeout", 'm', "TIME", "for each stage: start, queue, connection, exchange", fcgi_read_time,
     offsetof(bench, timeout_ms)},
    {"fail", 'f', NULL, "exit status 69 when an answer's status was 400 or above", fcgi_read_flag,
     offsetof(bench, fails)},
    {"json", 'j', NULL, "the figures as an object", fcgi_read_json, offsetof(bench, is_json)},
    {NULL, 0, NULL, NULL, NULL, 0},
};

static const fcgi_syntax syntax = {
    "bench", "[OPTION]... TARGET [ARG]...",
    "Sends the same request again and again, and says how long the answers took.  TARGET: a "
    "program\n"
    "to start, with its arguments, or unix:/PATH, unix:@NAME, tcp:HOST:PORT, on Windows\n"
    "pipe:\\\\.\\pipe\\NAME.",
    options,
    "late: from when a request was due until it was sent; queue: for a process or connection;\n"
    "connect: connecting; first, total: until the first byte and the last, from when it was sent;\n"
    "latency: late and total.  Exit status: 0, or by the first failure as in `fcgi run`.\n"
    "  fcgi bench -c 8 -s page.php --processes 8 php-cgi\n"
    "  fcgi bench --rate 500 -c 8 -z 30s -s /ping unix:/run/php/php-fpm.sock"};

/* ---- Life ---- */

static void on_closed(void *user) {
  bench *b = user;
  int i;
  for (i = 0; i < 3; i++)
    uv_close((uv_handle_t *) &b->signals[i], NULL);
  uv_close((uv_handle_t *) &b->limit, NULL);
  uv_close((uv_handle_t *) &b->progress, NULL);
  fcgi_pace_close(&b->pace);
}

void bench_over(bench *b) {
  if (b->client)
    fcl_client_close(b->client, on_closed, b);
  b->client = NULL;
}

static void on_due(fcgi_pace *pace) {
  bench_go_on(pace->user);
}

/* What was due by now and waits for one of --concurrency will not be sent. */
static void end(bench *b) {
  uint64_t due = 0;
  if (b->is_ending)
    return;
  if (b->rate > 0 && b->begun_ns > 0) /* not while warming up */
    due = (uint64_t) ((double) (uv_hrtime() - b->begun_ns) * b->rate / 1e9);
  if (b->requests && due > b->requests)
    due = b->requests;
  b->behind = due > b->begun ? due - b->begun : 0;
  b->is_ending = 1;
}

static void on_limit(uv_timer_t *timer) {
  end(timer->data);
  bench_go_on(timer->data);
}

static void on_signal(uv_signal_t *handle, int number) {
  bench *b = handle->data;
  b->signal = number;
  end(b);
  bench_cancel(b);
  bench_go_on(b);
}

static void on_progress(uv_timer_t *timer) {
  bench_show_progress(timer->data);
}

static uint64_t own_cpu_us(void) {
  uv_rusage_t u;
  uv_getrusage(&u);
  return (uint64_t) (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000 +
         (uint64_t) (u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static void open_handles(bench *b) {
  static const int numbers[3] = {SIGINT, SIGTERM, SIGHUP};
  int i;
  for (i = 0; i < 3; i++) {
    uv_signal_init(&b->loop, &b->signals[i]);
    b->signals[i].data = b;
    uv_signal_start(&b->signals[i], on_signal, numbers[i]);
  }
  uv_timer_init(&b->loop, &b->limit);
  uv_timer_init(&b->loop, &b->progress);
  b->limit.data = b->progress.data = b;
  if (uv_guess_handle(STDERR) == UV_TTY)
    uv_timer_start(&b->progress, on_progress, 1000, 1000);
}

void bench_begin(bench *b) {
  b->begun_ns = b->ended_ns = uv_hrtime();
  b->cpu_us = own_cpu_us();
  uv_update_time(&b->loop);
  if (b->duration_ms != FCL_NEVER)
    uv_timer_start(&b->limit, on_limit, b->duration_ms == FCL_NONE ? 0 : b->duration_ms, 0);
}

static void set_pool(const bench *b, fcl_pool_options *o) {
  fcgi_target_to_pool(&b->target, o);
  o->max_processes = b->processes;
  o->per_connection = b->per_connection;
  o->max_connections = (b->concurrency + b->per_connection - 1) / b->per_connection;
  o->max_requests = FCL_NEVER;
  o->queue_length = b->concurrency;
  o->new_connection_each = (unsigned) b->is_new_each;
  o->max_params = o->max_param = b->max_params;
  o->stop_ms = 1000;
  if (b->timeout_ms)
    o->start_ms = o->connect_ms = o->queue_ms = o->activity_ms = o->request_ms = b->timeout_ms;
}

static int open_client(bench *b, fcl_error *e) {
  fcl_client_options client = {0};
  fcl_pool_options pool = {0};
  client.mode = FCL_LOOP_UV;
  client.uv = &b->loop;
  set_pool(b, &pool);
  if (fcl_client_new(&b->client, &client, e))
    return 0;
  if (fcgi_pace_init(&b->pace, &b->loop, on_due, b))
    fcgi_say("no timer for --rate: %s", strerror(errno));
  open_handles(b);
  if (fcl_pool_new(&b->pool, b->client, &pool, e) == FCL_OK)
    return 1;
  bench_over(b);
  return 0;
}

static int exit_status(const bench *b) {
  unsigned i;
  if (b->failed)
    return fcgi_exit_of(b->first_code);
  for (i = 400; b->fails && i < BENCH_STATUSES; i++)
    if (b->statuses[i])
      return FCGI_HTTP_ERROR;
  return b->error[0] ? FCGI_NO_CONNECTION : FCGI_OK;
}

static int load(bench *b) {
  fcl_error e;
  system_ignore_pipes();
  uv_loop_init(&b->loop);
  if (!open_client(b, &e)) {
    fcgi_say("%s", e.text);
    uv_run(&b->loop, UV_RUN_DEFAULT);
    uv_loop_close(&b->loop);
    return fcgi_exit_of(e.code);
  }
  if (b->warm_up == 0)
    bench_begin(b);
  bench_go_on(b);
  uv_run(&b->loop, UV_RUN_DEFAULT);
  uv_loop_close(&b->loop);
  b->cpu_us = own_cpu_us() - b->cpu_us;
  if (uv_guess_handle(STDERR) == UV_TTY)
    bench_hide_progress();
  if (b->is_json)
    bench_report_json(b);
  else
    bench_report(b);
  return exit_status(b);
}

/* ---- All ---- */

/* The body is lent whole to every request. */
static int load_body(bench *b) {
  size_t at = 0, len = b->call.fd >= 0 ? (size_t) b->call.length : 0;
  b->body = len ? malloc(len) : NULL;
  while (b->body && at < len) {
    ptrdiff_t n = system_read(b->call.fd, b->body + at, len - at, (int64_t) at);
    if (n <= 0)
      break;
    at += (size_t) n;
  }
  if (at < len)
    fcgi_say("cannot load the body of %zu bytes: %s", len, strerror(b->body ? errno : ENOMEM));
  return at == len;
}

static int make_lanes(bench *b) {
  unsigned i;
  b->lanes = calloc(b->concurrency, sizeof *b->lanes);
  for (i = 0; b->lanes && i < b->concurrency; i++) {
    b->lanes[i].b = b;
    b->lanes[i].next = b->idle;
    b->idle = &b->lanes[i];
  }
  if (b->lanes == NULL)
    fcgi_say("there is no memory for %u requests at once", b->concurrency);
  return b->lanes != NULL;
}

static int read_line(bench *b, int argc, char **argv, int *status) {
  fcgi_rest rest;
  b->concurrency = b->per_connection = 1;
  if (!fcgi_options_read(&syntax, b, argc, argv, &rest, status) ||
      !fcgi_target_read(&b->target, &syntax, &rest, status))
    return 0;
  *status = FCGI_USAGE;
  if (b->concurrency == 0 || b->concurrency > 100000) {
    fcgi_say("--concurrency is %u; give 1 to 100000", b->concurrency);
    return 0;
  }
  if (b->per_connection == 0 || b->per_connection > 65535) {
    fcgi_say("--per-connection is %u; give 1 to 65535", b->per_connection);
    return 0;
  }
  if (b->duration_ms == 0)
    b->duration_ms = b->requests ? FCL_NEVER : 10000;
  return fcgi_call_read(&b->call, &syntax) && load_body(b) && make_lanes(b);
}

int fcgi_bench(int argc, char **argv) {
  bench *b = calloc(1, sizeof *b);
  int status = FCGI_NO_CONNECTION, number = 0;
  if (b == NULL)
    return fcgi_say("there is no memory"), status;
  b->call.fd = -1;
  if (read_line(b, argc, argv, &status)) {
    status = load(b);
    number = b->signal;
  }
  fcgi_call_free(&b->call);
  fcgi_target_free(&b->target);
  free(b->lanes);
  free(b->body);
  free(b);
  if (number) {
    fflush(stdout);
    system_die_of(number);
  }
  return status;
}
