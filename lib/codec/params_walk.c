/* params_walk.c: from pair to pair through the image, and to the one of a name. */
#include "codec/params_quick.h"
#include "codec/params_walk.h"

/* To the record that begins where this one ends.  Returns 0 behind the last. */
static int next_record(const fcl_params *p, fcl__params_cursor *c) {
  if (c->end >= p->len)
    return 0;
  c->header = c->end;
  c->at = c->header + FCL_HEADER_SIZE;
  c->end = c->at + fcl__params_record_length(p, c->header);
  return 1;
}

/* To the end of a pair of `size` bytes that is cut: it fills its records, and no other is in them.
 */
static void pass_cut(const fcl_params *p, fcl__params_cursor *c, size_t size) {
  size_t left = size - (c->end - c->at);
  while (left > 0 && next_record(p, c))
    left -= fcl__params_least(left, c->end - c->at);
  c->at = c->end;
}

/* Of a pair that is cut between records, *value is what lies in the first. */
static int step_long(const fcl_params *p, fcl__params_cursor *c, fcl_slice *name,
                     fcl_slice *value) {
  const char *bytes = (const char *) p->bytes, *from = bytes + c->at;
  size_t size;
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

/* Most have a byte for each length, and such a one is never cut. */
static inline int step(const fcl_params *p, fcl__params_cursor *c, fcl_slice *name,
                       fcl_slice *value) {
  const uint8_t *in;
  if (c->at == c->end && !next_record(p, c))
    return 0;
  in = p->bytes + c->at;
  c->pair = c->at;
  if ((in[0] | in[1]) >= 128)
    return step_long(p, c, name, value);
  *name = fcl__params_slice((const char *) in + 2, in[0]);
  *value = fcl__params_slice((const char *) in + 2 + in[0], in[1]);
  c->size = 2 + (size_t) in[0] + in[1];
  c->at += c->size;
  return 1;
}

int fcl__params_step(const fcl_params *p, fcl__params_cursor *c, fcl_slice *name,
                     fcl_slice *value) {
  return step(p, c, name, value);
}

int fcl_params_next(const fcl_params *p, size_t *at, fcl_slice *name, fcl_slice *value) {
  fcl__params_cursor c = fcl__params_first();
  while (*at >= c.end) /* also for 0 < FCL__PARAMS_BEGIN: into the first record */
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

int fcl__params_find(const fcl_params *p, fcl_slice name, fcl__params_cursor *c, fcl_slice *value) {
  fcl_slice found;
  *c = fcl__params_first();
  while (step(p, c, &found, value))
    if (found.len == name.len && memcmp(found.base, name.base, name.len) == 0)
      return 1;
  return 0;
}

int fcl_params_get(const fcl_params *p, fcl_slice name, fcl_slice *value) {
  fcl__params_cursor c;
  fcl_slice found;
  if (name.len == 0 || !fcl__params_may_have(p, fcl__params_hash(name)) ||
      !fcl__params_find(p, name, &c, &found))
    return 0;
  *value = found;
  return 1;
}
