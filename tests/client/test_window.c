/* test_window.c: a bounded queue of bytes in memory and in a file: nothing lost, nothing twice,
 * nothing beyond its limits, whatever fails. */
#include "client/window.h"
#include "support/allocator.h"
#include "support/fds.h"
#include "support/files.h"
#include "support/suite.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define BLOCK FCL__WINDOW_BLOCK

static test_allocator memory;
static fcl__memory ours = {test_allocator_realloc, &memory};
static fcl__blocks blocks;
static fcl__window_limits limits;
static fcl__window w;
static uint64_t in, out; /* bytes of the pattern that went in, and came out */
static fcl_error e;
static int before;

static void setup(void) {
  test_allocator_init(&memory);
  test_files_fail(0, 0, 0);
  fcl__blocks_init(&blocks, &ours);
  memset(&limits, 0, sizeof limits);
  limits.directory = "/tmp";
  limits.pool = "php";
  limits.option = "read_ahead_file";
  fcl__window_init(&w, &blocks, &limits);
  in = out = 0;
  before = test_fds();
}

static void teardown(void) {
  fcl__window_clear(&w);
  fcl__blocks_clear(&blocks);
  ck_assert_uint_eq(memory.live, 0);
  ck_assert_uint_eq(memory.misuses, 0);
  ck_assert_fds(before);
  test_allocator_destroy(&memory);
}

static void limit(size_t in_memory, uint64_t in_file) {
  limits.memory = in_memory;
  limits.file = in_file;
}

static char pattern(uint64_t n) {
  return (char) (n % 251 + n / 65521);
}

/* Puts the next `len` bytes of the pattern; returns how many were taken. */
static size_t put(size_t len, fcl_code expected) {
  char *bytes = malloc(len + 1);
  size_t i, taken = 12345;
  for (i = 0; i < len; i++)
    bytes[i] = pattern(in + i);
  ck_assert_int_eq(fcl__window_put(&w, bytes, len, &taken, &e), expected);
  free(bytes);
  in += taken;
  ck_assert_uint_le(taken, len);
  return taken;
}

static void put_all(size_t len) {
  ck_assert_uint_eq(put(len, FCL_OK), len);
}

/* An assertion of Check costs a system call, so there is one for all bytes. */
static void check_bytes(const char *bytes, size_t len) {
  size_t i;
  for (i = 0; i < len && bytes[i] == pattern(out + i); i++)
    ;
  ck_assert_msg(i == len, "byte %llu is wrong", (unsigned long long) (out + i));
}

/* Takes up to `len` of what lies together, and sees that it is what comes next; returns how many.
 */
static size_t take(size_t len) {
  fcl_slice span;
  ck_assert_int_eq(fcl__window_peek(&w, &span, &e), FCL_OK);
  len = len < span.len ? len : span.len;
  check_bytes(span.base, len);
  fcl__window_take(&w, len);
  out += len;
  return len;
}

static void take_all(void) {
  while (take(1u << 30) > 0)
    ;
  ck_assert_uint_eq(out, in);
  ck_assert_uint_eq(w.size, 0);
}

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
  limit(0, 1u << 20);
  put_all(1000);
  test_files_fail(1, 1, ENOSPC);
  ck_assert_uint_eq(put(5000, FCL_E_SPOOL), 0);
  ck_assert_int_eq(e.sys, ENOSPC);
  ck_assert_str_eq(
      e.text,
      "php: cannot write 5000 bytes of a temporary file in /tmp, which holds 1000 bytes "
      "(read_ahead_file): No space left on device. Free space there, let spool_directory name "
      "another place, or lower read_ahead_file");
}
END_TEST

START_TEST(a_file_that_cannot_be_made_is_an_error) {
  limit(0, 1u << 20);
  limits.directory = "/nonexistent";
  ck_assert_uint_eq(put(5, FCL_E_SPOOL), 0);
  ck_assert_ptr_nonnull(strstr(e.text, "/nonexistent"));
  ck_assert_ptr_nonnull(strstr(e.text, "No such file or directory"));
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
  TCase *t = tcase_create("window");
  tcase_add_checked_fixture(t, setup, teardown);
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
  tcase_set_timeout(t, 60);
  return test_suite_run("window", &t, 1);
}
