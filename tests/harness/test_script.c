/* test_script.c: the scripted application does what it is told. */
#include "harness/server.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- Conversations ---- */

static void converse(const char *address) {
  start_at(address, one_request, 5000);
  fd = dial();
  ck_assert_int_ge(fd, 0);
  say(REQUEST);
  hear(ANSWER);
  end_well();
}

START_TEST(a_request_is_read_and_answered) {
  converse(NULL);
}
END_TEST

START_TEST(it_listens_on_a_port_of_its_own) {
  converse("tcp:127.0.0.1:0");
}
END_TEST

START_TEST(it_listens_on_a_path_and_removes_it) {
  char address[64];
  snprintf(address, sizeof address, "unix:/tmp/fcl-test-script-%ld", (long) getpid());
  converse(address);
  ck_assert_int_eq(access(address + 5, F_OK), -1);
}
END_TEST

START_TEST(a_socket_pair_needs_no_address) {
  start_at("pair", one_request, 5000);
  fd = fcl_script_fd(s);
  say(REQUEST);
  hear(ANSWER);
  end_well();
}
END_TEST

START_TEST(an_address_that_is_none_is_refused) {
  fcl_script_options o = {0};
  fcl_error e;
  o.address = "http://x";
  o.play = one_request;
  ck_assert_int_eq(fcl_script_start(&s, &o, &e), FCL_E_INVAL);
  ck_assert_msg(strstr(e.text, "http://x"), "%s", e.text);
  ck_assert_ptr_null(s);
}
END_TEST

START_TEST(a_taken_address_is_refused_with_the_reason) {
  fcl_script *second;
  fcl_script_options o = {0};
  fcl_error e;
  start(one_request);
  o.address = fcl_script_address(s);
  o.play = one_request;
  ck_assert_int_eq(fcl_script_start(&second, &o, &e), FCL_E_CONFIG);
  ck_assert_msg(strstr(e.text, strerror(EADDRINUSE)), "%s", e.text);
  fd = dial();
  say(REQUEST);
  hear(ANSWER);
  end_well();
}
END_TEST

static void two_requests(fcl_script *script, void *user) {
  fcl_script_accept(script);
  fcl_script_read_request(script);
  fcl_script_answer(script, "hi");
  fcl_script_read_request(script);
  fcl_script_expect(script, fcl_script_seen(script) && fcl_script_seen(script)->number == 2,
                    "this is the second");
  fcl_script_answer(script, "hi");
  fcl_script_read_eof(script);
}

START_TEST(a_kept_connection_brings_another_request) {
  start(two_requests);
  fd = dial();
  say(REQUEST);
  hear(ANSWER);
  say(REQUEST);
  hear(ANSWER);
  close(fd);
  fd = -1;
  end_well();
}
END_TEST

static void two_connections(fcl_script *script, void *user) {
  fcl_script_accept(script);
  fcl_script_accept(script);
  fcl_script_use(script, 1);
  fcl_script_send(script, "one", 3);
  fcl_script_use(script, 2);
  fcl_script_send(script, "two", 3);
}

START_TEST(several_connections_are_open_at_once) {
  int first;
  start(two_connections);
  first = dial();
  fd = dial();
  hear("two");
  close(fd);
  fd = first;
  hear("one");
  end_well();
}
END_TEST

static void serve_all(fcl_script *script, void *user) {
  while (fcl_script_next(script)) {
    fcl_script_read_request(script);
    fcl_script_answer(script, "hi");
  }
}

START_TEST(next_serves_all_connections_until_the_end) {
  int first;
  start(serve_all);
  first = dial();
  fd = dial();
  say(REQUEST);
  hear(ANSWER);
  close(fd);
  fd = first;
  say(REQUEST);
  hear(ANSWER);
  say(REQUEST);
  hear(ANSWER);
  end_well();
}
END_TEST

/* ---- What goes out, and how ---- */

static void padded(fcl_script *script, void *user) {
  fcl_script_accept(script);
  fcl_script_send_record(script, FCL_STDERR, 258, "x", 1, 2);
}

START_TEST(a_record_goes_out_byte_by_byte_as_told) {
  start(padded);
  fd = dial();
  hear("\1\7\1\2\0\1\2\0"
       "x"
       "\0\0");
  end_well();
}
END_TEST

static void cut_at_four(fcl_script *script, void *user) {
  fcl_script_accept(script);
  fcl_script_cut(script, 4);
  fcl_script_send(script, "abcdefgh", 8);
}

/* Whatever it asks for, a reader gets no more than the piece, for the rest is not sent before that
 * is read. */
static void hear_two_pieces(void) {
  char got[64];
  fd = dial();
  ck_assert_int_eq((int) recv(fd, got, sizeof got, 0), 4);
  ck_assert_int_eq((int) recv(fd, got, sizeof got, 0), 4);
  end_well();
}

START_TEST(a_cut_makes_two_reads_on_a_unix_socket) {
  start(cut_at_four);
  hear_two_pieces();
}
END_TEST

START_TEST(a_cut_makes_two_reads_on_tcp) {
  start_at("tcp:127.0.0.1:0", cut_at_four, 5000);
  hear_two_pieces();
}
END_TEST

static void in_threes(fcl_script *script, void *user) {
  fcl_script_accept(script);
  fcl_script_pieces(script, 3);
  fcl_script_send(script, "abcd", 4);
  fcl_script_flush(script);
  fcl_script_send(script, "efgh", 4);
}

