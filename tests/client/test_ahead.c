/* test_ahead.c: read-ahead: a slow caller holds no application and loses nothing, whatever the disk
 * does. */
#include "client/reading_ahead.h"
#include "support/scratch.h"

/* ---- A slow reader holds no application ---- */

START_TEST(while_a_span_is_held_its_application_serves_others) {
  size = 300000;
  hold_all_of_it(answer_with);
  exchange_get(&y, &w);
  exchange_wait(&y);
  ck_assert_uint_eq(x.bodies, 1);
  ck_assert_uint_eq(x.dones, 0);
  ck_assert_done(&y);
  x.then = resume_at_once;
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_done(&x);
  ck_assert_body(&x, size);
}
END_TEST

START_TEST(while_a_head_is_held_its_application_serves_others) {
  size = 300000;
  world_start(&w, FCL_LOOP_UV, answer_with);
  x.head_flow = FCL_HOLD;
  exchange_get(&x, &w);
  world_wait(&w, &x.heads, 1);
  exchange_get(&y, &w);
  exchange_wait(&y);
  ck_assert_uint_eq(x.bodies, 0);
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_body(&x, size);
}
END_TEST

/* The connection is kept, not opened anew. */
static void answer_two_on_one(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_request(s);
  fcl_script_stdout(s, TEXT);
  wire_send_body(s, 100000);
  fcl_script_end_request(s, 0, FCL_REQUEST_COMPLETE);
  fcl_script_read_request(s);
  fcl_script_answer(s, HELLO);
}

START_TEST(the_connection_is_kept_for_the_next) {
  hold_all_of_it(answer_two_on_one);
  exchange_get(&y, &w);
  exchange_wait(&y);
  ck_assert_log(&y, "head 200; body \"hello\"; done OK; ");
  x.then = resume_at_once;
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_body(&x, 100000);
}
END_TEST

START_TEST(without_a_hold_nothing_is_kept) {
  size = 300000;
  world_start(&w, (fcl_loop) _i, answer_with);
  exchange_get(&x, &w);
  exchange_wait(&x);
  ck_assert_body(&x, size);
  ck_assert_uint_eq(test_file.opened, 0);
  ck_assert_uint_eq(test_file.calls, 0);
}
END_TEST

/* ---- Nothing is lost ---- */

static const size_t sizes[] = {1,      65519,  65520,  65521,   65535,   65536,
                               65537,  131039, 131040, 131041,  196608,  327680,
                               655200, 655201, MIB,    3000000, 8 * MIB, 12 * MIB};

START_TEST(bodies_of_every_size_come_as_they_were_sent) { /* KF-013 */
  size = sizes[_i];
  hold_all_of_it(answer_with);
  x.then = resume_at_once;
  world_rest(&w);
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_done(&x);
  ck_assert_body(&x, size);
  ck_assert_uint_eq(x.result.received, size);
  ck_assert_uint_eq(x.result.app_status, 7);
}
END_TEST

START_TEST(what_finds_no_room_stays_with_the_application) {
  size = 4 * MIB;
  w.options.read_ahead_file = 0;
  hold_all_of_it(answer_with);
  world_pass(&w, 50);
  ck_assert_uint_lt(w.memory.bytes, 512 * 1024);
  ck_assert_uint_eq(x.bodies, 1);
  x.then = resume_at_once;
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_body(&x, size);
}
END_TEST

START_TEST(the_file_is_bounded_however_long_the_answer) { /* KF-016: written and read at once */
  size = 20 * MIB;
  w.options.read_ahead_file = 100000;
  hold_all_of_it(answer_with);
  x.then = resume_at_once;
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_body(&x, size);
}
END_TEST

/* Holds some spans, lets others pass, in an order that the loop of the test chooses. */
static void resume_at_random(exchange *e, const char *what) {
  int was_held = e->body_flow == FCL_HOLD;
  if (strcmp(what, "body") != 0)
    return;
  e->body_flow = rand() % 3 ? FCL_HOLD : FCL_NEXT;
  if (was_held)
    fcl_request_resume(e->request);
}

START_TEST(holding_now_and_then_changes_nothing) { /* KF-016 */
  srand((unsigned) _i + 1);
  size = 2 * MIB;
  w.options.read_ahead = 1 + (size_t) rand() % 200000;
  w.options.read_ahead_file = (uint64_t) rand() % 500000;
  world_start(&w, FCL_LOOP_UV, answer_with);
  x.body_flow = FCL_HOLD;
  x.then = resume_at_random;
  exchange_get(&x, &w);
  exchange_wait(&x);
  ck_assert_done(&x);
  ck_assert_body(&x, size);
}
END_TEST

