/* test_head_refused.c: heads that break the rules, byte by byte; limits. */
#include "codec/head_world.h"

/* ---- Refusals ---- */

static const told_case refused[] = {
    {"Content-Type: a/b\nStatus: 200\nStatus: 200\n\n",
     "line 3 of the response head repeats Status: \"Status: 200\""},
    {"Location: /a\nlocation: /a\n\n",
     "line 2 of the response head repeats Location: \"location: /a\""},
    {"Content-Type: a/b\nContent-Type: a/b\n\n",
     "line 2 of the response head repeats Content-Type: \"Content-Type: a/b\""},
    {"Content-Type: a/b\nContent-Type:\n\n",
     "line 2 of the response head repeats Content-Type: \"Content-Type:\""},
    {"Content-Length: 5\nContent-Length: 5\nStatus: 200\n\n",
     "line 2 of the response head repeats Content-Length: \"Content-Length: 5\""},
    {"Status: 200\nContent-Length: 5\nContent-Length: 6\n\n",
     "line 3 of the response head repeats Content-Length: \"Content-Length: 6\""},
    {"Status: 200\nX-A: 1\n 2\n\n",
     "line 3 of the response head begins with a blank (folded lines are not accepted): \" 2\""},
    {"Status: 200\n\tX-A: 1\n\n", "line 2 of the response head begins with a blank (folded lines "
                                  "are not accepted): \"\\tX-A: 1\""},
    {" Status: 200\n\n",
     "line 1 of the response head begins with a blank (folded lines are not accepted): \" Status: "
     "200\""},
    {"Status: 200\nHello\n\n", "line 2 of the response head has no colon: \"Hello\""},
    {"<html>\n\n", "line 1 of the response head has no colon: \"<html>\""},
    {"Status: 200\n: x\n\n",
     "line 2 of the response head has a field name that is empty or holds a sign that no name may "
     "have: \": x\""},
    {"Status : 200\n\n",
     "line 1 of the response head has a field name that is empty or holds a sign that no name may "
     "have: \"Status : 200\""},
    {"PHP Warning:  x in y\nStatus: 200\n\n",
     "line 1 of the response head has a field name that is empty or holds a sign that no name may "
     "have: \"PHP Warning:  x in y\""},
    {"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\n\r\n",
     "line 1 of the response head is the status line of a script that speaks HTTP itself (NPH), "
     "which "
     "FastCGI does not have; it should say \"Status: ...\": \"HTTP/1.1 200 OK\""},
    {"HTTP/1.0 200 OK: x\n\n",
     "line 1 of the response head is the status line of a script that speaks HTTP itself (NPH), "
     "which "
     "FastCGI does not have; it should say \"Status: ...\": \"HTTP/1.0 200 OK: x\""},
    {"\n", "the response head has no field at all: its first line is blank"},
    {"\r\n", "the response head has no field at all: its first line is blank"}};

START_TEST(a_head_that_breaks_the_rules_is_refused_with_its_line) {
  assert_refused(refused[_i].text, refused[_i].told);
}
END_TEST

START_TEST(every_byte_in_a_name_is_accepted_only_in_a_token) { /* KF-076 */
  static const char token[] = "!#$%&'*+-.^_`|~0123456789"
                              "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  char text[] = "Status: 200\nX?Y: 1\n\n";
  int byte;
  for (byte = 0; byte < 256; byte++) {
    const int good = (byte && strchr(token, byte)) || byte == ':'; /* which ends the name */
    text[13] = (char) byte;
    ck_assert_msg(parse_n(text, sizeof text - 1, 9) == (good ? FCL_OK : FCL_E_HEAD), "%d", byte);
    ck_assert_uint_eq(head.count, good);
  }
}
END_TEST

START_TEST(every_byte_in_a_value_is_accepted_but_controls) { /* KF-076: CR, LF, NUL split nothing */
  char text[] = "Status: 200\nX: a?b\n\n";
  int byte;
  for (byte = 0; byte < 256; byte++) {
    const int good = (byte >= 0x20 && byte != 0x7f) || byte == '\t';
    text[16] = (char) byte;
    ck_assert_msg(parse_n(text, sizeof text - 1, 9) == (good ? FCL_OK : FCL_E_HEAD), "%d", byte);
    if (good)
      ck_assert_uint_eq(room[0].value.len, 3);
  }
}
END_TEST

START_TEST(a_control_is_shown_escaped) {
  assert_refused_n(BYTES("Status: 200\nX-A: a\0b\rc\r\n\r\n"),
                   "line 2 of the response head has a control character in its value: "
                   "\"X-A: a\\x00b\\rc\"");
}
END_TEST

START_TEST(a_bare_CR_before_the_end_of_a_line_is_refused) {
  assert_refused("Status: 200\nX-A: a\r\r\n\r\n",
                 "line 2 of the response head has a control character in its value: \"X-A: a\\r\"");
}
END_TEST

