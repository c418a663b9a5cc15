/* test_wire_reading.c: what comes in on the wire: STDERR of every kind, ends with data pending,
   stray and wrong records, heads of every size (known faults of others: KF-026, KF-029 to KF-042).
 */
#include "client/wire_case.h"
#include <stdio.h>
#include <stdlib.h>

static answer a;

/* ---- STDERR ---- */

static void empty_stderr(fcl_script *s, void *user) {
  size_t padding = now & 1 ? 3 : 0;
  fcl_script_accept(s);
  fcl_script_read_request(s);
  if (now & 2)
    fcl_script_send_record(s, FCL_STDERR, 1, "", 0, padding);
  fcl_script_stdout(s, TEXT);
  if (now & 4)
    fcl_script_send_record(s, FCL_STDERR, 1, "", 0, padding);
  fcl_script_stdout(s, "hi");
  fcl_script_stdout(s, "");
  if (now & 8)
    fcl_script_send_record(s, FCL_STDERR, 1, "", 0, padding);
  fcl_script_drain(s); /* the last record of a read is that one */
  fcl_script_end_request(s, 0, FCL_REQUEST_COMPLETE);
}

START_TEST(empty_stderr_records_change_nothing_wherever_they_stand) { /* KF-026 */
  start(empty_stderr, _i);
  wire_get(&x, &w);
  ck_assert_str_eq(x.log, "head 200; body \"hi\"; done OK; ");
}
END_TEST

static const size_t err_sizes[] = {1, 8191, 8192, 8193, 65519, 65520, 65527, 65528, 65529, 65535};
#define ERR_SIZES (int) (sizeof err_sizes / sizeof *err_sizes)

static void big_stderr(fcl_script *s, void *user) {
  char *text = wire_bytes(65535);
  int n;
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_stdout(s, TEXT);
  for (n = 0; n < 40; n++)
    fcl_script_send_record(s, FCL_STDERR, 1, text, err_sizes[now], 0);
  fcl_script_stdout(s, "hi");
  fcl_script_end_request(s, 0, FCL_REQUEST_COMPLETE);
  free(text);
}

START_TEST(stderr_of_any_size_without_a_newline_is_handed_on) { /* KF-031, KF-034, KF-035 */
  start(big_stderr, _i);
  wire_get(&x, &w);
  ck_assert_done(&x);
  ck_assert_uint_eq(x.received, 2);
  ck_assert_uint_ge(x.errs, 40);
}
END_TEST

START_TEST(stderr_of_any_size_becomes_events) { /* KF-034, KF-035: controls and NULs in it too */
  start(big_stderr, _i);
  answer_get(&a, &w, "GET");
  ck_assert_int_eq(a.result.error.code, FCL_OK);
  ck_assert_str_eq(a.body, "hi");
  ck_assert_uint_ge(w.events, 1);
}
END_TEST

static void formats(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_stderr(s, "%s%n%d%1000000d");
  fcl_script_answer(s, HELLO);
}

START_TEST(percent_signs_in_stderr_are_text) { /* KF-032 */
  start(formats, 0);
  answer_get(&a, &w, "GET");
  ck_assert_int_eq(a.result.error.code, FCL_OK);
  ck_assert_msg(strstr(w.sentence, "STDERR: %s%n%d%1000000d") != NULL, "%s", w.sentence);
}
END_TEST

static void controls(fcl_script *s, void *user) {
  static const char text[] = "a\r\nFORGED\33[31m\0b\377\302\205z";
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_stream(s, FCL_STDERR, text, sizeof text - 1);
  fcl_script_answer(s, HELLO);
}

START_TEST(controls_in_stderr_are_escaped) { /* KF-033 */
  const char *at;
  start(controls, 0);
  answer_get(&a, &w, "GET");
  ck_assert_int_eq(a.result.error.code, FCL_OK);
  ck_assert_ptr_nonnull(strstr(w.sentence, "\\x1b[31m"));
  for (at = w.sentence; *at; at++)
    ck_assert_msg((unsigned char) *at >= 0x20 && *at != 0x7f && *at != '\377', "%s", w.sentence);
}
END_TEST

