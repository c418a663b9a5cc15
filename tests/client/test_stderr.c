/* test_stderr.c: what an application writes on STDERR: kept, shown in whole lines, and what it
   makes of an answer (KF-033, KF-037, KF-153, KF-154). */
#include "client/wire.h"
#include <stdlib.h>

static world w;
static _Atomic size_t cut; /* for the script's thread */
static int now;

/* A request without on_stderr, unless told otherwise. */
static struct {
  char log[256]; /* "head 200; body 5; " */
  char text[40000];
  size_t text_len;
  unsigned dones;
  int cancels; /* in on_head */
  fcl_result result;
} x;

static void setup(void) {
  memset(&w, 0, sizeof w);
  memset(&x, 0, sizeof x);
  cut = 0;
}

static void teardown(void) {
  world_end(&w);
}

static fcl_flow on_head(fcl_request *r, const fcl_head *head, void *user) {
  world_enter(&w);
  strcat(x.log, head->status == 200 ? "head 200; " : "head; ");
  if (x.cancels)
    fcl_request_cancel(r);
  world_leave(&w);
  return FCL_NEXT;
}

static fcl_flow on_body(fcl_request *r, const char *data, size_t len, void *user) {
  world_enter(&w);
  strncat(x.log, data, len < 16 ? len : 16);
  world_leave(&w);
  return FCL_NEXT;
}

static void on_done(fcl_request *r, const fcl_result *result, void *user) {
  fcl_slice text = fcl_request_stderr(r);
  world_enter(&w);
  x.dones++;
  x.result = *result;
  x.text_len = text.len;
  memcpy(x.text, text.base, text.len < sizeof x.text ? text.len : sizeof x.text);
  fcl_request_free(r);
  world_leave(&w);
}

static void get(void) {
  static const fcl_handlers handlers = {on_head, on_body, NULL, NULL, NULL, on_done};
  fcl_request *r = fcl_request_new(w.pool, &handlers, NULL);
  int cancels = x.cancels;
  memset(&x, 0, sizeof x);
  x.cancels = cancels;
  fcl_request_param(r, "REQUEST_METHOD", "GET");
  fcl_request_param(r, "SCRIPT_FILENAME", "/x.php");
  fcl_request_tag(r, (fcl_slice){"tag", 3});
  fcl_request_start(r);
  fcl_request_finish(r);
  world_wait(&w, &x.dones, 1);
}

static void start(void (*play)(fcl_script *, void *)) {
  w.options.name = "app";
  world_start(&w, FCL_LOOP_UV, play);
}

/* What events said behind "app: ADDRESS ", without that. */
static const char *said(void) {
  static char out[16384];
  char *to = out;
  const char *at = w.said, *word;
  while (*at) {
    const char *line = strchr(at, '\n');
    *to++ = *at;
    word = strstr(at, "unix:");
    word = word && word < line ? strchr(word, ' ') : at + 1;
    memcpy(to, word, (size_t) (line + 1 - word));
    to += line + 1 - word;
    at = line + 1;
  }
  *to = 0;
  w.said[0] = 0;
  return out;
}

/* ---- Kept and shown ---- */

static const char *const pieces[] = {"first\nsec", "ond\r\n\nthi", "rd", NULL};

static void write_pieces(fcl_script *s, void *user) {
  size_t n;
  while (fcl_script_next(s)) {
    fcl_script_read_request(s);
    fcl_script_stdout(s, TEXT);
    for (n = 0; pieces[n]; n++) {
      fcl_script_stderr(s, pieces[n]);
      fcl_script_drain(s);
    }
    fcl_script_answer(s, "hello");
  }
}

START_TEST(lines_are_shown_whole_and_the_text_is_lent_raw) { /* KF-153 */
  start(write_pieces);
  get();
  ck_assert_int_eq(x.result.error.code, FCL_OK);
  ck_assert_str_eq(x.log, "head 200; hello");
  ck_assert_str_eq(x.text, "first\nsecond\r\n\nthird");
  ck_assert_str_eq(said(), "1 wrote to STDERR: first\n1 wrote to STDERR: second\n"
                           "1 wrote to STDERR: third\n");
}
END_TEST

