/* session.c: what goes over a connection, gathered request by request. */
#include "session_parts.h"
#include <stdlib.h>
#include <string.h>

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
    session_say_connection(s);
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
  session_say_exchange(&x);
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
  session_say_connection(s);
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
