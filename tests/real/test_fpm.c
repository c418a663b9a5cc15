/* test_fpm.c: php-fpm, which somebody else started, reached by address: kept connections, workers
 * that leave or are killed. */
#include "real/driver.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char listens[160], address[176];
static pid_t fpm;

/* On a Unix socket, on an IPv4 address, and there by a name. */
static void start_fpm(int kind, unsigned workers, unsigned max_requests) {
  int port = process_free_port();
  if (kind == 0)
    snprintf(listens, sizeof listens, "%s", driver_path("fpm.sock"));
  else
    snprintf(listens, sizeof listens, "127.0.0.1:%d", port);
  if (kind == 0)
    snprintf(address, sizeof address, "unix:%s", listens);
  else
    snprintf(address, sizeof address, "tcp:%s:%d", kind == 1 ? "127.0.0.1" : "localhost", port);
  fpm = process_fpm(listens, workers, max_requests);
}

static void end_fpm(void) {
  driver_shut();
  process_end(fpm);
}

static fcl_pool *pool_of(unsigned connections) {
  const char *addresses[] = {address, NULL};
  fcl_pool_options o = {0};
  o.name = "fpm";
  o.addresses = addresses;
  o.max_connections = connections;
  return driver_pool(&o);
}

static const char *n_php(void) {
  return driver_file("n.php", "<?php header('X-Hash: ' . getmypid()); echo $_GET['n'];");
}

static many many_of(fcl_pool *pool, unsigned total, unsigned at_once) {
  many m = {0};
  m.pool = pool;
  m.plan.script = n_php();
  m.total = total;
  m.at_once = at_once;
  return m;
}

START_TEST(pages_come_through_every_kind_of_address) {
  many m;
  start_fpm(_i, 4, 0);
  m = many_of(pool_of(4), 500, 16);
  many_run(&m);
  many_all_ok(&m);
  if (_i < 2) /* a name may have an address that nobody listens at */
    ck_assert_uint_eq(m.tries, 500);
  end_fpm();
}
END_TEST

/* A kept connection holds a worker of php-fpm: those who wait for one must not wait for ever. */
START_TEST(more_requests_than_workers_are_served_without_max_connections) {
  many m;
  start_fpm(_i, 4, 0);
  m = many_of(pool_of(0), 200, 16);
  many_run(&m);
  many_all_ok(&m);
  end_fpm();
}
END_TEST

static char first_pid[64];

static void same_worker(many *m, call *c) {
  if (first_pid[0] == 0)
    strcpy(first_pid, c->x_hash);
  ck_assert_str_eq(c->x_hash, first_pid);
}

START_TEST(a_kept_connection_keeps_its_worker) {
  many m;
  start_fpm(_i, 4, 0);
  m = many_of(pool_of(4), 50, 1);
  m.each = same_worker;
  many_run(&m);
  many_all_ok(&m);
  end_fpm();
}
END_TEST

static const unsigned connections[] = {4, 4, 1};

START_TEST(workers_that_leave_after_20_requests_cost_no_get) {
  many m;
  start_fpm(_i % 2, 4, 20);
  m = many_of(pool_of(connections[_i]), driver_is_long() ? 10000 : 2000, 16);
  many_run(&m);
  many_all_ok(&m);
  end_fpm();
}
END_TEST

/* Its worker waits on the kept connection, and with a connection for each request nobody else
 * waits. */
static void kill_some(many *m, call *c) {
  if (rand() % 25 == 0)
    kill((pid_t) atol(c->x_hash), SIGKILL);
}

START_TEST(a_kill_of_idle_workers_costs_no_get) {
  many m;
  start_fpm(_i, 4, 0);
  m = many_of(pool_of(4), 1000, 4);
  m.each = kill_some;
  srand(4713);
  many_run(&m);
  many_all_ok(&m);
  ck_assert_uint_gt(m.tries, 1000);
  end_fpm();
}
END_TEST

static fcl_flow kill_worker(call *c, const char *data, size_t len) {
  kill((pid_t) atol(c->text), SIGKILL);
  return FCL_NEXT;
}

START_TEST(a_worker_that_is_killed_in_mid_response_costs_just_that_request) {
  call_plan plan = {0};
  fcl_pool *pool;
  many m;
  call *c;
  start_fpm(_i, 4, 0);
  pool = pool_of(4);
  m = many_of(pool, 300, 3);
  plan.script =
      driver_file("half.php", "<?php echo getmypid(), \"\\n\"; flush(); while (1) usleep(10000);");
  plan.on_body = kill_worker;
  many_start(&m);
  c = call_start(pool, &plan);
  call_failed(c, FCL_E_TRUNCATED, address);
  wait_until(many_is_done(&m));
  many_all_ok(&m);
  end_fpm();
}
END_TEST

