/* test_wire_overlap.c: both directions at once, early ends, callers that act inside callbacks
   (known faults of others: KF-043 to KF-045, KF-050, KF-051, KF-053, KF-059 to KF-062, KF-067). */
#include "client/wire_case.h"

#define MB 1048576

/* ---- Both directions at once ---- */

static void write_before_reading(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_params(s);
  fcl_script_stdout(s, TEXT);
  wire_send_body(s, 10 * MB);
  fcl_script_read_request(s);
  fcl_script_expect_body_hash(s, 10 * MB, wire_hash(10 * MB));
  fcl_script_stdout(s, "");
  fcl_script_end_request(s, 0, FCL_REQUEST_COMPLETE);
}

START_TEST(an_answer_of_10_MB_before_a_body_of_10_MB_is_read_locks_nobody) { /* KF-043, KF-044 */
  if (_i & 1)
    w.listen = "tcp:127.0.0.1:0";
  start(write_before_reading, 0);
  upload_start(&u, &w, 10 * MB, _i & 2 ? 10 * MB : 100000);
  upload_wait(&u);
  ck_assert_done(&u.x);
  ck_assert_body(&u.x, 10 * MB);
}
END_TEST

/* One megabyte each way in turn. */
static void echo(fcl_script *s, void *user) {
  uint64_t at;
  fcl_script_accept(s);
  fcl_script_read_params(s);
  fcl_script_stdout(s, TEXT);
  for (at = 1; at <= 8; at++) {
    fcl_script_read_body(s, at * MB);
    fcl_script_stream(s, FCL_STDOUT, fcl_script_seen(s) ? fcl_script_seen(s)->in.kept : "", 1000);
  }
  fcl_script_read_request(s);
  fcl_script_answer(s, "");
}

START_TEST(an_answer_streams_while_the_body_does) {
  start(echo, 0);
  upload_start(&u, &w, 8 * MB, 300000);
  upload_wait(&u);
  ck_assert_done(&u.x);
  ck_assert_uint_eq(u.x.received, 8000);
}
END_TEST

/* ---- Early ends ---- */

#define WHOLE (16 * MB) /* more than any system takes while nobody reads */

static const size_t early_at[] = {0, 1, 1000, 65528, 65536, 300000, 999999};
#define EARLY (int) (sizeof early_at / sizeof *early_at)

static void end_early(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_params(s);
  fcl_script_read_body(s, early_at[now % EARLY]);
  fcl_script_answer(s, HELLO);
  fcl_script_may_close(s);
  fcl_script_read_eof(s); /* a connection whose STDIN has not ended is spent */
  serve_one(s);
}

START_TEST(an_end_in_mid_upload_is_the_answer_and_the_connection_is_spent) { /* KF-045, KF-051 */
  start(end_early, _i);
  upload_start(&u, &w, WHOLE,
               _i < EARLY ? 50000 : WHOLE); /* the second time, finish has been called */
  upload_wait(&u);
  ck_assert_done(&u.x);
  ck_assert_uint_eq(u.x.received, 5);
  wire_get(&x, &w);
  ck_assert_done(&x);
}
END_TEST

static void close_early(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_params(s);
  if (now & 1)
    fcl_script_stdout(s, "Content-Length: 5\r\n" HELLO);
  fcl_script_close(s); /* with most of STDIN unread */
  serve_one(s);
}

START_TEST(an_application_that_leaves_with_stdin_unread_ends_the_request) { /* KF-067 */
  if (_i & 2)
    w.listen = "tcp:127.0.0.1:0";
  w.options.activity_ms = w.options.request_ms = FCL_NEVER;
  start(close_early, _i);
  upload_start(&u, &w, 4 * MB, MB);
  upload_wait(&u);
  if (u.x.heads > 0) /* a reset may overtake what was said, on TCP */
    ck_assert_msg(u.x.result.error.code == FCL_OK || u.x.result.error.code == FCL_E_TRUNCATED, "%s",
                  u.x.result.error.text);
  else
    ck_assert_error(&u.x, FCL_E_IO, "connection");
  if (_i == 1) { /* it had said all */
    ck_assert_done(&u.x);
    ck_assert_uint_eq(u.x.received, 5);
  }
  wire_get(&x, &w);
  ck_assert_done(&x);
}
END_TEST

static void read_nothing(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_wait(s, "go on");
  fcl_script_read_request(s);
  fcl_script_answer(s, HELLO);
}

START_TEST(an_application_that_does_not_read_costs_no_turns) { /* KF-050 */
  unsigned turns;
  start(read_nothing, 0);
  upload_start(&u, &w, 2 * MB, 2 * MB);
  world_rest(&w);
  turns = w.turns;
  world_pass(&w, 50);
  turns = w.turns - turns;
  fcl_script_signal(w.script, "go on");
  upload_wait(&u);
  ck_assert_done(&u.x);
  ck_assert_uint_lt(turns, 10);
}
END_TEST

/* ---- Callers that act inside callbacks ---- */

static exchange many[6];

static void free_others(exchange *one, const char *what) {
  size_t n;
  if (strcmp(what, "done") == 0 && one == many)
    for (n = 1; n < 5; n++)
      fcl_request_cancel(many[n].request);
}

