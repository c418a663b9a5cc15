/* test_record.c: record headers, BEGIN_REQUEST and END_REQUEST, the decoder. */
#include "codec/record_log.h"
#include "support/suite.h"

#define BYTES(text) (text), sizeof(text) - 1

static record_log log_;

/* ---- Writing ---- */

START_TEST(a_header_is_eight_big_endian_bytes) {
  uint8_t out[8];
  memset(out, 0xa5, sizeof out);
  fcl_put_header(out, FCL_STDOUT, 0x1234, 0x5678, 9);
  ck_assert_mem_eq(out, "\x01\x06\x12\x34\x56\x78\x09\x00", 8);
}
END_TEST

START_TEST(a_header_holds_the_largest_numbers) {
  uint8_t out[8];
  fcl_put_header(out, FCL_STDIN, 65535, 65535, 255);
  ck_assert_mem_eq(out, "\x01\x05\xff\xff\xff\xff\xff\x00", 8);
}
END_TEST

/* The specification, appendix B: {FCGI_BEGIN_REQUEST, 1, {FCGI_RESPONDER, FCGI_KEEP_CONN}}. KF-007:
   into memory that was not 0, for the reserved bytes. */
START_TEST(begin_request_is_as_the_specification_has_it) {
  uint8_t out[16];
  memset(out, 0xa5, sizeof out);
  fcl_put_begin(out, 1, FCL_RESPONDER, FCL_KEEP_CONN);
  ck_assert_mem_eq(out, "\x01\x01\x00\x01\x00\x08\x00\x00\x00\x01\x01\x00\x00\x00\x00\x00", 16);
}
END_TEST

/* Appendix B: {FCGI_END_REQUEST, 1, {938, FCGI_REQUEST_COMPLETE}}. */
START_TEST(end_request_is_as_the_specification_has_it) {
  uint8_t out[16];
  memset(out, 0xa5, sizeof out);
  fcl_put_end(out, 1, 938, FCL_REQUEST_COMPLETE);
  ck_assert_mem_eq(out, "\x01\x03\x00\x01\x00\x08\x00\x00\x00\x00\x03\xaa\x00\x00\x00\x00", 16);
}
END_TEST

START_TEST(the_four_bytes_of_an_application_status_are_written_in_order) {
  uint8_t out[16];
  fcl_put_end(out, 1, 0x81020304u, FCL_IS_OVERLOADED);
  ck_assert_mem_eq(out + 8, "\x81\x02\x03\x04\x02\x00\x00\x00", 8);
}
END_TEST

START_TEST(the_four_bytes_of_an_application_status_are_read_in_order) {
  fcl_end end;
  ck_assert_int_eq(fcl_get_end(BYTES("\x81\x02\x03\x04\x02\xff\xff\xff"), &end), 1);
  ck_assert_uint_eq(end.app_status, 0x81020304u);
  ck_assert_uint_eq(end.protocol_status, FCL_IS_OVERLOADED);
}
END_TEST

START_TEST(less_than_eight_bytes_are_no_end_request) {
  test_guard guard = test_guard_make(8);
  const char *at = test_guard_put(&guard, "\0\0\0\0\0\0\0", (size_t) _i);
  fcl_end end;
  ck_assert_int_eq(fcl_get_end(at, (size_t) _i, &end), 0);
  test_guard_free(&guard);
}
END_TEST

START_TEST(what_follows_eight_bytes_of_end_request_is_left_alone) {
  fcl_end end;
  ck_assert_int_eq(fcl_get_end(BYTES("\0\0\0\7\1\0\0\0\xff\xff"), &end), 1);
  ck_assert_uint_eq(end.app_status, 7);
  ck_assert_uint_eq(end.protocol_status, FCL_CANT_MPX_CONN);
}
END_TEST

START_TEST(types_have_the_names_of_the_specification) {
  ck_assert_str_eq(fcl_type_name(1), "BEGIN_REQUEST");
  ck_assert_str_eq(fcl_type_name(FCL_ABORT_REQUEST), "ABORT_REQUEST");
  ck_assert_str_eq(fcl_type_name(FCL_END_REQUEST), "END_REQUEST");
  ck_assert_str_eq(fcl_type_name(FCL_PARAMS), "PARAMS");
  ck_assert_str_eq(fcl_type_name(FCL_STDIN), "STDIN");
  ck_assert_str_eq(fcl_type_name(FCL_STDOUT), "STDOUT");
  ck_assert_str_eq(fcl_type_name(FCL_STDERR), "STDERR");
  ck_assert_str_eq(fcl_type_name(FCL_DATA), "DATA");
  ck_assert_str_eq(fcl_type_name(FCL_GET_VALUES), "GET_VALUES");
  ck_assert_str_eq(fcl_type_name(FCL_GET_VALUES_RESULT), "GET_VALUES_RESULT");
  ck_assert_str_eq(fcl_type_name(11), "UNKNOWN_TYPE");
}
END_TEST

