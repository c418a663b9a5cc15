/* test_iis_settings.c: the settings of IIS about processes and their queue, by their names in
 * fcgiext.ini and in applicationHost.config: from the text to what a pool does, with a made-up
 * clock. */
#include "client/system.h"
#include "client/internal.h"
#include "pool/recorder.h"
#include <fcgiclient/config.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#ifdef HAS_EXPAT
enum { FORMATS = 2 };
#else
enum { FORMATS = 1 };
#endif

static fcl_client *client;
static fcl_pool *pool;
static fcl_config *config;

/* ---- A pool of the recorder's with the settings of a file ---- */

static void write_ini(char *file, size_t cap, const char *name, const char *value) {
  snprintf(file, cap, "[Types]\nphp=A\n[A]\nExePath=%s\n%s=%s\n", system_program, name, value);
}

static void write_xml(char *file, size_t cap, const char *name, const char *value) {
  snprintf(
      file, cap,
      "<configuration><system.webServer><fastCgi><application fullPath=\"%s\""
      " %c%s=\"%s\"/></fastCgi><handlers><add name=\"P\" path=\"*.php\" modules=\"FastCgiModule\""
      " scriptProcessor=\"%s\"/></handlers></system.webServer></configuration>",
      system_program, tolower((unsigned char) name[0]), name + 1, value, system_program);
}

/* `format` 0: fcgiext.ini, 1: applicationHost.config. */
static void open_with(int format, const char *name, const char *value) {
  fcl_client_options own = {.mode = FCL_LOOP_MANUAL};
  char file[1000];
  fcl_slice text;
  fcl_error e;
  (format ? write_xml : write_ini)(file, sizeof file, name, value);
  text.base = file;
  text.len = strlen(file);
  ck_assert_msg(fcl_config_parse(&config, "f", text, NULL, &e) == FCL_OK, "%s", e.text);
  ck_assert_int_eq(fcl_client_new(&client, &own, &e), FCL_OK);
  ck_assert_msg(fcl_pool_new(&pool, client, fcl_config_at(config, 0)->options, &e) == FCL_OK, "%s",
                e.text);
  world_prepare();
  w.settings = pool->pool.settings;
  w.connects_at_once = 1;
  world_open();
}

static void teardown(void) {
  world_end();
  fcl_client_close(client, NULL, NULL);
  fcl_client_join(client);
  fcl_config_free(config);
}

/* One process, idle. */
static void open_idle(int format, const char *name, const char *value) {
  open_with(format, name, value);
  submit('z');
  started(0);
  answered('z');
  finished('z');
  forget_logs();
}

/* ---- Processes ---- */

START_TEST(maxInstances_bounds_the_processes) {
  open_with(_i, "MaxInstances", "2");
  submit('a');
  submit('b');
  submit('c');
  ck_assert_str_eq(told(), "spawn 0\nspawn 1\n");
}
END_TEST

START_TEST(maxInstances_0_follows_the_load) {
  open_with(_i, "MaxInstances", "0");
  w.machine.processors = 1;
  w.pool.size.limit = 1;
  submit('a');
  submit('b');
  submit('c');
  ck_assert_str_eq(told(), "spawn 0\n");
  pass(1000);
  ck_assert_str_eq(told(), "spawn 1\nspawn 2\n");
}
END_TEST

START_TEST(idleTimeout_ends_an_idle_process) {
  open_idle(_i, "IdleTimeout", "10");
  pass(9999);
  ck_assert_str_eq(state(0), "idle");
  pass(1);
  ck_assert_str_eq(state(0), "stopping");
}
END_TEST

START_TEST(instanceMaxRequests_replaces_a_process) {
  open_idle(_i, "InstanceMaxRequests", "2");
  serve('a');
  finished('a');
  ck_assert_str_eq(state(0), "stopping");
  submit('b');
  ck_assert_str_eq(told(), "begin a on 0\nstop 0\nspawn 1\n");
}
END_TEST

/* ---- Clocks ---- */

START_TEST(activityTimeout_ends_who_is_silent) {
  open_idle(_i, "ActivityTimeout", "10");
  serve('a');
  pass(9000);
  touched('a');
  pass(9999);
  ck_assert(is_here('a'));
  pass(1);
  ck_assert_ptr_nonnull(strstr(told(), "stop 0 by force\n"));
  ck_assert_ptr_nonnull(strstr(w.sentence, "sent and took nothing for 10 s (activity_ms)"));
}
END_TEST

START_TEST(requestTimeout_ends_who_takes_too_long) {
  unsigned i;
  open_idle(_i, "RequestTimeout", "20");
  serve('a');
  for (i = 0; i < 4; i++) {
    pass(4999);
    touched('a');
  }
  ck_assert(is_here('a'));
  pass(4);
  ck_assert(!is_here('a'));
  ck_assert_ptr_nonnull(strstr(w.sentence, "took longer than 20 s (request_ms)"));
}
END_TEST

/* ---- The queue ---- */

START_TEST(queueLength_refuses_with_503_4) {
  fcl_iis iis;
  open_with(_i, "QueueLength", "3");
  w.pool.size.limit = w.pool.settings.max_processes = 1; /* whatever this machine has */
  submit('z');
  started(0);
  submit('a');
  submit('b');
  submit('c');
  told();
  submit('d');
  ck_assert_str_eq(told(), "fail d QUEUE_FULL\n");
  iis = fcl_code_iis(FCL_E_QUEUE_FULL);
  ck_assert_int_eq(fcl_code_http(FCL_E_QUEUE_FULL), 503);
  ck_assert_int_eq(iis.status, 503);
  ck_assert_int_eq(iis.substatus, 4);
}
END_TEST

