/* test_app.c: bin/app, an application on our own codec: it ends, hangs, echoes and fails in ways
 * that PHP does not. */
#include "real/driver.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define LIMIT 500

static fcl_pool_options app_of(unsigned processes) {
  fcl_pool_options o = {0};
  o.name = "app";
  o.program = REAL_APP;
  o.max_processes = processes;
  o.rapid_fails = FCL_NEVER;
  return o;
}

static fcl_pool *app(void) {
  fcl_pool_options o = app_of(4);
  return driver_pool(&o);
}

static call *ask(fcl_pool *pool, const char *query) {
  return call_get(pool, NULL, query);
}

static many many_of(fcl_pool *pool, unsigned total, unsigned at_once) {
  many m = {0};
  m.pool = pool;
  m.total = total;
  m.at_once = at_once;
  return m;
}

/* The answer to n=N is its parameters, among them this one. */
static int has_query(const call *c) {
  char line[64];
  snprintf(line, sizeof line, "QUERY_STRING=%s\n", c->plan.query);
  return strstr(c->text, line) != NULL;
}

static unsigned right;

static void count_right(many *m, call *c) {
  right += c->result.error.code == FCL_OK && has_query(c);
}

static void all_right(const many *m) {
  ck_assert_msg(right == m->total, "%u of %u; %s", right, m->total, m->error);
}

/* ---- Endings ---- */

static const struct {
  const char *query, *words;
  fcl_code code;
} endings[] = {
    {"exit=3&before=1", "exited with status 3", FCL_E_EXITED},
    {"exit=0&before=1", "exited with status 0", FCL_E_EXITED},
    {"signal=11&before=1", "was ended by signal 11 (SIGSEGV)", FCL_E_EXITED},
    {"signal=9&before=1", "was ended by signal 9 (SIGKILL)", FCL_E_EXITED},
    {"exit=3", "exited with status 3", FCL_E_TRUNCATED},
    {"exit=0", "exited with status 0", FCL_E_TRUNCATED},
    {"exit=0&length=1", "exited with status 0", FCL_E_TRUNCATED},
    {"signal=6&size=100000", "was ended by signal 6 (SIGABRT)", FCL_E_TRUNCATED},
    {"noend=1", "closed the connection", FCL_E_TRUNCATED},
};

START_TEST(an_end_in_the_middle_is_told_with_its_kind_and_costs_just_that_request) {
  fcl_pool *pool = app();
  many m = many_of(pool, 60, 2);
  call *c;
  m.each = count_right;
  many_start(&m);
  c = ask(pool, endings[_i].query);
  call_failed(c, endings[_i].code, endings[_i].words);
  call_failed(c, endings[_i].code, "app: process ");
  wait_until(many_is_done(&m));
  all_right(&m);
}
END_TEST

START_TEST(a_response_that_is_whole_by_its_length_needs_no_end) {
  call *c = ask(app(), "noend=1&length=1&size=1000");
  call_is_ok(c);
  ck_assert_int_eq(c->result.unclean, 1);
  ck_assert_uint_eq(c->len, 1000);
}
END_TEST

START_TEST(an_application_status_is_handed_on_and_is_no_error) {
  call *c = ask(app(), "app=7&size=10");
  call_is_ok(c);
  ck_assert_uint_eq(c->result.app_status, 7);
  ck_assert_uint_eq(c->len, 10);
}
END_TEST

/* ---- Hanging ---- */

START_TEST(an_application_that_hangs_with_SIGTERM_blocked_is_ended) {
  fcl_pool_options o = app_of(2);
  fcl_pool *pool;
  call *c;
  o.activity_ms = LIMIT;
  pool = driver_pool(&o);
  c = ask(pool, "hang=1");
  call_failed(c, FCL_E_TIMEOUT_ACTIVITY, "500 ms (activity_ms)");
  wait_until(!process_lives(c->result.pid));
}
END_TEST

START_TEST(one_that_hangs_on_after_a_cancel_is_asked_and_then_ended) {
  fcl_pool_options o = app_of(1);
  fcl_pool *pool;
  call *c;
  o.abort_ms = o.stop_ms = LIMIT;
  o.rapid_fails = 1;
  pool = driver_pool(&o);
  call_is_ok(ask(pool, "size=1"));
  c = ask(pool, "hang=1");
  driver_run_for(50);
  fcl_request_cancel(c->request);
  call_failed(c, FCL_E_CANCELED, "");
  wait_until(driver_event("500 ms (abort_ms), and is asked to leave") != NULL);
  wait_until(driver_event("did not leave within 500 ms (stop_ms)") != NULL);
  call_is_ok(ask(pool, "size=1"));
}
END_TEST

