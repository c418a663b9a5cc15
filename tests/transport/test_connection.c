/* test_connection.c: records that come in on a connection, one request at a time, and what may not
 * come. */
#include "transport/connection_world.h"

/* ---- In ---- */

START_TEST(an_answer_comes_up_as_spans_and_its_end) {
  begin();
  say(STDOUT("\2", "hi") ERR("\2", "oh") STDOUT_END END);
  ck_assert_str_eq(text, "first; out hi; err oh; end 0 0; ");
  ck_assert_int_eq(fcl__connection_is_reusable(&c), 1);
}
END_TEST

START_TEST(end_request_is_read_in_any_pieces) {
  static const char end[] = "\1\3\0\1\0\10\3\0\1\2\3\4\1\0\0\0pad";
  size_t i;
  begin();
  for (i = 0; i + 1 < sizeof end - 1; i++) {
    say_bytes(end + i, 1);
    ck_assert_int_eq(fcl__connection_is_reusable(&c), 0);
  }
  say_bytes(end + i, 1);
  ck_assert_str_eq(text, "first; end 16909060 1; ");
  ck_assert_int_eq(fcl__connection_is_reusable(&c), 1);
}
END_TEST

START_TEST(the_next_request_uses_the_same_connection) {
  begin();
  say(STDOUT("\1", "a") END);
  begin();
  say(STDOUT("\1", "b") END);
  ck_assert_str_eq(text, "first; out b; end 0 0; ");
  ck_assert_uint_eq(c.served, 2);
}
END_TEST

START_TEST(records_of_other_ids_are_skipped_and_end_the_reuse) {
  begin();
  say("\1\6\0\2\0\5\0\0other" STDOUT("\1", "a"));
  say("\1\7\1\1\0\5\0\0other"
      "\1\3\0\7\0\10\0\0\0\0\0\0\0\0\0\0");
  say(END);
  ck_assert_str_eq(text, "first; out a; end 0 0; ");
  ck_assert_int_eq(fcl__connection_is_reusable(&c), 0);
}
END_TEST

START_TEST(records_of_unknown_types_are_skipped) {
  begin();
  say("\1\14\0\1\0\5\2\0vast!xx" STDOUT("\1", "a") "\1\377\0\0\0\0\0\0" END);
  ck_assert_str_eq(text, "first; out a; end 0 0; ");
}
END_TEST

START_TEST(management_answers_are_skipped_and_change_nothing) {
  begin();
  say("\1\12\0\0\0\21\0\0\16\1FCGI_MAX_CONNS1"
      "\1\13\0\0\0\10\0\0\14\0\0\0\0\0\0\0" STDOUT("\1", "a") END);
  ck_assert_str_eq(text, "first; out a; end 0 0; ");
  ck_assert_int_eq(fcl__connection_is_reusable(&c), 1);
}
END_TEST

START_TEST(an_end_that_is_longer_than_8_bytes_ends_the_reuse) {
  begin();
  say("\1\3\0\1\0\11\0\0\0\0\0\0\0\0\0\0!");
  ck_assert_str_eq(text, "first; end 0 0; ");
  ck_assert_int_eq(fcl__connection_is_reusable(&c), 0);
}
END_TEST

START_TEST(bytes_behind_the_end_end_the_reuse) {
  begin();
  say(END "!");
  ck_assert_str_eq(text, "first; end 0 0; ");
  ck_assert_int_eq(fcl__connection_is_reusable(&c), 0);
}
END_TEST

START_TEST(bytes_outside_of_any_request_break_the_connection) {
  begin();
  say(END);
  text[0] = 0;
  say("!");
  ck_assert_str_eq(text, "broke PROTOCOL; ");
  assert_broken(
      "sent 1 bytes outside of any request, behind record 1 of the connection, at offset 16: 21");
}
END_TEST

START_TEST(the_end_of_an_idle_connection_is_told) {
  begin();
  say(END);
  text[0] = 0;
  pair_shut_writes(remote);
  turn();
  ck_assert_str_eq(text, "broke EOF; ");
  ck_assert_int_eq(fcl__connection_is_reusable(&c), 0);
}
END_TEST

/* ---- What may not come ---- */

typedef struct violation {
  const char *bytes;
  size_t len;
  const char *words;
} violation;

#define BYTES(text_) text_, sizeof(text_) - 1

