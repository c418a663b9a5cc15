/* test_size.c: max_processes = FCL_AUTO with real processes: a step from 1 to 50 clients and back,
 * against the best fixed number.  Prints a table; with FCGICLIENT_TEST_ALL the whole of it. */
#include "real/driver.h"
#include <stdio.h>

enum { CLIENTS = 50, MOST = 290 };

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

static double fixed_rate(const char *script, unsigned processes) {
  fcl_pool *pool = pool_of(processes);
  many m;
  double got;
  start(&m, pool, script, CLIENTS);
  wait_until(process_count_named("php-cgi") >= processes && m.done >= processes);
  driver_run_for(500);
  got = rate(&m, 3000);
  stop(&m);
  fcl_pool_close(pool, 0);
  wait_until(process_count_named("php-cgi") == 0);
  printf("  %2u processes     %6.1f requests/s\n", processes, got);
  return got;
}

enum { NUMBERS = 7 };

/* Before and after the pool that follows the load: the lower one of both counts, since the machine
   may have less other work in one of them. */
static double best_rate(const char *script, double *lowest) {
  static const unsigned numbers[NUMBERS] = {50, 1, 2, 4, 8, 16, 32};
  double best = 0;
  unsigned i;
  for (i = 0; i < (driver_is_long() ? NUMBERS : 1); i++) {
    double got = fixed_rate(script, numbers[i]);
    lowest[i] = lowest[i] > 0 && lowest[i] < got ? lowest[i] : got;
    best = lowest[i] > best ? lowest[i] : best;
  }
  return best;
}

/* The best of the last seconds: a second is short on a busy machine. */
static double step_up(const many *first, many *more, fcl_pool *pool, const char *script) {
  double got, best = 0;
  unsigned s;
  start(more, pool, script, CLIENTS - 1);
  for (s = 1; s <= 10; s++) {
    unsigned before = first->done;
    got = rate(more, 1000) + (first->done - before);
    printf("  by load, %2u s     %6.1f requests/s, %u processes\n", s, got,
           process_count_named("php-cgi"));
    best = s > 7 && got > best ? got : best;
  }
  return best;
}

static uint64_t step_down(void) {
  uint64_t began = driver_ms();
  driver_patience(60000);
  while (process_count_named("php-cgi") > 1)
    driver_turn("one process is left within 60 s", __FILE__, __LINE__);
  return driver_ms() - began;
}

static void follow(int work) {
  const char *script = driver_file("work.php", works[work].script);
  double best, got, lowest[NUMBERS] = {0};
  many first, more;
  fcl_pool *pool;
  printf("%s, %u clients:\n", works[work].name, CLIENTS);
  best_rate(script, lowest);
  pool = pool_of(FCL_AUTO);
  start(&first, pool, script, 1);
  driver_run_for(driver_is_long() ? 20000 : 2000);
  got = step_up(&first, &more, pool, script);
  stop(&more);
  printf("  one process again after %.0f s\n", (double) step_down() / 1000);
  stop(&first);
  fcl_pool_close(pool, 0);
  wait_until(process_count_named("php-cgi") == 0);
  best = best_rate(script, lowest);
  printf("  by load: %.0f %% of the best\n", 100 * got / best);
  fflush(stdout);
  ck_assert_msg(got >= 0.9 * best, "%.1f requests/s in the 10th second; the best is %.1f", got,
                best);
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
