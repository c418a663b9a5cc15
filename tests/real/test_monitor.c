/* test_monitor.c: files that recycle a pool when they change, and that refuse its requests while
 * they are missing. */
#include "real/driver.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static fcl_pool_options watching(const char *const *files) {
  fcl_pool_options o = driver_php();
  o.max_processes = 2;
  o.monitor = files;
  return o;
}

/* A page that tells which process serves it, and the one that serves now. */
static const char *page(void) {
  return driver_file("pid.php", "<?php echo getmypid();");
}

static long serve(fcl_pool *pool) {
  call *c = call_get(pool, page(), "");
  call_is_ok(c);
  return c->result.pid;
}

/* For as long as the next look may take, and until the idle process has left. */
static void is_replaced(fcl_pool *pool, long pid) {
  wait_until(!process_lives(pid));
  ck_assert_uint_eq(driver_events("a file has changed (monitor)"), 1);
  ck_assert_int_ne(serve(pool), pid);
}

static void move(const char *from, const char *to) {
  ck_assert_int_eq(rename(driver_path(from), driver_path(to)), 0);
}

START_TEST(an_idle_process_is_replaced_when_a_file_has_changed) {
  const char *files[] = {driver_file("a.ini", "x"), driver_file("b.ini", "x"), NULL};
  fcl_pool_options o = watching(files);
  fcl_pool *pool = driver_pool(&o);
  long pid = serve(pool);
  ck_assert_int_eq(serve(pool), pid);
  driver_file("b.ini", "longer");
  is_replaced(pool, pid);
}
END_TEST

START_TEST(a_file_that_is_replaced_by_rename_has_changed) {
  const char *files[] = {driver_file("a.ini", "x"), NULL};
  fcl_pool_options o = watching(files);
  fcl_pool *pool = driver_pool(&o);
  long pid = serve(pool);
  driver_file("new.ini", "y");
  move("new.ini", "a.ini");
  is_replaced(pool, pid);
}
END_TEST

START_TEST(a_pattern_notices_what_comes) {
  const char *files[] = {driver_path("*.ini"), NULL};
  fcl_pool_options o = watching(files);
  fcl_pool *pool = driver_pool(&o);
  long pid = serve(pool);
  driver_file("new.conf", "x");
  driver_run_for(1200);
  ck_assert_int_eq(serve(pool), pid);
  driver_file("new.ini", "x");
  is_replaced(pool, pid);
}
END_TEST

START_TEST(a_relative_path_begins_in_the_folder_of_the_program) {
  static const char *const files[] = {"php-cgi", NULL};
  fcl_pool_options o = watching(files);
  fcl_pool *pool = driver_pool(&o);
  ck_assert_int_eq(serve(pool), serve(pool));
}
END_TEST

/* iis-fastcgi: every request gets 500 until the file is there. */
START_TEST(while_a_file_is_missing_every_request_fails_and_names_its_path) { /* KF-150 */
  static const char *const files[] = {"no-such.ini", NULL};
  fcl_pool_options o = watching(files);
  fcl_pool *pool = driver_pool(&o);
  call_failed(call_get(pool, page(), ""), FCL_E_CONFIG,
              "php: requests are refused: /usr/bin/no-such.ini (monitor) cannot be looked at: No "
              "such file or directory");
  call_failed(call_get(pool, page(), ""), FCL_E_CONFIG, "see that it is there");
  ck_assert_uint_eq(driver_events("requests are refused"), 1);
  ck_assert_uint_eq(process_count(), 0);
}
END_TEST

START_TEST(a_file_that_is_back_serves_again_with_new_processes) {
  const char *files[] = {driver_file("a.ini", "x"), NULL};
  fcl_pool_options o = watching(files);
  fcl_pool *pool = driver_pool(&o);
  long pid = serve(pool);
  ck_assert_int_eq(unlink(files[0]), 0);
  wait_until(driver_events("requests are refused"));
  call_failed(call_get(pool, page(), ""), FCL_E_CONFIG, "a.ini (monitor)");
  driver_file("a.ini", "xy");
  wait_until(driver_events("requests are served again"));
  is_replaced(pool, pid);
}
END_TEST

START_TEST(ten_changes_under_load_lose_no_request) {
  const char *files[] = {driver_file("a.ini", "x"), NULL};
  fcl_pool_options o = watching(files);
  many m = {0};
  unsigned changes;
  char text[16];
  o.max_processes = 4;
  o.max_requests = FCL_NEVER;
  m.pool = driver_pool(&o);
  m.plan.script = driver_file("n.php", "<?php usleep(2000); echo $_GET['n'];");
  m.total = 1000000;
  m.at_once = 6;
  serve(m.pool); /* it has looked */
  many_start(&m);
  for (changes = 1; changes <= (driver_is_long() ? 10u : 3u); changes++) {
    snprintf(text, sizeof text, "%.*s", (int) changes, "0123456789");
    driver_file("a.ini", text);
    wait_until(driver_events("a file has changed (monitor)") == changes);
  }
  m.total = driver_is_long() && m.started < 10000 ? 10000 : m.started;
  wait_until(many_is_done(&m));
  many_all_ok(&m);
}
END_TEST

START_TEST(a_pool_of_addresses_has_nothing_to_recycle) {
  static const char *const files[] = {"/a", NULL}, *const addresses[] = {"unix:/a", NULL};
  fcl_pool_options o = {0};
  fcl_client_options how = {0};
  fcl_client *client;
  fcl_pool *pool;
  fcl_error e;
  o.addresses = addresses;
  o.monitor = files;
  how.mode = FCL_LOOP_MANUAL;
  ck_assert_int_eq(fcl_client_new(&client, &how, &e), FCL_OK);
  ck_assert_int_eq(fcl_pool_new(&pool, client, &o, &e), FCL_E_CONFIG);
  ck_assert_ptr_nonnull(strstr(e.text, "monitor is set, but there is no program"));
  fcl_client_close(client, NULL, NULL);
  fcl_client_join(client);
}
END_TEST

int main(void) {
  TCase *cases[1] = {driver_case("monitor")};
  tcase_add_test(cases[0], an_idle_process_is_replaced_when_a_file_has_changed);
  tcase_add_test(cases[0], a_file_that_is_replaced_by_rename_has_changed);
  tcase_add_test(cases[0], a_pattern_notices_what_comes);
  tcase_add_test(cases[0], a_relative_path_begins_in_the_folder_of_the_program);
  tcase_add_test(cases[0], while_a_file_is_missing_every_request_fails_and_names_its_path);
  tcase_add_test(cases[0], a_file_that_is_back_serves_again_with_new_processes);
  tcase_add_test(cases[0], ten_changes_under_load_lose_no_request);
  tcase_add_test(cases[0], a_pool_of_addresses_has_nothing_to_recycle);
  return driver_main("monitor", cases, 1, 1);
}
