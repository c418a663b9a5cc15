/* test_names.c: a name stands for all its addresses, which come and go without a lost request. */
#include "client/hosts.h"
#include "client/resolver.h"
#include "support/suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static hosts h;
static char name[64], listens[HOSTS][64];
static const char *addresses[2] = {name, NULL};

static void setup(void) {
  memset(&h, 0, sizeof h);
}

static void teardown(void) {
  resolver_say(NULL);
  hosts_end(&h);
}

/* Applications at 127.0.0.1, 127.0.0.2, ..., all at one port, and a pool with a name. */
static void open_hosts(int mode, unsigned count) {
  unsigned i, port;
  world_open(&h.w, (fcl_loop) mode);
  h.count = count;
  h.host[0].listen = "tcp:127.0.0.1:0";
  host_start(&h.host[0]);
  port = (unsigned) atoi(strrchr(fcl_script_address(h.host[0].script), ':') + 1);
  for (i = 1; i < count; i++) {
    snprintf(listens[i], sizeof listens[i], "tcp:127.0.0.%u:%u", i + 1, port);
    h.host[i].number = i;
    h.host[i].listen = listens[i];
    host_start(&h.host[i]);
  }
  snprintf(listens[0], sizeof listens[0], "tcp:127.0.0.1:%u", port);
  snprintf(name, sizeof name, "tcp:app.test:%u", port);
  h.w.options.addresses = addresses;
  h.w.options.slow_start_ms = FCL_NONE;
}

/* Which of them answer, as bits, out of so many requests. */
static unsigned who(unsigned requests) {
  unsigned mask = 0;
  while (requests-- > 0)
    mask |= 1u << hosts_ask(&h, NULL);
  return mask;
}

/* Waits for an event with these words. */
static void hear(const char *words) {
  while (strstr(h.w.said, words) == NULL)
    world_pass(&h.w, 5);
}

START_TEST(a_name_stands_for_all_its_addresses) {
  open_hosts(_i, 3);
  resolver_say("127.0.0.1 127.0.0.2 127.0.0.3");
  hosts_reach(&h);
  ck_assert_uint_eq(who(6), 7);
  ck_assert_uint_eq(resolver_asked(), 1);
}
END_TEST

START_TEST(requests_wait_for_the_first_answer) {
  exchange x = {0};
  open_hosts(_i, 1);
  resolver_hold();
  hosts_reach(&h);
  exchange_get(&x, &h.w);
  world_rest(&h.w);
  ck_assert_uint_eq(x.dones, 0);
  resolver_say("127.0.0.1");
  exchange_wait(&x);
  ck_assert_error(&x, FCL_OK, "");
  ck_assert_uint_eq(x.result.tries, 1);
}
END_TEST

START_TEST(an_address_that_is_said_twice_is_one) {
  open_hosts(_i, 2);
  resolver_say("127.0.0.1 127.0.0.2 127.0.0.1");
  hosts_reach(&h);
  ck_assert_uint_eq(who(2), 3);
  ck_assert_ptr_nonnull(strstr(h.w.said, "stands for 2 addresses"));
}
END_TEST

START_TEST(an_answer_that_is_old_is_asked_for_again) {
  open_hosts(_i, 2);
  h.w.options.resolve_ms = 50;
  resolver_say("127.0.0.1");
  hosts_reach(&h);
  ck_assert_uint_eq(who(3), 1);
  resolver_say("127.0.0.1 127.0.0.2");
  world_pass(&h.w, 60);
  who(1); /* it asks, and does not wait */
  hear("stands for 2 addresses");
  ck_assert_uint_eq(who(4), 3);
}
END_TEST

START_TEST(a_fresh_answer_is_not_asked_for_again) {
  open_hosts(_i, 1);
  resolver_say("127.0.0.1");
  hosts_reach(&h);
  who(20);
  ck_assert_uint_eq(resolver_asked(), 1);
}
END_TEST

