/* test_configure.c: other options for a pool that serves (fcl_pool_configure): what changes in
 * place, what needs new processes, what is refused; and no request is lost. */
#include "real/driver.h"
#include <stdio.h>
#include <string.h>

static fcl_pool_options o;
static fcl_pool *pool;

static void open_php(void) {
  o = driver_php();
  o.max_processes = 2;
  pool = driver_pool(&o);
}

static const char *page(void) {
  return driver_file("pid.php", "<?php usleep(1000 * ($_GET['ms'] ?? 0)); echo getenv('COLOUR');");
}

static call *serve(const char *query) {
  call *c = call_get(pool, page(), query);
  call_is_ok(c);
  return c;
}

static void configure(void) {
  fcl_error e = {0};
  ck_assert_msg(fcl_pool_configure(pool, &o, &e) == FCL_OK, "%s", e.text);
}

static void refuses(const char *words) {
  fcl_error e = {0};
  ck_assert_int_eq(fcl_pool_configure(pool, &o, &e), FCL_E_CONFIG);
  ck_assert_msg(strstr(e.text, words) != NULL, "\"%s\" is not in: %s", words, e.text);
}

START_TEST(the_same_options_change_nothing) {
  long pid;
  open_php();
  pid = serve("")->result.pid;
  configure();
  ck_assert_int_eq(serve("")->result.pid, pid);
  ck_assert_uint_eq(driver_events("are recycled"), 0);
}
END_TEST

START_TEST(a_limit_changes_in_place) {
  long pid;
  open_php();
  pid = serve("")->result.pid;
  o.request_ms = 300;
  o.stderr_mode = FCL_STDERR_IN_500;
  configure();
  ck_assert_int_eq(serve("")->result.pid, pid);
  call_failed(call_get(pool, page(), "ms=2000"), FCL_E_TIMEOUT_REQUEST, "300 ms (request_ms)");
}
END_TEST

START_TEST(what_runs_is_bounded_as_it_was) {
  call *c;
  open_php();
  serve("");
  c = call_get(pool, page(), "ms=600");
  driver_run_for(100);
  o.request_ms = 200;
  configure();
  call_is_ok(c);
}
END_TEST

START_TEST(another_environment_needs_new_processes) {
  static const char *const red[] = {"COLOUR=red", NULL};
  long pid;
  open_php();
  pid = serve("")->result.pid;
  o.env = red;
  configure();
  ck_assert_str_eq(serve("")->text, "red");
  wait_until(!process_lives(pid));
}
END_TEST

START_TEST(new_processes_are_asked_again_what_they_share) {
  static const char *const red[] = {"COLOUR=red", NULL};
  o = driver_php();
  o.per_connection = FCL_AUTO;
  pool = driver_pool(&o);
  serve("");
  wait_until(driver_events("(GET_VALUES)") == 1);
  o.env = red;
  configure();
  serve("");
  wait_until(driver_events("(GET_VALUES)") == 2);
}
END_TEST

static unsigned at_once(void) {
  call *calls[6];
  unsigned i, n = 0;
  long pids[6] = {0};
  for (i = 0; i < 6; i++)
    calls[i] = call_get(pool, page(), "ms=400");
  for (i = 0; i < 6; i++) {
    unsigned k = 0;
    call_is_ok(calls[i]);
    while (k < n && pids[k] != calls[i]->result.pid)
      k++;
    pids[k] = calls[i]->result.pid;
    n += k == n;
  }
  return n;
}

START_TEST(more_processes_may_run_and_fewer) {
  open_php();
  ck_assert_uint_eq(at_once(), 2);
  o.max_processes = 5;
  configure();
  ck_assert_uint_eq(at_once(), 5);
  o.max_processes = 1;
  configure();
  wait_until(process_count_named("php-cgi") == 1);
  ck_assert_uint_eq(at_once(), 1);
}
END_TEST

START_TEST(a_file_can_be_monitored_from_now_on_and_no_longer) {
  const char *files[] = {driver_path("a.ini"), NULL};
  open_php();
  serve("");
  o.monitor = files;
  configure();
  call_failed(call_get(pool, page(), ""), FCL_E_CONFIG, "a.ini (monitor)");
  o.monitor = NULL;
  configure();
  serve("");
}
END_TEST

START_TEST(what_cannot_change_is_refused_and_changes_nothing) {
  static const char *const addresses[] = {"unix:/nowhere", NULL};
  fcl_pool_options was;
  long pid;
  open_php();
  was = o;
  pid = serve("")->result.pid;
  o.program = NULL;
  o.addresses = addresses;
  refuses("php: addresses cannot change while the pool lives; make another pool");
  o = was;
  o.name = "other";
  refuses("php: name cannot change");
  o = was;
  o.max_processes = 17;
  refuses("php: max_processes is 17, and this pool was made with room for 16");
  o = was;
  o.program = "relative";
  refuses("no absolute path");
  ck_assert_int_eq(serve("")->result.pid, pid);
}
END_TEST

START_TEST(ten_generations_under_load_lose_no_request) { /* loop: by configure, by call */
  static const char *const red[] = {"COLOUR=red", NULL}, *const blue[] = {"COLOUR=blue", NULL};
  many m = {0};
  unsigned total = driver_is_long() ? 10000 : 1500, i;
  open_php();
  o.max_processes = 4;
  configure();
  m.pool = pool;
  m.plan.script = driver_file("n.php", "<?php usleep(2000); echo $_GET['n'];");
  m.total = total;
  m.at_once = 6;
  many_start(&m);
  for (i = 1; i <= 10; i++) {
    wait_until(m.done >= total / 11 * i);
    o.env = i % 2 ? red : blue;
    if (_i == 0)
      configure();
    else
      fcl_pool_recycle(pool);
  }
  wait_until(many_is_done(&m));
  many_all_ok(&m);
  ck_assert_uint_eq(driver_events("are recycled"), 10);
}
END_TEST

int main(void) {
  TCase *cases[1] = {driver_case("configure")};
  tcase_add_test(cases[0], the_same_options_change_nothing);
  tcase_add_test(cases[0], a_limit_changes_in_place);
  tcase_add_test(cases[0], what_runs_is_bounded_as_it_was);
  tcase_add_test(cases[0], another_environment_needs_new_processes);
  tcase_add_test(cases[0], new_processes_are_asked_again_what_they_share);
  tcase_add_test(cases[0], more_processes_may_run_and_fewer);
  tcase_add_test(cases[0], a_file_can_be_monitored_from_now_on_and_no_longer);
  tcase_add_test(cases[0], what_cannot_change_is_refused_and_changes_nothing);
  tcase_add_loop_test(cases[0], ten_generations_under_load_lose_no_request, 0, 2);
  return driver_main("configure", cases, 1, 1);
}