START_TEST(a_number_that_is_no_type_has_no_name) {
  ck_assert_str_eq(fcl_type_name(0), "?");
  ck_assert_str_eq(fcl_type_name(12), "?");
  ck_assert_str_eq(fcl_type_name(0xffffffffu), "?");
}
END_TEST

/* ---- Decoding: the same however it is cut ---- */

/* The specification's first example of appendix B, its answer shortened: STDOUT "Content-type:
   text/html\r\n\r\n<html>", the empty STDOUT, END_REQUEST. */
static const char example[] = "\1\6\0\1\0\x1f\0\0"
                              "Content-type: text/html\r\n\r\n<htm"
                              "\1\6\0\1\0\2\0\0"
                              "l>"
                              "\1\6\0\1\0\0\0\0"
                              "\1\3\0\1\0\x08\0\0"
                              "\0\0\0\0\0\0\0\0";

START_TEST(the_answer_in_the_specification_decodes) { /* KF-021, KF-022, KF-038: _i is the cut */
  record_log_cut(&log_, BYTES(example), (size_t) _i);
  ck_assert_str_eq(log_.text,
                   "[6 id=1 436f6e74656e742d747970653a20746578742f68746d6c0d0a0d0a3c68746d]"
                   "[6 id=1 6c3e][6 id=1 ][3 id=1 0000000000000000]");
}
END_TEST

/* Every kind of record: paddings that align nothing (Go, Ruby), empty records, unknown types, id 0,
   a reserved byte that is not 0. */
static const char mixed[] = "\1\6\0\1\0\5\3\0"
                            "Hello---"
                            "\1\7\0\1\0\0\0\0"
                            "\1\7\0\1\0\1\1\0"
                            "e-"
                            "\1\x0c\xff\xff\0\2\0\x99"
                            "??"
                            "\1\xff\0\0\0\0\7\0"
                            "-------"
                            "\1\6\0\1\0\0\2\0"
                            "--"
                            "\1\3\0\1\0\x08\7\0"
                            "\0\0\0\7\0\0\0\0-------";
static const char mixed_log[] = "[6 id=1 48656c6c6f +3][7 id=1 ][7 id=1 65 +1][12 id=65535 3f3f]"
                                "[255 id=0  +7][6 id=1  +2][3 id=1 0000000700000000 +7]";

START_TEST(every_kind_of_record_decodes_at_any_cut) {
  record_log_cut(&log_, BYTES(mixed), (size_t) _i);
  ck_assert_str_eq(log_.text, mixed_log);
  ck_assert_uint_eq(log_.d.offset, sizeof mixed - 1);
  ck_assert(fcl_decoder_between(&log_.d));
}
END_TEST

START_TEST(every_kind_of_record_decodes_in_pieces_of_any_size) {
  size_t size;
  for (size = 1; size < sizeof mixed; size++) {
    record_log_pieces(&log_, BYTES(mixed), size);
    ck_assert_str_eq(log_.text, mixed_log);
  }
}
END_TEST

START_TEST(offset_counts_what_was_taken_at_any_cut) {
  test_guard guard = test_guard_make(sizeof mixed);
  size_t cut;
  for (cut = 0; cut < sizeof mixed; cut++) {
    memset(&log_, 0, sizeof log_);
    record_log_feed(&log_, &guard, mixed, cut);
    ck_assert_uint_eq(log_.d.offset, cut);
  }
  test_guard_free(&guard);
}
END_TEST

