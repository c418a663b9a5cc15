/* lines.c: cuts what a program prints into lines of at most 4 KiB. */
#include "platform/posix/lines.h"
#include <string.h>

static int emit(fcl__lines *l, fcl__line_fn fn, void *user) {
  size_t len = l->len;
  l->len = 0;
  return fn(user, l->line, len);
}

/* CR LF is one end of a line: programs written for the web print such. */
static int end_line(fcl__lines *l, fcl__line_fn fn, void *user) {
  if (l->is_skipping) {
    l->is_skipping = 0;
    return 0;
  }
  if (l->len > 0 && l->line[l->len - 1] == '\r')
    l->len--;
  return emit(l, fn, user);
}

static int append(fcl__lines *l, const char *data, size_t len, fcl__line_fn fn, void *user) {
  size_t room = FCL__LINE_MAX - l->len;
  if (l->is_skipping)
    return 0;
  memcpy(l->line + l->len, data, len < room ? len : room);
  l->len += len < room ? len : room;
  if (len <= room)
    return 0;
  memcpy(l->line + FCL__LINE_MAX - 3, "...", 3);
  l->is_skipping = 1;
  return emit(l, fn, user);
}

void fcl__lines_feed(fcl__lines *l, const char *data, size_t len, fcl__line_fn fn, void *user) {
  const char *end = data + len;
  int stop = 0;
  while (!stop && data < end) {
    const char *newline = memchr(data, '\n', (size_t) (end - data));
    stop = append(l, data, (size_t) ((newline ? newline : end) - data), fn, user);
    if (newline && !stop)
      stop = end_line(l, fn, user);
    data = newline ? newline + 1 : end;
  }
}

void fcl__lines_end(fcl__lines *l, fcl__line_fn fn, void *user) {
  if (l->len > 0)
    emit(l, fn, user);
  l->is_skipping = 0;
}
