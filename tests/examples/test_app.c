/* test_app.c: examples/app.c answers as its query string asks, and ends so. */
#include "support/suite.h"
#include "app.h"

/* ---- Answers ---- */

START_TEST(it_answers_with_its_parameters) {
  assert_out(ask(""), "Content-Type: text/plain\r\n\r\nQUERY_STRING=\nCONTENT_LENGTH=0\n");
}
END_TEST

START_TEST(a_kept_connection_serves_on) {
  ask("size=1");
  ask("size=2");
  ck_assert_uint_eq(ask("size=3")->number, 3);
}
END_TEST

START_TEST(it_closes_when_not_asked_to_keep) {
  send_request("", 0, NULL, 0);
  hear_end();
  hear_eof();
}
END_TEST

START_TEST(a_body_of_asked_size_follows_the_pattern) {
  static const char head[] = "Content-Type: text/plain\r\nContent-Length: 300000\r\n\r\n";
  const fcl_seen *seen = ask("size=300000&length=1");
  ck_assert_uint_eq(seen->out.len, sizeof head - 1 + 300000);
  ck_assert_mem_eq(seen->out.kept, head, sizeof head - 1);
  ck_assert_uint_eq(fcl_fnv1a(FCL_FNV_START, seen->out.kept + sizeof head - 1, 300000),
                    pattern_hash(300000));
}
END_TEST

static void ask_with_body(const char *query, size_t size) {
  char *body = malloc(size);
  size_t i;
  for (i = 0; i < size; i++)
    body[i] = (char) ((uint32_t) i * 2654435761u >> 24);
  send_request(query, FCL_KEEP_CONN, body, size);
  free(body);
}

START_TEST(it_echoes_the_body) {
  static const char head[] = "Content-Type: text/plain\r\n\r\n";
  const fcl_seen *seen;
  ask_with_body("echo=1", 100000);
  seen = hear_end();
  ck_assert_uint_eq(seen->out.len, sizeof head - 1 + 100000);
  ck_assert_uint_eq(fcl_fnv1a(FCL_FNV_START, seen->out.kept + sizeof head - 1, 100000),
                    pattern_hash(100000));
}
END_TEST

START_TEST(it_counts_and_hashes_the_body) {
  char want[128];
  ask_with_body("sum=1", 100000);
  snprintf(want, sizeof want, "Content-Type: text/plain\r\n\r\n100000 bytes, FNV-1a %016llx\n",
           (unsigned long long) pattern_hash(100000));
  assert_out(hear_end(), want);
}
END_TEST

START_TEST(slowly_it_comes_in_pieces) {
  const fcl_seen *seen = ask("slow=1&pieces=5&size=50");
  ck_assert_uint_eq(seen->out.records, 6); /* the head, and five */
  ck_assert_uint_eq(seen->out.len, strlen("Content-Type: text/plain\r\n\r\n") + 50);
}
END_TEST

START_TEST(the_error_stream_is_written_and_ended) {
  const fcl_seen *seen = ask("stderr=one%20%25+two");
  ck_assert_uint_eq(seen->err.kept_len, 9);
  ck_assert_mem_eq(seen->err.kept, "one % two", 9);
  ck_assert(seen->err.ended);
}
END_TEST

START_TEST(the_head_is_as_asked) {
  assert_out(ask("status=404%20Gone+fishing&header=X-A:1&header=X-B:%202&size=0"),
             "Status: 404 Gone fishing\r\nContent-Type: text/plain\r\nX-A:1\r\nX-B: 2\r\n\r\n");
}
END_TEST

START_TEST(a_location_comes_alone) {
  assert_out(ask("location=http://x/%3fa=b"), "Location: http://x/?a=b\r\n\r\n");
}
END_TEST

START_TEST(end_request_carries_the_asked_status) {
  ck_assert_uint_eq(ask("app=258")->app_status, 258);
}
END_TEST

START_TEST(its_pid_is_its_own) {
  char want[64];
  snprintf(want, sizeof want, "Content-Type: text/plain\r\n\r\n%ld\n", (long) app);
  assert_out(ask("pid=1"), want);
}
END_TEST

START_TEST(early_it_answers_before_the_body) {
  wire *w = malloc(sizeof *w);
  begin(w, "early=1&size=5", FCL_RESPONDER, FCL_KEEP_CONN, 3);
  say(w->bytes, w->len);
  hear_end();
  w->len = 0;
  record(w, FCL_STDIN, "abc", 3);
  record(w, FCL_STDIN, NULL, 0);
  say(w->bytes, w->len);
  free(w);
  ck_assert_uint_eq(ask("size=1")->number, 2); /* it has read what it did not need */
}
END_TEST

/* ---- Ends ---- */

START_TEST(it_exits_in_the_middle_of_the_body) {
  int status;
  send_request("exit=7&size=100", FCL_KEEP_CONN, NULL, 0);
  hear_eof();
  ck_assert_uint_eq(fcl_inspector_last(in)->out.len,
                    strlen("Content-Type: text/plain\r\n\r\n") + 50);
  ck_assert(!fcl_inspector_last(in)->ended);
  status = status_of_app();
  ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 7);
}
END_TEST

