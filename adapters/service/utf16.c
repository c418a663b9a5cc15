/* utf16.c: UTF-16 and UTF-8, into each other. */
#include "utf16.h"

enum { NO_CHARACTER = 0xfffd };

static int is_high(uint32_t c) {
  return c >= 0xd800 && c < 0xdc00;
}

static int is_low(uint32_t c) {
  return c >= 0xdc00 && c < 0xe000;
}

uint32_t utf16_take(const uint16_t **at) {
  uint32_t c = *(*at)++;
  if (is_high(c) && is_low(**at))
    return 0x10000 + ((c - 0xd800) << 10) + (uint32_t) (*(*at)++ - 0xdc00);
  return is_high(c) || is_low(c) ? NO_CHARACTER : c;
}

static size_t encode(char out[4], uint32_t c) {
  static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
  size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4, i;
  for (i = n - 1; i > 0; i--, c >>= 6)
    out[i] = (char) (0x80 | (c & 0x3f));
  out[0] = (char) (leads[n] | c);
  return n;
}

size_t utf16_narrow(char *out, size_t cap, const uint16_t *wide) {
  size_t len = 0, i;
  while (*wide) {
    char bytes[4];
    size_t n = encode(bytes, utf16_take(&wide));
    if (len + n >= cap)
      return cap;
    for (i = 0; i < n; i++)
      out[len++] = bytes[i];
  }
  if (len >= cap)
    return cap;
  out[len] = 0;
  return len;
}

/* The next character of UTF-8. */
static uint32_t take_narrow(const unsigned char **at) {
  static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  uint32_t c = *(*at)++, whole;
  size_t n = c < 0x80 ? 1 : c < 0xc0 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf8 ? 4 : 0, i;
  if (n <= 1)
    return n ? c : NO_CHARACTER;
  whole = c & (0x7fu >> n);
  for (i = 1; i < n; i++) {
    if (((*at)[i - 1] & 0xc0) != 0x80)
      return NO_CHARACTER;
    whole = whole << 6 | ((*at)[i - 1] & 0x3f);
  }
  if (whole < smallest[n] || whole > 0x10ffff || is_high(whole) || is_low(whole))
    return NO_CHARACTER;
  *at += n - 1;
  return whole;
}

size_t utf16_widen(uint16_t *out, size_t cap, const char *text) {
  const unsigned char *at = (const unsigned char *) text;
  size_t len = 0;
  while (*at && len + 2 < cap) {
    uint32_t c = take_narrow(&at);
    if (c >= 0x10000) {
      out[len++] = (uint16_t) (0xd800 + ((c - 0x10000) >> 10));
      c = 0xdc00 + (c & 0x3ff);
    }
    out[len++] = (uint16_t) c;
  }
  out[len] = 0;
  return len;
}
