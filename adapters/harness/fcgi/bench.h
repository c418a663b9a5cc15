/* bench.h: what the files of `fcgi bench` share. */
#ifndef FCGI_BENCH_H
#define FCGI_BENCH_H
#include "call.h"
#include "histogram.h"
#include "json.h"
#include "pace.h"

enum {
  BENCH_STATUSES = 1000, /* HTTP's are three digits */
  BENCH_FAILS_MAX = 1000 /* one behind the other: then it is over */
};

/* What is measured of a request, in microseconds. */
enum {
  BENCH_LATENCY, /* from the moment when it was due to its end */
  BENCH_LATE,  /* from then until it was sent on its way: waiting for one of --concurrency, and our
                  own delay */
  BENCH_QUEUE, /* the library's phases, from when it was sent on its way */
  BENCH_CONNECT,
  BENCH_FIRST,
  BENCH_TOTAL,
  BENCH_PHASES
};

typedef struct bench bench;

/* One of --concurrency: runs a request at a time. */
typedef struct bench_lane {
  bench *b;
  fcl_request *request; /* NULL: idle */
  struct bench_lane *next;
  uint64_t due_ns, begun_ns;
  int http, is_warm_up;
} bench_lane;

struct bench {
  /* Options. */
  fcgi_call call;
  unsigned concurrency, requests, warm_up, duration_ms, timeout_ms, processes, max_params,
      per_connection;
  double rate; /* per second; 0: as fast as answers come */
  int is_json, fails, is_new_each;
  fcgi_target target;
  /* What runs. */
  uv_loop_t loop;
  uv_signal_t signals[3];
  uv_timer_t limit, progress;
  fcgi_pace pace;
  fcl_client *client;
  fcl_pool *pool;
  char *body;
  bench_lane *lanes, *idle;
  unsigned running;
  unsigned warm_begun, warm_done; /* of warm_up */
  int is_ending, signal;
  /* What came of it. */
  uint64_t begun_ns, ended_ns, cpu_us;
  uint64_t begun;    /* requests */
  uint64_t paced_ns; /* what the alarm is set to */
  uint64_t ok, failed, in_a_row, received, sent;
  uint64_t behind; /* were due, and never sent */
  uint64_t statuses[BENCH_STATUSES], codes[FCL_CODE_MAX], app_failures;
  char error[1024]; /* the first sentence */
  fcl_code first_code;
  fcgi_histogram phases[BENCH_PHASES];
};

/* bench_load.c: sends what is due; again whenever something may have changed. */
void bench_go_on(bench *b);
void bench_cancel(bench *b);
/* bench.c: nothing runs any more; what is measured begins. */
void bench_over(bench *b);
void bench_begin(bench *b);
/* bench_report.c */
void bench_report(const bench *b);
void bench_report_json(const bench *b);
void bench_show_progress(const bench *b);
void bench_hide_progress(void);

#endif
