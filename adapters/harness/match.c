/* match.c: whether what arrived is what a line of the wire expects: records one by one, streams in
 * any cut. */
#include "player.h"
#include <stdlib.h>
#include <string.h>

/* ---- Names of ids ---- */

void fcl__names_free(fcl__names *n) {
  while (n->first) {
    fcl__var *next = n->first->next;
    free(n->first);
    n->first = next;
  }
}

static fcl__var *find(const fcl__names *n, fcl_slice name) {
  fcl__var *v;
  for (v = n->first; v; v = v->next)
    if (v->name.len == name.len && memcmp(v->name.base, name.base, name.len) == 0)
      return v;
  return NULL;
}

int fcl__names_get(const fcl__names *n, fcl_slice name, unsigned *id) {
  const fcl__var *v = find(n, name);
  if (v)
    *id = v->id;
  return v != NULL;
}

void fcl__names_set(fcl__names *n, fcl_slice name, unsigned id) {
  fcl__var *v = find(n, name);
  if (v == NULL) {
    v = calloc(1, sizeof *v);
    if (v == NULL)
      return;
    v->name = name;
    v->next = n->first;
    n->first = v;
  }
  v->id = id;
}

static int is_given(const fcl__wire *w, fcl__attr attr) {
  return (w->given & 1u << attr) != 0;
}

/* Which id a line is about; 0: *id is it, 1: any will do. */
static int any_id(const fcl__wire *w, const fcl__names *names, unsigned current, unsigned *id) {
  if (w->var.len > 0)
    return w->type == FCL_BEGIN_REQUEST || !fcl__names_get(names, w->var, id);
  if (is_given(w, FCL__ATTR_ID)) {
    *id = w->attr[FCL__ATTR_ID];
    return 0;
  }
  *id = current;
  return w->type == FCL_BEGIN_REQUEST || current == 0;
}

static void note_id(const fcl__wire *w, fcl__names *names, unsigned *current, unsigned id) {
  if (w->var.len > 0)
    fcl__names_set(names, w->var, id);
  if (w->type == FCL_BEGIN_REQUEST)
    *current = id;
}

/* ---- Content ---- */

/* The pieces between gaps, each as early as it can be; the last one ends the bytes unless a gap
 * does. */
int fcl__pattern_fits(const fcl__pattern *p, const char *bytes, size_t len) {
  size_t gap, from = 0, at = 0, n;
  for (gap = 0; gap <= p->gap_count; gap++) {
    size_t to = gap < p->gap_count ? p->gaps[gap] : p->len, piece = to - from;
    size_t latest = len - at;
    if (piece > latest)
      return 0;
    latest -= piece;
    if (gap == p->gap_count && p->gap_count > 0) /* the last piece stands at the end */
      n = latest;
    else
      for (n = 0; gap > 0 && n < latest && memcmp(bytes + at + n, p->base + from, piece) != 0;)
        n++;
    if (piece > 0 && memcmp(bytes + at + n, p->base + from, piece) != 0)
      return 0;
    at += n + piece;
    from = to;
  }
  return at == len;
}

static const fcl__pair *find_pair(const fcl__wire *w, fcl_slice name) {
  size_t n;
  for (n = 0; n < w->pair_count; n++)
    if (w->pairs[n].name.len == name.len && memcmp(w->pairs[n].name.base, name.base, name.len) == 0)
      return &w->pairs[n];
  return NULL;
}

/* In any order; each name once. */
static int pairs_fit(const fcl__wire *w, const char *at, size_t len) {
  const char *end = at + len;
  fcl_slice name, value;
  size_t found = 0;
  while (at < end) {
    const fcl__pair *pair;
    if (!fcl__get_pair(&at, end, &name, &value))
      return 0;
    pair = find_pair(w, name);
    if (pair == NULL && !w->is_more)
      return 0;
    if (pair && !pair->is_any &&
        (pair->value.len != value.len || memcmp(pair->value.base, value.base, value.len) != 0))
      return 0;
    found += pair != NULL;
  }
  return found == w->pair_count;
}

/* A sum that is wrong is noted: the right one may be copied from there. */
static int sum_fits(const fcl__wire *w, const char *bytes, size_t len, fcl__text *note) {
  fcl__sha256 s;
  uint8_t sum[32];
  size_t n;
  fcl__sha256_init(&s);
  fcl__sha256_add(&s, bytes, len);
  fcl__sha256_end(&s, sum);
  if (len == w->sum_len && memcmp(sum, w->sum, sizeof sum) == 0)
    return 1;
  note->len = 0;
  fcl__text_type(note, w->type);
  fcl__text_say(note, " {length=%zu sha256=", len);
  for (n = 0; n < sizeof sum; n++)
    fcl__text_say(note, "%02x", sum[n]);
  fcl__text_say(note, "}");
  return 0;
}

