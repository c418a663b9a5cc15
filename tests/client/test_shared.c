/* test_shared.c: requests that share a connection (per_connection): answers in any order, aborts,
 * refusals, and what becomes of each when the connection breaks. */
#include "client/wire.h"
#include <stdio.h>
#include <stdlib.h>

#define MANY 1000

static world w;
static upload u;
static exchange xs[MANY];
static fcl_loop mode;
static int now; /* the case at hand; set before the script starts */

static void setup(void) {
  memset(&w, 0, sizeof w);
  memset(&u, 0, sizeof u);
  memset(xs, 0, sizeof xs);
  mode = FCL_LOOP_UV;
  w.multiplexed = 1;
  w.options.per_connection = 10;
}

static void teardown(void) {
  world_end(&w);
}

static void start(void (*play)(fcl_script *, void *), int i) {
  now = i;
  world_start(&w, mode, play);
}

static void get_all(int n) {
  int i;
  for (i = 0; i < n; i++)
    exchange_get(&xs[i], &w);
}

static void wait_all(int n) {
  int i;
  for (i = 0; i < n; i++)
    exchange_wait(&xs[i]);
}

/* ---- What the script does ---- */

/* Whole requests, one behind the other, whether those before them are answered or not. */
static void read_requests(fcl_script *s, int n) {
  for (; n > 0; n--) {
    fcl_script_read_begin(s);
    fcl_script_read_request(s);
  }
}

static void send_end(fcl_script *s, unsigned id, unsigned protocol_status) {
  char end[8] = {0};
  end[4] = (char) protocol_status;
  fcl_script_send_record(s, FCL_END_REQUEST, id, end, 8, 0);
}

static void answer_id(fcl_script *s, unsigned id, const char *text) {
  fcl_script_send_record(s, FCL_STDOUT, id, text, strlen(text), 0);
  fcl_script_send_record(s, FCL_STDOUT, id, NULL, 0, 0);
  send_end(s, id, FCL_REQUEST_COMPLETE);
}

static unsigned seed;
static unsigned chance(unsigned below) {
  seed = seed * 1664525u + 1013904223u;
  return (seed >> 8) % below;
}

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

/* ---- Slow readers ---- */

#define LARGE (8 << 20)

static void send_large(fcl_script *s, unsigned id, size_t size) {
  static char block[65528];
  size_t at = 0, n;
  while (at < size) {
    for (n = 0; n < sizeof block && at < size; n++)
      block[n] = wire_byte(at++);
    fcl_script_send_record(s, FCL_STDOUT, id, block, n, 0);
  }
}

static void answer_large_first(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  read_requests(s, 2);
  fcl_script_send_record(s, FCL_STDOUT, 1, TEXT, strlen(TEXT), 0);
  send_large(s, 1, LARGE);
  answer_id(s, 2, HELLO);
  answer_id(s, 1, "");
  fcl_script_flush(s);
}

START_TEST(a_reader_that_holds_keeps_nobody_waiting_and_loses_nothing) {
  start(answer_large_first, 0);
  xs[0].body_flow = FCL_HOLD;
  get_all(2);
  exchange_wait(&xs[1]);
  ck_assert_done(&xs[1]);
  ck_assert_uint_eq(xs[0].bodies, 1);
  world_rest(&w); /* END_REQUEST is read */
  xs[0].body_flow = FCL_NEXT;
  fcl_request_resume(xs[0].request);
  exchange_wait(&xs[0]);
  ck_assert_done(&xs[0]);
  ck_assert_body(&xs[0], LARGE);
  ck_assert_uint_lt(w.memory.peak, 2u << 20);
}
END_TEST

START_TEST(one_that_reads_slower_than_its_file_allows_fails_alone) {
  w.options.read_ahead = 65536;
  w.options.read_ahead_file = 1 << 20;
  start(answer_large_first, 0);
  xs[0].body_flow = FCL_HOLD;
  get_all(2);
  exchange_wait(&xs[1]);
  ck_assert_done(&xs[1]);
  xs[0].body_flow = FCL_NEXT;
  fcl_request_resume(xs[0].request);
  exchange_wait(&xs[0]);
  ck_assert_error(&xs[0], FCL_E_SPOOL, "on a connection that others share");
  ck_assert_uint_lt(w.memory.peak, 2u << 20);
}
END_TEST

