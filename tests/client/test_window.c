/* test_window.c: a queue of bytes in memory, and then in a file. */
#include "client/window_world.h"

/* ---- In memory ---- */

START_TEST(what_goes_in_comes_out) {
  limit(BLOCK, 0);
  put_all(5);
  put_all(7);
  ck_assert_uint_eq(w.size, 12);
  ck_assert_uint_eq(take(100), 12); /* in one piece */
  ck_assert_uint_eq(take(100), 0);
}
END_TEST

START_TEST(an_empty_window_lends_nothing_and_takes_no_memory) {
  limit(BLOCK, 0);
  ck_assert_uint_eq(take(1), 0);
  put_all(0);
  ck_assert_uint_eq(take(1), 0);
  ck_assert_uint_eq(memory.calls, 0);
}
END_TEST

START_TEST(blocks_are_counted) {
  limit(2 * BLOCK, 0);
  ck_assert_uint_eq(fcl__window_room(&w), 2 * BLOCK);
  ck_assert_uint_eq(put(3 * BLOCK, FCL_OK), 2 * BLOCK);
  ck_assert_uint_eq(fcl__window_room(&w), 0);
  ck_assert_uint_eq(put(1, FCL_OK), 0);
  ck_assert_uint_eq(memory.live, 2);
}
END_TEST

START_TEST(a_limit_is_rounded_up_to_whole_blocks) {
  limit(BLOCK + 1, 0);
  ck_assert_uint_eq(put(3 * BLOCK, FCL_OK), 2 * BLOCK);
}
END_TEST

START_TEST(without_limits_nothing_fits) {
  ck_assert_uint_eq(put(1, FCL_OK), 0);
  ck_assert_uint_eq(fcl__window_room(&w), 0);
}
END_TEST

START_TEST(there_is_room_again_when_a_block_has_been_taken) {
  limit(2 * BLOCK, 0);
  put_all(2 * BLOCK);
  take(10);
  ck_assert_uint_eq(fcl__window_room(&w), 0); /* not for less than a block */
  take(BLOCK);
  ck_assert_uint_eq(fcl__window_room(&w), BLOCK);
  put_all(BLOCK);
  take_all();
}
END_TEST

START_TEST(a_lent_span_stays_while_more_is_put_behind_it) {
  fcl_slice span;
  limit(2 * BLOCK, 1u << 20);
  put_all(1000);
  ck_assert_int_eq(fcl__window_peek(&w, &span, &e), FCL_OK);
  put_all(3 * BLOCK);
  ck_assert_uint_eq(span.len, 1000);
  ck_assert(span.base[0] == pattern(0) && span.base[999] == pattern(999));
  fcl__window_take(&w, span.len);
  out = 1000;
  take_all();
}
END_TEST

START_TEST(blocks_come_from_the_free_list_and_go_back) {
  limit(4 * BLOCK, 0);
  put_all(4 * BLOCK);
  take_all();
  ck_assert_uint_eq(blocks.count, 4);
  put_all(4 * BLOCK);
  take_all();
  ck_assert_uint_eq(memory.calls, 4);
}
END_TEST

/* ---- In a file ---- */

START_TEST(what_does_not_fit_in_memory_goes_to_a_file) {
  limit(BLOCK, 1u << 20);
  put_all(BLOCK);
  ck_assert_uint_eq(test_file.opened, 0);
  put_all(1);
  ck_assert_uint_eq(test_file.opened, 1);
  put_all(300000);
  take_all();
}
END_TEST

START_TEST(everything_may_go_to_the_file) {
  limit(0, 1u << 20);
  put_all(200000);
  ck_assert_uint_eq(test_file.written, 200000);
  take_all();
}
END_TEST

START_TEST(the_file_has_its_limit) {
  limit(BLOCK, 1000);
  ck_assert_uint_eq(fcl__window_room(&w), BLOCK + 1000);
  ck_assert_uint_eq(put(2 * BLOCK, FCL_OK), BLOCK + 1000);
  ck_assert_uint_eq(put(1, FCL_OK), 0);
  take_all();
}
END_TEST

START_TEST(new_bytes_go_behind_those_in_the_file) {
  limit(BLOCK, 1u << 20);
  put_all(BLOCK + 100);
  take(BLOCK);  /* memory is free */
  put_all(100); /* but these come later than the file's */
  ck_assert_uint_eq(test_file.written, 200);
  take_all();
}
END_TEST

