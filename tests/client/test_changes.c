/* test_changes.c: other options for a pool that reaches addresses: what changes in place, what is
   refused, and that nothing has changed where there was no memory. */
#include "client/hosts.h"
#include "client/internal.h"
#include "client/shared.h"
#include <stdlib.h>

static hosts h;
static fcl_pool_options o; /* the next ones of its pool */
static const char *const ping[] = {"SCRIPT_NAME=/ping", "X=1", NULL};
static const char *const pong[] = {"SCRIPT_NAME=/pong", "X=2", NULL};

static void setup_hosts(void) {
  memset(&h, 0, sizeof h);
}

static void teardown_hosts(void) {
  hosts_end(&h);
}

static void reach(int loop, unsigned count) {
  hosts_open(&h, (fcl_loop) loop, count);
  hosts_reach(&h);
  o = h.w.options;
  o.name = "test";
  o.addresses = h.addresses;
}

static void configure(fcl_pool *pool) {
  fcl_error e = {0};
  ck_assert_msg(fcl_pool_configure(pool, &o, &e) == FCL_OK, "%s", e.text);
}

static void refuses(const char *words) {
  fcl_error e = {0};
  ck_assert_int_eq(fcl_pool_configure(h.w.pool, &o, &e), FCL_E_CONFIG);
  ck_assert_msg(strstr(e.text, words) != NULL, "\"%s\" is not in: %s", words, e.text);
}

static void wait_for(atomic_uint *count, unsigned n) {
  while (*count < n)
    world_pass(&h.w, 5);
}

static void hear(const char *words) {
  while (strstr(h.w.said, words) == NULL)
    world_pass(&h.w, 5);
}

/* ---- Limits ---- */

START_TEST(who_waits_for_a_connection_is_begun_when_there_may_be_more) {
  exchange x = {0}, y = {0};
  h.w.options.max_connections = 1;
  reach(_i, 1);
  h.host[0].is_mute = 1;
  exchange_get(&x, &h.w);
  exchange_get(&y, &h.w);
  wait_for(&h.host[0].muted, 1);
  o.max_connections = 2;
  configure(h.w.pool);
  h.host[0].is_mute = 0;
  exchange_wait(&y);
  ck_assert_error(&y, FCL_OK, "");
  ck_assert_uint_eq(x.dones, 0);
  fcl_request_cancel(x.request);
  exchange_wait(&x);
}
END_TEST

START_TEST(larger_parameters_are_taken_from_now_on) {
  char value[200];
  exchange x = {0}, y = {0};
  memset(value, 'a', sizeof value - 1);
  value[sizeof value - 1] = 0;
  h.w.options.max_params = 100;
  reach(_i, 1);
  exchange_new(&x, &h.w, "GET");
  fcl_request_param(x.request, "V", value);
  fcl_request_start(x.request);
  exchange_wait(&x);
  ck_assert_int_eq(x.result.error.code, FCL_E_PARAMS);
  o.max_params = 1000;
  configure(h.w.pool);
  hosts_ask(&h, NULL);
  exchange_new(&y, &h.w, "GET");
  fcl_request_param(y.request, "V", value);
  fcl_request_start(y.request);
  fcl_request_finish(y.request);
  exchange_wait(&y);
  ck_assert_error(&y, FCL_OK, "");
}
END_TEST

START_TEST(lost_ms_is_that_of_connections_from_now_on) {
  h.w.options.lost_ms = 3000;
  reach(FCL_LOOP_UV, 1);
  ck_assert_uint_eq(h.w.pool->addresses[0].lost_ms, 3000);
  o.lost_ms = FCL_NEVER;
  configure(h.w.pool);
  world_rest(&h.w);
  ck_assert_uint_eq(h.w.pool->addresses[0].lost_ms, 0);
}
END_TEST

/* ---- Probes ---- */

