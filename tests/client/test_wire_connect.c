/* test_wire_connect.c: connections that cannot be made, or not yet (known faults of others: KF-054,
 * KF-055). */
#include "client/deaf.h"
#include "client/wire_case.h"

static void reach(const char *address) {
  static const char *addresses[2];
  addresses[0] = address;
  w.options.addresses = addresses;
  if (w.client == NULL)
    world_open(&w, FCL_LOOP_UV);
  world_reach(&w, NULL);
}

static void assert_unreachable(const char *address, const char *words) {
  reach(address);
  wire_get(&x, &w);
  ck_assert_error(&x, FCL_E_CONNECT, words);
  ck_assert_ptr_nonnull(strstr(x.result.error.text, address));
}

START_TEST(a_local_name_that_is_missing_is_named) { /* KF-054 */
  assert_unreachable(system_nowhere, system_nowhere_words);
}
END_TEST

START_TEST(a_name_without_a_listener_is_refused) { /* KF-054 */
  assert_unreachable(system_refusing, "connection refused");
}
END_TEST

START_TEST(a_port_without_a_listener_is_refused) { /* KF-054: port 1 of this machine */
  assert_unreachable("tcp:127.0.0.1:1", "connection refused");
}
END_TEST

/* A label of 64 bytes is no name, so nobody on the network is asked for it. */
#define TOO_LONG "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.invalid"

START_TEST(a_name_that_does_not_resolve_is_told) { /* KF-054 */
  assert_unreachable("tcp:" TOO_LONG ":9000", "");
}
END_TEST

START_TEST(a_backlog_that_stays_full_is_a_connect_that_took_too_long) { /* KF-055 */
  deaf d;
  w.options.connect_ms = 100;
  world_open(&w, FCL_LOOP_UV);
  deaf_open(&d, _i);
  reach(d.address);
  wire_get(&x, &w);
  deaf_close(&d);
  ck_assert_error(&x, FCL_E_TIMEOUT_CONNECT, "connect_ms");
}
END_TEST

START_TEST(a_backlog_that_has_room_again_takes_the_request) { /* KF-055 */
  deaf d;
  char byte = 0;
  world_open(&w, FCL_LOOP_UV);
  deaf_open(&d, 0);
  reach(d.address);
  exchange_get(&x, &w);
  world_rest(&w);
  ck_assert_uint_eq(x.dones, 0);
  deaf_listen(&d);
  while (!deaf_takes(&d, &byte))
    world_pass(&w, 10);
  ck_assert_int_eq(byte, 1);
  exchange_wait(&x);
  deaf_close(&d);
  ck_assert_error(&x, FCL_E_IO, "connection");
}
END_TEST

int main(void) {
  TCase *t = wire_case("connect");
  tcase_add_test(t, a_local_name_that_is_missing_is_named);
  tcase_add_test(t, a_name_without_a_listener_is_refused);
  tcase_add_test(t, a_port_without_a_listener_is_refused);
  tcase_add_test(t, a_name_that_does_not_resolve_is_told);
  tcase_add_loop_test(t, a_backlog_that_stays_full_is_a_connect_that_took_too_long, 0, 2);
  tcase_add_test(t, a_backlog_that_has_room_again_takes_the_request);
  return test_suite_run("wire_connect", &t, 1);
}
