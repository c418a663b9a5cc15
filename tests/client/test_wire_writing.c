/* test_wire_writing.c: what goes out on the wire, read by an independent strict reader (known
   faults of others: KF-001 to KF-019, writing records). */
#include "client/wire_case.h"
#include <stdio.h>
#include <stdlib.h>

/* ---- Bodies: sizes, and every way to end them ---- */

/* Reads to the very end, so that a second closing record would be seen. */
static void take_body(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_expect_body_hash(s, u.size, wire_hash(u.size));
  fcl_script_answer(s, HELLO);
  fcl_script_read_eof(s);
}

static const size_t sizes[] = {0,     1,      2,      32767,  32768,  32769,  65527,
                               65528, 65529,  65534,  65535,  65536,  65537,  99000,
                               98304, 131055, 131056, 131057, 131072, 262144, 1048576};
#define SIZES (int) (sizeof sizes / sizeof *sizes)

START_TEST(a_body_lent_whole_arrives_whole) { /* KF-001 */
  world_start(&w, FCL_LOOP_UV, take_body);
  upload_start(&u, &w, sizes[_i], (size_t) -1);
  upload_wait(&u);
  ck_assert_done(&u.x);
  ck_assert_uint_eq(u.x.result.sent, sizes[_i]);
}
END_TEST

START_TEST(a_body_in_steps_of_32_KiB_arrives_whole) { /* KF-012 */
  world_start(&w, FCL_LOOP_UV, take_body);
  upload_start(&u, &w, sizes[_i], 32768);
  upload_wait(&u);
  ck_assert_done(&u.x);
}
END_TEST

START_TEST(finish_in_a_turn_of_its_own_ends_the_body_once) { /* KF-009, KF-010, KF-011 */
  u.is_lazy = 1;
  world_start(&w, FCL_LOOP_UV, take_body);
  upload_start(&u, &w, sizes[_i], (size_t) -1);
  upload_wait(&u);
  ck_assert_done(&u.x);
}
END_TEST

START_TEST(a_last_part_of_no_bytes_does_not_end_the_body_twice) { /* KF-008 */
  u.is_barred = 1;
  world_start(&w, FCL_LOOP_UV, take_body);
  upload_start(&u, &w, sizes[_i], 50000);
  upload_wait(&u);
  ck_assert_done(&u.x);
}
END_TEST

START_TEST(a_body_of_unknown_length_is_ended_once) { /* KF-009, KF-011: chunked, empty too */
  u.is_unknown = 1;
  u.is_lazy = _i % 2;
  world_start(&w, FCL_LOOP_UV, take_body);
  upload_start(&u, &w, sizes[_i], 40000);
  upload_wait(&u);
  ck_assert_done(&u.x);
}
END_TEST

START_TEST(single_bytes_make_a_body) {
  world_start(&w, FCL_LOOP_UV, take_body);
  upload_start(&u, &w, 300, 1);
  upload_wait(&u);
  ck_assert_done(&u.x);
}
END_TEST

/* ---- A queue that is full ---- */

static void take_body_slowly(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_wait(s, "full");
  while (fcl_script_read(s, 777) &&
         (fcl_script_seen(s) == NULL || fcl_script_seen(s)->in.len + 777 < u.size))
    ;
  fcl_script_read_request(s);
  fcl_script_expect_body_hash(s, u.size, wire_hash(u.size));
  fcl_script_answer(s, HELLO);
}

START_TEST(a_body_goes_out_whatever_room_there_is) { /* KF-005: every level of the system's queue */
  world_start(&w, FCL_LOOP_UV, take_body_slowly);
  upload_start(&u, &w, 600000 + (size_t) _i, 1000 + 97 * (size_t) _i);
  world_rest(&w);
  fcl_script_signal(w.script, "full");
  upload_wait(&u);
  ck_assert_done(&u.x);
}
END_TEST

static void take_params_late(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_wait(s, "full");
  fcl_script_read_request(s);
  fcl_script_expect_param(s, "LAST", "one");
  fcl_script_answer(s, HELLO);
}