static int content_fits(const fcl__wire *w, const char *bytes, size_t len, fcl__text *note) {
  if (w->shape == FCL__SHAPE_NONE)
    return 1;
  if (w->has_pairs)
    return pairs_fit(w, bytes, len);
  return w->is_summed ? sum_fits(w, bytes, len, note) : fcl__pattern_fits(&w->bytes, bytes, len);
}

/* ---- One record ---- */

static unsigned number(const char *p, int bytes) {
  unsigned n = 0;
  while (bytes-- > 0)
    n = n << 8 | (uint8_t) *p++;
  return n;
}

static int attr_fits(const fcl__wire *w, fcl__attr attr, unsigned is) {
  return !is_given(w, attr) || w->attr[attr] == is;
}

static int header_fits(const fcl__wire *w, const fcl__record *r) {
  return attr_fits(w, FCL__ATTR_PADDING, r->padding) && attr_fits(w, FCL__ATTR_LENGTH, r->len) &&
         attr_fits(w, FCL__ATTR_VERSION, r->version) &&
         attr_fits(w, FCL__ATTR_RESERVED, r->reserved);
}

static int body_fits(const fcl__wire *w, const char *p, size_t len) {
  if (!is_given(w, FCL__ATTR_ROLE) && !is_given(w, FCL__ATTR_FLAGS) &&
      !is_given(w, FCL__ATTR_APP) && !is_given(w, FCL__ATTR_STATUS) && !is_given(w, FCL__ATTR_TYPE))
    return 1;
  if (len < 8)
    return 0;
  return attr_fits(w, FCL__ATTR_ROLE, number(p, 2)) &&
         attr_fits(w, FCL__ATTR_FLAGS, (uint8_t) p[2]) &&
         attr_fits(w, FCL__ATTR_APP, number(p, 4)) &&
         attr_fits(w, FCL__ATTR_STATUS, (uint8_t) p[4]) &&
         attr_fits(w, FCL__ATTR_TYPE, (uint8_t) p[0]);
}

static int record_fits(const fcl__wire *w, const fcl__arrived *a, const fcl__record *r,
                       const fcl__names *names, unsigned current) {
  const char *content = fcl__record_content(a, r);
  unsigned id = 0;
  return r->type == w->type && r->taken == 0 && !r->is_taken &&
         (any_id(w, names, current, &id) || id == r->id) && header_fits(w, r) &&
         body_fits(w, content, r->len) && content_fits(w, content, r->len, NULL);
}

/* The next record; behind `> ...`, any that is here. */
static fcl__verdict match_record(const fcl__wire *w, fcl__arrived *a, fcl__names *names,
                                 unsigned *current) {
  fcl__record *r = fcl__arrived_next(a);
  for (; r && !record_fits(w, a, r, names, *current);
       r = r + 1 < a->records + a->count ? r + 1 : NULL)
    if (!a->is_any)
      return FCL__FAIL;
  if (r == NULL)
    return a->is_ended || (a->is_lost && !a->is_any) ? FCL__FAIL : FCL__WAIT;
  r->is_taken = 1;
  note_id(w, names, current, r->id);
  return FCL__MET;
}

/* ---- A stream ---- */

typedef struct stream {
  const fcl__wire *w;
  fcl__arrived *a;
  unsigned id;
  int is_any_id, is_empty, is_over,
      is_cut_off; /* over: its end is here; cut off: no end will come */
  fcl__text all;
} stream;

static int is_management(unsigned type) {
  return type >= FCL_GET_VALUES;
}

/* The application need not close its streams: END_REQUEST does. */
static int is_of_application(unsigned type) {
  return type == FCL_STDOUT || type == FCL_STDERR;
}

static int is_mine(stream *s, const fcl__record *r) {
  if (r->is_taken || r->type != s->w->type)
    return 0;
  if (s->is_any_id)
    s->id = r->id, s->is_any_id = 0;
  return r->id == s->id;
}

static void gather(stream *s) {
  size_t n;
  for (n = s->a->first; n < s->a->count; n++) {
    fcl__record *r = &s->a->records[n];
    if (r->type == FCL_END_REQUEST && r->id == s->id && is_of_application(s->w->type) &&
        !s->is_any_id)
      s->is_over = 1;
    if (r->type == FCL_ABORT_REQUEST && r->id == s->id && !r->is_taken)
      s->is_cut_off = 1;
    if (s->is_over || !is_mine(s, r))
      continue;
    fcl__text_add(&s->all, fcl__record_content(s->a, r) + r->taken, r->len - r->taken);
    if ((r->len == 0 && !is_of_application(s->w->type)) || is_management(s->w->type))
      s->is_over = 1;
  }
}

