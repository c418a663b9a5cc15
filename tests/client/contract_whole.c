/* contract_whole.c: whole, short, long: never a short success (sentence 6). */
#include "client/contract.h"
#include <string.h>

static world w;
static exchange x;

static void setup(void) {
  memset(&w, 0, sizeof w);
  memset(&x, 0, sizeof x);
}

static void teardown(void) {
  world_end(&w);
}

/* What the application says, and how it ends. */
typedef struct ending {
  const char *method, *text; /* STDOUT, from the head on; NULL: none at all */
  enum { ENDS, CLOSES, HALF_CLOSES, ENDS_THEN_CLOSES, RESETS, FALLS_SILENT, RAVES, BREAKS_OFF } how;
  fcl_code code;
  int unclean;
  unsigned received;
  const char *words; /* in the sentence */
} ending;

static const ending *now;

static void play(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_request(s);
  if (now->text)
    fcl_script_stdout(s, now->text);
  switch (now->how) {
  case ENDS:
    fcl_script_answer(s, "");
    return;
  case CLOSES:
    fcl_script_close(s);
    return;
  case HALF_CLOSES:
    fcl_script_half_close(s);
    fcl_script_read_eof(s);
    return;
  case ENDS_THEN_CLOSES:
    fcl_script_answer(s, "");
    fcl_script_close(s);
    return;
  case RESETS:
    fcl_script_reset(s);
    return;
  case FALLS_SILENT:
    fcl_script_read_eof(s);
    return;
  case RAVES: /* a version that does not exist */
    fcl_script_drain(s);
    fcl_script_send(s, "HTTP/1.1", 8);
    fcl_script_read_eof(s);
    return;
  case BREAKS_OFF: /* in the middle of a record header */
    fcl_script_send(s, "\1\6\0", 3);
    fcl_script_close(s);
    return;
  }
}

#define LENGTH_5 "Content-Length: 5\r\n" TEXT

static const ending endings[] = {
    /* Whole. */
    {"GET", TEXT "hello", ENDS, FCL_OK, 0, 5, ""},
    {"GET", TEXT, ENDS, FCL_OK, 0, 0, ""},
    {"GET", LENGTH_5 "hello", ENDS, FCL_OK, 0, 5, ""},
    {"GET", LENGTH_5 "hello", ENDS_THEN_CLOSES, FCL_OK, 0, 5, ""},
    {"GET", "Content-Length: 0\r\n" TEXT, CLOSES, FCL_OK, 1, 0, ""},
    {"GET", LENGTH_5 "hello", CLOSES, FCL_OK, 1, 5, ""},
    {"GET", LENGTH_5 "hello", HALF_CLOSES, FCL_OK, 1, 5, ""},
    {"GET", LENGTH_5 "hello", RESETS, FCL_OK, 1, 5, ""},
    {"GET", LENGTH_5 "hello", BREAKS_OFF, FCL_OK, 1, 5, ""},
    {"GET", LENGTH_5 "hello", FALLS_SILENT, FCL_OK, 1, 5, ""},
    {"GET", LENGTH_5 "hello", RAVES, FCL_OK, 1, 5, ""},
    /* Whole without a body. */
    {"HEAD", LENGTH_5, ENDS, FCL_OK, 0, 0, ""},
    {"HEAD", LENGTH_5 "hello", ENDS, FCL_OK, 0, 0, ""},
    {"HEAD", TEXT, CLOSES, FCL_OK, 1, 0, ""},
    {"GET", "Status: 204 None\r\n\r\n", ENDS, FCL_OK, 0, 0, ""},
    {"GET", "Status: 204 None\r\n\r\nhello", ENDS, FCL_OK, 0, 0, ""},
    {"GET", "Status: 304 Same\r\nContent-Length: 5\r\n\r\n", ENDS, FCL_OK, 0, 0, ""},
    /* Longer: cut. */
    {"GET", LENGTH_5 "hello world", ENDS, FCL_OK, 0, 5, ""},
    {"GET", LENGTH_5 "hello world", CLOSES, FCL_OK, 1, 5, ""},
    {"GET", "Content-Length: 0\r\n" TEXT "hello", ENDS, FCL_OK, 0, 0, ""},
    /* Shorter. */
    {"GET", LENGTH_5 "hell", ENDS, FCL_E_TRUNCATED, 0, 4,
     "1 bytes shorter than its Content-Length"},
    {"GET", LENGTH_5, ENDS, FCL_E_TRUNCATED, 0, 0, "5 bytes shorter"},
    {"GET", LENGTH_5 "hell", CLOSES, FCL_E_TRUNCATED, 0, 4, "closed the connection"},
    {"GET", LENGTH_5 "hell", HALF_CLOSES, FCL_E_TRUNCATED, 0, 4, "closed the connection"},
    {"GET", LENGTH_5 "hell", RESETS, FCL_E_TRUNCATED, 0, 4, "connection"},
    {"GET", LENGTH_5 "hell", FALLS_SILENT, FCL_E_TIMEOUT_ACTIVITY, 0, 4, "activity_ms"},
    {"GET", LENGTH_5 "hell", RAVES, FCL_E_PROTOCOL, 0, 4, "HTTP server"},
    /* Of unknown length, and not ended. */
    {"GET", TEXT "hello", CLOSES, FCL_E_TRUNCATED, 0, 5, "cut short"},
    {"GET", TEXT "hello", BREAKS_OFF, FCL_E_TRUNCATED, 0, 5, "in the middle of a record"},
    {"GET", TEXT, CLOSES, FCL_E_TRUNCATED, 0, 0, "cut short"},
    {"GET", TEXT "hello", FALLS_SILENT, FCL_E_TIMEOUT_ACTIVITY, 0, 5, "activity_ms"},
    /* Without a head. */
    {"GET", NULL, ENDS, FCL_E_HEAD, 0, 0, "without a response head"},
    {"GET", "Content-Type: te", ENDS, FCL_E_HEAD, 0, 0, "in the middle of its response head"},
    {"GET", NULL, CLOSES, FCL_E_IO, 0, 0, "closed the connection"},
    {"GET", "Content-Type: te", CLOSES, FCL_E_IO, 0, 0, "closed the connection"},
    {"GET", NULL, BREAKS_OFF, FCL_E_IO, 0, 0, "in the middle of a record"},
    {"GET", NULL, FALLS_SILENT, FCL_E_TIMEOUT_ACTIVITY, 0, 0, "activity_ms"},
};