START_TEST(parameters_wait_for_room_as_a_body_does) { /* KF-006 */
  char *big = calloc(1, 60001), name[16];
  int n;
  memset(big, 'x', 60000);
  w.options.max_params = 4000000;
  world_start(&w, FCL_LOOP_UV, take_params_late);
  exchange_new(&x, &w, "GET");
  for (n = 0; n < 60; n++) {
    snprintf(name, sizeof name, "P%d", n);
    fcl_request_param(x.request, name, big);
  }
  fcl_request_param(x.request, "LAST", "one");
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
  world_rest(&w);
  fcl_script_signal(w.script, "full");
  exchange_wait(&x);
  ck_assert_done(&x);
  free(big);
}
END_TEST

static void take_body_in_the_end(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_params(s);
  fcl_script_wait(s, "rested");
  fcl_script_read_request(s);
  fcl_script_answer(s, HELLO);
}

START_TEST(a_large_body_takes_no_memory_of_ours) { /* KF-014, KF-015 */
  size_t before;
  world_start(&w, FCL_LOOP_UV, take_body_in_the_end);
  before = w.memory.peak;
  upload_start(&u, &w, 64 * 1048576, 16 * 1048576);
  world_rest(&w);
  fcl_script_signal(w.script, "rested");
  upload_wait(&u);
  ck_assert_done(&u.x);
  ck_assert_uint_lt(w.memory.peak - before, 262144 + (getenv("TEST_GATHER") ? 2 * 65536 : 0));
}
END_TEST

/* ---- Parameters ---- */

static const size_t lengths[] = {1, 126, 127, 128, 129, 255, 256, 16384, 65000};
#define LENGTHS (int) (sizeof lengths / sizeof *lengths)
static char *name, *value;

static char *text_of(size_t len) {
  char *text = calloc(1, len + 1);
  size_t n;
  for (n = 0; n < len; n++)
    text[n] = (char) ('A' + n % 23);
  return text;
}

static void take_param(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_expect_param(s, name, value);
  fcl_script_answer(s, HELLO);
}

static void send_param(void) {
  exchange_new(&x, &w, "GET");
  fcl_request_param(x.request, name, value);
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
  exchange_wait(&x);
}

START_TEST(names_and_values_of_any_length_arrive) { /* KF-002 */
  name = text_of(lengths[_i % LENGTHS]);
  value = text_of(_i / LENGTHS == LENGTHS ? 0 : lengths[_i / LENGTHS]);
  w.options.max_params = 400000;
  w.options.max_param = 65535;
  world_start(&w, FCL_LOOP_UV, take_param);
  send_param();
  if (fcl_pair_size(strlen(name), strlen(value)) <= 65535) {
    ck_assert_done(&x);
  } else {
    ck_assert_error(&x, FCL_E_PARAMS, "");
    exchange_get(memset(&x, 0, sizeof x), &w); /* for the script, which waits */
    free(name);
    name = strcpy(malloc(16), "SCRIPT_NAME");
    free(value);
    value = strcpy(malloc(16), "/x");
    exchange_wait(&x);
  }
  free(name);
  free(value);
}
END_TEST

START_TEST(a_null_value_is_an_empty_one) { /* KF-018, KF-019 */
  name = text_of(3);
  value = NULL;
  world_start(&w, FCL_LOOP_UV, take_param);
  exchange_new(&x, &w, "GET");
  fcl_request_param(x.request, name, NULL);
  value = strcpy(malloc(1), "");
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_done(&x);
  free(name);
  free(value);
}
END_TEST

/* Fills up to exactly the limit, and beyond it by _i bytes. */
START_TEST(parameters_above_the_limit_are_refused_and_the_next_request_works) { /* KF-003, KF-004 */
  static const char method[] = "REQUEST_METHODGET", script[] = "SCRIPT_NAME/x";
  size_t used = 2 + sizeof method - 1 + 2 + sizeof script - 1;
  name = strcpy(malloc(8), "NAME");
  value = text_of(65528 - used - 1 - 4 - 4 + (size_t) _i);
  world_start(&w, FCL_LOOP_UV, NULL);
  send_param();
  if (_i == 0)
    ck_assert_done(&x);
  else
    ck_assert_error(&x, FCL_E_PARAMS, "65528");
  wire_get(&x, &w);
  ck_assert_done(&x);
  free(name);
  free(value);
}
END_TEST

