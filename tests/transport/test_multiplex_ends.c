/* test_multiplex_ends.c: how a request leaves a wire that many share, and how the wire ends. */
#include "transport/multiplex_world.h"

/* ---- Leaving ---- */

START_TEST(who_leaves_before_it_was_sent_was_never_there) {
  char got[64];
  begin(0);
  fcl__connection_lend(&peers[0].c, "abc", 3);
  fcl__connection_flush(&peers[0].c);
  fcl__connection_close(&peers[0].c);
  ck_assert_text("");
  turn();
  ck_assert_text("a sent CANCELED; a closed; ");
  ck_assert_uint_eq(hear(got, sizeof got), 0);
  ck_assert_uint_eq(m.ids.count, 0);
}
END_TEST

START_TEST(who_leaves_later_is_aborted_and_its_id_is_taken_until_its_end) {
  char got[64];
  begin_all(1);
  fcl__connection_close(&peers[0].c);
  turn();
  ck_assert_text("");
  ck_assert_uint_eq(hear(got, sizeof got), 8);
  ck_assert_mem_eq(got, "\1\2\0\1\0\0\0\0", 8);
  ck_assert_uint_eq(fcl__connection_id(begin(1)), 2);
  say(STDOUT("\1", "\1", "a") "\1\7\0\1\0\1\0\0!");
  ck_assert_text(""); /* it is dropped, and harms nobody */
  ck_assert_int_eq(fcl__multiplex_has_room(&m), 1);
  say(END("\1"));
  ck_assert_text("a closed; ");
  ck_assert_uint_eq(fcl__connection_id(begin(2)), 1);
}
END_TEST

START_TEST(a_request_that_ended_is_not_aborted) {
  char got[64];
  begin_all(1);
  closer = 'e';
  say(END("\1"));
  ck_assert_text("a first; a end 0 0; a closed; ");
  ck_assert_uint_eq(hear(got, sizeof got), 0);
}
END_TEST

START_TEST(who_leaves_at_the_first_byte_hears_no_more_of_it) {
  begin_all(1);
  closer = 'f';
  say(STDOUT("\1", "\1", "a") END("\1"));
  ck_assert_text("a first; a closed; ");
}
END_TEST

/* Nothing tells the application that it is aborted, nor the client that it is over. */
START_TEST(who_leaves_when_nothing_can_be_written_any_more_goes_with_the_wire) {
  begin_all(3);
  pair_shut_reads(remote);
  fcl__connection_close(&peers[0].c);
  fcl__multiplex_turns(&turns);
  ck_assert_int_eq(m.has_failed, 1);
  fcl__connection_close(&peers[1].c);
  turn();
  ck_assert_text("");
  say(STDOUT("\3", "\1", "c") END("\3"));
  ck_assert_text("c first; c out c; c end 0 0; ");
  hang_up();
  turn();
  ck_assert_text("a closed; b closed; ");
}
END_TEST

/* ---- The end ---- */

START_TEST(an_end_that_is_cut_is_none) {
  begin_all(1);
  say("\1\3\0\1\0\10\0\0\0\0\0\0\0\0\0");
  hang_up();
  turn();
  ck_assert_text("a first; a broke EOF; ");
  ck_assert(strstr(broken.text, "type 3 END_REQUEST, id 1, 7 of 8 bytes") != NULL);
}
END_TEST

static const char *const odd_ends[] = {"\1\3\0\1\0\11\0\0\0\0\0\0\0\0\0\0!",
                                       "\1\3\0\1\0\10\0\0\0\0\0\0\4\0\0\0"};

START_TEST(an_end_that_is_not_as_it_should_be_lets_nobody_in_any_more) {
  begin_all(2);
  say_bytes(odd_ends[_i], _i ? 16 : 17);
  ck_assert_text(_i ? "a first; a end 0 4; " : "a first; a end 0 0; ");
  ck_assert_int_eq(fcl__multiplex_has_room(&m), 0);
  say(END("\2"));
  ck_assert_text("b first; b end 0 0; ");
}
END_TEST

START_TEST(a_broken_wire_is_told_to_each_and_then_to_its_owner) {
  begin_all(2);
  closer = 'b';
  hang_up();
  turn();
  ck_assert_text("a broke EOF; b broke EOF; a closed; b closed; ");
  ck_assert_uint_eq(overs, 1);
  ck_assert_int_eq(fcl__multiplex_has_room(&m), 0);
}
END_TEST

START_TEST(those_who_left_are_over_with_a_broken_wire) {
  begin_all(2);
  fcl__connection_close(&peers[0].c);
  turn();
  hang_up();
  turn();
  ck_assert_text("b broke IO; a closed; "); /* it was reset: ABORT_REQUEST was unread */
}
END_TEST

START_TEST(a_violation_breaks_it_for_all) {
  begin_all(2);
  say("\1\5\0\1\0\0\0\0");
  ck_assert_text("a broke PROTOCOL; b broke PROTOCOL; ");
  ck_assert(strstr(broken.text, "only web servers send") != NULL);
}
END_TEST

START_TEST(a_wrong_version_breaks_it_for_all) {
  begin_all(1);
  say("HTTP/1.1 400\r\n");
  ck_assert_text("a broke PROTOCOL; ");
  ck_assert(strstr(broken.text, "HTTP server") != NULL);
}
END_TEST

START_TEST(an_end_without_its_padding_is_one) {
  begin_all(2);
  say("\1\3\0\1\0\10\3\0\0\0\0\0\0\0\0\0p");
  hang_up();
  turn();
  ck_assert_text("a first; a end 0 0; b broke EOF; ");
}
END_TEST

static char big[4 * 1024 * 1024];

