/* calls.c: requests with everything that came of them, one and many; what the contract says of
 * callbacks is claimed here. */
#include "real/driver.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PART    65536
#define PATTERN 1000003 /* a prime: in step with no block */

static call *calls;

/* ---- Hashes ---- */

uint64_t call_fnv(uint64_t hash, const void *data, size_t len) {
  const unsigned char *p = data;
  size_t i;
  for (i = 0; i < len; i++)
    hash = (hash ^ p[i]) * 0x100000001b3u;
  return hash;
}

const char *call_hex(uint64_t hash) {
  static char text[17];
  snprintf(text, sizeof text, "%016" PRIx64, hash);
  return text;
}

static const char *pattern(void) {
  static char bytes[PATTERN];
  uint32_t x = 2463534242u;
  size_t i;
  for (i = bytes[0] ? PATTERN : 0; i < PATTERN; i++) {
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    bytes[i] = (char) (x | (i == 0));
  }
  return bytes;
}

/* ---- Up ---- */

void call_send(call *c) {
  uint64_t left = c->plan.upload - c->lent;
  size_t at = (size_t) (c->lent % PATTERN), n = c->plan.part ? c->plan.part : PART;
  if (c->request == NULL)
    return;
  if (left == 0) {
    fcl_request_finish(c->request);
    return;
  }
  n = n < PATTERN - at ? n : PATTERN - at;
  n = n < left ? n : (size_t) left;
  c->lent += n;
  c->lends++;
  c->lent_hash = call_fnv(c->lent_hash, pattern() + at, n);
  fcl_request_write(c->request, pattern() + at, n);
}

static void on_sent(fcl_request *r, fcl_code code, void *user) {
  call *c = user;
  ck_assert_ptr_eq(c->request, r);
  c->sents++;
  if (code == FCL_OK && (c->plan.before_part == NULL || !c->plan.before_part(c)))
    call_send(c);
}

/* ---- Down ---- */

static size_t add(char *text, size_t cap, size_t at, const char *data, size_t len) {
  size_t n = at < cap - 1 ? cap - 1 - at : 0;
  n = n < len ? n : len;
  if (n > 0)
    memcpy(text + at, data, n);
  text[at + n] = 0;
  return at + n;
}

static fcl_flow on_head(fcl_request *r, const fcl_head *head, void *user) {
  call *c = user;
  fcl_slice hash;
  ck_assert_ptr_eq(c->request, r);
  ck_assert_uint_eq(c->heads++, 0);
  c->status = head->status;
  if (fcl_head_get(head, "X-Hash", &hash))
    add(c->x_hash, sizeof c->x_hash, 0, hash.base, hash.len);
  return FCL_NEXT;
}

static fcl_flow on_body(fcl_request *r, const char *data, size_t len, void *user) {
  call *c = user;
  ck_assert_ptr_eq(c->request, r);
  ck_assert_uint_eq(c->heads, 1);
  ck_assert_uint_gt(len, 0);
  if (c->len < sizeof c->text - 1)
    add(c->text, sizeof c->text, (size_t) c->len, data, len);
  c->len += len;
  c->hash = call_fnv(c->hash, data, len);
  return c->plan.on_body ? c->plan.on_body(c, data, len) : FCL_NEXT;
}

static void on_stderr(fcl_request *r, const char *text, size_t len, void *user) {
  call *c = user;
  ck_assert_ptr_eq(c->request, r);
  add(c->err, sizeof c->err, strlen(c->err), text, len);
}

static void on_done(fcl_request *r, const fcl_result *result, void *user) {
  call *c = user;
  ck_assert_ptr_eq(c->request, r);
  ck_assert_int_eq(c->is_done, 0);
  ck_assert_int_eq(result->error.code != FCL_OK, result->error.text[0] != 0);
  ck_assert_uint_eq(result->received, c->len);
  ck_assert_uint_eq(c->sents, c->lends);
  c->is_done = 1;
  c->done_ms = driver_ms();
  c->result = *result;
  c->request = NULL;
  fcl_request_free(r);
  if (c->plan.on_done)
    c->plan.on_done(c); /* which may free it */
}

/* ---- One ---- */

static void set_params(call *c, const char *method) {
  fcl_request *r = c->request;
  fcl_slice tag = {c->plan.tag, c->plan.tag ? strlen(c->plan.tag) : 0};
  fcl_request_param(r, "GATEWAY_INTERFACE", "CGI/1.1");
  fcl_request_param(r, "SERVER_PROTOCOL", "HTTP/1.1");
  fcl_request_param(r, "REDIRECT_STATUS", "200");
  fcl_request_param(r, "REQUEST_METHOD", method);
  fcl_request_param(r, "SCRIPT_NAME", "/script");
  fcl_request_param(r, "QUERY_STRING", c->plan.query);
  if (c->plan.script)
    fcl_request_param(r, "SCRIPT_FILENAME", c->plan.script);
  if (c->plan.path_info)
    fcl_request_param(r, "PATH_INFO", c->plan.path_info);
  if (c->plan.upload)
    fcl_request_param(r, "CONTENT_TYPE", "application/octet-stream");
  if (tag.len)
    fcl_request_tag(r, tag);
}

