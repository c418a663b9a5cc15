/* test_pipes.c: scripts, transcripts and relays at named pipes. */
#include "client.h"

static void get_answer(const char *address) {
  HANDLE pipe = dial(address);
  ck_assert_ptr_ne(pipe, INVALID_HANDLE_VALUE);
  say(pipe, REQUEST);
  hear(pipe, ANSWER);
  CloseHandle(pipe);
}

START_TEST(a_request_is_read_and_answered) {
  const char *address = new_address();
  fcl_script *s = start(address, one_request, NULL);
  ck_assert_str_eq(fcl_script_address(s), address);
  get_answer(address);
  end_well(s);
}
END_TEST

static DWORD dial_in_vain(const char *address) {
  return dial(address) == INVALID_HANDLE_VALUE ? GetLastError() : ERROR_SUCCESS;
}

START_TEST(nobody_is_there_afterwards) {
  const char *address = new_address();
  fcl_script *s = start(address, one_request, NULL);
  get_answer(address);
  end_well(s);
  ck_assert_uint_eq(dial_in_vain(address), ERROR_FILE_NOT_FOUND);
}
END_TEST

START_TEST(pipe_alone_is_a_free_name) {
  fcl_script *one = start("pipe:", one_request, NULL), *two = start("pipe:", one_request, NULL);
  ck_assert_str_ne(fcl_script_address(one), fcl_script_address(two));
  get_answer(fcl_script_address(one));
  get_answer(fcl_script_address(two));
  end_well(one);
  end_well(two);
}
END_TEST

START_TEST(an_address_that_is_no_pipe_of_this_machine_is_refused) {
  static const char *const wrong[] = {"pipe:name", "pipe:\\\\.\\pipe\\",
                                      "pipe:\\\\other\\pipe\\name", "pipe:\\\\.\\pipe\\a\\b"};
  fcl_script_options o = {0};
  fcl_script *s;
  fcl_error e;
  o.address = wrong[_i];
  o.play = one_request;
  ck_assert_int_eq(fcl_script_start(&s, &o, &e), FCL_E_INVAL);
  ck_assert_ptr_nonnull(strstr(e.text, "it is not pipe:\\\\.\\pipe\\NAME"));
}
END_TEST

/* ---- Several clients ---- */

static void all(fcl_script *script, void *user) {
  while (fcl_script_next(script)) {
    fcl_script_read_request(script);
    fcl_script_answer(script, "hi");
  }
}

START_TEST(clients_come_one_after_the_other) {
  const char *address = new_address();
  fcl_script *s = start(address, all, NULL);
  int n;
  for (n = 0; n < 20; n++)
    get_answer(address);
  end_well(s);
}
END_TEST

START_TEST(clients_are_there_side_by_side) {
  enum { CLIENTS = 20 };
  const char *address = new_address();
  fcl_script *s = start(address, all, NULL);
  HANDLE pipes[CLIENTS];
  int n;
  for (n = 0; n < CLIENTS; n++)
    pipes[n] = dial(address);
  for (n = CLIENTS - 1; n >= 0; n--) {
    say(pipes[n], REQUEST);
    hear(pipes[n], ANSWER);
  }
  for (n = 0; n < CLIENTS; n++)
    CloseHandle(pipes[n]);
  end_well(s);
}
END_TEST

static void in_order(fcl_script *script, void *user) {
  int n;
  for (n = 0; n < 4; n++)
    fcl_script_accept(script);
  for (n = 0; n < 4; n++) {
    fcl_script_use(script, (unsigned) n + 1);
    fcl_script_send(script, &"1234"[n], 1);
  }
}

START_TEST(connections_are_counted_in_the_order_in_which_they_came) {
  const char *address = new_address();
  HANDLE pipes[4];
  fcl_script *s;
  int n;
  s = start(address, in_order, NULL);
  for (n = 0; n < 4; n++)
    pipes[n] = dial(address);
  for (n = 0; n < 4; n++) {
    hear_bytes(pipes[n], &"1234"[n], 1);
    CloseHandle(pipes[n]);
  }
  end_well(s);
}
END_TEST

/* ---- Bytes ---- */

enum { LARGE = 1000000 };

static void send_large(fcl_script *script, void *large) {
  fcl_script_accept(script);
  fcl_script_send(script, large, LARGE);
  fcl_script_close(script);
}

static char *new_large(void) {
  char *large = malloc(LARGE);
  int n;
  for (n = 0; n < LARGE; n++)
    large[n] = (char) (n / 251 + n);
  return large;
}

START_TEST(more_than_a_pipe_holds_arrives_although_the_script_has_ended) {
  const char *address = new_address();
  char *large = new_large();
  fcl_script *s = start(address, send_large, large);
  HANDLE pipe = dial(address);
  hear_bytes(pipe, large, LARGE);
  ck_assert_uint_eq(hear_end(pipe), ERROR_BROKEN_PIPE);
  CloseHandle(pipe);
  end_well(s);
  free(large);
}
END_TEST

static void read_large(fcl_script *script, void *user) {
  fcl_script_accept(script);
  fcl_script_read_request(script);
  fcl_script_expect(script, fcl_script_seen(script)->in.len == 16 * 65528, "the body is whole");
  fcl_script_answer(script, "hi");
}