START_TEST(the_decoder_tells_where_a_record_starts_and_which_it_is_at_any_cut) {
  static const unsigned starts[] = {0, 16, 24, 34, 44, 59, 69}; /* of `mixed` */
  test_guard guard = test_guard_make(sizeof mixed);
  size_t cut, which = 0;
  for (cut = 1; cut < sizeof mixed; cut++) {
    memset(&log_, 0, sizeof log_);
    record_log_feed(&log_, &guard, mixed, cut);
    if (which < 7 && cut > starts[which])
      which++;
    ck_assert_uint_eq(log_.d.number, which);
    ck_assert_uint_eq(log_.d.start, starts[which - 1]);
  }
  test_guard_free(&guard);
}
END_TEST

START_TEST(a_refused_header_is_counted_once) {
  const char bytes[] = "\1\6\0\1\0\0\0\0HTTP";
  const char *p = bytes;
  fcl_decoder d = {0};
  fcl_slice span;
  while (fcl_decode(&d, &p, bytes + 12, &span) != FCL_EV_BAD_VERSION)
    ;
  ck_assert_int_eq(fcl_decode(&d, &p, bytes + 12, &span), FCL_EV_BAD_VERSION);
  ck_assert_uint_eq(d.number, 2);
  ck_assert_uint_eq(d.start, 8);
}
END_TEST

/* KF-028: at any other place the end of the connection cuts a record. */
START_TEST(the_decoder_is_between_records_only_at_their_borders) {
  static const size_t borders[] = {0, 16, 24, 34, 44, 59, 69, 92};
  test_guard guard = test_guard_make(sizeof mixed);
  size_t cut, next = 0;
  ck_assert_uint_eq(sizeof mixed - 1, 92);
  for (cut = 0; cut < sizeof mixed; cut++) {
    memset(&log_, 0, sizeof log_);
    record_log_feed(&log_, &guard, mixed, cut);
    ck_assert_msg(fcl_decoder_between(&log_.d) == (cut == borders[next]), "at %zu", cut);
    next += cut == borders[next];
  }
  test_guard_free(&guard);
}
END_TEST

START_TEST(the_header_is_kept_as_it_came) {
  test_guard guard = test_guard_make(sizeof mixed);
  record_log_feed(&log_, &guard, mixed, (size_t) _i);
  if (_i < 8)
    ck_assert_uint_eq(log_.d.have, _i);
  ck_assert_mem_eq(log_.d.header, mixed, _i < 8 ? (size_t) _i : 8);
  test_guard_free(&guard);
}
END_TEST

/* ---- Decoding: events ---- */

START_TEST(a_zeroed_decoder_without_input_wants_more) {
  const char *p = NULL;
  fcl_slice span;
  ck_assert_int_eq(fcl_decode(&log_.d, &p, NULL, &span), FCL_EV_MORE);
  ck_assert(fcl_decoder_between(&log_.d));
}
END_TEST

START_TEST(an_empty_record_begins_and_ends_without_further_input) {
  const char *p = "\1\6\0\1\0\0\0\0", *end = p + 8;
  fcl_slice span = {NULL, 0};
  ck_assert_int_eq(fcl_decode(&log_.d, &p, end, &span), FCL_EV_RECORD);
  ck_assert_ptr_eq(p, end);
  ck_assert_int_eq(fcl_decoder_between(&log_.d), 0);
  p = end = NULL;
  ck_assert_int_eq(fcl_decode(&log_.d, &p, end, &span), FCL_EV_END);
  ck_assert(fcl_decoder_between(&log_.d));
  ck_assert_int_eq(fcl_decode(&log_.d, &p, end, &span), FCL_EV_MORE);
  ck_assert_ptr_null(span.base);
}
END_TEST

START_TEST(the_record_is_told_from_its_header_to_its_end) {
  const char *p = "\1\7\1\2\0\1\3\0x---", *end = p + 12;
  fcl_slice span;
  const fcl_record *r = &log_.d.record;
  int i;
  for (i = 0; i < 3; i++) {
    static const fcl_decode_event events[] = {FCL_EV_RECORD, FCL_EV_CONTENT, FCL_EV_END};
    ck_assert_int_eq(fcl_decode(&log_.d, &p, end, &span), events[i]);
    ck_assert_uint_eq(r->version, 1);
    ck_assert_uint_eq(r->type, FCL_STDERR);
    ck_assert_uint_eq(r->id, 0x102);
    ck_assert_uint_eq(r->length, 1);
    ck_assert_uint_eq(r->padding, 3);
  }
}
END_TEST

START_TEST(content_is_lent_inside_the_input) { /* record_log checks the address of each span */
  record_log_cut(&log_, BYTES("\1\6\0\1\0\2\0\0ab"), 9);
  ck_assert_str_eq(log_.text, "[6 id=1 6162]");
}
END_TEST

