/* params.c: the builder of a request's parameters, whose buffer is the wire image: BEGIN_REQUEST
 * and the PARAMS records. */
#include <fcgiclient/codec.h>
#include "base/memory.h"
#include "codec/params_check.h"
#include <string.h>

enum {
  BEGIN_SIZE = 16, /* kept free in front, so that ending the image moves nothing */
  TAIL_SIZE =
      2 * FCL_HEADER_SIZE, /* the empty PARAMS and the empty STDIN; room for it is kept behind */
  FIRST_CAP = 4096,
  PAIR_MAX = 0x7fffffff, /* what four bytes can say */
  KEPT_CAP = 65536       /* a larger buffer is not kept for the next request */
};

static fcl_slice slice(const char *base, size_t len) {
  fcl_slice s;
  s.base = base;
  s.len = len;
  return s;
}

static size_t at_most(size_t a, size_t b) {
  return a < b ? a : b;
}

static fcl__memory memory_of(const fcl_params *p) {
  fcl__memory memory;
  memory.fn = p->realloc_fn;
  memory.user = p->user;
  return memory;
}

/* ---- Life ---- */

void fcl_params_init(fcl_params *p, void *(*realloc_fn)(void *, size_t, void *), void *user) {
  memset(p, 0, sizeof *p);
  p->realloc_fn = realloc_fn;
  p->user = user;
  p->len = BEGIN_SIZE;
  p->max_total = p->max_pair = FCL_CONTENT_ALIGNED;
}

void fcl_params_limit(fcl_params *p, size_t max_total, size_t max_pair) {
  p->max_total = max_total ? max_total : FCL_CONTENT_ALIGNED;
  p->max_pair = max_pair ? at_most(max_pair, PAIR_MAX) : FCL_CONTENT_ALIGNED;
}

static void free_bytes(fcl_params *p) {
  const fcl__memory memory = memory_of(p);
  fcl__free(&memory, p->bytes);
  p->bytes = NULL;
  p->cap = 0;
}

void fcl_params_reset(fcl_params *p) {
  if (p->cap > KEPT_CAP)
    free_bytes(p);
  p->len = BEGIN_SIZE;
  p->image_len = p->record = p->total = 0;
  memset(p->seen, 0, sizeof p->seen);
  p->count = 0;
  p->failed = FCL_OK;
  p->why = FCL__PARAMS_NOTHING;
}

void fcl_params_free(fcl_params *p) {
  fcl_params_reset(p);
  free_bytes(p);
}

/* ---- Walking ---- */

typedef struct cursor {
  size_t header;  /* of the record; 0 before the first */
  size_t at, end; /* the next pair, and the end of the record */
  size_t pair;    /* the pair that step found, */
  size_t size;    /* and its size on the wire, without record headers */
} cursor;

static size_t record_length(const fcl_params *p, size_t header) {
  return (size_t) p->bytes[header + 4] << 8 | p->bytes[header + 5];
}

static cursor first_record(void) {
  cursor c = {0, BEGIN_SIZE, BEGIN_SIZE, 0, 0};
  return c;
}

/* To the record that begins where this one ends.  Returns 0 behind the last. */
static int next_record(const fcl_params *p, cursor *c) {
  if (c->end >= p->len)
    return 0;
  c->header = c->end;
  c->at = c->header + FCL_HEADER_SIZE;
  c->end = c->at + record_length(p, c->header);
  return 1;
}

/* To the end of a pair of `size` bytes that is cut: it fills its records, and no other is in them.
 */
static void pass_cut(const fcl_params *p, cursor *c, size_t size) {
  size_t left = size - (c->end - c->at);
  while (left > 0 && next_record(p, c))
    left -= at_most(left, c->end - c->at);
  c->at = c->end;
}

/* Of a pair that is cut between records, *value is what lies in the first. */
static int step(const fcl_params *p, cursor *c, fcl_slice *name, fcl_slice *value) {
  const char *bytes = (const char *) p->bytes, *from;
  size_t size;
  if (c->at == c->end && !next_record(p, c))
    return 0;
  from = bytes + c->at;
  c->pair = c->at;
  if (!fcl_get_pair(&from, bytes + p->len, name, value))
    return 0;
  size = (size_t) (from - bytes) - c->at;
  c->size = size;
  if (size <= c->end - c->at) {
    c->at += size;
    return 1;
  }
  value->len = (size_t) (bytes + c->end - value->base);
  pass_cut(p, c, size);
  return 1;
}

int fcl_params_next(const fcl_params *p, size_t *at, fcl_slice *name, fcl_slice *value) {
  cursor c = first_record();
  while (*at >= c.end) /* also for 0 < BEGIN_SIZE: into the first record */
    if (!next_record(p, &c))
      return 0;
  if (*at > c.at)
    c.at = *at;
  if (!step(p, &c, name, value))
    return 0;
  *at = c.at;
  return 1;
}

/* ---- Finding ---- */