START_TEST(an_address_that_is_no_longer_there_gets_no_more) {
  open_hosts(_i, 2);
  h.w.options.resolve_ms = 1;
  resolver_say("127.0.0.1 127.0.0.2");
  hosts_reach(&h);
  ck_assert_uint_eq(who(2), 3);
  resolver_say("127.0.0.2");
  world_pass(&h.w, 5);
  who(1);
  hear("1 have gone");
  ck_assert_uint_eq(who(6), 2);
}
END_TEST

START_TEST(what_it_has_in_hand_is_finished) {
  exchange x = {0};
  unsigned asked;
  open_hosts(_i, 2);
  h.w.options.resolve_ms = 1;
  resolver_say("127.0.0.1");
  hosts_reach(&h);
  who(1);
  world_pass(&h.w, 50);
  asked = resolver_asked();
  resolver_hold();
  exchange_post(&x, &h.w, 3); /* its body is not there yet */
  while (resolver_asked() == asked)
    world_pass(&h.w, 5);
  resolver_say("127.0.0.2");
  hear("(1 have come, 1 have gone)");
  ck_assert_uint_eq(who(3), 2);
  fcl_request_write(x.request, "abc", 3);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_OK, "");
  ck_assert_ptr_nonnull(strstr(x.log, "body \"0\""));
}
END_TEST

START_TEST(a_member_that_dies_is_a_reason_to_ask_again) {
  open_hosts(_i, 2);
  resolver_say("127.0.0.1");
  hosts_reach(&h);
  who(1);
  host_stop(&h.host[0]);
  resolver_say("127.0.0.2");
  while (resolver_asked() < 2) {
    exchange x;
    hosts_get(&h, &x, NULL); /* it is refused */
    world_pass(&h.w, 20);
  }
  hear("1 have gone");
  ck_assert_uint_eq(who(3), 2);
}
END_TEST

START_TEST(an_old_answer_is_better_than_none) {
  open_hosts(_i, 1);
  h.w.options.resolve_ms = 1;
  resolver_say("127.0.0.1");
  hosts_reach(&h);
  who(1);
  resolver_say(NULL);
  world_pass(&h.w, 5);
  who(1);
  hear("could not be resolved");
  ck_assert_uint_eq(who(3), 1);
}
END_TEST

START_TEST(a_name_that_nobody_knows_fails_requests_in_words) {
  exchange x;
  open_hosts(_i, 1);
  resolver_say(NULL);
  hosts_reach(&h);
  hosts_get(&h, &x, NULL);
  ck_assert_error(&x, FCL_E_CONNECT, "could not be resolved");
  ck_assert_error(&x, FCL_E_CONNECT, name);
}
END_TEST

START_TEST(a_name_that_nobody_knew_is_asked_for_again_by_itself) {
  exchange x;
  open_hosts(_i, 1);
  resolver_say(NULL);
  hosts_reach(&h);
  hosts_get(&h, &x, NULL);
  resolver_say("127.0.0.1");
  hear("stands for 1 addresses");
  ck_assert_uint_eq(who(3), 1);
}
END_TEST

START_TEST(a_name_and_an_address_serve_together) {
  const char *both[3] = {name, listens[1], NULL};
  open_hosts(_i, 2);
  h.w.options.addresses = both;
  resolver_say("127.0.0.1");
  hosts_reach(&h);
  hear("stands for 1 addresses");
  ck_assert_uint_eq(who(4), 3);
}
END_TEST

START_TEST(addresses_that_cannot_be_reached_cost_no_request_while_others_can) {
  unsigned i;
  open_hosts(_i, 1);
  resolver_say("127.0.0.9 127.0.0.1");
  hosts_reach(&h);
  for (i = 0; i < 6; i++)
    ck_assert_uint_eq(hosts_ask(&h, NULL), 0);
}
END_TEST

