/* test_app_protocol.c: examples/app.c keeps to FastCGI, in each role. */
#include "support/suite.h"
#include "app.h"

/* ---- The protocol ---- */

static void expect(const char *bytes, size_t len) {
  char got[256];
  size_t at = 0;
  while (at < len) {
    struct pollfd p = {fd, POLLIN, 0};
    ssize_t n;
    ck_assert_int_eq(poll(&p, 1, LIMIT_MS), 1);
    n = recv(fd, got + at, sizeof got - at, 0);
    ck_assert_int_gt((int) n, 0);
    at += (size_t) n;
  }
  ck_assert_uint_eq(at, len);
  ck_assert_mem_eq(got, bytes, len);
}

START_TEST(get_values_is_answered_with_what_is_known) {
  static const char question[] = "\1\11\0\0\0\32\0\0"
                                 "\17\0FCGI_MPXS_CONNS"
                                 "\7\0UNKNOWN";
  static const char reply[] = "\1\12\0\0\0\22\0\0"
                              "\17\1FCGI_MPXS_CONNS0";
  say(question, sizeof question - 1);
  expect(reply, sizeof reply - 1);
}
END_TEST

START_TEST(an_unknown_management_record_is_named) {
  static const char question[] = "\1\77\0\0\0\0\0\0", reply[] = "\1\13\0\0\0\10\0\0"
                                                                "\77\0\0\0\0\0\0\0";
  ck_assert_int_eq((int) send(fd, question, 8, MSG_NOSIGNAL), 8);
  expect(reply, sizeof reply - 1);
}
END_TEST

START_TEST(a_second_request_is_refused_while_one_runs) {
  static const char two[] = "\1\1\0\1\0\10\0\0"
                            "\0\1\1\0\0\0\0\0"
                            "\1\1\0\2\0\10\0\0"
                            "\0\1\1\0\0\0\0\0";
  static const char reply[] = "\1\3\0\2\0\10\0\0"
                              "\0\0\0\0\1\0\0\0";
  ck_assert_int_eq((int) send(fd, two, sizeof two - 1, MSG_NOSIGNAL), (int) sizeof two - 1);
  expect(reply, sizeof reply - 1);
}
END_TEST

START_TEST(other_roles_are_refused) {
  static const char authorizer[] = "\1\1\0\1\0\10\0\0"
                                   "\0\2\1\0\0\0\0\0";
  static const char reply[] = "\1\3\0\1\0\10\0\0"
                              "\0\0\0\0\3\0\0\0";
  say(authorizer, sizeof authorizer - 1);
  expect(reply, sizeof reply - 1);
}
END_TEST

START_TEST(a_refused_role_is_told_before_the_connection_is_closed) {
  static const char filter[] = "\1\1\0\1\0\10\0\0"
                               "\0\3\0\0\0\0\0\0";
  static const char reply[] = "\1\3\0\1\0\10\0\0"
                              "\0\0\0\0\3\0\0\0";
  say(filter, sizeof filter - 1);
  expect(reply, sizeof reply - 1);
  ck_assert_int_eq(hear(), 0);
}
END_TEST

START_TEST(an_abort_ends_the_request) {
  wire *w = malloc(sizeof *w);
  begin(w, "sum=1", FCL_RESPONDER, FCL_KEEP_CONN, 3);
  record(w, FCL_ABORT_REQUEST, NULL, 0);
  say(w->bytes, w->len);
  free(w);
  hear_end();
}
END_TEST

START_TEST(a_request_may_come_in_any_cut) { /* loop: _i is the cut */
  wire *w = malloc(sizeof *w);
  begin(w, "sum=1", FCL_RESPONDER, FCL_KEEP_CONN, 3);
  record(w, FCL_STDIN, "abc", 3);
  record(w, FCL_STDIN, NULL, 0);
  ck_assert_uint_lt((size_t) _i, w->len);
  say(w->bytes, (size_t) _i);
  say(w->bytes + _i, w->len - (size_t) _i);
  free(w);
  assert_out(hear_end(), "Content-Type: text/plain\r\n\r\n3 bytes, FNV-1a e71fa2190541574b\n");
}
END_TEST

START_TEST(what_is_no_fastcgi_ends_the_connection) {
  ck_assert_int_eq((int) send(fd, "GET / HTTP/1.1\r\n\r\n", 18, MSG_NOSIGNAL), 18);
  hear_eof();
  connect_anew();
  ask("size=1");
}
END_TEST

