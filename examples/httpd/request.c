/* request.c: llhttp's events become the facts of an exchange (RFC 9112). */
#include "request.h"
#include "text.h"
#include <stdlib.h>

static exchange *exchange_of(llhttp_t *parser) {
  return ((connection *) parser->data)->x;
}

static int refuse(exchange *x, int status) {
  x->refusal = status;
  return HPE_USER;
}

/* ---- The head: slices of the block it was read into ---- */

static int on_target(llhttp_t *parser, const char *at, size_t len) {
  exchange *x = exchange_of(parser);
  if (x->target.base == NULL)
    x->target.base = at;
  x->target.len += len;
  return x->target.len > TARGET_MAX ? refuse(x, 414) : 0;
}

static int on_name(llhttp_t *parser, const char *at, size_t len) {
  exchange *x = exchange_of(parser);
  if (x->state != READING_HEAD) /* a trailer: dropped */
    return 0;
  if (x->field_count == 0 || x->is_value) {
    if (x->field_count == FIELDS_MAX)
      return refuse(x, 431);
    x->fields[x->field_count].name = slice(at, 0);
    x->fields[x->field_count].value = slice(NULL, 0);
    x->field_count++;
    x->is_value = 0;
  }
  x->fields[x->field_count - 1].name.len += len;
  return 0;
}

/* A value in two pieces that do not touch is folded: RFC 9112 section 5.2 lets a server refuse it.
 */
static int on_value(llhttp_t *parser, const char *at, size_t len) {
  exchange *x = exchange_of(parser);
  fcl_slice *value = &x->fields[x->field_count - 1].value;
  if (x->state != READING_HEAD)
    return 0;
  x->is_value = 1;
  if (value->base == NULL)
    value->base = at;
  if (value->base + value->len != at)
    return refuse(x, 400);
  value->len += len;
  return 0;
}

static int on_value_complete(llhttp_t *parser) {
  exchange_of(parser)->is_value = 1;
  return 0;
}

static int on_head(llhttp_t *parser) {
  parser->upgrade = 0; /* we speak HTTP/1.1 and nothing else */
  exchange_of(parser)->state = HEAD_COMPLETE;
  return HPE_PAUSED;
}

/* ---- The body ---- */

/* The pieces of a chunked body are pushed together in the block that they came in: the parser does
   not look back.  One piece is lent for each call of the parser. */
static int on_body(llhttp_t *parser, const char *at, size_t len) {
  exchange *x = exchange_of(parser);
  const options *o = x->c->worker->options;
  x->body_got += len;
  if (x->use != BODY_LENT)
    return 0;
  if (x->body_length < 0 && (x->body_got > o->max_chunked || x->body_got > o->max_body))
    return refuse(x, 413);
  if (x->body.len == 0)
    x->body.base = at;
  else
    memmove((char *) x->body.base + x->body.len, at, len);
  x->body.len += len;
  return 0;
}

static int on_message(llhttp_t *parser) {
  exchange_of(parser)->state = BODY_COMPLETE;
  return HPE_PAUSED;
}

/* ---- ---- */

static const llhttp_settings_t settings = {
    .on_url = on_target,
    .on_header_field = on_name,
    .on_header_value = on_value,
    .on_header_value_complete = on_value_complete,
    .on_headers_complete = on_head,
    .on_body = on_body,
    .on_message_complete = on_message,
};

void request_parser_init(connection *c) {
  llhttp_init(&c->parser, HTTP_REQUEST, &settings);
  c->parser.data = c;
}

parsed request_parse(connection *c) {
  const char *from = c->in->bytes + c->at;
  llhttp_errno_t error = llhttp_execute(&c->parser, from, c->end - c->at);
  if (error == HPE_OK) {
    c->at = c->end;
    return PARSED_ALL;
  }
  if (error == HPE_PAUSED) {
    c->at = (size_t) (llhttp_get_error_pos(&c->parser) - c->in->bytes);
    llhttp_resume(&c->parser);
    return PARSED_STOP;
  }
  if (c->x->refusal == 0)
    c->x->refusal = 400;
  return PARSED_ERROR;
}

void request_rebase(exchange *x, const char *from, const char *to) {
  unsigned i;
  if (x->target.base)
    x->target.base = to + (x->target.base - from);
  for (i = 0; i < x->field_count; i++) {
    fcl_header *f = &x->fields[i];
    f->name.base = to + (f->name.base - from);
    if (f->value.base)
      f->value.base = to + (f->value.base - from);
  }
}

/* Takes note of the fields that say how the message is to be read.  Returns 0, or a status. */
static int note_field(exchange *x, const fcl_header *f, unsigned *hosts) {
  fcl_slice value = trim(f->value);
  switch (f->name.len) {
  case 4:
    if (!same_fold(f->name, "host"))
      return 0;
    x->host = value;
    return ++*hosts > 1 ? 400 : 0;
  case 6:
    if (!same_fold(f->name, "expect"))
      return 0;
    x->expects_continue = same_fold(value, "100-continue");
    return x->expects_continue ? 0 : 417;
  case 17:
    if (!same_fold(f->name, "transfer-encoding"))
      return 0;
    if (x->is_chunked || !same_fold(value, "chunked"))
      return 501;
    x->is_chunked = 1;
    return x->minor == 0 ? 400 : 0; /* RFC 9112 section 6.1 */
  }
  return 0;
}

static int check_version(exchange *x) {
  const llhttp_t *p = &x->c->parser;
  const char *behind = x->target.base + x->target.len; /* " HTTP/1.1" */
  if (memcmp(behind, " HTTP/", 6) != 0)                /* llhttp knows other protocols */
    return 400;
  x->minor = p->http_minor;
  return p->http_major == 1 && p->http_minor <= 1 ? 0 : 505;
}

int request_check(exchange *x) {
  llhttp_t *p = &x->c->parser;
  unsigned i, hosts = 0;
  int status = check_version(x);
  x->method = text(llhttp_method_name((llhttp_method_t) p->method));
  for (i = 0; i < x->field_count && status == 0; i++)
    status = note_field(x, &x->fields[i], &hosts);
  if (status)
    return status;
  if (p->method == HTTP_CONNECT)
    return 405;
  if (x->minor == 1 && hosts == 0)
    return 400;
  if (p->content_length > INT64_MAX)
    return 400;
  x->body_length = x->is_chunked ? -1 : (int64_t) p->content_length;
  x->has_body = x->body_length != 0;
  x->keep_alive = llhttp_should_keep_alive(p) && !x->c->worker->is_draining;
  x->expects_continue = x->expects_continue && x->has_body && x->minor == 1;
  return x->body_length > 0 && (uint64_t) x->body_length > x->c->worker->options->max_body ? 413
                                                                                           : 0;
}
