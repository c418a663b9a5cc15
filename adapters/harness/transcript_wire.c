/* transcript_wire.c: lines of the wire, `>` and `<`: a record or what else a side does, and its
 * alternatives. */
#include "transcript.h"
#include <string.h>

static int bad(fcl__reader *r, unsigned column, const char *what) {
  return fcl__reader_fail(r, column, "%s", what);
}

/* ---- Names ---- */

static const char *const roles[] = {"RESPONDER", "AUTHORIZER", "FILTER"};
static const char *const statuses[] = {"REQUEST_COMPLETE", "CANT_MPX_CONN", "OVERLOADED",
                                       "UNKNOWN_ROLE"};
static const char *const attrs[FCL__ATTR_COUNT] = {
    "id", "role", "flags", "app", "status", "type", "padding", "length", "version", "reserved"};

static int among(fcl_slice s, const char *const *names, unsigned count) {
  unsigned i;
  for (i = 0; i < count; i++)
    if (fcl__slice_is(s, names[i]))
      return (int) i;
  return -1;
}

/* A type by its name or its number; -1: neither. */
static int type_of(fcl_slice s) {
  uint64_t n;
  unsigned type;
  for (type = FCL_BEGIN_REQUEST; type <= FCL_UNKNOWN_TYPE; type++)
    if (fcl__slice_is(s, fcl__type_name(type)))
      return (int) type;
  return fcl__slice_number(s, 255, &n) ? (int) n : -1;
}

static int is_management(unsigned type) {
  return type >= FCL_GET_VALUES;
}

/* ---- Attributes ---- */

static int is_allowed(unsigned type, unsigned attr) {
  switch ((fcl__attr) attr) {
  case FCL__ATTR_ROLE:
  case FCL__ATTR_FLAGS:
    return type == FCL_BEGIN_REQUEST;
  case FCL__ATTR_APP:
  case FCL__ATTR_STATUS:
    return type == FCL_END_REQUEST;
  case FCL__ATTR_TYPE:
    return type == FCL_UNKNOWN_TYPE;
  case FCL__ATTR_ID:
  case FCL__ATTR_PADDING:
  case FCL__ATTR_LENGTH:
  case FCL__ATTR_VERSION:
  case FCL__ATTR_RESERVED:
  case FCL__ATTR_COUNT:
    return 1;
  }
  return 0;
}

static int read_number(fcl__reader *r, const fcl__arg *a, uint64_t max, uint32_t *out) {
  uint64_t n;
  if (!fcl__slice_number(a->value, max, &n))
    return fcl__reader_fail(r, a->column, "%.*s is a number from 0 to %llu", (int) a->name.len,
                            a->name.base, (unsigned long long) max);
  *out = (uint32_t) n;
  return 1;
}

static int read_id(fcl__reader *r, const fcl__arg *a, fcl__wire *w) {
  if (a->value.len < 2 || a->value.base[0] != '$')
    return read_number(r, a, 65535, &w->attr[FCL__ATTR_ID]);
  w->var.base = a->value.base + 1;
  w->var.len = a->value.len - 1;
  return 1;
}

static int read_word_or_number(fcl__reader *r, const fcl__arg *a, const char *const *names,
                               unsigned count, uint64_t max, uint32_t add, uint32_t *out) {
  int n = among(a->value, names, count);
  if (n < 0)
    return read_number(r, a, max, out);
  *out = (uint32_t) n + add;
  return 1;
}

static int read_attr_value(fcl__reader *r, const fcl__arg *a, fcl__attr attr, fcl__wire *w) {
  static const char *const keep[] = {"KEEP_CONN"};
  uint32_t *out = &w->attr[attr];
  switch (attr) {
  case FCL__ATTR_ID:
    return read_id(r, a, w);
  case FCL__ATTR_ROLE:
    return read_word_or_number(r, a, roles, 3, 65535, 1, out);
  case FCL__ATTR_FLAGS:
    return read_word_or_number(r, a, keep, 1, 255, FCL_KEEP_CONN, out);
  case FCL__ATTR_STATUS:
    return read_word_or_number(r, a, statuses, 4, 255, 0, out);
  case FCL__ATTR_APP:
    return read_number(r, a, UINT32_MAX, out);
  case FCL__ATTR_LENGTH:
    return read_number(r, a, 65535, out);
  case FCL__ATTR_TYPE:
  case FCL__ATTR_PADDING:
  case FCL__ATTR_VERSION:
  case FCL__ATTR_RESERVED:
  case FCL__ATTR_COUNT:
    return read_number(r, a, 255, out);
  }
  return 0;
}

