/* test_match.c: what arrived against what a transcript's line expects, on literal bytes; and lines
 * as bytes. */
#include "support/suite.h"
#include "player.h"
#include <stdio.h>
#include <string.h>

static fcl__transcript *read_so_far[16]; /* names lie in the transcript that bound them */
static unsigned read_count;
static fcl__arrived in;
static fcl__names names;
static unsigned current;

static const fcl__wire *line(const char *text) {
  char all[1024];
  fcl_error e;
  fcl__transcript **t = &read_so_far[read_count++];
  ck_assert_uint_le(read_count, 16);
  snprintf(all, sizeof all, "fcgi 1\n%s\n", text);
  ck_assert_msg(fcl__transcript_read(t, "x", all, strlen(all), &e) == FCL_OK, "%s", e.text);
  return (*t)->cases[0].steps[0].any;
}

static int fits(const char *text) {
  return fcl__match(line(text), &in, &names, &current);
}

static void arrive(const char *bytes, size_t len) {
  ck_assert(fcl__arrived_add(&in, bytes, len));
}

#define ARRIVE(literal) arrive((literal), sizeof(literal) - 1)
#define BEGIN           "\1\1\0\1\0\10\0\0\0\1\1\0\0\0\0\0" /* id 1, responder, KEEP_CONN */

static void clear(void) {
  fcl__arrived_free(&in);
  fcl__names_free(&names);
  while (read_count)
    fcl__transcript_free(read_so_far[--read_count]);
  current = 0;
}

START_TEST(a_record_is_judged_when_its_last_byte_is_here) {
  arrive(BEGIN, 15);
  ck_assert_int_eq(fits("> BEGIN_REQUEST"), FCL__WAIT);
  arrive(&BEGIN[15], 1);
  ck_assert_int_eq(fits("> BEGIN_REQUEST id=$a role=RESPONDER flags=KEEP_CONN"), FCL__MET);
  ck_assert_uint_eq(current, 1);
  ck_assert_ptr_null(fcl__arrived_next(&in));
}
END_TEST

START_TEST(an_attribute_that_differs_is_no_match) {
  ARRIVE(BEGIN);
  ck_assert_int_eq(fits("> BEGIN_REQUEST role=FILTER"), FCL__FAIL);
  ck_assert_int_eq(fits("> BEGIN_REQUEST flags=0"), FCL__FAIL);
  ck_assert_int_eq(fits("> BEGIN_REQUEST id=2"), FCL__FAIL);
  ck_assert_int_eq(fits("> BEGIN_REQUEST padding=1"), FCL__FAIL);
  ck_assert_int_eq(fits("> STDIN"), FCL__FAIL);
  ck_assert_int_eq(fits("> BEGIN_REQUEST"), FCL__MET);
}
END_TEST

START_TEST(parameters_fit_in_any_order_and_cut) {
  ARRIVE(BEGIN "\1\4\0\1\0\4\0\0\1\1Ab\1\4\0\1\0\4\0\0\1\1Cd");
  ck_assert_int_eq(fits("> BEGIN_REQUEST"), FCL__MET);
  ck_assert_int_eq(fits("> PARAMS {C=d A=b}"), FCL__WAIT); /* its end is not here */
  ARRIVE("\1\4\0\1\0\0\0\0");
  ck_assert_int_eq(fits("> PARAMS {C=d}"), FCL__FAIL);
  ck_assert_int_eq(fits("> PARAMS {C=d A=x}"), FCL__FAIL);
  ck_assert_int_eq(fits("> PARAMS {C=d A=b E=f}"), FCL__FAIL);
  ck_assert_int_eq(fits("> PARAMS {C=d E=f ...}"), FCL__FAIL);
  ck_assert_int_eq(fits("> PARAMS {C=... ...}"), FCL__MET);
}
END_TEST

START_TEST(a_stream_fits_in_any_cut_and_only_whole) {
  ARRIVE("\1\5\0\1\0\1\0\0a\1\5\0\1\0\2\1\0bcP");
  current = 1;
  ck_assert_int_eq(fits("> STDIN {\"abc\"}"), FCL__WAIT);
  ck_assert_int_eq(fits("> STDIN {\"ab\"} open"), FCL__MET);
  ARRIVE("\1\5\0\1\0\0\0\0");
  ck_assert_int_eq(fits("> STDIN {\"x\"}"), FCL__FAIL);
  ck_assert_int_eq(fits("> STDIN {\"c\"}"), FCL__MET);
  ck_assert_ptr_null(fcl__arrived_next(&in));
}
END_TEST