static const char stderr_wire[] = "\1\7\0\1\0\14\0\0"
                                  "one\ntwo\nthre"
                                  "\1\7\0\1\0\2\3\0"
                                  "e\nzzz"
                                  "\1\7\0\1\0\0\0\0" OUT_END END_REQUEST;

static void write_cut(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_script_read_request(s);
    fcl_script_stdout(s, HELLO);
    fcl_script_flush(s);
    fcl_script_cut(s, cut);
    fcl_script_send(s, stderr_wire, sizeof stderr_wire - 1);
  }
}

/* Lines that came together may stand in one event; none is cut. */
static void unfold(char *out, const char *events) {
  const char *prefix = "1 wrote to STDERR: ";
  *out = 0;
  while (*events) {
    const char *line = strchr(events, '\n');
    ck_assert_int_eq(strncmp(events, prefix, strlen(prefix)), 0);
    events += strlen(prefix);
    while (events < line) {
      const char *fold = strstr(events, "\\n");
      const char *end = fold && fold < line ? fold : line;
      strncat(out, events, (size_t) (end - events));
      strcat(out, "|");
      events = end < line ? end + 2 : line;
    }
    events = line + 1;
  }
}

START_TEST(it_is_the_same_cut_at_any_byte) {
  char lines[1000];
  start(write_cut);
  for (cut = 0; cut < sizeof stderr_wire - 1; cut++) {
    get();
    unfold(lines, said());
    ck_assert_msg(strcmp(lines, "one|two|three|") == 0, "cut at %zu: %s", cut, lines);
    ck_assert_str_eq(x.text, "one\ntwo\nthree\n");
  }
}
END_TEST

static void write_much(fcl_script *s, void *user) {
  char line[101];
  int n;
  fcl_script_accept(s);
  fcl_script_read_request(s);
  memset(line, 'x', 100);
  line[99] = now ? 'x' : '\n'; /* lines, or one that does not end */
  for (n = 0; n < 600; n++)
    fcl_script_stream(s, FCL_STDERR, line, 100);
  fcl_script_answer(s, HELLO);
}

START_TEST(of_very_much_a_part_is_kept_and_shown) { /* KF-037 */
  const char *events;
  now = _i;
  w.options.max_stderr = 1000;
  start(write_much);
  get();
  ck_assert_int_eq(x.result.error.code, FCL_OK);
  ck_assert_uint_eq(x.text_len, 1000);
  ck_assert_uint_le(w.events, 11);
  events = said();
  ck_assert_msg(strstr(events, "the rest is dropped") != NULL, "%s", events);
}
END_TEST

static void write_many_lines(fcl_script *s, void *user) {
  int n;
  fcl_script_accept(s);
  fcl_script_read_request(s);
  for (n = 0; n < 100; n++) {
    fcl_script_stderr(s, "line\n");
    fcl_script_drain(s);
  }
  fcl_script_answer(s, HELLO);
}

START_TEST(a_request_makes_at_most_40_events) {
  start(write_many_lines);
  get();
  ck_assert_uint_eq(w.events, 40);
  ck_assert_ptr_nonnull(strstr(w.sentence, "line (the rest is dropped)"));
  ck_assert_uint_eq(x.text_len, 500);
}
END_TEST

static void write_bytes(fcl_script *s, void *user) {
  static const char text[] = "a\33[31m\0b\377\302\205 \303\274";
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_stream(s, FCL_STDERR, text, sizeof text - 1);
  fcl_script_answer(s, HELLO);
}

START_TEST(what_is_no_text_is_shown_escaped_and_lent_as_it_is) { /* KF-033 */
  start(write_bytes);
  get();
  ck_assert_str_eq(said(), "1 wrote to STDERR: a\\x1b[31m\\x00b\\xff\\xc2\\x85 \303\274\n");
  ck_assert_uint_eq(x.text_len, 14);
  ck_assert_mem_eq(x.text, "a\33[31m\0b\377\302\205 \303\274", 14);
}
END_TEST

static void write_and_close(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_request(s);
  fcl_script_stderr(s, "the last words");
  if (now == 0)
    fcl_script_close(s);
  else
    fcl_script_answer(s, now == 1 ? "no head\n\n" : HELLO);
}

