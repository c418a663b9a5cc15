/* test_events.c: a flood of events is cut, and it is told how much was dropped. */
#include "client/system.h"
#include "support/suite.h"
#include <fcgiclient/stats.h>
#include <string.h>
#include <uv.h>

enum { MANY = 20, LIMIT = 5 };

static uv_loop_t loop;
static uv_timer_t other; /* of the host: an idle client alone keeps no loop running */
static fcl_client *client;
static unsigned warnings, dones, answers;
static char last[1024];
static uint64_t dropped;

static void on_event(const fcl_event *event, void *user) {
  warnings += event->level == FCL_LEVEL_WARNING;
  strcpy(last, event->sentence);
}

static void on_other(uv_timer_t *timer) {
}

static void open_client(unsigned limit) {
  fcl_client_options o = {0};
  fcl_error e;
  uv_loop_init(&loop);
  uv_timer_init(&loop, &other);
  uv_timer_start(&other, on_other, 20, 20);
  o.mode = FCL_LOOP_UV;
  o.uv = &loop;
  o.on_event = on_event;
  o.max_events = limit;
  ck_assert_msg(fcl_client_new(&client, &o, &e) == FCL_OK, "%s", e.text);
  warnings = dones = answers = 0;
}

static void close_client(void) {
  fcl_client_close(client, NULL, NULL);
  uv_close((uv_handle_t *) &other, NULL);
  uv_run(&loop, UV_RUN_DEFAULT);
  ck_assert_int_eq(uv_loop_close(&loop), 0);
}

static void on_done(fcl_request *r, const fcl_result *result, void *user) {
  dones++;
  fcl_request_free(r);
}

/* Each pool warns once that its address cannot be reached. */
static void warn(unsigned times) {
  static const fcl_handlers handlers = {NULL, NULL, NULL, NULL, NULL, on_done};
  const char *addresses[2] = {system_nowhere, NULL};
  fcl_pool_options o = {0};
  unsigned n;
  o.addresses = addresses;
  for (n = 0; n < times; n++) {
    fcl_pool *pool;
    fcl_request *r;
    ck_assert_int_eq(fcl_pool_new(&pool, client, &o, NULL), FCL_OK);
    r = fcl_request_new(pool, &handlers, NULL);
    fcl_request_start(r);
    fcl_request_finish(r);
  }
  while (dones < times)
    uv_run(&loop, UV_RUN_ONCE);
}

START_TEST(no_more_are_told_in_a_second_than_may_be) {
  open_client(LIMIT);
  warn(MANY);
  ck_assert_uint_eq(warnings, LIMIT);
  close_client();
}
END_TEST

START_TEST(when_the_second_is_over_it_is_told_how_many_were_dropped) {
  uint64_t until = uv_hrtime() + UINT64_C(10000000000);
  fcl_pool *pool;
  fcl_pool_options o = {0};
  open_client(LIMIT);
  warn(MANY);
  while (warnings == LIMIT && uv_hrtime() < until)
    uv_run(&loop, UV_RUN_ONCE);
  ck_assert_str_eq(last, "15 events were too many to be told within a second (max_events); see who "
                         "says so much.");
  o.program = NULL;
  ck_assert_int_ne(fcl_pool_new(&pool, client, &o, NULL), FCL_OK); /* the client goes on */
  dones = 0;
  warn(1);
  ck_assert_uint_eq(warnings, LIMIT + 2); /* a new second */
  close_client();
  ck_assert_uint_eq(warnings, LIMIT + 2);
}
END_TEST

START_TEST(a_client_that_ends_tells_what_it_has_dropped) {
  open_client(LIMIT);
  warn(MANY);
  close_client();
  ck_assert_msg(strstr(last, "15 events were too many") != NULL, "%s", last);
}
END_TEST

START_TEST(without_a_limit_all_are_told) {
  open_client(FCL_NEVER);
  warn(MANY);
  ck_assert_uint_eq(warnings, MANY);
  close_client();
}
END_TEST

static void on_stats(fcl_stats *stats, void *user) {
  dropped = fcl_stats_dropped_events(stats);
  fcl_stats_free(stats);
  answers++;
}

START_TEST(what_was_dropped_is_in_the_snapshot) {
  open_client(LIMIT);
  warn(MANY);
  fcl_stats_take(&client, 1, on_stats, NULL, NULL);
  while (answers == 0)
    uv_run(&loop, UV_RUN_ONCE);
  ck_assert_uint_eq(dropped, MANY - LIMIT);
  close_client();
}
END_TEST

int main(void) {
  TCase *c = tcase_create("events");
  tcase_add_test(c, no_more_are_told_in_a_second_than_may_be);
  tcase_add_test(c, when_the_second_is_over_it_is_told_how_many_were_dropped);
  tcase_add_test(c, a_client_that_ends_tells_what_it_has_dropped);
  tcase_add_test(c, without_a_limit_all_are_told);
  tcase_add_test(c, what_was_dropped_is_in_the_snapshot);
  return test_suite_run("events", &c, 1);
}