/* KF-030: whether an id may be 0 is for those who know the request; here it comes as it is. */
START_TEST(id_0_is_reported_for_every_type) {
  uint8_t wire[8];
  char expected[32];
  fcl_put_header(wire, (fcl_type) _i, 0, 0, 0);
  record_log_cut(&log_, wire, 8, 8);
  snprintf(expected, sizeof expected, "[%d id=0 ]", _i);
  ck_assert_str_eq(log_.text, expected);
}
END_TEST

/* ---- Decoding: lengths and padding ---- */

/* KF-023: on every type, empty and not, padding from 0 to 255; the next record is found. */
START_TEST(padding_of_any_length_is_skipped_on_every_type) {
  char wire[8 + 2 + 255 + 9], expected[64];
  const int content = _i & 1 ? 2 : 0, type = _i / 2;
  int padding;
  for (padding = 0; padding <= 255; padding++) {
    const size_t len = 8 + (size_t) content + (size_t) padding;
    memset(wire, 1, sizeof wire); /* padding that looks like headers */
    fcl_put_header((uint8_t *) wire, (fcl_type) type, 1, (size_t) content, (unsigned) padding);
    memcpy(wire + len, "\1\6\0\2\0\1\0\0x", 9);
    record_log_pieces(&log_, wire, len + 9, (size_t) (padding % 13) + 1);
    snprintf(expected, sizeof expected, "[%d id=1 %s%s%.0d]", type, content ? "0101" : "",
             padding ? " +" : "", padding);
    ck_assert_msg(strncmp(log_.text, expected, strlen(expected)) == 0, "%s", log_.text);
    ck_assert_str_eq(log_.text + strlen(expected), "[6 id=2 78]");
  }
}
END_TEST

/* KF-020: content and padding together are more than 16 bits hold. */
START_TEST(the_largest_content_with_padding_does_not_wrap) {
  static const unsigned paddings[] = {0, 1, 255};
  static const size_t pieces[] = {1, 7, 4096, 65535, 70000};
  static char wire[8 + 65535 + 255 + 9];
  const unsigned padding = paddings[_i / 5];
  const size_t len = 8 + 65535 + padding, size = pieces[_i % 5];
  test_guard guard = test_guard_make(size);
  size_t at, content = 0;
  int records = 0, ends = 0;
  fcl_decoder d = {0};
  memset(wire, 1, sizeof wire);
  fcl_put_header((uint8_t *) wire, (fcl_type) 99, 7, 65535, padding); /* to be ignored */
  memcpy(wire + len, "\1\6\0\2\0\1\0\0x", 9);
  for (at = 0; at < len + 9; at += size) {
    const size_t n = len + 9 - at < size ? len + 9 - at : size;
    const char *p = test_guard_put(&guard, wire + at, n), *end = p + n;
    fcl_decode_event event;
    fcl_slice span;
    while ((event = fcl_decode(&d, &p, end, &span)) != FCL_EV_MORE) {
      ck_assert_int_ne(event, FCL_EV_BAD_VERSION);
      records += event == FCL_EV_RECORD;
      ends += event == FCL_EV_END;
      content += event == FCL_EV_CONTENT ? span.len : 0;
    }
  }
  ck_assert_int_eq(records, 2);
  ck_assert_int_eq(ends, 2);
  ck_assert_uint_eq(content, 65535 + 1);
  ck_assert_uint_eq(d.record.id, 2);
  ck_assert_uint_eq(d.offset, len + 9);
  test_guard_free(&guard);
}
END_TEST

/* KF-024: a connection may be used again only when the padding is gone too.  KF-041: in two reads,
 * at every cut. */
START_TEST(end_request_is_over_with_the_last_byte_of_its_padding) {
  static const char wire[] = "\1\3\0\1\0\x08\7\0\0\0\0\0\0\0\0\0-------";
  test_guard guard = test_guard_make(64);
  record_log_feed(&log_, &guard, wire, (size_t) _i);
  ck_assert_int_eq(fcl_decoder_between(&log_.d), _i == 0);
  record_log_feed(&log_, &guard, wire + _i, sizeof wire - 1 - (size_t) _i);
  ck_assert_int_eq(fcl_decoder_between(&log_.d), 1);
  ck_assert_str_eq(log_.text, "[3 id=1 0000000000000000 +7]");
  record_log_feed(&log_, &guard, "\1\6\0\1\0\1\0\0x", 9);
  ck_assert_str_eq(log_.text, "[3 id=1 0000000000000000 +7][6 id=1 78]");
  test_guard_free(&guard);
}
END_TEST

