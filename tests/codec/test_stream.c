/* test_stream.c: a body as the records of one stream, read back by a strict decoder of the test's
 * own. */
#include "support/suite.h"
#include <fcgiclient/codec.h>
#include <stdlib.h>
#include <string.h>

#define MAX_BODY (40 * 65528)

static fcl_stream s;
static fcl_slice vecs[64];
static uint8_t body[MAX_BODY];
static uint8_t wire[MAX_BODY + 50 * 8]; /* what went out */
static size_t wire_len;
static unsigned seed;

static unsigned next_random(unsigned below) {
  seed = seed * 1664525u + 1013904223u;
  return (seed >> 8) % below;
}

/* Sends the first `n` bytes of a fill. */
static void send_bytes(const fcl_slice *v, size_t n) {
  for (; n > 0; v++) {
    const size_t take = v->len < n ? v->len : n;
    if (wire_len + take > sizeof wire)
      ck_abort_msg("more goes out than can be");
    memcpy(wire + wire_len, v->base, take);
    wire_len += take;
    n -= take;
  }
}

static size_t total(const fcl_slice *v, size_t count) {
  size_t sum = 0, i;
  for (i = 0; i < count; i++)
    sum += v[i].len;
  return sum;
}

/* Writes all there is, `max` slices and at most `most` bytes each time (with `if`: each
   ck_assert costs a write). */
static void pump(size_t max, unsigned most) {
  size_t n;
  while ((n = fcl_stream_fill(&s, vecs, max)) > 0) {
    const size_t all = total(vecs, n);
    const size_t part = most ? 1 + next_random(all < most ? (unsigned) all : most) : all;
    if (n > max)
      ck_abort_msg("%zu slices where there is room for %zu", n, max);
    send_bytes(vecs, part);
    fcl_stream_advance(&s, part);
  }
}

/* Reads `wire`: records of one type and id, not padded, reserved byte 0, at most 65,528 bytes, an
   empty one nowhere but at the end.  Returns how many; *sum is the content, which must be the body
   from its start; *ended says whether the empty one was there. */
static size_t decode_strictly(unsigned type, unsigned id, size_t *sum, int *ended) {
  size_t at = 0, records = 0;
  *sum = 0;
  *ended = 0;
  while (at < wire_len) {
    const uint8_t *h = wire + at;
    size_t len;
    ck_assert_uint_le(at + 8, wire_len);
    ck_assert_int_eq(*ended, 0);
    len = (size_t) h[4] * 256 + h[5];
    ck_assert_uint_eq(h[0], 1);
    ck_assert_uint_eq(h[1], type);
    ck_assert_uint_eq(h[2] * 256u + h[3], id);
    ck_assert_uint_eq(h[6], 0);
    ck_assert_uint_eq(h[7], 0);
    ck_assert_uint_le(len, 65528);
    ck_assert_uint_le(at + 8 + len, wire_len);
    ck_assert_uint_le(*sum + len, sizeof body);
    ck_assert(memcmp(h + 8, body + *sum, len) == 0);
    *sum += len;
    *ended = len == 0;
    at += 8 + len;
    records++;
  }
  return records;
}

static void assert_whole(size_t len) {
  size_t sum;
  int ended;
  decode_strictly(FCL_STDIN, 1, &sum, &ended);
  ck_assert_uint_eq(sum, len);
  ck_assert_int_eq(ended, 1);
  ck_assert(fcl_stream_idle(&s));
}

static void setup(void) {
  seed = 1;
  wire_len = 0;
  memset(&s, 0xa5, sizeof s);
  fcl_stream_init(&s, FCL_STDIN, 1);
}

/* ---- Bytes ---- */

/* The specification, appendix B: {FCGI_STDIN, 1, "quantity=100&item=3047936"}, {FCGI_STDIN, 1, ""}.
 */
