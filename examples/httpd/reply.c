/* reply.c: writes heads of responses into the exchange's block. */
#include "reply.h"
#include "output.h"
#include "text.h"

static const char server[] = "Server: fcgiclient-httpd\r\nDate: ";

enum { TEXT_MAX = 4000 };           /* of a text that is shown: it goes out with its head */
enum { LINE_SIZE = 64 + DATE_LEN }; /* beside the reason: status line, Server, Date */

/* Makes the block large enough for `more` bytes.  Returns 0 when that cannot be. */
static int reserve(exchange *x, size_t more) {
  blocks *b = &x->c->worker->blocks;
  block *large;
  if (x->out == NULL)
    x->out = block_take(b, BLOCK_SMALL);
  if (x->out == NULL || more <= x->out->size - x->fields_len)
    return x->out != NULL;
  if (x->out->size != BLOCK_SMALL || more > BLOCK_LARGE - x->fields_len ||
      (large = block_take(b, BLOCK_LARGE)) == NULL)
    return 0;
  memcpy(large->bytes, x->out->bytes, x->fields_len);
  block_give(b, x->out);
  x->out = large;
  return 1;
}

static int begin(exchange *x, int status, fcl_slice reason) {
  char *to;
  x->fields_len = x->out_len = 0;
  if (!reserve(x, LINE_SIZE + sizeof server + reason.len))
    return 0;
  to = PUT(x->out->bytes, "HTTP/1.1 ");
  to = put_number(to, (uint64_t) status);
  *to++ = ' ';
  to = reason.len ? put(to, reason.base, reason.len) : to;
  to = PUT(to, "\r\n");
  to = put(to, server, sizeof server - 1);
  to = put(to, x->c->worker->date, DATE_LEN);
  to = PUT(to, "\r\n");
  x->fields_len = x->out_len = (size_t) (to - x->out->bytes);
  return 1;
}

static int add_field(exchange *x, fcl_slice name, fcl_slice value) {
  char *to;
  if (!reserve(x, name.len + value.len + 4))
    return 0;
  to = put(x->out->bytes + x->fields_len, name.base, name.len);
  to = PUT(to, ": ");
  to = value.len ? put(to, value.base, value.len) : to;
  to = PUT(to, "\r\n");
  x->fields_len = x->out_len = (size_t) (to - x->out->bytes);
  return 1;
}

int reply_begin(exchange *x, int status) {
  memset(&x->reply, 0, sizeof x->reply);
  x->reply.status = status;
  return begin(x, status, fcl_cgi_reason(status));
}

int reply_field(exchange *x, const char *name, fcl_slice value) {
  return add_field(x, text(name), value);
}

void reply_end(exchange *x, int64_t length) {
  fcl_head head;
  memset(&head, 0, sizeof head);
  head.status = x->reply.status;
  head.content_length = length;
  fcl_cgi_reply_init(&x->reply, &head, x->method, x->minor);
  x->reply.head = NULL;
  x->has_head = 1;
}

int reply_head(exchange *x, const fcl_head *head) {
  const fcl_header *field;
  size_t at = 0;
  fcl_cgi_reply_init(&x->reply, head, x->method, x->minor);
  if (!begin(x, x->reply.status, x->reply.reason))
    return 0;
  while ((field = fcl_cgi_reply_next(&x->reply, &at)) != NULL)
    if (!add_field(x, field->name, field->value))
      return 0;
  x->reply.head = NULL; /* it was lent */
  x->has_head = 1;
  return 1;
}

/* ---- Pages ---- */

static void send_page(exchange *x, int status) {
  fcl_cgi_page page;
  fcl_cgi_page_init(&page, status, 0);
  reply_field(x, "Content-Type", LITERAL("text/html"));
  reply_end(x, (int64_t) page.body.len);
  output_body(x, page.body.base, fcl_cgi_reply_take(&x->reply, page.body.len));
  output_end(x);
}

void reply_error(exchange *x, int status, unsigned retry_after) {
  char digits[NUMBER_SIZE];
  if (x->head_sent) {
    connection_reset(x->c);
    return;
  }
  x->sent = 0;
  if (!reply_begin(x, status)) {
    connection_close(x->c);
    return;
  }
  if (retry_after)
    reply_field(x, "Retry-After",
                slice(digits, (size_t) (put_number(digits, retry_after) - digits)));
  if (status == 405)
    reply_field(x, "Allow", LITERAL("GET, HEAD"));
  send_page(x, status);
}

void reply_text(exchange *x, int status, fcl_slice text) {
  fcl_slice shown = {text.base, text.len < TEXT_MAX ? text.len : TEXT_MAX};
  if (x->head_sent || !reply_begin(x, status)) {
    reply_error(x, status, 0);
    return;
  }
  reply_field(x, "Content-Type", LITERAL("text/plain; charset=utf-8"));
  reply_field(x, "X-Content-Type-Options", LITERAL("nosniff"));
  reply_end(x, (int64_t) shown.len);
  if (output_body(x, shown.base, fcl_cgi_reply_take(&x->reply, shown.len)))
    output_end(x);
  else
    connection_close(x->c); /* the text is not ours to lend on */
}

void reply_redirect(exchange *x, int status, fcl_slice location) {
  if (!reply_begin(x, status) || !reply_field(x, "Location", location))
    reply_error(x, 414, 0);
  else
    send_page(x, status);
}
