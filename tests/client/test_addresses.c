/* test_addresses.c: pools of several addresses: the next one is tried where one cannot be reached,
 * and nothing of the first try is left. */
#include "client/deaf.h"
#include "client/world.h"
#include "support/suite.h"
#include <string.h>

static world w;
static exchange x, y, z;
static deaf nobody;

static void setup(void) {
  memset(&w, 0, sizeof w);
  memset(&x, 0, sizeof x);
  memset(&y, 0, sizeof y);
  memset(&z, 0, sizeof z);
  nobody.listener = -1;
}

static void teardown(void) {
  world_end(&w);
}

/* A pool whose first address is `first`, and whose second is the script's. */
static void reach_both(const char *first) {
  const char *addresses[3] = {first, NULL, NULL};
  fcl_pool_options o = w.options;
  fcl_pool *both, *only;
  fcl_error e;
  world_reach(&w, NULL);
  only = w.pool;
  addresses[1] = fcl_script_address(w.script);
  o.addresses = addresses;
  o.name = "both";
  ck_assert_msg(fcl_pool_new(&both, w.client, &o, &e) == FCL_OK, "%s", e.text);
  w.pool = both;
  fcl_pool_close(only, FCL_NEVER);
}

START_TEST(where_one_address_refuses_the_next_is_tried) {
  world_open(&w, (fcl_loop) _i);
  reach_both(system_nowhere);
  exchange_get(&x, &w);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_OK, "");
  ck_assert_uint_eq(x.result.tries, 2);
}
END_TEST

START_TEST(an_address_that_refused_is_not_tried_again_at_once) {
  world_open(&w, (fcl_loop) _i);
  reach_both(system_nowhere);
  exchange_get(&x, &w);
  exchange_wait(&x);
  exchange_get(&y, &w);
  exchange_wait(&y);
  ck_assert_error(&y, FCL_OK, "");
  ck_assert_uint_eq(y.result.tries, 1);
  ck_assert_msg(strstr(w.sentence, system_nowhere) != NULL, "%s", w.sentence);
}
END_TEST

static void connect_in_vain(int mode, int is_tcp) {
  w.options.connect_ms = world_short_ms();
  world_open(&w, (fcl_loop) mode);
  deaf_open(&nobody, is_tcp);
  reach_both(nobody.address);
  exchange_get(&x, &w);
}

/* The connect that took too long may still succeed: its time is over all the same. */
static void assert_served_once(void) {
  exchange_wait(&x);
  ck_assert_error(&x, FCL_OK, "");
  ck_assert_uint_eq(x.result.tries, 2);
  deaf_listen(&nobody);
  world_pass(&w, world_short_ms());
  ck_assert_log(&x, "head 200; body \"hello\"; done OK; ");
  deaf_close(&nobody);
}

START_TEST(where_a_full_backlog_takes_too_long_the_next_address_is_tried) {
  connect_in_vain(_i, 0);
  assert_served_once();
}
END_TEST

START_TEST(where_a_host_takes_too_long_to_connect_the_next_address_is_tried) {
  connect_in_vain(_i, 1);
  assert_served_once();
}
END_TEST

START_TEST(a_request_is_canceled_while_its_second_address_is_connected) {
  connect_in_vain(_i, 1);
  fcl_request_cancel(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "done CANCELED; ");
  deaf_close(&nobody);
}
END_TEST

START_TEST(a_body_that_was_lent_before_the_first_try_goes_out_with_the_second) {
  w.options.connect_ms = world_short_ms();
  world_open(&w, (fcl_loop) _i);
  deaf_open(&nobody, 0);
  reach_both(nobody.address);
  exchange_post(&x, &w, 3);
  fcl_request_write(x.request, "abc", 3);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "sent OK; head 200; body \"hello\"; done OK; ");
  deaf_close(&nobody);
}
END_TEST

START_TEST(where_the_only_address_takes_too_long_that_is_the_error) {
  const char *addresses[2] = {nobody.address, NULL};
  w.options.connect_ms = world_short_ms();
  world_open(&w, (fcl_loop) (_i % 3));
  deaf_open(&nobody, _i / 3);
  w.options.addresses = addresses;
  world_reach(&w, NULL);
  exchange_get(&x, &w);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_E_TIMEOUT_CONNECT, "connect_ms");
  deaf_close(&nobody);
}
END_TEST

/* The first try asks again every few milliseconds; it must not go on beside the second. */
START_TEST(a_full_backlog_is_not_asked_again_while_the_next_address_is_connected) {
  deaf other;
  const char *addresses[3] = {nobody.address, other.address, NULL};
  w.options.connect_ms = world_short_ms();
  world_open(&w, (fcl_loop) _i);
  deaf_open(&nobody, 0);
  deaf_open(&other, 1);
  w.options.addresses = addresses;
  world_reach(&w, NULL);
  exchange_get(&x, &w);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_E_TIMEOUT_CONNECT, "tcp:");
  ck_assert_uint_eq(x.result.tries, 2);
  world_close(&w); /* it would wait for ever for a connection that is lost */
  deaf_close(&nobody);
  deaf_close(&other);
}
END_TEST

