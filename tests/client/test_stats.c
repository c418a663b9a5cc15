/* test_stats.c: what snapshots of a client say adds up with what its requests were told. */
#include "client/wire.h"
#include "stats/formats.h"
#include <stdlib.h>

static world w;

/* ---- Asking ---- */

typedef struct asked {
  world *w;
  unsigned answers;
  fcl_stats *stats;
} asked;
static asked a;

static void on_stats(fcl_stats *stats, void *user) {
  asked *to = user;
  world_enter(to->w);
  to->stats = stats;
  to->answers++;
  world_leave(to->w);
}

static const fcl_pool_stats *take(void) {
  fcl_error e;
  fcl_stats_free(a.stats);
  memset(&a, 0, sizeof a);
  a.w = &w;
  ck_assert_msg(fcl_stats_take(&w.client, 1, on_stats, &a, &e) == FCL_OK, "%s", e.text);
  world_wait(&w, &a.answers, 1);
  ck_assert_ptr_nonnull(a.stats);
  return fcl_stats_find(a.stats, "test");
}

static void setup(void) {
  memset(&w, 0, sizeof w);
  memset(&a, 0, sizeof a);
}

static void teardown(void) {
  fcl_stats_free(a.stats);
  a.stats = NULL;
  world_end(&w);
}

/* ---- One thing each ---- */

static void a_while(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_script_may_close(s);
    fcl_script_read_params(s);
    fcl_script_signal(s, "begun");
  }
}

START_TEST(a_request_is_counted_before_its_on_done) {
  exchange x = {0};
  const fcl_pool_stats *p;
  world_start(&w, (fcl_loop) _i, NULL);
  exchange_get(&x, &w);
  exchange_wait(&x);
  p = take();
  ck_assert_uint_eq(p->started, 1);
  ck_assert_uint_eq(p->ended[FCL_OK], 1);
  ck_assert_uint_eq(p->received, 5);
  ck_assert_uint_eq(p->total.count, 1);
  ck_assert_uint_eq(p->first.count, 1);
  ck_assert_uint_eq(p->queue.count, 1);
}
END_TEST

START_TEST(a_request_that_is_on_its_way_is_started_and_not_ended) {
  exchange x = {0};
  const fcl_pool_stats *p;
  const fcl_member_stats *m;
  world_start(&w, FCL_LOOP_UV, a_while);
  exchange_get(&x, &w);
  world_wait_point(&w, "begun");
  world_pass(&w, 30);
  p = take();
  ck_assert_uint_eq(p->started, 1);
  ck_assert_uint_eq(p->total.count, 0);
  ck_assert_uint_eq(p->in_hand, 1);
  m = fcl_stats_member(p, 0);
  ck_assert_str_eq(m->name, fcl_script_address(w.script));
  ck_assert_str_eq(m->subject, "/x");
  ck_assert_uint_ge(m->busy_ms, 20);
  ck_assert_uint_eq(m->in_hand, 1);
  fcl_request_cancel(x.request);
  exchange_wait(&x);
}
END_TEST

START_TEST(who_waits_is_told_with_the_oldest_wait) {
  exchange x = {0}, y = {0}, z = {0};
  const fcl_pool_stats *p;
  w.options.max_connections = 1;
  world_start(&w, FCL_LOOP_UV, a_while);
  exchange_get(&x, &w);
  world_wait_point(&w, "begun");
  exchange_get(&y, &w);
  world_pass(&w, 30);
  exchange_get(&z, &w);
  p = take();
  ck_assert_uint_eq(p->queued, 2);
  ck_assert_uint_ge(p->oldest_wait_ms, 20);
  ck_assert_uint_eq(p->waited, 2);
  ck_assert_uint_eq(p->queued_max, 2);
  ck_assert_uint_eq(p->queue_length, 1000);
  fcl_request_cancel(z.request);
  fcl_request_cancel(y.request);
  exchange_wait(&y);
  fcl_request_cancel(x.request);
  exchange_wait(&x);
  exchange_wait(&z);
}
END_TEST

START_TEST(what_a_closed_pool_has_done_is_kept) {
  exchange x = {0};
  const fcl_pool_stats *p;
  world_start(&w, FCL_LOOP_UV, NULL);
  exchange_get(&x, &w);
  exchange_wait(&x);
  fcl_pool_close(w.pool, FCL_NEVER);
  world_rest(&w);
  p = take();
  ck_assert_uint_eq(p->pools, 0);
  ck_assert_uint_eq(p->ended[FCL_OK], 1);
  ck_assert_uint_eq(p->member_count, 0);
}
END_TEST

static fcl_flow hold(fcl_request *r, const char *data, size_t len, void *user) {
  return FCL_HOLD;
}

static void on_done(fcl_request *r, const fcl_result *result, void *user) {
  world_enter(&w);
  ++*(unsigned *) user;
  fcl_request_free(r);
  world_leave(&w);
}