/* ---- rapidFailsPerMinute: iis-fastcgi counts what fails during a request ---- */

static void crash_serving(int id, unsigned index) {
  submit(id);
  if (member(index)->state == FCL__STARTING)
    started(index);
  answered(id);
  dies(index, 11);
}

static void open_and_fail_twice(int format) {
  unsigned i;
  open_with(format, "RapidFailsPerMinute", "2");
  for (i = 0; i < 2; i++) {
    crash_serving('a', 0);
    pass(1000);
  }
  told();
}

START_TEST(rapidFailsPerMinute_refuses_and_starts_nothing) {
  open_and_fail_twice(_i);
  submit('b');
  ck_assert_str_eq(told(), "fail b RAPID_FAIL\n");
}
END_TEST

/* IIS: 500, with no sub-status (iis-fastcgi E5); to others it is a 503 that says when to come
 * again.
 */
START_TEST(rapidFailsPerMinute_is_500_0_for_iis) {
  fcl_iis iis;
  open_and_fail_twice(_i);
  submit('b');
  ck_assert_ptr_nonnull(strstr(w.sentence, "rapid"));
  iis = fcl_code_iis(FCL_E_RAPID_FAIL);
  ck_assert_int_eq(iis.status, 500);
  ck_assert_int_eq(iis.substatus, 0);
  ck_assert_uint_eq(iis.hresult, 0);
  ck_assert_int_eq(fcl_code_http(FCL_E_RAPID_FAIL), 503);
  ck_assert_uint_eq(fcl__pool_retry_after(&w.pool, w.now), 58); /* the first failure was 2 s ago */
}
END_TEST

START_TEST(rapidFailsPerMinute_lifts_by_itself_within_the_minute) {
  open_and_fail_twice(_i);
  pass(60000 - 2000);
  submit('b');
  ck_assert_str_eq(told(), "spawn 0\n");
}
END_TEST

START_TEST(rapidFailsPerMinute_counts_anew_then) {
  open_and_fail_twice(_i);
  pass(60000);
  crash_serving('b', 0);
  told();
  submit('c');
  ck_assert_str_eq(told(), "spawn 0\n");
}
END_TEST

START_TEST(rapidFailsPerMinute_0_is_off) {
  unsigned i;
  open_with(_i, "RapidFailsPerMinute", "0");
  for (i = 0; i < 50; i++)
    crash_serving('a', 0);
  told();
  submit('b');
  ck_assert_str_eq(told(), "spawn 0\n");
}
END_TEST

/* A process that is served `ms` before it crashes. */
static void crash_behind(unsigned ms, int signal) {
  submit('a');
  started(0);
  answered('a');
  finished('a');
  pass(ms);
  dies(0, signal);
}

START_TEST(rapidFailsPerMinute_does_not_count_who_leaves_long_after_its_request) {
  unsigned i;
  open_with(_i, "RapidFailsPerMinute", "2");
  for (i = 0; i < 4; i++)
    crash_behind(5000, 9);
  told();
  submit('b');
  ck_assert_str_eq(told(), "spawn 0\n");
}
END_TEST

START_TEST(rapidFailsPerMinute_counts_who_crashes_while_it_cleans_up) {
  unsigned i;
  open_with(_i, "RapidFailsPerMinute", "2");
  for (i = 0; i < 2; i++)
    crash_behind(20, 11);
  told();
  submit('b');
  ck_assert_str_eq(told(), "fail b RAPID_FAIL\n");
}
END_TEST

/* ---- signalBeforeTerminateSeconds ---- */

START_TEST(signalBeforeTerminateSeconds_is_the_time_between_asking_and_force) {
  open_idle(_i, "SignalBeforeTerminateSeconds", "7");
  fcl__pool_recycle(&w.pool, w.now);
  ck_assert_str_eq(told(), "stop 0\n");
  pass(6999);
  ck_assert_str_eq(told(), "");
  pass(1);
  ck_assert_str_eq(told(), "stop 0 by force\n");
}
END_TEST

START_TEST(signalBeforeTerminateSeconds_0_asks_nobody) {
  open_idle(_i, "SignalBeforeTerminateSeconds", "0");
  fcl__pool_recycle(&w.pool, w.now);
  ck_assert_str_eq(told(), "stop 0 by force\n");
}
END_TEST

#define ADD(test) tcase_add_loop_test(tc, test, 0, FORMATS)

int main(void) {
  TCase *tc = tcase_create("IIS");
  tcase_add_checked_fixture(tc, NULL, teardown);
  ADD(maxInstances_bounds_the_processes);
  ADD(maxInstances_0_follows_the_load);
  ADD(idleTimeout_ends_an_idle_process);
  ADD(instanceMaxRequests_replaces_a_process);
  ADD(activityTimeout_ends_who_is_silent);
  ADD(requestTimeout_ends_who_takes_too_long);
  ADD(queueLength_refuses_with_503_4);
  ADD(rapidFailsPerMinute_refuses_and_starts_nothing);
  ADD(rapidFailsPerMinute_is_500_0_for_iis);
  ADD(rapidFailsPerMinute_lifts_by_itself_within_the_minute);
  ADD(rapidFailsPerMinute_counts_anew_then);
  ADD(rapidFailsPerMinute_0_is_off);
  ADD(rapidFailsPerMinute_does_not_count_who_leaves_long_after_its_request);
  ADD(rapidFailsPerMinute_counts_who_crashes_while_it_cleans_up);
  ADD(signalBeforeTerminateSeconds_is_the_time_between_asking_and_force);
  ADD(signalBeforeTerminateSeconds_0_asks_nobody);
  return test_suite_run("IIS settings", &tc, 1);
}
