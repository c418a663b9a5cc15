/* arrived.c: the bytes that came in one direction of a connection, kept, and the records in them.
 */
#include "player.h"
#include <stdlib.h>
#include <string.h>

static int grow(fcl__arrived *a, size_t len) {
  size_t room;
  char *grown;
  if (a->len + len > FCL__ARRIVED_MAX)
    return 0;
  if (len <= a->room - a->len)
    return 1;
  room = (a->len + len) * 2;
  grown = realloc(a->bytes, room);
  if (grown == NULL)
    return 0;
  a->bytes = grown;
  a->room = room;
  return 1;
}

static fcl__record *add_record(fcl__arrived *a) {
  if (a->count == a->records_room) {
    size_t room = a->records_room ? a->records_room * 2 : 16;
    fcl__record *grown = realloc(a->records, room * sizeof *grown);
    if (grown == NULL)
      return NULL;
    a->records = grown;
    a->records_room = room;
  }
  memset(&a->records[a->count], 0, sizeof *a->records);
  return &a->records[a->count++];
}

/* A record counts once its padding is here too. */
static int parse(fcl__arrived *a) {
  const uint8_t *h;
  fcl__record *r;
  while (!a->is_lost && a->parsed < a->len) {
    size_t left = a->len - a->parsed;
    h = (const uint8_t *) a->bytes + a->parsed;
    a->is_lost = h[0] != 1;
    if (a->is_lost || left < 8 || left < 8u + ((size_t) h[4] << 8 | h[5]) + h[6])
      return 1;
    r = add_record(a);
    if (r == NULL)
      return 0;
    r->at = a->parsed;
    r->version = h[0];
    r->type = h[1];
    r->id = (unsigned) h[2] << 8 | h[3];
    r->len = (unsigned) h[4] << 8 | h[5];
    r->padding = h[6];
    r->reserved = h[7];
    a->parsed += 8 + r->len + r->padding;
  }
  return 1;
}

int fcl__arrived_add(fcl__arrived *a, const void *bytes, size_t len) {
  if (!grow(a, len))
    return 0;
  if (len > 0)
    memcpy(a->bytes + a->len, bytes, len);
  a->len += len;
  return parse(a);
}

void fcl__arrived_free(fcl__arrived *a) {
  free(a->bytes);
  free(a->records);
  fcl__text_free(&a->note);
  memset(a, 0, sizeof *a);
}

fcl__record *fcl__arrived_next(fcl__arrived *a) {
  while (a->first < a->count && a->records[a->first].is_taken)
    a->first++;
  return a->first < a->count ? &a->records[a->first] : NULL;
}

const char *fcl__record_content(const fcl__arrived *a, const fcl__record *r) {
  return a->bytes + r->at + 8;
}

/* ---- In words ---- */

static size_t get_length(const char **at, const char *end) {
  const uint8_t *p = (const uint8_t *) *at;
  if (end - *at >= 1 && p[0] < 0x80)
    return *at += 1, p[0];
  if (end - *at < 4)
    return SIZE_MAX;
  *at += 4;
  return (size_t) (p[0] & 0x7f) << 24 | (size_t) p[1] << 16 | (size_t) p[2] << 8 | p[3];
}

int fcl__get_pair(const char **at, const char *end, fcl_slice *name, fcl_slice *value) {
  const char *p = *at;
  name->len = get_length(&p, end);
  value->len = name->len == SIZE_MAX ? SIZE_MAX : get_length(&p, end);
  if (value->len == SIZE_MAX || name->len > (size_t) (end - p) ||
      value->len > (size_t) (end - p) - name->len)
    return 0;
  name->base = p;
  value->base = p + name->len;
  *at = value->base + value->len;
  return 1;
}

static unsigned number(const char *p, int bytes) {
  unsigned n = 0;
  while (bytes-- > 0)
    n = n << 8 | (uint8_t) *p++;
  return n;
}

static void say_pairs(const char *at, size_t len, size_t max, fcl__text *t) {
  const char *end = at + len;
  fcl_slice name, value;
  fcl__text_say(t, " {");
  while (fcl__get_pair(&at, end, &name, &value)) {
    fcl__text_pair(t, name, value, max);
    if (at < end)
      fcl__text_say(t, " ");
  }
  if (at < end)
    fcl__text_say(t, "and %zu bytes that are no pair: ", (size_t) (end - at)),
        fcl__text_quote(t, at, (size_t) (end - at), max);
  fcl__text_say(t, "}");
}

static void say_content(unsigned type, const char *p, size_t len, size_t max, fcl__text *t) {
  static const char *const roles[] = {"RESPONDER", "AUTHORIZER", "FILTER"};
  static const char *const statuses[] = {"REQUEST_COMPLETE", "CANT_MPX_CONN", "OVERLOADED",
                                         "UNKNOWN_ROLE"};
  if (type == FCL_BEGIN_REQUEST && len == 8) {
    unsigned role = number(p, 2);
    if (role >= 1 && role <= 3)
      fcl__text_say(t, " role=%s", roles[role - 1]);
    else
      fcl__text_say(t, " role=%u", role);
    fcl__text_say(t, p[2] == 1 ? " flags=KEEP_CONN" : " flags=%u", (uint8_t) p[2]);
  } else if (type == FCL_END_REQUEST && len == 8) {
    fcl__text_say(t, " app=%u", number(p, 4));
    if ((uint8_t) p[4] < 4)
      fcl__text_say(t, " status=%s", statuses[(uint8_t) p[4]]);
    else
      fcl__text_say(t, " status=%u", (uint8_t) p[4]);
  } else if (type == FCL_UNKNOWN_TYPE && len == 8) {
    fcl__text_say(t, " type=%u", (uint8_t) p[0]);
  } else if ((type == FCL_PARAMS && len > 0) || type == FCL_GET_VALUES ||
             type == FCL_GET_VALUES_RESULT) {
    say_pairs(p, len, max, t);
  } else {
    fcl__text_say(t, " ");
    fcl__text_quote(t, p, len, max);
  }
}

void fcl__record_say(const fcl__arrived *a, const fcl__record *r, size_t max, fcl__text *t) {
  fcl__text_type(t, r->type);
  if (r->type < FCL_GET_VALUES || r->id != 0)
    fcl__text_say(t, " id=%u", r->id);
  say_content(r->type, fcl__record_content(a, r) + r->taken, r->len - r->taken, max, t);
  if (r->padding)
    fcl__text_say(t, " padding=%u", r->padding);
  if (r->reserved)
    fcl__text_say(t, " reserved=%u", r->reserved);
}

void fcl__arrived_say(fcl__arrived *a, fcl__text *t) {
  size_t n, said = 0;
  fcl__arrived_next(a);
  for (n = a->first; n < a->count && said < 8; n++)
    if (!a->records[n].is_taken) {
      if (said++ > 0)
        fcl__text_say(t, "\n            ");
      fcl__record_say(a, &a->records[n], 120, t);
    }
  if (n < a->count)
    fcl__text_say(t, "\n            and %zu records more", a->count - n);
  if (a->parsed < a->len) {
    fcl__text_say(t, "%s%s ", said ? "\n            " : "",
                  a->is_lost ? "raw" : "the beginning of a record:");
    fcl__text_quote(t, a->bytes + a->parsed, a->len - a->parsed, 64);
    said = 1;
  }
  if (a->is_ended)
    fcl__text_say(t, "%s%s", said ? "\n            " : "", a->is_reset ? "reset" : "close");
  else if (said == 0)
    fcl__text_say(t, "nothing");
}
