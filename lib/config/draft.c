/* draft.c: the text of a fcgiext.ini while it is changed: lines that can be found, put in and taken
 * out. */
#include "config/edit.h"
#include <stdio.h>
#include <string.h>

/* ---- Text ---- */

static int make_room(fcl__draft *t, size_t more) {
  size_t wanted = t->room ? t->room : 1024;
  char *grown;
  while (wanted - t->len <= more)
    wanted *= 2;
  if (wanted == t->room || t->has_failed)
    return !t->has_failed;
  grown = fcl__realloc(t->memory, t->base, wanted);
  t->has_failed = grown == NULL;
  if (grown) {
    t->base = grown;
    t->room = wanted;
  }
  return grown != NULL;
}

void fcl__draft_replace(fcl__draft *t, size_t at, size_t removed, fcl_slice with) {
  if (!make_room(t, with.len + 1))
    return;
  memmove(t->base + at + with.len, t->base + at + removed, t->len - at - removed);
  if (with.len)
    memcpy(t->base + at, with.base, with.len);
  t->len = t->len - removed + with.len;
  t->base[t->len] = 0;
}

void fcl__draft_add(fcl__draft *t, const char *bytes, size_t len) {
  fcl_slice more = {bytes, len};
  fcl__draft_replace(t, t->len, 0, more);
}

void fcl__draft_print(fcl__draft *t, const char *fmt, ...) {
  va_list args;
  int len;
  va_start(args, fmt);
  len = vsnprintf(NULL, 0, fmt, args);
  va_end(args);
  if (len < 0 || !make_room(t, (size_t) len + 1))
    return;
  va_start(args, fmt);
  vsnprintf(t->base + t->len, (size_t) len + 1, fmt, args);
  va_end(args);
  t->len += (size_t) len;
}

/* ---- Lines ---- */

/* The line at `at`, read alone; *end is behind it. */
static fcl__ini_kind read_line(fcl_slice text, size_t at, size_t *end, fcl__ini_item *item) {
  const char *newline = memchr(text.base + at, '\n', text.len - at);
  fcl_slice line = {text.base + at, 0};
  fcl__ini ini;
  *end = newline ? (size_t) (newline - text.base) + 1 : text.len;
  line.len = *end - at;
  fcl__ini_init(&ini, line);
  return fcl__ini_next(&ini, item);
}

fcl__span fcl__find_section(fcl_slice text, fcl_slice name) {
  fcl__span found = {0, 0};
  fcl__ini_item item;
  size_t at, end;
  int is_in = 0;
  for (at = 0; at < text.len; at = end) {
    fcl__ini_kind kind = read_line(text, at, &end, &item);
    if (kind == FCL__INI_SECTION) {
      if (is_in)
        break;
      is_in = fcl__ini_same(item.name, name);
      found.start = is_in ? at : 0;
    }
    if (is_in && kind != FCL__INI_END)
      found.end = end;
  }
  return found;
}

fcl__span fcl__find_property(fcl_slice text, fcl__span section, fcl_slice name) {
  fcl__span found = {0, 0};
  fcl__ini_item item;
  size_t at, end;
  for (at = section.start; at < section.end && found.end == 0; at = end)
    if (read_line(text, at, &end, &item) == FCL__INI_PROPERTY && fcl__ini_same(item.name, name)) {
      found.start = at;
      found.end = end;
    }
  return found;
}

fcl__span fcl__find_route(fcl_slice text, fcl__span types, fcl_slice to) {
  fcl__span found = {0, 0};
  fcl__ini_item item;
  size_t at, end;
  for (at = types.start; at < types.end && found.end == 0; at = end)
    if (read_line(text, at, &end, &item) == FCL__INI_PROPERTY && fcl__ini_same(item.value, to)) {
      found.start = at;
      found.end = end;
    }
  return found;
}

size_t fcl__skip_blank_lines(fcl_slice text, size_t at) {
  size_t i;
  for (i = at; i < text.len && strchr(" \t\r\n", text.base[i]) && text.base[i]; i++)
    if (text.base[i] == '\n')
      at = i + 1;
  return at;
}

const char *fcl__line_end(fcl_slice text) {
  const char *newline = text.len ? memchr(text.base, '\n', text.len) : NULL;
  return newline && newline > text.base && newline[-1] == '\r' ? "\r\n" : "\n";
}
