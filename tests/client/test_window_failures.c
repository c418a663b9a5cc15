/* test_window_failures.c: a window that is kept to be taken again; and one that everything fails
 * for. */
#include "client/window_world.h"
#include "client/system.h"
#include "platform/status.h"
#include <uv.h>

/* ---- Kept ---- */

START_TEST(what_is_kept_can_be_taken_again) {
  int i;
  fcl__window_keep(&w);
  limit(2 * BLOCK, 1u << 20);
  put_all(2 * BLOCK + 200000);
  for (i = 0; i < 3; i++) {
    take_all();
    fcl__window_rewind(&w);
    out = 0;
    ck_assert_uint_eq(w.size, in);
  }
  ck_assert_uint_eq(test_file.written, 200000);
  ck_assert_uint_eq(test_file.emptied, 0);
}
END_TEST

START_TEST(a_rewind_in_the_middle_begins_anew) {
  size_t at[] = {1, BLOCK, BLOCK + 1, 2 * BLOCK, 2 * BLOCK + 5, 2 * BLOCK + 65536 + 5};
  fcl__window_keep(&w);
  limit(2 * BLOCK, 1u << 20);
  put_all(2 * BLOCK + 200000);
  while (out < at[_i])
    take(at[_i] - (size_t) out);
  fcl__window_rewind(&w);
  out = 0;
  take_all();
}
END_TEST

START_TEST(all_of_what_is_kept_may_lie_in_one_place) {
  fcl__window_keep(&w);
  limit(_i ? 0 : 4 * BLOCK, _i ? 1u << 20 : 0);
  put_all(3 * BLOCK);
  take_all();
  fcl__window_rewind(&w);
  out = 0;
  take_all();
}
END_TEST

/* ---- Failures ---- */

START_TEST(a_full_disk_is_an_error_that_says_where_and_what_to_do) {
  char expected[512];
  limit(0, 1u << 20);
  put_all(1000);
  test_files_fail(1, 1, ENOSPC);
  ck_assert_uint_eq(put(5000, FCL_E_SPOOL), 0);
  snprintf(expected, sizeof expected,
           "php: cannot write 5000 bytes of a temporary file in %s, which holds 1000 bytes "
           "(read_ahead_file): %s. Free space there, let spool_directory name another place, or "
           "lower read_ahead_file",
           test_temporary(), system_full_words);
  ck_assert_int_eq(e.sys, fcl__status_sys(UV_ENOSPC));
  ck_assert_str_eq(e.text, expected);
}
END_TEST

START_TEST(a_file_that_cannot_be_made_is_an_error) {
  limit(0, 1u << 20);
  w.limits.directory = "/nonexistent";
  ck_assert_uint_eq(put(5, FCL_E_SPOOL), 0);
  ck_assert_ptr_nonnull(strstr(e.text, "/nonexistent"));
  ck_assert_msg(strstr(e.text, system_no_folder_words) != NULL, "%s", e.text);
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_an_error) {
  fcl_slice span;
  limit(0, 1u << 20);
  put_all(5);
  test_files_fail(1, 1, EIO);
  ck_assert_int_eq(fcl__window_peek(&w, &span, &e), FCL_E_SPOOL);
  ck_assert_ptr_nonnull(strstr(e.text, "cannot read 5 bytes"));
}
END_TEST

START_TEST(after_a_failure_the_window_is_as_good_as_before) {
  limit(BLOCK, 1u << 20);
  put_all(BLOCK - 10);
  test_files_fail(1, 1, ENOSPC);
  ck_assert_uint_eq(put(100, FCL_E_SPOOL), 10); /* what memory took */
  test_files_fail(0, 0, 0);
  put_all(100);
  take_all();
}
END_TEST

START_TEST(without_memory_nothing_is_put) {
  limit(2 * BLOCK, 1u << 20);
  test_allocator_fail(&memory, 1, 0);
  ck_assert_uint_eq(put(5, FCL_E_NOMEM), 0);
  ck_assert_ptr_nonnull(strstr(e.text, "Free memory"));
  put_all(5);
  take_all();
}
END_TEST

START_TEST(a_page_needs_memory) {
  fcl_slice span;
  limit(0, 1u << 20);
  put_all(5);
  test_allocator_fail(&memory, 1, 0);
  ck_assert_int_eq(fcl__window_peek(&w, &span, &e), FCL_E_NOMEM);
  take_all();
}
END_TEST

/* Everything once and for ever: what was taken is what was put, until something says no. */
static int run(void) {
  fcl_slice span;
  char bytes[5000];
  size_t taken, i;
  int step;
  for (step = 0; step < 60; step++) {
    for (i = 0; i < sizeof bytes; i++)
      bytes[i] = pattern(in + i);
    if (fcl__window_put(&w, bytes, sizeof bytes, &taken, &e))
      return 0;
    in += taken;
    if (step % 3 == 0)
      continue;
    if (fcl__window_peek(&w, &span, &e))
      return 0;
    i = span.len < 6000 ? span.len : 6000;
    check_bytes(span.base, i);
    fcl__window_take(&w, i);
    out += i;
  }
  return 1;
}

START_TEST(every_failure_is_told_and_leaves_nothing) {
  int for_ever, was_whole = 0;
  size_t nth;
  limit(BLOCK, 100000);
  for (for_ever = 0; for_ever < 2; for_ever++)
    for (nth = 1, was_whole = 0; !was_whole; nth++) {
      test_files_fail(_i == 0 ? nth : 0, for_ever, EIO);
      test_allocator_fail(&memory, _i == 1 ? nth : 0, for_ever);
      in = out = 0;
      was_whole = run() && (_i == 0 ? test_file.calls < nth : memory.calls < nth);
      test_allocator_fail(&memory, 0, 0);
      fcl__window_clear(&w);
      fcl__blocks_clear(&blocks);
      ck_assert_uint_eq(memory.live, 0);
      ck_assert_fds(before);
    }
}
END_TEST

START_TEST(a_cleared_window_is_ready_for_more) {
  limit(BLOCK, 1u << 20);
  put_all(3 * BLOCK);
  fcl__window_clear(&w);
  fcl__window_clear(&w);
  in = out = 0;
  put_all(3 * BLOCK);
  take_all();
}
END_TEST

int main(void) {
  TCase *t = window_world_case("window failures");
  tcase_add_test(t, what_is_kept_can_be_taken_again);
  tcase_add_loop_test(t, a_rewind_in_the_middle_begins_anew, 0, 6);
  tcase_add_loop_test(t, all_of_what_is_kept_may_lie_in_one_place, 0, 2);
  tcase_add_test(t, a_full_disk_is_an_error_that_says_where_and_what_to_do);
  tcase_add_test(t, a_file_that_cannot_be_made_is_an_error);
  tcase_add_test(t, a_file_that_cannot_be_read_is_an_error);
  tcase_add_test(t, after_a_failure_the_window_is_as_good_as_before);
  tcase_add_test(t, without_memory_nothing_is_put);
  tcase_add_test(t, a_page_needs_memory);
  tcase_add_loop_test(t, every_failure_is_told_and_leaves_nothing, 0, 2);
  tcase_add_test(t, a_cleared_window_is_ready_for_more);
  return test_suite_run("window_failures", &t, 1);
}
