/* session.c: what went over a connection, request by request, as the lines of a transcript that
 * replays. */
#define _GNU_SOURCE
#include "session.h"
#include <stdlib.h>
#include <string.h>

#define BLOCK_MAX                                                                                  \
  (6u << 20) /* bytes of a request's streams, all together: a transcript has 32 MiB of text */

struct session {
  unsigned number, requests; /* requests: named so far */
  int is_redacted, is_lost, has_server_left, is_placed, flags;
  size_t left_out;
  fcl__arrived from[2]; /* by fcl_side */
  fcl__text lines;
};

/* A request, from its BEGIN_REQUEST on. */
typedef struct exchange {
  session *s;
  const fcl__record *begin, *abort, *end; /* NULL: did not come */
  unsigned id, role, flags, number;
  fcl__text params, in, data, out, err;
  int params_ended, in_ended, data_ended;
} exchange;

session *session_new(unsigned number, int is_redacted) {
  session *s = calloc(1, sizeof *s);
  if (s) {
    s->number = number;
    s->is_redacted = is_redacted;
    s->flags = -1;
  }
  return s;
}

void session_free(session *s) {
  fcl__arrived_free(&s->from[0]);
  fcl__arrived_free(&s->from[1]);
  fcl__text_free(&s->lines);
  free(s);
}

/* ---- What belongs to a request ---- */

static void gather_one(exchange *x, fcl__record *r, const char *content) {
  fcl__text *to = NULL;
  int *ended = NULL;
  switch (r->type) {
  case FCL_PARAMS:
    to = &x->params, ended = &x->params_ended;
    break;
  case FCL_STDIN:
    to = &x->in, ended = &x->in_ended;
    break;
  case FCL_DATA:
    to = &x->data, ended = &x->data_ended;
    break;
  case FCL_STDOUT:
    to = &x->out;
    break;
  case FCL_STDERR:
    to = &x->err;
    break;
  case FCL_ABORT_REQUEST:
    x->abort = r;
    break;
  case FCL_END_REQUEST:
    x->end = r;
    break;
  }
  if (to)
    fcl__text_add(to, content, r->len);
  if (ended && r->len == 0)
    *ended = 1;
  r->is_taken = 1;
}

/* Up to the next BEGIN_REQUEST of that id, or its END_REQUEST. */
static void gather(exchange *x, fcl__arrived *a, const fcl__record *from) {
  size_t n = from ? (size_t) (from - a->records) + 1 : a->first;
  for (; n < a->count; n++) {
    fcl__record *r = &a->records[n];
    if (r->is_taken || r->id != x->id)
      continue;
    if (r->type == FCL_BEGIN_REQUEST)
      return;
    gather_one(x, r, fcl__record_content(a, r));
    if (r->type == FCL_END_REQUEST)
      return;
  }
}

static void free_exchange(exchange *x) {
  fcl__text_free(&x->params);
  fcl__text_free(&x->in);
  fcl__text_free(&x->data);
  fcl__text_free(&x->out);
  fcl__text_free(&x->err);
}

/* ---- Lines ---- */

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
         (memmem(out->base, out->len, "\n\n", 2) || memmem(out->base, out->len, "\n\r\n", 3));
}

/* Once; behind the first call, since the library connects when it has a request. */
static void say_connection(session *s) {
  if (!s->is_placed)
    fcl__text_say(&s->lines, "-- connection 1\n");
  s->is_placed = 1;
}

static void say_exchange(exchange *x) {
  session *s = x->s;
  size_t size = x->params.len + x->in.len + x->data.len + x->out.len + x->err.len;
  if (s->left_out || s->lines.len > 4 * BLOCK_MAX || size > BLOCK_MAX ||
      (x->role < 1 || x->role > 3)) {
    s->left_out++;
    return;
  }
  say_call(x);
  say_connection(s);
  say_server(x);
  say_app(x);
  if (!x->end && s->has_server_left)
    fcl__text_say(&s->lines, "! r%u cancel\n", x->number);
  if (x->end)
    fcl__text_say(&s->lines, "= r%u done%s\n", x->number, has_head(&x->out) ? " OK" : "");
}

/* ---- As it comes ---- */

/* Streams behind the end of their request, and what is about no request. */
static void say_loose(session *s, fcl_side side, size_t upto) {
  fcl__arrived *a = &s->from[side];
  size_t n;
  for (n = a->first; n < upto; n++) {
    fcl__record *r = &a->records[n];
    if (r->is_taken)
      continue;
    r->is_taken = 1;
    if (s->left_out)
      continue;
    say_connection(s);
    fcl__text_say(&s->lines, side == FCL_SIDE_SERVER ? "> " : "< ");
    fcl__record_say(a, r, SIZE_MAX, &s->lines);
    fcl__text_say(&s->lines, "\n");
  }
}

static void tidy(fcl__arrived *a) {
  if (fcl__arrived_next(a) || a->parsed < a->len)
    return;
  a->len = a->parsed = a->count = a->first = 0;
}

static fcl__record *find(fcl__arrived *a, unsigned type, unsigned id, int any) {
  size_t n;
  fcl__arrived_next(a);
  for (n = a->first; n < a->count; n++)
    if (!a->records[n].is_taken && a->records[n].type == type && (any || a->records[n].id == id))
      return &a->records[n];
  return NULL;
}