START_TEST(a_name_is_drained_with_all_that_it_has) {
  exchange x;
  fcl_error e;
  open_hosts(_i, 2);
  resolver_say("127.0.0.1 127.0.0.2");
  hosts_reach(&h);
  who(2);
  ck_assert_int_eq(fcl_pool_drain(h.w.pool, name, &e), FCL_OK);
  hosts_get(&h, &x, NULL);
  ck_assert_error(&x, FCL_E_CONNECT, "all of its 2 addresses are drained");
  ck_assert_int_eq(fcl_pool_undrain(h.w.pool, name, &e), FCL_OK);
  ck_assert_uint_eq(who(4), 3);
}
END_TEST

START_TEST(one_address_of_a_name_is_drained) {
  fcl_error e;
  open_hosts(_i, 2);
  resolver_say("127.0.0.1 127.0.0.2");
  hosts_reach(&h);
  who(2);
  ck_assert_int_eq(fcl_pool_drain(h.w.pool, listens[0], &e), FCL_OK);
  ck_assert_uint_eq(who(4), 2);
}
END_TEST

START_TEST(an_address_that_was_drained_before_its_name_had_it_is_drained) {
  fcl_error e;
  open_hosts(_i, 2);
  h.w.options.resolve_ms = 50;
  resolver_say("127.0.0.2");
  hosts_reach(&h);
  ck_assert_uint_eq(who(2), 2);
  ck_assert_int_eq(fcl_pool_drain(h.w.pool, listens[0], &e), FCL_OK);
  resolver_say("127.0.0.1 127.0.0.2");
  world_pass(&h.w, 60);
  who(1);
  hear("stands for 2 addresses");
  ck_assert_uint_eq(who(4), 2);
  ck_assert_int_eq(fcl_pool_undrain(h.w.pool, listens[0], &e), FCL_OK);
  ck_assert_uint_eq(who(4), 3);
}
END_TEST

START_TEST(a_pool_closes_while_its_name_is_being_resolved) {
  exchange x = {0};
  open_hosts(_i, 1);
  resolver_hold();
  hosts_reach(&h);
  exchange_get(&x, &h.w);
  while (resolver_asked() < 1)
    world_pass(&h.w, 5);
  fcl_pool_close(h.w.pool, 0);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_E_CLOSING, "");
  resolver_say("127.0.0.1");
}
END_TEST

int main(void) {
  TCase *t = tcase_create("names");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_set_timeout(t, 60);
  tcase_add_loop_test(t, a_name_stands_for_all_its_addresses, 0, 3);
  tcase_add_loop_test(t, requests_wait_for_the_first_answer, 0, 3);
  tcase_add_loop_test(t, an_address_that_is_said_twice_is_one, 0, 3);
  tcase_add_loop_test(t, an_answer_that_is_old_is_asked_for_again, 0, 3);
  tcase_add_loop_test(t, a_fresh_answer_is_not_asked_for_again, 0, 3);
  tcase_add_loop_test(t, an_address_that_is_no_longer_there_gets_no_more, 0, 3);
  tcase_add_loop_test(t, what_it_has_in_hand_is_finished, 0, 3);
  tcase_add_loop_test(t, a_member_that_dies_is_a_reason_to_ask_again, 0, 3);
  tcase_add_loop_test(t, an_old_answer_is_better_than_none, 0, 3);
  tcase_add_loop_test(t, a_name_that_nobody_knows_fails_requests_in_words, 0, 3);
  tcase_add_loop_test(t, a_name_that_nobody_knew_is_asked_for_again_by_itself, 0, 3);
  tcase_add_loop_test(t, a_name_and_an_address_serve_together, 0, 3);
  tcase_add_loop_test(t, addresses_that_cannot_be_reached_cost_no_request_while_others_can, 0, 3);
  tcase_add_loop_test(t, a_name_is_drained_with_all_that_it_has, 0, 3);
  tcase_add_loop_test(t, one_address_of_a_name_is_drained, 0, 3);
  tcase_add_loop_test(t, an_address_that_was_drained_before_its_name_had_it_is_drained, 0, 3);
  tcase_add_loop_test(t, a_pool_closes_while_its_name_is_being_resolved, 0, 3);
  return test_suite_run("names", &t, 1);
}