/* KF-026: before, between and after STDOUT, padded and not. */
START_TEST(an_empty_stderr_record_waits_for_nothing) {
  static const char wire[] = "\1\7\0\1\0\0\0\0"
                             "\1\6\0\1\0\1\0\0a"
                             "\1\7\0\1\0\0\x08\0--------"
                             "\1\6\0\1\0\1\0\0b"
                             "\1\7\0\1\0\0\0\0";
  record_log_cut(&log_, BYTES(wire), (size_t) _i);
  ck_assert_str_eq(log_.text, "[7 id=1 ][6 id=1 61][7 id=1  +8][6 id=1 62][7 id=1 ]");
}
END_TEST

START_TEST(padding_may_come_in_pieces) { /* KF-027 */
  record_log_pieces(&log_, BYTES("\1\6\0\1\0\1\5\0a-----\1\6\0\1\0\1\0\0b"), (size_t) _i);
  ck_assert_str_eq(log_.text, "[6 id=1 61 +5][6 id=1 62]");
}
END_TEST

START_TEST(a_record_is_not_over_inside_its_padding) { /* KF-027: the connection ends there */
  record_log_cut(&log_, BYTES("\1\6\0\1\0\1\5\0a----"), (size_t) _i);
  ck_assert_str_eq(log_.text, "[6 id=1 61");
  ck_assert_int_eq(fcl_decoder_between(&log_.d), 0);
}
END_TEST

/* ---- Decoding: what is no FastCGI ---- */

START_TEST(a_version_other_than_1_is_refused) {
  int version;
  for (version = 0; version < 256; version++) {
    const char wire[] = {(char) version, 6, 0, 1, 0, 0, 0, 0};
    char expected[32];
    record_log_cut(&log_, wire, 8, 8);
    snprintf(expected, sizeof expected, version == 1 ? "[6 id=1 ]" : "version %d at 0", version);
    ck_assert_str_eq(log_.text, expected);
  }
}
END_TEST

START_TEST(a_wrong_version_is_refused_at_its_byte) {
  record_log_cut(&log_, "H", 1, 1);
  ck_assert_str_eq(log_.text, "version 72 at 0");
}
END_TEST

START_TEST(what_stands_in_place_of_a_header_is_kept_for_the_message) {
  record_log_cut(&log_, BYTES("HTTP/1.1 400 Bad Request\r\n"), 26);
  ck_assert_uint_eq(log_.d.have, 8);
  ck_assert_mem_eq(log_.d.header, "HTTP/1.1", 8);
}
END_TEST

START_TEST(a_refused_header_is_kept_as_far_as_it_came) {
  test_guard guard = test_guard_make(8);
  record_log_feed(&log_, &guard, "HTTP/1.1", (size_t) _i);
  ck_assert_uint_eq(log_.d.have, _i);
  ck_assert_mem_eq(log_.d.header, "HTTP/1.1", (size_t) _i);
  test_guard_free(&guard);
}
END_TEST

START_TEST(a_refusal_sticks_and_takes_nothing) {
  const char *p = "HTTP/1.1", *again = "\1\6\0\1\0\0\0\0";
  fcl_slice span;
  ck_assert_int_eq(fcl_decode(&log_.d, &p, p + 3, &span), FCL_EV_BAD_VERSION);
  ck_assert_str_eq(p, "HTTP/1.1");
  p = again;
  ck_assert_int_eq(fcl_decode(&log_.d, &p, again + 8, &span), FCL_EV_BAD_VERSION);
  ck_assert_ptr_eq(p, again);
  ck_assert_uint_eq(log_.d.offset, 0);
  ck_assert_uint_eq(log_.d.have, 3);
  ck_assert_uint_eq(log_.d.record.version, 'H');
  ck_assert_int_eq(fcl_decoder_between(&log_.d), 0);
}
END_TEST

/* KF-042: zeros between two answers of a kept connection.  KF-040: the rest of an answer in place
 * of a header. */