START_TEST(one_that_holds_and_leaves_is_forgotten) {
  start(answer_large_first, 0);
  xs[0].body_flow = FCL_HOLD;
  get_all(2);
  exchange_wait(&xs[1]);
  fcl_request_cancel(xs[0].request);
  fcl_request_resume(xs[0].request);
  exchange_wait(&xs[0]);
  ck_assert_done(&xs[1]);
}
END_TEST

static void spill_then_serve(fcl_script *s, void *user) {
  fcl_script_accept(s);
  read_requests(s, 1);
  fcl_script_send_record(s, FCL_STDOUT, 1, TEXT, strlen(TEXT), 0);
  send_large(s, 1, 1 << 20);
  fcl_script_drain(s);
  fcl_script_signal(s, "spilled");
  fcl_script_accept(s); /* the first one is closed to others */
  read_requests(s, 1);
  fcl_script_answer(s, HELLO);
  fcl_script_flush(s);
  fcl_script_wait(s, "resumed");
  fcl_script_use(s, 1); /* and open again */
  read_requests(s, 1);
  fcl_script_expect(s, fcl_script_id(s) == 2, "it shares the connection");
  answer_id(s, 1, "");
  answer_id(s, 2, HELLO);
  fcl_script_flush(s);
}

START_TEST(a_full_window_closes_the_connection_to_new_requests_until_it_is_empty) {
  start(spill_then_serve, 0);
  xs[0].body_flow = FCL_HOLD;
  exchange_get(&xs[0], &w);
  world_wait_point(&w, "spilled");
  world_rest(&w);
  exchange_get(&xs[1], &w);
  exchange_wait(&xs[1]);
  ck_assert_done(&xs[1]);
  xs[0].body_flow = FCL_NEXT;
  fcl_request_resume(xs[0].request);
  while (xs[0].received < 1 << 20)
    world_turn(&w);
  fcl_script_signal(w.script, "resumed");
  exchange_get(&xs[2], &w);
  exchange_wait(&xs[2]);
  exchange_wait(&xs[0]);
  ck_assert_done(&xs[0]);
  ck_assert_done(&xs[2]);
}
END_TEST

/* ---- Aborts ---- */

static void read_abort(fcl_script *s, unsigned id) {
  fcl_slice got = fcl_script_received(s);
  char abort[8] = {1, 2, 0, 0, 0, 0, 0, 0};
  abort[3] = (char) id;
  fcl_script_read(s, 8);
  got = fcl_script_received(s);
  fcl_script_expect(s, got.len >= 8 && memcmp(got.base + got.len - 8, abort, 8) == 0,
                    "ABORT_REQUEST came");
}

static void end_aborted(fcl_script *s, void *user) {
  fcl_script_accept(s);
  read_requests(s, 3);
  fcl_script_signal(s, "here");
  read_abort(s, 2);
  fcl_script_signal(s, "aborted");
  read_requests(s, 1);
  fcl_script_expect(s, fcl_script_id(s) == 4, "an aborted id is in use until its end");
  fcl_script_send_record(s, FCL_STDOUT, 2, HELLO, strlen(HELLO), 0); /* is dropped */
  answer_id(s, 2, "");
  answer_id(s, 4, HELLO);
  fcl_script_flush(s);
  read_requests(s, 1);
  fcl_script_expect(s, fcl_script_id(s) == 2, "an id is free behind its end");
  answer_id(s, 2, HELLO);
  answer_id(s, 1, HELLO);
  answer_id(s, 3, HELLO);
  fcl_script_flush(s);
}

START_TEST(who_cancels_is_aborted_and_the_others_go_on) {
  start(end_aborted, 0);
  get_all(3);
  world_wait_point(&w, "here");
  fcl_request_cancel(xs[1].request);
  exchange_wait(&xs[1]);
  ck_assert_int_eq(xs[1].result.error.code, FCL_E_CANCELED);
  world_wait_point(&w, "aborted");
  exchange_get(&xs[3], &w);
  exchange_wait(&xs[3]);
  exchange_get(&xs[4], &w);
  exchange_wait(&xs[4]);
  exchange_wait(&xs[0]);
  exchange_wait(&xs[2]);
  ck_assert_done(&xs[0]);
  ck_assert_done(&xs[2]);
  ck_assert_done(&xs[3]);
  ck_assert_done(&xs[4]);
}
END_TEST

