/* transcript_read.c: reads a transcript: its lines in turn, its cases. */
#include "transcript.h"
#include <stdlib.h>
#include <string.h>

static int bad(fcl__reader *r, const char *what) {
  return fcl__reader_fail(r, fcl__reader_column(r), "%s", what);
}

/* ---- Growing ---- */

static int add_case(fcl__reader *r) {
  fcl__transcript *t = r->t;
  fcl__case *grown;
  if (t->count == t->room) {
    t->room = t->room ? t->room * 2 : 8;
    grown = fcl__reader_take(r, t->room * sizeof *grown);
    if (grown == NULL)
      return 0;
    if (t->count > 0)
      memcpy(grown, t->cases, t->count * sizeof *grown);
    t->cases = grown;
  }
  t->cases[t->count++].line = r->line;
  return 1;
}

static fcl__step *add_step(fcl__reader *r, fcl__step_kind kind) {
  fcl__case *c = &r->t->cases[r->t->count - 1];
  fcl__step *grown;
  if (c->count == FCL__STEPS_MAX) {
    fcl__reader_fail(r, 1, "a case has up to %u lines", FCL__STEPS_MAX);
    return NULL;
  }
  if (c->count == c->room) {
    c->room = c->room ? c->room * 2 : 16;
    grown = fcl__reader_take(r, c->room * sizeof *grown);
    if (grown == NULL)
      return NULL;
    if (c->count > 0)
      memcpy(grown, c->steps, c->count * sizeof *grown);
    c->steps = grown;
  }
  grown = &c->steps[c->count++];
  memset(grown, 0, sizeof *grown);
  grown->kind = kind;
  grown->line = r->line;
  grown->text.base = r->start;
  grown->text.len = (size_t) (r->end - r->start);
  return grown;
}

static fcl__case *case_of(fcl__reader *r) {
  return &r->t->cases[r->t->count - 1];
}

/* ---- Lines ---- */

static int read_claim(fcl__reader *r) {
  fcl__case *c = case_of(r);
  const fcl__arg *a = fcl__reader_next(r);
  fcl__arg *ids;
  if (a == NULL || a->kind != FCL__ARG_BYTES)
    return fcl__reader_fail(r, a ? a->column : fcl__reader_column(r),
                            "a sentence in quotes was to come here");
  if (c->claim.base)
    return bad(r, "a case has one claim; `---` begins the next one");
  c->claim = a->value;
  c->line = r->line;
  c->proves_count = r->count - r->taken;
  c->proves = ids = fcl__reader_take(r, c->proves_count * sizeof *ids);
  for (; ids && (a = fcl__reader_next(r)) != NULL; *ids++ = *a)
    if (a->kind != FCL__ARG_WORD)
      return fcl__reader_fail(
          r, a->column, "behind the sentence stand words that say what it proves, such as KF-021");
  return ids != NULL;
}

static int read_connection(fcl__reader *r) {
  const fcl__arg *a = fcl__reader_next(r);
  uint64_t n;
  fcl__step *s;
  if (fcl__arg_is(a, "refuse"))
    return add_step(r, FCL__STEP_REFUSE) != NULL && fcl__reader_end(r);
  if (!fcl__arg_is(a, "connection") || (a = fcl__reader_next(r)) == NULL ||
      a->kind != FCL__ARG_WORD || !fcl__slice_number(a->name, 10000, &n) || n == 0)
    return bad(r, "`-- connection N` (from 1) or `-- refuse` was to come here");
  s = add_step(r, FCL__STEP_CONNECTION);
  if (s)
    s->number = (unsigned) n;
  return s && fcl__reader_end(r);
}

static int read_separator(fcl__reader *r) {
  if (!add_case(r))
    return 0;
  case_of(r)->name.base = r->args[0].name.base + r->args[0].name.len;
  case_of(r)->name.len = (size_t) (r->end - case_of(r)->name.base);
  while (case_of(r)->name.len > 0 && case_of(r)->name.base[0] == ' ')
    case_of(r)->name.base++, case_of(r)->name.len--;
  return 1;
}

static int read_wait(fcl__reader *r) {
  fcl__step *s = add_step(r, FCL__STEP_WAIT);
  return s && fcl__reader_ms(r, &s->number) && fcl__reader_end(r);
}

static int read_step(fcl__reader *r, fcl__step_kind kind, int (*read)(fcl__reader *, fcl__step *)) {
  fcl__step *s = add_step(r, kind);
  return s && read(r, s);
}

static int is_equals(const fcl__arg *a) { /* `= a done`: a name of no letters and a value of none */
  return a->kind == FCL__ARG_NAMED && a->name.len == 0 && a->value.len == 0 && a->op == '=' &&
         !a->is_quoted;
}

