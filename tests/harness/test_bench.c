/* test_bench.c: the counts and times of `fcgi bench`, against what the application saw. */
#include "support/suite.h"
#include <fcgiclient/harness.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static fcl_script *s;
static char said[8192];

/* What the application saw. */
static struct {
  unsigned requests, connections;
  uint64_t body;
  unsigned stall_at; /* the request before which it does nothing for STALL_MS; 0: none */
  unsigned fail_at;  /* the request that gets no END_REQUEST, but a close */
} app;

enum { STALL_MS = 400 };

static void serve(fcl_script *script, void *user) {
  while (fcl_script_next(script)) {
    const fcl_seen *seen;
    fcl_script_may_close(script);
    if (!fcl_script_read_request(script))
      continue;
    seen = fcl_script_seen(script);
    app.requests++;
    app.connections += seen->number == 1;
    app.body += seen->in.len;
    if (app.requests == app.stall_at)
      fcl_script_pause(script, STALL_MS);
    if (app.requests == app.fail_at)
      fcl_script_close(script);
    else
      fcl_script_answer(script, "Status: 201 Made\r\nContent-Type: text/plain\r\n\r\nhello");
  }
}

static void setup(void) {
  fcl_script_options o = {0};
  fcl_error e;
  memset(&app, 0, sizeof app);
  o.play = serve;
  ck_assert_msg(fcl_script_start(&s, &o, &e) == FCL_OK, "%s", e.text);
}

/* Runs it with the options, and gives its exit status; what it said is in `said`. */
static int bench(const char *options) {
  char command[512];
  FILE *out;
  size_t len;
  int status;
  fcl_error e;
  snprintf(command, sizeof command, TEST_FCGI " bench --json %s %s", options,
           fcl_script_address(s));
  out = popen(command, "r");
  ck_assert_ptr_ne(out, NULL);
  len = fread(said, 1, sizeof said - 1, out);
  said[len] = 0;
  status = pclose(out);
  ck_assert_msg(fcl_script_end(s, &e) == FCL_OK, "%s", e.text);
  return WEXITSTATUS(status);
}

/* A number in `said`: behind "name":, from the first place where `within` stands. */
static double number(const char *within, const char *name) {
  const char *at = strstr(said, within);
  char mark[64];
  snprintf(mark, sizeof mark, "\"%s\":", name);
  at = at ? strstr(at, mark) : NULL;
  ck_assert_msg(at != NULL, "no %s in %s", name, said);
  return strtod(at + strlen(mark), NULL);
}

START_TEST(it_counts_what_the_application_saw) {
  ck_assert_int_eq(bench("-n 500 -c 4 -d 0123456789"), 0);
  ck_assert_uint_eq(app.requests, 500);
  ck_assert_uint_eq(app.body, 5000);
  ck_assert_uint_le(app.connections, 4);
  ck_assert(number("{", "ok") == 500);
  ck_assert(number("{", "failed") == 0);
  ck_assert(number("{", "received") == 2500);
  ck_assert(number("{", "sent") == 5000);
  ck_assert(number("\"statuses\"", "201") == 500);
}
END_TEST

START_TEST(requests_that_fail_are_counted_by_their_error) {
  app.fail_at = 7;
  ck_assert_int_eq(bench("-n 20 -X POST"), 68); /* a GET would be sent again */
  ck_assert(number("{", "ok") == 19);
  ck_assert(number("{", "failed") == 1);
  ck_assert(number("\"errors\"", "IO") == 1);
}
END_TEST

START_TEST(warming_up_does_not_count) {
  ck_assert_int_eq(bench("-n 10 --warm-up 15 -c 3"), 0);
  ck_assert_uint_eq(app.requests, 25);
  ck_assert(number("{", "ok") == 10);
  ck_assert(number("{", "seconds") < 10); /* nor does its time */
}
END_TEST

/* 50 requests at 200 per second: the last is due after 245 ms. */
START_TEST(a_rate_is_kept) {
  ck_assert_int_eq(bench("-n 50 --rate 200 -c 10"), 0);
  ck_assert_uint_eq(app.requests, 50);
  ck_assert(number("{", "seconds") >= 0.245);
}
END_TEST

/* At 100 per second some 40 requests become due while the application stalls for 400 ms.  The users
   behind them wait 200 ms on average, though each is answered at once when it is sent. */
START_TEST(a_stall_counts_for_all_who_would_have_waited) {
  app.stall_at = 5;
  ck_assert_int_eq(bench("-n 60 --rate 100 -c 1"), 0);
  ck_assert(number("{", "ok") == 60);
  ck_assert(number("\"latency_us\"", "p50") > 100000);
  ck_assert(number("\"total_us\"", "p50") < 100000);
  ck_assert(number("\"latency_us\"", "most") >= 1000 * STALL_MS);
}
END_TEST

START_TEST(what_was_due_and_never_sent_is_told) {
  app.stall_at = 5;
  ck_assert_int_eq(bench("-z 200ms --rate 100 -c 1"), 0);
  ck_assert(number("{", "behind") >= 5);
  ck_assert(number("{", "ok") == app.requests);
}
END_TEST

START_TEST(the_duration_ends_it) {
  ck_assert_int_eq(bench("-z 300ms -c 2"), 0);
  ck_assert(number("{", "seconds") >= 0.29);
  ck_assert(number("{", "ok") == app.requests);
}
END_TEST

START_TEST(a_body_goes_whole_to_every_request) {
  ck_assert_int_eq(bench("-n 5 -c 2 -b " TEST_FCGI), 0);
  ck_assert_uint_eq(app.requests, 5);
  ck_assert_uint_gt(app.body, 5 * 10000);
  ck_assert(number("{", "sent") == (double) app.body);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("bench");
  if (system(TEST_FCGI " bench --json --help >/dev/null 2>&1") != 0)
    return 77; /* built without JSON */
  tcase_add_checked_fixture(t, setup, NULL);
  tcase_add_test(t, it_counts_what_the_application_saw);
  tcase_add_test(t, requests_that_fail_are_counted_by_their_error);
  tcase_add_test(t, warming_up_does_not_count);
  tcase_add_test(t, a_rate_is_kept);
  tcase_add_test(t, a_stall_counts_for_all_who_would_have_waited);
  tcase_add_test(t, what_was_due_and_never_sent_is_told);
  tcase_add_test(t, the_duration_ends_it);
  tcase_add_test(t, a_body_goes_whole_to_every_request);
  return test_suite_run("bench", &t, 1);
}