/* ---- Several requests, several connections ---- */

static void three_at_once(fcl_script *s, void *user) {
  unsigned i;
  for (i = 0; i < 3; i++) {
    fcl_script_accept(s);
    fcl_script_read_request(s);
  }
  for (i = 1; i <= 3; i++) {
    fcl_script_use(s, i);
    fcl_script_answer(s, HELLO);
  }
  for (i = 1; i <= 3;
       i++) { /* restarted: all connections die before the next request is answered */
    fcl_script_use(s, i);
    fcl_script_may_close(s);
  }
  fcl_script_use(s, 3); /* used last, and so first */
  fcl_script_read_begin(s);
  fcl_script_close(s);
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_answer(s, HELLO);
}

START_TEST(a_retry_uses_no_other_kept_connection) {
  exchange again = {0};
  world_start(&w, (fcl_loop) _i, three_at_once);
  exchange_get(&x, &w);
  exchange_get(&y, &w);
  exchange_get(&z, &w);
  exchange_wait(&x);
  exchange_wait(&y);
  exchange_wait(&z);
  exchange_get(&again, &w);
  exchange_wait(&again);
  ck_assert_error(&again, FCL_OK, "");
  ck_assert_uint_eq(again.result.tries, 2);
}
END_TEST

static void accept_three(fcl_script *s, void *user) {
  unsigned i;
  for (i = 0; i < 3; i++) {
    fcl_script_accept(s);
    fcl_script_may_close(s);
    fcl_script_read_request(s);
  }
  fcl_script_signal(s, "three");
  while (fcl_script_next(s)) /* the rest is the world's */
    fcl_script_expect(s, 0, "no fourth request comes before one of the three is answered");
}

START_TEST(max_connections_bounds_what_one_address_has_in_hand) {
  exchange many[10];
  unsigned i;
  memset(many, 0, sizeof many);
  w.options.max_connections = 3;
  world_start(&w, (fcl_loop) _i, accept_three);
  for (i = 0; i < 10; i++)
    exchange_get(&many[i], &w);
  world_wait_point(&w, "three");
  world_pass(&w, 50);
  for (i = 10; i-- > 0;) { /* those that wait first */
    fcl_request_cancel(many[i].request);
    exchange_wait(&many[i]);
    ck_assert_uint_eq(many[i].result.tries, i < 3);
  }
}
END_TEST

static void refuse_others(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_params(s);
  fcl_script_refuse(s);
  fcl_script_signal(s, "refuses");
  fcl_script_wait(s, "y is done");
  fcl_script_read_request(s);
  fcl_script_answer(s, HELLO);
  fcl_script_read_eof(s);
}

/* It was kept when nobody looked there any more: then no client could be closed. */
START_TEST(an_address_that_is_left_alone_keeps_no_connection) {
  world_start(&w, (fcl_loop) _i, refuse_others);
  exchange_get(&x, &w);
  world_wait_point(&w, "refuses");
  exchange_get(&y, &w);
  exchange_wait(&y);
  ck_assert_error(&y, FCL_E_CONNECT, "");
  fcl_script_signal(w.script, "y is done");
  exchange_wait(&x);
  ck_assert_error(&x, FCL_OK, "");
}
END_TEST

int main(void) {
  TCase *t = tcase_create("addresses");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_loop_test(t, where_one_address_refuses_the_next_is_tried, 0, 3);
  tcase_add_loop_test(t, an_address_that_refused_is_not_tried_again_at_once, 0, 3);
  tcase_add_loop_test(t, where_a_full_backlog_takes_too_long_the_next_address_is_tried, 0, 3);
  tcase_add_loop_test(t, where_a_host_takes_too_long_to_connect_the_next_address_is_tried, 0, 3);
  tcase_add_loop_test(t, a_request_is_canceled_while_its_second_address_is_connected, 0, 3);
  tcase_add_loop_test(t, a_body_that_was_lent_before_the_first_try_goes_out_with_the_second, 0, 3);
  tcase_add_loop_test(t, where_the_only_address_takes_too_long_that_is_the_error, 0, 6);
  tcase_add_loop_test(t, a_full_backlog_is_not_asked_again_while_the_next_address_is_connected, 0,
                      3);
  tcase_add_loop_test(t, a_retry_uses_no_other_kept_connection, 0, 3);
  tcase_add_loop_test(t, max_connections_bounds_what_one_address_has_in_hand, 0, 3);
  tcase_add_loop_test(t, an_address_that_is_left_alone_keeps_no_connection, 0, 3);
  return test_suite_run("addresses", &t, 1);
}
