/* test_head.c: where a response head ends, and what it says. */
#include "support/guard.h"
#include "support/suite.h"
#include <fcgiclient/codec.h>
#include <stdio.h>

#define BYTES(text) (text), sizeof(text) - 1

static fcl_header room[FCL_HEADERS_MAX];
static fcl_head head;
static fcl_error error;
static test_guard guard;
static char big[80000];

static void setup(void) {
  memset(&head, 0xa5, sizeof head);
  memset(&error, 0, sizeof error);
  memset(big, 'v', sizeof big);
  guard = test_guard_make(sizeof big);
}

static void teardown(void) {
  test_guard_free(&guard);
}

/* Parses a head that ends at a guard page. */
static fcl_code parse_n(const char *text, size_t len, size_t cap) {
  return fcl_head_parse(test_guard_put(&guard, text, len), len, room, cap, &head, &error);
}

static void parse(const char *text) {
  fcl_code code = parse_n(text, strlen(text), FCL_HEADERS_MAX);
  ck_assert_msg(code == FCL_OK, "%s", error.text);
}

static void assert_refused_n(const char *text, size_t len, const char *sentence) {
  ck_assert_int_eq(parse_n(text, len, FCL_HEADERS_MAX), FCL_E_HEAD);
  ck_assert_int_eq(error.code, FCL_E_HEAD);
  ck_assert_str_eq(error.text, sentence);
}

static void assert_refused(const char *text, const char *sentence) {
  assert_refused_n(text, strlen(text), sentence);
}

/* "404 Not Found|Content-Type=text/plain|X-A=1", "local" at the end where it applies. */
static const char *told(void) {
  static char text[20000];
  size_t at = 0, i;
  at += (size_t) snprintf(text, sizeof text, "%d %.*s", head.status, (int) head.reason.len,
                          head.reason.base ? head.reason.base : "");
  for (i = 0; i < head.count; i++)
    at += (size_t) snprintf(text + at, sizeof text - at, "|%.*s=%.*s",
                            (int) head.headers[i].name.len, head.headers[i].name.base,
                            (int) head.headers[i].value.len, head.headers[i].value.base);
  if (head.local_redirect)
    snprintf(text + at, sizeof text - at, "|local");
  return text;
}

/* ---- Where it ends ---- */

typedef struct end_case {
  const char *text;
  size_t end; /* 0: not yet */
} end_case;

static const end_case ends[] = {
    {"A: b\n\nbody", 6},
    {"A: b\r\n\r\nbody", 8},
    {"A: b\r\n\nbody", 7},
    {"A: b\n\r\nbody", 7},
    {"A: b\nC: d\r\n\r\n", 13},
    {"\nbody", 1},
    {"\r\nbody", 2},
    {"A: b\r\r\n\r\n", 9},
    {"\r\r\n\n", 4}, /* a CR that no LF follows is part of a line */
    {"A: b\n\r\r\n\nx", 9},
    {"A: b\r\n\r", 0},
    {"A: b\r\n", 0},
    {"A: b\r\n\rC: d\r\n", 0},
    {"A: b", 0},
    {"", 0},
};

/* KF-068, KF-069: cut in two at each place, the first part moved; and nothing of the body taken. */
START_TEST(the_blank_line_is_found_however_the_head_is_cut) {
  const end_case *c = &ends[_i];
  const size_t len = strlen(c->text);
  size_t cut;
  for (cut = 0; cut <= len; cut++) {
    fcl_head_scan s = {0, 0};
    size_t end = fcl_head_end(&s, test_guard_put(&guard, c->text, cut), cut);
    if (end == 0)
      end = fcl_head_end(&s, test_guard_put(&guard, c->text, len), len);
    ck_assert_msg(end == c->end, "%zu, not %zu, at cut %zu", end, c->end, cut);
  }
}
END_TEST

START_TEST(the_blank_line_is_found_byte_by_byte) {
  const end_case *c = &ends[_i];
  fcl_head_scan s = {0, 0};
  size_t len = 0, end = 0;
  while (end == 0 && len < strlen(c->text)) {
    len++;
    end = fcl_head_end(&s, test_guard_put(&guard, c->text, len), len);
    ck_assert_uint_eq(s.at, len);
  }
  ck_assert_uint_eq(end, c->end);
}
END_TEST

START_TEST(bytes_once_seen_are_not_looked_at_again) {
  fcl_head_scan s = {0, 0};
  ck_assert_uint_eq(fcl_head_end(&s, "A: b\r\n", 6), 0);
  ck_assert_uint_eq(fcl_head_end(&s, "??????\r\n", 8), 8);
}
END_TEST