START_TEST(another_request_asks_whether_it_lives) {
  h.w.options.probe_ms = 50;
  h.w.options.probe = ping;
  reach(_i, 1);
  wait_for(&h.host[0].served, 1);
  o.probe = pong;
  configure(h.w.pool);
  while (strcmp(h.host[0].subject, "GET /pong /pong 2") != 0)
    world_pass(&h.w, 5);
}
END_TEST

START_TEST(a_probe_that_is_out_ends_as_it_began) {
  h.w.options.probe_ms = 50;
  h.w.options.probe = ping;
  h.w.options.connect_ms = 300;
  reach(_i, 2);
  h.host[0].is_mute = 1;
  wait_for(&h.host[0].muted, 1);
  o.probe = pong;
  configure(h.w.pool);
  hear("gave no answer within 300 ms (connect_ms) when it was probed");
}
END_TEST

START_TEST(another_status_is_the_right_one) {
  h.w.options.probe_ms = 50;
  h.w.options.probe = ping;
  reach(_i, 2);
  h.host[0].status = 204;
  wait_for(&h.host[0].served, 2);
  ck_assert_ptr_null(strstr(h.w.said, "probed"));
  o.probe_status = 200;
  configure(h.w.pool);
  hear("answered with status 204 when it was probed");
}
END_TEST

/* ---- Refused ---- */

START_TEST(what_a_pool_is_made_of_does_not_change) {
  static const char *const others[] = {system_nowhere, NULL};
  fcl_pool_options was;
  reach(_i, 1);
  was = o;
  o.addresses = others;
  refuses("test: addresses cannot change while the pool lives; make another pool, and close this");
  o = was;
  o.name = "other";
  refuses("test: name cannot change");
  o = was;
  o.addresses = NULL;
  o.program = system_program;
  refuses("test: program cannot change");
  o = was;
  o.probe_status = 99;
  refuses("test: probe_status is 99; give a status from 100 to 599, or 0 for any below 400");
  hosts_ask(&h, NULL);
}
END_TEST

/* ---- Sharing ---- */

static void answer_one_then_two(fcl_script *s, void *user) {
  fcl_script_accept(s);
  read_requests(s, 1);
  answer_id(s, 1, HELLO);
  fcl_script_flush(s);
  fcl_script_may_close(s);
  fcl_script_accept(s);
  read_requests(s, 2);
  answer_id(s, 2, HELLO);
  answer_id(s, 1, HELLO);
  fcl_script_flush(s);
}

static void share(unsigned per_connection) {
  const char *addresses[2] = {fcl_script_address(w.script), NULL};
  o = w.options;
  o.name = "test";
  o.addresses = addresses;
  o.per_connection = per_connection;
  configure(w.pool);
}

START_TEST(requests_share_a_connection_from_now_on) {
  static const fcl_loop modes[] = {FCL_LOOP_UV, FCL_LOOP_THREAD, FCL_LOOP_MANUAL};
  mode = modes[_i];
  w.options.per_connection = 1;
  w.options.max_connections = 1;
  start(answer_one_then_two, 0);
  exchange_get(&xs[0], &w);
  exchange_wait(&xs[0]);
  ck_assert_done(&xs[0]);
  share(2);
  exchange_get(&xs[1], &w);
  exchange_get(&xs[2], &w);
  exchange_wait(&xs[1]);
  exchange_wait(&xs[2]);
  ck_assert_done(&xs[1]);
  ck_assert_done(&xs[2]);
}
END_TEST

static void answer_two_then_one(fcl_script *s, void *user) {
  fcl_script_accept(s);
  read_requests(s, 2);
  fcl_script_signal(s, "two");
  fcl_script_wait(s, "go");
  answer_id(s, 2, HELLO);
  answer_id(s, 1, HELLO);
  fcl_script_flush(s);
  fcl_script_may_close(s);
  fcl_script_accept(s);
  read_requests(s, 1);
  answer_id(s, 1, HELLO);
  fcl_script_flush(s);
}

