/* test_stderr_modes.c: what STDERR makes of an answer, in the four modes (KF-154); handlers. */
#include "client/stderr_world.h"

/* ---- The four modes ---- */

static void write_before(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_script_may_close(s);
    fcl_script_read_request(s);
    if (now == 0)
      fcl_script_stderr(s, "PHP Notice: x\n");
    fcl_script_stdout(s, "Status: 200\nContent-Type: text/plain\n\n");
    if (now == 1)
      fcl_script_stderr(s, "PHP Notice: x\n");
    fcl_script_answer(s, "hello");
  }
}

static const struct {
  fcl_stderr mode;
  fcl_code code;
  int shows;
  const char *log;
} modes[] = {
    /* Before the head is handed up, and behind it. */
    {FCL_STDERR_IGNORE, FCL_OK, 0, "head 200; hello"},
    {FCL_STDERR_IGNORE, FCL_OK, 0, "head 200; hello"},
    {FCL_STDERR_IN_500, FCL_E_STDERR, 1, ""},
    {FCL_STDERR_IN_500, FCL_OK, 0, "head 200; hello"},
    {FCL_STDERR_GENERIC_500, FCL_E_STDERR, 0, ""},
    {FCL_STDERR_GENERIC_500, FCL_OK, 0, "head 200; hello"},
    {FCL_STDERR_TERMINATE, FCL_E_STDERR, 0, ""},
    {FCL_STDERR_TERMINATE, FCL_E_STDERR, 0, "head 200; "},
};
#define MODES (int) (sizeof modes / sizeof *modes)

START_TEST(each_mode_does_as_it_says_before_the_head_and_behind_it) { /* KF-154 */
  now = _i % 2;
  w.options.stderr_mode = modes[_i].mode;
  start(write_before);
  get();
  ck_assert_int_eq(x.result.error.code, modes[_i].code);
  ck_assert_int_eq(x.result.shows_stderr, modes[_i].shows);
  ck_assert_str_eq(x.log, modes[_i].log);
  ck_assert_str_eq(x.text, "PHP Notice: x\n");
  if (modes[_i].code) {
    ck_assert_msg(strstr(x.result.error.text, "wrote to STDERR: \"PHP Notice: x\"") != NULL, "%s",
                  x.result.error.text);
    ck_assert_ptr_nonnull(strstr(x.result.error.text, "/x.php"));
    ck_assert_ptr_nonnull(strstr(x.result.error.text, "[tag]"));
    ck_assert_ptr_null(strstr(strstr(x.result.error.text, "[tag]") + 1, "[tag]"));
  }
  get(); /* the next one is judged by itself */
  ck_assert_int_eq(x.result.error.code, modes[_i].code);
}
END_TEST

static void answer_on_one_connection(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_stderr(s, "x");
  fcl_script_answer(s, HELLO);
  fcl_script_read_request(s);
  fcl_script_answer(s, HELLO);
}

START_TEST(a_spoiled_answer_leaves_its_connection_in_use) {
  w.options.stderr_mode = FCL_STDERR_GENERIC_500;
  start(answer_on_one_connection);
  get();
  ck_assert_int_eq(x.result.error.code, FCL_E_STDERR);
  get();
  ck_assert_int_eq(x.result.error.code, FCL_OK);
}
END_TEST

static void write_blanks(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_stderr(s, "");
  fcl_script_end_request(s, 0, FCL_REQUEST_COMPLETE);
}

START_TEST(an_empty_stderr_record_spoils_nothing) {
  w.options.stderr_mode = FCL_STDERR_IN_500;
  start(write_blanks);
  get();
  ck_assert_int_eq(x.result.error.code, FCL_E_HEAD); /* for there was no head */
}
END_TEST

/* "I" may become the mark of a trace message until nothing more comes. */
static void write_half_a_mark(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_stderr(s, "IIS_TRACE_");
  fcl_script_end_request(s, 0, FCL_REQUEST_COMPLETE);
}

START_TEST(half_a_mark_is_text_in_the_end) {
  w.options.stderr_mode = FCL_STDERR_IN_500;
  start(write_half_a_mark);
  get();
  ck_assert_int_eq(x.result.error.code, FCL_E_STDERR);
  ck_assert_str_eq(x.text, "IIS_TRACE_");
}
END_TEST

static void write_when_told(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_signal(s, "asked");
  fcl_script_wait(s, "go on");
  fcl_script_stderr(s, "text");
  fcl_script_answer(s, HELLO);
}

static unsigned errs;

static void on_stderr(fcl_request *r, const char *text, size_t len, void *user) {
  errs += len == 4 && memcmp(text, "text", 4) == 0;
}

static void get_with_handler(void) {
  static const fcl_handlers handlers = {on_head, on_body, on_stderr, NULL, NULL, on_done};
  fcl_request *r = fcl_request_new(w.pool, &handlers, NULL);
  fcl_request_start(r);
  fcl_request_finish(r);
  world_wait_point(&w, "asked");
}

START_TEST(without_memory_it_counts_all_the_same) {
  w.options.stderr_mode = FCL_STDERR_IN_500;
  start(write_when_told);
  errs = 0;
  get_with_handler();
  test_allocator_fail(&w.memory, (size_t) _i, 1);
  fcl_script_signal(w.script, "go on");
  world_wait(&w, &x.dones, 1);
  test_allocator_fail(&w.memory, 0, 0);
  if (x.result.error.code != FCL_E_NOMEM || _i > 1) { /* the first may be for reading */
    ck_assert_int_eq(x.result.error.code, FCL_E_STDERR);
    ck_assert_uint_eq(errs, 1);
  }
}
END_TEST

START_TEST(a_handler_gets_it_raw_and_no_event_is_made) {
  start(write_when_told);
  errs = 0;
  get_with_handler();
  fcl_script_signal(w.script, "go on");
  world_wait(&w, &x.dones, 1);
  ck_assert_uint_eq(errs, 1);
  ck_assert_uint_eq(w.events, 0);
  ck_assert_str_eq(x.text, "text");
}
END_TEST

START_TEST(a_mode_that_does_not_exist_is_refused) {
  fcl_pool_options o = {0};
  const char *addresses[] = {system_nowhere, NULL};
  fcl_pool *pool;
  fcl_error e;
  o.addresses = addresses;
  o.stderr_mode = (fcl_stderr) 4;
  start(NULL);
  ck_assert_int_eq(fcl_pool_new(&pool, w.client, &o, &e), FCL_E_CONFIG);
  ck_assert_ptr_nonnull(strstr(e.text, "stderr_mode is 4"));
}
END_TEST

int main(void) {
  TCase *t = stderr_world_case("stderr modes");
  test_add_loop(t, each_mode_does_as_it_says_before_the_head_and_behind_it, 0, MODES);
  tcase_add_test(t, a_spoiled_answer_leaves_its_connection_in_use);
  tcase_add_test(t, an_empty_stderr_record_spoils_nothing);
  tcase_add_test(t, half_a_mark_is_text_in_the_end);
  tcase_add_loop_test(t, without_memory_it_counts_all_the_same, 1, 4);
  tcase_add_test(t, a_handler_gets_it_raw_and_no_event_is_made);
  tcase_add_test(t, a_mode_that_does_not_exist_is_refused);
  return test_suite_run("stderr_modes", &t, 1);
}