START_TEST(many_headers_above_the_limit_are_refused_and_the_next_request_works) { /* KF-003 */
  enum { COUNT = 1000 };
  static fcl_header headers[COUNT];
  static char names[COUNT][16];
  char *long_value = text_of(1000);
  int n;
  for (n = 0; n < COUNT; n++) {
    headers[n].name.len = (size_t) snprintf(names[n], sizeof names[n], "X-%d", n);
    headers[n].name.base = names[n];
    headers[n].value.base = long_value;
    headers[n].value.len = 1000;
  }
  world_start(&w, FCL_LOOP_UV, NULL);
  exchange_new(&x, &w, "GET");
  fcl_request_headers(x.request, headers, COUNT);
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_E_PARAMS, "");
  wire_get(&x, &w);
  ck_assert_done(&x);
  free(long_value);
}
END_TEST

/* ---- Bytes ---- */

static const char request_bytes[] = "\1\1\0\1\0\10\0\0"
                                    "\0\1\1\0\0\0\0\0" /* responder, KEEP_CONN */
                                    "\1\4\0\1\0\42\0\0"
                                    "\16\3REQUEST_METHODGET"
                                    "\13\2SCRIPT_NAME/x" /* 34 bytes */
                                    "\1\4\0\1\0\0\0\0"
                                    "\1\5\0\1\0\0\0\0";

static void take_bytes(fcl_script *s, void *user) {
  fcl_slice got;
  fcl_script_accept(s);
  fcl_script_read_request(s);
  got = fcl_script_received(s);
  fcl_script_expect(
      s, got.len == sizeof request_bytes - 1 && memcmp(got.base, request_bytes, got.len) == 0,
      "the bytes of the request are those");
  fcl_script_answer(s, HELLO);
}

START_TEST(a_request_is_these_bytes_though_memory_is_poisoned) { /* KF-007: reserved bytes are 0 */
  world_start(&w, FCL_LOOP_UV, take_bytes);
  wire_get(&x, &w);
  ck_assert_done(&x);
}
END_TEST

static unsigned count_of_ids(void) {
  return getenv("FCGICLIENT_TEST_ALL") ? 70000 : 300;
}

static void serve_one_id(fcl_script *s, void *user) {
  unsigned n;
  fcl_script_accept(s);
  for (n = 0; n < count_of_ids() && fcl_script_read_request(s); n++) {
    fcl_script_expect(s, fcl_script_id(s) == 1, "the id is 1, always");
    fcl_script_answer(s, HELLO);
  }
}

START_TEST(request_ids_never_grow) { /* KF-017 */
  unsigned n;
  world_start(&w, FCL_LOOP_UV, serve_one_id);
  for (n = 0; n < count_of_ids(); n++) {
    wire_get(&x, &w);
    ck_assert_done(&x);
  }
}
END_TEST

int main(void) {
  TCase *t = wire_case("writing");
  test_add_loop(t, a_body_lent_whole_arrives_whole, 0, SIZES);
  test_add_loop(t, a_body_in_steps_of_32_KiB_arrives_whole, 0, SIZES);
  test_add_loop(t, finish_in_a_turn_of_its_own_ends_the_body_once, 0, SIZES);
  test_add_loop(t, a_last_part_of_no_bytes_does_not_end_the_body_twice, 0, SIZES);
  test_add_loop(t, a_body_of_unknown_length_is_ended_once, 0, SIZES);
  tcase_add_test(t, single_bytes_make_a_body);
  test_add_loop(t, a_body_goes_out_whatever_room_there_is, 0, 40);
  tcase_add_test(t, parameters_wait_for_room_as_a_body_does);
  tcase_add_test(t, a_large_body_takes_no_memory_of_ours);
  test_add_loop(t, names_and_values_of_any_length_arrive, 0, LENGTHS * (LENGTHS + 1));
  tcase_add_test(t, a_null_value_is_an_empty_one);
  tcase_add_loop_test(t, parameters_above_the_limit_are_refused_and_the_next_request_works, 0, 3);
  tcase_add_test(t, many_headers_above_the_limit_are_refused_and_the_next_request_works);
  tcase_add_test(t, a_request_is_these_bytes_though_memory_is_poisoned);
  tcase_add_test(t, request_ids_never_grow);
  return test_suite_run("wire_writing", &t, 1);
}
