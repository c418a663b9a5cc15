/* test_connection_write.c: what goes out on a connection: together, in rests, or not at all. */
#include "transport/connection_world.h"

/* ---- Out ---- */

START_TEST(nothing_goes_out_before_flush) {
  fcl_slice p = {prologue, sizeof prologue - 1};
  char got[64];
  fcl__connection_begin(&c, p);
  turn();
  ck_assert_uint_eq(hear(got, sizeof got), 0);
  fcl__connection_flush(&c);
  ck_assert_uint_eq(hear(got, sizeof got), 16);
  ck_assert_mem_eq(got, prologue, 16);
}
END_TEST

START_TEST(a_first_part_goes_along_with_the_prologue) {
  static const char expected[] = "\1\1\0\1\0\10\0\0\0\1\1\0\0\0\0\0" /* BEGIN_REQUEST */
                                 "\1\5\0\1\0\3\0\0"
                                 "abc"               /* STDIN */
                                 "\1\5\0\1\0\0\0\0"; /* its end */
  fcl_slice p = {prologue, sizeof prologue - 1};
  char got[128];
  fcl__connection_begin(&c, p);
  fcl__connection_lend(&c, "abc", 3);
  fcl__connection_finish(&c);
  fcl__connection_flush(&c);
  ck_assert_str_eq(text, "sent OK; ");
  ck_assert_uint_eq(hear(got, sizeof got), sizeof expected - 1);
  ck_assert_mem_eq(got, expected, sizeof expected - 1);
}
END_TEST

START_TEST(a_barrier_comes_back_without_a_byte) {
  char got[16];
  begin();
  fcl__connection_lend(&c, NULL, 0);
  fcl__connection_flush(&c);
  ck_assert_str_eq(text, "sent OK; ");
  ck_assert_uint_eq(hear(got, sizeof got), 0);
}
END_TEST

static char big[4 * 1024 * 1024];

START_TEST(what_does_not_fit_waits_and_comes_back_when_it_is_gone) {
  static char got[65536];
  size_t sum = 0, n;
  begin();
  fcl__connection_lend(&c, big, sizeof big);
  fcl__connection_flush(&c);
  ck_assert_str_eq(text, "");
  ck_assert_int_eq(fcl__connection_is_writing(&c), 1);
  while (text[0] == 0) {
    sum += n = hear(got, sizeof got);
    turn();
  }
  ck_assert_str_eq(text, "sent OK; ");
  while ((n = hear(got, sizeof got)) > 0)
    sum += n;
  ck_assert_uint_eq(sum, sizeof big + (sizeof big + 65527) / 65528 * 8);
}
END_TEST

START_TEST(closing_brings_a_queued_part_back_first) {
  begin();
  fcl__connection_lend(&c, big, sizeof big);
  fcl__connection_flush(&c);
  fcl__connection_close(&c);
  turn();
  ck_assert_str_eq(text, "sent CANCELED; closed; ");
}
END_TEST

/* The application may have answered before it closed. */
START_TEST(what_cannot_be_written_comes_back_and_the_answer_is_still_read) {
  begin();
  ck_assert_int_eq((int) pair_send(remote, STDOUT("\2", "hi") END, 26), 26);
  pair_close(remote);
  remote = -1;
  fcl__connection_lend(&c, big, 10);
  fcl__connection_flush(&c);
  ck_assert_str_eq(text, "sent IO; ");
  turn();
  ck_assert_str_eq(text, "sent IO; first; out hi; end 0 0; broke EOF; ");
  ck_assert_int_eq(fcl__connection_is_reusable(&c), 0);
}
END_TEST

START_TEST(after_a_failed_write_other_parts_come_back_at_once) {
  begin();
  pair_close(remote);
  remote = -1;
  fcl__connection_lend(&c, "abc", 3);
  fcl__connection_flush(&c);
  fcl__connection_lend(&c, "def", 3);
  fcl__connection_finish(&c);
  fcl__connection_flush(&c);
  ck_assert_str_eq(text, "sent IO; sent IO; ");
}
END_TEST

/* It was taken by nobody when the peer stopped reading; what the peer writes is read all the same.
 */
START_TEST(what_was_queued_and_cannot_be_written_comes_back_and_the_answer_is_still_read) {
  begin();
  fcl__connection_lend(&c, big, sizeof big);
  fcl__connection_flush(&c);
  pair_shut_reads(remote);
  while (hear(big, sizeof big) > 0) /* so that the wire looks as if it could go on */
    ;
  turn();
  ck_assert_str_eq(text, "sent IO; ");
  say(STDOUT("\2", "hi") END);
  ck_assert_str_eq(text, "sent IO; first; out hi; end 0 0; ");
  ck_assert_int_eq(fcl__connection_is_reusable(&c), 0);
}
END_TEST

START_TEST(closed_while_a_rest_goes_out_it_sends_no_more) {
  static char got[65536];
  begin();
  fcl__connection_lend(&c, big, sizeof big);
  fcl__connection_flush(&c);
  closer = 'm';
  while (text[0] == 0) {
    hear(got, sizeof got);
    turn();
  }
  ck_assert_str_eq(text, "sent CANCELED; closed; ");
}
END_TEST

static TCase *out(void) {
  TCase *t = connection_case("out");
  tcase_add_test(t, nothing_goes_out_before_flush);
  tcase_add_test(t, a_first_part_goes_along_with_the_prologue);
  tcase_add_test(t, a_barrier_comes_back_without_a_byte);
  tcase_add_test(t, what_does_not_fit_waits_and_comes_back_when_it_is_gone);
  tcase_add_test(t, closing_brings_a_queued_part_back_first);
  tcase_add_test(t, closed_while_a_rest_goes_out_it_sends_no_more);
  if (pair_is_tcp)
    return t;
  tcase_add_test(t, what_cannot_be_written_comes_back_and_the_answer_is_still_read);
  tcase_add_test(t, after_a_failed_write_other_parts_come_back_at_once);
  tcase_add_test(t, what_was_queued_and_cannot_be_written_comes_back_and_the_answer_is_still_read);
  return t;
}

int main(void) {
  TCase *t = out();
  return test_suite_run("connection_write", &t, 1);
}
