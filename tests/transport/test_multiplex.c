/* test_multiplex.c: many requests on one wire: ids, room, and what comes for whom. */
#include "transport/multiplex_world.h"
#include <stdio.h>

/* ---- Ids ---- */

START_TEST(each_request_has_an_id_of_its_own_and_the_lowest_is_used_again) {
  begin_all(3);
  ck_assert_uint_eq(fcl__connection_id(&peers[0].c), 1);
  ck_assert_uint_eq(fcl__connection_id(&peers[1].c), 2);
  ck_assert_uint_eq(fcl__connection_id(&peers[2].c), 3);
  say(END("\2"));
  ck_assert_text("b first; b end 0 0; ");
  ck_assert_uint_eq(changes, 1);
  fcl__connection_close(&peers[1].c);
  turn();
  ck_assert_text("b closed; ");
  ck_assert_uint_eq(fcl__connection_id(begin(3)), 2);
}
END_TEST

START_TEST(there_is_room_up_to_the_limit) {
  m.limit = 2;
  begin(0);
  ck_assert_int_eq(fcl__multiplex_has_room(&m), 1);
  begin(1);
  ck_assert_int_eq(fcl__multiplex_has_room(&m), 0);
  turn();
  say(END("\1"));
  ck_assert_int_eq(fcl__multiplex_has_room(&m), 1);
}
END_TEST

START_TEST(one_that_is_shut_has_no_room) {
  fcl__multiplex_shut(&m);
  ck_assert_int_eq(fcl__multiplex_has_room(&m), 0);
}
END_TEST

START_TEST(without_memory_for_an_id_nobody_is_attached) {
  test_allocator_fail(&memory, 1, 1);
  ck_assert_int_eq(fcl__multiplex_attach(&m, &peers[0].c, &events), UV_ENOMEM);
  ck_assert_uint_eq(m.ids.count, 0);
}
END_TEST

/* ---- In ---- */

START_TEST(answers_come_to_whom_they_belong_in_any_order) {
  begin_all(3);
  say(STDOUT("\3", "\2", "cc") STDOUT("\1", "\1", "a") "\1\7\0\2\0\1\0\0!" STDOUT("\3", "\1", "C")
          END("\3") STDOUT("\2", "\1", "b") END("\1") END("\2"));
  ck_assert_text("c first; c out cc; a first; a out a; b first; b err !; c out C; c end 0 0; "
                 "b out b; a end 0 0; b end 0 0; ");
}
END_TEST

static const char mixed[] = STDOUT("\2", "\3", "two")
    STDOUT("\1", "\3", "one") "\1\3\0\2\0\10\3\0"
                              "\1\2\3\4\0\0\0\0pad" STDOUT("\1", "\1", "!") END("\1");

START_TEST(answers_are_the_same_however_they_are_cut) {
  begin_all(2);
  say_bytes(mixed, (size_t) _i);
  say_bytes(mixed + _i, sizeof mixed - 1 - (size_t) _i);
  ck_assert_uint_eq(peers[0].received, 4);
  ck_assert_uint_eq(peers[1].received, 3);
  ck_assert_uint_eq(peers[0].hash, add_hash(0, "one!", 4));
  ck_assert_uint_eq(peers[1].hash, add_hash(0, "two", 3));
  ck_assert(strstr(text, "b end 16909060 0; ") != NULL);
  ck_assert(strstr(text, "a end 0 0; ") != NULL);
  ck_assert_int_eq(fcl__multiplex_has_room(&m), 1);
}
END_TEST

static const char *const strays[] = {
    STDOUT("\7", "\1", "?"),
    END("\7"),
    "\1\7\1\1\0\1\0\0?",
    "\1\14\0\1\0\1\0\0?",
};
static const size_t stray_lens[] = {9, 16, 9, 9};

/* It might come again when its id is somebody else's. */
START_TEST(a_record_that_is_nobodys_is_skipped_and_lets_nobody_in_any_more) {
  begin_all(1);
  say_bytes(strays[_i], stray_lens[_i]);
  ck_assert_int_eq(fcl__multiplex_has_room(&m), 0);
  ck_assert_uint_eq(changes, 1);
  ck_assert_uint_eq(stray_count, 1);
  say_bytes(strays[_i], stray_lens[_i]);
  ck_assert_uint_eq(stray_count, 1); /* once is enough */
  say(STDOUT("\1", "\1", "a") END("\1"));
  ck_assert_text("a first; a out a; a end 0 0; ");
}
END_TEST

START_TEST(a_record_for_a_request_that_has_not_begun_is_nobodys) {
  attach(0);
  say(STDOUT("\1", "\1", "a"));
  ck_assert_text("");
  ck_assert_int_eq(fcl__multiplex_has_room(&m), 0);
}
END_TEST

START_TEST(a_record_behind_the_end_of_its_request_is_nobodys) {
  begin_all(2);
  say(END("\1") STDOUT("\1", "\1", "?"));
  ck_assert_text("a first; a end 0 0; ");
  ck_assert_int_eq(fcl__multiplex_has_room(&m), 0);
}
END_TEST