START_TEST(requests_that_wait_may_be_canceled_by_one_that_is_done) { /* KF-053 */
  size_t n;
  memset(many, 0, sizeof many);
  w.options.max_connections = 1;
  start(NULL, 0);
  for (n = 0; n < 6; n++) {
    many[n].then = free_others;
    exchange_get(&many[n], &w);
  }
  for (n = 0; n < 6; n++)
    exchange_wait(&many[n]);
  ck_assert_done(&many[0]);
  for (n = 1; n < 5; n++)
    ck_assert_str_eq(many[n].log, "done CANCELED; ");
  ck_assert_done(&many[5]);
}
END_TEST

static void long_answer(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_request(s);
  fcl_script_stdout(s, TEXT);
  wire_send_body(s, 2 * MB);
  fcl_script_read_eof(s); /* all of it may be read before what the callback asked for is done */
}

static void close_inside(exchange *one, const char *what) {
  if (strcmp(what, "body") != 0 || one->bodies > 1)
    return;
  if (now == 0)
    fcl_request_cancel(one->request);
  else
    fcl_pool_close(one->w->pool, 0);
}

START_TEST(a_request_may_be_ended_inside_its_own_data_callback) { /* KF-062 */
  x.then = close_inside;
  start(long_answer, _i);
  exchange_get(&x, &w);
  exchange_wait(&x);
  ck_assert_int_ne(x.result.error.code, FCL_OK);
}
END_TEST

/* Serves whoever stays: 0 is left in the queue, 1 before an answer, 2 behind its head, 3 in its
 * body. */
static void serve_leavers(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_script_may_close(s);
    fcl_script_read_request(s);
    if (now >= 2)
      fcl_script_stdout(s, TEXT);
    if (now == 3)
      wire_send_body(s, 100000);
    if (now == 1)
      fcl_script_signal(s, "read");
    if (fcl_script_seen(s) && fcl_script_seen(s)->param_count == 2)
      fcl_script_flush(s);
    else
      fcl_script_answer(s, HELLO);
  }
}

static void leave(exchange *one) {
  exchange_get(one, &w);
  if (now == 1)
    world_wait_point(&w, "read");
  else if (now == 2)
    world_wait(&w, &one->heads, 1);
  else if (now == 3)
    world_wait(&w, &one->bodies, 1);
  fcl_request_cancel(one->request);
  exchange_wait(one);
  ck_assert_int_eq(one->result.error.code, FCL_E_CANCELED);
}

START_TEST(an_application_is_not_blamed_for_callers_that_leave) { /* KF-056 */
  int n;
  w.options.rapid_fails = 2;
  start(serve_leavers, _i);
  for (n = 0; n < 20; n++) {
    memset(&x, 0, sizeof x);
    leave(&x);
  }
  memset(&x, 0, sizeof x);
  exchange_new(&x, &w, "GET");
  fcl_request_param(x.request, "STAYS", "1");
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_done(&x);
  ck_assert_uint_eq(w.events, 0);
}
END_TEST

/* ---- Clocks that look both ways ---- */

/* More than a part of an exchange takes, on a busy machine too. */
static unsigned activity_ms(void) {
  return system_shares_process ? 2000 : 2 * world_short_ms();
}

/* Ten of them are longer. */
static unsigned pause_ms(void) {
  return activity_ms() / 6;
}

static void take_slowly(fcl_script *s, void *user) {
  int n;
  fcl_script_accept(s);
  fcl_script_read_params(s);
  for (n = 1; n <= 10; n++) {
    fcl_script_read_body(s, (uint64_t) n * 400000);
    fcl_script_pause(s, pause_ms());
  }
  fcl_script_read_request(s);
  fcl_script_answer(s, HELLO);
}

START_TEST(a_long_upload_without_an_answer_is_activity) { /* KF-061 */
  w.listen = system_narrow;
  w.options.activity_ms = activity_ms();
  start(take_slowly, 0);
  upload_start(&u, &w, 4000000, 4000000);
  upload_wait(&u);
  ck_assert_done(&u.x);
}
END_TEST

static void answer_slowly(fcl_script *s, void *user) {
  int n;
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_stdout(s, TEXT);
  for (n = 0; n < 10; n++) {
    fcl_script_stdout(s, "x");
    fcl_script_pause(s, pause_ms());
  }
  fcl_script_answer(s, "");
}

START_TEST(a_slow_answer_of_unknown_length_is_whole_at_its_end) { /* KF-059, KF-060 */
  w.options.activity_ms = activity_ms();
  start(answer_slowly, 0);
  wire_get(&x, &w);
  ck_assert_done(&x);
  ck_assert_uint_eq(x.received, 10);
}
END_TEST

int main(void) {
  TCase *t = wire_case("overlap");
  tcase_add_loop_test(t, an_answer_of_10_MB_before_a_body_of_10_MB_is_read_locks_nobody, 0, 4);
  tcase_add_test(t, an_answer_streams_while_the_body_does);
  test_add_loop(t, an_end_in_mid_upload_is_the_answer_and_the_connection_is_spent, 0, 2 * EARLY);
  tcase_add_loop_test(t, an_application_that_leaves_with_stdin_unread_ends_the_request, 0, 4);
  tcase_add_test(t, an_application_that_does_not_read_costs_no_turns);
  tcase_add_test(t, a_long_upload_without_an_answer_is_activity);
  tcase_add_test(t, a_slow_answer_of_unknown_length_is_whole_at_its_end);
  tcase_add_test(t, requests_that_wait_may_be_canceled_by_one_that_is_done);
  tcase_add_loop_test(t, an_application_is_not_blamed_for_callers_that_leave, 0, 4);
  tcase_add_loop_test(t, a_request_may_be_ended_inside_its_own_data_callback, 0, 2);
  return test_suite_run("wire_overlap", &t, 1);
}
