/* caller.c: the caller of a tortured exchange: lends, holds, cancels as its shape says, and judges
 * what comes. */
#include "torture/torture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD    "Content-Type: text/plain\r\n\r\n"
#define A_WHILE 20 /* turns of the loop */

typedef struct call {
  unsigned number;
  int is_after;
  size_t sent, data; /* lent so far, of body and of a filter's data */
  unsigned lends, sents, heads, dones, wakes;
  uint64_t received;
  int is_held, has_canceled, is_late;
  char expected[256]; /* in front of the pattern */
  uint64_t total;
} call;

#define CALLS 16
static call calls[CALLS];

/* ---- What is expected ---- */

static void put_sum(char *out, size_t cap, size_t size) {
  uint64_t hash = FCL_FNV_START;
  static uint64_t last_hash;
  static size_t last_size;
  size_t n, at = strlen(out);
  if (size != last_size) {
    for (n = 0; n < size; n++) {
      char byte = pattern(n);
      hash = fcl_fnv1a(hash, &byte, 1);
    }
    last_hash = hash;
    last_size = size;
  }
  snprintf(out + at, cap - at, "%zu bytes, FNV-1a %016llx\n", size,
           (unsigned long long) (size ? last_hash : hash));
}

static size_t body_of(const call *c) {
  return c->is_after ? 0 : now.body;
}

static sort sort_of(const call *c) {
  return c->is_after && now.shape->sort != RAW ? ANSWERED : now.shape->sort;
}

static void expect(call *c) {
  c->expected[0] = 0;
  if (sort_of(c) == RAW)
    strcpy(c->expected, HEAD);
  put_sum(c->expected, sizeof c->expected, body_of(c));
  if (sort_of(c) == FILTERS)
    put_sum(c->expected, sizeof c->expected, body_of(c));
  c->total = strlen(c->expected) + now.answer;
}

static int is_right(const call *c, const char *data, size_t len) {
  size_t n, front = strlen(c->expected);
  for (n = 0; n < len; n++) {
    uint64_t at = c->received + n;
    if (at >= c->total || data[n] != (at < front ? c->expected[at] : pattern(at - front)))
      return 0;
  }
  return 1;
}

/* ---- What the shape does ---- */

static void at(fcl_request *r, call *c, moment m) {
  const shape *s = now.shape;
  if (s->cancels == m && !c->is_after && !c->has_canceled) {
    c->has_canceled = 1;
    fcl_request_cancel(r);
  }
  if (now.is_disturbed || c->is_after)
    return;
  if (s->recycles == m)
    fcl_pool_recycle(now.pool);
  else if (s->closes_pool == m)
    fcl_pool_close(now.pool, 0);
  else if (s->closes_client != m)
    return;
  now.is_disturbed = 1;
  now.is_closing = s->recycles != m;
  if (s->closes_client == m)
    run_close();
}

static fcl_flow hold(fcl_request *r, call *c) {
  if (now.shape->holding == TAKES_ALL)
    return FCL_NEXT;
  c->is_held = 1;
  if (now.shape->holding == HOLDS_SHORTLY)
    fcl_request_resume(r);
  else
    fcl_request_wake(r);
  return FCL_HOLD;
}

/* ---- Callbacks ---- */

static fcl_flow on_head(fcl_request *r, const fcl_head *head, void *user) {
  call *c = user;
  ck_assert_msg(c->heads++ == 0 && c->dones == 0, "%s: a second head", run_name());
  ck_assert_int_eq(head->status, 200);
  at(r, c, WITH_HEAD);
  return hold(r, c);
}

static fcl_flow on_body(fcl_request *r, const char *data, size_t len, void *user) {
  call *c = user;
  ck_assert_msg(c->dones == 0, "%s: a body behind the end", run_name());
  ck_assert_msg(is_right(c, data, len), "%s: wrong bytes behind %llu", run_name(),
                (unsigned long long) c->received);
  c->received += len;
  at(r, c, WITH_BODY);
  return hold(r, c);
}

static char *lend_of(size_t from) {
  static char *all;
  size_t n;
  if (all == NULL) {
    all = malloc(now.shape->body);
    for (n = 0; n < now.shape->body; n++)
      all[n] = pattern(n);
  }
  return all + from;
}

/* Two halves, and a filter's data likewise. */
static void lend(fcl_request *r, call *c) {
  size_t half = body_of(c) / 2;
  if (c->sent < body_of(c)) {
    c->lends++;
    c->sent += half;
    fcl_request_write(r, lend_of(c->sent - half), half);
    return;
  }
  if (c->data == 0)
    fcl_request_finish(r);
  if (sort_of(c) != FILTERS || c->data == body_of(c))
    return;
  c->lends++;
  c->data += half;
  fcl_request_data(r, lend_of(c->data - half), half);
}

static void on_sent(fcl_request *r, fcl_code code, void *user) {
  call *c = user;
  ck_assert_msg(++c->sents == c->lends && c->dones == 0, "%s: a lend came back twice", run_name());
  at(r, c, WHEN_SENT);
  if (code == FCL_OK && !c->has_canceled)
    lend(r, c);
}

/* Wakes count turns of the loop. */
static void on_wake(fcl_request *r, void *user) {
  call *c = user;
  if (c->is_late) {
    c->is_late = 0;
    lend(r, c);
    return;
  }
  if (++c->wakes % A_WHILE != 0) {
    fcl_request_wake(r);
    return;
  }
  at(r, c, IN_A_WHILE);
  if (c->is_held) {
    c->is_held = 0;
    fcl_request_resume(r);
  }
}

