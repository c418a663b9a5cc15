/* seen.c: what was seen of one request: its parameters and its streams. */
#include "inspector.h"
#include <stdlib.h>
#include <string.h>

uint64_t fcl_fnv1a(uint64_t hash, const void *data, size_t len) {
  const uint8_t *p = data;
  while (len-- > 0)
    hash = (hash ^ *p++) * 0x100000001b3u;
  return hash;
}

static void stream_init(fcl_seen_stream *stream) {
  stream->hash = FCL_FNV_START;
  stream->kept = "";
}

fcl__seen *fcl__seen_new(unsigned id, unsigned role, unsigned flags, unsigned number) {
  fcl__seen *s = calloc(1, sizeof *s);
  if (s == NULL)
    return NULL;
  s->is.id = id;
  s->is.role = role;
  s->is.flags = flags;
  s->is.number = number;
  stream_init(&s->is.in);
  stream_init(&s->is.data);
  stream_init(&s->is.out);
  stream_init(&s->is.err);
  return s;
}

static size_t *room_of(fcl__seen *s, const fcl_seen_stream *stream) {
  return s->room + (stream == &s->is.in     ? 0
                    : stream == &s->is.data ? 1
                    : stream == &s->is.out  ? 2
                                            : 3);
}

static void stream_free(fcl__seen *s, fcl_seen_stream *stream) {
  if (*room_of(s, stream))
    free((char *) (uintptr_t) stream->kept);
}

void fcl__seen_free(fcl__seen *s) {
  if (s == NULL)
    return;
  while (s->chunks) {
    fcl__seen_chunk *next = s->chunks->next;
    free(s->chunks);
    s->chunks = next;
  }
  stream_free(s, &s->is.in);
  stream_free(s, &s->is.data);
  stream_free(s, &s->is.out);
  stream_free(s, &s->is.err);
  free(s->params);
  free(s);
}

fcl_seen_stream *fcl__seen_stream(fcl__seen *s, unsigned type) {
  switch (type) {
  case FCL_STDIN:
    return &s->is.in;
  case FCL_DATA:
    return &s->is.data;
  case FCL_STDOUT:
    return &s->is.out;
  case FCL_STDERR:
    return &s->is.err;
  }
  return NULL;
}

static int keep(fcl__seen *s, fcl_seen_stream *stream, const char *data, size_t len) {
  size_t *room = room_of(s, stream), want = stream->kept_len + len;
  char *kept = *room ? (char *) (uintptr_t) stream->kept : NULL;
  if (want + 1 > *room) {
    size_t grown = want < 2048 ? 4096 : want * 2;
    char *fresh = realloc(kept, grown);
    if (fresh == NULL)
      return 0;
    stream->kept = kept = fresh;
    *room = grown;
  }
  if (len > 0)
    memcpy(kept + stream->kept_len, data, len);
  kept[want] = 0;
  stream->kept_len = want;
  return 1;
}

int fcl__seen_add(fcl__seen *s, fcl_seen_stream *stream, const char *data, size_t len) {
  size_t left = FCL_KEPT_MAX - stream->kept_len;
  stream->len += len;
  stream->hash = fcl_fnv1a(stream->hash, data, len);
  return keep(s, stream, data, len < left ? len : left);
}

/* A length of 1 or 4 bytes; the long form only where it is needed (protocol: legal to read, but
 * never to be sent). */
static unsigned strict_length(const char **at, const char *end, size_t *len) {
  const uint8_t *p = (const uint8_t *) *at;
  size_t left = (size_t) (end - *at), size = left > 0 && p[0] >= 0x80 ? 4 : 1;
  if (left < size)
    return FCL__PAIR_CUT;
  *len = size == 1 ? p[0]
                   : (size_t) (p[0] & 0x7f) << 24 | (size_t) p[1] << 16 | (size_t) p[2] << 8 | p[3];
  *at += size;
  return size == 4 && *len < 0x80 ? FCL__PAIR_LONG : 0;
}

unsigned fcl__strict_pair(const char **at, const char *end, fcl_header *pair) {
  unsigned wrong = strict_length(at, end, &pair->name.len);
  if (!(wrong & FCL__PAIR_CUT))
    wrong |= strict_length(at, end, &pair->value.len);
  if (wrong & FCL__PAIR_CUT)
    return wrong;
  if (pair->name.len > (size_t) (end - *at) ||
      pair->value.len > (size_t) (end - *at) - pair->name.len)
    return wrong | FCL__PAIR_CUT;
  pair->name.base = *at;
  pair->value.base = *at + pair->name.len;
  *at += pair->name.len + pair->value.len;
  if (pair->name.len == 0)
    wrong |= FCL__PAIR_NAMELESS;
  if (memchr(pair->name.base, 0, pair->name.len) || memchr(pair->value.base, 0, pair->value.len))
    wrong |= FCL__PAIR_NUL;
  return wrong;
}

static int params_grow(fcl__seen *s) {
  fcl_header *grown;
  if (s->is.param_count < s->params_room)
    return 1;
  s->params_room = s->params_room ? s->params_room * 2 : 32;
  grown = realloc(s->params, s->params_room * sizeof *grown);
  if (grown == NULL)
    return 0;
  s->is.params = s->params = grown;
  return 1;
}

static unsigned came_twice(fcl__seen *s, fcl_slice name) {
  size_t n;
  for (n = 0; n < name.len && n + 1 < sizeof s->doubled; n++)
    s->doubled[n] = name.base[n] >= ' ' && name.base[n] < 0x7f ? name.base[n] : '?';
  s->doubled[n] = 0;
  return FCL__PAIR_TWICE;
}

static unsigned add_param(fcl__seen *s, const fcl_header *pair) {
  fcl_slice there;
  size_t n;
  for (n = 0; n < s->is.param_count; n++) {
    there = s->params[n].name;
    if (there.len == pair->name.len && memcmp(there.base, pair->name.base, there.len) == 0)
      return came_twice(s, there);
  }
  if (!params_grow(s))
    return FCL__PAIR_MEMORY;
  s->params[s->is.param_count++] = *pair;
  return 0;
}

unsigned fcl__seen_pairs(fcl__seen *s, const char *data, size_t len) {
  fcl__seen_chunk *chunk = malloc(sizeof *chunk + len);
  const char *at, *end;
  unsigned wrong = 0;
  if (chunk == NULL)
    return FCL__PAIR_MEMORY;
  chunk->next = s->chunks;
  s->chunks = chunk;
  memcpy(chunk->bytes, data, len);
  for (at = chunk->bytes, end = at + len; at < end && !(wrong & FCL__PAIR_CUT);) {
    fcl_header pair;
    wrong |= fcl__strict_pair(&at, end, &pair);
    if (!(wrong & FCL__PAIR_CUT))
      wrong |= add_param(s, &pair);
  }
  return wrong;
}

int fcl_seen_param(const fcl_seen *s, const char *name, fcl_slice *value) {
  size_t n, len = strlen(name);
  for (n = 0; n < s->param_count; n++)
    if (s->params[n].name.len == len && memcmp(s->params[n].name.base, name, len) == 0) {
      *value = s->params[n].value;
      return 1;
    }
  return 0;
}
