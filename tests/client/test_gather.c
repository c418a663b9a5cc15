/* test_gather.c: request bodies that are here before any application hears of the request. */
#include "client/wire.h"
#include "support/files.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#define MIB   (1024 * 1024)
#define SPOOL 2 /* upload.is_unknown: FCL_BODY_SPOOL */

static world w;
static exchange y;
static upload u;

static void setup(void) {
  test_files_fail(0, 0, 0);
  memset(&w, 0, sizeof w);
  memset(&y, 0, sizeof y);
  memset(&u, 0, sizeof u);
  w.options.gather = 1;
  w.options.max_connections = 1;
  w.options.gather_file = 16 * MIB;
}

static void teardown(void) {
  free(u.bytes);
  world_end(&w);
}

static size_t size;

/* Takes bodies of `size` bytes, and says hello. */
static void take_bodies(fcl_script *s, void *user) {
  char length[24] = "";
  if (size > 0)
    snprintf(length, sizeof length, "%zu", size);
  while (fcl_script_next(s)) {
    fcl_script_may_close(s);
    fcl_script_read_request(s);
    if (fcl_script_seen(s) && fcl_script_seen(s)->in.len > 0) {
      fcl_script_expect_param(s, "CONTENT_LENGTH", length);
      fcl_script_expect_body_hash(s, size, wire_hash(size));
    } else {
      fcl_script_expect_param(s, "CONTENT_LENGTH", NULL);
    }
    fcl_script_answer(s, HELLO);
  }
}

static void ck_assert_hello(const exchange *x) {
  ck_assert_error(x, FCL_OK, "");
  ck_assert_uint_eq(x->received, 5);
}

/* An upload whose bytes come when the test writes them. */
static void open_upload(int64_t length, fcl_body unknown) {
  exchange_new(&u.x, &w, "POST");
  fcl_request_body(u.x.request, length, unknown);
  fcl_request_start(u.x.request);
}

static void lend(const char *text) {
  unsigned before = u.x.sents;
  fcl_request_write(u.x.request, text, strlen(text));
  world_wait(&w, &u.x.sents, before + 1);
}

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
  w.options.queue_ms = w.options.first_ms = w.options.request_ms = w.options.activity_ms = 30;
  world_start(&w, FCL_LOOP_UV, NULL);
  open_upload(3, FCL_BODY_REFUSE);
  lend("ab");
  world_pass(&w, 150);
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

static void take_in_pieces(fcl_script *s, void *user) {
  uint64_t at = 0;
  srand((unsigned) size);
  fcl_script_accept(s);
  fcl_script_read_params(s);
  while (at < size && !fcl_script_failed(s)) {
    at += 1 + (uint64_t) rand() % 60000;
    fcl_script_read_body(s, at < size ? at : size);
  }
  fcl_script_read_request(s);
  fcl_script_expect_body_hash(s, size, wire_hash(size));
  fcl_script_answer(s, HELLO);
}

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
  ck_assert_error(&u.x, FCL_E_SPOOL, "No space left on device");
  ck_assert_error(&u.x, FCL_E_SPOOL, "gather_file");
  ck_assert_error(&u.x, FCL_E_SPOOL, "/tmp");
  ck_assert_uint_eq(u.x.result.tries, 0);
}
END_TEST

START_TEST(a_limit_on_file_sizes_is_an_error_by_name) {
  struct rlimit limit = {200000, 200000};
  signal(SIGXFSZ, SIG_IGN); /* on a borrowed loop that is the caller's business */
  ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
  world_start(&w, FCL_LOOP_UV, NULL);
  upload_start(&u, &w, MIB, 100000);
  upload_wait(&u);
  ck_assert_error(&u.x, FCL_E_SPOOL, "File too large");
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
  ck_assert_error(&u.x, FCL_E_SPOOL, "Input/output error");
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
  TCase *t = tcase_create("gathering");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_set_timeout(t, 60);
  tcase_add_test(t, while_a_body_comes_its_application_serves_others);
  tcase_add_loop_test(t, a_lend_comes_back_when_it_is_copied, 0, 3);
  tcase_add_test(t, no_clock_runs_while_a_body_comes);
  tcase_add_loop_test(t, bodies_of_every_size_arrive_whole, 0, sizeof sizes / sizeof *sizes);
  tcase_add_loop_test(t, a_body_of_unknown_length_gets_its_length, 0,
                      sizeof sizes / sizeof *sizes - 1);
  tcase_add_loop_test(t, a_body_of_unknown_length_may_be_empty, 0, 2);
  tcase_add_loop_test(t, an_application_may_take_it_as_slowly_as_it_likes, 0, 20);
  tcase_add_test(t, an_answer_that_does_not_wait_for_it_is_whole);
  tcase_add_loop_test(t, what_an_overloaded_application_refused_is_sent_again_whole, 0, 2);
  tcase_add_test(t, a_refusal_in_the_middle_of_it_damages_nothing);
  tcase_add_loop_test(t, a_kept_connection_that_dies_costs_a_get_with_a_body_nothing, 0, 2);
  tcase_add_test(t, an_announced_body_that_is_too_large_is_refused_at_once);
  tcase_add_loop_test(t, a_body_of_unknown_length_is_refused_when_it_becomes_too_large, 0, 2);
  tcase_add_loop_test(t, a_body_of_exactly_the_limit_is_gathered, 0, 2);
  tcase_add_loop_test(t, a_body_that_is_too_short_or_too_long_reaches_nobody, 0, 2);
  tcase_add_loop_test(t, a_fault_in_the_parameters_is_told_before_the_body_has_come, 0, 2);
  tcase_add_test(t, a_full_disk_is_an_error_by_name);
  tcase_add_test(t, a_limit_on_file_sizes_is_an_error_by_name);
  tcase_add_test(t, a_file_that_cannot_be_read_again_never_looks_like_a_whole_body);
  tcase_add_loop_test(t, closing_a_pool_ends_what_is_coming, 0, 3);
  tcase_add_loop_test(t, closing_a_client_ends_what_is_coming, 0, 3);
  tcase_add_loop_test(t, a_pool_that_drains_waits_for_what_is_coming, 0, 2);
  tcase_add_test(t, a_pool_that_drains_does_not_wait_for_ever);
  return test_suite_run("gathering", &t, 1);
}
