/* transcript_call.c: lines of the caller, `!` and `=`, and the pool they speak of. */
#include "transcript.h"
#include <string.h>

static int bad(fcl__reader *r, unsigned column, const char *what) {
  return fcl__reader_fail(r, column, "%s", what);
}

/* The rest of the line belongs to the step; the reader's own array is for the next line. */
static int keep_args(fcl__reader *r, const fcl__arg **args, size_t *count) {
  size_t n = r->count - r->taken;
  fcl__arg *kept = fcl__reader_take(r, n * sizeof *kept);
  if (kept == NULL)
    return 0;
  if (n > 0)
    memcpy(kept, r->args + r->taken, n * sizeof *kept);
  r->taken = r->count;
  *args = kept;
  *count = n;
  return 1;
}

static int read_name(fcl__reader *r, fcl__step *step) {
  const fcl__arg *a = fcl__reader_next(r);
  if (a == NULL || a->kind != FCL__ARG_WORD || a->name.len > 31)
    return bad(r, a ? a->column : fcl__reader_column(r),
               "the name of a request was to come here, of up to 31 letters");
  step->name = a->name;
  return 1;
}

/* ---- Words that a line may hold ---- */

typedef struct word {
  const char *name;
  enum { TEXT, NUMBER, AUTO, SUM, LENGTH } takes;
  char op;
} word;

static int check_value(fcl__reader *r, const fcl__arg *a, const word *w) {
  uint64_t n;
  uint8_t sum[32];
  if (w->takes == NUMBER && !fcl__slice_number(a->value, UINT64_MAX, &n))
    return fcl__reader_fail(r, a->column, "%s is a number", w->name);
  if (w->takes == AUTO && !fcl__slice_number(a->value, UINT64_MAX, &n) &&
      !fcl__slice_is(a->value, "auto"))
    return fcl__reader_fail(r, a->column, "%s is a number, or `auto`", w->name);
  if (w->takes == SUM && !fcl__read_sum(a->value, sum))
    return fcl__reader_fail(r, a->column, "%s has 64 hexadecimal digits", w->name);
  if (w->takes == LENGTH && !fcl__slice_number(a->value, INT64_MAX, &n) &&
      !fcl__slice_is(a->value, "unknown") && !fcl__slice_is(a->value, "refuse") &&
      !fcl__slice_is(a->value, "gather"))
    return fcl__reader_fail(r, a->column, "%s is a number, `unknown`, `gather` or `refuse`",
                            w->name);
  return 1;
}

/* Of NAME=VALUE arguments, the ones in the table are ours; others are `is_free`, or wrong. */
static int check_named(fcl__reader *r, const fcl__arg *a, const word *words, int is_free,
                       const char *allowed) {
  for (; words->name && !a->is_quoted; words++)
    if (fcl__slice_is(a->name, words->name) && a->op == words->op)
      return check_value(r, a, words);
  return (is_free && a->op == '=' && a->name.len > 0) ||
         fcl__reader_fail(r, a->column, "%s", allowed);
}

static int check_all(fcl__reader *r, const word *words, int is_free, int is_more,
                     const char *allowed) {
  size_t n;
  for (n = r->taken; n < r->count; n++) {
    const fcl__arg *a = &r->args[n];
    if (a->kind == FCL__ARG_MORE && is_more)
      continue;
    if (a->kind != FCL__ARG_NAMED)
      return fcl__reader_fail(r, a->column, "%s", allowed);
    if (!check_named(r, a, words, is_free, allowed))
      return 0;
  }
  return 1;
}

/* ---- pool ---- */

