/* exchange.c: one request and its response: from the head to whoever answers it. */
#include "connection.h"
#include "application.h"
#include "output.h"
#include "reply.h"
#include "request.h"
#include "route.h"
#include "static.h"
#include "status.h"
#include "text.h"
#include <stdlib.h>

exchange *exchange_new(connection *c) {
  worker *w = c->worker;
  exchange *x = w->free_exchanges;
  if (x)
    w->free_exchanges = x->next_free;
  else if ((x = malloc(sizeof *x)) == NULL)
    return NULL;
  memset(x, 0, offsetof(exchange, fields));
  x->c = c;
  x->fd = -1;
  x->head_block = c->in;
  x->head_start = c->at;
  request_parser_init(c);
  return x;
}

void exchange_free(exchange *x) {
  worker *w = x->c->worker;
  ring_remove(&x->dirty);
  if (x->head_block != x->c->in)
    block_give(&w->blocks, x->head_block);
  block_give(&w->blocks, x->out);
  block_give(&w->blocks, x->location);
  file_close(x);
  status_free(x);
  x->next_free = w->free_exchanges;
  w->free_exchanges = x;
}

int exchange_field(const exchange *x, const char *lower_case, fcl_slice *value) {
  unsigned i;
  for (i = 0; i < x->field_count; i++)
    if (same_fold(x->fields[i].name, lower_case)) {
      *value = trim(x->fields[i].value);
      return 1;
    }
  return 0;
}

/* ---- Answering ---- */

void exchange_refuse(exchange *x, int status) {
  connection_clock(x->c, CLOCK_NONE);
  application_cancel(x);
  x->keep_alive = 0;
  if (x->started == 0)
    x->started = uv_hrtime();
  if (x->method.len == 0 && x->target.len)
    x->method = text(llhttp_method_name((llhttp_method_t) x->c->parser.method));
  reply_error(x, status, 0);
}

fcl_slice exchange_method(const exchange *x) {
  return x->redirects && !same(x->method, LITERAL("HEAD")) ? LITERAL("GET") : x->method;
}

static int is_get(const exchange *x) {
  fcl_slice method = exchange_method(x);
  return same(method, LITERAL("GET")) || same(method, LITERAL("HEAD"));
}

static void answer(exchange *x, const route *r) {
  if (x->c->is_closing) /* the client has left meanwhile: nobody would cancel what begins now */
    return;
  switch (r->kind) {
  case ROUTE_APP:
    application_start(x, r);
    return;
  case ROUTE_FILE:
    if (is_get(x))
      file_serve(x, r->path, r->target.query, r->target.has_query);
    else
      reply_error(x, 405, 0);
    return;
  case ROUTE_REFUSED:
    reply_error(x, r->status, 0);
  }
}

void exchange_answer(exchange *x, fcl_slice target) {
  route r;
  route_find(x->c->worker, exchange_method(x), target, &r);
  answer(x, &r);
}

void exchange_start(exchange *x) {
  route r;
  int status = request_check(x);
  x->started = uv_hrtime();
  connection_clock(x->c, CLOCK_NONE);
  x->state =
      x->has_body || status ? READING_BODY : BODY_COMPLETE; /* refused: who knows what follows */
  if (status) {
    exchange_refuse(x, status);
    return;
  }
  if (status_serve(x))
    return;
  route_find(x->c->worker, exchange_method(x), x->target, &r);
  if (r.kind == ROUTE_APP && x->has_body)
    x->use = BODY_LENT;
  if (x->expects_continue && x->use != BODY_UNWANTED) {
    x->expects_continue = 0;
    output_text(x, "HTTP/1.1 100 Continue\r\n\r\n", 25);
  }
  answer(x, &r);
}

int exchange_may_drain(const exchange *x) {
  return x->keep_alive && !x->expects_continue && x->body_length >= 0 &&
         (uint64_t) x->body_length - x->body_got <= DRAIN_MAX;
}
