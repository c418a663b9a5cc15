/* test_leaving.c: applications that leave by themselves behind a number of requests, as PHP does:
   no request is lost by that. */
#include "support/suite.h"
#include "windows/apps.h"
#include <stdio.h>
#include <string.h>

enum { ANSWER = 30000, AT_ONCE = 8 };

static struct {
  fcl_pool *pool;
  unsigned total, started, done, whole;
  char error[600]; /* the first */
} load;

static void start_next(void);

static void one_is_done(call *c) {
  load.done++;
  if (c->result.error.code == FCL_OK && c->len == ANSWER)
    load.whole++;
  else if (load.error[0] == 0)
    snprintf(load.error, sizeof load.error, "%lu bytes: %s", (unsigned long) c->len,
             c->result.error.text);
  start_next();
}

static void start_next(void) {
  call_plan plan = {0};
  if (load.started == load.total)
    return;
  load.started++;
  plan.query = "";
  plan.on_done = one_is_done;
  call_start(load.pool, &plan);
}

/* The program that lies beside this one. */
static fcl_pool_options small_app(const char *const *argv) {
  static char path[512];
  fcl_pool_options o = {0};
  size_t size = sizeof path - 32;
  ck_assert_int_eq(uv_exepath(path, &size), 0);
  strcpy(strrchr(path, '\\') + 1, "windows_small_app.exe");
  o.name = "small";
  o.program = path;
  o.argv = argv;
  o.max_processes = 4;
  o.rapid_fails = FCL_NEVER;
  return o;
}

/* 2,000 in all tests together, or in each. */
static void all_come_whole(const fcl_pool_options *o, unsigned total) {
  unsigned i;
  memset(&load, 0, sizeof load);
  load.pool = driver_pool(o);
  load.total = driver_is_long() ? 2000 : total;
  for (i = 0; i < AT_ONCE; i++)
    start_next();
  driver_patience(240000);
  while (load.done < load.total)
    driver_turn("all are done", __FILE__, __LINE__);
  ck_assert_msg(load.whole == load.total, "%u of %u came whole; the first that did not: %s",
                load.whole, load.total, load.error);
}

START_TEST(phps_limit_loses_no_request) { /* loop test: also one above the pool's own */
  static const char *const env[] = {"PHP_FCGI_MAX_REQUESTS=25", NULL};
  fcl_pool_options o = small_app(NULL);
  o.env = env;
  o.max_requests = _i ? 20 : 0;
  all_come_whole(&o, 500);
  ck_assert_uint_ge(driver_events("is replaced"), load.total / 25 - o.max_processes);
}
END_TEST

START_TEST(the_limit_that_php_has_without_a_word_loses_no_request) {
  static const char *const none[] = {NULL};
  fcl_pool_options o = small_app(NULL);
  o.env = none;
  o.max_processes = 1;
  o.max_requests = FCL_NEVER;
  all_come_whole(&o, 600);
}
END_TEST

/* Nobody has told us; but it finishes what it has, and what it never took is begun elsewhere. */
START_TEST(who_leaves_behind_a_whole_answer_loses_no_request) {
  static const char *const argv[] = {"small_app", "leave", "25", NULL};
  fcl_pool_options o = small_app(argv);
  all_come_whole(&o, 400);
}
END_TEST

/* libfcgi leaves with 0 or, for want of a handler of its own, 3.  One failure would be too many. */
START_TEST(who_was_asked_to_leave_may_exit_with_0_or_3) { /* loop test */
  static const char *const argv[][4] = {{"small_app", "code", "0", NULL},
                                        {"small_app", "code", "3", NULL}};
  fcl_pool_options o = small_app(argv[_i]);
  fcl_pool *pool;
  unsigned i;
  o.max_processes = o.rapid_fails = 1;
  pool = driver_pool(&o);
  for (i = 0; i < 4; i++) {
    call *c = call_get(pool, NULL, "");
    call_wait(c);
    call_is_ok(c);
    fcl_pool_recycle(pool);
    wait_until(process_count() == 0);
  }
}
END_TEST

int main(void) {
  TCase *t = driver_case("leaving");
  tcase_add_loop_test(t, phps_limit_loses_no_request, 0, 2);
  tcase_add_loop_test(t, who_was_asked_to_leave_may_exit_with_0_or_3, 0, 2);
  tcase_add_test(t, the_limit_that_php_has_without_a_word_loses_no_request);
  tcase_add_test(t, who_leaves_behind_a_whole_answer_loses_no_request);
  return driver_main("windows_leaving", &t, 1, 0);
}