static void ignore_abort(fcl_script *s, void *user) {
  fcl_script_accept(s);
  read_requests(s, 2);
  fcl_script_signal(s, "here");
  read_abort(s, 1);
  fcl_script_accept(s); /* nobody new comes on the first one */
  read_requests(s, 1);
  fcl_script_answer(s, HELLO);
  fcl_script_flush(s);
  fcl_script_use(s, 1);
  answer_id(s, 2, HELLO);
  fcl_script_flush(s);
  fcl_script_read_eof(s);
}

START_TEST(an_abort_that_is_never_ended_shuts_the_connection) {
  w.options.abort_ms = 30;
  start(ignore_abort, 0);
  get_all(2);
  world_wait_point(&w, "here");
  fcl_request_cancel(xs[0].request);
  exchange_wait(&xs[0]);
  world_wait(&w, &w.events, 1);
  ck_assert_msg(strstr(w.sentence, "had not ended a request that was aborted") != NULL, "%s",
                w.sentence);
  exchange_get(&xs[2], &w);
  exchange_wait(&xs[2]);
  exchange_wait(&xs[1]);
  ck_assert_done(&xs[1]);
  ck_assert_done(&xs[2]);
}
END_TEST

static void never_read_on(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_params(s);
  fcl_script_signal(s, "here");
  fcl_script_wait(s, "over");
}

/* Nothing of the lend is left with the kernel or with libuv. */
START_TEST(a_lend_comes_back_on_cancel_though_nothing_is_read) {
  start(never_read_on, 0);
  upload_start(&u, &w, 8 << 20, 8 << 20);
  world_wait_point(&w, "here");
  fcl_request_cancel(u.x.request);
  upload_wait(&u);
  ck_assert_str_eq(u.x.log, "sent CANCELED; done CANCELED; ");
  fcl_script_signal(w.script, "over");
}
END_TEST

/* ---- Faults of one, and of all ---- */

static void spoil_one(fcl_script *s, void *user) {
  fcl_script_accept(s);
  read_requests(s, 2);
  fcl_script_send_record(s, FCL_STDOUT, 1, "no head\n\n", 9, 0);
  answer_id(s, 2, HELLO);
  fcl_script_flush(s);
  read_abort(s, 1);
  answer_id(s, 1, "");
  fcl_script_flush(s);
  read_requests(s, 1);
  fcl_script_answer(s, HELLO);
}

START_TEST(a_malformed_head_fails_its_request_alone) {
  start(spoil_one, 0);
  get_all(2);
  wait_all(2);
  ck_assert_error(&xs[0], FCL_E_HEAD, "no head");
  ck_assert_done(&xs[1]);
  wire_get(&xs[2], &w);
  ck_assert_done(&xs[2]);
}
END_TEST

static void break_all(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  read_requests(s, 3);
  fcl_script_send_record(s, FCL_STDOUT, 1, HELLO, strlen(HELLO), 0);
  fcl_script_send_record(s, FCL_STDOUT, 2, "Content-Length: 5\r\n" HELLO,
                         strlen("Content-Length: 5\r\n" HELLO), 0);
  if (now)
    fcl_script_send(s, "HTTP/1.1", 8);
  fcl_script_flush(s);
  fcl_script_close(s);
}

START_TEST(a_broken_connection_is_told_to_each_in_its_own_words) {
  start(break_all, _i);
  get_all(3);
  wait_all(3);
  if (_i) {
    ck_assert_error(&xs[0], FCL_E_PROTOCOL, "HTTP server");
    ck_assert_error(&xs[2], FCL_E_PROTOCOL, "HTTP server");
  } else {
    ck_assert_error(&xs[0], FCL_E_TRUNCATED, "cut short");
    ck_assert_error(&xs[2], FCL_E_IO, "closed the connection");
  }
  ck_assert_done(&xs[1]); /* whole by its length */
  ck_assert_int_eq(xs[1].result.unclean, 1);
}
END_TEST