START_TEST(a_body_and_its_end_are_as_the_specification_has_them) {
  static const char expected[] = "\1\5\0\1\0\x19\0\0"
                                 "quantity=100&item=3047936"
                                 "\1\5\0\1\0\0\0\0";
  fcl_stream_lend(&s, "quantity=100&item=3047936", 25);
  fcl_stream_finish(&s);
  pump(FCL_STREAM_VECS, 0);
  ck_assert_uint_eq(wire_len, sizeof expected - 1);
  ck_assert_mem_eq(wire, expected, wire_len);
}
END_TEST

START_TEST(type_and_id_stand_in_every_header) {
  static const char expected[] = "\1\x08\xfe\xdc\0\1\0\0x"
                                 "\1\x08\xfe\xdc\0\0\0\0";
  fcl_stream_init(&s, FCL_DATA, 0xfedc);
  fcl_stream_lend(&s, "x", 1);
  fcl_stream_finish(&s);
  pump(2, 0);
  ck_assert_uint_eq(wire_len, sizeof expected - 1);
  ck_assert_mem_eq(wire, expected, wire_len);
}
END_TEST

START_TEST(lent_bytes_are_not_copied) {
  fcl_stream_lend(&s, body, 100000);
  ck_assert_uint_eq(fcl_stream_fill(&s, vecs, 4), 4);
  ck_assert_ptr_eq(vecs[1].base, (const char *) body);
  ck_assert_ptr_eq(vecs[3].base, (const char *) body + 65528);
  ck_assert_uint_eq(vecs[3].len, 100000 - 65528);
}
END_TEST

START_TEST(filling_again_names_the_same_bytes) {
  static uint8_t before[sizeof wire];
  size_t first;
  fcl_stream_lend(&s, body, 100000);
  fcl_stream_finish(&s);
  fcl_stream_advance(&s, (size_t) _i);
  send_bytes(vecs, total(vecs, fcl_stream_fill(&s, vecs, FCL_STREAM_VECS)));
  first = wire_len;
  memcpy(before, wire, first);
  wire_len = 0;
  send_bytes(vecs, total(vecs, fcl_stream_fill(&s, vecs, FCL_STREAM_VECS)));
  ck_assert_uint_eq(wire_len, first);
  ck_assert_uint_eq(first, 100000 + 3 * 8 - (size_t) _i);
  ck_assert(memcmp(wire, before, first) == 0);
}
END_TEST

START_TEST(a_stream_may_be_cut_after_any_byte) {
  static const char expected[] = "\1\5\0\1\0\5\0\0Hello\1\5\0\1\0\0\0\0";
  fcl_stream_lend(&s, "Hello", 5);
  fcl_stream_finish(&s);
  fcl_stream_fill(&s, vecs, 3);
  send_bytes(vecs, (size_t) _i);
  fcl_stream_advance(&s, (size_t) _i);
  ck_assert_int_eq(fcl_stream_idle(&s), _i == 21);
  pump(2, 0);
  ck_assert_uint_eq(wire_len, 21);
  ck_assert_mem_eq(wire, expected, 21);
}
END_TEST

/* ---- Ends: exactly one empty record, and only when the body is whole ---- */

START_TEST(a_new_stream_has_nothing_to_send) {
  ck_assert(fcl_stream_idle(&s));
  ck_assert_uint_eq(fcl_stream_fill(&s, vecs, 2), 0);
}
END_TEST

START_TEST(an_empty_part_is_no_record) { /* KF-008: HHVM closed at the second end of the stream */
  fcl_stream_lend(&s, body, 3);
  pump(2, 0);
  fcl_stream_lend(&s, NULL, 0);
  ck_assert(fcl_stream_idle(&s));
  pump(2, 0);
  fcl_stream_finish(&s);
  pump(2, 0);
  ck_assert_uint_eq(wire_len, 8 + 3 + 8);
  assert_whole(3);
}
END_TEST

START_TEST(an_empty_part_may_come_while_another_is_lent) {
  fcl_stream_lend(&s, body, 3);
  fcl_stream_lend(&s, NULL, 0);
  fcl_stream_finish(&s);
  pump(2, 0);
  assert_whole(3);
}
END_TEST

