/* stderr.c: what an application writes on STDERR: collected up to a limit, shown as events in whole
   lines, and what becomes of its answer (fcl_pool_options.stderr_mode). */
#include "base/error.h"
#include "cgi/trace.h"
#include "client/internal.h"
#include <string.h>

#define EVENTS_MAX 40  /* of a request; then the log has heard enough of it */
#define SHOWN_MAX  800 /* bytes of an event, escaped */

struct fcl__stderr {
  fcl__trace trace;
  size_t len, cap;
  size_t shown;         /* bytes that events have told */
  unsigned events;      /* told so far */
  unsigned is_full : 1; /* more came than is kept, */
  unsigned is_told : 1; /* and an event says so */
  char *text;
};

/* ---- Collecting ---- */

static size_t limit_of(const fcl_request *r) {
  return r->pool->options.max_stderr;
}

static fcl__stderr *state_of(fcl_request *r) {
  if (r->errors == NULL)
    r->errors = fcl__zalloc(&r->pool->client->memory, sizeof *r->errors);
  return r->errors;
}

static int grow(fcl_request *r, size_t need) {
  fcl__stderr *s = r->errors;
  size_t cap = s->cap ? s->cap : 512;
  char *grown;
  while (cap < need)
    cap *= 2;
  grown = cap == s->cap ? s->text : fcl__realloc(&r->pool->client->memory, s->text, cap);
  if (grown == NULL)
    return 0;
  s->text = grown;
  s->cap = cap;
  return 1;
}

/* What does not fit, or finds no memory, is dropped: no request fails for that. */
static void collect(fcl_request *r, fcl_slice text) {
  fcl__stderr *s = r->errors;
  size_t most = limit_of(r), room = most > s->len ? most - s->len : 0; /* it may be less by now */
  size_t n = text.len < room ? text.len : room;
  if (n < text.len)
    s->is_full = 1;
  if (n == 0)
    return;
  if (!grow(r, s->len + n)) {
    s->is_full = 1;
    return;
  }
  memcpy(s->text + s->len, text.base, n);
  s->len += n;
}

fcl_slice fcl_request_stderr(const fcl_request *r) {
  fcl_slice text = {"", 0};
  if (r->errors && r->errors->len > 0) {
    text.base = r->errors->text;
    text.len = r->errors->len;
  }
  return text;
}

/* ---- Showing ---- */

static int is_blank(fcl_slice text) {
  size_t n;
  for (n = 0; n < text.len; n++)
    if (text.base[n] != ' ' && text.base[n] != '\t' && text.base[n] != '\r' && text.base[n] != '\n')
      return 0;
  return 1;
}

static void tell_line(fcl_request *r, fcl_level level, const char *verb, fcl_slice text,
                      const char *behind) {
  fcl_error e;
  char who[128], shown[SHOWN_MAX + 1];
  fcl__escape(shown, sizeof shown, text.base, text.len);
  fcl__error_setx(&e, FCL_OK, 0, "%s: %s %s: %s%s", r->pool->options.name,
                  fcl__request_who(r, who, sizeof who), verb, shown, behind);
  fcl__client_event(r->pool->client, r->pool->options.name, level, r->pid, r->tag, FCL_OK, e.text);
}

static size_t escaped_size(char c) {
  return (unsigned char) c < 0x20 || (unsigned char) c > 0x7e ? 4 : 1;
}

/* How much of the text an event can show: whole lines where one fits; a longer one is cut, and no
   UTF-8 sign in it. */
static size_t piece(const char *text, size_t len) {
  size_t n = 0, size = 0, line = 0;
  while (n < len && (size += escaped_size(text[n])) <= SHOWN_MAX)
    if (text[n++] == '\n')
      line = n;
  if (n == len || line > 0)
    return line > 0 ? line : n;
  while (n > 1 && ((unsigned char) text[n] & 0xc0) == 0x80)
    n--;
  return n;
}

static size_t without_line_end(const char *text, size_t len) {
  while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r'))
    len--;
  return len;
}

static void show_piece(fcl_request *r, size_t len) {
  fcl__stderr *s = r->errors;
  fcl_slice text;
  text.base = s->text + s->shown;
  text.len = without_line_end(text.base, len);
  s->shown += len;
  if (is_blank(text))
    return;
  s->events++;
  tell_line(r, FCL_LEVEL_WARNING, "wrote to STDERR", text,
            s->events == EVENTS_MAX ? " (the rest is dropped)" : "");
}

static void tell_full(fcl_request *r) {
  fcl__stderr *s = r->errors;
  fcl_slice nothing = {"", 0};
  if (!s->is_full || s->is_told || s->shown < s->len)
    return;
  s->is_told = 1;
  if (s->events++ < EVENTS_MAX)
    tell_line(r, FCL_LEVEL_WARNING, "wrote more to STDERR than max_stderr", nothing,
              "the rest is dropped");
}

