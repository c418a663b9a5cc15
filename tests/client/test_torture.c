/* test_torture.c: whole exchanges, with each allocation of the library failing in turn, once and
   for ever, until none is left to fail: an error, and no crash, leak, hang or stuck request. */
#include <check.h>
#include <errno.h>
#include <fcgiclient/fcgiclient.h>
#include <fcgiclient/harness.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>
#include "support/allocator.h"
#include "support/fds.h"
#include "support/files.h"
#include "support/suite.h"

#define HELLO "Content-Type: text/plain\r\n\r\nhello"

typedef enum kind {
  PLAIN,
  ASKS,    /* its authorizer, the same pool, is asked first */
  FILTERS, /* the application is a filter, with as much data as body */
  SPOILS   /* what is on STDERR takes the place of the answer */
} kind;

typedef struct scenario {
  void (*play)(fcl_script *s, void *user); /* NULL: a process is started */
  unsigned requests;                       /* one behind the other */
  size_t body;                             /* of each, in two parts; 0: a GET */
  int holds;                               /* the caller holds head and body, and resumes at once */
  int cancels;                             /* the caller cancels when the head is here */
  kind kind;
  int ahead;   /* what comes while the caller holds goes to a file */
  int gathers; /* the body, in memory and in a file; 2: it has no length */
} scenario;

static const scenario *now;
static test_allocator memory;
static uv_loop_t loop;
static uv_timer_t deadline;
static fcl_client *client;
static fcl_pool *pool;
static unsigned begun, done;
static size_t sent;
static char body[200000], big_value[20000];
static int outcomes[FCL_CODE_MAX];
static int is_closing;
static unsigned per_connection, at_once; /* requests that share a connection; 0: 1 */

/* ---- The caller ---- */

static fcl_flow hold(fcl_request *r) {
  if (!now->holds)
    return FCL_NEXT;
  fcl_request_resume(r);
  return FCL_HOLD;
}

static fcl_flow on_head(fcl_request *r, const fcl_head *head, void *user) {
  if (now->cancels)
    fcl_request_cancel(r);
  return hold(r);
}

static fcl_flow on_body(fcl_request *r, const char *data, size_t len, void *user) {
  return hold(r);
}

static void on_sent(fcl_request *r, fcl_code code, void *user) {
  sent += now->body / 2;
  if (code == FCL_OK && sent < now->body) {
    fcl_request_write(r, body + sent, now->body - sent);
    return;
  }
  fcl_request_finish(r);
  if (code == FCL_OK && now->kind == FILTERS && sent < 2 * now->body)
    fcl_request_data(r, body, now->body / 2);
}

static void begin_next(void);

/* Without memory, or a disk, a request fails for that reason and no other.  But while starting a
   process is not tried again yet, others wait, here not for long. */
static int is_expected(fcl_code code) {
  if (code == FCL_E_CANCELED)
    return now->cancels;
  if (code == FCL_E_STDERR)
    return now->kind == SPOILS;
  if (code == FCL_E_TIMEOUT_QUEUE)
    return now->play == NULL;
  if (code == FCL_E_SPOOL)
    return test_file.fail_at > 0;
  return code == FCL_OK || code == FCL_E_NOMEM;
}

static void on_done(fcl_request *r, const fcl_result *result, void *user) {
  outcomes[result->error.code]++;
  done++;
  ck_assert_msg(is_expected(result->error.code), "allocation %zu%s: %s", memory.fail_at,
                memory.for_ever ? " for ever" : "", result->error.text);
  ck_assert(result->error.code == FCL_OK || result->error.text[0] != 0);
  fcl_request_free(r);
  begin_next();
}

static void close_all(void) {
  is_closing = 1;
  fcl_client_close(client, NULL, NULL);
}

static void begin_next(void) {
  static const fcl_handlers handlers = {on_head, on_body, NULL, on_sent, NULL, on_done};
  const fcl_slice cookie = {"HTTP_COOKIE", 11}, long_value = {big_value, sizeof big_value};
  fcl_request *r =
      !is_closing && begun < now->requests ? fcl_request_new(pool, &handlers, NULL) : NULL;
  if (r == NULL) {
    if (done == begun && !is_closing)
      close_all();
    return;
  }
  begun++;
  sent = 0;
  fcl_request_param(r, "REQUEST_METHOD", now->body ? "POST" : "GET");
  fcl_request_param(r, "SCRIPT_NAME", "/x");
  fcl_request_param(r, "QUERY_STRING", "");
  fcl_request_param_n(r, cookie, long_value); /* the image grows */
  if (now->body)
    fcl_request_body(r, now->gathers == 2 ? -1 : (int64_t) now->body, FCL_BODY_SPOOL);
  if (now->kind == ASKS)
    fcl_request_authorize(r, pool);
  if (now->kind == FILTERS) {
    fcl_request_role(r, FCL_FILTER);
    fcl_request_file(r, (int64_t) now->body, 0);
  }
  fcl_request_start(r);
  if (now->body)
    fcl_request_write(r, body, now->body / 2);
  else
    fcl_request_finish(r);
}

