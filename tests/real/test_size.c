/* test_size.c: max_processes = FCL_AUTO with real processes: a step from 1 to 50 clients and back,
   against the best fixed number, side by side.  Prints tables; with FCGICLIENT_TEST_ALL the whole
   of them, three steps each (size.md). */
#include "real/driver.h"
#include <stdio.h>
#include <stdlib.h>

enum { CLIENTS = 50, MOST = 290, TURNS = 3, SAMPLE_MS = 2000 };

static const struct {
  const char *name, *script;
} works[] = {
    {"waiting 100 ms", "<?php usleep(100000); echo $_GET['n'];"},
    {"computing", "<?php for ($i = 0; $i < 400000; $i++); echo $_GET['n'];"},
};

static fcl_pool *pool_of(unsigned processes) {
  fcl_pool_options o = driver_php();
  o.max_processes = processes;
  o.max_requests = FCL_NEVER;
  return driver_pool(&o);
}

static void start(many *m, fcl_pool *pool, const char *script, unsigned clients) {
  many fresh = {0};
  *m = fresh;
  m->pool = pool;
  m->plan.script = script;
  m->total = 1u << 30;
  m->at_once = clients;
  many_start(m);
}

static void stop(many *m) {
  m->total = m->started;
  wait_until(many_is_done(m));
  many_all_ok(m);
}

/* Requests a second, all together. */
static double rate(const many *m, unsigned ms) {
  uint64_t began = driver_ms();
  unsigned before = m->done;
  driver_run_for(ms);
  return (m->done - before) * 1000.0 / (double) (driver_ms() - began);
}

/* ---- A fixed number ---- */

static fcl_pool *open_fixed(const char *script, unsigned processes) {
  fcl_pool *pool = pool_of(processes);
  unsigned there = process_count_named("php-cgi");
  many m;
  start(&m, pool, script, CLIENTS);
  wait_until(process_count_named("php-cgi") >= there + processes && m.done >= processes);
  stop(&m);
  return pool;
}

static double fixed_rate(fcl_pool *pool, const char *script) {
  many m;
  double got;
  start(&m, pool, script, CLIENTS);
  driver_run_for(300);
  got = rate(&m, SAMPLE_MS);
  stop(&m);
  return got;
}

/* Which number gets the most done. */
static unsigned best_number(const char *script) {
  static const unsigned numbers[] = {50, 32, 16, 8, 4, 2, 1};
  unsigned i, best = 50;
  double most = 0;
  for (i = 0; driver_is_long() && i < sizeof numbers / sizeof *numbers; i++) {
    fcl_pool *pool = open_fixed(script, numbers[i]);
    double got = fixed_rate(pool, script);
    fcl_pool_close(pool, 0);
    wait_until(process_count_named("php-cgi") == 0);
    printf("| %2u processes | %8.1f requests/s |\n", numbers[i], got);
    best = got > most ? numbers[i] : best;
    most = got > most ? got : most;
  }
  return best;
}

/* ---- By load ---- */

/* The rate in the ninth and the tenth second behind the step. */
static double step_up(const many *first, many *more, fcl_pool *pool, const char *script) {
  unsigned before;
  double got;
  start(more, pool, script, CLIENTS - 1);
  driver_run_for(10000 - SAMPLE_MS);
  before = first->done;
  got = rate(more, SAMPLE_MS);
  return got + (first->done - before) * 1000.0 / SAMPLE_MS;
}

static uint64_t step_down(unsigned others) {
  uint64_t began = driver_ms();
  driver_patience(60000);
  while (process_count_named("php-cgi") > others + 1)
    driver_turn("one process is left within 60 s", __FILE__, __LINE__);
  return driver_ms() - began;
}

/* One after the other, so that both have the machine as others leave it to them.  The fixed number
   is asked right behind the tenth second. */
static double once(fcl_pool *pool, fcl_pool *fixed, unsigned others, const char *script) {
  many first, more;
  double got, best;
  unsigned there;
  uint64_t down;
  start(&first, pool, script, 1);
  driver_run_for(2000);
  got = step_up(&first, &more, pool, script);
  there = process_count_named("php-cgi") - others;
  stop(&more);
  stop(&first);
  best = fixed_rate(fixed, script);
  start(&first, pool, script, 1);
  down = step_down(others);
  stop(&first);
  printf("| %2u | %8.1f | %8.1f | %3.0f %% | %2.0f s |\n", there, got, best, 100 * got / best,
         (double) down / 1000);
  fflush(stdout);
  return got / best;
}

static int by_size(const void *a, const void *b) {
  double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

static void follow(int work) {
  const char *script = driver_file("work.php", works[work].script);
  unsigned turns = driver_is_long() ? TURNS : 1, best, i;
  double ratios[TURNS];
  fcl_pool *pool, *fixed;
  printf("%s, %u clients:\n", works[work].name, CLIENTS);
  best = best_number(script);
  fixed = open_fixed(script, best);
  pool = pool_of(FCL_AUTO);
  printf(
      "| processes by load | requests/s, 10th second | %u processes | of that | down to 1 in |\n",
      best);
  for (i = 0; i < turns; i++)
    ratios[i] = once(pool, fixed, best, script);
  qsort(ratios, turns, sizeof *ratios, by_size);
  fcl_pool_close(pool, 0);
  fcl_pool_close(fixed, 0);
  wait_until(process_count_named("php-cgi") == 0);
  ck_assert_msg(ratios[turns / 2] >= 0.9, "%.0f %% of what %u processes get done",
                100 * ratios[turns / 2], best);
}

START_TEST(those_who_wait_for_something_else_become_many) {
  follow(0);
}
END_TEST

START_TEST(those_who_compute_stay_few) {
  follow(1);
}
END_TEST

int main(void) {
  TCase *t = driver_case("size");
  tcase_set_timeout(t, MOST);
  tcase_add_test(t, those_who_wait_for_something_else_become_many);
  if (driver_is_long())
    tcase_add_test(t, those_who_compute_stay_few);
  return driver_main("size", &t, 1, 1);
}
