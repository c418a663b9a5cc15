/* test_inspector.c: the strict reader accepts what the specification shows, and names each kind of
 * fault. */
#include "support/suite.h"
#include <fcgiclient/harness.h>
#include <string.h>

/* Records of the server, request 1. */
#define BEGIN                                                                                      \
  "\1\1\0\1\0\10\0\0"                                                                              \
  "\0\1\1\0\0\0\0\0" /* responder, KEEP_CONN */
#define BEGIN_LAST                                                                                 \
  "\1\1\0\1\0\10\0\0"                                                                              \
  "\0\1\0\0\0\0\0\0" /* responder, close afterwards */
#define FILTER                                                                                     \
  "\1\1\0\1\0\10\0\0"                                                                              \
  "\0\3\1\0\0\0\0\0"
#define PARAMS_AB                                                                                  \
  "\1\4\0\1\0\4\0\0"                                                                               \
  "\1\1AB" /* A=B */
#define PARAMS_END "\1\4\0\1\0\0\0\0"
#define LENGTH_3                                                                                   \
  "\1\4\0\1\0\21\0\0"                                                                              \
  "\16\1CONTENT_LENGTH3"
#define STDIN_ABC                                                                                  \
  "\1\5\0\1\0\3\0\0"                                                                               \
  "abc"
#define STDIN_END "\1\5\0\1\0\0\0\0"
#define DATA_X                                                                                     \
  "\1\10\0\1\0\1\0\0"                                                                              \
  "x"
#define DATA_END "\1\10\0\1\0\0\0\0"
/* Records of the application. */
#define STDOUT_HI                                                                                  \
  "\1\6\0\1\0\2\0\0"                                                                               \
  "hi"
#define STDOUT_END "\1\6\0\1\0\0\0\0"
#define STDERR_NO                                                                                  \
  "\1\7\0\1\0\2\0\0"                                                                               \
  "no"
#define END                                                                                        \
  "\1\3\0\1\0\10\0\0"                                                                              \
  "\0\0\0\0\0\0\0\0"
#define REQUEST BEGIN PARAMS_AB PARAMS_END STDIN_END

static fcl_inspector *in;

static void setup(void) {
  in = fcl_inspector_new(0);
}

static void teardown(void) {
  fcl_inspector_free(in);
}

static int feed_bytes(fcl_side side, const char *bytes, size_t len) {
  return fcl_inspector_feed(in, side, bytes, len);
}
#define server(bytes) feed_bytes(FCL_SIDE_SERVER, (bytes), sizeof(bytes) - 1)
#define app(bytes)    feed_bytes(FCL_SIDE_APP, (bytes), sizeof(bytes) - 1)

#define ck_assert_clean(side)                                                                      \
  ck_assert_msg(fcl_inspector_fault(in, (side)) == NULL, "%s", fcl_inspector_fault(in, (side)))

static void assert_fault(fcl_side side, const char *words) {
  const char *fault = fcl_inspector_fault(in, side);
  ck_assert_msg(fault && strstr(fault, words), "expected \"%s\" in: %s", words,
                fault ? fault : "(no fault)");
}

/* ---- What is right ---- */

START_TEST(a_request_and_its_answer_are_clean) {
  const fcl_seen *seen;
  fcl_slice value;
  server(BEGIN LENGTH_3 PARAMS_AB PARAMS_END STDIN_ABC STDIN_END);
  app(STDOUT_HI STDOUT_END END);
  ck_assert_clean(FCL_SIDE_SERVER);
  ck_assert_clean(FCL_SIDE_APP);
  seen = fcl_inspector_last(in);
  ck_assert_uint_eq(seen->role, FCL_RESPONDER);
  ck_assert_uint_eq(seen->flags, FCL_KEEP_CONN);
  ck_assert(fcl_seen_param(seen, "A", &value));
  ck_assert_mem_eq(value.base, "B", 1);
  ck_assert_uint_eq(seen->in.len, 3);
  ck_assert_uint_eq(seen->in.hash, fcl_fnv1a(FCL_FNV_START, "abc", 3));
  ck_assert_mem_eq(seen->out.kept, "hi", 2);
  ck_assert(seen->in.ended && seen->out.ended && seen->ended);
}
END_TEST

