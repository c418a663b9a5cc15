/* test_transcript.c: the reader of transcripts: what it takes, and how it names what it does not.
 */
#include "support/suite.h"
#include "transcript.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static fcl__transcript *t;
static fcl_error error;

static int read_text(const char *text) {
  return fcl__transcript_read(&t, "x.fcgi", text, strlen(text), &error);
}

static const fcl__case *read_one(const char *body) {
  char text[4096];
  snprintf(text, sizeof text, "fcgi 1\n%s", body);
  ck_assert_msg(read_text(text) == FCL_OK, "%s", error.text);
  return &t->cases[0];
}

static void end(void) {
  fcl__transcript_free(t);
  t = NULL;
}

static const fcl__wire *wire(const char *line) {
  return read_one(line)->steps[0].any;
}

#define ck_assert_bytes(pattern, expected)                                                         \
  do {                                                                                             \
    ck_assert_uint_eq((pattern).len, sizeof(expected) - 1);                                        \
    ck_assert_mem_eq((pattern).base, (expected), sizeof(expected) - 1);                            \
  } while (0)

/* ---- What it takes ---- */

START_TEST(escapes_stand_for_bytes) {
  const fcl__wire *w = wire("< STDOUT \"a\\r\\n\\t\\0\\x7f\\\\\\\"\"");
  ck_assert_bytes(w->bytes, "a\r\n\t\0\x7f\\\"");
  end();
}
END_TEST

START_TEST(pieces_of_bytes_are_one) {
  const fcl__wire *w = wire("< STDOUT \"ab\" repeat(\"xy\", 3) \"c\"");
  ck_assert_bytes(w->bytes, "abxyxyxyc");
  ck_assert_int_eq(w->shape, FCL__SHAPE_RECORD);
  end();
}
END_TEST

START_TEST(random_bytes_are_the_same_for_ever) {
  const fcl__wire *w = wire("< STDOUT random(8, 1)");
  ck_assert_bytes(w->bytes, "\x34\xca\xcf\x77\x23\x88\x35\x2b");
  end();
}
END_TEST

START_TEST(gaps_are_places_among_the_bytes) {
  const fcl__wire *w = wire("> STDIN {\"ab\" ... \"cd\" ...}");
  ck_assert_bytes(w->bytes, "abcd");
  ck_assert_uint_eq(w->bytes.gap_count, 2);
  ck_assert_uint_eq(w->bytes.gaps[0], 2);
  ck_assert_uint_eq(w->bytes.gaps[1], 4);
  end();
}
END_TEST

START_TEST(parameters_have_names_and_values_in_any_form) {
  const fcl__wire *w =
      wire("> PARAMS {A=b EMPTY= \"two words\"=\"x y\" Q=a=1&b=2 ANY=... J=\"a\"b\"c\" ...}");
  ck_assert_uint_eq(w->pair_count, 6);
  ck_assert(fcl__slice_is(w->pairs[0].name, "A") && fcl__slice_is(w->pairs[0].value, "b"));
  ck_assert(fcl__slice_is(w->pairs[1].name, "EMPTY") && w->pairs[1].value.len == 0);
  ck_assert(fcl__slice_is(w->pairs[2].name, "two words") &&
            fcl__slice_is(w->pairs[2].value, "x y"));
  ck_assert(fcl__slice_is(w->pairs[3].value, "a=1&b=2"));
  ck_assert(w->pairs[4].is_any && !w->pairs[3].is_any);
  ck_assert(fcl__slice_is(w->pairs[5].value, "abc"));
  ck_assert(w->is_more && w->shape == FCL__SHAPE_STREAM);
  end();
}
END_TEST

START_TEST(attributes_are_numbers_or_the_specifications_words) {
  const fcl__wire *w = wire("> BEGIN_REQUEST id=$a role=FILTER flags=KEEP_CONN padding=0xff");
  ck_assert(fcl__slice_is(w->var, "a"));
  ck_assert_uint_eq(w->attr[FCL__ATTR_ROLE], 3);
  ck_assert_uint_eq(w->attr[FCL__ATTR_FLAGS], 1);
  ck_assert_uint_eq(w->attr[FCL__ATTR_PADDING], 255);
  end();
  w = wire("< END_REQUEST id=7 app=4294967295 status=OVERLOADED");
  ck_assert_uint_eq(w->attr[FCL__ATTR_ID], 7);
  ck_assert_uint_eq(w->attr[FCL__ATTR_APP], 4294967295u);
  ck_assert_uint_eq(w->attr[FCL__ATTR_STATUS], FCL_IS_OVERLOADED);
  end();
}
END_TEST

START_TEST(alternatives_stand_between_bars) {
  const fcl__step *s = read_one("> close | ABORT_REQUEST id=1 | STDIN \"a|b\"")->steps;
  ck_assert_uint_eq(s->any_count, 3);
  ck_assert_int_eq(s->any[0].kind, FCL__WIRE_CLOSE);
  ck_assert_uint_eq(s->any[1].type, FCL_ABORT_REQUEST);
  ck_assert_bytes(s->any[2].bytes, "a|b");
  end();
}
END_TEST

