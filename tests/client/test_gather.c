/* test_gather.c: request bodies that are here before a process is taken: they arrive as they were
 * sent, and a slow one holds nothing. */
#include "client/gathering.h"

/* ---- A slow upload holds nothing ---- */

START_TEST(while_a_body_comes_its_application_serves_others) {
  char *bytes = wire_bytes(9);
  size = 9;
  world_start(&w, FCL_LOOP_UV, take_bodies);
  open_upload(9, FCL_BODY_REFUSE);
  fcl_request_write(u.x.request, bytes, 5);
  world_wait(&w, &u.x.sents, 1);
  exchange_get(&y, &w);
  exchange_wait(&y);
  ck_assert_hello(&y);
  fcl_request_write(u.x.request, bytes + 5, 4);
  fcl_request_finish(u.x.request);
  exchange_wait(&u.x);
  ck_assert_hello(&u.x);
  ck_assert_uint_eq(u.x.result.sent, 9);
  free(bytes);
}
END_TEST

/* Nobody accepts, and the lend is back. */
START_TEST(a_lend_comes_back_when_it_is_copied) {
  world_start(&w, (fcl_loop) _i, NULL);
  open_upload(6, FCL_BODY_REFUSE);
  lend("abc");
  ck_assert_log(&u.x, "sent OK; ");
  lend(""); /* a barrier */
  fcl_request_cancel(u.x.request);
  exchange_wait(&u.x);
  ck_assert_log(&u.x, "sent OK; sent OK; done CANCELED; ");
  ck_assert_uint_eq(u.x.result.tries, 0);
}
END_TEST

START_TEST(no_clock_runs_while_a_body_comes) {
  w.options.queue_ms = w.options.first_ms = w.options.request_ms = w.options.activity_ms =
      world_short_ms();
  world_start(&w, FCL_LOOP_UV, NULL);
  open_upload(3, FCL_BODY_REFUSE);
  lend("ab");
  world_pass(&w, 3 * world_short_ms());
  w.options.queue_ms = 0;
  lend("c");
  fcl_request_finish(u.x.request);
  exchange_wait(&u.x);
  ck_assert_hello(&u.x);
  ck_assert_uint_gt(u.x.result.queue_us, 100000); /* it was waiting, though */
}
END_TEST

/* ---- It arrives as it was sent ---- */

static const size_t sizes[] = {1,      2,      65519,   65520,   65521,  65535,  65536,   65537,
                               131039, 131040, 131041,  196607,  196608, 196609, 327680,  655360,
                               655361, MIB,    MIB + 1, 3000000, 32768,  98304,  16 * MIB};

START_TEST(bodies_of_every_size_arrive_whole) { /* KF-012, KF-013 */
  static const size_t steps[] = {7919, 65536, 1u << 30};
  size_t i;
  size = sizes[_i];
  world_start(&w, FCL_LOOP_UV, take_bodies);
  for (i = 0; i < (size > 4 * MIB ? 1 : 3); i++) {
    memset(&u, 0, sizeof u);
    upload_start(&u, &w, size, steps[2 - i]);
    upload_wait(&u);
    ck_assert_hello(&u.x);
    ck_assert_uint_eq(u.x.result.sent, size);
  }
}
END_TEST

START_TEST(a_body_of_unknown_length_gets_its_length) { /* KF-124, KF-126 */
  size = sizes[_i];
  w.options.gather = 0; /* it is asked for by the request */
  world_start(&w, FCL_LOOP_UV, take_bodies);
  u.is_unknown = SPOOL;
  upload_start(&u, &w, size, 5000);
  upload_wait(&u);
  ck_assert_hello(&u.x);
}
END_TEST

START_TEST(a_body_of_unknown_length_may_be_empty) { /* KF-008, KF-009: one end of STDIN */
  size = 0;
  world_start(&w, FCL_LOOP_UV, take_bodies);
  open_upload(-1, FCL_BODY_SPOOL);
  if (_i)
    lend("");
  fcl_request_finish(u.x.request);
  exchange_wait(&u.x);
  ck_assert_hello(&u.x);
}
END_TEST

START_TEST(an_application_may_take_it_as_slowly_as_it_likes) { /* KF-016 */
  size = 700000 + (size_t) _i * 31337;
  w.options.gather_memory = _i % 2 ? FCL_NONE : 1;
  world_start(&w, FCL_LOOP_UV, take_in_pieces);
  upload_start(&u, &w, size, 50000);
  upload_wait(&u);
  ck_assert_hello(&u.x);
  ck_assert_uint_gt(test_file.written, 0);
}
END_TEST

/* ---- The memory of all ---- */

START_TEST(what_is_too_much_for_the_memory_of_all_goes_to_a_file) {
  size = 300000;
  w.options.gather_memory = MIB;
  w.options.gather_memory_all = 3 * 65536;
  world_start(&w, FCL_LOOP_UV, take_bodies);
  upload_start(&u, &w, size, 50000);
  upload_wait(&u);
  ck_assert_hello(&u.x);
  ck_assert_uint_ge(test_file.written, size - 3 * 65536);
  ck_assert_uint_lt(test_file.written, size - 2 * 65536);
}
END_TEST