/* 16 MB in records of 1 and of 65,535 bytes, with STDOUT between. */
static void flood(fcl_script *s, void *user) {
  char *text = wire_bytes(65535);
  int n;
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_stdout(s, TEXT);
  for (n = 0; n < 256; n++) {
    int i;
    fcl_script_send_record(s, FCL_STDERR, 1, text, 65535, 0);
    for (i = 0; i < 200; i++)
      fcl_script_send_record(s, FCL_STDERR, 1, "e", 1, 0);
    fcl_script_stdout(s, "o");
  }
  fcl_script_end_request(s, 0, FCL_REQUEST_COMPLETE);
  free(text);
}

START_TEST(a_flood_of_stderr_takes_no_memory_and_harms_no_answer) { /* KF-037 */
  size_t before;
  start(flood, 0);
  before = w.memory.peak;
  answer_get(&a, &w, "GET");
  ck_assert_int_eq(a.result.error.code, FCL_OK);
  ck_assert_uint_eq(a.body_len, 256);
  ck_assert_uint_lt(w.memory.peak - before, 400000);
  ck_assert_uint_lt(w.events,
                    50); /* nor does it flood the log: 64 KiB of a request's STDERR are shown */
}
END_TEST

/* ---- Ends with data pending ---- */

static void say_all_and_close(fcl_script *s, void *user) {
  int n;
  for (n = 0; n < 100; n++) {
    fcl_script_accept(s);
    fcl_script_read_request(s);
    fcl_script_stdout(s, TEXT);
    wire_send_body(s, (size_t) n * 1500);
    if (now == 0)
      fcl_script_stdout(s, "");
    fcl_script_end_request(s, 0, FCL_REQUEST_COMPLETE);
    fcl_script_close(s);
  }
}

START_TEST(what_was_said_before_a_close_is_heard) { /* KF-029, KF-046, KF-065 */
  int n;
  if (_i & 2)
    w.listen = "tcp:127.0.0.1:0";
  w.options.new_connection_each = 1;
  start(say_all_and_close, _i & 1);
  for (n = 0; n < 100; n++) {
    wire_get(&x, &w);
    ck_assert_done(&x);
    ck_assert_body(&x, (size_t) n * 1500);
    ck_assert_int_eq(x.result.unclean, 0);
  }
}
END_TEST

/* ---- Wrong records ---- */

static const struct {
  const char *bytes;
  size_t len;
  const char *words; /* NULL: it is skipped */
} wrongs[] = {
#define WRONG(bytes, words)                                                                        \
  { (bytes), sizeof(bytes) - 1, (words) }
    /* KF-030 */
    WRONG("\1\6\0\0\0\1\0\0x",
          "a record of a request with id 0 (record 1 of the connection, type 6 STDOUT"),
    WRONG("\1\7\0\0\0\1\0\0x",
          "a record of a request with id 0 (record 1 of the connection, type 7 STDERR"),
    WRONG("\1\3\0\0\0\10\0\0\0\0\0\0\0\0\0\0",
          "a record of a request with id 0 (record 1 of the connection, type 3 END_REQUEST"),
    WRONG("\1\12\0\1\0\0\0\0", NULL),
    WRONG("\1\13\0\1\0\10\0\0\77\0\0\0\0\0\0\0", NULL),
    /* What only servers send. */
    WRONG("\1\1\0\1\0\10\0\0\0\1\1\0\0\0\0\0",
          "that only web servers send (record 1 of the connection, type 1"),
    WRONG("\1\2\0\1\0\0\0\0", "that only web servers send (record 1 of the connection, type 2"),
    WRONG("\1\4\0\1\0\0\0\0", "that only web servers send (record 1 of the connection, type 4"),
    WRONG("\1\5\0\1\0\0\0\0", "that only web servers send (record 1 of the connection, type 5"),
    WRONG("\1\10\0\1\0\0\0\0", "that only web servers send (record 1 of the connection, type 8"),
    WRONG("\1\11\0\0\0\0\0\0", "that only web servers send (record 1 of the connection, type 9"),
    WRONG("\1\3\0\1\0\7\0\0\0\0\0\0\0\0\0", "an END_REQUEST record that is too short"),
    WRONG("\1\3\0\1\0\10\0\0\0\0\0\0\4\0\0\0",
          "protocolStatus 4 (record 1 of the connection, type 3 END_REQUEST"),
    /* Other peers. */
    WRONG("HTTP/1.1 400 Bad Request\r\n\r\n",
          "version 72 (record 1 of the connection, at offset 0"),
    WRONG("\26\3\1\0\0\0\0\0", "that is TLS"),
    WRONG("\25\3\1\0\2\2\106", "that is TLS"),
    WRONG("\0\0\0\0\0\0\0\0", "it has lost its place"),
    WRONG("\2\6\0\1\0\0\0\0", "version 2"),
};
#define WRONGS (int) (sizeof wrongs / sizeof *wrongs)

