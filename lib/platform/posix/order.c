/* order.c: orders and reports between host and guardian, to bytes and back. */
#include "platform/posix/order.h"
#include <string.h>

static void put32(uint8_t *out, uint32_t n) {
  out[0] = (uint8_t) (n >> 24);
  out[1] = (uint8_t) (n >> 16);
  out[2] = (uint8_t) (n >> 8);
  out[3] = (uint8_t) n;
}

static uint32_t get32(const uint8_t *in) {
  return (uint32_t) in[0] << 24 | (uint32_t) in[1] << 16 | (uint32_t) in[2] << 8 | in[3];
}

static const char *text_of(const char *s) {
  return s ? s : "";
}

/* Adds up to FCL__ORDER_MAX + 1, never beyond. */
static size_t add(size_t sum, const char *s) {
  size_t n = strlen(s) + 1;
  return sum > FCL__ORDER_MAX || n > FCL__ORDER_MAX - sum ? FCL__ORDER_MAX + 1u : sum + n;
}

static size_t text_size(const fcl__order *o) {
  size_t sum = add(add(0, text_of(o->path)), text_of(o->directory));
  uint32_t i;
  for (i = 0; i < o->argc; i++)
    sum = add(sum, o->argv[i]);
  for (i = 0; i < o->envc; i++)
    sum = add(sum, o->env[i]);
  for (i = 0; i < o->termc; i++)
    sum = add(sum, o->terms[i]);
  return sum;
}

size_t fcl__order_size(const fcl__order *o) {
  size_t text = text_size(o);
  return text > FCL__ORDER_MAX ? 0 : FCL__ORDER_HEAD + text;
}

static uint8_t *put_text(uint8_t *out, const char *s) {
  size_t n = strlen(s) + 1;
  memcpy(out, s, n);
  return out + n;
}

void fcl__order_write(const fcl__order *o, uint8_t *out) {
  uint8_t *at = out + FCL__ORDER_HEAD;
  uint32_t i;
  put32(out, (uint32_t) text_size(o));
  put32(out + 4, (uint32_t) o->kind);
  put32(out + 8, o->id);
  put32(out + 12, o->number);
  put32(out + 16, o->argc);
  put32(out + 20, o->envc);
  put32(out + 24, o->termc);
  at = put_text(at, text_of(o->path));
  at = put_text(at, text_of(o->directory));
  for (i = 0; i < o->argc; i++)
    at = put_text(at, o->argv[i]);
  for (i = 0; i < o->envc; i++)
    at = put_text(at, o->env[i]);
  for (i = 0; i < o->termc; i++)
    at = put_text(at, o->terms[i]);
}

int fcl__order_read_head(const uint8_t head[FCL__ORDER_HEAD], fcl__order *o, size_t *text_len) {
  uint32_t len = get32(head), kind = get32(head + 4);
  memset(o, 0, sizeof *o);
  if (len > FCL__ORDER_MAX || kind < FCL__ORDER_HELLO || kind > FCL__ORDER_POLICY)
    return -1;
  o->kind = (fcl__order_kind) kind;
  o->id = get32(head + 8);
  o->number = get32(head + 12);
  o->argc = get32(head + 16);
  o->envc = get32(head + 20);
  o->termc = get32(head + 24);
  *text_len = len;
  return 0;
}

/* Steps over one string; NULL when it does not end before `end`. */
static const char *next(const char *at, const char *end) {
  const char *nul = at && at < end ? memchr(at, 0, (size_t) (end - at)) : NULL;
  return nul ? nul + 1 : NULL;
}

static int makes_sense(const fcl__order *o) {
  switch (o->kind) {
  case FCL__ORDER_START:
    return o->path[0] == '/' && o->directory[0] == '/' && o->argc > 0;
  case FCL__ORDER_DIRECTORY:
    return o->directory[0] == '/' && o->argc == 0 && o->envc == 0 && o->termc == 0;
  case FCL__ORDER_HELLO:
  case FCL__ORDER_STOP:
  case FCL__ORDER_LEAVE:
    return o->argc == 0 && o->envc == 0 && o->termc == 0;
  case FCL__ORDER_POLICY:
    return o->argc == 0 && o->envc == 0;
  }
  return 0;
}

int fcl__order_read_text(fcl__order *o, const char *text, size_t len) {
  const char *end = text + len, *at;
  uint64_t left = (uint64_t) o->argc + o->envc + o->termc;
  o->path = text;
  o->directory = next(text, end);
  at = o->strings = next(o->directory, end);
  for (; left > 0 && at; left--)
    at = next(at, end);
  return at == end && at && makes_sense(o) ? 0 : -1;
}

static const char *vector(const char *at, uint32_t count, char **out) {
  uint32_t i;
  for (i = 0; i < count; i++) {
    out[i] = (char *) (uintptr_t) at;
    at += strlen(at) + 1;
  }
  out[count] = NULL;
  return at;
}

void fcl__order_vectors(const fcl__order *o, char **argv, char **env) {
  vector(vector(o->strings, o->argc, argv), o->envc, env);
}

const char *fcl__order_terms(const fcl__order *o) {
  const char *at = o->strings;
  uint64_t left = (uint64_t) o->argc + o->envc;
  for (; left > 0; left--)
    at += strlen(at) + 1;
  return at;
}

void fcl__report_write(const fcl__report *r, uint8_t out[FCL__REPORT_SIZE]) {
  put32(out, (uint32_t) r->kind);
  put32(out + 4, r->id);
  put32(out + 8, r->number);
  put32(out + 12, r->detail);
}

/* Whoever hears of a process may kill it and its group: -1 and 0 mean everybody to kill(2). */
static int has_sane_pid(const fcl__report *r) {
  return r->kind != FCL__REPORT_STARTED || (r->number > 1 && r->number <= INT32_MAX);
}

int fcl__report_read(const uint8_t in[FCL__REPORT_SIZE], fcl__report *r) {
  uint32_t kind = get32(in);
  if (kind < FCL__REPORT_READY || kind > FCL__REPORT_EXITED)
    return -1;
  r->kind = (fcl__report_kind) kind;
  r->id = get32(in + 4);
  r->number = get32(in + 8);
  r->detail = get32(in + 12);
  return has_sane_pid(r) ? 0 : -1;
}