START_TEST(a_response_is_whole_by_its_end_or_by_its_length_and_else_an_error) {
  now = &endings[_i];
  w.options.activity_ms = now->how == FALLS_SILENT ? 2 * world_short_ms() : FCL_NEVER;
  world_start(&w, FCL_LOOP_UV, play);
  exchange_new(&x, &w, now->method);
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_error(&x, now->code, now->words);
  ck_assert_int_eq(x.result.unclean, now->unclean);
  ck_assert_uint_eq(x.received, now->received);
  ck_assert_uint_eq(x.result.received, now->received);
}
END_TEST

static void fail_politely(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_stdout(s, HELLO);
  fcl_script_end_request(s, 0x01020304, FCL_REQUEST_COMPLETE);
}

START_TEST(an_app_status_is_told_and_is_no_error) {
  world_start(&w, FCL_LOOP_UV, fail_politely);
  exchange_get(&x, &w);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_OK, "");
  ck_assert_uint_eq(x.result.app_status, 0x01020304);
}
END_TEST

static void in_pieces_of_7(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_request(s);
  fcl_script_pieces(s, 7);
  fcl_script_stdout(s, LENGTH_5);
  fcl_script_stdout(s, "hel");
  fcl_script_answer(s, "lo");
}

START_TEST(a_response_is_whole_however_it_is_cut) {
  world_start(&w, (fcl_loop) _i, in_pieces_of_7);
  exchange_get(&x, &w);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_OK, "");
  ck_assert_uint_eq(x.hash, fcl_fnv1a(FCL_FNV_START, "hello", 5));
  ck_assert_int_eq(x.result.unclean, 0);
}
END_TEST

TCase *contract_whole(void) {
  TCase *t = tcase_create("whole");
  tcase_add_checked_fixture(t, setup, teardown);
  test_add_loop(t, a_response_is_whole_by_its_end_or_by_its_length_and_else_an_error, 0,
                sizeof endings / sizeof *endings);
  tcase_add_test(t, an_app_status_is_told_and_is_no_error);
  add_in_each_loop(t, a_response_is_whole_however_it_is_cut);
  return t;
}