START_TEST(stray_bytes_behind_a_record_are_refused_where_they_stand) {
  record_log_cut(&log_, BYTES("\1\6\0\1\0\1\1\0a-\0\0\0\1\6\0\1\0"), (size_t) _i);
  ck_assert_str_eq(log_.text, "[6 id=1 61 +1]version 0 at 10");
}
END_TEST

static void setup(void) {
  memset(&log_, 0, sizeof log_);
}

static TCase *writing(void) {
  TCase *t = tcase_create("writing");
  tcase_add_test(t, a_header_is_eight_big_endian_bytes);
  tcase_add_test(t, a_header_holds_the_largest_numbers);
  tcase_add_test(t, begin_request_is_as_the_specification_has_it);
  tcase_add_test(t, end_request_is_as_the_specification_has_it);
  tcase_add_test(t, the_four_bytes_of_an_application_status_are_written_in_order);
  tcase_add_test(t, the_four_bytes_of_an_application_status_are_read_in_order);
  tcase_add_loop_test(t, less_than_eight_bytes_are_no_end_request, 0, 8);
  tcase_add_test(t, what_follows_eight_bytes_of_end_request_is_left_alone);
  tcase_add_test(t, types_have_the_names_of_the_specification);
  tcase_add_test(t, a_number_that_is_no_type_has_no_name);
  return t;
}

static TCase *cuts(void) {
  TCase *t = tcase_create("cuts");
  tcase_add_checked_fixture(t, setup, NULL);
  tcase_add_loop_test(t, the_answer_in_the_specification_decodes, 0, sizeof example);
  tcase_add_loop_test(t, every_kind_of_record_decodes_at_any_cut, 0, sizeof mixed);
  tcase_add_test(t, every_kind_of_record_decodes_in_pieces_of_any_size);
  tcase_add_test(t, offset_counts_what_was_taken_at_any_cut);
  tcase_add_test(t, the_decoder_tells_where_a_record_starts_and_which_it_is_at_any_cut);
  tcase_add_test(t, a_refused_header_is_counted_once);
  tcase_add_test(t, the_decoder_is_between_records_only_at_their_borders);
  tcase_add_loop_test(t, the_header_is_kept_as_it_came, 0, 17);
  return t;
}

static TCase *events(void) {
  TCase *t = tcase_create("events");
  tcase_add_checked_fixture(t, setup, NULL);
  tcase_add_test(t, a_zeroed_decoder_without_input_wants_more);
  tcase_add_test(t, an_empty_record_begins_and_ends_without_further_input);
  tcase_add_test(t, the_record_is_told_from_its_header_to_its_end);
  tcase_add_test(t, content_is_lent_inside_the_input);
  tcase_add_loop_test(t, id_0_is_reported_for_every_type, 1, 12);
  return t;
}

static TCase *lengths(void) {
  TCase *t = tcase_create("lengths");
  tcase_add_checked_fixture(t, setup, NULL);
  tcase_add_loop_test(t, padding_of_any_length_is_skipped_on_every_type, 2, 24);
  tcase_add_loop_test(t, the_largest_content_with_padding_does_not_wrap, 0, 15);
  tcase_add_loop_test(t, end_request_is_over_with_the_last_byte_of_its_padding, 0, 23);
  tcase_add_loop_test(t, an_empty_stderr_record_waits_for_nothing, 0, 51);
  tcase_add_loop_test(t, padding_may_come_in_pieces, 1, 24);
  tcase_add_loop_test(t, a_record_is_not_over_inside_its_padding, 0, 14);
  return t;
}

static TCase *refusals(void) {
  TCase *t = tcase_create("refusals");
  tcase_add_checked_fixture(t, setup, NULL);
  tcase_add_test(t, a_version_other_than_1_is_refused);
  tcase_add_test(t, a_wrong_version_is_refused_at_its_byte);
  tcase_add_test(t, what_stands_in_place_of_a_header_is_kept_for_the_message);
  tcase_add_loop_test(t, a_refused_header_is_kept_as_far_as_it_came, 1, 9);
  tcase_add_test(t, a_refusal_sticks_and_takes_nothing);
  tcase_add_loop_test(t, stray_bytes_behind_a_record_are_refused_where_they_stand, 0, 19);
  return t;
}

int main(void) {
  TCase *cases[5];
  cases[0] = writing();
  cases[1] = cuts();
  cases[2] = events();
  cases[3] = lengths();
  cases[4] = refusals();
  return test_suite_run("record", cases, 5);
}
