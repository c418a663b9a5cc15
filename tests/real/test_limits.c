/* test_limits.c: limits of a request that is answered too slowly, each with its own code and to
   nobody else's harm; a slow caller is no slow application; limits that are events. */
#include "real/driver.h"
#include <stdio.h>
#include <string.h>

#define LIMIT 500

static fcl_pool_options php_of(unsigned processes) {
  fcl_pool_options o = driver_php();
  o.max_processes = processes;
  return o;
}

static const char sleeping[] = "<?php usleep(1000 * $_GET['ms']); echo 'slept';";

/* ---- first_ms, activity_ms, request_ms ---- */

static const char trickling[] =
    "<?php for ($i = 0; $i < $_GET['n']; $i++) { echo '.'; flush(); usleep(50000); }";

START_TEST(first_ms_ends_who_does_not_begin_to_answer) {
  fcl_pool_options o = php_of(3);
  fcl_pool *pool;
  call *c;
  o.first_ms = LIMIT;
  pool = driver_pool(&o);
  beside_run(pool);
  c = call_get(pool, driver_file("sleep.php", sleeping), "ms=20000");
  call_failed(c, FCL_E_TIMEOUT_FIRST, "500 ms (first_ms)");
  call_took(c, LIMIT);
  ck_assert_ptr_nonnull(strstr(c->result.error.text, "sleep.php"));
  wait_until(!process_lives(c->result.pid));
  beside_all_ok();
}
END_TEST

START_TEST(first_ms_is_over_with_the_first_byte) {
  fcl_pool_options o = php_of(1);
  fcl_pool *pool;
  o.first_ms = LIMIT;
  pool = driver_pool(&o);
  driver_warm_up(pool, 1);
  call_is_ok(call_get(pool, driver_file("trickle.php", trickling), "n=20"));
}
END_TEST

START_TEST(activity_ms_ends_who_falls_silent) {
  fcl_pool_options o = php_of(3);
  fcl_pool *pool;
  call *c;
  o.activity_ms = LIMIT;
  pool = driver_pool(&o);
  beside_run(pool);
  c = call_get(pool, driver_file("half.php", "<?php echo 'one'; flush(); sleep(20);"), "");
  call_failed(c, FCL_E_TIMEOUT_ACTIVITY, "500 ms (activity_ms)");
  call_took(c, LIMIT);
  ck_assert_str_eq(c->text, "one");
  wait_until(!process_lives(c->result.pid));
  beside_all_ok();
}
END_TEST

START_TEST(activity_ms_ends_who_does_not_read_what_is_lent) {
  fcl_pool_options o = php_of(1);
  fcl_pool *pool;
  call_plan plan = {0};
  call *c;
  o.activity_ms = LIMIT;
  plan.script = driver_file("sleep.php", sleeping);
  plan.query = "ms=20000";
  plan.upload = 32u << 20;
  plan.part = 1u << 20;
  pool = driver_pool(&o);
  driver_warm_up(pool, 1);
  c = call_start(pool, &plan);
  call_failed(c, FCL_E_TIMEOUT_ACTIVITY, "(activity_ms)");
}
END_TEST

START_TEST(activity_ms_leaves_whom_it_hears_of) {
  fcl_pool_options o = php_of(1);
  fcl_pool *pool;
  call *c;
  o.activity_ms = LIMIT;
  pool = driver_pool(&o);
  driver_warm_up(pool, 1);
  c = call_get(pool, driver_file("trickle.php", trickling), "n=20");
  call_is_ok(c);
  ck_assert_uint_eq(c->len, 20);
  call_took(c, 1000);
}
END_TEST

START_TEST(request_ms_ends_who_never_comes_to_an_end) {
  fcl_pool_options o = php_of(3);
  fcl_pool *pool;
  call *c;
  o.request_ms = LIMIT;
  pool = driver_pool(&o);
  beside_run(pool);
  c = call_get(pool, driver_file("trickle.php", trickling), "n=1000");
  call_failed(c, FCL_E_TIMEOUT_REQUEST, "500 ms (request_ms)");
  call_took(c, LIMIT);
  ck_assert_uint_gt(c->len, 0);
  wait_until(!process_lives(c->result.pid));
  beside_all_ok();
}
END_TEST

/* ---- A slow caller ---- */

static int paused;

static void send_on(void *arg) {
  call_send(arg);
}

static int pause_once(call *c) {
  if (paused || c->lent < c->plan.upload / 2)
    return 0;
  paused = 1;
  driver_later(3 * LIMIT, send_on, c);
  return 1;
}

static fcl_pool *strict(void) {
  fcl_pool_options o = php_of(1);
  static const char *const argv[] = {
      PHP_CGI, "-d", "enable_post_data_reading=0", "-d", "output_buffering=0", NULL};
  fcl_pool *pool;
  o.argv = argv;
  o.activity_ms = LIMIT;
  o.request_ms = 2 * LIMIT;
  pool = driver_pool(&o);
  driver_warm_up(pool, 1);
  return pool;
}

START_TEST(a_caller_that_pauses_in_mid_upload_kills_nothing) {
  call_plan plan = {0};
  call *c;
  plan.script = driver_file("count.php", "<?php echo strlen(file_get_contents('php://input'));");
  plan.upload = 2u << 20;
  plan.before_part = pause_once;
  c = call_start(strict(), &plan);
  call_is_ok(c);
  ck_assert_str_eq(c->text, "2097152");
  call_took(c, 3 * LIMIT);
}
END_TEST

