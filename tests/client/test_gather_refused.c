/* test_gather_refused.c: gathered bodies that are sent again, refused, or find no room on the disk.
 */
#include "client/gathering.h"
#include "support/scratch.h"

/* ---- Sent again ---- */

static void be_overloaded_once(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_request(s);
  fcl_script_expect_body_hash(s, size, wire_hash(size));
  fcl_script_end_request(s, 0, FCL_IS_OVERLOADED);
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_expect_body_hash(s, size, wire_hash(size));
  fcl_script_answer(s, HELLO);
}

START_TEST(what_an_overloaded_application_refused_is_sent_again_whole) { /* KF-048 */
  size = _i ? 700000 : 10;
  world_start(&w, FCL_LOOP_UV, be_overloaded_once);
  upload_start(&u, &w, size, 50000);
  upload_wait(&u);
  ck_assert_hello(&u.x);
  ck_assert_uint_eq(u.x.result.tries, 2);
  ck_assert_uint_eq(u.x.result.sent, size);
}
END_TEST

static void be_overloaded_early(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_body(s, 1000);
  fcl_script_end_request(s, 0, FCL_IS_OVERLOADED);
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_expect_body_hash(s, size, wire_hash(size));
  fcl_script_answer(s, HELLO);
}

START_TEST(a_refusal_in_the_middle_of_it_damages_nothing) {
  size = 3 * MIB;
  world_start(&w, FCL_LOOP_UV, be_overloaded_early);
  upload_start(&u, &w, size, 1u << 30);
  upload_wait(&u);
  ck_assert_hello(&u.x);
  ck_assert_uint_eq(u.x.result.sent, size);
}
END_TEST

static void die_on_the_second(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_request(s);
  fcl_script_answer(s, HELLO);
  fcl_script_read_begin(s);
  fcl_script_close(s);
  if (fcl_script_next(s)) {
    fcl_script_read_request(s);
    fcl_script_expect_body_hash(s, size, wire_hash(size));
    fcl_script_answer(s, HELLO);
  }
}

/* The application may have run a POST; a GET changes nothing, and its body is still here. */
START_TEST(a_kept_connection_that_dies_costs_a_get_with_a_body_nothing) {
  char *bytes = wire_bytes(10);
  size = 10;
  world_start(&w, FCL_LOOP_UV, die_on_the_second);
  exchange_get(&y, &w);
  exchange_wait(&y);
  exchange_new(&u.x, &w, _i ? "POST" : "GET");
  fcl_request_body(u.x.request, 10, FCL_BODY_REFUSE);
  fcl_request_start(u.x.request);
  fcl_request_write(u.x.request, bytes, 10);
  fcl_request_finish(u.x.request);
  exchange_wait(&u.x);
  if (_i)
    ck_assert_int_ne(u.x.result.error.code, FCL_OK);
  else
    ck_assert_hello(&u.x);
  ck_assert_uint_eq(u.x.result.tries, _i ? 1 : 2);
  free(bytes);
}
END_TEST

/* ---- Refused ---- */

START_TEST(an_announced_body_that_is_too_large_is_refused_at_once) {
  w.options.gather_memory = 1000;
  w.options.gather_file = FCL_NONE;
  world_start(&w, FCL_LOOP_UV, NULL);
  open_upload(1001, FCL_BODY_REFUSE);
  exchange_wait(&u.x);
  ck_assert_error(&u.x, FCL_E_BODY_TOO_LARGE,
                  "test: the request body has 1001 bytes, and at most 1000 are gathered "
                  "(gather_memory and gather_file). Raise gather_file");
  ck_assert_int_eq(fcl_code_http(u.x.result.error.code), 413);
  ck_assert_log(&u.x, "done BODY_TOO_LARGE; ");
}
END_TEST

START_TEST(a_body_of_unknown_length_is_refused_when_it_becomes_too_large) {
  size = 3000;
  w.options.gather_memory = _i ? 1000 : FCL_NONE;
  w.options.gather_file = _i ? FCL_NONE : 1000;
  world_start(&w, FCL_LOOP_UV, NULL);
  u.is_unknown = SPOOL;
  upload_start(&u, &w, 3000, 400);
  upload_wait(&u);
  ck_assert_error(&u.x, FCL_E_BODY_TOO_LARGE, "more than 800 bytes, and at most 1000");
  ck_assert_ptr_nonnull(strstr(u.x.log, "sent OK; sent OK; sent CANCELED; "));
}
END_TEST

