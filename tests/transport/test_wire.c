/* test_wire.c: a stream of bytes: connected over TCP, closed in every phase of that. */
#include "transport/stream_world.h"
#include <stdio.h>

static char address[64];

/* ---- Addresses ---- */

static int listen_tcp(int is_ipv6) {
  unsigned port;
  listener = pair_listen(is_ipv6, &port);
  snprintf(address, sizeof address, is_ipv6 ? "tcp:[::1]:%u" : "tcp:127.0.0.1:%u", port);
  return listener >= 0;
}

/* ---- Connecting ---- */

START_TEST(ipv4_is_connected) {
  listen_tcp(0);
  ck_assert_int_eq(connect_to(address), 0);
  converse(0);
  ck_assert_int_eq(opened, 1);
}
END_TEST

START_TEST(ipv6_is_connected) {
  if (!listen_tcp(1)) { /* this machine has none: then that is what it says */
    connect_to("tcp:[::1]:9");
    run_until(&opened);
    ck_assert_int_lt(status, 0);
    return;
  }
  ck_assert_int_eq(connect_to(address), 0);
  converse(0);
}
END_TEST

START_TEST(a_port_that_nobody_listens_on_is_told) {
  listen_tcp(0);
  pair_close(listener);
  listener = -1;
  if (connect_to(address) == 0)
    run_until(&opened);
  ck_assert_int_eq(opened, 1);
  ck_assert_int_eq(status, UV_ECONNREFUSED);
  ck_assert_uint_eq(w.is_open, 0);
}
END_TEST

START_TEST(a_name_is_for_others_to_resolve) {
  ck_assert_int_eq(connect_to("tcp:localhost:9"), UV_EINVAL);
  ck_assert_uint_eq(w.has_handle, 0);
}
END_TEST

/* ---- Closing in every phase: `closed` comes once, and `opened` no more ---- */

static void assert_closed_only(void) {
  run_until(&closed);
  ck_assert_int_eq(closed, 1);
  ck_assert_int_eq(opened, 0);
}

START_TEST(a_wire_closes_while_it_connects) {
  listen_tcp(0);
  ck_assert_int_eq(connect_to(address), 0);
  fcl__wire_close(&w);
  assert_closed_only();
}
END_TEST

static TCase *connecting(void) {
  TCase *t = stream_case("connecting");
  tcase_add_test(t, ipv4_is_connected);
  tcase_add_test(t, ipv6_is_connected);
  tcase_add_test(t, a_port_that_nobody_listens_on_is_told);
  tcase_add_test(t, a_name_is_for_others_to_resolve);
  return t;
}

static TCase *closing(void) {
  TCase *t = stream_case("closing");
  tcase_add_test(t, a_wire_closes_while_it_connects);
  return t;
}

int main(void) {
  TCase *cases[] = {connecting(), closing()};
  return test_suite_run("wire", cases, 2);
}