START_TEST(one_that_is_recycled_leaves_politely) {
  fcl_pool *pool = app();
  call *c = ask(pool, "size=1");
  call_is_ok(c);
  fcl_pool_recycle(pool);
  wait_until(driver_event("left as asked: it exited with status 0") != NULL);
  ck_assert_int_eq(driver_event("left as asked")->pid, c->result.pid);
}
END_TEST

START_TEST(max_requests_of_the_application_itself_cost_no_request) {
  static const char *const argv[] = {REAL_APP, "--max-requests", "20", NULL};
  fcl_pool_options o = app_of(4);
  many m;
  o.argv = argv;
  o.max_requests = FCL_NEVER;
  o.rapid_fails = 1;
  m = many_of(driver_pool(&o), 2000, 16);
  m.each = count_right;
  many_run(&m);
  all_right(&m);
  ck_assert_uint_ge(driver_events("exited with status 0"), 2000 / 20 - 4);
}
END_TEST

/* ---- Bodies ---- */

static void check_echo(call *c) {
  call_is_ok(c);
  ck_assert_uint_eq(c->len, c->plan.upload);
  ck_assert_str_eq(call_hex(c->hash), call_hex(c->lent_hash));
}

static void let_go_on(void *arg) {
  fcl_request_resume(((call *) arg)->request);
}

static fcl_flow hold_a_while(call *c, const char *data, size_t len) {
  driver_later(1, let_go_on, c);
  return FCL_HOLD;
}

static const struct {
  const char *query;
  uint64_t size;
  size_t part;
  int is_held;
} echoes[] = {
    {"echo=1", 1, 0, 0},
    {"echo=1&length=1", 100000, 777, 0},
    {"echo=1", 4u << 20, 1u << 20, 1},
    {"echo=1&slowread=1", 4u << 20, 500000, 0},
};

START_TEST(an_echo_comes_back_whole) {
  call_plan plan = {0};
  plan.query = echoes[_i].query;
  plan.upload = echoes[_i].size;
  plan.part = echoes[_i].part;
  plan.on_body = echoes[_i].is_held ? hold_a_while : NULL;
  check_echo(call_start(app(), &plan));
}
END_TEST

START_TEST(an_upload_arrives_whole) {
  call_plan plan = {0};
  char expected[100];
  call *c;
  plan.query = _i ? "sum=1&slowread=1" : "sum=1";
  plan.upload = driver_is_long() ? 100u << 20 : 16u << 20;
  plan.part = 1u << 20;
  c = call_start(app(), &plan);
  call_is_ok(c);
  snprintf(expected, sizeof expected, "%llu bytes, FNV-1a %s\n", (unsigned long long) plan.upload,
           call_hex(c->lent_hash));
  ck_assert_str_eq(c->text, expected);
}
END_TEST

static uint64_t pattern_hash(uint64_t size) {
  uint64_t hash = CALL_FNV, n;
  for (n = 0; n < size; n++) {
    char byte = (char) ((uint32_t) n * 2654435761u >> 24);
    hash = call_fnv(hash, &byte, 1);
  }
  return hash;
}

START_TEST(a_download_comes_whole) {
  call_plan plan = {0};
  call *c;
  plan.query = _i ? "size=8000000&slow=2&pieces=50" : "size=8000000&length=1";
  plan.on_body = _i ? NULL : hold_a_while;
  c = call_start(app(), &plan);
  call_is_ok(c);
  ck_assert_uint_eq(c->len, 8000000);
  ck_assert_uint_eq(c->hash, pattern_hash(8000000));
}
END_TEST

START_TEST(an_answer_before_the_body_was_read_is_served) {
  fcl_pool *pool = app();
  call_plan plan = {0};
  call *c;
  plan.query = "early=1&size=3000000";
  plan.upload = 3u << 20;
  plan.part = 1u << 20;
  c = call_start(pool, &plan);
  call_is_ok(c);
  ck_assert_uint_eq(c->len, 3000000);
  call_is_ok(ask(pool, "size=1"));
}
END_TEST

/* ---- The error stream, children ---- */