/* Lines that are whole; at the end of the request, or where no more is kept, what is left too. */
static void show(fcl_request *r, int is_over) {
  fcl__stderr *s = r->errors;
  while (s->shown < s->len && s->events < EVENTS_MAX) {
    const char *text = s->text + s->shown;
    size_t len = s->len - s->shown, n = piece(text, len);
    if (n == len && text[n - 1] != '\n' && !is_over && s->len < limit_of(r))
      return;
    show_piece(r, n);
  }
  tell_full(r);
}

static void show_message(fcl_request *r, fcl_slice message) {
  fcl__stderr *s = r->errors;
  if (s->events++ < EVENTS_MAX)
    tell_line(r, (fcl_level) s->trace.level, "traced", message, "");
}

/* ---- What becomes of the answer ---- */

static void explain(const fcl_request *r, fcl_error *phrase) {
  fcl_slice text = fcl_request_stderr(r);
  size_t len = text.len < 200 ? text.len : 200;
  char shown[401];
  fcl__escape(shown, sizeof shown, text.base, without_line_end(text.base, len));
  fcl__error_setx(phrase, FCL_E_STDERR, 0, "wrote to STDERR: \"%s%s\"", shown,
                  len < text.len ? "..." : "");
}

/* The pool adds the tag. */
static void terminate(fcl_request *r) {
  fcl_error phrase, e;
  fcl_slice subject = r->ticket.subject;
  char who[128];
  explain(r, &phrase);
  fcl__error_setx(&e, FCL_E_STDERR, 0, "%s: %s %s", r->pool->options.name,
                  fcl__request_who(r, who, sizeof who), phrase.text);
  if (subject.len)
    fcl__error_append(&e, " while running %.*s", (int) subject.len, subject.base);
  fcl__error_append(&e, " and was %s (stderr_mode); for PHP set fastcgi.logging=0",
                    r->place->address ? "disconnected" : "ended");
  fcl__pool_condemn(&r->ticket, &e, fcl__request_now(r));
}

/* A head that was handed up cannot be taken back: then the answer goes on. */
static void judge(fcl_request *r) {
  r->has_complained = 1;
  switch (r->pool->options.stderr_mode) {
  case FCL_STDERR_IGNORE:
    return;
  case FCL_STDERR_IN_500:
  case FCL_STDERR_GENERIC_500:
    if (!r->response.has_head)
      r->is_spoiled = 1;
    return;
  case FCL_STDERR_TERMINATE:
    terminate(r);
  }
}

/* ---- In and out ---- */

static int take_event(fcl_request *r, fcl__trace_event event, fcl_slice span) {
  if (event == FCL__TRACE_MESSAGE)
    show_message(r, span);
  else
    collect(r, span);
  return event == FCL__TRACE_TEXT && !is_blank(span);
}

/* Without memory nothing is kept or shown, but it still counts. */
static int parse(fcl_request *r, const char *data, size_t len) {
  const char *p = data;
  fcl_slice span = {data, len};
  fcl__trace_event event;
  int is_text = 0;
  if (state_of(r) == NULL)
    return !is_blank(span);
  while ((event = fcl__trace_next(&r->errors->trace, &p, data + len, &span)) != FCL__TRACE_MORE)
    is_text |= take_event(r, event, span);
  if (r->handlers.on_stderr == NULL)
    show(r, 0);
  return is_text;
}

void fcl__stderr_take(fcl_request *r, const char *data, size_t len) {
  int is_text = parse(r, data, len);
  if (r->handlers.on_stderr)
    r->handlers.on_stderr(r, data, len, r->user);
  if (is_text && r->phase == FCL__PHASE_STARTED)
    judge(r);
}

int fcl__stderr_end(fcl_request *r) {
  fcl__trace_event event;
  fcl_slice span;
  int is_text = 0;
  if (r->errors == NULL)
    return 0;
  while ((event = fcl__trace_end(&r->errors->trace, &span)) != FCL__TRACE_MORE)
    is_text |= take_event(r, event, span);
  if (r->handlers.on_stderr == NULL)
    show(r, 1);
  return is_text;
}

int fcl__stderr_spoils(fcl_request *r, fcl_error *phrase) {
  int is_text = fcl__stderr_end(r);
  if (is_text && r->pool->options.stderr_mode != FCL_STDERR_IGNORE && !r->response.has_head)
    r->is_spoiled = 1;
  if (r->is_spoiled)
    explain(r, phrase);
  return r->is_spoiled;
}

void fcl__stderr_free(fcl_request *r) {
  if (r->errors)
    fcl__free(&r->pool->client->memory, r->errors->text);
  fcl__free(&r->pool->client->memory, r->errors);
  r->errors = NULL;
}