/* Takes `len` bytes of it; all, with the end, when `is_whole`. */
static void take(stream *s, size_t len, int is_whole) {
  size_t n;
  int is_over = 0;
  for (n = s->a->first; n < s->a->count && !is_over; n++) {
    fcl__record *r = &s->a->records[n];
    size_t part = r->len - r->taken;
    is_over = r->type == FCL_END_REQUEST && r->id == s->id && is_of_application(s->w->type);
    if (is_over || !is_mine(s, r))
      continue;
    if (!is_whole && (len == 0 || r->len == 0))
      return;
    part = !is_whole && part > len ? len : part;
    r->taken += part;
    len -= is_whole ? 0 : part;
    r->is_taken = r->taken == r->len;
    is_over =
        is_whole && ((r->len == 0 && !is_of_application(s->w->type)) || is_management(s->w->type));
  }
}

static fcl__verdict judge_open(stream *s) {
  const fcl__pattern *p = &s->w->bytes;
  size_t len = s->all.len < p->len ? s->all.len : p->len;
  if (len > 0 && memcmp(s->all.base, p->base, len) != 0)
    return FCL__FAIL;
  if (len < p->len)
    return s->is_over || s->is_cut_off ? FCL__FAIL : FCL__WAIT;
  take(s, len, 0);
  return FCL__MET;
}

static fcl__verdict judge(stream *s) {
  if (s->w->is_open)
    return judge_open(s);
  if (!s->is_over)
    return s->is_cut_off ? FCL__FAIL : FCL__WAIT;
  if (!content_fits(s->w, s->all.len ? s->all.base : "", s->all.len, &s->a->note))
    return FCL__FAIL;
  take(s, 0, 1);
  return FCL__MET;
}

static fcl__verdict match_stream(const fcl__wire *w, fcl__arrived *a, fcl__names *names,
                                 unsigned *current) {
  stream s = {w, a, 0, 0, 0, 0, 0, {NULL, 0, 0, 0}};
  fcl__verdict verdict;
  fcl__arrived_next(a);
  s.is_any_id = any_id(w, names, *current, &s.id);
  gather(&s);
  if (a->is_ended && is_of_application(w->type))
    s.is_over = 1;
  s.is_cut_off |= a->is_ended || a->is_lost || s.all.has_failed;
  verdict = judge(&s);
  if (verdict == FCL__MET && !s.is_any_id)
    note_id(w, names, current, s.id);
  fcl__text_free(&s.all);
  return verdict;
}

/* ---- Bytes, and ends ---- */

static fcl__verdict match_raw(const fcl__wire *w, fcl__arrived *a) {
  const fcl__record *r = fcl__arrived_next(a);
  size_t at = r ? r->at : a->parsed, len = w->bytes.len, n, there = a->len - at;
  if (memcmp(a->bytes ? a->bytes + at : "", w->bytes.base, there < len ? there : len) != 0)
    return FCL__FAIL;
  if (there < len)
    return a->is_ended ? FCL__FAIL : FCL__WAIT;
  for (n = a->first;
       n < a->count && a->records[n].at + 8 + a->records[n].len + a->records[n].padding <= at + len;
       n++)
    a->records[n].is_taken = 1;
  if (n == a->count && at + len > a->parsed)
    a->parsed = at + len;
  return FCL__MET;
}

static fcl__verdict match_end(const fcl__wire *w, fcl__arrived *a) {
  if (!a->is_any && (fcl__arrived_next(a) || (a->is_ended && a->parsed < a->len && a->is_lost)))
    return FCL__FAIL;
  if (!a->is_ended)
    return FCL__WAIT;
  return w->kind == FCL__WIRE_RESET && !a->is_reset ? FCL__FAIL : FCL__MET;
}

fcl__verdict fcl__match(const fcl__wire *w, fcl__arrived *a, fcl__names *names, unsigned *current) {
  switch (w->kind) {
  case FCL__WIRE_RECORD:
    return w->shape == FCL__SHAPE_STREAM ? match_stream(w, a, names, current)
                                         : match_record(w, a, names, current);
  case FCL__WIRE_RAW:
    return match_raw(w, a);
  case FCL__WIRE_CLOSE:
  case FCL__WIRE_RESET:
  case FCL__WIRE_HALF_CLOSE:
    return match_end(w, a);
  case FCL__WIRE_NOTHING:
    return a->is_ended || (!a->is_any && (fcl__arrived_next(a) || a->parsed < a->len)) ? FCL__FAIL
                                                                                       : FCL__WAIT;
  case FCL__WIRE_ANY:
    a->is_any = 1;
    return FCL__MET;
  case FCL__WIRE_CUT:
  case FCL__WIRE_PIECES:
    return FCL__MET;
  }
  return FCL__FAIL;
}