START_TEST(a_file_that_was_read_gives_its_space_back) {
  limit(BLOCK, 1u << 20);
  put_all(BLOCK + 100);
  take_all();
  ck_assert_uint_eq(test_file.emptied, 1);
  put_all(100); /* memory comes first again */
  ck_assert_uint_eq(test_file.written, 100);
  take_all();
  put_all(BLOCK + 100);
  ck_assert_uint_eq(test_file.opened, 1); /* the same file */
  take_all();
}
END_TEST

START_TEST(memory_is_used_again_while_the_last_page_is_read) {
  limit(BLOCK, 1u << 20);
  put_all(BLOCK + 100);
  take(BLOCK);
  take(50); /* the file is empty, half of its page is not */
  put_all(200);
  ck_assert_uint_eq(test_file.written, 100);
  take_all();
}
END_TEST

/* What is written in all is many times the limit. */
START_TEST(the_file_never_grows_beyond_its_limit) {
  struct stat s;
  int i;
  limit(BLOCK, 100000);
  put_all(BLOCK + 100000);
  for (i = 0; i < 50; i++) {
    take(30000 + (size_t) i * 1001);
    put_all((size_t) fcl__window_room(&w));
    ck_assert_int_eq(fstat(w.fd, &s), 0);
    ck_assert_uint_le((uint64_t) s.st_size, 100000);
  }
  ck_assert_uint_gt(in, 1000000);
  take_all();
}
END_TEST

/* KF-013: bodies were damaged where they moved to disk. */
static const size_t edges[] = {BLOCK - 1, BLOCK, BLOCK + 1, 10 * BLOCK, 65535,
                               65536,     65537, 32768,     98304,      98305};

START_TEST(sizes_around_the_limit_come_out_as_they_went_in) {
  size_t steps[] = {509, 4096, 65536, 65537, 1u << 20}, i;
  for (i = 0; i < sizeof steps / sizeof *steps; i++) {
    uint64_t until = in + edges[_i];
    limit(BLOCK, 1u << 24);
    while (in < until)
      put_all(until - in < steps[i] ? (size_t) (until - in) : steps[i]);
    take_all();
  }
}
END_TEST

/* KF-016: put and taken at once, in steps of every size.  The loop is the seed. */
START_TEST(random_steps_lose_and_repeat_nothing) {
  int i;
  srand((unsigned) _i + 1);
  limit((size_t) (rand() % 4) * BLOCK, 1 + (uint64_t) rand() % 300000);
  for (i = 0; i < 300; i++) {
    put((size_t) rand() % 100000, FCL_OK);
    take((size_t) rand() % 100000);
    ck_assert_uint_eq(w.size, in - out);
  }
  take_all();
}
END_TEST

int main(void) {
  TCase *t = window_world_case("window");
  tcase_add_test(t, what_goes_in_comes_out);
  tcase_add_test(t, an_empty_window_lends_nothing_and_takes_no_memory);
  tcase_add_test(t, blocks_are_counted);
  tcase_add_test(t, a_limit_is_rounded_up_to_whole_blocks);
  tcase_add_test(t, without_limits_nothing_fits);
  tcase_add_test(t, there_is_room_again_when_a_block_has_been_taken);
  tcase_add_test(t, a_lent_span_stays_while_more_is_put_behind_it);
  tcase_add_test(t, blocks_come_from_the_free_list_and_go_back);
  tcase_add_test(t, what_does_not_fit_in_memory_goes_to_a_file);
  tcase_add_test(t, everything_may_go_to_the_file);
  tcase_add_test(t, the_file_has_its_limit);
  tcase_add_test(t, new_bytes_go_behind_those_in_the_file);
  tcase_add_test(t, a_file_that_was_read_gives_its_space_back);
  tcase_add_test(t, memory_is_used_again_while_the_last_page_is_read);
  tcase_add_test(t, the_file_never_grows_beyond_its_limit);
  tcase_add_loop_test(t, sizes_around_the_limit_come_out_as_they_went_in, 0, 10);
  tcase_add_loop_test(t, random_steps_lose_and_repeat_nothing, 0, 20);
  return test_suite_run("window", &t, 1);
}