static call *make_call(fcl_pool *pool, const call_plan *plan) {
  static const fcl_handlers with_stderr = {on_head, on_body, on_stderr, on_sent, NULL, on_done};
  static const fcl_handlers without = {on_head, on_body, NULL, on_sent, NULL, on_done};
  call *c = calloc(1, sizeof *c);
  ck_assert_ptr_nonnull(c);
  c->plan = *plan;
  c->hash = c->lent_hash = CALL_FNV;
  c->request = fcl_request_new(pool, plan->has_stderr ? &with_stderr : &without, c);
  ck_assert_ptr_nonnull(c->request);
  if (plan->identity)
    fcl_request_identity(c->request, plan->identity);
  if (plan->source)
    fcl_request_source(c->request, (fcl_slice){plan->source, strlen(plan->source)});
  set_params(c, plan->method ? plan->method : plan->upload ? "POST" : "GET");
  if (plan->upload)
    fcl_request_body(c->request, (int64_t) plan->upload, FCL_BODY_REFUSE);
  return c;
}

static void start(call *c) {
  c->started_ms = driver_ms();
  fcl_request_start(c->request);
  call_send(c);
}

call *call_start(fcl_pool *pool, const call_plan *plan) {
  call *c = make_call(pool, plan);
  c->next = calls;
  calls = c;
  start(c);
  return c;
}

call *call_get(fcl_pool *pool, const char *script, const char *query) {
  call_plan plan = {0};
  plan.script = script;
  plan.query = query;
  return call_start(pool, &plan);
}

void call_free_all(void) {
  while (calls) {
    call *next = calls->next;
    free(calls);
    calls = next;
  }
}

void call_wait(call *c) {
  wait_until(c->is_done);
}

void call_is_ok(call *c) {
  call_wait(c);
  ck_assert_msg(c->result.error.code == FCL_OK, "%s", c->result.error.text);
}

void call_failed(call *c, fcl_code code, const char *part) {
  call_wait(c);
  ck_assert_msg(c->result.error.code == code, "%s instead of %s: %s",
                fcl_code_name(c->result.error.code), fcl_code_name(code), c->result.error.text);
  ck_assert_msg(strstr(c->result.error.text, part) != NULL, "no \"%s\" in: %s", part,
                c->result.error.text);
}

/* ---- Many ---- */

typedef struct one {
  many *m;
  unsigned n;
  char query[24];
} one;

static void start_one(many *m);

static void judge(many *m, const one *o, const call *c) {
  m->tries += c->result.tries;
  if (c->result.error.code) {
    if (m->error[0] == 0)
      snprintf(m->error, sizeof m->error, "request %u (%u tries): %.980s", o->n, c->result.tries,
               c->result.error.text);
  } else if (strcmp(c->text, o->query + 2) != 0) {
    m->wrong++;
    snprintf(m->error, sizeof m->error, "request %u was answered with \"%.100s\"", o->n, c->text);
  } else {
    m->ok++;
  }
}

static void one_is_done(call *c) {
  one *o = c->user;
  many *m = o->m;
  judge(m, o, c);
  m->done++;
  if (m->each)
    m->each(m, c);
  free(o);
  free(c);
  if (m->started < m->total)
    start_one(m);
}

static void start_one(many *m) {
  one *o = calloc(1, sizeof *o);
  call *c;
  ck_assert_ptr_nonnull(o);
  o->m = m;
  o->n = m->started++;
  snprintf(o->query, sizeof o->query, "n=%u", o->n);
  m->plan.query = o->query;
  m->plan.on_done = one_is_done;
  c = make_call(m->pool, &m->plan);
  c->user = o;
  start(c);
}

void many_start(many *m) {
  while (m->started < m->at_once && m->started < m->total)
    start_one(m);
}

int many_is_done(const many *m) {
  return m->done == m->total;
}

void many_run(many *m) {
  many_start(m);
  wait_until(many_is_done(m));
}

void many_all_ok(const many *m) {
  ck_assert_msg(
      m->ok == m->total,
      "%u of %u were answered rightly (%u of %u done, %u wrong); the first that was not: %s", m->ok,
      m->total, m->done, m->total, m->wrong, m->error);
}