/* KF-036: lines around 8 KiB and of 64 KiB. */
START_TEST(a_line_may_be_long) {
  static const size_t sizes[] = {8191, 8192, 8193, 65535, 65536};
  const size_t len = sizes[_i];
  fcl_head_scan s = {0, 0};
  memcpy(big, "A: ", 3);
  memcpy(big + len, "\n\n", 2);
  ck_assert_uint_eq(fcl_head_end(&s, test_guard_put(&guard, big, 8000), 8000), 0);
  ck_assert_uint_eq(fcl_head_end(&s, test_guard_put(&guard, big, len + 2), len + 2), len + 2);
}
END_TEST

/* ---- Documents ---- */

START_TEST(a_document_has_status_200) { /* KF-071 */
  parse("Content-Type: text/html\r\n\r\n");
  ck_assert_str_eq(told(), "200 |Content-Type=text/html");
  ck_assert_int_eq(head.content_length, -1);
}
END_TEST

START_TEST(lines_end_with_LF_or_CRLF_in_any_mixture) {
  parse("Status: 201 Created\nContent-Type: a/b\r\nX-A: 1\n\r\n");
  ck_assert_str_eq(told(), "201 Created|Content-Type=a/b|X-A=1");
}
END_TEST

START_TEST(fields_keep_their_order_and_are_not_joined) { /* KF-087 */
  parse("Set-Cookie: a=1\nX-B: 2\nContent-Type: t/x\nSet-Cookie: b=2\nset-cookie: c=3\n\n");
  ck_assert_str_eq(told(),
                   "200 |Set-Cookie=a=1|X-B=2|Content-Type=t/x|Set-Cookie=b=2|set-cookie=c=3");
}
END_TEST

START_TEST(an_empty_value_is_kept) { /* KF-090 */
  parse("X-A:\nX-B: \nX-C: \t \r\nStatus: 200\n\n");
  ck_assert_str_eq(told(), "200 |X-A=|X-B=|X-C=");
}
END_TEST

START_TEST(blanks_around_a_value_are_no_part_of_it) {
  parse("X-A: \t a \t b\t \nStatus: 200 \n\n");
  ck_assert_str_eq(told(), "200 |X-A=a \t b");
}
END_TEST

START_TEST(a_value_may_hold_colons_and_bytes_above_127) {
  parse("X-A:b:c: d \xc3\xa9\xff\nStatus:200\n\n");
  ck_assert_str_eq(told(), "200 |X-A=b:c: d \xc3\xa9\xff");
}
END_TEST

START_TEST(field_names_are_known_in_any_case) {
  parse("STATUS: 404\nconTENT-leNGth: 5\ncontent-TYPE: a/b\n\n");
  ck_assert_str_eq(told(), "404 |conTENT-leNGth=5|content-TYPE=a/b");
  ck_assert_int_eq(head.content_length, 5);
}
END_TEST

START_TEST(names_that_are_nearly_known_are_other_fields) {
  parse("Status: 200\nStatuss: 1\nStatu: 2\nT: 3\nTEE: 4\nProxy: 5\nUpgrades: 6\n\n");
  ck_assert_str_eq(told(), "200 |Statuss=1|Statu=2|T=3|TEE=4|Proxy=5|Upgrades=6");
}
END_TEST

START_TEST(slices_lie_inside_the_head) {
  const char *text = "Status: 404 Not Found\nContent-Type: t/x\n\n", *p;
  p = test_guard_put(&guard, text, strlen(text));
  ck_assert_int_eq(fcl_head_parse(p, strlen(text), room, 2, &head, &error), FCL_OK);
  ck_assert_ptr_eq(head.reason.base, p + 12);
  ck_assert_ptr_eq(head.headers, room);
  ck_assert_ptr_eq(room[0].name.base, p + 22);
  ck_assert_ptr_eq(room[0].value.base, p + 36);
}
END_TEST

static void assert_inside(fcl_slice s, const char *from, size_t len) {
  ck_assert(s.base >= from && s.base + s.len <= from + len);
}

START_TEST(a_head_that_is_cut_anywhere_is_read_within_its_bytes) {
  static const char text[] = "Status: 404 Not Found\r\nContent-Type: t/x\nX: y\r\n\r\n";
  const char *from = test_guard_put(&guard, text, (size_t) _i);
  fcl_code code = fcl_head_parse(from, (size_t) _i, room, FCL_HEADERS_MAX, &head, &error);
  size_t i;
  ck_assert_int_eq(code, error.code);
  if (code == FCL_OK)
    assert_inside(head.reason, from, (size_t) _i);
  for (i = 0; i < head.count; i++) {
    assert_inside(head.headers[i].name, from, (size_t) _i);
    assert_inside(head.headers[i].value, from, (size_t) _i);
  }
}
END_TEST