START_TEST(those_that_share_one_finish_and_who_comes_then_is_alone) {
  static const fcl_loop modes[] = {FCL_LOOP_UV, FCL_LOOP_THREAD, FCL_LOOP_MANUAL};
  mode = modes[_i];
  w.options.per_connection = 2;
  w.options.max_connections = 1;
  start(answer_two_then_one, 0);
  get_all(2);
  world_wait_point(&w, "two");
  share(1);
  exchange_get(&xs[2], &w);
  fcl_script_signal(w.script, "go");
  wait_all(3);
  ck_assert_done(&xs[0]);
  ck_assert_done(&xs[1]);
  ck_assert_done(&xs[2]);
}
END_TEST

/* ---- Without memory ---- */

START_TEST(each_allocation_may_fail_and_then_nothing_has_changed) {
  fcl_error e;
  size_t n, fails = 0;
  int code = FCL_E_NOMEM;
  h.w.options.probe = ping;
  h.w.options.probe_ms = 100000;
  reach(FCL_LOOP_UV, 2);
  o.probe = pong;
  o.queue_ms = 4321;
  o.idle_ms = 8765;
  o.probe_ms = 90000;
  hosts_ask(&h, NULL);
  for (n = 1; code != FCL_OK; n++) {
    test_allocator_fail(&h.w.memory, n, _i);
    code = fcl_pool_configure(h.w.pool, &o, &e);
    test_allocator_fail(&h.w.memory, 0, 0);
    world_rest(&h.w);
    ck_assert(code == FCL_OK || code == FCL_E_NOMEM);
    ck_assert_uint_eq(h.w.pool->options.queue_ms, code == FCL_OK ? 4321 : 30000);
    fails += code != FCL_OK;
    hosts_ask(&h, NULL);
  }
  ck_assert_uint_gt(fails, 5);
}
END_TEST

/* The pool has it already: what cannot be had stays as it was. */
START_TEST(the_loop_may_lack_memory_when_it_takes_them_over) {
  size_t n;
  reach(FCL_LOOP_UV, 1);
  hosts_ask(&h, NULL);
  for (n = 1; n < 4; n++) {
    o.idle_ms = (unsigned) (10000 + n);
    o.queue_ms = (unsigned) (20000 + n);
    configure(h.w.pool);
    test_allocator_fail(&h.w.memory, n, _i);
    world_rest(&h.w);
    test_allocator_fail(&h.w.memory, 0, 0);
    ck_assert_uint_eq(h.w.pool->options.queue_ms, 20000 + n);
    hosts_ask(&h, NULL);
  }
}
END_TEST

int main(void) {
  TCase *cases[2] = {tcase_create("changes"), shared_case("shared")};
  tcase_add_checked_fixture(cases[0], setup_hosts, teardown_hosts);
  tcase_set_timeout(cases[0], 60);
#define EACH(name) test_add_loop(cases[0], name, 0, 3)
  EACH(who_waits_for_a_connection_is_begun_when_there_may_be_more);
  EACH(larger_parameters_are_taken_from_now_on);
  tcase_add_test(cases[0], lost_ms_is_that_of_connections_from_now_on);
  EACH(another_request_asks_whether_it_lives);
  EACH(a_probe_that_is_out_ends_as_it_began);
  EACH(another_status_is_the_right_one);
  EACH(what_a_pool_is_made_of_does_not_change);
  tcase_add_loop_test(cases[0], each_allocation_may_fail_and_then_nothing_has_changed, 0, 2);
  tcase_add_loop_test(cases[0], the_loop_may_lack_memory_when_it_takes_them_over, 0, 2);
  tcase_add_loop_test(cases[1], requests_share_a_connection_from_now_on, 0, 3);
  tcase_add_loop_test(cases[1], those_that_share_one_finish_and_who_comes_then_is_alone, 0, 3);
  return test_suite_run("changes", cases, 2);
}