START_TEST(management_answers_change_nothing) {
  begin_all(1);
  say("\1\12\0\0\0\21\0\0\16\1FCGI_MAX_CONNS1"
      "\1\13\0\0\0\10\0\0\14\0\0\0\0\0\0\0");
  ck_assert_text("");
  ck_assert_int_eq(fcl__multiplex_has_room(&m), 1);
}
END_TEST

/* ---- Holding ---- */

static void give(int i) {
  fcl__block_give(&blocks, peers[i].block);
}

START_TEST(who_holds_a_span_stops_nobody) {
  begin_all(2);
  holds = 1;
  say(STDOUT("\1", "\3", "one") STDOUT("\2", "\3", "two"));
  ck_assert_text("a first; a out one; b first; b out two; ");
  say(STDOUT("\2", "\5", "three") END("\2"));
  ck_assert_text("b out three; b end 0 0; ");
  ck_assert_mem_eq(peers[0].block + 8, "one", 3);
  give(0);
}
END_TEST

START_TEST(a_block_can_be_held_by_several) {
  begin_all(2);
  holds = 2;
  say(STDOUT("\1", "\3", "one") STDOUT("\2", "\3", "two"));
  ck_assert_ptr_eq(peers[0].block, peers[1].block);
  give(0);
  say(STDOUT("\1", "\5", "three"));
  ck_assert_mem_eq(peers[1].block + 19, "two", 3);
  give(1);
}
END_TEST

START_TEST(who_has_no_room_lets_nobody_in_until_it_has_or_is_over) {
  begin_all(2);
  fcl__multiplex_crowd(&peers[0].c, 1);
  ck_assert_int_eq(fcl__multiplex_has_room(&m), 0);
  fcl__multiplex_crowd(&peers[0].c, 0);
  ck_assert_int_eq(fcl__multiplex_has_room(&m), 1);
  fcl__multiplex_crowd(&peers[0].c, 1);
  fcl__multiplex_crowd(&peers[1].c, 1);
  say(END("\1"));
  ck_assert_int_eq(fcl__multiplex_has_room(&m), 0);
  fcl__connection_close(&peers[1].c);
  ck_assert_int_eq(fcl__multiplex_has_room(&m), 1);
}
END_TEST

/* ---- Many ---- */

START_TEST(a_thousand_at_once_are_answered_in_any_order) {
  static char answer[MANY * 48];
  static int order[MANY];
  size_t len = 0;
  int i;
  seed = 7;
  begin_all(MANY);
  for (i = 0; i < MANY; i++)
    order[i] = i;
  for (i = MANY - 1; i > 0; i--) {
    int j = (int) chance((unsigned) i + 1), kept = order[i];
    order[i] = order[j];
    order[j] = kept;
  }
  for (i = 0; i < MANY; i++) {
    unsigned id = (unsigned) order[i] + 1;
    fcl_put_header((uint8_t *) answer + len, FCL_STDOUT, id, 4, 0);
    sprintf(answer + len + 8, "%04u", id);
    fcl_put_end((uint8_t *) answer + len + 12, id, 0, 0);
    len += 28;
  }
  say_bytes(answer, len);
  turn();
  for (i = 0; i < MANY; i++) {
    char expected[8];
    sprintf(expected, "%04u", (unsigned) i + 1);
    ck_assert_uint_eq(peers[i].hash, add_hash(0, expected, 4));
    ck_assert_uint_eq(peers[i].is_over, 1);
  }
  ck_assert_uint_eq(m.ids.count, 0);
  for (i = 0; i < MANY; i++)
    fcl__connection_close(&peers[i].c);
}
END_TEST

static TCase *in(void) {
  TCase *t = multiplex_case("ids and in");
  tcase_add_test(t, each_request_has_an_id_of_its_own_and_the_lowest_is_used_again);
  tcase_add_test(t, there_is_room_up_to_the_limit);
  tcase_add_test(t, one_that_is_shut_has_no_room);
  tcase_add_test(t, without_memory_for_an_id_nobody_is_attached);
  tcase_add_test(t, answers_come_to_whom_they_belong_in_any_order);
  tcase_add_loop_test(t, answers_are_the_same_however_they_are_cut, 1, sizeof mixed - 1);
  tcase_add_loop_test(t, a_record_that_is_nobodys_is_skipped_and_lets_nobody_in_any_more, 0, 4);
  tcase_add_test(t, a_record_for_a_request_that_has_not_begun_is_nobodys);
  tcase_add_test(t, a_record_behind_the_end_of_its_request_is_nobodys);
  tcase_add_test(t, management_answers_change_nothing);
  tcase_add_test(t, who_holds_a_span_stops_nobody);
  tcase_add_test(t, a_block_can_be_held_by_several);
  tcase_add_test(t, who_has_no_room_lets_nobody_in_until_it_has_or_is_over);
  tcase_add_test(t, a_thousand_at_once_are_answered_in_any_order);
  return t;
}

int main(void) {
  TCase *cases[] = {in()};
  return test_suite_run("multiplex", cases, 1);
}