static void die_when_kept(fcl_script *s, void *user) {
  fcl_script_accept(s);
  read_requests(s, 1);
  fcl_script_answer(s, HELLO);
  read_requests(s, 2);
  fcl_script_send_record(s, FCL_STDOUT, 2, TEXT, strlen(TEXT), 0);
  fcl_script_flush(s);
  fcl_script_close(s);
  fcl_script_accept(s);
  read_requests(s, 1);
  fcl_script_answer(s, HELLO);
}

START_TEST(a_get_without_a_byte_of_answer_is_sent_again_from_a_connection_that_was_kept) {
  start(die_when_kept, 0);
  wire_get(&xs[0], &w);
  exchange_get(&xs[1], &w);
  exchange_get(&xs[2], &w);
  exchange_wait(&xs[1]);
  exchange_wait(&xs[2]);
  ck_assert_done(&xs[1]);
  ck_assert_uint_eq(xs[1].result.tries, 2);
  ck_assert_error(&xs[2], FCL_E_TRUNCATED, "cut short");
}
END_TEST

static void send_stray(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  read_requests(s, 1);
  fcl_script_send(s, "\1\6\0\7\0\1\0\0?", 9); /* STDOUT of a request that is not there */
  fcl_script_answer(s, HELLO);
  fcl_script_flush(s);
  fcl_script_accept(s);
  read_requests(s, 1);
  fcl_script_answer(s, HELLO);
}

START_TEST(a_connection_with_stray_records_serves_nobody_new) {
  start(send_stray, 0);
  wire_get(&xs[0], &w);
  ck_assert_done(&xs[0]);
  ck_assert_msg(strstr(w.sentence, "belongs to no request (type 6 STDOUT, id 7, 1 bytes)") != NULL,
                "%s", w.sentence);
  wire_get(&xs[0], &w);
  ck_assert_done(&xs[0]);
}
END_TEST

START_TEST(an_address_that_refuses_fails_each_that_would_share) {
  static const char *const nobody[] = {"tcp:127.0.0.1:1", NULL};
  int i;
  w.options.addresses = nobody;
  start(NULL, 0);
  get_all(5);
  wait_all(5);
  for (i = 0; i < 5; i++)
    ck_assert_int_eq(xs[i].result.error.code, FCL_E_CONNECT);
}
END_TEST

/* ---- Refused ---- */

/* As libfcgi does: what comes second on a connection is refused. */
static void refuse_second(fcl_script *s, void *user) {
  fcl_script_accept(s);
  read_requests(s, 2);
  send_end(s, 2, FCL_CANT_MPX_CONN);
  fcl_script_flush(s);
  fcl_script_accept(s);
  read_requests(s, 1);
  fcl_script_answer(s, HELLO);
  fcl_script_flush(s);
  fcl_script_use(s, 1);
  answer_id(s, 1, HELLO);
  fcl_script_flush(s);
  fcl_script_read_eof(s); /* nobody shares it any more */
}

START_TEST(who_cannot_share_gets_one_request_on_a_connection) {
  start(refuse_second, 0);
  get_all(2);
  wait_all(2);
  ck_assert_done(&xs[0]);
  ck_assert_done(&xs[1]);
  ck_assert_uint_eq(xs[1].result.tries, 2);
  ck_assert_msg(strstr(w.sentence, "CANT_MPX_CONN") != NULL, "%s", w.sentence);
}
END_TEST

static void refuse_body(fcl_script *s, void *user) {
  fcl_script_accept(s);
  read_requests(s, 1);
  fcl_script_read_begin(s);
  fcl_script_read_body(s, 1000);
  send_end(s, 2, FCL_CANT_MPX_CONN);
  answer_id(s, 1, HELLO);
  fcl_script_flush(s);
}

START_TEST(one_whose_body_has_gone_is_told_so) {
  start(refuse_body, 0);
  exchange_get(&xs[0], &w);
  upload_start(&u, &w, 1000, 1000);
  exchange_wait(&xs[0]);
  upload_wait(&u);
  ck_assert_done(&xs[0]);
  ck_assert_error(&u.x, FCL_E_OVERLOADED, "when part of its body had gone");
}
END_TEST

static void refuse_third(fcl_script *s, void *user) {
  fcl_script_accept(s);
  read_requests(s, 3);
  send_end(s, 3, FCL_IS_OVERLOADED);
  fcl_script_flush(s);
  answer_id(s, 1, HELLO);
  fcl_script_flush(s);
  read_requests(s, 1);
  fcl_script_answer(s, HELLO);
  answer_id(s, 2, HELLO);
  fcl_script_flush(s);
}