START_TEST(a_body_of_exactly_the_limit_is_gathered) {
  size = 65536 + 100000;
  w.options.gather_file = 100000;
  world_start(&w, FCL_LOOP_UV, take_bodies);
  u.is_unknown = _i ? SPOOL : 0;
  upload_start(&u, &w, size, 1000);
  upload_wait(&u);
  ck_assert_hello(&u.x);
}
END_TEST

START_TEST(a_body_that_is_too_short_or_too_long_reaches_nobody) {
  world_start(&w, FCL_LOOP_UV, NULL);
  open_upload(3, FCL_BODY_REFUSE);
  fcl_request_write(u.x.request, "abcd", _i ? 4 : 2);
  fcl_request_finish(u.x.request);
  exchange_wait(&u.x);
  ck_assert_error(&u.x, FCL_E_BODY, _i ? "1 bytes more" : "1 bytes less");
  ck_assert_uint_eq(u.x.result.tries, 0);
}
END_TEST

START_TEST(a_fault_in_the_parameters_is_told_before_the_body_has_come) {
  world_start(&w, FCL_LOOP_UV, NULL);
  exchange_new(&u.x, &w, "POST");
  fcl_request_param(u.x.request, "A=", "");
  fcl_request_body(u.x.request, _i ? -1 : 3, FCL_BODY_SPOOL);
  fcl_request_start(u.x.request);
  exchange_wait(&u.x);
  ck_assert_log(&u.x, "done INVAL; ");
}
END_TEST

/* ---- Disks ---- */

START_TEST(a_full_disk_is_an_error_by_name) {
  world_start(&w, FCL_LOOP_UV, NULL);
  test_files_fail(2, 1, ENOSPC);
  upload_start(&u, &w, 400000, 100000);
  upload_wait(&u);
  ck_assert_error(&u.x, FCL_E_SPOOL, "no space left on device");
  ck_assert_error(&u.x, FCL_E_SPOOL, "gather_file");
  ck_assert_error(&u.x, FCL_E_SPOOL, test_temporary());
  ck_assert_uint_eq(u.x.result.tries, 0);
}
END_TEST

START_TEST(a_limit_on_file_sizes_is_an_error_by_name) {
  system_limit_files(200000);
  world_start(&w, FCL_LOOP_UV, NULL);
  upload_start(&u, &w, MIB, 100000);
  upload_wait(&u);
  ck_assert_error(&u.x, FCL_E_SPOOL, "file too large");
}
END_TEST

static void see_half(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_eof(s);
  fcl_script_expect(s, !fcl_script_seen(s) || !fcl_script_seen(s)->in.ended,
                    "a body that cannot be read again does not look whole");
}

START_TEST(a_file_that_cannot_be_read_again_never_looks_like_a_whole_body) {
  world_start(&w, FCL_LOOP_UV, see_half);
  open_upload(400000, FCL_BODY_REFUSE);
  u.bytes = wire_bytes(400000);
  fcl_request_write(u.x.request, u.bytes, 400000);
  world_wait(&w, &u.x.sents, 1);
  test_files_fail(1, 1, EIO);
  fcl_request_finish(u.x.request);
  exchange_wait(&u.x);
  ck_assert_error(&u.x, FCL_E_SPOOL, "i/o error");
}
END_TEST

int main(void) {
  TCase *t = gathering_case("gather refused");
  tcase_add_loop_test(t, what_an_overloaded_application_refused_is_sent_again_whole, 0, 2);
  tcase_add_test(t, a_refusal_in_the_middle_of_it_damages_nothing);
  tcase_add_loop_test(t, a_kept_connection_that_dies_costs_a_get_with_a_body_nothing, 0, 2);
  tcase_add_test(t, an_announced_body_that_is_too_large_is_refused_at_once);
  tcase_add_loop_test(t, a_body_of_unknown_length_is_refused_when_it_becomes_too_large, 0, 2);
  tcase_add_loop_test(t, a_body_of_exactly_the_limit_is_gathered, 0, 2);
  tcase_add_loop_test(t, a_body_that_is_too_short_or_too_long_reaches_nobody, 0, 2);
  tcase_add_loop_test(t, a_fault_in_the_parameters_is_told_before_the_body_has_come, 0, 2);
  tcase_add_test(t, a_full_disk_is_an_error_by_name);
  if (system_has_file_limits)
    tcase_add_test(t, a_limit_on_file_sizes_is_an_error_by_name);
  tcase_add_test(t, a_file_that_cannot_be_read_again_never_looks_like_a_whole_body);
  return test_suite_run("gather_refused", &t, 1);
}