START_TEST(streams_of_two_requests_do_not_mix) {
  ARRIVE("\1\5\0\1\0\1\0\0a\1\5\0\2\0\1\0\0x\1\5\0\1\0\0\0\0\1\5\0\2\0\0\0\0");
  ck_assert_int_eq(fits("> STDIN id=2 {\"x\"}"), FCL__MET);
  ck_assert_int_eq(fits("> STDIN id=1 {\"a\"}"), FCL__MET);
}
END_TEST

START_TEST(a_stream_of_the_application_ends_with_its_request) {
  ARRIVE("\1\6\0\1\0\1\0\0a\1\7\0\1\0\1\0\0e\1\6\0\1\0\1\0\0b");
  current = 1;
  ck_assert_int_eq(fits("< STDOUT {\"ab\"}"), FCL__WAIT);
  ARRIVE("\1\3\0\1\0\10\0\0\0\0\0\0\0\0\0\0");
  ck_assert_int_eq(fits("< STDOUT {\"ab\"}"), FCL__MET);
  ck_assert_int_eq(fits("< END_REQUEST"), FCL__FAIL); /* STDERR stands before it */
  ck_assert_int_eq(fits("< STDERR {\"e\"}"), FCL__MET);
  ck_assert_int_eq(fits("< END_REQUEST app=0 status=REQUEST_COMPLETE"), FCL__MET);
}
END_TEST

START_TEST(gaps_stand_for_any_bytes) {
  ARRIVE("\1\5\0\1\0\6\0\0abcabd\1\5\0\1\0\0\0\0");
  current = 1;
  ck_assert_int_eq(fits("> STDIN {\"b\" ...}"), FCL__FAIL);
  ck_assert_int_eq(fits("> STDIN {... \"x\" ...}"), FCL__FAIL);
  ck_assert_int_eq(fits("> STDIN {\"abcabd\" ... \"d\"}"), FCL__FAIL);
  ck_assert_int_eq(fits("> STDIN {... \"ab\" ... \"d\"}"), FCL__MET);
}
END_TEST

START_TEST(a_name_is_bound_by_begin_and_checked_elsewhere) {
  ARRIVE("\1\1\0\7\0\10\0\0\0\1\1\0\0\0\0\0\1\5\0\10\0\0\0\0");
  ck_assert_int_eq(fits("> BEGIN_REQUEST id=$a"), FCL__MET);
  ck_assert_int_eq(fits("> STDIN id=$a \"\""), FCL__FAIL);
  ck_assert_int_eq(fits("> STDIN id=$b \"\""), FCL__MET);
}
END_TEST

START_TEST(an_end_is_met_only_behind_all_that_came) {
  ARRIVE("\1\5\0\1\0\0\0\0");
  in.is_ended = 1;
  ck_assert_int_eq(fits("> close"), FCL__FAIL);
  current = 1;
  ck_assert_int_eq(fits("> STDIN {}"), FCL__MET);
  ck_assert_int_eq(fits("> close"), FCL__MET);
  ck_assert_int_eq(fits("> STDIN {}"), FCL__FAIL);
}
END_TEST

START_TEST(behind_three_dots_others_may_stand_between) {
  ARRIVE(BEGIN "\1\5\0\1\0\0\0\0");
  ck_assert_int_eq(fits("> ..."), FCL__MET);
  ck_assert_int_eq(fits("> STDIN \"\""), FCL__MET);
}
END_TEST

START_TEST(what_is_no_record_can_be_expected_as_bytes) {
  ARRIVE("HTTP/1.1");
  ck_assert_int_eq(fits("< STDOUT"), FCL__FAIL);
  ck_assert_int_eq(fits("< raw \"HTTP/1.1 400\""), FCL__WAIT);
  ck_assert_int_eq(fits("< raw \"HTTP/2\""), FCL__FAIL);
  ck_assert_int_eq(fits("< raw \"HTTP\""), FCL__MET);
  ck_assert_int_eq(fits("< raw \"/1.1\""), FCL__MET);
}
END_TEST

/* ---- Lines as bytes ---- */

