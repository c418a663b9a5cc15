/* test_trace.c: trace messages for IIS are taken out of STDERR, wherever that is cut. */
#include "cgi/trace.h"
#include "support/suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char log_[8192];

/* "text" as it is, messages as "<0 text>". */
static void note(const fcl__trace *t, fcl__trace_event event, fcl_slice span) {
  size_t at = strlen(log_);
  if (event == FCL__TRACE_TEXT)
    snprintf(log_ + at, sizeof log_ - at, "%.*s", (int) span.len, span.base);
  else
    snprintf(log_ + at, sizeof log_ - at, "<%u %.*s>", t->level, (int) span.len, span.base);
}

/* Each piece lies in memory of its own size. */
static void feed(fcl__trace *t, const char *piece, size_t len) {
  char *copy = malloc(len + !len);
  const char *p = copy;
  fcl__trace_event event;
  fcl_slice span;
  memcpy(copy, piece, len);
  while ((event = fcl__trace_next(t, &p, copy + len, &span)) != FCL__TRACE_MORE)
    note(t, event, span);
  ck_assert_ptr_eq(p, copy + len);
  free(copy);
}

static void end(fcl__trace *t) {
  fcl__trace_event event;
  fcl_slice span;
  while ((event = fcl__trace_end(t, &span)) != FCL__TRACE_MORE)
    note(t, event, span);
}

static const struct {
  const char *in, *out;
} cases[] = {
    {"", ""},
    {"plain", "plain"},
    {"IIS_TRACE_INFO:hello:IIS_TRACE_END", "<0 hello>"},
    {"IIS_TRACE_WARNING:hello:IIS_TRACE_END", "<1 hello>"},
    {"IIS_TRACE_ERROR:hello:IIS_TRACE_END", "<2 hello>"},
    {"IIS_TRACE_INFO::IIS_TRACE_END", "<0 >"},
    {"a IIS_TRACE_INFO: b :IIS_TRACE_END c", "a <0  b > c"},
    /* Several in a row, with line ends between. */
    {"IIS_TRACE_INFO:a:IIS_TRACE_ENDIIS_TRACE_ERROR:b:IIS_TRACE_END", "<0 a><2 b>"},
    {"IIS_TRACE_INFO:a:IIS_TRACE_END\nIIS_TRACE_ERROR:b:IIS_TRACE_END\r\nc\n", "<0 a><2 b>c\n"},
    {"IIS_TRACE_INFO:a:IIS_TRACE_END\n\nc", "<0 a>\nc"},
    {"IIS_TRACE_INFO:a:IIS_TRACE_END\rc", "<0 a>c"},
    /* What only begins like a mark. */
    {"IIIS_TRACE_INFO:a:IIS_TRACE_END", "I<0 a>"},
    {"IIS_TRACE_IIS_TRACE_INFO:a:IIS_TRACE_END", "IIS_TRACE_<0 a>"},
    {"IIS_TRACE_DEBUG:a:IIS_TRACE_END", "IIS_TRACE_DEBUG:a:IIS_TRACE_END"},
    {"iis_trace_info:a", "iis_trace_info:a"},
    {"IIS_TRACE_INFO:a:IIS_TRACE_EN:IIS_TRACE_END", "<0 a:IIS_TRACE_EN>"},
    {"IIS_TRACE_INFO:a::IIS_TRACE_END", "<0 a:>"},
    {"IIS_TRACE_INFO:IIS_TRACE_ERROR:a:IIS_TRACE_END", "<0 IIS_TRACE_ERROR:a>"},
    {":IIS_TRACE_END", ":IIS_TRACE_END"},
    /* The end comes inside. */
    {"I", "I"},
    {"IIS_TRACE_WARNING", "IIS_TRACE_WARNING"},
    {"IIS_TRACE_WARNING:", "<1 >"},
    {"IIS_TRACE_WARNING:abc", "<1 abc>"},
    {"IIS_TRACE_WARNING:abc:IIS_", "<1 abc:IIS_>"},
};
#define CASES (int) (sizeof cases / sizeof *cases)

START_TEST(texts_and_messages_are_the_same_cut_at_any_byte) {
  const char *in = cases[_i].in;
  size_t len = strlen(in), cut;
  for (cut = 0; cut <= len; cut++) {
    fcl__trace t = {0};
    log_[0] = 0;
    feed(&t, in, cut);
    feed(&t, in + cut, len - cut);
    end(&t);
    ck_assert_msg(strcmp(log_, cases[_i].out) == 0, "cut at %zu: %s", cut, log_);
  }
}
END_TEST

START_TEST(texts_and_messages_are_the_same_byte_by_byte) {
  fcl__trace t = {0};
  const char *in;
  log_[0] = 0;
  for (in = cases[_i].in; *in; in++)
    feed(&t, in, 1);
  end(&t);
  ck_assert_str_eq(log_, cases[_i].out);
}
END_TEST

START_TEST(a_long_message_is_cut_and_what_follows_is_found) {
  char in[3000] = "IIS_TRACE_INFO:", expected[3000] = "<0 ";
  fcl__trace t = {0};
  memset(in + 15, 'x', 2000);
  strcpy(in + 2015, ":IIS_TRACE_ENDIIS_TRACE_ERROR:b:IIS_TRACE_END");
  memset(expected + 3, 'x', FCL__TRACE_MAX);
  strcpy(expected + 3 + FCL__TRACE_MAX, "><2 b>");
  log_[0] = 0;
  feed(&t, in, strlen(in));
  end(&t);
  ck_assert_str_eq(log_, expected);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("trace");
  tcase_add_loop_test(t, texts_and_messages_are_the_same_cut_at_any_byte, 0, CASES);
  tcase_add_loop_test(t, texts_and_messages_are_the_same_byte_by_byte, 0, CASES);
  tcase_add_test(t, a_long_message_is_cut_and_what_follows_is_found);
  return test_suite_run("cgi_trace", &t, 1);
}
