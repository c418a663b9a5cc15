/* trace.c: takes the trace messages of applications for IIS out of what they write on STDERR. */
#include "cgi/trace.h"
#include <string.h>

static const char end_mark[] = ":IIS_TRACE_END";
static const char *const begin_marks[] = {
    "IIS_TRACE_INFO:", "IIS_TRACE_WARNING:", "IIS_TRACE_ERROR:"};

typedef enum fit { FITS_NOT, FITS_SO_FAR, FITS } fit;

static fit fits(const char *mark, const char *text, size_t len) {
  size_t whole = strlen(mark);
  if (len > whole || memcmp(mark, text, len) != 0)
    return FITS_NOT;
  return len == whole ? FITS : FITS_SO_FAR;
}

/* What is held, as a mark that is awaited now. */
static fit held_fits(fcl__trace *t) {
  size_t n;
  if (t->is_inside)
    return fits(end_mark, t->held, t->held_len);
  for (n = 0; n < 3; n++) {
    fit f = fits(begin_marks[n], t->held, t->held_len);
    if (f == FITS)
      t->level = (uint8_t) n;
    if (f != FITS_NOT)
      return f;
  }
  return FITS_NOT;
}

static void keep(fcl__trace *t, const char *bytes, size_t len) {
  size_t room = sizeof t->message - t->len;
  len = len < room ? len : room;
  memcpy(t->message + t->len, bytes, len);
  t->len = (uint16_t) (t->len + len);
}

static fcl__trace_event give(fcl_slice *span, fcl__trace_event what, const char *base, size_t len) {
  span->base = base;
  span->len = len;
  return what;
}

/* Lets go of the first held bytes, until what is left may become a mark; returns how many. */
static size_t shift(fcl__trace *t) {
  size_t gone = 0;
  do {
    t->given[gone++] = t->held[0];
    memmove(t->held, t->held + 1, --t->held_len);
  } while (t->held_len > 0 && held_fits(t) == FITS_NOT);
  return gone;
}

/* Bytes up to one that a mark may begin with. */
static size_t run(const fcl__trace *t, const char *p, const char *end) {
  const char *at = memchr(p, t->is_inside ? end_mark[0] : begin_marks[0][0], (size_t) (end - p));
  return (size_t) ((at ? at : end) - p);
}

static fcl__trace_event end_message(fcl__trace *t, fcl_slice *span) {
  size_t len = t->len;
  t->is_inside = t->held_len = 0;
  t->len = 0;
  t->is_behind = 1;
  return give(span, FCL__TRACE_MESSAGE, t->message, len);
}

/* One byte more may make a mark, or show that it is none. */
static fcl__trace_event take(fcl__trace *t, char byte, fcl_slice *span) {
  size_t gone;
  t->held[t->held_len++] = byte;
  switch (held_fits(t)) {
  case FITS_SO_FAR:
    return FCL__TRACE_MORE;
  case FITS:
    if (t->is_inside)
      return end_message(t, span);
    t->is_inside = 1;
    t->held_len = 0;
    return FCL__TRACE_MORE;
  case FITS_NOT:
    break;
  }
  gone = shift(t);
  if (!t->is_inside)
    return give(span, FCL__TRACE_TEXT, t->given, gone);
  keep(t, t->given, gone);
  return FCL__TRACE_MORE;
}

static void skip_line_end(fcl__trace *t, const char **p, const char *end) {
  while (t->is_behind && *p < end) {
    if (**p == '\n' || **p != '\r')
      t->is_behind = 0;
    if (**p == '\n' || **p == '\r')
      (*p)++;
  }
}

fcl__trace_event fcl__trace_next(fcl__trace *t, const char **p, const char *end, fcl_slice *span) {
  fcl__trace_event event = FCL__TRACE_MORE;
  skip_line_end(t, p, end);
  while (*p < end && event == FCL__TRACE_MORE) {
    const char *from = *p;
    size_t len = t->held_len ? 0 : run(t, from, end);
    *p += len;
    if (len == 0)
      event = take(t, *(*p)++, span);
    else if (t->is_inside)
      keep(t, from, len);
    else
      event = give(span, FCL__TRACE_TEXT, from, len);
  }
  return event;
}

fcl__trace_event fcl__trace_end(fcl__trace *t, fcl_slice *span) {
  size_t len = t->held_len;
  if (t->is_inside) {
    keep(t, t->held, len);
    return end_message(t, span);
  }
  t->held_len = 0;
  return len ? give(span, FCL__TRACE_TEXT, t->held, len) : FCL__TRACE_MORE;
}
