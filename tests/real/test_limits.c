/* test_limits.c: each timeout fires in its own situation with its own code, and disturbs nobody
   else; a slow caller is no slow application. */
#include "real/driver.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LIMIT 500

/* Starts so many processes, so that no limit meets one that is still being loaded. */
static void warm_up(fcl_pool *pool, unsigned processes) {
  const char *script = driver_file("warm.php", "<?php usleep(50000); echo $_GET['n'];");
  unsigned round;
  for (round = 0; round < 8; round++) {
    many m = {0};
    m.pool = pool;
    m.plan.script = script;
    m.total = m.at_once = processes;
    many_run(&m);
    if (m.ok == m.total)
      return;
    fcl_pool_resume(pool);
  }
  ck_abort_msg("php-cgi does not start");
}

/* Requests one after another beside the one that fails: in the same pool, where that can be. */
static many healthy;

static void run_beside(fcl_pool *pool) {
  warm_up(pool, 3);
  memset(&healthy, 0, sizeof healthy);
  healthy.pool = pool;
  healthy.plan.script = driver_file("n.php", "<?php usleep(10000); echo $_GET['n'];");
  healthy.total = 60;
  healthy.at_once = 1;
  many_start(&healthy);
}

static void is_undisturbed(void) {
  wait_until(many_is_done(&healthy));
  many_all_ok(&healthy);
}

static void took(const call *c, unsigned ms) {
  uint64_t spent = c->done_ms - c->started_ms;
  ck_assert_uint_ge(spent + 5, ms);
  ck_assert_uint_lt(spent, ms + 5000);
}

static fcl_pool *other_php(void) {
  fcl_pool_options o = driver_php();
  o.name = "other";
  return driver_pool(&o);
}

/* ---- start_ms ---- */

START_TEST(start_ms_ends_a_program_that_never_accepts) {
  static const char *const argv[] = {"sleep", "1000", NULL};
  fcl_pool_options o = {0};
  call *c;
  o.name = "deaf";
  o.program = "/bin/sleep";
  o.argv = argv;
  o.start_ms = LIMIT;
  run_beside(other_php());
  c = call_get(driver_pool(&o), "/x.php", "");
  call_failed(c, FCL_E_TIMEOUT_START, "500 ms (start_ms)");
  took(c, LIMIT);
  ck_assert_uint_ge(c->result.retry_after_s, 1);
  ck_assert_uint_le(c->result.retry_after_s, 2);
  wait_until(process_count_named("sleep") == 0);
  is_undisturbed();
}
END_TEST

START_TEST(a_first_page_that_takes_longer_than_start_ms_is_served) {
  fcl_pool_options o = driver_php();
  call *c;
  o.start_ms = 2 * LIMIT;
  c = call_get(driver_pool(&o), driver_file("slow.php", "<?php usleep(1800000); echo 'slow';"), "");
  call_is_ok(c);
  ck_assert_str_eq(c->text, "slow");
}
END_TEST

START_TEST(a_first_upload_that_takes_longer_than_start_ms_is_served) {
  fcl_pool_options o = driver_php();
  call_plan plan = {0};
  o.start_ms = 2 * LIMIT;
  plan.script = driver_file(
      "deaf.php", "<?php usleep(1800000); echo strlen(file_get_contents('php://input'));");
  plan.upload = 4u << 20;
  call_is_ok(call_start(driver_pool(&o), &plan));
}
END_TEST

/* ---- connect_ms ---- */

static int held[16];
static unsigned held_count;

static void hold_fd(int fd) {
  ck_assert_int_ge(fd, 0);
  ck_assert_uint_lt(held_count, 16);
  held[held_count++] = fd;
}

static void close_held(void) {
  while (held_count > 0)
    close(held[--held_count]);
}

/* Listens, and lets others connect until nobody can any more. */
static void fill_backlog(const struct sockaddr *address, socklen_t len, socklen_t *bound) {
  struct sockaddr_storage at;
  socklen_t n = sizeof at;
  int i;
  hold_fd(socket(address->sa_family, SOCK_STREAM, 0));
  ck_assert_int_eq(bind(held[0], address, len), 0);
  ck_assert_int_eq(listen(held[0], 0), 0);
  ck_assert_int_eq(getsockname(held[0], (struct sockaddr *) &at, &n), 0);
  for (i = 0; i < 3; i++) {
    hold_fd(socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK, 0));
    if (connect(held[held_count - 1], (struct sockaddr *) &at, n) != 0)
      ck_assert(errno == EAGAIN || errno == EINPROGRESS);
  }
  *bound = ((struct sockaddr_in *) &at)->sin_port;
}