static void send_wrong(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_send(s, wrongs[now].bytes, wrongs[now].len);
  if (wrongs[now].words == NULL) {
    fcl_script_answer(s, HELLO);
    return;
  }
  fcl_script_may_close(s);
  fcl_script_read_eof(s); /* it is not kept */
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_answer(s, HELLO);
}

START_TEST(a_wrong_record_is_named_and_the_next_request_works) { /* KF-030 */
  start(send_wrong, _i);
  wire_get(&x, &w);
  if (wrongs[_i].words == NULL) {
    ck_assert_done(&x);
    return;
  }
  ck_assert_error(&x, FCL_E_PROTOCOL, wrongs[_i].words);
  ck_assert_str_eq(x.log, "done PROTOCOL; ");
  wire_get(&x, &w);
  ck_assert_done(&x);
}
END_TEST

/* ---- Behind the end ---- */

static const struct {
  const char *bytes;
  size_t len;
} strays[] = {{"\0", 1},
              {"\0\0\0\0\0\0\0\0", 8},
              {END_REQUEST, 16},
              {"\1\6\0\1\0\1\0\0x", 9},
              {"\1\7\0\1\0\0\0\0", 8}};
#define STRAYS (int) (sizeof strays / sizeof *strays)

static void stray(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_answer(s, HELLO);
  if (now >= STRAYS)
    fcl_script_wait(s, "all is read"); /* they come in a read of their own */
  fcl_script_may_close(s);
  fcl_script_send(s, strays[now % STRAYS].bytes, strays[now % STRAYS].len);
  fcl_script_read_eof(s);
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_answer(s, HELLO);
}

/* Those in a read of their own are told of.  Of others the script says nothing, so the second
   request comes after the loop has come to rest; either way it must not go out on the first
   connection. */
START_TEST(stray_bytes_behind_the_end_harm_no_request) { /* KF-042, KF-049 */
  unsigned told;
  start(stray, _i);
  wire_get(&x, &w);
  ck_assert_done(&x);
  told = w.events;
  if (_i >= STRAYS) {
    fcl_script_signal(w.script, "all is read");
    world_wait(&w, &w.events, told + 1);
    ck_assert_msg(strstr(w.sentence, "outside of any request, behind record 3") != NULL, "%s",
                  w.sentence);
  } else {
    world_pass(&w, 30);
  }
  wire_get(&x, &w);
  ck_assert_done(&x);
}
END_TEST

/* ---- Stalls ---- */

static void stall(fcl_script *s, void *user) {
  static const char wire[] = "\1\6\0\1\0\36\2\0" TEXT "hi"
                             "\0\0" END_REQUEST;
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_send(s, wire, (size_t) now);
  fcl_script_signal(s, "stalled");
  fcl_script_wait(s, "go on");
  fcl_script_send(s, wire + now, sizeof wire - 1 - (size_t) now);
}

