/* test_hosts.c: pools of several applications: whom a key leads to, who is drained, who is avoided.
 */
#include "client/hosts.h"
#include "support/suite.h"
#include <stdio.h>
#include <string.h>

static hosts h;

static void setup(void) {
  memset(&h, 0, sizeof h);
}

static void teardown(void) {
  hosts_end(&h);
}

START_TEST(a_key_leads_to_the_same_application) {
  unsigned i, at, count[3] = {0};
  char key[16];
  h.w.options.balance = FCL_BALANCE_AFFINITY;
  hosts_open(&h, (fcl_loop) _i, 3);
  hosts_reach(&h);
  for (i = 0; i < 60; i++) {
    snprintf(key, sizeof key, "user %u", i % 20);
    at = hosts_ask(&h, key);
    count[at]++;
    ck_assert_uint_eq(hosts_ask(&h, key), at);
  }
  ck_assert_uint_gt(count[0], 0);
  ck_assert_uint_gt(count[1], 0);
  ck_assert_uint_gt(count[2], 0);
}
END_TEST

START_TEST(round_robin_asks_each_in_turn) {
  unsigned i;
  h.w.options.balance = FCL_BALANCE_ROUND_ROBIN;
  hosts_open(&h, (fcl_loop) _i, 3);
  hosts_reach(&h);
  for (i = 0; i < 9; i++)
    ck_assert_uint_eq(hosts_ask(&h, NULL), i % 3);
}
END_TEST

static void drain(unsigned i) {
  fcl_error e;
  ck_assert_msg(fcl_pool_drain(h.w.pool, h.addresses[i], &e) == FCL_OK, "%s", e.text);
}

static void undrain(unsigned i) {
  fcl_error e;
  ck_assert_msg(fcl_pool_undrain(h.w.pool, h.addresses[i], &e) == FCL_OK, "%s", e.text);
}

START_TEST(a_drained_application_can_be_restarted_without_a_lost_request) {
  unsigned i;
  h.w.options.slow_start_ms = FCL_NONE;
  hosts_open(&h, (fcl_loop) _i, 2);
  hosts_reach(&h);
  hosts_ask(&h, NULL);
  hosts_ask(&h, NULL);
  drain(0);
  for (i = 0; i < 4; i++)
    ck_assert_uint_eq(hosts_ask(&h, NULL), 1);
  undrain(0);
  ck_assert_uint_ne(hosts_ask(&h, NULL), hosts_ask(&h, NULL));
}
END_TEST

START_TEST(draining_closes_the_kept_connections) {
  unsigned i;
  hosts_open(&h, (fcl_loop) _i, 2);
  hosts_reach(&h);
  for (i = 0; i < 4; i++)
    hosts_ask(&h, NULL);
  drain(0);
  hosts_ask(&h, NULL);
  host_stop(&h.host[0]); /* what it says of a connection that was not closed would be a fault */
}
END_TEST

START_TEST(where_all_are_drained_requests_fail_in_words) {
  exchange x;
  hosts_open(&h, (fcl_loop) _i, 2);
  hosts_reach(&h);
  drain(0);
  drain(1);
  hosts_get(&h, &x, NULL);
  ck_assert_error(&x, FCL_E_CONNECT, "all of its 2 addresses are drained");
}
END_TEST

START_TEST(an_address_that_the_pool_has_not_cannot_be_drained) {
  fcl_error e;
  hosts_open(&h, (fcl_loop) _i, 2);
  hosts_reach(&h);
  ck_assert_int_eq(fcl_pool_drain(h.w.pool, "tcp:nobody:9000", &e), FCL_E_INVAL);
  ck_assert_ptr_nonnull(strstr(e.text, "there is no address \"tcp:nobody:9000\""));
}
END_TEST

START_TEST(a_wish_to_drain_outlives_its_pool) {
  hosts_open(&h, (fcl_loop) _i, 2);
  hosts_reach(&h);
  drain(0);
  fcl_pool_close(h.w.pool, 0);
}
END_TEST

START_TEST(what_one_refuses_as_overloaded_another_serves) {
  unsigned i;
  hosts_open(&h, (fcl_loop) _i, 2);
  hosts_reach(&h);
  h.host[0].is_crowded = 1;
  for (i = 0; i < 6; i++)
    ck_assert_uint_eq(hosts_ask(&h, NULL), 1);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("hosts");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_set_timeout(t, 60);
  tcase_add_loop_test(t, a_key_leads_to_the_same_application, 0, 3);
  tcase_add_loop_test(t, round_robin_asks_each_in_turn, 0, 3);
  tcase_add_loop_test(t, a_drained_application_can_be_restarted_without_a_lost_request, 0, 3);
  tcase_add_loop_test(t, draining_closes_the_kept_connections, 0, 3);
  tcase_add_loop_test(t, where_all_are_drained_requests_fail_in_words, 0, 3);
  tcase_add_loop_test(t, an_address_that_the_pool_has_not_cannot_be_drained, 0, 3);
  tcase_add_loop_test(t, a_wish_to_drain_outlives_its_pool, 0, 3);
  tcase_add_loop_test(t, what_one_refuses_as_overloaded_another_serves, 0, 3);
  return test_suite_run("hosts", &t, 1);
}
