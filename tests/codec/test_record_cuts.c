/* test_record_cuts.c: records decode the same however they are cut; what is no FastCGI is refused
 * at its byte. */
#include "codec/record_world.h"

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

int main(void) {
  TCase *t = record_world_case("record cuts");
  tcase_add_loop_test(t, the_answer_in_the_specification_decodes, 0, sizeof example);
  tcase_add_loop_test(t, every_kind_of_record_decodes_at_any_cut, 0, sizeof mixed);
  tcase_add_test(t, every_kind_of_record_decodes_in_pieces_of_any_size);
  tcase_add_test(t, offset_counts_what_was_taken_at_any_cut);
  tcase_add_test(t, the_decoder_tells_where_a_record_starts_and_which_it_is_at_any_cut);
  tcase_add_test(t, a_refused_header_is_counted_once);
  tcase_add_test(t, the_decoder_is_between_records_only_at_their_borders);
  tcase_add_loop_test(t, the_header_is_kept_as_it_came, 0, 17);
  tcase_add_test(t, a_version_other_than_1_is_refused);
  tcase_add_test(t, a_wrong_version_is_refused_at_its_byte);
  tcase_add_test(t, what_stands_in_place_of_a_header_is_kept_for_the_message);
  tcase_add_loop_test(t, a_refused_header_is_kept_as_far_as_it_came, 1, 9);
  tcase_add_test(t, a_refusal_sticks_and_takes_nothing);
  tcase_add_loop_test(t, stray_bytes_behind_a_record_are_refused_where_they_stand, 0, 19);
  return test_suite_run("record_cuts", &t, 1);
}
