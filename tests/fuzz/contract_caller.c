/* contract_caller.c: the caller: calls only what it may, whenever it may, and claims in every
   callback what the contract promises (sentences 1 to 10 of fcgiclient.h). */
#include "contract.h"

ask asks[ASKS_MAX];
unsigned ask_count;

static const unsigned parts[] = {1, 0, 7, 100, 8192, 65528, 65529, 30000};
static const int64_t bodies[] = {0, 1, 0, 100, 8192, -1, 70000, 200000};

uint8_t body_byte(int serial, uint64_t at) {
  return (uint8_t) ((uint64_t) serial * 7 + at * 13 + (at >> 8));
}

void enter(void) {
  claim(w.is_running && w.calls == 0); /* 1 */
  claim(w.depth++ == 0);               /* 2 */
}

void leave(void) {
  w.depth--;
}

/* ---- Verbs ---- */

static char *part(const ask *a, uint64_t at, size_t len) {
  char *bytes = malloc(len + 1);
  size_t i;
  for (i = 0; i < len; i++)
    bytes[i] = (char) body_byte(a->serial, at + i);
  return bytes;
}

static void write_part(ask *a, size_t len) {
  if (a->lend || (a->is_finished && !a->is_done))
    return;
  a->lend = part(a, (uint64_t) a->written, len);
  app_bytes += len;
  if (!a->is_done)
    a->written += (int64_t) len;
  CALL(fcl_request_write(a->r, a->lend, len));
}

static void data_part(ask *a, size_t len) {
  if (a->lend || a->is_done || a->role != FCL_FILTER)
    return;
  a->lend = part(a, (uint64_t) a->data_written, len);
  app_bytes += len;
  a->data_written += (int64_t) len;
  CALL(fcl_request_data(a->r, a->lend, len));
}

static int is_whole(const ask *a) {
  return a->body < 0 || a->written == a->body;
}

static void finish(ask *a) {
  if (!a->is_finished && !a->is_canceled && is_whole(a))
    a->finished_with = a->written;
  a->is_finished = 1;
  CALL(fcl_request_finish(a->r));
}

static void cancel(ask *a) {
  if (!a->is_done)
    a->is_canceled = 1;
  CALL(fcl_request_cancel(a->r));
}

static void resume(ask *a) {
  if (!a->is_held)
    return;
  a->is_held = 0;
  claim(a->span_hash == 0 ||
        a->span_hash == (uint64_t) (uint8_t) a->span[0] + (uint8_t) a->span[a->span_len - 1] + 1);
  CALL(fcl_request_resume(a->r));
}

static void wake(ask *a) {
  a->wakes++;
  a->needs_wake = !w.is_closed;
  CALL(fcl_request_wake(a->r));
}

void caller_free(ask *a) {
  fcl_request *r = a->r;
  if (r == NULL || (a->is_started && !a->is_done))
    return;
  a->r = NULL;
  a->needs_wake = 0;
  CALL(fcl_request_free(r));
  free(a->lend); /* lent to a request that was done */
  a->lend = NULL;
}

void caller_start(ask *a) {
  if (a->r == NULL || a->is_started)
    return;
  a->is_started = 1;
  CALL(fcl_request_start(a->r));
}

/* ---- Callbacks ---- */

static ask *begin(void *user, fcl_request *r) {
  ask *a = user;
  enter();
  claim(a->r == r && a->is_started);
  claim(!a->is_done); /* 4 */
  return a;
}

static fcl_flow end(ask *a, unsigned holds, const char *span, size_t len) {
  if (a->acts & WAKES && a->wakes < 20)
    wake(a);
  if (!(a->acts & holds)) {
    leave();
    return FCL_NEXT;
  }
  a->is_held = 1;
  a->span = span;
  a->span_len = len;
  a->span_hash = len ? (uint64_t) (uint8_t) span[0] + (uint8_t) span[len - 1] + 1 : 0;
  if (a->acts & RESUMES_AT_ONCE)
    resume(a);
  leave();
  return FCL_HOLD;
}

