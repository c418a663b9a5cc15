/* test_pipe_ends.c: the ends that a connection over a named pipe has: closed by who made it or who
   opened it, disconnected after all was read, or before. */
#include "client.h"

static HANDLE dial_script(fcl_script **s, void (*play)(fcl_script *, void *)) {
  const char *address = new_address();
  HANDLE pipe;
  *s = start(address, play, NULL);
  pipe = dial(address);
  ck_assert_ptr_ne(pipe, INVALID_HANDLE_VALUE);
  return pipe;
}

static void end_both(fcl_script *s, HANDLE pipe) {
  CloseHandle(pipe);
  end_well(s);
}

static void close_it(fcl_script *script, void *user) {
  fcl_script_accept(script);
  fcl_script_send(script, "last", 4);
  fcl_script_close(script);
}

START_TEST(a_close_lets_all_be_read_and_breaks_the_pipe) {
  fcl_script *s;
  HANDLE pipe = dial_script(&s, close_it);
  hear(pipe, "last");
  ck_assert_uint_eq(hear_end(pipe), ERROR_BROKEN_PIPE);
  end_both(s, pipe);
}
END_TEST

static void disconnect(fcl_script *script, void *user) {
  fcl_script_accept(script);
  fcl_script_send(script, "last", 4);
  fcl_script_half_close(script);
  fcl_script_read_eof(script);
}

/* As libfcgi and PHP end a connection. */
START_TEST(a_half_close_lets_all_be_read_and_disconnects) {
  fcl_script *s;
  HANDLE pipe = dial_script(&s, disconnect);
  hear(pipe, "last");
  ck_assert_uint_eq(hear_end(pipe), ERROR_PIPE_NOT_CONNECTED);
  end_both(s, pipe);
}
END_TEST

static void reset(fcl_script *script, void *user) {
  fcl_script_accept(script);
  fcl_script_send(script, "lost", 4);
  fcl_script_flush(script);
  fcl_script_signal(script, "sent");
  fcl_script_wait(script, "go");
  fcl_script_reset(script);
  fcl_script_signal(script, "reset");
}

START_TEST(a_reset_disconnects_and_what_was_not_read_is_lost) {
  fcl_script *s;
  HANDLE pipe = dial_script(&s, reset);
  fcl_script_signal(s, "go");
  ck_assert(fcl_script_wait(s, "reset"));
  ck_assert_uint_eq(hear_end(pipe), ERROR_PIPE_NOT_CONNECTED);
  end_both(s, pipe);
}
END_TEST

static void read_end(fcl_script *script, void *user) {
  fcl_script_accept(script);
  fcl_script_read_request(script);
  fcl_script_read_eof(script);
}

START_TEST(a_client_that_closes_is_an_end_for_the_script) {
  fcl_script *s;
  HANDLE pipe = dial_script(&s, read_end);
  say(pipe, REQUEST);
  end_both(s, pipe);
}
END_TEST

static void answer_late(fcl_script *script, void *user) {
  fcl_script_accept(script);
  fcl_script_read_request(script);
  fcl_script_wait(script, "gone");
  fcl_script_answer(script, "hi");
  fcl_script_drain(script); /* its thread has tried to write it */
  fcl_script_answer(script, "hi");
}

START_TEST(a_client_that_has_gone_makes_sending_fail) {
  fcl_script *s;
  fcl_error e;
  HANDLE pipe = dial_script(&s, answer_late);
  say(pipe, REQUEST);
  CloseHandle(pipe);
  fcl_script_signal(s, "gone");
  ck_assert_int_eq(fcl_script_end(s, &e), FCL_E_PROTOCOL);
  ck_assert_msg(strstr(e.text, "the server closed the connection"), "%s", e.text);
}
END_TEST

static void drain(fcl_script *script, void *user) {
  fcl_script_accept(script);
  fcl_script_send(script, "abc", 3);
  fcl_script_drain(script);
  fcl_script_signal(script, "drained");
}

START_TEST(all_is_read_when_a_script_says_so) {
  fcl_script *s;
  HANDLE pipe = dial_script(&s, drain);
  hear(pipe, "a");
  ck_assert_int_eq(fcl_script_reached(s, "drained"), 0);
  hear(pipe, "bc");
  ck_assert(fcl_script_wait(s, "drained"));
  end_both(s, pipe);
}
END_TEST

static void refuse(fcl_script *script, void *user) {
  fcl_script_accept(script);
  fcl_script_refuse(script);
  fcl_script_read_eof(script);
}

/* The name lives on with the connection. */
START_TEST(a_script_that_listens_no_more_is_busy) {
  fcl_script *s;
  HANDLE pipe = dial_script(&s, refuse), second;
  char name[128];
  strcpy(name, fcl_script_address(s) + 5);
  do /* until then there are instances that nobody takes */
    second = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
  while (second != INVALID_HANDLE_VALUE && CloseHandle(second));
  ck_assert_uint_eq(GetLastError(), ERROR_PIPE_BUSY);
  end_both(s, pipe);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("pipe ends");
  tcase_add_test(t, a_close_lets_all_be_read_and_breaks_the_pipe);
  tcase_add_test(t, a_half_close_lets_all_be_read_and_disconnects);
  tcase_add_test(t, a_reset_disconnects_and_what_was_not_read_is_lost);
  tcase_add_test(t, a_client_that_closes_is_an_end_for_the_script);
  tcase_add_test(t, a_client_that_has_gone_makes_sending_fail);
  tcase_add_test(t, all_is_read_when_a_script_says_so);
  tcase_add_test(t, a_script_that_listens_no_more_is_busy);
  return test_suite_run("pipe ends", &t, 1);
}