START_TEST(a_request_that_outlives_its_pool_is_counted_too) {
  static const fcl_handlers holding = {NULL, hold, NULL, NULL, NULL, on_done};
  unsigned dones = 0;
  fcl_request *r;
  w.options.read_ahead = 65536;
  world_start(&w, FCL_LOOP_UV, NULL);
  r = fcl_request_new(w.pool, &holding, &dones);
  fcl_request_param(r, "REQUEST_METHOD", "GET");
  fcl_request_start(r);
  fcl_request_finish(r);
  world_pass(&w, 50); /* its answer is here, and held */
  fcl_pool_close(w.pool, FCL_NEVER);
  world_rest(&w);
  ck_assert_uint_eq(take()->total.count, 0);
  fcl_request_resume(r);
  world_wait(&w, &dones, 1);
  ck_assert_uint_eq(take()->ended[FCL_OK], 1);
}
END_TEST

START_TEST(a_question_right_before_the_end_is_answered_before_it) {
  fcl_error e;
  world_start(&w, (fcl_loop) _i, NULL);
  memset(&a, 0, sizeof a);
  a.w = &w;
  ck_assert_int_eq(fcl_stats_take(&w.client, 1, on_stats, &a, &e), FCL_OK);
  world_close(&w);
  ck_assert_uint_eq(a.answers, 1); /* world_enter faults what comes behind `closed` */
}
END_TEST

/* ---- Several clients ---- */

START_TEST(several_clients_are_asked_on_their_loops_and_summed_up) {
  fcl_client_options o = {0};
  fcl_client *both[2];
  fcl_pool *pool;
  fcl_pool_options given = {0};
  const char *addresses[2] = {system_nowhere, NULL};
  fcl_error e;
  world_start(&w, (fcl_loop) _i, NULL);
  ck_assert_int_eq(fcl_client_new(&both[1], &o, &e), FCL_OK);
  given.name = "test";
  given.addresses = addresses;
  ck_assert_int_eq(fcl_pool_new(&pool, both[1], &given, &e), FCL_OK);
  both[0] = w.client;
  memset(&a, 0, sizeof a);
  a.w = &w;
  ck_assert_int_eq(fcl_stats_take(both, 2, on_stats, &a, &e), FCL_OK);
  world_wait(&w, &a.answers, 1);
  ck_assert_uint_eq(fcl_stats_find(a.stats, "test")->pools, 2);
  ck_assert_uint_eq(fcl_stats_find(a.stats, "test")->member_count, 2);
  fcl_client_close(both[1], NULL, NULL);
  fcl_client_join(both[1]);
}
END_TEST

START_TEST(a_client_that_ends_meanwhile_is_passed_over) {
  fcl_client_options o = {0};
  fcl_client *both[2];
  fcl_error e;
  world_start(&w, FCL_LOOP_UV, NULL);
  ck_assert_int_eq(fcl_client_new(&both[1], &o, &e), FCL_OK);
  both[0] = w.client;
  memset(&a, 0, sizeof a);
  a.w = &w;
  ck_assert_int_eq(fcl_stats_take(both, 2, on_stats, &a, &e), FCL_OK);
  fcl_client_close(both[1], NULL, NULL);
  fcl_client_join(both[1]); /* and our loop has not turned yet */
  world_wait(&w, &a.answers, 1);
  ck_assert_uint_eq(fcl_stats_find(a.stats, "test")->pools, 1);
}
END_TEST

START_TEST(the_first_client_waits_for_its_question_to_come_home) {
  fcl_client_options o = {0};
  fcl_client *both[2];
  fcl_error e;
  world_start(&w, (fcl_loop) _i, NULL);
  ck_assert_int_eq(fcl_client_new(&both[1], &o, &e), FCL_OK);
  both[0] = w.client;
  memset(&a, 0, sizeof a);
  a.w = &w;
  ck_assert_int_eq(fcl_stats_take(both, 2, on_stats, &a, &e), FCL_OK);
  world_close(&w);
  ck_assert_uint_eq(a.answers, 1);
  fcl_client_close(both[1], NULL, NULL);
  fcl_client_join(both[1]);
}
END_TEST

START_TEST(no_client_is_refused) {
  fcl_error e;
  world_start(&w, FCL_LOOP_UV, NULL);
  ck_assert_int_eq(fcl_stats_take(NULL, 0, on_stats, &a, &e), FCL_E_INVAL);
}
END_TEST

/* ---- Hundreds of requests that end in every way ---- */

enum { MANY = 600, KINDS = 8 };

/* By what SCRIPT_NAME asks for. */
static void play_one(fcl_script *s) {
  const fcl_seen *seen = fcl_script_seen(s);
  fcl_slice name = {"", 0};
  fcl_seen_param(seen, "KIND", &name);
  switch (name.len ? name.base[0] : 0) {
  case '1':
    fcl_script_stdout(s, TEXT "half");
    fcl_script_close(s);
    return;
  case '2':
    fcl_script_send(s, "HTTP/1.1 400 Bad", 16);
    fcl_script_close(s);
    return;
  case '3':
    fcl_script_stdout(s, "no head here at all\n\n");
    fcl_script_end_request(s, 0, 0);
    return;
  case '4': /* canceled by the caller, or too slow */
  case '5':
    return;
  default:
    fcl_script_answer(s, HELLO);
  }
}

