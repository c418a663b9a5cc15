/* test_blocks.c: read blocks: taken, pinned, given back, kept up to a number. */
#include "support/allocator.h"
#include "support/suite.h"
#include "transport/blocks.h"
#include <stdint.h>
#include <string.h>

static test_allocator memory;
static fcl__memory ours = {test_allocator_realloc, &memory};
static fcl__blocks blocks;

static void setup(void) {
  test_allocator_init(&memory);
  fcl__blocks_init(&blocks, &ours);
}

static void teardown(void) {
  fcl__blocks_clear(&blocks);
  ck_assert_uint_eq(memory.live, 0);
  ck_assert_uint_eq(memory.misuses, 0);
  test_allocator_destroy(&memory);
}

START_TEST(a_block_that_was_given_back_is_taken_again) {
  char *a = fcl__block_take(&blocks), *b;
  memset(a, 1, FCL__BLOCK_SIZE);
  fcl__block_give(&blocks, a);
  b = fcl__block_take(&blocks);
  ck_assert_ptr_eq(a, b);
  ck_assert_uint_eq(memory.calls, 1);
  fcl__block_give(&blocks, b);
}
END_TEST

START_TEST(a_pinned_block_stays_until_each_user_has_given_it_back) {
  char *a = fcl__block_take(&blocks), *b;
  fcl__block_pin(a);
  strcpy(a, "still here");
  fcl__block_give(&blocks, a);
  b = fcl__block_take(&blocks);
  ck_assert_ptr_ne(a, b);
  ck_assert_str_eq(a, "still here");
  fcl__block_give(&blocks, a);
  ck_assert_uint_eq(blocks.count, 1);
  fcl__block_give(&blocks, b);
}
END_TEST

START_TEST(a_block_is_aligned_for_anything) {
  char *a = fcl__block_take(&blocks);
  ck_assert_uint_eq((uintptr_t) a % (2 * sizeof(void *)), 0); /* as malloc's */
  fcl__block_give(&blocks, a);
}
END_TEST

START_TEST(only_so_many_free_blocks_are_kept) {
  char *all[FCL__BLOCKS_KEPT + 3];
  size_t i;
  for (i = 0; i < FCL__BLOCKS_KEPT + 3; i++)
    all[i] = fcl__block_take(&blocks);
  for (i = 0; i < FCL__BLOCKS_KEPT + 3; i++)
    fcl__block_give(&blocks, all[i]);
  ck_assert_uint_eq(memory.live, FCL__BLOCKS_KEPT);
}
END_TEST

START_TEST(without_memory_there_is_no_block) {
  test_allocator_fail(&memory, 1, 0);
  ck_assert_ptr_null(fcl__block_take(&blocks));
}
END_TEST

START_TEST(no_block_can_be_given_back) {
  fcl__block_give(&blocks, NULL);
  ck_assert_uint_eq(blocks.count, 0);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("blocks");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, a_block_that_was_given_back_is_taken_again);
  tcase_add_test(t, a_pinned_block_stays_until_each_user_has_given_it_back);
  tcase_add_test(t, a_block_is_aligned_for_anything);
  tcase_add_test(t, only_so_many_free_blocks_are_kept);
  tcase_add_test(t, without_memory_there_is_no_block);
  tcase_add_test(t, no_block_can_be_given_back);
  return test_suite_run("blocks", &t, 1);
}
