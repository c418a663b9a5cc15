/* test_close.c: pools and clients that are closed or recycled while real processes work: nothing is
   lost that need not be, and nothing stays behind. */
#include "real/driver.h"
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *n_php(void) {
  return driver_file("n.php", "<?php usleep(3000); echo $_GET['n'];");
}

static const char *sleep_php(void) {
  return driver_file("sleep.php",
                     "<?php echo 'one'; flush(); usleep(1000 * $_GET['ms']); echo 'two';");
}

static many many_of(fcl_pool *pool, unsigned total, unsigned at_once) {
  many m = {0};
  m.pool = pool;
  m.plan.script = n_php();
  m.total = total;
  m.at_once = at_once;
  return m;
}

static fcl_pool *pool_of(unsigned processes) {
  fcl_pool_options o = driver_php();
  o.max_processes = processes;
  o.rapid_fails = 1;
  return driver_pool(&o);
}

/* ---- Recycle ---- */

static void recycle_often(many *m, call *c) {
  if (m->done % 40 == 0)
    fcl_pool_recycle(m->pool);
}

START_TEST(recycling_under_load_costs_no_request) {
  many m = many_of(pool_of(4), driver_is_long() ? 5000 : 800, 16);
  m.each = recycle_often;
  many_run(&m);
  many_all_ok(&m);
  ck_assert_uint_ge(driver_events("are recycled"), m.total / 40 - 1);
  ck_assert_uint_ge(driver_events("was started;"), m.total / 20);
}
END_TEST

START_TEST(a_recycled_process_finishes_what_it_has) {
  fcl_pool *pool = pool_of(1);
  call *first = call_get(pool, sleep_php(), "ms=600"), *second;
  wait_until(first->len > 0);
  fcl_pool_recycle(pool);
  second = call_get(pool, n_php(), "n=2");
  call_is_ok(second);
  ck_assert_int_eq(first->is_done, 0);
  ck_assert_int_ne(second->result.pid, first->result.pid);
  call_is_ok(first);
  ck_assert_str_eq(first->text, "onetwo");
  wait_until(!process_lives(first->result.pid));
  ck_assert(process_lives(second->result.pid));
}
END_TEST

/* ---- Close a pool ---- */

START_TEST(a_pool_that_is_closed_serves_what_it_has_to_the_end) {
  fcl_pool *pool = pool_of(2), *other = pool_of(2);
  many m = many_of(pool, 40, 40), beside = many_of(other, 100, 2);
  many_start(&beside);
  many_start(&m); /* 2 in hand, 38 in the queue */
  fcl_pool_close(pool, FCL_NEVER);
  wait_until(many_is_done(&m) && many_is_done(&beside));
  many_all_ok(&m);
  many_all_ok(&beside);
  wait_until(process_count_named("php-cgi") == 2); /* the other's */
}
END_TEST

static fcl_result late;

static void late_is_done(fcl_request *r, const fcl_result *result, void *user) {
  late = *result;
  fcl_request_free(r);
}

START_TEST(a_request_that_is_started_after_the_close_is_refused) {
  static const fcl_handlers handlers = {NULL, NULL, NULL, NULL, NULL, late_is_done};
  fcl_pool *pool = pool_of(2);
  call *first = call_get(pool, sleep_php(), "ms=300");
  fcl_request *r = fcl_request_new(pool, &handlers, NULL);
  wait_until(first->len > 0);
  fcl_pool_close(pool, FCL_NEVER);
  fcl_request_start(r);
  fcl_request_finish(r);
  wait_until(late.error.code != FCL_OK);
  ck_assert_int_eq(late.error.code, FCL_E_CLOSING);
  ck_assert_int_eq(first->is_done, 0);
  call_is_ok(first);
}
END_TEST

START_TEST(drain_ms_bounds_the_wait) {
  fcl_pool *pool = pool_of(1);
  call *first = call_get(pool, sleep_php(), "ms=20000"), *second = call_get(pool, n_php(), "n=2");
  uint64_t closed_ms;
  wait_until(first->len > 0);
  closed_ms = driver_ms();
  fcl_pool_close(pool, 400);
  call_failed(first, FCL_E_CLOSING, "closed");
  call_failed(second, FCL_E_CLOSING, "closed");
  ck_assert_uint_ge(driver_ms() - closed_ms + 5, 400);
  wait_until(process_count_named("php-cgi") == 0);
}
END_TEST

/* ---- Close the client ---- */

START_TEST(a_client_that_is_closed_ends_requests_in_every_state) {
  fcl_pool *pool = pool_of(2);
  call_plan up = {0};
  call *calls[6];
  unsigned i;
  up.script = driver_file("deaf.php", "<?php echo 'one'; flush(); sleep(20);");
  up.upload = 8u << 20;
  up.part = 1u << 20;
  calls[0] = call_get(pool, sleep_php(), "ms=20000");
  calls[1] = call_start(pool, &up);
  wait_until(calls[0]->len > 0 && calls[1]->len > 0);
  calls[2] = call_get(pool, n_php(), "n=2");
  driver_run_for(20);
  calls[3] = call_get(pool, n_php(), "n=3");
  calls[4] = call_get(pool_of(2), n_php(), "n=4"); /* the pool is new as well */
  calls[5] = call_start(pool, &up);
  driver_shut();
  for (i = 0; i < 6; i++) {
    ck_assert_int_eq(calls[i]->is_done, 1);
    ck_assert_int_eq(calls[i]->result.error.code, FCL_E_CLOSING);
  }
}
END_TEST