START_TEST(memory_that_a_body_had_is_there_for_the_next) {
  unsigned i;
  size = 130000;
  w.options.gather_memory = MIB;
  w.options.gather_memory_all = 2 * 65536;
  world_start(&w, FCL_LOOP_UV, take_bodies);
  for (i = 0; i < 3; i++) {
    upload_start(&u, &w, size, 50000);
    upload_wait(&u);
    ck_assert_hello(&u.x);
    free(u.bytes);
    memset(&u, 0, sizeof u);
  }
  ck_assert_uint_eq(test_file.written, 0);
}
END_TEST

START_TEST(the_file_has_room_for_what_finds_no_memory) {
  size = MIB;
  w.options.gather_memory = MIB;
  w.options.gather_memory_all = 1;
  w.options.gather_file = 1;
  world_start(&w, FCL_LOOP_UV, take_bodies);
  upload_start(&u, &w, size, 50000);
  upload_wait(&u);
  ck_assert_hello(&u.x);
  ck_assert_uint_eq(test_file.written, size);
}
END_TEST

static void answer_early(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_params(s);
  fcl_script_answer(s, HELLO);
  fcl_script_may_close(s);
  fcl_script_read_eof(s); /* what is not read of it cannot be on a kept connection */
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_answer(s, HELLO);
}

START_TEST(an_answer_that_does_not_wait_for_it_is_whole) {
  size = 8 * MIB;
  world_start(&w, FCL_LOOP_UV, answer_early);
  upload_start(&u, &w, size, 1u << 30);
  upload_wait(&u);
  ck_assert_hello(&u.x);
  exchange_get(&y, &w);
  exchange_wait(&y);
  ck_assert_hello(&y);
}
END_TEST

/* ---- Closing ---- */

START_TEST(closing_a_pool_ends_what_is_coming) {
  world_start(&w, (fcl_loop) _i, NULL);
  open_upload(6, FCL_BODY_REFUSE);
  lend("abc");
  fcl_pool_close(w.pool, 0);
  exchange_wait(&u.x);
  ck_assert_log(&u.x, "sent OK; done CLOSING; ");
}
END_TEST

START_TEST(closing_a_client_ends_what_is_coming) {
  world_start(&w, (fcl_loop) _i, NULL);
  open_upload(6, FCL_BODY_REFUSE);
  lend("abc");
  world_close(&w);
  ck_assert_log(&u.x, "sent OK; done CLOSING; ");
}
END_TEST

START_TEST(a_pool_that_drains_waits_for_what_is_coming) {
  world_start(&w, FCL_LOOP_UV, NULL);
  open_upload(6, FCL_BODY_REFUSE);
  lend("abc");
  fcl_pool_close(w.pool, _i ? FCL_NEVER : 10000);
  fcl_client_close(w.client, world_closed, &w);
  world_pass(&w, 20);
  lend("def");
  fcl_request_finish(u.x.request);
  exchange_wait(&u.x);
  ck_assert_hello(&u.x);
  world_wait(&w, &w.closed, 1);
  w.client = NULL;
}
END_TEST

START_TEST(a_pool_that_drains_does_not_wait_for_ever) {
  world_start(&w, FCL_LOOP_UV, NULL);
  open_upload(6, FCL_BODY_REFUSE);
  lend("abc");
  fcl_pool_close(w.pool, 50);
  exchange_wait(&u.x);
  ck_assert_log(&u.x, "sent OK; done CLOSING; ");
}
END_TEST

int main(void) {
  TCase *t = gathering_case("gather");
  tcase_add_test(t, while_a_body_comes_its_application_serves_others);
  tcase_add_loop_test(t, a_lend_comes_back_when_it_is_copied, 0, 3);
  tcase_add_test(t, no_clock_runs_while_a_body_comes);
  test_add_loop(t, bodies_of_every_size_arrive_whole, 0, sizeof sizes / sizeof *sizes);
  test_add_loop(t, a_body_of_unknown_length_gets_its_length, 0, sizeof sizes / sizeof *sizes - 1);
  tcase_add_loop_test(t, a_body_of_unknown_length_may_be_empty, 0, 2);
  tcase_add_loop_test(t, an_application_may_take_it_as_slowly_as_it_likes, 0, 20);
  tcase_add_test(t, what_is_too_much_for_the_memory_of_all_goes_to_a_file);
  tcase_add_test(t, memory_that_a_body_had_is_there_for_the_next);
  tcase_add_test(t, the_file_has_room_for_what_finds_no_memory);
  tcase_add_test(t, an_answer_that_does_not_wait_for_it_is_whole);
  tcase_add_loop_test(t, closing_a_pool_ends_what_is_coming, 0, 3);
  tcase_add_loop_test(t, closing_a_client_ends_what_is_coming, 0, 3);
  tcase_add_loop_test(t, a_pool_that_drains_waits_for_what_is_coming, 0, 2);
  tcase_add_test(t, a_pool_that_drains_does_not_wait_for_ever);
  return test_suite_run("gather", &t, 1);
}
