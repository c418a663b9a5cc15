/* test_closing.c: pools and clients that close while requests stand in every state. */
#include "client/deaf.h"
#include "client/world.h"
#include "support/suite.h"
#include <string.h>

static world w;
static exchange x, y;
static deaf nobody;
static char big[16 * 1024 * 1024];

static void setup(void) {
  memset(&w, 0, sizeof w);
  memset(&x, 0, sizeof x);
  memset(&y, 0, sizeof y);
}

static void teardown(void) {
  world_end(&w);
}

/* ---- Applications ---- */

/* Reads the parameters and waits for its connection to end. */
static void patient(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_script_may_close(s);
    fcl_script_read_params(s);
    fcl_script_signal(s, "begun");
  }
}

/* Says half and waits. */
static void half(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_params(s);
  fcl_script_stdout(s, TEXT "half");
  fcl_script_read_eof(s);
}

/* Whole by its length, before its end is read. */
static void hello_of_5(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_request(s);
  fcl_script_answer(s, "Content-Length: 5\r\n" HELLO);
}

/* Answers the first when the test says so, and others at once. */
static void when_told(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_signal(s, "begun");
  fcl_script_wait(s, "go");
  fcl_script_answer(s, HELLO);
  while (fcl_script_next(s)) {
    fcl_script_read_request(s);
    fcl_script_answer(s, HELLO);
  }
}

/* ---- States: each brings x to where it is closed ---- */

static void unstarted(int mode) {
  world_start(&w, (fcl_loop) mode, NULL);
  exchange_new(&x, &w, "GET");
}

static void just_started(int mode) {
  world_start(&w, (fcl_loop) mode, patient);
  exchange_get(&x, &w);
}

static void just_refused(int mode) {
  world_start(&w, (fcl_loop) mode, NULL);
  exchange_new(&x, &w, "GET");
  fcl_request_param(x.request, "A=", "");
  fcl_request_start(x.request);
}

static void running(int mode) {
  world_start(&w, (fcl_loop) mode, patient);
  exchange_get(&x, &w);
  world_wait_point(&w, "begun");
}

static void queued(int mode) {
  w.options.max_connections = 1;
  world_start(&w, (fcl_loop) mode, patient);
  exchange_get(&y, &w);
  world_wait_point(&w, "begun");
  exchange_post(&x, &w, 3);
  fcl_request_write(x.request, "abc", 3);
  world_pass(&w, 10);
}

static void connecting(int mode, int is_tcp) {
  const char *addresses[2] = {nobody.address, NULL};
  world_open(&w, (fcl_loop) mode);
  deaf_open(&nobody, is_tcp);
  w.options.addresses = addresses;
  world_reach(&w, NULL);
  exchange_get(&x, &w);
  world_pass(&w, 30);
}

static void connecting_to_unix(int mode) {
  connecting(mode, 0);
}

static void connecting_to_tcp(int mode) {
  connecting(mode, 1);
}

static void writing(int mode) {
  world_start(&w, (fcl_loop) mode, patient);
  exchange_post(&x, &w, sizeof big);
  world_wait_point(&w, "begun");
  fcl_request_write(x.request, big, sizeof big);
}

static void waiting_for_its_body(int mode) {
  world_start(&w, (fcl_loop) mode, patient);
  exchange_post(&x, &w, 3);
  world_wait_point(&w, "begun");
}

static void gathering(int mode) {
  w.options.gather = 1;
  world_start(&w, (fcl_loop) mode, NULL);
  exchange_post(&x, &w, 3);
  fcl_request_write(x.request, "ab", 2);
  world_wait(&w, &x.sents, 1);
}

static void answered_by_half(int mode) {
  world_start(&w, (fcl_loop) mode, half);
  exchange_get(&x, &w);
  world_wait(&w, &x.bodies, 1);
}

static void held(int mode) {
  x.body_flow = FCL_HOLD;
  answered_by_half(mode);
}

static void canceled_and_held(int mode) {
  held(mode);
  fcl_request_cancel(x.request);
  world_pass(&w, 10);
}