START_TEST(a_long_line_is_shown_cut) {
  char text[600], sentence[300];
  memset(text, 'x', sizeof text);
  memcpy(text + 500, "\n\n", 3);
  snprintf(sentence, sizeof sentence, "line 1 of the response head has no colon: \"%.80s...\"",
           text);
  assert_refused(text, sentence);
}
END_TEST

START_TEST(a_line_of_80_bytes_is_shown_whole) {
  char text[100], sentence[300];
  memset(text, 'x', 80);
  text[80] = 0; /* nothing behind it that could be read */
  snprintf(sentence, sizeof sentence, "line 1 of the response head has no colon: \"%.80s\"", text);
  assert_refused(text, sentence);
}
END_TEST

START_TEST(a_line_of_controls_is_shown_whole_up_to_80_bytes) {
  char text[100] = {0}, sentence[500] = "line 1 of the response head has no colon: \"";
  size_t i;
  text[_i] = '\n';
  text[_i + 1] = '\n';
  for (i = 0; i < 80; i++)
    strcat(sentence, "\\x00");
  strcat(sentence, _i > 80 ? "...\"" : "\"");
  assert_refused_n(text, (size_t) _i + 2, sentence);
}
END_TEST

START_TEST(a_sign_of_several_bytes_is_not_cut) {
  char text[100], sentence[200];
  memset(text, 'x', sizeof text);
  memcpy(text + 80 - _i, "\xf0\x9f\x90\x98yyyy\n\n", 11);
  snprintf(sentence, sizeof sentence, "line 1 of the response head has no colon: \"%.*s...\"",
           _i < 4 ? 80 - _i : 80, text);
  assert_refused(text, sentence);
}
END_TEST

START_TEST(a_refusal_without_room_for_a_sentence_is_a_code) {
  ck_assert_int_eq(fcl_head_parse("x\n\n", 3, room, 9, &head, NULL), FCL_E_HEAD);
}
END_TEST

/* ---- Limits ---- */

static size_t many_fields(char *to, int count) {
  size_t at = (size_t) sprintf(to, "Status: 200\nConnection: x\n");
  for (; count > 0; count--)
    at += (size_t) sprintf(to + at, "X-%d: y\n", count);
  return at + (size_t) sprintf(to + at, "\n");
}

START_TEST(as_many_fields_as_there_is_room_for_are_kept) {
  const size_t len = many_fields(big, 256);
  ck_assert_int_eq(parse_n(big, len, FCL_HEADERS_MAX), FCL_OK);
  ck_assert_uint_eq(head.count, 256);
}
END_TEST

START_TEST(one_field_more_is_refused) {
  static fcl_header few[4];
  const size_t len = many_fields(big, 4);
  few[3].name.len = 99;
  ck_assert_int_eq(fcl_head_parse(big, len, few, 3, &head, &failure), FCL_E_HEAD);
  ck_assert_str_eq(failure.text,
                   "line 6 of the response head is one field more than the 3 allowed: "
                   "\"X-1: y\"");
  ck_assert_uint_eq(few[3].name.len, 99);
}
END_TEST

/* KF-036, KF-081: of 65,536 bytes, and of one more. */
START_TEST(a_head_may_take_65536_bytes) {
  memcpy(big, "Status: 200\nX: ", 15);
  memcpy(big + 65534, "\n\n", 2);
  ck_assert_int_eq(parse_n(big, 65536, 9), FCL_OK);
  ck_assert_uint_eq(room[0].value.len, 65536 - 15 - 2);
}
END_TEST

START_TEST(a_head_of_65537_bytes_is_refused) {
  memcpy(big, "Status: 200\nX: ", 15);
  memcpy(big + 65535, "\n\n", 2);
  assert_refused_n(big, 65537,
                   "the response head takes 65537 bytes, more than the 65536 that one may have");
}
END_TEST

int main(void) {
  TCase *t = head_world_case("head refused");
  tcase_add_loop_test(t, a_head_that_breaks_the_rules_is_refused_with_its_line, 0, COUNT(refused));
  tcase_add_test(t, every_byte_in_a_name_is_accepted_only_in_a_token);
  tcase_add_test(t, every_byte_in_a_value_is_accepted_but_controls);
  tcase_add_test(t, a_control_is_shown_escaped);
  tcase_add_test(t, a_bare_CR_before_the_end_of_a_line_is_refused);
  tcase_add_test(t, a_long_line_is_shown_cut);
  tcase_add_test(t, a_line_of_80_bytes_is_shown_whole);
  tcase_add_loop_test(t, a_line_of_controls_is_shown_whole_up_to_80_bytes, 80, 82);
  tcase_add_loop_test(t, a_sign_of_several_bytes_is_not_cut, 0, 6);
  tcase_add_test(t, a_refusal_without_room_for_a_sentence_is_a_code);
  tcase_add_test(t, as_many_fields_as_there_is_room_for_are_kept);
  tcase_add_test(t, one_field_more_is_refused);
  tcase_add_test(t, a_head_may_take_65536_bytes);
  tcase_add_test(t, a_head_of_65537_bytes_is_refused);
  return test_suite_run("head_refused", &t, 1);
}