/* 1: it had ended. */
static int end_exchange(session *s, fcl__record *begin) {
  int has_ended;
  fcl__arrived *server = &s->from[FCL_SIDE_SERVER];
  const uint8_t *body = (const uint8_t *) fcl__record_content(server, begin);
  exchange x;
  memset(&x, 0, sizeof x);
  x.s = s;
  x.id = begin->id;
  x.begin = begin;
  if (begin->len >= 3) {
    x.role = (unsigned) body[0] << 8 | body[1];
    x.flags = body[2];
  }
  if (s->flags < 0)
    s->flags = (int) x.flags;
  x.number = ++s->requests;
  begin->is_taken = 1;
  gather(&x, server, begin);
  gather(&x, &s->from[FCL_SIDE_APP], NULL);
  say_exchange(&x);
  has_ended = x.end != NULL;
  free_exchange(&x);
  return has_ended;
}

/* The server has nothing more to say about it: its last empty record is here, or the next request
 * of that id. */
static int is_said(fcl__arrived *server, const fcl__record *begin) {
  unsigned last = FCL_STDIN;
  size_t n = (size_t) (begin - server->records) + 1;
  if (begin->len >= 2 && fcl__record_content(server, begin)[1] == FCL_FILTER)
    last = FCL_DATA;
  for (; n < server->count; n++) {
    const fcl__record *r = &server->records[n];
    if (r->id == begin->id && (r->type == FCL_BEGIN_REQUEST || r->type == FCL_ABORT_REQUEST ||
                               (r->type == last && r->len == 0)))
      return 1;
  }
  return 0;
}

/* A request that has ended and is said; NULL: none. */
static fcl__record *find_ended(session *s) {
  fcl__arrived *app = &s->from[FCL_SIDE_APP], *server = &s->from[FCL_SIDE_SERVER];
  size_t n;
  fcl__arrived_next(app);
  for (n = app->first; n < app->count; n++) {
    const fcl__record *end = &app->records[n];
    fcl__record *begin = end->type == FCL_END_REQUEST && !end->is_taken
                             ? find(server, FCL_BEGIN_REQUEST, end->id, 0)
                             : NULL;
    if (begin && is_said(server, begin))
      return begin;
  }
  return NULL;
}

/* A request is written when it has ended; until then its records wait.  An application may end it
   before the last record of the server is here: it is written behind that one, as if it had waited.
 */
static void end_what_ended(session *s) {
  fcl__arrived *server = &s->from[FCL_SIDE_SERVER];
  fcl__record *begin;
  while ((begin = find_ended(s)) != NULL) {
    if (find(server, FCL_BEGIN_REQUEST, 0, 1) == begin)
      say_loose(s, FCL_SIDE_SERVER, (size_t) (begin - server->records));
    end_exchange(s, begin);
  }
  tidy(&s->from[FCL_SIDE_APP]);
  tidy(server);
}

void session_add(session *s, fcl_side side, const char *bytes, size_t len) {
  if (s->is_lost)
    return;
  if (!fcl__arrived_add(&s->from[side], bytes, len)) {
    s->is_lost = 1;
    s->left_out++;
    return;
  }
  end_what_ended(s);
}

/* ---- The end ---- */

static void say_rest(session *s, fcl_side side) {
  fcl__arrived *a = &s->from[side];
  say_loose(s, side, a->count);
  if (a->parsed == a->len || s->left_out)
    return;
  say_connection(s);
  fcl__text_say(&s->lines, side == FCL_SIDE_SERVER ? "> raw " : "< raw ");
  fcl__text_quote(&s->lines, a->bytes + a->parsed, a->len - a->parsed, SIZE_MAX);
  fcl__text_say(&s->lines, "\n");
}

static void say_end(session *s, fcl_side first, int is_reset, int is_running) {
  if (!s->is_placed) /* nothing could be written */
    return;
  if (first == FCL_SIDE_APP)
    fcl__text_say(&s->lines, is_reset ? "< reset\n" : "< close\n");
  else if (is_running)
    fcl__text_say(&s->lines, "> close | ABORT_REQUEST\n");
}

void session_end(session *s, fcl_side first, int is_reset, fcl__text *out) {
  fcl__record *begin;
  int is_running = 0;
  s->has_server_left = first == FCL_SIDE_SERVER;
  while ((begin = find(&s->from[FCL_SIDE_SERVER], FCL_BEGIN_REQUEST, 0, 1)) != NULL)
    is_running |= !end_exchange(s, begin);
  say_rest(s, FCL_SIDE_SERVER);
  say_rest(s, FCL_SIDE_APP);
  if (s->lines.len == 0 && s->left_out == 0)
    return; /* nothing was said on it */
  say_end(s, first, is_reset, is_running);
  fcl__text_say(out, "\n--- connection %u\nclaim \"connection %u of the recording\"\n", s->number,
                s->number);
  fcl__text_say(out, "pool connections=1%s\n", s->flags == 0 ? " keep=0" : "");
  if (s->left_out)
    fcl__text_say(out,
                  "# %zu requests from here on were left out: they were too long for a transcript, "
                  "or no requests\n",
                  s->left_out);
  fcl__text_add(out, s->lines.base ? s->lines.base : "", s->lines.len);
}
