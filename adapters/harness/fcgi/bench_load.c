/* bench_load.c: sends requests when they are due, and takes down what came of them. */
#include "bench.h"
#include <stdio.h>
#include <string.h>

/* ---- When ---- */

/* Request number `index` is due then, whatever became of those before it: an application that
   stalls is not spared the requests that users would have sent meanwhile (coordinated omission). */
static uint64_t due_at(const bench *b, uint64_t index) {
  return b->begun_ns + (uint64_t) ((double) index * 1e9 / b->rate);
}

static int has_next(const bench *b) {
  return !b->is_ending && (b->requests == 0 || b->begun < b->requests);
}

/* ---- One request ---- */

static fcl_flow on_head(fcl_request *request, const fcl_head *head, void *user) {
  bench_lane *lane = user;
  lane->http = head->status;
  return FCL_NEXT;
}

/* They are counted by the library; NULL would make events of them. */
static void on_stderr(fcl_request *request, const char *data, size_t len, void *user) {
}

static uint32_t to_us(uint64_t ns) {
  return ns / 1000 < UINT32_MAX ? (uint32_t) (ns / 1000) : UINT32_MAX;
}

static void count_ok(bench *b, const bench_lane *lane, const fcl_result *result, uint64_t now) {
  fcgi_histogram_add(&b->phases[BENCH_LATENCY], to_us(now - lane->due_ns));
  fcgi_histogram_add(&b->phases[BENCH_LATE], to_us(lane->begun_ns - lane->due_ns));
  fcgi_histogram_add(&b->phases[BENCH_QUEUE], result->queue_us);
  fcgi_histogram_add(&b->phases[BENCH_CONNECT], result->connect_us);
  fcgi_histogram_add(&b->phases[BENCH_FIRST], result->first_us);
  fcgi_histogram_add(&b->phases[BENCH_TOTAL], result->total_us);
  b->ok++;
  b->in_a_row = 0;
  if (lane->http > 0 && lane->http < BENCH_STATUSES)
    b->statuses[lane->http]++;
  b->app_failures += result->app_status != 0;
}

static void count_failed(bench *b, const fcl_error *e) {
  if (e->code == FCL_E_CANCELED && b->is_ending)
    return;
  if (b->failed++ == 0) {
    b->first_code = e->code;
    snprintf(b->error, sizeof b->error, "%s", e->text);
  }
  if (e->code < FCL_CODE_MAX)
    b->codes[e->code]++;
  if (++b->in_a_row >= BENCH_FAILS_MAX)
    b->is_ending = 1;
}

static void count(bench_lane *lane, const fcl_result *result) {
  bench *b = lane->b;
  uint64_t now = uv_hrtime();
  if (lane->is_warm_up) {
    if (++b->warm_done == b->warm_up)
      bench_begin(b);
    return;
  }
  b->ended_ns = now;
  b->received += result->received;
  b->sent += result->sent;
  if (result->error.code == FCL_OK)
    count_ok(b, lane, result, now);
  else
    count_failed(b, &result->error);
}

static void on_done(fcl_request *request, const fcl_result *result, void *user) {
  bench_lane *lane = user;
  bench *b = lane->b;
  count(lane, result);
  fcl_request_free(request);
  lane->request = NULL;
  lane->next = b->idle;
  b->idle = lane;
  b->running--;
  bench_go_on(b);
}

static void run_out_of_memory(bench *b) {
  b->is_ending = 1;
  snprintf(b->error, sizeof b->error, "there is no memory for a request");
}

static int begin(bench *b, uint64_t due_ns, uint64_t now, int is_warm_up) {
  static const fcl_handlers handlers = {on_head, NULL, on_stderr, NULL, NULL, on_done};
  bench_lane *lane = b->idle;
  lane->request = fcgi_call_request(&b->call, b->pool, &handlers, lane);
  if (lane->request == NULL)
    return run_out_of_memory(b), 0;
  b->idle = lane->next;
  lane->due_ns = due_ns;
  lane->begun_ns = now;
  lane->http = 0;
  lane->is_warm_up = is_warm_up;
  b->running++;
  fcl_request_start(lane->request);
  if (b->call.length > 0)
    fcl_request_write(lane->request, b->body, (size_t) b->call.length);
  fcl_request_finish(lane->request);
  return 1;
}

/* ---- All ---- */

static void wait_until(bench *b, uint64_t due) {
  if (b->paced_ns != due)
    fcgi_pace_set(&b->pace, due);
  b->paced_ns = due;
}

static void send_due(bench *b) {
  while (has_next(b) && b->idle) {
    uint64_t now = uv_hrtime(), due = b->rate > 0 ? due_at(b, b->begun) : now;
    if (due > now) {
      wait_until(b, due);
      return;
    }
    if (begin(b, due, now, 0))
      b->begun++;
  }
}

static void warm_up(bench *b) {
  while (!b->is_ending && b->warm_begun < b->warm_up && b->idle)
    if (begin(b, 0, 0, 1))
      b->warm_begun++;
}

void bench_go_on(bench *b) {
  if (b->warm_done < b->warm_up)
    warm_up(b);
  else
    send_due(b);
  if (b->running == 0 && (b->is_ending || (b->warm_done == b->warm_up && !has_next(b))))
    bench_over(b);
}

void bench_cancel(bench *b) {
  unsigned i;
  for (i = 0; i < b->concurrency; i++)
    if (b->lanes[i].request)
      fcl_request_cancel(b->lanes[i].request);
}