/* ---- The end ---- */

static int is_planned(const call *c, fcl_code code) {
  const shape *s = now.shape;
  if (code == FCL_E_CANCELED)
    return c->has_canceled;
  if (code == FCL_E_STDERR)
    return sort_of(c) == SPOILS;
  return code == FCL_E_CLOSING && (s->closes_pool || s->closes_client) && now.is_disturbed;
}

/* Then there may be none for a sentence, and a phrase stands in its place. */
static int lacks_memory(void) {
  return now.fault && now.fault->kind == TEST_MEMORY && test_call->struck > 0;
}

static void judge(const call *c, const fcl_result *result) {
  fcl_code code = result->error.code;
  if (getenv("TORTURE_SAY") && code != FCL_OK)
    fprintf(stderr, "%s: %s: %s\n", run_name(), fcl_code_name(code), result->error.text);
  if (code == FCL_OK) {
    ck_assert_msg(sort_of(c) == RAW ? c->heads == 0 : c->heads == 1, "%s: no head", run_name());
    ck_assert_msg(c->received == c->total, "%s: %llu bytes of %llu look whole", run_name(),
                  (unsigned long long) c->received, (unsigned long long) c->total);
    return;
  }
  ck_assert_msg(strstr(result->error.text, ": ") || lacks_memory(), "%s: %s names no cause: %s",
                run_name(), fcl_code_name(code), result->error.text);
  if (is_planned(c, code))
    return;
  ck_assert_msg(run_may_fail(code), "%s: %s%s", run_name(),
                c->is_after ? "the request behind it: " : "", result->error.text);
  ck_assert_msg(!c->is_after || !now.is_behind, "%s: the request behind it: %s", run_name(),
                result->error.text);
}

static void on_done(fcl_request *r, const fcl_result *result, void *user) {
  call *c = user;
  ck_assert_msg(c->dones++ == 0, "%s: ended twice", run_name());
  ck_assert_msg(c->lends == c->sents, "%s: ended with a lend out", run_name());
  now.done++;
  now.good += result->error.code == FCL_OK;
  judge(c, result);
  fcl_request_free(r);
  caller_begin();
}

/* ---- The beginning ---- */

static void set_params(fcl_request *r, const call *c) {
  static char big[20000];
  const fcl_slice cookie = {"HTTP_COOKIE", 11}, value = {big, sizeof big};
  memset(big, 'v', sizeof big);
  fcl_request_param(r, "REQUEST_METHOD", body_of(c) ? "POST" : "GET");
  fcl_request_param(r, "SCRIPT_NAME", "/x");
  if (now.shape->place == AS_PROCESS)
    fcl_request_param(r, "QUERY_STRING", "sum=1");
  else
    fcl_request_param(r, "QUERY_STRING",
                      c->is_after             ? "after"
                      : now.shape->is_waiting ? "wait"
                                              : "");
  fcl_request_param_n(r, cookie, value); /* the image grows */
}

static void set_kind(fcl_request *r, const call *c) {
  const shape *s = now.shape;
  if (body_of(c))
    fcl_request_body(r, s->is_unknown ? -1 : (int64_t) now.body,
                     s->is_unknown == 2 ? FCL_BODY_SPOOL : FCL_BODY_STREAM);
  if (sort_of(c) == ASKS)
    fcl_request_authorize(r, now.pool);
  if (sort_of(c) == RAW)
    fcl_request_raw(r);
  if (sort_of(c) == FILTERS) {
    fcl_request_role(r, FCL_FILTER);
    fcl_request_file(r, (int64_t) now.body, 0);
  }
}

static void start(call *c) {
  static const fcl_handlers handlers = {on_head, on_body, NULL, on_sent, on_wake, on_done};
  fcl_request *r;
  fcl_pool_resume(now.pool); /* no waiting for another try */
  r = fcl_request_new(now.pool, &handlers, c);
  if (r == NULL) {
    ck_assert_msg(run_may_fail(FCL_E_NOMEM) && !(c->is_after && now.is_behind), "%s: no request",
                  run_name());
    now.begun--;
    return;
  }
  expect(c);
  set_params(r, c);
  set_kind(r, c);
  c->is_late = now.shape->loop == OF_ITS_OWN; /* the rest is its thread's */
  fcl_request_start(r);
  if (c->is_late || (now.shape->cancels == IN_A_WHILE && !c->is_after))
    fcl_request_wake(r);
  if (now.shape->loop == OF_ITS_OWN)
    return;
  lend(r, c);
  at(r, c, AT_ONCE);
}

static void begin(int is_after) {
  call *c = &calls[now.begun++ % CALLS];
  memset(c, 0, sizeof *c);
  c->number = now.begun;
  c->is_after = is_after;
  start(c);
}

void caller_begin(void) {
  unsigned n = now.begun;
  if (!now.is_closing && now.begun < now.shape->requests) {
    begin(0);
    if (now.begun > n)
      return;
  }
  if (now.done < now.begun)
    return;
  if (!now.is_after && !now.is_closing) {
    now.is_after = 1;
    now.is_behind = !now.for_ever && test_call->struck > 0;
    begin(1);
  }
  if (now.done == now.begun)
    run_close();
}
