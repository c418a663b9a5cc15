/* read.c: lines into a snapshot: what lines.c writes, of this version or a later one. */
#include "stats/stats.h"
#include <stddef.h>
#include <string.h>

enum { WORD_MAX = 1024 };

typedef struct reader {
  const char *at, *end;
  unsigned line;
  char key[64];
  char text[WORD_MAX]; /* of a text */
  uint64_t number;     /* of a number */
  int is_text;
} reader;

/* ---- Words ---- */

static int read_key(reader *r) {
  size_t len = 0;
  while (r->at + len < r->end && strchr("= \n", r->at[len]) == NULL)
    len++;
  if (len == 0 || len >= sizeof r->key)
    return 0;
  memcpy(r->key, r->at, len);
  r->key[len] = 0;
  r->at += len;
  return 1;
}

static int read_number(reader *r) {
  const char *from = r->at;
  r->is_text = 0;
  r->number = 0;
  for (; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++) {
    if (r->number > (UINT64_MAX - 9) / 10)
      return 0;
    r->number = r->number * 10 + (uint64_t) (*r->at - '0');
  }
  return r->at > from;
}

static int read_text(reader *r) {
  size_t len = 0;
  r->is_text = 1;
  for (r->at++; r->at < r->end && *r->at != '"' && *r->at != '\n'; r->at++) {
    if (*r->at == '\\' && r->at + 1 < r->end)
      r->at++;
    if (len + 1 >= sizeof r->text || *r->at == 0)
      return 0;
    r->text[len++] = *r->at;
  }
  r->text[len] = 0;
  return r->at < r->end && *r->at++ == '"';
}

/* The next `key=value` of the line.  0: there is none, or -1: it is none. */
static int next(reader *r) {
  if (r->at == r->end || *r->at != ' ')
    return r->at < r->end && *r->at == '\n' ? 0 : -1;
  r->at++;
  if (!read_key(r) || r->at == r->end || *r->at++ != '=')
    return -1;
  if (r->at < r->end && *r->at == '"')
    return read_text(r) ? 1 : -1;
  return read_number(r) ? 1 : -1;
}

static int is(const reader *r, const char *key) {
  return strcmp(r->key, key) == 0;
}

/* ---- Lines ---- */

static void take_field(const reader *r, const fcl__field *f, void *of) {
  for (; f->name && !r->is_text; f++)
    if (is(r, f->name))
      *fcl__at(of, f->offset) = r->number;
}

static void take_code(const reader *r, fcl_pool_stats *p) {
  unsigned i;
  for (i = 0; i < FCL_CODE_MAX && !r->is_text; i++)
    if (is(r, fcl_code_name((fcl_code) i)))
      p->ended[i] = r->number;
}

static void take_reason(const reader *r, fcl_pool_stats *p) {
  unsigned i;
  for (i = 1; i < FCL_LEFT_MAX && !r->is_text; i++)
    if (is(r, fcl_left_name((fcl_left) i)))
      p->left[i] = r->number;
}

static int read_header(reader *r, fcl_stats *s) {
  int status;
  if (!read_key(r) || !is(r, "fcgiclient"))
    return -1;
  while ((status = next(r)) == 1)
    if (is(r, "age_ms") && !r->is_text)
      s->age_ms = r->number;
    else if (is(r, "dropped_events") && !r->is_text)
      s->dropped_events = r->number;
  return status;
}

static int read_pool(reader *r, fcl_stats *s, fcl_pool_stats **pool) {
  fcl_pool_stats given;
  char name[WORD_MAX] = "", program[WORD_MAX] = "";
  int status;
  memset(&given, 0, sizeof given);
  while ((status = next(r)) == 1) {
    if (is(r, "name") && r->is_text)
      memcpy(name, r->text, sizeof name);
    else if (is(r, "program") && r->is_text)
      memcpy(program, r->text, sizeof program);
    else
      take_field(r, fcl__pool_fields, &given);
  }
  given.name = name;
  given.program = program;
  *pool = status == 0 ? fcl__stats_pool(s, &given) : NULL;
  return status == 0 && *pool == NULL ? -2 : status;
}

static fcl_member_state state_of(const char *name) {
  unsigned i;
  for (i = 0; i < FCL_MEMBER_STATES; i++)
    if (strcmp(fcl_member_state_name((fcl_member_state) i), name) == 0)
      return (fcl_member_state) i;
  return FCL_MEMBER_BUSY; /* one that is new to us */
}

