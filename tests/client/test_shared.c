/* test_shared.c: requests that share a connection (per_connection): answers in any order, bodies of
 * any size, room. */
#include "client/shared.h"
#include <stdlib.h>

/* ---- Answers ---- */

static void shuffle(unsigned *order, unsigned n) {
  unsigned i, j, kept;
  for (i = 0; i < n; i++)
    order[i] = i + 1;
  for (i = n - 1; i > 0; i--) {
    j = chance(i + 1);
    kept = order[i];
    order[i] = order[j];
    order[j] = kept;
  }
}

/* Each gets the pattern, of a length of its own, in pieces between those of others. */
static void answer_mixed(fcl_script *s, void *user) {
  static unsigned order[MANY];
  static size_t at[MANY + 1];
  unsigned left = (unsigned) now, i;
  char block[600];
  size_t n;
  memset(at, 0, sizeof at);
  seed = 3;
  fcl_script_accept(s);
  read_requests(s, now);
  shuffle(order, (unsigned) now);
  for (i = 0; i < (unsigned) now; i++)
    fcl_script_send_record(s, FCL_STDOUT, order[i], TEXT, strlen(TEXT), chance(8));
  while (left > 0) {
    unsigned which = chance(left), id = order[which];
    size_t size = id * 7 % 1500;
    for (n = 0; n < 1 + chance(600) && at[id] < size; n++)
      block[n] = wire_byte(at[id]++);
    if (n > 0) {
      fcl_script_send_record(s, FCL_STDOUT, id, block, n, chance(8));
      continue;
    }
    answer_id(s, id, "");
    order[which] = order[--left];
  }
  fcl_script_flush(s);
}

static void ask_and_check(int n) {
  int i;
  w.options.per_connection = (unsigned) n;
  w.options.max_connections = 1;
  start(answer_mixed, n);
  get_all(n);
  wait_all(n);
  for (i = 0; i < n; i++) {
    ck_assert_done(&xs[i]);
    ck_assert_body(&xs[i], (size_t) (i + 1) * 7 % 1500);
  }
}

START_TEST(a_thousand_share_a_connection_and_are_answered_in_any_order) {
  static const fcl_loop modes[] = {FCL_LOOP_UV, FCL_LOOP_THREAD, FCL_LOOP_MANUAL};
  mode = modes[_i / 2];
  if (_i & 1)
    w.listen = "tcp:127.0.0.1:0";
  ask_and_check(MANY);
}
END_TEST

static void answer_backwards(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_cut(s, (size_t) now);
  read_requests(s, 2);
  fcl_script_send_record(s, FCL_STDOUT, 2, TEXT "tw", strlen(TEXT) + 2, 3);
  fcl_script_send_record(s, FCL_STDOUT, 1, HELLO, strlen(HELLO), 0);
  fcl_script_send_record(s, FCL_STDOUT, 2, "o", 1, 7);
  answer_id(s, 2, "");
  answer_id(s, 1, "");
  fcl_script_flush(s);
}

START_TEST(answers_are_the_same_wherever_they_are_cut) {
  start(answer_backwards, _i);
  get_all(2);
  wait_all(2);
  ck_assert_done(&xs[0]);
  ck_assert_done(&xs[1]);
  ck_assert_uint_eq(xs[0].received, 5);
  ck_assert_uint_eq(xs[1].received, 3);
  ck_assert_uint_eq(xs[1].hash, fcl_fnv1a(FCL_FNV_START, "two", 3));
}
END_TEST

static void expect_same_id(fcl_script *s, void *user) {
  int i;
  fcl_script_accept(s);
  for (i = 0; i < 3; i++) {
    read_requests(s, 1);
    fcl_script_expect(s, fcl_script_id(s) == 1, "the lowest free id is taken");
    fcl_script_expect_begin(s, FCL_RESPONDER, FCL_KEEP_CONN);
    fcl_script_answer(s, HELLO);
  }
}