START_TEST(a_stall_inside_a_record_costs_no_turns) { /* KF-039 */
  unsigned turns;
  start(stall, _i);
  exchange_get(&x, &w);
  world_wait_point(&w, "stalled");
  world_rest(&w);
  turns = w.turns;
  world_pass(&w, 30);
  turns = w.turns - turns;
  fcl_script_signal(w.script, "go on");
  exchange_wait(&x);
  ck_assert_done(&x);
  ck_assert_uint_lt(turns, 10);
}
END_TEST

/* ---- Heads ---- */

static const size_t head_sizes[] = {8191,  8192,  8193,  16384, 65500,
                                    65535, 65536, 65537, 70000, 1000000};
#define HEAD_SIZES (int) (sizeof head_sizes / sizeof *head_sizes)

/* One head of exactly that size: a line, and the blank one. */
static char *head_of(size_t size) {
  char *head = malloc(size + 1);
  memset(head, 'x', size);
  memcpy(head, TEXT, sizeof TEXT - 3);
  memcpy(head + sizeof TEXT - 3, "X-Long: ", 8);
  memcpy(head + size - 4, "\r\n\r\n", 5);
  return head;
}

static void long_head(fcl_script *s, void *user) {
  size_t size = head_sizes[now % HEAD_SIZES], piece = now < HEAD_SIZES ? 65528 : 1000, at;
  char *head = head_of(size);
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_request(s);
  for (at = 0; at < size; at += piece)
    fcl_script_stream(s, FCL_STDOUT, head + at, size - at < piece ? size - at : piece);
  fcl_script_answer(s, "hi");
  free(head);
}

START_TEST(a_head_of_up_to_64_KiB_is_taken_and_a_longer_one_refused) { /* KF-036 */
  start(long_head, _i);
  wire_get(&x, &w);
  if (head_sizes[_i % HEAD_SIZES] <= 65536)
    ck_assert_str_eq(x.log, "head 200; body \"hi\"; done OK; ");
  else
    ck_assert_error(&x, FCL_E_HEAD, "65536");
}
END_TEST

/* ---- A response that was read in part ---- */

static void two_big(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_request(s);
  fcl_script_stdout(s, TEXT);
  wire_send_body(s, 3000000);
  fcl_script_stdout(s, "");
  fcl_script_end_request(s, 0, FCL_REQUEST_COMPLETE);
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_answer(s, HELLO);
}

START_TEST(the_rest_of_a_response_is_never_taken_for_the_next_one) { /* KF-040 */
  exchange second = {0};
  x.body_flow = FCL_HOLD;
  start(two_big, 0);
  exchange_get(&x, &w);
  world_wait(&w, &x.bodies, 1);
  fcl_request_cancel(x.request);
  fcl_request_resume(x.request);
  exchange_wait(&x);
  wire_get(&second, &w);
  ck_assert_str_eq(second.log, "head 200; body \"hello\"; done OK; ");
}
END_TEST

int main(void) {
  TCase *t = wire_case("reading");
  tcase_add_loop_test(t, empty_stderr_records_change_nothing_wherever_they_stand, 0, 16);
  test_add_loop(t, stderr_of_any_size_without_a_newline_is_handed_on, 0, ERR_SIZES);
  test_add_loop(t, stderr_of_any_size_becomes_events, 0, ERR_SIZES);
  tcase_add_test(t, percent_signs_in_stderr_are_text);
  tcase_add_test(t, controls_in_stderr_are_escaped);
  tcase_add_test(t, a_flood_of_stderr_takes_no_memory_and_harms_no_answer);
  tcase_add_loop_test(t, what_was_said_before_a_close_is_heard, 0, 4);
  test_add_loop(t, a_wrong_record_is_named_and_the_next_request_works, 0, WRONGS);
  test_add_loop(t, stray_bytes_behind_the_end_harm_no_request, 0, 2 * STRAYS);
  test_add_loop(t, a_stall_inside_a_record_costs_no_turns, 0, 54);
  test_add_loop(t, a_head_of_up_to_64_KiB_is_taken_and_a_longer_one_refused, 0, 2 * HEAD_SIZES);
  tcase_add_test(t, the_rest_of_a_response_is_never_taken_for_the_next_one);
  return test_suite_run("wire_reading", &t, 1);
}