START_TEST(a_type_may_be_any_number) {
  ck_assert_uint_eq(wire("< 200 \"x\"")->type, 200);
  end();
}
END_TEST

START_TEST(cases_are_parted_and_empty_ones_are_none) {
  ck_assert_int_eq(
      read_text("fcgi 1 # c\n\n---\nclaim \"A\" KF-001 KF-002\nwait 1ms\n--- b\nwait 2s\r\n---\n"),
      FCL_OK);
  ck_assert_uint_eq(t->count, 2);
  ck_assert(fcl__slice_is(t->cases[0].claim, "A") && t->cases[0].proves_count == 2);
  ck_assert(fcl__slice_is(t->cases[1].name, "b"));
  ck_assert_uint_eq(t->cases[1].steps[0].number, 2000);
  end();
}
END_TEST

START_TEST(a_comment_begins_behind_a_blank_only) {
  const fcl__wire *w = wire("> PARAMS {A=b#c D=\"#\"} # a comment \" with a quote");
  ck_assert(fcl__slice_is(w->pairs[0].value, "b#c") && fcl__slice_is(w->pairs[1].value, "#"));
  end();
}
END_TEST

START_TEST(sha256_is_fips_180_4s) {
  static const struct {
    const char *text, *sum;
  } known[] = {{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
               {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
               {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"}};
  fcl_slice hex = {known[_i].sum, 64};
  fcl__sha256 s;
  uint8_t is[32], expected[32];
  fcl__sha256_init(&s);
  fcl__sha256_add(&s, known[_i].text, strlen(known[_i].text));
  fcl__sha256_end(&s, is);
  ck_assert(fcl__read_sum(hex, expected));
  ck_assert_mem_eq(is, expected, 32);
}
END_TEST

/* ---- What it refuses ---- */

static const struct wrong {
  const char *text, *sentence;
} wrong[] = {
    {"", "x.fcgi, line 1, column 1: a transcript's first line is `fcgi 1`"},
    {"fcgi 2\n", "x.fcgi, line 1, column 1: a transcript's first line is `fcgi 1`"},
    {"fcgi 1\n# nothing\n", "there is no case in it"},
    {"fcgi 1\nfoo bar\n", "x.fcgi, line 2, column 1: a line begins with claim, pool,"},
    {"fcgi 1\n\n> STDIN \"abc\n", "x.fcgi, line 3, column 9: the closing quote is missing"},
    {"fcgi 1\n> STDIN \"a\\q\"\n",
     "x.fcgi, line 2, column 12: after a backslash stands n, r, t, 0, e, \", \\ or xHH"},
    {"fcgi 1\n> STDIN \"a\\x4\"\n", "column 12: after a backslash stands"},
    {"fcgi 1\n> STDIM {}\n", "line 2, column 3: a record's type (BEGIN_REQUEST, PARAMS,"},
    {"fcgi 1\n> 256\n", "line 2, column 3: a record's type"},
    {"fcgi 1\n> STDIN \"a\" {\"bcdefgh\"}\n", "line 2, column 13: the content is said twice"},
    {"fcgi 1\n> STDIN {\"a\"} \"b\"\n", "column 15: the content is said twice"},
    {"fcgi 1\n> STDIN {\"a\"\n", "line 2, column 9: the closing brace is missing"},
    {"fcgi 1\n> STDIN {A=b}\n", "column 10: a long stream is said as {length=N sha256=HEX}"},
    {"fcgi 1\n> PARAMS {A~\"b\"}\n", "column 11: between braces of parameters stand"},
    {"fcgi 1\n> STDIN role=RESPONDER\n", "column 9: of a record these may be said: id, padding"},
    {"fcgi 1\n> STDIN id=1 id=2\n", "column 14: id is said twice"},
    {"fcgi 1\n> STDIN id=65536\n", "column 9: id is a number from 0 to 65535"},
    {"fcgi 1\n> BEGIN_REQUEST role=WAITER\n", "role is a number from 0 to 65535"},
    {"fcgi 1\n> END_REQUEST {}\n", "records of this type are no stream: no braces here"},
    {"fcgi 1\n> STDIN \"a\" open\n", "`open` stands behind a stream in braces"},
    {"fcgi 1\n< STDOUT repeat(\"x\", 65536)\n",
     "65536 bytes do not fit one record (65535): put them between braces"},
    {"fcgi 1\n< STDOUT random(5)\n", "column 18: a ',' was to come here"},
    {"fcgi 1\n< STDOUT random(99999999999, 1)\n", "a number from 0 to 134217728 was to come here"},
    {"fcgi 1\n< STDOUT repeat(\"xxxxxxxxxxxxxxxx\", 60000000)\n",
     "takes more than 128 MiB of memory"},
    {"fcgi 1\n> nothing\n", "within 100ms"},
    {"fcgi 1\n> nothing within 5\n", "column 18: a time was to come here: 300ms or 2s, up to 600s"},
    {"fcgi 1\nwait 601s\n", "line 2, column 6: a time was to come here"},
    {"fcgi 1\n-- connection 0\n", "`-- connection N` (from 1) or `-- refuse` was to come here"},
    {"fcgi 1\nclaim A\n", "line 2, column 7: a sentence in quotes was to come here"},
    {"fcgi 1\nclaim \"A\"\nclaim \"B\"\n", "line 3, column 10: a case has one claim"},
    {"fcgi 1\npool colour=1\n", "line 2, column 6: of the pool these may be said: connections"},
    {"fcgi 1\npool queue=many\n", "queue is a number"},
    {"fcgi 1\n! a jump\n", "line 2, column 5: `! request NAME ...` or `! NAME write|finish"},
    {"fcgi 1\n! request a what\n", "column 13: a request has parameters NAME=VALUE"},
    {"fcgi 1\n! request a length=-1\n", "length is a number, `unknown`, `gather` or `refuse`"},
    {"fcgi 1\n= a tail\n", "column 5: head, body, stderr, sent or done was to come here"},
    {"fcgi 1\n= a done error=OUCH\n", "column 10: there is no error of this name"},
    {"fcgi 1\n= a done maybe\n", "column 10: of an end OK or error=CODE"},
    {"fcgi 1\n= a head ok\n", "column 10: the status of the head was to come here: 200"},
    {"fcgi 1\n= a body sha256=12\n", "sha256 has 64 hexadecimal digits"},
    {"fcgi 1\nstop-reading now\n", "column 14: nothing may follow here"},
};

START_TEST(what_is_wrong_is_named_with_its_place_and_what_is_allowed) {
  ck_assert_int_eq(read_text(wrong[_i].text), FCL_E_CONFIG);
  ck_assert_ptr_null(t);
  ck_assert_msg(strstr(error.text, wrong[_i].sentence) != NULL, "\"%s\" is not in: %s",
                wrong[_i].sentence, error.text);
}
END_TEST

START_TEST(a_line_of_too_many_words_is_refused) {
  char text[3000] = "fcgi 1\n> PARAMS {";
  size_t n, at = strlen(text);
  for (n = 0; n < 1100; n++)
    text[at++] = 'a', text[at++] = ' ';
  text[at] = 0;
  ck_assert_int_eq(read_text(text), FCL_E_CONFIG);
  ck_assert_ptr_nonnull(strstr(error.text, "a line has up to 1024 words"));
}
END_TEST

static const char whole[] =
    "fcgi 1\nclaim \"c\" KF-001\npool queue=1\n! request a A=\"b\" body=random(9, 1)\n"
    "-- connection 1\n> BEGIN_REQUEST id=$a role=1 | close\n> PARAMS {A=b ...}\n"
    "< STDOUT {\"x\\x00\" ... repeat(\"y\", 2)} padding=3\n= a done OK | error=IO text~\"x\"\n";

START_TEST(a_text_cut_anywhere_is_read_or_refused_with_a_sentence) { /* loop: every byte */
  char *cut = malloc((size_t) _i + 1);
  memcpy(cut, whole, (size_t) _i); /* no NUL behind it */
  fcl__transcript_read(&t, "x.fcgi", cut, (size_t) _i, &error);
  ck_assert((t == NULL) == (error.text[0] != 0));
  free(cut);
  end();
}
END_TEST

int main(void) {
  TCase *takes = tcase_create("takes"), *refuses = tcase_create("refuses");
  TCase *cases[2];
  cases[0] = takes;
  cases[1] = refuses;
  tcase_add_test(takes, escapes_stand_for_bytes);
  tcase_add_test(takes, pieces_of_bytes_are_one);
  tcase_add_test(takes, random_bytes_are_the_same_for_ever);
  tcase_add_test(takes, gaps_are_places_among_the_bytes);
  tcase_add_test(takes, parameters_have_names_and_values_in_any_form);
  tcase_add_test(takes, attributes_are_numbers_or_the_specifications_words);
  tcase_add_test(takes, alternatives_stand_between_bars);
  tcase_add_test(takes, a_type_may_be_any_number);
  tcase_add_test(takes, cases_are_parted_and_empty_ones_are_none);
  tcase_add_test(takes, a_comment_begins_behind_a_blank_only);
  tcase_add_loop_test(takes, sha256_is_fips_180_4s, 0, 3);
  tcase_add_loop_test(refuses, what_is_wrong_is_named_with_its_place_and_what_is_allowed, 0,
                      (int) (sizeof wrong / sizeof *wrong));
  tcase_add_test(refuses, a_line_of_too_many_words_is_refused);
  tcase_add_loop_test(refuses, a_text_cut_anywhere_is_read_or_refused_with_a_sentence, 0,
                      (int) sizeof whole);
  return test_suite_run("transcript", cases, 2);
}