START_TEST(a_body_larger_than_a_pipe_arrives) {
  static const char content[65528];
  const char *address = new_address();
  fcl_script *s = start(address, read_large, NULL);
  HANDLE pipe = dial(address);
  int n;
  say(pipe, "\1\1\0\1\0\10\0\0\0\1\1\0\0\0\0\0\1\4\0\1\0\0\0\0");
  for (n = 0; n < 16; n++) {
    say(pipe, "\1\5\0\1\xff\xf8\0\0");
    say_bytes(pipe, content, sizeof content);
  }
  say(pipe, "\1\5\0\1\0\0\0\0");
  hear(pipe, ANSWER);
  CloseHandle(pipe);
  end_well(s);
}
END_TEST

static void cut_in_two(fcl_script *script, void *user) {
  fcl_script_accept(script);
  fcl_script_read_request(script);
  fcl_script_cut(script, (size_t) (intptr_t) user);
  fcl_script_answer(script, "hi");
}

/* Not before the first piece is read does the second go out. */
START_TEST(what_is_cut_is_two_readings) {
  const char *address = new_address();
  char got[64];
  fcl_script *s = start(address, cut_in_two, (void *) (intptr_t) _i);
  HANDLE pipe = dial(address);
  say(pipe, REQUEST);
  ck_assert_uint_eq(hear_once(pipe, got, sizeof got), _i);
  ck_assert_uint_eq(hear_once(pipe, got + _i, sizeof got), sizeof ANSWER - 1 - (size_t) _i);
  ck_assert_mem_eq(got, ANSWER, sizeof ANSWER - 1);
  CloseHandle(pipe);
  end_well(s);
}
END_TEST

/* ---- Transcripts and relays ---- */

static const char hello[] = "fcgi 1\n"
                            "claim \"hello\"\n"
                            "-- connection 1\n"
                            "> BEGIN_REQUEST flags=KEEP_CONN\n"
                            "> PARAMS {A=B}\n"
                            "> STDIN {\"abc\"}\n"
                            "< STDOUT {\"hi\"}\n"
                            "< END_REQUEST\n";

static fcl_transcript *start_transcript(const char *address) {
  fcl_transcript *t;
  fcl_error e;
  ck_assert_msg(fcl_transcript_start(&t, hello, address, &e) == FCL_OK, "%s", e.text);
  return t;
}

static void end_transcript(fcl_transcript *t) {
  fcl_error e;
  ck_assert_msg(fcl_transcript_end(t, &e) == FCL_OK, "%s", e.text);
}

START_TEST(a_transcript_is_played_at_a_pipe) {
  const char *address = new_address();
  fcl_transcript *t = start_transcript(address);
  get_answer(address);
  end_transcript(t);
}
END_TEST

START_TEST(a_transcript_is_played_to_a_pipe) {
  const char *address = new_address();
  fcl_script *s = start(address, one_request, NULL);
  fcl_error e;
  ck_assert_msg(fcl_transcript_play(hello, address, &e) == FCL_OK, "%s", e.text);
  end_well(s);
}
END_TEST

START_TEST(a_relay_stands_between_two_pipes) {
  fcl_relay_options o = {0};
  fcl_relay *r;
  fcl_error e;
  char address[128];
  fcl_script *s;
  o.faults[FCL_SIDE_APP].pieces = o.faults[FCL_SIDE_SERVER].pieces = (size_t) _i;
  strcpy(address, new_address());
  s = start(address, all, NULL);
  o.address = new_address();
  o.target = address;
  ck_assert_msg(fcl_relay_start(&r, &o, &e) == FCL_OK, "%s", e.text);
  get_answer(o.address);
  get_answer(o.address);
  fcl_relay_end(r);
  end_well(s);
}
END_TEST

START_TEST(a_relay_leads_from_a_port_to_a_pipe) {
  fcl_relay_options o = {0};
  fcl_relay *r;
  fcl_error e;
  fcl_script *s = start(new_address(), one_request, NULL);
  o.target = fcl_script_address(s);
  ck_assert_msg(fcl_relay_start(&r, &o, &e) == FCL_OK, "%s", e.text);
  ck_assert_msg(fcl_transcript_play(hello, fcl_relay_address(r), &e) == FCL_OK, "%s", e.text);
  fcl_relay_end(r);
  end_well(s);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("pipes");
  tcase_add_test(t, a_request_is_read_and_answered);
  tcase_add_test(t, nobody_is_there_afterwards);
  tcase_add_test(t, pipe_alone_is_a_free_name);
  tcase_add_loop_test(t, an_address_that_is_no_pipe_of_this_machine_is_refused, 0, 4);
  tcase_add_test(t, clients_come_one_after_the_other);
  tcase_add_test(t, clients_are_there_side_by_side);
  tcase_add_test(t, connections_are_counted_in_the_order_in_which_they_came);
  tcase_add_test(t, more_than_a_pipe_holds_arrives_although_the_script_has_ended);
  tcase_add_test(t, a_body_larger_than_a_pipe_arrives);
  tcase_add_loop_test(t, what_is_cut_is_two_readings, 1, (int) sizeof ANSWER - 1);
  tcase_add_test(t, a_transcript_is_played_at_a_pipe);
  tcase_add_test(t, a_transcript_is_played_to_a_pipe);
  tcase_add_loop_test(t, a_relay_stands_between_two_pipes, 0, 3);
  tcase_add_test(t, a_relay_leads_from_a_port_to_a_pipe);
  return test_suite_run("pipes", &t, 1);
}
