/* wire.c: bodies whose bytes tell where they belong, and uploads in steps. */
#include "client/wire.h"
#include <stdio.h>
#include <stdlib.h>

/* Neither a lost nor a doubled nor a moved piece goes unseen. */
char wire_byte(uint64_t n) {
  return (char) ((uint32_t) n * 2654435761u >> 24);
}

uint64_t wire_hash(size_t size) {
  uint64_t hash = FCL_FNV_START;
  size_t n;
  for (n = 0; n < size; n++) {
    char byte = wire_byte(n);
    hash = fcl_fnv1a(hash, &byte, 1);
  }
  return hash;
}

char *wire_bytes(size_t size) {
  char *bytes = malloc(size + 1);
  size_t n;
  for (n = 0; n < size; n++)
    bytes[n] = wire_byte(n);
  return bytes;
}

/* ---- Uploads ---- */

static void send_next(upload *u) {
  size_t n = u->size - u->at < u->step ? u->size - u->at : u->step;
  if (u->is_finished)
    return;
  if (n > 0 || u->is_barred) {
    u->is_barred = n > 0 && u->is_barred;
    u->at += n;
    fcl_request_write(u->x.request, u->bytes + u->at - n, n);
  }
  if (u->at == u->size && !u->is_barred && (n == 0 || !u->is_lazy)) {
    u->is_finished = 1;
    fcl_request_finish(u->x.request);
  }
}

static void go_on(exchange *x, const char *what) {
  if (strcmp(what, "sent") == 0 && x->dones == 0)
    send_next((upload *) x);
}

void upload_start(upload *u, world *w, size_t size, size_t step) {
  u->size = size;
  u->step = step;
  u->bytes = wire_bytes(size);
  u->x.then = go_on;
  exchange_new(&u->x, w, "POST");
  fcl_request_body(u->x.request, u->is_unknown ? -1 : (int64_t) size,
                   u->is_unknown == 2 ? FCL_BODY_SPOOL : FCL_BODY_STREAM);
  fcl_request_start(u->x.request);
  send_next(u);
}

void upload_wait(upload *u) {
  exchange_wait(&u->x);
  free(u->bytes);
  u->bytes = NULL;
}

/* ---- Filters ---- */

void filter_new(exchange *x, world *w, int64_t body, int64_t data) {
  exchange_new(x, w, "GET");
  fcl_request_role(x->request, FCL_FILTER);
  fcl_request_body(x->request, body, FCL_BODY_REFUSE);
  fcl_request_file(x->request, data, 1234567890);
}

void filter_lend(filter *f) {
  fcl_request *r = f->x->request;
  size_t end, n;
  if (!f->is_finished && f->at == f->body) {
    f->is_finished = 1;
    f->at = 0;
    fcl_request_finish(r);
  }
  end = f->is_finished ? f->data : f->body;
  n = end - f->at < f->step ? end - f->at : f->step;
  if (n == 0)
    return;
  f->at += n;
  if (f->is_finished)
    fcl_request_data(r, f->bytes + f->at - n, n);
  else
    fcl_request_write(r, f->bytes + f->at - n, n);
}

static void lend_on(exchange *x, const char *what) {
  if (strcmp(what, "sent") == 0 && x->dones == 0)
    filter_lend(x->user);
}

void filter_start(filter *f, exchange *x, world *w, size_t body, size_t data, size_t step) {
  memset(x, 0, sizeof *x);
  f->x = x;
  f->body = body;
  f->data = data;
  f->step = step;
  f->at = 0;
  f->is_finished = 0;
  f->bytes = wire_bytes(body > data ? body : data);
  x->then = lend_on;
  x->user = f;
  filter_new(x, w, (int64_t) body, (int64_t) data);
  fcl_request_start(x->request);
  filter_lend(f);
}

void filter_wait(filter *f) {
  exchange_wait(f->x);
  free(f->bytes);
}

/* ---- Answers ---- */

void wire_send_body(fcl_script *s, size_t size) {
  char block[65528];
  size_t at = 0, n;
  while (at < size) {
    for (n = 0; n < sizeof block && at < size; n++)
      block[n] = wire_byte(at++);
    if (!fcl_script_stream(s, FCL_STDOUT, block, n))
      return;
  }
}

void wire_get(exchange *x, world *w) {
  memset(x, 0, sizeof *x);
  exchange_get(x, w);
  exchange_wait(x);
}

/* ---- Answers as text ---- */

static void add_text(answer *a, const char *text, size_t len, const char *behind) {
  size_t at = strlen(a->head);
  snprintf(a->head + at, sizeof a->head - at, "%.*s%s", (int) len, text, behind);
}

static fcl_flow keep_head(fcl_request *r, const fcl_head *head, void *user) {
  answer *a = user;
  char number[64];
  size_t n;
  world_enter(a->w);
  a->heads++;
  snprintf(number, sizeof number, "%d ", head->status);
  add_text(a, number, strlen(number), "");
  add_text(a, head->reason.base, head->reason.len, "|");
  for (n = 0; n < head->count; n++) {
    add_text(a, head->headers[n].name.base, head->headers[n].name.len, "=");
    add_text(a, head->headers[n].value.base, head->headers[n].value.len, "|");
  }
  snprintf(number, sizeof number, "length=%lld", (long long) head->content_length);
  if (head->content_length >= 0)
    add_text(a, number, strlen(number), "|");
  if (head->local_redirect)
    add_text(a, "redirect", 8, "|");
  world_leave(a->w);
  return FCL_NEXT;
}

static fcl_flow keep_body(fcl_request *r, const char *data, size_t len, void *user) {
  answer *a = user;
  size_t room =
      sizeof a->body - 1 - (a->body_len < sizeof a->body - 1 ? a->body_len : sizeof a->body - 1);
  world_enter(a->w);
  memcpy(a->body + sizeof a->body - 1 - room, data, len < room ? len : room);
  a->body_len += len;
  world_leave(a->w);
  return FCL_NEXT;
}

static void keep_result(fcl_request *r, const fcl_result *result, void *user) {
  answer *a = user;
  world_enter(a->w);
  a->dones++;
  a->result = *result;
  fcl_request_free(r);
  world_leave(a->w);
}

void answer_get(answer *a, world *w, const char *method) {
  static const fcl_handlers handlers = {keep_head, keep_body, NULL, NULL, NULL, keep_result};
  fcl_request *r;
  memset(a, 0, sizeof *a);
  a->w = w;
  r = fcl_request_new(w->pool, &handlers, a);
  ck_assert_ptr_nonnull(r);
  fcl_request_param(r, "REQUEST_METHOD", method);
  fcl_request_start(r);
  fcl_request_finish(r);
  world_wait(w, &a->dones, 1);
}
