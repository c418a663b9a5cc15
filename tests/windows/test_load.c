/* test_load.c: applications under load: PHP's own limit of requests cuts no answer, processes that
   are killed lose no more than they have in hand, and nothing grows. */
#include "windows/apps.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- PHP's limit of requests ---- */

#define ANSWER 30000 /* bytes: more than a pipe holds */

typedef struct load {
  fcl_pool *pool;
  unsigned total, started, done, ok;
  char error[600]; /* the first */
} load;

static void start_next(load *l);

static void sized_is_done(call *c) {
  load *l = c->user;
  l->done++;
  if (c->result.error.code == FCL_OK && c->len == ANSWER)
    l->ok++;
  else if (l->error[0] == 0)
    snprintf(l->error, sizeof l->error, "%lu bytes: %s", (unsigned long) c->len,
             c->result.error.text);
  start_next(l);
}

static void start_next(load *l) {
  call_plan plan = {0};
  if (l->started == l->total)
    return;
  l->started++;
  plan.query = "size=30000";
  plan.on_done = sized_is_done;
  call_start(l->pool, &plan)->user = l;
}

static void all_are_whole(const fcl_pool_options *o, unsigned total) {
  load l = {0};
  unsigned i;
  l.pool = driver_pool(o);
  l.total = total;
  for (i = 0; i < 8; i++)
    start_next(&l);
  wait_until(l.done == l.total);
  ck_assert_msg(l.ok == l.total, "%u of %u came whole; the first that did not: %s", l.ok, l.total,
                l.error);
}

START_TEST(phps_limit_cuts_no_answer) {
  static const char *const limits[][2] = {{"PHP_FCGI_MAX_REQUESTS=20", NULL},
                                          {"PHP_FCGI_MAX_REQUESTS=1", NULL}};
  fcl_pool_options o = app_options("small-php", 0);
  o.env = limits[_i];
  all_are_whole(&o, _i ? 60 : 400);
}
END_TEST

START_TEST(a_limit_in_our_own_environment_is_one_too) {
  fcl_pool_options o = app_options("small-php", 0);
  o.max_processes = 4;
  uv_os_setenv("PHP_FCGI_MAX_REQUESTS", "20");
  all_are_whole(&o, 400);
  uv_os_unsetenv("PHP_FCGI_MAX_REQUESTS");
  ck_assert_uint_ge(driver_events("is replaced"), 400 / 20 - o.max_processes);
}
END_TEST

START_TEST(the_limit_that_php_has_by_default_cuts_no_answer) {
  fcl_pool_options o = app_options("small-php", 0);
  o.max_requests = FCL_NEVER;
  o.max_processes = 1;
  all_are_whole(&o, 1100);
}
END_TEST

/* ---- Kills ---- */

#define CLIENTS 16

static struct {
  long pids[CLIENTS * 64], dead[CLIENTS * 64];
  unsigned count, killed, lost, every;
} field;

static int has(const long *pids, unsigned count, long pid) {
  unsigned i = 0;
  while (i < count && pids[i] != pid)
    i++;
  return i < count;
}

static void kill_one(void) {
  unsigned i = (unsigned) rand() % field.count;
  field.dead[field.killed++ % (CLIENTS * 64)] = field.pids[i];
  process_kill(field.pids[i]);
  field.pids[i] = field.pids[--field.count];
}

/* Only a process that was killed may lose a request: the one that it had. */
static void kill_some(many *m, call *c) {
  long pid = c->result.pid;
  (void) m;
  if (c->result.error.code) {
    field.lost++;
    ck_assert_msg(has(field.dead, CLIENTS * 64, pid), "process %ld lives: %s", pid,
                  c->result.error.text);
  } else if (!has(field.pids, field.count, pid) && !has(field.dead, CLIENTS * 64, pid)) {
    field.pids[field.count++] = pid;
  }
  if (field.count > 0 && (unsigned) rand() % field.every == 0)
    kill_one();
}

static void run(fcl_pool *pool, unsigned total, uint64_t upload) {
  many m = {0};
  m.pool = pool;
  m.total = total;
  m.at_once = CLIENTS;
  m.plan.upload = upload;
  m.each = kill_some;
  many_start(&m);
  driver_patience(240000);
  while (!many_is_done(&m))
    driver_turn("all are done", __FILE__, __LINE__);
  ck_assert_uint_eq(m.wrong, 0);
  ck_assert_uint_eq(m.ok + field.lost, m.total);
}

static void be_still(void) {
  char said[4200];
  driver_patience(60000);
  while (process_count() != CLIENTS) {
    snprintf(said, sizeof said, "there are %d processes: %s", CLIENTS, process_list());
    driver_turn(said, __FILE__, __LINE__);
  }
  driver_run_for(300);
}

/* An upload is not sent again: what a killed process had in hand is lost.  Others are sent again,
 * once. */
START_TEST(a_killed_process_loses_no_more_than_it_has_in_hand) {
  fcl_pool_options o = app_options("small-php", _i & 1);
  unsigned total = 10000, handles;
  uint64_t upload = _i & 2 ? 1000 : 0, memory;
  fcl_pool *pool;
  memset(&field, 0, sizeof field);
  field.every = total / 100;
  srand(4711 + (unsigned) _i);
  o.max_processes = o.min_processes = CLIENTS; /* who dies is replaced */
  o.rapid_fails = FCL_NEVER;
  pool = driver_pool(&o);
  run(pool, total / 5, upload);
  be_still();
  handles = process_handles();
  memory = process_memory();
  field.lost = 0;
  run(pool, total, upload);
  be_still();
  printf(
      "%s, %s: %u requests, %u kills, %u lost; handles %u, then %u; memory %lu kB, then %lu kB\n",
      o.tcp ? "port" : "pipe", upload ? "uploads" : "GET", total, field.killed, field.lost, handles,
      process_handles(), (unsigned long) (memory / 1024),
      (unsigned long) (process_memory() / 1024));
  ck_assert_uint_gt(field.killed, 20);
  ck_assert_uint_le(field.lost, upload ? field.killed : field.killed / 10);
  ck_assert_uint_le(process_handles(), handles + 20);
  ck_assert_uint_le(process_memory(), memory + (6 << 20)); /* a heap breathes */
}
END_TEST

int main(void) {
  TCase *cases[2] = {driver_case("limits"), driver_case("kills")};
  tcase_add_loop_test(cases[0], phps_limit_cuts_no_answer, 0, 2);
  tcase_add_test(cases[0], a_limit_in_our_own_environment_is_one_too);
  tcase_add_test(cases[0], the_limit_that_php_has_by_default_cuts_no_answer);
  if (driver_is_long()) /* so many kills have brought Wine's server down */
    tcase_add_loop_test(cases[1], a_killed_process_loses_no_more_than_it_has_in_hand, 0, 4);
  return app_main("windows_load", cases, 2);
}
