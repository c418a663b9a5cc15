/* inspector.c: reads the records of both directions of a connection, strictly, and apart from the
 * library's codec. */
#include "inspector.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

fcl_inspector *fcl_inspector_new(int multiplexed) {
  fcl_inspector *i = calloc(1, sizeof *i);
  if (i == NULL)
    return NULL;
  i->multiplexed = multiplexed;
  i->server.side = FCL_SIDE_SERVER;
  i->app.side = FCL_SIDE_APP;
  return i;
}

void fcl_inspector_free(fcl_inspector *i) {
  size_t n;
  if (i == NULL)
    return;
  for (n = 0; n < i->count; n++)
    fcl__seen_free(i->requests[n]);
  free(i->requests);
  free(i);
}

static fcl__inspected *side_of(const fcl_inspector *i, fcl_side side) {
  fcl_inspector *mine = (fcl_inspector *) (uintptr_t) i;
  return side == FCL_SIDE_SERVER ? &mine->server : &mine->app;
}

const char *fcl_inspector_fault(const fcl_inspector *i, fcl_side side) {
  const fcl__inspected *s = side_of(i, side);
  return s->fault[0] ? s->fault : NULL;
}

int fcl_inspector_between(const fcl_inspector *i, fcl_side side) {
  const fcl__inspected *s = side_of(i, side);
  return s->have == 0;
}

const fcl_seen *fcl_inspector_last(const fcl_inspector *i) {
  return i->last ? &i->last->is : NULL;
}

const fcl_seen *fcl_inspector_find(const fcl_inspector *i, unsigned id) {
  const fcl__seen *s = fcl__inspector_request(i, id);
  return s ? &s->is : NULL;
}

const char *fcl_inspector_log(const fcl_inspector *i, fcl_side side) {
  return side_of(i, side)->log;
}

fcl__seen *fcl__inspector_request(const fcl_inspector *i, unsigned id) {
  size_t n;
  for (n = 0; n < i->count; n++)
    if (i->requests[n]->is.id == id)
      return i->requests[n];
  return NULL;
}

static void say(const fcl__inspected *s, char *out, size_t cap, const char *fmt, va_list args) {
  size_t at = (size_t) snprintf(
      out, cap,
      "the %s broke FastCGI in record %llu at byte %llu (type %u, id %u, %u bytes, padding %u): ",
      s->side == FCL_SIDE_SERVER ? "server" : "application", (unsigned long long) s->records,
      (unsigned long long) s->record_at, s->type, s->id, s->len, s->padding);
  vsnprintf(out + at, cap - at, fmt, args);
}

int fcl__fault(fcl__inspected *s, const char *fmt, ...) {
  va_list args;
  va_start(args, fmt);
  if (!s->fault[0])
    say(s, s->fault, sizeof s->fault, fmt, args);
  va_end(args);
  return 0;
}

static int judge(fcl_inspector *i, fcl__inspected *s, fcl__rule rule, int is_kept, const char *fmt,
                 va_list args) {
  fcl__judged *j = &i->judged[rule];
  int at;
  j->times++;
  if (is_kept || j->broken++ > 0)
    return is_kept;
  at = snprintf(j->first, sizeof j->first,
                "record %llu at byte %llu (type %u, id %u): ", (unsigned long long) s->records,
                (unsigned long long) s->record_at, s->type, s->id);
  vsnprintf(j->first + at, sizeof j->first - (size_t) at, fmt, args);
  return is_kept;
}

int fcl__judge(fcl_inspector *i, fcl__inspected *s, fcl__rule rule, int is_kept, const char *fmt,
               ...) {
  va_list args;
  va_start(args, fmt);
  judge(i, s, rule, is_kept, fmt, args);
  va_end(args);
  return is_kept;
}

int fcl__check(fcl_inspector *i, fcl__inspected *s, fcl__rule rule, int is_kept, const char *fmt,
               ...) {
  va_list args;
  if (s->side == FCL_SIDE_SERVER) {
    va_start(args, fmt);
    judge(i, s, rule, is_kept, fmt, args);
    va_end(args);
  }
  va_start(args, fmt);
  if (!is_kept && !s->fault[0])
    say(s, s->fault, sizeof s->fault, fmt, args);
  va_end(args);
  return is_kept;
}

