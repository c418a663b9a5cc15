/* bench_report.c: the figures of `fcgi bench`, for people and as JSON; and how far it is. */
#include "bench.h"
#include <string.h>

static const struct phase {
  const char *name, *label;
} phases[BENCH_PHASES] = {{"latency_us", "latency"}, {"late_us", "late"},   {"queue_us", "queue"},
                          {"connect_us", "connect"}, {"first_us", "first"}, {"total_us", "total"}};

static const double percents[] = {50, 90, 99, 99.9};
enum { PERCENTS = sizeof percents / sizeof *percents };

static double seconds(const bench *b) {
  return b->ended_ns > b->begun_ns ? (double) (b->ended_ns - b->begun_ns) / 1e9 : 0;
}

static double per_second(const bench *b, uint64_t count) {
  return seconds(b) > 0 ? (double) count / seconds(b) : 0;
}

/* ---- Progress: one line on the terminal, written over ---- */

void bench_show_progress(const bench *b) {
  double s = (double) (uv_hrtime() - b->begun_ns) / 1e9;
  fprintf(stderr, "\r%.0f s: %llu answered, %.0f per second, %llu failed\033[K", s,
          (unsigned long long) b->ok, (double) b->ok / s, (unsigned long long) b->failed);
}

void bench_hide_progress(void) {
  fputs("\r\033[K", stderr);
}

/* ---- For people ---- */

static void show_counts(const bench *b) {
  unsigned i;
  printf("%llu requests in %.2f s: %.1f per second; %llu answered, %llu failed\n",
         (unsigned long long) (b->ok + b->failed), seconds(b), per_second(b, b->ok + b->failed),
         (unsigned long long) b->ok, (unsigned long long) b->failed);
  printf("HTTP status:");
  for (i = 0; i < BENCH_STATUSES; i++)
    if (b->statuses[i])
      printf(" %u: %llu", i, (unsigned long long) b->statuses[i]);
  printf("\nbodies: %.1f MB/s received, %.1f MB/s sent; our own CPU: %.1f us for each request\n",
         per_second(b, b->received) / 1e6, per_second(b, b->sent) / 1e6,
         b->begun ? (double) b->cpu_us / (double) b->begun : 0);
  if (b->app_failures)
    printf("appStatus was not 0: %llu\n", (unsigned long long) b->app_failures);
}

static void show_times(const bench *b) {
  int i, k;
  printf("\n%-13s%10s %10s %10s %10s %10s %10s %10s\n", "microseconds", "least", "mean", "50 %",
         "90 %", "99 %", "99.9 %", "most");
  for (i = 0; i < BENCH_PHASES; i++) {
    const fcgi_histogram *h = &b->phases[i];
    printf("%-13s%10u %10.0f", phases[i].label, h->least, fcgi_histogram_mean(h));
    for (k = 0; k < PERCENTS; k++)
      printf(" %10u", fcgi_histogram_percentile(h, percents[k]));
    printf(" %10u\n", h->most);
  }
}

static void show_errors(const bench *b) {
  int i;
  for (i = 1; i < FCL_CODE_MAX; i++)
    if (b->codes[i])
      printf("%s: %llu (%s)\n", fcl_code_name((fcl_code) i), (unsigned long long) b->codes[i],
             fcl_code_phrase((fcl_code) i));
  if (b->error[0])
    printf("first of them: %s\n", b->error);
  if (b->in_a_row >= BENCH_FAILS_MAX)
    printf("The last %d failed without one that did not: it was ended there.\n", BENCH_FAILS_MAX);
  if (b->behind)
    printf("%llu requests were due and never sent: the application does not keep up with --rate, "
           "and the times above\nare too good.\n",
           (unsigned long long) b->behind);
}

void bench_report(const bench *b) {
  show_counts(b);
  show_times(b);
  if (b->failed || b->behind || b->error[0])
    putchar('\n');
  show_errors(b);
}

/* ---- JSON ---- */

static fcgi_json *times_of(const fcgi_histogram *h) {
  fcgi_json *o = fcgi_json_object();
  char name[16];
  int k;
  fcgi_json_number(o, "least", h->least);
  fcgi_json_number(o, "mean", fcgi_histogram_mean(h));
  for (k = 0; k < PERCENTS; k++) {
    snprintf(name, sizeof name, "p%g", percents[k]);
    fcgi_json_number(o, name, fcgi_histogram_percentile(h, percents[k]));
  }
  fcgi_json_number(o, "most", h->most);
  return o;
}

static fcgi_json *statuses_of(const bench *b) {
  fcgi_json *o = fcgi_json_object();
  char name[16];
  unsigned i;
  for (i = 0; i < BENCH_STATUSES; i++)
    if (b->statuses[i]) {
      snprintf(name, sizeof name, "%u", i);
      fcgi_json_number(o, name, (double) b->statuses[i]);
    }
  return o;
}

static fcgi_json *errors_of(const bench *b) {
  fcgi_json *o = fcgi_json_object();
  int i;
  for (i = 1; i < FCL_CODE_MAX; i++)
    if (b->codes[i])
      fcgi_json_number(o, fcl_code_name((fcl_code) i), (double) b->codes[i]);
  return o;
}

void bench_report_json(const bench *b) {
  fcgi_json *o = fcgi_json_object();
  fcl_slice error = {b->error, strlen(b->error)};
  int i;
  fcgi_json_number(o, "concurrency", b->concurrency);
  fcgi_json_number(o, "rate", b->rate);
  fcgi_json_number(o, "requests", (double) (b->ok + b->failed));
  fcgi_json_number(o, "ok", (double) b->ok);
  fcgi_json_number(o, "failed", (double) b->failed);
  fcgi_json_number(o, "behind", (double) b->behind);
  fcgi_json_number(o, "seconds", seconds(b));
  fcgi_json_number(o, "per_second", per_second(b, b->ok + b->failed));
  fcgi_json_number(o, "received", (double) b->received);
  fcgi_json_number(o, "sent", (double) b->sent);
  fcgi_json_number(o, "app_status_not_0", (double) b->app_failures);
  fcgi_json_number(o, "own_cpu_us", (double) b->cpu_us);
  fcgi_json_add(o, "statuses", statuses_of(b));
  fcgi_json_add(o, "errors", errors_of(b));
  fcgi_json_text(o, "first_error", error);
  for (i = 0; i < BENCH_PHASES; i++)
    fcgi_json_add(o, phases[i].name, times_of(&b->phases[i]));
  if (!fcgi_json_print(o, stdout))
    fcgi_say("the JSON could not be written: no memory, or stdout is closed");
}