START_TEST(closing_tells_everybody) {
  begin_all(2);
  fcl__connection_lend(&peers[0].c, big, sizeof big);
  fcl__connection_flush(&peers[0].c);
  turn();
  text[0] = 0;
  fcl__multiplex_close(&m);
  while (!closed)
    uv_run(&loop, UV_RUN_DEFAULT);
  ck_assert_text("a sent CANCELED; a closed; b closed; ");
}
END_TEST

START_TEST(without_memory_for_a_block_it_breaks) {
  begin_all(1);
  test_allocator_fail(&memory, 1, 1);
  say(STDOUT("\1", "\1", "a"));
  ck_assert_text("a broke MEMORY; ");
}
END_TEST

/* ---- Closed by its owner, whatever it was told ---- */

static const struct {
  char closer;
  const char *say, *heard;
  size_t len;
} closings[] = {
    {'F', STDOUT("\1", "\1", "a") END("\2"), "a first; a closed; b closed; ", 25},
    {'E', END("\1") END("\2"), "a first; a end 0 0; b closed; ", 32},
    {'C', END("\1") END("\2"), "a first; a end 0 0; b closed; ", 32},
    {'S', STDOUT("\7", "\1", "?") END("\2"), "a closed; b closed; ", 25},
    {'B', "\1\5\0\1\0\0\0\0", "a broke PROTOCOL; b broke PROTOCOL; a closed; b closed; ", 8},
};

START_TEST(closed_in_any_event_it_tells_everybody_and_reads_no_more) {
  begin_all(2);
  closer = closings[_i].closer;
  say_bytes(closings[_i].say, closings[_i].len);
  while (!closed)
    uv_run(&loop, UV_RUN_DEFAULT);
  ck_assert_text(closings[_i].heard);
  ck_assert_uint_eq(overs, 0);
}
END_TEST

START_TEST(closed_in_the_end_that_the_peer_did_not_pad_it_does_not_break) {
  begin_all(2);
  closer = 'C';
  say("\1\3\0\1\0\10\3\0\0\0\0\0\0\0\0\0p");
  hang_up();
  while (!closed)
    uv_run(&loop, UV_RUN_DEFAULT);
  ck_assert_text("a first; a end 0 0; b closed; ");
  ck_assert_uint_eq(overs, 0);
}
END_TEST

START_TEST(closed_when_a_lend_comes_back_it_writes_no_more) {
  char got[64];
  begin_all(2);
  closer = 'L';
  fcl__connection_lend(&peers[0].c, NULL, 0);
  fcl__connection_flush(&peers[0].c);
  fcl__multiplex_turns(&turns);
  fcl__connection_finish(&peers[1].c);
  fcl__connection_flush(&peers[1].c);
  fcl__multiplex_turns(&turns);
  ck_assert_uint_eq(hear(got, sizeof got), 0);
  while (!closed)
    uv_run(&loop, UV_RUN_DEFAULT);
  ck_assert_text("a sent OK; a closed; b closed; ");
}
END_TEST

START_TEST(closed_when_nothing_can_be_written_it_tells_nobody_of_room) {
  begin_all(1);
  closer = 'L';
  hang_up();
  fcl__connection_lend(&peers[0].c, "abc", 3);
  fcl__connection_flush(&peers[0].c);
  fcl__multiplex_turns(&turns);
  ck_assert_uint_eq(changes, 0);
  while (!closed)
    uv_run(&loop, UV_RUN_DEFAULT);
  ck_assert_text("a sent IO; a closed; ");
}
END_TEST

START_TEST(who_leaves_a_wire_that_is_closing_hears_closed_once) {
  begin_all(1);
  fcl__multiplex_close(&m);
  fcl__connection_close(&peers[0].c);
  while (!closed)
    uv_run(&loop, UV_RUN_DEFAULT);
  ck_assert_text("a closed; ");
}
END_TEST

static TCase *ends(void) {
  TCase *t = multiplex_case("leaving and ends");
  tcase_add_test(t, who_leaves_before_it_was_sent_was_never_there);
  tcase_add_test(t, who_leaves_later_is_aborted_and_its_id_is_taken_until_its_end);
  tcase_add_test(t, a_request_that_ended_is_not_aborted);
  tcase_add_test(t, a_broken_wire_is_told_to_each_and_then_to_its_owner);
  tcase_add_test(t, those_who_left_are_over_with_a_broken_wire);
  tcase_add_test(t, a_violation_breaks_it_for_all);
  tcase_add_test(t, a_wrong_version_breaks_it_for_all);
  tcase_add_test(t, an_end_without_its_padding_is_one);
  tcase_add_test(t, closing_tells_everybody);
  tcase_add_test(t, without_memory_for_a_block_it_breaks);
  tcase_add_test(t, who_leaves_at_the_first_byte_hears_no_more_of_it);
  tcase_add_test(t, an_end_that_is_cut_is_none);
  tcase_add_loop_test(t, an_end_that_is_not_as_it_should_be_lets_nobody_in_any_more, 0, 2);
  tcase_add_loop_test(t, closed_in_any_event_it_tells_everybody_and_reads_no_more, 0, 5);
  tcase_add_test(t, closed_in_the_end_that_the_peer_did_not_pad_it_does_not_break);
  tcase_add_test(t, closed_when_a_lend_comes_back_it_writes_no_more);
  tcase_add_test(t, who_leaves_a_wire_that_is_closing_hears_closed_once);
  if (pair_is_tcp)
    return t;
  tcase_add_test(t, who_leaves_when_nothing_can_be_written_any_more_goes_with_the_wire);
  tcase_add_test(t, closed_when_nothing_can_be_written_it_tells_nobody_of_room);
  return t;
}

int main(void) {
  TCase *cases[] = {ends()};
  return test_suite_run("multiplex_ends", cases, 1);
}