/* ---- One run ---- */

static void is_stuck(uv_timer_t *timer) {
  ck_abort_msg("stuck: allocation %zu of %zu failed, %u requests begun, %u done", memory.fail_at,
               memory.calls, begun, done);
}

static void open_all(const char *address) {
  const char *addresses[2] = {address, NULL};
  fcl_client_options on_loop = {0};
  fcl_pool_options options = {0};
  fcl_error e;
  unsigned n;
  on_loop.mode = FCL_LOOP_UV;
  on_loop.uv = &loop;
  on_loop.realloc_fn = test_allocator_realloc;
  on_loop.user = &memory;
  on_loop.spool_directory = "/tmp";
#ifdef TORTURE_APP
  on_loop.guardian = TORTURE_GUARDIAN;
  options.program = address ? NULL : TORTURE_APP;
#endif
  options.addresses = address ? addresses : NULL;
  options.read_ahead_file = now->ahead ? 1u << 20 : 0;
  options.stderr_mode = now->kind == SPOILS ? FCL_STDERR_IN_500 : FCL_STDERR_IGNORE;
  options.gather = (unsigned) now->gathers;
  options.gather_memory = 1;
  options.per_connection = per_connection;
  options.queue_ms = options.abort_ms =
      300; /* without memory a process can neither be started nor asked */
  if (fcl_client_new(&client, &on_loop, &e)) {
    ck_assert_int_eq(e.code, FCL_E_NOMEM);
    return;
  }
  if (fcl_pool_new(&pool, client, &options, &e)) {
    ck_assert_int_eq(e.code, FCL_E_NOMEM);
    close_all();
    return;
  }
  for (n = 0; n == 0 || n < at_once; n++)
    begin_next();
}

static void run(const char *address, size_t nth, int for_ever) {
  begun = done = 0;
  is_closing = 0;
  test_allocator_fail(&memory, nth, for_ever);
  ck_assert_int_eq(uv_loop_init(&loop), 0);
  uv_timer_init(&loop, &deadline);
  uv_timer_start(&deadline, is_stuck, 30000, 0);
  uv_unref((uv_handle_t *) &deadline);
  open_all(address);
  uv_run(&loop, UV_RUN_DEFAULT);
  uv_close((uv_handle_t *) &deadline, NULL);
  uv_run(&loop, UV_RUN_DEFAULT);
  ck_assert_int_eq(uv_loop_close(&loop), 0);
  ck_assert_uint_eq(done, begun);
  ck_assert_uint_eq(memory.live, 0);
  ck_assert_uint_eq(memory.misuses, 0);
}

/* The script may see any end of a connection; what it thinks of that is not the question. */
static void run_with_script(size_t nth, int for_ever) {
  fcl_script_options o = {0};
  fcl_script *s = NULL;
  fcl_error e;
  o.play = now->play;
  o.multiplexed = per_connection > 1;
  if (now->play)
    ck_assert_msg(fcl_script_start(&s, &o, &e) == FCL_OK, "%s", e.text);
  run(s ? fcl_script_address(s) : NULL, nth, for_ever);
  fcl_script_end(s, &e);
}

static void torture(const scenario *s) {
  size_t nth, faults = 0;
  int for_ever, fds;
  ck_assert_int_eq(uv_loop_init(&loop), 0); /* the first loop opens what libuv never closes */
  ck_assert_int_eq(uv_loop_close(&loop), 0);
  fds = test_fds();
  now = s;
  memset(big_value, 'v', sizeof big_value);
  test_allocator_init(&memory);
  for (for_ever = 0; for_ever < 2; for_ever++)
    for (nth = 1; nth == 1 || memory.failed > 0; nth++) {
      memset(outcomes, 0, sizeof outcomes);
      run_with_script(nth, for_ever);
      faults += memory.failed;
    }
  ck_assert_uint_gt(faults, 10);
  ck_assert_uint_eq(done, s->requests); /* the last run had no fault */
  ck_assert_uint_eq(
      (unsigned) (outcomes[FCL_OK] + outcomes[FCL_E_CANCELED] + outcomes[FCL_E_STDERR]),
      s->requests);
  ck_assert_fds(fds);
  test_allocator_destroy(&memory);
}

