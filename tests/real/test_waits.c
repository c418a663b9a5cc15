/* test_waits.c: limits of a request that waits to be begun: for a process to start, for a
 * connection, for its turn. */
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
  beside_run(other_php());
  c = call_get(driver_pool(&o), "/x.php", "");
  call_failed(c, FCL_E_TIMEOUT_START, "500 ms (start_ms)");
  call_took(c, LIMIT);
  ck_assert_uint_ge(c->result.retry_after_s, 1);
  ck_assert_uint_le(c->result.retry_after_s, 2);
  wait_until(process_count_named("sleep") == 0);
  beside_all_ok();
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
  beside_run(other_php());
  c = call_get(driver_pool(&o), "/x.php", "");
  call_failed(c, FCL_E_TIMEOUT_CONNECT, "500 ms (connect_ms)");
  call_took(c, LIMIT);
  ck_assert_ptr_nonnull(strstr(c->result.error.text, addresses[0]));
  beside_all_ok();
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
  call_took(second, LIMIT);
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

int main(void) {
  TCase *cases[] = {driver_case("start"), driver_case("connect"), driver_case("queue")};
  tcase_add_test(cases[0], start_ms_ends_a_program_that_never_accepts);
  tcase_add_test(cases[0], a_first_page_that_takes_longer_than_start_ms_is_served);
  tcase_add_test(cases[0], a_first_upload_that_takes_longer_than_start_ms_is_served);
  tcase_add_loop_test(cases[1], connect_ms_ends_a_connect_that_nobody_accepts, 0, 2);
  if (process_has_fpm())
    tcase_add_test(cases[1], a_second_address_serves_whom_the_first_does_not_accept);
  tcase_add_test(cases[2], queue_ms_ends_who_waits_and_not_whom_it_waits_for);
  tcase_add_loop_test(cases[2], who_does_not_fit_into_the_queue_is_refused_at_once, 0, 2);
  return driver_main("waits", cases, 3, 1);
}