START_TEST(it_listens_where_it_is_told) {
  int tries;
  char address[80];
  teardown();
  snprintf(address, sizeof address, "unix:@%s-own", name);
  strcat(name, "-own");
  app = fork();
  if (app == 0)
    run(-1, "--listen", address);
  for (tries = 0; tries < 1000 && (fd = dial()) < 0; tries++)
    poll(NULL, 0, 10);
  ck_assert_int_ge(fd, 0);
  in = fcl_inspector_new(0);
  ask("size=1");
}
END_TEST

/* ---- Other roles ---- */

static void play(const char *role) {
  teardown();
  start("--role", role);
  connect_anew();
}

START_TEST(as_an_authorizer_it_answers_authorizers_alone) {
  wire *w = malloc(sizeof *w);
  const fcl_seen *seen;
  play("authorizer");
  begin(w, "status=403&size=2", FCL_AUTHORIZER, FCL_KEEP_CONN, 0);
  record(w, FCL_STDIN, NULL, 0);
  say(w->bytes, w->len);
  seen = hear_end();
  ck_assert_ptr_nonnull(strstr(seen->out.kept, "Status: 403"));
  ck_assert_uint_eq(ask("size=1")->protocol_status, FCL_UNKNOWN_ROLE);
  free(w);
}
END_TEST

/* A filter's request: body "abc", and that of its data. */
static const fcl_seen *ask_filter(const char *query, const char *length, const char *data) {
  wire *w = malloc(sizeof *w);
  uint8_t content[8] = {0, FCL_FILTER, FCL_KEEP_CONN, 0, 0, 0, 0, 0};
  w->len = 0;
  record(w, FCL_BEGIN_REQUEST, content, 8);
  pair(w, "QUERY_STRING", query);
  pair(w, "CONTENT_LENGTH", "3");
  pair(w, "FCGI_DATA_LENGTH", length);
  record(w, FCL_PARAMS, NULL, 0);
  record(w, FCL_STDIN, "abc", 3);
  record(w, FCL_STDIN, NULL, 0);
  record(w, FCL_DATA, data, strlen(data));
  if (data[0])
    record(w, FCL_DATA, NULL, 0);
  say(w->bytes, w->len);
  free(w);
  return hear_end();
}

START_TEST(as_a_filter_it_answers_with_its_data_in_capitals) {
  play("filter");
  assert_out(ask_filter("", "5", "hello"), "Content-Type: text/plain\r\n\r\nHELLO");
  assert_out(ask_filter("length=1", "0", ""),
             "Content-Type: text/plain\r\nContent-Length: 0\r\n\r\n");
  ck_assert_ptr_nonnull(strstr(ask_filter("sum=1", "4", "data")->out.kept,
                               "3 bytes, FNV-1a e71fa2190541574b\n4 bytes, FNV-1a "));
}
END_TEST

START_TEST(as_a_filter_it_refuses_data_that_is_short) {
  static const char *const lengths[] = {"6", "18446744073709551615"};
  play("filter");
  ck_assert_ptr_nonnull(
      strstr(ask_filter("", lengths[_i], "hello")->out.kept, "the data was short"));
}
END_TEST

static void add_protocol(TCase *t) {
  tcase_add_test(t, get_values_is_answered_with_what_is_known);
  tcase_add_test(t, an_unknown_management_record_is_named);
  tcase_add_test(t, a_second_request_is_refused_while_one_runs);
  tcase_add_test(t, other_roles_are_refused);
  tcase_add_test(t, a_refused_role_is_told_before_the_connection_is_closed);
  tcase_add_test(t, an_abort_ends_the_request);
  tcase_add_loop_test(t, a_request_may_come_in_any_cut, 1, 80);
  tcase_add_test(t, what_is_no_fastcgi_ends_the_connection);
  tcase_add_test(t, it_listens_where_it_is_told);
}

static void add_roles(TCase *t) {
  tcase_add_test(t, as_an_authorizer_it_answers_authorizers_alone);
  tcase_add_test(t, as_a_filter_it_answers_with_its_data_in_capitals);
  tcase_add_loop_test(t, as_a_filter_it_refuses_data_that_is_short, 0, 2);
}

int main(void) {
  TCase *t = tcase_create("app_protocol");
  tcase_set_timeout(t, 60);
  tcase_add_checked_fixture(t, setup, teardown);
  add_protocol(t);
  add_roles(t);
  return test_suite_run("app_protocol", &t, 1);
}