static void whole_and_held(int mode) {
  x.body_flow = FCL_HOLD;
  world_start(&w, (fcl_loop) mode, hello_of_5);
  exchange_get(&x, &w);
  world_wait(&w, &x.bodies, 1);
  world_pass(&w, 10);
}

static void done(int mode) {
  x.is_kept = 1;
  world_start(&w, (fcl_loop) mode, NULL);
  exchange_get(&x, &w);
  exchange_wait(&x);
}

static const struct state {
  void (*reach)(int mode);
  const char *name, *log;
  int owes_resume;
} states[] = {
    {unstarted, "unstarted", "", 0},
    {just_started, "just_started", "done CLOSING; ", 0},
    {just_refused, "just_refused", "done INVAL; ", 0},
    {running, "running", "done CLOSING; ", 0},
    {queued, "queued", "sent CANCELED; done CLOSING; ", 0},
    {connecting_to_unix, "connecting_to_unix", "done CLOSING; ", 0},
    {connecting_to_tcp, "connecting_to_tcp", "done CLOSING; ", 0},
    {writing, "writing", "sent CANCELED; done CLOSING; ", 0},
    {waiting_for_its_body, "waiting_for_its_body", "done CLOSING; ", 0},
    {gathering, "gathering", "sent OK; done CLOSING; ", 0},
    {answered_by_half, "answered_by_half", "head 200; body \"half\"; done CLOSING; ", 0},
    {held, "held", "head 200; body \"half\"; done CLOSING; ", 1},
    {canceled_and_held, "canceled_and_held", "head 200; body \"half\"; done CANCELED; ", 1},
    {whole_and_held, "whole_and_held", "head 200; body \"hello\"; done OK; ", 1},
    {done, "done", "head 200; body \"hello\"; done OK; ", 0},
};

#define STATES ((int) (sizeof states / sizeof *states))

static const struct state *reach(int i) {
  const struct state *s = &states[i / 3];
  nobody.listener = -1;
  s->reach(i % 3);
  return s;
}

/* What had to come has come; what is still the test's is freed. */
static void assert_ended(const struct state *s) {
  ck_assert_msg(strcmp(x.log, s->log) == 0, "%s: %s", s->name, x.log);
  if (x.dones == 0 || x.is_kept)
    fcl_request_free(x.request);
  if (nobody.listener >= 0)
    deaf_close(&nobody);
}

static void resume_if_owed(const struct state *s) {
  if (!s->owes_resume)
    return;
  world_pass(&w, 20);
  ck_assert_uint_eq(x.dones, 0);
  fcl_request_resume(x.request);
}

START_TEST(a_client_closes_in_every_state_of_a_request) {
  const struct state *s = reach(_i);
  fcl_client_close(w.client, world_closed, &w);
  resume_if_owed(s);
  world_wait(&w, &w.closed, 1);
  if (w.mode != FCL_LOOP_UV)
    fcl_client_join(w.client);
  w.client = NULL;
  assert_ended(s);
}
END_TEST

START_TEST(a_client_is_joined_in_every_state_of_a_request) {
  const struct state *s = reach(_i);
  if (w.mode == FCL_LOOP_UV || s->owes_resume) { /* join would wait for ever */
    fcl_request_resume(x.request);
    world_close(&w);
  } else {
    fcl_client_close(w.client, world_closed, &w);
    fcl_client_join(w.client);
    w.client = NULL;
  }
  assert_ended(s);
}
END_TEST

START_TEST(a_pool_closes_in_every_state_of_a_request) {
  const struct state *s = reach(_i);
  fcl_pool_close(w.pool, 0);
  resume_if_owed(s);
  if (s->log[0])
    exchange_wait(&x);
  world_close(&w);
  assert_ended(s);
}
END_TEST

/* ---- Draining ---- */

START_TEST(what_a_draining_pool_has_is_served) {
  w.options.max_connections = 1;
  world_start(&w, (fcl_loop) _i, when_told);
  exchange_get(&x, &w);
  world_wait_point(&w, "begun");
  exchange_get(&y, &w);
  fcl_pool_close(w.pool, 20000);
  world_pass(&w, 20);
  ck_assert_uint_eq(x.dones + y.dones, 0);
  fcl_script_signal(w.script, "go");
  exchange_wait(&x);
  exchange_wait(&y);
  ck_assert_error(&x, FCL_OK, "");
  ck_assert_error(&y, FCL_OK, "");
}
END_TEST