static const char *const names[] = {"?",
                                    "BEGIN_REQUEST",
                                    "ABORT_REQUEST",
                                    "END_REQUEST",
                                    "PARAMS",
                                    "STDIN",
                                    "STDOUT",
                                    "STDERR",
                                    "DATA",
                                    "GET_VALUES",
                                    "GET_VALUES_RESULT",
                                    "UNKNOWN_TYPE"};

/* The log keeps the last records: where it is full, the first half goes. */
static void log_record(fcl__inspected *s) {
  size_t at = strlen(s->log);
  if (at + 64 > sizeof s->log) {
    const char *half = strchr(s->log + sizeof s->log / 2, ',');
    memcpy(s->log, "...", 3);
    memmove(s->log + 3, half, strlen(half) + 1);
    at = strlen(s->log);
  }
  snprintf(s->log + at, sizeof s->log - at, "%s%s id=%u len=%u", at ? ", " : "",
           names[s->type < 12 ? s->type : 0], s->id, s->len);
}

/* The first byte decides whether this is FastCGI at all, so it is judged at once. */
static size_t take_header(fcl_inspector *i, fcl__inspected *s, const uint8_t *p, size_t len) {
  size_t n = 8 - s->have < len ? 8 - s->have : len;
  if (s->have == 0) {
    s->record_at = s->at;
    s->records++;
    s->type = s->id = s->len = s->padding = 0;
  }
  memcpy(s->header + s->have, p, n);
  s->have += (unsigned) n;
  if (s->have == n)
    s->is_lost = !fcl__check(i, s, FCL__RULE_VERSION, s->header[0] == 1, "its version is %u, not 1",
                             s->header[0]);
  return n;
}

static void read_header(fcl_inspector *i, fcl__inspected *s) {
  const uint8_t *h = s->header;
  s->type = h[1];
  s->id = (unsigned) h[2] << 8 | h[3];
  s->left = s->len = (unsigned) h[4] << 8 | h[5];
  s->padding_left = s->padding = h[6];
  s->gathered = 0;
  log_record(s);
  fcl__check(i, s, FCL__RULE_RESERVED, h[7] == 0, "its reserved byte is %u, not 0", h[7]);
  s->is_skipped = !fcl__rules_header(i, s);
}

static size_t take_content(fcl_inspector *i, fcl__inspected *s, const char *p, size_t len) {
  size_t n = s->left < len ? s->left : len;
  s->left -= (unsigned) n;
  if (s->type == FCL_STDIN || s->type == FCL_DATA || s->type == FCL_STDOUT ||
      s->type == FCL_STDERR) {
    if (!s->is_skipped)
      fcl__rules_content(i, s, p, n);
    return n;
  }
  memcpy(s->content + s->gathered, p, n);
  s->gathered += (unsigned) n;
  return n;
}

static size_t take_padding(fcl__inspected *s, size_t len) {
  size_t n = s->padding_left < len ? s->padding_left : len;
  s->padding_left -= (unsigned) n;
  return n;
}

static void end_content(fcl_inspector *i, fcl__inspected *s) {
  if (!s->is_skipped)
    fcl__rules_record(i, s);
  if (s->padding_left == 0)
    s->have = 0;
}

/* One step: part of a header, of content, or of padding; a record is judged at the end of its
 * content. */
static size_t take(fcl_inspector *i, fcl__inspected *s, const char *p, size_t len) {
  size_t n;
  if (s->have == 8 && s->left == 0) {
    n = take_padding(s, len);
    if (s->padding_left == 0)
      s->have = 0;
    return n;
  }
  if (s->have < 8) {
    n = take_header(i, s, (const uint8_t *) p, len);
    if (s->have < 8 || s->is_lost)
      return n;
    read_header(i, s);
  } else {
    n = take_content(i, s, p, len);
  }
  if (s->left == 0)
    end_content(i, s);
  return n;
}

int fcl_inspector_feed(fcl_inspector *i, fcl_side side, const void *bytes, size_t len) {
  fcl__inspected *s = side_of(i, side);
  const char *p = bytes;
  while (len > 0 && !s->is_lost) {
    size_t n = take(i, s, p, len);
    p += n;
    len -= n;
    s->at += n;
  }
  return !s->fault[0];
}
