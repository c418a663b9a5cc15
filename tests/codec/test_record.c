/* test_record.c: records as they are written; what a decoder tells of those that come. */
#include "codec/record_world.h"

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

int main(void) {
  TCase *t = record_world_case("record");
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
  tcase_add_test(t, a_zeroed_decoder_without_input_wants_more);
  tcase_add_test(t, an_empty_record_begins_and_ends_without_further_input);
  tcase_add_test(t, the_record_is_told_from_its_header_to_its_end);
  tcase_add_test(t, content_is_lent_inside_the_input);
  tcase_add_loop_test(t, id_0_is_reported_for_every_type, 1, 12);
  tcase_add_loop_test(t, padding_of_any_length_is_skipped_on_every_type, 2, 24);
  tcase_add_loop_test(t, the_largest_content_with_padding_does_not_wrap, 0, 15);
  tcase_add_loop_test(t, end_request_is_over_with_the_last_byte_of_its_padding, 0, 23);
  tcase_add_loop_test(t, an_empty_stderr_record_waits_for_nothing, 0, 51);
  tcase_add_loop_test(t, padding_may_come_in_pieces, 1, 24);
  tcase_add_loop_test(t, a_record_is_not_over_inside_its_padding, 0, 14);
  return test_suite_run("record", &t, 1);
}