/* Of its length and six of its bytes: names that agree in these cost a walk, no more. */
static unsigned hash(fcl_slice name) {
  const unsigned char *s = (const unsigned char *) name.base;
  const size_t n = name.len;
  uint64_t h = n | (uint64_t) s[n - 1] << 16 | (uint64_t) s[n / 2] << 24 |
               (uint64_t) s[n - 1 - n / 4] << 32 | (uint64_t) s[n / 4] << 40 |
               (uint64_t) s[n - 1 - n / 8] << 48 | (uint64_t) s[0] << 56;
  return (unsigned) ((h * 0x9e3779b97f4a7c15u) >> 55);
}

/* 0: certainly not. */
static inline int may_have(const fcl_params *p, unsigned h) {
  return p->seen[h >> 6] >> (h & 63) & 1;
}

static int find(const fcl_params *p, fcl_slice name, cursor *c, fcl_slice *value) {
  fcl_slice found;
  *c = first_record();
  while (step(p, c, &found, value))
    if (found.len == name.len && memcmp(found.base, name.base, name.len) == 0)
      return 1;
  return 0;
}

int fcl_params_get(const fcl_params *p, fcl_slice name, fcl_slice *value) {
  cursor c;
  fcl_slice found;
  if (name.len == 0 || !may_have(p, hash(name)) || !find(p, name, &c, &found))
    return 0;
  *value = found;
  return 1;
}

/* ---- Changing ---- */

static void set_length(fcl_params *p, size_t header, size_t length) {
  p->bytes[header + 4] = (uint8_t) (length >> 8);
  p->bytes[header + 5] = (uint8_t) length;
}

/* Takes the pair that the cursor found out of its record; a record left empty goes too, for on the
   wire it would end the stream. */
static void remove_pair(fcl_params *p, const cursor *c) {
  const size_t pair_size = c->size;
  const size_t length = record_length(p, c->header) - pair_size;
  const size_t from = length ? c->pair : c->header;
  const size_t gone = c->at - from;
  memmove(p->bytes + from, p->bytes + c->at, p->len - c->at);
  p->len -= gone;
  p->total -= pair_size;
  p->count--;
  if (length > 0)
    set_length(p, c->header, length);
  if (p->record > c->header)
    p->record -= gone;
  else if (p->record == c->header && length == 0)
    p->record = 0;
}

/* Takes out a pair that is cut, with its records. */
static void remove_cut(fcl_params *p, const cursor *c) {
  const size_t from = c->pair - FCL_HEADER_SIZE, gone = c->at - from;
  memmove(p->bytes + from, p->bytes + c->at, p->len - c->at);
  p->len -= gone;
  p->total -= c->size;
  p->count--;
  if (p->record > from)
    p->record -= gone;
}

static void take_out(fcl_params *p, const cursor *c) {
  if (c->size > FCL_CONTENT_MAX)
    remove_cut(p, c);
  else
    remove_pair(p, c);
}

static int remove_old(fcl_params *p, fcl_slice name) {
  cursor c;
  fcl_slice old;
  if (!find(p, name, &c, &old))
    return 0;
  take_out(p, &c);
  return 1;
}

static int grow(fcl_params *p, size_t need) {
  const fcl__memory memory = memory_of(p);
  size_t cap = p->cap ? p->cap : FIRST_CAP;
  uint8_t *bytes;
  while (cap < need && cap <= SIZE_MAX / 2)
    cap *= 2;
  bytes = cap < need ? NULL : fcl__realloc(&memory, p->bytes, cap);
  if (bytes == NULL)
    return fcl__params_fail(p, FCL_E_NOMEM, FCL__PARAMS_NO_MEMORY, slice("", 0), need);
  p->bytes = bytes;
  p->cap = cap;
  return 1;
}

/* Makes room for `more` bytes behind `len`, and for what ends the image. */
static int reserve(fcl_params *p, size_t more) {
  const size_t need = p->len + more + TAIL_SIZE;
  return need <= p->cap || grow(p, need);
}

/* A pair that does not fit starts a new record: PHP and uWSGI read each PARAMS record by itself. */
static void append(fcl_params *p, fcl_slice name, fcl_slice value, size_t size) {
  size_t length = p->record ? record_length(p, p->record) : 0;
  if (p->record == 0 || length + size > FCL_CONTENT_ALIGNED) {
    p->record = p->len;
    fcl_put_header(p->bytes + p->record, FCL_PARAMS, 1, 0, 0);
    p->len += FCL_HEADER_SIZE;
    length = 0;
  }
  fcl_put_pair(p->bytes + p->len, name, value);
  p->len += size;
  p->total += size;
  p->count++;
  set_length(p, p->record, length + size);
}

static inline size_t records_of(size_t size) {
  if (size <= FCL_CONTENT_ALIGNED)
    return 1;
  return (size + FCL_CONTENT_ALIGNED - 1) / FCL_CONTENT_ALIGNED;
}

/* Makes records of a pair of `size` bytes that lies behind `len` and room for one header: the last
   part first, each moves by the headers before it.  The next pair starts a record of its own. */