/* abc d|ef gh: the flush in between sends less than a piece, and the next send completes it. */
START_TEST(pieces_are_cut_across_sends) {
  char got[64];
  size_t total = 0;
  int reads = 0;
  start(in_threes);
  fd = dial();
  for (; total < 8; reads++) {
    ssize_t len = recv(fd, got + total, sizeof got - total, 0);
    ck_assert_int_gt((int) len, 0);
    ck_assert_int_le((int) len, 3);
    total += (size_t) len;
  }
  ck_assert_mem_eq(got, "abcdefgh", 8);
  ck_assert_int_ge(reads, 3);
  end_well();
}
END_TEST

static void speak_and_go(fcl_script *script, void *user) {
  fcl_script_accept(script);
  fcl_script_send(script, "bye", 3);
  fcl_script_half_close(script);
  fcl_script_read(script, 16);
  fcl_script_expect(script, fcl_script_received(script).len == 16,
                    "the BEGIN_REQUEST came behind our half-close");
}

START_TEST(half_closed_it_still_reads) {
  start(speak_and_go);
  fd = dial();
  hear("bye");
  hear_eof();
  say(BEGIN);
  end_well();
}
END_TEST

static void reset_it(fcl_script *script, void *user) {
  fcl_script_accept(script);
  fcl_script_reset(script);
}

START_TEST(a_reset_is_one_on_tcp) {
  char byte;
  start_at("tcp:127.0.0.1:0", reset_it, 5000);
  fd = dial();
  ck_assert_int_eq((int) recv(fd, &byte, 1, 0), -1);
  ck_assert_int_eq(errno, ECONNRESET);
  end_well();
}
END_TEST

static void refuse_more(fcl_script *script, void *user) {
  fcl_script_accept(script);
  fcl_script_refuse(script);
  fcl_script_signal(script, "refusing");
}

START_TEST(no_listener_refuses_connections) {
  start_at("tcp:127.0.0.1:0", refuse_more, 5000);
  fd = dial();
  ck_assert(fcl_script_wait(s, "refusing"));
  ck_assert_int_eq(dial(), -1);
  end_well();
}
END_TEST

static void read_nothing_until_told(fcl_script *script, void *user) {
  fcl_script_accept(script);
  fcl_script_wait(script, "read");
  fcl_script_read_request(script);
}

START_TEST(it_stops_reading_until_it_is_told) {
  enum { SIZE = 8 + 65535, COUNT = 64 };
  char *wire = calloc(COUNT, SIZE);
  size_t at = 0;
  ssize_t n = 0;
  int i;
  for (i = 0; i < COUNT; i++)
    memcpy(wire + (size_t) i * SIZE, "\1\5\0\1\377\377\0\0", 8);
  start(read_nothing_until_told);
  fd = dial();
  say(BEGIN PARAMS_END);
  for (; n >= 0 && at<(size_t) COUNT * SIZE; at += n> 0 ? (size_t) n : 0)
    n = send(fd, wire + at, (size_t) COUNT * SIZE - at, MSG_DONTWAIT | MSG_NOSIGNAL);
  ck_assert_int_lt((int) n, 0); /* the system holds no more, so nobody reads */
  ck_assert_int_eq(errno, EAGAIN);
  fcl_script_signal(s, "read");
  say_bytes(wire + at, (size_t) COUNT * SIZE - at);
  free(wire);
  say(STDIN_END);
  end_well();
}
END_TEST

static void signal_behind_bytes(fcl_script *script, void *user) {
  fcl_script_accept(script);
  fcl_script_send(script, "x", 1);
  fcl_script_signal(script, "sent");
  fcl_script_wait(script, "go on");
}

START_TEST(what_was_sent_before_a_signal_is_out) {
  char byte;
  start(signal_behind_bytes);
  fd = dial();
  ck_assert(fcl_script_wait(s, "sent"));
  ck_assert_int_eq((int) recv(fd, &byte, 1, MSG_DONTWAIT), 1);
  fcl_script_signal(s, "go on");
  end_well();
}
END_TEST

static void add_conversations(TCase *t) {
  tcase_add_test(t, a_request_is_read_and_answered);
  tcase_add_test(t, it_listens_on_a_port_of_its_own);
  tcase_add_test(t, it_listens_on_a_path_and_removes_it);
  tcase_add_test(t, a_socket_pair_needs_no_address);
  tcase_add_test(t, an_address_that_is_none_is_refused);
  tcase_add_test(t, a_taken_address_is_refused_with_the_reason);
  tcase_add_test(t, a_kept_connection_brings_another_request);
  tcase_add_test(t, several_connections_are_open_at_once);
  tcase_add_test(t, next_serves_all_connections_until_the_end);
}

static void add_sending(TCase *t) {
  tcase_add_test(t, a_record_goes_out_byte_by_byte_as_told);
  tcase_add_test(t, a_cut_makes_two_reads_on_a_unix_socket);
  tcase_add_test(t, a_cut_makes_two_reads_on_tcp);
  tcase_add_test(t, pieces_are_cut_across_sends);
  tcase_add_test(t, half_closed_it_still_reads);
  tcase_add_test(t, a_reset_is_one_on_tcp);
  tcase_add_test(t, no_listener_refuses_connections);
  tcase_add_test(t, it_stops_reading_until_it_is_told);
  tcase_add_test(t, what_was_sent_before_a_signal_is_out);
}

int main(void) {
  TCase *t = tcase_create("script");
  tcase_set_timeout(t, 30);
  tcase_add_checked_fixture(t, setup, teardown);
  add_conversations(t);
  add_sending(t);
  return test_suite_run("script", &t, 1);
}