/* KF-009, KF-010, KF-011, KF-012: for each size, and whether the end is known with the last part or
 * after it. */
START_TEST(every_body_ends_with_exactly_one_empty_record) {
  static const size_t sizes[] = {0, 1, 32767, 32768, 32769, 65528, 65529, 98304, 131056};
  const size_t size = sizes[_i / 3];
  fcl_stream_lend(&s, body, size);
  if (_i % 3 == 0)
    fcl_stream_finish(&s);
  if (_i % 3 == 1 && fcl_stream_fill(&s, vecs, FCL_STREAM_VECS) > 0)
    fcl_stream_finish(&s); /* between fill and advance */
  pump(FCL_STREAM_VECS, 0);
  fcl_stream_finish(&s); /* once more does no harm */
  pump(FCL_STREAM_VECS, 0);
  assert_whole(size);
  ck_assert_uint_eq(fcl_stream_fill(&s, vecs, 2), 0);
}
END_TEST

START_TEST(without_finish_there_is_no_empty_record) { /* half an upload never looks whole */
  size_t sum;
  int ended;
  fcl_stream_lend(&s, body, 70000);
  pump(FCL_STREAM_VECS, 0);
  ck_assert(fcl_stream_idle(&s));
  ck_assert_uint_eq(decode_strictly(FCL_STDIN, 1, &sum, &ended), 2);
  ck_assert_uint_eq(sum, 70000);
  ck_assert_int_eq(ended, 0);
}
END_TEST

START_TEST(finish_without_a_part_leaves_the_empty_record_to_send) {
  fcl_stream_finish(&s);
  ck_assert_int_eq(fcl_stream_idle(&s), 0);
  ck_assert_uint_eq(fcl_stream_fill(&s, vecs, 2), 1);
  ck_assert_uint_eq(vecs[0].len, 8);
  ck_assert_mem_eq(vecs[0].base, "\1\5\0\1\0\0\0\0", 8);
  fcl_stream_advance(&s, 8);
  ck_assert(fcl_stream_idle(&s));
}
END_TEST

START_TEST(parts_follow_each_other) {
  size_t at, i;
  for (at = 0, i = 1; at < 200000; i++) {
    const size_t n = i * 977;
    fcl_stream_lend(&s, body + at, n);
    pump(5, 0);
    ck_assert(fcl_stream_idle(&s));
    at += n;
  }
  fcl_stream_finish(&s);
  pump(5, 0);
  assert_whole(at);
}
END_TEST

/* ---- Sizes: KF-001, KF-005 ---- */

START_TEST(a_record_holds_at_most_65528_bytes) {
  fcl_stream_lend(&s, body, 65529);
  ck_assert_uint_eq(fcl_stream_fill(&s, vecs, FCL_STREAM_VECS), 4);
  ck_assert_mem_eq(vecs[0].base, "\1\5\0\1\xff\xf8\0\0", 8);
  ck_assert_mem_eq(vecs[2].base, "\1\5\0\1\0\1\0\0", 8);
}
END_TEST

START_TEST(one_fill_names_sixteen_records_and_the_end) {
  fcl_stream_lend(&s, body, 16 * 65528);
  fcl_stream_finish(&s);
  ck_assert_uint_eq(fcl_stream_fill(&s, vecs, FCL_STREAM_VECS), FCL_STREAM_VECS);
  send_bytes(vecs, total(vecs, FCL_STREAM_VECS));
  fcl_stream_advance(&s, wire_len);
  assert_whole(16 * 65528);
}
END_TEST

START_TEST(more_slices_than_one_fill_can_use_are_left_alone) {
  fcl_slice untouched = {"untouched", 9};
  size_t n, i;
  for (i = 0; i < 64; i++)
    vecs[i] = untouched;
  fcl_stream_lend(&s, body, MAX_BODY);
  n = fcl_stream_fill(&s, vecs, 64);
  ck_assert_uint_eq(n, 32);
  for (i = n; i < 64; i++)
    ck_assert_ptr_eq(vecs[i].base, untouched.base);
}
END_TEST