START_TEST(who_is_overloaded_gets_as_many_as_it_bore) {
  w.options.max_connections = 1;
  start(refuse_third, 0);
  get_all(3);
  wait_all(3);
  ck_assert_done(&xs[0]);
  ck_assert_done(&xs[1]);
  ck_assert_done(&xs[2]);
  ck_assert_msg(strstr(w.sentence, "2 at a time") != NULL, "%s", w.sentence);
}
END_TEST

/* ---- Settings ---- */

START_TEST(settings_that_cannot_be_are_refused) {
  fcl_pool_options o = {0};
  const char *addresses[] = {"unix:/x", NULL};
  fcl_pool *p;
  fcl_error e;
  start(NULL, 0);
  o.addresses = addresses;
  o.per_connection = 65536;
  ck_assert_int_eq(fcl_pool_new(&p, w.client, &o, &e), FCL_E_CONFIG);
  ck_assert(strstr(e.text, "65535") != NULL);
  o.per_connection = 2;
  o.new_connection_each = 1;
  ck_assert_int_eq(fcl_pool_new(&p, w.client, &o, &e), FCL_E_CONFIG);
  ck_assert(strstr(e.text, "new_connection_each") != NULL);
  o.per_connection = FCL_AUTO;
  ck_assert_int_eq(fcl_pool_new(&p, w.client, &o, &e), FCL_E_CONFIG);
}
END_TEST

static TCase *add(const char *name) {
  TCase *t = tcase_create(name);
  tcase_set_timeout(t, 120);
  tcase_add_checked_fixture(t, setup, teardown);
  return t;
}

static TCase *answers(void) {
  TCase *t = add("answers and bodies");
  tcase_add_loop_test(t, a_thousand_share_a_connection_and_are_answered_in_any_order, 0, 6);
  tcase_add_loop_test(t, answers_are_the_same_wherever_they_are_cut, 1, 170);
  tcase_add_test(t, the_next_request_uses_the_same_connection_and_the_lowest_id);
  tcase_add_test(t, who_finds_no_room_opens_another_connection);
  tcase_add_test(t, who_finds_no_room_and_no_connection_waits);
  tcase_add_test(t, a_large_body_keeps_nobody_waiting);
  tcase_add_test(t, bodies_of_many_sizes_arrive_whole);
  return t;
}

static TCase *readers(void) {
  TCase *t = add("slow readers");
  tcase_add_test(t, a_reader_that_holds_keeps_nobody_waiting_and_loses_nothing);
  tcase_add_test(t, one_that_reads_slower_than_its_file_allows_fails_alone);
  tcase_add_test(t, one_that_holds_and_leaves_is_forgotten);
  tcase_add_test(t, a_full_window_closes_the_connection_to_new_requests_until_it_is_empty);
  return t;
}

static TCase *ends(void) {
  TCase *t = add("aborts and faults");
  tcase_add_test(t, who_cancels_is_aborted_and_the_others_go_on);
  tcase_add_test(t, an_abort_that_is_never_ended_shuts_the_connection);
  tcase_add_test(t, a_lend_comes_back_on_cancel_though_nothing_is_read);
  tcase_add_test(t, a_malformed_head_fails_its_request_alone);
  tcase_add_loop_test(t, a_broken_connection_is_told_to_each_in_its_own_words, 0, 2);
  tcase_add_test(t, a_get_without_a_byte_of_answer_is_sent_again_from_a_connection_that_was_kept);
  tcase_add_test(t, an_address_that_refuses_fails_each_that_would_share);
  tcase_add_test(t, a_connection_with_stray_records_serves_nobody_new);
  return t;
}

static TCase *refusals(void) {
  TCase *t = add("refusals and settings");
  tcase_add_test(t, who_cannot_share_gets_one_request_on_a_connection);
  tcase_add_test(t, one_whose_body_has_gone_is_told_so);
  tcase_add_test(t, who_is_overloaded_gets_as_many_as_it_bore);
  tcase_add_test(t, settings_that_cannot_be_are_refused);
  return t;
}

int main(void) {
  TCase *cases[] = {answers(), readers(), ends(), refusals()};
  return test_suite_run("shared", cases, 4);
}