int fcl__reader_pool(fcl__reader *r, fcl__case *c) {
  static const word words[] = {{"connections", NUMBER, '='},
                               {"queue", NUMBER, '='},
                               {"keep", NUMBER, '='},
                               {"max_requests", NUMBER, '='},
                               {"connect_ms", NUMBER, '='},
                               {"queue_ms", NUMBER, '='},
                               {"first_ms", NUMBER, '='},
                               {"activity_ms", NUMBER, '='},
                               {"request_ms", NUMBER, '='},
                               {"idle_ms", NUMBER, '='},
                               {"rapid_fails", NUMBER, '='},
                               {"max_params", NUMBER, '='},
                               {"per_connection", AUTO, '='},
                               {"read_ahead", NUMBER, '='},
                               {"gather", NUMBER, '='},
                               {"stderr", TEXT, '='},
                               {NULL, TEXT, 0}};
  return check_all(r, words, 0, 0,
                   "of the pool these may be said: connections, queue, keep, max_requests, "
                   "connect_ms, queue_ms, "
                   "first_ms, activity_ms, request_ms, idle_ms, rapid_fails, max_params (numbers), "
                   "stderr=events") &&
         keep_args(r, &c->pool, &c->pool_count);
}

/* ---- ! ---- */

static int read_request(fcl__reader *r, fcl__step *step) {
  static const word words[] = {{"body", TEXT, '='}, {"length", LENGTH, '='}, {"header", TEXT, '='},
                               {"role", TEXT, '='}, {"raw", NUMBER, '='},    {"data", TEXT, '='},
                               {NULL, TEXT, 0}};
  step->verb = FCL__VERB_REQUEST;
  return read_name(r, step) &&
         check_all(
             r, words, 1, 0,
             "a request has parameters NAME=VALUE, header=\"NAME: VALUE\", body=BYTES, length=N, "
             "role=RESPONDER|AUTHORIZER|FILTER, data=BYTES, raw=1") &&
         keep_args(r, &step->args, &step->arg_count);
}

static int read_hold(fcl__reader *r, fcl__step *step) {
  static const word words[] = {{"after", NUMBER, '='}, {NULL, TEXT, 0}};
  step->verb = FCL__VERB_HOLD;
  return check_all(r, words, 0, 0, "hold after=BYTES was to come here") &&
         keep_args(r, &step->args, &step->arg_count);
}

int fcl__reader_call(fcl__reader *r, fcl__step *step) {
  static const char *const verbs[] = {"write", "finish", "hold", "resume", "cancel"};
  const fcl__arg *a;
  unsigned n;
  if (fcl__arg_is(fcl__reader_peek(r), "request")) {
    r->taken++;
    return read_request(r, step);
  }
  if (!read_name(r, step))
    return 0;
  a = fcl__reader_next(r);
  for (n = 0; n < 5; n++)
    if (fcl__arg_is(a, verbs[n])) {
      step->verb = (fcl__verb) (FCL__VERB_WRITE + n);
      if (step->verb == FCL__VERB_HOLD)
        return read_hold(r, step);
      return (step->verb != FCL__VERB_WRITE || fcl__reader_pattern(r, &step->bytes)) &&
             fcl__reader_end(r);
    }
  return bad(r, a ? a->column : fcl__reader_column(r),
             "`! request NAME ...` or `! NAME write|finish|hold|resume|cancel` was to come here");
}

/* ---- = ---- */

static int read_head(fcl__reader *r, fcl__step *step) {
  static const word words[] = {
      {"reason", TEXT, '='}, {"length", TEXT, '='}, {"redirect", TEXT, '='}, {NULL, TEXT, 0}};
  const fcl__arg *a = fcl__reader_peek(r);
  uint64_t n;
  size_t first = r->taken;
  if (a == NULL || a->kind != FCL__ARG_WORD || !fcl__slice_number(a->name, 999, &n))
    return bad(r, fcl__reader_column(r), "the status of the head was to come here: 200");
  r->taken++;
  if (!check_all(r, words, 1, 1,
                 "of a head fields NAME=VALUE, reason=, length=, redirect= and `...` may be said"))
    return 0;
  r->taken = first;
  return keep_args(r, &step->args, &step->arg_count);
}

static int read_body(fcl__reader *r, fcl__step *step) {
  static const word words[] = {{"length", NUMBER, '='}, {"sha256", SUM, '='}, {NULL, TEXT, 0}};
  const fcl__arg *a = fcl__reader_peek(r);
  if (a && a->kind == FCL__ARG_NAMED)
    return check_all(r, words, 0, 0, "of a body BYTES, or length=N and sha256=HEX may be said") &&
           keep_args(r, &step->args, &step->arg_count);
  return fcl__reader_pattern(r, &step->bytes) && fcl__reader_end(r);
}

