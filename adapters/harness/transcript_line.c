/* transcript_line.c: one line of a transcript as arguments: words, bytes in quotes, NAME=VALUE,
 * braces. */
#include "transcript.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Failing ---- */

int fcl__reader_fail(fcl__reader *r, unsigned column, const char *fmt, ...) {
  char what[512];
  va_list args;
  va_start(args, fmt);
  vsnprintf(what, sizeof what, fmt, args);
  va_end(args);
  if (r->error && r->error->code == FCL_OK) {
    r->error->code = FCL_E_CONFIG;
    snprintf(r->error->text, sizeof r->error->text, "%.200s, line %u, column %u: %s", r->file,
             r->line, column, what);
  }
  return 0;
}

void *fcl__reader_take(fcl__reader *r, size_t size) {
  void *p = fcl__arena_take(&r->t->arena, size);
  if (p == NULL)
    fcl__reader_fail(
        r, 1,
        "the transcript takes more than %u MiB of memory, bytes of random() and repeat() included",
        FCL__BYTES_MAX >> 20);
  return p;
}

static unsigned column_of(const fcl__reader *r, const char *at) {
  return (unsigned) (at - r->start) + 1;
}

/* ---- Bytes ---- */

static int hex_digit(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  c |= 0x20;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int read_escape(fcl__reader *r, char *out) {
  static const char from[] = "nrt0e\"\\", to[] = "\n\r\t\0\x1b\"\\";
  const char *found;
  char c = r->at < r->end ? *r->at : 0;
  if (c == 'x' && r->end - r->at >= 3 && hex_digit(r->at[1]) >= 0 && hex_digit(r->at[2]) >= 0) {
    *out = (char) (hex_digit(r->at[1]) << 4 | hex_digit(r->at[2]));
    r->at += 3;
    return 1;
  }
  found = c ? strchr(from, c) : NULL;
  if (found == NULL)
    return fcl__reader_fail(r, column_of(r, r->at),
                            "after a backslash stands n, r, t, 0, e, \", \\ or xHH");
  *out = to[found - from];
  r->at++;
  return 1;
}

/* The closing quote, from behind the opening one; the line's end where there is none. */
static const char *closing(const char *at, const char *end) {
  while (at < end && *at != '"')
    at += *at == '\\' && at + 1 < end ? 2 : 1;
  return at;
}

/* r->at stands on the opening quote. */
static int read_string(fcl__reader *r, fcl_slice *out) {
  const char *opened = r->at++, *closed = closing(r->at, r->end);
  char *text = fcl__reader_take(r, (size_t) (closed - r->at) + 1);
  size_t len = 0;
  if (text == NULL)
    return 0;
  while (r->at < closed)
    if (*r->at != '\\')
      text[len++] = *r->at++;
    else if (r->at++, !read_escape(r, text + len++))
      return 0;
  if (r->at >= r->end)
    return fcl__reader_fail(r, column_of(r, opened), "the closing quote is missing");
  r->at++;
  out->base = text;
  out->len = len;
  return 1;
}

static void skip_blanks(fcl__reader *r) {
  while (r->at < r->end && (*r->at == ' ' || *r->at == '\t'))
    r->at++;
}

static int read_sign(fcl__reader *r, char sign) {
  skip_blanks(r);
  if (r->at < r->end && *r->at == sign)
    return r->at++, 1;
  return fcl__reader_fail(r, column_of(r, r->at), "a '%c' was to come here", sign);
}

static int read_count(fcl__reader *r, uint64_t max, uint64_t *n) {
  fcl_slice digits;
  skip_blanks(r);
  digits.base = r->at;
  while (r->at < r->end && (hex_digit(*r->at) >= 0 || *r->at == 'x'))
    r->at++;
  digits.len = (size_t) (r->at - digits.base);
  return fcl__slice_number(digits, max, n) ||
         fcl__reader_fail(r, column_of(r, digits.base), "a number from 0 to %llu was to come here",
                          (unsigned long long) max);
}

/* random(n, seed) */
static int read_random(fcl__reader *r, fcl_slice *out) {
  uint64_t len, seed;
  char *bytes;
  if (!read_count(r, FCL__BYTES_MAX, &len) || !read_sign(r, ',') ||
      !read_count(r, UINT64_MAX, &seed) || !read_sign(r, ')') ||
      (bytes = fcl__reader_take(r, (size_t) len)) == NULL)
    return 0;
  fcl__random_bytes(bytes, (size_t) len, seed);
  out->base = bytes;
  out->len = (size_t) len;
  return 1;
}

/* repeat("bytes", n) */
static int read_repeat(fcl__reader *r, fcl_slice *out) {
  uint64_t n, i;
  fcl_slice one;
  char *bytes;
  skip_blanks(r);
  if (r->at == r->end || *r->at != '"')
    return fcl__reader_fail(r, column_of(r, r->at), "repeat(\"BYTES\", N) was to come here");
  if (!read_string(r, &one) || !read_sign(r, ',') || !read_count(r, FCL__BYTES_MAX, &n) ||
      !read_sign(r, ')') ||
      (bytes = fcl__reader_take(r, one.len == 0                   ? 0
                                   : n > FCL__BYTES_MAX / one.len ? SIZE_MAX
                                                                  : one.len * (size_t) n)) == NULL)
    return 0;
  for (i = 0; i < n && one.len > 0; i++)
    memcpy(bytes + i * one.len, one.base, one.len);
  out->base = bytes;
  out->len = one.len * (size_t) n;
  return 1;
}

static int starts(const fcl__reader *r, const char *word) {
  size_t len = strlen(word);
  return (size_t) (r->end - r->at) >= len && memcmp(r->at, word, len) == 0;
}

/* A call of random or repeat: 1: it was one, and is read; 0: it was none; -1: it is wrong. */
static int read_call(fcl__reader *r, fcl_slice *out) {
  if (starts(r, "random("))
    return r->at += 7, read_random(r, out) ? 1 : -1;
  if (starts(r, "repeat("))
    return r->at += 7, read_repeat(r, out) ? 1 : -1;
  return 0;
}

/* ---- Arguments ---- */

static int ends_word(char c) {
  return c == ' ' || c == '\t' || c == '"' || c == '{' || c == '}';
}

static fcl_slice read_word(fcl__reader *r, const char *stops) {
  fcl_slice word = {r->at, 0};
  while (r->at < r->end && !ends_word(*r->at) && (*r->at == 0 || strchr(stops, *r->at) == NULL))
    r->at++;
  word.len = (size_t) (r->at - word.base);
  return word;
}

static int join(fcl__reader *r, fcl_slice *all, fcl_slice piece) {
  char *joined;
  if (all->len == 0)
    return *all = piece, 1;
  joined = fcl__reader_take(r, all->len + piece.len);
  if (joined == NULL)
    return 0;
  memcpy(joined, all->base, all->len);
  memcpy(joined + all->len, piece.base, piece.len);
  all->base = joined;
  all->len += piece.len;
  return 1;
}

static int read_piece(fcl__reader *r, fcl_slice *piece) {
  int call = read_call(r, piece);
  if (call != 0)
    return call > 0;
  if (*r->at == '"')
    return read_string(r, piece);
  *piece = read_word(r, "");
  return 1;
}

/* Pieces side by side, without blanks between: GET, "a b", x"\0"y, random(9, 1). */
static int read_value(fcl__reader *r, fcl__arg *a) {
  fcl_slice piece;
  a->value.base = "";
  a->value.len = 0;
  while (r->at < r->end && *r->at != ' ' && *r->at != '\t' && *r->at != '{' && *r->at != '}')
    if (!read_piece(r, &piece) || !join(r, &a->value, piece))
      return 0;
  return 1;
}

static int read_named(fcl__reader *r, fcl__arg *a) {
  const char *at;
  a->kind = FCL__ARG_NAMED;
  a->op = *r->at++;
  at = r->at;
  if (!read_value(r, a))
    return 0;
  a->is_any = r->at - at == 3 && memcmp(at, "...", 3) == 0;
  return 1;
}

static int is_op(const fcl__reader *r) {
  return r->at < r->end &&
         (*r->at == '=' || (*r->at == '~' && r->end - r->at > 1 && r->at[1] == '"'));
}

static int read_quoted(fcl__reader *r, fcl__arg *a) {
  a->kind = FCL__ARG_BYTES;
  if (!read_string(r, &a->value))
    return 0;
  if (!is_op(r))
    return 1;
  a->name = a->value;
  a->is_quoted = 1;
  return read_named(r, a);
}

static int read_bare(fcl__reader *r, fcl__arg *a) {
  int call = read_call(r, &a->value);
  a->kind = FCL__ARG_BYTES;
  if (call != 0)
    return call > 0;
  a->kind = FCL__ARG_WORD;
  a->name = read_word(r, "=~");
  while (r->at < r->end && *r->at == '~' &&
         !is_op(r)) { /* a ~ without a quote is a sign like others */
    r->at++;
    read_word(r, "=~");
    a->name.len = (size_t) (r->at - a->name.base);
  }
  return is_op(r) ? read_named(r, a) : 1;
}

static int read_arg(fcl__reader *r) {
  fcl__arg *a = &r->args[r->count++];
  char c = *r->at;
  memset(a, 0, sizeof *a);
  a->column = column_of(r, r->at);
  if (c == '"')
    return read_quoted(r, a);
  if (c == '{' || c == '}') {
    a->kind = c == '{' ? FCL__ARG_OPEN : FCL__ARG_CLOSE;
    r->at++;
    return 1;
  }
  if (!read_bare(r, a))
    return 0;
  if (a->kind == FCL__ARG_WORD && fcl__slice_is(a->name, "..."))
    a->kind = FCL__ARG_MORE;
  if (a->kind == FCL__ARG_WORD && fcl__slice_is(a->name, "|"))
    a->kind = FCL__ARG_OR;
  return 1;
}

int fcl__reader_args(fcl__reader *r) {
  r->count = r->taken = 0;
  for (skip_blanks(r); r->at < r->end && *r->at != '#'; skip_blanks(r)) {
    if (r->count == FCL__ARGS_MAX)
      return fcl__reader_fail(r, column_of(r, r->at), "a line has up to %u words", FCL__ARGS_MAX);
    if (!read_arg(r))
      return 0;
  }
  return 1;
}

/* ---- Walking them ---- */

const fcl__arg *fcl__reader_peek(const fcl__reader *r) {
  return r->taken < r->count ? &r->args[r->taken] : NULL;
}

const fcl__arg *fcl__reader_next(fcl__reader *r) {
  return r->taken < r->count ? &r->args[r->taken++] : NULL;
}

unsigned fcl__reader_column(const fcl__reader *r) {
  return r->taken < r->count ? r->args[r->taken].column : column_of(r, r->end);
}

int fcl__reader_end(fcl__reader *r) {
  return r->taken == r->count ||
         fcl__reader_fail(r, fcl__reader_column(r), "nothing may follow here");
}

int fcl__slice_is(fcl_slice s, const char *text) {
  return s.len == strlen(text) && memcmp(s.base, text, s.len) == 0;
}

int fcl__arg_is(const fcl__arg *a, const char *word) {
  return a && a->kind == FCL__ARG_WORD && fcl__slice_is(a->name, word);
}

int fcl__slice_number(fcl_slice s, uint64_t max, uint64_t *n) {
  int base = s.len > 2 && s.base[0] == '0' && s.base[1] == 'x' ? 16 : 10;
  size_t i = base == 16 ? 2 : 0;
  uint64_t all = 0;
  if (s.len == 0)
    return 0;
  for (; i < s.len; i++) {
    int digit = hex_digit(s.base[i]);
    if (digit < 0 || digit >= base || all > (UINT64_MAX - (uint64_t) digit) / (uint64_t) base)
      return 0;
    all = all * (uint64_t) base + (uint64_t) digit;
  }
  *n = all;
  return all <= max;
}

int fcl__reader_ms(fcl__reader *r, unsigned *ms) {
  const fcl__arg *a = fcl__reader_peek(r);
  uint64_t n, unit = 1;
  fcl_slice digits;
  if (a && a->kind == FCL__ARG_WORD && a->name.len > 1) {
    digits = a->name;
    digits.len--;
    if (digits.base[digits.len - 1] == 'm')
      digits.len--;
    else
      unit = 1000;
    if (a->name.base[a->name.len - 1] == 's' && fcl__slice_number(digits, 600000 / unit, &n)) {
      *ms = (unsigned) (n * unit);
      r->taken++;
      return 1;
    }
  }
  return fcl__reader_fail(r, fcl__reader_column(r),
                          "a time was to come here: 300ms or 2s, up to 600s");
}

/* ---- Patterns ---- */

static int is_part(const fcl__arg *a) {
  return a && (a->kind == FCL__ARG_BYTES || a->kind == FCL__ARG_MORE);
}

int fcl__reader_pattern(fcl__reader *r, fcl__pattern *out) {
  const fcl__arg *first = r->args + r->taken, *a;
  size_t len = 0, gaps = 0;
  char *bytes;
  size_t *places;
  for (a = first; a < r->args + r->count && is_part(a); a++) {
    len += a->kind == FCL__ARG_BYTES ? a->value.len : 0;
    gaps += a->kind == FCL__ARG_MORE;
  }
  r->taken += (size_t) (a - first);
  bytes = fcl__reader_take(r, len);
  places = fcl__reader_take(r, gaps * sizeof *places);
  if (bytes == NULL || places == NULL)
    return 0;
  out->base = bytes;
  out->gaps = places;
  out->len = out->gap_count = 0;
  for (; first < a; first++) {
    if (first->kind == FCL__ARG_MORE) {
      places[out->gap_count++] = out->len;
    } else if (first->value.len > 0) {
      memcpy(bytes + out->len, first->value.base, first->value.len);
      out->len += first->value.len;
    }
  }
  return 1;
}

int fcl__read_sum(fcl_slice hex, uint8_t sum[32]) {
  size_t i;
  for (i = 0; i < 64; i++)
    if (hex.len != 64 || hex_digit(hex.base[i]) < 0)
      return 0;
  for (i = 0; i < 32; i++)
    sum[i] = (uint8_t) (hex_digit(hex.base[2 * i]) << 4 | hex_digit(hex.base[2 * i + 1]));
  return 1;
}