/* What its answer comes from: the application, or the authorizer that refuses. */
static const exchange *source(const ask *a) {
  return a->exchange ? a->exchange : a->step;
}

static size_t read_head(const exchange *x, fcl_head *head) {
  static fcl_header room[FCL_HEADERS_MAX];
  fcl_head_scan scan = {0};
  size_t len = fcl_head_end(&scan, x->out ? x->out : "", x->out_len);
  claim(len > 0 && fcl_head_parse(x->out, len, room, FCL_HEADERS_MAX, head, NULL) == FCL_OK);
  return len;
}

static fcl_flow on_head(fcl_request *r, const fcl_head *head, void *user) {
  ask *a = begin(user, r);
  fcl_head same;
  claim(!a->is_canceled && !a->is_held && a->heads++ == 0 && a->received == 0);
  if (!app_is_vague) {
    claim(source(a) != NULL);
    read_head(source(a), &same);
    claim(same.status == head->status && same.content_length == head->content_length);
    claim(same.count == head->count && same.reason.len == head->reason.len);
    claim(a->exchange || head->status != 200);
    claim(a->exchange == NULL || !a->is_raw);
  }
  if (a->acts & CANCELS_IN_HEAD)
    cancel(a);
  return end(a, HOLDS_HEAD, NULL, 0);
}

static int is_raw(const ask *a) {
  return a->is_raw && a->exchange;
}

static fcl_flow on_body(fcl_request *r, const char *data, size_t len, void *user) {
  ask *a = begin(user, r);
  const exchange *x = source(a);
  fcl_head head;
  size_t at = 0;
  claim(!a->is_canceled && !a->is_held && len > 0);
  if (!app_is_vague) {
    claim(x != NULL && (is_raw(a) || a->heads == 1));
    at = is_raw(a) ? 0 : read_head(x, &head);
    claim(at + a->received + len <= x->out_len);
    claim(memcmp(x->out + at + a->received, data, len) == 0);
  }
  a->received += len;
  if (a->acts & CANCELS_IN_BODY)
    cancel(a);
  return end(a, HOLDS_BODY, data, len);
}

static void on_stderr(fcl_request *r, const char *text, size_t len, void *user) {
  ask *a = begin(user, r);
  claim(!a->is_canceled && len > 0 && memchr(text, 7, len) != text);
  leave();
}

static void upload(ask *a) {
  size_t size = parts[a->limit % 8] + 1u;
  int64_t left = a->body < 0 ? 100000 - a->written : a->body - a->written;
  if (left > 0)
    write_part(a, left < (int64_t) size ? (size_t) left : size);
  else if (!a->is_finished)
    finish(a);
  if (a->is_finished && a->role == FCL_FILTER && a->data_written < a->data)
    data_part(a, (size_t) (a->data - a->data_written));
}

static void on_sent(fcl_request *r, fcl_code code, void *user) {
  ask *a = begin(user, r);
  char *lend = a->lend;
  claim(lend != NULL); /* 3 */
  a->lend = NULL;
  free(lend);
  if (a->acts & UPLOADS && code == FCL_OK && app_bytes < CASE_BYTES)
    upload(a);
  else if (a->acts & UPLOADS && !a->is_finished)
    cancel(a);
  leave();
}

static void on_wake(fcl_request *r, void *user) {
  ask *a = user;
  enter();
  claim(a->r == r && !w.is_closed);
  claim(a->woken++ < a->wakes); /* 8 */
  a->needs_wake = 0;
  leave();
}