static int read_member(reader *r, fcl_stats *s, fcl_pool_stats *pool) {
  fcl_member_stats given;
  char name[WORD_MAX] = "", subject[WORD_MAX] = "", tag[WORD_MAX] = "";
  int status;
  memset(&given, 0, sizeof given);
  while ((status = next(r)) == 1) {
    if (is(r, "name") && r->is_text)
      memcpy(name, r->text, sizeof name);
    else if (is(r, "subject") && r->is_text)
      memcpy(subject, r->text, sizeof subject);
    else if (is(r, "tag") && r->is_text)
      memcpy(tag, r->text, sizeof tag);
    else if (is(r, "state") && r->is_text)
      given.state = state_of(r->text);
    else
      take_field(r, fcl__member_fields, &given);
  }
  given.name = name;
  given.subject = subject;
  given.tag = tag;
  return status == 0 && !fcl__stats_member(s, pool, &given) ? -2 : status;
}

static fcl_histogram *histogram(fcl_pool_stats *p, const char *phase) {
  const fcl__phase_field *f;
  for (f = fcl__phase_fields; f->name; f++)
    if (strcmp(f->name, phase) == 0)
      return (fcl_histogram *) (void *) ((char *) p + f->offset);
  return NULL;
}

static void take_time(const reader *r, fcl_histogram *h) {
  if (r->is_text)
    return;
  if (is(r, "count"))
    h->count += r->number;
  else if (is(r, "sum_us"))
    h->sum_us += r->number;
  else if (strlen(r->key) == 2 && strspn(r->key, "0123456789") == 2) {
    unsigned i = (unsigned) (r->key[0] - '0') * 10 + (unsigned) (r->key[1] - '0');
    h->buckets[i < FCL_STATS_BUCKETS ? i : FCL_STATS_BUCKETS - 1] += r->number;
  }
}

static int read_times(reader *r, fcl_pool_stats *p) {
  fcl_histogram ignored, *h = &ignored;
  int status;
  memset(&ignored, 0, sizeof ignored);
  while ((status = next(r)) == 1)
    if (is(r, "phase") && r->is_text)
      h = histogram(p, r->text) ? histogram(p, r->text) : &ignored;
    else
      take_time(r, h);
  return status;
}

/* 0, or -1: it is not what it should be, -2: no memory. */
static int read_line(reader *r, fcl_stats *s, fcl_pool_stats **pool) {
  int status;
  if (!read_key(r))
    return -1;
  if (is(r, "pool"))
    return read_pool(r, s, pool);
  if (*pool && is(r, "member"))
    return read_member(r, s, *pool);
  if (*pool && is(r, "times"))
    return read_times(r, *pool);
  if (*pool && is(r, "ended")) {
    while ((status = next(r)) == 1)
      take_code(r, *pool);
    return status;
  }
  if (*pool && is(r, "left")) {
    while ((status = next(r)) == 1)
      take_reason(r, *pool);
    return status;
  }
  while ((status = next(r)) == 1)
    ; /* a kind that is new to us */
  return status;
}

static int read_all(reader *r, fcl_stats *s) {
  fcl_pool_stats *pool = NULL;
  int status = read_header(r, s);
  while (status == 0 && ++r->at < r->end) {
    r->line++;
    status = read_line(r, s, &pool);
  }
  return status;
}

int fcl_stats_read(fcl_stats **stats, const char *text, size_t len, fcl_error *e) {
  static const fcl__memory plain = {NULL, NULL};
  reader r;
  int status;
  memset(&r, 0, sizeof r);
  r.at = text;
  r.end = text + len;
  r.line = 1;
  *stats = fcl__stats_new(&plain);
  status = *stats ? read_all(&r, *stats) : -2;
  if (status == 0)
    return FCL_OK;
  fcl_stats_free(*stats);
  *stats = NULL;
  if (status == -2)
    return (int) fcl__error_setx(e, FCL_E_NOMEM, 0, "no memory for a snapshot");
  return (int) fcl__error_setx(
      e, FCL_E_CONFIG, 0, "line %u is not one of a snapshot of pools (FCL_STATS_LINES)", r.line);
}