/* KF-075, KF-078, KF-080, KF-083: what frames one connection is not for the next. */
START_TEST(hop_by_hop_fields_are_dropped) {
  parse("Status: 200\nConnection: close\nKeep-Alive: 5\nProxy-Authenticate: x\nproxy-: y\n"
        "TE: t\nTrailer: X\nTransfer-Encoding: chunked\ntransfer-encoding: gzip, x\nUpgrade: h2\n"
        "X-A: 1\n\n");
  ck_assert_str_eq(told(), "200 |X-A=1");
}
END_TEST

START_TEST(
    a_length_beside_a_transfer_encoding_is_a_length) { /* KF-075: we count the bytes ourselves */
  parse("Content-Type: t/x\nTransfer-Encoding: chunked\nContent-Length: 5\n\n");
  ck_assert_str_eq(told(), "200 |Content-Type=t/x|Content-Length=5");
  ck_assert_int_eq(head.content_length, 5);
}
END_TEST

/* ---- Status ---- */

typedef struct told_case {
  const char *text, *told;
} told_case;

static const told_case statuses[] = {/* KF-070 */
                                     {"Status: 404\n\n", "404 "},
                                     {"Status: 404 \n\n", "404 "},
                                     {"Status: 404 Not Found\n\n", "404 Not Found"},
                                     {"Status: 404\tX\n\n", "404 X"},
                                     {"Status: 404  Not  Found \r\n\r\n", "404 Not  Found"},
                                     {"Status:200\n\n", "200 "},
                                     {"Status: 999\n\n", "999 "},
                                     {"Status:\nStatus: 204 No Content\n\n", "204 No Content"},
                                     {"Status: 204 No Content\nStatus: \n\n", "204 No Content"},
                                     {"Status:\nContent-Type: t/x\n\n", "200 |Content-Type=t/x"}};

START_TEST(a_status_may_have_a_reason_or_not) {
  parse(statuses[_i].text);
  ck_assert_str_eq(told(), statuses[_i].told);
}
END_TEST

static const told_case bad_statuses[] = {/* KF-086 */
                                         {"40", "does not begin with three digits and a blank"},
                                         {"4040", "does not begin with three digits and a blank"},
                                         {"404X", "does not begin with three digits and a blank"},
                                         {"OK", "does not begin with three digits and a blank"},
                                         {"-20", "does not begin with three digits and a blank"},
                                         {"+200 OK",
                                          "does not begin with three digits and a blank"},
                                         {"2 00", "does not begin with three digits and a blank"},
                                         {"HTTP/1.1 200 OK",
                                          "does not begin with three digits and a blank"},
                                         {"000", NULL},
                                         {"100 Continue", NULL},
                                         {"101 Switching Protocols", NULL},
                                         {"199", NULL}};

START_TEST(a_status_is_three_digits_from_200) {
  const told_case *c = &bad_statuses[_i];
  char text[100], sentence[200];
  snprintf(text, sizeof text, "X-A: 1\nStatus: %s\n\n", c->text);
  if (c->told)
    snprintf(sentence, sizeof sentence,
             "line 2 of the response head has a Status that %s: \"Status: %s\"", c->told, c->text);
  else
    snprintf(sentence, sizeof sentence,
             "line 2 of the response head has a Status below 200, which is no final response: "
             "\"Status: %s\"",
             c->text);
  assert_refused(text, sentence);
}
END_TEST

/* ---- Location ---- */