START_TEST(it_exits_before_it_answers) {
  int status;
  send_request("exit=3&before=1", FCL_KEEP_CONN, NULL, 0);
  hear_eof();
  ck_assert_uint_eq(fcl_inspector_last(in)->out.len, 0);
  status = status_of_app();
  ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 3);
}
END_TEST

START_TEST(it_ends_by_a_signal) {
  int status;
  send_request("signal=9", FCL_KEEP_CONN, NULL, 0);
  hear_eof();
  status = status_of_app();
  ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}
END_TEST

START_TEST(it_may_close_without_end_request) {
  send_request("noend=1&size=4", FCL_KEEP_CONN, NULL, 0);
  hear_eof();
  ck_assert_uint_eq(fcl_inspector_last(in)->out.len,
                    strlen("Content-Type: text/plain\r\n\r\n") + 4);
  ck_assert(!fcl_inspector_last(in)->ended);
  connect_anew();
  ask("size=1");
}
END_TEST

START_TEST(it_leaves_after_its_requests) {
  int status;
  teardown();
  start("--max-requests", "2");
  connect_anew();
  ask("size=1");
  ask("size=1");
  hear_eof();
  status = status_of_app();
  ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

START_TEST(sigterm_lets_it_leave_when_idle) {
  int status;
  ask("size=1");
  kill(app, SIGTERM);
  hear_eof();
  status = status_of_app();
  ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

START_TEST(sigterm_lets_it_finish_its_request) {
  wire *w = malloc(sizeof *w);
  int status;
  begin(w, "echo=1", FCL_RESPONDER, FCL_KEEP_CONN, 3);
  record(w, FCL_STDIN, "a", 1);
  say(w->bytes, w->len);
  while (fcl_inspector_last(in)->out.len < strlen("Content-Type: text/plain\r\n\r\na"))
    ck_assert(hear());
  kill(app, SIGTERM);
  w->len = 0;
  record(w, FCL_STDIN, "bc", 2);
  record(w, FCL_STDIN, NULL, 0);
  say(w->bytes, w->len);
  free(w);
  assert_out(hear_end(), "Content-Type: text/plain\r\n\r\nabc");
  hear_eof();
  status = status_of_app();
  ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

/* It has the whole request and stays: no more comes, and SIGTERM moves nothing. */
START_TEST(it_hangs_until_it_is_killed) {
  struct pollfd p;
  int status;
  send_request("hang=1&stderr=x", FCL_KEEP_CONN, NULL, 0);
  while (fcl_inspector_last(in)->err.len < 1)
    ck_assert(hear());
  kill(app, SIGTERM);
  p.fd = fd;
  p.events = POLLIN;
  ck_assert_int_eq(poll(&p, 1, 50), 0);
  kill(app, SIGKILL);
  status = status_of_app();
  ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}
END_TEST

START_TEST(its_children_stay) {
  const fcl_seen *seen = ask("children=2&setsid=1");
  const char *at = strstr(seen->out.kept, "child ");
  long one = 0, two = 0;
  ck_assert_ptr_nonnull(at);
  ck_assert_int_eq(sscanf(at, "child %ld child %ld", &one, &two), 2);
  kill(app, SIGKILL);
  status_of_app();
  ck_assert_int_eq(kill((pid_t) one, 0), 0);
  ck_assert_int_eq((int) getsid((pid_t) two), (int) two);
  kill((pid_t) one, SIGKILL);
  kill((pid_t) two, SIGKILL);
  hear_eof(); /* they do not hold the connection open */
}
END_TEST

static void add_answers(TCase *t) {
  tcase_add_test(t, it_answers_with_its_parameters);
  tcase_add_test(t, a_kept_connection_serves_on);
  tcase_add_test(t, it_closes_when_not_asked_to_keep);
  tcase_add_test(t, a_body_of_asked_size_follows_the_pattern);
  tcase_add_test(t, it_echoes_the_body);
  tcase_add_test(t, it_counts_and_hashes_the_body);
  tcase_add_test(t, slowly_it_comes_in_pieces);
  tcase_add_test(t, the_error_stream_is_written_and_ended);
  tcase_add_test(t, the_head_is_as_asked);
  tcase_add_test(t, a_location_comes_alone);
  tcase_add_test(t, end_request_carries_the_asked_status);
  tcase_add_test(t, its_pid_is_its_own);
  tcase_add_test(t, early_it_answers_before_the_body);
}

static void add_ends(TCase *t) {
  tcase_add_test(t, it_exits_in_the_middle_of_the_body);
  tcase_add_test(t, it_exits_before_it_answers);
  tcase_add_test(t, it_ends_by_a_signal);
  tcase_add_test(t, it_may_close_without_end_request);
  tcase_add_test(t, it_leaves_after_its_requests);
  tcase_add_test(t, sigterm_lets_it_leave_when_idle);
  tcase_add_test(t, sigterm_lets_it_finish_its_request);
  tcase_add_test(t, it_hangs_until_it_is_killed);
  tcase_add_test(t, its_children_stay);
}

int main(void) {
  TCase *t = tcase_create("app");
  tcase_set_timeout(t, 60);
  tcase_add_checked_fixture(t, setup, teardown);
  add_answers(t);
  add_ends(t);
  return test_suite_run("app", &t, 1);
}
