/* test_probes.c: addresses are asked whether they live, by GET_VALUES or by a request. */
#include "client/hosts.h"
#include "support/suite.h"
#include <string.h>

static hosts h;
static const char *const ping[] = {"SCRIPT_NAME=/ping", "X=1", NULL};

static void setup(void) {
  memset(&h, 0, sizeof h);
}

static void teardown(void) {
  hosts_end(&h);
}

static void reach(int mode, unsigned count, const char *const *probe) {
  h.w.options.probe_ms = 50;
  h.w.options.connect_ms = 300;
  h.w.options.slow_start_ms = FCL_NONE;
  h.w.options.probe = probe;
  hosts_open(&h, (fcl_loop) mode, count);
  hosts_reach(&h);
}

static void hear(const char *words) {
  while (strstr(h.w.said, words) == NULL)
    world_pass(&h.w, 5);
}

static void wait_probes(unsigned i, unsigned n) {
  while (h.host[i].served < n)
    world_pass(&h.w, 5);
}

START_TEST(an_idle_address_is_asked_again_and_again) {
  reach(_i, 1, ping);
  wait_probes(0, 3);
  ck_assert_str_eq(h.host[0].subject, "GET /ping /ping 1");
}
END_TEST

START_TEST(one_that_does_not_answer_is_left_alone_without_a_lost_request) {
  unsigned i;
  reach(_i, 2, ping);
  wait_probes(0, 1);
  h.host[0].is_mute = 1;
  hear("when it was probed");
  hear("is tried again");
  for (i = 0; i < 5; i++)
    ck_assert_uint_eq(hosts_ask(&h, NULL), 1);
}
END_TEST

/* By fcl_pool_configure. */
START_TEST(another_connect_ms_holds_for_the_next_probe) {
  fcl_error e;
  reach(_i, 2, ping);
  wait_probes(0, 1);
  h.w.options.addresses = h.addresses;
  h.w.options.connect_ms = 200;
  ck_assert_int_eq(fcl_pool_configure(h.w.pool, &h.w.options, &e), FCL_OK);
  wait_probes(0, h.host[0].served + 2);
  h.host[0].is_mute = 1;
  hear("gave no answer within 200 ms (connect_ms) when it was probed");
}
END_TEST

START_TEST(it_comes_back_when_it_answers_a_probe) {
  reach(_i, 2, ping);
  wait_probes(0, 1);
  h.host[0].is_mute = 1;
  hear("is tried again");
  h.host[0].is_mute = 0;
  hear("can be reached again");
  ck_assert_uint_ne(hosts_ask(&h, NULL), hosts_ask(&h, NULL));
}
END_TEST

START_TEST(an_answer_with_an_error_is_none) {
  reach(_i, 2, ping);
  wait_probes(0, 1);
  h.host[0].status = 503;
  hear("answered with status 503 when it was probed");
}
END_TEST

START_TEST(one_that_refuses_connections_is_left_alone_before_a_request_meets_it) {
  exchange x;
  reach(_i, 2, ping);
  host_stop(&h.host[0]);
  hear("took no connection (connection refused"); /* and the system's number, where it has a name */
  hear("when it was probed");
  hear("is tried again");
  hosts_get(&h, &x, NULL);
  ck_assert_error(&x, FCL_OK, "");
  ck_assert_uint_eq(x.result.tries, 1);
}
END_TEST

static void say_two(fcl_script *s, void *user) {
  static const char asked[] = "\1\11\0\0\0\21\0\0\17\0FCGI_MPXS_CONNS";
  unsigned i;
  (void) user;
  for (i = 0; i < 2; i++) {
    fcl_slice got;
    fcl_script_accept(s);
    fcl_script_may_close(s);
    fcl_script_read(s, sizeof asked - 1);
    got = fcl_script_received(s);
    fcl_script_expect(s, got.len == sizeof asked - 1 && memcmp(got.base, asked, got.len) == 0,
                      "GET_VALUES came");
    fcl_script_close(s); /* as old PHP does */
  }
  fcl_script_signal(s, "two");
}

/* Closing is an answer: it is asked again, and not left alone. */
START_TEST(get_values_asks_who_has_no_page_for_it) {
  h.w.options.probe_ms = 50;
  world_start(&h.w, (fcl_loop) _i, say_two);
  world_wait_point(&h.w, "two");
  ck_assert_ptr_null(strstr(h.w.said, "probed"));
}
END_TEST