/* Each call of the system about files, instead of each allocation. */
static void torture_files(const scenario *s) {
  size_t nth, faults = 0;
  int for_ever;
  now = s;
  memset(big_value, 'v', sizeof big_value);
  test_allocator_init(&memory);
  for (for_ever = 0; for_ever < 2; for_ever++)
    for (nth = 1; nth == 1 || test_file.calls >= nth - 1; nth++) {
      memset(outcomes, 0, sizeof outcomes);
      test_files_fail(nth, for_ever, EIO);
      run_with_script(0, 0);
      faults += test_file.calls >= nth;
      ck_assert_uint_eq(done, s->requests);
    }
  ck_assert_uint_gt(faults, 10);
  ck_assert_int_eq(outcomes[FCL_OK], (int) s->requests); /* the last run had no fault */
  test_files_fail(0, 0, 0);
  test_allocator_destroy(&memory);
}

/* ---- Applications ---- */

static void answer_all(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_script_may_close(s);
    fcl_script_read_request(s);
    fcl_script_answer(s, HELLO);
  }
}

static void answer_in_pieces(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_script_may_close(s);
    fcl_script_read_request(s);
    fcl_script_cut(s, 20);
    fcl_script_answer(s, HELLO);
  }
}

static void answer_at_length(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_script_may_close(s);
    fcl_script_read_request(s);
    fcl_script_stdout(s, "Content-Type: text/plain\r\n\r\n");
    fcl_script_stderr(s, "oh");
    fcl_script_stream(s, FCL_STDOUT, body, sizeof body);
    fcl_script_end_request(s, 0, FCL_REQUEST_COMPLETE);
  }
}

static void pass_and_answer(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_script_may_close(s);
    fcl_script_read_request(s);
    fcl_script_cut(s, 20);
    if (fcl_script_seen(s) && fcl_script_seen(s)->role == FCL_AUTHORIZER)
      fcl_script_answer(s, "Status: 200\r\nVariable-A: b\r\n\r\n");
    else
      fcl_script_answer(s, HELLO);
  }
}

static void answer_once_each(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_script_may_close(s);
    fcl_script_read_request(s);
    fcl_script_answer(s, HELLO);
    if (fcl_script_read_begin(s)) /* and then it dies, with the next request in hand */
      fcl_script_close(s);
  }
}

/* ---- Claims ---- */

START_TEST(a_get_survives_each_allocation_that_fails) {
  static const scenario s = {answer_all, 2, 0, 0, 0, PLAIN, 0, 0};
  torture(&s);
}
END_TEST

START_TEST(an_upload_survives_each_allocation_that_fails) {
  static const scenario s = {answer_all, 2, sizeof body, 0, 0, PLAIN, 0, 0};
  torture(&s);
}
END_TEST

START_TEST(a_head_in_pieces_survives_each_allocation_that_fails) {
  static const scenario s = {answer_in_pieces, 2, 0, 0, 0, PLAIN, 0, 0};
  torture(&s);
}
END_TEST

START_TEST(held_spans_survive_each_allocation_that_fails) {
  static const scenario s = {answer_at_length, 2, 0, 1, 0, PLAIN, 0, 0};
  torture(&s);
}
END_TEST

START_TEST(read_ahead_survives_each_allocation_that_fails) {
  static const scenario s = {answer_at_length, 2, 0, 1, 0, PLAIN, 1, 0};
  torture(&s);
}
END_TEST

START_TEST(read_ahead_survives_each_file_operation_that_fails) {
  static const scenario s = {answer_at_length, 4, 0, 1, 0, PLAIN, 1, 0};
  torture_files(&s);
}
END_TEST

START_TEST(gathering_survives_each_allocation_that_fails) {
  static const scenario s = {answer_all, 2, 200000, 0, 0, PLAIN, 0, 1};
  torture(&s);
}
END_TEST

START_TEST(gathering_survives_each_file_operation_that_fails) {
  static const scenario s = {answer_all, 4, 200000, 0, 0, PLAIN, 0, 1};
  torture_files(&s);
}
END_TEST

START_TEST(gathering_of_unknown_length_survives_each_allocation_that_fails) {
  static const scenario s = {answer_all, 2, 200000, 0, 0, PLAIN, 0, 2};
  torture(&s);
}
END_TEST

