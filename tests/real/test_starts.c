/* test_starts.c: programs that cannot be started, that fail too often, and addresses where nobody
   listens: each with its own code and a sentence that says what to do. */
#include "real/driver.h"
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char *n_php(void) {
  return driver_file("n.php", "<?php echo $_GET['n'];");
}

static call *healthy(void) {
  fcl_pool_options o = driver_php();
  return call_get(driver_pool(&o), n_php(), "n=1");
}

/* ---- SPAWN ---- */

static void cannot_start(const fcl_pool_options *o, const char *why, int sys) {
  call *beside = healthy(), *c = call_get(driver_pool(o), "/x.php", "");
  call_failed(c, FCL_E_SPAWN, why);
  ck_assert_ptr_nonnull(strstr(c->result.error.text, o->program));
  ck_assert_int_eq(c->result.error.sys, sys);
  ck_assert_int_eq(c->result.pid, 0);
  ck_assert_uint_eq(c->status, 0);
  call_is_ok(beside);
}

START_TEST(a_program_that_is_missing_is_named) {
  fcl_pool_options o = {0};
  o.program = "/nowhere/php-cgi";
  cannot_start(&o, "No such file or directory", 2);
}
END_TEST

START_TEST(a_program_that_cannot_be_executed_is_named) {
  fcl_pool_options o = {0};
  o.program = driver_file("plain", "just text\n");
  cannot_start(&o, "Permission denied", 13);
}
END_TEST

START_TEST(a_program_of_no_known_format_is_named) {
  fcl_pool_options o = {0};
  o.program = driver_program("format", "\177no program\n");
  cannot_start(&o, "Exec format error", 8);
}
END_TEST

START_TEST(a_directory_that_is_missing_is_named) {
  fcl_pool_options o = driver_php();
  o.directory = "/nowhere";
  cannot_start(&o, "/nowhere", 2);
}
END_TEST

START_TEST(those_who_wait_for_a_start_that_fails_are_all_told_why) {
  fcl_pool_options o = {0};
  fcl_pool *pool;
  call *calls[5];
  unsigned i;
  o.program = "/nowhere/php-cgi";
  pool = driver_pool(&o);
  for (i = 0; i < 5; i++)
    calls[i] = call_get(pool, "/x.php", "");
  for (i = 0; i < 5; i++)
    call_failed(calls[i], FCL_E_SPAWN, "No such file or directory");
}
END_TEST

START_TEST(a_start_for_which_there_is_no_descriptor_says_which_pool_it_was) {
  fcl_pool_options o = driver_php();
  fcl_pool *pool;
  struct rlimit before, none;
  call *c;
  call_is_ok(healthy());
  o.name = "starved";
  pool = driver_pool(&o);
  getrlimit(RLIMIT_NOFILE, &before);
  none = before;
  none.rlim_cur = 3;
  ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
  c = call_get(pool, "/x.php", "");
  wait_until(c->is_done);
  ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
  call_failed(c, FCL_E_SPAWN, "starved: cannot listen on");
}
END_TEST

/* ---- RAPID_FAIL ---- */

static fcl_pool_options failing(void) {
  fcl_pool_options o = {0};
  o.name = "failing";
  o.program = driver_program("failing", "#!/bin/sh\n[ -e repaired ] && exec " PHP_CGI "\nexit 1\n");
  o.directory = driver_folder();
  o.rapid_fails = 3;
  return o;
}

/* A start that fails is followed by a pause; a process that works and then crashes is replaced at
 * once. */
static fcl_pool *failed(const fcl_pool_options *o) {
  fcl_pool *pool = driver_pool(o);
  unsigned i;
  for (i = 0; i < o->rapid_fails; i++) {
    call *c = call_get(pool, driver_file("die.php", "<?php posix_kill(getmypid(), 9);"), "");
    call_failed(c, FCL_E_EXITED, "SIGKILL");
  }
  return pool;
}

static fcl_pool_options crashing(void) {
  fcl_pool_options o = driver_php();
  o.rapid_fails = 3;
  return o;
}

START_TEST(a_program_that_fails_too_often_is_left_alone) {
  fcl_pool_options o = crashing();
  fcl_pool *pool = failed(&o);
  call *c = call_get(pool, n_php(), "n=1");
  call_failed(c, FCL_E_RAPID_FAIL, "failed 3 times within 60 s (rapid_fails, rapid_fail_ms)");
  ck_assert_int_eq(fcl_code_http(c->result.error.code), 503);
  ck_assert_uint_ge(c->result.retry_after_s, 30);
  ck_assert_uint_le(c->result.retry_after_s, 60);
  ck_assert_uint_eq(process_count_named("php-cgi"), 0);
  ck_assert_int_eq(driver_event("(rapid_fails")->code, FCL_E_RAPID_FAIL);
  call_is_ok(healthy());
}
END_TEST

START_TEST(fcl_pool_resume_lifts_rapid_fail) {
  fcl_pool_options o = crashing();
  fcl_pool *pool = failed(&o);
  call_failed(call_get(pool, n_php(), "n=1"), FCL_E_RAPID_FAIL, "rapid_fails");
  fcl_pool_resume(pool);
  call_is_ok(call_get(pool, n_php(), "n=1"));
}
END_TEST

START_TEST(rapid_fail_is_over_after_rapid_fail_ms) {
  fcl_pool_options o = crashing();
  fcl_pool *pool;
  o.rapid_fails = 1;
  o.rapid_fail_ms = 1000;
  pool = failed(&o);
  call_failed(call_get(pool, n_php(), "n=1"), FCL_E_RAPID_FAIL, "rapid_fails");
  wait_until(driver_event("is started again") != NULL);
  call_is_ok(call_get(pool, n_php(), "n=1"));
}
END_TEST