static const char *full_unix(void) {
  static char text[160];
  struct sockaddr_un un = {AF_UNIX, ""};
  socklen_t ignored;
  snprintf(un.sun_path, sizeof un.sun_path, "%s", driver_path("full.sock"));
  fill_backlog((struct sockaddr *) &un, sizeof un, &ignored);
  snprintf(text, sizeof text, "unix:%s", un.sun_path);
  return text;
}

static const char *full_tcp(void) {
  static char text[64];
  struct sockaddr_in in = {0};
  socklen_t port;
  in.sin_family = AF_INET;
  in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  fill_backlog((struct sockaddr *) &in, sizeof in, &port);
  snprintf(text, sizeof text, "tcp:127.0.0.1:%u", ntohs((uint16_t) port));
  return text;
}

START_TEST(connect_ms_ends_a_connect_that_nobody_accepts) {
  const char *addresses[] = {_i ? full_tcp() : full_unix(), NULL};
  fcl_pool_options o = {0};
  call *c;
  o.addresses = addresses;
  o.connect_ms = LIMIT;
  run_beside(other_php());
  c = call_get(driver_pool(&o), "/x.php", "");
  call_failed(c, FCL_E_TIMEOUT_CONNECT, "500 ms (connect_ms)");
  took(c, LIMIT);
  ck_assert_ptr_nonnull(strstr(c->result.error.text, addresses[0]));
  is_undisturbed();
  close_held();
}
END_TEST

START_TEST(a_second_address_serves_whom_the_first_does_not_accept) {
  char listen[128], second[160];
  const char *addresses[] = {full_unix(), second, NULL};
  fcl_pool_options o = {0};
  fcl_pool *pool;
  pid_t fpm;
  unsigned i;
  snprintf(listen, sizeof listen, "%s", driver_path("fpm.sock"));
  snprintf(second, sizeof second, "unix:%s", listen);
  fpm = process_fpm(listen, 2, 0);
  o.addresses = addresses;
  o.connect_ms = LIMIT;
  pool = driver_pool(&o);
  for (i = 0; i < 4; i++)
    call_is_ok(call_get(pool, driver_file("n.php", "<?php echo $_GET['n'];"), "n=1"));
  driver_shut();
  process_end(fpm);
  close_held();
}
END_TEST

/* ---- queue_ms, queue_length ---- */

static fcl_pool_options php_of(unsigned processes) {
  fcl_pool_options o = driver_php();
  o.max_processes = processes;
  return o;
}

static const char sleeping[] = "<?php usleep(1000 * $_GET['ms']); echo 'slept';";

START_TEST(queue_ms_ends_who_waits_and_not_whom_it_waits_for) {
  fcl_pool_options o = php_of(1);
  fcl_pool *pool;
  call *first, *second;
  o.queue_ms = LIMIT;
  pool = driver_pool(&o);
  call_is_ok(call_get(pool, driver_file("sleep.php", sleeping), "ms=1"));
  first = call_get(pool, driver_path("sleep.php"), "ms=1000");
  second = call_get(pool, driver_path("sleep.php"), "ms=1");
  call_failed(second, FCL_E_TIMEOUT_QUEUE, "500 ms (queue_ms)");
  took(second, LIMIT);
  ck_assert_int_eq(first->is_done, 0);
  call_is_ok(first);
}
END_TEST

START_TEST(who_does_not_fit_into_the_queue_is_refused_at_once) {
  fcl_pool_options o = php_of(1);
  fcl_pool *pool;
  call *calls[4];
  unsigned i;
  o.queue_length = _i ? 2 : FCL_NONE;
  pool = driver_pool(&o);
  call_is_ok(call_get(pool, driver_file("sleep.php", sleeping), "ms=1"));
  for (i = 0; i < 4; i++)
    calls[i] = call_get(pool, driver_path("sleep.php"), "ms=300");
  call_failed(calls[3], FCL_E_QUEUE_FULL, "(queue_length)");
  ck_assert_int_eq(calls[0]->is_done, 0);
  ck_assert_int_eq(fcl_code_http(FCL_E_QUEUE_FULL), 503);
  for (i = 0; i < (_i ? 3 : 1); i++)
    call_is_ok(calls[i]);
}
END_TEST

/* ---- first_ms, activity_ms, request_ms ---- */

static const char trickling[] =
    "<?php for ($i = 0; $i < $_GET['n']; $i++) { echo '.'; flush(); usleep(50000); }";

