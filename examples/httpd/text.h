/* text.h: slices of text: made, compared, and numbers written without printf. */
#ifndef HTTPD_TEXT_H
#define HTTPD_TEXT_H
#include <fcgiclient/base.h>
#include <string.h>

static inline fcl_slice slice(const char *base, size_t len) {
  fcl_slice s;
  s.base = base;
  s.len = len;
  return s;
}

static inline fcl_slice text(const char *s) {
  return slice(s, strlen(s));
}

#define LITERAL(s) slice((s), sizeof(s) - 1)

static inline int same(fcl_slice a, fcl_slice b) {
  return a.len == b.len && (a.len == 0 || memcmp(a.base, b.base, a.len) == 0);
}

/* Whether `s` is `lower_case`, which is that, but for case. */
static inline int same_fold(fcl_slice s, const char *lower_case) {
  size_t i;
  for (i = 0; i < s.len; i++) {
    unsigned char c = (unsigned char) s.base[i];
    if ((char) (c >= 'A' && c <= 'Z' ? c + 32 : c) != lower_case[i] || lower_case[i] == 0)
      return 0;
  }
  return lower_case[s.len] == 0;
}

static inline fcl_slice trim(fcl_slice s) {
  while (s.len && (s.base[0] == ' ' || s.base[0] == '\t'))
    s.base++, s.len--;
  while (s.len && (s.base[s.len - 1] == ' ' || s.base[s.len - 1] == '\t'))
    s.len--;
  return s;
}

static inline char *put(char *to, const char *from, size_t len) {
  memcpy(to, from, len);
  return to + len;
}

#define PUT(to, literal) put((to), (literal), sizeof(literal) - 1)

enum { NUMBER_SIZE = 20 }; /* bytes that a number takes at most */

static inline char *put_number(char *to, uint64_t n) {
  char digits[NUMBER_SIZE], *at = digits + sizeof digits;
  do
    *--at = (char) ('0' + n % 10);
  while ((n /= 10) != 0);
  return put(to, at, (size_t) (digits + sizeof digits - at));
}

static inline char *put_hex(char *to, uint64_t n) {
  char digits[16], *at = digits + sizeof digits;
  do
    *--at = "0123456789abcdef"[n & 15];
  while ((n >>= 4) != 0);
  return put(to, at, (size_t) (digits + sizeof digits - at));
}
#endif