START_TEST(requests_that_fail_in_the_script_are_no_failures_of_the_program) {
  fcl_pool_options o = driver_php();
  fcl_pool *pool;
  unsigned i;
  o.rapid_fails = 1;
  pool = driver_pool(&o);
  for (i = 0; i < 5; i++) {
    call *c = call_get(pool, driver_file("bug.php", "<?php no_such_function();"), "");
    call_is_ok(c);
    ck_assert_int_eq(c->status, 500);
  }
}
END_TEST

START_TEST(a_program_that_is_repaired_is_started_again_by_itself) {
  fcl_pool_options o = failing();
  fcl_pool *pool = driver_pool(&o);
  call *c;
  call_failed(call_get(pool, n_php(), "n=1"), FCL_E_EXITED, "Starting again in 1 s");
  driver_file("repaired", "");
  c = call_get(pool, n_php(), "n=1"); /* waits for the end of the back-off */
  call_is_ok(c);
  ck_assert_uint_ge(c->done_ms - c->started_ms, 500);
}
END_TEST

/* ---- CONNECT ---- */

static const char *closed_unix(void) {
  struct sockaddr_un un = {AF_UNIX, ""};
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  static char text[160];
  snprintf(un.sun_path, sizeof un.sun_path, "%s", driver_path("closed.sock"));
  ck_assert_int_eq(bind(fd, (struct sockaddr *) &un, sizeof un), 0);
  close(fd);
  snprintf(text, sizeof text, "unix:%s", un.sun_path);
  return text;
}

static const char *address_of(int i) {
  static char text[160];
  if (i == 0)
    snprintf(text, sizeof text, "unix:%s", driver_path("none.sock"));
  else if (i == 1)
    return closed_unix();
  else if (i == 2)
    snprintf(text, sizeof text, "tcp:127.0.0.1:%d", process_free_port());
  else if (i == 3)
    snprintf(text, sizeof text, "tcp:localhost:%d", process_free_port());
  else
    snprintf(text, sizeof text, "unix:@%s", driver_folder());
  return text;
}

START_TEST(an_address_where_nobody_listens_is_named) {
  static const char *const words[] = {"no such file", "connection refused", "connection refused",
                                      "connection refused", "connection refused"};
  const char *addresses[] = {address_of(_i), NULL};
  fcl_pool_options o = {0};
  call *beside = healthy(), *c;
  o.name = "app";
  o.addresses = addresses;
  c = call_get(driver_pool(&o), "/x.php", "");
  call_failed(c, FCL_E_CONNECT, words[_i]);
  /* a name stands for its addresses, of which the sentence names the one that was tried */
  call_failed(c, FCL_E_CONNECT, _i == 3 ? strrchr(addresses[0], ':') : addresses[0]);
  ck_assert_int_eq(fcl_code_http(c->result.error.code), 502);
  call_is_ok(beside);
}
END_TEST

static fcl_code call_get_code(fcl_pool *pool) {
  call *c = call_get(pool, n_php(), "n=1");
  call_wait(c);
  return c->result.error.code;
}

START_TEST(an_address_that_failed_is_tried_again) {
  char listen[128], text[160];
  const char *addresses[] = {text, NULL};
  fcl_pool_options o = {0};
  fcl_pool *pool;
  pid_t fpm;
  snprintf(listen, sizeof listen, "%s", driver_path("fpm.sock"));
  snprintf(text, sizeof text, "unix:%s", listen);
  o.addresses = addresses;
  pool = driver_pool(&o);
  call_failed(call_get(pool, n_php(), "n=1"), FCL_E_CONNECT, "no such file");
  call_failed(call_get(pool, n_php(), "n=1"), FCL_E_CONNECT, "is tried again in");
  fpm = process_fpm(listen, 2, 0);
  while (call_get_code(pool) == FCL_E_CONNECT)
    driver_run_for(50);
  call_is_ok(call_get(pool, n_php(), "n=1"));
  ck_assert_ptr_nonnull(driver_event("can be reached again"));
  driver_shut();
  process_end(fpm);
}
END_TEST

int main(void) {
  TCase *cases[] = {driver_case("spawn"), driver_case("rapid"), driver_case("connect")};
  tcase_add_test(cases[0], a_program_that_is_missing_is_named);
  tcase_add_test(cases[0], a_program_that_cannot_be_executed_is_named);
  tcase_add_test(cases[0], a_program_of_no_known_format_is_named);
  tcase_add_test(cases[0], a_directory_that_is_missing_is_named);
  tcase_add_test(cases[0], those_who_wait_for_a_start_that_fails_are_all_told_why);
  tcase_add_test(cases[0], a_start_for_which_there_is_no_descriptor_says_which_pool_it_was);
  tcase_add_test(cases[1], a_program_that_fails_too_often_is_left_alone);
  tcase_add_test(cases[1], fcl_pool_resume_lifts_rapid_fail);
  tcase_add_test(cases[1], rapid_fail_is_over_after_rapid_fail_ms);
  tcase_add_test(cases[1], requests_that_fail_in_the_script_are_no_failures_of_the_program);
  tcase_add_test(cases[1], a_program_that_is_repaired_is_started_again_by_itself);
  tcase_add_loop_test(cases[2], an_address_where_nobody_listens_is_named, 0, 5);
  if (process_has_fpm())
    tcase_add_test(cases[2], an_address_that_failed_is_tried_again);
  return driver_main("starts", cases, 3, 1);
}