START_TEST(a_filter_sends_data_behind_stdin) {
  server(FILTER PARAMS_END STDIN_END DATA_X DATA_END);
  ck_assert_clean(FCL_SIDE_SERVER);
  ck_assert(fcl_inspector_last(in)->data.ended);
}
END_TEST

START_TEST(a_kept_connection_takes_the_same_id_again) {
  server(REQUEST);
  app(STDOUT_END END);
  server(REQUEST);
  ck_assert_clean(FCL_SIDE_SERVER);
  ck_assert_uint_eq(fcl_inspector_last(in)->number, 2);
}
END_TEST

START_TEST(any_cut_gives_the_same) { /* loop: _i is the cut */
  static const char wire[] = BEGIN LENGTH_3 PARAMS_END STDIN_ABC STDIN_END;
  feed_bytes(FCL_SIDE_SERVER, wire, (size_t) _i);
  feed_bytes(FCL_SIDE_SERVER, wire + _i, sizeof wire - 1 - (size_t) _i);
  ck_assert_clean(FCL_SIDE_SERVER);
  ck_assert_uint_eq(fcl_inspector_last(in)->in.len, 3);
  ck_assert(fcl_inspector_between(in, FCL_SIDE_SERVER));
}
END_TEST
#define CUTS (int) sizeof(BEGIN LENGTH_3 PARAMS_END STDIN_ABC STDIN_END)

START_TEST(padding_is_skipped) {
  server(BEGIN "\1\4\0\1\0\4\4\0"
               "\1\1AB"
               "zzzz" PARAMS_END STDIN_END);
  ck_assert_clean(FCL_SIDE_SERVER);
  ck_assert(fcl_inspector_last(in)->in.ended);
}
END_TEST

START_TEST(fnv_1a_is_the_published_function) { /* its authors' test vectors */
  ck_assert_uint_eq(fcl_fnv1a(FCL_FNV_START, "", 0), 0xcbf29ce484222325u);
  ck_assert_uint_eq(fcl_fnv1a(FCL_FNV_START, "a", 1), 0xaf63dc4c8601ec8cu);
  ck_assert_uint_eq(fcl_fnv1a(FCL_FNV_START, "foobar", 6), 0x85944171f73967e8u);
}
END_TEST

START_TEST(the_log_names_the_last_records) {
  int n;
  server(BEGIN PARAMS_END);
  ck_assert_str_eq(fcl_inspector_log(in, FCL_SIDE_SERVER),
                   "BEGIN_REQUEST id=1 len=8, PARAMS id=1 len=0");
  for (n = 0; n < 100; n++)
    server(STDIN_ABC);
  ck_assert_msg(strncmp(fcl_inspector_log(in, FCL_SIDE_SERVER), "...", 3) == 0, "it keeps all");
  ck_assert_msg(strstr(fcl_inspector_log(in, FCL_SIDE_SERVER), "STDIN id=1 len=3"),
                "it lost the last");
}
END_TEST

/* ---- What is wrong ---- */

typedef struct wrong {
  const char *bytes;
  size_t len;
  const char *words;
} wrong;
#define WRONG(bytes, words)                                                                        \
  { (bytes), sizeof(bytes) - 1, (words) }