START_TEST(what_it_writes_to_STDERR_is_an_event_or_goes_to_on_stderr) {
  fcl_pool *pool = app();
  call_plan plan = {0};
  call *c;
  call_is_ok(ask(pool, "stderr=the+first&size=1"));
  ck_assert_ptr_nonnull(driver_event("the first"));
  plan.query = "stderr=the+second&size=1";
  plan.has_stderr = 1;
  c = call_start(pool, &plan);
  call_is_ok(c);
  ck_assert_str_eq(c->err, "the second");
  ck_assert_ptr_null(driver_event("the second"));
}
END_TEST

static fcl_flow hold(call *c, const char *data, size_t len) {
  return FCL_HOLD;
}

/* The caller holds the answer of a process that has gone, while another has taken its place. */
START_TEST(what_was_written_to_STDERR_is_said_of_the_process_that_wrote_it) {
  fcl_pool_options o = app_of(1);
  fcl_pool *pool;
  call_plan plan = {0};
  char words[100];
  call *c;
  o.read_ahead = 100000;
  pool = driver_pool(&o);
  call_is_ok(ask(pool, "size=1"));
  plan.query = "stderr=no+line+end&exit=0&size=1000";
  plan.on_body = hold;
  c = call_start(pool, &plan);
  wait_until(c->len > 0);
  call_is_ok(ask(pool, "size=1"));
  fcl_request_resume(c->request);
  call_failed(c, FCL_E_TRUNCATED, "exited with status 0");
  snprintf(words, sizeof words, "app: process %ld wrote to STDERR: no line end", c->result.pid);
  ck_assert_msg(driver_event(words) != NULL, "%s", driver_event("wrote to STDERR")->text);
}
END_TEST

START_TEST(children_it_left_behind_end_with_the_client) {
  call *c = ask(app(), _i ? "children=3&setsid=1" : "children=3");
  call_is_ok(c);
  ck_assert_uint_eq(process_count_named("app"), 4);
  driver_shut();
  ck_assert_msg(process_count() == 0, "left: %s", process_list());
}
END_TEST

/* ---- Started by somebody else ---- */

START_TEST(it_is_served_at_every_kind_of_address) {
  char listen[160], address[176];
  const char *const argv[] = {REAL_APP, "--listen", address, NULL};
  const char *addresses[] = {address, NULL};
  fcl_pool_options o = {0};
  many m;
  pid_t pid;
  if (_i == 0)
    snprintf(listen, sizeof listen, "%s", driver_path("app.sock"));
  else if (_i == 1)
    snprintf(listen, sizeof listen, "@%s", driver_folder());
  else
    snprintf(listen, sizeof listen, "127.0.0.1:%d", process_free_port());
  snprintf(address, sizeof address, "%s:%s", _i == 2 ? "tcp" : "unix", listen);
  pid = process_server(argv, listen);
  o.addresses = addresses;
  o.max_connections = 1;
  m = many_of(driver_pool(&o), 200, 8);
  m.each = count_right;
  many_run(&m);
  all_right(&m);
  driver_shut();
  process_end(pid);
}
END_TEST

int main(void) {
  TCase *cases[] = {driver_case("ends"), driver_case("hangs"), driver_case("bodies"),
                    driver_case("others")};
  tcase_add_loop_test(cases[0],
                      an_end_in_the_middle_is_told_with_its_kind_and_costs_just_that_request, 0, 9);
  tcase_add_test(cases[0], a_response_that_is_whole_by_its_length_needs_no_end);
  tcase_add_test(cases[0], an_application_status_is_handed_on_and_is_no_error);
  tcase_add_test(cases[1], an_application_that_hangs_with_SIGTERM_blocked_is_ended);
  tcase_add_test(cases[1], one_that_hangs_on_after_a_cancel_is_asked_and_then_ended);
  tcase_add_test(cases[1], one_that_is_recycled_leaves_politely);
  tcase_add_test(cases[1], max_requests_of_the_application_itself_cost_no_request);
  tcase_add_loop_test(cases[2], an_echo_comes_back_whole, 0, 4);
  tcase_add_loop_test(cases[2], an_upload_arrives_whole, 0, 2);
  tcase_add_loop_test(cases[2], a_download_comes_whole, 0, 2);
  tcase_add_test(cases[2], an_answer_before_the_body_was_read_is_served);
  tcase_add_test(cases[3], what_it_writes_to_STDERR_is_an_event_or_goes_to_on_stderr);
  tcase_add_test(cases[3], what_was_written_to_STDERR_is_said_of_the_process_that_wrote_it);
  tcase_add_loop_test(cases[3], children_it_left_behind_end_with_the_client, 0, 2);
  tcase_add_loop_test(cases[3], it_is_served_at_every_kind_of_address, 0, 3);
  return driver_main("app", cases, 4, 0);
}