static const violation violations[] = {
    {BYTES("\1\6\0\0\0\1\0\0!"), "a request with id 0"},
    {BYTES("\1\7\0\0\0\1\0\0!"), "a request with id 0"},
    {BYTES("\1\3\0\0\0\10\0\0\0\0\0\0\0\0\0\0"), "a request with id 0"},
    {BYTES("\1\3\0\1\0\7\0\0\0\0\0\0\0\0\0"), "END_REQUEST record that is too short"},
    {BYTES("\1\3\0\1\0\0\0\0"), "END_REQUEST record that is too short"},
    {BYTES("\1\1\0\1\0\10\0\0\0\1\0\0\0\0\0\0"), "only web servers send"},
    {BYTES("\1\2\0\1\0\0\0\0"), "only web servers send"},
    {BYTES("\1\4\0\1\0\0\0\0"), "only web servers send"},
    {BYTES(STDOUT("\2", "hi") "\1\5\0\1\0\0\0\0"),
     "only web servers send (record 2 of the connection, type 5 STDIN, id 1, 0 bytes, at offset "
     "10, "
     "header 01 05 00 01 00 00 00 00)"},
    {BYTES("\1\10\0\1\0\0\0\0"), "only web servers send"},
    {BYTES("\1\11\0\0\0\0\0\0"), "only web servers send"},
    {BYTES("HTTP/1.1 400 Bad Request\r\n"),
     "version 72 (record 1 of the connection, at offset 0, bytes 48 54 54 50 2f 31 2e 31 "
     "\"HTTP/1.1\"): that is an HTTP server"},
    {BYTES("\26\3\1\0\5hello"), "bytes 16 03 01 00 05 68 65 6c): that is TLS"},
    {BYTES("\25\3\3\0\2\2\50!"), "bytes 15 03 03 00 02 02 28 21): that is TLS"},
    {BYTES("\0\0\0\0\0\0\0\0"), "version 0 (record 1 of the connection, at offset 0, bytes 00 00 "
                                "00 00 00 00 00 00): it has lost "
                                "its place"},
    {BYTES("\2\6\0\1\0\0\0\0"), "bytes 02 06 00 01 00 00 00 00): it does not speak FastCGI"},
    {BYTES(STDOUT("\2", "hi") "\0\0\0\0\0\0\0\0"),
     "(record 2 of the connection, at offset 10, bytes"},
    {BYTES("H"), "bytes 48 \"H\"): that is an HTTP server"},
    {BYTES("SSH-2.0-x"), "that is an SSH server"},
    {BYTES("220 mail.example ESMTP"), "that is a mail or FTP server"},
    {BYTES("Content-Type: text/plain\n\n"), "that is CGI output"},
    {BYTES("Status: 500\n\n"), "that is CGI output"},
    {BYTES("Location: /\n\n"), "that is CGI output"},
    {BYTES("Hello, I am not HTTP"), "it does not speak FastCGI"},
    {BYTES("\26plain"), "it does not speak FastCGI"},
};

START_TEST(what_an_application_may_not_send_breaks_the_connection) {
  const violation *v = &violations[_i];
  begin();
  say_bytes(v->bytes, v->len);
  ck_assert_msg(strstr(text, "broke PROTOCOL; ") != NULL, "%s", text);
  ck_assert_ptr_null(strstr(text, "end"));
  assert_broken(v->words);
}
END_TEST

START_TEST(nothing_comes_up_behind_a_violation) {
  begin();
  say("\1\5\0\1\0\0\0\0" STDOUT("\2", "hi") END);
  say(STDOUT("\2", "ho") END);
  ck_assert_str_eq(text, "first; broke PROTOCOL; ");
}
END_TEST

static void assert_says(const char *words) {
  ck_assert_msg(strstr(broken.text, words) != NULL, "%s", broken.text);
}

START_TEST(an_end_inside_a_record_says_so) {
  begin();
  say("\1\6\0\1\0\5\0\0he");
  pair_shut_writes(remote);
  turn();
  ck_assert_str_eq(text, "first; out he; broke EOF; ");
  assert_says("in the middle of a record (record 1 of the connection, type 6 STDOUT, id 1, 2 of 5 "
              "bytes, at offset 0)");
}
END_TEST

START_TEST(an_end_inside_a_header_says_so) {
  begin();
  say(STDOUT("\2", "hi") "\1\6\0");
  pair_shut_writes(remote);
  turn();
  assert_says("(record 2 of the connection, 3 bytes of its header, at offset 10)");
}
END_TEST

START_TEST(an_end_between_records_does_not_speak_of_records) {
  begin();
  say(STDOUT("\2", "hi"));
  pair_shut_writes(remote);
  turn();
  ck_assert_str_eq(broken.text, "closed the connection");
}
END_TEST

static TCase *in(void) {
  TCase *t = connection_case("in");
  tcase_add_test(t, an_answer_comes_up_as_spans_and_its_end);
  tcase_add_test(t, end_request_is_read_in_any_pieces);
  tcase_add_test(t, the_next_request_uses_the_same_connection);
  tcase_add_test(t, records_of_other_ids_are_skipped_and_end_the_reuse);
  tcase_add_test(t, records_of_unknown_types_are_skipped);
  tcase_add_test(t, management_answers_are_skipped_and_change_nothing);
  tcase_add_test(t, an_end_that_is_longer_than_8_bytes_ends_the_reuse);
  tcase_add_test(t, bytes_behind_the_end_end_the_reuse);
  tcase_add_test(t, bytes_outside_of_any_request_break_the_connection);
  tcase_add_test(t, the_end_of_an_idle_connection_is_told);
  tcase_add_loop_test(t, what_an_application_may_not_send_breaks_the_connection, 0,
                      sizeof violations / sizeof *violations);
  tcase_add_test(t, nothing_comes_up_behind_a_violation);
  tcase_add_test(t, an_end_inside_a_record_says_so);
  tcase_add_test(t, an_end_inside_a_header_says_so);
  tcase_add_test(t, an_end_between_records_does_not_speak_of_records);
  return t;
}

int main(void) {
  TCase *t = in();
  return test_suite_run("connection", &t, 1);
}