START_TEST(a_parameter_without_a_name_is_refused) {
  static const char *const bad[] = {"=x", NULL};
  fcl_pool_options o = {0};
  fcl_pool *pool;
  fcl_error e;
  hosts_open(&h, (fcl_loop) _i, 1);
  o.addresses = h.addresses;
  o.probe = bad;
  ck_assert_int_eq(fcl_pool_new(&pool, h.w.client, &o, &e), FCL_E_CONFIG);
  ck_assert_ptr_nonnull(strstr(e.text, "the probe's parameter \"=x\" is no NAME=value"));
}
END_TEST

START_TEST(readiness_by_a_probe_needs_a_probe) {
  fcl_pool_options o = {0};
  fcl_pool *pool;
  fcl_error e;
  hosts_open(&h, (fcl_loop) _i, 1);
  hosts_reach(&h);
  o.program = system_program;
  o.ready = FCL_READY_PROBED;
  ck_assert_int_eq(fcl_pool_new(&pool, h.w.client, &o, &e), FCL_E_CONFIG);
  ck_assert_ptr_nonnull(strstr(e.text, "ready is FCL_READY_PROBED, and there is no probe"));
}
END_TEST

/* A request or GET_VALUES, by a pool that lacks memory for it: nobody is blamed. */
START_TEST(each_allocation_of_a_probe_may_fail) {
  size_t n;
  h.w.options.probe_ms = 20;
  h.w.options.probe = _i ? ping : NULL;
  h.w.options.slow_start_ms = FCL_NONE;
  hosts_open(&h, FCL_LOOP_UV, 2);
  hosts_reach(&h);
  world_rest(&h.w);
  for (n = 1; n <= 12; n++) {
    test_allocator_fail(&h.w.memory, n, n % 2 == 0);
    world_pass(&h.w, 30);
    test_allocator_fail(&h.w.memory, 0, 0);
    ck_assert_uint_le(hosts_ask(&h, NULL), 1);
  }
  ck_assert_ptr_null(strstr(h.w.said, "is tried again"));
}
END_TEST

START_TEST(each_allocation_of_a_pool_with_a_probe_may_fail) {
  fcl_pool_options o = {0};
  fcl_pool *pool;
  fcl_error e;
  size_t n = 0;
  int code;
  hosts_open(&h, FCL_LOOP_UV, 1);
  hosts_reach(&h);
  o.addresses = h.addresses;
  o.probe = ping;
  o.probe_ms = 1000;
  do {
    test_allocator_fail(&h.w.memory, ++n, _i);
    code = fcl_pool_new(&pool, h.w.client, &o, &e);
    test_allocator_fail(&h.w.memory, 0, 0);
    ck_assert(code == FCL_OK || (code == FCL_E_NOMEM && e.text[0] && pool == NULL));
  } while (code != FCL_OK);
  ck_assert_uint_gt(n, 8);
}
END_TEST

START_TEST(a_pool_closes_while_its_probe_is_out) {
  reach(_i, 1, ping);
  h.host[0].is_mute = 1;
  while (h.host[0].muted == 0)
    world_pass(&h.w, 5);
  fcl_pool_close(h.w.pool, 0);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("probes");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_set_timeout(t, 60);
  tcase_add_loop_test(t, an_idle_address_is_asked_again_and_again, 0, 3);
  tcase_add_loop_test(t, one_that_does_not_answer_is_left_alone_without_a_lost_request, 0, 3);
  tcase_add_loop_test(t, another_connect_ms_holds_for_the_next_probe, 0, 3);
  tcase_add_loop_test(t, it_comes_back_when_it_answers_a_probe, 0, 3);
  tcase_add_loop_test(t, an_answer_with_an_error_is_none, 0, 3);
  tcase_add_loop_test(t, one_that_refuses_connections_is_left_alone_before_a_request_meets_it, 0,
                      3);
  tcase_add_loop_test(t, get_values_asks_who_has_no_page_for_it, 0, 3);
  tcase_add_loop_test(t, a_parameter_without_a_name_is_refused, 0, 3);
  tcase_add_loop_test(t, readiness_by_a_probe_needs_a_probe, 0, 3);
  tcase_add_loop_test(t, each_allocation_of_a_probe_may_fail, 0, 2);
  tcase_add_loop_test(t, each_allocation_of_a_pool_with_a_probe_may_fail, 0, 2);
  tcase_add_loop_test(t, a_pool_closes_while_its_probe_is_out, 0, 3);
  return test_suite_run("probes", &t, 1);
}