/* Sentence 6. */
static void check_whole(const ask *a, const fcl_result *result) {
  const exchange *x = source(a);
  fcl_head head;
  size_t at = 0;
  int has_end = x && x->tail_len == 8;
  head.content_length = -1;
  head.status = 200;
  claim(x != NULL);
  if (!is_raw(a))
    at = read_head(x, &head);
  claim(has_end || (!is_raw(a) && result->unclean));
  claim(!has_end || result->unclean || (x->tail[4] == 0 && result->app_status == x->tail[3]));
  if (!is_raw(a) && (a->is_head || head.status == 204 || head.status == 304)) {
    claim(result->received == 0);
  } else if (head.content_length >= 0) {
    claim(result->received == (uint64_t) head.content_length);
    claim(x->out_len - at >= result->received);
  } else {
    claim(has_end && result->received == x->out_len - at);
  }
}

static int is_impatient(fcl_code code) {
  return code == FCL_E_TIMEOUT_FIRST || code == FCL_E_TIMEOUT_ACTIVITY ||
         code == FCL_E_TIMEOUT_REQUEST;
}

static void check_result(const ask *a, const fcl_result *result) {
  claim((result->error.code == FCL_OK) == (result->error.text[0] == 0));
  claim(strlen(result->error.text) < sizeof result->error.text);
  claim(!a->has_body_handler || result->received == a->received);
  claim(result->sent <= (uint64_t) (a->written + a->data_written) || a->body < 0);
  claim(!a->is_too_large || result->error.code != FCL_OK);
  claim(!(a->has_move && is_impatient(result->error.code))); /* 9 */
  if (result->error.code == FCL_OK && !app_is_vague)
    check_whole(a, result);
}

static void on_done(fcl_request *r, const fcl_result *result, void *user) {
  ask *a = user;
  fcl_slice text = fcl_request_stderr(r);
  if (!w.is_closed)
    enter();
  claim(a->r == r && a->is_started && !a->is_done); /* 4 */
  claim(!a->lend && !a->is_held);                   /* 3 */
  claim(text.len <= w.max_stderr);
  check_result(a, result);
  a->is_done = 1;
  if (!(a->acts & KEEPS) && !a->needs_wake)
    caller_free(a);
  if (!w.is_closed)
    leave();
}

/* ---- Building ---- */

static void set_role(ask *a, unsigned kind) {
  a->role = FCL_RESPONDER;
  if ((kind & 7) == 7)
    a->role = FCL_FILTER;
  if ((kind & 7) == 6)
    a->role = FCL_AUTHORIZER;
  if (a->role == FCL_RESPONDER)
    return;
  fcl_request_role(a->r, a->role);
  if (a->role == FCL_AUTHORIZER)
    a->body = 0;
  if (a->role == FCL_FILTER) {
    a->data = kind & 64 ? 40000 : 0;
    fcl_request_file(a->r, a->data, 7);
  }
}

static void set_params(ask *a, unsigned kind) {
  static char large[70000];
  char number[8];
  snprintf(number, sizeof number, "%d", a->serial);
  fcl_request_param(a->r, "N", number);
  a->is_head = (kind & 31) == 9;
  fcl_request_param(a->r, "REQUEST_METHOD",
                    a->is_head              ? "HEAD"
                    : a->body || kind & 128 ? "POST"
                                            : "GET");
  fcl_request_param(a->r, "SCRIPT_NAME", "/x");
  a->is_too_large = (kind & 63) == 61;
  if (kind & 32 && kind & 16) {
    memset(large, 'v', sizeof large);
    large[a->is_too_large ? sizeof large - 1 : 30000] = 0;
    fcl_request_param(a->r, "L", large);
  }
}

static void build(ask *a, unsigned kind, unsigned with, unsigned unknown) {
  a->body = bodies[with & 7];
  a->is_raw = (with & 96) == 96;
  a->finished_with = -1;
  set_role(a, kind);
  a->has_authorizer = (with & 24) == 24 && w.authorizer && a->role != FCL_AUTHORIZER;
  set_params(a, kind);
  if (a->body != 0)
    fcl_request_body(a->r, a->body, (fcl_body) (unknown & 3 ? unknown & 1 ? 1 : 2 : 0));
  if (a->has_authorizer)
    fcl_request_authorize(a->r, w.authorizer);
  if (a->is_raw)
    fcl_request_raw(a->r);
  if (with & 128)
    fcl_request_tag(a->r, (fcl_slice){"tag", 3});
}

