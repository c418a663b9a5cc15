/* session_say.c: a request that was recorded, as the lines of a transcript that replays. */
#define _GNU_SOURCE
#include "session_parts.h"
#include <string.h>

/* A transcript has up to 32 MiB of text, and a byte may take four letters, twice. */
#define BLOCK_MAX (1u << 20) /* bytes of a request's streams, all together */
#define LINES_MAX (8u << 20) /* text of a connection, behind which nothing is added */

static const char *base(const fcl__text *t) {
  return t->base ? t->base : "";
}

static const char *role_name(unsigned role) {
  static const char *const names[] = {"0", "RESPONDER", "AUTHORIZER", "FILTER"};
  return names[role < 4 ? role : 0];
}

/* A request's length is said by its body; an authorizer has none. */
static int is_ours(const exchange *x, fcl_slice name) {
  return fcl__slice_is(name, "CONTENT_LENGTH") ||
         (x->data_ended && fcl__slice_is(name, "FCGI_DATA_LENGTH")) ||
         (x->data_ended && fcl__slice_is(name, "FCGI_DATA_LAST_MOD"));
}

static void say_params(const exchange *x, int is_call) {
  const char *at = base(&x->params), *end = at + x->params.len;
  fcl_slice name, value;
  while (fcl__get_pair(&at, end, &name, &value)) {
    if (is_ours(x, name) && (is_call || x->in.len == 0))
      continue;
    fcl__text_say(&x->s->lines, " ");
    redact_pair(&x->s->lines, name, value, x->s->is_redacted);
  }
}

static uint64_t announced(const exchange *x) {
  const char *at = base(&x->params), *end = at + x->params.len;
  fcl_slice name, value;
  uint64_t n = 0;
  while (fcl__get_pair(&at, end, &name, &value))
    if (fcl__slice_is(name, "CONTENT_LENGTH") && !fcl__slice_number(value, INT64_MAX, &n))
      n = 0;
  return n;
}

static void say_call(const exchange *x) {
  fcl__text *t = &x->s->lines;
  fcl__text_say(t, "! request r%u", x->number);
  if (x->role != FCL_RESPONDER)
    fcl__text_say(t, " role=%s", role_name(x->role));
  say_params(x, 1);
  if (x->in.len > 0 && x->in_ended) {
    fcl__text_say(t, " body=");
    fcl__text_quote(t, x->in.base, x->in.len, SIZE_MAX);
  } else if (!x->in_ended) {
    fcl__text_say(t, " length=%llu", (unsigned long long) announced(x));
  }
  if (x->data_ended) {
    fcl__text_say(t, " data=");
    fcl__text_quote(t, base(&x->data), x->data.len, SIZE_MAX);
  }
  fcl__text_say(t, "\n");
  if (!x->in_ended && x->in.len > 0) {
    fcl__text_say(t, "! r%u write ", x->number);
    fcl__text_quote(t, x->in.base, x->in.len, SIZE_MAX);
    fcl__text_say(t, "\n");
  }
}

static void say_stream(const exchange *x, const char *line, const fcl__text *bytes, int is_ended) {
  if (bytes->len == 0 && !is_ended)
    return;
  fcl__text_say(&x->s->lines, "%s id=$r%u {", line, x->number);
  if (bytes->len > 0)
    fcl__text_quote(&x->s->lines, bytes->base, bytes->len, SIZE_MAX);
  fcl__text_say(&x->s->lines, is_ended ? "}\n" : "} open\n");
}

static void say_server(const exchange *x) {
  fcl__text *t = &x->s->lines;
  fcl__text_say(t, "> BEGIN_REQUEST id=$r%u role=%s flags=%u\n", x->number, role_name(x->role),
                x->flags);
  fcl__text_say(t, "> PARAMS id=$r%u {", x->number);
  say_params(x, 0);
  fcl__text_say(t, x->params_ended ? " ...}\n" : " ...} open\n");
  say_stream(x, "> STDIN", &x->in, x->in_ended);
  say_stream(x, "> DATA", &x->data, x->data_ended);
  if (x->abort)
    fcl__text_say(t, "> ABORT_REQUEST id=$r%u\n", x->number);
}

static void say_app(const exchange *x) {
  fcl__text *t = &x->s->lines;
  const uint8_t *end =
      x->end && x->end->len >= 5
          ? (const uint8_t *) fcl__record_content(&x->s->from[FCL_SIDE_APP], x->end)
          : NULL;
  if (x->err.len > 0) {
    fcl__text_say(t, "< STDERR id=$r%u {", x->number);
    fcl__text_quote(t, x->err.base, x->err.len, SIZE_MAX);
    fcl__text_say(t, x->end ? "}\n" : "} open\n");
  }
  if (x->out.len > 0 || x->end) {
    fcl__text_say(t, "< STDOUT id=$r%u {", x->number);
    redact_answer(t, base(&x->out), x->out.len, x->s->is_redacted);
    fcl__text_say(t, x->end ? "}\n" : "} open\n");
  }
  if (end)
    fcl__text_say(t, "< END_REQUEST id=$r%u app=%u status=%u\n", x->number,
                  (unsigned) end[0] << 24 | (unsigned) end[1] << 16 | (unsigned) end[2] << 8 |
                      end[3],
                  end[4]);
}

static int has_head(const fcl__text *out) {
  return out->len > 0 &&
         (fcl__find(out->base, out->len, "\n\n", 2) || fcl__find(out->base, out->len, "\n\r\n", 3));
}

/* Once; behind the first call, since the library connects when it has a request. */
void session_say_connection(session *s) {
  if (!s->is_placed)
    fcl__text_say(&s->lines, "-- connection 1\n");
  s->is_placed = 1;
}

void session_say_exchange(exchange *x) {
  session *s = x->s;
  size_t size = x->params.len + x->in.len + x->data.len + x->out.len + x->err.len;
  if (s->left_out || s->lines.len > LINES_MAX || size > BLOCK_MAX || (x->role < 1 || x->role > 3)) {
    s->left_out++;
    return;
  }
  say_call(x);
  session_say_connection(s);
  say_server(x);
  say_app(x);
  if (!x->end && s->has_server_left)
    fcl__text_say(&s->lines, "! r%u cancel\n", x->number);
  if (x->end)
    fcl__text_say(&s->lines, "= r%u done%s\n", x->number, has_head(&x->out) ? " OK" : "");
}