static const wrong server_wrongs[] = {
    WRONG("\2", "version is 2"),
    WRONG("\1\1\0\1\0\10\0\7", "reserved byte is 7"),
    WRONG("\1\6\0\1\0\0\0\0", "never sends this type"),
    WRONG("\1\77\0\1\0\0\0\0", "never sends this type"),
    WRONG("\1\1\0\0\0\10\0\0", "id 0 is for management"),
    WRONG("\1\11\0\1\0\0\0\0", "a management record has id 0"),
    WRONG("\1\5\0\2\0\0\0\0", "no request of this id"),
    WRONG(BEGIN BEGIN, "a request of this id is running"),
    WRONG(BEGIN "\1\1\0\2\0\10\0\0\0\1\1\0\0\0\0\0", "request 1 is running on this connection"),
    WRONG("\1\1\0\1\0\10\0\0\0\4\1\0\0\0\0\0", "role is 4"),
    WRONG("\1\1\0\1\0\10\0\0\0\1\2\0\0\0\0\0", "flags are 2"),
    WRONG("\1\1\0\1\0\10\0\0\0\1\1\0\0\0\0\1", "reserved bytes are not 0"),
    WRONG("\1\1\0\1\0\7\0\0\0\1\1\0\0\0\0", "should have 8 bytes"),
    WRONG(BEGIN STDIN_END, "PARAMS has not ended yet"),
    WRONG(BEGIN PARAMS_END PARAMS_END, "PARAMS had ended already"),
    WRONG(BEGIN PARAMS_END STDIN_END STDIN_END, "STDIN had ended already"),
    WRONG(BEGIN "\1\4\0\1\0\0\1\0", "an empty record is padded"),
    WRONG(BEGIN "\1\4\0\1\377\377\1\0", "above 65,535"),
    WRONG(BEGIN PARAMS_AB PARAMS_AB, "a name comes twice: A"),
    WRONG(BEGIN "\1\4\0\1\0\3\0\0\1\1A", "cut at the end of the record"),
    WRONG(BEGIN "\1\4\0\1\0\1\0\0\1", "cut at the end of the record"),
    WRONG(BEGIN "\1\4\0\1\0\2\0\0\200\0", "cut at the end of the record"),
    WRONG(BEGIN "\1\4\0\1\0\7\0\0\200\0\0\1\1AB", "below 128 has 4 bytes"),
    WRONG(BEGIN "\1\4\0\1\0\3\0\0\0\1B", "a name is empty"),
    WRONG(BEGIN "\1\4\0\1\0\4\0\0\1\1A\0", "holds a NUL"),
    WRONG(BEGIN LENGTH_3 PARAMS_END STDIN_END, "ends after 0 bytes, and CONTENT_LENGTH was 3"),
    WRONG(BEGIN LENGTH_3 PARAMS_END STDIN_ABC STDIN_ABC, "goes beyond CONTENT_LENGTH"),
    WRONG(BEGIN "\1\4\0\1\0\21\0\0\16\1CONTENT_LENGTH-" PARAMS_END, "not a number"),
    WRONG(REQUEST DATA_X, "for filters only"),
    WRONG(FILTER PARAMS_END DATA_X, "before the end of STDIN"),
    WRONG(FILTER PARAMS_END STDIN_END DATA_END DATA_END, "DATA had ended already"),
    WRONG("\1\11\0\0\0\4\0\0\1\1AB", "a question has a value"),
};

START_TEST(a_fault_of_the_server_is_named) { /* loop */
  const wrong *w = &server_wrongs[_i];
  ck_assert(!feed_bytes(FCL_SIDE_SERVER, w->bytes, w->len));
  assert_fault(FCL_SIDE_SERVER, w->words);
}
END_TEST

static const wrong app_wrongs[] = {
    WRONG("H", "version is 72"),
    WRONG("\1\5\0\1\0\0\0\0", "never sends this type"),
    WRONG("\1\6\0\0\0\0\0\0", "id 0 is for management"),
    WRONG("\1\6\0\2\0\0\0\0", "no request of this id"),
    WRONG(STDOUT_END STDOUT_HI, "this stream had ended already"),
    WRONG(STDOUT_HI END, "before the end of STDOUT"),
    WRONG(STDERR_NO STDOUT_END END, "before the end of STDERR"),
    WRONG(STDOUT_END END STDOUT_HI, "END_REQUEST had come already"),
    WRONG(STDOUT_END END END, "END_REQUEST had come already"),
    WRONG(STDOUT_END "\1\3\0\1\0\7\0\0\0\0\0\0\0\0\0", "should have 8 bytes"),
    WRONG(STDOUT_END "\1\3\0\1\0\10\0\0\0\0\0\0\4\0\0\0", "protocol status is 4"),
    WRONG(STDOUT_END "\1\3\0\1\0\10\0\0\0\0\0\0\0\0\0\1", "reserved bytes are not 0"),
    WRONG("\1\12\0\0\0\0\0\0", "nobody asked"),
};