START_TEST(what_a_draining_pool_cannot_serve_in_time_is_ended) {
  w.options.max_connections = 1;
  world_start(&w, (fcl_loop) _i, patient);
  exchange_get(&x, &w);
  world_wait_point(&w, "begun");
  exchange_get(&y, &w);
  fcl_pool_close(w.pool, world_short_ms());
  exchange_wait(&x);
  exchange_wait(&y);
  ck_assert_error(&x, FCL_E_CLOSING, "test: ");
  ck_assert_error(&y, FCL_E_CLOSING, "test: ");
  ck_assert_uint_ge(x.result.total_us, world_short_ms() * 900); /* the loop counts whole ms */
}
END_TEST

START_TEST(a_pool_that_drains_for_ever_serves_to_the_end) {
  world_start(&w, (fcl_loop) _i, when_told);
  exchange_get(&x, &w);
  world_wait_point(&w, "begun");
  fcl_pool_close(w.pool, FCL_NEVER);
  fcl_client_close(w.client, world_closed, &w); /* and does not cut that short */
  world_pass(&w, 50);
  ck_assert_uint_eq(x.dones + w.closed, 0);
  fcl_script_signal(w.script, "go");
  world_wait(&w, &w.closed, 1);
  if (w.mode != FCL_LOOP_UV)
    fcl_client_join(w.client);
  w.client = NULL;
  ck_assert_error(&x, FCL_OK, "");
}
END_TEST

static void tell_eof(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_answer(s, HELLO);
  fcl_script_may_close(s);
  fcl_script_read_eof(s);
  fcl_script_signal(s, "eof");
}

START_TEST(a_closed_pool_keeps_no_connection) {
  world_start(&w, (fcl_loop) _i, tell_eof);
  exchange_get(&x, &w);
  exchange_wait(&x);
  fcl_pool_close(w.pool, FCL_NEVER);
  world_wait_point(&w, "eof"); /* before the client closes */
}
END_TEST

START_TEST(one_pool_closes_and_another_goes_on) {
  const char *addresses[2] = {NULL, NULL};
  fcl_pool_options o = {0};
  fcl_pool *first;
  fcl_error e;
  world_start(&w, (fcl_loop) _i, when_told);
  exchange_get(&x, &w);
  world_wait_point(&w, "begun");
  first = w.pool;
  addresses[0] = fcl_script_address(w.script);
  o.addresses = addresses;
  ck_assert_msg(fcl_pool_new(&w.pool, w.client, &o, &e) == FCL_OK, "%s", e.text);
  fcl_pool_close(first, FCL_NEVER);
  exchange_get(&y, &w);
  fcl_script_signal(w.script, "go");
  exchange_wait(&x);
  exchange_wait(&y);
  ck_assert_error(&x, FCL_OK, "");
  ck_assert_error(&y, FCL_OK, "");
}
END_TEST

int main(void) {
  TCase *t = tcase_create("closing");
  tcase_add_checked_fixture(t, setup, teardown);
  test_add_loop(t, a_client_closes_in_every_state_of_a_request, 0, 3 * STATES);
  test_add_loop(t, a_client_is_joined_in_every_state_of_a_request, 0, 3 * STATES);
  test_add_loop(t, a_pool_closes_in_every_state_of_a_request, 0, 3 * STATES);
  tcase_add_loop_test(t, what_a_draining_pool_has_is_served, 0, 3);
  tcase_add_loop_test(t, what_a_draining_pool_cannot_serve_in_time_is_ended, 0, 3);
  tcase_add_loop_test(t, a_pool_that_drains_for_ever_serves_to_the_end, 0, 3);
  tcase_add_loop_test(t, a_closed_pool_keeps_no_connection, 0, 3);
  tcase_add_loop_test(t, one_pool_closes_and_another_goes_on, 0, 3);
  return test_suite_run("closing", &t, 1);
}