static int read_line(fcl__reader *r) {
  const fcl__arg *a = fcl__reader_next(r);
  if (fcl__arg_is(a, ">"))
    return read_step(r, FCL__STEP_SERVER, fcl__reader_wire);
  if (fcl__arg_is(a, "<"))
    return read_step(r, FCL__STEP_APP, fcl__reader_wire);
  if (fcl__arg_is(a, "!"))
    return read_step(r, FCL__STEP_CALL, fcl__reader_call);
  if (is_equals(a))
    return read_step(r, FCL__STEP_OUTCOME, fcl__reader_outcome);
  if (fcl__arg_is(a, "--"))
    return read_connection(r);
  if (fcl__arg_is(a, "---"))
    return read_separator(r);
  if (fcl__arg_is(a, "claim"))
    return read_claim(r);
  if (fcl__arg_is(a, "pool"))
    return fcl__reader_pool(r, case_of(r));
  if (fcl__arg_is(a, "wait"))
    return read_wait(r);
  if (fcl__arg_is(a, "stop-reading"))
    return add_step(r, FCL__STEP_STOP_READING) != NULL && fcl__reader_end(r);
  if (fcl__arg_is(a, "again"))
    return case_of(r)->is_again = 1, fcl__reader_end(r);
  if (fcl__arg_is(a, "whole"))
    return case_of(r)->is_whole = 1, fcl__reader_end(r);
  if (fcl__arg_is(a, "direct"))
    return case_of(r)->is_direct = 1, fcl__reader_end(r);
  return fcl__reader_fail(
      r, a->column,
      "a line begins with claim, pool, whole, direct, again, --, !, >, <, =, wait, "
      "stop-reading, ---, or # for a comment");
}

static int read_version(fcl__reader *r) {
  const fcl__arg *a = fcl__reader_next(r);
  if (!fcl__arg_is(a, "fcgi") || !fcl__arg_is(fcl__reader_next(r), "1"))
    return fcl__reader_fail(r, 1, "a transcript's first line is `fcgi 1`");
  return fcl__reader_end(r);
}

/* Where the next line is; a CR before its LF is no part of it. */
static void next_line(fcl__reader *r, const char *text, const char *end) {
  const char *lf = memchr(text, '\n', (size_t) (end - text));
  r->line++;
  r->start = r->at = text;
  r->end = lf ? lf : end;
}

static int read_lines(fcl__reader *r, const char *text, const char *end) {
  int has_version = 0;
  for (; text < end; text = r->next) {
    next_line(r, text, end);
    r->next = r->end < end ? r->end + 1 : end;
    if (r->end > r->start && r->end[-1] == '\r')
      r->end--;
    if (!fcl__reader_args(r))
      return 0;
    if (r->count == 0)
      continue;
    if (has_version ? !read_line(r) : !read_version(r))
      return 0;
    has_version = 1;
  }
  r->line += r->line == 0;
  return has_version || fcl__reader_fail(r, 1, "a transcript's first line is `fcgi 1`");
}

/* ---- All of it ---- */

static void drop_empty(fcl__transcript *t) {
  size_t n, kept = 0;
  for (n = 0; n < t->count; n++)
    if (t->cases[n].count > 0)
      t->cases[kept++] = t->cases[n];
  t->count = kept;
}

/* The text is copied: slices point into it. */
static int read_all(fcl__reader *r, const char *text, size_t len) {
  char *copy = fcl__reader_take(r, len + 1);
  if (copy == NULL || !add_case(r))
    return 0;
  if (len > 0)
    memcpy(copy, text, len);
  if (!read_lines(r, copy, copy + len))
    return 0;
  drop_empty(r->t);
  return r->t->count > 0 || fcl__reader_fail(r, 1, "there is no case in it");
}

int fcl__transcript_read(fcl__transcript **t, const char *file, const char *text, size_t len,
                         fcl_error *e) {
  fcl_error own = {FCL_OK, 0, ""};
  fcl__reader *r = calloc(1, sizeof *r);
  int is_read;
  *t = calloc(1, sizeof **t);
  if (r && *t) {
    r->t = *t;
    r->file = file;
    r->error = &own;
    is_read = len <= FCL__TEXT_MAX
                  ? read_all(r, text, len)
                  : fcl__reader_fail(r, 1, "a transcript has up to %u MiB", FCL__TEXT_MAX >> 20);
    if (!is_read) {
      fcl__transcript_free(*t);
      *t = NULL;
    }
  } else {
    own.code = FCL_E_NOMEM;
    strcpy(own.text, "out of memory");
    free(*t);
    *t = NULL;
  }
  free(r);
  if (e)
    *e = own;
  return own.code;
}

void fcl__transcript_free(fcl__transcript *t) {
  if (t == NULL)
    return;
  fcl__arena_free(&t->arena);
  free(t);
}