static void let_go_on(void *arg) {
  fcl_request_resume(((call *) arg)->request);
}

static fcl_flow hold_once(call *c, const char *data, size_t len) {
  if (paused || c->len < 1u << 20)
    return FCL_NEXT;
  paused = 1;
  driver_later(3 * LIMIT, let_go_on, c);
  return FCL_HOLD;
}

START_TEST(a_caller_that_pauses_in_mid_download_kills_nothing) {
  call_plan plan = {0};
  call *c;
  plan.script =
      driver_file("much.php", "<?php for ($i = 0; $i < 64; $i++) echo str_repeat('x', 65536);");
  plan.on_body = hold_once;
  c = call_start(strict(), &plan);
  call_is_ok(c);
  ck_assert_uint_eq(c->len, 64 * 65536);
  call_took(c, 3 * LIMIT);
}
END_TEST

START_TEST(an_application_that_falls_silent_after_the_pause_is_ended) {
  call_plan plan = {0};
  call *c;
  plan.script = driver_file(
      "much.php",
      "<?php for ($i = 0; $i < 32; $i++) echo str_repeat('x', 65536);\nflush(); sleep(20);");
  plan.on_body = hold_once;
  c = call_start(strict(), &plan);
  call_failed(c, FCL_E_TIMEOUT_ACTIVITY, "(activity_ms)");
  ck_assert_uint_eq(c->len, 32 * 65536);
  call_took(c, 4 * LIMIT);
}
END_TEST

/* ---- Those that are events ---- */

START_TEST(idle_ms_ends_a_process_with_an_event) {
  fcl_pool_options o = php_of(4);
  fcl_pool *pool;
  call *c;
  o.idle_ms = LIMIT;
  pool = driver_pool(&o);
  c = call_get(pool, driver_file("sleep.php", sleeping), "ms=1");
  call_is_ok(c);
  wait_until(driver_event("500 ms (idle_ms) and is ended") != NULL);
  ck_assert_int_eq(driver_event("(idle_ms)")->pid, c->result.pid);
  ck_assert_int_eq(driver_event("(idle_ms)")->code, FCL_OK);
  wait_until(process_count_named("php-cgi") == 0);
  call_is_ok(call_get(pool, driver_path("sleep.php"), "ms=1"));
}
END_TEST

START_TEST(idle_ms_leaves_min_processes) {
  fcl_pool_options o = php_of(4);
  many m = {0};
  o.idle_ms = LIMIT;
  o.min_processes = 2;
  m.pool = driver_pool(&o);
  m.plan.script = driver_file("n.php", "<?php usleep(100000); echo $_GET['n'];");
  m.total = m.at_once = 4;
  many_run(&m);
  many_all_ok(&m);
  wait_until(process_count_named("php-cgi") == 2);
  driver_run_for(3 * LIMIT);
  ck_assert_uint_eq(process_count_named("php-cgi"), 2);
}
END_TEST

/* SIGTERM only asks PHP; a script that runs need not care. */
START_TEST(abort_ms_and_stop_ms_end_a_process_with_events_and_no_failure) {
  fcl_pool_options o = php_of(1);
  fcl_pool *pool;
  call *c;
  o.abort_ms = LIMIT;
  o.stop_ms = LIMIT;
  o.rapid_fails = 1;
  pool = driver_pool(&o);
  c = call_get(
      pool,
      driver_file("stubborn.php",
                  "<?php ignore_user_abort(true); echo 'one'; flush(); while (1) usleep(10000);"),
      "");
  wait_until(c->len > 0);
  fcl_request_cancel(c->request);
  call_failed(c, FCL_E_CANCELED, "canceled");
  wait_until(driver_event("500 ms (abort_ms), and is asked to leave") != NULL);
  wait_until(driver_event("did not leave within 500 ms (stop_ms) and is ended by force") != NULL);
  ck_assert_int_eq(driver_event("(stop_ms)")->pid, c->result.pid);
  ck_assert_int_eq(driver_event("(stop_ms)")->code, FCL_OK);
  wait_until(!process_lives(c->result.pid));
  call_is_ok(call_get(pool, driver_file("sleep.php", sleeping), "ms=1"));
  ck_assert_ptr_null(driver_event("(rapid_fails"));
}
END_TEST

int main(void) {
  TCase *cases[] = {driver_case("answer"), driver_case("caller"), driver_case("events")};
  tcase_add_test(cases[0], first_ms_ends_who_does_not_begin_to_answer);
  tcase_add_test(cases[0], first_ms_is_over_with_the_first_byte);
  tcase_add_test(cases[0], activity_ms_ends_who_falls_silent);
  tcase_add_test(cases[0], activity_ms_ends_who_does_not_read_what_is_lent);
  tcase_add_test(cases[0], activity_ms_leaves_whom_it_hears_of);
  tcase_add_test(cases[0], request_ms_ends_who_never_comes_to_an_end);
  tcase_add_test(cases[1], a_caller_that_pauses_in_mid_upload_kills_nothing);
  tcase_add_test(cases[1], a_caller_that_pauses_in_mid_download_kills_nothing);
  tcase_add_test(cases[1], an_application_that_falls_silent_after_the_pause_is_ended);
  tcase_add_test(cases[2], idle_ms_ends_a_process_with_an_event);
  tcase_add_test(cases[2], idle_ms_leaves_min_processes);
  tcase_add_test(cases[2], abort_ms_and_stop_ms_end_a_process_with_events_and_no_failure);
  return driver_main("limits", cases, 3, 1);
}
