/* text.c: text that grows, and bytes in the words of a transcript. */
#include "player.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fcl__text_add(fcl__text *t, const void *bytes, size_t len) {
  char *grown;
  size_t room;
  if (t->has_failed)
    return;
  if (len >= t->room - t->len) {
    room = t->len + len + 1 + t->room;
    grown = realloc(t->base, room);
    if (grown == NULL) {
      t->has_failed = 1;
      return;
    }
    t->base = grown;
    t->room = room;
  }
  if (len > 0)
    memcpy(t->base + t->len, bytes, len);
  t->len += len;
  t->base[t->len] = 0;
}

void fcl__text_say(fcl__text *t, const char *fmt, ...) {
  char line[1600];
  va_list args;
  int n;
  va_start(args, fmt);
  n = vsnprintf(line, sizeof line, fmt, args);
  va_end(args);
  fcl__text_add(t, line, n < 0 ? 0 : (size_t) n < sizeof line ? (size_t) n : sizeof line - 1);
}

void fcl__text_quote(fcl__text *t, const char *bytes, size_t len, size_t max) {
  static const char from[] = "\n\r\t\0\x1b\"\\", to[] = "nrt0e\"\\";
  size_t n;
  fcl__text_add(t, "\"", 1);
  for (n = 0; n < len && n < max; n++) {
    const char *special = memchr(from, bytes[n], sizeof from - 1);
    if (special)
      fcl__text_say(t, "\\%c", to[special - from]);
    else if ((unsigned char) bytes[n] < 0x20 || (unsigned char) bytes[n] > 0x7e)
      fcl__text_say(t, "\\x%02x", (unsigned char) bytes[n]);
    else
      fcl__text_add(t, bytes + n, 1);
  }
  fcl__text_add(t, "\"", 1);
  if (len > max)
    fcl__text_say(t, " ... (%zu bytes)", len);
}

static int is_plain(fcl_slice s) {
  size_t n;
  for (n = 0; n < s.len; n++)
    if ((unsigned char) s.base[n] <= 0x20 || (unsigned char) s.base[n] > 0x7e ||
        strchr("\"{}\\|#=~()", s.base[n]))
      return 0;
  return s.len > 0;
}

/* Names of small letters might be words of ours. */
void fcl__text_pair(fcl__text *t, fcl_slice name, fcl_slice value, size_t max) {
  if (is_plain(name) && !(name.base[0] >= 'a' && name.base[0] <= 'z') && name.base[0] != '.')
    fcl__text_add(t, name.base, name.len);
  else
    fcl__text_quote(t, name.base, name.len, max);
  fcl__text_add(t, "=", 1);
  if (value.len > 0 && value.base[0] != '.' && value.len <= max && is_plain(value))
    fcl__text_add(t, value.base, value.len);
  else if (value.len > 0)
    fcl__text_quote(t, value.base, value.len, max);
}

const char *fcl__type_name(unsigned type) {
  static const char *const names[] = {
      "BEGIN_REQUEST", "ABORT_REQUEST", "END_REQUEST", "PARAMS",     "STDIN",
      "STDOUT",        "STDERR",        "DATA",        "GET_VALUES", "GET_VALUES_RESULT",
      "UNKNOWN_TYPE"};
  return type > 0 && type <= FCL_UNKNOWN_TYPE ? names[type - 1] : NULL;
}

void fcl__text_type(fcl__text *t, unsigned type) {
  const char *name = fcl__type_name(type);
  if (name)
    fcl__text_say(t, "%s", name);
  else
    fcl__text_say(t, "%u", type);
}

const char *fcl__find(const char *in, size_t in_len, const char *what, size_t len) {
  const char *end = in + in_len, *at = in;
  if (len == 0)
    return in;
  for (; (size_t) (end - at) >= len; at++) {
    at = memchr(at, what[0], (size_t) (end - at) - len + 1);
    if (at == NULL)
      return NULL;
    if (memcmp(at, what, len) == 0)
      return at;
  }
  return NULL;
}

void fcl__text_free(fcl__text *t) {
  free(t->base);
  memset(t, 0, sizeof *t);
}