START_TEST(it_is_shown_and_lent_when_the_request_fails) { /* KF-153 */
  now = _i;
  x.cancels = now == 2;
  start(write_and_close);
  get();
  ck_assert_int_ne(x.result.error.code, FCL_OK);
  ck_assert_str_eq(x.text, "the last words");
  ck_assert_str_eq(said(), "1 wrote to STDERR: the last words\n");
}
END_TEST

START_TEST(without_any_it_is_empty) {
  start(NULL);
  get();
  ck_assert_uint_eq(x.text_len, 0);
  ck_assert_uint_eq(w.events, 0);
}
END_TEST

/* ---- Trace messages ---- */

static const char trace_wire[] =
    "\1\7\0\1\0\53\0\0"
    "IIS_TRACE_INFO:began:IIS_TRACE_END\r\nIIS_TRA"
    "\1\7\0\1\0\107\0\0"
    "CE_ERROR:oh\nno:IIS_TRACE_END"
    "IIS_TRACE_WARNING:careful:IIS_TRACE_END\n  \n" OUT_END END_REQUEST;

static void write_traces(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_script_read_request(s);
    fcl_script_cut(s, cut);
    fcl_script_send(s, trace_wire, sizeof trace_wire - 1 - 8 - 16);
    fcl_script_cut(s, 0);
    fcl_script_answer(s, HELLO);
  }
}

START_TEST(trace_messages_are_events_of_their_level_and_spoil_nothing) {
  w.options.stderr_mode = FCL_STDERR_TERMINATE;
  start(write_traces);
  for (cut = 0; cut < sizeof trace_wire - 1 - 8 - 16; cut++) {
    get();
    ck_assert_msg(x.result.error.code == FCL_OK, "cut at %zu: %s", cut, x.result.error.text);
    ck_assert_str_eq(x.log, "head 200; hello");
    ck_assert_str_eq(said(), "0 traced: began\n2 traced: oh\\nno\n1 traced: careful\n");
  }
}
END_TEST

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
  const char *addresses[] = {"unix:/nowhere", NULL};
  fcl_pool *pool;
  fcl_error e;
  o.addresses = addresses;
  o.stderr_mode = (fcl_stderr) 4;
  start(NULL);
  ck_assert_int_eq(fcl_pool_new(&pool, w.client, &o, &e), FCL_E_CONFIG);
  ck_assert_ptr_nonnull(strstr(e.text, "stderr_mode is 4"));
}
END_TEST

static TCase *keeping(void) {
  TCase *t = tcase_create("keeping");
  tcase_add_test(t, lines_are_shown_whole_and_the_text_is_lent_raw);
  tcase_add_test(t, it_is_the_same_cut_at_any_byte);
  tcase_add_loop_test(t, of_very_much_a_part_is_kept_and_shown, 0, 2);
  tcase_add_test(t, a_request_makes_at_most_40_events);
  tcase_add_test(t, what_is_no_text_is_shown_escaped_and_lent_as_it_is);
  tcase_add_loop_test(t, it_is_shown_and_lent_when_the_request_fails, 0, 3);
  tcase_add_test(t, without_any_it_is_empty);
  tcase_add_test(t, trace_messages_are_events_of_their_level_and_spoil_nothing);
  return t;
}

static TCase *spoiling(void) {
  TCase *t = tcase_create("modes");
  tcase_add_loop_test(t, each_mode_does_as_it_says_before_the_head_and_behind_it, 0, MODES);
  tcase_add_test(t, a_spoiled_answer_leaves_its_connection_in_use);
  tcase_add_test(t, an_empty_stderr_record_spoils_nothing);
  tcase_add_test(t, half_a_mark_is_text_in_the_end);
  tcase_add_loop_test(t, without_memory_it_counts_all_the_same, 1, 4);
  tcase_add_test(t, a_handler_gets_it_raw_and_no_event_is_made);
  tcase_add_test(t, a_mode_that_does_not_exist_is_refused);
  return t;
}

int main(void) {
  TCase *cases[] = {keeping(), spoiling()};
  size_t n;
  for (n = 0; n < 2; n++) {
    tcase_set_timeout(cases[n], 120);
    tcase_add_checked_fixture(cases[n], setup, teardown);
  }
  return test_suite_run("stderr", cases, 2);
}