START_TEST(a_client_can_be_closed_while_processes_start) {
  many m = many_of(pool_of(8), 8, 8);
  many_start(&m);
  wait_until(process_count() > (unsigned) _i);
  driver_shut();
  ck_assert_uint_eq(m.done, 8);
}
END_TEST

START_TEST(a_client_that_is_closed_leaves_no_idle_process_behind) {
  many m = many_of(pool_of(8), 100, 8);
  many_run(&m);
  many_all_ok(&m);
  ck_assert_uint_gt(process_count_named("php-cgi"), 1);
  driver_shut();
  ck_assert_msg(process_count() == 0, "left: %s", process_list());
}
END_TEST

START_TEST(a_process_that_does_not_leave_is_ended_by_force) {
  fcl_pool_options o = {0};
  uint64_t closed_ms;
  o.name = "stubborn";
  o.program = driver_program("stubborn",
                             "#!/bin/sh\ntrap '' TERM\necho ready\nwhile :; do sleep 1000; done\n");
  o.stop_ms = 400;
  o.start_ms = FCL_NEVER;
  call_get(driver_pool(&o), "/x", "");
  wait_until(driver_event("printed: ready") != NULL);
  closed_ms = driver_ms();
  driver_shut();
  ck_assert_uint_ge(driver_ms() - closed_ms + 5, 400);
  ck_assert_ptr_nonnull(
      driver_event("did not leave within 400 ms (stop_ms) and is ended by force"));
  ck_assert_msg(process_count() == 0, "left: %s", process_list());
}
END_TEST

/* ---- Families ---- */

static fcl_pool *family(void) {
  setenv("PHP_FCGI_CHILDREN", "3", 1);
  return pool_of(2);
}

START_TEST(the_children_of_a_worker_leave_with_it) {
  many m = many_of(family(), 200, 8);
  many_run(&m);
  many_all_ok(&m);
  ck_assert_uint_ge(process_count_named("php-cgi"), 4);
  driver_shut();
  ck_assert_msg(process_count() == 0, "left: %s", process_list());
}
END_TEST

START_TEST(the_children_of_a_worker_that_is_killed_go_with_it) {
  fcl_pool_options o = driver_php();
  fcl_pool *pool;
  call *c;
  setenv("PHP_FCGI_CHILDREN", "3", 1);
  o.max_processes = 1;
  pool = driver_pool(&o);
  c = call_get(pool, n_php(), "n=1");
  call_is_ok(c);
  wait_until(process_count_named("php-cgi") == 4);
  kill((pid_t) c->result.pid, SIGKILL);
  wait_until(process_count_named("php-cgi") == 0);
  call_is_ok(call_get(pool, n_php(), "n=2"));
}
END_TEST

/* One script runs in a session of its own what outlives the request. */
static const char escaping[] =
    "<?php exec('setsid sleep 1000 >/dev/null 2>&1 & echo started'); echo 'done';";

START_TEST(what_a_script_left_running_ends_with_the_client) {
  call_is_ok(call_get(pool_of(1), driver_file("escape.php", escaping), ""));
  wait_until(process_count_named("sleep") == 1);
  driver_shut();
  ck_assert_msg(process_count() == 0, "left: %s", process_list());
}
END_TEST

int main(void) {
  TCase *cases[] = {driver_case("recycle"), driver_case("pool"), driver_case("client"),
                    driver_case("families")};
  tcase_add_test(cases[0], recycling_under_load_costs_no_request);
  tcase_add_test(cases[0], a_recycled_process_finishes_what_it_has);
  tcase_add_test(cases[1], a_pool_that_is_closed_serves_what_it_has_to_the_end);
  tcase_add_test(cases[1], a_request_that_is_started_after_the_close_is_refused);
  tcase_add_test(cases[1], drain_ms_bounds_the_wait);
  tcase_add_test(cases[2], a_client_that_is_closed_ends_requests_in_every_state);
  tcase_add_loop_test(cases[2], a_client_can_be_closed_while_processes_start, 0, 6);
  tcase_add_test(cases[2], a_client_that_is_closed_leaves_no_idle_process_behind);
  tcase_add_test(cases[2], a_process_that_does_not_leave_is_ended_by_force);
  tcase_add_test(cases[3], the_children_of_a_worker_leave_with_it);
  tcase_add_test(cases[3], the_children_of_a_worker_that_is_killed_go_with_it);
  tcase_add_test(cases[3], what_a_script_left_running_ends_with_the_client);
  return driver_main("close", cases, 4, 1);
}
