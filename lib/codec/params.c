/* params.c: the builder of a request's parameters, whose buffer is the wire image: BEGIN_REQUEST
 * and the PARAMS records. */
#include <fcgiclient/codec.h>
#include "base/memory.h"
#include "codec/params_quick.h"
#include "codec/params_walk.h"
#include <string.h>

enum {
  TAIL_SIZE =
      2 * FCL_HEADER_SIZE, /* the empty PARAMS and the empty STDIN; room for it is kept behind */
  FIRST_CAP = 1024,
  PAIR_MAX = 0x7fffffff, /* what four bytes can say */
  KEPT_CAP = 65536       /* a larger buffer is not kept for the next request */
};

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
  p->len = FCL__PARAMS_BEGIN;
  p->max_total = p->max_pair = FCL_CONTENT_ALIGNED;
}

void fcl_params_limit(fcl_params *p, size_t max_total, size_t max_pair) {
  p->max_total = max_total ? max_total : FCL_CONTENT_ALIGNED;
  p->max_pair = max_pair ? fcl__params_least(max_pair, PAIR_MAX) : FCL_CONTENT_ALIGNED;
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
  p->len = FCL__PARAMS_BEGIN;
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

/* ---- Changing ---- */

static void set_length(fcl_params *p, size_t header, size_t length) {
  p->bytes[header + 4] = (uint8_t) (length >> 8);
  p->bytes[header + 5] = (uint8_t) length;
}

static void set_id(fcl_params *p, size_t header, unsigned id) {
  p->bytes[header + 2] = (uint8_t) (id >> 8);
  p->bytes[header + 3] = (uint8_t) id;
}

/* Takes the pair that the cursor found out of its record; a record left empty goes too, for on the
   wire it would end the stream. */
static void remove_pair(fcl_params *p, const fcl__params_cursor *c) {
  const size_t pair_size = c->size;
  const size_t length = fcl__params_record_length(p, c->header) - pair_size;
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
static void remove_cut(fcl_params *p, const fcl__params_cursor *c) {
  const size_t from = c->pair - FCL_HEADER_SIZE, gone = c->at - from;
  memmove(p->bytes + from, p->bytes + c->at, p->len - c->at);
  p->len -= gone;
  p->total -= c->size;
  p->count--;
  if (p->record > from)
    p->record -= gone;
}

static void take_out(fcl_params *p, const fcl__params_cursor *c) {
  if (c->size > FCL_CONTENT_MAX)
    remove_cut(p, c);
  else
    remove_pair(p, c);
}

static int remove_old(fcl_params *p, fcl_slice name) {
  fcl__params_cursor c;
  fcl_slice old;
  if (!fcl__params_find(p, name, &c, &old))
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
    return fcl__params_fail(p, FCL_E_NOMEM, FCL__PARAMS_NO_MEMORY, fcl__params_slice("", 0), need);
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
  size_t length = p->record ? fcl__params_record_length(p, p->record) : 0;
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
    const size_t at = n * FCL_CONTENT_ALIGNED,
                 len = fcl__params_least(size - at, FCL_CONTENT_ALIGNED);
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
  const unsigned h = fcl__params_hash(name);
  if (fcl__params_may_have(p, h))
    remove_old(p, name);
  if (size > p->max_total || p->total > p->max_total - size)
    return fcl__params_fail(p, FCL_E_PARAMS, FCL__PARAMS_LARGE_TOTAL, name, p->total + size);
  if (!reserve(p, size + records_of(size) * FCL_HEADER_SIZE))
    return 0;
  fcl__params_mark(p, h);
  return 1;
}

/* Most pairs: a byte for each length, a new name, and room in the record that is open.  Returns 0
   when it is not so, or something is wrong: then nothing has changed. */
static inline int set_quick(fcl_params *p, fcl_slice name, fcl_slice value) {
  const size_t size = 2 + name.len + value.len,
               length = p->record ? fcl__params_record_length(p, p->record) : 0;
  uint8_t *out;
  unsigned h;
  if (p->failed || p->record == 0 || name.len - 1 >= 127 || value.len >= 128 ||
      length + size > FCL_CONTENT_ALIGNED || p->len + size + TAIL_SIZE > p->cap ||
      size > p->max_pair || p->total + size > p->max_total)
    return 0;
  h = fcl__params_hash(name);
  out = p->bytes + p->len;
  if (fcl__params_may_have(p, h) ||
      (fcl__take(out + 2, name.base, name.len, fcl__bad_in_name) |
       fcl__take(out + 2 + name.len, value.base, value.len, fcl__bad_in_value)) != 0)
    return 0;
  out[0] = (uint8_t) name.len;
  out[1] = (uint8_t) value.len;
  fcl__params_mark(p, h);
  p->len += size;
  p->total += size;
  p->count++;
  set_length(p, p->record, length + size);
  return 1;
}

static void set_any(fcl_params *p, fcl_slice name, fcl_slice value) {
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

void fcl_params_set(fcl_params *p, fcl_slice name, fcl_slice value) {
  if (!set_quick(p, name, value))
    set_any(p, name, value);
}

/* The pair that the cursor found in `from`, whose value is in several records. */
static void copy_cut(fcl_params *p, const fcl_params *from, const fcl__params_cursor *found,
                     fcl_slice name) {
  size_t at = found->pair, left = found->size;
  uint8_t *to;
  if (found->size > p->max_pair)
    fcl__params_fail(p, FCL_E_PARAMS, FCL__PARAMS_LARGE_PAIR, name, found->size);
  if (p->failed || !make_room(p, name, found->size))
    return;
  to = p->bytes + p->len + FCL_HEADER_SIZE;
  while (left > 0) {
    const size_t n = fcl__params_least(left, FCL_CONTENT_ALIGNED);
    memcpy(to, from->bytes + at, n);
    to += n;
    at += n + FCL_HEADER_SIZE;
    left -= n;
  }
  cut(p, found->size);
}

/* Nothing is set yet, and all that `from` has may be here. */
static int can_take_whole(const fcl_params *p, const fcl_params *from) {
  return !p->failed && p->count == 0 && p->len == FCL__PARAMS_BEGIN && from->count > 0 &&
         from->total <= p->max_total && from->max_pair <= p->max_pair;
}

static void take_whole(fcl_params *p, const fcl_params *from) {
  size_t at = FCL__PARAMS_BEGIN;
  if (!reserve(p, from->len - FCL__PARAMS_BEGIN))
    return;
  memcpy(p->bytes + FCL__PARAMS_BEGIN, from->bytes + FCL__PARAMS_BEGIN,
         from->len - FCL__PARAMS_BEGIN);
  memcpy(p->seen, from->seen, sizeof p->seen);
  p->len = from->len;
  p->record = from->record;
  p->total = from->total;
  p->count = from->count;
  for (; at < p->len; at += FCL_HEADER_SIZE + fcl__params_record_length(p, at))
    set_id(p, at, 1); /* it may have been addressed */
}

void fcl_params_copy(fcl_params *p, const fcl_params *from) {
  fcl__params_cursor c = fcl__params_first();
  fcl_slice name, value;
  if (can_take_whole(p, from)) {
    take_whole(p, from);
    return;
  }
  while (!p->failed && fcl__params_step(from, &c, &name, &value))
    if (c.size > FCL_CONTENT_MAX)
      copy_cut(p, from, &c, name);
    else
      set_any(p, name, value);
}

int fcl_params_remove(fcl_params *p, fcl_slice name) {
  return name.len > 0 && fcl__params_may_have(p, fcl__params_hash(name)) && remove_old(p, name);
}

void fcl_params_set_text(fcl_params *p, const char *name, const char *value) {
  fcl_params_set(p, fcl__params_slice(name ? name : "", name ? strlen(name) : 0),
                 fcl__params_slice(value ? value : "", value ? strlen(value) : 0));
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
  *image = fcl__params_slice((const char *) p->bytes, p->image_len);
  return FCL_OK;
}

void fcl_params_address(fcl_params *p, unsigned id, unsigned flags) {
  size_t at = 0;
  while (at < p->image_len) {
    set_id(p, at, id);
    at += FCL_HEADER_SIZE + fcl__params_record_length(p, at);
  }
  if (at > 0)
    p->bytes[FCL_HEADER_SIZE + 2] = (uint8_t) flags;
}