static int is_code(fcl_slice s) {
#define XX(name, http, phrase)                                                                     \
  if (fcl__slice_is(s, #name))                                                                     \
    return 1;
  FCL_ERROR_MAP(XX)
#undef XX
  return fcl__slice_is(s, "OK");
}

static int check_done_arg(fcl__reader *r, const fcl__arg *a) {
  static const word words[] = {{"error", TEXT, '='},      {"text", TEXT, '~'},
                               {"tries", NUMBER, '='},    {"unclean", NUMBER, '='},
                               {"app", NUMBER, '='},      {"sent", NUMBER, '='},
                               {"received", NUMBER, '='}, {NULL, TEXT, 0}};
  const char *allowed = "of an end OK or error=CODE, text~\"WORDS\", tries=, unclean=, app=, "
                        "sent=, received= may be said";
  if (a->kind == FCL__ARG_OR || fcl__arg_is(a, "OK"))
    return 1;
  if (a->kind != FCL__ARG_NAMED || !check_named(r, a, words, 0, allowed))
    return fcl__reader_fail(r, a->column, "%s", allowed);
  if (!fcl__slice_is(a->name, "error"))
    return 1;
  if (is_code(a->value))
    return 1;
  return bad(r, a->column,
             "there is no error of this name; they are in fcgiclient/base.h: CONNECT, IO, "
             "PROTOCOL, HEAD ...");
}

static int read_done(fcl__reader *r, fcl__step *step) {
  size_t n;
  for (n = r->taken; n < r->count; n++)
    if (!check_done_arg(r, &r->args[n]))
      return 0;
  return keep_args(r, &step->args, &step->arg_count);
}

static int read_event(fcl__reader *r, fcl__step *step) {
  static const word words[] = {{"text", TEXT, '~'}, {NULL, TEXT, 0}};
  step->verb = FCL__VERB_EVENT;
  return check_all(r, words, 0, 0, "event text~\"WORDS\" was to come here") &&
         keep_args(r, &step->args, &step->arg_count);
}

static int read_within(fcl__reader *r, fcl__step *step) {
  if (!fcl__arg_is(fcl__reader_next(r), "within"))
    return bad(r, r->args[r->taken - 1].column, "`within 100ms` was to come here");
  return fcl__reader_ms(r, &step->number) && fcl__reader_end(r);
}

static int read_what(fcl__reader *r, fcl__step *step) {
  static const char *const whats[] = {"head", "body", "stderr", "sent", "done"};
  const fcl__arg *a = fcl__reader_next(r);
  unsigned n;
  for (n = 0; n < 5; n++)
    if (fcl__arg_is(a, whats[n]))
      break;
  if (n == 5)
    return bad(r, a ? a->column : fcl__reader_column(r),
               "head, body, stderr, sent or done was to come here");
  step->verb = (fcl__verb) (FCL__VERB_HEAD + n);
  if (step->is_no)
    return read_within(r, step);
  if (step->verb == FCL__VERB_HEAD)
    return read_head(r, step);
  if (step->verb == FCL__VERB_BODY)
    return read_body(r, step);
  if (step->verb == FCL__VERB_DONE)
    return read_done(r, step);
  return fcl__reader_pattern(r, &step->bytes) && fcl__reader_end(r);
}

/* = no done within 100ms: of any request. */
int fcl__reader_outcome(fcl__reader *r, fcl__step *step) {
  const fcl__arg *a = fcl__reader_peek(r);
  if (fcl__arg_is(a, "event")) {
    r->taken++;
    return read_event(r, step);
  }
  if (fcl__arg_is(a, "no")) {
    step->is_no = 1;
    r->taken++;
    a = fcl__reader_peek(r);
    if (fcl__arg_is(a, "done") || fcl__arg_is(a, "head") || fcl__arg_is(a, "body") ||
        fcl__arg_is(a, "stderr") || fcl__arg_is(a, "sent"))
      return read_what(r, step);
  }
  return read_name(r, step) && read_what(r, step);
}
