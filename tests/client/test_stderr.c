/* test_stderr.c: what an application writes on STDERR: kept, shown in whole lines, traced (KF-033,
 * KF-037, KF-153). */
#include "client/stderr_world.h"

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
  for (cut = 0; cut < sizeof stderr_wire - 1; cut += (size_t) test_loop_step()) {
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
  for (cut = 0; cut < sizeof trace_wire - 1 - 8 - 16; cut += (size_t) test_loop_step()) {
    get();
    ck_assert_msg(x.result.error.code == FCL_OK, "cut at %zu: %s", cut, x.result.error.text);
    ck_assert_str_eq(x.log, "head 200; hello");
    ck_assert_str_eq(said(), "0 traced: began\n2 traced: oh\\nno\n1 traced: careful\n");
  }
}
END_TEST

static fcl_flow hold_head(fcl_request *r, const fcl_head *head, void *user) {
  on_head(r, head, user);
  return FCL_HOLD;
}

static void write_half_a_line(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_stderr(s, "half");
  fcl_script_stdout(s, TEXT);
  fcl_script_read_eof(s);
}

/* The pool's members are gone when the caller lets the request end. */
START_TEST(half_a_line_is_shown_when_the_pool_is_closed_under_a_held_answer) {
  static const fcl_handlers handlers = {hold_head, on_body, NULL, NULL, NULL, on_done};
  fcl_request *r;
  start(write_half_a_line);
  r = fcl_request_new(w.pool, &handlers, NULL);
  fcl_request_start(r);
  fcl_request_finish(r);
  while (x.log[0] == 0)
    world_turn(&w);
  fcl_pool_close(w.pool, 0);
  world_rest(&w);
  fcl_request_resume(r);
  world_wait(&w, &x.dones, 1);
  ck_assert_int_eq(x.result.error.code, FCL_E_CLOSING);
  ck_assert_str_eq(said(), "1 wrote to STDERR: half\n");
}
END_TEST

int main(void) {
  TCase *t = stderr_world_case("stderr");
  tcase_add_test(t, lines_are_shown_whole_and_the_text_is_lent_raw);
  tcase_add_test(t, it_is_the_same_cut_at_any_byte);
  tcase_add_loop_test(t, of_very_much_a_part_is_kept_and_shown, 0, 2);
  tcase_add_test(t, a_request_makes_at_most_40_events);
  tcase_add_test(t, what_is_no_text_is_shown_escaped_and_lent_as_it_is);
  tcase_add_loop_test(t, it_is_shown_and_lent_when_the_request_fails, 0, 3);
  tcase_add_test(t, without_any_it_is_empty);
  tcase_add_test(t, trace_messages_are_events_of_their_level_and_spoil_nothing);
  tcase_add_test(t, half_a_line_is_shown_when_the_pool_is_closed_under_a_held_answer);
  return test_suite_run("stderr", &t, 1);
}