static const told_case locations[] =
    {/* KF-072, KF-077: told, never followed */
     {"Location: /other?x=1\n\n", "302 |Location=/other?x=1|local"},
     {"Location: /\n\n", "302 |Location=/|local"},
     {"Location: /other\nX-A: 1\nx-b: 2\nConnection: close\n\n",
      "302 |Location=/other|X-A=1|x-b=2|local"},
     {"X-A: 1\nLocation: /other\n\n", "302 |X-A=1|Location=/other|local"},
     {"Location: /other\nStatus:\n\n", "302 |Location=/other|local"},
     {"Location: /other\nContent-Type: t/x\n\n", "302 |Location=/other|Content-Type=t/x"},
     {"Content-Type: t/x\nLocation: /other\n\n", "302 |Content-Type=t/x|Location=/other"},
     {"Location: /other\nContent-Type:\n\n", "302 |Location=/other|Content-Type="},
     {"Location: /other\nContent-Length: 0\n\n", "302 |Location=/other|Content-Length=0"},
     {"Location: /other\nSet-Cookie: a=1\n\n", "302 |Location=/other|Set-Cookie=a=1"},
     {"Location: /other\nStatus: 303 See\n\n", "303 See|Location=/other"},
     {"Status: 200\nLocation: /other\n\n", "200 |Location=/other"},
     {"Location: http://a/b\n\n", "302 |Location=http://a/b"},
     {"Location: http://a/b\nX-A: 1\n\n", "302 |Location=http://a/b|X-A=1"},
     {"Location: //a/b\n\n", "302 |Location=//a/b"},
     {"Location: other.php\n\n", "302 |Location=other.php"},
     {"Status: 301 Moved\nLocation: http://a/b\nContent-Type: t/x\n\n",
      "301 Moved|Location=http://a/b|Content-Type=t/x"},
     {"Location: http://a/b\nContent-Type: t/x\nStatus: 307\n\n",
      "307 |Location=http://a/b|Content-Type=t/x"},
     {"Status: 201 Created\nLocation: http://a/b\n\n", "201 Created|Location=http://a/b"},
     {"Location:\nContent-Type: t/x\n\n", "200 |Content-Type=t/x"}, /* empty: not sent */
     {"Location: \nLocation: /a\n\n", "302 |Location=/a|local"}};

START_TEST(a_location_is_a_redirect_of_the_server_or_of_the_client) {
  parse(locations[_i].text);
  ck_assert_str_eq(told(), locations[_i].told);
}
END_TEST

/* ---- Content-Length ---- */

START_TEST(a_content_length_is_told) { /* KF-093: 64 bits */
  static const struct {
    const char *text;
    int64_t length;
  } lengths[] = {{"0", 0},
                 {"00042 ", 42},
                 {"4294967296", 4294967296},
                 {"9223372036854775807", INT64_MAX},
                 {"000000000000000000000000007", 7}};
  char text[100];
  snprintf(text, sizeof text, "Content-Type: a/b\r\nContent-Length: %s\r\n\r\n", lengths[_i].text);
  parse(text);
  ck_assert_int_eq(head.content_length, lengths[_i].length);
}
END_TEST

static const told_case bad_lengths[] =
    {/* KF-074 */
     {"+5", "has a Content-Length that is not all digits"},
     {"5,5", "has a Content-Length that is not all digits"},
     {"5, 5", "has a Content-Length that is not all digits"},
     {"0x5", "has a Content-Length that is not all digits"},
     {"5 5", "has a Content-Length that is not all digits"},
     {"-1", "has a Content-Length that is not all digits"},
     {"5;", "has a Content-Length that is not all digits"},
     {"\xd9\xa5", "has a Content-Length that is not all digits"},
     {"9223372036854775808", "has a Content-Length above 2^63 - 1"},
     {"18446744073709551617", "has a Content-Length above 2^63 - 1"},
     {"99999999999999999999", "has a Content-Length above 2^63 - 1"},
     {"", "has an empty Content-Length"}};