static size_t cut_at;

static void cut_here(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_script_may_close(s);
    fcl_script_read_request(s);
    fcl_script_cut(s, cut_at);
    fcl_script_stdout(s, TEXT "one");
    fcl_script_stdout(s, "two");
    fcl_script_end_request(s, 7, FCL_REQUEST_COMPLETE);
  }
}

/* The answer has 82 bytes; its last part comes when the first is held, or not. */
START_TEST(an_answer_cut_at_any_byte_is_the_same) {
  cut_at = (size_t) _i;
  world_start(&w, FCL_LOOP_UV, cut_here);
  x.head_flow = x.body_flow = FCL_HOLD;
  x.then = resume_at_once;
  exchange_get(&x, &w);
  exchange_wait(&x);
  ck_assert_done(&x);
  ck_assert_uint_eq(x.received, 6);
  ck_assert_uint_eq(x.hash, fcl_fnv1a(FCL_FNV_START, "onetwo", 6));
  ck_assert_uint_eq(x.result.app_status, 7);
}
END_TEST

/* A caller who holds once and then takes everything does not keep the loop from others. */
START_TEST(a_large_window_is_handed_out_in_turns) {
  size = 6 * MIB;
  hold_all_of_it(answer_with);
  exchange_get(&y, &w);
  exchange_wait(&y);
  x.body_flow = FCL_NEXT;
  fcl_request_resume(x.request);
  world_turn(&w);
  ck_assert_uint_lt(x.received, size);
  exchange_wait(&x);
  ck_assert_body(&x, size);
}
END_TEST

/* ---- A disk that is full ---- */

/* In the middle of the answer. */
START_TEST(a_full_disk_costs_nothing_but_the_read_ahead) {
  size = 2 * MIB;
  test_files_fail((size_t) _i, 1, ENOSPC);
  hold_all_of_it(answer_with);
  world_wait(&w, &w.events, 1);
  ck_assert_uint_eq(w.events, 1);
  ck_assert_ptr_nonnull(strstr(w.sentence, "no space left on device"));
  ck_assert_ptr_nonnull(strstr(w.sentence, test_temporary()));
  ck_assert_ptr_nonnull(strstr(w.sentence, "spool_directory"));
  test_files_fail(0, 0, 0); /* there is space again: what has been written can be read */
  x.then = resume_at_once;
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_done(&x);
  ck_assert_body(&x, size);
}
END_TEST

/* The system itself says no. */
START_TEST(a_limit_on_file_sizes_costs_nothing_but_the_read_ahead) {
  system_limit_files(200000);
  size = 2 * MIB;
  hold_all_of_it(answer_with);
  world_wait(&w, &w.events, 1);
  ck_assert_ptr_nonnull(strstr(w.sentence, "file too large"));
  x.then = resume_at_once;
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_body(&x, size);
}
END_TEST

START_TEST(what_cannot_be_read_again_is_an_error) {
  size = 2 * MIB;
  hold_all_of_it(answer_with);
  world_rest(&w);
  exchange_get(&y, &w);
  exchange_wait(&y);
  test_files_fail(1, 1, EIO);
  x.then = resume_at_once;
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_E_SPOOL, "i/o error");
  ck_assert_uint_gt(x.received, 65536); /* what lay in memory came before */
}
END_TEST

int main(void) {
  TCase *t = reading_ahead_case("ahead");
  tcase_add_test(t, while_a_span_is_held_its_application_serves_others);
  tcase_add_test(t, while_a_head_is_held_its_application_serves_others);
  tcase_add_test(t, the_connection_is_kept_for_the_next);
  tcase_add_loop_test(t, without_a_hold_nothing_is_kept, 0, 3);
  test_add_loop(t, bodies_of_every_size_come_as_they_were_sent, 0, sizeof sizes / sizeof *sizes);
  tcase_add_test(t, what_finds_no_room_stays_with_the_application);
  tcase_add_test(t, the_file_is_bounded_however_long_the_answer);
  tcase_add_loop_test(t, holding_now_and_then_changes_nothing, 0, 20);
  test_add_loop(t, an_answer_cut_at_any_byte_is_the_same, 1, 90);
  tcase_add_test(t, a_large_window_is_handed_out_in_turns);
  tcase_add_loop_test(t, a_full_disk_costs_nothing_but_the_read_ahead, 1, 8);
  if (system_has_file_limits)
    tcase_add_test(t, a_limit_on_file_sizes_costs_nothing_but_the_read_ahead);
  tcase_add_test(t, what_cannot_be_read_again_is_an_error);
  return test_suite_run("ahead", &t, 1);
}