START_TEST(cancelling_survives_each_allocation_that_fails) {
  static const scenario s = {answer_at_length, 2, 0, 0, 1, PLAIN, 0, 0};
  torture(&s);
}
END_TEST

START_TEST(a_retry_survives_each_allocation_that_fails) {
  static const scenario s = {answer_once_each, 2, 0, 0, 0, PLAIN, 0, 0};
  torture(&s);
}
END_TEST

START_TEST(asking_an_authorizer_survives_each_allocation_that_fails) {
  static const scenario s = {pass_and_answer, 2, sizeof body, 0, 0, ASKS, 0, 0};
  torture(&s);
}
END_TEST

START_TEST(a_filter_survives_each_allocation_that_fails) {
  static const scenario s = {answer_all, 2, sizeof body, 0, 0, FILTERS, 0, 0};
  torture(&s);
}
END_TEST

static void complain(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_script_may_close(s);
    fcl_script_read_request(s);
    fcl_script_stderr(s, "one\nIIS_TRACE_INFO:two:IIS_TRACE_END");
    fcl_script_stream(s, FCL_STDERR, body, 3000);
    fcl_script_answer(s, HELLO);
  }
}

START_TEST(a_spoiled_answer_survives_each_allocation_that_fails) {
  static const scenario s = {complain, 2, 0, 0, 0, SPOILS, 0, 0};
  torture(&s);
}
END_TEST

static void torture_shared(const scenario *s, unsigned share, unsigned together) {
  per_connection = share;
  at_once = together;
  torture(s);
}

START_TEST(requests_that_share_a_connection_survive_each_allocation_that_fails) {
  static const scenario s = {answer_all, 12, 0, 0, 0, PLAIN, 0, 0};
  torture_shared(&s, 5, 6);
}
END_TEST

START_TEST(holding_on_a_shared_connection_survives_each_allocation_that_fails) {
  static const scenario s = {answer_at_length, 8, 0, 1, 0, PLAIN, 1, 0};
  torture_shared(&s, 5, 4);
}
END_TEST

START_TEST(cancelling_on_a_shared_connection_survives_each_allocation_that_fails) {
  static const scenario s = {answer_at_length, 8, 0, 0, 1, PLAIN, 0, 0};
  torture_shared(&s, 5, 4);
}
END_TEST

START_TEST(asking_how_many_share_survives_each_allocation_that_fails) {
  static const scenario s = {answer_all, 2, 0, 0, 0, PLAIN, 0, 0};
  torture_shared(&s, FCL_AUTO, 1);
}
END_TEST

#ifdef TORTURE_APP
START_TEST(a_started_process_survives_each_allocation_that_fails) {
  static const scenario s = {NULL, 2, 0, 0, 0, PLAIN, 0, 0};
  torture(&s);
}
END_TEST
#endif

int main(void) {
  TCase *t = tcase_create("torture");
  tcase_set_timeout(t, 200);
  tcase_add_test(t, a_get_survives_each_allocation_that_fails);
  tcase_add_test(t, an_upload_survives_each_allocation_that_fails);
  tcase_add_test(t, a_head_in_pieces_survives_each_allocation_that_fails);
  tcase_add_test(t, held_spans_survive_each_allocation_that_fails);
  tcase_add_test(t, read_ahead_survives_each_allocation_that_fails);
  tcase_add_test(t, read_ahead_survives_each_file_operation_that_fails);
  tcase_add_test(t, gathering_survives_each_allocation_that_fails);
  tcase_add_test(t, gathering_survives_each_file_operation_that_fails);
  tcase_add_test(t, gathering_of_unknown_length_survives_each_allocation_that_fails);
  tcase_add_test(t, cancelling_survives_each_allocation_that_fails);
  tcase_add_test(t, a_retry_survives_each_allocation_that_fails);
  tcase_add_test(t, asking_an_authorizer_survives_each_allocation_that_fails);
  tcase_add_test(t, a_filter_survives_each_allocation_that_fails);
  tcase_add_test(t, a_spoiled_answer_survives_each_allocation_that_fails);
  tcase_add_test(t, requests_that_share_a_connection_survive_each_allocation_that_fails);
  tcase_add_test(t, holding_on_a_shared_connection_survives_each_allocation_that_fails);
  tcase_add_test(t, cancelling_on_a_shared_connection_survives_each_allocation_that_fails);
  tcase_add_test(t, asking_how_many_share_survives_each_allocation_that_fails);
#ifdef TORTURE_APP
  tcase_add_test(t, a_started_process_survives_each_allocation_that_fails);
#endif
  return test_suite_run("torture", &t, 1);
}