START_TEST(a_content_length_is_digits_up_to_63_bits) {
  const told_case *c = &bad_lengths[_i];
  char text[100], sentence[200];
  snprintf(text, sizeof text, "Content-Length:%s\nContent-Type: a/b\n\n", c->text);
  snprintf(sentence, sizeof sentence, "line 1 of the response head %s: \"Content-Length:%s\"",
           c->told, c->text);
  assert_refused(text, sentence);
}
END_TEST

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
    {"X-A: 1\nSet-Cookie: a=1\n\n",
     "the response head (2 lines) has no Content-Type, Location or Status field"},
    {"Content-Type:\nStatus: \nLocation:\n\n",
     "the response head (3 lines) has no Content-Type, Location or Status field"},
    {"\n", "the response head (0 lines) has no Content-Type, Location or Status field"},
    {"\r\n", "the response head (0 lines) has no Content-Type, Location or Status field"}};

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
  ck_assert_int_eq(fcl_head_parse(big, len, few, 3, &head, &error), FCL_E_HEAD);
  ck_assert_str_eq(error.text, "line 6 of the response head is one field more than the 3 allowed: "
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

/* ---- fcl_head_get ---- */

START_TEST(a_field_is_found_by_its_name_in_any_case) {
  fcl_slice value;
  parse("Content-Type: a/b\nX-A: 1\nX-A: 2\nX-AB: 3\n\n");
  ck_assert_int_eq(fcl_head_get(&head, "content-TYPE", &value), 1);
  ck_assert_mem_eq(value.base, "a/b", 3);
  ck_assert_int_eq(fcl_head_get(&head, "x-ab", &value), 1);
  ck_assert_mem_eq(value.base, "3", 1);
}
END_TEST

START_TEST(the_first_of_several_fields_is_found) {
  fcl_slice value;
  parse("Content-Type: a/b\nX-A: 1\nX-A: 2\n\n");
  ck_assert_int_eq(fcl_head_get(&head, "X-A", &value), 1);
  ck_assert_mem_eq(value.base, "1", 1);
}
END_TEST

START_TEST(a_field_that_is_not_there_is_not_found) {
  fcl_slice value = {"untouched", 9};
  parse("Content-Type: a/b\nX-A: 1\n\n");
  ck_assert_int_eq(fcl_head_get(&head, "X-", &value), 0);
  ck_assert_int_eq(fcl_head_get(&head, "X-A-", &value), 0);
  ck_assert_int_eq(fcl_head_get(&head, "", &value), 0);
  ck_assert_int_eq(fcl_head_get(&head, "X-@", &value), 0); /* not a letter's other case */
  ck_assert_uint_eq(value.len, 9);
}
END_TEST

#define COUNT(array) (int) (sizeof(array) / sizeof(array)[0])

static TCase *case_of(const char *name) {
  TCase *t = tcase_create(name);
  tcase_add_checked_fixture(t, setup, teardown);
  return t;
}

static TCase *scans(void) {
  TCase *t = case_of("scans");
  tcase_add_loop_test(t, the_blank_line_is_found_however_the_head_is_cut, 0, COUNT(ends));
  tcase_add_loop_test(t, the_blank_line_is_found_byte_by_byte, 0, COUNT(ends));
  tcase_add_test(t, bytes_once_seen_are_not_looked_at_again);
  tcase_add_loop_test(t, a_line_may_be_long, 0, 5);
  return t;
}

static TCase *documents(void) {
  TCase *t = case_of("documents");
  tcase_add_test(t, a_document_has_status_200);
  tcase_add_test(t, lines_end_with_LF_or_CRLF_in_any_mixture);
  tcase_add_test(t, fields_keep_their_order_and_are_not_joined);
  tcase_add_test(t, an_empty_value_is_kept);
  tcase_add_test(t, blanks_around_a_value_are_no_part_of_it);
  tcase_add_test(t, a_value_may_hold_colons_and_bytes_above_127);
  tcase_add_test(t, field_names_are_known_in_any_case);
  tcase_add_test(t, names_that_are_nearly_known_are_other_fields);
  tcase_add_test(t, slices_lie_inside_the_head);
  tcase_add_loop_test(t, a_head_that_is_cut_anywhere_is_read_within_its_bytes, 0, 50);
  tcase_add_test(t, hop_by_hop_fields_are_dropped);
  tcase_add_test(t, a_length_beside_a_transfer_encoding_is_a_length);
  return t;
}

static TCase *meanings(void) {
  TCase *t = case_of("meanings");
  tcase_add_loop_test(t, a_status_may_have_a_reason_or_not, 0, COUNT(statuses));
  tcase_add_loop_test(t, a_status_is_three_digits_from_200, 0, COUNT(bad_statuses));
  tcase_add_loop_test(t, a_location_is_a_redirect_of_the_server_or_of_the_client, 0,
                      COUNT(locations));
  tcase_add_loop_test(t, a_content_length_is_told, 0, 5);
  tcase_add_loop_test(t, a_content_length_is_digits_up_to_63_bits, 0, COUNT(bad_lengths));
  return t;
}

static TCase *refusals(void) {
  TCase *t = case_of("refusals");
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
  return t;
}

static TCase *limits(void) {
  TCase *t = case_of("limits");
  tcase_add_test(t, as_many_fields_as_there_is_room_for_are_kept);
  tcase_add_test(t, one_field_more_is_refused);
  tcase_add_test(t, a_head_may_take_65536_bytes);
  tcase_add_test(t, a_head_of_65537_bytes_is_refused);
  tcase_add_test(t, a_field_is_found_by_its_name_in_any_case);
  tcase_add_test(t, the_first_of_several_fields_is_found);
  tcase_add_test(t, a_field_that_is_not_there_is_not_found);
  return t;
}

int main(void) {
  TCase *cases[5];
  cases[0] = scans();
  cases[1] = documents();
  cases[2] = meanings();
  cases[3] = refusals();
  cases[4] = limits();
  return test_suite_run("head", cases, 5);
}