START_TEST(first_ms_ends_who_does_not_begin_to_answer) {
  fcl_pool_options o = php_of(3);
  fcl_pool *pool;
  call *c;
  o.first_ms = LIMIT;
  pool = driver_pool(&o);
  run_beside(pool);
  c = call_get(pool, driver_file("sleep.php", sleeping), "ms=20000");
  call_failed(c, FCL_E_TIMEOUT_FIRST, "500 ms (first_ms)");
  took(c, LIMIT);
  ck_assert_ptr_nonnull(strstr(c->result.error.text, "sleep.php"));
  wait_until(!process_lives(c->result.pid));
  is_undisturbed();
}
END_TEST

START_TEST(first_ms_is_over_with_the_first_byte) {
  fcl_pool_options o = php_of(1);
  fcl_pool *pool;
  o.first_ms = LIMIT;
  pool = driver_pool(&o);
  warm_up(pool, 1);
  call_is_ok(call_get(pool, driver_file("trickle.php", trickling), "n=20"));
}
END_TEST

START_TEST(activity_ms_ends_who_falls_silent) {
  fcl_pool_options o = php_of(3);
  fcl_pool *pool;
  call *c;
  o.activity_ms = LIMIT;
  pool = driver_pool(&o);
  run_beside(pool);
  c = call_get(pool, driver_file("half.php", "<?php echo 'one'; flush(); sleep(20);"), "");
  call_failed(c, FCL_E_TIMEOUT_ACTIVITY, "500 ms (activity_ms)");
  took(c, LIMIT);
  ck_assert_str_eq(c->text, "one");
  wait_until(!process_lives(c->result.pid));
  is_undisturbed();
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
  warm_up(pool, 1);
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
  warm_up(pool, 1);
  c = call_get(pool, driver_file("trickle.php", trickling), "n=20");
  call_is_ok(c);
  ck_assert_uint_eq(c->len, 20);
  took(c, 1000);
}
END_TEST

START_TEST(request_ms_ends_who_never_comes_to_an_end) {
  fcl_pool_options o = php_of(3);
  fcl_pool *pool;
  call *c;
  o.request_ms = LIMIT;
  pool = driver_pool(&o);
  run_beside(pool);
  c = call_get(pool, driver_file("trickle.php", trickling), "n=1000");
  call_failed(c, FCL_E_TIMEOUT_REQUEST, "500 ms (request_ms)");
  took(c, LIMIT);
  ck_assert_uint_gt(c->len, 0);
  wait_until(!process_lives(c->result.pid));
  is_undisturbed();
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
  warm_up(pool, 1);
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
  took(c, 3 * LIMIT);
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
  took(c, 3 * LIMIT);
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
  took(c, 4 * LIMIT);
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
  TCase *cases[] = {driver_case("start"),  driver_case("connect"), driver_case("queue"),
                    driver_case("answer"), driver_case("caller"),  driver_case("events")};
  tcase_add_test(cases[0], start_ms_ends_a_program_that_never_accepts);
  tcase_add_test(cases[0], a_first_page_that_takes_longer_than_start_ms_is_served);
  tcase_add_test(cases[0], a_first_upload_that_takes_longer_than_start_ms_is_served);
  tcase_add_loop_test(cases[1], connect_ms_ends_a_connect_that_nobody_accepts, 0, 2);
  if (process_has_fpm())
    tcase_add_test(cases[1], a_second_address_serves_whom_the_first_does_not_accept);
  tcase_add_test(cases[2], queue_ms_ends_who_waits_and_not_whom_it_waits_for);
  tcase_add_loop_test(cases[2], who_does_not_fit_into_the_queue_is_refused_at_once, 0, 2);
  tcase_add_test(cases[3], first_ms_ends_who_does_not_begin_to_answer);
  tcase_add_test(cases[3], first_ms_is_over_with_the_first_byte);
  tcase_add_test(cases[3], activity_ms_ends_who_falls_silent);
  tcase_add_test(cases[3], activity_ms_ends_who_does_not_read_what_is_lent);
  tcase_add_test(cases[3], activity_ms_leaves_whom_it_hears_of);
  tcase_add_test(cases[3], request_ms_ends_who_never_comes_to_an_end);
  tcase_add_test(cases[4], a_caller_that_pauses_in_mid_upload_kills_nothing);
  tcase_add_test(cases[4], a_caller_that_pauses_in_mid_download_kills_nothing);
  tcase_add_test(cases[4], an_application_that_falls_silent_after_the_pause_is_ended);
  tcase_add_test(cases[5], idle_ms_ends_a_process_with_an_event);
  tcase_add_test(cases[5], idle_ms_leaves_min_processes);
  tcase_add_test(cases[5], abort_ms_and_stop_ms_end_a_process_with_events_and_no_failure);
  return driver_main("limits", cases, 6, 1);
}
