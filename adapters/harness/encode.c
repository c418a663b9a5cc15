/* encode.c: the bytes that a side sends for a line of the wire, right or wrong as the line has
 * them. */
#include "player.h"
#include <string.h>

static int is_given(const fcl__wire *w, fcl__attr attr) {
  return (w->given & 1u << attr) != 0;
}

/* A new request takes the next number unless it was told which. */
static unsigned id_of(const fcl__wire *w, fcl__names *names, unsigned *current) {
  unsigned id = *current ? *current : 1;
  if (w->var.len > 0) {
    if (!fcl__names_get(names, w->var, &id)) {
      id = names->last_id = names->last_id % 65535 + 1;
      fcl__names_set(names, w->var, id);
    }
  } else if (is_given(w, FCL__ATTR_ID)) {
    id = w->attr[FCL__ATTR_ID];
  } else if (w->type == FCL_BEGIN_REQUEST) {
    id = names->last_id = names->last_id % 65535 + 1;
  }
  if (w->type == FCL_BEGIN_REQUEST)
    *current = id;
  return id;
}

static void put_record(const fcl__wire *w, unsigned id, const char *content, size_t len,
                       fcl__text *out) {
  static const char zeros[255];
  size_t said = is_given(w, FCL__ATTR_LENGTH) ? w->attr[FCL__ATTR_LENGTH] : len;
  char header[8];
  header[0] = (char) (is_given(w, FCL__ATTR_VERSION) ? w->attr[FCL__ATTR_VERSION] : 1);
  header[1] = (char) w->type;
  header[2] = (char) (id >> 8);
  header[3] = (char) id;
  header[4] = (char) (said >> 8);
  header[5] = (char) said;
  header[6] = (char) w->attr[FCL__ATTR_PADDING];
  header[7] = (char) w->attr[FCL__ATTR_RESERVED];
  fcl__text_add(out, header, sizeof header);
  fcl__text_add(out, content, len);
  fcl__text_add(out, zeros, w->attr[FCL__ATTR_PADDING]);
}

static void put_number(char *out, unsigned n, int bytes) {
  while (bytes-- > 0)
    *out++ = (char) (n >> 8 * bytes);
}

/* What a record holds when the line does not say it as bytes. */
static void put_body(const fcl__wire *w, unsigned id, fcl__text *out) {
  char body[8] = {0};
  if (w->type == FCL_BEGIN_REQUEST) {
    put_number(body, is_given(w, FCL__ATTR_ROLE) ? w->attr[FCL__ATTR_ROLE] : FCL_RESPONDER, 2);
    body[2] = (char) w->attr[FCL__ATTR_FLAGS];
  } else if (w->type == FCL_END_REQUEST) {
    put_number(body, w->attr[FCL__ATTR_APP], 4);
    body[4] = (char) w->attr[FCL__ATTR_STATUS];
  } else if (w->type == FCL_UNKNOWN_TYPE) {
    body[0] = (char) w->attr[FCL__ATTR_TYPE];
  } else {
    put_record(w, id, "", 0, out);
    return;
  }
  put_record(w, id, body, sizeof body, out);
}

/* ---- Streams ---- */

static void put_length(fcl__text *out, size_t len) {
  char four[4];
  put_number(four, (unsigned) len | 0x80000000u, 4);
  if (len > 127)
    fcl__text_add(out, four, 4);
  else
    fcl__text_add(out, four + 3, 1), out->base[out->len - 1] &= 0x7f;
}

static void put_pair(fcl__text *out, const fcl__pair *pair) {
  put_length(out, pair->name.len);
  put_length(out, pair->value.len);
  fcl__text_add(out, pair->name.base, pair->name.len);
  fcl__text_add(out, pair->value.base, pair->value.len);
}

static void put_stream(const fcl__wire *w, unsigned id, const char *bytes, size_t len,
                       fcl__text *out) {
  while (len > 0) {
    size_t part = len < FCL_CONTENT_ALIGNED ? len : FCL_CONTENT_ALIGNED;
    put_record(w, id, bytes, part, out);
    bytes += part;
    len -= part;
  }
  if (!w->is_open && w->type != FCL_STDERR && w->type < FCL_GET_VALUES)
    put_record(w, id, "", 0, out);
}

/* A pair stays whole in its record where it fits. */
static void put_pairs(const fcl__wire *w, unsigned id, fcl__text *out) {
  fcl__text record = {NULL, 0, 0, 0};
  size_t n;
  fcl__wire open = *w;
  open.is_open = 1;
  for (n = 0; n < w->pair_count; n++) {
    size_t size = 8 + w->pairs[n].name.len + w->pairs[n].value.len;
    if (record.len > 0 && record.len + size > FCL_CONTENT_ALIGNED && w->type == FCL_PARAMS) {
      put_stream(&open, id, record.base, record.len, out);
      record.len = 0;
    }
    put_pair(&record, &w->pairs[n]);
  }
  put_stream(w, id, record.base, record.len, out);
  if (w->type >= FCL_GET_VALUES && record.len == 0)
    put_record(w, id, "", 0, out);
  fcl__text_free(&record);
}

int fcl__encode(const fcl__wire *w, fcl__names *names, unsigned *current, fcl__text *out,
                const char **why) {
  unsigned id;
  *why = "a sum says what is to come, and cannot be sent; say the bytes";
  if (w->is_summed)
    return 0;
  if (w->kind == FCL__WIRE_RAW) {
    fcl__text_add(out, w->bytes.base, w->bytes.len);
  } else {
    id = id_of(w, names, current);
    if (w->shape == FCL__SHAPE_RECORD)
      put_record(w, id, w->bytes.base, w->bytes.len, out);
    else if (w->has_pairs)
      put_pairs(w, id, out);
    else if (w->shape == FCL__SHAPE_STREAM)
      put_stream(w, id, w->bytes.base, w->bytes.len, out);
    else
      put_body(w, id, out);
  }
  *why = "out of memory";
  return !out->has_failed;
}