START_TEST(the_next_request_uses_the_same_connection_and_the_lowest_id) {
  int i;
  start(expect_same_id, 0);
  for (i = 0; i < 3; i++) {
    wire_get(&xs[0], &w);
    ck_assert_done(&xs[0]);
  }
}
END_TEST

static void two_connections(fcl_script *s, void *user) {
  fcl_script_accept(s);
  read_requests(s, 2);
  fcl_script_accept(s);
  read_requests(s, 1);
  fcl_script_answer(s, HELLO);
  fcl_script_use(s, 1);
  answer_id(s, 1, HELLO);
  answer_id(s, 2, HELLO);
  fcl_script_flush(s);
}

START_TEST(who_finds_no_room_opens_another_connection) {
  w.options.per_connection = 2;
  start(two_connections, 0);
  get_all(3);
  wait_all(3);
  ck_assert_done(&xs[2]);
}
END_TEST

static void one_at_a_time(fcl_script *s, void *user) {
  fcl_script_accept(s);
  read_requests(s, 2);
  answer_id(s, 2, HELLO);
  fcl_script_flush(s);
  read_requests(s, 1);
  fcl_script_expect(s, fcl_script_id(s) == 2, "it came when there was room");
  answer_id(s, 2, HELLO);
  answer_id(s, 1, HELLO);
  fcl_script_flush(s);
}

START_TEST(who_finds_no_room_and_no_connection_waits) {
  w.options.per_connection = 2;
  w.options.max_connections = 1;
  start(one_at_a_time, 0);
  get_all(3);
  wait_all(3);
  ck_assert_done(&xs[2]);
}
END_TEST

/* ---- Bodies ---- */

static void take_bodies(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_begin(s);
  read_requests(s, 1); /* the small one is whole before the large one is */
  fcl_script_expect(s, fcl_script_id(s) == 2, "the second request is read now");
  fcl_script_answer(s, HELLO);
  fcl_script_flush(s);
}

START_TEST(a_large_body_keeps_nobody_waiting) {
  w.options.activity_ms = FCL_NEVER;
  start(take_bodies, 0);
  upload_start(&u, &w, 64 << 20, 64 << 20);
  world_turn(&w);
  exchange_get(&xs[0], &w);
  exchange_wait(&xs[0]);
  ck_assert_done(&xs[0]);
  ck_assert_uint_eq(u.x.dones, 0);
  fcl_request_cancel(u.x.request);
  upload_wait(&u);
}
END_TEST

static void check_bodies(fcl_script *s, void *user) {
  int i;
  fcl_script_accept(s);
  for (i = 0; i < 8; i++) {
    read_requests(s, 1);
    fcl_script_expect_body_hash(s, (uint64_t) i * 100000, wire_hash((size_t) i * 100000));
    fcl_script_answer(s, HELLO);
  }
}

START_TEST(bodies_of_many_sizes_arrive_whole) {
  static upload us[8];
  int i;
  memset(us, 0, sizeof us);
  start(check_bodies, 0);
  for (i = 0; i < 8; i++)
    upload_start(&us[i], &w, (size_t) i * 100000, 1 + (size_t) i * 10007);
  for (i = 0; i < 8; i++) {
    upload_wait(&us[i]);
    ck_assert_done(&us[i].x);
  }
}
END_TEST

static TCase *answers(void) {
  TCase *t = shared_case("answers and bodies");
  tcase_add_loop_test(t, a_thousand_share_a_connection_and_are_answered_in_any_order, 0, 6);
  test_add_loop(t, answers_are_the_same_wherever_they_are_cut, 1, 170);
  tcase_add_test(t, the_next_request_uses_the_same_connection_and_the_lowest_id);
  tcase_add_test(t, who_finds_no_room_opens_another_connection);
  tcase_add_test(t, who_finds_no_room_and_no_connection_waits);
  tcase_add_test(t, a_large_body_keeps_nobody_waiting);
  tcase_add_test(t, bodies_of_many_sizes_arrive_whole);
  return t;
}

int main(void) {
  TCase *t = answers();
  return test_suite_run("shared", &t, 1);
}