static int read_attr(fcl__reader *r, const fcl__arg *a, fcl__wire *w) {
  int attr = a->is_quoted || a->op != '=' ? -1 : among(a->name, attrs, FCL__ATTR_COUNT);
  if (attr < 0 || !is_allowed(w->type, (unsigned) attr))
    return bad(r, a->column,
               "of a record these may be said: id, padding, length, version, reserved; of "
               "BEGIN_REQUEST also role "
               "and flags, of END_REQUEST app and status, of UNKNOWN_TYPE type");
  if (w->given & 1u << attr)
    return fcl__reader_fail(r, a->column, "%s is said twice", attrs[attr]);
  w->given |= 1u << attr;
  return read_attr_value(r, a, (fcl__attr) attr, w);
}

/* ---- Content ---- */

static int has_pairs(unsigned type) {
  return type == FCL_PARAMS || type == FCL_GET_VALUES || type == FCL_GET_VALUES_RESULT;
}

static void read_pair(const fcl__arg *a, fcl__pair *pair) {
  pair->name = a->kind == FCL__ARG_BYTES ? a->value : a->name;
  pair->value.base = "";
  if (a->kind == FCL__ARG_NAMED)
    pair->value = a->value;
  pair->is_any = a->is_any;
}

/* Up to the closing brace: NAME=VALUE, NAME (an empty value), `...`. */
static int read_pairs(fcl__reader *r, fcl__wire *w) {
  const fcl__arg *a;
  fcl__pair *pairs = fcl__reader_take(r, (r->count - r->taken) * sizeof *pairs);
  if (pairs == NULL)
    return 0;
  w->pairs = pairs;
  w->has_pairs = 1;
  for (; (a = fcl__reader_peek(r)) != NULL && a->kind != FCL__ARG_CLOSE; r->taken++)
    if (a->kind == FCL__ARG_MORE)
      w->is_more = 1;
    else if (a->kind == FCL__ARG_OPEN || a->kind == FCL__ARG_OR || a->op == '~')
      return bad(r, a->column, "between braces of parameters stand NAME=VALUE, NAME=... and `...`");
    else
      read_pair(a, &pairs[w->pair_count++]);
  return 1;
}

/* {length=N sha256=HEX} */
static int read_summed(fcl__reader *r, fcl__wire *w) {
  const fcl__arg *len = fcl__reader_next(r), *sum = fcl__reader_next(r);
  uint64_t n = 0;
  w->is_summed = 1;
  if (sum == NULL || sum->kind != FCL__ARG_NAMED || !fcl__slice_is(len->name, "length") ||
      !fcl__slice_number(len->value, UINT64_MAX, &n) || !fcl__slice_is(sum->name, "sha256") ||
      !fcl__read_sum(sum->value, w->sum))
    return bad(r, len->column,
               "a long stream is said as {length=N sha256=HEX}, with 64 hexadecimal digits");
  w->sum_len = n;
  return 1;
}

static int read_braces(fcl__reader *r, fcl__wire *w) {
  const fcl__arg *a = fcl__reader_peek(r);
  unsigned column = r->args[r->taken - 1].column;
  int is_summed = a && a->kind == FCL__ARG_NAMED && !a->is_quoted && !has_pairs(w->type);
  if (w->shape != FCL__SHAPE_NONE)
    return bad(r, column, "the content is said twice");
  w->shape = FCL__SHAPE_STREAM;
  if (has_pairs(w->type) ? !read_pairs(r, w)
      : is_summed        ? !read_summed(r, w)
                         : !fcl__reader_pattern(r, &w->bytes))
    return 0;
  a = fcl__reader_next(r);
  if (a && a->kind == FCL__ARG_CLOSE)
    return 1;
  return a ? bad(r, a->column,
                 "between braces stand bytes in quotes, random(N, SEED), repeat(\"BYTES\", N) and "
                 "`...`")
           : bad(r, column, "the closing brace is missing");
}

static int read_content(fcl__reader *r, fcl__wire *w) {
  if (w->shape != FCL__SHAPE_NONE)
    return bad(r, fcl__reader_column(r), "the content is said twice");
  w->shape = FCL__SHAPE_RECORD;
  return fcl__reader_pattern(r, &w->bytes);
}

static int check_record(fcl__reader *r, const fcl__wire *w, unsigned column) {
  if (w->shape == FCL__SHAPE_RECORD && w->bytes.len > 65535)
    return fcl__reader_fail(r, column,
                            "%zu bytes do not fit one record (65535): put them between braces",
                            w->bytes.len);
  if (w->is_open && w->shape != FCL__SHAPE_STREAM)
    return bad(r, column, "`open` stands behind a stream in braces");
  if (w->shape == FCL__SHAPE_STREAM &&
      (w->type == FCL_BEGIN_REQUEST || w->type == FCL_ABORT_REQUEST || w->type == FCL_END_REQUEST ||
       w->type == FCL_UNKNOWN_TYPE || w->type == 0 || w->type > FCL_UNKNOWN_TYPE))
    return bad(r, column, "records of this type are no stream: no braces here");
  return 1;
}