void caller_new(input *in) {
  unsigned kind = take(in), with = take(in), acts = take(in), more = take(in);
  ask *a = &asks[ask_count];
  fcl_handlers handlers = {on_head, on_body, on_stderr, on_sent, on_wake, on_done};
  if (ask_count == ASKS_MAX || w.pool == NULL)
    return;
  memset(a, 0, sizeof *a);
  if (more & 16)
    handlers.on_stderr = NULL;
  if ((more & 96) == 96)
    handlers.on_body = NULL;
  a->has_body_handler = handlers.on_body != NULL;
  a->serial = (int) ask_count;
  a->acts = acts;
  a->limit = more & 7;
  a->r = fcl_request_new(w.pool, &handlers, a);
  if (a->r == NULL)
    return;
  ask_count++;
  w.calls++;
  build(a, kind, with, more);
  w.calls--;
  if (kind & 8 && more & 8)
    return; /* it is started later, or never */
  caller_start(a);
  if (a->body == 0 && acts & UPLOADS)
    finish(a);
  else if (acts & UPLOADS)
    upload(a);
}

/* ---- By and by ---- */

static ask *pick(unsigned which) {
  unsigned n;
  for (n = 0; n < ask_count; n++)
    if (asks[(which + n) % ask_count].r)
      return &asks[(which + n) % ask_count];
  return NULL;
}

void caller_act(input *in, unsigned what) {
  unsigned which = take(in);
  ask *a = pick(which & 15);
  if (a == NULL)
    return;
  if (what == 0)
    caller_start(a);
  else if (what == 1)
    resume(a);
  else if (what == 2 && a->wakes < 20)
    wake(a);
  else if (what == 3 && !(a->needs_wake))
    caller_free(a);
  else if (what == 4)
    a->acts = take(in);
  if (!a->r || !a->is_started || app_bytes > CASE_BYTES)
    return;
  if (what == 5)
    write_part(a, parts[which >> 4 & 7]);
  else if (what == 6)
    finish(a);
  else if (what == 7)
    data_part(a, parts[which >> 4 & 7]);
  else if (what == 8)
    cancel(a);
}

static int has_move(const ask *a) {
  const exchange *x = a->exchange;
  if (!a->is_started || a->is_done || a->is_canceled)
    return 0;
  if (a->is_held)
    return 1;
  return !a->is_finished && a->lend == NULL && x && x->phase == IN_STDIN &&
         x->stdin_len == (uint64_t) a->written;
}

void caller_moves(int is_passing) {
  unsigned n;
  for (n = 0; n < ask_count; n++)
    asks[n].has_move = is_passing && has_move(&asks[n]);
}

void caller_settle(int cancels) {
  unsigned n;
  for (n = 0; n < ask_count; n++) {
    ask *a = &asks[n];
    a->acts &= KEEPS | WAKES;
    if (a->r == NULL || !a->is_started || a->is_done)
      continue;
    resume(a);
    if (cancels ||
        a->data_written < a->data) /* a file that is too short is the caller's to cancel */
      cancel(a);
    if (!a->is_finished)
      finish(a);
  }
}

unsigned caller_open(void) {
  unsigned n, open = 0;
  for (n = 0; n < ask_count; n++)
    open += asks[n].is_started && !asks[n].is_done;
  return open;
}

void caller_check_wakes(void) {
  unsigned n;
  for (n = 0; n < ask_count; n++)
    claim(asks[n].r == NULL || !asks[n].needs_wake); /* 8 */
}

void caller_reset(void) {
  unsigned n;
  for (n = 0; n < ask_count; n++) {
    claim(!asks[n].is_started || asks[n].is_done); /* 4 */
    caller_free(&asks[n]);
  }
  ask_count = 0;
}