static void play_all(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_script_may_close(s);
    fcl_script_read_request(s);
    play_one(s);
  }
}

typedef struct tally {
  unsigned dones;
  uint64_t ended[FCL_CODE_MAX], sent, received;
} tally;
static tally told;

static void on_tally(fcl_request *r, const fcl_result *result, void *user) {
  world_enter(&w);
  told.ended[result->error.code]++;
  told.sent += result->sent;
  told.received += result->received;
  told.dones++;
  fcl_request_free(r);
  world_leave(&w);
}

static void send_one(unsigned n) {
  static const fcl_handlers handlers = {NULL, NULL, NULL, NULL, NULL, on_tally};
  static const char body[] = "0123456789";
  char kind[2] = {(char) ('0' + n % KINDS), 0};
  fcl_request *r = fcl_request_new(w.pool, &handlers, NULL);
  fcl_request_param(r, "REQUEST_METHOD", "POST");
  fcl_request_param(r, "KIND", kind);
  if (n % KINDS == 6)
    fcl_request_param(r, "BAD=NAME", "x");
  if (n % KINDS == 7)
    fcl_request_body(r, (int64_t) (n % 10 + 1), FCL_BODY_STREAM);
  world_lock(&w);
  fcl_request_start(r);
  if (n % KINDS == 7)
    fcl_request_write(r, body, n % 10 + 1);
  fcl_request_finish(r);
  if (n % KINDS == 4)
    fcl_request_cancel(r);
  world_unlock(&w);
}

static void assert_sums(const fcl_pool_stats *p) {
  uint64_t all = 0;
  unsigned i;
  for (i = 0; i < FCL_CODE_MAX; i++) {
    ck_assert_msg(p->ended[i] == told.ended[i], "%s: %llu, and requests were told %llu",
                  fcl_code_name((fcl_code) i), (unsigned long long) p->ended[i],
                  (unsigned long long) told.ended[i]);
    all += p->ended[i];
  }
  ck_assert_uint_eq(p->started, MANY);
  ck_assert_uint_eq(all, MANY);
  ck_assert_uint_eq(p->total.count, MANY);
  ck_assert_uint_eq(p->sent, told.sent);
  ck_assert_uint_eq(p->received, told.received);
  ck_assert_uint_eq(p->queued, 0);
}

START_TEST(many_requests_of_all_outcomes_add_up_to_the_last) {
  const fcl_pool_stats *p;
  unsigned n, kinds = 0;
  memset(&told, 0, sizeof told);
  w.multiplexed = 1;
  w.options.first_ms = world_short_ms();
  w.options.queue_length = 40;
  w.options.max_connections = 8;
  world_start(&w, (fcl_loop) _i, play_all);
  for (n = 0; n < MANY; n++) {
    send_one(n);
    if (n % 60 == 59)
      world_wait(&w, &told.dones, n - 40 > MANY ? 0 : n - 40);
  }
  world_wait(&w, &told.dones, MANY);
  p = take();
  assert_sums(p);
  for (n = 0; n < FCL_CODE_MAX; n++)
    kinds += told.ended[n] > 0;
  ck_assert_msg(kinds >= 6, "only %u kinds of ends", kinds);
  ck_assert_str_eq(json_fault(fcl_stats_text(a.stats, FCL_STATS_JSON, NULL)), "");
  ck_assert_str_eq(prometheus_fault(fcl_stats_text(a.stats, FCL_STATS_PROMETHEUS, NULL)), "");
}
END_TEST

int main(void) {
  TCase *c = tcase_create("stats");
  tcase_add_checked_fixture(c, setup, teardown);
  tcase_add_loop_test(c, a_request_is_counted_before_its_on_done, 0, 3);
  tcase_add_test(c, a_request_that_is_on_its_way_is_started_and_not_ended);
  tcase_add_test(c, who_waits_is_told_with_the_oldest_wait);
  tcase_add_test(c, what_a_closed_pool_has_done_is_kept);
  tcase_add_test(c, a_request_that_outlives_its_pool_is_counted_too);
  tcase_add_loop_test(c, a_question_right_before_the_end_is_answered_before_it, 0, 3);
  tcase_add_loop_test(c, several_clients_are_asked_on_their_loops_and_summed_up, 0, 3);
  tcase_add_test(c, a_client_that_ends_meanwhile_is_passed_over);
  tcase_add_loop_test(c, the_first_client_waits_for_its_question_to_come_home, 0, 3);
  tcase_add_test(c, no_client_is_refused);
  tcase_add_loop_test(c, many_requests_of_all_outcomes_add_up_to_the_last, 0, 3);
  return test_suite_run("stats", &c, 1);
}