static void cut(fcl_params *p, size_t size) {
  uint8_t *base = p->bytes + p->len;
  size_t n = records_of(size);
  p->len += size + n * FCL_HEADER_SIZE;
  while (n-- > 0) {
    const size_t at = n * FCL_CONTENT_ALIGNED, len = at_most(size - at, FCL_CONTENT_ALIGNED);
    uint8_t *record = base + at + n * FCL_HEADER_SIZE;
    memmove(record + FCL_HEADER_SIZE, base + FCL_HEADER_SIZE + at, len);
    fcl_put_header(record, FCL_PARAMS, 1, len, 0);
  }
  p->record = 0;
  p->total += size;
  p->count++;
}

/* What the pair takes on the wire; SIZE_MAX when no number can say it. */
static inline size_t wire_size(fcl_slice name, fcl_slice value) {
  const size_t most = SIZE_MAX / 2 - 8;
  if ((name.len | value.len) < 128) /* as most are */
    return 2 + name.len + value.len;
  return name.len > most || value.len > most ? SIZE_MAX : fcl_pair_size(name.len, value.len);
}

/* Makes room for a pair: the one of that name goes.  Returns 0 when it cannot be. */
static inline int make_room(fcl_params *p, fcl_slice name, size_t size) {
  const unsigned h = hash(name);
  if (may_have(p, h))
    remove_old(p, name);
  if (size > p->max_total || p->total > p->max_total - size)
    return fcl__params_fail(p, FCL_E_PARAMS, FCL__PARAMS_LARGE_TOTAL, name, p->total + size);
  if (!reserve(p, size + records_of(size) * FCL_HEADER_SIZE))
    return 0;
  p->seen[h >> 6] |= (uint64_t) 1 << (h & 63);
  return 1;
}

void fcl_params_set(fcl_params *p, fcl_slice name, fcl_slice value) {
  const size_t size = wire_size(name, value);
  if (p->failed || !fcl__params_check(p, name, value, size) || !make_room(p, name, size))
    return;
  if (size <= FCL_CONTENT_MAX) {
    append(p, name, value, size);
    return;
  }
  fcl_put_pair(p->bytes + p->len + FCL_HEADER_SIZE, name, value);
  cut(p, size);
}

/* The pair that the cursor found in `from`, whose value is in several records. */
static void copy_cut(fcl_params *p, const fcl_params *from, const cursor *found, fcl_slice name) {
  size_t at = found->pair, left = found->size;
  uint8_t *to;
  if (found->size > p->max_pair)
    fcl__params_fail(p, FCL_E_PARAMS, FCL__PARAMS_LARGE_PAIR, name, found->size);
  if (p->failed || !make_room(p, name, found->size))
    return;
  to = p->bytes + p->len + FCL_HEADER_SIZE;
  while (left > 0) {
    const size_t n = at_most(left, FCL_CONTENT_ALIGNED);
    memcpy(to, from->bytes + at, n);
    to += n;
    at += n + FCL_HEADER_SIZE;
    left -= n;
  }
  cut(p, found->size);
}

void fcl_params_copy(fcl_params *p, const fcl_params *from) {
  cursor c = first_record();
  fcl_slice name, value;
  while (!p->failed && step(from, &c, &name, &value))
    if (c.size > FCL_CONTENT_MAX)
      copy_cut(p, from, &c, name);
    else
      fcl_params_set(p, name, value);
}

int fcl_params_remove(fcl_params *p, fcl_slice name) {
  return name.len > 0 && may_have(p, hash(name)) && remove_old(p, name);
}

void fcl_params_set_text(fcl_params *p, const char *name, const char *value) {
  fcl_params_set(p, slice(name ? name : "", name ? strlen(name) : 0),
                 slice(value ? value : "", value ? strlen(value) : 0));
}

/* ---- The image ---- */

fcl_code fcl_params_end(fcl_params *p, unsigned role, int no_body, fcl_slice *image, fcl_error *e) {
  uint8_t *tail;
  if (p->failed || !reserve(p, 0))
    return fcl__params_explain(p, e);
  fcl_put_begin(p->bytes, 1, role, 0);
  tail = p->bytes + p->len;
  fcl_put_header(tail, FCL_PARAMS, 1, 0, 0);
  p->image_len = p->len + FCL_HEADER_SIZE;
  if (no_body) {
    fcl_put_header(tail + FCL_HEADER_SIZE, FCL_STDIN, 1, 0, 0);
    p->image_len += FCL_HEADER_SIZE;
  }
  *image = slice((const char *) p->bytes, p->image_len);
  return FCL_OK;
}

void fcl_params_address(fcl_params *p, unsigned id, unsigned flags) {
  size_t at = 0;
  while (at < p->image_len) {
    p->bytes[at + 2] = (uint8_t) (id >> 8);
    p->bytes[at + 3] = (uint8_t) id;
    at += FCL_HEADER_SIZE + record_length(p, at);
  }
  if (at > 0)
    p->bytes[FCL_HEADER_SIZE + 2] = (uint8_t) flags;
}