START_TEST(a_fault_of_the_application_is_named) { /* loop */
  const wrong *w = &app_wrongs[_i];
  server(REQUEST);
  ck_assert(!feed_bytes(FCL_SIDE_APP, w->bytes, w->len));
  assert_fault(FCL_SIDE_APP, w->words);
}
END_TEST

START_TEST(nothing_follows_a_request_that_did_not_ask_to_keep_the_connection) {
  server(BEGIN_LAST PARAMS_END STDIN_END);
  app(STDOUT_END END);
  server(BEGIN);
  assert_fault(FCL_SIDE_SERVER, "did not ask to keep the connection");
}
END_TEST

START_TEST(a_connection_whose_stdin_never_ended_is_not_used_again) {
  server(BEGIN PARAMS_END);
  app(STDOUT_END END);
  server(BEGIN);
  assert_fault(FCL_SIDE_SERVER, "never ended");
}
END_TEST

START_TEST(output_before_the_end_of_params_is_a_fault) {
  server(BEGIN PARAMS_AB);
  app(STDOUT_HI);
  assert_fault(FCL_SIDE_APP, "PARAMS has not ended yet");
}
END_TEST

START_TEST(a_fault_says_where) {
  server(BEGIN PARAMS_END PARAMS_END);
  assert_fault(FCL_SIDE_SERVER, "record 3 at byte 24 (type 4, id 1, 0 bytes, padding 0)");
}
END_TEST

START_TEST(only_the_first_fault_is_kept) {
  server(BEGIN PARAMS_END PARAMS_END "\1\6\0\1\0\0\0\0");
  assert_fault(FCL_SIDE_SERVER, "PARAMS had ended already");
}
END_TEST

START_TEST(several_requests_run_where_that_was_agreed) {
  fcl_inspector_free(in);
  in = fcl_inspector_new(1);
  server(BEGIN "\1\1\0\2\0\10\0\0\0\1\1\0\0\0\0\0"
               "\1\4\0\2\0\0\0\0" PARAMS_END "\1\5\0\2\0\1\0\0"
               "x");
  ck_assert_clean(FCL_SIDE_SERVER);
  ck_assert_uint_eq(fcl_inspector_find(in, 2)->in.len, 1);
  ck_assert_uint_eq(fcl_inspector_find(in, 1)->in.len, 0);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("inspector");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, a_request_and_its_answer_are_clean);
  tcase_add_test(t, a_filter_sends_data_behind_stdin);
  tcase_add_test(t, a_kept_connection_takes_the_same_id_again);
  tcase_add_loop_test(t, any_cut_gives_the_same, 0, CUTS);
  tcase_add_test(t, padding_is_skipped);
  tcase_add_test(t, fnv_1a_is_the_published_function);
  tcase_add_test(t, the_log_names_the_last_records);
  tcase_add_loop_test(t, a_fault_of_the_server_is_named, 0,
                      (int) (sizeof server_wrongs / sizeof *server_wrongs));
  tcase_add_loop_test(t, a_fault_of_the_application_is_named, 0,
                      (int) (sizeof app_wrongs / sizeof *app_wrongs));
  tcase_add_test(t, nothing_follows_a_request_that_did_not_ask_to_keep_the_connection);
  tcase_add_test(t, a_connection_whose_stdin_never_ended_is_not_used_again);
  tcase_add_test(t, output_before_the_end_of_params_is_a_fault);
  tcase_add_test(t, a_fault_says_where);
  tcase_add_test(t, only_the_first_fault_is_kept);
  tcase_add_test(t, several_requests_run_where_that_was_agreed);
  return test_suite_run("inspector", &t, 1);
}
