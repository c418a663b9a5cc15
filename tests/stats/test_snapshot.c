/* test_snapshot.c: snapshots: summed up by name, and without memory. */
#include "stats/formats.h"
#include "support/allocator.h"

START_TEST(pools_of_one_name_are_summed_up) {
  fcl_stats *a = formats_sample(), *b = formats_sample();
  const fcl_pool_stats *p;
  ck_assert_int_eq(fcl_stats_add(a, b), FCL_OK);
  ck_assert_uint_eq(fcl_stats_count(a), 2);
  p = fcl_stats_find(a, "php");
  ck_assert_uint_eq(p->pools, 2);
  ck_assert_uint_eq(p->max_processes, 8);
  ck_assert_uint_eq(p->ended[FCL_OK], 8);
  ck_assert_uint_eq(p->left[FCL_LEFT_TIMEOUT], 4);
  ck_assert_uint_eq(p->total.count, 4);
  ck_assert_uint_eq(p->total.sum_us, 180000200);
  fcl_stats_free(a);
  fcl_stats_free(b);
}
END_TEST

START_TEST(the_oldest_wait_is_that_of_the_pool_where_it_is_longest) {
  fcl_stats *a = formats_sample(), *b = formats_sample();
  b->pools[0]->stats.oldest_wait_ms = 9000;
  fcl_stats_add(a, b);
  ck_assert_uint_eq(fcl_stats_find(a, "php")->oldest_wait_ms, 9000);
  fcl_stats_free(a);
  fcl_stats_free(b);
}
END_TEST

START_TEST(processes_are_listed_behind_one_another) {
  fcl_stats *a = formats_sample(), *b = formats_sample();
  fcl_stats_add(a, b);
  ck_assert_uint_eq(fcl_stats_find(a, "php")->member_count, 2);
  fcl_stats_free(a);
  fcl_stats_free(b);
}
END_TEST

START_TEST(an_address_that_two_clients_reach_is_one_member) {
  fcl_stats *a = formats_sample(), *b = formats_sample();
  const fcl_pool_stats *p;
  b->pools[1]->members[1].state = FCL_MEMBER_IDLE; /* the other client reaches it */
  b->pools[1]->members[1].served = 3;
  fcl_stats_add(a, b);
  p = fcl_stats_at(a, 1);
  ck_assert_uint_eq(p->member_count, 2);
  ck_assert_int_eq(fcl_stats_member(p, 1)->state, FCL_MEMBER_IDLE);
  ck_assert_uint_eq(fcl_stats_member(p, 1)->served, 3);
  fcl_stats_free(a);
  fcl_stats_free(b);
}
END_TEST

START_TEST(texts_are_utf8_without_controls) {
  fcl_stats *s = formats_sample();
  fcl_member_stats m = {0};
  m.name = "process 1";
  m.subject = "/a\nb\xff";
  m.tag = "";
  fcl__stats_member(s, &s->pools[0]->stats, &m);
  ck_assert_str_eq(fcl_stats_member(fcl_stats_at(s, 0), 1)->subject, "/a\\nb\\xff");
  fcl_stats_free(s);
}
END_TEST

START_TEST(a_pool_is_found_by_the_name_that_it_was_given) {
  fcl_stats *s = formats_sample();
  fcl_pool_stats pool = {0};
  pool.name = "a\tb";
  pool.program = "";
  fcl__stats_pool(s, &pool);
  ck_assert_ptr_nonnull(fcl_stats_find(s, "a\tb"));
  ck_assert_ptr_null(fcl_stats_find(s, "a"));
  fcl_stats_free(s);
}
END_TEST

/* Each allocation failing in turn: an error, or all of it; nothing is lost or half there. */
static void sum_up(test_allocator *a, const fcl_stats *sample) {
  fcl__memory memory = {test_allocator_realloc, a};
  fcl_stats *s = fcl__stats_new(&memory);
  size_t len;
  int is_whole = s && fcl_stats_add(s, sample) == FCL_OK;
  if (s && !is_whole)
    fcl_stats_text(s, FCL_STATS_LINES, &len);
  if (is_whole && fcl_stats_text(s, FCL_STATS_PROMETHEUS, &len))
    ck_assert_str_eq(prometheus_fault(s->text), "");
  fcl_stats_free(s);
}

START_TEST(every_allocation_may_fail) {
  fcl_stats *sample = formats_sample();
  test_allocator a;
  size_t n = 0;
  test_allocator_init(&a);
  do {
    test_allocator_fail(&a, ++n, 0);
    sum_up(&a, sample);
    ck_assert_uint_eq(a.live, 0);
  } while (a.failed > 0 && n < 1000 && a.calls >= n);
  ck_assert_uint_gt(n, 10);
  test_allocator_destroy(&a);
  fcl_stats_free(sample);
}
END_TEST

START_TEST(names_of_reasons_and_states_are_words) {
  ck_assert_str_eq(fcl_left_name(FCL_LEFT_MAX_REQUESTS), "max_requests");
  ck_assert_str_eq(fcl_left_phrase(FCL_LEFT_IDLE), "was idle for idle_ms");
  ck_assert_str_eq(fcl_left_name(FCL_LEFT_MAX), "?");
  ck_assert_str_eq(fcl_member_state_name(FCL_MEMBER_KILLING), "killing");
  ck_assert_str_eq(fcl_member_state_name(FCL_MEMBER_STATES), "?");
}
END_TEST

int main(void) {
  TCase *c = tcase_create("snapshot");
  tcase_add_test(c, pools_of_one_name_are_summed_up);
  tcase_add_test(c, the_oldest_wait_is_that_of_the_pool_where_it_is_longest);
  tcase_add_test(c, processes_are_listed_behind_one_another);
  tcase_add_test(c, an_address_that_two_clients_reach_is_one_member);
  tcase_add_test(c, texts_are_utf8_without_controls);
  tcase_add_test(c, a_pool_is_found_by_the_name_that_it_was_given);
  tcase_add_test(c, every_allocation_may_fail);
  tcase_add_test(c, names_of_reasons_and_states_are_words);
  return test_suite_run("snapshot", &c, 1);
}