static const size_t large[] = {65535, 65536, 99000, 131072, MAX_BODY};

/* Every size with room for 2 to 33 slices, written whole. */
START_TEST(large_bodies_come_out_whole_whatever_the_room) {
  size_t max;
  for (max = 2; max <= FCL_STREAM_VECS; max++) {
    setup();
    fcl_stream_lend(&s, body, large[_i]);
    fcl_stream_finish(&s);
    pump(max, 0);
    assert_whole(large[_i]);
  }
}
END_TEST

/* The same, and the connection takes a random number of bytes each time. */
START_TEST(large_bodies_come_out_whole_however_short_the_writes) {
  static const unsigned most[] = {40, 5000, 200000};
  size_t max, i;
  for (max = 2; max <= FCL_STREAM_VECS; max++)
    for (i = 0; i < sizeof most / sizeof most[0]; i++) {
      setup();
      seed = (unsigned) (max * 31 + i);
      fcl_stream_lend(&s, body, large[_i]);
      fcl_stream_finish(&s);
      pump(max, most[i]);
      assert_whole(large[_i]);
    }
}
END_TEST

START_TEST(the_room_is_never_exceeded) { /* KF-005: at every level of progress */
  fcl_slice untouched = {"untouched", 9};
  const size_t max = (size_t) _i;
  fcl_stream_lend(&s, body, MAX_BODY);
  fcl_stream_finish(&s);
  while (!fcl_stream_idle(&s)) {
    vecs[max] = untouched;
    ck_assert_uint_le(fcl_stream_fill(&s, vecs, max), max);
    ck_assert_ptr_eq(vecs[max].base, untouched.base);
    fcl_stream_advance(&s, vecs[0].len);
  }
}
END_TEST

static TCase *bytes(void) {
  TCase *t = tcase_create("bytes");
  tcase_add_checked_fixture(t, setup, NULL);
  tcase_add_test(t, a_body_and_its_end_are_as_the_specification_has_them);
  tcase_add_test(t, type_and_id_stand_in_every_header);
  tcase_add_test(t, lent_bytes_are_not_copied);
  tcase_add_loop_test(t, filling_again_names_the_same_bytes, 0, 20);
  tcase_add_loop_test(t, a_stream_may_be_cut_after_any_byte, 0, 22);
  return t;
}

static TCase *ends(void) {
  TCase *t = tcase_create("ends");
  tcase_add_checked_fixture(t, setup, NULL);
  tcase_add_test(t, a_new_stream_has_nothing_to_send);
  tcase_add_test(t, an_empty_part_is_no_record);
  tcase_add_test(t, an_empty_part_may_come_while_another_is_lent);
  tcase_add_loop_test(t, every_body_ends_with_exactly_one_empty_record, 0, 27);
  tcase_add_test(t, without_finish_there_is_no_empty_record);
  tcase_add_test(t, finish_without_a_part_leaves_the_empty_record_to_send);
  tcase_add_test(t, parts_follow_each_other);
  return t;
}

static TCase *sizes(void) {
  TCase *t = tcase_create("sizes");
  tcase_add_checked_fixture(t, setup, NULL);
  tcase_add_test(t, a_record_holds_at_most_65528_bytes);
  tcase_add_test(t, one_fill_names_sixteen_records_and_the_end);
  tcase_add_test(t, more_slices_than_one_fill_can_use_are_left_alone);
  tcase_add_loop_test(t, large_bodies_come_out_whole_whatever_the_room, 0, 5);
  tcase_add_loop_test(t, large_bodies_come_out_whole_however_short_the_writes, 0, 4);
  tcase_add_loop_test(t, the_room_is_never_exceeded, 2, 34);
  return t;
}

int main(void) {
  TCase *cases[3];
  size_t i;
  for (i = 0; i < sizeof body; i++)
    body[i] = (uint8_t) (i * 2654435761u >> 13);
  cases[0] = bytes();
  cases[1] = ends();
  cases[2] = sizes();
  return test_suite_run("stream", cases, 3);
}