static int read_record(fcl__reader *r, fcl__wire *w, unsigned column) {
  const fcl__arg *a;
  while ((a = fcl__reader_peek(r)) != NULL && a->kind != FCL__ARG_OR) {
    int is_read;
    if (a->kind == FCL__ARG_BYTES)
      is_read = read_content(r, w);
    else if (r->taken++, a->kind == FCL__ARG_OPEN)
      is_read = read_braces(r, w);
    else if (a->kind == FCL__ARG_NAMED)
      is_read = read_attr(r, a, w);
    else if (a->kind == FCL__ARG_MORE)
      is_read = 1; /* what is not said is not looked at anyway */
    else if (fcl__arg_is(a, "open"))
      is_read = w->is_open = 1;
    else
      is_read =
          bad(r, a->column,
              "of a record NAME=VALUE, bytes in quotes, a stream in braces and `open` may be said");
    if (!is_read)
      return 0;
  }
  if (is_management(w->type) && !(w->given & 1u << FCL__ATTR_ID))
    w->given |= 1u << FCL__ATTR_ID; /* 0 */
  return check_record(r, w, column);
}

/* ---- What else a side does ---- */

static int read_count(fcl__reader *r, fcl__wire *w, fcl__wire_kind kind) {
  const fcl__arg *a = fcl__reader_next(r);
  uint64_t n;
  w->kind = kind;
  if (a == NULL || a->kind != FCL__ARG_WORD || !fcl__slice_number(a->name, FCL__BYTES_MAX, &n))
    return bad(r, a ? a->column : fcl__reader_column(r), "a number of bytes was to come here");
  w->number = (unsigned) n;
  return 1;
}

static int read_nothing(fcl__reader *r, fcl__wire *w) {
  w->kind = FCL__WIRE_NOTHING;
  if (!fcl__arg_is(fcl__reader_next(r), "within"))
    return bad(r, r->args[r->taken - 1].column, "`nothing within 100ms` was to come here");
  return fcl__reader_ms(r, &w->number);
}

static int read_one(fcl__reader *r, fcl__wire *w) {
  static const char *const words[] = {"raw", "close",  "reset",  "half-close",
                                      "cut", "pieces", "nothing"};
  const fcl__arg *a = fcl__reader_next(r);
  int word, type;
  w->kind = FCL__WIRE_RECORD;
  if (a && a->kind == FCL__ARG_MORE)
    return w->kind = FCL__WIRE_ANY, 1;
  word = a && a->kind == FCL__ARG_WORD ? among(a->name, words, 7) : -1;
  type = a && a->kind == FCL__ARG_WORD ? type_of(a->name) : -1;
  switch (word) {
  case 0:
    w->kind = FCL__WIRE_RAW;
    return fcl__reader_pattern(r, &w->bytes);
  case 1:
  case 2:
  case 3:
    w->kind = word == 1 ? FCL__WIRE_CLOSE : word == 2 ? FCL__WIRE_RESET : FCL__WIRE_HALF_CLOSE;
    return 1;
  case 4:
  case 5:
    return read_count(r, w, word == 4 ? FCL__WIRE_CUT : FCL__WIRE_PIECES);
  case 6:
    return read_nothing(r, w);
  }
  w->type = (unsigned) type;
  if (type >= 0)
    return read_record(r, w, a->column);
  return bad(r, a ? a->column : fcl__reader_column(r),
             "a record's type (BEGIN_REQUEST, PARAMS, STDIN, DATA, ABORT_REQUEST, GET_VALUES, "
             "STDOUT, STDERR, "
             "END_REQUEST, GET_VALUES_RESULT, UNKNOWN_TYPE, or its number), raw, close, reset, "
             "half-close, cut, "
             "pieces, nothing or ... was to come here");
}

int fcl__reader_wire(fcl__reader *r, fcl__step *step) {
  size_t n, count = 1;
  fcl__wire *any;
  for (n = r->taken; n < r->count; n++)
    count += r->args[n].kind == FCL__ARG_OR;
  any = fcl__reader_take(r, count * sizeof *any);
  if (any == NULL)
    return 0;
  step->any = any;
  do {
    if (!read_one(r, &any[step->any_count++]))
      return 0;
  } while (step->any_count < count && r->taken < r->count &&
           r->args[r->taken++].kind == FCL__ARG_OR);
  return fcl__reader_end(r);
}