static const struct sent {
  const char *line, *bytes;
  size_t len;
} sents[] = {
#define SENT(line, bytes)                                                                          \
  { line, bytes, sizeof(bytes) - 1 }
    SENT("< STDOUT \"hi\"", "\1\6\0\1\0\2\0\0hi"),
    SENT("< STDOUT \"hi\" id=258 padding=3", "\1\6\1\2\0\2\3\0hi\0\0\0"),
    SENT("< STDOUT {\"hi\"}", "\1\6\0\1\0\2\0\0hi\1\6\0\1\0\0\0\0"),
    SENT("< STDOUT {\"hi\"} open", "\1\6\0\1\0\2\0\0hi"),
    SENT("< STDERR {\"hi\"}", "\1\7\0\1\0\2\0\0hi"),
    SENT("< STDOUT \"hi\" length=9 version=2 reserved=7", "\2\6\0\1\0\11\0\7hi"),
    SENT("< END_REQUEST app=258 status=OVERLOADED", "\1\3\0\1\0\10\0\0\0\0\1\2\2\0\0\0"),
    SENT("> BEGIN_REQUEST role=AUTHORIZER flags=1", "\1\1\0\1\0\10\0\0\0\2\1\0\0\0\0\0"),
    SENT("> PARAMS {A=b C=}", "\1\4\0\1\0\7\0\0\1\1Ab\1\0C\1\4\0\1\0\0\0\0"),
    SENT("> GET_VALUES {FCGI_MPXS_CONNS}", "\1\11\0\0\0\21\0\0\17\0FCGI_MPXS_CONNS"),
    SENT("< UNKNOWN_TYPE type=42", "\1\13\0\0\0\10\0\0\52\0\0\0\0\0\0\0"),
    SENT("< raw \"\\x00\\xff\"", "\0\xff"),
};

START_TEST(a_line_is_these_bytes) {
  fcl__text out = {NULL, 0, 0, 0};
  const char *why;
  ck_assert(fcl__encode(line(sents[_i].line), &names, &current, &out, &why));
  ck_assert_uint_eq(out.len, sents[_i].len);
  ck_assert_mem_eq(out.base, sents[_i].bytes, out.len);
  fcl__text_free(&out);
}
END_TEST

START_TEST(a_value_of_128_bytes_has_a_length_of_4) {
  fcl__text out = {NULL, 0, 0, 0};
  const char *why;
  ck_assert(fcl__encode(line("> PARAMS {A=repeat(\"v\", 128)}"), &names, &current, &out, &why));
  ck_assert_mem_eq(out.base, "\1\4\0\1\0\206\0\0\1\200\0\0\200Avv", 16);
  fcl__text_free(&out);
}
END_TEST

START_TEST(a_sum_cannot_be_sent) {
  fcl__text out = {NULL, 0, 0, 0};
  const char *why;
  ck_assert(
      !fcl__encode(line("< STDOUT {length=3 "
                        "sha256=ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad}"),
                   &names, &current, &out, &why));
  ck_assert_ptr_nonnull(strstr(why, "cannot be sent"));
  fcl__text_free(&out);
}
END_TEST

int main(void) {
  TCase *match = tcase_create("match"), *encode = tcase_create("encode");
  TCase *cases[2];
  cases[0] = match;
  cases[1] = encode;
  tcase_add_checked_fixture(match, NULL, clear);
  tcase_add_checked_fixture(encode, NULL, clear);
  tcase_add_test(match, a_record_is_judged_when_its_last_byte_is_here);
  tcase_add_test(match, an_attribute_that_differs_is_no_match);
  tcase_add_test(match, parameters_fit_in_any_order_and_cut);
  tcase_add_test(match, a_stream_fits_in_any_cut_and_only_whole);
  tcase_add_test(match, streams_of_two_requests_do_not_mix);
  tcase_add_test(match, a_stream_of_the_application_ends_with_its_request);
  tcase_add_test(match, gaps_stand_for_any_bytes);
  tcase_add_test(match, a_name_is_bound_by_begin_and_checked_elsewhere);
  tcase_add_test(match, an_end_is_met_only_behind_all_that_came);
  tcase_add_test(match, behind_three_dots_others_may_stand_between);
  tcase_add_test(match, what_is_no_record_can_be_expected_as_bytes);
  tcase_add_loop_test(encode, a_line_is_these_bytes, 0, (int) (sizeof sents / sizeof *sents));
  tcase_add_test(encode, a_value_of_128_bytes_has_a_length_of_4);
  tcase_add_test(encode, a_sum_cannot_be_sent);
  return test_suite_run("match", cases, 2);
}