START_TEST(kept_connections_that_died_with_the_whole_of_fpm_cost_no_get) {
  fcl_pool *pool;
  many m;
  start_fpm(0, 4, 0);
  pool = pool_of(4);
  m = many_of(pool, 40, 4);
  many_run(&m);
  many_all_ok(&m);
  process_end(fpm);
  fpm = process_fpm(listens, 4, 0);
  m = many_of(pool, 40, 4);
  many_run(&m);
  many_all_ok(&m);
  end_fpm();
}
END_TEST

START_TEST(a_canceled_script_frees_its_worker) {
  fcl_pool *pool;
  call *c;
  start_fpm(_i, 1, 0);
  pool = pool_of(1);
  c = call_get(pool,
               driver_file("on.php", "<?php while (1) { echo 'on'; flush(); usleep(10000); }"), "");
  wait_until(c->len > 0);
  fcl_request_cancel(c->request);
  call_failed(c, FCL_E_CANCELED, "");
  call_is_ok(call_get(pool, n_php(), "n=1"));
  end_fpm();
}
END_TEST

static const char echoing[] = "<?php $s = file_get_contents('php://input'); header('X-Hash: ' . "
                              "hash('fnv1a64', $s)); echo $s;";

START_TEST(bodies_go_both_ways_whole) {
  call_plan plan = {0};
  call *c;
  start_fpm(_i, 2, 0);
  plan.script = driver_file("echo.php", echoing);
  plan.upload = 5u << 20;
  plan.part = 1u << 20;
  c = call_start(pool_of(2), &plan);
  call_is_ok(c);
  ck_assert_uint_eq(c->len, plan.upload);
  ck_assert_str_eq(call_hex(c->lent_hash), c->x_hash);
  ck_assert_str_eq(call_hex(c->hash), c->x_hash);
  end_fpm();
}
END_TEST

START_TEST(two_addresses_share_the_load) {
  char other[160], texts[2][176];
  const char *addresses[] = {texts[0], texts[1], NULL};
  fcl_pool_options o = {0};
  pid_t pid;
  many m;
  start_fpm(0, 2, 0);
  snprintf(texts[0], sizeof texts[0], "%s", address);
  snprintf(other, sizeof other, "%s", driver_path("other.sock"));
  snprintf(texts[1], sizeof texts[1], "unix:%s", other);
  pid = process_fpm(other, 2, 0);
  o.addresses = addresses;
  o.max_connections = 2;
  m = many_of(driver_pool(&o), 400, 4);
  many_start(&m);
  wait_until(m.done >= 200);
  process_end(pid); /* one of them leaves: politely, but in mid-request */
  wait_until(many_is_done(&m));
  ck_assert_uint_ge(m.ok, m.total - 2); /* what its two workers had in hand */
  ck_assert_ptr_nonnull(driver_event(texts[1]));
  end_fpm();
}
END_TEST

int main(void) {
  TCase *cases[] = {driver_case("pages"), driver_case("workers")};
  if (!process_has_fpm() || getenv("FCGICLIENT_TEST_NO_PHP")) {
    printf("fpm: skipped: needs php-fpm (Debian: apt install php-fpm)\n");
    return 77;
  }
  tcase_add_loop_test(cases[0], pages_come_through_every_kind_of_address, 0, 3);
  tcase_add_loop_test(cases[0], more_requests_than_workers_are_served_without_max_connections, 0,
                      2);
  tcase_add_loop_test(cases[0], a_kept_connection_keeps_its_worker, 0, 2);
  tcase_add_loop_test(cases[0], bodies_go_both_ways_whole, 0, 2);
  tcase_add_test(cases[0], two_addresses_share_the_load);
  tcase_add_loop_test(cases[1], workers_that_leave_after_20_requests_cost_no_get, 0, 3);
  tcase_add_loop_test(cases[1], a_kill_of_idle_workers_costs_no_get, 0, 2);
  tcase_add_loop_test(cases[1], a_worker_that_is_killed_in_mid_response_costs_just_that_request, 0,
                      2);
  tcase_add_test(cases[1], kept_connections_that_died_with_the_whole_of_fpm_cost_no_get);
  tcase_add_loop_test(cases[1], a_canceled_script_frees_its_worker, 0, 2);
  return driver_main("fpm", cases, 2, 0);
}
